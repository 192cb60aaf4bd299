//! Search space.

use crate::features::{DocumentFrequency, NGrams, TermFrequency, TfIdfOptions};
use crate::linear::{BaseEstimator, Classifier, LinearSvm};
use serde::{Deserialize, Serialize};

/// Candidates of a search: every classifier on every kind of features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchSpace {
    /// Kinds of features.
    pub features: Vec<TfIdfOptions>,
    /// Classifiers that screen the kinds of features; two or three.
    pub probes: Vec<BaseEstimator>,
    /// Classifiers; where several differ in nothing but `C` they should stand by ascending `C`.
    #[serde(rename = "members")]
    pub estimators: Vec<BaseEstimator>,
}

impl Default for SearchSpace {
    fn default() -> Self {
        SearchSpace::around(&TfIdfOptions::default(), 0)
    }
}

impl SearchSpace {
    /// Features that differ from `base` in n-grams, stems, term frequencies and the least document
    /// frequency, and classifiers of all kinds.
    pub fn around(base: &TfIdfOptions, seed: u64) -> Self {
        SearchSpace {
            features: features(base),
            probes: probes(seed),
            estimators: Classifier::candidates(seed),
        }
    }
}

fn features(base: &TfIdfOptions) -> Vec<TfIdfOptions> {
    let kind = |words: (u8, u8), characters: Option<(u8, u8)>, stem: bool| {
        let mut options = base.clone();
        options.word_ngrams = Some(NGrams::new(words.0, words.1));
        options.char_ngrams = characters.map(|(least, most)| NGrams::new(least, most));
        options.tokens.stem = stem;
        options
    };
    let three = |options: TfIdfOptions| TfIdfOptions {
        min_df: DocumentFrequency::Count(3),
        ..options
    };
    let binary = |options: TfIdfOptions| TfIdfOptions {
        tf: TermFrequency::Binary,
        ..options
    };
    vec![
        kind((1, 2), None, true),
        kind((1, 1), None, true),
        kind((1, 3), None, true),
        kind((1, 2), None, false),
        binary(kind((1, 2), None, true)),
        kind((1, 2), Some((3, 5)), true),
        kind((1, 2), Some((2, 5)), true),
        kind((1, 3), Some((3, 5)), true),
        kind((1, 2), Some((3, 5)), false),
        kind((1, 3), Some((2, 5)), false),
        three(kind((1, 2), Some((3, 5)), true)),
        binary(kind((1, 2), Some((3, 5)), true)),
    ]
}

/// Two SVMs, which are fast and near the best classifier on any features.
fn probes(seed: u64) -> Vec<BaseEstimator> {
    let svm = |c| {
        Classifier::from(LinearSvm {
            c,
            seed,
            ..LinearSvm::default()
        })
    };
    vec![svm(0.3).into(), svm(1.0).into()]
}
