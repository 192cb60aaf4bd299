//! The one loop over a corpus: batches of raw rows, decoded in parallel and handed on in their
//! order.

use super::find::{Input, names_of};
use super::format::{ColumnSelection, ReadOptions};
use super::reader::{RawReader, RawRecord};
use super::record::Record;
use super::rejects::{Rejects, RowTally};
use super::shard::Shard;
use crate::Result;
use crate::io::{Progress, Silent};
use rayon::prelude::*;

/// Rows of a batch at most. A batch must give every thread work, and its boundaries must depend on
/// the inputs alone.
const BATCH_ROWS: usize = 4096;
/// Bytes after which a batch ends, so that long rows do not fill the memory.
const BATCH_BYTES: usize = 8 << 20;

/// Rows of inputs, of which the broken ones are errors, or are left out and listed.
pub struct RowReader<'a> {
    reader: RawReader<'a>,
    /// The inputs as errors name them.
    names: String,
    tally: RowTally<'a>,
    progress: &'a dyn Progress,
}

impl<'a> RowReader<'a> {
    /// Creates a reader for which a broken row is an error; nothing is opened before the first row
    /// is read.
    pub fn new(inputs: Vec<Input>, options: ReadOptions) -> Self {
        RowReader {
            names: names_of(&inputs),
            reader: RawReader::new(inputs, options, &Silent),
            tally: RowTally::default(),
            progress: &Silent,
        }
    }

    /// Reads one share of the inputs alone.
    pub(super) fn shard(mut self, shard: Shard) -> Result<Self> {
        self.reader = self.reader.shard(shard)?;
        Ok(self)
    }

    /// Leaves broken rows out and lists them, where there is a list.
    pub fn rejects(mut self, rejects: Option<&'a mut Rejects>) -> Self {
        self.tally = rejects.map_or_else(RowTally::default, RowTally::listed);
        self
    }

    /// Leaves broken rows out and does not list them, as in a second pass.
    pub(crate) fn skip_broken(mut self) -> Self {
        self.tally = RowTally::unlisted();
        self
    }

    /// Leaves columns that are not looked at out where that saves reading them.
    pub(super) fn columns(mut self, columns: ColumnSelection) -> Self {
        self.reader = self.reader.columns(columns);
        self
    }

    /// Reports stages, rows and notes to `progress`.
    pub fn progress(mut self, progress: &'a dyn Progress) -> Self {
        self.reader = self.reader.progress(progress);
        self.progress = progress;
        self
    }

    /// Hands each record to `each`, one after the other; a broken row is an error, whatever
    /// `rejects` say.
    ///
    /// # Errors
    /// For the first broken row, where an input cannot be read, and what `each` returns, with the
    /// row's location.
    pub(crate) fn for_each_record(
        mut self,
        mut each: impl FnMut(&Record) -> Result<()>,
    ) -> Result<()> {
        while let Some(raw) = self.reader.next()? {
            let record = raw.decode()?;
            each(&record).map_err(|e| e.at(&record.location))?;
        }
        Ok(())
    }

    /// Returns the inputs as errors name them.
    pub(super) fn names(&self) -> &str {
        &self.names
    }

    /// Returns the numbers of rows so far.
    pub(super) fn tally(&self) -> &RowTally<'a> {
        &self.tally
    }

    /// Returns the receiver of stages, rows and notes.
    pub(super) fn listener(&self) -> &'a dyn Progress {
        self.progress
    }

    /// Passes over a batch; false at the end.
    pub(super) fn skip_batch(&mut self) -> Result<bool> {
        let batch = self.reader.next_batch(BATCH_ROWS, BATCH_BYTES)?;
        Ok(!batch.is_empty())
    }

    /// Reads the next batch: `of_row` sees its records in parallel, and `each` the results for
    /// whole rows in their order. Returns the number of rows, which is 0 at the end.
    pub(super) fn next_batch<T: Send>(
        &mut self,
        of_row: impl Fn(&RawRecord, &Record) -> Result<T> + Sync,
        mut each: impl FnMut(&RawRecord, T) -> Result<()>,
    ) -> Result<usize> {
        self.next_outcomes(of_row, |raw, outcome, tally| {
            match tally.accept(raw, outcome)? {
                Some(row) => each(raw, row),
                None => Ok(()),
            }
        })
    }

    /// As [`next_batch`](Self::next_batch), but `each` sees broken rows too, and settles them with
    /// the tally.
    pub(super) fn next_outcomes<T: Send>(
        &mut self,
        of_row: impl Fn(&RawRecord, &Record) -> Result<T> + Sync,
        mut each: impl FnMut(&RawRecord, Result<T>, &mut RowTally<'a>) -> Result<()>,
    ) -> Result<usize> {
        let batch = self.reader.next_batch(BATCH_ROWS, BATCH_BYTES)?;
        let decoded = |raw: &RawRecord| {
            let record = raw.decode()?;
            of_row(raw, &record).map_err(|e| e.at(&record.location))
        };
        let outcomes: Vec<Result<T>> = batch.par_iter().map(decoded).collect();
        for (raw, outcome) in batch.iter().zip(outcomes) {
            each(raw, outcome, &mut self.tally)?;
        }
        Ok(batch.len())
    }

    /// Reads all rows, batch by batch, and reports how many there are.
    pub(super) fn for_each_row<T: Send>(
        &mut self,
        stage: &str,
        of_row: impl Fn(&RawRecord, &Record) -> Result<T> + Sync,
        mut each: impl FnMut(&RawRecord, T) -> Result<()>,
    ) -> Result<()> {
        self.progress.stage(stage, 0);
        loop {
            match self.next_batch(&of_row, &mut each)? {
                0 => return Ok(()),
                rows => self.progress.advance(rows as u64),
            }
        }
    }
}
