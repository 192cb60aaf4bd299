//! Columns of rows that need not be articles.

use super::collect::{BATCH_BYTES, BATCH_ROWS};
use super::rows::value;
use super::source::names_of;
use super::{Column, Filter, Input, RawRecord, ReadOptions, Reader, Rejects};
use crate::progress::Progress;
use crate::{Error, Result};
use rayon::prelude::*;

/// The values of `columns`, row by row; `None` where one is missing, null or empty. Only rows that meet
/// all `filters` are there.
///
/// # Errors
/// For the first broken row without `rejects`, for a column without any value, and where an input cannot be
/// read.
pub fn read_columns(
    inputs: Vec<Input>,
    options: ReadOptions,
    filters: &[Filter],
    columns: &[Column],
    mut rejects: Option<&mut Rejects>,
    progress: &dyn Progress,
) -> Result<Vec<Vec<Option<String>>>> {
    let names = names_of(&inputs);
    let mut reader = Reader::new(inputs, options, progress);
    let mut rows = Vec::new();
    progress.stage("reading", 0);
    loop {
        let batch = reader.next_batch(BATCH_ROWS, BATCH_BYTES)?;
        if batch.is_empty() {
            break;
        }
        let read: Vec<_> = batch.par_iter().map(|raw| values(raw, filters, columns)).collect();
        for (raw, row) in batch.iter().zip(read) {
            match row {
                Ok(row) => rows.extend(row),
                Err(error) => Rejects::take(rejects.as_deref_mut(), raw, error)?,
            }
        }
        progress.advance(batch.len() as u64);
    }
    verify(&rows, columns).map_err(|e| e.at(&names))?;
    Ok(rows)
}

fn values(raw: &RawRecord, filters: &[Filter], columns: &[Column]) -> Result<Option<Vec<Option<String>>>> {
    let record = raw.decode()?;
    for filter in filters {
        if !filter.keeps(&record).map_err(|e| e.at(&record.place))? {
            return Ok(None);
        }
    }
    Ok(Some(columns.iter().map(|column| record.get(column).and_then(value)).collect()))
}

fn verify(rows: &[Vec<Option<String>>], columns: &[Column]) -> Result<()> {
    let empty = |at: &usize| rows.iter().all(|row| row[*at].is_none());
    match (0..columns.len()).find(empty) {
        _ if rows.is_empty() => Err(Error::data("there is no row").help("check the file and --where")),
        None => Ok(()),
        Some(at) => {
            let message = format!("none of {} rows has a value in the column `{}`", rows.len(), columns[at]);
            Err(Error::data(message).help("check the spelling"))
        }
    }
}
