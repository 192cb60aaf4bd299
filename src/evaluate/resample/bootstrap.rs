//! Documents drawn anew.
//!
//! As many documents as there are, are drawn with replacement, and the metric is computed of them
//! (Efron & Tibshirani 1993, *An Introduction to the Bootstrap*). Where documents come in groups,
//! whole groups are drawn (the cluster bootstrap; Field & Welsh 2007, *Bootstrapping clustered
//! data*, JRSS B 69(3)). Draws tell variances and correlations; the module `interval` makes
//! intervals of them.
//!
//! Weights stay with their documents: a document of weight 2 is drawn as often as any other and
//! counts twice when it is. One of weight 0 is not there to be drawn.
//!
//! If a metric has nothing to divide by in a resample, as the recall of a label that was not drawn,
//! the resample tells nothing of it and counts as the whole.

use super::interval;
use crate::evaluate::EvaluateError;
use crate::evaluate::metrics::units::Units;
use crate::math::hash::draw_seed;
use crate::math::random::below;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use rayon::prelude::*;
use serde::Serialize;

/// The parameters of intervals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bootstrap {
    /// The number of resamples; with fewer than 2 there are no intervals.
    pub resamples: usize,
    /// The confidence level of intervals, between 0 and 1.
    pub level: f64,
    /// The same seed gives the same intervals, on any number of threads.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Bootstrap {
            resamples: 1000,
            level: 0.95,
            seed: 0,
        }
    }
}

/// A value, and the interval it was seen in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Estimate {
    /// The value on the documents given.
    pub value: f64,
    /// Low and high end, which hold the value; `None` where nothing was drawn, or too few documents
    /// tell of it.
    pub interval: Option<[f64; 2]>,
}

impl Bootstrap {
    /// No intervals.
    pub fn none() -> Bootstrap {
        Bootstrap {
            resamples: 0,
            ..Bootstrap::default()
        }
    }

    pub(in crate::evaluate) fn check(&self) -> Result<(), EvaluateError> {
        let inside = self.level > 0.0 && self.level < 1.0;
        if inside {
            Ok(())
        } else {
            Err(EvaluateError::InvalidLevel { level: self.level })
        }
    }

    /// Returns the result of `measure` for each resample, given the weights that documents have in
    /// it.
    pub(in crate::evaluate) fn draw<T: Send>(
        &self,
        units: &Units,
        measure: impl Fn(&[f64]) -> T + Sync,
    ) -> Vec<T> {
        let resamples = (0..self.resamples).into_par_iter();
        let draw = |buffers: &mut Buffers, resample: usize| {
            measure(self.weights(units, resample, buffers))
        };
        resamples.map_init(Default::default, draw).collect()
    }

    /// Sums up what resamples say in `width` tallies. Memory does not grow with the number of
    /// resamples.
    pub(in crate::evaluate) fn tally<T: Accumulator>(
        &self,
        units: &Units,
        width: usize,
        add: impl Fn(&[f64], &mut [T]) + Sync,
    ) -> Vec<T> {
        let run = |run: usize| {
            let (mut tallies, mut buffers) = (vec![T::default(); width], Buffers::default());
            let resamples = run * self.resamples / RUNS..(run + 1) * self.resamples / RUNS;
            resamples.for_each(|resample| {
                add(self.weights(units, resample, &mut buffers), &mut tallies)
            });
            tallies
        };
        // Runs are the same on any number of threads, and added up in order.
        let runs: Vec<Vec<T>> = (0..RUNS).into_par_iter().map(run).collect();
        let mut runs = runs.into_iter();
        let mut sums = runs.next().unwrap_or_default();
        for run in runs {
            sums.iter_mut()
                .zip(run)
                .for_each(|(sum, more)| sum.merge(&more));
        }
        sums
    }

    fn weights<'a>(&self, units: &Units, resample: usize, buffers: &'a mut Buffers) -> &'a [f64] {
        let seed = draw_seed(self.seed, resample as u64);
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        draw(units, &mut random, &mut buffers.0, &mut buffers.1);
        &buffers.1
    }

    /// The estimate of a coefficient that is at most 1, such as Krippendorff's alpha, from its
    /// draws: the interval is symmetrical in the logarithm of what is missing to 1, and does not
    /// interval below −1, as observed disagreement is at most twice the expected one. Draws that
    /// are no number are left out.
    pub(in crate::evaluate) fn coefficient(
        &self,
        value: f64,
        draws: impl Iterator<Item = f64>,
        units: usize,
    ) -> Estimate {
        let mut moments = Moments::default();
        draws
            .filter(|draw| draw.is_finite())
            .for_each(|draw| moments.add(draw - value));
        let z = interval::two_sided(self.level, Some(units as f64));
        let interval = moments
            .variance()
            .and_then(|variance| interval::of_loss(1.0 - value, variance, z));
        Estimate {
            value,
            interval: interval.map(|interval| {
                [
                    (1.0 - interval.ends[1]).max(-1.0).min(value),
                    1.0 - interval.ends[0],
                ]
            }),
        }
    }
}

/// The number of times that each unit is drawn, and the weights that documents have by it.
type Buffers = (Vec<u32>, Vec<f64>);

/// Into so many runs resamples are cut.
const RUNS: usize = 16;

/// A sum over resamples.
pub(in crate::evaluate) trait Accumulator: Clone + Default + Send {
    /// Adds what later resamples summed up.
    fn merge(&mut self, later: &Self);
}

/// Moments of the deviations of resamples from the estimate on all documents.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::evaluate) struct Moments {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Moments {
    /// Adds the deviation of one resample from the whole; one that is no number counts as none.
    pub(in crate::evaluate) fn add(&mut self, deviation: f64) {
        self.count += 1.0;
        if deviation.is_finite() {
            self.sum += deviation;
            self.squares += deviation * deviation;
        }
    }

    /// The variance among at least two resamples.
    pub(in crate::evaluate) fn variance(&self) -> Option<f64> {
        let spread = (self.squares - self.sum * self.sum / self.count).max(0.0);
        (self.count > 1.5).then(|| spread / (self.count - 1.0))
    }
}

impl Accumulator for Moments {
    fn merge(&mut self, later: &Self) {
        self.count += later.count;
        self.sum += later.sum;
        self.squares += later.squares;
    }
}

/// Draws units with replacement: the number of times that each is drawn, and the weights that
/// documents have by it.
fn draw(
    units: &Units,
    random: &mut Xoshiro256PlusPlus,
    times: &mut Vec<u32>,
    weights: &mut Vec<f64>,
) {
    times.clear();
    times.resize(units.count(), 0);
    (0..units.count()).for_each(|_| times[below(random, units.count())] += 1);
    weights.clear();
    let rows = units.rows();
    weights.extend(rows.map(|(unit, weight)| f64::from(times[unit as usize]) * weight));
}
