//! Difference in one metric, with its interval and test.

use super::mcnemar::critical_values;
use super::moments::PairedMoments;
use crate::evaluate::metrics::metric::Metric;
use crate::evaluate::numbers::settled;
use crate::evaluate::resample::bootstrap::Estimate;
use crate::evaluate::resample::interval::Interval;
use serde::Serialize;

/// The difference in one metric.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The metric.
    pub metric: Metric,
    /// The number of the label that it is of; `None` for the head.
    pub label: Option<usize>,
    /// The first system's value.
    pub first: f64,
    /// The second system's value.
    pub second: f64,
    /// First less second.
    pub difference: Estimate,
    /// The two-sided p-value of the paired bootstrap, above 0 up to 1; `None` without resamples.
    pub p: Option<f64>,
    /// True if no resample was as far, so that the p-value is at most `p` and might be less with
    /// more resamples.
    pub p_is_bound: bool,
    /// The smallest true difference that would have been found; `None` with fewer than two
    /// resamples.
    pub detectable: Option<f64>,
}

impl Difference {
    /// Returns the standard error of the difference, the standard deviation over resamples; `None`
    /// where there is none.
    pub fn standard_error(&self) -> Option<f64> {
        let quantiles: f64 = critical_values().iter().sum();
        self.detectable.map(|detectable| detectable / quantiles)
    }

    pub(super) fn new(
        (metric, label): (Metric, Option<usize>),
        (first, second): (f64, f64),
        tally: Option<&PairedMoments>,
        interval: Option<Interval>,
        scale: Option<[f64; 2]>,
    ) -> Difference {
        let delta = settled(first - second);
        let width = scale.map_or(f64::INFINITY, |[low, high]| high - low);
        let variance = tally.and_then(|tally| tally.difference.variance());
        let interval = interval.map(|interval| {
            // Systems that answer alike do not differ on any documents drawn from these.
            let alike = delta == 0.0 && variance == Some(0.0);
            let [low, high] = if alike {
                [0.0; 2]
            } else {
                interval.ends.map(settled)
            };
            [low.max(-width), high.min(width)]
        });
        // A label of which too little tells for an interval has no test of resamples either.
        let tested =
            tally.filter(|tally| tally.defined > 0 && (label.is_none() || interval.is_some()));
        let error = variance.filter(|_| tested.is_some()).map(f64::sqrt);
        Difference {
            metric,
            label,
            first: settled(first),
            second: settled(second),
            difference: Estimate {
                value: delta,
                interval,
            },
            p: tested.map(|tally| (1 + tally.as_far) as f64 / (1 + tally.defined) as f64),
            p_is_bound: tested.is_some_and(|tally| tally.as_far == 0),
            detectable: error.map(|error| critical_values().iter().sum::<f64>() * error),
        }
    }
}
