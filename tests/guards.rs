//! Inputs are not written over, and rows that are left out are reported.

use super::support::{Folder, rows, run, run_line, small_model};

#[test]
fn no_command_writes_over_what_it_reads() {
    let folder = Folder::new();
    let (corpus, model) = (
        folder.write("rows.train.jsonl", rows()),
        small_model(&folder),
    );
    let (cost, page) = (
        folder.write("cost.md", "x"),
        folder.write("rows.md", rows()),
    );
    let prefix = folder.path("rows");
    let attempts: [&[&str]; 7] = [
        &["train", &corpus, "--label", "topic", "-o", &corpus],
        &[
            "train",
            &corpus,
            "--label",
            "topic",
            "--calibration-set",
            &page,
            "-o",
            &page,
        ],
        &[
            "train",
            &corpus,
            "--label",
            "topic",
            "--thresholds",
            &format!("cost={cost}"),
            "-o",
            &cost,
        ],
        &["split", &corpus, "--label", "topic", "-o", &prefix],
        &["split", &corpus, "--label", "topic", "--write", &corpus],
        &["eval", "--model", &model, &corpus, "--predictions", &model],
        &[
            "compare", &corpus, "--label", "topic", "--test", &page, "--report", &page,
        ],
    ];
    let before: Vec<Vec<u8>> = [&corpus, &model, &cost, &page]
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    for attempt in attempts {
        let said = run(&[attempt, &["--force"]].concat()).fails(2);
        assert!(
            said.contains("the output is one of the inputs"),
            "{attempt:?}: {said}"
        );
    }
    let after: Vec<Vec<u8>> = [&corpus, &model, &cost, &page]
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    assert!(before == after);
}

#[test]
fn a_split_may_go_to_a_folder_that_is_made() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", rows());
    run_line(&format!(
        "split {corpus} --label topic -o {}",
        folder.path("parts/")
    ))
    .ok();
    assert!(std::fs::exists(folder.path("parts/train.jsonl")).unwrap());
    assert!(std::fs::exists(folder.path("parts/test.jsonl")).unwrap());
}

#[test]
fn predictions_and_report_are_written_together_and_compare_reads_them() {
    let folder = Folder::new();
    let (corpus, model) = (folder.write("rows.jsonl", rows()), small_model(&folder));
    let (said, page) = (folder.path("said.jsonl"), folder.path("page.md"));
    run_line(&format!(
        "eval --model {model} {corpus} --predictions {said} --report {page}"
    ))
    .ok();
    assert!(std::fs::exists(&page).unwrap());
    let compared = run(&[
        "compare", &said, &said, "--truth", &corpus, "--label", "topic",
    ]);
    assert!(compared.ok().contains("accuracy"));
}

#[test]
fn a_truth_without_answers_is_an_error_or_left_out_aloud() {
    let folder = Folder::new();
    let truth = folder.write(
        "truth.jsonl",
        "{\"id\":\"a\",\"topic\":\"x\"}\n{\"id\":\"b\",\"topic\":null}\n{\"id\":\"c\",\"topic\":\"y\"}\n",
    );
    let said = folder.write(
        "said.jsonl",
        "{\"id\":\"a\",\"topic\":\"x\",\"scores\":{\"x\":1,\"y\":0}}\n{\"id\":\"b\",\"topic\":\"x\"}\n{\"id\":\"c\",\"topic\":\"x\",\"scores\":{\"x\":1}}\n",
    );
    let args = [
        "compare", &said, &said, "--truth", &truth, "--label", "topic",
    ];
    let refused = run(&args).fails(3);
    assert!(
        refused.contains("1 row without an answer to `topic`, the first is `b`"),
        "{refused}"
    );
    let skipped = run(&[&args[..], &["--unlabelled", "skip"]].concat());
    assert!(skipped.err.contains("they are left out"), "{}", skipped.err);
    assert!(skipped.err.contains("has no score of"), "{}", skipped.err);
}

#[test]
fn a_table_without_header_is_the_truth_of_predictions_by_line() {
    let folder = Folder::new();
    let truth = folder.write("truth.tsv", "troops moved\tx\na goal fell\ty\n");
    let said = folder.write(
        "said.jsonl",
        format!("{{\"id\":\"{truth}:1\",\"2\":\"x\"}}\n{{\"id\":\"{truth}:2\",\"2\":\"x\"}}\n"),
    );
    let compared = run_line(&format!(
        "compare {said} {said} --truth {truth} --no-header --label 2"
    ))
    .json();
    let head = &compared[0]["splits"][0]["heads"][0];
    assert_eq!(head["documents"], 2);
    let metrics = head["systems"][0]["measured"]["metrics"].as_array();
    let accuracy = metrics
        .unwrap()
        .iter()
        .find(|metric| metric["metric"] == "accuracy")
        .unwrap();
    assert_eq!(
        accuracy["figure"]["value"], 0.5,
        "`x` is right and `y` is not"
    );
}

#[test]
fn an_empty_input_is_named() {
    let folder = Folder::new();
    let empty = folder.write("nothing.jsonl", "");
    let attempts: [&[&str]; 4] = [
        &["check", &empty, "--label", "topic"],
        &["agree", &empty, "--annotators", "a,b"],
        &["split", &empty, "--label", "topic"],
        &["compare", &empty, "--label", "topic"],
    ];
    for attempt in attempts {
        let said = run(attempt).fails(3);
        assert!(said.contains("nothing.jsonl"), "{attempt:?}: {said}");
    }
}
