//! Counts of a head with a yes or no for each label, and of its documents.

use super::label::{LabelAverages, LabelCounts, divide};
use crate::evaluate::{Averages, ratio};

/// Weighted cells of one independent label that are more than a known and right no.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::evaluate) struct LabelCells {
    pub(in crate::evaluate) true_positive: f64,
    pub(in crate::evaluate) false_positive: f64,
    pub(in crate::evaluate) false_negative: f64,
    unknown: f64,
}

impl LabelCells {
    pub(super) fn add(&mut self, cell: CellOutcome, weight: f64) {
        match cell {
            CellOutcome::TruePositive => self.true_positive += weight,
            CellOutcome::FalsePositive => self.false_positive += weight,
            CellOutcome::FalseNegative => self.false_negative += weight,
            CellOutcome::Unknown => self.unknown += weight,
        }
    }

    fn counts(&self) -> LabelCounts {
        LabelCounts {
            true_positive: self.true_positive,
            support: self.true_positive + self.false_negative,
            predicted: self.true_positive + self.false_positive,
        }
    }
}

/// Counts of an independent head.
pub(in crate::evaluate) struct IndependentCounts {
    /// The cells of the labels that are laid out.
    pub(in crate::evaluate) labels: Vec<LabelCells>,
    pub(super) documents: DocumentMeans,
    /// The weight of all documents.
    pub(super) total: f64,
    /// The weight of known cells of labels that are not laid out; all of them are right.
    pub(super) known_absent: f64,
}

/// Metrics of an independent head, NaN where they are not defined.
pub(in crate::evaluate) struct IndependentMetrics {
    pub(in crate::evaluate) subset_accuracy: f64,
    pub(in crate::evaluate) hamming_loss: f64,
    pub(in crate::evaluate) example_f1: f64,
    pub(in crate::evaluate) example_f1_empty_zero: f64,
    example_f1_of_means: f64,
    pub(in crate::evaluate) macro_avg: Averages,
    pub(in crate::evaluate) micro_avg: Averages,
    pub(in crate::evaluate) weighted_avg: Averages,
}

impl IndependentCounts {
    /// Returns the counts of each label.
    pub(in crate::evaluate) fn label_counts(&self) -> Vec<LabelCounts> {
        self.labels.iter().map(LabelCells::counts).collect()
    }

    /// Returns the metrics of the head, whose labels have these counts; `averaged` is the number of
    /// labels in macro averages.
    pub(in crate::evaluate) fn metrics(
        &self,
        counts: &[LabelCounts],
        averaged: f64,
    ) -> IndependentMetrics {
        let wrong: f64 = self
            .labels
            .iter()
            .map(|cells| cells.false_negative + cells.false_positive)
            .sum();
        let known: f64 = self.labels.iter().map(|cells| self.known(cells)).sum();
        let documents = &self.documents;
        let f1_of_means = ratio(
            2.0 * documents.precision * documents.recall,
            documents.precision + documents.recall,
        );
        let averages = LabelAverages::new(counts, averaged);
        IndependentMetrics {
            subset_accuracy: divide(documents.exact, self.total),
            hamming_loss: divide(wrong, known + self.known_absent),
            example_f1: divide(documents.f1, self.total),
            example_f1_empty_zero: divide(documents.f1_empty_zero, self.total),
            example_f1_of_means: divide(f1_of_means, self.total),
            macro_avg: averages.macro_avg,
            micro_avg: averages.micro_avg,
            weighted_avg: averages.weighted_avg,
        }
    }

    /// Returns the weight of the documents whose truth is known for a label.
    fn known(&self, cells: &LabelCells) -> f64 {
        self.total - cells.unknown
    }

    /// Pushes the metrics of [`INDEPENDENT`](super::INDEPENDENT), then those of each label.
    pub(super) fn push(&self, averaged: f64, out: &mut Vec<f64>) {
        let counts = self.label_counts();
        let metrics = self.metrics(&counts, averaged);
        out.extend([
            metrics.subset_accuracy,
            metrics.hamming_loss,
            metrics.example_f1,
            metrics.example_f1_empty_zero,
            metrics.example_f1_of_means,
        ]);
        LabelAverages {
            macro_avg: metrics.macro_avg,
            micro_avg: metrics.micro_avg,
            weighted_avg: metrics.weighted_avg,
        }
        .push(out);
        for (cells, counts) in self.labels.iter().zip(&counts) {
            counts.push(self.known(cells), out);
        }
    }
}

/// The outcome of a document and label.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum CellOutcome {
    TruePositive,
    FalsePositive,
    FalseNegative,
    Unknown,
}

/// Metrics of a document, or their weighted sums over documents.
#[derive(Default, Clone, Copy)]
pub(super) struct DocumentMeans {
    exact: f64,
    f1: f64,
    f1_empty_zero: f64,
    precision: f64,
    recall: f64,
}

impl CellOutcome {
    /// Returns the outcome; `None` of a label that is rightly not given.
    pub fn of(truth: Option<bool>, predicted: bool) -> Option<CellOutcome> {
        match (truth, predicted) {
            (Some(false), false) => None,
            (None, _) => Some(CellOutcome::Unknown),
            (Some(true), true) => Some(CellOutcome::TruePositive),
            (Some(true), false) => Some(CellOutcome::FalseNegative),
            (Some(false), true) => Some(CellOutcome::FalsePositive),
        }
    }
}

impl DocumentMeans {
    pub fn of(cells: &[(u32, CellOutcome)]) -> DocumentMeans {
        let count =
            |kind: CellOutcome| cells.iter().filter(|(_, cell)| *cell == kind).count() as f64;
        let shared = count(CellOutcome::TruePositive);
        let (extra, missed) = (
            count(CellOutcome::FalsePositive),
            count(CellOutcome::FalseNegative),
        );
        let exact = if extra + missed == 0.0 { 1.0 } else { 0.0 };
        if shared + extra + missed == 0.0 {
            return DocumentMeans {
                exact,
                f1: 1.0,
                f1_empty_zero: 0.0,
                precision: 1.0,
                recall: 1.0,
            };
        }
        let f1 = 2.0 * shared / (2.0 * shared + extra + missed);
        DocumentMeans {
            exact,
            f1,
            f1_empty_zero: f1,
            precision: ratio(shared, shared + extra),
            recall: ratio(shared, shared + missed),
        }
    }

    pub fn add(&mut self, other: &DocumentMeans, weight: f64) {
        self.exact += weight * other.exact;
        self.f1 += weight * other.f1;
        self.f1_empty_zero += weight * other.f1_empty_zero;
        self.precision += weight * other.precision;
        self.recall += weight * other.recall;
    }
}
