//! The same matrix by columns, for products with its transpose.

use crate::features::SparseRows;

/// A sparse matrix by columns.
pub(super) struct Columns {
    ends: Vec<usize>,
    rows: Vec<u32>,
    values: Vec<f32>,
}

impl Columns {
    pub(super) fn of(matrix: &SparseRows) -> Self {
        let mut ends = vec![0; matrix.columns()];
        matrix.iter().flat_map(|row| row.columns).for_each(|&column| ends[column as usize] += 1);
        for column in 1..ends.len() {
            ends[column] += ends[column - 1];
        }
        let mut next: Vec<usize> = std::iter::once(0).chain(ends.iter().copied()).collect();
        let (mut rows, mut values) = (vec![0; matrix.stored()], vec![0.0; matrix.stored()]);
        for (index, row) in matrix.iter().enumerate() {
            for (&column, &value) in row.columns.iter().zip(row.values) {
                let place = &mut next[column as usize];
                (rows[*place], values[*place]) = (index as u32, value);
                *place += 1;
            }
        }
        Columns { ends, rows, values }
    }

    /// The rows and values of one column.
    pub(super) fn column(&self, column: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let from = if column == 0 { 0 } else { self.ends[column - 1] };
        let range = from..self.ends[column];
        let values = self.values[range.clone()].iter().map(|&value| f64::from(value));
        self.rows[range].iter().map(|&row| row as usize).zip(values)
    }
}
