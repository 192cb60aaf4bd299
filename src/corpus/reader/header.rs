//! The names of a table's columns.

use super::cells::{Cells, DELIMITERS, Dialect, TableCell, named, pass_delimiter};
use crate::corpus::record::Names;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use std::collections::HashSet;
use std::sync::Arc;

/// The header of a table.
#[derive(Debug, PartialEq)]
pub(super) struct Header {
    pub names: Arc<Names>,
    /// The cells as they stand there, without white space around.
    cells: Vec<String>,
    /// No row of more bytes is the header again.
    longest: usize,
}

/// A row that is a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeated {
    Same,
    /// The same names in another order.
    Other,
}

impl Header {
    /// Returns the header in a row; with `guess`, one that holds another delimiter only is an
    /// error.
    pub fn of_row(bytes: &[u8], dialect: Dialect, guess: bool) -> Result<Self> {
        let row = super::decode::utf8(bytes)?;
        let mut cells = Vec::new();
        if !row.is_empty() {
            let of_cell = |cell: TableCell| cell.text(row, dialect.quote).trim().to_string();
            cells.extend(Cells::new(bytes, dialect).map(of_cell));
        }
        if let ([only], true) = (cells.as_slice(), guess) {
            verify_delimiter(only, dialect.delimiter)?;
        }
        let names = Names::of_header(&cells);
        if let Some((first, second)) = names.repeated() {
            let name = &names.all()[first];
            return Err(Error::data(format!(
                "the header names the column `{name}` twice: columns {} and {}",
                first + 1,
                second + 1
            ))
            .help(wording![
                "rename one, or pass ",
                Setting::NoHeader,
                " if the file has none"
            ]));
        }
        let longest = 2 * cells.iter().map(String::len).sum::<usize>() + 8 * cells.len();
        Ok(Header {
            names: Arc::new(names),
            cells,
            longest,
        })
    }

    /// Returns the number of columns.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Tells whether a row is the header again, as where files were joined.
    pub fn repeated(&self, row: &[u8], dialect: Dialect) -> Option<Repeated> {
        if row.len() > self.longest {
            return None;
        }
        let row = std::str::from_utf8(row).ok()?;
        let mut cells =
            Cells::new(row.as_bytes(), dialect).map(|cell| cell.text(row, dialect.quote));
        let first = cells.next()?;
        if self.cells.first().is_none_or(|own| own != first.trim())
            && self.names.place(first.trim()).is_none()
        {
            return None;
        }
        let cells: Vec<_> = std::iter::once(first).chain(cells).collect();
        let cells: Vec<&str> = cells.iter().map(|cell| cell.trim()).collect();
        if cells == self.cells {
            return Some(Repeated::Same);
        }
        let distinct: HashSet<&str> = cells.iter().copied().collect();
        let same = cells.len() == self.len()
            && distinct.len() == self.len()
            && self.cells.iter().all(|own| distinct.contains(own.as_str()));
        same.then_some(Repeated::Other)
    }
}

/// Returns a header of one column that holds the delimiter of another dialect.
fn verify_delimiter(header: &str, delimiter: u8) -> Result<()> {
    let count = |byte: u8| header.bytes().filter(|&other| other == byte).count();
    let others = DELIMITERS.iter().filter(|byte| **byte != delimiter);
    match others
        .map(|&byte| (count(byte), byte))
        .max_by_key(|other| other.0)
    {
        Some((1.., byte)) => Err(Error::data(format!(
            "the header holds no {}, but {}",
            named(delimiter).trim_start_matches("a "),
            named(byte)
        ))
        .help(pass_delimiter(byte))),
        _ => Ok(()),
    }
}
