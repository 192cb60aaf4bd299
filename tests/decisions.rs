//! Answers follow from what is published, and what was not learnt says nothing.

use crate::support::{Folder, Ran, run};
use proptest::prelude::*;
use serde_json::Value;
use standpoint::calibrate::{Calibration, Method, Thresholds};
use standpoint::corpus::HeadKind;
use standpoint::features::{Idf, Norm, TermFrequency, TfIdfOptions};
use standpoint::linear::{
    BernoulliNb, Classifier, ComplementNb, CrammerSinger, LinearSvm, LogisticRegression, Multi,
    MultinomialNb, NbSvm, Ridge, Sgd, SgdLoss, Stack,
};
use standpoint::storage::Bytes;
use standpoint::{Corpus, Model, Trainer};

/// Short texts of few words, each with a topic and two stances.
fn corpus(rows: &[(Vec<u8>, u8, bool, bool)]) -> Corpus {
    let mut corpus = Corpus::builder();
    corpus.head("topic", HeadKind::Exclusive);
    corpus.head("stance", HeadKind::Independent);
    for (at, (words, topic, sharp, mild)) in rows.iter().enumerate() {
        let words: Vec<String> = words.iter().map(|word| format!("word{}", (b'a' + word) as char)).collect();
        let topic = ["war", "sport", "trade"][usize::from(*topic)];
        let stances = [(*sharp, "sharp"), (*mild, "mild")];
        let stances: Vec<&str> = stances.iter().filter(|(holds, _)| *holds).map(|(_, name)| *name).collect();
        corpus.document(&at.to_string(), &words.join(" "), &[&[topic], &stances]);
    }
    corpus.finish().unwrap()
}

fn classifiers() -> Vec<Classifier> {
    let ovr = LogisticRegression { multi: Multi::OneVsRest, ..LogisticRegression::default() };
    vec![
        LinearSvm::default().into(),
        LogisticRegression::default().into(),
        ovr.into(),
        MultinomialNb::default().into(),
        ComplementNb::default().into(),
        BernoulliNb::default().into(),
        NbSvm::default().into(),
        Ridge::default().into(),
        Sgd::default().into(),
        Sgd { loss: SgdLoss::Hinge, ..Sgd::default() }.into(),
        Stack::new(vec![
            Classifier::from(LinearSvm::default()).into(),
            Classifier::from(MultinomialNb::default()).into(),
        ])
        .into(),
    ]
}

fn features(classifier: &Classifier) -> TfIdfOptions {
    let plain = TfIdfOptions { min_df: "1".parse().unwrap(), ..TfIdfOptions::default() };
    match classifier {
        Classifier::BernoulliNb(_) => {
            TfIdfOptions { tf: TermFrequency::Binary, idf: Idf::None, norm: Norm::None, ..plain }
        }
        _ => plain,
    }
}

/// Whether the answers to all heads are those that scores and thresholds say.
fn assert_published(model: &Model, text: &str, what: &str) {
    for head in &model.score(text).heads {
        let (about, scores) = (head.about, &head.scores);
        let held = head.predicted();
        match about.kind {
            HeadKind::Independent => {
                let above: Vec<usize> =
                    (0..scores.len()).filter(|&at| scores[at] > about.thresholds[at]).collect();
                assert_eq!(held, above, "{what}: {scores:?} {:?}", about.thresholds);
            }
            HeadKind::Exclusive => {
                let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                assert_eq!(scores[held[0]], most, "{what}: {scores:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]
    #[test]
    fn a_label_holds_where_its_published_score_exceeds_its_published_threshold(
        rows in prop::collection::vec(
            (prop::collection::vec(0..6u8, 1..5), 0..3u8, any::<bool>(), prop::bool::weighted(0.2)), 8..16),
    ) {
        let mut rows = rows;
        for (at, row) in rows.iter_mut().enumerate().take(6) {
            (row.1, row.2, row.3) = (at as u8 % 3, at % 2 == 0, at % 3 == 0);
        }
        let corpus = corpus(&rows);
        for classifier in classifiers() {
            for method in [Method::None, Method::Platt, Method::Isotonic, Method::Temperature] {
                for goal in ["max-f1", "fixed", "recall>=0.7", "precision>=0.9", "cost=1,3"] {
                    let goal: Thresholds = goal.parse().unwrap();
                    let what = format!("{classifier} {method:?} {goal}");
                    let trainer = Trainer {
                        features: features(&classifier),
                        classifier: classifier.clone(),
                        calibrate: method,
                        thresholds: goal,
                        folds: 2,
                        ..Trainer::default()
                    };
                    let model = trainer.train(&corpus).unwrap();
                    let loaded = Model::from_bytes(Bytes::Owned(model.to_bytes())).unwrap();
                    for text in corpus.texts.iter().chain(["", "worda worda wordz"]) {
                        assert_published(&model, text, &what);
                        assert_published(&loaded, text, &what);
                    }
                }
            }
        }
    }
}

fn jsonl(rows: &[(&str, &str, &str)]) -> String {
    let row = |(at, (text, topic, stance)): (usize, &(&str, &str, &str))| {
        format!("{{\"id\":\"{at}\",\"text\":\"{text}\",\"topic\":\"{topic}\",\"stance\":{stance}}}\n")
    };
    rows.iter().enumerate().map(row).collect()
}

fn train(corpus: &str, model: &str, flags: &[&str]) -> Ran {
    run(&[&["train", corpus, "-o", model, "--force"], flags].concat())
}

/// Six texts of three labels, of which a fold learns nothing that holds for the others.
const FLAT: [(&str, &str, &str); 6] = [
    ("rivers rise", "a", "[\"x\"]"),
    ("rivers fall", "b", "[\"y\"]"),
    ("markets rise", "c", "[\"z\"]"),
    ("markets fall", "a", "[\"x\"]"),
    ("armies rise", "b", "[\"y\"]"),
    ("armies fall", "c", "[\"z\"]"),
];

#[test]
fn the_program_says_what_scores_and_thresholds_say_where_a_calibration_is_flat() {
    let folder = Folder::new();
    let corpus = folder.write("flat.jsonl", jsonl(&FLAT));
    let model = folder.path("model");
    for method in ["platt", "isotonic", "temperature"] {
        let flags = ["--labels", "stance", "--min-df", "1", "--folds", "3", "--calibrate", method];
        train(&corpus, &model, &flags).ok();
        let summary = run(&["inspect", &model]).json().remove(0);
        let head = &summary["heads"][0];
        let names: Vec<&str> =
            head["labels"].as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
        for row in run(&["score", &model, &corpus]).json() {
            let scored = &row["heads"]["stance"];
            for (at, name) in names.iter().enumerate() {
                let holds = scored["labels"].as_array().unwrap().contains(&Value::from(*name));
                let score = scored["scores"][name].as_f64().unwrap();
                assert_eq!(holds, score > head["thresholds"][at].as_f64().unwrap(), "{method} {row}");
            }
        }
    }
}

/// Rows of three topics that words tell apart.
fn told_apart() -> Vec<(&'static str, &'static str, &'static str)> {
    let texts = [
        ("troops crossed the river", "war", "[\"sharp\"]"),
        ("the army shelled the town", "war", "[\"sharp\"]"),
        ("troops left the town", "war", "[]"),
        ("the striker scored a goal", "sport", "[]"),
        ("the team won the match", "sport", "[]"),
        ("a goal won the match", "sport", "[]"),
        ("tariffs hit the market", "trade", "[]"),
        ("the market lost value", "trade", "[\"sharp\"]"),
        ("tariffs and prices rose", "trade", "[]"),
    ];
    texts.repeat(4)
}

#[test]
fn a_label_that_a_fold_did_not_learn_says_nothing_about_the_calibration() {
    let folder = Folder::new();
    let plain = folder.write("plain.jsonl", jsonl(&told_apart()));
    let mut rows = told_apart();
    rows.push(("a comet passed", "lone", "[\"only\"]"));
    let lone = folder.write("lone.jsonl", jsonl(&rows));
    let model = folder.path("model");
    let temperature = |corpus: &str, classifier: &str| {
        let flags = ["--label", "topic", "--calibrate", "temperature", "--classifier", classifier];
        train(corpus, &model, &flags).ok();
        let model = Model::load(model.as_ref()).unwrap();
        let score = model.score("troops crossed the river").heads.remove(0).scores;
        match &model.heads()[0].about().calibration {
            Some(Calibration::Temperature(of)) => (of[0], score.into_iter().fold(0.0, f64::max)),
            other => panic!("{other:?}"),
        }
    };
    for classifier in ["nb", "cnb", "svm", "lr", "ridge", "stack"] {
        let ((without, _), (with, best)) = (temperature(&plain, classifier), temperature(&lone, classifier));
        assert!(with < 3.0 * without, "{classifier}: {without} becomes {with}");
        assert!(best > 0.5, "{classifier}: {best}");
    }
}

#[test]
fn costs_and_sets_of_answers_do_not_hang_on_a_lone_label() {
    let folder = Folder::new();
    let mut rows = told_apart();
    rows.push(("a comet passed", "lone", "[\"only\"]"));
    let corpus = folder.write("lone.jsonl", jsonl(&rows));
    let costs = folder.write(
        "costs.csv",
        "true,war,sport,trade,lone\nwar,0,1,1,1\nsport,1,0,1,1\ntrade,1,1,0,1\nlone,1,1,1,0\n",
    );
    let model = folder.path("model");
    let goal = format!("topic=cost={costs}");
    for method in ["temperature", "platt", "isotonic"] {
        let flags = [
            "--label",
            "topic",
            "--labels",
            "stance",
            "--thresholds",
            &goal,
            "--abstain",
            "--classifier",
            "nb",
            "--calibrate",
            &format!("topic={method}"),
        ];
        train(&corpus, &model, &flags).ok();
        let found = run(&["eval", &model, &corpus, "--resamples", "0"]).json().remove(0);
        assert!(found["heads"]["topic"]["accuracy"].as_f64().unwrap() > 0.9, "{method}: {found}");
        let model = Model::load(model.as_ref()).unwrap();
        let topic = model.heads()[0].about();
        let lone = topic.labels.iter().position(|label| label == "lone").unwrap();
        assert_eq!(topic.conformal.as_ref().unwrap().yes[lone].documents, 0);
        // An independent label of one document holds nowhere that it was not learnt.
        let stance = model.heads()[1].about();
        assert_eq!(stance.conformal.as_ref().unwrap().yes[0].documents, 0, "{:?}", stance.labels);
    }
}
