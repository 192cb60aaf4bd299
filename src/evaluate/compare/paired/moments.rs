//! Moments of resamples of two systems.

use crate::evaluate::resample::bootstrap::{Accumulator, Moments};

/// Deviations of resamples of two estimates and of their difference.
#[derive(Clone, Default)]
pub(super) struct PairedMoments {
    pub each: [Moments; 2],
    pub difference: Moments,
    /// In how many resamples both are defined.
    pub defined: usize,
    /// In how many of them the difference is as far from the one seen as that is from 0.
    pub as_far: usize,
}

impl PairedMoments {
    pub fn add(&mut self, first: f64, second: f64, delta: f64) {
        self.each[0].add(first);
        self.each[1].add(second);
        let deviation = first - second;
        self.difference.add(deviation);
        if deviation.is_finite() {
            self.defined += 1;
            // Sums of the same terms in another order are no difference.
            self.as_far += usize::from(deviation.abs() >= delta.abs() - 1e-12);
        }
    }
}

impl Accumulator for PairedMoments {
    fn merge(&mut self, later: &Self) {
        (0..2).for_each(|system| self.each[system].merge(&later.each[system]));
        self.difference.merge(&later.difference);
        self.defined += later.defined;
        self.as_far += later.as_far;
    }
}
