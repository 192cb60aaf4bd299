//! Free text of a model card, and results on test corpora, as the model file holds them.

use super::MeasuredMetric;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// Part of a model card that no program can find out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CardText {
    /// Intended use of the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intended_use: Option<String>,
    /// Known gaps: texts and questions that the model is not for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_gaps: Option<String>,
    /// Results on corpora that were not learnt from, in the order in which they were added.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<TestResult>,
}

/// Metrics of a model on a test corpus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TestResult {
    /// Name of the corpus, if it was given one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// XXH3-64 of texts, labels and weights of the corpus, in hexadecimal.
    pub data_hash: String,
    /// Number of documents.
    pub documents: u64,
    /// Number of documents whose text the model learnt from; `None` if it keeps no fingerprints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learnt_documents: Option<u64>,
    /// Metrics of each head, by its name.
    pub heads: Vec<HeadTestResult>,
}

/// Metrics of one head on a test corpus.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct HeadTestResult {
    /// Name of the head.
    pub name: String,
    /// Metrics with 95 % intervals.
    pub metrics: Vec<MeasuredMetric>,
}

impl CardText {
    /// Reads the text of a card from JSON with the keys `intended_use`, `known_gaps` and `tests`,
    /// each of which may be lacking.
    ///
    /// # Errors
    /// A usage error for what is no such JSON, for other keys and for a key that stands twice.
    pub fn from_json(text: &str) -> Result<CardText> {
        let wrong = |what: String| Error::usage(format!("no text of a model card: {what}"));
        let card = serde_json::from_str(text).map_err(|e| wrong(e.to_string()))?;
        match crate::json::repeated_key(text) {
            Some(key) => Err(wrong(format!("the key `{key}` stands twice"))),
            None => Ok(card),
        }
    }

    /// Returns true if there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        *self == CardText::default()
    }
}
