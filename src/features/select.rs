//! Feature selection by the association of each feature with the labels.
//!
//! Pearson's χ² between a feature and the labels, as scikit-learn's `chi2` has it: with `o_l` the
//! sum of the feature's values over the rows of label `l`, `s` its sum over all rows and `p_l` the
//! share of the label's rows,
//!
//! ```text
//! χ² = Σ_l (o_l − p_l s)² / (p_l s)
//! ```
//!
//! Values must not be negative; a feature that never occurs has 0, where scikit-learn has no
//! number. (Manning, Raghavan and Schütze 2008, section 13.5.2, on features that are there or not.)

use super::rows::{Row, SparseRows};
use crate::{Error, Result};

/// Returns the χ² of every column with the class of each row. Rows without a class do not count.
///
/// # Errors
/// A data error for a negative value, or another number of rows than of classes.
pub fn chi_squared(rows: &SparseRows, classes: &[Option<u32>]) -> Result<Vec<f64>> {
    verify(rows, classes.len())?;
    let known = classes.iter().flatten();
    let count = known.max().map_or(0, |&last| last as usize + 1);
    let mut sizes = vec![0.0; count];
    let mut sums = vec![0.0; rows.columns() * count];
    for (row, class) in rows.iter().zip(classes) {
        let Some(class) = class.map(|class| class as usize) else {
            continue;
        };
        sizes[class] += 1.0;
        for (column, value) in row.iter() {
            sums[column * count + class] += value;
        }
    }
    let observed = sums.chunks_exact(count.max(1));
    Ok(observed.map(|sums| statistic(sums, &sizes)).collect())
}

/// Returns the χ² of every column with the label that it is most associated with, where a row may
/// have any number of `labels` labels. Each label is a question of its own about the rows at which
/// `holds`, by rows, is known.
///
/// # Errors
/// A data error for a negative value, or another number of rows than of answers.
pub fn chi_squared_multilabel(
    rows: &SparseRows,
    holds: &[Option<bool>],
    labels: usize,
) -> Result<Vec<f64>> {
    verify(rows, holds.len() / labels.max(1))?;
    // The sums over the rows where a label holds, and where it does not.
    let mut sizes = vec![[0.0; 2]; labels];
    let mut sums = vec![[0.0; 2]; rows.columns() * labels];
    for (row, holds) in rows.iter().zip(holds.chunks_exact(labels.max(1))) {
        for (label, holds) in holds.iter().enumerate() {
            let Some(holds) = holds else { continue };
            let side = usize::from(!holds);
            sizes[label][side] += 1.0;
            for (column, value) in row.iter() {
                sums[column * labels + label][side] += value;
            }
        }
    }
    let greatest = |sums: &[[f64; 2]]| {
        let of_label = sums.iter().zip(&sizes);
        of_label
            .map(|(sums, sizes)| statistic(sums, sizes))
            .fold(0.0, f64::max)
    };
    Ok(sums.chunks_exact(labels.max(1)).map(greatest).collect())
}

fn verify(rows: &SparseRows, answers: usize) -> Result<()> {
    if rows.rows() != answers {
        let rows = rows.rows();
        return Err(Error::data(format!(
            "{rows} rows, but answers for {answers}"
        )));
    }
    let negative = |row: Row<'_>| row.values.iter().any(|&value| value < 0.0);
    if rows.iter().any(negative) {
        return Err(Error::data(
            "a feature is negative, for which there is no χ²",
        ));
    }
    Ok(())
}

/// Returns χ² of the sums of a column over groups of rows of these sizes.
fn statistic(observed: &[f64], sizes: &[f64]) -> f64 {
    let (sum, all) = (observed.iter().sum::<f64>(), sizes.iter().sum::<f64>());
    let expected = sizes.iter().map(|size| sum * size / all);
    observed
        .iter()
        .zip(expected)
        .filter(|(_, expected)| *expected > 0.0)
        .map(|(observed, expected)| (observed - expected) * (observed - expected) / expected)
        .sum()
}

/// Returns the `count` columns of the greatest scores in ascending order; ties go to the first
/// column.
pub fn best_columns(scores: &[f64], count: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    order.sort_by(|&a, &b| scores[b as usize].total_cmp(&scores[a as usize]));
    order.truncate(count);
    order.sort_unstable();
    order
}

impl SparseRows {
    /// The same rows with only these columns, which must ascend; the first becomes column 0.
    ///
    /// # Panics
    /// If the columns do not ascend, or one is not less than [`columns`](Self::columns).
    pub fn keep_columns(&self, columns: &[u32]) -> SparseRows {
        assert!(
            columns.windows(2).all(|pair| pair[0] < pair[1]),
            "columns must ascend"
        );
        let mut place = vec![u32::MAX; self.columns()];
        (0..)
            .zip(columns)
            .for_each(|(new, &old)| place[old as usize] = new);
        let mut kept = SparseRows::new(columns.len());
        for row in self.iter() {
            let stored = row
                .columns
                .iter()
                .zip(row.values)
                .map(|(&old, &value)| (place[old as usize], value));
            stored
                .filter(|stored| stored.0 != u32::MAX)
                .for_each(|(new, value)| kept.push_entry(new, value));
            kept.end_row();
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_kept_in_order() {
        let mut rows = SparseRows::new(4);
        rows.push(&[0, 2, 3], &[1.0, 2.0, 3.0]);
        rows.push(&[1], &[4.0]);
        let kept = rows.keep_columns(&best_columns(&[0.5, 0.1, 0.5, 0.7], 2));
        let mut expected = SparseRows::new(2);
        expected.push(&[0, 1], &[1.0, 3.0]);
        expected.push(&[], &[]);
        assert_eq!(kept, expected);
    }
}
