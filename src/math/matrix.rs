//! Scores with their shape.

/// Decision values or scores, rows by labels.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ScoreMatrix {
    labels: usize,
    values: Vec<f64>,
}

impl ScoreMatrix {
    /// Returns a matrix of zeros.
    pub(crate) fn zeros(rows: usize, labels: usize) -> Self {
        ScoreMatrix::new(labels, vec![0.0; rows * labels])
    }

    /// Returns a matrix of values that lie row after row.
    pub(crate) fn new(labels: usize, values: Vec<f64>) -> Self {
        ScoreMatrix { labels, values }
    }

    /// Appends a row.
    pub(crate) fn push_row(&mut self, row: &[f64]) {
        self.values.extend_from_slice(row);
    }

    /// Returns all values, row after row.
    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }

    /// Returns the values of a row, one a label.
    pub(crate) fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.labels..(row + 1) * self.labels]
    }

    /// Returns the values of a row, to be changed.
    pub(crate) fn row_mut(&mut self, row: usize) -> &mut [f64] {
        &mut self.values[row * self.labels..(row + 1) * self.labels]
    }

    /// Returns all rows in order, to be changed.
    pub(crate) fn rows_mut(&mut self) -> impl Iterator<Item = &mut [f64]> {
        self.values.chunks_mut(self.labels.max(1))
    }

    /// Returns the matrix of some rows, in their order.
    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        let values = rows.iter().flat_map(|&row| self.row(row)).copied();
        ScoreMatrix::new(self.labels, values.collect())
    }
}
