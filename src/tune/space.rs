//! What is tried.

use crate::features::{DocumentFrequency, NGrams, TermFrequency, TfIdfOptions};
use crate::linear::{
    BaseEstimator, ClassWeight, Classifier, ComplementNb, FeatureSubset, LinearSvm,
    LogisticRegression, MultinomialNb, NbSvm,
};
use serde::{Deserialize, Serialize};

/// The candidates of a search: every classifier on every kind of features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Space {
    /// Kinds of features.
    pub features: Vec<TfIdfOptions>,
    /// Two or three classifiers that tell which features are worth a closer look.
    pub probes: Vec<BaseEstimator>,
    /// Classifiers; where several differ in nothing but `C` they should stand by ascending `C`.
    #[serde(rename = "members")]
    pub estimators: Vec<BaseEstimator>,
}

impl Default for Space {
    fn default() -> Self {
        Space::around(&TfIdfOptions::default(), 0)
    }
}

impl Space {
    /// Features that differ from `base` in n-grams, stems, term frequencies and the least document frequency, and
    /// classifiers of all kinds.
    pub fn around(base: &TfIdfOptions, seed: u64) -> Self {
        Space {
            features: features(base),
            probes: probes(seed),
            estimators: estimators(seed),
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

fn svm(c: f64, class_weight: ClassWeight, seed: u64) -> BaseEstimator {
    Classifier::from(LinearSvm {
        c,
        class_weight,
        seed,
        ..LinearSvm::default()
    })
    .into()
}

fn probes(seed: u64) -> Vec<BaseEstimator> {
    vec![
        svm(0.3, ClassWeight::Equal, seed),
        svm(1.0, ClassWeight::Equal, seed),
    ]
}

fn estimators(seed: u64) -> Vec<BaseEstimator> {
    let mut estimators: Vec<BaseEstimator> = [0.03, 0.1, 0.3, 1.0, 3.0]
        .into_iter()
        .map(|c| svm(c, ClassWeight::Equal, seed))
        .collect();
    estimators.extend(
        [0.1, 0.3, 1.0]
            .into_iter()
            .map(|c| svm(c, ClassWeight::Balanced, seed)),
    );
    let logistic = |c| LogisticRegression {
        c,
        ..LogisticRegression::default()
    };
    estimators.extend([1.0, 3.0, 10.0, 30.0].map(|c| Classifier::from(logistic(c)).into()));
    let nb_svm = |c, class_weight| {
        Classifier::from(NbSvm {
            c,
            class_weight,
            seed,
            ..NbSvm::default()
        })
    };
    estimators.extend([0.1, 0.3, 1.0].map(|c| nb_svm(c, ClassWeight::Equal).into()));
    // Less smoothing suits corpora in which single words decide.
    let sharp = |(alpha, c)| {
        Classifier::from(NbSvm {
            alpha,
            c,
            seed,
            ..NbSvm::default()
        })
    };
    estimators.extend([(0.3, 0.1), (0.1, 0.3)].map(|options| sharp(options).into()));
    estimators.push(nb_svm(0.3, ClassWeight::Balanced).into());
    let complement = |alpha| {
        Classifier::from(ComplementNb {
            alpha,
            ..ComplementNb::default()
        })
    };
    let multinomial = |alpha| {
        Classifier::from(MultinomialNb {
            alpha,
            ..MultinomialNb::default()
        })
    };
    estimators.extend([0.03, 0.1].map(|alpha| multinomial(alpha).into()));
    let words = |classifier| BaseEstimator {
        classifier,
        features: FeatureSubset::Words,
    };
    estimators.extend([0.3, 1.0].map(|c| words(svm(c, ClassWeight::Equal, seed).classifier)));
    estimators.extend([3.0, 10.0].map(|c| words(logistic(c).into())));
    estimators.push(words(nb_svm(0.3, ClassWeight::Equal)));
    estimators.extend([0.1, 0.3, 1.0].map(|alpha| words(complement(alpha))));
    let characters = |classifier| BaseEstimator {
        classifier,
        features: FeatureSubset::Characters,
    };
    estimators.extend([nb_svm(0.3, ClassWeight::Equal), multinomial(0.1)].map(characters));
    estimators
}
