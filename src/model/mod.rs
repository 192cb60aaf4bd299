//! Models: several heads over one vocabulary, loaded, saved, scored and explained.
//!
//! - [`Model`] scores texts; it is `Send + Sync` and cheap to clone;
//! - a model file is a safetensors container, see [`Model::save`] and [`Model::load`];
//! - [`Scores`] are probabilities where the head is calibrated, and a [`PredictionSet`] holds the
//!   answers that cannot be ruled out at a stated error;
//! - an [`ArticleScorer`] scores articles that come one by one, as in requests to a service;
//! - an [`Explanation`] splits a score into contributions of terms, exactly;
//! - [`Model::quantized`] makes a smaller model with nearly the same decisions;
//! - a [`ModelSummary`] describes a model file.
//!
//! Models are made by [`train`](crate::train).
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
mod articles;
mod card;
mod changes;
mod difference;
mod evaluation;
mod explain;
mod file;
pub(crate) mod fingerprints;
mod inspect;
mod metadata;
mod mistakes;
mod model_card;
mod predictions;
mod profile;
mod quantize;
mod score;
mod scorers;
mod sections;
mod source_profile;
mod stream;

pub use abstain::PredictionSet;
pub use articles::ArticleScorer;
pub use card::{CardText, HeadTestResult, TestResult};
pub use changes::{HeadChange, MetricChange};
pub use difference::Difference;
pub use evaluation::{Evaluated, HeadEvaluation, HeadPredictions, MAX_SCORES, Metrics};
pub use explain::{
    Contribution, Explanation, LabelExplanation, StrongestTerms, Term, TermOccurrences,
};
pub use inspect::{AbstentionSummary, FileSection, HeadSummary, LabelSummary, ModelSummary};
pub use metadata::{BackgroundMetadata, HeadMetadata, Metadata};
pub use mistakes::Mistake;
pub use model_card::{HeadCard, LabelCard, ModelCard};
pub use profile::{
    DateProfile, HeadProfile, Histogram, MAX_PROFILED_LABELS, MeasuredMetric, Profile, ScoreOrigin,
    SizeHistogram,
};
pub use quantize::{HeadLoss, LostMetric, Quantization, WeightBits};
pub use score::{HeadScores, Scorer, Scores};
pub(crate) use scorers::{Scorers, TakenScorer};
pub(crate) use source_profile::SourceCounts;
pub use source_profile::{MAX_PROFILED_SOURCES, SourceProfile};
pub use stream::{ScoredDocument, StreamSummary};

use crate::Result;
use crate::features::TfIdf;
use crate::io::storage::{Buffer, Bytes};
use crate::linear::LinearModel;
use std::sync::{Arc, OnceLock};
use twox_hash::XxHash3_64;

/// Trained model. Clones share one memory.
#[derive(Debug, Clone)]
pub struct Model(Arc<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    metadata: Metadata,
    tfidf: TfIdf,
    heads: Vec<ModelHead>,
    /// Fingerprints of the training texts, ascending.
    fingerprints: Option<Buffer<u64>>,
    profile: Option<Profile>,
    card: CardText,
    /// Options of the training run, as JSON.
    training: Option<String>,
    /// Version of the file that the model came from, or of the one it would be written to.
    format: u32,
    hash: OnceLock<String>,
    /// File in which the numbers lie, as long as its hash has not been asked for.
    file: Option<Arc<Bytes>>,
}

/// Head of a model: one question that it answers.
#[derive(Debug, Clone)]
pub struct ModelHead {
    metadata: HeadMetadata,
    linear: LinearModel,
}

impl ModelHead {
    pub(crate) fn new(metadata: HeadMetadata, linear: LinearModel) -> Self {
        ModelHead { metadata, linear }
    }

    /// Returns name, labels and options.
    pub fn metadata(&self) -> &HeadMetadata {
        &self.metadata
    }

    /// Returns weights and biases.
    pub fn linear(&self) -> &LinearModel {
        &self.linear
    }
}

impl Model {
    pub(crate) fn new(
        metadata: Metadata,
        tfidf: TfIdf,
        heads: Vec<ModelHead>,
        fingerprints: Option<Buffer<u64>>,
    ) -> Self {
        let format = Self::format_of(&tfidf);
        Model(Arc::new(Inner {
            metadata,
            tfidf,
            heads,
            fingerprints,
            profile: None,
            card: CardText::default(),
            training: None,
            format,
            hash: OnceLock::new(),
            file: None,
        }))
    }

    /// Creates a model of features alone, without heads, so that they can be saved and loaded.
    ///
    /// ```
    /// use standpoint::features::{TfIdf, TfIdfOptions};
    /// use standpoint::text::{Language, Texts, TokenOptions};
    /// use standpoint::{Model, io::Silent};
    /// let texts: Texts = ["talks in Geneva", "talks failed"].into_iter().collect();
    /// let english = TokenOptions::default().language(Language::English);
    /// let tfidf = TfIdf::fit(&TfIdfOptions::default().tokens(english), &texts, &Silent)?;
    /// let again = Model::from_bytes(Model::of_features(tfidf).to_bytes())?;
    /// assert_eq!(again.tfidf().vocabulary().term(0), "talk");
    /// # Ok::<(), standpoint::Error>(())
    /// ```
    pub fn of_features(tfidf: TfIdf) -> Self {
        let written_by = concat!("standpoint ", env!("CARGO_PKG_VERSION"));
        let metadata = Metadata::without_corpus("features", written_by.to_string());
        Model::new(metadata, tfidf, Vec::new(), None)
    }

    /// Returns the model with a change of what it keeps beside its weights.
    fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        let inner = Arc::make_mut(&mut self.0);
        inner.hash = OnceLock::new();
        inner.file = None;
        inner.format = Self::format_of(&inner.tfidf);
        change(inner);
        self
    }

    pub(crate) fn with_profile(self, profile: Option<Profile>) -> Self {
        self.with(|inner| inner.profile = profile)
    }

    pub(crate) fn with_training(self, training: Option<String>) -> Self {
        self.with(|inner| inner.training = training)
    }

    /// Returns the model with another text of its card.
    #[must_use]
    pub fn with_card(self, card: CardText) -> Self {
        self.with(|inner| inner.card = card)
    }

    /// Returns the profile of the training data; `None` for a model that keeps none, as those of
    /// files of format 3 and 4.
    pub fn profile(&self) -> Option<&Profile> {
        self.0.profile.as_ref()
    }

    /// Returns the free text of the model card, and results on test corpora.
    pub fn card_text(&self) -> &CardText {
        &self.0.card
    }

    /// Returns the options of the training run as JSON; `None` for files of format 3 and 4.
    pub fn training_options(&self) -> Option<&str> {
        self.0.training.as_deref()
    }

    /// Returns the XXH3-64 (seed 0) of the bytes of the model file, in hexadecimal.
    pub fn hash(&self) -> &str {
        let hash = || match &self.0.file {
            Some(file) => hash_of(file),
            None => hash_of(&self.to_bytes()),
        };
        self.0.hash.get_or_init(hash)
    }

    /// Returns the model that is compiled into the library: topic and stance of German and English
    /// news.
    ///
    /// # Errors
    /// A model error if the library was built with a damaged file.
    pub fn embedded() -> Result<Self> {
        file::embedded()
    }

    /// Returns name, origin and columns.
    pub fn metadata(&self) -> &Metadata {
        &self.0.metadata
    }

    /// Returns the fitted features.
    pub fn tfidf(&self) -> &TfIdf {
        &self.0.tfidf
    }

    /// Returns the heads, in the order in which they were given.
    pub fn heads(&self) -> &[ModelHead] {
        &self.0.heads
    }

    /// Scores one text; for many, a [`Scorer`] saves allocations.
    pub fn score(&self, text: &str) -> Scores<'_> {
        self.scorer().score(text)
    }

    /// Returns a scorer for one thread.
    pub fn scorer(&self) -> Scorer<'_> {
        Scorer::new(self)
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
    }
}
