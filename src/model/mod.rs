//! Models: several heads over one vocabulary, trained, saved, loaded, scored and explained.
//!
//! - [`Trainer`] holds the options and makes a [`Model`] of a [`Corpus`](crate::Corpus);
//! - [`BatchTrainer`] makes one of files that do not fit into memory;
//! - [`Model`] scores texts; it is `Send + Sync` and cheap to clone;
//! - a model file is a safetensors container, see [`Model::save`] and [`Model::load`];
//! - its [`Scores`] are probabilities where the head was calibrated, and [`PredictionSet`] what cannot be ruled out at a
//!   stated error;
//! - an [`Explanation`] takes a score apart, exactly;
//! - a [`ModelSummary`] says what a model file holds.
//!
//! ```
//! use standpoint::Model;
//! let model = Model::embedded()?;
//! let scores = model.score("Troops crossed the border and shelled two towns overnight.");
//! assert_eq!(scores.heads[0].label(), Some("conflict"));
//!
//! let text = "Ministers signed the agreement after talks in Vienna.";
//! let explanation = model.explain(text);
//! let reasons = explanation.reasons(0, 0);
//! let sum: f64 = reasons.contributions.iter().map(|c| c.contribution).sum();
//! assert!((reasons.bias + sum - reasons.decision).abs() < 1e-9);
//! # Ok::<(), standpoint::Error>(())
//! ```

mod abstain;
mod batches;
mod checkpoint;
mod cross_validation;
mod evaluation;
mod explain;
mod file;
mod fingerprints;
pub(crate) mod held;
mod inspect;
mod mistakes;
mod reading;
mod renew;
mod score;
mod stream;
mod train;

pub use abstain::PredictionSet;
pub use batches::{BatchSource, BatchTrainer};
pub use cross_validation::CrossValidation;
pub use evaluation::{Evaluated, HeadEvaluation, HeadPredictions, MOST_SCORES, Metrics};
pub use explain::{Contribution, Explanation, Places, Reasons, Strongest, Term};
pub use inspect::{AbstentionSummary, FileSection, HeadSummary, LabelSummary, ModelSummary};
pub use mistakes::Mistake;
pub use renew::{Change, HeadChange};
pub use score::{HeadScores, Scorer, Scores};
pub use stream::{Scored, Streamed};
pub use train::{ClassWeights, Trainer};

use crate::Result;
use crate::background::Blend;
use crate::calibrate::{Calibration, Conformal, Link, ThresholdObjective, ThresholdSelection};
use crate::corpus::{HeadKind, Schema};
use crate::features::{Scratch, TfIdf};
use crate::linear::{Classifier, LinearModel};
use crate::storage::Buffer;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};
use twox_hash::XxHash3_64;

/// A trained model. Clones share one memory.
#[derive(Debug, Clone)]
pub struct Model(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    metadata: Metadata,
    tfidf: TfIdf,
    heads: Vec<ModelHead>,
    /// Of the texts that were learnt from, ascending.
    fingerprints: Option<Buffer<u64>>,
    hash: OnceLock<String>,
}

/// What a model says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// The model's name, for people.
    pub name: String,
    /// The program and version that trained it.
    pub written_by: String,
    /// The columns it was trained on, if it was trained on files.
    pub schema: Option<Schema>,
    /// How many documents it was trained on.
    pub documents: u64,
    /// XXH3-64 of texts, labels and weights, in hexadecimal.
    pub data_hash: String,
    /// The word vectors that took part in training, if any did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<BackgroundMetadata>,
    /// True where weights are rounded to eight bits, and stored so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub compact: bool,
}

/// The origin of the word vectors of a model; what was learnt on them is in the weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BackgroundMetadata {
    /// The number of documents that they were learnt from.
    pub documents: u64,
    /// Their weight against that of the words.
    pub weight: f64,
    /// XXH3-64 of the bytes of their file, in hexadecimal.
    pub hash: String,
    /// The most of their words of no labelled text that are in the model, if that was limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<u32>,
}

impl BackgroundMetadata {
    pub(crate) fn new(blend: &Blend) -> Self {
        let hash = hash_of(&blend.background.to_bytes());
        let documents = blend.background.documents();
        BackgroundMetadata {
            documents,
            weight: blend.weight,
            hash,
            terms: blend.terms,
        }
    }
}

/// One question that a model answers.
#[derive(Debug, Clone)]
pub struct ModelHead {
    metadata: HeadMetadata,
    linear: LinearModel,
}

/// What a head says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeadMetadata {
    /// The head's name.
    pub name: String,
    /// One label, or any number.
    pub kind: HeadKind,
    /// The labels.
    pub labels: Vec<String>,
    /// How many training documents have each label.
    pub support: Vec<f64>,
    /// The classifier and its options.
    pub classifier: Classifier,
    /// How decision values become scores.
    pub link: Link,
    /// The score above which each label of an independent head holds.
    pub thresholds: Vec<f64>,
    /// What the thresholds were chosen for, if they were chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<ThresholdObjective>,
    /// How the threshold of each label came about, if they were chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<ThresholdSelection>,
    /// How decision values become probabilities, if they are calibrated; these are the scores then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    /// What each answer of an exclusive head costs, by true and by predicted label; the answer is the one of the least
    /// expected cost then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs: Option<Vec<Vec<f64>>>,
    /// What it takes to rule out answers at a stated error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conformal: Option<Conformal>,
}

impl ModelHead {
    /// Name, labels and options.
    pub fn metadata(&self) -> &HeadMetadata {
        &self.metadata
    }

    /// Weights and biases.
    pub fn linear(&self) -> &LinearModel {
        &self.linear
    }
}

impl Model {
    fn new(
        metadata: Metadata,
        tfidf: TfIdf,
        heads: Vec<ModelHead>,
        fingerprints: Option<Buffer<u64>>,
    ) -> Self {
        Model(Arc::new(Inner {
            metadata,
            tfidf,
            heads,
            fingerprints,
            hash: OnceLock::new(),
        }))
    }

    /// XXH3-64 (seed 0) of the bytes of the model file, in hexadecimal.
    pub fn hash(&self) -> &str {
        self.0.hash.get_or_init(|| hash_of(&self.to_bytes()))
    }

    /// The model that is compiled into the library: topic and stance of German and English news.
    ///
    /// # Errors
    /// A model error if the library was built with a damaged file.
    pub fn embedded() -> Result<Self> {
        file::embedded()
    }

    /// Name, origin and columns.
    pub fn metadata(&self) -> &Metadata {
        &self.0.metadata
    }

    /// The fitted features.
    pub fn tfidf(&self) -> &TfIdf {
        &self.0.tfidf
    }

    /// The heads, in the order in which they were given.
    pub fn heads(&self) -> &[ModelHead] {
        &self.0.heads
    }

    /// Scores one text; for many, a [`Scorer`] saves allocations.
    pub fn score(&self, text: &str) -> Scores<'_> {
        self.scorer().score(text)
    }

    /// A scorer for one thread.
    pub fn scorer(&self) -> Scorer<'_> {
        Scorer {
            model: self,
            scratch: Scratch::default(),
        }
    }
}

fn hash_of(bytes: &[u8]) -> String {
    format!("{:016x}", XxHash3_64::oneshot(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_and_errors_cross_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Model>();
        shared::<crate::Error>();
        shared::<crate::Corpus>();
        shared::<Trainer>();
    }
}
