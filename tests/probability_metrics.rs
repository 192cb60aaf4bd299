//! Metrics of scores, tests and agreement against scikit-learn, SciPy, statsmodels and
//! krippendorff.
//!
//! `tests/data/probability_metrics.json` is written by `tests/data/make_probability_metrics.py`.

use serde::Deserialize;
use serde_json::{Map, Value};
use standpoint::evaluate::curves::{
    Binning, calibration_error, precision_recall_curve, reliability,
};
use standpoint::evaluate::{
    Bootstrap, McNemar, Metric, Predictions, compare, holm, krippendorff_alpha, measure,
};
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    scikit_learn: String,
    cases: Vec<Case>,
    mcnemar: Vec<Discordant>,
    holm: Vec<Corrected>,
    alpha: Vec<Annotated>,
    intervals: Intervals,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    kind: String,
    labels: usize,
    truth: Value,
    predicted: Value,
    scores: Vec<f64>,
    probabilities: bool,
    weights: Option<Vec<f64>>,
    expected: Expected,
}

#[derive(Deserialize)]
struct Expected {
    head: Map<String, Value>,
    labels: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
struct Discordant {
    only_first: usize,
    only_second: usize,
    p: f64,
}

#[derive(Deserialize)]
struct Corrected {
    p: Vec<f64>,
    corrected: Vec<f64>,
}

#[derive(Deserialize)]
struct Annotated {
    units: Vec<Vec<Option<u32>>>,
    alpha: f64,
}

#[derive(Deserialize)]
struct Intervals {
    first: Vec<bool>,
    second: Vec<bool>,
    accuracy: [f64; 2],
    difference: [f64; 2],
    standard_error: f64,
}

fn table() -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/probability_metrics.json");
    let text =
        std::fs::read_to_string(&path).expect("help: run tests/data/make_probability_metrics.py");
    serde_json::from_str(&text).expect("help: run tests/data/make_probability_metrics.py again")
}

impl Case {
    fn predictions(&self) -> Predictions {
        let labels = (0..self.labels)
            .map(|label| format!("label {label}"))
            .collect();
        let (truth, predicted) = (self.truth.clone(), self.predicted.clone());
        let predictions = match self.kind.as_str() {
            "exclusive" => Predictions::exclusive(labels, list(truth), list(predicted)),
            _ => Predictions::independent(labels, list(truth), list(predicted)),
        };
        Predictions {
            weights: self.weights.clone(),
            ..predictions
        }
        .with_scores(self.scores.clone(), self.probabilities)
    }
}

fn list<T: serde::de::DeserializeOwned>(value: Value) -> Vec<T> {
    serde_json::from_value(value).expect("a list")
}

fn assert_near(place: &str, found: Option<f64>, expected: &Value) {
    match (found, expected.as_f64()) {
        (None, None) => {}
        (Some(found), Some(expected)) => assert!(
            (found - expected).abs() <= 1e-10 * expected.abs().max(1.0),
            "{place}: {found}, not {expected}"
        ),
        (found, expected) => panic!("{place}: {found:?}, not {expected:?}"),
    }
}

#[test]
fn metrics_of_scores_agree_with_scikit_learn() {
    let table = table();
    assert!(table.scikit_learn == "1.9.1" && table.cases.len() >= 30);
    for case in &table.cases {
        let measured = measure(&case.predictions(), &Bootstrap::none()).expect(&case.name);
        let labels = case
            .expected
            .labels
            .iter()
            .enumerate()
            .map(|(at, fields)| (Some(at), fields));
        for (label, fields) in std::iter::once((None, &case.expected.head)).chain(labels) {
            for (name, value) in fields {
                let metric = measured.of(label).find(|m| m.metric.name() == name);
                let metric = metric.unwrap_or_else(|| panic!("{}: no {name}", case.name));
                let place = format!("{}, {label:?}, {name}", case.name);
                assert_near(
                    &place,
                    metric.estimate.map(|estimate| estimate.value),
                    value,
                );
            }
        }
    }
}

#[test]
fn curves_agree_with_their_metrics() {
    for case in &table().cases {
        let predictions = case.predictions();
        let measured = measure(&predictions, &Bootstrap::none()).expect(&case.name);
        for label in 0..case.labels {
            let bins =
                reliability(&predictions, Some(label), Binning::EqualWidth(15)).expect(&case.name);
            let ece = measured
                .get(Metric::Ece, Some(label))
                .map(|estimate| estimate.value);
            let from_bins = calibration_error(&bins);
            assert!(
                from_bins.unwrap_or(0.0) - ece.unwrap_or(0.0) < 1e-12,
                "{}",
                case.name
            );
            assert_eq!(from_bins.is_some(), ece.is_some());
            let curve = precision_recall_curve(&predictions, label, usize::MAX).expect(&case.name);
            let mut recall = 0.0;
            let steps = curve.iter().map(|point| {
                let gained = point.recall - std::mem::replace(&mut recall, point.recall);
                gained * point.precision
            });
            let area: f64 = steps.sum();
            let precision = measured
                .get(Metric::AveragePrecision, Some(label))
                .map(|estimate| estimate.value);
            assert!(
                (area - precision.unwrap_or(0.0)).abs() < 1e-12,
                "{}",
                case.name
            );
        }
    }
}

#[test]
fn mcnemar_agrees_with_statsmodels() {
    for Discordant {
        only_first,
        only_second,
        p,
    } in table().mcnemar
    {
        let found = McNemar::of_counts(100_000, only_first, only_second).p;
        assert!(
            (found - p).abs() <= 1e-9 * p,
            "{only_first}, {only_second}: {found}, not {p}"
        );
    }
}

#[test]
fn holm_agrees_with_statsmodels() {
    for Corrected { p, corrected } in table().holm {
        let found = holm(&p);
        assert!(
            found
                .iter()
                .zip(&corrected)
                .all(|(a, b)| (a - b).abs() < 1e-15),
            "{found:?}, not {corrected:?}"
        );
    }
}

#[test]
fn alpha_agrees_with_the_package_krippendorff() {
    for Annotated { units, alpha } in table().alpha {
        let found = krippendorff_alpha(&units).expect("two labels or more");
        assert!((found - alpha).abs() < 1e-12, "{found}, not {alpha}");
    }
}

#[test]
fn variances_are_those_of_scipy_and_shares_have_wilsons_interval() {
    let Intervals {
        first,
        second,
        accuracy,
        difference,
        standard_error,
    } = table().intervals;
    let system = |right: &[bool]| {
        let predicted = right.iter().map(|&right| u32::from(!right)).collect();
        Predictions::exclusive(
            vec!["a".into(), "b".into()],
            vec![0; right.len()],
            predicted,
        )
    };
    let bootstrap = Bootstrap {
        resamples: 20_000,
        level: 0.9,
        seed: 3,
    };
    let near = |found: [f64; 2], expected: [f64; 2], by: f64| {
        found
            .iter()
            .zip(expected)
            .all(|(found, expected)| (found - expected).abs() <= by)
    };
    // Wilson 1927, at the normal distribution's quantile of 0.95
    let (n, z) = (first.len() as f64, 1.644_853_627);
    let share = first.iter().filter(|right| **right).count() as f64 / n;
    let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let wilson = [middle - half, middle + half];
    assert!(
        near(wilson, accuracy, 0.0026),
        "{wilson:?} is far from the percentiles {accuracy:?}"
    );
    let measured = measure(&system(&first), &bootstrap)
        .unwrap()
        .get(Metric::Accuracy, None)
        .unwrap();
    assert!(
        near(measured.interval.unwrap(), wilson, 1e-6),
        "{measured:?}, not {wilson:?}"
    );
    let compared = compare(&system(&first), &system(&second), &bootstrap)
        .unwrap()
        .differences[0];
    let interval = compared.difference.interval.unwrap();
    assert!(
        near(interval, difference, 0.0026),
        "{compared:?}, not {difference:?}"
    );
    let error = compared.detectable.unwrap() / (1.959964 + 0.841621);
    assert!(
        (error / standard_error - 1.0).abs() < 0.02,
        "{error}, not {standard_error}"
    );
}
