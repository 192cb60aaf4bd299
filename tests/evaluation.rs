//! Output of `eval` beside the metrics themselves: intervals, probabilities, predictions.

use crate::support::{Folder, NEWS, rows, run, run_line, small_model};
use serde_json::Value;

#[test]
fn every_metric_has_an_interval_that_holds_it() {
    let report = &run(&["eval", NEWS, "--resamples", "50"]).json()[0];
    for head in ["topic", "stance"] {
        let head = &report["heads"][head];
        assert_eq!(head["bootstrap"]["resamples"], 50);
        let holders = head["labels"].as_object().unwrap().values().chain([head]);
        for fields in holders {
            let intervals = fields["intervals"].as_object().unwrap();
            assert!(
                intervals.contains_key("roc_auc")
                    && intervals.contains_key("mcc") | fields["documents"].is_u64()
            );
            for (name, interval) in intervals {
                let [low, value, high] =
                    [&interval[0], &fields[name], &interval[1]].map(|v| v.as_f64().unwrap());
                assert!(
                    low <= value && value <= high,
                    "{name}: {low} {value} {high}"
                );
            }
        }
    }
}

#[test]
fn without_resamples_there_are_no_intervals() {
    let folder = Folder::new();
    let (model, corpus) = (small_model(&folder), folder.path("rows.jsonl"));
    let plain = run(&["eval", &model, &corpus, "--resamples", "0"]).ok();
    assert!(!plain.contains("interval") && !plain.contains("bootstrap"));
    let table = run(&["eval", &model, &corpus, "--resamples", "0", "--table"]).ok();
    assert!(!table.contains("interval"));
    for ignored in [
        ["--confidence-level", "0.9"],
        ["--group", "topic"],
        ["--interval-seed", "1"],
    ] {
        run(&[&["eval", &model, &corpus, "--resamples", "0"][..], &ignored].concat()).fails(2);
    }
    run(&["eval", &model, &corpus, "--confidence-level", "1.5"]).fails(2);
}

#[test]
fn the_table_names_level_and_groups() {
    let folder = Folder::new();
    let (model, corpus) = (small_model(&folder), folder.path("rows.jsonl"));
    let table = run_line(&format!(
        "eval {model} {corpus} --table --confidence-level 0.9 --group topic"
    ))
    .ok();
    for name in [
        "90 % interval",
        "groups",
        "Matthews correlation",
        "example-based F1 of means",
        "ROC-AUC",
    ] {
        assert!(table.contains(name), "{name}: {table}");
    }
    run(&["eval", &model, &corpus, "--group", "source"]).fails(3);
    let report = &run(&["eval", &model, &corpus, "--group", "topic"]).json()[0];
    assert_eq!(report["heads"]["topic"]["bootstrap"]["drawn"], 2);
}

#[test]
fn probabilities_have_losses_and_margins_have_none() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", rows());
    for (classifier, expected) in [("lr", true), ("svm", false)] {
        let model = folder.path(classifier);
        run_line(&format!(
            "train {corpus} --label topic --classifier {classifier} -o {model}"
        ))
        .ok();
        let topic = run(&["eval", &model, &corpus]).json()[0]["heads"]["topic"].clone();
        for metric in ["brier", "log_loss", "ece"] {
            assert_eq!(
                topic[metric].is_number(),
                expected,
                "{classifier}: {metric}"
            );
            assert_eq!(
                topic["labels"]["sport"][metric].is_number(),
                expected,
                "{classifier}: {metric}"
            );
        }
        assert_eq!(topic["reliability"].is_array(), expected);
        assert!(topic["roc_auc"] == 1.0 && topic["labels"]["sport"]["average_precision"] == 1.0);
    }
}

#[test]
fn predictions_are_written_once() {
    let folder = Folder::new();
    let (model, corpus) = (small_model(&folder), folder.path("rows.jsonl"));
    let file = folder.path("said.jsonl");
    let write = |more: &[&str]| {
        run(&[&["eval", &model, &corpus, "--predictions", &file][..], more].concat())
    };
    write(&[]).ok();
    write(&[]).fails(2);
    write(&["--force", "--group", "topic"]).ok();
    run(&["eval", &model, &corpus, "--force"]).fails(2);
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (lines.len(), &lines[1]["id"], &lines[7]["group"]),
        (8, &Value::from("b"), &Value::from(1))
    );
    assert_eq!(lines[1]["heads"]["topic"]["truth"], "conflict");
    assert_eq!(lines[1]["heads"]["topic"]["label"], "conflict");
    assert_eq!(
        lines[1]["heads"]["stance"]["truth"],
        serde_json::json!(["aid", "escalation"])
    );
    assert!(lines[1]["heads"]["stance"]["scores"]["aid"].is_f64());
    assert!(lines[1]["heads"]["stance"]["probabilities"].is_boolean());
}

#[test]
fn threads_do_not_show_in_intervals() {
    let on = |threads: &str| run(&["eval", NEWS, "--resamples", "40", "--threads", threads]).ok();
    assert_eq!(on("1"), on("2"));
}

const CODED: &str = "id,anna,ben,chris,source\n\
    1,war,war,war,x\n2,war,war,,x\n3,sport,sport,sport,y\n4,sport,war,sport,y\n5,trade,,,y\n6,sport,sport,sport,z\n";

#[test]
fn annotators_agree_as_far_as_alpha_says() {
    let folder = Folder::new();
    let coded = folder.write("coded.csv", CODED);
    let found = &run(&["agree", &coded, "--annotators", "anna,ben,chris"]).json()[0];
    assert_eq!(
        (&found["documents"], &found["answers"]),
        (&5.into(), &14.into())
    );
    // Seen: one of three differs, 2 × 1 × 2 / 2 = 2; expected: 2 × 6 × 8 / 13.
    let alpha = found["alpha"].as_f64().unwrap();
    assert!((alpha - (1.0 - 2.0 * 13.0 / 96.0)).abs() < 1e-12, "{alpha}");
    assert!(
        found["interval"][0].as_f64().unwrap() <= alpha
            && alpha <= found["interval"][1].as_f64().unwrap()
    );
    assert!(
        found["labels"]["trade"]["alpha"].is_null()
            && found["labels"]["war"]["alpha"] == found["alpha"]
    );
    let table = run_line(&format!(
        "agree {coded} --annotators anna,ben,chris --group source --table"
    ))
    .ok();
    assert!(
        table.contains("Krippendorff's alpha") && table.contains("not defined"),
        "{table}"
    );
}

#[test]
fn agree_wants_two_annotators_that_answered() {
    let folder = Folder::new();
    let coded = folder.write("coded.csv", CODED);
    let with = |annotators: &str| run(&["agree", &coded, "--annotators", annotators]);
    with("anna").fails(2);
    with("anna,anna").fails(2);
    with("anna,dora").fails(3);
    run(&["agree", &coded, "--annotators", "anna,ben", "--text", "id"]).fails(2);
    run_line(&format!(
        "agree {coded} --annotators anna,ben --where source=q"
    ))
    .fails(3);
    run_line(&format!(
        "agree {coded} --annotators ben,chris --where id=5"
    ))
    .fails(3);
}
