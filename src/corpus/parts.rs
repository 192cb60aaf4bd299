//! A corpus part by part, for what does not fit into memory.

use super::collect::{BATCH_BYTES, BATCH_ROWS, Corpus, CorpusBuilder};
use super::find::{Input, names_of};
use super::format::ReadOptions;
use super::reader::Reader;
use super::rejects::Rejects;
use super::schema::ColumnMapping;
use crate::progress::Progress;
use crate::{Error, Result};
use rayon::prelude::*;

/// Reads parts of a few thousand rows, whose boundaries depend on the inputs alone.
pub(crate) struct Parts<'a> {
    reader: Reader<'a>,
    mapping: &'a ColumnMapping,
    builder: CorpusBuilder,
    names: String,
}

impl<'a> Parts<'a> {
    /// `known` labels of each head keep their numbers.
    pub(crate) fn new(
        inputs: &[Input],
        options: &ReadOptions,
        mapping: &'a ColumnMapping,
        known: &[Vec<String>],
        progress: &'a dyn Progress,
    ) -> Self {
        Parts {
            reader: Reader::new(inputs.to_vec(), options.clone(), progress),
            mapping,
            builder: CorpusBuilder::of_schema(&mapping.schema, known),
            names: names_of(inputs),
        }
    }

    /// The next part, which may have no document left; `None` at the end.
    ///
    /// # Errors
    /// As [`Corpus::read`].
    pub(crate) fn next(&mut self, mut rejects: Option<&mut Rejects>) -> Result<Option<Corpus>> {
        let batch = self.reader.next_batch(BATCH_ROWS, BATCH_BYTES)?;
        if batch.is_empty() {
            return Ok(None);
        }
        let outcomes: Vec<_> = batch
            .par_iter()
            .map(|raw| self.mapping.document(raw))
            .collect();
        for (raw, outcome) in batch.iter().zip(outcomes) {
            self.builder.take(raw, outcome, rejects.as_deref_mut())?;
        }
        Ok(Some(self.builder.part()))
    }

    /// Passes over parts that are known already.
    ///
    /// # Errors
    /// Where the inputs end before, or cannot be read.
    pub(crate) fn skip(&mut self, parts: u64) -> Result<()> {
        for _ in 0..parts {
            if self.reader.next_batch(BATCH_ROWS, BATCH_BYTES)?.is_empty() {
                return Err(Error::data("the inputs are shorter than before").at(&self.names));
            }
        }
        Ok(())
    }

    /// At the end: whether there were rows, and in them all columns; says what was left out.
    ///
    /// # Errors
    /// As [`Corpus::read`].
    pub(crate) fn verify(&self, documents: u64, progress: &dyn Progress) -> Result<()> {
        self.builder.notes(self.mapping, progress);
        self.builder
            .verify_seen(documents as usize)
            .map_err(|e| e.at(&self.names))
    }
}
