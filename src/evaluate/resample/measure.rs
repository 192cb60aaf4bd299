//! All metrics of a head at once, with intervals.

use super::bootstrap::{Bootstrap, Estimate, Moments};
use super::engine::MetricEngine;
use super::interval::Interval;
use super::metric_intervals::{EffectiveSizes, IntervalContext};
use crate::evaluate::metrics::counts::{OF_LABEL, occurring};
use crate::evaluate::metrics::metric::Metric;
use crate::evaluate::metrics::units::units;
use crate::evaluate::numbers::settled;
use crate::evaluate::{EvaluateError, Predictions};
use serde::Serialize;

/// Every metric of a head and of its labels.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Measurements {
    /// The names of the labels.
    pub labels: Vec<String>,
    /// The number of documents that count.
    pub documents: usize,
    /// The number of units of resampling: groups where there are any, else documents.
    pub units: usize,
    /// The metrics of the head, then those of each label.
    pub metrics: Vec<Measurement>,
}

/// One metric.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Measurement {
    /// The metric.
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
/// Those of [`Predictions::check`]; a level that is not between 0 and 1.
pub fn measure(
    predictions: &Predictions,
    bootstrap: &Bootstrap,
) -> Result<Measurements, EvaluateError> {
    bootstrap.check()?;
    let rows = predictions.check()?;
    let units = units(predictions, &rows);
    let engine = MetricEngine::new(predictions, &rows, units, occurring(predictions, &rows));
    let values = engine.observed();
    let moments = bootstrap.tally(
        &engine.units,
        values.len(),
        |weights, moments: &mut [Moments]| {
            let deviations = engine.deviations(weights, &values, bootstrap);
            moments
                .iter_mut()
                .zip(deviations)
                .for_each(|(moments, deviation)| moments.add(deviation));
        },
    );
    let sizes = EffectiveSizes::new(predictions, &rows, &engine.units);
    let context = IntervalContext {
        engine: &engine,
        sizes: &sizes,
        values: &values,
        moments: &moments,
        level: bootstrap.level,
    };
    let intervals = context.all();
    let measurement = |(at, &(metric, label)): (usize, &(Metric, Option<usize>))| {
        let is_resampled = engine.is_resampled(metric, bootstrap);
        let interval = intervals[at]
            .filter(|(_, shown)| *shown && is_resampled)
            .map(|(interval, _)| interval);
        let estimate = engine
            .value(&values, at)
            .map(|value| estimate(value, interval, engine.scale(metric, label)));
        Measurement {
            metric,
            label,
            estimate,
        }
    };
    let mut metrics: Vec<Measurement> =
        engine.metrics.iter().enumerate().map(measurement).collect();
    metrics.extend(absent(predictions, &rows));
    // A stable sort: the metrics of each label keep their order.
    metrics.sort_by_key(|m| m.label);
    let labels = predictions.labels.clone();
    Ok(Measurements {
        labels,
        documents: rows.len(),
        units: engine.units.count(),
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
