//! Intervals by drawing documents anew.
//!
//! The percentile bootstrap (Efron & Tibshirani 1993, *An Introduction to the Bootstrap*, chapter 13):
//! as many documents as there are, are drawn with replacement, the metric is computed of them, and
//! the interval is what the middle `level` of so many draws spans. Where documents come in groups,
//! whole groups are drawn (the cluster bootstrap; Field & Welsh 2007, *Bootstrapping clustered data*,
//! JRSS B 69(3)).
//!
//! Weights stay with their documents: a document of weight 2 is drawn as often as any other and counts
//! twice when it is. One of weight 0 is not there to be drawn.
//!
//! A resample in which a metric has nothing to divide by, such as the recall of a label that was not
//! drawn, is left out of that metric's interval. An interval always holds its value: where the
//! percentiles do not, as with the calibration error, which sampling noise makes larger, it is
//! widened to the value.

use super::EvaluateError;
use crate::random::below;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::HashMap;

/// How intervals are made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bootstrap {
    /// How many times documents are drawn; 0 for no intervals.
    pub resamples: usize,
    /// The share of draws that an interval spans, between 0 and 1.
    pub level: f64,
    /// The same seed gives the same intervals, on any number of threads.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Bootstrap { resamples: 1000, level: 0.95, seed: 0 }
    }
}

/// A value, and the interval it was seen in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figure {
    /// The value on the documents given.
    pub value: f64,
    /// Low and high end, which hold the value; `None` where nothing was drawn.
    pub interval: Option<[f64; 2]>,
}

impl Bootstrap {
    /// No intervals.
    pub fn none() -> Bootstrap {
        Bootstrap { resamples: 0, ..Bootstrap::default() }
    }

    pub(super) fn check(&self) -> Result<(), EvaluateError> {
        let inside = self.level > 0.0 && self.level < 1.0;
        if inside { Ok(()) } else { Err(EvaluateError::InvalidLevel { level: self.level }) }
    }

    /// What `measure` says of each resample, given how often every document is drawn.
    pub(super) fn draw<T: Send>(&self, units: &Units, measure: impl Fn(&[f64]) -> T + Sync) -> Vec<T> {
        let resamples = (0..self.resamples).into_par_iter();
        let draw = |buffers: &mut (Vec<u32>, Vec<f64>), resample: usize| {
            let mut random = Xoshiro256PlusPlus::seed_from_u64(self.seed.rotate_left(32) ^ resample as u64);
            units.draw(&mut random, &mut buffers.0, &mut buffers.1);
            measure(&buffers.1)
        };
        resamples.map_init(Default::default, draw).collect()
    }

    /// The figure of a value and what the draws said in its place; those that are no number are left
    /// out.
    pub(super) fn figure(&self, value: f64, draws: impl Iterator<Item = f64>) -> Figure {
        let mut draws: Vec<f64> = draws.filter(|draw| draw.is_finite()).collect();
        draws.sort_by(f64::total_cmp);
        let tail = (1.0 - self.level) / 2.0;
        let interval = match draws.as_slice() {
            [] => None,
            sorted => Some([quantile(sorted, tail).min(value), quantile(sorted, 1.0 - tail).max(value)]),
        };
        Figure { value, interval }
    }
}

/// What is drawn: documents, or groups of them, with the weights that documents have anyhow.
pub(super) struct Units {
    /// The unit of each row.
    of: Vec<u32>,
    count: usize,
    weights: Vec<f64>,
}

impl Units {
    pub(super) fn new(weights: Vec<f64>, groups: Option<Vec<u32>>) -> Units {
        let mut numbers = HashMap::new();
        let of: Vec<u32> = match groups {
            None => (0..weights.len() as u32).collect(),
            Some(groups) => groups
                .into_iter()
                .map(|group| {
                    let next = numbers.len() as u32;
                    *numbers.entry(group).or_insert(next)
                })
                .collect(),
        };
        let count = of.iter().max().map_or(0, |&last| last as usize + 1);
        Units { of, count, weights }
    }

    /// Weights on the documents as they are.
    pub(super) fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// How many units are drawn in a resample.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    fn draw(&self, random: &mut Xoshiro256PlusPlus, times: &mut Vec<u32>, weights: &mut Vec<f64>) {
        times.clear();
        times.resize(self.count, 0);
        (0..self.count).for_each(|_| times[below(random, self.count)] += 1);
        weights.clear();
        weights.extend(
            self.of.iter().zip(&self.weights).map(|(&unit, weight)| f64::from(times[unit as usize]) * weight),
        );
    }
}

/// The quantile of sorted values, between the nearest two (Hyndman & Fan 1996, definition 7, which
/// NumPy and R take by default).
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (high - low) * place.fract()
}
