//! Base estimators: classifiers with the features that they see.

use crate::Result;
use crate::features::SparseRows;
use crate::linear::{Classifier, LinearModel, Problem};
use crate::math::weights::SampleWeights;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Classifier and the features that it sees: a member of a stack, or a candidate of a search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseEstimator {
    /// Classifier and its options.
    pub classifier: Classifier,
    /// Features that it sees; default all.
    #[serde(default, rename = "part")]
    pub features: FeatureSubset,
}

/// Subset of the features that a base estimator sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeatureSubset {
    /// All features.
    #[default]
    All,
    /// Word n-grams.
    Words,
    /// Character n-grams.
    Characters,
}

impl From<Classifier> for BaseEstimator {
    fn from(classifier: Classifier) -> Self {
        BaseEstimator {
            classifier,
            features: FeatureSubset::All,
        }
    }
}

impl BaseEstimator {
    /// Returns true if the estimator can learn from word vectors, which are not a part of words or
    /// characters.
    pub(crate) fn takes_word_vectors(&self) -> bool {
        self.sees_all() && self.classifier.takes_word_vectors()
    }

    /// Returns true if the estimator sees all features.
    pub(crate) fn sees_all(&self) -> bool {
        self.features == FeatureSubset::All
    }

    /// Returns rows with the columns that the estimator sees; the first `words` columns are of word
    /// n-grams.
    pub(crate) fn rows<'r>(&self, rows: &'r SparseRows, words: usize) -> Cow<'r, SparseRows> {
        match self.features {
            FeatureSubset::Words if words < rows.columns() => {
                Cow::Owned(rows.restricted_to(0..words))
            }
            FeatureSubset::Characters if words > 0 => {
                Cow::Owned(rows.restricted_to(words..rows.columns()))
            }
            _ => Cow::Borrowed(rows),
        }
    }

    /// Returns true if a model of `other` is a good start: same solver, same features.
    pub(crate) fn can_start_from(&self, other: &BaseEstimator) -> bool {
        let same_solver =
            std::mem::discriminant(&self.classifier) == std::mem::discriminant(&other.classifier);
        same_solver && self.features == other.features
    }

    /// Fits the classifier on the columns that the estimator sees.
    pub(crate) fn fit(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        let rows = self.rows(problem.rows, problem.words);
        self.classifier.fit(&Problem {
            rows: &rows,
            ..*problem
        })
    }

    /// Fits on some rows: the features of `problem` are of these alone, its targets and weights of
    /// all rows.
    pub(crate) fn fit_on(&self, problem: &Problem<'_>, rows: &[usize]) -> Result<LinearModel> {
        let targets = problem.targets.select(rows);
        let weights = SampleWeights::from(problem.weights).select(rows);
        self.fit(&Problem {
            targets: &targets,
            weights: weights.as_deref(),
            out_of_fold: None,
            ..*problem
        })
    }
}
