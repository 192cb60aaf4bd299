//! Answers follow from what is published, and what was not learnt says nothing.

use crate::support::{Folder, HEADS, NEWS, Ran, rows, run, run_line, small_model};
use proptest::prelude::*;
use serde_json::Value;
use standpoint::calibrate::{Calibration, Method, ThresholdObjective};
use standpoint::corpus::HeadKind;
use standpoint::features::{Idf, Norm, TermFrequency, TfIdfOptions};
use standpoint::linear::{
    BernoulliNb, Classifier, ComplementNb, LinearSvm, LogisticRegression, MultiClass,
    MultinomialNb, NbSvm, Ridge, Sgd, SgdLoss, Stack,
};
use standpoint::{Corpus, Model, Trainer};

/// Short texts of few words, each with a topic and two stances.
fn corpus(rows: &[(Vec<u8>, u8, bool, bool)]) -> Corpus {
    let mut corpus = Corpus::builder();
    corpus.head("topic", HeadKind::Exclusive);
    corpus.head("stance", HeadKind::Independent);
    for (at, (words, topic, sharp, mild)) in rows.iter().enumerate() {
        let words: Vec<String> = words
            .iter()
            .map(|word| format!("word{}", (b'a' + word) as char))
            .collect();
        let topic = ["war", "sport", "trade"][usize::from(*topic)];
        let stances = [(*sharp, "sharp"), (*mild, "mild")];
        let stances: Vec<&str> = stances
            .iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, name)| *name)
            .collect();
        corpus.document(&at.to_string(), &words.join(" "), &[&[topic], &stances]);
    }
    corpus.finish().unwrap()
}

fn classifiers() -> Vec<Classifier> {
    let ovr = LogisticRegression {
        multi_class: MultiClass::OneVsRest,
        ..LogisticRegression::default()
    };
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
        Sgd {
            loss: SgdLoss::Hinge,
            ..Sgd::default()
        }
        .into(),
        Stack::new(vec![
            Classifier::from(LinearSvm::default()).into(),
            Classifier::from(MultinomialNb::default()).into(),
        ])
        .into(),
    ]
}

fn features(classifier: &Classifier) -> TfIdfOptions {
    let plain = TfIdfOptions::default().min_df("1".parse().unwrap());
    match classifier {
        Classifier::BernoulliNb(_) => plain
            .tf(TermFrequency::Binary)
            .idf(Idf::None)
            .norm(Norm::None),
        _ => plain,
    }
}

/// Asserts that the answers to all heads are those that scores and thresholds say.
fn assert_published(model: &Model, text: &str, what: &str) {
    for head in &model.score(text).heads {
        let (metadata, scores) = (head.metadata, &head.scores);
        let held = head.predicted();
        match metadata.kind {
            HeadKind::Independent => {
                let above: Vec<usize> = (0..scores.len())
                    .filter(|&at| scores[at] > metadata.thresholds[at])
                    .collect();
                assert_eq!(held, above, "{what}: {scores:?} {:?}", metadata.thresholds);
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
                    let goal: ThresholdObjective = goal.parse().unwrap();
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
                    let loaded = Model::from_bytes(model.to_bytes()).unwrap();
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
        format!(
            "{{\"id\":\"{at}\",\"text\":\"{text}\",\"topic\":\"{topic}\",\"stance\":{stance}}}\n"
        )
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
        let flags = [
            "--labels",
            "stance",
            "--min-df",
            "1",
            "--folds",
            "3",
            "--calibrate",
            method,
        ];
        train(&corpus, &model, &flags).ok();
        let summary = run(&["inspect", &model]).json().remove(0);
        let head = &summary["heads"][0];
        let names: Vec<&str> = head["labels"]
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v.as_str().unwrap())
            .collect();
        for row in run(&["score", &model, &corpus]).json() {
            let scored = &row["heads"]["stance"];
            for (at, name) in names.iter().enumerate() {
                let holds = scored["labels"]
                    .as_array()
                    .unwrap()
                    .contains(&Value::from(*name));
                let score = scored["scores"][name].as_f64().unwrap();
                assert_eq!(
                    holds,
                    score > head["thresholds"][at].as_f64().unwrap(),
                    "{method} {row}"
                );
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
        let flags = [
            "--label",
            "topic",
            "--calibrate",
            "temperature",
            "--classifier",
            classifier,
        ];
        train(corpus, &model, &flags).ok();
        let model = Model::load(model.as_ref()).unwrap();
        let score = model
            .score("troops crossed the river")
            .heads
            .remove(0)
            .scores;
        match &model.heads()[0].metadata().calibration {
            Some(Calibration::Temperature(of)) => (of[0], score.into_iter().fold(0.0, f64::max)),
            other => panic!("{other:?}"),
        }
    };
    for classifier in ["nb", "cnb", "svm", "lr", "ridge", "stack"] {
        let ((without, _), (with, best)) = (
            temperature(&plain, classifier),
            temperature(&lone, classifier),
        );
        assert!(
            with < 3.0 * without,
            "{classifier}: {without} becomes {with}"
        );
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
        let found = run(&["eval", &model, &corpus, "--resamples", "0"])
            .json()
            .remove(0);
        assert!(
            found["heads"]["topic"]["accuracy"].as_f64().unwrap() > 0.9,
            "{method}: {found}"
        );
        let model = Model::load(model.as_ref()).unwrap();
        let topic = model.heads()[0].metadata();
        let lone = topic
            .labels
            .iter()
            .position(|label| label == "lone")
            .unwrap();
        assert_eq!(topic.conformal.as_ref().unwrap().yes[lone].documents, 0);
        // An independent label of one document holds nowhere that it was not learnt.
        let stance = model.heads()[1].metadata();
        assert_eq!(
            stance.conformal.as_ref().unwrap().yes[0].documents,
            0,
            "{:?}",
            stance.labels
        );
    }
}

/// Classifiers with the options that change their solvers.
const CLASSIFIERS: [&str; 17] = [
    "svm",
    "svm --loss hinge",
    "cs",
    "nbsvm",
    "nbsvm --ratio-exponent 0.6",
    "lr",
    "lr --multi-class ovr",
    "lr --penalty l1",
    "lr --multi-class ovr --penalty l1",
    "lr --penalty elasticnet --l1-ratio 0.5",
    "lr --intercept none",
    "ridge",
    "sgd",
    "sgd-hinge",
    "nb",
    "cnb",
    "stack",
];

#[test]
fn an_optimum_at_the_start_is_found() {
    let folder = Folder::new();
    let texts = |all: &[&str]| -> String {
        let row = |(at, text): (usize, &&str)| {
            let topic = ["a", "b", "c"][at % 3];
            format!("{{\"text\":\"{text}\",\"topic\":\"{topic}\",\"stance\":[\"{topic}\"]}}\n")
        };
        all.iter().enumerate().map(row).collect()
    };
    let model = folder.path("model");
    let cases = [
        ("same", texts(&["same words here"; 12])),
        ("single", texts(&["word"; 12])),
        (
            "wordless",
            texts(&[
                "!", "!", "!", "one word", "one word", "one word", "!", "!", "!", "!", "!", "!",
            ]),
        ),
    ];
    for (name, rows) in cases {
        let corpus = folder.write(&format!("{name}.jsonl"), rows);
        for classifier in CLASSIFIERS {
            let name_of = classifier.split(' ').next().unwrap();
            let stance = match name_of {
                "cs" => "",
                _ => " --labels stance",
            };
            let flags = format!("--label topic{stance} --min-df 1 --classifier {classifier}");
            train(&corpus, &model, &flags.split(' ').collect::<Vec<_>>()).ok();
            let loaded = Model::load(model.as_ref()).unwrap();
            let scores = loaded.score("one word here");
            for head in &scores.heads {
                let finite = head.scores.iter().all(|score| score.is_finite());
                assert!(finite, "{name} {classifier}: {:?}", head.scores);
            }
            if ["svm", "lr", "ridge", "sgd", "nbsvm"].contains(&name_of) {
                let again = folder.path("again");
                run_line(&format!(
                    "train {corpus} --from {model} --rows all -o {again} --force"
                ))
                .ok();
            }
        }
    }
}

#[test]
fn rows_that_were_learnt_from_are_told_apart() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let same = folder.path("rows.jsonl");
    // Blanks and line breaks, and a title apart from its text, do not hide a copy.
    let spaced = folder.write(
        "spaced.jsonl",
        rows()
            .replace("the team won", "the   team\\nwon")
            .replace("\",\"topic", "  \",\"topic"),
    );
    let titled = folder.write(
        "titled.jsonl",
        rows().replace("\"text\":\"The ", "\"title\":\"The\",\"text\":\""),
    );
    let new = folder.write(
        "new.jsonl",
        rows().replace(" the", " no").replace("goal", "try"),
    );
    for (corpus, expected, more) in [
        (&same, 8, vec![]),
        (&spaced, 8, vec![]),
        (&titled, 8, vec!["--text", "title,text"]),
    ] {
        let ran = run(&[&["eval", &model, corpus, "--resamples", "0"], &more[..]].concat());
        assert!(
            ran.err
                .contains(&format!("learnt from {expected} of 8 rows here")),
            "{corpus}: {}",
            ran.err
        );
        assert_eq!(ran.json()[0]["learnt_documents"], expected);
    }
    let ran = run(&["eval", &model, &new, "--resamples", "0"]);
    assert!(!ran.err.contains("learnt from"), "{}", ran.err);
    assert_eq!(ran.json()[0]["learnt_documents"], 0);
    let table = run(&["eval", &model, &same, "--resamples", "0", "--table"]).ok();
    assert!(
        table.contains("learnt from: 8 of 8 rows (100.0 %)"),
        "{table}"
    );
    let page = folder.path("page.md");
    run(&["eval", &model, &same, "--resamples", "0", "--report", &page]).ok();
    assert!(std::fs::read_to_string(page).unwrap().contains("8 of them"));

    let without = folder.path("without");
    train(&same, &without, &["--label", "topic", "--no-fingerprints"]).ok();
    let ran = run(&["eval", &without, &same, "--resamples", "0"]);
    assert!(!ran.err.contains("learnt from"), "{}", ran.err);
    assert_eq!(ran.json()[0]["learnt_documents"], Value::Null);
    let built_in = run(&["eval", NEWS, "--resamples", "0"]);
    assert!(
        built_in.err.contains("learnt from 432 of 432 rows here"),
        "{}",
        built_in.err
    );
}

#[test]
fn every_way_of_training_keeps_fingerprints() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", rows());
    let known = |model: &str, corpus: &str| {
        run(&["eval", model, corpus, "--resamples", "0"]).json()[0]["learnt_documents"].clone()
    };
    let model = folder.path("model");
    train(
        &corpus,
        &model,
        &["--label", "topic", "--stream", "--min-df", "1"],
    )
    .ok();
    assert_eq!(known(&model, &corpus), 8);
    run_line(&format!(
        "tune {corpus} --label topic -o {} --folds 2",
        folder.path("tuned")
    ))
    .ok();
    assert_eq!(known(&folder.path("tuned"), &corpus), 8);
    let more = folder.write("more.jsonl", rows().replace("the", "some"));
    let renewed = folder.path("renewed");
    run(&["train", &corpus, &more, "--from", &model, "-o", &renewed]).ok();
    assert_eq!(
        (known(&renewed, &corpus), known(&renewed, &more)),
        (8.into(), 8.into())
    );
    let apart = folder.path("apart");
    train(
        &corpus,
        &apart,
        &["--label", "topic", "--calibration-set", &more],
    )
    .ok();
    assert_eq!(known(&apart, &more), 8);
}

/// The news in three parts: to learn from, to correct, and to judge by.
fn thirds(folder: &Folder) -> [String; 3] {
    let news = std::fs::read_to_string(NEWS).unwrap();
    let part = |at: usize| -> String {
        let lines = news
            .lines()
            .enumerate()
            .filter(|(line, _)| [0, 0, 0, 1, 2][line % 5] == at);
        lines.map(|(_, line)| format!("{line}\n")).collect()
    };
    [0, 1, 2].map(|at| folder.write(&format!("part{at}.jsonl"), part(at)))
}

/// Returns the rows whose topic the model gets wrong: those that an editor corrects.
fn wrong_rows(model: &str, corpus: &str) -> Vec<String> {
    let predicted = run(&["score", model, corpus]).json();
    let text = std::fs::read_to_string(corpus).unwrap();
    let wrong = text.lines().zip(predicted).filter(|(line, said)| {
        let row: Value = serde_json::from_str(line).unwrap();
        row["topic"] != said["heads"]["topic"]["label"]
    });
    wrong.map(|(line, _)| line.to_string()).collect()
}

#[test]
fn a_few_corrections_move_a_little() {
    let tempered = "nbsvm --ratio-exponent 0.6 --alpha 0.1 -C 0.2 --char-ngrams 3-5";
    for classifier in ["svm", "lr", "ridge", "sgd", "nbsvm", tempered, "stack"] {
        let folder = Folder::new();
        let [learn, correct, judge] = thirds(&folder);
        let (old, new) = (folder.path("old"), folder.path("new"));
        let classifier_flags: Vec<&str> = classifier.split(' ').collect();
        let flags = [&HEADS[..], &["--classifier"], &classifier_flags].concat();
        train(&learn, &old, &flags).ok();
        let accuracy = |model: &str, corpus: &str| {
            let found = run(&["eval", model, corpus, "--resamples", "0"])
                .json()
                .remove(0);
            found["heads"]["topic"]["accuracy"].as_f64().unwrap()
        };
        let wrong = wrong_rows(&old, &correct);
        assert!(wrong.len() > 5, "{}", wrong.len());
        let corrections = folder.write("corrections.jsonl", wrong.join("\n") + "\n");
        let ran = run(&["train", &corrections, "--from", &old, "-o", &new]);
        assert!(ran.err.contains("taken as corrections"), "{}", ran.err);
        ran.ok();
        let (before, after) = (accuracy(&old, &judge), accuracy(&new, &judge));
        assert!(
            after > before - 0.02,
            "{classifier}: {before} becomes {after}"
        );
        let (missed, learnt) = (accuracy(&old, &corrections), accuracy(&new, &corrections));
        assert!(
            missed == 0.0 && learnt > 0.5,
            "{classifier}: {learnt} of the corrections are learnt"
        );
        let [old, new] = [old, new].map(|path| Model::load(path.as_ref()).unwrap());
        assert_eq!(
            old.heads()[1].metadata().thresholds,
            new.heads()[1].metadata().thresholds
        );
        assert_eq!(
            old.heads()[0].linear().bias()[..],
            new.heads()[0].linear().bias()[..]
        );
        assert_eq!(
            new.metadata().documents,
            old.metadata().documents + wrong.len() as u64
        );
    }
}

#[test]
fn corrections_that_cannot_be_made_are_refused() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", rows());
    let one = folder.write(
        "one.jsonl",
        rows().lines().next().unwrap().replace("shelled", "shells"),
    );
    let (model, new) = (folder.path("model"), folder.path("new"));
    let from =
        |flags: &[&str]| run(&[&["train", &one, "--from", &model, "-o", &new][..], flags].concat());
    for classifier in ["nb", "cs", "sgd-hinge"] {
        let flags = [
            "--label",
            "topic",
            "--min-df",
            "1",
            "--classifier",
            classifier,
        ];
        train(&corpus, &model, &flags).ok();
        let error = from(&[]).fails(2);
        assert!(
            error.contains("corrections alone") && error.contains("--rows all"),
            "{error}"
        );
    }
    train(&corpus, &model, &["--label", "topic", "--min-df", "1"]).ok();
    for flags in [
        ["--thresholds", "fixed"],
        ["--classifier", "svm"],
        ["--calibrate", "platt"],
        ["--folds", "2"],
    ] {
        let error = from(&flags).fails(2);
        assert!(error.contains(flags[0]), "{error}");
    }
    let strange = folder.write(
        "strange.jsonl",
        rows().lines().next().unwrap().replace("conflict", "chess"),
    );
    let error = run(&["train", &strange, "--from", &model, "-o", &new]).fails(2);
    assert!(error.contains("`chess`"), "{error}");
    train(
        &corpus,
        &model,
        &["--label", "topic", "--min-df", "1", "--no-fingerprints"],
    )
    .ok();
    assert!(from(&[]).fails(2).contains("--rows corrections"));
    from(&["--rows", "corrections"]).ok();
    // In its own place, too.
    run_line(&format!(
        "train {one} --from {model} -o {model} --force --rows corrections"
    ))
    .ok();
}

#[test]
fn scores_say_what_they_are_and_of_which_model() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", rows());
    let model = folder.path("news.model");
    for (classifier, probabilities) in [
        ("svm", false),
        ("lr", true),
        ("nb", true),
        ("sgd", true),
        ("cnb", false),
        ("ridge", false),
        ("stack", true),
    ] {
        train(
            &corpus,
            &model,
            &[
                "--label",
                "topic",
                "--min-df",
                "1",
                "--classifier",
                classifier,
            ],
        )
        .ok();
        let row = run(&["score", &model, &corpus]).json().remove(0);
        assert_eq!(
            row["heads"]["topic"]["probabilities"], probabilities,
            "{classifier}"
        );
    }
    let row = run(&["score", &corpus]).json().remove(0);
    assert_eq!(row["heads"]["stance"]["probabilities"], true);
    let bytes = std::fs::read(&model).unwrap();
    let hash = Model::from_bytes(bytes).unwrap().hash().to_string();
    assert_eq!(hash.len(), 16);
    for command in ["score", "explain", "eval"] {
        let told = run(&[command, &model, &corpus]).json()[0]["model"].clone();
        assert_eq!(
            (&told["name"], &told["hash"]),
            (&"news".into(), &hash.as_str().into()),
            "{command}"
        );
        assert!(
            told["version"].as_str().unwrap().starts_with("standpoint "),
            "{told}"
        );
    }
    assert_eq!(run(&["inspect", &model]).json()[0]["hash"], hash.as_str());
}

#[test]
fn top_leaves_no_predicted_label_out() {
    let folder = Folder::new();
    let (model, corpus) = (small_model(&folder), folder.path("rows.jsonl"));
    for top in ["0", "1"] {
        let rows = run(&["score", &model, &corpus, "--top", top]).json();
        for row in &rows {
            for (name, head) in row["heads"].as_object().unwrap() {
                let said = [&head["label"]]
                    .into_iter()
                    .chain(head["labels"].as_array().into_iter().flatten());
                let said = said.filter_map(Value::as_str);
                said.for_each(|label| {
                    assert!(head["scores"][label].is_f64(), "{top} {name}: {row}")
                });
            }
        }
        let two = rows
            .iter()
            .any(|row| row["heads"]["stance"]["labels"].as_array().unwrap().len() > 1);
        assert!(two, "no row has two labels");
    }
}

#[test]
fn a_goal_that_was_asked_for_is_not_given_up() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", rows());
    let model = folder.path("model");
    let stance = ["--labels", "stance", "--min-df", "1"];
    let asked: [&[&str]; 6] = [
        &["--thresholds", "max-f1"],
        &["--thresholds", "stance=max-f1"],
        &["--thresholds", "recall>=0.9"],
        &["--calibrate", "isotonic"],
        &["--abstain"],
        &[],
    ];
    for flags in asked {
        let error = train(
            &corpus,
            &model,
            &[&stance, flags, &["--folds", "9"]].concat(),
        )
        .fails(3);
        assert!(
            error.contains("8 documents are too few for 9 folds") && error.contains("help"),
            "{error}"
        );
    }
    let four: String = rows()
        .lines()
        .take(4)
        .map(|line| format!("{line}\n"))
        .collect();
    let few = folder.write("few.jsonl", four);
    assert!(
        train(
            &few,
            &model,
            &[&stance[..], &["--thresholds", "max-f1"]].concat()
        )
        .fails(3)
        .contains("4 documents")
    );
    let ran = train(&few, &model, &stance);
    assert!(
        ran.err.contains("thresholds of head `stance` are fixed"),
        "{}",
        ran.err
    );
    ran.ok();
}

#[test]
fn options_without_effect_are_errors() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", rows());
    let model = folder.path("model");
    for (flags, says) in [
        ("--label topic --folds 3", "--folds"),
        ("--label topic --thresholds max-f1", "--labels"),
        (
            "--label topic --stop-words drop --language und",
            "--stop-words drop",
        ),
        ("--label topic --no-stem --language und", "--no-stem"),
        (
            "--label topic --no-compounds --language en",
            "--no-compounds",
        ),
        (
            "--labels stance --classifier lr --multi-class multinomial",
            "--multi-class",
        ),
        ("--labels stance --thresholds recal>=0.9", "`recal>=0.9`"),
        (
            "--labels stance --thresholds stance=recal>=0.9",
            "`stance=recal>=0.9`",
        ),
    ] {
        let error = run_line(&format!("train {corpus} -o {model} --min-df 1 {flags}")).fails(2);
        assert!(error.contains(says), "{flags}: {error}");
    }
    train(
        &corpus,
        &model,
        &["--label", "topic", "--classifier", "stack", "--folds", "3"],
    )
    .ok();
    let classifier = Model::load(model.as_ref()).unwrap().heads()[0]
        .metadata()
        .classifier
        .clone();
    assert!(
        matches!(classifier, Classifier::Stack(Stack { folds: 3, .. })),
        "{classifier}"
    );
    train(
        &corpus,
        &model,
        &["--label", "topic", "--abstain", "--folds", "3"],
    )
    .ok();
}

#[test]
fn sizes_are_checked_before_anything_is_allocated() {
    let folder = Folder::new();
    let row = |at: usize| {
        format!(
            "{{\"text\":\"word{} and word{at}\",\"topic\":\"l{at}\"}}\n",
            at % 50
        )
    };
    let corpus = folder.write("many.jsonl", (0..2000).map(row).collect::<String>());
    let model = folder.path("model");
    for classifier in ["lr", "ridge", "sgd", "cs", "nb", "cnb", "stack"] {
        let flags = [
            "--label",
            "topic",
            "--min-df",
            "1",
            "--memory",
            "30M",
            "--classifier",
            classifier,
        ];
        let error = train(&corpus, &model, &flags).fails(2);
        assert!(
            error.contains("2000 labels") && error.contains("there are 30 MB"),
            "{error}"
        );
        assert!(error.contains("--memory"), "{error}");
    }
    let flags = ["--label", "topic", "--min-df", "1", "--memory", "500k"];
    let compared = train(&corpus, &model, &flags).fails(2);
    assert!(compared.contains("out-of-fold scores"), "{compared}");
    let fast = [&flags[..], &["--preset", "fast"]].concat();
    assert!(train(&corpus, &model, &fast).fails(2).contains("svm C=1"));
    let flags = [
        "--label",
        "topic",
        "--memory",
        "30M",
        "--calibrate",
        "temperature",
    ];
    assert!(
        train(&corpus, &model, &flags)
            .fails(2)
            .contains("out-of-fold scores")
    );
}

#[cfg(unix)]
#[test]
fn a_stream_is_read_again_or_refused() {
    let folder = Folder::new();
    let (pipe, model) = (folder.path("pipe"), folder.path("model"));
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let error = train(&pipe, &model, &["--label", "topic", "--stream"]).fails(2);
    assert!(
        error.contains("several times") && error.contains("help: "),
        "{error}"
    );
    let args = [
        "train",
        "/dev/stdin",
        "--label",
        "topic",
        "--stream",
        "-o",
        &model,
    ];
    let error = crate::support::run_with(&args, rows().as_bytes()).fails(2);
    assert!(error.contains("several times"), "{error}");
}

/// Appends to the corpus when the first pass over it is done.
struct Grows<'a> {
    corpus: &'a str,
    at: &'a str,
    row: &'a str,
}

impl standpoint::io::Progress for Grows<'_> {
    fn stage(&self, name: &str, _total: u64) {
        if name == self.at {
            let mut file = std::fs::OpenOptions::new()
                .append(true)
                .open(self.corpus)
                .unwrap();
            std::io::Write::write_all(&mut file, self.row.as_bytes()).unwrap();
        }
    }

    fn advance(&self, _by: u64) {}

    fn note(&self, _message: &str) {}
}

#[test]
fn a_corpus_that_grows_while_it_streams_is_an_error() {
    use crate::support::{head, schema};
    use standpoint::corpus::{ColumnMapping, CorpusSource, ReadOptions, Selection, find_inputs};
    use standpoint::linear::Sgd;
    use standpoint::train::BatchTrainer;
    let new = "{\"text\":\"a comet passed\",\"topic\":\"space\"}\n";
    let known = "{\"text\":\"the army shelled the town\",\"topic\":\"conflict\"}\n";
    for (at, row) in [
        ("counting", new),
        ("counting", known),
        ("descending", new),
        ("descending", known),
    ] {
        let folder = Folder::new();
        let corpus = folder.write("rows.jsonl", rows());
        let schema = schema(&["text"], vec![head("topic", HeadKind::Exclusive, "topic")]);
        let mapping = ColumnMapping {
            schema,
            selection: Selection::default(),
            labels: true,
        };
        let inputs = find_inputs(std::slice::from_ref(&corpus), &standpoint::io::Silent).unwrap();
        let source = CorpusSource {
            inputs,
            options: ReadOptions::default(),
            mapping,
        };
        let trainer = Trainer {
            classifier: Sgd::default().into(),
            thresholds: ThresholdObjective::Fixed,
            features: TfIdfOptions::default().min_df("1".parse().unwrap()),
            ..Trainer::default()
        };
        let trainer = BatchTrainer {
            trainer,
            memory: 1 << 30,
            checkpoint: None,
        };
        let error = trainer
            .train(
                &source,
                None,
                &Grows {
                    corpus: &corpus,
                    at,
                    row,
                },
            )
            .unwrap_err();
        assert!(
            error.to_string().contains("changed while they were read"),
            "{at}: {error}"
        );
    }
}

#[test]
fn a_model_that_is_changed_in_place_scores_as_it_was_loaded() {
    let folder = Folder::new();
    let path = small_model(&folder);
    let text = "The army shelled the town";
    let model = Model::load(path.as_ref()).unwrap();
    let before = model.score(text).heads[0].scores.clone();
    let length = std::fs::metadata(&path).unwrap().len() as usize;
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    std::io::Write::write_all(&mut file, &vec![255; length]).unwrap();
    file.set_len(10).unwrap();
    assert_eq!(model.score(text).heads[0].scores, before);
}
