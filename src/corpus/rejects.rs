//! Rows that are broken: their file, and the error of a corpus of which none is whole.

use super::reader::RawRecord;
use super::record::SourceLocation;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use std::borrow::Borrow;
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

    /// Writes one row with the reason.
    ///
    /// # Errors
    /// If writing fails.
    pub(crate) fn add(&mut self, raw: &RawRecord, reason: &Error) -> Result<()> {
        let SourceLocation { file, line } = &raw.location;
        let row = serde_json::json!({"file": &**file, "line": line, "reason": reason.message(), "row": raw.text()});
        self.rows += 1;
        writeln!(self.out, "{row}").map_err(|e| Error::io("write", e).at(&self.name))
    }

    /// Makes sure that the rows so far are written.
    ///
    /// # Errors
    /// If writing fails.
    pub(crate) fn flush(&mut self) -> Result<()> {
        self.out
            .flush()
            .map_err(|e| Error::io("write", e).at(&self.name))
    }

    /// Returns the number of rejected rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Makes sure that every row is written, and returns their number.
    ///
    /// # Errors
    /// If writing fails.
    pub fn finish(mut self) -> Result<u64> {
        self.flush()?;
        Ok(self.rows)
    }
}

/// The treatment of broken rows.
#[derive(Default)]
enum Treatment<'r> {
    /// The first one is an error.
    #[default]
    Refuse,
    /// They are left out.
    Skip,
    /// They are left out and listed.
    List(&'r mut Rejects),
}

/// The number of rows that were read, and of those that are broken.
#[derive(Default)]
pub(crate) struct RowTally<'r> {
    treatment: Treatment<'r>,
    rows: u64,
    broken: u64,
    /// Broken rows that lack a column.
    without_column: u64,
    first: Option<Error>,
}

impl<'r> RowTally<'r> {
    /// Creates a tally that lists broken rows.
    pub(crate) fn listed(rejects: &'r mut Rejects) -> Self {
        RowTally {
            treatment: Treatment::List(rejects),
            ..RowTally::default()
        }
    }

    /// Creates a tally that passes over broken rows.
    pub(crate) fn unlisted() -> Self {
        RowTally {
            treatment: Treatment::Skip,
            ..RowTally::default()
        }
    }

    /// Lists a broken row where there is a list.
    ///
    /// # Errors
    /// If writing fails.
    pub(super) fn list(&mut self, raw: &RawRecord, error: &Error) -> Result<()> {
        match &mut self.treatment {
            Treatment::List(rejects) => rejects.add(raw, error),
            Treatment::Refuse | Treatment::Skip => Ok(()),
        }
    }

    /// Counts a row and returns its outcome; `None` for a broken one that is left out.
    ///
    /// # Errors
    /// The row's own error where broken rows are refused; where writing to the list fails.
    pub(super) fn accept<T>(&mut self, raw: &RawRecord, outcome: Result<T>) -> Result<Option<T>> {
        self.settle(outcome.map_err(|error| (raw, error)))
    }

    /// As [`accept`](Self::accept), where only broken rows are at hand.
    ///
    /// # Errors
    /// As [`accept`](Self::accept).
    pub(crate) fn settle<T, R: Borrow<RawRecord>>(
        &mut self,
        outcome: std::result::Result<T, (R, Error)>,
    ) -> Result<Option<T>> {
        self.rows += 1;
        let (raw, error) = match outcome {
            Ok(row) => return Ok(Some(row)),
            Err((raw, error)) => (raw, error),
        };
        let raw = raw.borrow();
        if matches!(self.treatment, Treatment::Refuse) {
            return Err(error.help(wording![
                "mend the row, or leave broken rows out with ",
                Setting::Rejects.placeholder("FILE")
            ]));
        }
        self.list(raw, &error)?;
        self.broken += 1;
        self.without_column += u64::from(error.is_lack_of_column());
        self.first.get_or_insert_with(|| error.at(&raw.location));
        Ok(None)
    }

    /// Returns the number of rows, broken or not.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Makes sure that the broken rows so far are listed.
    ///
    /// # Errors
    /// If writing fails.
    pub(crate) fn flush(&mut self) -> Result<()> {
        match &mut self.treatment {
            Treatment::List(rejects) => rejects.flush(),
            Treatment::Refuse | Treatment::Skip => Ok(()),
        }
    }

    /// Refuses rows that all lack a column, which is no fault of the rows.
    ///
    /// # Errors
    /// The reason of the first row, if all are broken by the lack of a column.
    pub(crate) fn verify_columns(&self) -> Result<()> {
        match self.without_column == self.rows {
            true => self.verify(),
            false => Ok(()),
        }
    }

    /// Refuses rows of which none is whole.
    ///
    /// # Errors
    /// The reason of the first row, if all are broken.
    pub(crate) fn verify(&self) -> Result<()> {
        match &self.first {
            Some(first) if self.broken == self.rows => Err(first.of_all_rows(self.rows)),
            _ => Ok(()),
        }
    }
}

impl Error {
    /// Makes the error of a first row that of all rows.
    fn of_all_rows(&self, rows: u64) -> Error {
        let message = format!("all {rows} rows are broken; the first: {}", self.message());
        let location = self.location().map(str::to_string);
        let error = location.into_iter().fold(Error::data(message), Error::at);
        self.remedy().cloned().into_iter().fold(error, Error::help)
    }
}
