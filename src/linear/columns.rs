//! Sparse matrix by columns, for products with its transpose.

use crate::features::SparseRows;
use crate::math::offsets;

/// A sparse matrix by columns.
pub(super) struct Columns {
    ends: Vec<usize>,
    rows: Vec<u32>,
    values: Vec<f32>,
}

impl Columns {
    pub(super) fn of(matrix: &SparseRows) -> Self {
        let mut ends = vec![0; matrix.columns()];
        matrix
            .iter()
            .flat_map(|row| row.columns)
            .for_each(|&column| ends[column as usize] += 1);
        for column in 1..ends.len() {
            ends[column] += ends[column - 1];
        }
        let mut next: Vec<usize> = std::iter::once(0).chain(ends.iter().copied()).collect();
        let (mut rows, mut values) = (vec![0; matrix.nnz()], vec![0.0; matrix.nnz()]);
        for (index, row) in matrix.iter().enumerate() {
            for (&column, &value) in row.columns.iter().zip(row.values) {
                let place = &mut next[column as usize];
                (rows[*place], values[*place]) = (index as u32, value);
                *place += 1;
            }
        }
        Columns { ends, rows, values }
    }

    /// Returns the number of columns.
    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }

    /// Returns the number of stored values.
    pub(super) fn stored(&self) -> usize {
        self.values.len()
    }

    /// Returns the first of the columns that begin at or after stored value `place`.
    pub(super) fn at(&self, place: usize) -> usize {
        self.ends.partition_point(|&end| end <= place)
    }

    /// Returns the rows and values of one column.
    pub(super) fn column(&self, column: usize) -> impl Iterator<Item = (usize, f64)> + Clone + '_ {
        let range = offsets::range(&self.ends, column);
        let values = self.values[range.clone()]
            .iter()
            .map(|&value| f64::from(value));
        self.rows[range].iter().map(|&row| row as usize).zip(values)
    }
}
