//! Truncated Newton steps for smooth losses of a linear model.
//!
//! Each step solves `H s = −g` roughly by conjugate gradients and then halves the step until the objective
//! has fallen enough (Lin, Weng and Keerthi, JMLR 2008; Nocedal and Wright 2006, ch. 7.1). Of the Hessian
//! only the part of the biases is preconditioned, by its diagonal.
//!
//! All weights are sums of rows, `W = Xᵀ·U` (the representer theorem: the gradient `W + Xᵀ·R` with the
//! losses' derivatives `R` is one again), so `U`, rows by labels, is what is held, and
//! `X·W = (X·Xᵀ)·U` its image. That is far less than features by labels, and one product with
//! [`Gram`] is all that a step of conjugate gradients costs. A model to begin with need not be such a
//! sum: it takes part as one more row, of its own for each label, whose share ends at zero.
//!
//! The solver stops where the gradient of the objective, over weights and biases, is at most
//! `tolerance` times as long as it is at zero. Every sum is taken in a fixed order, so the result does not depend on the
//! number of threads.

use super::gram::Gram;
use super::{Intercept, LinearModel, Problem};
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
    /// The second derivative of one label's decision value, at this probability.
    fn bend(&self, row: usize, label: usize, labels: usize, probability: f64) -> f64 {
        self.cost(row, label, labels) * probability * (1.0 - probability)
    }
    /// Whether one step, solved to the end, is all that is needed.
    fn is_quadratic(&self) -> bool {
        false
    }
}

/// Rows are taken in runs of this many, so that sums over rows have a fixed order.
const RUN: usize = 256;
const MOST_INNER_STEPS: usize = 100;
const MOST_HALVINGS: usize = 40;

/// Where the solver stops, and what becomes of biases.
pub(super) struct Plan {
    pub tolerance: f64,
    pub most_steps: u32,
    pub intercept: Intercept,
}

/// Minimises `½‖W‖² + Σ loss` and returns weights (features by labels) and biases.
pub(super) fn minimise(problem: &Problem<'_>, loss: &dyn Loss, plan: &Plan) -> Result<(Vec<f32>, Vec<f64>)> {
    problem.progress.stage("solving", u64::from(plan.most_steps));
    let mut system = System::new(problem, loss, plan.intercept);
    let mut state = State::new(&mut system, false);
    let mut gradient = system.gradient(&state);
    let first = gradient.length();
    if !first.is_finite() {
        return Err(Error::usage("the objective has no finite gradient").help("lower C or the weights"));
    }
    if system.start.is_some() {
        state = State::new(&mut system, true);
        gradient = system.gradient(&state);
    }
    let mut steps = 0;
    while gradient.length() > plan.tolerance * first {
        if steps == plan.most_steps {
            let what = format!("the solver stopped after {steps} steps, short of its tolerance");
            problem.progress.note(&what);
            break;
        }
        let share = system.forcing(gradient.length() / first, plan.tolerance);
        let direction = system.direction(&state, &gradient, share);
        if !state.step(&system, &gradient, &direction) {
            if steps == 0 && system.start.is_none() {
                return Err(Error::usage("no step lowers the objective").help("lower C or the weights"));
            }
            break;
        }
        gradient = system.gradient(&state);
        steps += 1;
        problem.progress.advance(1);
    }
    Ok(system.weights(state.point))
}

/// A point or direction: weights `Xᵀ·shares` and biases.
#[derive(Clone)]
struct Vector {
    /// Rows by labels; after the last row the share of the model that the solver began with.
    shares: Vec<f64>,
    /// What the weights make of every row, without `free`.
    image: Vec<f64>,
    /// One a label: what is added to the image, at no cost.
    free: Vec<f64>,
}

impl Vector {
    fn zero(cells: usize, labels: usize) -> Self {
        Vector { shares: vec![0.0; cells], image: vec![0.0; cells], free: vec![0.0; labels] }
    }

    /// The product of the weights of both and of the free biases.
    fn product(&self, other: &Vector) -> f64 {
        dot(&self.shares, &other.image) + dot(&self.free, &other.free)
    }

    fn length(&self) -> f64 {
        self.product(self).max(0.0).sqrt()
    }

    fn add(&mut self, factor: f64, other: &Vector) {
        add(&mut self.shares, factor, &other.shares);
        add(&mut self.image, factor, &other.image);
        add(&mut self.free, factor, &other.free);
    }

    fn scale(&mut self, factor: f64) {
        [&mut self.shares, &mut self.image, &mut self.free]
            .into_iter()
            .for_each(|numbers| scale(numbers, factor));
    }
}

/// The model to begin with as one more row: its image, then its products with itself.
struct Start<'a> {
    model: &'a LinearModel,
    image: Vec<f64>,
}

impl<'a> Start<'a> {
    fn new(problem: &Problem<'a>, model: &'a LinearModel, intercept: Intercept) -> Self {
        let labels = model.labels();
        let mut image = vec![0.0; (problem.rows.rows() + 1) * labels];
        let (of_rows, squares) = image.split_at_mut(problem.rows.rows() * labels);
        of_rows.par_chunks_exact_mut(labels).enumerate().for_each_init(Vec::new, |decisions, (row, out)| {
            model.decide(problem.rows.row(row), decisions);
            let without =
                |label: usize| if intercept == Intercept::Regularised { 0.0 } else { model.bias()[label] };
            out.iter_mut().enumerate().for_each(|(label, out)| *out = decisions[label] - without(label));
        });
        if intercept == Intercept::Regularised {
            squares.iter_mut().zip(model.bias().iter()).for_each(|(square, bias)| *square = bias * bias);
        }
        for feature in 0..model.features() {
            model.weights().of_feature(feature, labels, |label, weight| squares[label] += weight * weight);
        }
        Start { model, image }
    }
}

struct System<'a> {
    gram: Gram,
    loss: &'a dyn Loss,
    labels: usize,
    intercept: Intercept,
    start: Option<Start<'a>>,
}

struct State {
    point: Vector,
    /// Rows by labels.
    probabilities: Vec<f64>,
    value: f64,
}

impl State {
    fn new(system: &mut System<'_>, from_start: bool) -> Self {
        let mut point = Vector::zero(system.cells(), system.labels);
        if let Some(start) = system.start.as_ref().filter(|_| from_start) {
            let share = system.gram.rows() * system.labels;
            point.shares[share..].fill(1.0);
            point.image.copy_from_slice(&start.image);
            if system.intercept == Intercept::Free {
                point.free.copy_from_slice(start.model.bias());
            }
        }
        let value = 0.5 * dot(&point.shares, &point.image) + system.losses(&point, 0.0, &point);
        let mut state = State { point, probabilities: vec![0.0; system.gram.rows() * system.labels], value };
        system.probabilities(&mut state);
        state
    }

    /// One Newton step; false if no step along the direction lowers the objective any more.
    fn step(&mut self, system: &System<'_>, gradient: &Vector, direction: &Vector) -> bool {
        let slope = gradient.product(direction);
        let own = dot(&self.point.shares, &self.point.image);
        let cross = dot(&self.point.shares, &direction.image);
        let square = dot(&direction.shares, &direction.image);
        let mut share = 1.0;
        for _ in 0..MOST_HALVINGS {
            let penalty = 0.5 * (own + share * (2.0 * cross + share * square));
            let value = penalty + system.losses(&self.point, share, direction);
            if value <= self.value + 1e-4 * share * slope {
                let fell = self.value - value;
                self.point.add(share, direction);
                self.value = value;
                system.probabilities(self);
                return fell > 1e-14 * value.abs();
            }
            share *= 0.5;
        }
        false
    }
}

impl<'a> System<'a> {
    fn new(problem: &Problem<'a>, loss: &'a dyn Loss, intercept: Intercept) -> Self {
        let labels = problem.targets.labels();
        let start = problem.start.map(|model| Start::new(problem, model, intercept));
        System { gram: Gram::new(problem.rows, labels), loss, labels, intercept, start }
    }

    fn cells(&self) -> usize {
        (self.gram.rows() + usize::from(self.start.is_some())) * self.labels
    }

    /// Replaces the image by that of the shares.
    fn look(&mut self, vector: &mut Vector) {
        let of_rows = self.gram.rows() * self.labels;
        let ((shares, own), (image, squares)) =
            (vector.shares.split_at(of_rows), vector.image.split_at_mut(of_rows));
        self.gram.apply(shares, image);
        if self.intercept == Intercept::Regularised {
            let sums = self.sums(shares);
            each_row(image, self.labels, |_, image| add(image, 1.0, &sums));
        }
        if let Some(start) = &self.start {
            let (start, start_squares) = start.image.split_at(of_rows);
            each_row(image, self.labels, |row, image| {
                let start = &start[row * own.len()..(row + 1) * own.len()];
                image.iter_mut().zip(start).zip(own).for_each(|((image, start), own)| *image += own * start);
            });
            let products: Vec<f64> = shares.iter().zip(start).map(|(a, b)| a * b).collect();
            let squared = own.iter().zip(start_squares).map(|(own, square)| own * square);
            let both = self.sums(&products).into_iter().zip(squared);
            squares.iter_mut().zip(both).for_each(|(out, (a, b))| *out = a + b);
        }
    }

    /// The sum over rows for each label.
    fn sums(&self, rows: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.labels];
        rows.chunks_exact(self.labels).for_each(|row| add(&mut sums, 1.0, row));
        sums
    }

    /// The sum of losses at `point + share · direction`.
    fn losses(&self, point: &Vector, share: f64, direction: &Vector) -> f64 {
        let labels = self.labels;
        let run = |decisions: &mut Vec<f64>, run: usize| {
            let rows = run * RUN..((run + 1) * RUN).min(self.gram.rows());
            let one = |row: usize| {
                let cells = row * labels..(row + 1) * labels;
                decisions.clear();
                let images = point.image[cells.clone()].iter().zip(&direction.image[cells]);
                let free = point.free.iter().zip(&direction.free);
                decisions.extend(images.zip(free).map(|((a, b), (c, d))| (a + c) + share * (b + d)));
                self.loss.value(row, decisions)
            };
            rows.map(one).sum::<f64>()
        };
        let runs = self.gram.rows().div_ceil(RUN);
        let losses: Vec<f64> = (0..runs).into_par_iter().map_init(Vec::new, run).collect();
        losses.iter().sum()
    }

    fn probabilities(&self, state: &mut State) {
        let (point, labels) = (&state.point, self.labels);
        let one = |decisions: &mut Vec<f64>, (row, out): (usize, &mut [f64])| {
            decisions.clear();
            let image = &point.image[row * labels..(row + 1) * labels];
            decisions.extend(image.iter().zip(&point.free).map(|(image, free)| image + free));
            self.loss.probabilities(row, decisions, out);
        };
        state
            .probabilities
            .par_chunks_exact_mut(labels)
            .enumerate()
            .with_min_len(64)
            .for_each_init(Vec::new, one);
    }

    fn gradient(&mut self, state: &State) -> Vector {
        let mut gradient = Vector::zero(self.cells(), self.labels);
        let of_rows = state.probabilities.len();
        each_row(&mut gradient.shares[..of_rows], self.labels, |row, out| {
            self.loss.gradient(row, &state.probabilities[row * out.len()..(row + 1) * out.len()], out);
        });
        self.bind(&mut gradient);
        add(&mut gradient.shares, 1.0, &state.point.shares);
        self.look(&mut gradient);
        gradient
    }

    /// The free biases' part of a derivative whose shares are those of the losses.
    fn bind(&self, derivative: &mut Vector) {
        if self.intercept == Intercept::Free {
            derivative.free = self.sums(&derivative.shares[..self.gram.rows() * self.labels]);
        }
    }

    /// The second derivative along a direction; its image is not looked at.
    fn curvature(&self, state: &State, along: &Vector, out: &mut Vector) {
        let (labels, of_rows) = (self.labels, state.probabilities.len());
        each_row(&mut out.shares[..of_rows], labels, |row, out| {
            let cells = row * labels..(row + 1) * labels;
            let sums = along.image[cells.clone()].iter().zip(&along.free);
            out.iter_mut().zip(sums).for_each(|(out, (image, free))| *out = image + free);
            self.loss.curve(row, &state.probabilities[cells], out);
        });
        out.shares[of_rows..].fill(0.0);
        self.bind(out);
        add(&mut out.shares, 1.0, &along.shares);
    }

    /// One over the diagonal of the Hessian for the free biases.
    fn scales(&self, state: &State) -> Vec<f64> {
        let labels = self.labels;
        let mut diagonal = vec![0.0; labels];
        for (row, probabilities) in state.probabilities.chunks_exact(labels).enumerate() {
            for (label, p) in probabilities.iter().enumerate() {
                diagonal[label] += self.loss.bend(row, label, labels, *p);
            }
        }
        diagonal.into_iter().map(|sum: f64| 1.0 / sum.max(1e-12)).collect()
    }

    /// A direction in which the quadratic model falls: conjugate gradients from zero, stopped when
    /// the rest is this share of the gradient.
    fn direction(&mut self, state: &State, gradient: &Vector, share: f64) -> Vector {
        let scales = self.scales(state);
        let mut direction = Vector::zero(self.cells(), self.labels);
        let mut rest = gradient.clone();
        rest.scale(-1.0);
        let mut along = scaled(&rest, &scales);
        let mut curved = direction.clone();
        let mut product = measure(&rest, &scales);
        let enough = product * share * share;
        for _ in 0..MOST_INNER_STEPS {
            self.curvature(state, &along, &mut curved);
            let bend = dot(&along.image, &curved.shares) + dot(&along.free, &curved.free);
            if bend <= 0.0 {
                break;
            }
            let share = product / bend;
            direction.add(share, &along);
            add(&mut rest.shares, -share, &curved.shares);
            add(&mut rest.free, -share, &curved.free);
            self.look(&mut rest);
            let next = measure(&rest, &scales);
            if next <= enough {
                break;
            }
            along.scale(next / product);
            along.add(1.0, &scaled(&rest, &scales));
            product = next;
        }
        direction
    }

    /// The rest of a gradient that conjugate gradients leave, as a share of it: the smaller the nearer the end,
    /// but no smaller than the end asks for.
    fn forcing(&self, length: f64, tolerance: f64) -> f64 {
        let end = (0.5 * tolerance / length).min(0.25);
        if self.loss.is_quadratic() { end } else { length.sqrt().clamp(0.01, 0.25).max(end) }
    }

    fn weights(&self, point: Vector) -> (Vec<f32>, Vec<f64>) {
        let (labels, of_rows) = (self.labels, self.gram.rows() * self.labels);
        let (shares, own) = point.shares.split_at(of_rows);
        let weights = self.gram.weights(shares, |feature, sums| {
            if let Some(start) = &self.start {
                let model = start.model.weights();
                model.of_feature(feature, labels, |label, weight| sums[label] += own[label] * weight);
            }
        });
        let mut bias = point.free;
        if self.intercept == Intercept::Regularised {
            bias = self.sums(shares);
            if let Some(start) = &self.start {
                let start = own.iter().zip(start.model.bias().iter());
                bias.iter_mut().zip(start).for_each(|(bias, (own, start))| *bias += own * start);
            }
        }
        (weights, bias)
    }
}

fn scaled(vector: &Vector, scales: &[f64]) -> Vector {
    let mut scaled = vector.clone();
    scaled.free.iter_mut().zip(scales).for_each(|(free, scale)| *free *= scale);
    scaled
}

/// The square that conjugate gradients lower.
fn measure(rest: &Vector, scales: &[f64]) -> f64 {
    let free = rest.free.iter().zip(scales).map(|(free, scale)| free * free * scale);
    dot(&rest.shares, &rest.image) + free.sum::<f64>()
}

fn each_row(rows: &mut [f64], labels: usize, each: impl Fn(usize, &mut [f64]) + Sync) {
    rows.par_chunks_exact_mut(labels).enumerate().with_min_len(64).for_each(|(row, out)| each(row, out));
}

const LENGTH: usize = 1 << 14;

fn add(out: &mut [f64], factor: f64, other: &[f64]) {
    let run = |(out, other): (&mut [f64], &[f64])| {
        out.iter_mut().zip(other).for_each(|(out, other)| *out += factor * other);
    };
    if out.len() <= LENGTH {
        return run((out, other));
    }
    out.par_chunks_mut(LENGTH).zip(other.par_chunks(LENGTH)).for_each(run);
}

fn scale(numbers: &mut [f64], factor: f64) {
    numbers.par_chunks_mut(LENGTH).for_each(|run| run.iter_mut().for_each(|number| *number *= factor));
}

/// Summed in runs of a fixed length, so that the order does not depend on the threads.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let run = |(a, b): (&[f64], &[f64])| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let runs: Vec<f64> = a.par_chunks(LENGTH).zip(b.par_chunks(LENGTH)).map(run).collect();
    runs.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Targets;
    use crate::features::SparseRows;
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

    fn numbers(model: &LinearModel) -> Vec<f64> {
        let mut numbers = model.bias().to_vec();
        (0..model.features())
            .for_each(|f| model.weights().of_feature(f, model.labels(), |_, w| numbers.push(w)));
        numbers
    }

    #[test]
    fn a_start_saves_steps_and_changes_the_result_within_the_tolerance() {
        let (cold, steps) = solved(10.0, None);
        for (start, most) in [(cold.clone(), 0), (solved(9.0, None).0, steps - 1)] {
            let (warm, taken) = solved(10.0, Some(&start));
            assert!(taken <= most, "{taken} steps, {steps} from zero");
            for (a, b) in numbers(&cold).iter().zip(numbers(&warm)) {
                assert!((a - b).abs() < 1e-4 * (1.0 + a.abs()), "{a} {b}");
            }
        }
    }
}
