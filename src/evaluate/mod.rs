//! Classification metrics: how often, and on which labels, predictions agree with the truth.
//!
//! Nothing here knows of models. Truth and predictions are plain slices from any tool, results are
//! plain data, and each kind of head has its own file:
//!
//! * [`exclusive()`] judges a head that gives every document exactly one label, as an
//!   [`ExclusiveReport`];
//! * [`independent()`] judges a head that answers yes or no for each label, as an
//!   [`IndependentReport`];
//! * [`AbstentionReport`] says how often sets of answers hold the true one, and how much they leave
//!   undecided;
//! * [`LabelReport`] and [`Averages`] are what both reports are made of.
//!
//! [`Predictions`] holds truth, answers and, where there are any, scores, weights and groups of one
//! head; from it
//!
//! * [`measure()`] gives every metric as a [`Estimate`], a value with its [`Bootstrap`] interval;
//! * [`compare()`] says how two systems differ on the same documents: [`paired`] bootstrap,
//!   McNemar's test, and [`holm`]'s correction;
//! * [`baseline`] says what is reached without reading a text;
//! * [`curves`] gives what plots are drawn from.
//!
//! [`agreement()`] measures how far annotators agree.
//!
//! ```
//! use standpoint::evaluate::{Bootstrap, Metric, Predictions, compare, measure};
//!
//! let labels = vec!["conflict".to_string(), "economy".to_string()];
//! let first = Predictions::exclusive(labels.clone(), vec![0, 0, 1, 1], vec![0, 1, 1, 1])
//!     .with_scores(vec![0.9, 0.1, 0.4, 0.6, 0.2, 0.8, 0.1, 0.9], true);
//! let second = Predictions::exclusive(labels, vec![0, 0, 1, 1], vec![1, 1, 1, 1]);
//!
//! let measured = measure(&first, &Bootstrap::default())?;
//! let accuracy = measured.get(Metric::Accuracy, None).expect("always defined");
//! let [low, high] = accuracy.interval.expect("drawn 1000 times");
//! assert!(accuracy.value == 0.75 && low <= 0.75 && 0.75 <= high);
//! assert_eq!(measured.get(Metric::RocAuc, Some(0)).map(|auc| auc.value), Some(1.0));
//!
//! let compared = compare(&first, &second, &Bootstrap::default())?;
//! assert_eq!(compared.mcnemar[0].p, 1.0);
//! # Ok::<(), standpoint::evaluate::EvaluateError>(())
//! ```
//!
//! ```
//! use standpoint::evaluate::{exclusive, independent};
//!
//! let topics = ["conflict".to_string(), "economy".to_string()];
//! let report = exclusive(&topics, &[0, 0, 1, 1], &[0, 1, 1, 1], None)?;
//! assert_eq!(report.accuracy, 0.75);
//! assert_eq!(report.labels[0].recall, 0.5);
//!
//! let stances = ["escalation".to_string(), "diplomacy".to_string()];
//! let truth = [Some(true), Some(false), None, Some(true)];
//! let report = independent(&stances, &truth, &[true, true, true, true], None)?;
//! assert_eq!(report.labels[1].precision, 0.5);
//! # Ok::<(), standpoint::evaluate::EvaluateError>(())
//! ```
//!
//! # Conventions
//!
//! **Nothing to divide by.** Precision, recall and F1 are 0 where their denominator is 0, which is
//! scikit-learn's `zero_division=0`. No field of a report is ever NaN or infinite.
//!
//! **Weights.** Counts are sums of document weights, 1 each when none are given. Weight 2 counts as
//! the document twice, weight 0 as the document absent: a label seen only in documents of weight 0
//! does not occur. Only `documents`, which counts rows, does not double.
//!
//! **Macro-F1** is the mean of the labels' F1 values, as in scikit-learn, and not the F1 of macro
//! precision and macro recall, which Sokolova & Lapalme (2009) print and which can be far larger
//! (Opitz & Burst 2019, arXiv:1911.03347).
//!
//! # Sources
//!
//! * Manning, Raghavan & Schütze (2008), *Introduction to Information Retrieval*, sections 8.3
//!   (precision, recall, F) and 13.6 (macro- and micro-averaging).
//! * Sokolova & Lapalme (2009), *A systematic analysis of performance measures for classification
//!   tasks*, Information Processing & Management 45(4).
//! * scikit-learn's user guide, *Metrics and scoring*. The numbers are compared with scikit-learn's
//!   in `tests/metrics.rs`.

use std::collections::HashSet;
use std::fmt;

use serde::Serialize;

mod abstention;
mod agreement;
pub mod baseline;
pub mod bootstrap;
mod counts;
pub mod curves;
mod distance;
mod engine;
pub mod exclusive;
pub mod independent;
mod interval;
mod measure;
mod metric;
mod metric_intervals;
pub(crate) mod numbers;
pub mod paired;
mod prediction_file;
mod predictions;
pub(crate) mod rows;
mod scored;
mod special;
mod split_gap;
mod systems;

pub use abstention::{
    AbstentionReport, LabelAbstention, abstention_of_sets, abstention_of_verdicts,
};
pub use agreement::{
    Agreement, Annotation, LabelAgreement, SetAgreement, agreement, krippendorff_alpha,
};
pub use bootstrap::{Bootstrap, Estimate};
pub use engine::MAX_SCORE_DRAWS;
pub use exclusive::{ConfusionCell, ExclusiveReport, exclusive};
pub use independent::{IndependentReport, independent};
pub use measure::{Measurement, Measurements, measure};
pub use metric::Metric;
pub use paired::{Comparison, Difference, McNemar, compare, holm};
pub use prediction_file::{PredictionColumns, PredictionFile};
pub use predictions::{Outcomes, Predictions, ScoreTable};
pub use scored::CALIBRATION_BINS;
pub use split_gap::{SplitGap, SplitReport};
pub use systems::{
    AgainstReference, ComparisonReport, CorrectedP, ResourceUse, System, SystemReport,
    compare_systems,
};

/// The largest weight a document may have.
///
/// Far above any use, and far enough below [`f64::MAX`] that no sum of weights can overflow.
pub const MAX_WEIGHT: f64 = 1e100;

/// Precision, recall, F1 and support of one label.
///
/// With the weighted counts of true positives TP, false positives FP and false negatives FN of the
/// label (Manning et al. 2008, section 8.3). Each ratio is 0 where its denominator is 0.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LabelReport {
    /// The label's name.
    pub label: String,
    /// TP / (TP + FP), from 0 to 1: the share of the label's predictions that are right.
    pub precision: f64,
    /// TP / (TP + FN), from 0 to 1: the share of the label's documents that were found.
    pub recall: f64,
    /// 2 TP / (2 TP + FP + FN), from 0 to 1: the harmonic mean of precision and recall.
    pub f1: f64,
    /// TP + FN, 0 or more: the weight of the documents that truly have the label.
    #[serde(serialize_with = "numbers::serialize_count")]
    pub support: f64,
    /// TP + FP, 0 or more: the weight of the documents for which the label was predicted.
    #[serde(serialize_with = "numbers::serialize_count")]
    pub predicted: f64,
}

/// Precision, recall and F1 averaged over labels; which average it is, the field that holds it
/// says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Averages {
    /// Averaged precision, from 0 to 1.
    pub precision: f64,
    /// Averaged recall, from 0 to 1.
    pub recall: f64,
    /// Averaged F1, from 0 to 1. Need not lie between the averaged precision and recall.
    pub f1: f64,
}

/// An error in predictions that are to be measured. Rows are counted from 0.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum EvaluateError {
    /// No document is left that has a known truth and a weight above 0.
    NoDocuments,
    /// The list of label names is empty.
    NoLabels,
    /// Two labels have the same name, so that results by name would hide one of them.
    DuplicateLabel {
        /// The repeated name.
        label: String,
    },
    /// Predictions or weights are not as many as the truth calls for.
    LengthMismatch {
        /// The list that is too long or too short: `predictions` or `weights`.
        what: &'static str,
        /// The expected length.
        expected: usize,
        /// The length found.
        found: usize,
    },
    /// The cells of an independent head do not fill whole documents.
    PartialDocument {
        /// The number of cells of truth.
        cells: usize,
        /// The number of labels of each document.
        labels: usize,
    },
    /// A label index has no name.
    LabelOutOfRange {
        /// The list of the index: `true`, `predicted` or `annotated`.
        what: &'static str,
        /// The document's row.
        row: usize,
        /// The index found there.
        index: u32,
        /// The number of labels.
        labels: usize,
    },
    /// A weight is negative, not a number, or above [`MAX_WEIGHT`].
    InvalidWeight {
        /// The document's row.
        row: usize,
        /// The weight found there.
        weight: f64,
    },
    /// A score is no number, too large, or no probability where it should be one.
    InvalidScore {
        /// The document's row.
        row: usize,
        /// The label's number.
        label: usize,
        /// The score found there.
        score: f64,
        /// True if a probability was expected.
        probability: bool,
    },
    /// The level of intervals is not between 0 and 1.
    InvalidLevel {
        /// The level given.
        level: f64,
    },
    /// The frequency of a label is not from 0 to 1.
    InvalidShare {
        /// The label's number.
        label: usize,
        /// The frequency given.
        share: f64,
    },
    /// Two systems were not judged by the same test.
    DifferentTests {
        /// The part that differs: `labels`, `truth`, `weights` or `groups`.
        what: &'static str,
    },
}

impl EvaluateError {
    /// The error of one row's list as one of the whole.
    fn in_row(self, at: usize) -> Self {
        match self {
            Self::LabelOutOfRange {
                what,
                index,
                labels,
                ..
            } => Self::LabelOutOfRange {
                what,
                row: at,
                index,
                labels,
            },
            other => other,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NoDocuments => "no document has a known truth and a weight above 0".to_string(),
            Self::NoLabels => "no labels given: name the head's labels in index order".to_string(),
            Self::DuplicateLabel { label } => format!("label {label:?} is listed twice"),
            Self::LengthMismatch {
                what,
                expected,
                found,
            } => {
                format!("lengths differ: {found} {what}, but the truth calls for {expected}")
            }
            Self::PartialDocument { cells, labels } => {
                format!("{cells} cells of truth do not fill documents of {labels} labels each")
            }
            Self::LabelOutOfRange {
                what,
                row,
                index,
                labels,
            } => {
                format!("{what} label of document {row} is index {index} of only {labels} labels")
            }
            Self::InvalidWeight { row, weight } => {
                format!("weight {weight} of document {row} is not from 0 to {MAX_WEIGHT:e}")
            }
            Self::InvalidScore {
                row,
                label,
                score,
                probability,
            } => {
                let expected = if *probability {
                    "a probability from 0 to 1"
                } else {
                    "a finite number"
                };
                format!("score {score} of document {row}, label {label}, is not {expected}")
            }
            Self::InvalidLevel { level } => {
                format!("level {level} is not between 0 and 1: 0.95 gives 95 % intervals")
            }
            Self::InvalidShare { label, share } => {
                format!("the frequency {share} of label {label} is not from 0 to 1")
            }
            Self::DifferentTests { what } => {
                format!("the systems were not judged by the same test: their {what} differ")
            }
        }
    }
}

impl fmt::Display for EvaluateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for EvaluateError {}

/// Returns a report for each label.
fn label_reports(names: &[String], counts: &[counts::LabelCounts]) -> Vec<LabelReport> {
    let labels = counts.iter().zip(names);
    labels.map(|(counts, name)| counts.report(name)).collect()
}

/// Document weights that were checked: one per document, each from 0 to [`MAX_WEIGHT`].
struct Weights<'a>(Option<&'a [f64]>);

impl<'a> Weights<'a> {
    fn new(weights: Option<&'a [f64]>, documents: usize) -> Result<Self, EvaluateError> {
        let given = weights.unwrap_or_default();
        if weights.is_some() {
            check_length("weights", given.len(), documents)?;
        }
        match given
            .iter()
            .position(|weight| !(0.0..=MAX_WEIGHT).contains(weight))
        {
            Some(row) => Err(EvaluateError::InvalidWeight {
                row,
                weight: given[row],
            }),
            None => Ok(Weights(weights)),
        }
    }

    fn of(&self, row: usize) -> f64 {
        self.0.map_or(1.0, |weights| weights[row])
    }
}

fn ratio(numerator: f64, denominator: f64) -> f64 {
    if denominator > 0.0 {
        numerator / denominator
    } else {
        0.0
    }
}

fn check_labels(labels: &[String]) -> Result<(), EvaluateError> {
    if labels.is_empty() {
        return Err(EvaluateError::NoLabels);
    }
    let mut seen = HashSet::with_capacity(labels.len());
    match labels.iter().find(|label| !seen.insert(label.as_str())) {
        Some(label) => Err(EvaluateError::DuplicateLabel {
            label: label.clone(),
        }),
        None => Ok(()),
    }
}

fn check_length(what: &'static str, found: usize, expected: usize) -> Result<(), EvaluateError> {
    if found == expected {
        Ok(())
    } else {
        Err(EvaluateError::LengthMismatch {
            what,
            expected,
            found,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(labels: &[&str]) -> Vec<String> {
        labels.iter().map(|label| label.to_string()).collect()
    }

    #[test]
    fn labels_must_be_given_once_each() {
        assert_eq!(check_labels(&[]), Err(EvaluateError::NoLabels));
        assert_eq!(check_labels(&names(&["a", "b"])), Ok(()));
        let twice = EvaluateError::DuplicateLabel {
            label: "a".to_string(),
        };
        assert_eq!(check_labels(&names(&["a", "b", "a"])), Err(twice));
    }

    #[test]
    fn weights_must_be_numbers_in_range_and_as_many_as_documents() {
        for weight in [-1.0, f64::NAN, f64::INFINITY, 1e101] {
            let error = Weights::new(Some(&[1.0, weight]), 2).err();
            assert!(
                matches!(error, Some(EvaluateError::InvalidWeight { row: 1, .. })),
                "{weight}: {error:?}"
            );
        }
        let short = EvaluateError::LengthMismatch {
            what: "weights",
            expected: 2,
            found: 1,
        };
        assert_eq!(Weights::new(Some(&[1.0]), 2).err(), Some(short));
        assert!(Weights::new(Some(&[0.0, MAX_WEIGHT]), 2).is_ok());
        assert!(Weights::new(None, 2).is_ok());
    }

    #[test]
    fn errors_say_where_and_what_to_do() {
        let error = EvaluateError::InvalidWeight {
            row: 3,
            weight: -1.0,
        };
        assert_eq!(
            error.to_string(),
            "weight -1 of document 3 is not from 0 to 1e100"
        );
        let error = EvaluateError::LengthMismatch {
            what: "predictions",
            expected: 10,
            found: 12,
        };
        assert_eq!(
            error.to_string(),
            "lengths differ: 12 predictions, but the truth calls for 10"
        );
    }

    #[test]
    fn public_types_are_send_and_sync() {
        fn is_send_and_sync<T: Send + Sync>() {}
        is_send_and_sync::<EvaluateError>();
        is_send_and_sync::<ExclusiveReport>();
        is_send_and_sync::<IndependentReport>();
    }
}
