//! Cells of a row of a table.

use super::window::is_line_end;
use crate::wording::{Setting, Wording, wording};
use std::borrow::Cow;

/// The characters that cut cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub delimiter: u8,
    pub quote: Option<u8>,
}

/// Delimiters that tables are written with.
pub(super) const DELIMITERS: [u8; 4] = *b";\t|,";

/// Advises to cut cells by another delimiter.
pub(super) fn pass_delimiter(delimiter: u8) -> Wording {
    wording!["pass ", Setting::Delimiter.value(char::from(delimiter))]
}

/// Returns a delimiter for a message.
pub(super) fn named(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "a tab".to_string(),
        other => format!("`{}`", char::from(other)),
    }
}

/// The state of a scan through a row.
#[derive(Default)]
pub(super) struct Scan {
    at: usize,
    /// The start of a cell in quotes that is still open.
    pub open: Option<usize>,
    /// A cell stands in quotes.
    pub quoted: bool,
}

pub(super) enum RowScan {
    /// The row has this length.
    Row(usize),
    /// A quote closes a cell and is followed by something else than a delimiter or line end.
    Quote { opened: usize, closed: usize },
    /// The row goes on behind what there is.
    More,
}

impl Scan {
    /// Looks through a row on from where it stopped. Without `open` quotes, `ended` input ends the
    /// row.
    pub(crate) fn go_on(&mut self, row: &[u8], ended: bool, dialect: Dialect) -> RowScan {
        loop {
            let step = match self.open {
                None => self.plain(row, ended, dialect),
                Some(opened) => self.inside(row, ended, opened, dialect),
            };
            if let Some(found) = step {
                return found;
            }
        }
    }

    fn plain(&mut self, row: &[u8], ended: bool, dialect: Dialect) -> Option<RowScan> {
        let ahead = &row[self.at..];
        let found = match dialect.quote {
            Some(quote) => memchr::memchr3(quote, b'\n', b'\r', ahead),
            None => memchr::memchr2(b'\n', b'\r', ahead),
        };
        let Some(at) = found.map(|at| self.at + at) else {
            self.at = row.len();
            return Some(if ended {
                RowScan::Row(row.len())
            } else {
                RowScan::More
            });
        };
        if is_line_end(row[at]) {
            return Some(RowScan::Row(at));
        }
        if at == 0 || row[at - 1] == dialect.delimiter {
            (self.open, self.quoted) = (Some(at), true);
        }
        self.at = at + 1;
        None
    }

    fn inside(
        &mut self,
        row: &[u8],
        ended: bool,
        opened: usize,
        dialect: Dialect,
    ) -> Option<RowScan> {
        let quote = dialect.quote.unwrap_or(b'"');
        let Some(closed) = memchr::memchr(quote, &row[self.at..]).map(|at| self.at + at) else {
            self.at = row.len();
            return Some(RowScan::More);
        };
        self.at = closed;
        match row.get(closed + 1) {
            None if ended => {
                self.open = None;
                Some(RowScan::Row(row.len()))
            }
            None => Some(RowScan::More),
            Some(&next) if next == quote => {
                self.at = closed + 2;
                None
            }
            Some(&next) if next == dialect.delimiter => {
                (self.open, self.at) = (None, closed + 1);
                None
            }
            Some(&next) if is_line_end(next) => Some(RowScan::Row(closed + 1)),
            Some(_) => Some(RowScan::Quote { opened, closed }),
        }
    }
}

/// The cells of a row that was cut off by a [`Scan`], as places in it.
pub(super) struct Cells<'a> {
    row: &'a [u8],
    dialect: Dialect,
    at: Option<usize>,
}

/// A cell: its bytes in the row, without the quotes around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct TableCell {
    pub from: usize,
    pub to: usize,
    pub quoted: bool,
}

impl<'a> Cells<'a> {
    pub fn new(row: &'a [u8], dialect: Dialect) -> Self {
        Cells {
            row,
            dialect,
            at: Some(0),
        }
    }
}

impl TableCell {
    /// Returns the text of the cell; `row` must be the row that it was cut from.
    pub fn text<'a>(&self, row: &'a str, quote: Option<u8>) -> Cow<'a, str> {
        let text = &row[self.from..self.to];
        match quote.filter(|&quote| self.quoted && memchr::memchr(quote, text.as_bytes()).is_some())
        {
            None => Cow::Borrowed(text),
            Some(quote) => {
                let quote = char::from(quote).to_string();
                Cow::Owned(text.replace(&quote.repeat(2), &quote))
            }
        }
    }
}

impl Iterator for Cells<'_> {
    type Item = TableCell;

    fn next(&mut self) -> Option<TableCell> {
        let from = self.at?;
        let quote = self
            .dialect
            .quote
            .filter(|quote| self.row.get(from) == Some(quote));
        let (cell, end) = match quote {
            None => {
                let ahead = &self.row[from..];
                let end = memchr::memchr(self.dialect.delimiter, ahead)
                    .map_or(self.row.len(), |at| from + at);
                (
                    TableCell {
                        from,
                        to: end,
                        quoted: false,
                    },
                    end,
                )
            }
            Some(quote) => {
                let to = closing(self.row, from + 1, quote);
                (
                    TableCell {
                        from: from + 1,
                        to,
                        quoted: true,
                    },
                    (to + 1).min(self.row.len()),
                )
            }
        };
        self.at = (end < self.row.len()).then_some(end + 1);
        Some(cell)
    }
}

/// Returns the position of the quote that closes a cell.
fn closing(row: &[u8], mut from: usize, quote: u8) -> usize {
    loop {
        let Some(at) = memchr::memchr(quote, &row[from..]).map(|at| from + at) else {
            return row.len();
        };
        if row.get(at + 1) != Some(&quote) {
            return at;
        }
        from = at + 2;
    }
}
