//! Weights of the base estimators of a stack: one an estimator, and one bias a label.
//!
//! The objective is that of [`stack`](super::stack). It has as many unknowns as there are
//! estimators and labels, and is minimised by steps along `−D⁻¹g`, where `g` is the gradient and
//! `D` the Hessian without the entries that couple estimators with labels and labels with each
//! other. A step that would make a weight negative ends at 0, a weight of 0 whose gradient is
//! positive stays (Bertsekas, "Projected Newton Methods", SIAM J. Control 20, 1982), and a step is
//! halved until the objective decreases. The solver stops when the projected gradient is a
//! ten-thousandth of its first length.

use super::out_of_fold::EstimatorScores;
use super::stack_objective::{Derivatives, Objective};
use crate::corpus::Targets;

/// Weights of the estimators, which multiply their decision values, and biases of the labels.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StackWeights {
    pub estimators: Vec<f64>,
    pub bias: Vec<f64>,
}

/// Newton steps, of which a few dozen are usual; the limit only guards against a cycle.
const MAX_STEPS: usize = 500;
/// After 30 halvings a step is a billionth of itself, below what the objective resolves.
const MAX_HALVINGS: usize = 30;
/// Share of the first gradient at which the solver stops; scores change by less than they are
/// rounded by when they are stored as `f32`.
const TOLERANCE: f64 = 1e-4;
/// Share of the predicted decrease that a step must reach (Armijo's rule; Nocedal and Wright 2006,
/// ch. 3.1).
const SUFFICIENT_DECREASE: f64 = 1e-4;

impl StackWeights {
    pub(crate) fn fit(
        scores: &EstimatorScores<'_>,
        targets: &Targets,
        weights: Option<&[f32]>,
        c: f64,
    ) -> Self {
        let scales: Vec<f64> = (0..scores.estimators())
            .map(|estimator| 1.0 / standard_deviation(scores, estimator))
            .collect();
        let objective = Objective {
            scores,
            targets,
            weights: weights.into(),
            c,
            scales: &scales,
        };
        let mut point = StackWeights {
            estimators: vec![1.0; scores.estimators()],
            bias: vec![0.0; scores.labels()],
        };
        let mut at = objective.evaluate(&point);
        let enough = TOLERANCE * at.projected_length(&point);
        for _ in 0..MAX_STEPS {
            let next = (at.projected_length(&point) > enough)
                .then(|| objective.step(&point, &at))
                .flatten();
            let Some(next) = next else { break };
            point = next;
            at = objective.evaluate(&point);
        }
        point
            .estimators
            .iter_mut()
            .zip(&scales)
            .for_each(|(weight, scale)| *weight *= scale);
        point
    }

    /// Writes the stack's decision values for a row.
    pub(crate) fn decide(&self, scores: &EstimatorScores<'_>, row: usize, out: &mut Vec<f64>) {
        out.clear();
        out.extend_from_slice(&self.bias);
        for (estimator, weight) in self.estimators.iter().enumerate() {
            out.iter_mut()
                .zip(scores.row(estimator, row))
                .for_each(|(sum, &d)| *sum += weight * f64::from(d));
        }
    }
}

/// Returns the standard deviation of all decision values of an estimator; 1 if they are all equal.
fn standard_deviation(scores: &EstimatorScores<'_>, estimator: usize) -> f64 {
    let all = || {
        scores
            .rows()
            .iter()
            .flat_map(|&row| scores.row(estimator, row))
            .map(|&d| f64::from(d))
    };
    let count = (scores.rows().len() * scores.labels()).max(1) as f64;
    let mean = all().sum::<f64>() / count;
    let deviation = (all().map(|d| (d - mean) * (d - mean)).sum::<f64>() / count).sqrt();
    if deviation > 0.0 && deviation.is_finite() {
        deviation
    } else {
        1.0
    }
}

/// Returns true if a weight is free to move: not if it is 0 and would become negative.
fn is_free(weight: f64, gradient: f64) -> bool {
    weight > 0.0 || gradient < 0.0
}

impl Derivatives {
    /// Returns the length of the gradient without weights that are held at 0.
    fn projected_length(&self, at: &StackWeights) -> f64 {
        let free = self
            .estimator_gradient
            .iter()
            .zip(&at.estimators)
            .filter(|&(&gradient, &weight)| is_free(weight, gradient))
            .map(|(gradient, _)| gradient);
        free.chain(&self.bias_gradient)
            .map(|g| g * g)
            .sum::<f64>()
            .sqrt()
    }

    /// Returns the decrease of the linear model of the objective from one point to another.
    fn predicted_decrease(&self, at: &StackWeights, next: &StackWeights) -> f64 {
        let along = |gradient: &[f64], from: &[f64], to: &[f64]| -> f64 {
            gradient
                .iter()
                .zip(from.iter().zip(to))
                .map(|(g, (from, to))| g * (from - to))
                .sum()
        };
        along(&self.estimator_gradient, &at.estimators, &next.estimators)
            + along(&self.bias_gradient, &at.bias, &next.bias)
    }

    /// Returns the Newton step of the estimators' weights; those that are held at 0 do not move.
    fn estimator_step(&self, at: &StackWeights) -> Vec<f64> {
        let gradient = &self.estimator_gradient;
        let count = gradient.len();
        let free: Vec<usize> = (0..count)
            .filter(|&m| is_free(at.estimators[m], gradient[m]))
            .collect();
        let hessian = free.iter().flat_map(|&a| {
            free.iter()
                .map(move |&b| self.estimator_hessian[a * count + b])
        });
        let solved = solve(
            hessian.collect(),
            free.iter().map(|&m| gradient[m]).collect(),
        );
        let mut step = vec![0.0; count];
        free.iter()
            .zip(solved)
            .for_each(|(&estimator, moved)| step[estimator] = moved);
        step
    }
}

impl Objective<'_> {
    /// Returns the point after a step; `None` if no step decreases the objective.
    fn step(&self, from: &StackWeights, at: &Derivatives) -> Option<StackWeights> {
        let estimator_step = at.estimator_step(from);
        let bias_step: Vec<f64> = at
            .bias_gradient
            .iter()
            .zip(&at.bias_hessian)
            .map(|(g, h)| g / h)
            .collect();
        let mut share = 1.0;
        for _ in 0..MAX_HALVINGS {
            let next = StackWeights {
                estimators: from
                    .estimators
                    .iter()
                    .zip(&estimator_step)
                    .map(|(a, step)| (a - share * step).max(0.0))
                    .collect(),
                bias: from
                    .bias
                    .iter()
                    .zip(&bias_step)
                    .map(|(b, step)| b - share * step)
                    .collect(),
            };
            let limit = at.value - SUFFICIENT_DECREASE * at.predicted_decrease(from, &next);
            if self.value(&next) <= limit {
                return Some(next);
            }
            share *= 0.5;
        }
        None
    }
}

/// Solves `A x = b` for a symmetric positive definite matrix by Gaussian elimination, which needs
/// no pivoting for such a matrix.
fn solve(mut a: Vec<f64>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for pivot in 0..n {
        for row in pivot + 1..n {
            let factor = a[row * n + pivot] / a[pivot * n + pivot];
            (pivot..n).for_each(|column| a[row * n + column] -= factor * a[pivot * n + column]);
            b[row] -= factor * b[pivot];
        }
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n)
            .map(|column| a[row * n + column] * b[column])
            .sum();
        b[row] = (b[row] - known) / a[row * n + row];
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_system_is_solved() {
        let x = solve(vec![4.0, 1.0, 1.0, 3.0], vec![1.0, 2.0]);
        assert!((x[0] - 1.0 / 11.0).abs() < 1e-12 && (x[1] - 7.0 / 11.0).abs() < 1e-12);
    }
}
