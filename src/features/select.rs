//! Choosing features by how much they tell about the labels.
//!
//! Pearson's χ² between a feature and the labels, as scikit-learn's `chi2` has it: with `o_l` the sum of the feature's
//! values over the rows of label `l`, `s` its sum over all rows and `p_l` the share of the label's rows,
//!
//! ```text
//! χ² = Σ_l (o_l − p_l s)² / (p_l s)
//! ```
//!
//! Values must not be negative; a feature that never occurs has 0, where scikit-learn has no number. (Manning,
//! Raghavan and Schütze 2008, section 13.5.2, on features that are there or not.)

use super::rows::SparseRows;
use crate::corpus::Targets;
use crate::{Error, Result};

/// The χ² of every column with the labels. Of independent labels, each is a question of its own with the rows where it
/// holds and where it does not, and the greatest χ² counts. Rows without an answer do not.
///
/// # Errors
/// A data error for a negative value, or another number of rows than of answers.
pub fn chi_squared(rows: &SparseRows, targets: &Targets) -> Result<Vec<f64>> {
    if rows.rows() != targets.documents() {
        let (rows, answers) = (rows.rows(), targets.documents());
        return Err(Error::data(format!(
            "{rows} rows, but answers for {answers}"
        )));
    }
    if rows
        .iter()
        .any(|row| row.values.iter().any(|&value| value < 0.0))
    {
        return Err(Error::data(
            "a feature is negative, for which there is no χ²",
        ));
    }
    let (labels, support) = (targets.labels(), targets.support(None));
    let sums = sums(rows, targets);
    let of_column = |sums: &[[f64; 2]]| match targets {
        Targets::Exclusive { .. } => {
            let observed: Vec<f64> = sums.iter().map(|sum| sum[0]).collect();
            statistic(
                &observed,
                &support.iter().map(|support| support[0]).collect::<Vec<_>>(),
            )
        }
        Targets::Independent { .. } => sums
            .iter()
            .zip(&support)
            .map(|(sum, support)| statistic(sum, support))
            .fold(0.0, f64::max),
    };
    Ok(sums.chunks_exact(labels.max(1)).map(of_column).collect())
}

/// The sum of each column over the rows where each label holds and does not hold.
fn sums(rows: &SparseRows, targets: &Targets) -> Vec<[f64; 2]> {
    let labels = targets.labels();
    let mut sums = vec![[0.0; 2]; rows.columns() * labels];
    for (index, row) in rows.iter().enumerate() {
        match targets {
            Targets::Exclusive { of, .. } => {
                let Some(of) = of[index] else { continue };
                row.iter()
                    .for_each(|(column, value)| sums[column * labels + of as usize][0] += value);
            }
            Targets::Independent { cells, .. } => {
                for (label, holds) in cells[index * labels..(index + 1) * labels]
                    .iter()
                    .enumerate()
                {
                    let Some(holds) = holds else { continue };
                    let side = usize::from(!holds);
                    row.iter()
                        .for_each(|(column, value)| sums[column * labels + label][side] += value);
                }
            }
        }
    }
    sums
}

fn statistic(observed: &[f64], rows: &[f64]) -> f64 {
    let (sum, all) = (observed.iter().sum::<f64>(), rows.iter().sum::<f64>());
    let expected = rows.iter().map(|rows| sum * rows / all);
    observed
        .iter()
        .zip(expected)
        .filter(|(_, e)| *e > 0.0)
        .map(|(o, e)| (o - e) * (o - e) / e)
        .sum()
}

/// The `most` columns of greatest score, ascending; of equal ones the first.
pub fn best_columns(scores: &[f64], most: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    order.sort_by(|&a, &b| scores[b as usize].total_cmp(&scores[a as usize]));
    order.truncate(most);
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
        assert_eq!(kept.to_dense(), ndarray::array![[1.0, 3.0], [0.0, 0.0]]);
    }
}
