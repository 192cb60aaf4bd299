//! The documents of a reading, the rows that gave none, and the notes on both.

use super::mapping::{Document, RowOutcome};
use super::missing::{MissingCells, MissingTally};
use super::rejects::RowTally;
use super::schema::{HeadColumns, Schema};
use crate::io::Progress;
use crate::wording::{Setting, wording};
use crate::words::counted;
use crate::{Error, Result};

/// The documents of a reading, and the rows that were left out.
#[derive(Debug, Default)]
pub(super) struct DocumentTally {
    /// Documents so far.
    documents: usize,
    /// Rows without a label where such rows are left out.
    unlabelled: u64,
    /// Rows of weight 0.
    weightless: u64,
    /// The columns of the schema: those of the text, then those of the heads.
    columns: Vec<String>,
    /// By column, true once a document has had it.
    seen: Vec<bool>,
    text_columns: usize,
    /// True if columns of heads may be absent.
    optional_heads: bool,
    missing: MissingTally,
}

impl DocumentTally {
    pub(super) fn new(schema: &Schema) -> Self {
        let mut columns: Vec<String> = schema.text.iter().map(ToString::to_string).collect();
        let heads = schema.heads.iter().flat_map(HeadColumns::columns);
        columns.extend(heads.map(ToString::to_string));
        DocumentTally {
            seen: vec![false; columns.len()],
            columns,
            text_columns: schema.text.len(),
            ..DocumentTally::default()
        }
    }

    /// Takes columns of heads that no row has for answers that are unknown.
    pub(super) fn with_optional_heads(self, optional_heads: bool) -> Self {
        DocumentTally {
            optional_heads,
            ..self
        }
    }

    /// Counts a row, and returns its document, if it has one of some weight.
    pub(super) fn admit(&mut self, outcome: RowOutcome) -> Option<Document> {
        let document = match outcome {
            RowOutcome::Document(document) => *document,
            RowOutcome::Filtered => return None,
            RowOutcome::Unlabelled(missing) => {
                self.missing.missing(&missing, self.documents);
                self.unlabelled += 1;
                return None;
            }
        };
        if document.weight == 0.0 {
            self.weightless += 1;
            return None;
        }
        let seen = self.seen.iter_mut().zip(&document.seen);
        seen.for_each(|(seen, now)| *seen |= now);
        self.missing.missing(&document.missing, self.documents);
        self.missing.labels(&document.labels);
        self.documents += 1;
        Some(document)
    }

    /// Says how many rows were left out, and how many cells were taken as missing.
    pub(super) fn notes(&self, rows: u64, heads: &[HeadColumns], progress: &dyn Progress) {
        let rows = counted(rows, "row");
        if self.unlabelled > 0 {
            let names: Vec<&str> = heads.iter().map(|head| head.name.as_str()).collect();
            progress.note(&format!(
                "left out {} of {rows} without an answer to {}",
                self.unlabelled,
                names.join(" or ")
            ));
        }
        if self.weightless > 0 {
            let left_out = self.weightless;
            progress.note(&format!("left out {left_out} of {rows}, of weight 0"));
        }
        self.missing.notes(heads, progress);
    }

    /// Returns the cells that were taken as missing.
    pub(super) fn missing(&self, heads: &[HeadColumns]) -> Vec<MissingCells> {
        self.missing.cells(heads)
    }

    /// Refuses a reading that gave no document, and one in which no document has a column of the
    /// schema.
    ///
    /// # Errors
    /// A data error with the reason.
    pub(super) fn verify(&self, rows: &RowTally<'_>) -> Result<()> {
        if self.documents == 0 {
            rows.verify()?;
            return Err(match rows.rows() {
                0 => no_row(),
                rows => Error::data(format!("none of the {rows} rows is left")).help(wording![
                    "check ",
                    Setting::Filters,
                    ", ",
                    Setting::Unlabelled,
                    " and ",
                    Setting::Weight
                ]),
            });
        }
        let asked = match self.optional_heads {
            true => self.text_columns,
            false => self.seen.len(),
        };
        match self.seen[..asked].iter().position(|seen| !seen) {
            // A row without its only text column is broken, and told as such.
            Some(at) if at >= self.text_columns || self.text_columns > 1 => {
                let (documents, column) = (self.documents, &self.columns[at]);
                Err(Error::data(format!(
                    "none of {documents} rows has the column `{column}`"
                ))
                .help("check the spelling"))
            }
            _ => Ok(()),
        }
    }
}

/// Makes the error of inputs without a row.
pub(super) fn no_row() -> Error {
    Error::data("there is no row").help(wording![
        "the input is empty, holds a header only, or ",
        Setting::Filters,
        " leaves nothing of it"
    ])
}
