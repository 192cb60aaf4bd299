//! Cells in quotes that look as if they had swallowed rows.

use super::cells::Dialect;
use super::window::is_line_end;
use crate::wording::{Setting, Wording, wording};

/// Counts of rows of several lines of which each line alone has as many delimiters as a row of the
/// table.
///
/// A quote too many at the beginning of one cell and at the end of another makes the rows between
/// one cell, and the row is valid. Texts of several lines come out like that by chance, and then
/// most of them do not.
#[derive(Debug, Default)]
pub(super) struct Swallowed {
    /// Rows of several lines.
    several: u64,
    suspicious: u64,
    /// Suspicious ones of three lines or more.
    clear: u64,
    first: Option<u64>,
}

impl Swallowed {
    /// Looks at a row that begins on `line`; without quotes it has one line.
    pub fn look(&mut self, row: &[u8], dialect: Dialect, width: usize, line: u64) {
        if dialect.quote.is_none() || width < 2 || memchr::memchr2(b'\n', b'\r', row).is_none() {
            return;
        }
        self.several += 1;
        let mut lines = 0;
        for part in row
            .split(|&byte| is_line_end(byte))
            .filter(|part| !part.is_empty())
        {
            if memchr::memchr_iter(dialect.delimiter, part)
                .take(width)
                .count()
                != width - 1
            {
                return;
            }
            lines += 1;
        }
        if lines > 1 {
            self.suspicious += 1;
            self.clear += u64::from(lines > 2);
            self.first.get_or_insert(line);
        }
    }

    pub fn note(&self, name: &str) -> Option<Wording> {
        let first = self
            .first
            .filter(|_| self.clear > 0 || self.suspicious * 2 >= self.several)?;
        let more = match self.suspicious - 1 {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        Some(wording![
            format!(
                "{name}:{first}: a cell in quotes holds lines that look like rows of the table{more}; \
                 if quotes are part of the text, pass "
            ),
            Setting::Quote.value("none")
        ])
    }
}
