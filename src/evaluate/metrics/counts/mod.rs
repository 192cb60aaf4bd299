//! Metrics that need no scores, from counts of right and wrong labels.
//!
//! Point estimates, resamples and reports all take their values from here: documents are laid out
//! once ([`CountMetrics`]), one pass over them with a weight for each fills the counts
//! ([`ExclusiveCounts`], [`IndependentCounts`](independent::IndependentCounts)), and the metrics follow from these.

mod exclusive;
mod independent;
mod label;
mod sparse;

pub(in crate::evaluate) use exclusive::ExclusiveCounts;
pub(in crate::evaluate) use independent::LabelCells;
pub(in crate::evaluate) use label::label_reports;
pub(in crate::evaluate) use sparse::{CellSlices, SparseCells};

use super::metric::Metric;
use crate::evaluate::{Outcomes, Predictions};
use sparse::NOT_LAID_OUT;

/// Outcomes laid out so that a resample touches only labels that are true or predicted.
pub(in crate::evaluate) struct CountMetrics {
    /// The labels that are measured, in order.
    labels: Vec<usize>,
    layout: Layout,
    /// The number of labels in macro averages.
    averaged: f64,
}

/// Outcomes by the places of labels among those that are measured.
enum Layout {
    Exclusive {
        truth: Vec<u32>,
        predicted: Vec<u32>,
    },
    Independent(SparseCells),
}

/// Averages over labels, and the metrics of an exclusive or independent head before and after them.
const AVERAGES: [Metric; 9] = [
    Metric::MacroPrecision,
    Metric::MacroRecall,
    Metric::MacroF1,
    Metric::MicroPrecision,
    Metric::MicroRecall,
    Metric::MicroF1,
    Metric::WeightedPrecision,
    Metric::WeightedRecall,
    Metric::WeightedF1,
];
const EXCLUSIVE: [&[Metric]; 3] = [
    &[Metric::Accuracy],
    &AVERAGES,
    &[Metric::Mcc, Metric::Kappa],
];
const INDEPENDENT: [&[Metric]; 3] = [
    &[
        Metric::SubsetAccuracy,
        Metric::HammingLoss,
        Metric::ExampleF1,
        Metric::ExampleF1EmptyZero,
        Metric::ExampleF1OfMeans,
    ],
    &AVERAGES,
    &[],
];
/// The metrics of each label.
pub(in crate::evaluate) const OF_LABEL: [Metric; 4] =
    [Metric::Precision, Metric::Recall, Metric::F1, Metric::Mcc];

/// Returns the labels that are true or predicted somewhere in the rows, in order.
pub(in crate::evaluate) fn occurring(predictions: &Predictions, rows: &[usize]) -> Vec<usize> {
    let mut occurs = vec![false; predictions.labels.len()];
    for &row in rows {
        match &predictions.outcomes {
            Outcomes::Exclusive { truth, predicted } => {
                occurs[truth[row] as usize] = true;
                occurs[predicted[row] as usize] = true;
            }
            Outcomes::Independent { .. } => {
                for (label, occurs) in occurs.iter_mut().enumerate() {
                    let truth = predictions.truth(row, label);
                    *occurs |= truth == Some(true)
                        || (truth.is_some() && predictions.predicted(row, label));
                }
            }
        }
    }
    (0..occurs.len()).filter(|&label| occurs[label]).collect()
}

impl CountMetrics {
    /// Lays out the outcomes for `labels`, among which are all that occur.
    pub(in crate::evaluate) fn new(
        predictions: &Predictions,
        rows: &[usize],
        labels: Vec<usize>,
    ) -> CountMetrics {
        let mut places = vec![NOT_LAID_OUT; predictions.labels.len()];
        for (place, &label) in labels.iter().enumerate() {
            places[label] = place as u32;
        }
        let placed = |list: &[u32]| rows.iter().map(|&row| places[list[row] as usize]).collect();
        let layout =
            match &predictions.outcomes {
                Outcomes::Exclusive { truth, predicted } => Layout::Exclusive {
                    truth: placed(truth),
                    predicted: placed(predicted),
                },
                Outcomes::Independent { truth, predicted } => Layout::Independent(
                    SparseCells::new(CellSlices { truth, predicted }, rows, &places),
                ),
            };
        let mut metrics = CountMetrics {
            labels,
            layout,
            averaged: 0.0,
        };
        metrics.averaged = metrics.count_averaged(predictions, rows);
        metrics
    }

    fn count_averaged(&self, predictions: &Predictions, rows: &[usize]) -> f64 {
        match &self.layout {
            Layout::Exclusive { .. } => occurring(predictions, rows).len() as f64,
            Layout::Independent(cells) => {
                let known = |label: &&usize| {
                    rows.iter()
                        .any(|&row| predictions.truth(row, **label).is_some())
                };
                cells.absent + self.labels.iter().filter(known).count() as f64
            }
        }
    }

    /// Returns the number of labels in macro averages.
    pub(in crate::evaluate) fn averaged(&self) -> f64 {
        self.averaged
    }

    /// Returns the keys of the values that [`measure`](Self::measure) pushes, in their order.
    pub(in crate::evaluate) fn keys(&self) -> Vec<(Metric, Option<usize>)> {
        let head = match &self.layout {
            Layout::Exclusive { .. } => EXCLUSIVE,
            Layout::Independent(_) => INDEPENDENT,
        };
        let of_labels = self
            .labels
            .iter()
            .flat_map(|&label| OF_LABEL.map(|metric| (metric, Some(label))));
        head.concat()
            .into_iter()
            .map(|metric| (metric, None))
            .chain(of_labels)
            .collect()
    }

    /// Pushes the metrics with these weights of the documents, NaN where there is nothing to divide
    /// by.
    pub(in crate::evaluate) fn measure(&self, weights: &[f64], out: &mut Vec<f64>) {
        match &self.layout {
            Layout::Exclusive { truth, predicted } => {
                ExclusiveCounts::new(self.labels.len(), truth, predicted, weights)
                    .push(self.averaged, out);
            }
            Layout::Independent(cells) => cells.count(weights).push(self.averaged, out),
        }
    }
}
