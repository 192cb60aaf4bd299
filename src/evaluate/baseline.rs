//! Baselines: the metrics reached without reading a text.
//!
//! Both baselines know only how frequent labels are, preferably where a system learnt. Their
//! answers are [`Predictions`] like any other, on the same documents, so all metrics, intervals and
//! tests apply to them; their scores are the frequencies.

use super::metrics::metric::Metric;
use super::metrics::units::units;
use super::resample::engine::MetricEngine;
use super::{EvaluateError, Outcomes, Predictions, ScoreTable};
use crate::math::hash::draw_seed;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// Of more documents times labels a baseline has no scores, which would fill the memory.
const MAX_SCORES: usize = 1 << 26;

/// Returns the frequency of each label among the documents that count, as a share of their weight.
///
/// # Errors
/// Those of [`Predictions::check`].
pub fn shares(predictions: &Predictions) -> Result<Vec<f64>, EvaluateError> {
    let rows = predictions.check()?;
    let mut sums = vec![[0.0; 2]; predictions.labels.len()];
    let mut all = 0.0;
    for &row in &rows {
        let weight = predictions.weight(row);
        all += weight;
        match &predictions.outcomes {
            Outcomes::Exclusive { truth, .. } => sums[truth[row] as usize][0] += weight,
            Outcomes::Independent { .. } => {
                for (label, [yes, known]) in sums.iter_mut().enumerate() {
                    let Some(holds) = predictions.truth(row, label) else {
                        continue;
                    };
                    *known += weight;
                    *yes += if holds { weight } else { 0.0 };
                }
            }
        }
    }
    let is_exclusive = matches!(predictions.outcomes, Outcomes::Exclusive { .. });
    let share = |[yes, known]: [f64; 2]| super::ratio(yes, if is_exclusive { all } else { known });
    Ok(sums.into_iter().map(share).collect())
}

/// Always the most frequent label; of independent labels those that hold more often than not.
///
/// `shares` has the frequency of each label, such as those of the training data, or [`shares`].
///
/// # Errors
/// Those of [`Predictions::check`]; shares that are not one for each label, from 0 to 1.
pub fn majority(test: &Predictions, shares: &[f64]) -> Result<Predictions, EvaluateError> {
    let best = (0..shares.len())
        .rev()
        .max_by(|&a, &b| shares[a].total_cmp(&shares[b]))
        .unwrap_or(0);
    answer(test, shares, || best as u32, |share| share > 0.5)
}

/// A label drawn with the probability of its frequency; each independent label by a draw of its
/// own.
///
/// # Errors
/// As [`majority`].
pub fn stratified_random(
    test: &Predictions,
    shares: &[f64],
    seed: u64,
) -> Result<Predictions, EvaluateError> {
    let random = std::cell::RefCell::new(Xoshiro256PlusPlus::seed_from_u64(seed));
    let uniform = || (random.borrow_mut().next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let total: f64 = shares.iter().sum();
    let draw = || {
        let mut left = uniform() * total;
        let holds = |share: &f64| {
            left -= share;
            left < 0.0
        };
        let last = shares.iter().rposition(|&share| share > 0.0).unwrap_or(0);
        shares.iter().position(holds).unwrap_or(last) as u32
    };
    answer(test, shares, draw, |share| uniform() < share)
}

/// The expected accuracy of [`stratified_random`] for an exclusive head, exactly: the sum over
/// labels of the share in the test times the share that is drawn by.
///
/// # Errors
/// Those of [`Predictions::check`].
pub fn expected_accuracy(test: &Predictions, drawn_by: &[f64]) -> Result<f64, EvaluateError> {
    let total: f64 = drawn_by.iter().sum();
    Ok(shares(test)?
        .iter()
        .zip(drawn_by)
        .map(|(true_, drawn)| super::ratio(true_ * drawn, total))
        .sum())
}

/// The mean of each metric over so many seeded draws of [`stratified_random`], and at least one; a
/// metric that is not defined is not there.
///
/// # Errors
/// As [`majority`].
pub fn expected_random(
    test: &Predictions,
    shares: &[f64],
    draws: usize,
    seed: u64,
) -> Result<Vec<(Metric, Option<usize>, f64)>, EvaluateError> {
    let rows = test.check()?;
    let mut sums: Vec<(Metric, Option<usize>, f64)> = Vec::new();
    let draws = draws.max(1);
    for draw in 0..draws {
        let random = stratified_random(test, shares, draw_seed(seed, draw as u64))?;
        let labels = (0..test.labels.len()).collect();
        let engine = MetricEngine::new(&random, &rows, units(test, &rows), labels);
        let values = engine.observed();
        let keys = engine.metrics.iter().enumerate();
        let values = keys
            .filter_map(|(at, &(metric, label))| Some((metric, label, engine.value(&values, at)?)));
        if draw == 0 {
            sums = values.collect();
        } else {
            sums.iter_mut()
                .zip(values)
                .for_each(|(sum, value)| sum.2 += value.2);
        }
    }
    sums.iter_mut().for_each(|sum| sum.2 /= draws as f64);
    Ok(sums)
}

fn answer(
    test: &Predictions,
    shares: &[f64],
    mut label: impl FnMut() -> u32,
    mut holds: impl FnMut(f64) -> bool,
) -> Result<Predictions, EvaluateError> {
    test.check()?;
    super::check_length("shares", shares.len(), test.labels.len())?;
    if let Some(label) = shares.iter().position(|share| !(0.0..=1.0).contains(share)) {
        return Err(EvaluateError::InvalidShare {
            label,
            share: shares[label],
        });
    }
    let documents = test.documents();
    let outcomes = match &test.outcomes {
        Outcomes::Exclusive { truth, .. } => Outcomes::Exclusive {
            truth: truth.clone(),
            predicted: (0..documents).map(|_| label()).collect(),
        },
        Outcomes::Independent { truth, .. } => Outcomes::Independent {
            truth: truth.clone(),
            predicted: (0..documents)
                .flat_map(|_| shares)
                .map(|&share| holds(share))
                .collect(),
        },
    };
    let cells = documents.saturating_mul(shares.len());
    let scores = (cells <= MAX_SCORES).then(|| {
        let values = (0..documents).flat_map(|_| shares).copied().collect();
        ScoreTable {
            values,
            probabilities: true,
        }
    });
    Ok(Predictions {
        labels: test.labels.clone(),
        outcomes,
        scores,
        weights: test.weights.clone(),
        groups: test.groups.clone(),
    })
}
