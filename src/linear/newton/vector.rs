//! Points and directions, and sums over them that are taken label by label.

use rayon::prelude::*;

/// Point or direction: weights `Xᵀ·coefficients` and biases.
#[derive(Clone)]
pub(crate) struct Vector {
    /// Rows by labels; after the last row the coefficient of the model that the solver started
    /// from.
    pub coefficients: Vec<f64>,
    /// Decision values of every row, without the biases.
    pub image: Vec<f64>,
    /// Free biases, one a label, which are added to the image.
    pub biases: Vec<f64>,
}

impl Vector {
    pub fn zero(cells: usize, labels: usize) -> Self {
        Vector {
            coefficients: vec![0.0; cells],
            image: vec![0.0; cells],
            biases: vec![0.0; labels],
        }
    }

    /// Returns for each label the inner product of weights and free biases.
    pub fn products(&self, other: &Vector) -> Vec<f64> {
        let mut products = dots(&self.coefficients, &other.image, self.biases.len());
        let biases = self.biases.iter().zip(&other.biases);
        products
            .iter_mut()
            .zip(biases)
            .for_each(|(product, (a, b))| *product += a * b);
        products
    }

    /// Adds another vector, each label's part times its factor.
    pub fn add(&mut self, factors: &[f64], other: &Vector) {
        add(&mut self.coefficients, factors, &other.coefficients);
        add(&mut self.image, factors, &other.image);
        add(&mut self.biases, factors, &other.biases);
    }

    /// Multiplies each label's part by its factor and adds another vector.
    pub(crate) fn scale_and_add(&mut self, factors: &[f64], other: &Vector) {
        scale_and_add(&mut self.coefficients, factors, &other.coefficients);
        scale_and_add(&mut self.image, factors, &other.image);
        scale_and_add(&mut self.biases, factors, &other.biases);
    }

    pub fn negate(&mut self) {
        let all = [&mut self.coefficients, &mut self.image, &mut self.biases];
        all.into_iter()
            .for_each(|numbers| numbers.iter_mut().for_each(|number| *number = -*number));
    }
}

/// Rows in a chunk: sums over chunks have an order that does not depend on the number of threads.
const CHUNK_ROWS: usize = 1024;

pub(crate) fn for_each_row(
    rows: &mut [f64],
    labels: usize,
    each: impl Fn(usize, &mut [f64]) + Sync,
) {
    rows.par_chunks_exact_mut(labels)
        .enumerate()
        .with_min_len(64)
        .for_each(|(row, out)| each(row, out));
}

fn each_pair(
    out: &mut [f64],
    other: &[f64],
    labels: usize,
    each: impl Fn(&mut [f64], &[f64]) + Sync,
) {
    let run = |(out, other): (&mut [f64], &[f64])| {
        out.chunks_exact_mut(labels)
            .zip(other.chunks_exact(labels))
            .for_each(|(out, other)| each(out, other));
    };
    out.par_chunks_mut(CHUNK_ROWS * labels)
        .zip(other.par_chunks(CHUNK_ROWS * labels))
        .for_each(run);
}

pub(crate) fn add(out: &mut [f64], factors: &[f64], other: &[f64]) {
    each_pair(out, other, factors.len(), |out, other| {
        let cells = out.iter_mut().zip(other).zip(factors);
        cells.for_each(|((out, other), factor)| *out += factor * other);
    });
}

fn scale_and_add(out: &mut [f64], factors: &[f64], other: &[f64]) {
    each_pair(out, other, factors.len(), |out, other| {
        let cells = out.iter_mut().zip(other).zip(factors);
        cells.for_each(|((out, other), factor)| *out = factor * *out + other);
    });
}

/// Returns the inner product over rows for each label, in chunks of a fixed length.
pub(crate) fn dots(a: &[f64], b: &[f64], labels: usize) -> Vec<f64> {
    let run = |(a, b): (&[f64], &[f64])| {
        let mut sums = vec![0.0; labels];
        for (a, b) in a.chunks_exact(labels).zip(b.chunks_exact(labels)) {
            sums.iter_mut()
                .zip(a.iter().zip(b))
                .for_each(|(sum, (a, b))| *sum += a * b);
        }
        sums
    };
    let runs: Vec<Vec<f64>> = a
        .par_chunks(CHUNK_ROWS * labels)
        .zip(b.par_chunks(CHUNK_ROWS * labels))
        .map(run)
        .collect();
    sum_of_chunks(runs, labels)
}

/// Returns the sum of all chunks, in their order.
pub(crate) fn sum_of_chunks(runs: Vec<Vec<f64>>, labels: usize) -> Vec<f64> {
    let mut sums = vec![0.0; labels];
    runs.iter().for_each(|run| {
        sums.iter_mut()
            .zip(run)
            .for_each(|(sum, of_run)| *sum += of_run)
    });
    sums
}
