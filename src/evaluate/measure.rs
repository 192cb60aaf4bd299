//! All metrics of a head at once, with intervals.

use super::bootstrap::{Bootstrap, Estimate, Moments, Units};
use super::counts::{CountKernel, OF_LABEL, occurring};
use super::interval::{CalibrationGaps, Interval};
use super::metric::Metric;
use super::metric_intervals::{EffectiveSizes, IntervalContext};
use super::numbers::settled;
use super::scored::ScoreKernel;
use super::{EvaluateError, Predictions};
use serde::Serialize;
use std::collections::HashMap;

/// Every metric of a head and of its labels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measurements {
    /// The names of the labels.
    pub labels: Vec<String>,
    /// How many documents count.
    pub documents: usize,
    /// How many of them are drawn apart: groups where there are any, else documents.
    pub units: usize,
    /// The metrics of the head, then those of each label.
    pub metrics: Vec<Measurement>,
}

/// One metric.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Measurement {
    /// Which one.
    pub metric: Metric,
    /// The number of the label that it is of; `None` for the head.
    pub label: Option<usize>,
    /// The value with its interval; `None` where the metric is not defined, as ROC-AUC is not for a
    /// label that is never true.
    #[serde(rename = "figure")]
    pub estimate: Option<Estimate>,
}

impl Measurements {
    /// A metric of the head (`None`) or of a label, where it is defined.
    pub fn get(&self, metric: Metric, label: Option<usize>) -> Option<Estimate> {
        self.of(label).find(|m| m.metric == metric)?.estimate
    }

    /// The metrics of the head, or of a label.
    pub fn of(&self, label: Option<usize>) -> impl Iterator<Item = &Measurement> {
        let first = self.metrics.partition_point(|m| m.label < label);
        self.metrics[first..]
            .iter()
            .take_while(move |m| m.label == label)
    }
}

/// Every metric that truth, answers and scores allow.
///
/// # Errors
/// What [`Predictions::check`] says; a level that is not between 0 and 1.
pub fn measure(
    predictions: &Predictions,
    bootstrap: &Bootstrap,
) -> Result<Measurements, EvaluateError> {
    bootstrap.check()?;
    let rows = predictions.check()?;
    let units = units(predictions, &rows);
    let kernel = Kernel::new(predictions, &rows, units, occurring(predictions, &rows));
    let values = kernel.whole();
    let moments = bootstrap.tally(
        &kernel.units,
        values.len(),
        |weights, moments: &mut [Moments]| {
            let deviations = kernel.deviations(weights, &values, bootstrap);
            moments
                .iter_mut()
                .zip(deviations)
                .for_each(|(moments, deviation)| moments.add(deviation));
        },
    );
    let sizes = EffectiveSizes::new(predictions, &rows, &kernel.units);
    let context = IntervalContext {
        kernel: &kernel,
        sizes: &sizes,
        values: &values,
        moments: &moments,
        level: bootstrap.level,
    };
    let intervals = context.all();
    let measurement = |(at, &(metric, label)): (usize, &(Metric, Option<usize>))| {
        let is_drawn = kernel.is_drawn(metric, bootstrap);
        let interval = intervals[at]
            .filter(|(_, shown)| *shown && is_drawn)
            .map(|(interval, _)| interval);
        let estimate = kernel
            .value(&values, at)
            .map(|value| estimate(value, interval, kernel.scale(metric, label)));
        Measurement {
            metric,
            label,
            estimate,
        }
    };
    let mut metrics: Vec<Measurement> =
        kernel.metrics.iter().enumerate().map(measurement).collect();
    metrics.extend(absent(predictions, &rows));
    // A stable sort: the metrics of each label keep their order.
    metrics.sort_by_key(|m| m.label);
    let labels = predictions.labels.clone();
    Ok(Measurements {
        labels,
        documents: rows.len(),
        units: kernel.units.count(),
        metrics,
    })
}

/// An estimate whose interval stays on the scale of its metric.
fn estimate(value: f64, interval: Option<Interval>, scale: Option<[f64; 2]>) -> Estimate {
    let value = settled(value);
    let [least, most] = scale.unwrap_or([0.0, f64::INFINITY]);
    let interval = interval.map(|interval| {
        let [low, high] = interval.ends.map(settled);
        [low.max(least).min(value), high.min(most).max(value)]
    });
    Estimate { value, interval }
}

/// The metrics of labels that are nowhere true or predicted: 0 by convention.
fn absent<'a>(
    predictions: &'a Predictions,
    rows: &[usize],
) -> impl Iterator<Item = Measurement> + use<'a> {
    let mut occurs = vec![false; predictions.labels.len()];
    occurring(predictions, rows)
        .into_iter()
        .for_each(|label| occurs[label] = true);
    let labels = occurs.into_iter().enumerate().filter(|(_, occurs)| !occurs);
    labels.flat_map(|(label, _)| {
        let estimate = Some(Estimate {
            value: 0.0,
            interval: None,
        });
        OF_LABEL.map(|metric| Measurement {
            metric,
            label: Some(label),
            estimate,
        })
    })
}

/// What is drawn of the rows that count.
pub(super) fn units(predictions: &Predictions, rows: &[usize]) -> Units {
    let weights = rows.iter().map(|&row| predictions.weight(row)).collect();
    let groups = predictions.groups.as_ref();
    Units::new(
        weights,
        groups.map(|groups| rows.iter().map(|&row| groups[row]).collect()),
    )
}

/// Of more than so many documents × labels × resamples, metrics of scores have no intervals: each scores' order is
/// gone through anew in every resample, at about a billion steps a second.
pub const MAX_SCORE_DRAWS: usize = 40_000_000_000;

/// A head laid out so that all its metrics follow quickly from the weights of documents.
pub(super) struct Kernel {
    pub(super) metrics: Vec<(Metric, Option<usize>)>,
    pub(super) units: Units,
    counts: CountKernel,
    scores: Option<ScoreKernel>,
    means: Vec<Mean>,
    exclusive: bool,
    labels: usize,
    /// The greatest Brier score that an exclusive head of more than two labels can have.
    brier_limit: f64,
}

/// Returns the greatest sum of squared errors that a document can have: 2 where the probabilities of
/// its labels sum to 1, one for each label where they do not.
fn brier_limit(predictions: &Predictions, rows: &[usize]) -> f64 {
    const ROUNDING: f64 = 1e-3;
    let labels = predictions.labels.len();
    let sums_to_one = |scores: &super::ScoreTable| {
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
pub(super) struct Mean {
    pub(super) head: usize,
    /// The labels that have a value.
    pub(super) labels: Vec<usize>,
    /// Over how many labels the mean is; those without a value count as 0.
    pub(super) count: f64,
}

impl Kernel {
    /// Lays out the answers; `labels` are those whose precision, recall and F1 are measured, and hold all that occur.
    pub(super) fn new(
        predictions: &Predictions,
        rows: &[usize],
        units: Units,
        labels: Vec<usize>,
    ) -> Kernel {
        let counts = CountKernel::new(predictions, rows, labels);
        let scores = ScoreKernel::new(predictions, rows);
        let mut metrics = counts.metrics();
        metrics.extend(scores.iter().flat_map(ScoreKernel::metrics));
        let exclusive = matches!(predictions.outcomes, super::Outcomes::Exclusive { .. });
        let labels = predictions.labels.len();
        let brier_limit = brier_limit(predictions, rows);
        let means = Vec::new();
        let mut kernel = Kernel {
            metrics,
            units,
            counts,
            scores,
            means,
            exclusive,
            labels,
            brier_limit,
        };
        kernel.means = kernel.find_means();
        kernel
    }

    fn find_means(&self) -> Vec<Mean> {
        let whole = self.whole();
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
            Some(Mean {
                head,
                labels,
                count,
            })
        };
        self.metrics.iter().enumerate().filter_map(mean).collect()
    }

    /// Metrics of the head that are means of those of labels.
    pub(super) fn means(&self) -> &[Mean] {
        &self.means
    }

    /// One number for each of `metrics` of the documents as they are.
    pub(super) fn whole(&self) -> Vec<f64> {
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

    /// Whether resamples tell of a metric; of very many scores they do not, because that would take too long.
    pub(super) fn is_drawn(&self, metric: Metric, bootstrap: &Bootstrap) -> bool {
        let cells = self.scores.as_ref().map_or(0, ScoreKernel::cells);
        cells.saturating_mul(bootstrap.resamples) <= MAX_SCORE_DRAWS || !metric.is_of_scores()
    }

    /// How the metrics of a resample differ from the `whole`; NaN where they are not defined. A label that is not in the
    /// resample leaves the macro average as it is.
    pub(super) fn deviations(
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
            .filter(|_| self.is_drawn(Metric::RocAuc, bootstrap))
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
    pub(super) fn value(&self, values: &[f64], at: usize) -> Option<f64> {
        let value = values[at];
        if value.is_finite() {
            Some(value)
        } else {
            self.metrics[at].0.when_undefined()
        }
    }

    /// The least and the greatest value of a metric; `None` where there is no greatest.
    pub(super) fn scale(&self, metric: Metric, label: Option<usize>) -> Option<[f64; 2]> {
        match metric {
            Metric::LogLoss => None,
            Metric::Mcc | Metric::Kappa => Some([-1.0, 1.0]),
            Metric::Brier if self.exclusive && self.labels > 2 && label.is_none() => {
                Some([0.0, self.brier_limit])
            }
            _ => Some([0.0, 1.0]),
        }
    }

    /// Whether a metric of the head is the share of documents that are answered rightly.
    pub(super) fn is_share_of_documents(&self, metric: Metric) -> bool {
        use Metric::{
            Accuracy, MicroF1, MicroPrecision, MicroRecall, SubsetAccuracy, WeightedRecall,
        };
        match metric {
            Accuracy | SubsetAccuracy => true,
            MicroPrecision | MicroRecall | MicroF1 | WeightedRecall => self.exclusive,
            _ => false,
        }
    }

    /// See [`ScoreKernel::without_itself`].
    pub(super) fn without_itself(&self, label: usize) -> Option<f64> {
        Some(
            self.scores
                .as_ref()?
                .without_itself(label, self.units.weights()),
        )
    }

    /// See [`ScoreKernel::calibration`].
    pub(super) fn calibration(&self, label: Option<usize>) -> Option<CalibrationGaps> {
        self.scores.as_ref()?.calibration(label, &self.units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_of_too_many_scores_have_values_and_no_intervals() {
        let labels = vec!["a".to_string(), "b".to_string()];
        let predictions = Predictions::exclusive(labels, vec![0, 1, 1], vec![0, 1, 0]);
        let predictions = predictions.with_scores(vec![0.9, 0.1, 0.2, 0.8, 0.6, 0.4], true);
        let rows = [0, 1, 2];
        let units = units(&predictions, &rows);
        let kernel = Kernel::new(&predictions, &rows, units, vec![0, 1]);
        let often = Bootstrap {
            resamples: usize::MAX,
            ..Bootstrap::default()
        };
        let whole = kernel.whole();
        let draw = kernel.deviations(&[1.0; 3], &whole, &often);
        for (at, (metric, label)) in kernel.metrics.iter().enumerate() {
            let of_scores = metric.is_of_scores();
            assert_eq!(kernel.is_drawn(*metric, &often), !of_scores, "{metric:?}");
            assert!(
                !of_scores || label.is_none() || draw[at].is_nan(),
                "{metric:?}"
            );
        }
    }
}
