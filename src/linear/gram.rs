//! Products with the Gram matrix `X·Xᵀ`, several labels side by side.
//!
//! One pass over the columns of `X` is enough: what a column gathers from its rows, it gives back
//! to them at once. So nothing of the size of all features is ever written, and numbers of the size
//! of all rows stay in the cache.
//!
//! Columns are dealt out in parts and labels in blocks, which depend on the matrix alone; each pair
//! of them has sums of its own, added up in the order of the parts.

use super::columns::Columns;
use rayon::prelude::*;
use std::ops::Range;

pub(super) struct Gram<'a> {
    columns: &'a Columns,
    rows: usize,
    labels: usize,
    parts: Vec<Range<usize>>,
    /// The first label of each block.
    blocks: Vec<usize>,
    width: usize,
    /// For each block and part, rows by the labels of the block.
    sums: Vec<Vec<f64>>,
}

/// Parts of the columns: a few for each of the usual numbers of threads, and few sums to add up.
const MAX_PARTS: usize = 8;
/// The numbers of labels that there are loops for.
const WIDTHS: [usize; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20];

impl<'a> Gram<'a> {
    pub(super) fn new(columns: &'a Columns, rows: usize, labels: usize) -> Self {
        let (width, blocks) = blocks(labels);
        // Sums must not take more memory than the matrix.
        let parts = (columns.stored() / (rows * labels).max(1)).clamp(1, MAX_PARTS);
        let at = |part: usize| columns.at(columns.stored() / parts * part);
        let mut parts: Vec<Range<usize>> = (0..parts).map(|part| at(part)..at(part + 1)).collect();
        if let Some(last) = parts.last_mut() {
            last.end = columns.count();
        }
        let sums = vec![vec![0.0; rows * width]; parts.len() * blocks.len()];
        Gram {
            columns,
            rows,
            labels,
            parts,
            blocks,
            width,
            sums,
        }
    }

    /// Replaces `out` by the product with `from`; both are rows by labels.
    pub(super) fn apply(&mut self, from: &[f64], out: &mut [f64]) {
        let (columns, labels, parts) = (self.columns, self.labels, &self.parts);
        let sum = |(task, sums): (usize, &mut Vec<f64>)| {
            let first = self.blocks[task / parts.len()];
            let part = parts[task % parts.len()].clone();
            pass(
                self.width,
                Pass {
                    columns,
                    part,
                    labels,
                    first,
                    from,
                },
                sums,
            );
        };
        self.sums.par_iter_mut().enumerate().for_each(sum);
        self.gather(out);
    }

    fn gather(&self, out: &mut [f64]) {
        out.par_chunks_exact_mut(self.labels)
            .enumerate()
            .with_min_len(64)
            .for_each(|(row, out)| {
                for (block, &first) in self.blocks.iter().enumerate() {
                    let out = &mut out[first..first + self.width];
                    out.fill(0.0);
                    for sums in &self.sums[block * self.parts.len()..(block + 1) * self.parts.len()]
                    {
                        let sums = &sums[row * self.width..(row + 1) * self.width];
                        out.iter_mut().zip(sums).for_each(|(out, sum)| *out += sum);
                    }
                }
            });
    }

    /// `Xᵀ` times `from`, features by labels; `finish` sees the labels of a feature before they are
    /// stored.
    pub(super) fn weights(
        &self,
        from: &[f64],
        finish: impl Fn(usize, &mut [f64]) + Sync,
    ) -> Vec<f32> {
        let mut weights = vec![0f32; self.columns.count() * self.labels];
        let one = |sums: &mut Vec<f64>, (feature, out): (usize, &mut [f32])| {
            sums.clear();
            sums.resize(self.labels, 0.0);
            for (row, value) in self.columns.column(feature) {
                let from = &from[row * self.labels..(row + 1) * self.labels];
                sums.iter_mut()
                    .zip(from)
                    .for_each(|(sum, from)| *sum += value * from);
            }
            finish(feature, sums);
            out.iter_mut()
                .zip(sums)
                .for_each(|(out, sum)| *out = *sum as f32);
        };
        let features = weights.par_chunks_exact_mut(self.labels).enumerate();
        features.with_min_len(256).for_each_init(Vec::new, one);
        weights
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }
}

/// As few blocks as there can be, of equal width; the last may overlap the one before it.
fn blocks(labels: usize) -> (usize, Vec<usize>) {
    let widest = WIDTHS
        .into_iter()
        .rfind(|&width| width <= labels)
        .unwrap_or(1);
    let count = labels.div_ceil(widest);
    let width = WIDTHS
        .into_iter()
        .find(|width| width * count >= labels)
        .unwrap_or(widest);
    (
        width,
        (0..count)
            .map(|block| (block * width).min(labels - width))
            .collect(),
    )
}

struct Pass<'a> {
    columns: &'a Columns,
    part: Range<usize>,
    labels: usize,
    first: usize,
    from: &'a [f64],
}

fn pass(width: usize, pass: Pass<'_>, sums: &mut [f64]) {
    match width {
        1 => pass.run::<1>(sums),
        2 => pass.run::<2>(sums),
        3 => pass.run::<3>(sums),
        4 => pass.run::<4>(sums),
        5 => pass.run::<5>(sums),
        6 => pass.run::<6>(sums),
        7 => pass.run::<7>(sums),
        8 => pass.run::<8>(sums),
        10 => pass.run::<10>(sums),
        12 => pass.run::<12>(sums),
        16 => pass.run::<16>(sums),
        _ => pass.run::<20>(sums),
    }
}

impl Pass<'_> {
    fn run<const W: usize>(self, sums: &mut [f64]) {
        let (sums, _) = sums.as_chunks_mut::<W>();
        sums.fill([0.0; W]);
        for column in self.part {
            let mut gathered = [0.0; W];
            for (row, value) in self.columns.column(column) {
                if let Some(from) = self.from[row * self.labels + self.first..].first_chunk::<W>() {
                    (0..W).for_each(|lane| gathered[lane] += value * from[lane]);
                }
            }
            for (row, value) in self.columns.column(column) {
                let sum = &mut sums[row];
                (0..W).for_each(|lane| sum[lane] += value * gathered[lane]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::SparseRows;

    #[test]
    fn blocks_hold_every_label() {
        for labels in 1..100 {
            let (width, blocks) = blocks(labels);
            let last = blocks[blocks.len() - 1];
            assert!(
                WIDTHS.contains(&width) && last + width == labels && blocks[0] == 0,
                "{labels}"
            );
            assert!(
                blocks.windows(2).all(|pair| pair[1] <= pair[0] + width),
                "{labels}"
            );
        }
    }

    #[test]
    fn products_are_those_of_the_rows() {
        let mut rows = SparseRows::new(50);
        for row in 0..40u32 {
            rows.push(&[row % 7, 7 + row], &[1.0, 0.5]);
        }
        for labels in [1, 3, 9, 21] {
            let from: Vec<f64> = (0..40 * labels)
                .map(|cell| (cell * 37 % 11) as f64)
                .collect();
            let mut out = vec![f64::NAN; from.len()];
            Gram::new(&Columns::of(&rows), rows.rows(), labels).apply(&from, &mut out);
            for (cell, out) in out.into_iter().enumerate() {
                let alike = (cell / labels % 7..40)
                    .step_by(7)
                    .map(|row| from[row * labels + cell % labels]);
                assert_eq!(
                    out,
                    alike.sum::<f64>() + 0.25 * from[cell],
                    "{labels} labels"
                );
            }
        }
    }
}
