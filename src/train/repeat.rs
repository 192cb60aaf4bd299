//! Repetition of the training run of a model, by the options that its file keeps.

use super::record::{TrainingKind, TrainingRecord};
use super::{BatchTrainer, Trainer};
use crate::background::{Background, Blend};
use crate::corpus::{ColumnMapping, Corpus, CorpusSource, Input};
use crate::io::Progress;
use crate::model::{CardText, HeadPredictions, Model};
use crate::wording::{Setting, wording};
use crate::{Error, Result};

/// Data of a training run, which a model file does not hold.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct TrainingData {
    /// Files of the corpus, in the order in which they were read.
    pub inputs: Vec<Input>,
    /// Files of the documents kept apart for calibration, if there were any.
    pub calibration_set: Vec<Input>,
    /// Word vectors that took part, if any did.
    pub background: Option<Background>,
    /// Older model from which training went on, if it did.
    pub old_model: Option<Model>,
}

impl TrainingData {
    /// Creates the data of a run on these files alone.
    pub fn new(inputs: Vec<Input>) -> Self {
        TrainingData {
            inputs,
            ..TrainingData::default()
        }
    }
}

/// Result of training again.
#[derive(Debug)]
#[non_exhaustive]
pub struct Repeated {
    /// Model that was trained again.
    pub model: Model,
    /// Predictions for unseen documents, as in [`TrainingRun`](super::TrainingRun).
    pub predictions: Vec<HeadPredictions>,
    /// Corpus, but of a stream.
    pub corpus: Option<Corpus>,
    /// Documents kept apart for calibration, if there were any.
    pub calibration_set: Option<Corpus>,
}

impl TrainingRecord {
    /// Trains a model again on the data that it was trained on. With the same program and data the
    /// result has the same bytes.
    ///
    /// # Errors
    /// A usage error for a model that was not trained from files, and where the calibration set, the
    /// word vectors or the older model are missing or others; otherwise as [`Trainer::train`].
    pub fn repeat(
        &self,
        model: &Model,
        data: TrainingData,
        progress: &dyn Progress,
    ) -> Result<Repeated> {
        let background = self.background(model, data.background)?;
        let trainer = Trainer {
            card: CardText {
                tests: Vec::new(),
                ..model.card_text().clone()
            },
            background,
            ..self.trainer.clone()
        };
        let old = self.old_model(data.old_model)?;
        let source = self.source(model, data.inputs)?;
        let repeated = match self.kind {
            TrainingKind::Stream => self.repeat_stream(trainer, &source, progress)?,
            TrainingKind::Corpus => {
                let apart = self.calibration_source(model, data.calibration_set)?;
                self.repeat_corpus(&trainer, &source, apart.as_ref(), progress)?
            }
            TrainingKind::WarmStart | TrainingKind::Corrections => {
                let old =
                    old.ok_or_else(|| Error::model("the model does not name its older one"))?;
                self.repeat_from(&trainer, &old, &source, progress)?
            }
        };
        // Results on test corpora were added after training.
        Ok(Repeated {
            model: repeated.model.with_card(model.card_text().clone()),
            ..repeated
        })
    }

    fn repeat_stream(
        &self,
        trainer: Trainer,
        source: &CorpusSource,
        progress: &dyn Progress,
    ) -> Result<Repeated> {
        let batches = BatchTrainer {
            trainer,
            memory: self.stream_memory.unwrap_or_default(),
            checkpoint: None,
        };
        Ok(Repeated {
            model: batches.train(source, None, progress)?,
            predictions: Vec::new(),
            corpus: None,
            calibration_set: None,
        })
    }

    fn repeat_corpus(
        &self,
        trainer: &Trainer,
        source: &CorpusSource,
        apart: Option<&CorpusSource>,
        progress: &dyn Progress,
    ) -> Result<Repeated> {
        let corpus = self.reader(source).progress(progress).read()?;
        let known = corpus.label_names();
        let apart = apart.map(|source| source.reader().known_labels(&known).read());
        let apart = apart.transpose()?;
        let run = trainer.run(&corpus, apart.as_ref(), progress)?;
        Ok(Repeated {
            model: run.model,
            predictions: run.predictions,
            corpus: Some(corpus),
            calibration_set: apart,
        })
    }

    /// Goes on from the older model again.
    fn repeat_from(
        &self,
        trainer: &Trainer,
        old: &Model,
        source: &CorpusSource,
        progress: &dyn Progress,
    ) -> Result<Repeated> {
        let known = old.known_labels(&source.mapping.schema);
        let reader = self.reader(source).known_labels(&known);
        let corpus = reader.progress(progress).read()?;
        let model = match self.kind {
            TrainingKind::Corrections => trainer.correct(old, &corpus, progress)?,
            _ => trainer.train_from(old, &corpus, progress)?,
        };
        Ok(Repeated {
            model,
            predictions: Vec::new(),
            corpus: Some(corpus),
            calibration_set: None,
        })
    }

    /// Returns the older model, which is needed where training went on from one.
    fn old_model(&self, given: Option<Model>) -> Result<Option<Model>> {
        let Some(expected) = &self.old_model else {
            return match given {
                None => Ok(None),
                Some(_) => {
                    Err(
                        Error::usage("the model was not trained from an older model")
                            .help(wording!["leave ", Setting::OldModel, " out"]),
                    )
                }
            };
        };
        let help = || {
            wording![
                format!("name the model of hash {expected} with "),
                Setting::OldModel
            ]
        };
        match given {
            None => Err(Error::usage("the model was trained from an older model").help(help())),
            Some(old) if old.hash() != expected => Err(Error::usage(format!(
                "the model was trained from another older model: this one has the hash {}",
                old.hash()
            ))
            .help(help())),
            old => Ok(old),
        }
    }

    /// Returns the documents kept apart, which are needed where the run had some.
    fn calibration_source(
        &self,
        model: &Model,
        inputs: Vec<Input>,
    ) -> Result<Option<CorpusSource>> {
        match (&self.calibration_set, inputs.is_empty()) {
            (None, true) => Ok(None),
            (None, false) => Err(
                Error::usage("the model was trained without a calibration set").help(wording![
                    "leave ",
                    Setting::CalibrationSet,
                    " out"
                ]),
            ),
            (Some(_), true) => Err(Error::usage("the model was trained with a calibration set")
                .help(wording!["name it with ", Setting::CalibrationSet])),
            (Some(_), false) => self.source(model, inputs).map(Some),
        }
    }

    /// Returns the word vectors as they took part in training.
    fn background(&self, model: &Model, given: Option<Background>) -> Result<Option<Blend>> {
        let recorded = model.metadata().background.as_ref();
        match (recorded, given) {
            (None, None) => Ok(None),
            (Some(of), Some(background)) => {
                let blend = Blend::new(background).weight(of.weight).terms(of.terms);
                Ok(Some(blend))
            }
            (Some(of), None) => Err(
                Error::usage("the model was trained with word vectors").help(wording![
                    format!("name the file of hash {} with ", of.hash),
                    Setting::Background
                ]),
            ),
            (None, Some(_)) => Err(Error::usage("the model was trained without word vectors")
                .help(wording!["leave ", Setting::Background, " out"])),
        }
    }

    fn source(&self, model: &Model, inputs: Vec<Input>) -> Result<CorpusSource> {
        let schema = self.schema.clone().or(model.metadata().schema.clone());
        let recorded = schema.zip(self.reading.as_ref());
        let (schema, reading) = recorded.ok_or_else(|| {
            Error::usage(
                "the model was not trained on files, so that its corpus cannot be read again",
            )
        })?;
        Ok(CorpusSource {
            inputs,
            options: reading.options()?,
            mapping: ColumnMapping {
                selection: reading.selection()?,
                ..ColumnMapping::new(schema)
            },
        })
    }

    fn reader<'a>(&self, source: &'a CorpusSource) -> crate::corpus::CorpusReader<'a> {
        let reader = source.reader();
        match self.reading.as_ref().is_some_and(|of| of.skip_broken) {
            true => reader.skip_broken(),
            false => reader,
        }
    }
}
