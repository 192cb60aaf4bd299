//! `standpoint quantize`: smaller models, and a loss that is measured and limited.

use crate::support::{Folder, exists, run, run_line, small_model};
use standpoint::Model;
use standpoint::calibrate::Link;
use standpoint::corpus::HeadKind;
use standpoint::exchange::{ForeignFeatures, ForeignHead};
use standpoint::features::TfIdfOptions;
use standpoint::model::{Quantization, ScoreOrigin, WeightBits};
use standpoint::text::{Language, TokenOptions};

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
fn with_fewer_terms_what_hangs_on_them_is_left_out_of_profile_and_card() {
    let folder = Folder::new();
    let (model, rows) = (small_model(&folder), folder.path("rows.jsonl"));
    let (tested, small) = (folder.path("tested.model"), folder.path("tiny.model"));
    run(&["eval", &model, &rows, "--write-card", &tested]).ok();
    let line = format!("quantize {tested} {rows} -o {small} --terms 20 --max-loss 100");
    run_line(&line).ok();
    let [before, after] = [&tested, &small].map(|path| Model::load(path.as_ref()).unwrap());
    let [of_before, of_after] = [&before, &after].map(|model| model.profile().unwrap());
    assert_eq!(of_before.words, of_after.words);
    assert_eq!(of_before.languages, of_after.languages);
    assert!(of_before.known_share.total() == 8 && of_after.known_share.total() == 0);
    assert_eq!(of_after.known_terms.median_bin(), None);
    for (before, after) in of_before.heads.iter().zip(&of_after.heads) {
        assert_eq!(before.label_shares, after.label_shares);
        assert_eq!((after.origin, after.documents), (ScoreOrigin::LeftOut, 8));
        assert!(after.scores.is_empty() && after.confidence.total() == 0);
        assert!(after.metrics.is_empty() && after.reliability.is_empty());
    }
    assert_eq!(
        (
            before.card_text().tests.len(),
            after.card_text().tests.len()
        ),
        (1, 0)
    );
    let card = run(&["inspect", &small, "--card"]).ok();
    assert!(
        card.contains("Terms were left out after training"),
        "{card}"
    );
    // Rounding alone keeps them, and what has fewer terms once has them for good.
    let again = folder.path("again.model");
    run_line(&format!(
        "quantize {small} {rows} -o {again} --bits 8 --max-loss 100"
    ))
    .ok();
    assert_eq!(
        Model::load(again.as_ref()).unwrap().profile(),
        Some(of_after)
    );
}

#[test]
fn a_command_without_a_corpus_says_so() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let err = run(&["quantize", &model]).fails(2);
    assert!(err.contains("no corpus to measure the loss on"), "{err}");
}

/// Models that other tools made know of no documents.
#[test]
fn a_model_of_no_documents_loses_terms() {
    let tokens = TokenOptions::default()
        .language(Language::Neutral)
        .stem(false);
    let features = ForeignFeatures {
        options: TfIdfOptions::default().tokens(tokens).compounds(false),
        terms: ["goal", "front", "new"].map(String::from).to_vec(),
        are_characters: false,
        idf: vec![1.0, 1.5, 1.2],
    };
    let head = ForeignHead {
        name: "topic".to_string(),
        kind: HeadKind::Exclusive,
        labels: ["conflict", "sport"].map(String::from).to_vec(),
        classifier: Default::default(),
        link: Link::Decision,
        weights: vec![-1.0, 1.0, 0.0, 1.0, -1.0, 0.0],
        bias: vec![0.0, 0.0],
    };
    let model = Model::of_weights("news", "another tool", features, vec![head]).unwrap();
    let how = Quantization::new(WeightBits::Eight).terms(2);
    let small = model.quantized(&how, None).unwrap();
    assert_eq!(small.score("a late goal").heads[0].label(), Some("sport"));
    assert_eq!(small.tfidf().vocabulary().len(), 2);
}
