//! The objective of some labels over all rows: its gradient, its curvature, and steps on it.

use super::Loss;
use super::start::Start;
use super::state::State;
use super::vector::{Vector, add, dots, each_row, total};
use crate::linear::columns::Columns;
use crate::linear::gram::Gram;
use crate::linear::{Intercept, Problem};
use rayon::prelude::*;
use std::ops::Range;

/// Rows are taken in runs of this many, so that sums over rows have a fixed order.
const RUN: usize = 256;
const MOST_INNER_STEPS: usize = 100;

pub(super) struct System<'a> {
    pub(super) gram: Gram<'a>,
    loss: &'a dyn Loss,
    pub(super) labels: usize,
    pub(super) intercept: Intercept,
    pub(super) start: Option<Start<'a>>,
}

impl<'a> System<'a> {
    /// The labels of the range, which are all that `loss` knows of.
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
        System {
            gram: Gram::new(columns, problem.rows.rows(), labels),
            loss,
            labels,
            intercept,
            start,
        }
    }

    pub fn has_start(&self) -> bool {
        self.start.is_some()
    }

    pub fn cells(&self) -> usize {
        (self.gram.rows() + usize::from(self.start.is_some())) * self.labels
    }

    /// The total for every label where they are one problem.
    pub fn join(&self, mut of_labels: Vec<f64>) -> Vec<f64> {
        if self.loss.is_joint() {
            let sum: f64 = of_labels.iter().sum();
            of_labels.fill(sum);
        }
        of_labels
    }

    /// How long each label's part of a gradient is.
    pub fn lengths(&self, gradient: &Vector) -> Vec<f64> {
        self.join(gradient.products(gradient))
            .into_iter()
            .map(|square| square.max(0.0).sqrt())
            .collect()
    }

    /// Replaces the image by that of the shares.
    fn look(&mut self, vector: &mut Vector) {
        let of_rows = self.gram.rows() * self.labels;
        let ((shares, own), (image, squares)) = (
            vector.shares.split_at(of_rows),
            vector.image.split_at_mut(of_rows),
        );
        self.gram.apply(shares, image);
        if self.intercept == Intercept::Regularised {
            let sums = self.sums(shares);
            each_row(image, self.labels, |_, image| {
                image
                    .iter_mut()
                    .zip(&sums)
                    .for_each(|(image, sum)| *image += sum);
            });
        }
        if let Some(start) = &self.start {
            let (start, start_squares) = start.image.split_at(of_rows);
            each_row(image, self.labels, |row, image| {
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
            let both = dots(shares, start, self.labels).into_iter().zip(squared);
            squares
                .iter_mut()
                .zip(both)
                .for_each(|(out, (a, b))| *out = a + b);
        }
    }

    /// The sum over rows for each label.
    fn sums(&self, rows: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.labels];
        rows.chunks_exact(self.labels).for_each(|row| {
            sums.iter_mut()
                .zip(row)
                .for_each(|(sum, cell)| *sum += cell)
        });
        sums
    }

    /// The sums of losses at `point + share · direction`, for each label with its share.
    pub fn losses(&self, point: &Vector, shares: &[f64], direction: &Vector) -> Vec<f64> {
        let labels = self.labels;
        let run = |decisions: &mut Vec<f64>, run: usize| {
            let rows = run * RUN..((run + 1) * RUN).min(self.gram.rows());
            let mut sums = vec![0.0; labels];
            for row in rows {
                let cells = row * labels..(row + 1) * labels;
                decisions.clear();
                let images = point.image[cells.clone()]
                    .iter()
                    .zip(&direction.image[cells]);
                let free = point.free.iter().zip(&direction.free);
                let both = images.zip(free).zip(shares);
                decisions.extend(both.map(|(((a, b), (c, d)), share)| (a + c) + share * (b + d)));
                self.loss.add_values(row, decisions, &mut sums);
            }
            sums
        };
        let runs = self.gram.rows().div_ceil(RUN);
        self.join(total(
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
                    .zip(&point.free)
                    .map(|(image, free)| image + free),
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
        each_row(&mut gradient.shares[..of_rows], self.labels, |row, out| {
            self.loss.gradient(
                row,
                &state.probabilities[row * out.len()..(row + 1) * out.len()],
                out,
            );
        });
        self.bind(&mut gradient);
        add(
            &mut gradient.shares,
            &vec![1.0; self.labels],
            &state.point.shares,
        );
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
            out.iter_mut()
                .zip(sums)
                .for_each(|(out, (image, free))| *out = image + free);
            self.loss.curve(row, &state.probabilities[cells], out);
        });
        out.shares[of_rows..].fill(0.0);
        self.bind(out);
        add(&mut out.shares, &vec![1.0; labels], &along.shares);
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
        diagonal
            .into_iter()
            .map(|sum: f64| 1.0 / sum.max(1e-12))
            .collect()
    }

    /// A direction in which the quadratic model falls: conjugate gradients from zero, which each open label
    /// stops when the rest is its share of the gradient.
    pub fn direction(
        &mut self,
        state: &State,
        gradient: &Vector,
        shares: &[f64],
        open: &[bool],
    ) -> Vector {
        let scales = self.scales(state);
        let mut direction = Vector::zero(self.cells(), self.labels);
        let mut rest = gradient.clone();
        rest.negate();
        let mut along = scaled(&rest, &scales);
        let mut curved = direction.clone();
        let mut products = self.measure(&rest, &scales);
        let enough: Vec<f64> = products
            .iter()
            .zip(shares)
            .map(|(product, share)| product * share * share)
            .collect();
        let mut open = open.to_vec();
        for _ in 0..MOST_INNER_STEPS {
            self.curvature(state, &along, &mut curved);
            let bends = self.join(curved_products(&along, &curved));
            open.iter_mut()
                .zip(&bends)
                .for_each(|(open, bend)| *open &= *bend > 0.0);
            let steps: Vec<f64> = (0..self.labels)
                .map(|at| {
                    if open[at] {
                        products[at] / bends[at]
                    } else {
                        0.0
                    }
                })
                .collect();
            direction.add(&steps, &along);
            let back: Vec<f64> = steps.iter().map(|step| -step).collect();
            add(&mut rest.shares, &back, &curved.shares);
            add(&mut rest.free, &back, &curved.free);
            self.look(&mut rest);
            let next = self.measure(&rest, &scales);
            open.iter_mut()
                .enumerate()
                .for_each(|(at, open)| *open &= next[at] > enough[at]);
            if !open.contains(&true) {
                break;
            }
            let turn: Vec<f64> = (0..self.labels)
                .map(|at| {
                    if open[at] {
                        next[at] / products[at]
                    } else {
                        0.0
                    }
                })
                .collect();
            along.scale_and_add(&turn, &scaled(&rest, &scales));
            products = next;
        }
        direction
    }

    /// The squares that conjugate gradients lower.
    fn measure(&self, rest: &Vector, scales: &[f64]) -> Vec<f64> {
        let mut squares = dots(&rest.shares, &rest.image, self.labels);
        let free = rest.free.iter().zip(scales);
        squares
            .iter_mut()
            .zip(free)
            .for_each(|(square, (free, scale))| *square += free * free * scale);
        self.join(squares)
    }

    /// The rest of a gradient that conjugate gradients leave, as a share of it: the smaller the nearer the end,
    /// but no smaller than the end asks for.
    pub fn forcing(&self, length: f64, tolerance: f64) -> f64 {
        let end = (0.5 * tolerance / length).min(0.25);
        if self.loss.is_quadratic() {
            end
        } else {
            length.sqrt().clamp(0.01, 0.25).max(end)
        }
    }

    pub fn weights(&self, point: Vector) -> (Vec<f32>, Vec<f64>) {
        let (shares, own) = point.shares.split_at(self.gram.rows() * self.labels);
        let weights = self.gram.weights(shares, |feature, sums| {
            self.start
                .iter()
                .for_each(|start| start.add(feature, own, sums));
        });
        let mut bias = point.free;
        if self.intercept == Intercept::Regularised {
            bias = self.sums(shares);
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

/// For each label, the second derivative along a direction, twice.
fn curved_products(along: &Vector, curved: &Vector) -> Vec<f64> {
    let mut products = dots(&along.image, &curved.shares, along.free.len());
    let free = along.free.iter().zip(&curved.free);
    products
        .iter_mut()
        .zip(free)
        .for_each(|(product, (a, b))| *product += a * b);
    products
}

fn scaled(vector: &Vector, scales: &[f64]) -> Vector {
    let mut scaled = vector.clone();
    scaled
        .free
        .iter_mut()
        .zip(scales)
        .for_each(|(free, scale)| *free *= scale);
    scaled
}
