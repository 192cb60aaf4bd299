//! Intervals of estimates from their variance and the number of documents behind them.
//!
//! The middle share of resampled values is no interval for what is measured here. The macro average
//! of F1 is lower in a resample than in the sample, the average precision higher, and so is the
//! calibration error; five right answers out of five are right in every resample. So resamples give
//! variances, and the interval follows from the kind of the estimate:
//!
//! * *Shares* have Wilson's score interval (1927), which holds for few documents and never ends at
//!   the value. Where documents have groups or weights, or the estimate is no plain share, the
//!   number of documents is the effective one, which gives a plain share the same variance (Korn &
//!   Graubard 1998).
//! * *F1* of a label is 2J / (1 + J), J being the share of right ones among the documents of which
//!   the label is true or predicted: Wilson's interval of J, at the same place. As a curved
//!   function of J it is too low on average, which the high end allows for.
//! * *Average precision* is too high for few documents, because each counts itself; the low end is
//!   counted from the value without that. Its variance is that of a share of the documents with the
//!   label (Boyd, Eng & Page 2013).
//! * *Means over labels* add up the squares of the half-widths of the labels' intervals (Zou &
//!   Donner 2008), or unbiased variances of the labels where those are wider, as they are for many
//!   labels.
//! * *CalibrationGaps error*: see [`CalibrationGaps::interval`].

use super::special::{normal, normal_quantile, root};
use crate::evaluate::metrics::calibration_gaps::CalibrationGaps;

/// An interval and what the intervals of means and differences are made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::evaluate) struct Interval {
    /// The values from which the low and the high end are counted; the estimate's own where it has
    /// no bias.
    pub(in crate::evaluate) centres: [f64; 2],
    /// The ends.
    pub(in crate::evaluate) ends: [f64; 2],
    /// An unbiased variance; `None` where a single document tells of the estimate.
    pub(in crate::evaluate) variance: Option<f64>,
    /// The effective number of documents behind it.
    pub(in crate::evaluate) units: f64,
}

impl Interval {
    /// Returns how far the low and the high end are from where they are counted.
    pub(in crate::evaluate) fn margins(&self) -> [f64; 2] {
        [
            self.centres[0] - self.ends[0],
            self.ends[1] - self.centres[1],
        ]
    }
}

/// Returns the quantile for the ends of a two-sided interval: Student's for a variance that so many
/// units tell, the normal one without units.
pub(in crate::evaluate) fn two_sided(level: f64, units: Option<f64>) -> f64 {
    let z = normal_quantile((1.0 + level) / 2.0);
    match units.map(|units| units - 1.0) {
        None => z,
        Some(freedom) => student(z, level, freedom),
    }
}

/// Student's quantile from the normal one (Cornish and Fisher's expansion; exact for one and two
/// degrees of freedom).
fn student(z: f64, level: f64, freedom: f64) -> f64 {
    if freedom < 1.5 {
        return (std::f64::consts::PI * level / 2.0).tan();
    }
    if freedom < 2.5 {
        return level * (2.0 / (1.0 - level * level)).sqrt();
    }
    let [z3, z5, z7] = [3, 5, 7].map(|power| z.powi(power));
    let terms = [
        (z3 + z) / 4.0,
        (5.0 * z5 + 16.0 * z3 + 3.0 * z) / 96.0,
        (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * z) / 384.0,
    ];
    terms
        .into_iter()
        .rev()
        .fold(0.0, |sum, term| (sum + term) / freedom)
        + z
}

/// Returns Wilson's score interval of a share of `n` documents.
pub(in crate::evaluate) fn wilson(share: f64, n: f64, z: f64) -> [f64; 2] {
    let square = z * z / n;
    let centre = (share + square / 2.0) / (1.0 + square);
    let half = z
        * (share * (1.0 - share) / n + square / (4.0 * n))
            .max(0.0)
            .sqrt()
        / (1.0 + square);
    // Rounding must not put an end on the wrong side of a share of 0 or 1.
    [
        (centre - half).max(0.0).min(share),
        (centre + half).min(1.0).max(share),
    ]
}

/// Returns the number of documents of which a plain share has this variance.
pub(in crate::evaluate) fn effective(share: f64, variance: f64) -> Option<f64> {
    let n = share * (1.0 - share) / variance;
    // Of a share of 0 or 1 there is no variance but that of rounding.
    let told = share * (1.0 - share) > 1e-12 && variance > 1e-26;
    (told && n.is_finite() && n > 1e-9).then_some(n)
}

/// Returns how many equal units tell as much as units of these sizes (Kish 1965).
pub(in crate::evaluate) fn kish(sizes: impl Iterator<Item = f64> + Clone) -> f64 {
    // Relative to the largest, so that squares do not overflow.
    let most = sizes.clone().fold(0.0, f64::max);
    let [sum, squares] = sizes.fold([0.0, 0.0], |[sum, squares], size| {
        let size = if most > 0.0 { size / most } else { 0.0 };
        [sum + size, squares + size * size]
    });
    if squares > 0.0 {
        sum * sum / squares
    } else {
        0.0
    }
}

/// Returns the interval of a share of `n` documents, its unbiased variance being known or not.
pub(in crate::evaluate) fn of_share(share: f64, n: f64, variance: Option<f64>, z: f64) -> Interval {
    Interval {
        centres: [share; 2],
        ends: wilson(share, n, z),
        variance,
        units: n,
    }
}

/// Returns the interval of an estimate from `low` to `high` as that of a share.
pub(in crate::evaluate) fn of_scale(
    value: f64,
    [low, high]: [f64; 2],
    n: f64,
    variance: Option<f64>,
    z: f64,
) -> Interval {
    let back = |share: f64| low + share * (high - low);
    let ends = wilson((value - low) / (high - low), n, z).map(back);
    Interval {
        centres: [value; 2],
        ends,
        variance,
        units: n,
    }
}

/// Returns the interval of an F1 value of a label that is true or predicted in `n` documents.
pub(in crate::evaluate) fn of_f1(value: f64, n: f64, variance: Option<f64>, z: f64) -> Interval {
    let share = value / (2.0 - value);
    let slope = 2.0 / (1.0 + share).powi(2);
    let bend = 4.0 / (1.0 + share).powi(3);
    let unbiased = (value + bend / 2.0 * variance.unwrap_or(0.0) / (slope * slope)).min(1.0);
    let [low, high] = wilson(share, n, z).map(|share| 2.0 * share / (1.0 + share));
    Interval {
        centres: [value, unbiased],
        ends: [low, high.max(unbiased)],
        variance,
        units: n,
    }
}

/// Returns the interval of an average precision, `alone` being its value where documents do not
/// count for themselves.
pub(in crate::evaluate) fn of_average_precision(
    value: f64,
    alone: f64,
    n: f64,
    z: f64,
) -> Interval {
    let variance = (n > 1.0).then_some(alone * (1.0 - alone) / n);
    let ends = [wilson(alone, n, z)[0], wilson(value, n, z)[1]];
    Interval {
        centres: [alone, value],
        ends,
        variance,
        units: n,
    }
}

/// Returns the interval of an area under the ROC curve: its variance drawn towards that of a share
/// of the documents with the label, by the weight of two of them, because few documents that lie
/// well apart would have none.
pub(in crate::evaluate) fn of_area(value: f64, n: f64, variance: Option<f64>, z: f64) -> Interval {
    let middle = (n * value + 2.0) / (n + 4.0);
    let usual = middle * (1.0 - middle) / n;
    let drawn = (n * variance.unwrap_or(usual) + 2.0 * usual) / (n + 2.0);
    Interval {
        units: n,
        ..of_share(value, middle * (1.0 - middle) / drawn, variance, z)
    }
}

/// Returns the interval of a mean over labels. `together` is by how much covariances raise its
/// variance.
pub(in crate::evaluate) fn of_mean(
    intervals: &[Interval],
    labels: f64,
    together: f64,
    z: f64,
) -> Interval {
    let sum = |of: &dyn Fn(&Interval) -> f64| intervals.iter().map(of).sum::<f64>();
    // A label of one document has as much variance as one document of the others.
    let of_one: Vec<f64> = intervals
        .iter()
        .filter_map(|interval| Some(interval.variance? * interval.units))
        .collect();
    let usual = of_one.iter().sum::<f64>() / of_one.len().max(1) as f64;
    let variance =
        together * sum(&|interval| interval.variance.unwrap_or(usual)) / (labels * labels);
    let centres = [0, 1].map(|end| sum(&|interval| interval.centres[end]) / labels);
    let margins = [0, 1].map(|end| {
        let squares =
            together * sum(&|interval| interval.margins()[end].powi(2)) / (labels * labels);
        squares.max(z * z * variance).sqrt()
    });
    Interval {
        centres,
        ends: [centres[0] - margins[0], centres[1] + margins[1]],
        variance: Some(variance),
        units: labels,
    }
}

/// Returns the interval of a mean loss without an upper limit, symmetrical in its logarithm; none
/// without any variance.
pub(in crate::evaluate) fn of_loss(value: f64, variance: f64, z: f64) -> Option<Interval> {
    let width = z * variance.sqrt() / value;
    let ends = [value * (-width).exp(), value * width.exp()];
    let known = width.is_finite() && width > 0.0 && ends[1].is_finite();
    known.then_some(Interval {
        centres: [value; 2],
        ends,
        variance: Some(variance),
        units: f64::INFINITY,
    })
}

/// Returns the interval of a difference of two estimates whose resamples correlate (Zou & Donner
/// 2008).
///
/// `variances` are those of resamples: of both estimates and of their difference. Few documents, of
/// which none may tell the estimates apart, make the correlation too high; it is lowered as
/// Newcombe (1998) lowers that of paired shares.
pub(in crate::evaluate) fn of_difference(
    intervals: [&Interval; 2],
    delta: f64,
    variances: [f64; 3],
    z: f64,
) -> Interval {
    let [a, b, difference] = variances;
    let units = intervals[0].units.min(intervals[1].units);
    let both = 2.0 * (a * b).sqrt();
    let seen = if both > 0.0 {
        ((a + b - difference) / both).clamp(-1.0, 1.0)
    } else {
        0.0
    };
    let correlation = if seen > 0.0 {
        (seen - 2.0 / units).max(0.0)
    } else {
        seen
    };
    let raised = |at: usize| {
        let ratio = intervals[at].variance.unwrap_or(0.0) / variances[at];
        if ratio.is_finite() {
            ratio.max(1.0)
        } else {
            1.0
        }
    };
    let variance = difference * (raised(0) * raised(1)).sqrt();
    let [first, second] = intervals.map(Interval::margins);
    let margin = |x: f64, y: f64| {
        (x * x + y * y - 2.0 * correlation * x * y)
            .max(z * z * variance)
            .sqrt()
    };
    let ends = [
        delta - margin(first[0], second[1]),
        delta + margin(first[1], second[0]),
    ];
    let known = intervals.iter().all(|interval| interval.variance.is_some());
    Interval {
        centres: [delta; 2],
        ends,
        variance: known.then_some(variance),
        units,
    }
}

impl CalibrationGaps {
    /// Returns the interval of the sum of absolute gaps; `variance` is that of the sum in
    /// resamples.
    ///
    /// The calibration error is a sum of absolute gaps, so noise only adds to it, and most where
    /// probabilities are right. The low end is the least multiple of the gaps for which noise makes a
    /// sum as great as the one seen with a probability of more than half of 1 − level: 0 where right
    /// probabilities would do so. The noise of a bin is what resamples show of it, and at least what it
    /// is where the probabilities are right.
    pub(in crate::evaluate) fn interval(&self, value: f64, variance: f64, z: f64) -> Interval {
        let noise: f64 = self.0.iter().map(|[_, variance]| variance).sum();
        let sum_exceeds = |factor: f64| {
            let moments = self
                .0
                .iter()
                .map(|&[gap, variance]| folded(factor * gap, variance));
            let [mean, variance] = moments.fold([0.0; 2], |[a, b], [mean, variance]| {
                [a + mean, b + variance]
            });
            value - mean - z * variance.sqrt()
        };
        let low = if sum_exceeds(0.0) <= 0.0 {
            0.0
        } else {
            value * root(0.0, 1.0, sum_exceeds)
        };
        let variance = variance.max(noise);
        let high = value + z * variance.sqrt();
        Interval {
            centres: [value; 2],
            ends: [low.min(value), high],
            variance: Some(variance),
            units: f64::INFINITY,
        }
    }
}

/// LabelMean and variance of the absolute value of a normal variable.
fn folded(mean: f64, variance: f64) -> [f64; 2] {
    if variance <= 0.0 {
        return [mean.abs(), 0.0];
    }
    let deviation = variance.sqrt();
    let place = mean / deviation;
    let folded = deviation * (2.0 / std::f64::consts::PI).sqrt() * (-place * place / 2.0).exp()
        + mean * (1.0 - 2.0 * normal(-place));
    [folded, (mean * mean + variance - folded * folded).max(0.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const Z: f64 = 1.959_963_984_540_054;

    fn near(found: [f64; 2], expected: [f64; 2]) {
        assert!(
            found
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 5e-5),
            "{found:?}, {expected:?}"
        );
    }

    #[test]
    fn shares_have_the_intervals_of_statsmodels() {
        // proportion_confint(count, nobs, method="wilson")
        near(wilson(0.8, 5.0, Z), [0.3755, 0.9638]);
        near(wilson(1.0, 5.0, Z), [0.5655, 1.0]);
        near(wilson(0.0, 100.0, Z), [0.0, 0.0370]);
    }

    #[test]
    fn quantiles_of_student_are_those_of_tables() {
        for (freedom, expected) in [
            (1.0, 12.706),
            (2.0, 4.303),
            (3.0, 3.182),
            (4.0, 2.776),
            (30.0, 2.042),
        ] {
            let found = two_sided(0.95, Some(freedom + 1.0));
            assert!((found / expected - 1.0).abs() < 0.01, "{freedom}: {found}");
        }
        assert!((two_sided(0.95, None) - Z).abs() < 1e-9);
    }

    #[test]
    fn right_probabilities_have_a_calibration_error_from_zero_on() {
        let noise = CalibrationGaps(vec![[0.01, 2e-4], [-0.012, 2e-4], [0.008, 2e-4]]);
        let interval = noise.interval(0.03, 1e-4, Z);
        assert!(interval.ends[0] == 0.0 && interval.ends[1] > 0.03);
        let wrong = CalibrationGaps(vec![[0.2, 2e-4], [-0.1, 2e-4]]).interval(0.3, 4e-4, Z);
        assert!(wrong.ends[0] > 0.25 && wrong.ends[0] < 0.3);
    }

    #[test]
    fn differences_are_the_surer_the_more_the_figures_correlate() {
        let interval = of_share(0.9, 100.0, Some(0.0009), Z);
        let width = |difference: f64| {
            let [low, high] =
                of_difference([&interval, &interval], 0.0, [0.0009, 0.0009, difference], Z).ends;
            assert!(low < 0.0 && high > 0.0);
            high - low
        };
        assert!(width(0.0018) > 0.15 && width(0.0009) > 0.1 && width(0.0) < 0.08);
        // Three of five right answers in common leave room for a difference.
        let rare = of_share(0.6, 5.0, Some(0.06), Z);
        assert!(of_difference([&rare, &rare], 0.0, [0.05, 0.05, 0.0], Z).ends[1] > 0.2);
    }

    #[test]
    fn equal_weights_are_as_many_units_as_there_are() {
        assert!((kish([2.0; 7].into_iter()) - 7.0).abs() < 1e-12);
        assert!(kish([1.0, 0.0, 1e100].into_iter()) < 1.001);
        assert_eq!(kish(std::iter::empty()), 0.0);
    }
}
