//! Compressed sparse rows, the matrix of features.

use crate::io::storage::in_huge_pages;
use crate::math::offsets;
use crate::{Error, Result};
use rayon::prelude::*;

/// A sparse matrix by rows: `u32` columns, ascending within a row, and `f32` values.
///
/// ```
/// use standpoint::features::SparseRows;
/// let mut rows = SparseRows::new(3);
/// rows.push(&[0, 2], &[1.0, 0.5]);
/// rows.push(&[], &[]);
/// assert_eq!(rows.row(0).dot(&[2.0, 9.0, 4.0]), 4.0);
/// assert_eq!(rows.nnz(), 2);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SparseRows {
    pub(super) ends: Vec<usize>,
    pub(super) columns: Vec<u32>,
    pub(super) values: Vec<f32>,
    pub(super) width: usize,
}

/// A row: columns and their values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row<'a> {
    /// Column numbers; ascending in a matrix.
    pub columns: &'a [u32],
    /// Values of the columns.
    pub values: &'a [f32],
}

impl<'a> Row<'a> {
    /// Returns the columns with their values, widened so that sums are taken in `f64`.
    pub fn iter(self) -> impl Iterator<Item = (usize, f64)> + 'a {
        self.columns
            .iter()
            .zip(self.values)
            .map(|(&column, &value)| (column as usize, f64::from(value)))
    }

    /// Returns the product with a dense vector that has an entry for every column.
    pub fn dot(self, dense: &[f64]) -> f64 {
        self.iter()
            .map(|(column, value)| dense[column] * value)
            .sum()
    }

    /// Checks row `at` of a matrix of `columns` columns.
    fn verify(self, at: usize, columns: usize) -> Result<()> {
        let wrong = |what: String| Err(Error::data(format!("row {at} {what}")));
        if let Some(pair) = self.columns.windows(2).find(|pair| pair[0] >= pair[1]) {
            return wrong(format!("has column {} before column {}", pair[0], pair[1]));
        }
        match self.columns.last() {
            Some(&last) if last as usize >= columns => {
                return wrong(format!(
                    "has column {last}, but there are {columns} columns"
                ));
            }
            _ => {}
        }
        match self.values.iter().find(|value| !value.is_finite()) {
            Some(value) => wrong(format!("holds {value}, expected finite numbers")),
            None => Ok(()),
        }
    }

    /// Returns the sum of squared values.
    pub fn squared_norm(self) -> f64 {
        self.values
            .iter()
            .map(|&v| f64::from(v) * f64::from(v))
            .sum()
    }
}

impl SparseRows {
    /// Returns an empty matrix of `columns` columns.
    pub fn new(columns: usize) -> Self {
        SparseRows {
            ends: Vec::new(),
            columns: Vec::new(),
            values: Vec::new(),
            width: columns,
        }
    }

    /// Appends a row.
    ///
    /// # Panics
    /// If the slices differ in length, or the columns are not ascending or not below
    /// [`columns`](Self::columns).
    pub fn push(&mut self, columns: &[u32], values: &[f32]) {
        assert_eq!(
            columns.len(),
            values.len(),
            "a row needs one value a column"
        );
        assert!(
            columns.windows(2).all(|w| w[0] < w[1]),
            "columns must ascend"
        );
        assert!(
            columns.last().is_none_or(|&c| (c as usize) < self.width),
            "column out of range"
        );
        self.columns.extend_from_slice(columns);
        self.values.extend_from_slice(values);
        self.ends.push(self.columns.len());
    }

    /// Creates a matrix of compressed sparse rows: the end of each row among the entries, and the
    /// column and value of each entry.
    ///
    /// # Errors
    /// A data error that names the first row whose entries do not ascend by column, lie outside of
    /// the matrix or are no finite numbers, and for lists that do not fit each other.
    ///
    /// ```
    /// use standpoint::features::SparseRows;
    /// let rows = SparseRows::from_compressed(3, vec![2, 2], vec![0, 2], vec![1.0, 0.5])?;
    /// assert_eq!((rows.rows(), rows.row(1).columns.len()), (2, 0));
    /// assert!(SparseRows::from_compressed(2, vec![1], vec![2], vec![1.0]).is_err());
    /// # Ok::<(), standpoint::Error>(())
    /// ```
    pub fn from_compressed(
        columns: usize,
        ends: Vec<usize>,
        indices: Vec<u32>,
        values: Vec<f32>,
    ) -> Result<Self> {
        let lengths = [
            ends.last().copied().unwrap_or(0),
            indices.len(),
            values.len(),
        ];
        if lengths.iter().any(|length| *length != lengths[0])
            || ends.windows(2).any(|pair| pair[0] > pair[1])
        {
            return Err(Error::data(format!(
                "the rows end at entry {}, but there are {} columns and {} values of entries",
                lengths[0], lengths[1], lengths[2]
            )));
        }
        let rows = SparseRows::from_parts(columns, ends, indices, values);
        rows.iter()
            .enumerate()
            .try_for_each(|(at, row)| row.verify(at, columns))?;
        Ok(rows)
    }

    /// Returns the end of each row among the entries.
    pub fn ends(&self) -> &[usize] {
        &self.ends
    }

    /// Returns the column of each entry, row after row.
    pub fn indices(&self) -> &[u32] {
        &self.columns
    }

    /// Returns the value of each entry, row after row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Appends rows of the same columns.
    pub(crate) fn extend(&mut self, more: &SparseRows) {
        debug_assert_eq!(self.width, more.width);
        let before = self.columns.len();
        self.ends.extend(more.ends.iter().map(|end| before + end));
        self.columns.extend_from_slice(&more.columns);
        self.values.extend_from_slice(&more.values);
    }

    /// Returns the rows with at least `columns` columns.
    pub(crate) fn widened(mut self, columns: usize) -> SparseRows {
        self.width = self.width.max(columns);
        self
    }

    /// Returns the number of rows.
    pub fn rows(&self) -> usize {
        self.ends.len()
    }

    /// Returns the number of columns.
    pub fn columns(&self) -> usize {
        self.width
    }

    /// Returns the number of stored values.
    pub fn nnz(&self) -> usize {
        self.values.len()
    }

    /// Returns row `index`, which must be less than [`rows`](Self::rows).
    pub fn row(&self, index: usize) -> Row<'_> {
        let range = offsets::range(&self.ends, index);
        Row {
            columns: &self.columns[range.clone()],
            values: &self.values[range],
        }
    }

    /// Returns the rows in order.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.rows()).map(|index| self.row(index))
    }

    /// Returns the rows at `indices`, in that order.
    ///
    /// # Panics
    /// If an index is not less than [`rows`](Self::rows).
    pub fn select(&self, indices: &[usize]) -> SparseRows {
        let mut selected = SparseRows::new(self.width);
        indices
            .iter()
            .for_each(|&index| selected.append_row(self.row(index)));
        selected
    }

    /// Returns the rows with 1 for every value above 0, and nothing for any other.
    pub fn binarised(&self) -> SparseRows {
        let mut rows = SparseRows::new(self.width);
        for row in self.iter() {
            row.iter()
                .filter(|&(_, value)| value > 0.0)
                .for_each(|(c, _)| rows.push_entry(c as u32, 1.0));
            rows.end_row();
        }
        rows
    }

    /// Returns the rows without the values outside of `columns`; all columns keep their numbers.
    pub(crate) fn restricted_to(&self, columns: std::ops::Range<usize>) -> SparseRows {
        let mut kept = SparseRows::new(self.width);
        for row in self.iter() {
            let at = |column: usize| row.columns.partition_point(|&own| (own as usize) < column);
            let range = at(columns.start)..at(columns.end);
            kept.append_row(Row {
                columns: &row.columns[range.clone()],
                values: &row.values[range],
            });
        }
        kept
    }

    /// Returns the rows with `more` columns, which `fill` makes of each row.
    pub(crate) fn with_appended_columns(
        &self,
        more: usize,
        fill: impl Fn(Row<'_>, &mut [f64]) + Sync,
    ) -> SparseRows {
        const RUN: usize = 256;
        let width = self.width + more;
        let run = |from: usize| {
            let (mut rows, mut added) = (SparseRows::new(width), vec![0.0; more]);
            for row in (from..(from + RUN).min(self.rows())).map(|row| self.row(row)) {
                added.fill(0.0);
                fill(row, &mut added);
                rows.columns.extend_from_slice(row.columns);
                rows.values.extend_from_slice(row.values);
                let added = added.iter().enumerate().filter(|(_, value)| **value != 0.0);
                added.for_each(|(at, &value)| {
                    rows.push_entry((self.width + at) as u32, value as f32)
                });
                rows.end_row();
            }
            rows
        };
        let starts: Vec<usize> = (0..self.rows()).step_by(RUN).collect();
        SparseRows::gather(width, starts.into_par_iter().map(run).collect())
    }

    /// Gathers the rows of several matrices, which are freed on the way.
    pub(super) fn gather(columns: usize, parts: Vec<SparseRows>) -> Self {
        let stored = parts.iter().map(SparseRows::nnz).sum();
        let mut all = SparseRows::zeros(columns, stored);
        let (mut restricted_to, mut of_values) =
            (all.columns.as_mut_slice(), all.values.as_mut_slice());
        let (mut places, mut offset) = (Vec::with_capacity(parts.len()), 0);
        for part in &parts {
            all.ends.extend(part.ends.iter().map(|end| end + offset));
            offset += part.nnz();
            let (own_columns, rest_columns) = restricted_to.split_at_mut(part.nnz());
            let (own_values, rest_values) = of_values.split_at_mut(part.nnz());
            places.push((own_columns, own_values));
            (restricted_to, of_values) = (rest_columns, rest_values);
        }
        parts
            .into_par_iter()
            .zip(places)
            .for_each(|(part, (columns, values))| {
                columns.copy_from_slice(&part.columns);
                values.copy_from_slice(&part.values);
            });
        all
    }

    /// Returns a matrix without rows, with `stored` values to be filled in place.
    fn zeros(width: usize, stored: usize) -> Self {
        let columns = in_huge_pages(vec![0; stored]);
        SparseRows {
            ends: Vec::new(),
            columns,
            values: in_huge_pages(vec![0.0; stored]),
            width,
        }
    }

    /// Returns an empty matrix with memory for the rows of `bytes` of text, by an estimate of one
    /// value for each four bytes; it grows where there are more.
    pub(super) fn with_room(columns: usize, bytes: usize) -> Self {
        let (restricted_to, of_values) =
            (Vec::with_capacity(bytes / 4), Vec::with_capacity(bytes / 4));
        SparseRows {
            ends: Vec::new(),
            columns: restricted_to,
            values: of_values,
            width: columns,
        }
    }

    /// Returns a matrix of parts that are known to fit each other.
    pub(super) fn from_parts(
        width: usize,
        ends: Vec<usize>,
        columns: Vec<u32>,
        values: Vec<f32>,
    ) -> Self {
        SparseRows {
            ends,
            columns,
            values,
            width,
        }
    }

    /// Appends an entry to the row that is being written; columns must ascend.
    pub(super) fn push_entry(&mut self, column: u32, value: f32) {
        self.columns.push(column);
        self.values.push(value);
    }

    pub(super) fn push_entries(
        &mut self,
        columns: impl Iterator<Item = u32>,
        values: impl Iterator<Item = f32>,
    ) {
        self.columns.extend(columns);
        self.values.extend(values);
    }

    pub(super) fn end_row(&mut self) {
        self.ends.push(self.columns.len());
    }

    pub(super) fn append_row(&mut self, row: Row<'_>) {
        self.columns.extend_from_slice(row.columns);
        self.values.extend_from_slice(row.values);
        self.ends.push(self.columns.len());
    }
}
