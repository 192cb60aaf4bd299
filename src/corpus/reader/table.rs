//! Rows of CSV and TSV by RFC 4180, where every quote that closes a cell stands before a delimiter
//! or a line end.
//!
//! A quote inside a cell that does not begin with one is text. Anything else is an error: a lenient
//! reader takes a stray quote for the beginning of a cell that ends rows later, and the rows
//! between are gone in silence.

use super::broken::BrokenRow;
use super::cells::{Cells, Dialect, RowScan, Scan};
use super::header::{Header, Repeated};
use super::quotes::{Quote, QuoteFault};
use super::raw::Raw;
use super::swallowed::Swallowed;
use super::window::{Window, is_line_end, line_ends};
use crate::Result;
use crate::corpus::format::ReadOptions;
use crate::corpus::record::Names;
use crate::wording::{Setting, Wording, wording};
use std::sync::Arc;

/// An input of rows of cells; empty lines are passed over.
pub(super) struct Table {
    window: Window,
    dialect: Dialect,
    names: Arc<Names>,
    header: Option<Header>,
    /// The number of columns, by the header or the first row.
    width: Option<usize>,
    /// The table began with a line `sep=;`.
    separated: bool,
    /// The most bytes of a row.
    limit: usize,
    /// The most columns of a row.
    max_columns: usize,
    /// The rest of a row above the limit comes next.
    skipping: bool,
    /// The line of a header with the columns in another order.
    other_header: Option<u64>,
    has_rows: bool,
    swallowed: Swallowed,
}

/// A row as it was cut off.
enum Cut {
    Row { bytes: Vec<u8>, quoted: bool },
    Broken(BrokenRow),
}

impl Table {
    /// Reads the header, if there is one. `delimiter` holds where neither the options nor the table
    /// say otherwise.
    ///
    /// # Errors
    /// A data error for a header that is broken, names a column twice or has another delimiter.
    pub fn open(window: Window, options: &ReadOptions, delimiter: u8) -> Result<Self> {
        let mut table = Table {
            window,
            dialect: Dialect {
                delimiter,
                quote: options.quote,
            },
            names: Arc::new(Names::of_header(&[])),
            header: None,
            width: None,
            separated: false,
            limit: options.limits.row,
            max_columns: options.limits.columns,
            skipping: false,
            other_header: None,
            has_rows: false,
            swallowed: Swallowed::default(),
        };
        let stated = table.pass_separator_line()?;
        table.separated = stated.is_some();
        table.dialect.delimiter = options.delimiter.or(stated).unwrap_or(delimiter);
        if options.header {
            table.read_header(options.delimiter.or(stated).is_none())?;
        }
        Ok(table)
    }

    fn read_header(&mut self, guess: bool) -> Result<()> {
        let (line, cut) = self.cut()?.unwrap_or((
            1,
            Cut::Row {
                bytes: Vec::new(),
                quoted: false,
            },
        ));
        let header = match cut {
            Cut::Broken(broken) => Err(broken.error()),
            Cut::Row { bytes, .. } if self.is_too_wide(&bytes) => {
                Err(self.too_wide(&bytes).error())
            }
            Cut::Row { bytes, .. } => {
                let columns = Cells::new(&bytes, self.dialect).count();
                self.swallowed.look(&bytes, self.dialect, columns, line);
                Header::of_row(&bytes, self.dialect, guess)
            }
        };
        let header = header.map_err(|e| e.at(format_args!("{}:{line}", self.window.name())))?;
        self.names = header.names.clone();
        self.width = Some(header.len());
        self.header = Some(header);
        Ok(())
    }

    /// Returns the delimiter in a first line such as `sep=;`, as Excel writes and reads it; the
    /// line is passed.
    fn pass_separator_line(&mut self) -> Result<Option<u8>> {
        const MAX_LINE: usize = r#""sep=;""#.len();
        while self.window.rest().len() <= MAX_LINE && !self.window.ended() {
            if self.window.rest().iter().any(|&byte| is_line_end(byte)) {
                break;
            }
            self.window.more()?;
        }
        let rest = self.window.rest();
        let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let Some(delimiter) = separator(&rest[..length]) else {
            return Ok(None);
        };
        self.window.pass(length);
        self.window.pass_line_end();
        Ok(Some(delimiter))
    }

    /// Returns the next row and its line.
    pub fn next(&mut self) -> Result<Option<(u64, Raw)>> {
        let Some((line, cut)) = self.cut()? else {
            return Ok(None);
        };
        self.has_rows = true;
        let raw = match cut {
            Cut::Broken(broken) => Raw::Broken(broken),
            Cut::Row { bytes, quoted } => {
                let dialect = if quoted {
                    self.dialect
                } else {
                    Dialect {
                        quote: None,
                        ..self.dialect
                    }
                };
                match self.joined(line, &bytes, dialect) {
                    Some(broken) => Raw::Broken(broken),
                    None => self.row(line, bytes, dialect),
                }
            }
        };
        Ok(Some((line, raw)))
    }

    fn row(&mut self, line: u64, bytes: Vec<u8>, dialect: Dialect) -> Raw {
        let width = match self.width {
            Some(width) => width,
            None if self.is_too_wide(&bytes) => return Raw::Broken(self.too_wide(&bytes)),
            None => *self.width.insert(Cells::new(&bytes, dialect).count()),
        };
        self.swallowed.look(&bytes, dialect, width, line);
        Raw::Cells {
            bytes,
            dialect,
            names: self.names.clone(),
            width,
        }
    }

    /// No cell holds fewer delimiters than there are.
    fn is_too_wide(&self, row: &[u8]) -> bool {
        let most = self.max_columns;
        row.len() >= most && Cells::new(row, self.dialect).nth(most).is_some()
    }

    fn too_wide(&self, row: &[u8]) -> BrokenRow {
        let message = format!("the row has more than {} columns", self.max_columns);
        let help = wording![
            "check ",
            Setting::Delimiter,
            ", and that the input is a table"
        ];
        BrokenRow::new(message, help, &row[..row.len().min(100)])
    }

    /// Returns the fault of a row that is the beginning of another file, joined to this one.
    fn joined(&mut self, line: u64, row: &[u8], dialect: Dialect) -> Option<BrokenRow> {
        const HELP: &str = "take it out, or read the files that were joined one by one";
        if self.separated && separator(row).is_some() {
            return Some(BrokenRow::new(
                "the line `sep=` stands here again",
                HELP,
                row,
            ));
        }
        match self.header.as_ref()?.repeated(row, dialect) {
            Some(Repeated::Same) => {
                self.other_header = None;
                return Some(BrokenRow::new("the header stands here again", HELP, row));
            }
            Some(Repeated::Other) => self.other_header = Some(line),
            None => {}
        }
        let message = format!(
            "line {} is a header with the columns in another order",
            self.other_header?
        );
        Some(BrokenRow::new(
            message,
            "read the files that were joined one by one",
            row,
        ))
    }

    /// Returns a sentence about a header without rows, or about cells in quotes that may have
    /// swallowed rows, at the end of the table.
    pub fn note(&self) -> Option<Wording> {
        if self.has_rows || self.header.is_none() {
            return self.swallowed.note(self.window.name());
        }
        /// The number of columns that a note names.
        const SHOWN: usize = 5;
        let names = self.names.all();
        let shown: Vec<String> = names
            .iter()
            .take(SHOWN)
            .map(|name| format!("`{name}`"))
            .collect();
        let more = if names.len() > SHOWN { ", …" } else { "" };
        let (name, columns) = (self.window.name(), shown.join(", "));
        Some(format!("{name} has a header ({columns}{more}) and no row").into())
    }

    /// Returns the next row, broken or not, and its line, or the line of the quote that breaks it.
    fn cut(&mut self) -> Result<Option<(u64, Cut)>> {
        if std::mem::take(&mut self.skipping) {
            self.window.skip_line()?;
        }
        loop {
            self.window.pass_blank(is_line_end)?;
            if !self.window.pass_mark()? {
                break;
            }
        }
        let mut scan = Scan::default();
        loop {
            let rest = self.window.rest();
            let within = rest.len().min(self.limit.saturating_add(1));
            // Wherever the pieces of the input end, the same rows are above the limit.
            let ended = self.window.ended() && rest.len() <= self.limit;
            let found = scan.go_on(&rest[..within], ended, self.dialect);
            match (found, scan.open) {
                (RowScan::Row(0), _) => return Ok(None),
                (RowScan::Row(length), _) if length <= self.limit => {
                    return self.whole(length, scan.quoted).map(Some);
                }
                (RowScan::Quote { opened, closed }, _) => {
                    return self
                        .broken_quote(opened, QuoteFault::Before(closed + 1))
                        .map(Some);
                }
                (_, Some(opened)) if within > self.limit => {
                    return self.broken_quote(opened, QuoteFault::Limit).map(Some);
                }
                (_, None) if within > self.limit => {
                    self.skipping = true;
                    let broken = BrokenRow::too_long(self.window.rest(), self.limit);
                    return Ok(Some((self.window.line(), Cut::Broken(broken))));
                }
                (_, Some(opened)) if ended => {
                    return self.broken_quote(opened, QuoteFault::Never).map(Some);
                }
                _ => self.window.more()?,
            }
        }
    }

    /// Cuts off a row whose quotes are right.
    fn whole(&mut self, length: usize, quoted: bool) -> Result<(u64, Cut)> {
        let (line, row) = (self.window.line(), &self.window.rest()[..length]);
        if let Some((opened, columns)) = self.misfit(row, quoted) {
            return self.broken_quote(opened, QuoteFault::Width(columns));
        }
        let bytes = row.to_vec();
        match quoted {
            false => self.window.pass(length),
            true => self.window.pass_lines(length),
        }
        self.window.pass_line_end();
        Ok((line, Cut::Row { bytes, quoted }))
    }

    /// Returns the place of the only cell of several lines in a row of too many or few columns, and
    /// their number. The lines may be rows. With several such cells each of them would be looked
    /// through anew for every line.
    fn misfit(&self, row: &[u8], quoted: bool) -> Option<(usize, usize)> {
        let width = self
            .width
            .filter(|_| quoted && memchr::memchr2(b'\n', b'\r', row).is_some())?;
        let columns = Cells::new(row, self.dialect).count();
        if columns == width {
            return None;
        }
        let cells = Cells::new(row, self.dialect).filter(|cell| cell.quoted);
        let mut long =
            cells.filter(|cell| memchr::memchr2(b'\n', b'\r', &row[cell.from..cell.to]).is_some());
        let only = long.next()?;
        long.next().is_none().then_some((only.from - 1, columns))
    }

    /// Returns the row whose quote at `opened` is wrong. Only the lines up to that of the quote are
    /// lost: it may be part of the text, and then the next line is a row.
    fn broken_quote(&mut self, opened: usize, wrong: QuoteFault) -> Result<(u64, Cut)> {
        let Table {
            window,
            dialect,
            width,
            limit,
            ..
        } = self;
        let quote = Quote {
            row: window.rest(),
            line: window.line(),
            opened,
            dialect: *dialect,
        };
        let (message, help) = quote.explain(&wrong, *width, *limit);
        let end = loop {
            let rest = self.window.rest();
            let within = rest.len().min(self.limit.saturating_add(1));
            match memchr::memchr2(b'\n', b'\r', &rest[opened..within]) {
                Some(at) => break Some(opened + at),
                None if within > self.limit => break None,
                None if self.window.ended() => break Some(within),
                None => self.window.more()?,
            }
        };
        let rest = self.window.rest();
        let line = self.window.line() + line_ends(&rest[..opened]);
        let broken = match end {
            Some(end) => {
                let broken = BrokenRow::new(message, help, &rest[..end]);
                self.window.pass_lines(end);
                self.window.pass_line_end();
                broken
            }
            None => {
                let broken = BrokenRow::unread(message, help, rest, self.limit);
                self.window.pass_lines(opened);
                self.skipping = true;
                broken
            }
        };
        Ok((line, Cut::Broken(broken)))
    }
}

/// Returns the delimiter of a line `sep=;`. A letter would make a column's name of it.
fn separator(line: &[u8]) -> Option<u8> {
    let line = line
        .strip_prefix(b"\"")
        .and_then(|line| line.strip_suffix(b"\""))
        .unwrap_or(line);
    match line {
        [name @ .., b'=', delimiter] if name.eq_ignore_ascii_case(b"sep") => Some(*delimiter)
            .filter(|&byte| byte == b'\t' || (byte.is_ascii_punctuation() && byte != b'"')),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::reader::RawRecord;
    use crate::corpus::{Limits, SourceLocation};
    use std::io::{BufReader, Cursor};

    /// Rows by line: their cells, or what is wrong. The input comes in pieces of `piece` bytes.
    fn rows(text: &str, piece: usize, options: &ReadOptions) -> Result<Vec<(u64, String)>> {
        let bytes = BufReader::with_capacity(piece, Cursor::new(text.to_string().into_bytes()));
        let window = Window::new(Box::new(bytes), "f".into(), 1, options.limits);
        let mut table = Table::open(window, options, b',')?;
        let mut rows = Vec::new();
        while let Some((line, raw)) = table.next()? {
            let record = RawRecord {
                location: SourceLocation {
                    file: "f".into(),
                    line,
                },
                raw,
                limits: options.limits.into(),
            };
            let shown = match record.decode() {
                Ok(record) => {
                    let cells = record
                        .values
                        .iter()
                        .map(|cell| cell.get().as_str().unwrap_or_default());
                    cells.collect::<Vec<_>>().join("|")
                }
                Err(error) => format!("! {}", error.message()),
            };
            rows.push((line, shown));
        }
        Ok(rows)
    }

    fn headless() -> ReadOptions {
        ReadOptions {
            header: false,
            ..ReadOptions::default()
        }
    }

    #[track_caller]
    fn assert_rows(text: &str, expected: &[(u64, &str)]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(line, row)| (*line, row.to_string()))
            .collect();
        for piece in [1, 3, 1000] {
            assert_eq!(
                rows(text, piece, &headless()).unwrap(),
                expected,
                "{text:?} by {piece}"
            );
        }
    }

    #[test]
    fn cells_are_cut_by_rfc_4180() {
        assert_rows(
            "a,\"b,\"\"c\"\"\r\nd\"\r\ne,\"\"\r\rf, \"x\" y",
            &[(1, "a|b,\"c\"\r\nd"), (3, "e|"), (5, "f| \"x\" y")],
        );
        assert_rows(
            "\u{feff}\"a\",\n\n\u{feff}b,c\"",
            &[(1, "a|"), (3, "b|c\"")],
        );
        assert_rows("", &[]);
    }

    #[test]
    fn a_wrong_quote_loses_its_own_line_only() {
        let text = "a,\"one,x\nb,two,x\nc,\"three\nfour\",x\nd,\"fi\\\"ve\",x\ne,six,x";
        let rows = rows(text, 1, &headless()).unwrap();
        let lines: Vec<u64> = rows.iter().map(|row| row.0).collect();
        assert_eq!(lines, [1, 2, 3, 5, 6]);
        assert!(
            rows[0].1.contains("closed in line 3 before `t`"),
            "{rows:?}"
        );
        assert_eq!(rows[2].1, "c|three\nfour|x");
        assert!(rows[3].1.contains("closed before `v`"), "{rows:?}");
        assert_rows(
            "a,b\nc,\"d\ne,f",
            &[
                (1, "a|b"),
                (2, "! the row opens a quote that is never closed"),
                (3, "e|f"),
            ],
        );
    }

    #[test]
    fn rows_above_the_limit_are_left_out_one_by_one() {
        let options = ReadOptions {
            limits: Limits::default().row(7),
            ..headless()
        };
        let text = "a,bcdef\na,bcdefg\n\"a\nb\nc\nd\",e\nf,g\nh,\"ijklmnopq\nr,s";
        for piece in [1, 2, 5, 100] {
            let rows = rows(text, piece, &options).unwrap();
            let found: Vec<_> = rows
                .iter()
                .map(|(line, row)| (*line, row.starts_with('!')))
                .collect();
            let broken = [2, 3, 4, 5, 8];
            let expected: Vec<_> = (1..=9).map(|line| (line, broken.contains(&line))).collect();
            assert_eq!(found, expected, "{rows:?} by {piece}");
        }
    }

    /// Rows do not depend on the pieces in which bytes come, and lines rise.
    #[test]
    fn any_bytes_in_any_pieces() {
        let mut random = 7u64;
        for round in 0..20_000 {
            let mut text = String::new();
            for _ in 0..round % 24 {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                text.push(b"ab,,\"\"\"\n\n\r"[(random >> 33) as usize % 10] as char);
            }
            let options = ReadOptions {
                limits: Limits::default().row(4 + round % 9),
                header: round % 3 == 0,
                ..ReadOptions::default()
            };
            let [whole, parted, bytewise] = [100, 3, 1].map(|piece| rows(&text, piece, &options));
            let shown = |rows: &Result<Vec<_>>| format!("{rows:?}");
            assert_eq!(shown(&whole), shown(&parted), "{text:?}");
            assert_eq!(shown(&whole), shown(&bytewise), "{text:?}");
            if let Ok(rows) = whole {
                assert!(rows.is_sorted_by(|a, b| a.0 < b.0), "{text:?} {rows:?}");
            }
        }
    }
}
