//! Scoring an endless stream: rows are read ahead by one thread, scored by all, and handed on in
//! their order as soon as they are there.

use super::{Model, Scorer, Scores};
use crate::corpus::{Document, Extract, Extracted, RawRecord, Reader, Rejects};
use crate::{Error, Result};
use rayon::prelude::*;
use std::sync::mpsc::{Receiver, sync_channel};

/// Rows that may wait to be scored.
const AHEAD: usize = 256;
/// A batch ends after so many rows or bytes, or when no further row is waiting.
const BATCH_ROWS: usize = 1024;
const BATCH_BYTES: usize = 8 << 20;

/// A document with its scores.
pub type Scored<'m> = (Document, Scores<'m>);

impl Model {
    /// Scores all rows of `reader` and hands them to `sink` in order, batch by batch. A batch is
    /// whatever is waiting, so a slow source gives batches of one row.
    ///
    /// Broken rows go to `rejects`, if there is one. When `sink` fails, the stream ends at once,
    /// even if the source is still waiting for its next row.
    ///
    /// # Errors
    /// For the first broken row without `rejects`, where an input cannot be read, and what `sink`
    /// returns; rows before the broken one have been handed to `sink`.
    pub fn score_stream(
        &self,
        reader: Reader<'static>,
        extract: &Extract,
        mut rejects: Option<&mut Rejects>,
        mut sink: impl FnMut(Vec<Scored<'_>>) -> Result<()>,
    ) -> Result<()> {
        let rows = read_ahead(reader);
        while let Some(batch) = next_batch(&rows) {
            let (batch, broken) = batch;
            let outcomes: Vec<_> = batch
                .par_iter()
                .map_init(|| self.scorer(), |scorer, raw| score(scorer, raw, extract))
                .collect();
            let mut scored = Vec::with_capacity(batch.len());
            let mut failed = broken;
            for (raw, outcome) in batch.iter().zip(outcomes) {
                match (outcome, rejects.as_deref_mut()) {
                    (Ok(row), _) => scored.extend(row),
                    (Err(error), Some(rejects)) => rejects.add(raw, &error)?,
                    (Err(error), None) => {
                        failed =
                            Some(error.help("mend the row, or leave broken rows out with --skip-bad FILE"));
                        break;
                    }
                }
            }
            sink(scored)?;
            if let Some(error) = failed {
                return Err(error);
            }
        }
        Ok(())
    }
}

fn score<'m>(scorer: &mut Scorer<'m>, raw: &RawRecord, extract: &Extract) -> Result<Option<Scored<'m>>> {
    match extract.document(raw)? {
        Extracted::Document(document) => {
            let scores = scorer.score(&document.text);
            Ok(Some((*document, scores)))
        }
        Extracted::Filtered | Extracted::Unlabelled => Ok(None),
    }
}

/// The thread is not waited for: it may hang in a read that never ends.
fn read_ahead(mut reader: Reader<'static>) -> Receiver<Result<RawRecord>> {
    let (send, receive) = sync_channel(AHEAD);
    std::thread::spawn(move || {
        while let Some(row) = reader.next().transpose() {
            let last = row.is_err();
            if send.send(row).is_err() || last {
                return;
            }
        }
    });
    receive
}

/// Waits for one row and takes what else is there; an error ends the batch and the stream.
fn next_batch(rows: &Receiver<Result<RawRecord>>) -> Option<(Vec<RawRecord>, Option<Error>)> {
    let (mut batch, mut size) = (Vec::new(), 0);
    let mut next = rows.recv().ok();
    next.as_ref()?;
    while let Some(row) = next {
        match row {
            Ok(row) => {
                size += row.size();
                batch.push(row);
            }
            Err(error) => return Some((batch, Some(error))),
        }
        let full = batch.len() >= BATCH_ROWS || size >= BATCH_BYTES;
        next = if full { None } else { rows.try_recv().ok() };
    }
    Some((batch, None))
}
