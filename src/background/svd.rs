//! A truncated singular value decomposition by a randomised range finder (Halko, Martinsson and
//! Tropp, "Finding Structure with Randomness", SIAM Review 53, 2011, algorithms 4.4 and 5.1).

use super::dense_matrix::DenseMatrix;
use super::eigen::{Eigen, eigen};
use crate::io::Progress;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// A matrix that is given by its products with dense matrices.
pub(super) trait Operator {
    fn columns(&self) -> usize;
    fn times(&self, panel: &DenseMatrix) -> DenseMatrix;
    fn transposed_times(&self, panel: &DenseMatrix) -> DenseMatrix;
}

/// Directions beyond those that are asked for, so that the last of these are good (Halko,
/// Martinsson and Tropp recommend 5 to 10).
const OVERSAMPLING: usize = 16;
/// Rounds of power iteration, each of which sharpens the gap between the singular values that are
/// kept and those that are not.
pub(super) const POWER_ITERATIONS: u64 = 3;

/// Left singular vectors and singular values.
pub(super) struct Svd {
    /// Left singular vectors: rows of the matrix by dimensions.
    pub vectors: DenseMatrix,
    /// Singular values, greatest first.
    pub values: Vec<f64>,
}

/// Finds the `dimensions` greatest singular values, or as many as there are above 0.
pub(super) fn svd(
    matrix: &impl Operator,
    dimensions: usize,
    seed: u64,
    progress: &dyn Progress,
) -> Svd {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let width = (dimensions + OVERSAMPLING).min(matrix.columns());
    let mut start = DenseMatrix::zeros(matrix.columns(), width);
    start
        .values
        .iter_mut()
        .for_each(|value| *value = uniform(&mut random));
    let mut basis = matrix.times(&start).orthonormal();
    for _ in 0..POWER_ITERATIONS {
        let turned = matrix.transposed_times(&basis).orthonormal();
        basis = matrix.times(&turned).orthonormal();
        progress.advance(1);
    }
    let Eigen { values, vectors } = eigen(matrix.transposed_times(&basis).gram(), basis.width);
    let kept = values
        .iter()
        .take(dimensions)
        .take_while(|&&value| value > 0.0)
        .count();
    let mut factor = vec![0.0; basis.width * kept];
    for (column, vector) in vectors
        .chunks_exact(basis.width.max(1))
        .take(kept)
        .enumerate()
    {
        vector
            .iter()
            .enumerate()
            .for_each(|(row, entry)| factor[row * kept + column] = *entry as f32);
    }
    Svd {
        vectors: basis.times(&factor, kept),
        values: values[..kept].iter().map(|v| v.sqrt()).collect(),
    }
}

/// Draws a number from -1 to 1.
fn uniform(random: &mut Xoshiro256PlusPlus) -> f32 {
    let step = (1u64 << 23) as f32;
    (random.next_u64() >> 40) as f32 / step - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::Silent;
    use proptest::prelude::*;

    struct Dense {
        columns: usize,
        entries: Vec<f32>,
    }

    impl Operator for Dense {
        fn columns(&self) -> usize {
            self.columns
        }

        fn times(&self, panel: &DenseMatrix) -> DenseMatrix {
            let rows = DenseMatrix {
                width: self.columns,
                values: self.entries.clone(),
            };
            rows.times(&panel.values, panel.width)
        }

        fn transposed_times(&self, panel: &DenseMatrix) -> DenseMatrix {
            let rows = self.entries.len() / self.columns;
            let mut turned = DenseMatrix::zeros(self.columns, rows);
            for (cell, &entry) in self.entries.iter().enumerate() {
                turned.values[cell % self.columns * rows + cell / self.columns] = entry;
            }
            turned.times(&panel.values, panel.width)
        }
    }

    proptest! {
        #[test]
        fn what_is_left_out_is_the_sum_of_the_smaller_values(
            entries in prop::collection::vec(-1.0f32..1.0, 12 * 7),
            dimensions in 1usize..7,
        ) {
            let matrix = Dense { columns: 7, entries };
            let all: f64 = matrix.entries.iter().map(|e| f64::from(e * e)).sum();
            let found = svd(&matrix, dimensions, 1, &Silent);
            prop_assert!(found.values.is_sorted_by(|a, b| a >= b));
            let whole = svd(&matrix, 7, 2, &Silent);
            let sum: f64 = whole.values.iter().map(|v| v * v).sum();
            prop_assert!((sum - all).abs() < 1e-4 * all);
            for (value, expected) in found.values.iter().zip(&whole.values) {
                prop_assert!((value - expected).abs() < 1e-4 * all.sqrt(), "{value} {expected}");
            }
        }
    }

    #[test]
    fn a_matrix_of_zeros_has_no_direction() {
        let found = svd(
            &Dense {
                columns: 3,
                entries: vec![0.0; 12],
            },
            2,
            0,
            &Silent,
        );
        assert!(found.values.is_empty() && found.vectors.values.is_empty());
    }
}
