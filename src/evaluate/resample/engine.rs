//! The metric engine: all metrics of a head from the weights of its documents.
//!
//! Point estimates, resamples, comparisons and baselines measure with it, so that a value and its
//! interval come from the same sums.

use super::bootstrap::Bootstrap;
use crate::evaluate::metrics::calibration_gaps::CalibrationGaps;
use crate::evaluate::metrics::counts::CountMetrics;
use crate::evaluate::metrics::metric::Metric;
use crate::evaluate::metrics::scored::ScoreMetrics;
use crate::evaluate::metrics::units::Units;
use crate::evaluate::{Outcomes, Predictions};
use std::collections::HashMap;

/// Of more than so many documents × labels × resamples, metrics of scores have no intervals: each
/// scores' order is gone through anew in every resample, at about a billion steps a second.
pub const MAX_SCORE_DRAWS: usize = 40_000_000_000;

/// A head laid out so that all its metrics follow quickly from the weights of documents.
pub(in crate::evaluate) struct MetricEngine {
    pub(in crate::evaluate) metrics: Vec<(Metric, Option<usize>)>,
    pub(in crate::evaluate) units: Units,
    counts: CountMetrics,
    scores: Option<ScoreMetrics>,
    means: Vec<LabelMean>,
    exclusive: bool,
    labels: usize,
    /// The greatest Brier score that an exclusive head of more than two labels can have.
    brier_limit: f64,
}

/// Returns the greatest sum of squared errors that a document can have: 2 where the probabilities
/// of its labels sum to 1, one for each label where they do not.
fn brier_limit(predictions: &Predictions, rows: &[usize]) -> f64 {
    const ROUNDING: f64 = 1e-3;
    let labels = predictions.labels.len();
    let sums_to_one = |scores: &crate::evaluate::ScoreTable| {
        let sum = |row: usize| {
            scores.values[row * labels..(row + 1) * labels]
                .iter()
                .sum::<f64>()
        };
        rows.iter().all(|&row| sum(row) <= 1.0 + ROUNDING)
    };
    if predictions.scores.as_ref().is_none_or(sums_to_one) {
        2.0
    } else {
        labels as f64
    }
}

/// A metric of the head that is the mean of one of labels, by their places among the metrics.
pub(in crate::evaluate) struct LabelMean {
    pub(in crate::evaluate) head: usize,
    /// The labels that have a value.
    pub(in crate::evaluate) labels: Vec<usize>,
    /// Over how many labels the mean is; those without a value count as 0.
    pub(in crate::evaluate) count: f64,
}

impl MetricEngine {
    /// Lays out the answers; `labels` are those whose precision, recall and F1 are measured, and
    /// hold all that occur.
    pub(in crate::evaluate) fn new(
        predictions: &Predictions,
        rows: &[usize],
        units: Units,
        labels: Vec<usize>,
    ) -> MetricEngine {
        let counts = CountMetrics::new(predictions, rows, labels);
        let scores = ScoreMetrics::new(predictions, rows);
        let mut metrics = counts.keys();
        metrics.extend(scores.iter().flat_map(ScoreMetrics::keys));
        let exclusive = matches!(predictions.outcomes, Outcomes::Exclusive { .. });
        let labels = predictions.labels.len();
        let brier_limit = brier_limit(predictions, rows);
        let means = Vec::new();
        let mut engine = MetricEngine {
            metrics,
            units,
            counts,
            scores,
            means,
            exclusive,
            labels,
            brier_limit,
        };
        engine.means = engine.find_means();
        engine
    }

    fn find_means(&self) -> Vec<LabelMean> {
        let whole = self.observed();
        let mut of_labels: HashMap<Metric, Vec<usize>> = HashMap::new();
        for (at, (metric, label)) in self.metrics.iter().enumerate() {
            if label.is_some() && whole[at].is_finite() {
                of_labels.entry(*metric).or_default().push(at);
            }
        }
        let mean = |(head, (metric, label)): (usize, &(Metric, Option<usize>))| {
            let of = match metric {
                Metric::MacroPrecision => Metric::Precision,
                Metric::MacroRecall => Metric::Recall,
                Metric::MacroF1 => Metric::F1,
                Metric::RocAuc | Metric::AveragePrecision => *metric,
                _ => return None,
            };
            let labels = of_labels.get(&of).filter(|_| label.is_none())?.clone();
            let count = if of == *metric {
                labels.len() as f64
            } else {
                self.counts.averaged()
            };
            Some(LabelMean {
                head,
                labels,
                count,
            })
        };
        self.metrics.iter().enumerate().filter_map(mean).collect()
    }

    /// Returns the units of resampling.
    pub(in crate::evaluate) fn units(&self) -> &Units {
        &self.units
    }

    /// Metrics of the head that are means of those of labels.
    pub(in crate::evaluate) fn means(&self) -> &[LabelMean] {
        &self.means
    }

    /// One number for each of `metrics` of the documents as they are.
    pub(in crate::evaluate) fn observed(&self) -> Vec<f64> {
        self.measure(self.units.weights())
    }

    /// One number for each of `metrics`; NaN where it is not defined.
    fn measure(&self, weights: &[f64]) -> Vec<f64> {
        let mut out = Vec::with_capacity(self.metrics.len());
        self.counts.measure(weights, &mut out);
        if let Some(scores) = &self.scores {
            scores.measure(weights, &mut out);
        }
        out
    }

    /// True of metrics that have intervals from resamples; of very many scores they do not, because
    /// that would take too long.
    pub(in crate::evaluate) fn is_resampled(&self, metric: Metric, bootstrap: &Bootstrap) -> bool {
        let cells = self.scores.as_ref().map_or(0, ScoreMetrics::cells);
        cells.saturating_mul(bootstrap.resamples) <= MAX_SCORE_DRAWS || !metric.is_of_scores()
    }

    /// Returns the deviations of the metrics of a resample from the `whole`; NaN where they are not
    /// defined. A label that is not in the resample leaves the macro average as it is.
    pub(in crate::evaluate) fn deviations(
        &self,
        weights: &[f64],
        whole: &[f64],
        bootstrap: &Bootstrap,
    ) -> Vec<f64> {
        let mut out = Vec::with_capacity(self.metrics.len());
        self.counts.measure(weights, &mut out);
        if let Some(scores) = self
            .scores
            .as_ref()
            .filter(|_| self.is_resampled(Metric::RocAuc, bootstrap))
        {
            scores.measure(weights, &mut out);
        }
        out.resize(self.metrics.len(), f64::NAN);
        out.iter_mut()
            .zip(whole)
            .for_each(|(value, whole)| *value -= whole);
        for mean in &self.means {
            let known = mean
                .labels
                .iter()
                .map(|&at| out[at])
                .filter(|deviation| deviation.is_finite());
            out[mean.head] = known.sum::<f64>() / mean.count;
        }
        out
    }

    /// The value of one metric on the whole, by the convention for what is not defined.
    pub(in crate::evaluate) fn value(&self, values: &[f64], at: usize) -> Option<f64> {
        let value = values[at];
        if value.is_finite() {
            Some(value)
        } else {
            self.metrics[at].0.when_undefined()
        }
    }

    /// The least and the greatest value of a metric; `None` where there is no greatest.
    pub(in crate::evaluate) fn scale(
        &self,
        metric: Metric,
        label: Option<usize>,
    ) -> Option<[f64; 2]> {
        match metric {
            Metric::LogLoss => None,
            Metric::Mcc | Metric::Kappa => Some([-1.0, 1.0]),
            Metric::Brier if self.exclusive && self.labels > 2 && label.is_none() => {
                Some([0.0, self.brier_limit])
            }
            _ => Some([0.0, 1.0]),
        }
    }

    /// True of metrics of the head that are the share of right documents.
    pub(in crate::evaluate) fn is_share_of_documents(&self, metric: Metric) -> bool {
        use Metric::{
            Accuracy, MicroF1, MicroPrecision, MicroRecall, SubsetAccuracy, WeightedRecall,
        };
        match metric {
            Accuracy | SubsetAccuracy => true,
            MicroPrecision | MicroRecall | MicroF1 | WeightedRecall => self.exclusive,
            _ => false,
        }
    }

    /// See [`ScoreMetrics::without_itself`].
    pub(in crate::evaluate) fn without_itself(&self, label: usize) -> Option<f64> {
        Some(
            self.scores
                .as_ref()?
                .without_itself(label, self.units.weights()),
        )
    }

    /// See [`ScoreMetrics::calibration`].
    pub(in crate::evaluate) fn calibration(&self, label: Option<usize>) -> Option<CalibrationGaps> {
        self.scores.as_ref()?.calibration(label, &self.units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::metrics::units::units;

    #[test]
    fn metrics_of_too_many_scores_have_values_and_no_intervals() {
        let labels = vec!["a".to_string(), "b".to_string()];
        let predictions = Predictions::exclusive(labels, vec![0, 1, 1], vec![0, 1, 0]);
        let predictions = predictions.with_scores(vec![0.9, 0.1, 0.2, 0.8, 0.6, 0.4], true);
        let rows = [0, 1, 2];
        let units = units(&predictions, &rows);
        let engine = MetricEngine::new(&predictions, &rows, units, vec![0, 1]);
        let often = Bootstrap {
            resamples: usize::MAX,
            ..Bootstrap::default()
        };
        let whole = engine.observed();
        let draw = engine.deviations(&[1.0; 3], &whole, &often);
        for (at, (metric, label)) in engine.metrics.iter().enumerate() {
            let of_scores = metric.is_of_scores();
            assert_eq!(
                engine.is_resampled(*metric, &often),
                !of_scores,
                "{metric:?}"
            );
            assert!(
                !of_scores || label.is_none() || draw[at].is_nan(),
                "{metric:?}"
            );
        }
    }
}
