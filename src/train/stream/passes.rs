//! The first two passes over the inputs: a sample for the vocabulary, and counts.

use super::checkpoint::TrainingState;
use super::head::HeadState;
use super::inputs::{changed, write_texts};
use super::sample::Sample;
use super::{BatchTrainer, FIXED_BYTES};
use crate::corpus::{Corpus, CorpusBatches, CorpusSource, Head, Rejects};
use crate::features::TfIdf;
use crate::io::Progress;
use crate::model::{Metadata, fingerprints};
use crate::text::Texts;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use std::hash::Hasher;
use twox_hash::XxHash3_64;

/// Bytes that learning takes for a weight, of which 24 are those of the descent.
const WEIGHT_BYTES: u64 = 36;

/// Training on one source.
pub(super) struct Run<'a> {
    pub of: &'a BatchTrainer,
    pub source: &'a CorpusSource,
    /// True if broken rows are left out; the first pass has listed them.
    pub skips: bool,
    pub progress: &'a dyn Progress,
}

impl<'a> Run<'a> {
    /// The batches of a pass after the first one, whose notes and broken rows have been reported.
    pub fn batches<'b>(&'b self, known: &'b [Vec<String>]) -> CorpusBatches<'b> {
        let reader = self.source.reader().known_labels(known);
        match self.skips {
            true => reader.skip_broken().batches(),
            false => reader.batches(),
        }
    }

    /// Takes the first two passes.
    pub fn begin(&self, rejects: Option<&mut Rejects>) -> Result<TrainingState> {
        let (texts, mut empty, hash) = self.sample(rejects)?;
        empty.texts = texts;
        let tfidf = TfIdf::fit(&self.of.trainer.features, &empty.texts, self.progress)?;
        empty.texts = Texts::default();
        self.fits(tfidf.vocabulary().len(), &empty.heads)?;
        self.count(tfidf, empty, hash)
    }

    /// A sample of the texts in their order, a corpus without documents that has all labels, and a
    /// hash of all texts.
    fn sample(&self, rejects: Option<&mut Rejects>) -> Result<(Texts, Corpus, u64)> {
        let mut hash = XxHash3_64::with_seed(0);
        self.progress.stage("sampling", 0);
        let mut sample = Sample::new(self.of.sample_bytes(), self.of.trainer.seed);
        let reader = self.source.reader().rejects(rejects);
        let mut batches = reader.progress(self.progress).batches();
        let mut labels = None;
        while let Some(mut part) = batches.next()? {
            self.progress.advance(part.len() as u64);
            part.texts.iter().for_each(|text| sample.offer(text));
            write_texts(&mut hash, &part.texts);
            part.texts = Texts::default();
            labels = Some(part);
        }
        batches.finish()?;
        let labels = labels.ok_or_else(|| Error::data("there is no row"))?;
        if sample.left_out() > 0 {
            let (taken, all) = (sample.taken.len(), sample.offered);
            self.progress.note(&format!(
                "the vocabulary is that of {taken} of {all} documents"
            ));
        }
        Ok((sample.texts(), labels, hash.finish()))
    }

    /// Checks that the weights fit into the memory.
    fn fits(&self, features: usize, heads: &[Head]) -> Result<()> {
        let labels: u64 = heads.iter().map(|head| head.labels.len() as u64).sum();
        let each = labels * WEIGHT_BYTES + heads.len() as u64 * 8 + 100;
        let free = self.of.memory - FIXED_BYTES;
        if each * features as u64 <= free {
            return Ok(());
        }
        let needed = (each * features as u64 + FIXED_BYTES) >> 20;
        Err(Error::usage(format!(
            "{features} terms by {labels} labels need {needed} MB of memory"
        ))
        .help(wording![
            "raise ",
            Setting::Memory,
            ", or keep fewer terms: ",
            Setting::MaxFeatures.value((free / each).to_string())
        ]))
    }

    /// Document frequencies of the terms and support of the labels over all documents.
    fn count(&self, tfidf: TfIdf, corpus: Corpus, texts: u64) -> Result<TrainingState> {
        let labels: Vec<Vec<String>> = corpus
            .heads
            .iter()
            .map(|head| head.labels.clone())
            .collect();
        let mut df = vec![0; tfidf.vocabulary().len()];
        let mut heads: Vec<HeadState> = corpus
            .heads
            .iter()
            .map(|head| HeadState::new(head, df.len()))
            .collect::<Result<_>>()?;
        let (mut documents, mut hash) = (0, XxHash3_64::with_seed(0));
        let (mut again, mut seen) = (XxHash3_64::with_seed(0), Vec::new());
        let mut fingerprints = self.of.trainer.fingerprints.then(Vec::new);
        let mut batches = self.batches(&labels);
        self.progress.stage("counting", 0);
        while let Some(part) = batches.next()? {
            self.progress.advance(part.len() as u64);
            let rows = tfidf.transform_texts(&part.texts);
            rows.iter()
                .flat_map(|row| row.columns)
                .for_each(|&column| df[column as usize] += 1);
            documents += part.len() as u64;
            hash.write_u64(part.hash);
            seen.push(part.hash);
            write_texts(&mut again, &part.texts);
            fingerprints = self.recognised(fingerprints, &part.texts);
            heads
                .iter_mut()
                .zip(&part.heads)
                .try_for_each(|(head, part_head)| head.count(part_head, &part))?;
        }
        if again.finish() != texts {
            return Err(changed());
        }
        let schema = Some(self.source.mapping.schema.clone());
        let metadata = Metadata {
            documents,
            data_hash: format!("{:016x}", hash.finish()),
            ..self.of.trainer.metadata(&corpus)
        };
        let tfidf = tfidf.with_document_frequencies(documents, &df);
        let outline = Corpus {
            heads: heads.iter().map(HeadState::outline).collect(),
            ..corpus
        };
        self.of.trainer.verify(&outline)?;
        let fingerprints = fingerprints.map(fingerprints::sorted);
        let metadata = Metadata { schema, ..metadata };
        Ok(TrainingState {
            metadata,
            tfidf,
            heads,
            fingerprints,
            seen,
            epoch: 0,
            batches: 0,
        })
    }

    /// Adds the fingerprints of texts, as long as all of them take little of the memory.
    fn recognised(&self, all: Option<Vec<u64>>, texts: &Texts) -> Option<Vec<u64>> {
        let mut all = all?;
        all.extend(fingerprints::of_texts(texts));
        if all.len() as u64 * 8 <= self.of.memory / 16 {
            return Some(all);
        }
        self.progress.advise(&wording![
            "fingerprints of so many texts take too much memory and are left out (",
            Setting::Memory,
            ")"
        ]);
        None
    }
}
