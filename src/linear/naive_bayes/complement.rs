//! Complement naive Bayes.

use super::counts::Counts;
use super::{DEFAULT_ALPHA, NaiveBayes, build, log_share, options_of_naive_bayes};
use crate::corpus::HeadKind;
use crate::linear::solver::{ClassifierInfo, Parameter, Registered};
use crate::linear::{BaseEstimator, ClassWeight, Classifier, FeatureSubset, LinearModel};
use crate::math::links::Link;
use serde::{Deserialize, Serialize};

/// Options of complement naive Bayes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ComplementNb {
    /// Smoothing, added to every count; default 1.
    pub alpha: f64,
    /// Class weights.
    pub class_weight: ClassWeight,
}

impl Default for ComplementNb {
    fn default() -> Self {
        Self::with_alpha(DEFAULT_ALPHA)
    }
}

impl NaiveBayes for ComplementNb {
    const NAME: &'static str = "cnb";

    options_of_naive_bayes!();

    fn link(_kind: HeadKind) -> Link {
        Link::Decision
    }

    /// With two labels the complement of one is the other, so that an independent label gets the
    /// multinomial weight without the bias.
    fn model(&self, counts: &Counts) -> LinearModel {
        counts.model(vec![0.0; counts.rows.len()], |_, sums, totals| {
            let no = -log_share(sums[1], totals[1], self.alpha, counts.features);
            if counts.exclusive {
                no
            } else {
                no + log_share(sums[0], totals[0], self.alpha, counts.features)
            }
        })
    }
}

impl Registered for ComplementNb {
    const CLASSIFIERS: &'static [ClassifierInfo] = &[ClassifierInfo {
        name: Self::NAME,
        summary: "Complement naive Bayes",
        parameters: &[Parameter::Alpha],
        corrections: None,
        build: build::<Self>,
    }];

    fn candidates(_seed: u64) -> Vec<BaseEstimator> {
        let complement = |alpha| Classifier::from(Self::with_alpha(alpha));
        Vec::from([0.1, 0.3, 1.0].map(|alpha| complement(alpha).on(FeatureSubset::Words)))
    }
}
