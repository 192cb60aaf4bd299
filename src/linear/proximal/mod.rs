//! Proximal Newton steps for penalties that make weights zero.
//!
//! Minimised are `ρ ‖W‖₁ + (1 − ρ) ½ ‖W‖² + Σ loss`. Each step takes the losses' second-order
//! model, with all that labels have to do with each other, and lowers it together with the penalty
//! by coordinate descent over those weights that are not zero or whose gradient is too great for
//! them to stay zero; then it halves the step until the objective has fallen enough (Yuan, Ho and
//! Lin, JMLR 2012; Lee, Sun and Saunders, SIAM J. Optim. 2014).
//!
//! The solver stops after a step that was promised to lower the objective by at most a tenth of
//! `tolerance` of it, where promised is what the first-order model and the penalty fall by. Near
//! the end that is about twice what the objective lies above its minimum before the step, and much
//! less is left after it.
//!
//! Labels that do not depend on each other are groups of their own, which are solved side by side.
//! Coordinates are visited in a fixed order, so the result does not depend on the number of
//! threads.

mod quadratic;
mod state;

use super::Intercept;
use super::columns::Columns;
use super::newton::{Loss, NewtonOptions};
use crate::io::Progress;
use quadratic::QuadraticModel;
use rayon::prelude::*;
use state::State;

/// Labels that are solved together, because their losses are coupled.
pub(super) struct LabelGroup<'a> {
    pub columns: &'a Columns,
    pub rows: usize,
    pub labels: usize,
    pub loss: &'a dyn Loss,
    pub l1_ratio: f64,
    pub options: &'a NewtonOptions,
    pub progress: &'a dyn Progress,
}

/// Solution: the weights that are not zero, as feature, label and weight, and one bias a label.
pub(super) struct SparseSolution {
    pub weights: Vec<(u32, u32, f64)>,
    pub bias: Vec<f64>,
}

/// Steps over the biases alone; a few are enough, because they are few and their start is near.
const MAX_BIAS_STEPS: usize = 30;

impl LabelGroup<'_> {
    /// Solves from `start`, which are weights (labels by features) and biases.
    pub(super) fn solve(&self, start: Option<(Vec<f64>, Vec<f64>)>) -> SparseSolution {
        let mut state = State::zero(self);
        let initial_violation = self.fit_biases(&mut state);
        if let Some((weights, bias)) = start {
            state.weights = weights;
            if self.options.intercept != Intercept::None {
                state.bias = bias;
            }
            state.update_decisions(self);
        }
        for step in 0.. {
            let working_set = self.working_set(&state);
            if working_set.violation == 0.0 {
                break;
            }
            let share = (working_set.violation / initial_violation.max(f64::MIN_POSITIVE))
                .sqrt()
                .min(1.0);
            let direction = QuadraticModel::new(self, &state).minimise(&state, &working_set, share);
            let is_small =
                -direction.directional_decrease <= 0.1 * self.options.tolerance * state.value;
            if !state.step(self, &direction) || is_small {
                break;
            }
            if step == self.options.max_steps {
                let what = format!("the solver stopped after {step} steps, short of its tolerance");
                self.progress.note(&what);
                break;
            }
        }
        state.into_solution(self)
    }

    /// Minimises over the biases alone and returns the violation there: the sum over weights and
    /// biases of the distance of the least subgradient from zero.
    fn fit_biases(&self, state: &mut State) -> f64 {
        let mut initial_violation = None;
        for _ in 0..MAX_BIAS_STEPS {
            let working_set = self.bias_working_set(state, &state.residuals(self));
            if working_set.violation
                <= 1e-4 * *initial_violation.get_or_insert(working_set.violation)
            {
                break;
            }
            let direction = QuadraticModel::new(self, state).minimise(state, &working_set, 0.0);
            if !state.step(self, &direction) {
                break;
            }
        }
        self.working_set(state).violation
    }

    fn smooth(&self) -> f64 {
        1.0 - self.l1_ratio
    }

    fn bias_costs(&self) -> bool {
        self.options.intercept == Intercept::Regularised
    }

    fn penalty(&self, weight: f64) -> f64 {
        self.l1_ratio * weight.abs() + 0.5 * self.smooth() * weight * weight
    }

    /// Returns the distance of the least subgradient from zero, given the gradient of the smooth
    /// part.
    fn violation(&self, weight: f64, gradient: f64) -> f64 {
        if weight == 0.0 {
            (gradient.abs() - self.l1_ratio).max(0.0)
        } else {
            (gradient + self.l1_ratio * weight.signum()).abs()
        }
    }

    /// Returns the working set of a step with gradients: weights that are not zero or violate
    /// optimality, and the biases.
    fn working_set(&self, state: &State) -> WorkingSet {
        let residuals = state.residuals(self);
        let mut working_set = self.bias_working_set(state, &residuals);
        let one = |sums: &mut Vec<f64>, feature: usize| {
            self.violating_weights(state, &residuals, feature, sums)
        };
        let features = (0..self.columns.count()).into_par_iter().with_min_len(1024);
        let into_solution: Vec<(usize, Coordinate, f64)> =
            features.map_init(Vec::new, one).flatten_iter().collect();
        for (label, coordinate, violation) in into_solution {
            working_set.coordinates[label].push(coordinate);
            working_set.violation += violation;
        }
        working_set
    }

    fn violating_weights(
        &self,
        state: &State,
        residuals: &[f64],
        feature: usize,
        sums: &mut Vec<f64>,
    ) -> Vec<(usize, Coordinate, f64)> {
        sums.clear();
        sums.resize(self.labels, 0.0);
        for (row, value) in self.columns.column(feature) {
            let residuals = &residuals[row * self.labels..(row + 1) * self.labels];
            sums.iter_mut()
                .zip(residuals)
                .for_each(|(sum, residual)| *sum += value * residual);
        }
        let one = |(label, sum): (usize, &f64)| {
            let weight = state.weights[label * self.columns.count() + feature];
            let gradient = sum + self.smooth() * weight;
            let violation = self.violation(weight, gradient);
            let working_set = weight != 0.0 || violation > 0.0;
            working_set.then_some((
                label,
                Coordinate {
                    feature: feature as u32,
                    gradient,
                },
                violation,
            ))
        };
        sums.iter().enumerate().filter_map(one).collect()
    }

    fn bias_working_set(&self, state: &State, residuals: &[f64]) -> WorkingSet {
        let gradient = |label: usize| self.bias_gradient(state, residuals, label);
        let bias: Vec<f64> = (0..self.labels).map(gradient).collect();
        let violation = state
            .bias
            .iter()
            .zip(&bias)
            .map(|(&b, &g)| self.bias_violation(b, g))
            .sum();
        WorkingSet {
            coordinates: vec![Vec::new(); self.labels],
            bias,
            violation,
        }
    }

    fn bias_gradient(&self, state: &State, residuals: &[f64], label: usize) -> f64 {
        if self.options.intercept == Intercept::None {
            return 0.0;
        }
        let smooth = if self.bias_costs() {
            self.smooth() * state.bias[label]
        } else {
            0.0
        };
        residuals
            .iter()
            .skip(label)
            .step_by(self.labels)
            .sum::<f64>()
            + smooth
    }

    fn bias_violation(&self, bias: f64, gradient: f64) -> f64 {
        if self.bias_costs() {
            self.violation(bias, gradient)
        } else {
            gradient.abs()
        }
    }
}

#[derive(Clone, Copy)]
struct Coordinate {
    feature: u32,
    gradient: f64,
}

struct WorkingSet {
    /// For each label.
    coordinates: Vec<Vec<Coordinate>>,
    bias: Vec<f64>,
    violation: f64,
}

/// Direction of weights and biases.
struct Direction {
    /// For each label, the features and how far their weights move.
    weights: Vec<Vec<(u32, f64)>>,
    bias: Vec<f64>,
    /// Change of the decision values, labels by rows.
    image: Vec<f64>,
    /// Change of the linear model and the penalty along the direction; negative.
    directional_decrease: f64,
}

#[cfg(test)]
mod tests;
