//! `standpoint compare`: models over the same folds, and predictions of any tools.

use super::support::{Folder, run};
use serde_json::Value;

/// Sixty rows of two topics that words tell, with the word of the source in every text.
fn corpus() -> String {
    let row = |at: usize| {
        let (topic, words) = [
            ("conflict", ["troops", "shelled", "border", "army", "tanks"]),
            ("sport", ["striker", "goal", "match", "cup", "coach"]),
        ][at % 2];
        let said: Vec<&str> = (0..3)
            .map(|word| words[(at / 2 + word * (1 + at % 3)) % 5])
            .collect();
        let stance = if at.is_multiple_of(4) {
            "[\"aid\"]"
        } else {
            "[]"
        };
        format!(
            "{{\"id\":\"r{at}\",\"text\":\"{} said wire{}\",\"topic\":\"{topic}\",\"stance\":{stance},\"source\":\"s{}\",\"date\":\"20{:02}-05\",\"split\":\"{}\"}}\n",
            said.join(" "),
            at % 7,
            at % 6,
            at / 4 + 1,
            if at.is_multiple_of(3) {
                "test"
            } else {
                "train"
            },
        )
    };
    (0..60).map(row).collect()
}

fn heads(split: &Value) -> &Vec<Value> {
    split["heads"].as_array().unwrap()
}

fn names(head: &Value) -> Vec<&str> {
    head["systems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|system| system["name"].as_str().unwrap())
        .collect()
}

const FEW: [&str; 2] = ["--resamples", "200"];

#[test]
fn models_are_compared_under_every_split_with_the_gap() {
    let folder = Folder::new();
    let path = folder.write("rows.jsonl", corpus());
    let args = [
        "compare", &path, "--label", "topic", "--labels", "stance", "--models", "nb,svm",
        "--source", "source", "--date", "date",
    ];
    let report = run(&[&args[..], &FEW].concat()).json().remove(0);
    let splits = report["splits"].as_array().unwrap();
    let kinds: Vec<&str> = splits
        .iter()
        .map(|split| split["split"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["random", "source", "time"]);
    assert_eq!(
        (&splits[0]["learnt"], &splits[2]["learnt"]),
        (&48.into(), &48.into())
    );
    for split in splits {
        let documents = if split["split"] == "time" { 12 } else { 60 };
        assert_eq!(heads(split).len(), 2);
        for head in heads(split) {
            assert_eq!(
                (&head["documents"], names(head)),
                (
                    &documents.into(),
                    vec!["nb", "svm", "majority", "stratified random"]
                )
            );
            assert!(head["systems"][0]["against"].is_null());
            assert!(head["systems"][1]["costs"]["model_bytes"].as_f64().unwrap() > 1000.0);
        }
    }
    assert!(splits[0]["gaps"].as_array().unwrap().is_empty());
    assert_eq!(splits[1]["gaps"].as_array().unwrap().len(), 4);
    assert_eq!(splits[2]["gaps"][0]["documents"], 12);
}

#[test]
fn test_rows_may_be_named() {
    let folder = Folder::new();
    let path = folder.write("rows.jsonl", corpus());
    let other = folder.write(
        "test.jsonl",
        corpus()
            .lines()
            .take(10)
            .map(|line| format!("{line}\n"))
            .collect::<String>(),
    );
    let args = [
        "compare", &path, "--label", "topic", "--models", "svm,cnb", "--table",
    ];
    let table = run(&[&args[..], &FEW, &["--test-where", "split=test"]].concat()).ok();
    assert!(
        table.contains("40 rows learnt, 20 rows tested") && table.contains("(majority)"),
        "{table}"
    );
    let table = run(&[&args[..], &FEW, &["--test", &other, "--reference", "best"]].concat()).ok();
    assert!(table.contains("60 rows learnt, 10 rows tested"), "{table}");
}

#[test]
fn a_search_is_nested() {
    let folder = Folder::new();
    let path = folder.write("rows.jsonl", corpus());
    let args = [
        "compare",
        &path,
        "--label",
        "topic",
        "--models",
        "nb,tune",
        "--time-limit",
        "1s",
        "--folds",
        "2",
    ];
    let report = run(&[&args[..], &FEW].concat()).json().remove(0);
    assert_eq!(names(&heads(&report["splits"][0])[0])[1], "tune");
    assert!(
        run(&["compare", &path, "--label", "topic", "--time-limit", "1s"])
            .fails(2)
            .contains("tune")
    );
}

/// Truth of forty documents, and answers of which every `wrong`-th is wrong.
fn answers(wrong: usize) -> String {
    let row = |at: usize| {
        let label = if at.is_multiple_of(wrong) {
            1 - at % 2
        } else {
            at % 2
        };
        format!(
            "d{at},{},{}\n",
            ["x", "y"][label],
            if label == 0 { 0.9 } else { 0.1 }
        )
    };
    format!("id,topic,score:x\n{}", (0..40).map(row).collect::<String>())
}

#[test]
fn files_of_predictions_are_joined_by_id() {
    let folder = Folder::new();
    let truth = folder.write("truth.csv", answers(1000));
    let (good, bad) = (
        folder.write("good.csv", answers(20)),
        folder.write("bad.csv", answers(3)),
    );
    let lines: Vec<String> = answers(20).lines().skip(1).map(str::to_string).collect();
    let jsonl = lines.iter().rev().map(|line| {
        let parts: Vec<&str> = line.split(',').collect();
        format!(
            "{{\"id\":\"{}\",\"heads\":{{\"topic\":{{\"label\":\"{}\"}}}}}}\n",
            parts[0], parts[1]
        )
    });
    let same = folder.write("same.jsonl", jsonl.collect::<String>());
    let compare = |files: &[&str]| {
        run(&[
            &["compare"][..],
            files,
            &[
                "--truth",
                &truth,
                "--label",
                "topic",
                "--metric",
                "accuracy",
                "--fail-if-worse",
            ],
        ]
        .concat())
    };
    let equal = compare(&[&good, &same]).json().remove(0);
    let head = &heads(&equal["splits"][0])[0];
    assert_eq!(
        head["systems"][1]["against"]["comparison"]["mcnemar"][0]["p"],
        1.0
    );
    let worse = compare(&[&good, &same, &bad]);
    assert!(worse.out.contains("\"bad\""));
    worse.fails(1);
    compare(&[&bad, &good]).ok();
}

#[test]
fn missing_and_extra_ids_are_named() {
    let folder = Folder::new();
    let truth = folder.write("truth.csv", answers(1000));
    let without = answers(5)
        .lines()
        .filter(|line| !line.starts_with("d7,"))
        .collect::<Vec<_>>()
        .join("\n");
    let missing = folder.write("missing.csv", without);
    let extra = folder.write("extra.csv", answers(5) + "d40,x,1\n");
    let twice = folder.write("twice.csv", answers(5) + "d4,x,1\n");
    let empty = folder.write(
        "empty.csv",
        answers(5).replace("d7,x", "d7,").replace("d7,y", "d7,"),
    );
    let compare =
        |file: &str| run(&["compare", file, "--truth", &truth, "--label", "topic"]).fails(3);
    assert!(compare(&missing).contains("no row for 1 ids of the truth: d7"));
    assert!(compare(&extra).contains("1 ids that the truth does not have: d40"));
    assert!(compare(&twice).contains("twice.csv:42: the id `d4` stands twice"));
    assert!(compare(&empty).contains("no answer to `topic` for `d7`"));
}

#[test]
fn no_flag_is_ignored() {
    let folder = Folder::new();
    let (truth, file) = (
        folder.write("truth.csv", answers(1000)),
        folder.write("a.csv", answers(5)),
    );
    let files = ["compare", &file, "--truth", &truth, "--label", "topic"];
    for flags in [
        &["--models", "svm"][..],
        &["--no-stem"],
        &["--text", "text"],
        &["--sample-weight", "w"],
        &["--group", "id"],
        &["--date", "d"],
    ] {
        run(&[&files[..], flags].concat()).fails(2);
    }
    for flags in [
        &["--fail-if-worse", "--resamples", "0"][..],
        &["--metric", "magic"],
        &["--reference", "nobody"],
        &["--metric", "subset-accuracy"],
    ] {
        run(&[&files[..], flags].concat()).fails(2);
    }
    let path = folder.write("rows.jsonl", corpus());
    for flags in [
        &["--models", "svm,svm"][..],
        &["--models", "forest"],
        &["--before", "2021"],
        &["--folds", "1"],
        &["--probabilities"],
    ] {
        run(&[&["compare", &path, "--label", "topic"][..], flags].concat()).fails(2);
    }
}

/// The rows of [`corpus`], and four of a label whose texts are those of another.
fn corpus_with_a_lost_label() -> String {
    let row = |at: usize| {
        let (id, topic) = if at < 4 {
            (format!("l{at}"), "lost")
        } else {
            (format!("c{at}"), "conflict")
        };
        format!(
            "{{\"id\":\"{id}\",\"text\":\"troops shelled the border\",\"topic\":\"{topic}\"}}\n"
        )
    };
    corpus() + &(0..20).map(row).collect::<String>()
}

#[test]
fn a_label_that_a_system_never_predicts_is_named_with_a_remedy() {
    let folder = Folder::new();
    let path = folder.write("rows.jsonl", corpus_with_a_lost_label());
    let page = folder.path("page.md");
    let args = [
        "compare", &path, "--label", "topic", "--models", "lr,nb", "--folds", "2",
    ];
    let report = run(&[&args[..], &FEW, &["--report", &page]].concat())
        .json()
        .remove(0);
    let systems = &heads(&report["splits"][0])[0]["systems"];
    assert_eq!(systems[0]["never_predicted"], serde_json::json!(["lost"]));
    let remedy = systems[0]["remedy"].as_str().unwrap();
    assert!(remedy.contains("train --classifier lr -C 300"), "{remedy}");
    assert!(systems[1]["remedy"].is_null(), "nb has no C");
    let note = "lr never predicts `lost` of head `topic`: its C is 30 here";
    let table = run(&[&args[..], &FEW, &["--table"]].concat()).ok();
    let page = std::fs::read_to_string(page).unwrap();
    assert!(
        table.contains(note) && !table.contains("majority never"),
        "{table}"
    );
    assert!(
        page.contains("lr never predicts") && page.contains("-C 300"),
        "{page}"
    );
}
