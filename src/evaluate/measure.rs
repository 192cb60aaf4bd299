//! All metrics of a head at once, with intervals.

use super::bootstrap::{Bootstrap, Figure, Units};
use super::counts::CountKernel;
use super::metric::Metric;
use super::scored::ScoreKernel;
use super::{EvaluateError, Predictions};
use serde::Serialize;

/// Every metric of a head and of its labels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measurements {
    /// The names of the labels.
    pub labels: Vec<String>,
    /// How many documents count.
    pub documents: usize,
    /// How many of them are drawn apart: groups where there are any, else documents.
    pub units: usize,
    /// The metrics of the head, then those of the labels.
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
    pub figure: Option<Figure>,
}

impl Measurements {
    /// A metric of the head (`None`) or of a label, where it is defined.
    pub fn get(&self, metric: Metric, label: Option<usize>) -> Option<Figure> {
        self.metrics.iter().find(|m| m.metric == metric && m.label == label)?.figure
    }

    /// The metrics of the head, or of a label.
    pub fn of(&self, label: Option<usize>) -> impl Iterator<Item = &Measurement> {
        self.metrics.iter().filter(move |m| m.label == label)
    }
}

/// Every metric that truth, answers and scores allow.
///
/// # Errors
/// What [`Predictions::check`] says; a level that is not between 0 and 1.
pub fn measure(predictions: &Predictions, bootstrap: &Bootstrap) -> Result<Measurements, EvaluateError> {
    bootstrap.check()?;
    let rows = predictions.check()?;
    let (kernel, units) = (Kernel::new(predictions, &rows), units(predictions, &rows));
    let values = kernel.measure(units.weights());
    let draws = bootstrap.draw(&units, |weights| kernel.measure_draw(weights, bootstrap));
    let measurement = |(at, &(metric, label)): (usize, &(Metric, Option<usize>))| {
        let value = kernel.value(&values, at);
        let figure = value.map(|value| bootstrap.figure(value, draws.iter().map(|draw| draw[at])));
        Measurement { metric, label, figure }
    };
    let metrics = kernel.metrics.iter().enumerate().map(measurement).collect();
    let labels = predictions.labels.clone();
    Ok(Measurements { labels, documents: rows.len(), units: units.count(), metrics })
}

/// What is drawn of the rows that count.
pub(super) fn units(predictions: &Predictions, rows: &[usize]) -> Units {
    let weights = rows.iter().map(|&row| predictions.weight(row)).collect();
    let groups = predictions.groups.as_ref();
    Units::new(weights, groups.map(|groups| rows.iter().map(|&row| groups[row]).collect()))
}

/// Of more than so many documents × labels × resamples, metrics of scores have no intervals: each scores' order is
/// gone through anew in every resample, at about a billion steps a second.
pub const MOST_DRAWN: usize = 40_000_000_000;

/// A head laid out so that all its metrics follow quickly from the weights of documents.
pub(super) struct Kernel {
    pub(super) metrics: Vec<(Metric, Option<usize>)>,
    counts: CountKernel,
    scores: Option<ScoreKernel>,
}

impl Kernel {
    pub(super) fn new(predictions: &Predictions, rows: &[usize]) -> Kernel {
        let counts = CountKernel::new(predictions, rows);
        let scores = ScoreKernel::new(predictions, rows);
        let mut metrics = counts.metrics();
        metrics.extend(scores.iter().flat_map(ScoreKernel::metrics));
        Kernel { metrics, counts, scores }
    }

    /// One number for each of `metrics`; NaN where it is not defined.
    pub(super) fn measure(&self, weights: &[f64]) -> Vec<f64> {
        let mut out = Vec::with_capacity(self.metrics.len());
        self.counts.measure(weights, &mut out);
        if let Some(scores) = &self.scores {
            scores.measure(weights, &mut out);
        }
        out
    }

    /// The same of a resample; metrics of scores are not defined where that would take too long.
    pub(super) fn measure_draw(&self, weights: &[f64], bootstrap: &Bootstrap) -> Vec<f64> {
        let cells = self.scores.as_ref().map_or(0, ScoreKernel::cells);
        if cells.saturating_mul(bootstrap.resamples) <= MOST_DRAWN {
            return self.measure(weights);
        }
        let mut out = Vec::with_capacity(self.metrics.len());
        self.counts.measure(weights, &mut out);
        out.resize(self.metrics.len(), f64::NAN);
        out
    }

    /// The value of one metric on the whole, by the convention for what is not defined.
    pub(super) fn value(&self, values: &[f64], at: usize) -> Option<f64> {
        let value = values[at];
        if value.is_finite() { Some(value) } else { self.metrics[at].0.when_undefined() }
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
        let kernel = Kernel::new(&predictions, &[0, 1, 2]);
        let often = Bootstrap { resamples: usize::MAX, ..Bootstrap::default() };
        let (all, draw) = (kernel.measure(&[1.0; 3]), kernel.measure_draw(&[1.0; 3], &often));
        for (at, (metric, _)) in kernel.metrics.iter().enumerate() {
            let of_scores =
                [Metric::RocAuc, Metric::AveragePrecision, Metric::Brier, Metric::LogLoss, Metric::Ece];
            assert_eq!(draw[at].is_nan(), of_scores.contains(metric) || all[at].is_nan(), "{metric:?}");
        }
        assert_eq!(Bootstrap::default().figure(0.5, [f64::NAN].into_iter()).interval, None);
    }
}
