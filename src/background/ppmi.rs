//! Positive pointwise mutual information of stems and their contexts.
//!
//! ```text
//! m_wc = max(0, ln( n_wc · Σ_c n_c^α / (n_w · n_c^α) ))
//! ```
//!
//! with contexts smoothed by `α = 0.75` (Levy, Goldberg and Dagan, "Improving Distributional
//! Similarity with Lessons Learned from Word Embeddings", TACL 3, 2015). `n` is symmetric, and `ln
//! m` is a sum of a part of the pair, one of the stem and one of the context, so that one list of
//! pairs serves the matrix and its transpose.

use super::cooccurrence::CooccurrenceCounts;
use super::dense_matrix::DenseMatrix;
use super::svd::Operator;
use crate::math::offsets;
use crate::wording::{Setting, wording};
use crate::{Error, Result};

/// Exponent of the counts of contexts, which keeps rare ones from dominating.
const CONTEXT_SMOOTHING: f64 = 0.75;

/// Bytes of a column and a logarithm.
const ENTRY_BYTES: usize = 8;

/// The matrix of PPMI, by the logarithms of the counts of pairs.
pub(super) struct Ppmi {
    ends: Vec<usize>,
    columns: Vec<u32>,
    logarithms: Vec<f32>,
    of_stem: Vec<f32>,
    of_context: Vec<f32>,
}

impl Ppmi {
    /// Returns the matrix of counted pairs, which may take `memory` bytes.
    ///
    /// # Errors
    /// A usage error if it takes more; an I/O error where pairs cannot be read from temporary
    /// files.
    pub(super) fn new(stems: usize, pairs: &CooccurrenceCounts, memory: u64) -> Result<Self> {
        let mut sums = vec![0u64; stems];
        pairs.each(|a, b, count| {
            // A stem next to itself is counted from both sides.
            sums[a as usize] += count;
            sums[b as usize] += count;
        })?;
        let smoothed: f64 = sums
            .iter()
            .map(|&sum| (sum as f64).powf(CONTEXT_SMOOTHING))
            .sum();
        let logarithm = |sum: &u64| (*sum as f64).ln();
        let of_stem: Vec<f32> = sums.iter().map(|sum| -logarithm(sum) as f32).collect();
        let of_context = |sum| (smoothed.ln() - CONTEXT_SMOOTHING * logarithm(sum)) as f32;
        let of_context: Vec<f32> = sums.iter().map(of_context).collect();
        let mut ppmi = Ppmi {
            ends: vec![0; stems],
            columns: vec![],
            logarithms: vec![],
            of_stem,
            of_context,
        };
        ppmi.fill(pairs, memory)?;
        Ok(ppmi)
    }

    /// Returns the logarithm of a pair whose PPMI is above 0 in one direction at least.
    fn informative(&self, a: u32, b: u32, count: u64) -> Option<f32> {
        let met = if a == b { 2 * count } else { count };
        let logarithm = (met as f64).ln() as f32;
        let of =
            |w: u32, c: u32| logarithm + self.of_stem[w as usize] + self.of_context[c as usize];
        (of(a, b) > 0.0 || of(b, a) > 0.0).then_some(logarithm)
    }

    /// Fills both halves by rows; pairs come in order, and so do the columns of every row.
    fn fill(&mut self, pairs: &CooccurrenceCounts, memory: u64) -> Result<()> {
        let mut starts = vec![0; self.ends.len() + 1];
        pairs.each(|a, b, count| {
            if self.informative(a, b, count).is_some() {
                starts[a as usize + 1] += 1;
                starts[b as usize + 1] += usize::from(a != b);
            }
        })?;
        (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
        let stored = starts.last().copied().unwrap_or(0);
        if (stored * ENTRY_BYTES) as u64 > memory {
            let needed = (stored * ENTRY_BYTES) >> 20;
            return Err(Error::usage(format!(
                "{stored} pairs of words take {needed} MB of memory"
            ))
            .help(wording![
                "raise ",
                Setting::Memory,
                ", or lower ",
                Setting::VocabularySize,
                " or ",
                Setting::Window
            ]));
        }
        let (mut columns, mut logarithms) = (vec![0; stored], vec![0.0; stored]);
        let mut put = |row: u32, column: u32, logarithm: f32| {
            let place = &mut starts[row as usize];
            (columns[*place], logarithms[*place]) = (column, logarithm);
            *place += 1;
        };
        pairs.each(|a, b, count| {
            if let Some(logarithm) = self.informative(a, b, count) {
                put(a, b, logarithm);
                if a != b {
                    put(b, a, logarithm);
                }
            }
        })?;
        starts.pop();
        (self.ends, self.columns, self.logarithms) = (starts, columns, logarithms);
        Ok(())
    }

    /// Returns the product where each row has the part `own` and each column the part `other`.
    fn product(&self, panel: &DenseMatrix, own: &[f32], other: &[f32]) -> DenseMatrix {
        DenseMatrix::of_rows(self.ends.len(), panel.width, |row, place| {
            let range = offsets::range(&self.ends, row);
            for (&column, logarithm) in self.columns[range.clone()]
                .iter()
                .zip(&self.logarithms[range])
            {
                let value = logarithm + own[row] + other[column as usize];
                if value > 0.0 {
                    let factors = panel.row(column as usize);
                    place
                        .iter_mut()
                        .zip(factors)
                        .for_each(|(place, factor)| *place += value * factor);
                }
            }
        })
    }
}

impl Operator for Ppmi {
    fn columns(&self) -> usize {
        self.ends.len()
    }

    fn times(&self, panel: &DenseMatrix) -> DenseMatrix {
        self.product(panel, &self.of_stem, &self.of_context)
    }

    fn transposed_times(&self, panel: &DenseMatrix) -> DenseMatrix {
        self.product(panel, &self.of_context, &self.of_stem)
    }
}
