//! Counts of a head with one label a document.

use super::label::{LabelAverages, LabelCounts, ROUNDING, correlation, divide};
use crate::evaluate::Averages;

/// Counts of an exclusive head.
pub(in crate::evaluate) struct ExclusiveCounts {
    pub(in crate::evaluate) labels: Vec<LabelCounts>,
    /// The weight of all documents.
    total: f64,
}

/// Metrics of an exclusive head, NaN where they are not defined.
pub(in crate::evaluate) struct ExclusiveMetrics {
    pub(in crate::evaluate) accuracy: f64,
    pub(in crate::evaluate) macro_avg: Averages,
    pub(in crate::evaluate) micro_avg: Averages,
    pub(in crate::evaluate) weighted_avg: Averages,
    mcc: f64,
    kappa: f64,
}

impl ExclusiveCounts {
    /// Counts true and predicted labels, by their places among `labels`, with a weight for each
    /// document.
    pub(in crate::evaluate) fn new(
        labels: usize,
        truth: &[u32],
        predicted: &[u32],
        weights: &[f64],
    ) -> ExclusiveCounts {
        let mut counts = vec![LabelCounts::default(); labels];
        let mut total = 0.0;
        for ((&truth, &predicted), &weight) in truth.iter().zip(predicted).zip(weights) {
            counts[truth as usize].support += weight;
            counts[predicted as usize].predicted += weight;
            if truth == predicted {
                counts[truth as usize].true_positive += weight;
            }
            total += weight;
        }
        ExclusiveCounts {
            labels: counts,
            total,
        }
    }

    /// Returns the metrics of the head; `averaged` is the number of labels in macro averages.
    pub(in crate::evaluate) fn metrics(&self, averaged: f64) -> ExclusiveMetrics {
        let right: f64 = self.labels.iter().map(|label| label.true_positive).sum();
        let accuracy = divide(right, self.total);
        let averages = LabelAverages::new(&self.labels, averaged);
        // Gorodkin 2004 and Cohen 1960, from the margins of the confusion matrix as shares.
        let share = |value: f64| divide(value, self.total);
        let sum = |of: &dyn Fn(&LabelCounts) -> f64| self.labels.iter().map(of).sum::<f64>();
        let chance = sum(&|label| share(label.support) * share(label.predicted));
        let spread = |of: fn(&LabelCounts) -> f64| 1.0 - sum(&|label| share(of(label)).powi(2));
        let variance = spread(|label| label.support) * spread(|label| label.predicted);
        let kappa = if 1.0 - chance > ROUNDING {
            (accuracy - chance) / (1.0 - chance)
        } else {
            f64::NAN
        };
        ExclusiveMetrics {
            accuracy,
            macro_avg: averages.macro_avg,
            // Each wrong document is one false positive and one false negative. Not from the pooled
            // counts: rows and columns, summed in different orders, can differ in the last bit.
            micro_avg: Averages {
                precision: accuracy,
                recall: accuracy,
                f1: accuracy,
            },
            weighted_avg: averages.weighted_avg,
            mcc: correlation(accuracy - chance, variance),
            kappa,
        }
    }

    /// Pushes the metrics of [`EXCLUSIVE`](super::EXCLUSIVE), then those of each label.
    pub(super) fn push(&self, averaged: f64, out: &mut Vec<f64>) {
        let ExclusiveMetrics {
            accuracy,
            macro_avg,
            micro_avg,
            weighted_avg,
            mcc,
            kappa,
        } = self.metrics(averaged);
        out.push(accuracy);
        LabelAverages {
            macro_avg,
            micro_avg,
            weighted_avg,
        }
        .push(out);
        out.extend([mcc, kappa]);
        self.labels
            .iter()
            .for_each(|label| label.push(self.total, out));
    }
}
