//! Multinomial naive Bayes.

use super::counts::Counts;
use super::{DEFAULT_ALPHA, NaiveBayes, build, log_share, options_of_naive_bayes};
use crate::corpus::HeadKind;
use crate::linear::solver::{ClassifierInfo, Parameter, Registered, probability_link};
use crate::linear::{BaseEstimator, ClassWeight, Classifier, FeatureSubset, LinearModel};
use crate::math::links::Link;
use serde::{Deserialize, Serialize};

/// Options of multinomial naive Bayes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MultinomialNb {
    /// Smoothing, added to every count; default 1 (Laplace). TF-IDF features often do better with
    /// 0.01 to 0.1.
    pub alpha: f64,
    /// Class weights.
    pub class_weight: ClassWeight,
}

impl Default for MultinomialNb {
    fn default() -> Self {
        Self::with_alpha(DEFAULT_ALPHA)
    }
}

impl NaiveBayes for MultinomialNb {
    const NAME: &'static str = "nb";

    options_of_naive_bayes!();

    fn link(kind: HeadKind) -> Link {
        probability_link(kind)
    }

    fn model(&self, counts: &Counts) -> LinearModel {
        counts.model(counts.log_shares(), |_, sums, totals| {
            let yes = log_share(sums[0], totals[0], self.alpha, counts.features);
            if counts.exclusive {
                yes
            } else {
                yes - log_share(sums[1], totals[1], self.alpha, counts.features)
            }
        })
    }
}

impl Registered for MultinomialNb {
    const CLASSIFIERS: &'static [ClassifierInfo] = &[ClassifierInfo {
        name: Self::NAME,
        summary: "Multinomial naive Bayes",
        parameters: &[Parameter::Alpha],
        corrections: None,
        build: build::<Self>,
    }];

    fn candidates(_seed: u64) -> Vec<BaseEstimator> {
        let multinomial = |alpha| Classifier::from(Self::with_alpha(alpha));
        let on_all = [0.03, 0.1].map(|alpha| multinomial(alpha).into());
        let on_characters = multinomial(0.1).on(FeatureSubset::Characters);
        on_all.into_iter().chain([on_characters]).collect()
    }
}
