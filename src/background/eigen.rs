//! Eigenvalues of small symmetric matrices by cyclic Jacobi rotations (Golub and Van Loan, "Matrix
//! Computations", section 8.5), which are slow, but simple and exact to the last bits.

/// The eigenvalues and eigenvectors of a symmetric matrix.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Eigen {
    /// Eigenvalues, greatest first.
    pub values: Vec<f64>,
    /// Eigenvectors of length 1, one after the other.
    pub vectors: Vec<f64>,
}

/// Sweeps at most; every matrix that was tried took fewer than ten.
const MAX_SWEEPS: usize = 60;
/// Squared share of the matrix that may be left outside of the diagonal: the rounding of 64-bit
/// numbers.
const OFF_DIAGONAL_TOLERANCE: f64 = 1e-28;

/// Decomposes a symmetric matrix of `size` rows, given by rows.
pub(super) fn eigen(mut matrix: Vec<f64>, size: usize) -> Eigen {
    let mut vectors = vec![0.0; size * size];
    (0..size).for_each(|at| vectors[at * size + at] = 1.0);
    let all: f64 = matrix.iter().map(|entry| entry * entry).sum();
    for _ in 0..MAX_SWEEPS {
        let outside = |row: usize| {
            matrix[row * size..row * size + row]
                .iter()
                .map(|e| e * e)
                .sum::<f64>()
        };
        if (0..size).map(outside).sum::<f64>() <= OFF_DIAGONAL_TOLERANCE * all {
            break;
        }
        for p in 0..size {
            for q in p + 1..size {
                rotate(&mut matrix, &mut vectors, size, [p, q]);
            }
        }
    }
    sorted(&matrix, &vectors, size)
}

/// Rotates the plane of `p` and `q` so that their common entry becomes 0.
fn rotate(matrix: &mut [f64], vectors: &mut [f64], size: usize, [p, q]: [usize; 2]) {
    let common = matrix[p * size + q];
    if common == 0.0 {
        return;
    }
    let theta = (matrix[q * size + q] - matrix[p * size + p]) / (2.0 * common);
    let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    for row in matrix.chunks_exact_mut(size) {
        (row[p], row[q]) = (
            cosine * row[p] - sine * row[q],
            sine * row[p] + cosine * row[q],
        );
    }
    for rows in [matrix, vectors] {
        let (before, after) = rows.split_at_mut(q * size);
        let pairs = before[p * size..(p + 1) * size]
            .iter_mut()
            .zip(&mut after[..size]);
        pairs.for_each(|(a, b)| (*a, *b) = (cosine * *a - sine * *b, sine * *a + cosine * *b));
    }
}

fn sorted(matrix: &[f64], vectors: &[f64], size: usize) -> Eigen {
    let value = |at: usize| matrix[at * size + at];
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|&a, &b| value(b).total_cmp(&value(a)).then(a.cmp(&b)));
    let vector = |at: usize| &vectors[at * size..(at + 1) * size];
    Eigen {
        values: order.iter().map(|&at| value(at)).collect(),
        vectors: order.iter().flat_map(|&at| vector(at)).copied().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_parts_make_up_the_matrix(entries in prop::collection::vec(-2.0..2.0, 36)) {
            let size = 6;
            let at = |row: usize, column: usize| entries[row.min(column) * size + row.max(column)];
            let matrix: Vec<f64> = (0..36).map(|cell| at(cell / size, cell % size)).collect();
            let Eigen { values, vectors } = eigen(matrix.clone(), size);
            prop_assert!(values.is_sorted_by(|a, b| a >= b));
            for (cell, expected) in matrix.iter().enumerate() {
                let part = |k: usize| values[k] * vectors[k * size + cell / size] * vectors[k * size + cell % size];
                let sum: f64 = (0..size).map(part).sum();
                prop_assert!((sum - expected).abs() < 1e-10, "{sum} {expected}");
            }
        }
    }

    #[test]
    fn no_matrix_and_a_matrix_of_zeros_have_values_too() {
        assert!(eigen(vec![], 0).values.is_empty());
        assert_eq!(eigen(vec![0.0; 9], 3).values, [0.0; 3]);
    }
}
