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

use super::Intercept;
use super::columns::Columns;
use super::newton::{Loss, NewtonOptions};
use crate::io::Progress;
use rayon::prelude::*;

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

/// After 40 halvings a step is below the rounding error of the decision values.
const MAX_HALVINGS: usize = 40;
/// Sweeps of one quadratic model, of which a dozen are usual; the next step goes on from there.
const MAX_SWEEPS: usize = 200;
const MAX_BIAS_STEPS: usize = 30;
/// Rows in a chunk: sums over chunks have an order that does not depend on the number of threads.
const CHUNK_ROWS: usize = 256;

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

struct State {
    /// Labels by features.
    weights: Vec<f64>,
    bias: Vec<f64>,
    /// Rows by labels, with the biases.
    decisions: Vec<f64>,
    probabilities: Vec<f64>,
    value: f64,
}

impl State {
    fn zero(group: &LabelGroup<'_>) -> Self {
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

    fn of_label(&self, label: usize, group: &LabelGroup<'_>) -> &[f64] {
        let features = group.columns.count();
        &self.weights[label * features..(label + 1) * features]
    }

    /// Calculates the decision values from weights and biases.
    fn update_decisions(&mut self, group: &LabelGroup<'_>) {
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
    fn residuals(&self, group: &LabelGroup<'_>) -> Vec<f64> {
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
    fn step(&mut self, group: &LabelGroup<'_>, direction: &Direction) -> bool {
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

    fn into_solution(self, group: &LabelGroup<'_>) -> SparseSolution {
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

/// Quadratic model of the losses at a point.
struct QuadraticModel<'a> {
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
    fn new(group: &'a LabelGroup<'a>, state: &State) -> Self {
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
    fn minimise(&self, state: &State, working_set: &WorkingSet, share: f64) -> Direction {
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

#[cfg(test)]
mod tests {
    use super::super::{Intercept, LinearModel, LogisticRegression, MultiClass, Penalty, Problem};
    use crate::corpus::Targets;
    use crate::features::SparseRows;
    use crate::io::Silent;
    use crate::linear::solver::Solver;

    /// Labels that follow from the first features, and many features that tell nothing.
    fn rows_and_targets() -> (SparseRows, Targets) {
        let mut rows = SparseRows::new(60);
        let of: Vec<u32> = (0..90).map(|row| row * row % 11 % 3).collect();
        for (row, &label) in of.iter().enumerate() {
            let noise = [3 + row as u32 * 7 % 19, 22 + row as u32 * 13 % 38];
            rows.push(
                &[label, noise[0], noise[1]],
                &[0.6 + row as f32 / 90.0, 0.7, 0.4],
            );
        }
        (
            rows,
            Targets::Exclusive {
                labels: 3,
                of: of.into_iter().map(Some).collect(),
            },
        )
    }

    fn solve(options: &LogisticRegression, start: Option<&LinearModel>) -> Vec<f64> {
        numbers(&solved(options, start))
    }

    fn solved(options: &LogisticRegression, start: Option<&LinearModel>) -> LinearModel {
        let (rows, targets) = rows_and_targets();
        options
            .solve(&Problem {
                start,
                ..Problem::new(&rows, &targets, &Silent)
            })
            .unwrap()
    }

    fn numbers(model: &LinearModel) -> Vec<f64> {
        let mut numbers = vec![0.0; model.features() * model.labels()];
        for feature in 0..model.features() {
            let fill =
                |label: usize, weight: f64| numbers[feature * model.labels() + label] = weight;
            model.weights().of_feature(feature, model.labels(), fill);
        }
        numbers.extend_from_slice(model.bias());
        numbers
    }

    fn options(multi_class: MultiClass, l1_ratio: f64) -> LogisticRegression {
        let penalty = Penalty::ElasticNet { l1_ratio };
        LogisticRegression {
            multi_class,
            penalty,
            c: 3.0,
            tolerance: 1e-12,
            ..LogisticRegression::default()
        }
    }

    #[test]
    fn what_tells_nothing_weighs_nothing() {
        for multi_class in [MultiClass::Softmax, MultiClass::OneVsRest] {
            let numbers = solve(&options(multi_class, 1.0), None);
            assert!((0..3).all(|label| numbers[label * 4] > 1.0), "{numbers:?}");
            let zeros = numbers.iter().filter(|&&number| number == 0.0).count();
            assert!(zeros > 120, "{zeros} of {}", numbers.len());
        }
    }

    #[test]
    fn biases_of_a_start_are_not_kept_where_there_are_none() {
        let options = LogisticRegression {
            intercept: Intercept::None,
            ..options(MultiClass::Softmax, 1.0)
        };
        let start = solved(
            &LogisticRegression {
                intercept: Intercept::Free,
                ..options.clone()
            },
            None,
        );
        assert!(start.bias().iter().any(|&bias| bias != 0.0));
        assert!(
            solved(&options, Some(&start))
                .bias()
                .iter()
                .all(|&bias| bias == 0.0)
        );
    }

    #[test]
    fn a_start_changes_nothing_and_hardly_any_l1_is_l2() {
        for multi_class in [MultiClass::Softmax, MultiClass::OneVsRest] {
            let options_ = options(multi_class, 0.5);
            let near = solved(
                &LogisticRegression {
                    c: 2.5,
                    ..options_.clone()
                },
                None,
            );
            let (cold, warm) = (solve(&options_, None), solve(&options_, Some(&near)));
            let hardly = solve(&options(multi_class, 1e-9), None);
            let none = solve(&options(multi_class, 0.0), None);
            for (a, b) in cold.iter().zip(&warm).chain(hardly.iter().zip(&none)) {
                assert!((a - b).abs() < 1e-5, "{multi_class:?} {a} {b}");
            }
        }
    }
}
