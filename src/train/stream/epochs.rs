//! Epochs of gradient descent, of which each is one pass over the inputs.

use super::checkpoint::{Checkpoint, TrainingState};
use super::head::HeadState;
use super::inputs::changed;
use super::passes::Run;
use crate::Result;
use crate::corpus::{Corpus, CorpusBatches, Reading};
use crate::features::{SparseRows, TfIdf};
use crate::linear::{LabelledRows, Sgd};
use crate::model::{Model, ModelHead, Profile};
use crate::train::decision_rule::DecisionRule;
use crate::train::profile::ProfileBuilder;
use crate::train::recipe::FittedHead;
use crate::train::record::{TrainingKind, TrainingRecord};
use rayon::prelude::*;

/// Rows with the answers to all heads.
struct Batch {
    rows: SparseRows,
    corpus: Corpus,
}

impl Run<'_> {
    /// Takes all epochs that are left.
    pub fn learn(&self, state: &mut TrainingState, checkpoint: Option<&Checkpoint>) -> Result<()> {
        let options: Vec<Sgd> = state
            .heads
            .iter()
            .map(|h| self.of.sgd(&h.name, &h.labels))
            .collect::<Result<_>>()?;
        let epochs = options
            .iter()
            .map(|options| options.epochs)
            .max()
            .unwrap_or(0);
        self.progress
            .stage("descending", u64::from(epochs) * state.metadata.documents);
        if let Some(checkpoint) = checkpoint.filter(|_| (state.epoch, state.batches) == (0, 0)) {
            checkpoint.write(state)?;
        }
        while state.epoch < epochs {
            self.epoch(state, &options, checkpoint)?;
            (state.epoch, state.batches) = (state.epoch + 1, 0);
        }
        Ok(())
    }

    /// Takes what is left of one epoch.
    fn epoch(
        &self,
        state: &mut TrainingState,
        options: &[Sgd],
        checkpoint: Option<&Checkpoint>,
    ) -> Result<()> {
        let labels: Vec<Vec<String>> = state.heads.iter().map(|head| head.labels.clone()).collect();
        let factors: Vec<Vec<[f64; 2]>> = state
            .heads
            .iter()
            .zip(options)
            .map(|(head, options)| head.factors(options))
            .collect::<Result<_>>()?;
        let mut batches = self.batches(&labels);
        batches.skip(state.batches)?;
        if state.batches == 0 {
            begin_pass(state, options);
        }
        let expected = state.expected(state.batches);
        let mut next = prepare(&mut batches, &state.tfidf, expected, &labels)?;
        while let Some(batch) = next {
            let number = state.batches;
            let expected = state.expected(number + 1);
            let step = DescentStep {
                options,
                factors: &factors,
                documents: state.metadata.documents,
                epoch: state.epoch,
                number,
            };
            let (tfidf, heads) = (&state.tfidf, &mut state.heads);
            let (prepared, ()) = rayon::join(
                || prepare(&mut batches, tfidf, expected, &labels),
                || step.learn(&batch, heads),
            );
            self.progress.advance(batch.corpus.len() as u64);
            state.batches += 1;
            next = prepared?;
            if let Some(checkpoint) =
                checkpoint.filter(|checkpoint| number % checkpoint.every == checkpoint.every - 1)
            {
                checkpoint.write(state)?;
            }
        }
        Ok(())
    }

    pub fn model(&self, state: TrainingState) -> Result<Model> {
        let finish = |mut head: HeadState| {
            head.descent.catch_up_all();
            let fitted = FittedHead {
                classifier: self.of.trainer.classifier_of(&head.name, &head.labels),
                linear: self.of.trainer.rounded(head.descent.model()),
                out_of_fold: None,
            };
            let rule = DecisionRule::default();
            fitted.finish(&head.name, &head.labels, head.support, rule)
        };
        let heads: Vec<ModelHead> = state.heads.into_iter().map(finish).collect::<Result<_>>()?;
        let labels: Vec<Vec<String>> = heads
            .iter()
            .map(|head| head.metadata().labels.clone())
            .collect();
        let model = Model::new(state.metadata, state.tfidf, heads, state.fingerprints);
        let trainer = &self.of.trainer;
        let profile = trainer
            .profile
            .then(|| self.profile(&model, &labels, &state.seen));
        let source = self.source;
        let mut reading = Reading::new(&source.options, &source.mapping.selection);
        reading.skip_broken = self.skips;
        let record = TrainingRecord {
            stream_memory: Some(self.of.memory),
            ..TrainingRecord::new(trainer, TrainingKind::Stream, Some(reading))
        };
        Ok(trainer.described(model, profile.transpose()?, &record))
    }

    /// Takes the last pass, which profiles the corpus.
    fn profile(&self, model: &Model, labels: &[Vec<String>], seen: &[u64]) -> Result<Profile> {
        let unseen = labels.iter().map(|_| None).collect();
        let mut builder = ProfileBuilder::new(model, unseen, true);
        let mut batches = self.batches(labels);
        self.progress.stage("profiling", model.metadata().documents);
        let mut hashes = seen.iter();
        while let Some(part) = batches.next()? {
            if hashes.next() != Some(&part.hash) {
                return Err(changed());
            }
            builder.add(&part);
            self.progress.advance(part.len() as u64);
        }
        Ok(builder.finish())
    }
}

/// Step of all heads over one batch.
struct DescentStep<'a> {
    options: &'a [Sgd],
    factors: &'a [Vec<[f64; 2]>],
    /// Number of documents of the corpus.
    documents: u64,
    epoch: u32,
    /// Number of the batch in its epoch.
    number: u64,
}

impl DescentStep<'_> {
    /// Visits the rows of a batch, each head on a thread of its own; heads of fewer epochs are
    /// left as they are.
    fn learn(&self, batch: &Batch, heads: &mut [HeadState]) {
        let learn = |((at, head), factors): ((usize, &mut HeadState), &Vec<[f64; 2]>)| {
            let Batch { rows, corpus } = batch;
            let part = LabelledRows {
                rows,
                targets: &corpus.heads[at].targets,
                weights: corpus.weights.as_deref(),
            };
            let options = &self.options[at];
            if self.epoch < options.epochs {
                head.descent
                    .learn(options, factors, self.documents, part, self.number);
            }
        };
        heads
            .par_iter_mut()
            .enumerate()
            .zip(self.factors)
            .for_each(learn);
    }
}

/// Begins the pass of an epoch in the heads that take it.
fn begin_pass(state: &mut TrainingState, options: &[Sgd]) {
    let going = state
        .heads
        .iter_mut()
        .zip(options)
        .filter(|(_, options)| state.epoch < options.epochs);
    going.for_each(|(head, _)| head.descent.begin_pass());
}

/// Reads and transforms the next batch, whose hash must be the one that was `expected`: the end
/// where none was.
fn prepare(
    batches: &mut CorpusBatches<'_>,
    tfidf: &TfIdf,
    expected: Option<u64>,
    labels: &[Vec<String>],
) -> Result<Option<Batch>> {
    let read = batches.next()?;
    let known = |corpus: &Corpus| corpus.heads.iter().map(|head| &head.labels).eq(labels);
    if read.as_ref().map(|corpus| corpus.hash) != expected || !read.as_ref().is_none_or(known) {
        return Err(changed());
    }
    let Some(corpus) = read else { return Ok(None) };
    Ok(Some(Batch {
        rows: tfidf.transform_texts(&corpus.texts),
        corpus,
    }))
}
