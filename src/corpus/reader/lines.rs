//! Rows that are lines: JSON lines and fastText.

use super::broken::BrokenRow;
use super::raw::Raw;
use super::window::Window;
use crate::Result;

/// An input of one row a line; blank lines are passed over.
pub(super) struct Lines {
    window: Window,
    fasttext: bool,
    /// The most bytes of a line.
    limit: usize,
    /// The rest of a line above the limit comes next.
    skipping: bool,
}

impl Lines {
    pub fn new(window: Window, fasttext: bool, limit: usize) -> Self {
        Lines {
            window,
            fasttext,
            limit,
            skipping: false,
        }
    }

    /// Returns the next row and its line.
    pub fn next(&mut self) -> Result<Option<(u64, Raw)>> {
        if std::mem::take(&mut self.skipping) {
            self.window.skip_line()?;
        }
        loop {
            let indent = self.window.pass_blank(|byte| byte.is_ascii_whitespace())?;
            if self.window.pass_mark()? {
                continue;
            }
            let line = self.window.line();
            let Some(length) = self.length()? else {
                self.skipping = true;
                return Ok(Some((
                    line,
                    Raw::Broken(BrokenRow::too_long(self.window.rest(), self.limit)),
                )));
            };
            if length == 0 {
                return Ok(None);
            }
            let bytes = self.window.rest()[..length].to_vec();
            self.window.pass(length);
            self.window.pass_line_end();
            let row = if self.fasttext {
                Raw::FastText(bytes)
            } else {
                Raw::Json { bytes, indent }
            };
            return Ok(Some((line, row)));
        }
    }

    /// Returns the length of the line; `None` above the limit.
    fn length(&mut self) -> Result<Option<usize>> {
        let mut seen = 0;
        loop {
            let rest = self.window.rest();
            let within = rest.len().min(self.limit.saturating_add(1));
            match memchr::memchr2(b'\n', b'\r', &rest[seen..within]) {
                Some(at) => return Ok(Some(seen + at)),
                None if within > self.limit => return Ok(None),
                None if self.window.ended() => return Ok(Some(within)),
                None => seen = within,
            }
            self.window.more()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::reader::RawRecord;
    use crate::corpus::{Limits, SourceLocation};

    fn rows(text: &'static str, limit: usize) -> Vec<(u64, String)> {
        let bytes = std::io::BufReader::with_capacity(2, text.as_bytes());
        let mut lines = Lines::new(
            Window::new(Box::new(bytes), "f".into(), 1, Limits::default()),
            true,
            limit,
        );
        let mut rows = Vec::new();
        while let Some((line, raw)) = lines.next().unwrap() {
            let record = RawRecord {
                location: SourceLocation {
                    file: "f".into(),
                    line,
                },
                raw,
                limits: Limits::default().into(),
            };
            rows.push((line, record.text()));
        }
        rows
    }

    fn of(rows: &[(u64, &str)]) -> Vec<(u64, String)> {
        rows.iter()
            .map(|(line, row)| (*line, row.to_string()))
            .collect()
    }

    #[test]
    fn lines_end_in_any_way_and_may_be_blank_or_marked() {
        let text = "a\r\n \r\n\rb\r\u{feff}c\n\u{feff}\n\n  d ";
        assert_eq!(
            rows(text, 5),
            of(&[(1, "a"), (4, "b"), (5, "c"), (8, "d ")])
        );
    }

    #[test]
    fn a_line_above_the_limit_is_skipped_to_its_end() {
        assert_eq!(
            rows("123\n1234\r\n12", 3)
                .iter()
                .map(|row| row.0)
                .collect::<Vec<_>>(),
            [1, 2, 3]
        );
        assert_eq!(rows("    \n    12", 3), of(&[(2, "12")]));
    }
}
