//! Counts of missing labels and of rows without any label, for notes on a corpus.

use super::schema::{HeadColumns, HeadLabels, MissingCell};
use crate::io::Progress;
use crate::wording::{Setting, wording};
use crate::words::counted;
use std::collections::BTreeMap;

/// Rows with a cell of one head that was taken as missing because of one value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingCells {
    /// The head.
    pub head: String,
    /// The value; empty for empty cells and null.
    pub value: String,
    /// The number of rows.
    pub rows: u64,
    /// The number of the first document with such a cell.
    pub first: usize,
}

/// Counts by head.
#[derive(Debug, Default)]
pub(super) struct MissingTally {
    rows: u64,
    /// By head and value, the number of rows and the first document.
    missing: BTreeMap<MissingCell, (u64, usize)>,
    /// Rows of each head of which none of the labels holds.
    none: Vec<u64>,
}

impl MissingTally {
    /// Counts the missing cells of a row, which is the document of this number or is left out
    /// before it.
    pub(super) fn missing(&mut self, cells: &[MissingCell], document: usize) {
        self.rows += 1;
        for (_, cell) in cells
            .iter()
            .enumerate()
            .filter(|(at, cell)| !cells[..*at].contains(cell))
        {
            self.missing.entry(cell.clone()).or_insert((0, document)).0 += 1;
        }
    }

    /// Counts answers to independent heads that hold no label.
    pub(super) fn labels(&mut self, labels: &[HeadLabels]) {
        self.none.resize(labels.len(), 0);
        for (none, labels) in self.none.iter_mut().zip(labels) {
            *none += u64::from(match labels {
                HeadLabels::Set(labels) => labels.is_empty(),
                HeadLabels::Flags(cells) => cells.iter().all(|cell| *cell == Some(false)),
                HeadLabels::One(_) | HeadLabels::Unknown => false,
            });
        }
    }

    /// Returns the rows of each head and value.
    pub(super) fn cells(&self, heads: &[HeadColumns]) -> Vec<MissingCells> {
        let cells = |(cell, (rows, first)): (&MissingCell, &(u64, usize))| MissingCells {
            head: heads[cell.head].name.clone(),
            value: cell.value.clone(),
            rows: *rows,
            first: *first,
        };
        self.missing.iter().map(cells).collect()
    }

    /// Says how many cells were taken as missing under which value, and how many rows hold no
    /// label.
    pub(super) fn notes(&self, heads: &[HeadColumns], progress: &dyn Progress) {
        for (at, head) in heads.iter().enumerate() {
            let own = self.missing.iter().filter(|(cell, _)| cell.head == at);
            let values: Vec<String> = own
                .map(|(cell, (rows, _))| shown(&cell.value, *rows))
                .collect();
            if !values.is_empty() {
                let (values, rows) = (values.join(", "), self.rows);
                let (head, rows) = (&head.name, counted(rows, "row"));
                progress.advise(&wording![
                    format!("{head}: of {rows}, taken as missing: {values} ("),
                    Setting::MissingValues,
                    " says which values are)"
                ]);
            }
            if let Some(none) = self.none.get(at).filter(|none| **none > 0) {
                progress.note(&format!(
                    "{}: {none} of {} without any of the labels",
                    head.name,
                    counted(self.rows, "row")
                ));
            }
        }
    }
}

fn shown(value: &str, rows: u64) -> String {
    if value.is_empty() {
        format!("{rows} empty")
    } else {
        format!("{rows} `{value}`")
    }
}
