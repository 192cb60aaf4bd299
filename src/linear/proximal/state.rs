//! Weights, biases, and the decision values and losses at them.

use super::{Direction, LabelGroup, SparseSolution};
use rayon::prelude::*;

/// After 40 halvings a step is below the rounding error of the decision values.
const MAX_HALVINGS: usize = 40;
/// Rows in a chunk: sums over chunks have an order that does not depend on the number of threads.
const CHUNK_ROWS: usize = 256;

pub(super) struct State {
    /// Labels by features.
    pub weights: Vec<f64>,
    pub bias: Vec<f64>,
    /// Rows by labels, with the biases.
    decisions: Vec<f64>,
    pub probabilities: Vec<f64>,
    pub value: f64,
}

impl State {
    pub fn zero(group: &LabelGroup<'_>) -> Self {
        let cells = group.rows * group.labels;
        let mut state = State {
            weights: vec![0.0; group.columns.count() * group.labels],
            bias: vec![0.0; group.labels],
            decisions: vec![0.0; cells],
            probabilities: vec![0.0; cells],
            value: 0.0,
        };
        state.update_losses(group);
        state
    }

    pub fn of_label(&self, label: usize, group: &LabelGroup<'_>) -> &[f64] {
        let features = group.columns.count();
        &self.weights[label * features..(label + 1) * features]
    }

    /// Calculates the decision values from weights and biases.
    pub fn update_decisions(&mut self, group: &LabelGroup<'_>) {
        let features = group.columns.count();
        for row in self.decisions.chunks_exact_mut(group.labels) {
            row.copy_from_slice(&self.bias);
        }
        for (at, &weight) in self
            .weights
            .iter()
            .enumerate()
            .filter(|(_, weight)| **weight != 0.0)
        {
            for (row, value) in group.columns.column(at % features) {
                self.decisions[row * group.labels + at / features] += value * weight;
            }
        }
        self.update_losses(group);
    }

    /// Calculates value and probabilities from the decision values.
    fn update_losses(&mut self, group: &LabelGroup<'_>) {
        self.value = losses(group, &self.decisions) + self.penalty(group);
        let rows = self
            .decisions
            .chunks_exact(group.labels)
            .zip(self.probabilities.chunks_exact_mut(group.labels));
        rows.enumerate()
            .for_each(|(row, (decisions, out))| group.loss.probabilities(row, decisions, out));
    }

    fn penalty(&self, group: &LabelGroup<'_>) -> f64 {
        let bias: &[f64] = if group.bias_costs() { &self.bias } else { &[] };
        self.weights
            .iter()
            .chain(bias)
            .filter(|weight| **weight != 0.0)
            .map(|&weight| group.penalty(weight))
            .sum()
    }

    /// Rows by labels.
    pub fn residuals(&self, group: &LabelGroup<'_>) -> Vec<f64> {
        let mut residuals = vec![0.0; self.decisions.len()];
        let rows = residuals
            .chunks_exact_mut(group.labels)
            .zip(self.probabilities.chunks_exact(group.labels));
        rows.enumerate()
            .for_each(|(row, (out, probabilities))| group.loss.gradient(row, probabilities, out));
        residuals
    }

    /// Steps along the direction, halving the step until the objective decreases; returns false if
    /// it does not.
    pub fn step(&mut self, group: &LabelGroup<'_>, direction: &Direction) -> bool {
        let before = self.penalty(group);
        let mut share = 1.0;
        for _ in 0..MAX_HALVINGS {
            let decisions = self.decisions_at(group, direction, share);
            let penalty = before + self.penalty_increase(group, direction, share);
            let value = losses(group, &decisions) + penalty;
            if value <= self.value + 0.01 * share * direction.directional_decrease {
                let fell = self.value - value;
                self.accept(group, direction, share);
                self.decisions = decisions;
                self.update_losses(group);
                return fell > 1e-14 * value.abs();
            }
            share *= 0.5;
        }
        false
    }

    fn decisions_at(&self, group: &LabelGroup<'_>, direction: &Direction, share: f64) -> Vec<f64> {
        let cell = |(cell, decision): (usize, &f64)| {
            let (row, label) = (cell / group.labels, cell % group.labels);
            decision + share * (direction.image[label * group.rows + row] + direction.bias[label])
        };
        self.decisions.iter().enumerate().map(cell).collect()
    }

    /// Returns the increase of the penalty by a step of size `share`.
    fn penalty_increase(&self, group: &LabelGroup<'_>, direction: &Direction, share: f64) -> f64 {
        let penalty_increase =
            |weight: f64, by: f64| group.penalty(weight + share * by) - group.penalty(weight);
        let of_label = |(label, moves): (usize, &Vec<(u32, f64)>)| {
            let weights = self.of_label(label, group);
            moves
                .iter()
                .map(|&(feature, by)| penalty_increase(weights[feature as usize], by))
                .sum::<f64>()
        };
        let weights: f64 = direction.weights.iter().enumerate().map(of_label).sum();
        let bias = self
            .bias
            .iter()
            .zip(&direction.bias)
            .filter(|_| group.bias_costs());
        weights
            + bias
                .map(|(&bias, &by)| penalty_increase(bias, by))
                .sum::<f64>()
    }

    fn accept(&mut self, group: &LabelGroup<'_>, direction: &Direction, share: f64) {
        let features = group.columns.count();
        for (label, moves) in direction.weights.iter().enumerate() {
            for &(feature, by) in moves {
                self.weights[label * features + feature as usize] += share * by;
            }
        }
        self.bias
            .iter_mut()
            .zip(&direction.bias)
            .for_each(|(bias, by)| *bias += share * by);
    }

    pub fn into_solution(self, group: &LabelGroup<'_>) -> SparseSolution {
        let features = group.columns.count();
        let all = self
            .weights
            .into_iter()
            .enumerate()
            .filter(|&(_, weight)| weight != 0.0);
        let weights = all
            .map(|(at, weight)| ((at % features) as u32, (at / features) as u32, weight))
            .collect();
        SparseSolution {
            weights,
            bias: self.bias,
        }
    }
}

fn losses(group: &LabelGroup<'_>, decisions: &[f64]) -> f64 {
    let run = |(run, decisions): (usize, &[f64])| {
        let rows = decisions.chunks_exact(group.labels).enumerate();
        rows.map(|(at, decisions)| group.loss.value(run * CHUNK_ROWS + at, decisions))
            .sum::<f64>()
    };
    let losses: Vec<f64> = decisions
        .par_chunks(CHUNK_ROWS * group.labels)
        .enumerate()
        .map(run)
        .collect();
    losses.iter().sum()
}
