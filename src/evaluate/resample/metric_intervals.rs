//! The interval of each metric: which documents tell of it, and of what kind it is.

use super::bootstrap::Moments;
use super::engine::MetricEngine;
use super::interval::{self, Interval};
use crate::evaluate::metrics::metric::Metric;
use crate::evaluate::metrics::units::Units;
use crate::evaluate::{Outcomes, Predictions};

/// Effective sample sizes of the head and of each label: documents, or groups of them.
pub(in crate::evaluate) struct EffectiveSizes {
    /// True if documents stand for themselves and count alike.
    plain: bool,
    all: f64,
    labels: Vec<OfLabel>,
}

/// The documents of a label.
#[derive(Clone, Copy, Default)]
struct OfLabel {
    support: f64,
    predicted: f64,
    either: f64,
}

/// The sums of one unit for one label: where it is true, predicted, and either.
type Sums = [f64; 3];

impl EffectiveSizes {
    pub(in crate::evaluate) fn new(
        predictions: &Predictions,
        rows: &[usize],
        units: &Units,
    ) -> EffectiveSizes {
        let mut entries: Vec<(u32, u32, Sums)> = Vec::new();
        for (at, &row) in rows.iter().enumerate() {
            let (unit, weight) = (units.of(at), units.weights()[at]);
            let mut add = |label: u32, truth: bool, predicted: bool| {
                let of = |holds: bool| if holds { weight } else { 0.0 };
                entries.push((label, unit, [of(truth), of(predicted), weight]));
            };
            match &predictions.outcomes {
                Outcomes::Exclusive { truth, predicted } if truth[row] == predicted[row] => {
                    add(truth[row], true, true);
                }
                Outcomes::Exclusive { truth, predicted } => {
                    add(truth[row], true, false);
                    add(predicted[row], false, true);
                }
                Outcomes::Independent { .. } => (0..predictions.labels.len()).for_each(|label| {
                    let said = predictions.predicted(row, label);
                    match predictions.truth(row, label) {
                        Some(truth) if truth || said => add(label as u32, truth, said),
                        _ => {}
                    }
                }),
            }
        }
        entries.sort_by_key(|&(label, unit, _)| (label, unit));
        let mut labels = vec![OfLabel::default(); predictions.labels.len()];
        for of_label in entries.chunk_by(|a, b| a.0 == b.0) {
            let of_unit = |same: &[(u32, u32, Sums)]| {
                same.iter().fold([0.0; 3], |sums: Sums, entry| {
                    [0, 1, 2].map(|at| sums[at] + entry.2[at])
                })
            };
            let sums: Vec<Sums> = of_label.chunk_by(|a, b| a.1 == b.1).map(of_unit).collect();
            let [support, predicted, either] =
                [0, 1, 2].map(|at| interval::kish(sums.iter().map(move |sums| sums[at])));
            labels[of_label[0].0 as usize] = OfLabel {
                support,
                predicted,
                either,
            };
        }
        EffectiveSizes {
            plain: units.plain(),
            all: interval::kish(units.sums().into_iter()),
            labels,
        }
    }

    /// Returns the quantile for the ends of an interval that so many units tell of.
    fn quantile(&self, level: f64, units: f64) -> f64 {
        interval::two_sided(level, (!self.plain).then_some(units))
    }
}

/// Everything that intervals are made from.
pub(in crate::evaluate) struct IntervalContext<'a> {
    pub(in crate::evaluate) engine: &'a MetricEngine,
    pub(in crate::evaluate) sizes: &'a EffectiveSizes,
    /// The metrics of the whole.
    pub(in crate::evaluate) values: &'a [f64],
    /// The deviations of resamples from them.
    pub(in crate::evaluate) moments: &'a [Moments],
    pub(in crate::evaluate) level: f64,
}

/// With fewer units a label has no interval of its own.
const MIN_UNITS: f64 = 1.5;

impl IntervalContext<'_> {
    /// Returns the interval of each of the engine's metrics, and whether enough documents tell of
    /// it to be shown.
    pub(in crate::evaluate) fn all(&self) -> Vec<Option<(Interval, bool)>> {
        let metrics = self.engine.metrics.iter().enumerate();
        let mut found: Vec<Option<(Interval, bool)>> = metrics
            .map(|(at, &(metric, label))| match label {
                Some(label) => self.of_label(at, metric, label),
                None => self.of_head(at, metric).map(|interval| (interval, true)),
            })
            .collect();
        for mean in self.engine.means() {
            found[mean.head] = self
                .of_mean(mean.head, &mean.labels, mean.count, &found)
                .map(|interval| (interval, true));
        }
        found
    }

    fn known(&self, at: usize) -> Option<(f64, f64)> {
        let (value, variance) = (self.values[at], self.moments[at].variance());
        value.is_finite().then_some((value, variance?))
    }

    /// The variance as it is without the bias of resamples of `n` units.
    fn unbiased(&self, variance: f64, n: f64) -> Option<f64> {
        (n > MIN_UNITS).then(|| variance * n / (n - 1.0))
    }

    fn of_label(&self, at: usize, metric: Metric, label: usize) -> Option<(Interval, bool)> {
        let (value, drawn) = self.known(at)?;
        let of_label = self.sizes.labels[label];
        let units = match metric {
            Metric::Precision => of_label.predicted,
            Metric::F1 => of_label.either,
            Metric::Recall | Metric::Mcc | Metric::AveragePrecision => of_label.support,
            Metric::RocAuc => of_label.support.min(self.sizes.all - of_label.support),
            _ => self.sizes.all,
        };
        if units < 0.5 {
            return None;
        }
        let z = self.sizes.quantile(self.level, units);
        let interval = match metric {
            Metric::Precision | Metric::Recall => {
                let n = self.documents(value, drawn, units);
                let plain = (units > MIN_UNITS).then(|| value * (1.0 - value) / (units - 1.0));
                let variance = if self.sizes.plain {
                    plain
                } else {
                    self.unbiased(drawn, units)
                };
                interval::of_share(value, n, variance, z)
            }
            Metric::F1 => self.of_f1(value, drawn, units, z),
            Metric::AveragePrecision => {
                interval::of_average_precision(value, self.engine.without_itself(label)?, units, z)
            }
            Metric::RocAuc => interval::of_area(value, units, self.unbiased(drawn, units), z),
            Metric::Ece => self
                .engine
                .calibration(Some(label))?
                .interval(value, drawn, z),
            _ => self.of_scale((metric, Some(label)), value, drawn, units, z)?,
        };
        Some((interval, units > MIN_UNITS))
    }

    /// The number of documents of a plain share with this variance.
    fn documents(&self, share: f64, drawn: f64, units: f64) -> f64 {
        let effective = self
            .unbiased(drawn, units)
            .and_then(|variance| interval::effective(share, variance));
        if self.sizes.plain {
            units
        } else {
            effective.unwrap_or(units)
        }
    }

    fn of_f1(&self, value: f64, drawn: f64, units: f64, z: f64) -> Interval {
        let share = value / (2.0 - value);
        let slope = 2.0 / (1.0 + share).powi(2);
        let n = self.documents(share, drawn / (slope * slope), units);
        let plain =
            (units > MIN_UNITS).then(|| slope * slope * share * (1.0 - share) / (units - 1.0));
        let variance = if self.sizes.plain {
            plain
        } else {
            self.unbiased(drawn, units)
        };
        interval::of_f1(value, n, variance, z)
    }

    /// An estimate whose variance resamples tell, and which has a scale.
    fn of_scale(
        &self,
        (metric, label): (Metric, Option<usize>),
        value: f64,
        drawn: f64,
        units: f64,
        z: f64,
    ) -> Option<Interval> {
        let Some([low, high]) = self.engine.scale(metric, label) else {
            return interval::of_loss(value, drawn, z);
        };
        let (share, spread) = ((value - low) / (high - low), (high - low).powi(2));
        let n = interval::effective(share, drawn / spread).unwrap_or(units);
        Some(interval::of_scale(value, [low, high], n, Some(drawn), z))
    }

    fn of_head(&self, at: usize, metric: Metric) -> Option<Interval> {
        let (value, drawn) = self.known(at)?;
        let all = self.sizes.all;
        let z = self.sizes.quantile(self.level, all);
        match metric {
            Metric::Ece => Some(self.engine.calibration(None)?.interval(value, drawn, z)),
            _ if self.sizes.plain && self.engine.is_share_of_documents(metric) => {
                Some(interval::of_share(value, all, Some(drawn), z))
            }
            _ => self.of_scale((metric, None), value, drawn, all, z),
        }
    }

    fn of_mean(
        &self,
        at: usize,
        labels: &[usize],
        count: f64,
        found: &[Option<(Interval, bool)>],
    ) -> Option<Interval> {
        let (_, drawn) = self.known(at)?;
        let intervals: Vec<Interval> = labels.iter().filter_map(|&at| Some(found[at]?.0)).collect();
        let alone: f64 = labels
            .iter()
            .filter_map(|&at| self.moments[at].variance())
            .sum();
        let together = if alone > 0.0 {
            (drawn * count * count / alone).max(1.0)
        } else {
            1.0
        };
        let z = self.sizes.quantile(self.level, self.sizes.all);
        (!intervals.is_empty()).then(|| interval::of_mean(&intervals, count, together, z))
    }
}
