//! The text format of LIBSVM, LIBLINEAR and SVMlight: `LABEL INDEX:VALUE INDEX:VALUE …`, a row a
//! line, indices from 1.

use super::{MAX_INDEX, of_line};
use crate::features::SparseRows;
use crate::{Error, Result};
use std::io::{self, BufRead, Write};

/// Rows of a file in LIBSVM's format.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LibsvmRows {
    /// The rows; column `i` is index `i + 1`.
    pub rows: SparseRows,
    /// The labels of each row as they are written, several between commas; none where a row has
    /// none.
    pub labels: Vec<Vec<String>>,
}

impl LibsvmRows {
    /// Creates rows without labels, of at least `columns` columns.
    pub fn of(rows: SparseRows, columns: usize) -> LibsvmRows {
        let labels = vec![Vec::new(); rows.rows()];
        let rows = rows.widened(columns);
        LibsvmRows { rows, labels }
    }

    /// Reads rows of at least `columns` columns.
    ///
    /// Comments behind `#`, `qid:N` of SVMlight, blank lines, blanks at the ends, CR LF and indices
    /// in any order are understood. Index 0, which some tools write for their first column, is an
    /// error, because it cannot be told from an index that is off by one.
    ///
    /// # Errors
    /// A data error that names the line, for what is no row, for an index that stands twice and for
    /// values that are not finite; an I/O error where reading fails.
    pub fn read(input: impl BufRead, columns: usize) -> Result<LibsvmRows> {
        let (mut labels, mut entries) = (Vec::new(), Vec::new());
        let mut width = columns;
        for (at, line) in input.lines().enumerate() {
            let line = line.map_err(|e| Error::io("read", e))?;
            let line = line.split('#').next().unwrap_or_default().trim_end();
            if line.trim().is_empty() {
                continue;
            }
            let row = Row::read(line).map_err(|message| of_line(at + 1, message))?;
            width = width.max(row.columns.last().map_or(0, |last| *last as usize + 1));
            labels.push(row.labels);
            entries.push((row.columns, row.values));
        }
        let mut rows = SparseRows::new(width);
        for (columns, values) in entries {
            rows.push(&columns, &values);
        }
        Ok(LibsvmRows { rows, labels })
    }
}

/// One line.
struct Row {
    labels: Vec<String>,
    columns: Vec<u32>,
    values: Vec<f32>,
}

impl Row {
    fn read(line: &str) -> std::result::Result<Row, String> {
        // A line that begins with a blank has no label.
        let mut parts = line.split([' ', '\t']).filter(|part| !part.is_empty());
        let mut labels = Vec::new();
        if !line.starts_with([' ', '\t']) && !line.split(' ').next().is_some_and(is_entry) {
            let written = parts.next().unwrap_or_default();
            labels.extend(written.split(',').map(str::to_string));
        }
        let mut entries: Vec<(u32, f32)> = Vec::new();
        for part in parts.filter(|part| !part.starts_with("qid:")) {
            entries.push(entry(part)?);
        }
        entries.sort_by_key(|(column, _)| *column);
        if let Some(pair) = entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(format!("the index {} stands twice", pair[0].0 + 1));
        }
        let (columns, values) = entries.into_iter().unzip();
        Ok(Row {
            labels,
            columns,
            values,
        })
    }
}

fn is_entry(part: &str) -> bool {
    part.contains(':')
}

fn entry(part: &str) -> std::result::Result<(u32, f32), String> {
    let no_entry = || format!("`{part}` is not INDEX:VALUE");
    let (index, value) = part.split_once(':').ok_or_else(no_entry)?;
    let index: u64 = index.parse().map_err(|_| no_entry())?;
    let value: f32 = value.parse().map_err(|_| no_entry())?;
    if !(1..=MAX_INDEX).contains(&index) {
        return Err(format!("the index {index} is not from 1 to {MAX_INDEX}"));
    }
    if !value.is_finite() {
        return Err(format!("the value of `{part}` is not finite"));
    }
    Ok(((index - 1) as u32, value))
}

/// Writes rows with the labels of each, several between commas.
///
/// Values are written with as many digits as they need to be read back the same.
///
/// # Errors
/// If there are not as many lists of labels as rows, and where writing fails.
pub fn write_libsvm(
    rows: &SparseRows,
    labels: &[Vec<String>],
    mut out: impl Write,
) -> io::Result<()> {
    if labels.len() != rows.rows() {
        let what = format!("{} lists of labels for {} rows", labels.len(), rows.rows());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    for (row, labels) in rows.iter().zip(labels) {
        out.write_all(labels.join(",").as_bytes())?;
        for (column, value) in row.columns.iter().zip(row.values) {
            write!(out, " {}:{value}", column + 1)?;
        }
        out.write_all(b"\n")?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<LibsvmRows> {
        LibsvmRows::read(text.as_bytes(), 0)
    }

    #[test]
    fn the_oddities_of_the_format_are_understood() {
        let found =
            read("+1 3:0.5 1:2 # doc 1\r\n\n-1 qid:7 2:1e-3  \n 1:4\n1,3 \n# all\n").unwrap();
        let labels: Vec<String> = found.labels.iter().map(|l| l.join(",")).collect();
        assert_eq!(labels, ["+1", "-1", "", "1,3"]);
        assert_eq!(found.rows.columns(), 3);
        assert_eq!(found.rows.row(0).columns, [0, 2]);
        assert_eq!(found.rows.row(0).values, [2.0, 0.5]);
        assert!(found.rows.row(3).columns.is_empty());
    }

    #[test]
    fn what_is_no_row_is_named_by_its_line() {
        for (text, what) in [
            ("1 1:1\n1 x:1\n", "line 2: `x:1` is not INDEX:VALUE"),
            ("1 0:1\n", "line 1: the index 0 is not from 1"),
            ("1 2:1 2:3\n", "line 1: the index 2 stands twice"),
            ("1 2:nan\n", "line 1: the value of `2:nan` is not finite"),
            ("1 2\n", "line 1: `2` is not INDEX:VALUE"),
            ("1 9999999999:1\n", "line 1: the index 9999999999"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(what), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn rows_are_read_as_they_were_written(
            entries in prop::collection::vec(prop::collection::btree_map(0u32..40, -1e3f32..1e3, 0..8), 0..12),
            labels in prop::collection::vec(prop::collection::vec(0u8..5, 0..3), 12),
        ) {
            let mut rows = SparseRows::new(40);
            for row in &entries {
                let (columns, values): (Vec<u32>, Vec<f32>) = row.iter().map(|(c, v)| (*c, *v)).unzip();
                rows.push(&columns, &values);
            }
            let labels: Vec<Vec<String>> =
                labels[..entries.len()].iter().map(|row| row.iter().map(u8::to_string).collect()).collect();
            // A row without labels and entries is a blank line.
            prop_assume!(entries.iter().zip(&labels).all(|(row, labels)| !row.is_empty() || !labels.is_empty()));
            let mut written = Vec::new();
            write_libsvm(&rows, &labels, &mut written).unwrap();
            let found = LibsvmRows::read(&written[..], 40).unwrap();
            prop_assert_eq!(found.rows, rows);
            prop_assert_eq!(found.labels, labels);
        }

        #[test]
        fn any_bytes_end_in_rows_or_an_error(text in "[ 0-9:,.#a-z\\n\\t-]{0,60}") {
            let _ = read(&text);
        }
    }
}
