//! Tall dense matrices and their orthonormal bases.

use super::eigen::{Eigen, eigen};
use rayon::prelude::*;

/// A dense matrix by rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DenseMatrix {
    pub width: usize,
    pub values: Vec<f32>,
}

/// Rows of the runs whose sums are added up in order, so that no sum depends on threads.
const RUN: usize = 512;
/// Eigenvalues of the Gram matrix below this share of the greatest are rounding errors.
const MIN_EIGENVALUE_RATIO: f64 = 1e-12;

impl DenseMatrix {
    pub(super) fn zeros(rows: usize, width: usize) -> Self {
        DenseMatrix {
            width,
            values: vec![0.0; rows * width],
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    pub(super) fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.width..(row + 1) * self.width]
    }

    /// Returns a matrix whose rows `make` fills in parallel.
    pub(super) fn of_rows(
        rows: usize,
        width: usize,
        make: impl Fn(usize, &mut [f32]) + Sync,
    ) -> Self {
        let mut panel = DenseMatrix::zeros(rows, width);
        let run = |(at, run): (usize, &mut [f32])| {
            let places = run.chunks_exact_mut(width).enumerate();
            places.for_each(|(row, place)| make(at * RUN + row, place));
        };
        panel
            .values
            .par_chunks_mut((RUN * width).max(1))
            .enumerate()
            .for_each(run);
        panel
    }

    /// Returns the Gram matrix: the products of all pairs of columns.
    pub(super) fn gram(&self) -> Vec<f64> {
        let width = self.width;
        let of_run = |run: &[f32]| {
            let (mut sums, mut wide) = (vec![0.0; width * width], vec![0.0; width]);
            for row in run.chunks_exact(width) {
                wide.iter_mut()
                    .zip(row)
                    .for_each(|(wide, &value)| *wide = f64::from(value));
                for (at, &value) in wide.iter().enumerate() {
                    let sums = &mut sums[at * width + at..(at + 1) * width];
                    sums.iter_mut()
                        .zip(&wide[at..])
                        .for_each(|(sum, other)| *sum += value * other);
                }
            }
            sums
        };
        let runs: Vec<Vec<f64>> = self
            .values
            .par_chunks((RUN * width).max(1))
            .map(of_run)
            .collect();
        let mut gram = vec![0.0; width * width];
        for run in runs {
            gram.iter_mut()
                .zip(run)
                .for_each(|(sum, part)| *sum += part);
        }
        for row in 0..width {
            (0..row).for_each(|column| gram[row * width + column] = gram[column * width + row]);
        }
        gram
    }

    /// Returns the product with a matrix of as many rows as this has columns.
    pub(super) fn times(&self, factor: &[f32], width: usize) -> DenseMatrix {
        DenseMatrix::of_rows(self.rows(), width, |row, place| {
            for (&value, factors) in self.row(row).iter().zip(factor.chunks_exact(width.max(1))) {
                place
                    .iter_mut()
                    .zip(factors)
                    .for_each(|(place, factor)| *place += value * factor);
            }
        })
    }

    /// Returns an orthonormal basis of the space of the columns; narrower if these depend on each
    /// other.
    pub(super) fn orthonormal(&self) -> DenseMatrix {
        let Eigen { values, vectors } = eigen(self.gram(), self.width);
        let greatest = values.first().copied().unwrap_or(0.0);
        let kept = values
            .iter()
            .take_while(|&&value| value > 0.0 && value >= MIN_EIGENVALUE_RATIO * greatest)
            .count();
        let mut factor = vec![0.0; self.width * kept];
        for (column, (vector, value)) in vectors
            .chunks_exact(self.width.max(1))
            .zip(&values)
            .take(kept)
            .enumerate()
        {
            let entries = vector.iter().enumerate();
            entries.for_each(|(row, entry)| {
                factor[row * kept + column] = (entry / value.sqrt()) as f32
            });
        }
        self.times(&factor, kept)
    }
}
