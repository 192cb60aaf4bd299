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
//! assert_eq!(report.confusion_weight(0, 1), 1.0);
//! // `sport` occurs nowhere, so the macro average is over the other two.
//! assert_eq!(report.macro_avg.f1, (0.8 + 0.8) / 2.0);
//! assert_eq!(report.to_json()["labels"]["conflict"]["support"], 3);
//! # Ok::<(), standpoint::evaluate::EvaluateError>(())
//! ```

use serde::Serialize;

use super::counts::{ExclusiveCounts, label_reports};
use crate::evaluate::numbers::serialize_count;
use crate::evaluate::validate::check_indices;
use crate::evaluate::{Averages, EvaluateError, LabelReport, Weights, check_labels, check_length};

/// A cell of a confusion matrix that is not empty.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ConfusionCell {
    /// The index of the true label.
    pub truth: usize,
    /// The index of the predicted label.
    pub predicted: usize,
    /// The weight of the documents, above 0.
    #[serde(serialize_with = "serialize_count")]
    pub weight: f64,
}

/// Metrics of predictions of exactly one label per document.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
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
    /// The cells of the confusion matrix that are not empty, by true and then by predicted label.
    /// Their number is at most that of the documents, however many labels there are.
    pub confusion: Vec<ConfusionCell>,
}

/// Compares one predicted label per document with the true one.
///
/// `truth` and `predicted` hold one index into `labels` per document; leave documents without a
/// known truth out of both. `weights`, where given, holds one number from 0 to
/// [`MAX_WEIGHT`](crate::evaluate::MAX_WEIGHT) per document. The module's page names conventions and sources.
///
/// # Errors
///
/// Label names that are missing or repeated; lengths that differ; an index without a name; a
/// weight out of range; no document of weight above 0.
pub fn exclusive(
    labels: &[String],
    truth: &[u32],
    predicted: &[u32],
    weights: Option<&[f64]>,
) -> Result<ExclusiveReport, EvaluateError> {
    check_labels(labels)?;
    check_length("predictions", predicted.len(), truth.len())?;
    check_indices("true", truth, labels.len())?;
    check_indices("predicted", predicted, labels.len())?;
    let weights = Weights::new(weights, truth.len())?;

    let documents = (0..truth.len())
        .filter(|&row| weights.of(row) > 0.0)
        .count();
    if documents == 0 {
        return Err(EvaluateError::NoDocuments);
    }
    let of_documents: Vec<f64> = (0..truth.len()).map(|row| weights.of(row)).collect();
    let counts = ExclusiveCounts::new(labels.len(), truth, predicted, &of_documents);
    let occurring = counts.labels.iter().filter(|label| label.occurs());
    let metrics = counts.metrics(occurring.count() as f64);
    Ok(ExclusiveReport {
        documents,
        accuracy: metrics.accuracy,
        macro_avg: metrics.macro_avg,
        micro_avg: metrics.micro_avg,
        weighted_avg: metrics.weighted_avg,
        labels: label_reports(labels, &counts.labels),
        confusion: confusion_cells(truth, predicted, &weights),
    })
}

impl ExclusiveReport {
    /// Returns the number of labels in the macro averages: those that occur in truth or
    /// predictions.
    pub(crate) fn macro_labels(&self) -> usize {
        let occurs = |label: &&LabelReport| label.support + label.predicted > 0.0;
        self.labels.iter().filter(occurs).count()
    }

    /// Returns the weight of the documents of a true and a predicted label.
    pub fn confusion_weight(&self, truth: usize, predicted: usize) -> f64 {
        let place = self
            .confusion
            .binary_search_by_key(&(truth, predicted), |cell| (cell.truth, cell.predicted));
        place.map_or(0.0, |at| self.confusion[at].weight)
    }

    /// Returns the cells of wrong answers, those of the greatest weight first.
    pub fn confusions(&self) -> Vec<ConfusionCell> {
        let mut wrong: Vec<ConfusionCell> = self
            .confusion
            .iter()
            .filter(|cell| cell.truth != cell.predicted)
            .copied()
            .collect();
        wrong.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        wrong
    }
}

fn confusion_cells(truth: &[u32], predicted: &[u32], weights: &Weights) -> Vec<ConfusionCell> {
    let cell = |row: usize| ConfusionCell {
        truth: truth[row] as usize,
        predicted: predicted[row] as usize,
        weight: weights.of(row),
    };
    let mut cells: Vec<ConfusionCell> = (0..truth.len())
        .map(cell)
        .filter(|cell| cell.weight > 0.0)
        .collect();
    // A stable sort, so that weights are added in the order of the documents.
    cells.sort_by_key(|cell| (cell.truth, cell.predicted));
    cells.dedup_by(|next, first| {
        let same = (next.truth, next.predicted) == (first.truth, first.predicted);
        first.weight += if same { next.weight } else { 0.0 };
        same
    });
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TRUTH: [u32; 6] = [0, 0, 1, 2, 2, 2];
    const PREDICTED: [u32; 6] = [0, 1, 1, 2, 0, 2];

    fn judge(
        truth: &[u32],
        predicted: &[u32],
        weights: Option<&[f64]>,
    ) -> Result<ExclusiveReport, EvaluateError> {
        exclusive(
            &["a", "b", "c", "d"].map(String::from),
            truth,
            predicted,
            weights,
        )
    }

    #[test]
    fn counts_of_a_small_example() {
        let report = judge(&TRUTH, &PREDICTED, None).unwrap();
        assert_eq!(report.documents, 6);
        assert_eq!(report.accuracy, 4.0 / 6.0);
        let cells: Vec<_> = report
            .confusion
            .iter()
            .map(|c| (c.truth, c.predicted, c.weight))
            .collect();
        assert_eq!(
            cells,
            [
                (0, 0, 1.0),
                (0, 1, 1.0),
                (1, 1, 1.0),
                (2, 0, 1.0),
                (2, 2, 2.0)
            ]
        );
        assert_eq!(
            (report.confusion_weight(2, 2), report.confusion_weight(1, 3)),
            (2.0, 0.0)
        );
        let c = &report.labels[2];
        assert_eq!((c.precision, c.recall, c.f1), (1.0, 2.0 / 3.0, 0.8));
        assert_eq!((c.support, c.predicted), (3.0, 2.0));
    }

    #[test]
    fn a_label_that_occurs_nowhere_is_listed_and_left_out_of_the_macro_average() {
        let report = judge(&TRUTH, &PREDICTED, None).unwrap();
        assert_eq!(report.labels[3].support, 0.0);
        let mean = report.labels[..3]
            .iter()
            .map(|report| report.f1)
            .sum::<f64>()
            / 3.0;
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
        assert_eq!(
            ExclusiveReport {
                documents: 7,
                ..weighted
            },
            repeated
        );
    }

    #[test]
    fn a_label_seen_only_at_weight_zero_does_not_occur() {
        let weighted = judge(&[0, 0, 3], &[0, 0, 2], Some(&[1.0, 1.0, 0.0])).unwrap();
        assert_eq!(weighted, judge(&[0, 0], &[0, 0], None).unwrap());
        assert_eq!(weighted.macro_avg.f1, 1.0);
    }

    #[test]
    fn extreme_weights_stay_finite() {
        for weight in [crate::evaluate::MAX_WEIGHT, f64::MIN_POSITIVE] {
            let report = judge(&TRUTH, &PREDICTED, Some(&[weight; 6])).unwrap();
            assert!((report.accuracy - 4.0 / 6.0).abs() < 1e-12, "{weight}");
            assert!(
                (report.weighted_avg.recall - 4.0 / 6.0).abs() < 1e-12,
                "{weight}"
            );
        }
    }

    #[test]
    fn bad_input_is_a_clear_error() {
        let found = judge(&[0, 1], &[0], None).unwrap_err();
        assert_eq!(
            found,
            EvaluateError::LengthMismatch {
                what: "predictions",
                expected: 2,
                found: 1
            }
        );
        let found = judge(&[0, 1], &[0, 4], None).unwrap_err().to_string();
        let said = "predicted label of document 1 is index 4 of only 4 labels";
        assert_eq!(found, said);
        let found = judge(&[u32::MAX], &[0], None).unwrap_err();
        assert_eq!(
            found,
            EvaluateError::LabelOutOfRange {
                what: "true",
                row: 0,
                index: u32::MAX,
                labels: 4
            }
        );
        assert_eq!(judge(&[], &[], None), Err(EvaluateError::NoDocuments));
        assert_eq!(
            judge(&[0], &[0], Some(&[0.0])),
            Err(EvaluateError::NoDocuments)
        );
        assert_eq!(exclusive(&[], &[], &[], None), Err(EvaluateError::NoLabels));
    }

    #[test]
    fn the_matrix_grows_with_documents_and_not_with_labels() {
        let labels: Vec<String> = (0..100_000).map(|label| label.to_string()).collect();
        let report = exclusive(&labels, &[7, 7, 99_999], &[7, 7, 0], None).unwrap();
        assert_eq!(report.confusion.len(), 2);
        assert_eq!(
            report.confusions()[0],
            ConfusionCell {
                truth: 99_999,
                predicted: 0,
                weight: 1.0
            }
        );
    }

    #[test]
    fn json_has_flat_full_names() {
        let json = judge(&[0, 1], &[0, 0], None).unwrap().to_json();
        assert_eq!(json["documents"], 2);
        for field in [
            "accuracy",
            "micro_precision",
            "micro_recall",
            "micro_f1",
            "weighted_recall",
        ] {
            assert_eq!(json[field], 0.5, "{field}");
        }
        assert_eq!(
            json["labels"]["a"],
            json!({"precision": 0.5, "recall": 1.0, "f1": 2.0 / 3.0, "support": 1})
        );
        assert_eq!(json["macro_labels"], 2);
        assert_eq!(
            json["confusion_matrix"],
            json!([
                {"truth": "a", "predicted": "a", "documents": 1},
                {"truth": "b", "predicted": "a", "documents": 1},
            ])
        );
        assert_eq!(json.as_object().unwrap().len(), 14);
    }
}
