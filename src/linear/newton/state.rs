//! State of the solver, and its steps along a direction.

use super::objective::Objective;
use super::vector::{Vector, dots};
use crate::linear::Intercept;

/// After 40 halvings a step is below the rounding error of the decision values.
const MAX_HALVINGS: usize = 40;
/// Relative rounding error of an objective, a sum over many rows.
const ROUNDING: f64 = 1e-10;

pub(super) struct State {
    pub point: Vector,
    /// Labels whose objective no step decreases any more.
    pub stuck: Vec<bool>,
    /// Rows by labels.
    pub probabilities: Vec<f64>,
    /// Objective of each label.
    values: Vec<f64>,
}

impl State {
    pub fn new(objective: &mut Objective<'_>, from_start: bool) -> Self {
        let labels = objective.labels;
        let mut point = Vector::zero(objective.cells(), labels);
        if let Some(start) = objective.start.as_ref().filter(|_| from_start) {
            let share = objective.gram.rows() * labels;
            point.coefficients[share..].fill(1.0);
            point.image.copy_from_slice(&start.image);
            if objective.intercept == Intercept::Free {
                point.biases.copy_from_slice(start.biases(labels));
            }
        }
        let penalties = objective.couple(dots(&point.coefficients, &point.image, labels));
        let losses = objective.losses(&point, &vec![0.0; labels], &point);
        let values = penalties
            .iter()
            .zip(losses)
            .map(|(penalty, loss)| 0.5 * penalty + loss)
            .collect();
        let probabilities = vec![0.0; objective.gram.rows() * labels];
        let mut state = State {
            point,
            stuck: vec![false; labels],
            probabilities,
            values,
        };
        objective.probabilities(&mut state);
        state
    }

    /// Takes a Newton step; returns false if the objective of no label decreases any more.
    pub fn step(
        &mut self,
        objective: &Objective<'_>,
        gradient: &Vector,
        direction: &Vector,
        open: &[bool],
    ) -> bool {
        let of = |a: &[f64], b: &[f64]| objective.couple(dots(a, b, objective.labels));
        let directional_derivatives = objective.couple(gradient.products(direction));
        let own = of(&self.point.coefficients, &self.point.image);
        let cross = of(&self.point.coefficients, &direction.image);
        let square = of(&direction.coefficients, &direction.image);
        let mut step_sizes: Vec<f64> = open.iter().map(|&open| f64::from(u8::from(open))).collect();
        let mut values = self.values.clone();
        for _ in 0..MAX_HALVINGS {
            let losses = objective.losses(&self.point, &step_sizes, direction);
            let mut all = true;
            for (label, loss) in losses.into_iter().enumerate() {
                let share = step_sizes[label];
                let penalty =
                    0.5 * (own[label] + share * (2.0 * cross[label] + share * square[label]));
                values[label] = penalty + loss;
                if share > 0.0
                    && values[label]
                        > self.values[label] + 1e-4 * share * directional_derivatives[label]
                {
                    (step_sizes[label], all) = (0.5 * share, false);
                }
            }
            if all {
                return self.accept(objective, &step_sizes, values, direction);
            }
        }
        self.stuck.fill(true);
        false
    }

    /// Returns true if the decrease that the quadratic model predicts is within the rounding error
    /// of the objective, so that the point is the optimum.
    pub(crate) fn is_done(
        &self,
        objective: &Objective<'_>,
        gradient: &Vector,
        direction: &Vector,
        open: &[bool],
    ) -> bool {
        let directional_derivatives = objective.couple(gradient.products(direction));
        let promised = directional_derivatives
            .iter()
            .zip(&self.values)
            .zip(open)
            .filter(|(_, open)| **open);
        promised
            .into_iter()
            .all(|((derivative, value), _)| derivative.abs() <= ROUNDING * value.abs())
    }

    fn accept(
        &mut self,
        objective: &Objective<'_>,
        step_sizes: &[f64],
        values: Vec<f64>,
        direction: &Vector,
    ) -> bool {
        self.point.add(step_sizes, direction);
        let mut any = false;
        for (label, value) in values
            .into_iter()
            .enumerate()
            .filter(|&(label, _)| step_sizes[label] > 0.0)
        {
            let fell = self.values[label] - value > 1e-14 * value.abs();
            self.stuck[label] = !fell;
            self.values[label] = value;
            any |= fell;
        }
        objective.probabilities(self);
        any
    }
}
