//! Training on corpora larger than memory, by gradient descent over batches.
//!
//! The inputs are read `epochs + 2` times, and once more for the profile. The first pass takes a sample of texts: the whole corpus
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
//! [`Trainer::train`](crate::train::Trainer::train).

mod checkpoint;
mod epochs;
mod head;
mod inputs;
mod passes;
mod sample;

use super::Trainer;
use crate::calibrate::{Method, ThresholdObjective};
use crate::corpus::{CorpusSource, Rejects};
use crate::io::Progress;
use crate::linear::{Classifier, Sgd};
use crate::model::Model;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use checkpoint::Checkpoint;
use inputs::{input_key, readable_again};
use passes::Run;
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
