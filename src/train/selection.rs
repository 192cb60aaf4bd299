//! Record of the comparison by which a preset chose options.

use crate::features::NGrams;
use crate::linear::Classifier;
use serde::{Deserialize, Serialize};

/// Settings that a preset compared before training, with their scores for unseen documents. A
/// [`Trainer`](super::Trainer) carries it into the model's record of training and does not act on
/// it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Selection {
    /// Name of the metric, from 0 to 1.
    pub metric: String,
    /// Number of documents that took part, evenly spread over the corpus.
    pub documents: usize,
    /// Number of them that were scored by features and weights fitted without them.
    pub scored: usize,
    /// Number of folds.
    pub folds: u32,
    /// Seed of the folds.
    pub seed: u64,
    /// Comparison of each head.
    pub heads: Vec<HeadSelection>,
}

/// Settings of one head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct HeadSelection {
    /// Name of the head.
    pub head: String,
    /// Place of the chosen setting.
    pub chosen: usize,
    /// Settings, of which the first is the one that is taken unless another is better by more than
    /// half a standard error.
    pub settings: Vec<ScoredSetting>,
}

/// Features and a classifier, and their score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ScoredSetting {
    /// Lengths of word n-grams.
    pub word_ngrams: Option<NGrams>,
    /// Lengths of character n-grams.
    pub char_ngrams: Option<NGrams>,
    /// Classifier.
    pub classifier: Classifier,
    /// Metric on the documents that were scored.
    pub score: f64,
    /// Standard error of the difference to the first setting's score; none for the first one, and
    /// where it cannot be estimated.
    pub standard_error: Option<f64>,
}

impl HeadSelection {
    /// Returns the chosen setting.
    pub fn chosen(&self) -> Option<&ScoredSetting> {
        self.settings.get(self.chosen)
    }
}
