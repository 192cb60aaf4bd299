//! Matrices and weights in the formats of other tools.
//!
//! | format | of | read | written |
//! |---|---|---|---|
//! | LIBSVM, SVMlight | rows and their labels | [`LibsvmRows::read`] | [`write_libsvm`] |
//! | Matrix Market | rows | | [`write_matrix_market`] |
//! | NumPy `npz`, as `scipy.sparse.load_npz` reads it | rows | | [`write_npz`] |
//! | LIBLINEAR's model in text | weights of a head | [`LiblinearModel::read`] | [`LiblinearModel::write`] |
//! | TSV, NumPy `npz` | terms, idf and weights of a model | | [`write_weights`], [`write_weights_npz`] |
//!
//! A [`ReplicationArchive`] holds a model with the facts of its training.
//!
//! `docs/exchange.md` shows them beside the tools that take them.

mod import;
mod liblinear;
mod libsvm;
mod matrix_market;
mod npz;
mod replication;
mod weights;

pub use liblinear::LiblinearModel;
pub use libsvm::{LibsvmRows, write_libsvm};
pub use matrix_market::write_matrix_market;
pub use npz::{write_npz, write_weights_npz};
pub use replication::{ReplicationArchive, ReplicationManifest};
pub use weights::write_weights;

use crate::Error;

/// Returns the error of a line, by its number from 1.
fn of_line(line: usize, message: impl Into<String>) -> Error {
    Error::data(format!("line {line}: {}", message.into()))
}
