//! Rows that are broken: their file, and the error of a corpus of which none is whole.

use super::reader::RawRecord;
use super::record::SourceLocation;
use crate::{Error, Result};
use std::io::Write;

/// The file of broken rows: JSON lines of file, line, reason and the row itself.
pub struct Rejects {
    out: Box<dyn Write + Send>,
    name: String,
    rows: u64,
}

impl Rejects {
    /// Writes rejected rows to `out`, which messages call `name`.
    pub fn new(out: Box<dyn Write + Send>, name: &str) -> Self {
        Rejects {
            out,
            name: name.to_string(),
            rows: 0,
        }
    }

    /// Lists and counts a broken row where there is a list, and fails with the row's own error elsewhere.
    ///
    /// # Errors
    /// The row's error without a list; where writing to the list fails.
    pub(crate) fn take(
        rejects: Option<&mut Self>,
        raw: &RawRecord,
        error: Error,
        broken: &mut RejectTally,
    ) -> Result<()> {
        match rejects {
            Some(rejects) => {
                rejects.add(raw, &error)?;
                broken.rows += 1;
                broken.lack_column += u64::from(error.is_lack_of_column());
                broken.first.get_or_insert(error.at(&raw.location));
                Ok(())
            }
            None => Err(error.help("mend the row, or leave broken rows out with --skip-bad FILE")),
        }
    }

    /// Writes one row with the reason.
    ///
    /// # Errors
    /// Where writing fails.
    pub fn add(&mut self, raw: &RawRecord, reason: &Error) -> Result<()> {
        let SourceLocation { file, line } = &raw.location;
        let row = serde_json::json!({"file": &**file, "line": line, "reason": reason.message(), "row": raw.text()});
        self.rows += 1;
        writeln!(self.out, "{row}").map_err(|e| Error::io("write", e).at(&self.name))
    }

    /// Makes sure that the rows so far are written.
    ///
    /// # Errors
    /// Where writing fails.
    pub fn flush(&mut self) -> Result<()> {
        self.out
            .flush()
            .map_err(|e| Error::io("write", e).at(&self.name))
    }

    /// Returns the number of rejected rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Makes sure that every row is written, and says how many there are.
    ///
    /// # Errors
    /// Where writing fails.
    pub fn finish(mut self) -> Result<u64> {
        self.flush()?;
        Ok(self.rows)
    }
}

/// The rows that were left out because they are broken.
#[derive(Debug, Default)]
pub(crate) struct RejectTally {
    pub(super) rows: u64,
    /// Those of them that lack a column.
    lack_column: u64,
    first: Option<Error>,
}

impl RejectTally {
    /// A column that none of `rows` has is no fault of the rows.
    ///
    /// # Errors
    /// The reason of the first, if all rows are broken by the lack of a column.
    pub(crate) fn verify_columns(&self, rows: u64) -> Result<()> {
        if self.lack_column == rows {
            self.verify(rows)
        } else {
            Ok(())
        }
    }

    /// Tells why no row is left.
    ///
    /// # Errors
    /// The reason of the first, if there are `rows` and all are broken.
    pub(crate) fn verify(&self, rows: u64) -> Result<()> {
        match &self.first {
            Some(first) if self.rows == rows => {
                let error = Error::data(format!(
                    "all {rows} rows are broken; the first: {}",
                    first.message()
                ));
                let error = first
                    .place()
                    .map(str::to_string)
                    .into_iter()
                    .fold(error, Error::at);
                Err(first
                    .remedy()
                    .map(str::to_string)
                    .into_iter()
                    .fold(error, Error::help))
            }
            _ => Ok(()),
        }
    }
}
