//! Labels, missing values, dates, ids and annotators, read by one rule in every format and command.

use crate::support::{Folder, run, run_line};
use serde_json::Value;

/// Twelve texts of two topics as CSV, of which these rows have other cells in the column `topic`.
fn table(cells: &[(usize, &str)]) -> String {
    let mut table = "id,text,topic\n".to_string();
    for row in 0..12 {
        let (text, topic) = [
            ("Troops crossed the river at dawn", "war"),
            ("The striker scored a goal", "sport"),
        ][row % 2];
        let cell = cells
            .iter()
            .find(|(at, _)| *at == row)
            .map_or(topic, |(_, cell)| cell);
        let cell = format!("\"{}\"", cell.replace('"', "\"\""));
        table += &format!("r{row},{text} number{row},{cell}\n");
    }
    table
}

fn finding<'a>(report: &'a Value, name: &str) -> &'a Value {
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["name"] == name)
        .unwrap()
}

fn labels(model: &str) -> Value {
    let shown: Value = serde_json::from_str(&run(&["inspect", model, "--json"]).ok()).unwrap();
    shown["heads"][0]["labels"].clone()
}

#[test]
fn missing_values_are_no_labels() {
    let folder = Folder::new();
    let cells = [
        (0, "NA"),
        (1, "NaN"),
        (2, "<NA>"),
        (3, "NULL"),
        (4, "None"),
        (5, ""),
    ];
    let corpus = folder.write("a.csv", table(&cells));
    let model = folder.path("a.model");
    let args = [
        "train", &corpus, "--label", "topic", "-o", &model, "--force",
    ];
    let error = run(&args).fails(3);
    assert!(
        error.contains("a.csv:2: no label: `topic` is `NA`") && error.contains("--missing"),
        "{error}"
    );
    let ran = run(&[&args[..], &["--unlabelled", "skip"]].concat());
    assert!(
        ran.err
            .contains("topic: of 12 rows, taken as missing: 1 empty, 1 `<NA>`, 1 `NA`"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("left out 6 of 12 rows"), "{}", ran.err);
    ran.ok();
    assert_eq!(labels(&model), serde_json::json!(["sport", "war"]));

    run(&[&args[..], &["--missing", "", "--unlabelled", "skip"]].concat()).ok();
    assert_eq!(labels(&model).as_array().unwrap().len(), 7);
    // The model records the notation.
    let rows = run_line(&format!(
        "eval --model {model} {corpus} --unlabelled skip --resamples 0"
    ))
    .json();
    assert_eq!(rows[0]["documents"], 11);

    let report: Value =
        serde_json::from_str(&run(&["check", &corpus, "--label", "topic", "--json"]).out).unwrap();
    let missing = finding(&report, "missing-labels");
    assert_eq!(missing["count"], 6);
    assert!(
        missing["examples"].to_string().contains("topic: 1 `NA`"),
        "{missing}"
    );
}

#[test]
fn an_empty_cell_is_an_answer_that_is_missing_in_tables_and_json() {
    let folder = Folder::new();
    let csv = "text,stance\nTroops crossed the river,war\nTroops fired at dawn,war|aid\nThe striker scored,\nAid was sent,aid\nA late goal,[]\n";
    let json = "{\"text\":\"Troops crossed the river\",\"stance\":[\"war\"]}\n{\"text\":\"Troops fired at dawn\",\"stance\":[\"war\",\"aid\"]}\n\
        {\"text\":\"The striker scored\",\"stance\":null}\n{\"text\":\"Aid was sent\",\"stance\":[\"aid\"]}\n{\"text\":\"A late goal\",\"stance\":[]}\n";
    for corpus in [folder.write("a.csv", csv), folder.write("a.jsonl", json)] {
        let model = folder.path("a.model");
        let args = [
            "train", &corpus, "--labels", "stance", "--min-df", "1", "-o", &model, "--force",
        ];
        let error = run(&args).fails(3);
        assert!(
            error.contains(":") && error.contains("`stance` is empty"),
            "{error}"
        );
        let ran = run(&[&args[..], &["--unlabelled", "skip"]].concat());
        assert!(ran.err.contains("left out 1 of 5 rows"), "{}", ran.err);
        assert!(
            ran.err
                .contains("stance: 1 of 5 rows without any of the labels"),
            "{}",
            ran.err
        );
        ran.ok();
    }
    let corpus = folder.path("a.csv");
    let model = folder.path("b.model");
    let ran = run_line(&format!(
        "train {corpus} --labels stance --min-df 1 --missing NA -o {model}"
    ));
    assert!(
        ran.err
            .contains("stance: 2 of 5 rows without any of the labels"),
        "{}",
        ran.err
    );
    ran.ok();
}

#[test]
fn label_lists_of_annotation_tools_are_read_in_every_format() {
    let folder = Folder::new();
    let cells = [
        (0, "{\"choices\": [\"war\", \"sport\"]}"),
        (1, "['war', 'sport']"),
        (2, "('war', 'sport')"),
        (3, "{'war', 'sport'}"),
        (4, "[\"war\"]"),
    ];
    let corpus = folder.write("a.csv", table(&cells));
    let model = folder.path("a.model");
    run(&["train", &corpus, "--labels", "topic", "-o", &model]).ok();
    assert_eq!(labels(&model), serde_json::json!(["sport", "war"]));
    let refused = folder.write("b.csv", table(&[(3, "{\"taxonomy\": [[\"war\"]]}")]));
    for flag in ["--labels", "--label"] {
        let error = run_line(&format!(
            "train {refused} {flag} topic -o {}",
            folder.path("b.model")
        ))
        .fails(3);
        assert!(
            error.contains("b.csv:5: `topic` holds {\"taxonomy\"") && error.contains("help"),
            "{error}"
        );
    }
    let prodigy = folder.write(
        "c.jsonl",
        "{\"text\":\"a\",\"label\":\"war\",\"_task_hash\":1,\"answer\":\"accept\"}\n{\"text\":\"b\",\"label\":\"war\",\"_task_hash\":2,\"answer\":\"reject\"}\n",
    );
    let error = run_line(&format!(
        "train {prodigy} --label label -o {}",
        folder.path("c.model")
    ))
    .fails(3);
    assert!(
        error.contains("c.jsonl:2") && error.contains("--where answer=accept"),
        "{error}"
    );
}

#[test]
fn names_and_labels_are_compared_in_nfc() {
    let folder = Folder::new();
    let (composed, decomposed) = ("Übergriff", "U\u{308}bergriff");
    let corpus = folder.write(
        "a.csv",
        table(&[(0, decomposed), (2, composed)]).replace("text,", "U\u{308}berschrift,"),
    );
    let model = folder.path("a.model");
    let args = [
        "train",
        &corpus,
        "--text",
        "Überschrift",
        "--label",
        "topic",
        "-o",
        &model,
        "--force",
    ];
    run(&args).ok();
    assert_eq!(
        labels(&model),
        serde_json::json!(["sport", "war", composed])
    );
    run(&[&args[..], &["--where", "topic!=Übergriff"]].concat()).ok();
    assert_eq!(labels(&model), serde_json::json!(["sport", "war"]));
    folder.write(
        &format!("classes/{decomposed}/1.txt"),
        "Troops crossed the river at dawn",
    );
    folder.write("classes/sport/1.txt", "The striker scored a late goal");
    let classes = folder.path("classes");
    let weight = format!("{composed}=2");
    run_line(&format!(
        "train {classes} --label label --class-weight {weight} --min-df 1 -o {model} \
         --force"
    ))
    .ok();
    assert_eq!(labels(&model), serde_json::json!(["sport", composed]));
}

#[test]
fn labels_that_look_alike_are_named() {
    let folder = Folder::new();
    let cells = [
        (0, "War"),
        (2, "w\u{200b}ar"),
        (4, "war\u{a0}"),
        (1, "1"),
        (3, "1.0"),
        (5, "true"),
        (7, "True"),
    ];
    let corpus = folder.write("a.csv", table(&cells));
    let ran = run_line(&format!(
        "train {corpus} --label topic -o {}",
        folder.path("a.model")
    ));
    assert!(
        ran.err
            .contains("topic: labels that look alike: `War`, `w<U+200B>ar`, `war`; `1`, `1.0`"),
        "{}",
        ran.err
    );
    ran.ok();
    let ran = run(&["check", &corpus, "--label", "topic", "--json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let alike = finding(&report, "alike-labels");
    assert_eq!(
        (ran.code, &alike["count"], &alike["above"]),
        (Some(1), &7.into(), &true.into())
    );
}

#[test]
fn dates_are_read_alike_by_check_split_and_compare() {
    let folder = Folder::new();
    let plain = "{\"id\":\"a\",\"text\":\"Troops crossed the river\",\"date\":\"2020-01-05\",\"y\":\"x\"}\n\
        {\"id\":\"b\",\"text\":\"The striker scored a goal\",\"date\":\"2021-01-05\",\"y\":\"z\"}\n";
    for (date, is_date) in [
        ("05.01.2020", true),
        ("2020-1-5", true),
        ("26-FEB-1987 15:01:01.79", true),
        ("2020-02-30", false),
        ("31.04.2020", false),
        ("01/05/2020", false),
        ("10000000", false),
        ("May", false),
        ("", false),
    ] {
        let odd = format!(
            "{{\"id\":\"c\",\"text\":\"Prices rose again in spring\",\"date\":\"{date}\",\"y\":\"x\"}}\n"
        );
        let corpus = folder.write("a.jsonl", format!("{plain}{odd}"));
        let checked = run(&["check", &corpus, "--date", "date", "--json"]);
        let report: Value = serde_json::from_str(&checked.out).unwrap();
        let refused = finding(&report, "unreadable-dates");
        assert_eq!(refused["count"] == 0, is_date, "{date}: {refused}");
        let split = run(&["split", &corpus, "--before", "2021", "--json"]);
        assert_eq!(split.code == Some(0), is_date, "{date}: {}", split.err);
        let compared = run_line(&format!(
            "compare {corpus} --label y --models nb --date date --before 2021 --folds 2"
        ));
        assert_eq!(
            compared.err.contains("date that is understood") || compared.err.contains("no date"),
            !is_date,
            "{}",
            compared.err
        );
    }
}

#[test]
fn alpha_of_sets_agrees_with_nltk() {
    use standpoint::evaluate::{Annotation, Bootstrap, agreement};
    let cases: Value = serde_json::from_str(include_str!("data/agreement.json")).unwrap();
    for (at, case) in cases.as_array().unwrap().iter().enumerate() {
        let labels: Vec<String> = (0..case["labels"].as_u64().unwrap())
            .map(|n| n.to_string())
            .collect();
        let annotation = |annotation: &Value| {
            let holds = annotation
                .as_array()?
                .iter()
                .map(|label| label.as_u64().unwrap() as u32)
                .collect();
            Some(Annotation {
                holds,
                unknown: Vec::new(),
            })
        };
        let rows = case["documents"].as_array().unwrap().iter();
        let documents: Vec<Vec<_>> = rows
            .map(|row| row.as_array().unwrap().iter().map(annotation).collect())
            .collect();
        let found = agreement(&labels, &documents, None, &Bootstrap::none()).unwrap();
        let value = |estimate: Option<standpoint::evaluate::Estimate>| estimate.unwrap().value;
        let (jaccard, masi) = match found.sets {
            Some(sets) => (value(sets.jaccard), value(sets.masi)),
            None => (value(found.alpha), value(found.alpha)),
        };
        for (name, value) in [
            ("nominal", value(found.alpha)),
            ("jaccard", jaccard),
            ("masi", masi),
        ] {
            let expected = case[name].as_f64().unwrap();
            assert!(
                (value - expected).abs() < 1e-9,
                "case {at}, {name}: {value}, expected {expected}"
            );
        }
    }
}

#[test]
fn annotators_agree_on_sets_whatever_their_order_and_notation() {
    let folder = Folder::new();
    let coded = folder.write(
        "a.csv",
        "anna,ben\nwar|aid,aid|war\n\"[\"\"war\"\"]\",war\nsport,\"['sport']\"\n[],set()\nNA,war\n,sport\naid,\"{'choices': ['aid']}\"\n",
    );
    let ran = run(&["agree", &coded, "--annotators", "anna,ben"]);
    assert!(
        ran.err
            .contains("anna: of 7 rows, taken as missing: 1 empty, 1 `NA`"),
        "{}",
        ran.err
    );
    let found = &ran.json()[0];
    assert_eq!(
        (&found["documents"], &found["alpha"]),
        (&5.into(), &1.0.into())
    );
    assert_eq!(
        (
            &found["sets"]["masi"]["alpha"],
            &found["sets"]["jaccard"]["alpha"]
        ),
        (&1.0.into(), &1.0.into())
    );
    assert_eq!(
        (
            &found["labels"]["war"]["alpha"],
            &found["labels"]["war"]["answers"]
        ),
        (&1.0.into(), &4.into())
    );
    let flags = folder.write("b.csv", "k1,a1,k2,a2\n1,0,1,0\n0,1,0,1\n0,0,0,0\n1,,1,1\n");
    let args = [
        "agree",
        &flags,
        "--labels",
        "anna=kill:k1,arrest:a1",
        "--labels",
        "ben=kill:k2,arrest:a2",
    ];
    let ran = run(&args);
    assert!(
        ran.err.contains("1 answers lack a yes or no"),
        "{}",
        ran.err
    );
    let found = &ran.json()[0];
    assert_eq!(
        (&found["alpha"], &found["labels"]["kill"]["alpha"]),
        (&1.0.into(), &1.0.into())
    );
    run(&["agree", &coded, "--label", "anna"]).fails(2);
    run(&["agree", &coded, "--labels", "x=anna", "--labels", "y=anna"]).fails(2);
}

#[test]
fn ids_keep_their_kind_and_digits() {
    let folder = Folder::new();
    let text = "\"text\":\"Troops crossed the river at dawn\"";
    let ids = [
        "7",
        "\"7\"",
        "-3",
        "12345678901234567890123456789",
        "7.0",
        "1E5",
        "true",
    ];
    let expected = [
        "7",
        "\"7\"",
        "-3",
        "12345678901234567890123456789",
        "\"7.0\"",
        "\"1E5\"",
        "\"true\"",
    ];
    let lines: String = ids
        .iter()
        .map(|id| format!("{{\"id\":{id},{text}}}\n"))
        .collect();
    let corpus = folder.write("a.jsonl", lines);
    for command in ["score", "explain"] {
        let out = run(&[command, &corpus, "--json"]).ok();
        for (line, id) in out.lines().zip(expected) {
            assert!(
                line.starts_with(&format!("{{\"id\":{id},")),
                "{command} {id}: {line}"
            );
        }
    }
    let rows = "{\"id\":7,\"text\":\"Troops crossed the river\",\"topic\":\"conflict\"}\n{\"id\":8,\"text\":\"The striker scored\",\"topic\":\"sport\"}\n";
    let (truth, said) = (folder.write("truth.jsonl", rows), folder.path("said.jsonl"));
    run_line(&format!(
        "eval {truth} --text text --head topic --predictions {said}"
    ))
    .ok();
    assert!(
        std::fs::read_to_string(&said)
            .unwrap()
            .starts_with("{\"id\":7,")
    );
    let texts = folder.write("texts.csv", "id,topic\n7,conflict\n8,sport\n");
    run(&[
        "compare", &said, &texts, "--truth", &truth, "--label", "topic",
    ])
    .ok();
}

#[test]
fn ids_that_are_lists_or_objects_are_errors() {
    let folder = Folder::new();
    let text = "\"text\":\"Troops crossed the river at dawn\"";
    for (id, kind) in [("[7]", "a list"), ("{\"a\":7}", "an object")] {
        let corpus = folder.write("b.jsonl", format!("{{\"id\":{id},{text}}}\n"));
        let error = run(&["score", &corpus, "--json"]).fails(3);
        assert!(
            error.contains(&format!("b.jsonl:1: the id in `id` is {kind}")),
            "{error}"
        );
        assert!(run(&["check", &corpus]).fails(3).contains(kind));
    }
}

/// `snapshots/errors.data.txt` has the errors.
#[test]
fn predictions_with_strange_labels_are_errors() {
    let folder = Folder::new();
    let truth = folder.write("truth.csv", "id,kill,arrest\na,1,0\nb,0,1\n");
    let said = folder.write(
        "said.jsonl",
        "{\"id\":\"a\",\"heads\":{\"acts\":{\"labels\":[\"kill\"]}}}\n{\"id\":\"b\",\"heads\":{\"acts\":{\"labels\":[\"flee\"]}}}\n",
    );
    let flags = [
        "compare",
        &said,
        &said,
        "--truth",
        &truth,
        "--labels",
        "acts=kill,arrest",
    ];
    run(&flags).fails(3);

    let topics = folder.write("topics.csv", "id,topic\na,war\nb,sport\n");
    let other = folder.write("other.csv", "id,topic\na,Krieg\nb,Sport\n");
    let args = |said: &str| {
        run(&[
            "compare", said, said, "--truth", &topics, "--label", "topic",
        ])
    };
    args(&other).fails(3);
    let some = args(&folder.write("some.csv", "id,topic\na,war\nb,Sport\n"));
    assert!(
        some.err
            .contains("topic: labels of the truth only: `sport`"),
        "{}",
        some.err
    );
    assert!(
        some.err
            .contains("topic: labels of the predictions only: `Sport`"),
        "{}",
        some.err
    );
    some.ok();
    let blank = folder.write("blank.csv", "id,kill,arrest\na,1,\nb,0,1\n");
    run_line(&format!(
        "compare {blank} {blank} --truth {truth} --labels acts=kill,arrest"
    ))
    .fails(3);
}

#[test]
fn absurd_counts_are_usage_errors() {
    let folder = Folder::new();
    let corpus = folder.write("a.csv", table(&[]));
    let error = run(&["split", &corpus, "--folds", "4000000000"]).fails(2);
    assert!(
        error.contains("cannot be cut into 4000000000 folds") && error.contains("10000"),
        "{error}"
    );
    let args = [
        "train",
        &corpus,
        "--label",
        "topic",
        "--classifier",
        "sgd",
        "-o",
        &folder.path("m"),
    ];
    run(&[&args[..], &["--epochs", "4000000000"]].concat()).fails(2);
}

#[test]
fn many_copies_with_many_labels_are_compared_in_time() {
    let folder = Folder::new();
    let row = |n: usize| {
        format!(
            "Talks on the border resumed in the capital on Monday,{},{}\n",
            n % 1000,
            n % 2
        )
    };
    let body: String = (0..40_000).map(row).collect();
    let corpus = folder.write("a.csv", format!("text,y,part\n{body}"));
    let args = [
        "check",
        &corpus,
        "--label",
        "y",
        "--by",
        "part",
        "--json",
        "--write",
        &folder.path("b.jsonl"),
    ];
    let report: Value = serde_json::from_str(&run(&args).out).unwrap();
    assert_eq!(finding(&report, "conflicting-labels")["count"], 40_000);
    assert_eq!(report["across"][0]["different_labels"], 20_000);
}

#[test]
fn many_annotated_rows_with_many_labels_are_compared_in_time() {
    let folder = Folder::new();
    let row = |n: usize| format!("{},{}|{}\n", n % 1000, n % 1000, n * 7 % 1000);
    let coded = folder.write(
        "a.csv",
        format!("a,b\n{}", (0..20_000).map(row).collect::<String>()),
    );
    let found = &run(&["agree", &coded, "--annotators", "a,b", "--resamples", "20"]).json()[0];
    assert_eq!(found["labels"].as_object().unwrap().len(), 1000);
    let (masi, jaccard) = (
        &found["sets"]["masi"]["alpha"],
        &found["sets"]["jaccard"]["alpha"],
    );
    assert!(
        0.2 < masi.as_f64().unwrap() && masi.as_f64().unwrap() < jaccard.as_f64().unwrap(),
        "{found}"
    );
}
