//! Options of a training run, as the model file keeps them so that the run can be repeated.

use super::Trainer;
use crate::corpus::{Reading, Schema};
use crate::model::{CardText, Model};
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// Options of a training run. With the same program, the same corpus and what the hashes stand for,
/// they give the same model, byte for byte.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TrainingRecord {
    /// Kind of training.
    pub kind: TrainingKind,
    /// Options of the trainer, without the text of the card, which the model has already.
    pub trainer: Trainer,
    /// Options of reading the corpus, if it was read from files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Reading>,
    /// XXH3-64 of the documents kept apart for calibration, in hexadecimal, if there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration_set: Option<String>,
    /// XXH3-64 of the file of the model from which training went on, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_model: Option<String>,
    /// Columns of the rows, where they are others than those of the model, which are the older
    /// model's after corrections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Schema>,
    /// Bytes of memory of a stream, on which its sample of texts depends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_memory: Option<u64>,
}

/// Kind of a training run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TrainingKind {
    /// On a corpus in memory.
    Corpus,
    /// On batches of a stream.
    Stream,
    /// On all rows, from the weights of an older model.
    WarmStart,
    /// On corrections of an older model alone.
    Corrections,
}

impl TrainingRecord {
    pub(super) fn new(trainer: &Trainer, kind: TrainingKind, reading: Option<Reading>) -> Self {
        TrainingRecord {
            kind,
            trainer: Trainer {
                card: CardText::default(),
                memory: None,
                ..trainer.clone()
            },
            reading,
            calibration_set: None,
            old_model: None,
            schema: None,
            stream_memory: None,
        }
    }

    /// Returns the record as JSON.
    pub(super) fn to_json(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// Reads the record of a model; `None` if it has none, as models of format 3 and 4.
    ///
    /// # Errors
    /// A model error for options that this program does not know.
    pub fn of(model: &Model) -> Result<Option<TrainingRecord>> {
        let Some(text) = model.training_options() else {
            return Ok(None);
        };
        serde_json::from_str(text).map(Some).map_err(|e| {
            Error::model(format!(
                "the recorded options of training are not known: {e}"
            ))
            .help("use the version of standpoint that trained the model")
        })
    }
}
