//! Two systems on the same documents.
//!
//! [`compare`] draws documents once for both systems, so what is hard for both cancels out.
//!
//! **Difference.** δ is the first system's metric less the second's; its interval is the percentile
//! bootstrap's.
//!
//! **Paired bootstrap test.** The two-sided p-value is (1 + #{|δ* − δ| ≥ |δ|}) / (1 + resamples), δ*
//! being the difference in a resample: how often chance alone, which scatters δ* around δ, makes a
//! difference as large as the one seen. It is the test of Berg-Kirkpatrick, Burkett & Klein (2012, *An
//! empirical investigation of statistical significance in NLP*, EMNLP), who count δ* > 2 δ, made
//! two-sided, with one added so that it is never 0 (Davison & Hinkley 1997, section 4.2).
//!
//! **McNemar's exact test** ([`McNemar`]) looks only at documents that one system has right and the
//! other wrong.
//!
//! **What could have been found.** Test sets in this field are often too small for the differences that
//! are claimed (Card et al. 2020, *With little power comes great responsibility*, EMNLP). `detectable` is
//! the smallest true difference that a two-sided test at level 0.05 finds with probability 0.8:
//! (z₀.₉₇₅ + z₀.₈) × the bootstrap's standard error of δ (Bloom 1995, *Minimum detectable effects*,
//! Evaluation Review 19(5)), and for shares of right answers Connor's formula, see [`McNemar`].
//!
//! **Many tests** are corrected by [`holm`].

use super::bootstrap::{Bootstrap, Figure};
use super::measure::{Kernel, units};
use super::metric::Metric;
use super::special::{binomial_half, normal_quantile, root};
use super::{EvaluateError, Predictions};
use serde::Serialize;

/// The level of a test by which `detectable` is told.
pub const TEST_LEVEL: f64 = 0.05;
/// The probability of finding what is there by which `detectable` is told.
pub const POWER: f64 = 0.8;

/// How two systems differ on the same documents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The names of the labels.
    pub labels: Vec<String>,
    /// How many documents count.
    pub documents: usize,
    /// Every metric that both systems have, of the head and then of the labels.
    pub differences: Vec<Difference>,
    /// McNemar's test of the head, then of each label.
    pub mcnemar: Vec<McNemar>,
}

/// The difference in one metric.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    /// Which metric.
    pub metric: Metric,
    /// The number of the label that it is of; `None` for the head.
    pub label: Option<usize>,
    /// The first system's value.
    pub first: f64,
    /// The second system's value.
    pub second: f64,
    /// First less second.
    pub difference: Figure,
    /// The two-sided p-value of the paired bootstrap, above 0 up to 1; `None` without resamples.
    pub p: Option<f64>,
    /// The smallest true difference that would have been found; `None` with fewer than two resamples.
    pub detectable: Option<f64>,
}

/// McNemar's test of two systems' right answers (McNemar 1947), exact and two-sided.
///
/// Of the documents that one system alone has right, each is a fair coin if the systems are equally
/// good: p = min(1, 2 P(X ≤ min(`only_first`, `only_second`))), X being binomial with ½. Documents count
/// once, whatever their weight or group. Of a head, an answer is right if all its labels are; of a
/// label, if its yes or no is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct McNemar {
    /// The number of the label; `None` for the head.
    pub label: Option<usize>,
    /// Documents whose answer is known.
    pub documents: usize,
    /// Documents that only the first system has right.
    pub only_first: usize,
    /// Documents that only the second system has right.
    pub only_second: usize,
    /// The two-sided p-value.
    pub p: f64,
    /// The smallest true difference in the share of right answers that so many documents show with
    /// power 0.8 at level 0.05, given the share ψ on which the systems disagree: the δ with
    /// z₀.₉₇₅ √ψ + z₀.₈ √(ψ − δ²) = δ √n (Connor 1987, *Sample size for testing differences in
    /// proportions for the paired-sample design*, Biometrics 43(1)). `None` where not even a difference of
    /// ψ would do.
    pub detectable: Option<f64>,
}

impl McNemar {
    /// The test of two lists that say which documents are right.
    pub fn of_right(first: &[bool], second: &[bool]) -> McNemar {
        let only = |a: &[bool], b: &[bool]| a.iter().zip(b).filter(|(a, b)| **a && !**b).count();
        let documents = first.len().min(second.len());
        McNemar::of_counts(documents, only(first, second), only(second, first))
    }

    /// The test of counts.
    pub fn of_counts(documents: usize, only_first: usize, only_second: usize) -> McNemar {
        let (less, all) = (only_first.min(only_second), only_first + only_second);
        let p = (2.0 * binomial_half(less, all)).min(1.0);
        let detectable = detectable_share(documents, all);
        McNemar { label: None, documents, only_first, only_second, p, detectable }
    }

    /// First less second, as shares of right answers.
    pub fn difference(&self) -> f64 {
        (self.only_first as f64 - self.only_second as f64) / self.documents.max(1) as f64
    }
}

fn detectable_share(documents: usize, discordant: usize) -> Option<f64> {
    let n = documents as f64;
    let share = discordant as f64 / n;
    let [of_level, of_power] = critical_values();
    let excess = |d: f64| of_level * share.sqrt() + of_power * (share - d * d).max(0.0).sqrt() - d * n.sqrt();
    (discordant > 0 && excess(share) <= 0.0).then(|| root(0.0, share, excess))
}

fn critical_values() -> [f64; 2] {
    [1.0 - TEST_LEVEL / 2.0, POWER].map(normal_quantile)
}

/// p-values corrected for their number (Holm 1979, *A simple sequentially rejective multiple test
/// procedure*, Scandinavian Journal of Statistics 6(2)), in the order given.
///
/// The least is multiplied by how many there are, the next by one less, and so on; none is less than
/// one before it, or above 1.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut corrected = vec![1.0; p_values.len()];
    let mut least = 0.0f64;
    for (rank, at) in order.into_iter().enumerate() {
        least = least.max(p_values[at] * (p_values.len() - rank) as f64).min(1.0);
        corrected[at] = least;
    }
    corrected
}

/// Compares two systems that answered the same documents: in metrics that are defined for both.
///
/// # Errors
/// What [`Predictions::check`] says of either; labels, truth, weights or groups that are not the same
/// in both.
pub fn compare(
    first: &Predictions,
    second: &Predictions,
    bootstrap: &Bootstrap,
) -> Result<Comparison, EvaluateError> {
    bootstrap.check()?;
    let rows = first.check()?;
    second.check()?;
    check_same_test(first, second)?;
    let kernels = [first, second].map(|system| Kernel::new(system, &rows));
    let both = common(&kernels);
    let units = units(first, &rows);
    let whole = kernels.each_ref().map(|kernel| kernel.measure(units.weights()));
    let draws = bootstrap.draw(&units, |weights| {
        let [a, b] = kernels.each_ref().map(|kernel| kernel.measure_draw(weights, bootstrap));
        both.iter().map(|&[at, bt]| a[at] - b[bt]).collect::<Vec<f64>>()
    });
    let difference = |(at, &[a, b]): (usize, &[usize; 2])| {
        let (metric, label) = kernels[0].metrics[a];
        let values = (kernels[0].value(&whole[0], a)?, kernels[1].value(&whole[1], b)?);
        let draws: Vec<f64> = draws.iter().map(|draw| draw[at]).collect();
        Some(Difference::new(metric, label, values, bootstrap, &draws))
    };
    Ok(Comparison {
        labels: first.labels.clone(),
        documents: rows.len(),
        differences: both.iter().enumerate().filter_map(difference).collect(),
        mcnemar: mcnemar(first, second, &rows),
    })
}

fn check_same_test(first: &Predictions, second: &Predictions) -> Result<(), EvaluateError> {
    if first.labels != second.labels {
        return Err(EvaluateError::DifferentTests { what: "labels" });
    }
    let labels = first.labels.len();
    let cells = |p: &Predictions| p.documents() * labels;
    let same = |cell: usize| {
        let (row, label) = (cell / labels, cell % labels);
        first.truth(row, label) == second.truth(row, label)
    };
    let differs = if cells(first) != cells(second) || !(0..cells(first)).all(same) {
        "truth"
    } else if first.weights != second.weights {
        "weights"
    } else if first.groups != second.groups {
        "groups"
    } else {
        return Ok(());
    };
    Err(EvaluateError::DifferentTests { what: differs })
}

/// The places of metrics that both have.
fn common(kernels: &[Kernel; 2]) -> Vec<[usize; 2]> {
    let places: std::collections::HashMap<_, _> =
        kernels[1].metrics.iter().enumerate().map(|(at, key)| (*key, at)).collect();
    let first = kernels[0].metrics.iter().enumerate();
    first.filter_map(|(at, key)| Some([at, *places.get(key)?])).collect()
}

impl Difference {
    fn new(
        metric: Metric,
        label: Option<usize>,
        (first, second): (f64, f64),
        bootstrap: &Bootstrap,
        draws: &[f64],
    ) -> Difference {
        let delta = first - second;
        let defined: Vec<f64> = draws.iter().copied().filter(|draw| draw.is_finite()).collect();
        let as_far = defined.iter().filter(|draw| (*draw - delta).abs() >= delta.abs()).count();
        let p = (1 + as_far) as f64 / (1 + defined.len()) as f64;
        Difference {
            metric,
            label,
            first,
            second,
            difference: bootstrap.figure(delta, draws.iter().copied()),
            p: (!defined.is_empty()).then_some(p),
            detectable: deviation(&defined).map(|error| critical_values().iter().sum::<f64>() * error),
        }
    }
}

/// The standard deviation of at least two numbers.
fn deviation(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt())
}

fn mcnemar(first: &Predictions, second: &Predictions, rows: &[usize]) -> Vec<McNemar> {
    let labels = first.labels.len();
    let right = |system: &Predictions, row: usize, label: usize| {
        Some(system.truth(row, label)? == system.predicted(row, label))
    };
    let of_rows = |system: &Predictions, label: Option<usize>| -> Vec<bool> {
        let all = |&row: &usize| match label {
            Some(label) => right(system, row, label),
            None => Some((0..labels).all(|label| right(system, row, label) != Some(false))),
        };
        rows.iter().filter_map(all).collect()
    };
    let test =
        |label| McNemar { label, ..McNemar::of_right(&of_rows(first, label), &of_rows(second, label)) };
    std::iter::once(None).chain((0..labels).map(Some)).map(test).collect()
}
