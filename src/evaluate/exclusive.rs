//! Metrics of an exclusive head: each document truly has one label and is given one.
//!
//! [`exclusive()`] takes label indices and gives an [`ExclusiveReport`], all of it derived from the
//! weighted confusion matrix.
//!
//! ```
//! use standpoint::evaluate::exclusive;
//!
//! let labels = ["conflict", "economy", "sport"].map(String::from);
//! let truth = [0, 0, 0, 1, 1];
//! let predicted = [0, 0, 1, 1, 1];
//! let report = exclusive(&labels, &truth, &predicted, None)?;
//!
//! assert_eq!(report.accuracy, 0.8);
//! assert_eq!(report.confusion[0], [2.0, 1.0, 0.0]);
//! // `sport` occurs nowhere, so the macro average is over the other two.
//! assert_eq!(report.macro_avg.f1, (0.8 + 0.8) / 2.0);
//! assert_eq!(report.to_json()["labels"]["conflict"]["support"], 3.0);
//! # Ok::<(), standpoint::evaluate::EvaluateError>(())
//! ```

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    Averages, Counts, EvaluateError, LabelReport, Weights, averages_json, check_labels, check_length, ratio,
};

/// The most labels an exclusive head may have here, since its confusion matrix has labels × labels
/// cells (512 MiB).
pub const MAX_EXCLUSIVE_LABELS: usize = 8192;

/// How well predictions of exactly one label per document agree with the truth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExclusiveReport {
    /// The number of documents judged, 1 or more: those of weight above 0.
    pub documents: usize,
    /// The share of the weight that is labelled right, from 0 to 1.
    pub accuracy: f64,
    /// The plain mean over the labels that occur in truth or predictions.
    ///
    /// A label that occurs in neither is listed in `labels` with zeros and left out of this mean.
    /// That is scikit-learn's `average='macro'` when it finds the labels itself; when it is told of
    /// more through `labels=`, it counts them as 0.
    pub macro_avg: Averages,
    /// The counts of all labels pooled. Each wrong document is one false positive and one false
    /// negative, so precision, recall and F1 all equal the accuracy (Manning et al. 2008, section
    /// 13.6).
    pub micro_avg: Averages,
    /// The mean over the labels, each weighted by its support. Its recall is the accuracy, up to
    /// rounding.
    pub weighted_avg: Averages,
    /// One report per label, in the order given.
    pub labels: Vec<LabelReport>,
    /// The weight of the documents by `[true][predicted]` label: labels × labels, in the order
    /// given.
    pub confusion: Vec<Vec<f64>>,
}

/// Compares one predicted label per document with the true one.
///
/// `truth` and `predicted` hold one index into `labels` per document; leave documents without a
/// known truth out of both. `weights`, where given, holds one number from 0 to
/// [`MAX_WEIGHT`](super::MAX_WEIGHT) per document. The module's page names conventions and sources.
///
/// # Errors
///
/// Label names that are missing, repeated or more than [`MAX_EXCLUSIVE_LABELS`]; lengths that
/// differ; an index without a name; a weight out of range; no document of weight above 0.
pub fn exclusive(
    labels: &[String],
    truth: &[u32],
    predicted: &[u32],
    weights: Option<&[f64]>,
) -> Result<ExclusiveReport, EvaluateError> {
    check_labels(labels)?;
    check_matrix_size(labels.len())?;
    check_length("predictions", predicted.len(), truth.len())?;
    check_indices("true", truth, labels.len())?;
    check_indices("predicted", predicted, labels.len())?;
    let weights = Weights::new(weights, truth.len())?;

    let documents = (0..truth.len()).filter(|&row| weights.of(row) > 0.0).count();
    if documents == 0 {
        return Err(EvaluateError::NoDocuments);
    }
    let confusion = tally(labels.len(), truth, predicted, &weights);
    Ok(summarise(labels, documents, confusion))
}

impl ExclusiveReport {
    /// The report as one JSON object with flat, full field names.
    ///
    /// `documents`, `accuracy`, `macro_precision` … `weighted_f1`, `labels` (by name: `precision`,
    /// `recall`, `f1`, `support`), and `confusion_matrix` with `labels` in order and `rows`, one
    /// row per true label.
    pub fn to_json(&self) -> Value {
        let labels: Map<_, _> = self
            .labels
            .iter()
            .map(|report| (report.label.clone(), Value::Object(report.to_json())))
            .collect();
        let names: Vec<&str> = self.labels.iter().map(|report| report.label.as_str()).collect();

        let mut fields = Map::new();
        fields.insert("documents".to_string(), json!(self.documents));
        fields.insert("accuracy".to_string(), json!(self.accuracy));
        fields.extend(averages_json(&self.macro_avg, &self.micro_avg, &self.weighted_avg));
        fields.insert("labels".to_string(), Value::Object(labels));
        fields.insert("confusion_matrix".to_string(), json!({ "labels": names, "rows": self.confusion }));
        Value::Object(fields)
    }
}

fn check_matrix_size(labels: usize) -> Result<(), EvaluateError> {
    if labels > MAX_EXCLUSIVE_LABELS { Err(EvaluateError::TooManyLabels { labels }) } else { Ok(()) }
}

pub(super) fn check_indices(what: &'static str, indices: &[u32], labels: usize) -> Result<(), EvaluateError> {
    match indices.iter().position(|&index| index as usize >= labels) {
        Some(row) => Err(EvaluateError::LabelOutOfRange { what, row, index: indices[row], labels }),
        None => Ok(()),
    }
}

fn tally(labels: usize, truth: &[u32], predicted: &[u32], weights: &Weights) -> Vec<Vec<f64>> {
    let mut confusion = vec![vec![0.0; labels]; labels];
    for (row, (&truth, &predicted)) in truth.iter().zip(predicted).enumerate() {
        confusion[truth as usize][predicted as usize] += weights.of(row);
    }
    confusion
}

fn summarise(names: &[String], documents: usize, confusion: Vec<Vec<f64>>) -> ExclusiveReport {
    let counts = count_labels(&confusion);
    let labels: Vec<_> = counts.iter().zip(names).map(|(counts, name)| counts.report(name)).collect();
    let pooled = counts.iter().fold(Counts::default(), Counts::pooled);
    let accuracy = ratio(pooled.true_positive, pooled.support);
    ExclusiveReport {
        documents,
        accuracy,
        macro_avg: Averages::mean(labels.iter().map(|report| (report, occurs(report)))),
        // Not from the pooled counts: rows and columns, summed in different orders, can differ in
        // the last bit.
        micro_avg: Averages { precision: accuracy, recall: accuracy, f1: accuracy },
        weighted_avg: Averages::weighted_by_support(&labels),
        labels,
        confusion,
    }
}

/// True positives, row sums and column sums of the matrix.
fn count_labels(confusion: &[Vec<f64>]) -> Vec<Counts> {
    let mut counts = vec![Counts::default(); confusion.len()];
    for (label, row) in confusion.iter().enumerate() {
        counts[label].true_positive = row[label];
        counts[label].support = row.iter().sum();
        for (counts, weight) in counts.iter_mut().zip(row) {
            counts.predicted += weight;
        }
    }
    counts
}

fn occurs(report: &LabelReport) -> f64 {
    if report.support + report.predicted > 0.0 { 1.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUTH: [u32; 6] = [0, 0, 1, 2, 2, 2];
    const PREDICTED: [u32; 6] = [0, 1, 1, 2, 0, 2];

    fn judge(
        truth: &[u32],
        predicted: &[u32],
        weights: Option<&[f64]>,
    ) -> Result<ExclusiveReport, EvaluateError> {
        exclusive(&["a", "b", "c", "d"].map(String::from), truth, predicted, weights)
    }

    #[test]
    fn counts_of_a_small_example() {
        let report = judge(&TRUTH, &PREDICTED, None).unwrap();
        assert_eq!(report.documents, 6);
        assert_eq!(report.accuracy, 4.0 / 6.0);
        assert_eq!(report.confusion[2], [1.0, 0.0, 2.0, 0.0]);
        let c = &report.labels[2];
        assert_eq!((c.precision, c.recall, c.f1), (1.0, 2.0 / 3.0, 0.8));
        assert_eq!((c.support, c.predicted), (3.0, 2.0));
    }

    #[test]
    fn a_label_that_occurs_nowhere_is_listed_and_left_out_of_the_macro_average() {
        let report = judge(&TRUTH, &PREDICTED, None).unwrap();
        assert_eq!(report.labels[3].support, 0.0);
        let mean = report.labels[..3].iter().map(|report| report.f1).sum::<f64>() / 3.0;
        assert!((report.macro_avg.f1 - mean).abs() < 1e-15);
    }

    #[test]
    fn a_label_that_is_only_predicted_counts_in_the_macro_average() {
        let report = judge(&[0, 0], &[0, 3], None).unwrap();
        assert_eq!(report.macro_avg.precision, 0.5);
    }

    #[test]
    fn micro_average_is_the_accuracy_to_the_last_bit() {
        let report = judge(&TRUTH, &PREDICTED, Some(&[0.1, 0.7, 0.3, 1.1, 0.2, 0.9])).unwrap();
        assert_eq!(report.micro_avg.f1, report.accuracy);
        assert_eq!(report.micro_avg.precision, report.accuracy);
        assert!((report.weighted_avg.recall - report.accuracy).abs() < 1e-15);
    }

    #[test]
    fn weight_two_is_the_document_twice_and_weight_zero_the_document_absent() {
        let weighted = judge(&TRUTH, &PREDICTED, Some(&[2.0, 1.0, 0.0, 1.0, 2.0, 1.0])).unwrap();
        let repeated = judge(&[0, 0, 0, 2, 2, 2, 2], &[0, 0, 1, 2, 0, 0, 2], None).unwrap();
        assert_eq!((weighted.documents, repeated.documents), (5, 7));
        assert_eq!(ExclusiveReport { documents: 7, ..weighted }, repeated);
    }

    #[test]
    fn a_label_seen_only_at_weight_zero_does_not_occur() {
        let weighted = judge(&[0, 0, 3], &[0, 0, 2], Some(&[1.0, 1.0, 0.0])).unwrap();
        assert_eq!(weighted, judge(&[0, 0], &[0, 0], None).unwrap());
        assert_eq!(weighted.macro_avg.f1, 1.0);
    }

    #[test]
    fn extreme_weights_stay_finite() {
        for weight in [super::super::MAX_WEIGHT, f64::MIN_POSITIVE] {
            let report = judge(&TRUTH, &PREDICTED, Some(&[weight; 6])).unwrap();
            assert!((report.accuracy - 4.0 / 6.0).abs() < 1e-12, "{weight}");
            assert!((report.weighted_avg.recall - 4.0 / 6.0).abs() < 1e-12, "{weight}");
        }
    }

    #[test]
    fn bad_input_is_a_clear_error() {
        let found = judge(&[0, 1], &[0], None).unwrap_err();
        assert_eq!(found, EvaluateError::LengthMismatch { what: "predictions", expected: 2, found: 1 });
        let found = judge(&[0, 1], &[0, 4], None).unwrap_err().to_string();
        let said = "predicted label of document 1 is index 4 of only 4 labels";
        assert_eq!(found, said);
        let found = judge(&[u32::MAX], &[0], None).unwrap_err();
        assert_eq!(
            found,
            EvaluateError::LabelOutOfRange { what: "true", row: 0, index: u32::MAX, labels: 4 }
        );
        assert_eq!(judge(&[], &[], None), Err(EvaluateError::NoDocuments));
        assert_eq!(judge(&[0], &[0], Some(&[0.0])), Err(EvaluateError::NoDocuments));
        assert_eq!(exclusive(&[], &[], &[], None), Err(EvaluateError::NoLabels));
    }

    #[test]
    fn a_matrix_too_large_is_refused_before_it_is_made() {
        let labels: Vec<String> = (0..=MAX_EXCLUSIVE_LABELS).map(|label| label.to_string()).collect();
        let found = exclusive(&labels, &[0], &[0], None);
        assert_eq!(found, Err(EvaluateError::TooManyLabels { labels: 8193 }));
    }

    #[test]
    fn json_has_flat_full_names() {
        let json = judge(&[0, 1], &[0, 0], None).unwrap().to_json();
        assert_eq!(json["documents"], 2);
        for field in ["accuracy", "micro_precision", "micro_recall", "micro_f1", "weighted_recall"] {
            assert_eq!(json[field], 0.5, "{field}");
        }
        assert_eq!(
            json["labels"]["a"],
            json!({"precision": 0.5, "recall": 1.0, "f1": 2.0 / 3.0, "support": 1.0})
        );
        assert_eq!(json["confusion_matrix"]["labels"], json!(["a", "b", "c", "d"]));
        assert_eq!(json["confusion_matrix"]["rows"][1], json!([1.0, 0.0, 0.0, 0.0]));
        assert_eq!(json.as_object().unwrap().len(), 13);
    }
}
