//! Objective of some labels over all rows: its gradient, its Hessian, and Newton directions.

use super::Loss;
use super::start::Start;
use super::state::State;
use super::vector::{Vector, add, dots, for_each_row, sum_of_chunks};
use crate::linear::columns::Columns;
use crate::linear::gram::Gram;
use crate::linear::{Intercept, Problem};
use rayon::prelude::*;
use std::ops::Range;

/// Rows are taken in runs of this many, so that sums over rows have a fixed order.
const CHUNK_ROWS: usize = 256;
/// Steps of conjugate gradients in a Newton step; the next step goes on from there.
const MAX_INNER_STEPS: usize = 100;

pub(super) struct Objective<'a> {
    pub(super) gram: Gram<'a>,
    loss: &'a dyn Loss,
    pub(super) labels: usize,
    pub(super) intercept: Intercept,
    pub(super) start: Option<Start<'a>>,
}

impl<'a> Objective<'a> {
    /// Returns the objective of the labels of a range, which are all that `loss` contains.
    pub fn new(
        problem: &Problem<'a>,
        columns: &'a Columns,
        loss: &'a dyn Loss,
        intercept: Intercept,
        of: Range<usize>,
    ) -> Self {
        let labels = of.len();
        let start = problem
            .start
            .map(|model| Start::new(problem, model, intercept, of));
        Objective {
            gram: Gram::new(columns, problem.rows.rows(), labels),
            loss,
            labels,
            intercept,
            start,
        }
    }

    pub(crate) fn has_start(&self) -> bool {
        self.start.is_some()
    }

    pub fn cells(&self) -> usize {
        (self.gram.rows() + usize::from(self.start.is_some())) * self.labels
    }

    /// Replaces the values of labels by their sum where the labels are one problem.
    pub fn couple(&self, mut select_labels: Vec<f64>) -> Vec<f64> {
        if self.loss.couples_labels() {
            let sum: f64 = select_labels.iter().sum();
            select_labels.fill(sum);
        }
        select_labels
    }

    /// Returns the length of each label's part of a gradient.
    pub fn lengths(&self, gradient: &Vector) -> Vec<f64> {
        self.couple(gradient.products(gradient))
            .into_iter()
            .map(|square| square.max(0.0).sqrt())
            .collect()
    }

    /// Replaces the image of a vector by that of its coefficients.
    fn update_image(&mut self, vector: &mut Vector) {
        let of_rows = self.gram.rows() * self.labels;
        let ((coefficients, own), (image, squares)) = (
            vector.coefficients.split_at(of_rows),
            vector.image.split_at_mut(of_rows),
        );
        self.gram.apply(coefficients, image);
        if self.intercept == Intercept::Regularised {
            let sums = self.sums(coefficients);
            for_each_row(image, self.labels, |_, image| {
                image
                    .iter_mut()
                    .zip(&sums)
                    .for_each(|(image, sum)| *image += sum);
            });
        }
        if let Some(start) = &self.start {
            let (start, start_squares) = start.image.split_at(of_rows);
            for_each_row(image, self.labels, |row, image| {
                let start = &start[row * own.len()..(row + 1) * own.len()];
                image
                    .iter_mut()
                    .zip(start)
                    .zip(own)
                    .for_each(|((image, start), own)| *image += own * start);
            });
            let squared = own
                .iter()
                .zip(start_squares)
                .map(|(own, square)| own * square);
            let both = dots(coefficients, start, self.labels)
                .into_iter()
                .zip(squared);
            squares
                .iter_mut()
                .zip(both)
                .for_each(|(out, (a, b))| *out = a + b);
        }
    }

    /// Returns the sum over rows for each label.
    fn sums(&self, rows: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.labels];
        rows.chunks_exact(self.labels).for_each(|row| {
            sums.iter_mut()
                .zip(row)
                .for_each(|(sum, cell)| *sum += cell)
        });
        sums
    }

    /// Returns the sum of losses at `point + step · direction` for each label with its step size.
    pub fn losses(&self, point: &Vector, step_sizes: &[f64], direction: &Vector) -> Vec<f64> {
        let labels = self.labels;
        let run = |decisions: &mut Vec<f64>, run: usize| {
            let rows = run * CHUNK_ROWS..((run + 1) * CHUNK_ROWS).min(self.gram.rows());
            let mut sums = vec![0.0; labels];
            for row in rows {
                let cells = row * labels..(row + 1) * labels;
                decisions.clear();
                let images = point.image[cells.clone()]
                    .iter()
                    .zip(&direction.image[cells]);
                let biases = point.biases.iter().zip(&direction.biases);
                let both = images.zip(biases).zip(step_sizes);
                decisions.extend(both.map(|(((a, b), (c, d)), share)| (a + c) + share * (b + d)));
                self.loss.add_values(row, decisions, &mut sums);
            }
            sums
        };
        let runs = self.gram.rows().div_ceil(CHUNK_ROWS);
        self.couple(sum_of_chunks(
            (0..runs).into_par_iter().map_init(Vec::new, run).collect(),
            labels,
        ))
    }

    pub fn probabilities(&self, state: &mut State) {
        let (point, labels) = (&state.point, self.labels);
        let one = |decisions: &mut Vec<f64>, (row, out): (usize, &mut [f64])| {
            decisions.clear();
            let image = &point.image[row * labels..(row + 1) * labels];
            decisions.extend(
                image
                    .iter()
                    .zip(&point.biases)
                    .map(|(image, biases)| image + biases),
            );
            self.loss.probabilities(row, decisions, out);
        };
        state
            .probabilities
            .par_chunks_exact_mut(labels)
            .enumerate()
            .with_min_len(64)
            .for_each_init(Vec::new, one);
    }

    pub fn gradient(&mut self, state: &State) -> Vector {
        let mut gradient = Vector::zero(self.cells(), self.labels);
        let of_rows = state.probabilities.len();
        for_each_row(
            &mut gradient.coefficients[..of_rows],
            self.labels,
            |row, out| {
                self.loss.gradient(
                    row,
                    &state.probabilities[row * out.len()..(row + 1) * out.len()],
                    out,
                );
            },
        );
        self.add_bias_gradient(&mut gradient);
        add(
            &mut gradient.coefficients,
            &vec![1.0; self.labels],
            &state.point.coefficients,
        );
        self.update_image(&mut gradient);
        gradient
    }

    /// Sets the biases' part of a derivative whose coefficients are those of the losses.
    fn add_bias_gradient(&self, derivative: &mut Vector) {
        if self.intercept == Intercept::Free {
            derivative.biases =
                self.sums(&derivative.coefficients[..self.gram.rows() * self.labels]);
        }
    }

    /// Calculates the product of the Hessian with a direction, without its image.
    fn hessian_product(&self, state: &State, along: &Vector, out: &mut Vector) {
        let (labels, of_rows) = (self.labels, state.probabilities.len());
        for_each_row(&mut out.coefficients[..of_rows], labels, |row, out| {
            let cells = row * labels..(row + 1) * labels;
            let sums = along.image[cells.clone()].iter().zip(&along.biases);
            out.iter_mut()
                .zip(sums)
                .for_each(|(out, (image, biases))| *out = image + biases);
            self.loss
                .hessian_product(row, &state.probabilities[cells], out);
        });
        out.coefficients[of_rows..].fill(0.0);
        self.add_bias_gradient(out);
        add(
            &mut out.coefficients,
            &vec![1.0; labels],
            &along.coefficients,
        );
    }

    /// Returns one over the diagonal of the Hessian for the free biases.
    fn inverse_diagonal(&self, state: &State) -> Vec<f64> {
        let labels = self.labels;
        let mut diagonal = vec![0.0; labels];
        for (row, probabilities) in state.probabilities.chunks_exact(labels).enumerate() {
            for (label, p) in probabilities.iter().enumerate() {
                diagonal[label] += self.loss.hessian_diagonal(row, label, labels, *p);
            }
        }
        diagonal
            .into_iter()
            .map(|sum: f64| 1.0 / sum.max(1e-12))
            .collect()
    }

    /// Returns a descent direction: conjugate gradients from zero, which stop for each open label
    /// when the residual is its forcing term times the gradient.
    pub fn direction(
        &mut self,
        state: &State,
        gradient: &Vector,
        forcing_terms: &[f64],
        open: &[bool],
    ) -> Vector {
        let inverse_diagonal = self.inverse_diagonal(state);
        let mut direction = Vector::zero(self.cells(), self.labels);
        let mut residual = gradient.clone();
        residual.negate();
        let mut along = scaled(&residual, &inverse_diagonal);
        let mut curved = direction.clone();
        let mut products = self.squared_lengths(&residual, &inverse_diagonal);
        let enough: Vec<f64> = products
            .iter()
            .zip(forcing_terms)
            .map(|(product, share)| product * share * share)
            .collect();
        let mut open = open.to_vec();
        for _ in 0..MAX_INNER_STEPS {
            self.hessian_product(state, &along, &mut curved);
            let curvatures = self.couple(curved_products(&along, &curved));
            open.iter_mut()
                .zip(&curvatures)
                .for_each(|(open, hessian_diagonal)| *open &= *hessian_diagonal > 0.0);
            let steps = ratios(&products, &curvatures, &open);
            direction.add(&steps, &along);
            let back: Vec<f64> = steps.iter().map(|step| -step).collect();
            add(&mut residual.coefficients, &back, &curved.coefficients);
            add(&mut residual.biases, &back, &curved.biases);
            self.update_image(&mut residual);
            let next = self.squared_lengths(&residual, &inverse_diagonal);
            open.iter_mut()
                .enumerate()
                .for_each(|(at, open)| *open &= next[at] > enough[at]);
            if !open.contains(&true) {
                break;
            }
            let momentum = ratios(&next, &products, &open);
            along.scale_and_add(&momentum, &scaled(&residual, &inverse_diagonal));
            products = next;
        }
        direction
    }

    /// Returns the squared lengths of a residual in the norm of the preconditioner.
    fn squared_lengths(&self, residual: &Vector, inverse_diagonal: &[f64]) -> Vec<f64> {
        let mut squares = dots(&residual.coefficients, &residual.image, self.labels);
        let biases = residual.biases.iter().zip(inverse_diagonal);
        squares
            .iter_mut()
            .zip(biases)
            .for_each(|(square, (biases, scale))| *square += biases * biases * scale);
        self.couple(squares)
    }

    /// Returns the forcing term: the residual that conjugate gradients leave, as a share of the
    /// gradient. It decreases towards the end, but not below what the tolerance asks for.
    pub(crate) fn forcing_term(&self, length: f64, tolerance: f64) -> f64 {
        let end = (0.5 * tolerance / length).min(0.25);
        if self.loss.is_quadratic() {
            end
        } else {
            length.sqrt().clamp(0.01, 0.25).max(end)
        }
    }

    pub fn weights(&self, point: Vector) -> (Vec<f32>, Vec<f64>) {
        let (coefficients, own) = point.coefficients.split_at(self.gram.rows() * self.labels);
        let weights = self.gram.weights(coefficients, |feature, sums| {
            self.start
                .iter()
                .for_each(|start| start.add(feature, own, sums));
        });
        let mut bias = point.biases;
        if self.intercept == Intercept::Regularised {
            bias = self.sums(coefficients);
            if let Some(start) = &self.start {
                let start = own.iter().zip(start.biases(self.labels));
                bias.iter_mut()
                    .zip(start)
                    .for_each(|(bias, (own, start))| *bias += own * start);
            }
        }
        (weights, bias)
    }
}

/// Returns for each label the curvature `sᵀHs` along a direction.
fn curved_products(along: &Vector, curved: &Vector) -> Vec<f64> {
    let mut products = dots(&along.image, &curved.coefficients, along.biases.len());
    let biases = along.biases.iter().zip(&curved.biases);
    products
        .iter_mut()
        .zip(biases)
        .for_each(|(product, (a, b))| *product += a * b);
    products
}

/// Returns the ratio of two numbers for each open label, 0 for the others.
fn ratios(numerators: &[f64], denominators: &[f64], open: &[bool]) -> Vec<f64> {
    let both = numerators.iter().zip(denominators).zip(open);
    both.map(|((a, b), &open)| if open { a / b } else { 0.0 })
        .collect()
}

fn scaled(vector: &Vector, inverse_diagonal: &[f64]) -> Vector {
    let mut scaled = vector.clone();
    scaled
        .biases
        .iter_mut()
        .zip(inverse_diagonal)
        .for_each(|(biases, scale)| *biases *= scale);
    scaled
}
