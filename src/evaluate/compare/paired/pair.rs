//! Two systems laid out for the same resamples.

use super::difference::Difference;
use super::intervals::PairedIntervals;
use super::moments::PairedMoments;
use crate::evaluate::Predictions;
use crate::evaluate::metrics::counts::occurring;
use crate::evaluate::metrics::units::units;
use crate::evaluate::resample::bootstrap::{Bootstrap, Moments};
use crate::evaluate::resample::engine::MetricEngine;
use crate::evaluate::resample::interval::{Interval, two_sided};
use crate::evaluate::resample::metric_intervals::{EffectiveSizes, IntervalContext};
use std::collections::{BTreeSet, HashMap};

/// Two systems that are measured on the same documents.
pub(super) struct SystemPair<'a> {
    systems: [&'a Predictions; 2],
    engines: [MetricEngine; 2],
    /// The metrics that both have, by their places in each engine.
    pub places: Vec<[usize; 2]>,
    /// The metrics of each system on all documents.
    observed: [Vec<f64>; 2],
    /// Both values of each metric in `places`, where both are defined.
    values: Vec<Option<(f64, f64)>>,
}

impl<'a> SystemPair<'a> {
    pub fn new(systems: [&'a Predictions; 2], rows: &[usize]) -> Self {
        let labels: BTreeSet<usize> = systems
            .into_iter()
            .flat_map(|system| occurring(system, rows))
            .collect();
        let engines = systems.map(|system| {
            let labels = labels.iter().copied().collect();
            MetricEngine::new(system, rows, units(systems[0], rows), labels)
        });
        let places = common(&engines);
        let observed = engines.each_ref().map(MetricEngine::observed);
        let value = |system: usize, at: usize| engines[system].value(&observed[system], at);
        let both = |&[a, b]: &[usize; 2]| Some((value(0, a)?, value(1, b)?));
        let values = places.iter().map(both).collect();
        SystemPair {
            systems,
            engines,
            places,
            observed,
            values,
        }
    }

    /// Returns the deviations of resamples, which are the same documents for both systems.
    pub fn resample(&self, bootstrap: &Bootstrap) -> Vec<PairedMoments> {
        let add = |weights: &[f64], tallies: &mut [PairedMoments]| {
            let [first, second] = [0, 1].map(|system: usize| {
                self.engines[system].deviations(weights, &self.observed[system], bootstrap)
            });
            for ((tally, &[a, b]), values) in tallies.iter_mut().zip(&self.places).zip(&self.values)
            {
                let delta = values.map_or(0.0, |(first, second)| first - second);
                tally.add(first[a], second[b], delta);
            }
        };
        bootstrap.tally(self.engines[0].units(), self.places.len(), add)
    }

    /// Returns the interval of each difference, where enough documents tell of it.
    pub fn intervals(
        &self,
        tallies: &[PairedMoments],
        rows: &[usize],
        bootstrap: &Bootstrap,
    ) -> Vec<Option<Interval>> {
        let intervals = [0, 1].map(|system: usize| {
            let engine = &self.engines[system];
            let mut moments = vec![Moments::default(); self.observed[system].len()];
            for (places, tally) in self.places.iter().zip(tallies) {
                moments[places[system]] = tally.each[system];
            }
            let sizes = EffectiveSizes::new(self.systems[system], rows, engine.units());
            IntervalContext {
                engine,
                sizes: &sizes,
                values: &self.observed[system],
                moments: &moments,
                level: bootstrap.level,
            }
            .all()
        });
        let differences = PairedIntervals {
            engines: &self.engines,
            places: &self.places,
            deltas: &self.values,
            tallies,
            intervals: &intervals,
        };
        differences.intervals(two_sided(bootstrap.level, None))
    }

    /// Returns the difference in one metric; `None` where it is not defined for both.
    pub fn difference(
        &self,
        at: usize,
        tally: &PairedMoments,
        interval: Option<Interval>,
        bootstrap: &Bootstrap,
    ) -> Option<Difference> {
        let (metric, label) = self.engines[0].metrics[self.places[at][0]];
        let is_resampled = |engine: &MetricEngine| engine.is_resampled(metric, bootstrap);
        let is_resampled = self.engines.iter().all(is_resampled);
        Some(Difference::new(
            (metric, label),
            self.values[at]?,
            Some(tally).filter(|_| is_resampled),
            interval.filter(|_| is_resampled),
            self.engines[0].scale(metric, label),
        ))
    }
}

/// The places of metrics that both have.
fn common(engines: &[MetricEngine; 2]) -> Vec<[usize; 2]> {
    let places: HashMap<_, _> = engines[1]
        .metrics
        .iter()
        .enumerate()
        .map(|(at, key)| (*key, at))
        .collect();
    let first = engines[0].metrics.iter().enumerate();
    first
        .filter_map(|(at, key)| Some([at, *places.get(key)?]))
        .collect()
}
