//! `tune`: what is found, kept, gone on from, and written down.

use crate::support::{Folder, NEWS, news, run};
use standpoint::features::TfIdfOptions;
use standpoint::io::Silent;
use standpoint::linear::{
    BaseEstimator, Classifier, ComplementNb, FeatureSubset, LinearSvm, LogisticRegression, NbSvm,
    Stack,
};
use standpoint::tune::{Objective, SearchSpace, Trial, TrialLog, Tuner, TuningResult};
use standpoint::{Corpus, Trainer};
use std::sync::atomic::{AtomicU32, Ordering};

#[test]
fn the_space_has_tempered_nb_svms() {
    let tempered = Classifier::from(NbSvm::tempered(7)).into();
    assert!(
        SearchSpace::around(&TfIdfOptions::default(), 7)
            .estimators
            .contains(&tempered)
    );
}

/// A search of seconds: two kinds of features, four classifiers.
fn small() -> Tuner {
    let all = SearchSpace::default();
    let svm = |c| {
        BaseEstimator::from(Classifier::from(LinearSvm {
            c,
            ..LinearSvm::default()
        }))
    };
    let words = ComplementNb {
        alpha: 0.3,
        ..ComplementNb::default()
    };
    let space = SearchSpace {
        features: vec![all.features[0].clone(), all.features[5].clone()],
        probes: vec![svm(1.0)],
        estimators: vec![
            svm(0.3),
            svm(1.0),
            Classifier::from(NbSvm::default()).into(),
            BaseEstimator {
                classifier: words.into(),
                features: FeatureSubset::Words,
            },
        ],
    };
    Tuner {
        space,
        folds: 3,
        repetitions: Some(1),
        ..Tuner::default()
    }
}

fn tune(tuner: &Tuner, corpus: &Corpus, log: &mut TrialLog) -> TuningResult {
    tuner.tune(corpus, log, &|| false, &Silent).unwrap()
}

#[test]
fn the_winner_is_trained_byte_for_byte_from_its_options() {
    let corpus = news();
    let tuned = tune(&small(), &corpus, &mut TrialLog::default());
    assert_eq!(tuned.chosen.len(), 2);
    assert!(!tuned.cut_short && tuned.chosen.iter().all(|chosen| chosen.scores.len() == 3));
    let written = serde_json::to_string(&tuned.trainer).unwrap();
    let read: Trainer = serde_json::from_str(&written).unwrap();
    let (folder, model) = (Folder::new(), |trainer: &Trainer| {
        trainer.train(&corpus).unwrap()
    });
    let bytes = |trainer: &Trainer, name: &str| {
        let path = folder.path(name);
        model(trainer).save(path.as_ref(), false).unwrap();
        std::fs::read(path).unwrap()
    };
    assert!(bytes(&tuned.trainer, "a") == bytes(&read, "b"));
}

#[test]
fn a_stack_is_judged_once_on_each_fold() {
    let (corpus, folder) = (news(), Folder::new());
    let path = folder.path("log.jsonl");
    let tuner = Tuner {
        folds: 5,
        ..small()
    };
    let mut log = TrialLog::open(path.as_ref(), &tuner, &corpus).unwrap();
    tune(&tuner, &corpus, &mut log);
    let written = std::fs::read_to_string(&path).unwrap();
    let trials = written.lines().skip(1);
    let trials: Vec<Trial> = trials
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for head in &corpus.heads {
        let stacks = trials.iter().filter(|trial| {
            trial.head == head.name && matches!(trial.estimator.classifier, Classifier::Stack(_))
        });
        let folds: Vec<u32> = stacks.map(|trial| trial.fold).collect();
        assert_eq!(folds, [0, 1, 2, 3, 4], "{}", head.name);
    }
}

#[test]
fn small_corpora_are_divided_twice() {
    let corpus = news();
    let tuner = Tuner {
        repetitions: None,
        stack: false,
        ..small()
    };
    let tuned = tune(&tuner, &corpus, &mut TrialLog::default());
    assert!(
        tuned.chosen.iter().all(|chosen| chosen.scores.len() == 6),
        "{:?}",
        tuned.chosen
    );
}

#[test]
fn a_search_goes_on_from_its_log() {
    let (corpus, folder) = (news(), Folder::new());
    let path = folder.path("log.jsonl");
    let open = || TrialLog::open(path.as_ref(), &small(), &corpus).unwrap();
    let calls = AtomicU32::new(0);
    let soon = || calls.fetch_add(1, Ordering::Relaxed) > 4;
    let first = small().tune(&corpus, &mut open(), &soon, &Silent).unwrap();
    assert!(first.cut_short);
    let lines = |path: &str| std::fs::read_to_string(path).unwrap().lines().count();
    let before = lines(&path);
    let mut cut = std::fs::read(&path).unwrap();
    cut.truncate(cut.len() - 7);
    std::fs::write(&path, cut).unwrap();
    let second = tune(&small(), &corpus, &mut open());
    assert!(lines(&path) > before);
    let all = lines(&path);
    assert_eq!(tune(&small(), &corpus, &mut open()), second);
    assert_eq!(
        (
            lines(&path),
            tune(&small(), &corpus, &mut TrialLog::default()).trainer
        ),
        (all, second.trainer)
    );
}

#[test]
fn a_log_of_another_search_is_refused() {
    let (corpus, folder) = (news(), Folder::new());
    let path = folder.path("log.jsonl");
    TrialLog::open(path.as_ref(), &small(), &corpus).unwrap();
    let other = Tuner {
        objective: Objective::MicroF1,
        ..small()
    };
    let error = TrialLog::open(path.as_ref(), &other, &corpus)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("another corpus") && error.contains("log.jsonl:1"),
        "{error}"
    );
    std::fs::write(&path, "{}\n").unwrap();
    assert!(TrialLog::open(path.as_ref(), &small(), &corpus).is_err());
}

#[test]
fn what_takes_too_much_memory_is_left_out() {
    let tuner = Tuner {
        memory: Some(1),
        ..small()
    };
    let error = tuner
        .tune(&news(), &mut TrialLog::default(), &|| false, &Silent)
        .unwrap_err();
    assert!(error.to_string().contains("more memory"), "{error}");
}

#[test]
fn a_model_of_tune_is_made_again_from_its_options_file() {
    let folder = Folder::new();
    let (model, again) = (folder.path("a.model"), folder.path("b.model"));
    let corpus = [
        NEWS,
        "--text",
        "title,text",
        "--label",
        "topic",
        "--name",
        "m",
    ];
    run(&[
        &["tune"],
        &corpus[..],
        &[
            "-o",
            &model,
            "--time-limit",
            "1s",
            "--folds",
            "2",
            "--no-stack",
        ],
    ]
    .concat())
    .ok();
    let options = format!("{model}.options.json");
    run(&[
        &["train"],
        &corpus[..],
        &["-o", &again, "--options", &options],
    ]
    .concat())
    .ok();
    assert!(std::fs::read(&model).unwrap() == std::fs::read(&again).unwrap());
    run(&[
        &["train"],
        &corpus[..],
        &["-o", &again, "--options", &options, "--no-stem"],
    ]
    .concat())
    .fails(2);
    run(&[
        &["train"],
        &corpus[..],
        &["-o", &again, "--force", "--options", NEWS],
    ]
    .concat())
    .fails(2);
    run(&[&["tune"], &corpus[..], &["-o", &model]].concat()).fails(2);
    run(&[
        &["tune"],
        &corpus[..],
        &["-o", &again, "--force", "--time-limit", "soon"],
    ]
    .concat())
    .fails(2);
}

#[test]
fn a_stack_is_saved_and_explained_like_any_model() {
    let corpus = news();
    let stack = Stack {
        folds: 3,
        ..Stack::new(vec![
            Classifier::from(LinearSvm::default()).into(),
            Classifier::from(LogisticRegression::default()).into(),
        ])
    };
    let trainer = Trainer {
        classifier: stack.into(),
        ..Trainer::default()
    };
    let model = trainer.train(&corpus).unwrap();
    let text = "Troops shelled the town; ministers met for talks.";
    let explained = model.explain(text);
    let scores = model.score(text);
    assert!((scores.heads[0].scores.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    for (head, scores) in scores.heads.iter().enumerate() {
        for (label, decision) in scores.decisions.iter().enumerate() {
            let reasons = explained.reasons(head, label);
            let sum: f64 = reasons
                .contributions
                .iter()
                .map(|features| features.contribution)
                .sum();
            assert!((reasons.bias + sum - decision).abs() < 1e-9);
        }
    }
}

/// Thresholds are chosen on what the classifier says of documents it has not seen.
#[test]
fn thresholds_are_chosen_out_of_fold() {
    let corpus = news();
    let trained = |trainer: Trainer| {
        trainer.train(&corpus).unwrap().heads()[1]
            .metadata()
            .thresholds
            .clone()
    };
    let chosen = trained(Trainer::default());
    assert!(
        chosen
            .iter()
            .all(|threshold| threshold.is_finite() && *threshold != 0.0),
        "{chosen:?}"
    );
    let fixed = standpoint::calibrate::ThresholdObjective::Fixed;
    assert!(
        trained(Trainer {
            thresholds: fixed,
            ..Trainer::default()
        })
        .iter()
        .all(|&t| t == 0.0)
    );
}
