//! Training on corpora larger than memory, by gradient descent over batches.
//!
//! The inputs are read `epochs + 2` times. The first pass takes a sample of texts: the whole corpus
//! where it is small, and elsewhere those of the least random numbers, drawn one for each row,
//! whose texts together fit into a fixed share of the memory. The vocabulary, the languages and the
//! limits on document frequencies come from this sample. The second pass counts in how many
//! documents of the whole corpus each term state, so that the idf is that of the corpus, and how
//! many have each label. Every further pass is one epoch of [`Sgd`](crate::linear::Sgd) over
//! batches, of which one is read and transformed while another is learnt.
//!
//! The sample can miss rare terms: one that a share `p` of the documents holds is in fewer than two
//! of `n` sampled ones with probability `(1 − p)ⁿ + n p (1 − p)ⁿ⁻¹`, at most `(1 + n p) e^(p − n
//! p)`: a term of one document in 100,000 is lost among a million with probability 0.0005. Where
//! the whole corpus is the sample, nothing is missed, and the features are those of
//! [`Trainer::train`](super::Trainer::train).

use super::Trainer;
use super::checkpoint::{Checkpoint, TrainingState};
use super::decision_rule::DecisionRule;
use super::recipe::FittedHead;
use crate::calibrate::{Method, ThresholdObjective};
use crate::corpus::{Corpus, CorpusBatches, CorpusSource, Head, HeadKind, Input, Rejects, Targets};
use crate::features::{SparseRows, TfIdf};
use crate::io::Progress;
use crate::linear::{Classifier, DescentState, LabelledRows, Sgd};
use crate::model::{Metadata, Model, ModelHead, fingerprints};
use crate::text::Texts;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;
use std::collections::BinaryHeap;
use std::hash::Hasher;
use std::path::PathBuf;
use twox_hash::XxHash3_64;

/// Options of training from a stream of batches.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchTrainer {
    /// Features, classifiers, which must all be [`Sgd`], class weights, and thresholds, which must
    /// be
    /// [`ThresholdObjective::Fixed`]: no fold is kept apart.
    pub trainer: Trainer,
    /// About how many bytes may be used at most; default 2 GB.
    pub memory: u64,
    /// File of checkpoints, and the number of batches between them.
    pub checkpoint: Option<(PathBuf, u64)>,
}

/// Bytes that fitting features takes for a byte of text, about.
const FIT_BYTES: u64 = 16;
/// Batches, the program itself, and what the operating system adds.
const FIXED_BYTES: u64 = 128 << 20;
/// Bytes that learning takes for a weight, of which 24 are those of the descent.
const WEIGHT_BYTES: u64 = 36;

impl BatchTrainer {
    /// Trains a model on all heads of the source. With a checkpoint that an interrupted run of the
    /// same options and inputs left behind, it goes on from there, and the model is the same, byte
    /// for byte.
    ///
    /// # Errors
    /// As [`Trainer::train`]; a usage error for standard input, which cannot be read twice, for
    /// other classifiers, for weights that do not fit into the memory, and for a checkpoint of
    /// other options or inputs.
    pub fn train(
        &self,
        source: &CorpusSource,
        rejects: Option<&mut Rejects>,
        progress: &dyn Progress,
    ) -> Result<Model> {
        self.verify(source)?;
        let checkpoint = self.checkpoint.as_ref().map(|(path, every)| {
            Checkpoint::new(
                path,
                *every,
                self.options_key(source),
                input_key(&source.inputs)?,
            )
        });
        let checkpoint = checkpoint.transpose()?;
        let skips = rejects.is_some();
        let run = Run {
            of: self,
            source,
            skips,
            progress,
        };
        let mut state = match checkpoint
            .as_ref()
            .map(Checkpoint::read)
            .transpose()?
            .flatten()
        {
            Some(state) => {
                progress.note("going on from the checkpoint");
                state
            }
            None => run.begin(rejects)?,
        };
        run.learn(&mut state, checkpoint.as_ref())?;
        run.model(state)
    }

    fn verify(&self, source: &CorpusSource) -> Result<()> {
        source.inputs.iter().try_for_each(readable_again)?;
        let mut classifiers = self
            .trainer
            .classifiers
            .values()
            .chain([&self.trainer.classifier]);
        if classifiers.any(|classifier| !matches!(classifier, Classifier::Sgd(_))) {
            return Err(Error::usage("only gradient descent learns from a stream")
                .help(wording!["add ", Setting::Classifier.value("sgd")]));
        }
        self.verify_decision_rules()?;
        self.trainer.without_background("a stream")?;
        if self.memory < 2 * FIXED_BYTES {
            let least = (2 * FIXED_BYTES) >> 20;
            return Err(
                Error::usage(format!("{} bytes of memory are too few", self.memory))
                    .help(format!("give at least {least}M")),
            );
        }
        Ok(())
    }

    fn verify_decision_rules(&self) -> Result<()> {
        let trainer = &self.trainer;
        if trainer
            .threshold_objectives
            .values()
            .chain([&trainer.thresholds])
            .any(|goal| *goal != ThresholdObjective::Fixed)
        {
            return Err(
                Error::usage("a stream keeps no documents apart to choose thresholds on").help(
                    wording![
                        "give ",
                        Setting::Thresholds.value("fixed"),
                        ", or train without ",
                        Setting::Stream
                    ],
                ),
            );
        }
        let asked = |method: &Method| !matches!(method, Method::Auto | Method::None);
        if trainer
            .calibrations
            .values()
            .chain([&trainer.calibrate])
            .any(asked)
            || trainer.abstain
        {
            return Err(
                Error::usage("a stream keeps no documents apart to calibrate scores on").help(
                    wording![
                        "leave ",
                        Setting::Calibrate,
                        " and ",
                        Setting::Abstain,
                        " out, or train without ",
                        Setting::Stream
                    ],
                ),
            );
        }
        Ok(())
    }

    fn sample_bytes(&self) -> u64 {
        (self.memory - FIXED_BYTES) / FIT_BYTES
    }

    fn sgd(&self, head: &str, labels: &[String]) -> Result<Sgd> {
        match self.trainer.classifier_of(head, labels) {
            Classifier::Sgd(options) => Ok(options),
            _ => Err(Error::usage("only gradient descent learns from a stream")),
        }
    }

    fn options_key(&self, source: &CorpusSource) -> u64 {
        let options = (
            env!("CARGO_PKG_VERSION"),
            &self.trainer,
            self.memory,
            &source.options,
            &source.mapping,
        );
        let mut hash = XxHash3_64::with_seed(0);
        hash.write(format!("{options:?}").as_bytes());
        hash.finish()
    }
}

/// Checks that an input can be read again: a stream is read several times.
fn readable_again(input: &Input) -> Result<()> {
    let refused = |what: String| {
        Err(Error::usage(format!(
            "a stream is read several times, which {what} cannot be"
        ))
        .help("write it to a file first, compressed if need be, and name that"))
    };
    match input {
        Input::Stdin => refused("standard input".to_string()),
        // A missing file is an error when it is read.
        Input::File { path, .. } => match std::fs::metadata(path) {
            Ok(metadata) if !metadata.is_file() => {
                refused(format!("`{}`, which is no regular file,", path.display()))
            }
            _ => Ok(()),
        },
    }
}

fn changed() -> Error {
    Error::data("the inputs changed while they were read")
        .help("train on a copy that nothing writes to")
}

/// A hash of the names and bytes of all inputs.
fn input_key(inputs: &[Input]) -> Result<u64> {
    let mut hash = XxHash3_64::with_seed(0);
    for input in inputs {
        let Input::File { path, .. } = input else {
            continue;
        };
        let refused = |e| Error::io("read", e).at(path.display());
        hash.write(path.to_string_lossy().as_bytes());
        let mut file = std::fs::File::open(path).map_err(refused)?;
        let mut bytes = vec![0; 1 << 20];
        loop {
            match std::io::Read::read(&mut file, &mut bytes).map_err(refused)? {
                0 => break,
                read => hash.write(&bytes[..read]),
            }
        }
    }
    Ok(hash.finish())
}

/// Training state of one head.
#[derive(Debug)]
pub(super) struct HeadState {
    pub name: String,
    pub labels: Vec<String>,
    /// The documents for which each label holds and does not hold, by their weights and by their
    /// number.
    pub weighted: Vec<[f64; 2]>,
    pub support: Vec<f64>,
    pub descent: DescentState,
}

/// Rows with the answers to all heads.
struct Batch {
    rows: SparseRows,
    corpus: Corpus,
}

struct Run<'a> {
    of: &'a BatchTrainer,
    source: &'a CorpusSource,
    /// True if broken rows are left out; the first pass has listed them.
    skips: bool,
    progress: &'a dyn Progress,
}

impl<'a> Run<'a> {
    /// The batches of a pass after the first one, whose notes and broken rows have been reported.
    fn batches<'b>(&'b self, known: &'b [Vec<String>]) -> CorpusBatches<'b> {
        let reader = self.source.reader().known_labels(known);
        match self.skips {
            true => reader.skip_broken().batches(),
            false => reader.batches(),
        }
    }

    /// Takes the first two passes.
    fn begin(&self, rejects: Option<&mut Rejects>) -> Result<TrainingState> {
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
            .map(|head| head_state(head, df.len()))
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

    /// Takes all epochs that are left.
    fn learn(&self, state: &mut TrainingState, checkpoint: Option<&Checkpoint>) -> Result<()> {
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
            let going = state
                .heads
                .iter_mut()
                .zip(options)
                .filter(|(_, options)| state.epoch < options.epochs);
            going.for_each(|(head, _)| head.descent.begin_pass());
        }
        let mut next = prepare(
            &mut batches,
            &state.tfidf,
            state.expected(state.batches),
            &labels,
        )?;
        while let Some(batch) = next {
            let number = state.batches;
            let expected = state.expected(number + 1);
            let TrainingState {
                tfidf,
                heads,
                metadata,
                epoch,
                ..
            } = &mut *state;
            let learn = |((at, head), factors): ((usize, &mut HeadState), &Vec<[f64; 2]>)| {
                let Batch { rows, corpus } = &batch;
                let part = LabelledRows {
                    rows,
                    targets: &corpus.heads[at].targets,
                    weights: corpus.weights.as_deref(),
                };
                if *epoch < options[at].epochs {
                    head.descent
                        .learn(&options[at], factors, metadata.documents, part, number);
                }
            };
            let (prepared, ()) = rayon::join(
                || prepare(&mut batches, tfidf, expected, &labels),
                || {
                    heads
                        .par_iter_mut()
                        .enumerate()
                        .zip(&factors)
                        .for_each(learn)
                },
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

    fn model(&self, state: TrainingState) -> Result<Model> {
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
        Ok(Model::new(
            state.metadata,
            state.tfidf,
            heads,
            state.fingerprints,
        ))
    }
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

impl TrainingState {
    fn expected(&self, batch: u64) -> Option<u64> {
        self.seen.get(batch as usize).copied()
    }
}

/// Every text is followed by its length, so that no two lists give the same bytes.
fn write_texts(hash: &mut XxHash3_64, texts: &Texts) {
    for text in texts.iter() {
        hash.write(text.as_bytes());
        hash.write_u64(text.len() as u64);
    }
}

fn head_state(head: &Head, features: usize) -> Result<HeadState> {
    let labels = head.labels.len();
    Ok(HeadState {
        name: head.name.clone(),
        labels: head.labels.clone(),
        weighted: vec![[0.0; 2]; labels],
        support: vec![0.0; labels],
        descent: DescentState::new(features, labels, head.targets.kind())?,
    })
}

impl HeadState {
    fn count(&mut self, head: &Head, part: &Corpus) -> Result<()> {
        if head.labels != self.labels {
            return Err(changed());
        }
        let weighted = head.targets.support(part.weights.as_deref());
        for (all, part) in self.weighted.iter_mut().zip(weighted) {
            (all[0], all[1]) = (all[0] + part[0], all[1] + part[1]);
        }
        let support = head.targets.support(None);
        self.support
            .iter_mut()
            .zip(support)
            .for_each(|(all, [yes, _])| *all += yes);
        Ok(())
    }

    fn factors(&self, options: &Sgd) -> Result<Vec<[f64; 2]>> {
        options
            .class_weight
            .factors(&self.weighted, self.descent.kind() == HeadKind::Exclusive)
    }

    /// A head of two documents at most that has the same labels, each known or not, to be checked
    /// as any other.
    pub(super) fn outline(&self) -> Head {
        let labels = self.labels.len();
        let known = self
            .weighted
            .iter()
            .map(|&[yes, no]| (yes + no > 0.0).then_some(yes > 0.0));
        let targets = match self.descent.kind() {
            HeadKind::Exclusive => Targets::Exclusive {
                labels,
                of: vec![Some(0)],
            },
            HeadKind::Independent => Targets::Independent {
                labels,
                cells: known.collect(),
            },
        };
        Head {
            name: self.name.clone(),
            labels: self.labels.clone(),
            targets,
        }
    }
}

/// Texts of the least random numbers, in as many bytes as there may be.
struct Sample {
    most: u64,
    bytes: u64,
    offered: u64,
    random: Xoshiro256PlusPlus,
    taken: BinaryHeap<(u64, u64, String)>,
}

impl Sample {
    fn new(most: u64, seed: u64) -> Self {
        let random = Xoshiro256PlusPlus::seed_from_u64(seed);
        Sample {
            most,
            bytes: 0,
            offered: 0,
            random,
            taken: BinaryHeap::new(),
        }
    }

    fn offer(&mut self, text: &str) {
        let (number, at) = (self.random.next_u64(), self.offered);
        self.offered += 1;
        let full = self.bytes > self.most;
        if full
            && self
                .taken
                .peek()
                .is_some_and(|greatest| greatest.0 < number)
        {
            return;
        }
        self.bytes += text.len() as u64;
        self.taken.push((number, at, text.to_string()));
        // One may reach beyond the limit, so that what was refused once can never come back.
        while self
            .taken
            .peek()
            .is_some_and(|greatest| self.bytes - greatest.2.len() as u64 > self.most)
        {
            let left_out = self.taken.pop().map_or(0, |greatest| greatest.2.len());
            self.bytes -= left_out as u64;
        }
    }

    fn left_out(&self) -> u64 {
        self.offered - self.taken.len() as u64
    }

    fn texts(self) -> Texts {
        let mut taken: Vec<(u64, String)> = self
            .taken
            .into_iter()
            .map(|(_, at, text)| (at, text))
            .collect();
        taken.sort_unstable_by_key(|taken| taken.0);
        taken.iter().map(|(_, text)| text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_all_or_a_fair_part_in_order() {
        let texts: Vec<String> = (0..2000).map(|at| format!("text {at:05}")).collect();
        let sample = |most| {
            let mut sample = Sample::new(most, 7);
            texts.iter().for_each(|text| sample.offer(text));
            sample
        };
        assert!(sample(1 << 20).texts().iter().eq(texts.iter()));
        let half = sample(10_000).texts();
        assert_eq!(half.len(), 1001);
        assert!(half.iter().is_sorted());
        let early = half.iter().filter(|text| *text < "text 01000").count();
        assert!((430..570).contains(&early), "{early}");
    }
}
