//! Two systems on the same documents.
//!
//! [`compare`] draws documents once for both systems, so what is hard for both cancels out.
//!
//! **Difference.** δ is the first system's metric less the second's. Its interval is made of those of both systems and of the
//! correlation of their metrics in resamples (Zou & Donner 2008), and is as wide as the variance of
//! δ asks for.
//!
//! **Paired bootstrap test.** The two-sided p-value is (1 + #{|δ* − δ| ≥ |δ|}) / (1 + resamples), δ*
//! being the difference in a resample: how often chance alone, which scatters δ* around δ, makes a
//! difference as large as the one seen. It is the test of Berg-Kirkpatrick, Burkett & Klein (2012,
//! *An empirical investigation of statistical significance in NLP*, EMNLP), who count δ* > 2 δ,
//! made two-sided, with one added so that it is never 0 (Davison & Hinkley 1997, section 4.2).
//!
//! **McNemar's exact test** ([`McNemar`]) looks only at documents that one system has right and the
//! other wrong.
//!
//! **What could have been found.** Test sets in this field are often too small for the differences that
//! are claimed (Card et al. 2020, *With little power comes great responsibility*, EMNLP).
//! `detectable` is the smallest true difference that a two-sided test at level 0.05 finds with
//! probability 0.8: (z₀.₉₇₅ + z₀.₈) × the bootstrap's standard error of δ (Bloom 1995, *Minimum
//! detectable effects*, Evaluation Review 19(5)), and for shares of right answers Connor's formula,
//! see [`McNemar`].
//!
//! **Many tests** are corrected by [`holm`].

use super::bootstrap::{Accumulator, Bootstrap, Estimate, Moments};
use super::counts::occurring;
use super::engine::{MetricEngine, units};
use super::interval::{Interval, of_difference, of_mean, two_sided};
use super::metric::Metric;
use super::metric_intervals::{EffectiveSizes, IntervalContext};
use super::numbers::settled;
use super::special::{binomial_half, normal_quantile, root};
use super::{EvaluateError, Outcomes, Predictions};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};

/// The level of a test by which `detectable` is told.
pub const TEST_LEVEL: f64 = 0.05;
/// The probability of finding what is there by which `detectable` is told.
pub const POWER: f64 = 0.8;

/// Differences between two systems on the same documents.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// The names of the labels.
    pub labels: Vec<String>,
    /// The number of documents that count.
    pub documents: usize,
    /// Every metric that both systems have, of the head and then of the labels.
    pub differences: Vec<Difference>,
    /// McNemar's test of the head, then of each label.
    pub mcnemar: Vec<McNemar>,
}

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

/// McNemar's test of two systems' right answers (McNemar 1947), exact and two-sided.
///
/// Of the documents that one system alone has right, each is a fair coin if the systems are equally
/// good: p = min(1, 2 P(X ≤ min(`only_first`, `only_second`))), X being binomial with ½. Documents
/// count once, whatever their weight or group. Of a head, an answer is right if all its labels are;
/// of a label, if its yes or no is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
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
    /// power 0.8 at level 0.05, given the share ψ on which the systems disagree: the δ with z₀.₉₇₅
    /// √ψ + z₀.₈ √(ψ − δ²) = δ √n (Connor 1987, *Sample size for testing differences in proportions
    /// for the paired-sample design*, Biometrics 43(1)). `None` where not even a difference of ψ
    /// would do.
    pub detectable: Option<f64>,
}

impl McNemar {
    /// The test of counts.
    pub fn of_counts(documents: usize, only_first: usize, only_second: usize) -> McNemar {
        let (less, all) = (only_first.min(only_second), only_first + only_second);
        let p = (2.0 * binomial_half(less, all)).min(1.0);
        let detectable = detectable_share(documents, all);
        McNemar {
            label: None,
            documents,
            only_first,
            only_second,
            p,
            detectable,
        }
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
    let excess = |d: f64| {
        of_level * share.sqrt() + of_power * (share - d * d).max(0.0).sqrt() - d * n.sqrt()
    };
    (discordant > 0 && excess(share) <= 0.0).then(|| root(0.0, share, excess))
}

fn critical_values() -> [f64; 2] {
    [1.0 - TEST_LEVEL / 2.0, POWER].map(normal_quantile)
}

/// p-values corrected for their number (Holm 1979, *A simple sequentially rejective multiple test
/// procedure*, Scandinavian Journal of Statistics 6(2)), in the order given.
///
/// The least is multiplied by how many there are, the next by one less, and so on; none is less
/// than one before it, or above 1.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut corrected = vec![1.0; p_values.len()];
    let mut least = 0.0f64;
    for (rank, at) in order.into_iter().enumerate() {
        least = least
            .max(p_values[at] * (p_values.len() - rank) as f64)
            .min(1.0);
        corrected[at] = least;
    }
    corrected
}

/// Compares two systems that answered the same documents: in metrics that are defined for both.
///
/// # Errors
/// Those of [`Predictions::check`] for either; labels, truth, weights or groups that are not the
/// same in both.
pub fn compare(
    first: &Predictions,
    second: &Predictions,
    bootstrap: &Bootstrap,
) -> Result<Comparison, EvaluateError> {
    bootstrap.check()?;
    let rows = first.check()?;
    second.check()?;
    check_same_test(first, second)?;
    let pair = SystemPair::new([first, second], &rows);
    let tallies = pair.resample(bootstrap);
    let intervals = pair.intervals(&tallies, &rows, bootstrap);
    let mut differences: Vec<Difference> = (0..pair.places.len())
        .filter_map(|at| pair.difference(at, &tallies[at], intervals[at], bootstrap))
        .collect();
    // A stable sort: the metrics of each label keep their order.
    differences.sort_by_key(|difference| difference.label);
    Ok(Comparison {
        labels: first.labels.clone(),
        documents: rows.len(),
        differences,
        mcnemar: mcnemar(first, second, &rows),
    })
}

/// Two systems that are measured on the same documents.
struct SystemPair<'a> {
    systems: [&'a Predictions; 2],
    engines: [MetricEngine; 2],
    /// The metrics that both have, by their places in each engine.
    places: Vec<[usize; 2]>,
    /// The metrics of each system on all documents.
    observed: [Vec<f64>; 2],
    /// Both values of each metric in `places`, where both are defined.
    values: Vec<Option<(f64, f64)>>,
}

impl<'a> SystemPair<'a> {
    fn new(systems: [&'a Predictions; 2], rows: &[usize]) -> Self {
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
    fn resample(&self, bootstrap: &Bootstrap) -> Vec<PairedMoments> {
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
    fn intervals(
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
    fn difference(
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

/// Everything that intervals of differences are made from.
struct PairedIntervals<'a> {
    engines: &'a [MetricEngine; 2],
    places: &'a [[usize; 2]],
    deltas: &'a [Option<(f64, f64)>],
    tallies: &'a [PairedMoments],
    /// The intervals of both systems, and whether enough documents tell of them.
    intervals: &'a [Vec<Option<(Interval, bool)>>; 2],
}

impl PairedIntervals<'_> {
    /// The interval of each difference; `None` where too little tells of it.
    fn intervals(&self, z: f64) -> Vec<Option<Interval>> {
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

/// Deviations of resamples of two estimates and of their difference.
#[derive(Clone, Default)]
struct PairedMoments {
    each: [Moments; 2],
    difference: Moments,
    /// In how many resamples both are defined.
    defined: usize,
    /// In how many of them the difference is as far from the one seen as that is from 0.
    as_far: usize,
}

impl PairedMoments {
    fn add(&mut self, first: f64, second: f64, delta: f64) {
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

impl Comparison {
    /// The difference in a metric of the head (`None`) or of a label, where both systems have it.
    pub fn get(&self, metric: Metric, label: Option<usize>) -> Option<&Difference> {
        let first = self
            .differences
            .partition_point(|difference| difference.label < label);
        let same = self.differences[first..]
            .iter()
            .take_while(|difference| difference.label == label);
        same.into_iter()
            .find(|difference| difference.metric == metric)
    }
}

fn check_same_test(first: &Predictions, second: &Predictions) -> Result<(), EvaluateError> {
    if first.labels != second.labels {
        return Err(EvaluateError::DifferentTests { what: "labels" });
    }
    let same = match (&first.outcomes, &second.outcomes) {
        (Outcomes::Exclusive { truth: a, .. }, Outcomes::Exclusive { truth: b, .. }) => a == b,
        (Outcomes::Independent { truth: a, .. }, Outcomes::Independent { truth: b, .. }) => a == b,
        _ => false,
    };
    let differs = if !same {
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
fn common(engines: &[MetricEngine; 2]) -> Vec<[usize; 2]> {
    let places: std::collections::HashMap<_, _> = engines[1]
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

impl Difference {
    fn new(
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

/// McNemar's test of the head, then of each label. Of an exclusive head only the labels of a
/// document, true or said, are looked at.
fn mcnemar(first: &Predictions, second: &Predictions, rows: &[usize]) -> Vec<McNemar> {
    let mut counts = vec![[0usize; 3]; first.labels.len()];
    let mut head = [0usize; 3];
    for &row in rows {
        let mut right = [true; 2];
        for label in asked(first, second, row) {
            let Some(truth) = first.truth(row, label) else {
                continue;
            };
            let of_label = [first, second].map(|system| system.predicted(row, label) == truth);
            right = [0, 1].map(|system| right[system] && of_label[system]);
            count(&mut counts[label], of_label);
        }
        count(&mut head, right);
    }
    let is_exclusive = matches!(first.outcomes, Outcomes::Exclusive { .. });
    let test = |(label, [all, a, b]): (Option<usize>, [usize; 3])| {
        // Of the labels that were not looked at, both systems are right.
        let documents = if is_exclusive { rows.len() } else { all };
        McNemar {
            label,
            ..McNemar::of_counts(documents, a, b)
        }
    };
    let labels = counts
        .into_iter()
        .enumerate()
        .map(|(label, counts)| (Some(label), counts));
    std::iter::once((None, head))
        .chain(labels)
        .map(test)
        .collect()
}

/// The labels on which two answers to a document may differ.
fn asked(first: &Predictions, second: &Predictions, row: usize) -> Vec<usize> {
    match (&first.outcomes, &second.outcomes) {
        (
            Outcomes::Exclusive {
                truth,
                predicted: a,
            },
            Outcomes::Exclusive { predicted: b, .. },
        ) => {
            let labels: BTreeSet<usize> = [truth[row], a[row], b[row]]
                .map(|label| label as usize)
                .into();
            labels.into_iter().collect()
        }
        _ => (0..first.labels.len()).collect(),
    }
}

/// Counts all documents, and those that one system alone has right.
fn count(counts: &mut [usize; 3], right: [bool; 2]) {
    counts[0] += 1;
    counts[1] += usize::from(right[0] && !right[1]);
    counts[2] += usize::from(right[1] && !right[0]);
}
