//! Tables that are held whole, such as a matrix of costs.

use super::cells::{Cells, DELIMITERS, Dialect, RowScan, Scan};
use super::window::{is_line_end, line_ends};
use crate::{Error, Result};

/// Returns the rows of a table that are not empty, each with its line: cells between tabs,
/// semicolons or commas, whichever the first row has, and in quotes by RFC 4180. A byte order mark
/// at its beginning is passed over.
///
/// # Errors
/// A data error that names the line of a quote that is not closed, or closes inside a cell.
pub(crate) fn cells_of(text: &str) -> Result<Vec<(u64, Vec<String>)>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let bytes = text.as_bytes();
    let quote = Some(b'"');
    let mut dialect = Dialect {
        delimiter: b',',
        quote,
    };
    let (mut rows, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        if is_line_end(bytes[at]) {
            at += 1;
            continue;
        }
        let line = 1 + line_ends(&bytes[..at]);
        if rows.is_empty() {
            dialect.delimiter = delimiter(&bytes[at..]);
        }
        let RowScan::Row(length) = Scan::default().go_on(&bytes[at..], true, dialect) else {
            return Err(Error::data(format!(
                "line {line}: a quote is not closed, or closes inside a cell"
            ))
            .help("a cell with quotes stands in quotes, and those in it are written twice"));
        };
        let row = &text[at..at + length];
        let cells: Vec<String> = Cells::new(row.as_bytes(), dialect)
            .map(|cell| cell.text(row, quote).trim().to_string())
            .collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push((line, cells));
        }
        at += length;
    }
    Ok(rows)
}

/// Returns the delimiter that cuts the first row into most cells; a comma if none does.
fn delimiter(bytes: &[u8]) -> u8 {
    let width = |delimiter: u8| {
        let dialect = Dialect {
            delimiter,
            quote: Some(b'"'),
        };
        match Scan::default().go_on(bytes, true, dialect) {
            RowScan::Row(length) => Cells::new(&bytes[..length], dialect).count(),
            _ => 0,
        }
    };
    let tried = DELIMITERS
        .iter()
        .copied()
        .filter(|delimiter| *delimiter != b'|');
    let widest = |best: (u8, usize), tried: u8| match width(tried) {
        // A comma may stand in a cell without quotes where others do not.
        wide if wide > 1 && wide >= best.1 => (tried, wide),
        _ => best,
    };
    tried.rev().fold((b',', 1), widest).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_their_lines_and_cells_their_quotes() {
        let rows = cells_of("\u{feff}\r\na;\"b, \"\"c\"\"\"\r\n\r\n1;\"2\n3\"\r\n;\n4;5").unwrap();
        let cells = |row: &[&str]| row.iter().map(ToString::to_string).collect::<Vec<String>>();
        assert_eq!(
            rows,
            [
                (2, cells(&["a", "b, \"c\""])),
                (4, cells(&["1", "2\n3"])),
                (7, cells(&["4", "5"]))
            ]
        );
        assert!(cells_of("a,\"b\nc,d\n").is_err() && cells_of("a,\"b\"c\n").is_err());
        assert_eq!(cells_of("").unwrap(), []);
    }
}
