//! The exchange format of Matrix Market (Boisvert, Pozo and Remington, NISTIR 5935, 1996):
//! coordinates and values, indices from 1. R's `Matrix::readMM` and `scipy.io.mmread` read it.

use crate::features::SparseRows;
use std::io::{self, Write};

/// Writes rows as a sparse matrix of rows by columns.
///
/// # Errors
/// Where writing fails.
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

#[cfg(test)]
mod tests {
    use super::*;

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
