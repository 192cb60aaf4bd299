//! Quotes that are wrong, and the remedy.

use super::cells::{DELIMITERS, Dialect, named, pass_delimiter};
use super::window::{line_ends, size};
use crate::wording::{Setting, Wording, wording};

/// A quote that opens a cell.
pub(super) struct Quote<'a> {
    /// The row, and what follows it.
    pub row: &'a [u8],
    /// The line on which the row begins.
    pub line: u64,
    /// The place of the quote in the row.
    pub opened: usize,
    pub dialect: Dialect,
}

/// The fault of a quote.
pub(super) enum QuoteFault {
    /// The closing one stands before the byte at this place, which neither cuts cells nor ends a
    /// line.
    Before(usize),
    /// There is no closing one.
    Never,
    /// There is none within the limit of a row.
    Limit,
    /// The cell has several lines, and the row has this many columns.
    Width(usize),
}

fn close() -> Wording {
    wording![
        "close it, or pass ",
        Setting::Quote.value("none"),
        " if quotes are part of the text"
    ]
}

impl Quote<'_> {
    /// Returns message and remedy for a fault in a table of `width` columns, if that is known.
    pub fn explain(
        &self,
        wrong: &QuoteFault,
        width: Option<usize>,
        limit: usize,
    ) -> (String, Wording) {
        let (message, help) = match *wrong {
            QuoteFault::Never => ("that is never closed".to_string(), close()),
            QuoteFault::Limit => (
                format!("that is not closed within {}", size(limit as u64)),
                wording![
                    close(),
                    "; ",
                    Setting::MaxRow.placeholder("SIZE"),
                    " allows longer rows"
                ],
            ),
            QuoteFault::Before(at) => (
                self.closed_before(at),
                self.remedy(at, width.is_none_or(|width| width == 1)),
            ),
            QuoteFault::Width(columns) => (
                format!(
                    "of which the cell has several lines, and ends up with {columns} columns, expected {}",
                    width.unwrap_or_default()
                ),
                wording![close(), "; or say ", Setting::Delimiter],
            ),
        };
        (format!("the row opens a quote {message}"), help)
    }

    fn closed_before(&self, at: usize) -> String {
        let seen = first_character(&self.row[at..]);
        let place = match line_ends(&self.row[self.opened..at]) {
            0 => String::new(),
            _ => format!(" in line {}", self.line + line_ends(&self.row[..at])),
        };
        let delimiter = named(self.dialect.delimiter);
        format!("that is closed{place} before `{seen}`, expected {delimiter} or a line end there")
    }

    /// In the `first` cell of a table, another delimiter may stand behind the quote.
    fn remedy(&self, at: usize, first: bool) -> Wording {
        let quote = char::from(self.dialect.quote.unwrap_or(b'"'));
        let other = DELIMITERS.iter().find(|other| **other == self.row[at]);
        match other.filter(|other| first && **other != self.dialect.delimiter) {
            Some(&delimiter) => pass_delimiter(delimiter),
            None => wording![
                format!("write {quote}{quote} for a quote inside such a cell, or pass "),
                Setting::Quote.value("none"),
                " if quotes are part of the text"
            ],
        }
    }
}

fn first_character(bytes: &[u8]) -> String {
    let bytes = &bytes[..bytes.len().min(4)];
    let text = String::from_utf8_lossy(bytes);
    text.chars()
        .next()
        .map_or_else(String::new, |first| first.escape_debug().to_string())
}
