//! Cells of independent labels, laid out so that those that are a right no are skipped.

use super::independent::{CellOutcome, DocumentMeans, IndependentCounts, LabelCells};

/// The place of labels that are not laid out.
pub(super) const NOT_LAID_OUT: u32 = u32::MAX;

/// True and predicted cells, documents × labels.
#[derive(Clone, Copy)]
pub(in crate::evaluate) struct CellSlices<'a> {
    pub(in crate::evaluate) truth: &'a [Option<bool>],
    pub(in crate::evaluate) predicted: &'a [bool],
}

/// The cells of independent labels that are more than a known and right no.
pub(in crate::evaluate) struct SparseCells {
    /// The number of labels that are laid out.
    labels: usize,
    /// The place where the cells of each document begin, and the end of the last.
    starts: Vec<usize>,
    /// Place of the label, and the outcome.
    cells: Vec<(u32, CellOutcome)>,
    documents: Vec<DocumentMeans>,
    /// The number of known cells of each document among labels that are not laid out.
    known_absent: Vec<f64>,
    /// The number of such labels that are known of some document: they count as 0 in means.
    pub(super) absent: f64,
}

impl SparseCells {
    /// Lays out the cells of `rows`; `places` has the place of each label, [`NOT_LAID_OUT`] for
    /// labels that never occur.
    pub(in crate::evaluate) fn new(
        slices: CellSlices<'_>,
        rows: &[usize],
        places: &[u32],
    ) -> SparseCells {
        let laid_out = places
            .iter()
            .filter(|&&place| place != NOT_LAID_OUT)
            .count();
        let (mut starts, mut cells) = (vec![0], Vec::new());
        let mut documents = Vec::with_capacity(rows.len());
        let mut known_absent = vec![0.0; rows.len()];
        let mut seen_absent = vec![false; places.len()];
        for (at, &row) in rows.iter().enumerate() {
            let first = cells.len();
            let of_row = row * places.len()..(row + 1) * places.len();
            let of_labels = slices.truth[of_row.clone()]
                .iter()
                .zip(&slices.predicted[of_row]);
            for (label, (&truth, &predicted)) in of_labels.enumerate() {
                if places[label] == NOT_LAID_OUT {
                    known_absent[at] += if truth.is_some() { 1.0 } else { 0.0 };
                    seen_absent[label] |= truth.is_some();
                } else if let Some(cell) = CellOutcome::of(truth, predicted) {
                    cells.push((places[label], cell));
                }
            }
            documents.push(DocumentMeans::of(&cells[first..]));
            starts.push(cells.len());
        }
        let absent = seen_absent.iter().filter(|seen| **seen).count() as f64;
        SparseCells {
            labels: laid_out,
            starts,
            cells,
            documents,
            known_absent,
            absent,
        }
    }

    /// Counts the cells with a weight for each document; those of weight 0 are not drawn.
    pub(in crate::evaluate) fn count(&self, weights: &[f64]) -> IndependentCounts {
        let mut labels = vec![LabelCells::default(); self.labels];
        let mut documents = DocumentMeans::default();
        let (mut total, mut known_absent) = (0.0, 0.0);
        for (row, &weight) in weights
            .iter()
            .enumerate()
            .filter(|(_, weight)| **weight > 0.0)
        {
            documents.add(&self.documents[row], weight);
            total += weight;
            known_absent += weight * self.known_absent[row];
            for &(label, cell) in &self.cells[self.starts[row]..self.starts[row + 1]] {
                labels[label as usize].add(cell, weight);
            }
        }
        IndependentCounts {
            labels,
            documents,
            total,
            known_absent,
        }
    }
}
