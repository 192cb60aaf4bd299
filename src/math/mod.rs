//! Numbers that every floor above needs: link functions, score matrices, sample weights, offsets,
//! hashes and seeded orders.
//!
//! Nothing here knows a document, a label or a file.

pub(crate) mod hash;
pub(crate) mod links;
pub(crate) mod matrix;
pub(crate) mod numbering;
pub(crate) mod offsets;
pub(crate) mod random;
#[allow(unsafe_code)]
pub(crate) mod vector;
pub(crate) mod weights;
