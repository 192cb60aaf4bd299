//! `standpoint quantize`: smaller models, and a loss that is measured and limited.

use crate::support::{Folder, exists, run, small_model};
use standpoint::Model;

#[test]
fn a_ladder_is_measured_and_the_smallest_within_the_loss_is_written() {
    let folder = Folder::new();
    let (model, rows) = (small_model(&folder), folder.path("rows.jsonl"));
    let small = folder.path("tiny.model");
    let report = &run(&["quantize", &model, &rows, "-o", &small]).json()[0];
    let settings = report["settings"].as_array().unwrap();
    assert_eq!(settings.len(), 2, "{report}");
    let sizes = settings.iter().map(|row| row["bytes"].as_u64().unwrap());
    let size = std::fs::metadata(&small).unwrap().len();
    assert_eq!(sizes.min(), Some(size));
    assert!(size < report["bytes"].as_u64().unwrap());
    assert_eq!(report["written"], small.as_str());
    let heads = settings[0]["heads"].as_array().unwrap();
    assert_eq!(heads.len(), 2);
    assert_eq!(heads[0]["metrics"][0]["metric"], "accuracy");
    assert_eq!(heads[1]["metrics"][0]["metric"], "micro_f1");
    let score = run(&["score", "--model", &small, &rows]).json();
    assert_eq!(score.len(), 8);
}

#[test]
fn a_greater_loss_is_refused_with_code_1() {
    let folder = Folder::new();
    let (model, rows) = (small_model(&folder), folder.path("rows.jsonl"));
    let small = folder.path("tiny.model");
    let quantize = ["quantize", &model, &rows, "-o", &small, "--terms", "1"];
    let err = run(&quantize).fails(1);
    assert!(err.contains("loses more than 0.5 points"), "{err}");
    assert!(!exists(&small));
    run(&[&quantize[..], &["--max-loss", "100"]].concat()).ok();
    let terms = |path: &str| {
        Model::load(path.as_ref())
            .unwrap()
            .tfidf()
            .vocabulary()
            .len()
    };
    assert!(terms(&model) > 1 && terms(&small) == 1);
}

#[test]
fn profile_thresholds_and_labels_are_kept() {
    let folder = Folder::new();
    let (model, rows) = (small_model(&folder), folder.path("rows.jsonl"));
    let small = folder.path("tiny.model");
    run(&["quantize", &model, &rows, "-o", &small, "--bits", "16"]).ok();
    let (before, after) = [&model, &small]
        .map(|path| Model::load(path.as_ref()).unwrap())
        .into();
    assert_eq!(before.profile(), after.profile());
    for (before, after) in before.heads().iter().zip(after.heads()) {
        assert_eq!(before.metadata(), after.metadata());
        assert_eq!(before.linear().bias(), after.linear().bias());
    }
    let err = run(&["quantize", &small, &rows, "-o", &small, "--force"]).fails(2);
    assert!(err.contains("the output is one of the inputs"), "{err}");
}

#[test]
fn a_command_without_a_corpus_says_so() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let err = run(&["quantize", &model]).fails(2);
    assert!(err.contains("no corpus to measure the loss on"), "{err}");
}
