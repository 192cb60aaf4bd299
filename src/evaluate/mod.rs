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

mod agreement;
pub mod baseline;
mod compare;
mod error;
mod metrics;
pub(crate) mod numbers;
mod prediction_file;
mod predictions;
mod resample;
pub(crate) mod rows;
mod validate;

pub use agreement::{
    Agreement, Annotation, LabelAgreement, SetAgreement, agreement, krippendorff_alpha,
};
pub use compare::objective::ComparisonObjective;
pub use compare::paired;
pub use compare::paired::{Comparison, Difference, McNemar, compare, holm};
pub use compare::split_gap::{SplitGap, SplitReport};
pub use compare::systems::{
    AgainstReference, ComparisonReport, CorrectedP, ResourceUse, System, SystemReport,
    compare_systems,
};
pub use error::EvaluateError;
pub use metrics::abstention::{
    AbstentionReport, LabelAbstention, abstention_of_sets, abstention_of_verdicts,
};
pub use metrics::exclusive::{ConfusionCell, ExclusiveReport};
pub use metrics::independent::IndependentReport;
pub use metrics::metric::Metric;
pub use metrics::scored::CALIBRATION_BINS;
pub use metrics::{curves, exclusive, independent};
pub use prediction_file::{PredictionColumns, PredictionFile};
pub use predictions::{Outcomes, Predictions, ScoreTable};
pub use resample::bootstrap;
pub use resample::bootstrap::{Bootstrap, Estimate};
pub use resample::engine::MAX_SCORE_DRAWS;
pub use resample::measure::{Measurement, Measurements, measure};

use serde::Serialize;
use validate::{Weights, check_labels, check_length, ratio};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_types_are_send_and_sync() {
        fn is_send_and_sync<T: Send + Sync>() {}
        is_send_and_sync::<EvaluateError>();
        is_send_and_sync::<ExclusiveReport>();
        is_send_and_sync::<IndependentReport>();
    }
}
