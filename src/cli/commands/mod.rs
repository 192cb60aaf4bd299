//! The commands, one file or folder each: they call the library by a plan and print what it
//! returns.

pub mod agree;
pub mod background;
pub mod check;
pub mod compare;
pub mod convert;
pub mod corrections;
pub mod eval;
pub mod exchange;
pub mod explain;
pub mod inspect;
pub mod parts;
mod preset;
pub mod quantize;
pub mod relabel;
pub mod replication;
mod report;
pub mod score;
#[cfg(feature = "serve")]
pub mod serve;
pub mod split;
pub mod split_rows;
pub mod train;
pub mod tune;
pub mod verify;
mod warm_start;
