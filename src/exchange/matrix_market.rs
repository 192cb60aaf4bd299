//! The exchange format of Matrix Market (Boisvert, Pozo and Remington, NISTIR 5935, 1996):
//! coordinates and values, indices from 1. R's `Matrix::readMM` and `writeMM`, and `scipy.io.mmread`
//! and `mmwrite`, read and write it.

use super::{MAX_INDEX, of_line, rows_of_entries};
use crate::features::SparseRows;
use crate::{Error, Result};
use std::io::{self, BufRead, Write};

/// Writes rows as a sparse matrix of rows by columns.
///
/// # Errors
/// An I/O error if writing fails.
pub fn write_matrix_market(rows: &SparseRows, mut out: impl Write) -> io::Result<()> {
    writeln!(out, "%%MatrixMarket matrix coordinate real general")?;
    writeln!(out, "{} {} {}", rows.rows(), rows.columns(), rows.nnz())?;
    for (at, row) in rows.iter().enumerate() {
        for (column, value) in row.columns.iter().zip(row.values) {
            writeln!(out, "{} {} {value}", at + 1, column + 1)?;
        }
    }
    out.flush()
}

/// Reads a sparse matrix: coordinates of a general matrix, with real or integer values or, in a
/// `pattern`, with 1 for each; entries in any order.
///
/// # Errors
/// A data error that names the line, for another kind of matrix, for what is no entry, for values
/// that are not finite and for a wrong number of entries; one for an entry that stands twice and for
/// far more rows than entries; an I/O error where reading fails.
pub fn read_matrix_market(input: impl BufRead) -> Result<SparseRows> {
    let mut lines = input.lines().enumerate();
    let mut next = || -> Result<Option<(usize, String)>> {
        let Some((at, line)) = lines.next() else {
            return Ok(None);
        };
        Ok(Some((at + 1, line.map_err(|e| Error::io("read", e))?)))
    };
    let (_, banner) = next()?.unwrap_or_default();
    let has_values = has_values(&banner)?;
    let mut sizes = None;
    let (mut entries, mut count) = (Vec::new(), 0);
    while let Some((at, line)) = next()? {
        let line = line.trim();
        if line.is_empty() || line.starts_with('%') {
            continue;
        }
        let parts: Vec<&str> = line.split_ascii_whitespace().collect();
        match sizes {
            None => {
                let [rows, columns, entries] = numbers(&parts).ok_or_else(|| {
                    of_line(at, "expected the numbers of rows, columns and entries")
                })?;
                (sizes, count) = (Some([rows, columns]), entries);
            }
            Some(sizes) => {
                entries.push(entry(&parts, sizes, has_values).map_err(|what| of_line(at, what))?);
            }
        }
    }
    let [rows, columns] = sizes.ok_or_else(|| Error::data("the matrix has no line of sizes"))?;
    if entries.len() as u64 != count {
        let found = entries.len();
        return Err(
            Error::data(format!("the matrix has {found} entries, expected {count}"))
                .help("fetch the file again: it may be cut off"),
        );
    }
    rows_of_entries(rows, columns, entries)
}

/// Reads the first line; tells whether entries have values.
fn has_values(banner: &str) -> Result<bool> {
    let lower = banner.to_ascii_lowercase();
    let parts: Vec<&str> = lower.split_ascii_whitespace().collect();
    match parts[..] {
        [
            "%%matrixmarket",
            "matrix",
            "coordinate",
            "real" | "integer",
            "general",
        ] => Ok(true),
        [
            "%%matrixmarket",
            "matrix",
            "coordinate",
            "pattern",
            "general",
        ] => Ok(false),
        ["%%matrixmarket", ..] => Err(of_line(1, "the matrix is of a kind that is not read")
            .help("write it as coordinate, real, general")),
        _ => Err(of_line(
            1,
            "no Matrix Market file: it begins with %%MatrixMarket",
        )),
    }
}

fn numbers<const N: usize>(parts: &[&str]) -> Option<[u64; N]> {
    let numbers: Vec<u64> = parts.iter().map_while(|part| part.parse().ok()).collect();
    (parts.len() == N).then_some(numbers)?.try_into().ok()
}

/// Reads an entry, counted from 0.
fn entry(
    parts: &[&str],
    [rows, columns]: [u64; 2],
    has_values: bool,
) -> std::result::Result<(u64, u32, f32), String> {
    let no_entry = || "expected ROW COLUMN VALUE".to_string();
    let (place, value) = match (parts, has_values) {
        ([row, column, value], true) => ([*row, *column], value.parse().map_err(|_| no_entry())?),
        ([row, column], false) => ([*row, *column], 1.0f32),
        _ => return Err(no_entry()),
    };
    let [row, column] = numbers(&place).ok_or_else(no_entry)?;
    if !(1..=rows).contains(&row) || !(1..=columns.min(MAX_INDEX)).contains(&column) {
        return Err(format!("the entry {row}, {column} is outside the matrix"));
    }
    if !value.is_finite() {
        return Err("the value is not finite".to_string());
    }
    Ok((row - 1, (column - 1) as u32, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_is_no_matrix_is_named() {
        let banner = "%%MatrixMarket matrix coordinate";
        let read = |text: &str| read_matrix_market(format!("{banner} {text}").as_bytes());
        let rows = read("real general\n% a\n3 4 3\n3 2 -2\n\n1 4 1\n 1 1 5e-1\n").unwrap();
        assert_eq!((rows.rows(), rows.columns(), rows.nnz()), (3, 4, 3));
        assert_eq!(rows.row(0).columns, [0, 3]);
        let mut out = Vec::new();
        write_matrix_market(&rows, &mut out).unwrap();
        assert_eq!(read_matrix_market(&out[..]).unwrap(), rows);
        assert_eq!(
            read("pattern general\n1 1 1\n1 1\n").unwrap().row(0).values,
            [1.0]
        );
        for (text, what) in [
            ("real symmetric\n1 1 0\n", "line 1: the matrix is of a kind"),
            ("real general\n", "no line of sizes"),
            ("real general\n1 1\n", "line 2: expected the numbers"),
            (
                "real general\n2 2 1\n3 1 1\n",
                "line 3: the entry 3, 1 is outside",
            ),
            (
                "real general\n2 2 1\n1 1 inf\n",
                "line 3: the value is not finite",
            ),
            ("real general\n2 2 2\n1 1 1\n", "1 entries, expected 2"),
            (
                "real general\n2 2 2\n1 1 1\n1 1 2\n",
                "row 1, column 1 stands twice",
            ),
            (
                "real general\n99999999999 1 0\n",
                "far more rows than entries",
            ),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(what), "{text}: {error}");
        }
        assert!(read_matrix_market(&b"1 2 3"[..]).is_err());
    }

    #[test]
    fn entries_are_counted_from_one() {
        let mut rows = SparseRows::new(3);
        rows.push(&[0, 2], &[0.5, 1.0]);
        rows.push(&[], &[]);
        rows.push(&[1], &[-2.0]);
        let mut out = Vec::new();
        write_matrix_market(&rows, &mut out).unwrap();
        let expected =
            "%%MatrixMarket matrix coordinate real general\n3 3 3\n1 1 0.5\n1 3 1\n3 2 -2\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
