//! Parquet files as JSON lines.
//!
//! A file is one more container of rows: [`open`] makes of it a stream of JSON lines, one a row, so
//! that all behind it — columns, labels, lists, dates, conditions, limits, messages with file and
//! row — is the same as for other files. Only the columns that are asked for are decoded
//! ([`Columns`](columns::Columns)), by threads that are two groups of rows ahead (`stream.rs`), and
//! no value is copied but into its line.
//!
//! The levels of definition and repetition are those of Dremel: S. Melnik et al., "Dremel:
//! Interactive Analysis of Web-Scale Datasets", VLDB 2010.
//!
//! The reader of the format believes sizes that stand in a file, and may panic. So the description
//! of the file is verified (`footer.rs`), the head of each page (`source.rs`) and its counts
//! (`pages.rs`) before memory is reserved by them, and panics become errors of the file.

mod columns;
mod fault;
mod footer;
mod leaf;
mod pages;
mod rows;
mod scalar;
mod source;
mod stream;
mod thrift;

use super::format::ColumnSelection;
use super::limits::Limits;
use columns::Columns;
use source::Source;
use std::fs::File;
use std::io::{self, BufRead};
use std::sync::Arc;
use stream::{JsonLines, ParquetFile};

/// Opens a file as JSON lines of the columns that are asked for; without any, of all.
///
/// # Errors
/// If it cannot be read, or is no such file.
pub(super) fn open(
    file: File,
    columns: Option<&ColumnSelection>,
    limits: &Limits,
) -> io::Result<Box<dyn BufRead + Send>> {
    let source = Arc::new(Source::new(file, limits.row)?);
    let description = footer::read(&source)?;
    Ok(Box::new(JsonLines::new(ParquetFile {
        columns: Columns::choose(&description, columns),
        source,
        description,
        max_row: limits.row,
    })))
}
