//! Calibration, thresholds for a goal, and what is left undecided.
//!
//! `tests/data/calibration.json` is written by `tests/data/make_calibration.py`.

use crate::broken::forged;
use crate::support::{Folder, Ran, rows, run};
use serde::Deserialize;
use serde_json::Value;
use standpoint::Model;
use standpoint::calibrate::{
    Calibration, Conformal, Isotonic, Method, Origin, Platt, Verdict, temperature,
};
use standpoint::corpus::{HeadKind, Targets};

#[derive(Deserialize)]
struct Table {
    scikit_learn: String,
    binary: Vec<Binary>,
    exclusive: Vec<Exclusive>,
}

#[derive(Deserialize)]
struct Binary {
    kind: String,
    decisions: Vec<f64>,
    holds: Vec<bool>,
    weights: Vec<f64>,
    asked: Vec<f64>,
    platt: Platt,
    isotonic: Vec<f64>,
    temperature: f64,
}

#[derive(Deserialize)]
struct Exclusive {
    labels: usize,
    decisions: Vec<Vec<f64>>,
    truth: Vec<usize>,
    weights: Vec<f64>,
    temperature: f64,
    plain: f64,
}

fn table() -> Table {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/calibration.json");
    let table: Table = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(table.scikit_learn, "1.9.1");
    table
}

#[track_caller]
fn assert_near(found: f64, expected: f64, tolerance: f64, what: &str) {
    let error = (found - expected).abs() / expected.abs().max(1e-3);
    assert!(error < tolerance, "{what}: {found}, not {expected}");
}

#[test]
fn curves_are_those_of_scikit_learn() {
    for case in table().binary {
        let documents = case.decisions.iter().zip(&case.holds).zip(&case.weights);
        let documents: Vec<(f64, bool, f64)> = documents.map(|((&d, &h), &w)| (d, h, w)).collect();
        let platt = Platt::fit(&documents);
        if case.platt.slope < 0.0 {
            assert_eq!(platt.slope, 0.0, "{}", case.kind);
        } else {
            assert_near(platt.slope, case.platt.slope, 1e-7, &case.kind);
            assert_near(platt.intercept, case.platt.intercept, 1e-7, &case.kind);
        }
        let isotonic = Isotonic::fit(&documents);
        for (&asked, &expected) in case.asked.iter().zip(&case.isotonic) {
            assert_near(isotonic.probability(asked), expected, 1e-9, &case.kind);
        }
        let decisions: Vec<f64> = case.decisions.iter().flat_map(|&d| [0.0, d]).collect();
        let truth: Vec<_> = case
            .holds
            .iter()
            .map(|&h| usize::from(h))
            .zip(case.weights.iter().copied())
            .collect();
        assert_near(
            temperature(2, &decisions, &truth),
            case.temperature,
            1e-5,
            &case.kind,
        );
    }
}

#[test]
fn temperatures_are_those_of_scipy() {
    for case in table().exclusive {
        let truth: Vec<_> = case.truth.into_iter().zip(case.weights).collect();
        let found = temperature(case.labels, &case.decisions.concat(), &truth);
        assert_near(found, case.temperature, 1e-5, "smoothed");
        assert_near(found, case.plain, 0.05, "plain");
    }
}

/// Numbers that look random and are the same everywhere.
struct Random(u64);

impl Random {
    fn share(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }

    fn below(&mut self, bound: usize) -> usize {
        ((self.share() * bound as f64) as usize).min(bound - 1)
    }
}

/// Decision values of documents of three labels, the first of them the most frequent; a `shift`
/// weakens what they tell.
fn simulated(random: &mut Random, documents: usize, shift: f64) -> (Vec<f64>, Vec<Option<u32>>) {
    let (mut decisions, mut of) = (Vec::new(), Vec::new());
    for _ in 0..documents {
        let truth = [0, 0, 0, 0, 1, 1, 2][random.below(7)];
        decisions.extend(
            (0..3).map(|label| if label == truth { 2.0 - shift } else { 0.0 } + random.normal()),
        );
        of.push(Some(truth as u32));
    }
    (decisions, of)
}

/// The share of documents of each label whose set holds it, over many draws of both kinds of
/// documents.
fn coverage(max_error: f64, shift: f64) -> [f64; 3] {
    let mut random = Random(17);
    let mut counts = [[0.0; 2]; 3];
    for _ in 0..150 {
        let (decisions, of) = simulated(&mut random, 200, 0.0);
        let conformal = Conformal::fit(
            Origin::KeptApart,
            &decisions,
            &Targets::Exclusive { labels: 3, of },
        );
        let (decisions, of) = simulated(&mut random, 100, shift);
        for (row, truth) in decisions.chunks(3).zip(of) {
            let truth = truth.unwrap() as usize;
            let best = (0..3).max_by(|&a, &b| row[a].total_cmp(&row[b])).unwrap();
            let kept = conformal.set(row, best, max_error).contains(&truth);
            counts[truth] = [
                counts[truth][0] + f64::from(u8::from(kept)),
                counts[truth][1] + 1.0,
            ];
        }
    }
    counts.map(|[kept, all]| kept / all)
}

#[test]
fn each_true_label_is_kept_as_often_as_was_asked() {
    for max_error in [0.05, 0.1, 0.3] {
        for kept in coverage(max_error, 0.0) {
            assert!(kept > 1.0 - max_error - 0.02, "{kept} at {max_error}");
        }
    }
    assert!(coverage(0.3, 0.0)[0] < 0.95, "not by keeping all");
}

#[test]
fn under_a_shift_it_is_not() {
    let kept = coverage(0.1, 1.5);
    assert!(kept.iter().all(|&kept| kept < 0.85), "{kept:?}");
}

#[test]
fn yes_and_no_are_kept_apart() {
    let mut random = Random(3);
    let mut draw = |documents: usize| -> (Vec<f64>, Vec<Option<bool>>) {
        let cells: Vec<bool> = (0..documents).map(|_| random.share() < 0.2).collect();
        let decisions = cells
            .iter()
            .map(|&yes| if yes { 0.8 } else { -0.8 } + random.normal())
            .collect();
        (decisions, cells.into_iter().map(Some).collect())
    };
    let (decisions, cells) = draw(2000);
    let conformal = Conformal::fit(
        Origin::KeptApart,
        &decisions,
        &Targets::Independent { labels: 1, cells },
    );
    let (decisions, cells) = draw(4000);
    for answer in [true, false] {
        let of = decisions
            .iter()
            .zip(&cells)
            .filter(|(_, truth)| **truth == Some(answer));
        let wrong = if answer { Verdict::No } else { Verdict::Yes };
        let verdicts: Vec<Verdict> = of
            .map(|(&d, _)| conformal.verdict(0, d, d > 0.0, 0.1))
            .collect();
        let missed = verdicts.iter().filter(|verdict| **verdict == wrong).count() as f64
            / verdicts.len() as f64;
        assert!((0.06..0.13).contains(&missed), "{answer}: {missed}");
        assert!(verdicts.contains(&Verdict::Undecided));
    }
}

/// Rows of topics and stances as JSON lines; with `shift`, topics borrow each other's words.
fn generated(seed: u64, documents: usize, shift: f64) -> String {
    let mut random = Random(seed);
    let topics = ["war", "sport", "trade"];
    let mut rows = String::new();
    for id in 0..documents {
        let topic = random.below(3);
        let hawkish = random.share() < 0.4;
        let mut words = Vec::new();
        for _ in 0..9 {
            let of = match random.share() {
                x if x < 0.45 => topic,
                x if x < 0.45 + shift => (topic + 1) % 3,
                _ => random.below(3),
            };
            words.push(format!("{}{}", topics[of], random.below(12)));
        }
        let sharp = random.share() < if hawkish { 0.95 } else { 0.07 };
        words.push(if sharp { "threat" } else { "accord" }.to_string());
        let stance = if hawkish { "[\"hawkish\"]" } else { "[]" };
        let (topic, text) = (topics[topic], words.join(" "));
        rows += &format!(
            "{{\"id\":\"{id}\",\"text\":\"{text}\",\"topic\":\"{topic}\",\"stance\":{stance}}}\n"
        );
    }
    rows
}

fn train(corpus: &str, model: &str, flags: &[&str]) -> Ran {
    let args = [
        "train",
        corpus,
        "--label",
        "topic",
        "--labels",
        "stance",
        "--no-stem",
        "-o",
        model,
    ];
    run(&[&args, flags].concat())
}

/// Evaluates a model at a greatest error; the parts named `abstention` of both heads.
fn abstention(model: &str, corpus: &str, max_error: &str) -> [Value; 2] {
    let found = run(&["eval", model, corpus, "--max-error", max_error])
        .json()
        .remove(0);
    ["topic", "stance"].map(|head| found["heads"][head]["abstention"].clone())
}

fn share(value: &Value, name: &str) -> f64 {
    value[name].as_f64().unwrap()
}

#[test]
fn models_hold_their_error_on_rows_like_those_of_calibration_and_not_on_others() {
    let folder = Folder::new();
    let corpus = folder.write("train.jsonl", generated(1, 300, 0.0));
    let apart = folder.write("apart.jsonl", generated(2, 600, 0.0));
    let alike = folder.write("alike.jsonl", generated(3, 900, 0.0));
    let later = folder.write("later.jsonl", generated(4, 900, 0.4));
    for (name, flags) in [
        ("apart", vec!["--calibration-set", apart.as_str()]),
        ("folds", vec!["--abstain"]),
    ] {
        let model = folder.path(name);
        train(&corpus, &model, &flags).ok();
        for found in abstention(&model, &alike, "0.1") {
            assert!(share(&found, "coverage") > 0.87, "{name}: {found}");
            assert!(share(&found, "error") <= 1.0 - share(&found, "coverage") + 1e-9);
            assert!(share(&found, "undecided") < 0.9, "{name}: {found}");
        }
        let [topic, _] = abstention(&model, &later, "0.1");
        assert!(share(&topic, "coverage") < 0.8, "{name}: {topic}");
        let [sure, _] = abstention(&model, &alike, "0.01");
        assert!(
            share(&sure, "undecided") > share(&abstention(&model, &alike, "0.1")[0], "undecided")
        );
    }
    let model = folder.path("apart");
    let scored = run(&["score", &model, &alike, "--max-error", "0.05"]).json();
    assert_eq!(scored.len(), 900);
    let topics = |row: &Value| row["heads"]["topic"].clone();
    let undecided = scored
        .iter()
        .map(topics)
        .find(|topic| topic["undecided"] == true)
        .unwrap();
    assert!(
        undecided["set"]
            .as_array()
            .unwrap()
            .contains(&undecided["label"]),
        "{undecided}"
    );
    assert!(
        scored
            .iter()
            .any(|row| row["heads"]["stance"]["undecided"] == serde_json::json!(["hawkish"]))
    );
    let table = run(&["score", &model, &alike, "--max-error", "0.05", "--table"]).ok();
    assert!(table.contains("undecided:"), "{table}");
    let table = run(&["eval", &model, &alike, "--max-error", "0.05", "--table"]).ok();
    assert!(table.contains("wrong if decided"), "{table}");
    let shown = run(&["inspect", &model, "--table"]).ok();
    assert!(shown.contains("documents kept apart, at least"), "{shown}");
    assert!(
        shown.contains("threshold for max-f1") && shown.contains("calibrated by platt"),
        "{shown}"
    );
}

#[test]
fn a_model_that_cannot_abstain_says_how_to_train_one() {
    let folder = Folder::new();
    let corpus = folder.write("train.jsonl", rows());
    let model = folder.path("model");
    train(&corpus, &model, &["--min-df", "1", "--folds", "2"]).ok();
    for command in ["score", "eval"] {
        let error = run(&[command, &model, &corpus, "--max-error", "0.05"]).fails(4);
        assert!(
            error.contains("--abstain") && error.contains("--calibration-set"),
            "{error}"
        );
        run(&[command, &model, &corpus, "--max-error", "1.5"]).fails(2);
    }
}

#[test]
fn calibration_changes_no_answer_but_says_probabilities() {
    let folder = Folder::new();
    let corpus = folder.write("train.jsonl", generated(5, 240, 0.0));
    let new = folder.write("new.jsonl", generated(6, 200, 0.0));
    let scored = |method: &str| {
        let model = folder.path(method);
        train(
            &corpus,
            &model,
            &["--calibrate", method, "--preset", "fast"],
        )
        .ok();
        run(&["score", &model, &new]).json()
    };
    let (none, temperature) = (scored("none"), scored("temperature"));
    let (platt, isotonic) = (scored("platt"), scored("isotonic"));
    assert!(
        none.iter()
            .all(|row| row["heads"]["topic"]["probabilities"] == false)
    );
    for at in 0..none.len() {
        let stance = |rows: &[Value]| rows[at]["heads"]["stance"]["labels"].clone();
        assert!(
            [&platt, &isotonic, &temperature]
                .iter()
                .all(|rows| stance(rows) == stance(&none))
        );
        assert_eq!(
            temperature[at]["heads"]["topic"]["label"],
            none[at]["heads"]["topic"]["label"]
        );
        for rows in [&platt, &isotonic, &temperature] {
            let topic = &rows[at]["heads"]["topic"];
            assert_eq!(topic["probabilities"], true);
            let scores = topic["scores"].as_object().unwrap();
            let sum: f64 = scores.values().map(|p| p.as_f64().unwrap()).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{topic}");
            let best = scores
                .values()
                .map(|p| p.as_f64().unwrap())
                .fold(0.0, f64::max);
            assert_eq!(
                topic["scores"][topic["label"].as_str().unwrap()].as_f64(),
                Some(best)
            );
        }
    }
}

#[test]
fn by_default_platt_is_for_heads_whose_thresholds_are_chosen() {
    let folder = Folder::new();
    let corpus = folder.write("train.jsonl", generated(5, 100, 0.0));
    let (model, fixed, apart) = (
        folder.path("model"),
        folder.path("fixed"),
        folder.path("apart"),
    );
    let ran = train(&corpus, &model, &[]);
    assert!(
        ran.err.contains("stance = hawkish: threshold 0."),
        "{}",
        ran.err
    );
    train(&corpus, &fixed, &["--thresholds", "fixed"]).ok();
    let other = folder.write("other.jsonl", generated(8, 100, 0.0));
    train(&corpus, &apart, &["--calibration-set", &other]).ok();
    let methods = |path: &str| {
        let model = Model::load(path.as_ref()).unwrap();
        [0, 1].map(|head| {
            model.heads()[head]
                .metadata()
                .calibration
                .as_ref()
                .map(Calibration::name)
        })
    };
    assert_eq!(methods(&model), [None, Some("platt")]);
    assert_eq!(methods(&fixed), [None, None]);
    assert_eq!(methods(&apart), [Some("temperature"), Some("platt")]);
    assert!(
        train(
            &corpus,
            &folder.path("same"),
            &["--calibration-set", &corpus]
        )
        .err
        .contains("100 of 100 texts")
    );
}

#[test]
fn a_decision_value_is_still_bias_and_contributions() {
    let folder = Folder::new();
    let corpus = folder.write("train.jsonl", generated(5, 120, 0.0));
    let model = folder.path("model");
    train(&corpus, &model, &["--calibrate", "topic=temperature"]).ok();
    let loaded = Model::load(model.as_ref()).unwrap();
    let explanation = loaded.explain("war1 war2 sport3 threat accord");
    for head in 0..2 {
        for label in 0..explanation.heads[head].scores.len() {
            let reasons = explanation.reasons(head, label);
            let sum = reasons
                .contributions
                .iter()
                .fold(reasons.bias, |sum, c| sum + c.contribution);
            assert_eq!(sum, reasons.decision);
        }
    }
    let shown = run(&["explain", &model, &corpus, "--label", "hawkish", "--table"]).ok();
    assert!(shown.contains("probability"), "{shown}");
    let row = run(&["explain", &model, &corpus]).json().remove(0);
    let label = row["heads"]["topic"]["explanation"]["war"].clone();
    assert_eq!(label["probability"], row["heads"]["topic"]["scores"]["war"]);
}

#[test]
fn bytes_hang_on_no_thread_and_scores_on_no_file() {
    let folder = Folder::new();
    let corpus = folder.write("train.jsonl", generated(9, 150, 0.0));
    let flags = [
        "--calibrate",
        "isotonic",
        "--thresholds",
        "recall>=0.8",
        "--abstain",
        "--name",
        "n",
    ];
    let bytes = |threads: &str| {
        let model = folder.path(threads);
        train(
            &corpus,
            &model,
            &[&flags[..], &["--threads", threads]].concat(),
        )
        .ok();
        std::fs::read(model).unwrap()
    };
    let one = bytes("1");
    assert!(one == bytes("2") && one == bytes("3"));
    let loaded = Model::from_bytes(one.clone()).unwrap();
    let again = Model::from_bytes(loaded.to_bytes()).unwrap();
    assert!(loaded.to_bytes() == one);
    let (a, b) = (
        loaded.score("war1 threat trade2"),
        again.score("war1 threat trade2"),
    );
    for (a, b) in a.heads.iter().zip(&b.heads) {
        assert_eq!((&a.scores, a.answers(0.1)), (&b.scores, b.answers(0.1)));
    }
}

type Change = fn(&mut Value);

/// Changes that break the calibration of a head.
const BREAKS: [(&str, Change); 8] = [
    ("falling", |h| {
        h["calibration"]["isotonic"][0]["probabilities"][0] = 0.99999.into()
    }),
    ("outside", |h| {
        h["calibration"]["isotonic"][0]["probabilities"][0] = (-1.0).into()
    }),
    ("lengths", |h| {
        h["calibration"]["isotonic"] = serde_json::json!([])
    }),
    (
        "slope",
        |h| h["calibration"] = serde_json::json!({"platt": [{"slope": -1.0, "intercept": 0.0}]}),
    ),
    ("temperature", |h| {
        h["calibration"] = serde_json::json!({"temperature": [0.0]})
    }),
    ("conformal", |h| {
        h["conformal"]["yes"][0]["scores"][0] = (-1e9).into()
    }),
    ("documents", |h| {
        h["conformal"]["no"][0]["documents"] = u64::MAX.into()
    }),
    ("costs", |h| h["costs"] = serde_json::json!([[1.0]])),
];

#[test]
fn older_models_load_and_broken_ones_do_not() {
    let folder = Folder::new();
    let corpus = folder.write("train.jsonl", generated(9, 150, 0.0));
    let model = folder.path("model");
    let flags = ["--calibrate", "isotonic", "--abstain", "--preset", "fast"];
    train(&corpus, &model, &flags).ok();
    let whole = std::fs::read(model).unwrap();
    let changed = |change: &dyn Fn(&mut Value)| {
        let bytes = forged(&whole, &|header, _| {
            let text = header["__metadata__"]["standpoint"].as_str().unwrap();
            let mut envelope: Value = serde_json::from_str(text).unwrap();
            change(&mut envelope["model"]["heads"][1]);
            if envelope["model"]["heads"][1].get("goal").is_none() {
                envelope["model"]
                    .as_object_mut()
                    .unwrap()
                    .remove("thresholds_of_scores")
                    .unwrap();
            }
            header["__metadata__"]["standpoint"] = envelope.to_string().into();
        });
        Model::from_bytes(bytes)
    };
    let new = changed(&|_| {}).unwrap();
    let calibration = new.heads()[1].metadata().calibration.clone().unwrap();
    let old = |gone: &[&str]| {
        let old = changed(&|head| {
            let gone = gone.iter().chain(&["goal", "choices"]);
            gone.for_each(|key| drop(head.as_object_mut().unwrap().remove(*key).unwrap()));
            head["thresholds"] = serde_json::json!([0.25]);
        });
        old.unwrap()
    };
    let text = "war1 trade3 threat";
    let plain = old(&["calibration", "conformal"]);
    assert_eq!(
        plain.score(text).heads[1].scores,
        new.score(text).heads[1].decisions
    );
    assert_eq!(plain.heads()[1].metadata().thresholds, [0.25]);
    // An older model keeps its threshold as a decision value, beside the calibration.
    assert_eq!(
        old(&[]).heads()[1].metadata().thresholds,
        [calibration.probability(0, 0.25)]
    );
    for (name, change) in BREAKS {
        assert!(changed(&change).is_err(), "{name}");
    }
}

#[test]
fn thresholds_reach_their_goal_or_say_that_they_do_not() {
    let folder = Folder::new();
    let corpus = folder.write("train.jsonl", generated(11, 300, 0.0));
    let choice = |goal: &str| {
        let model = folder.path("model");
        let ran = train(&corpus, &model, &["--threshold", goal, "--force"]);
        let err = ran.err.clone();
        ran.ok();
        let summary = run(&["inspect", &model]).json().remove(0);
        let head = summary["heads"][1].clone();
        assert!(
            (0.0..1.0).contains(&head["thresholds"][0].as_f64().unwrap()),
            "{head}"
        );
        (
            head["choices"][0].clone(),
            head["thresholds"][0].as_f64().unwrap(),
            err,
        )
    };
    let (recall, low, err) = choice("recall>=0.9");
    assert!(
        recall["met"] == true && share(&recall, "reached") > 0.8,
        "{recall}"
    );
    assert!(
        err.contains("recall 0.") && err.contains("hawkish"),
        "{err}"
    );
    let (_, high, _) = choice("stance=recall>=0.5");
    assert!(low < high);
    let (precision, _, err) = choice("precision>=1");
    assert!(
        precision["met"] == true || err.contains("precision>=1 cannot be reached"),
        "{err}"
    );
    let (_, eager, _) = choice("cost=1,10");
    let (_, careful, _) = choice("cost=10,1");
    assert!(eager < careful);
}

#[test]
fn costs_choose_the_answer() {
    let folder = Folder::new();
    let corpus = folder.write("train.jsonl", generated(11, 200, 0.0));
    let new = folder.write("new.jsonl", generated(12, 200, 0.0));
    let costs = folder.write(
        "costs.csv",
        "true,war,sport,trade\nwar,0,30,30\nsport,1,0,1\ntrade,1,1,0\n",
    );
    let wars = |flags: &[&str]| {
        let model = folder.path("model");
        train(&corpus, &model, &[flags, &["--force"]].concat()).ok();
        run(&["score", &model, &new])
            .json()
            .iter()
            .filter(|row| row["heads"]["topic"]["label"] == "war")
            .count()
    };
    let spec = format!("topic=cost={costs}");
    let (plain, careful) = (wars(&[]), wars(&["--thresholds", &spec]));
    assert!(careful > plain + 10, "{plain} {careful}");
    let model = folder.path("other");
    let error = train(
        &corpus,
        &model,
        &["--thresholds", &spec, "--calibrate", "none"],
    )
    .fails(2);
    assert!(error.contains("--calibrate temperature"), "{error}");
    let few = folder.write("few.csv", "true,war,sport\nwar,0,1\nsport,1,0\n");
    let error = train(&corpus, &model, &["--thresholds", &format!("cost={few}")]).fails(2);
    assert!(error.contains("no label `trade`"), "{error}");
    let error = train(&corpus, &model, &["--thresholds", "cost=missing.csv"]).fails(2);
    assert!(error.contains("FALSE_POSITIVE"), "{error}");
}

#[test]
fn what_does_not_fit_is_said() {
    let folder = Folder::new();
    let corpus = folder.write("train.jsonl", rows());
    let model = folder.path("model");
    let fails = |flags: &[&str], code: i32, says: &str| {
        let error = train(&corpus, &model, flags).fails(code);
        assert!(error.contains(says), "{error}");
    };
    fails(&["--calibrate", "magic"], 2, "one of none, platt");
    fails(
        &["--calibrate", "platt", "--calibrate", "none"],
        2,
        "there is one already",
    );
    fails(&["--calibrate", "tone=platt"], 2, "no such head");
    fails(&["--thresholds", "f2"], 2, "recall>=0.9");
    fails(
        &["--thresholds", "topic=max-f1"],
        2,
        "do not fit the head `topic`",
    );
    fails(
        &["--thresholds", "fixed", "--thresholds", "max-f1"],
        2,
        "there is one already",
    );
    fails(&["--abstain", "--folds", "20"], 3, "too few for 20 folds");
    fails(
        &["--calibration-set", &corpus, "--folds", "3"],
        2,
        "--calibration-set",
    );
    let strange = folder.write("strange.jsonl", rows().replace("sport", "chess"));
    fails(&["--calibration-set", &strange], 3, "`chess`");
    fails(
        &["--calibration-set", &folder.path("none.jsonl")],
        5,
        "none.jsonl",
    );
    let stream = ["--stream", "--abstain"];
    fails(&stream, 2, "without --stream");
    fails(&["--stream", "--calibrate", "platt"], 2, "without --stream");
}

#[test]
fn one_head_is_calibrated_by_what_another_is_not() {
    let decisions = [0.4, -0.2, 1.0, -1.5, 0.1, -0.3];
    let of = vec![Some(0), Some(1), None];
    let targets = Targets::Exclusive { labels: 2, of };
    let calibration =
        Calibration::fit(Method::Platt, &decisions, &targets, Some(&[1.0, 2.0, 1.0])).unwrap();
    let mut scores = [0.3, 0.1];
    calibration.apply(HeadKind::Exclusive, &mut scores);
    assert!((scores[0] + scores[1] - 1.0).abs() < 1e-12);
    assert!(Calibration::fit(Method::None, &decisions, &targets, None).is_none());
}
