//! Where the solver stands, and its steps along a direction.

use super::system::System;
use super::vector::{Vector, dots};
use crate::linear::Intercept;

const MOST_HALVINGS: usize = 40;
/// What sums over many rows may lose of an objective.
const ROUNDING: f64 = 1e-10;

pub(super) struct State {
    pub point: Vector,
    /// The labels whose objective no step lowers any more.
    pub stuck: Vec<bool>,
    /// Rows by labels.
    pub probabilities: Vec<f64>,
    /// The objective of each label.
    values: Vec<f64>,
}

impl State {
    pub fn new(system: &mut System<'_>, from_start: bool) -> Self {
        let labels = system.labels;
        let mut point = Vector::zero(system.cells(), labels);
        if let Some(start) = system.start.as_ref().filter(|_| from_start) {
            let share = system.gram.rows() * labels;
            point.shares[share..].fill(1.0);
            point.image.copy_from_slice(&start.image);
            if system.intercept == Intercept::Free {
                point.free.copy_from_slice(start.biases(labels));
            }
        }
        let penalties = system.join(dots(&point.shares, &point.image, labels));
        let losses = system.losses(&point, &vec![0.0; labels], &point);
        let values = penalties
            .iter()
            .zip(losses)
            .map(|(penalty, loss)| 0.5 * penalty + loss)
            .collect();
        let probabilities = vec![0.0; system.gram.rows() * labels];
        let mut state = State {
            point,
            stuck: vec![false; labels],
            probabilities,
            values,
        };
        system.probabilities(&mut state);
        state
    }

    /// One Newton step; false if no label's objective falls any more.
    pub fn step(
        &mut self,
        system: &System<'_>,
        gradient: &Vector,
        direction: &Vector,
        open: &[bool],
    ) -> bool {
        let of = |a: &[f64], b: &[f64]| system.join(dots(a, b, system.labels));
        let slopes = system.join(gradient.products(direction));
        let own = of(&self.point.shares, &self.point.image);
        let cross = of(&self.point.shares, &direction.image);
        let square = of(&direction.shares, &direction.image);
        let mut shares: Vec<f64> = open.iter().map(|&open| f64::from(u8::from(open))).collect();
        let mut values = self.values.clone();
        for _ in 0..MOST_HALVINGS {
            let losses = system.losses(&self.point, &shares, direction);
            let mut all = true;
            for (label, loss) in losses.into_iter().enumerate() {
                let share = shares[label];
                let penalty =
                    0.5 * (own[label] + share * (2.0 * cross[label] + share * square[label]));
                values[label] = penalty + loss;
                if share > 0.0 && values[label] > self.values[label] + 1e-4 * share * slopes[label]
                {
                    (shares[label], all) = (0.5 * share, false);
                }
            }
            if all {
                return self.go(system, &shares, values, direction);
            }
        }
        self.stuck.fill(true);
        false
    }

    /// Whether all that the quadratic model promises is what rounding makes of the objective: the point is the best then.
    pub fn is_done(
        &self,
        system: &System<'_>,
        gradient: &Vector,
        direction: &Vector,
        open: &[bool],
    ) -> bool {
        let slopes = system.join(gradient.products(direction));
        let promised = slopes
            .iter()
            .zip(&self.values)
            .zip(open)
            .filter(|(_, open)| **open);
        promised
            .into_iter()
            .all(|((slope, value), _)| slope.abs() <= ROUNDING * value.abs())
    }

    fn go(
        &mut self,
        system: &System<'_>,
        shares: &[f64],
        values: Vec<f64>,
        direction: &Vector,
    ) -> bool {
        self.point.add(shares, direction);
        let mut any = false;
        for (label, value) in values
            .into_iter()
            .enumerate()
            .filter(|&(label, _)| shares[label] > 0.0)
        {
            let fell = self.values[label] - value > 1e-14 * value.abs();
            self.stuck[label] = !fell;
            self.values[label] = value;
            any |= fell;
        }
        system.probabilities(self);
        any
    }
}
