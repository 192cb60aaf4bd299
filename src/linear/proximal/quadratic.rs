//! Coordinate descent on the quadratic model of the losses.

use super::state::State;
use super::{Coordinate, Direction, LabelGroup, WorkingSet};
use crate::linear::Intercept;
use rayon::prelude::*;

/// Sweeps of one quadratic model, of which a dozen are usual; the next step goes on from there.
const MAX_SWEEPS: usize = 200;

/// Quadratic model of the losses at a point.
pub(super) struct QuadraticModel<'a> {
    group: &'a LabelGroup<'a>,
    /// Labels by rows. In a group of one label the rest of the probability is that of the other
    /// answer.
    probabilities: Vec<f64>,
    costs: Vec<f64>,
}

/// View of one label of the model while its coordinates are visited.
struct LabelView<'a> {
    probabilities: &'a [f64],
    costs: &'a [f64],
    image: &'a mut [f64],
    /// `Σ p · (image + bias)` over the labels of each row.
    means: &'a mut [f64],
    bias: &'a mut f64,
}

/// State of coordinate descent on the quadratic model.
struct CoordinateDescent {
    /// For each label, one a chosen coordinate.
    moves: Vec<Vec<f64>>,
    /// Second derivatives along the coordinates.
    second_derivatives: Vec<Vec<f64>>,
    /// Coordinates that are not visited for now, because they seem to stay zero (shrinking).
    shrunk: Vec<Vec<bool>>,
    bias: Vec<f64>,
    /// Labels by rows.
    image: Vec<f64>,
    means: Vec<f64>,
}

impl CoordinateDescent {
    fn new(model: &QuadraticModel<'_>, working_set: &WorkingSet) -> Self {
        let (group, all) = (model.group, &working_set.coordinates);
        CoordinateDescent {
            moves: all.iter().map(|all| vec![0.0; all.len()]).collect(),
            second_derivatives: all
                .iter()
                .enumerate()
                .map(|(label, all)| model.second_derivatives(label, all))
                .collect(),
            shrunk: all.iter().map(|all| vec![false; all.len()]).collect(),
            bias: vec![0.0; group.labels],
            image: vec![0.0; group.rows * group.labels],
            means: vec![0.0; group.rows],
        }
    }
}

impl<'a> QuadraticModel<'a> {
    pub fn new(group: &'a LabelGroup<'a>, state: &State) -> Self {
        let cells = group.rows * group.labels;
        let (mut probabilities, mut costs) = (vec![0.0; cells], vec![0.0; cells]);
        for (cell, &p) in state.probabilities.iter().enumerate() {
            let (row, label) = (cell / group.labels, cell % group.labels);
            let place = label * group.rows + row;
            (probabilities[place], costs[place]) =
                (p, group.loss.cost(row, label, group.labels) * p);
        }
        QuadraticModel {
            group,
            probabilities,
            costs,
        }
    }

    /// Minimises the quadratic model by coordinate descent, until the violation in a sweep is small
    /// against that of the working set.
    pub fn minimise(&self, state: &State, working_set: &WorkingSet, share: f64) -> Direction {
        let mut descent = CoordinateDescent::new(self, working_set);
        let enough = share.clamp(0.001, 0.1) * working_set.violation;
        let mut reactivated = true;
        for _ in 0..MAX_SWEEPS {
            let is_small = self.sweep(state, working_set, &mut descent) <= enough;
            if is_small && reactivated {
                break;
            }
            if is_small {
                // Shrunk weights are visited once more before the end.
                descent.shrunk.iter_mut().for_each(|all| all.fill(false));
            }
            reactivated = is_small;
        }
        self.direction(state, working_set, descent)
    }

    /// Visits every coordinate once and returns the sum of their violations.
    fn sweep(
        &self,
        state: &State,
        working_set: &WorkingSet,
        descent: &mut CoordinateDescent,
    ) -> f64 {
        let (group, mut left) = (self.group, 0.0);
        for label in 0..group.labels {
            let cells = label * group.rows..(label + 1) * group.rows;
            let mut view = LabelView {
                probabilities: &self.probabilities[cells.clone()],
                costs: &self.costs[cells.clone()],
                image: &mut descent.image[cells],
                means: &mut descent.means,
                bias: &mut descent.bias[label],
            };
            left += self.move_bias(state.bias[label], working_set.bias[label], &mut view);
            let weights = state.of_label(label, group);
            let moves = descent.moves[label]
                .iter_mut()
                .zip(&mut descent.shrunk[label]);
            let all = working_set.coordinates[label]
                .iter()
                .zip(&descent.second_derivatives[label])
                .zip(moves);
            for ((coordinate, &second_derivative), (moved, shrunk)) in
                all.filter(|(_, (_, shrunk))| !**shrunk)
            {
                let weight = weights[coordinate.feature as usize] + *moved;
                let gradient = coordinate.gradient
                    + group.smooth() * *moved
                    + self.derivative_change(coordinate, &view);
                let violation = group.violation(weight, gradient);
                *shrunk = weight == 0.0 && violation == 0.0;
                let by = shrink(
                    weight - gradient / second_derivative,
                    group.l1_ratio / second_derivative,
                ) - weight;
                self.accept(coordinate, by, &mut view);
                *moved += by;
                left += violation;
            }
        }
        left
    }

    /// Returns the second derivative along each coordinate.
    fn second_derivatives(&self, label: usize, coordinates: &[Coordinate]) -> Vec<f64> {
        let cells = label * self.group.rows..(label + 1) * self.group.rows;
        let (probabilities, costs) = (&self.probabilities[cells.clone()], &self.costs[cells]);
        let second_derivative = |coordinate: &Coordinate| {
            let column = self.group.columns.column(coordinate.feature as usize);
            let sum: f64 = column
                .map(|(row, x)| x * x * costs[row] * (1.0 - probabilities[row]))
                .sum();
            (sum + self.group.smooth()).max(1e-12)
        };
        coordinates
            .par_iter()
            .with_min_len(256)
            .map(second_derivative)
            .collect()
    }

    /// Returns the change of the derivative along a coordinate by the moves so far.
    fn derivative_change(&self, coordinate: &Coordinate, view: &LabelView<'_>) -> f64 {
        let column = self.group.columns.column(coordinate.feature as usize);
        column
            .map(|(row, x)| x * view.costs[row] * (view.image[row] + *view.bias - view.means[row]))
            .sum()
    }

    fn accept(&self, coordinate: &Coordinate, by: f64, view: &mut LabelView<'_>) {
        if by == 0.0 {
            return;
        }
        for (row, x) in self.group.columns.column(coordinate.feature as usize) {
            view.image[row] += by * x;
            view.means[row] += by * x * view.probabilities[row];
        }
    }

    fn move_bias(&self, from: f64, gradient: f64, view: &mut LabelView<'_>) -> f64 {
        let group = self.group;
        if group.options.intercept == Intercept::None {
            return 0.0;
        }
        let (smooth, l1) = if group.bias_costs() {
            (group.smooth(), group.l1_ratio)
        } else {
            (0.0, 0.0)
        };
        let (mut curvature, mut second_derivative) = (0.0, smooth);
        for row in 0..group.rows {
            curvature += view.costs[row] * (view.image[row] + *view.bias - view.means[row]);
            second_derivative += view.costs[row] * (1.0 - view.probabilities[row]);
        }
        let (second_derivative, bias) = (second_derivative.max(1e-12), from + *view.bias);
        let gradient = gradient + smooth * *view.bias + curvature;
        let by = shrink(bias - gradient / second_derivative, l1 / second_derivative) - bias;
        *view.bias += by;
        view.means
            .iter_mut()
            .zip(view.probabilities)
            .for_each(|(mean, p)| *mean += by * p);
        group.bias_violation(bias, gradient)
    }

    fn direction(
        &self,
        state: &State,
        working_set: &WorkingSet,
        descent: CoordinateDescent,
    ) -> Direction {
        let CoordinateDescent {
            moves, bias, image, ..
        } = descent;
        let group = self.group;
        let mut directional_decrease: f64 = bias
            .iter()
            .zip(&working_set.bias)
            .map(|(by, gradient)| by * gradient)
            .sum();
        if group.bias_costs() {
            let l1 = state
                .bias
                .iter()
                .zip(&bias)
                .map(|(bias, by)| (bias + by).abs() - bias.abs());
            directional_decrease += group.l1_ratio * l1.sum::<f64>();
        }
        let of_label = |(label, moves): (usize, Vec<f64>)| {
            let weights = state.of_label(label, group);
            let all = working_set.coordinates[label]
                .iter()
                .zip(moves)
                .filter(|(_, by)| *by != 0.0);
            let one = |(coordinate, by): (&Coordinate, f64)| {
                let weight = weights[coordinate.feature as usize];
                directional_decrease += coordinate.gradient * by
                    + group.l1_ratio * ((weight + by).abs() - weight.abs());
                (coordinate.feature, by)
            };
            all.map(one).collect()
        };
        let weights = moves.into_iter().enumerate().map(of_label).collect();
        Direction {
            weights,
            bias,
            image,
            directional_decrease,
        }
    }
}

fn shrink(value: f64, by: f64) -> f64 {
    value.signum() * (value.abs() - by).max(0.0)
}
