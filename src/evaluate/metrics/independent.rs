//! Metrics of an independent head: each label of a document is a question of its own, answered yes
//! or no.
//!
//! [`independent()`] takes two tables, documents × labels, and gives an [`IndependentReport`]. A
//! truth of `None` is unknown: that cell counts nowhere, whatever was predicted for it. A document
//! or label of which every cell is unknown counts nowhere either.
//!
//! ```
//! use standpoint::evaluate::independent;
//!
//! let labels = ["escalation", "diplomacy"].map(String::from);
//! let truth = [
//!     Some(true), Some(false),
//!     Some(true), None,
//!     Some(false), Some(false),
//! ];
//! let predicted = [
//!     true, false,
//!     false, true,
//!     false, false,
//! ];
//! let report = independent(&labels, &truth, &predicted, None)?;
//!
//! assert_eq!(report.subset_accuracy, 2.0 / 3.0);
//! assert_eq!(report.hamming_loss, 1.0 / 5.0);
//! assert_eq!(report.labels[0].recall, 0.5);
//! // The third document has no label and is given none.
//! assert_eq!((report.example_f1, report.example_f1_empty_zero), (2.0 / 3.0, 1.0 / 3.0));
//! # Ok::<(), standpoint::evaluate::EvaluateError>(())
//! ```

use serde::Serialize;

use super::counts::{CellSlices, LabelCells, SparseCells, label_reports};
use crate::evaluate::validate::check_whole_documents;
use crate::evaluate::{Averages, EvaluateError, LabelReport, Weights, check_labels, check_length};

/// Metrics of yes/no predictions for several labels per document.
///
/// With T the labels a document truly has and P those predicted for it, among the labels whose
/// truth is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct IndependentReport {
    /// The number of documents judged, 1 or more: those of weight above 0 with at least one known
    /// cell.
    pub documents: usize,
    /// The share of the documents with T = P, from 0 to 1 (scikit-learn's `accuracy_score` on
    /// indicator matrices).
    pub subset_accuracy: f64,
    /// The mean over documents of 2 |T ∩ P| / (|T| + |P|), from 0 to 1 (Godbole & Sarawagi 2004,
    /// *Discriminative methods for multi-labeled classification*).
    ///
    /// A document with T and P both empty counts as 1: to find nothing where nothing is to be found
    /// is right. scikit-learn's `f1_score(average='samples')` gives this value with
    /// `zero_division=1`; its default counts such a document as 0, for which see
    /// `example_f1_empty_zero`.
    pub example_f1: f64,
    /// As `example_f1`, but a document with T and P both empty counts as 0: scikit-learn's default,
    /// `zero_division=0`.
    pub example_f1_empty_zero: f64,
    /// The share of the known cells that are predicted wrong, from 0 (best) to 1 (Schapire & Singer
    /// 2000, *BoosTexter*).
    pub hamming_loss: f64,
    /// The plain mean over all labels with a known cell, also those that are never true and never
    /// predicted: with nothing unknown, over all columns, as scikit-learn does for indicator
    /// matrices.
    pub macro_avg: Averages,
    /// The counts of all labels pooled (Manning et al. 2008, section 13.6).
    pub micro_avg: Averages,
    /// The mean over the labels, each weighted by its support; 0 where no label is ever true.
    pub weighted_avg: Averages,
    /// One report per label, in the order given.
    pub labels: Vec<LabelReport>,
    /// For each label, in the order given, the weight of its known cells by `[true][predicted]`,
    /// where 0 is no and 1 is yes: `[0][1]` holds the false positives.
    pub confusion: Vec<[[f64; 2]; 2]>,
}

/// Compares yes/no predictions with the truth, cell by cell.
///
/// `truth` and `predicted` hold documents × labels cells, row by row. `weights`, where given, holds
/// one number from 0 to [`MAX_WEIGHT`](crate::evaluate::MAX_WEIGHT) per document. The module's page names
/// conventions and sources.
///
/// # Errors
///
/// Label names that are missing or repeated; cells that do not fill whole documents; lengths that
/// differ; a weight out of range; no document of weight above 0 with a known cell.
pub fn independent(
    labels: &[String],
    truth: &[Option<bool>],
    predicted: &[bool],
    weights: Option<&[f64]>,
) -> Result<IndependentReport, EvaluateError> {
    check_labels(labels)?;
    check_whole_documents(truth.len(), labels.len())?;
    check_length("predictions", predicted.len(), truth.len())?;
    let weights = Weights::new(weights, truth.len() / labels.len())?;

    let is_known = |row: usize| {
        let cells = row * labels.len()..(row + 1) * labels.len();
        truth[cells].iter().any(Option::is_some)
    };
    let rows: Vec<usize> = (0..truth.len() / labels.len())
        .filter(|&row| weights.of(row) > 0.0 && is_known(row))
        .collect();
    if rows.is_empty() {
        return Err(EvaluateError::NoDocuments);
    }
    let of_rows: Vec<f64> = rows.iter().map(|&row| weights.of(row)).collect();
    let places: Vec<u32> = (0..labels.len() as u32).collect();
    let slices = CellSlices { truth, predicted };
    let counts = SparseCells::new(slices, &rows, &places).count(&of_rows);
    let label_counts = counts.label_counts();
    let confusion = confusion_tables(slices, &rows, &of_rows, &counts.labels);
    let known = confusion.iter().filter(|cells| has_known_cell(cells));
    let metrics = counts.metrics(&label_counts, known.count() as f64);
    Ok(IndependentReport {
        documents: rows.len(),
        subset_accuracy: metrics.subset_accuracy,
        example_f1: metrics.example_f1,
        example_f1_empty_zero: metrics.example_f1_empty_zero,
        hamming_loss: metrics.hamming_loss,
        macro_avg: metrics.macro_avg,
        micro_avg: metrics.micro_avg.defined(),
        weighted_avg: metrics.weighted_avg.defined(),
        labels: label_reports(labels, &label_counts),
        confusion,
    })
}

/// Returns the weights of each label's known cells by `[true][predicted]`.
fn confusion_tables(
    slices: CellSlices<'_>,
    rows: &[usize],
    weights: &[f64],
    labels: &[LabelCells],
) -> Vec<[[f64; 2]; 2]> {
    // Added up rather than subtracted from the whole, so that nothing is exactly 0.
    let mut true_negative = vec![0.0; labels.len()];
    for (&row, weight) in rows.iter().zip(weights) {
        let cells = row * labels.len()..(row + 1) * labels.len();
        let of_labels = slices.truth[cells.clone()]
            .iter()
            .zip(&slices.predicted[cells]);
        for (sum, (&truth, &predicted)) in true_negative.iter_mut().zip(of_labels) {
            if truth == Some(false) && !predicted {
                *sum += weight;
            }
        }
    }
    labels
        .iter()
        .zip(true_negative)
        .map(|(cells, true_negative)| {
            [
                [true_negative, cells.false_positive],
                [cells.false_negative, cells.true_positive],
            ]
        })
        .collect()
}

impl IndependentReport {
    /// Returns the number of labels in the macro averages: those with a known cell.
    pub(crate) fn macro_labels(&self) -> usize {
        let known = |cells: &&[[f64; 2]; 2]| has_known_cell(cells);
        self.confusion.iter().filter(known).count()
    }
}

fn has_known_cell(cells: &[[f64; 2]; 2]) -> bool {
    cells.as_flattened().iter().any(|&weight| weight > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const YES: Option<bool> = Some(true);
    const NO: Option<bool> = Some(false);

    const TRUTH: [Option<bool>; 8] = [YES, NO, YES, YES, NO, NO, NO, YES];
    const PREDICTED: [bool; 8] = [true, false, true, false, false, false, true, false];

    fn judge(
        truth: &[Option<bool>],
        predicted: &[bool],
        weights: Option<&[f64]>,
    ) -> Result<IndependentReport, EvaluateError> {
        independent(&["a", "b"].map(String::from), truth, predicted, weights)
    }

    #[test]
    fn counts_of_a_small_example() {
        let report = judge(&TRUTH, &PREDICTED, None).unwrap();
        assert_eq!(report.documents, 4);
        assert_eq!(
            report.confusion,
            [[[1.0, 1.0], [0.0, 2.0]], [[2.0, 0.0], [2.0, 0.0]]]
        );
        assert_eq!(report.subset_accuracy, 0.5);
        assert_eq!(report.hamming_loss, 3.0 / 8.0);
        assert_eq!(
            (report.labels[0].precision, report.labels[0].recall),
            (2.0 / 3.0, 1.0)
        );
        assert_eq!(report.micro_avg.recall, 0.5);
        assert_eq!(report.macro_avg.f1, 0.4);
    }

    #[test]
    fn a_document_rightly_left_without_labels_counts_as_found() {
        let report = judge(&TRUTH, &PREDICTED, None).unwrap();
        let others = 1.0 + 2.0 / 3.0;
        assert!((report.example_f1 - (others + 1.0) / 4.0).abs() < 1e-15);
        assert!((report.example_f1_empty_zero - others / 4.0).abs() < 1e-15);
    }

    #[test]
    fn unknown_cells_count_nowhere() {
        let truth = [YES, None, NO, YES, None, None];
        let report = judge(&truth, &[true, true, true, true, true, true], None).unwrap();
        let other = judge(&truth, &[true, false, true, true, false, true], None).unwrap();
        assert_eq!(report, other);
        assert_eq!(report.documents, 2);
        assert_eq!(
            report.confusion,
            [[[0.0, 1.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 1.0]]]
        );
        assert_eq!(report.hamming_loss, 1.0 / 3.0);
    }

    #[test]
    fn a_label_never_known_is_left_out_of_the_macro_average_and_one_never_true_is_not() {
        let predicted = [true, false, true, false];
        assert_eq!(
            judge(&[YES, None, YES, None], &predicted, None)
                .unwrap()
                .macro_avg
                .f1,
            1.0
        );
        assert_eq!(
            judge(&[YES, NO, YES, NO], &predicted, None)
                .unwrap()
                .macro_avg
                .f1,
            0.5
        );
    }

    #[test]
    fn weight_two_is_the_document_twice_and_weight_zero_the_document_absent() {
        let weighted = judge(&TRUTH, &PREDICTED, Some(&[2.0, 1.0, 0.0, 1.0])).unwrap();
        let truth = [&TRUTH[..2], &TRUTH[..4], &TRUTH[6..]].concat();
        let predicted = [&PREDICTED[..2], &PREDICTED[..4], &PREDICTED[6..]].concat();
        let repeated = judge(&truth, &predicted, None).unwrap();
        assert_eq!((weighted.documents, repeated.documents), (3, 4));
        assert_eq!(
            IndependentReport {
                documents: 4,
                ..weighted
            },
            repeated
        );
    }

    #[test]
    fn a_label_known_only_at_weight_zero_is_unknown() {
        let weighted = judge(&[YES, None, YES, YES], &[true; 4], Some(&[1.0, 0.0])).unwrap();
        assert_eq!(weighted, judge(&[YES, None], &[true; 2], None).unwrap());
    }

    #[test]
    fn extreme_weights_stay_finite() {
        let report = judge(&TRUTH, &PREDICTED, Some(&[crate::evaluate::MAX_WEIGHT; 4])).unwrap();
        assert!((report.hamming_loss - 3.0 / 8.0).abs() < 1e-12);
        assert!((report.micro_avg.recall - 0.5).abs() < 1e-12);
    }

    #[test]
    fn bad_input_is_a_clear_error() {
        let found = judge(&[YES, NO, YES], &[true; 3], None)
            .unwrap_err()
            .to_string();
        let said = "3 cells of truth do not fill documents of 2 labels each";
        assert_eq!(found, said);
        let found = judge(&[YES, NO], &[true; 4], None).unwrap_err();
        assert_eq!(
            found,
            EvaluateError::LengthMismatch {
                what: "predictions",
                expected: 2,
                found: 4
            }
        );
        let found = judge(&[YES, NO], &[true; 2], Some(&[1.0, 1.0])).unwrap_err();
        assert_eq!(
            found,
            EvaluateError::LengthMismatch {
                what: "weights",
                expected: 1,
                found: 2
            }
        );
        assert_eq!(judge(&[], &[], None), Err(EvaluateError::NoDocuments));
        assert_eq!(
            judge(&[None, None], &[true; 2], None),
            Err(EvaluateError::NoDocuments)
        );
        assert_eq!(
            judge(&[YES, NO], &[true; 2], Some(&[0.0])),
            Err(EvaluateError::NoDocuments)
        );
        assert_eq!(
            independent(&[], &[], &[], None),
            Err(EvaluateError::NoLabels)
        );
    }

    #[test]
    fn json_has_flat_full_names() {
        let json = judge(&TRUTH, &PREDICTED, None).unwrap().to_json();
        assert_eq!(json["documents"], 4);
        assert_eq!(json["subset_accuracy"], 0.5);
        assert_eq!(json["hamming_loss"], 0.375);
        let b = json!({
            "precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 2,
            "true_positive": 0, "false_positive": 0,
            "false_negative": 2, "true_negative": 2,
        });
        assert_eq!(json["labels"]["b"], b);
        for field in [
            "example_based_f1",
            "example_based_f1_empty_zero",
            "macro_precision",
            "micro_f1",
            "weighted_f1",
        ] {
            assert!(json[field].is_f64(), "{field}");
        }
        assert_eq!(json["macro_labels"], 2);
        assert_eq!(json.as_object().unwrap().len(), 16);
    }
}
