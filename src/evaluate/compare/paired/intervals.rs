//! Intervals of differences.

use super::moments::PairedMoments;
use crate::evaluate::resample::engine::MetricEngine;
use crate::evaluate::resample::interval::{Interval, of_difference, of_mean};
use std::collections::HashMap;

/// Everything that intervals of differences are made from.
pub(super) struct PairedIntervals<'a> {
    pub engines: &'a [MetricEngine; 2],
    pub places: &'a [[usize; 2]],
    pub deltas: &'a [Option<(f64, f64)>],
    pub tallies: &'a [PairedMoments],
    /// The intervals of both systems, and whether enough documents tell of them.
    pub intervals: &'a [Vec<Option<(Interval, bool)>>; 2],
}

impl PairedIntervals<'_> {
    /// The interval of each difference; `None` where too little tells of it.
    pub fn intervals(&self, z: f64) -> Vec<Option<Interval>> {
        let all: Vec<Option<(Interval, bool)>> = (0..self.places.len())
            .map(|at| self.interval(at, z))
            .collect();
        let mut shown: Vec<Option<Interval>> = all
            .iter()
            .map(|interval| {
                interval
                    .filter(|(_, shown)| *shown)
                    .map(|(interval, _)| interval)
            })
            .collect();
        let place: HashMap<usize, usize> = self
            .places
            .iter()
            .enumerate()
            .map(|(at, places)| (places[0], at))
            .collect();
        for mean in self.engines[0].means() {
            let Some(&head) = place.get(&mean.head) else {
                continue;
            };
            let labels: Vec<usize> = mean
                .labels
                .iter()
                .filter_map(|at| place.get(at))
                .copied()
                .collect();
            shown[head] = self
                .mean(head, &labels, mean.count, &all, z)
                .or(shown[head]);
        }
        shown
    }

    fn variances(&self, at: usize) -> Option<[f64; 3]> {
        let [a, b] = self.tallies[at].each;
        Some([
            a.variance()?,
            b.variance()?,
            self.tallies[at].difference.variance()?,
        ])
    }

    fn interval(&self, at: usize, z: f64) -> Option<(Interval, bool)> {
        let of_system = |system: usize| self.intervals[system][self.places[at][system]];
        let ((a, a_shown), (b, b_shown)) = (of_system(0)?, of_system(1)?);
        let (first, second) = self.deltas[at]?;
        let variances = self.variances(at)?;
        let interval = of_difference([&a, &b], first - second, variances, z);
        // Of a label on which all answers are the same, no document tells.
        let is_label = self.engines[0].metrics[self.places[at][0]].1.is_some();
        let told = !is_label || variances[2] > 0.0 || first != second;
        Some((interval, a_shown && b_shown && told))
    }

    /// The interval of a difference of means over labels, from those of the labels' differences.
    fn mean(
        &self,
        head: usize,
        labels: &[usize],
        count: f64,
        all: &[Option<(Interval, bool)>],
        z: f64,
    ) -> Option<Interval> {
        let intervals: Vec<Interval> = labels.iter().filter_map(|&at| Some(all[at]?.0)).collect();
        let alone: f64 = labels
            .iter()
            .filter_map(|&at| Some(self.variances(at)?[2]))
            .sum();
        let together = self.variances(head)?[2] * count * count / alone;
        let together = if together.is_finite() {
            together.max(1.0)
        } else {
            1.0
        };
        let (first, second) = self.deltas[head]?;
        let interval = of_mean(&intervals, count, together, z);
        // Labels that one system alone has a value of are not in the means of both.
        let moved = first - second - interval.centres[0];
        let ends = interval.ends.map(|end| end + moved);
        (!intervals.is_empty()).then_some(Interval {
            centres: [first - second; 2],
            ends,
            ..interval
        })
    }
}
