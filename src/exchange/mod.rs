//! Matrices and weights in the formats of other tools.
//!
//! | format | of | read | written |
//! |---|---|---|---|
//! | LIBSVM, SVMlight | rows and their labels | [`LibsvmRows::read`] | [`write_libsvm`] |
//! | Matrix Market | rows | [`read_matrix_market`] | [`write_matrix_market`] |
//! | NumPy `npz` of `scipy.sparse` | rows | [`read_npz`] | [`write_npz`] |
//! | LIBLINEAR's model in text | weights of a head | [`LiblinearModel::read`] | [`LiblinearModel::write`] |
//! | fastText's `.bin` | a model | [`Model::load_fasttext`](crate::Model::load_fasttext) | |
//! | TSV, NumPy `npz` | terms, idf and weights of a model | | [`write_weights`], [`write_weights_npz`] |
//!
//! [`Model::of_weights`](crate::Model::of_weights) makes a model of [`ForeignFeatures`] and weights
//! that a program took from any other tool.
//!
//! A [`ReplicationArchive`] holds a model with the facts of its training.
//!
//! `docs/exchange.md` shows them beside the tools that take them.

mod fasttext;
mod fasttext_file;
mod foreign;
mod import;
mod liblinear;
mod libsvm;
mod matrix_market;
mod npz;
mod npz_reader;
mod replication;
mod weights;

pub use foreign::{ForeignFeatures, ForeignHead};
pub use liblinear::LiblinearModel;
pub use libsvm::{LibsvmRows, write_libsvm};
pub use matrix_market::{read_matrix_market, write_matrix_market};
pub use npz::{write_npz, write_weights_npz};
pub use npz_reader::read_npz;
pub use replication::{ReplicationArchive, ReplicationManifest};
pub use weights::write_weights;

use crate::features::SparseRows;
use crate::{Error, Result};

/// Largest index that is read: columns are 32-bit numbers.
const MAX_INDEX: u64 = u32::MAX as u64;

/// Returns the error of a line, by its number from 1.
fn of_line(line: usize, message: impl Into<String>) -> Error {
    Error::data(format!("line {line}: {}", message.into()))
}

/// Returns the matrix of entries by row, column and value, within its rows and columns.
fn rows_of_entries(
    rows: u64,
    columns: u64,
    mut entries: Vec<(u64, u32, f32)>,
) -> Result<SparseRows> {
    verify_rows(rows, entries.len())?;
    entries.sort_by_key(|(row, column, _)| (*row, *column));
    let same = |pair: &[(u64, u32, f32)]| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1);
    if let Some([(row, column, _), _]) = entries.windows(2).find(|pair| same(pair)) {
        let (row, column) = (row + 1, column + 1);
        return Err(Error::data(format!(
            "the entry in row {row}, column {column} stands twice"
        ))
        .help("add entries of one place up first"));
    }
    let mut matrix = SparseRows::new(columns.min(MAX_INDEX) as usize);
    let mut rest = &entries[..];
    for row in 0..rows {
        let count = rest.iter().take_while(|entry| entry.0 == row).count();
        let (of_row, after) = rest.split_at(count);
        let (columns, values): (Vec<u32>, Vec<f32>) = of_row
            .iter()
            .map(|(_, column, value)| (*column, *value))
            .unzip();
        matrix.push(&columns, &values);
        rest = after;
    }
    Ok(matrix)
}

/// Refuses a number of rows that is no matter of the file's size: each takes memory, though it has
/// no entry.
fn verify_rows(rows: u64, entries: usize) -> Result<()> {
    const FREE: u64 = 1 << 20;
    const EACH: u64 = 64;
    match rows <= FREE + EACH * entries as u64 {
        true => Ok(()),
        false => Err(Error::data(format!(
            "the matrix has {rows} rows, far more rows than entries ({entries})"
        ))),
    }
}
