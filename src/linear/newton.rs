//! Truncated Newton steps for smooth losses of a linear model.
//!
//! Each step solves `H s = −g` roughly by conjugate gradients, preconditioned with the diagonal
//! of the Hessian (Hsia, Chiang and Lin, ACML 2018), and then halves the step until the objective
//! has fallen enough (Lin, Weng and Keerthi, JMLR 2008; Nocedal and Wright 2006, ch. 7.1).
//! Products with `X` run over rows, products with its transpose over columns, each sum in a fixed
//! order, so the result does not depend on the number of threads.

use super::columns::Columns;
use super::{LinearModel, Problem};
use crate::features::SparseRows;
use crate::{Error, Result};
use rayon::prelude::*;

/// A convex loss of the decision values of one row, already multiplied by the row's cost.
pub(super) trait Loss: Sync {
    /// What `gradient` and `curve` need to know of the decision values.
    fn probabilities(&self, row: usize, decisions: &[f64], out: &mut [f64]);
    fn value(&self, row: usize, decisions: &[f64]) -> f64;
    fn gradient(&self, row: usize, probabilities: &[f64], out: &mut [f64]);
    /// Replaces a direction by the second derivative along it.
    fn curve(&self, row: usize, probabilities: &[f64], along: &mut [f64]);
    fn cost(&self, row: usize, label: usize, labels: usize) -> f64;
}

/// Weights (features by labels) followed by one bias a label.
type Point = Vec<f64>;

/// Rows are taken in runs of this many, so that sums over rows have a fixed order.
const RUN: usize = 256;
const MOST_INNER_STEPS: usize = 100;
const MOST_HALVINGS: usize = 40;

/// Minimises `½‖W‖² + Σ loss` and returns weights (features by labels) and biases: stops where the
/// gradient is at most `tolerance` times as long as it is at zero, wherever the solver begins.
pub(super) fn minimise(
    problem: &Problem<'_>,
    loss: &dyn Loss,
    tolerance: f64,
    most_steps: u32,
) -> Result<(Vec<f64>, Vec<f64>)> {
    let labels = problem.targets.labels();
    let columns = Columns::of(problem.rows);
    let system = System { rows: problem.rows, columns: &columns, loss, labels };
    problem.progress.stage("solving", u64::from(most_steps));
    let mut state = State::new(&system, vec![0.0; (problem.rows.columns() + 1) * labels]);
    let enough = tolerance * length(&system.gradient(&state));
    if !enough.is_finite() {
        return Err(Error::usage("the objective has no finite gradient").help("lower C or the weights"));
    }
    if let Some(start) = problem.start {
        state = State::new(&system, point_of(start));
    }
    let mut steps = 0;
    loop {
        let gradient = system.gradient(&state);
        if length(&gradient) <= enough {
            break;
        }
        if steps == most_steps {
            problem
                .progress
                .note(&format!("logistic regression stopped after {steps} steps, short of its tolerance"));
            break;
        }
        if !state.step(&system, &gradient) {
            if steps == 0 {
                return Err(Error::usage("no step lowers the objective").help("lower C or the weights"));
            }
            break;
        }
        steps += 1;
        problem.progress.advance(1);
    }
    let bias = state.point.split_off(problem.rows.columns() * labels);
    Ok((state.point, bias))
}

fn point_of(model: &LinearModel) -> Point {
    let labels = model.labels();
    let mut point = vec![0.0; model.features() * labels];
    for feature in 0..model.features() {
        let fill = |label: usize, weight: f64| point[feature * labels + label] = weight;
        model.weights().of_feature(feature, labels, fill);
    }
    point.extend_from_slice(model.bias());
    point
}

struct System<'a> {
    rows: &'a SparseRows,
    columns: &'a Columns,
    loss: &'a dyn Loss,
    labels: usize,
}

struct State {
    point: Point,
    /// Rows by labels.
    decisions: Vec<f64>,
    probabilities: Vec<f64>,
    value: f64,
}

impl State {
    fn new(system: &System<'_>, point: Point) -> Self {
        let decisions = system.decisions(&point);
        let probabilities = vec![0.0; decisions.len()];
        let mut state = State { point, decisions, probabilities, value: 0.0 };
        state.value = system.value(&state.point, &state.decisions);
        system.probabilities(&mut state);
        state
    }

    /// One Newton step; false if no step along the direction lowers the objective any more.
    fn step(&mut self, system: &System<'_>, gradient: &[f64]) -> bool {
        let direction = system.direction(self, gradient);
        let slope = dot(gradient, &direction);
        let along = system.decisions(&direction);
        let mut share = 1.0;
        for _ in 0..MOST_HALVINGS {
            let decisions = sum(&self.decisions, share, &along);
            let point = sum(&self.point, share, &direction);
            let value = system.value(&point, &decisions);
            if value <= self.value + 1e-4 * share * slope {
                let fell = self.value - value;
                (self.point, self.decisions, self.value) = (point, decisions, value);
                system.probabilities(self);
                return fell > 1e-14 * value.abs();
            }
            share *= 0.5;
        }
        false
    }
}

impl System<'_> {
    fn penalised(&self) -> usize {
        self.rows.columns() * self.labels
    }

    fn value(&self, point: &[f64], decisions: &[f64]) -> f64 {
        let rows = decisions.par_chunks(RUN * self.labels).enumerate().map(|(run, decisions)| {
            let rows = decisions.chunks_exact(self.labels).enumerate();
            rows.map(|(at, d)| self.loss.value(run * RUN + at, d)).sum::<f64>()
        });
        let losses: Vec<f64> = rows.collect();
        let weights = &point[..self.penalised()];
        0.5 * dot(weights, weights) + losses.iter().sum::<f64>()
    }

    fn probabilities(&self, state: &mut State) {
        let decisions = state.decisions.par_chunks_exact(self.labels);
        let pairs = decisions.zip(state.probabilities.par_chunks_exact_mut(self.labels)).enumerate();
        pairs.for_each(|(row, (d, p))| self.loss.probabilities(row, d, p));
    }

    /// `X·W + b`, rows by labels.
    fn decisions(&self, point: &[f64]) -> Vec<f64> {
        let mut decisions = vec![0.0; self.rows.rows() * self.labels];
        let bias = &point[self.penalised()..];
        decisions.par_chunks_exact_mut(self.labels).enumerate().with_min_len(16).for_each(|(row, out)| {
            out.copy_from_slice(bias);
            for (feature, value) in self.rows.row(row).iter() {
                add(out, value, &point[feature * self.labels..(feature + 1) * self.labels]);
            }
        });
        decisions
    }

    /// `penalty · point + Xᵀ·R`, and the sums of `R` for the biases.
    fn back(&self, point: &[f64], residuals: &[f64]) -> Point {
        let mut out = vec![0.0; point.len()];
        let (weights, bias) = out.split_at_mut(self.penalised());
        weights.copy_from_slice(&point[..weights.len()]);
        weights.par_chunks_exact_mut(self.labels).enumerate().with_min_len(64).for_each(|(feature, out)| {
            for (row, value) in self.columns.column(feature) {
                add(out, value, &residuals[row * self.labels..(row + 1) * self.labels]);
            }
        });
        residuals.chunks_exact(self.labels).for_each(|residual| add(bias, 1.0, residual));
        out
    }

    fn gradient(&self, state: &State) -> Point {
        let mut residuals = vec![0.0; state.decisions.len()];
        let pairs = residuals
            .par_chunks_exact_mut(self.labels)
            .zip(state.probabilities.par_chunks_exact(self.labels));
        pairs.enumerate().for_each(|(row, (out, p))| self.loss.gradient(row, p, out));
        self.back(&state.point, &residuals)
    }

    fn curvature(&self, state: &State, direction: &[f64]) -> Point {
        let mut along = self.decisions(direction);
        let pairs =
            along.par_chunks_exact_mut(self.labels).zip(state.probabilities.par_chunks_exact(self.labels));
        pairs.enumerate().for_each(|(row, (along, p))| self.loss.curve(row, p, along));
        self.back(direction, &along)
    }

    fn diagonal(&self, state: &State) -> Point {
        let labels = self.labels;
        let curve = |row: usize, label: usize| {
            let p = state.probabilities[row * labels + label];
            self.loss.cost(row, label, labels) * p * (1.0 - p)
        };
        let mut out = vec![1.0; state.point.len()];
        let (weights, bias) = out.split_at_mut(self.penalised());
        weights.par_chunks_exact_mut(labels).enumerate().with_min_len(64).for_each(|(feature, out)| {
            for (row, value) in self.columns.column(feature) {
                out.iter_mut().enumerate().for_each(|(label, d)| *d += value * value * curve(row, label));
            }
        });
        for (label, out) in bias.iter_mut().enumerate() {
            *out = (0..self.rows.rows()).map(|row| curve(row, label)).sum::<f64>().max(1e-12);
        }
        out
    }

    /// A direction in which the quadratic model falls: conjugate gradients from zero, stopped when
    /// the rest is small beside the gradient.
    fn direction(&self, state: &State, gradient: &[f64]) -> Point {
        let diagonal = self.diagonal(state);
        let mut direction = vec![0.0; gradient.len()];
        let mut rest: Point = gradient.iter().map(|g| -g).collect();
        let mut scaled: Point = quotient(&rest, &diagonal);
        let mut along = scaled.clone();
        let mut product = dot(&rest, &scaled);
        let first = product.sqrt();
        let enough = (first * first.min(0.25)).max(first * 0.01);
        for _ in 0..MOST_INNER_STEPS {
            let curved = self.curvature(state, &along);
            let bend = dot(&along, &curved);
            if bend <= 0.0 {
                break;
            }
            let share = product / bend;
            add(&mut direction, share, &along);
            add(&mut rest, -share, &curved);
            scaled = quotient(&rest, &diagonal);
            let next = dot(&rest, &scaled);
            if next.sqrt() <= enough {
                break;
            }
            along = sum(&scaled, next / product, &along);
            product = next;
        }
        direction
    }
}

fn add(out: &mut [f64], factor: f64, other: &[f64]) {
    out.iter_mut().zip(other).for_each(|(out, other)| *out += factor * other);
}

fn sum(a: &[f64], factor: f64, b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + factor * b).collect()
}

fn quotient(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a / b).collect()
}

/// Summed in runs of a fixed length, so that the order does not depend on the threads.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    const LENGTH: usize = 1 << 14;
    let run = |(a, b): (&[f64], &[f64])| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let runs: Vec<f64> = a.par_chunks(LENGTH).zip(b.par_chunks(LENGTH)).map(run).collect();
    runs.iter().sum()
}

fn length(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Targets;
    use crate::linear::LogisticRegression;
    use crate::progress::Progress;
    use std::sync::atomic::{AtomicU64, Ordering};

    struct Steps(AtomicU64);

    impl Progress for Steps {
        fn stage(&self, _name: &str, _total: u64) {}
        fn note(&self, _message: &str) {}

        fn advance(&self, by: u64) {
            self.0.fetch_add(by, Ordering::Relaxed);
        }
    }

    /// Three labels that overlap: every row has the feature of its label and one that tells nothing.
    fn rows_and_targets() -> (SparseRows, Targets) {
        let mut rows = SparseRows::new(7);
        let of: Vec<u32> = (0..60).map(|row| row * row % 7 % 3).collect();
        for (row, &label) in of.iter().enumerate() {
            rows.push(&[label, 3 + (row % 4) as u32], &[0.5 + row as f32 / 60.0, 1.0]);
        }
        (rows, Targets::Exclusive { labels: 3, of: of.into_iter().map(Some).collect() })
    }

    fn solved(c: f64, start: Option<&LinearModel>) -> (LinearModel, u64) {
        let (rows, targets) = rows_and_targets();
        let steps = Steps(AtomicU64::new(0));
        let options = LogisticRegression { c, tolerance: 1e-8, ..LogisticRegression::default() };
        let model = options.solve(&Problem { start, ..Problem::new(&rows, &targets, &steps) });
        (model.unwrap(), steps.0.into_inner())
    }

    #[test]
    fn a_start_saves_steps_and_changes_the_result_within_the_tolerance() {
        let (cold, steps) = solved(10.0, None);
        for (start, most) in [(cold.clone(), 0), (solved(9.0, None).0, steps - 1)] {
            let (warm, taken) = solved(10.0, Some(&start));
            assert!(taken <= most, "{taken} steps, {steps} from zero");
            for (a, b) in point_of(&cold).iter().zip(point_of(&warm)) {
                assert!((a - b).abs() < 1e-4 * (1.0 + a.abs()), "{a} {b}");
            }
        }
    }
}
