//! Metrics against scikit-learn's, and laws of weights and labels on the same cases.
//!
//! `tests/data/metrics.json` is written by `tests/data/make_metrics.py`.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use standpoint::evaluate::{exclusive, independent};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    scikit_learn: String,
    exclusive: Vec<Case<u32, u32>>,
    independent: Vec<Case<Option<bool>, bool>>,
}

/// Truth and predictions of a head, and its report as scikit-learn would give it.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Case<T, P> {
    name: String,
    labels: Vec<String>,
    truth: Vec<T>,
    predicted: Vec<P>,
    weights: Option<Vec<f64>>,
    expected: Value,
}

fn table() -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/metrics.json");
    let text = std::fs::read_to_string(&path).expect("help: run tests/data/make_metrics.py");
    serde_json::from_str(&text).expect("help: run tests/data/make_metrics.py again")
}

fn as_value(report: impl Serialize) -> Value {
    serde_json::to_value(report).expect("a report is plain data")
}

impl Case<u32, u32> {
    fn judge(&self) -> Value {
        let weights = self.weights.as_deref();
        let report =
            exclusive(&self.labels, &self.truth, &self.predicted, weights).expect(&self.name);
        let mut value = as_value(&report);
        // scikit-learn writes all cells.
        let labels = 0..self.labels.len();
        let row = |truth| {
            labels
                .clone()
                .map(|predicted| report.confusion_weight(truth, predicted))
                .collect()
        };
        value["confusion"] = as_value(labels.clone().map(row).collect::<Vec<Vec<f64>>>());
        value
    }
}

impl Case<Option<bool>, bool> {
    fn judge(&self) -> Value {
        let weights = self.weights.as_deref();
        let report = independent(&self.labels, &self.truth, &self.predicted, weights);
        as_value(report.expect(&self.name))
    }
}

impl<T: Copy, P: Copy> Case<T, P> {
    /// The documents `rows` names, in that order and without weights.
    fn unweighted(&self, rows: &[usize], cells: usize) -> Self {
        let truth = rows
            .iter()
            .flat_map(|row| &self.truth[row * cells..(row + 1) * cells]);
        let predicted = rows
            .iter()
            .flat_map(|row| &self.predicted[row * cells..(row + 1) * cells]);
        Case {
            truth: truth.copied().collect(),
            predicted: predicted.copied().collect(),
            weights: None,
            ..self.clone()
        }
    }

    /// Each row as often as its weight says; `None` where weights are not whole numbers.
    fn repeated_rows(&self) -> Option<Vec<usize>> {
        let weights = self.weights.as_ref()?;
        let whole = weights
            .iter()
            .all(|weight| weight.fract() == 0.0 && *weight < 10.0);
        let rows = weights.iter().enumerate();
        whole.then(|| {
            rows.flat_map(|(row, &weight)| vec![row; weight as usize])
                .collect()
        })
    }
}

/// Asserts equal shape and text, and numbers equal to 1e-12 (relative where above 1).
fn assert_close(place: &str, found: &Value, expected: &Value) {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            assert!(found.keys().eq(expected.keys()), "{place}: fields differ");
            for (name, value) in found {
                assert_close(&format!("{place}, {name}"), value, &expected[name]);
            }
        }
        (Value::Array(found), Value::Array(expected)) => {
            assert_eq!(found.len(), expected.len(), "{place}: lengths differ");
            for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
                assert_close(&format!("{place}[{at}]"), found, expected);
            }
        }
        _ => assert!(
            same_leaf(found, expected),
            "{place}: {found}, not {expected}"
        ),
    }
}

fn same_leaf(found: &Value, expected: &Value) -> bool {
    match (found.as_f64(), expected.as_f64()) {
        (Some(found), Some(expected)) => {
            (found - expected).abs() <= 1e-12 * expected.abs().max(1.0)
        }
        _ => found == expected,
    }
}

/// Weight k is the document k times over; only `documents` counts rows.
fn assert_repeats(name: &str, mut weighted: Value, repeated: Value) {
    weighted["documents"] = repeated["documents"].clone();
    assert_close(&format!("{name}, repeated"), &weighted, &repeated);
}

#[test]
fn the_table_has_enough_cases() {
    let table = table();
    assert_eq!(table.scikit_learn, "1.9.1");
    assert!(table.exclusive.len() >= 24 && table.independent.len() >= 24);
}

#[test]
fn exclusive_agrees_with_scikit_learn() {
    for case in table().exclusive {
        assert_close(&case.name, &case.judge(), &case.expected);
    }
}

#[test]
fn independent_agrees_with_scikit_learn() {
    for case in table().independent {
        assert_close(&case.name, &case.judge(), &case.expected);
    }
}

#[test]
fn exclusive_weights_repeat_documents() {
    for case in table().exclusive {
        if let Some(rows) = case.repeated_rows() {
            assert_repeats(&case.name, case.judge(), case.unweighted(&rows, 1).judge());
        }
    }
}

#[test]
fn independent_weights_repeat_documents() {
    for case in table().independent {
        if let Some(rows) = case.repeated_rows() {
            let repeated = case.unweighted(&rows, case.labels.len());
            assert_repeats(&case.name, case.judge(), repeated.judge());
        }
    }
}

#[test]
fn relabelling_only_permutes_an_exclusive_report() {
    for case in table().exclusive {
        let last = case.labels.len() as u32 - 1;
        let mut relabelled = case.clone();
        relabelled.labels.reverse();
        relabelled
            .truth
            .iter_mut()
            .for_each(|index| *index = last - *index);
        relabelled
            .predicted
            .iter_mut()
            .for_each(|index| *index = last - *index);

        let mut report = relabelled.judge();
        reverse(&mut report["labels"]);
        reverse(&mut report["confusion"]);
        report["confusion"]
            .as_array_mut()
            .into_iter()
            .flatten()
            .for_each(reverse);
        assert_close(
            &format!("{}, relabelled", case.name),
            &report,
            &case.expected,
        );
    }
}

#[test]
fn relabelling_only_permutes_an_independent_report() {
    for case in table().independent {
        let mut relabelled = case.clone();
        relabelled.labels.reverse();
        relabelled
            .truth
            .chunks_mut(case.labels.len())
            .for_each(<[_]>::reverse);
        relabelled
            .predicted
            .chunks_mut(case.labels.len())
            .for_each(<[_]>::reverse);

        let mut report = relabelled.judge();
        reverse(&mut report["labels"]);
        reverse(&mut report["confusion"]);
        assert_close(
            &format!("{}, relabelled", case.name),
            &report,
            &case.expected,
        );
    }
}

fn reverse(list: &mut Value) {
    list.as_array_mut().expect("a list").reverse();
}
