//! Naive Bayes: multinomial and complement, on counts or TF-IDF values, and Bernoulli, on features
//! that are there or not.
//!
//! With `N_lf` the sum of feature `f` over the rows of label `l`, `N_l` its sum over features,
//! `D` the number of features and smoothing `α`:
//!
//! - *multinomial* (Manning, Raghavan and Schütze 2008, chapter 13): weight
//!   `ln((N_lf + α) / (N_l + α D))`, bias the log share of the label's rows;
//! - *complement* (Rennie, Shih, Teevan and Karger, ICML 2003, without length normalisation):
//!   weight `-ln` of the same share over the rows of all other labels, no bias;
//! - *Bernoulli* (Manning, Raghavan and Schütze 2008, section 13.3): with `n_l` the rows of label
//!   `l`, of which `n_lf` have feature `f`, and `p_lf = (n_lf + α) / (n_l + 2α)`, a row's value is
//!   the log share of the label's rows, plus `ln p_lf` for each feature that it has and `ln(1 −
//!   p_lf)` for each that it lacks. The latter over all features are part of the bias, and the
//!   weight is `ln(p_lf / (1 − p_lf))`. That is only right for rows of zeros and ones, and others
//!   are refused.
//!
//! The weights of a feature are shifted by their mean over the labels, which changes no
//! prediction and no probability and makes an explanation readable: a term speaks for a label
//! where its weight is positive. Independent labels are each a two-label problem, and the weight
//! is the difference of the two.

mod bernoulli;
mod complement;
mod counts;
mod multinomial;

pub use bernoulli::BernoulliNb;
pub use complement::ComplementNb;
pub use multinomial::MultinomialNb;

use super::memory::ProblemSize;
use super::solver::{Parameters, Solver};
use super::validate::positive;
use super::{ClassWeight, Classifier, LinearModel, Problem};
use crate::Result;
use crate::corpus::HeadKind;
use crate::math::links::Link;
use counts::Counts;

/// Parts in which the kinds of naive Bayes differ; all else of a solver follows from them.
trait NaiveBayes: Default + Into<Classifier> {
    const NAME: &'static str;
    /// True if features must be 0 or 1.
    const TAKES_BINARY_FEATURES_ONLY: bool = false;

    fn alpha(&self) -> f64;
    fn class_weight(&self) -> &ClassWeight;
    fn class_weight_mut(&mut self) -> &mut ClassWeight;
    /// Returns the estimator of this smoothing with its other options as they are by default.
    fn with_alpha(alpha: f64) -> Self;
    fn link(kind: HeadKind) -> Link;
    /// Checks values of features.
    fn verify_rows(&self, _problem: &Problem<'_>) -> Result<()> {
        Ok(())
    }
    fn model(&self, counts: &Counts) -> LinearModel;
}

impl<T: NaiveBayes> Solver for T {
    fn verify(&self) -> Result<()> {
        positive("alpha", self.alpha())?;
        self.class_weight().verify()
    }

    fn solve(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        self.verify_rows(problem)?;
        let counts = Counts::new(problem, self.class_weight())?;
        Ok(self.model(&counts))
    }

    fn link(&self, kind: HeadKind) -> Link {
        T::link(kind)
    }

    /// For exclusive labels one sum of eight bytes a feature and label, for independent ones two,
    /// and a weight.
    fn bytes(&self, size: ProblemSize) -> f64 {
        let ProblemSize {
            features, labels, ..
        } = size;
        let per_weight = if size.exclusive { 12.0 } else { 20.0 };
        per_weight * features * labels
    }

    fn summary(&self) -> String {
        format!("{} alpha={}{}", T::NAME, self.alpha(), self.class_weight())
    }

    fn change_class_weights(&mut self, change: &dyn Fn(&mut ClassWeight)) {
        change(self.class_weight_mut());
    }

    fn takes_word_vectors(&self) -> bool {
        false
    }

    fn takes_binary_features_only(&self) -> bool {
        T::TAKES_BINARY_FEATURES_ONLY
    }
}

/// Access to the options, which are the same for all kinds.
macro_rules! options_of_naive_bayes {
    () => {
        fn alpha(&self) -> f64 {
            self.alpha
        }

        fn class_weight(&self) -> &ClassWeight {
            &self.class_weight
        }

        fn class_weight_mut(&mut self) -> &mut ClassWeight {
            &mut self.class_weight
        }

        fn with_alpha(alpha: f64) -> Self {
            Self {
                alpha,
                class_weight: ClassWeight::Equal,
            }
        }
    };
}

use options_of_naive_bayes;

/// Smoothing of Laplace.
const DEFAULT_ALPHA: f64 = 1.0;

fn build<T: NaiveBayes>(given: &Parameters) -> Classifier {
    T::with_alpha(given.alpha.unwrap_or(DEFAULT_ALPHA)).into()
}

fn log_share(sum: f64, total: f64, alpha: f64, features: usize) -> f64 {
    ((sum + alpha) / (total + alpha * features as f64)).ln()
}
