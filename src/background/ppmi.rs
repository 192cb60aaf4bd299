//! Positive pointwise mutual information of stems and their contexts.
//!
//! ```text
//! m_wc = max(0, ln( n_wc · Σ_c n_c^α / (n_w · n_c^α) ))
//! ```
//!
//! with contexts smoothed by `α = 0.75` (Levy, Goldberg and Dagan, "Improving Distributional Similarity with Lessons
//! Learned from Word Embeddings", TACL 3, 2015). `n` is symmetric, and `ln m` is a sum of a part of the pair, one of the stem and one of
//! the context, so that one list of pairs serves the matrix and its transpose.

use super::pairs::Pairs;
use super::panel::Panel;
use super::svd::Operator;

/// The power of contexts.
const SMOOTHED: f64 = 0.75;

/// The matrix, by the logarithms of the counts of pairs.
pub(super) struct Ppmi {
    ends: Vec<usize>,
    columns: Vec<u32>,
    logarithms: Vec<f32>,
    of_stem: Vec<f32>,
    of_context: Vec<f32>,
}

impl Ppmi {
    pub(super) fn new(stems: usize, pairs: Pairs) -> Self {
        let mut counted: Vec<(u32, u32, f32)> = Vec::new();
        let mut sums = vec![0u64; stems];
        pairs.each(|a, b, count| {
            // A stem beside itself is met from both sides.
            let count = if a == b { 2 * count } else { count };
            sums[a as usize] += count;
            if a != b {
                sums[b as usize] += count;
            }
            counted.push((a, b, (count as f64).ln() as f32));
        });
        let smoothed: f64 = sums.iter().map(|&sum| (sum as f64).powf(SMOOTHED)).sum();
        let logarithm = |sum: &u64| (*sum as f64).ln();
        let of_stem: Vec<f32> = sums.iter().map(|sum| -logarithm(sum) as f32).collect();
        let of_context: Vec<f32> =
            sums.iter().map(|sum| (smoothed.ln() - SMOOTHED * logarithm(sum)) as f32).collect();
        counted.retain(|&(a, b, logarithm)| {
            let of = |w: u32, c: u32| logarithm + of_stem[w as usize] + of_context[c as usize];
            of(a, b) > 0.0 || of(b, a) > 0.0
        });
        let mut ppmi =
            Ppmi { ends: vec![0; stems], columns: vec![], logarithms: vec![], of_stem, of_context };
        ppmi.fill(&counted);
        ppmi
    }

    /// Lays both halves out by rows; pairs come in order, and so do the columns of every row.
    fn fill(&mut self, counted: &[(u32, u32, f32)]) {
        let mut starts = vec![0; self.ends.len() + 1];
        for &(a, b, _) in counted {
            starts[a as usize + 1] += 1;
            starts[b as usize + 1] += usize::from(a != b);
        }
        (1..starts.len()).for_each(|at| starts[at] += starts[at - 1]);
        let stored = starts.last().copied().unwrap_or(0);
        (self.columns, self.logarithms) = (vec![0; stored], vec![0.0; stored]);
        let mut put = |row: u32, column: u32, logarithm: f32| {
            let place = &mut starts[row as usize];
            (self.columns[*place], self.logarithms[*place]) = (column, logarithm);
            *place += 1;
        };
        for &(a, b, logarithm) in counted {
            put(a, b, logarithm);
            if a != b {
                put(b, a, logarithm);
            }
        }
        starts.pop();
        self.ends = starts;
    }

    /// The product where each row has the part `own` and each column the part `other`.
    fn product(&self, panel: &Panel, own: &[f32], other: &[f32]) -> Panel {
        Panel::of_rows(self.ends.len(), panel.width, |row, place| {
            let from = if row == 0 { 0 } else { self.ends[row - 1] };
            let range = from..self.ends[row];
            for (&column, logarithm) in self.columns[range.clone()].iter().zip(&self.logarithms[range]) {
                let value = logarithm + own[row] + other[column as usize];
                if value > 0.0 {
                    let factors = panel.row(column as usize);
                    place.iter_mut().zip(factors).for_each(|(place, factor)| *place += value * factor);
                }
            }
        })
    }
}

impl Operator for Ppmi {
    fn columns(&self) -> usize {
        self.ends.len()
    }

    fn times(&self, panel: &Panel) -> Panel {
        self.product(panel, &self.of_stem, &self.of_context)
    }

    fn transposed_times(&self, panel: &Panel) -> Panel {
        self.product(panel, &self.of_context, &self.of_stem)
    }
}
