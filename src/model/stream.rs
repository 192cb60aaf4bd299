//! Scoring an endless stream: rows are read ahead by one thread, scored by all, and handed on in
//! their order as soon as they are there.

use super::{Model, Scorer, Scorers, Scores};
use crate::corpus::{ColumnMapping, Document, RawReader, RawRecord, Rejects, RowOutcome, RowTally};
use crate::{Error, Result};
use rayon::prelude::*;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Rows that may wait to be scored, and their bytes: enough to keep all threads busy.
const AHEAD_ROWS: usize = 256;
const AHEAD_BYTES: usize = 16 << 20;
/// Rows and bytes of a batch, which ends earlier when no further row is waiting.
const BATCH_ROWS: usize = 1024;
const BATCH_BYTES: usize = 8 << 20;

/// A document with its scores.
pub type ScoredDocument<'m> = (Document, Scores<'m>);

impl Model {
    /// Scores all rows of `reader` and hands them to `sink` in order, batch by batch. A batch is
    /// whatever is waiting, so a slow source gives batches of one row.
    ///
    /// Broken rows go to `rejects`, if there is one. When `sink` fails, the stream ends at once,
    /// even if the source is still waiting for its next row.
    ///
    /// Returns how many rows were scored, and the columns of the text that none of them had.
    ///
    /// # Errors
    /// For the first broken row without `rejects`, where an input cannot be read, and what `sink`
    /// returns; rows before the broken one have been handed to `sink`.
    pub fn score_stream(
        &self,
        reader: RawReader<'static>,
        mapping: &ColumnMapping,
        rejects: Option<&mut Rejects>,
        mut sink: impl FnMut(Vec<ScoredDocument<'_>>) -> Result<()>,
    ) -> Result<StreamSummary> {
        // Broken rows are listed as they stand in their files.
        let reader = match rejects {
            Some(_) => reader,
            None => reader.columns(mapping.columns()),
        };
        let (ahead, scorers) = (Ahead::read(reader)?, Scorers::new(self));
        let mut streamed = StreamSummary {
            rows: 0,
            unseen: mapping.schema.text.iter().map(|c| c.to_string()).collect(),
        };
        let mut tally = rejects.map_or_else(RowTally::default, RowTally::listed);
        let mut unseen = vec![true; streamed.unseen.len()];
        while let Some((batch, mut failed)) = ahead.next_batch() {
            let outcomes: Vec<_> = batch
                .into_par_iter()
                .map_init(|| scorers.take(), |scorer, raw| score(scorer, raw, mapping))
                .collect();
            let (scored, stops) = sort_out(outcomes, &mut tally);
            failed = stops.or(failed);
            tally.flush()?;
            streamed.rows += scored.len() as u64;
            for (document, _) in &scored {
                unseen
                    .iter_mut()
                    .zip(&document.seen)
                    .for_each(|(unseen, seen)| *unseen &= !seen);
            }
            sink(scored)?;
            if let Some(error) = failed {
                return Err(error);
            }
        }
        tally.verify_columns()?;
        let mut keep = unseen.into_iter();
        streamed.unseen.retain(|_| keep.next().unwrap_or(false));
        Ok(streamed)
    }
}

/// Result of scoring a stream to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreamSummary {
    /// Number of rows that were scored.
    pub rows: u64,
    /// Columns of the text that no row had.
    pub unseen: Vec<String>,
}

/// The rows that were scored, up to the first broken one that nobody collects.
fn sort_out<'m>(
    outcomes: Vec<Outcome<'m>>,
    tally: &mut RowTally<'_>,
) -> (Vec<ScoredDocument<'m>>, Option<Error>) {
    let mut scored = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        match tally.settle(outcome) {
            Ok(row) => scored.extend(row.flatten()),
            Err(error) => return (scored, Some(error)),
        }
    }
    (scored, None)
}

/// A row that was scored or left out, or a broken one with the reason.
type Outcome<'m> = std::result::Result<Option<ScoredDocument<'m>>, (RawRecord, Error)>;

/// The row is freed before its text is scored, which takes some times its size.
fn score<'m>(scorer: &mut Scorer<'m>, raw: RawRecord, mapping: &ColumnMapping) -> Outcome<'m> {
    match mapping.document(&raw) {
        Ok(RowOutcome::Document(document)) => {
            drop(raw);
            let scores = scorer.score(&document.text);
            Ok(Some((*document, scores)))
        }
        Ok(RowOutcome::Filtered | RowOutcome::Unlabelled(_)) => Ok(None),
        Err(error) => Err((raw, error)),
    }
}

/// Rows that one thread reads while others score. The thread is not waited for: it may hang in a
/// read that never ends.
struct Ahead {
    rows: Receiver<Message>,
    waiting: Arc<Waiting>,
}

/// A row, or the end; without an end the thread has died.
type Message = Result<Option<RawRecord>>;

/// Number of bytes that wait to be scored.
#[derive(Default)]
struct Waiting {
    bytes: Mutex<usize>,
    fewer: Condvar,
}

impl Waiting {
    /// Waits until there is room; one row always has.
    fn add(&self, size: usize) {
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |bytes: &mut usize| *bytes > 0 && *bytes + size > AHEAD_BYTES;
        *self
            .fewer
            .wait_while(bytes, full)
            .unwrap_or_else(PoisonError::into_inner) += size;
    }

    fn take(&self, size: usize) {
        *self.bytes.lock().unwrap_or_else(PoisonError::into_inner) -= size;
        self.fewer.notify_one();
    }
}

impl Ahead {
    fn read(reader: RawReader<'static>) -> Result<Self> {
        let (send, rows) = sync_channel(AHEAD_ROWS);
        let waiting = Arc::new(Waiting::default());
        let shared = waiting.clone();
        let thread = std::thread::Builder::new().name("reading".to_string());
        thread
            .spawn(move || send_all(reader, &send, &shared))
            .map_err(|e| Error::io("start a thread that reads", e))?;
        Ok(Ahead { rows, waiting })
    }

    /// Waits for one row and takes what else is there; an error ends the batch and the stream.
    fn next_batch(&self) -> Option<(Vec<RawRecord>, Option<Error>)> {
        let died = || Err(Error::data("reading stopped without an end"));
        let (mut batch, mut size) = (Vec::new(), 0);
        let mut next = Some(self.rows.recv().unwrap_or_else(|_| died()));
        while let Some(message) = next {
            match message {
                Ok(Some(row)) => {
                    size += row.size();
                    self.waiting.take(row.size());
                    batch.push(row);
                }
                Ok(None) => break,
                Err(error) => return Some((batch, Some(error))),
            }
            let full = batch.len() >= BATCH_ROWS || size >= BATCH_BYTES;
            next = if full {
                None
            } else {
                self.rows.try_recv().ok()
            };
        }
        (!batch.is_empty()).then_some((batch, None))
    }
}

/// The end is sent again and again, so that it is found whether or not it ended a batch.
fn send_all(mut reader: RawReader<'static>, send: &SyncSender<Message>, waiting: &Waiting) {
    loop {
        let row = reader.next();
        if let Ok(Some(row)) = &row {
            waiting.add(row.size());
        }
        if send.send(row).is_err() {
            return;
        }
    }
}
