//! Bernoulli naive Bayes, on features that are there or not.

use super::counts::Counts;
use super::{DEFAULT_ALPHA, NaiveBayes, build, options_of_naive_bayes};
use crate::corpus::HeadKind;
use crate::linear::solver::{ClassifierInfo, Parameter, Registered, probability_link};
use crate::linear::{ClassWeight, LinearModel, Problem};
use crate::math::links::Link;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// Options of Bernoulli naive Bayes, for rows of zeros and ones such as
/// [`SparseRows::binarised`](crate::features::SparseRows::binarised) gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BernoulliNb {
    /// Smoothing, added to every count; default 1.
    pub alpha: f64,
    /// Class weights.
    pub class_weight: ClassWeight,
}

impl Default for BernoulliNb {
    fn default() -> Self {
        Self::with_alpha(DEFAULT_ALPHA)
    }
}

impl NaiveBayes for BernoulliNb {
    const NAME: &'static str = "bnb";
    const TAKES_BINARY_FEATURES_ONLY: bool = true;

    options_of_naive_bayes!();

    fn link(kind: HeadKind) -> Link {
        probability_link(kind)
    }

    fn verify_rows(&self, problem: &Problem<'_>) -> Result<()> {
        if problem
            .rows
            .iter()
            .any(|row| row.values.iter().any(|&value| value != 0.0 && value != 1.0))
        {
            return Err(Error::data(
                "Bernoulli naive Bayes takes features of 0 or 1, but there are others",
            )
            .help(wording![
                "train with ",
                Setting::Tf.value("binary"),
                " ",
                Setting::Idf.value("none"),
                " ",
                Setting::Norm.value("none")
            ]));
        }
        Ok(())
    }

    fn model(&self, counts: &Counts) -> LinearModel {
        let mut bias = counts.log_shares();
        counts.each_feature(|sums| {
            for (label, bias) in bias.iter_mut().enumerate() {
                *bias += self.log_absent(counts.exclusive, sums[label], counts.rows[label]);
            }
        });
        counts.model(bias, |label, sums, _| {
            self.log_odds(counts.exclusive, sums, counts.rows[label])
        })
    }
}

impl Registered for BernoulliNb {
    const CLASSIFIERS: &'static [ClassifierInfo] = &[ClassifierInfo {
        name: Self::NAME,
        summary: "Bernoulli naive Bayes",
        parameters: &[Parameter::Alpha],
        corrections: None,
        build: build::<Self>,
    }];
}

impl BernoulliNb {
    /// Returns `ln(1 − p)`; for an independent label the difference of both sides.
    fn log_absent(&self, exclusive: bool, sums: [f64; 2], rows: [f64; 2]) -> f64 {
        let side = |side: usize| {
            let absent = (rows[side] - sums[side]).max(0.0);
            ((absent + self.alpha) / (rows[side] + 2.0 * self.alpha)).ln()
        };
        if exclusive {
            side(0)
        } else {
            side(0) - side(1)
        }
    }

    /// Returns `ln(p / (1 − p))`; for an independent label the difference of both sides.
    fn log_odds(&self, exclusive: bool, sums: [f64; 2], rows: [f64; 2]) -> f64 {
        let side = |side: usize| {
            let absent = (rows[side] - sums[side]).max(0.0);
            ((sums[side] + self.alpha) / (absent + self.alpha)).ln()
        };
        if exclusive {
            side(0)
        } else {
            side(0) - side(1)
        }
    }
}
