//! The list of classifiers, and one type for any of them, as options files and models name it.

use super::solver::{Registered, Solver};
use super::{
    BaseEstimator, BernoulliNb, ClassWeight, ClassifierInfo, ComplementNb, CrammerSinger,
    FeatureSubset, LinearModel, LinearSvm, LogisticRegression, MultinomialNb, NbSvm, Problem,
    Ridge, Sgd, Stack,
};
use crate::corpus::{HeadKind, Targets};
use crate::features::SparseRows;
use crate::io::Progress;
use crate::math::links::Link;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! classifiers {
    ($($(#[$doc:meta])* $variant:ident($options:ident),)*) => {
        /// Classifier and its options.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Classifier {
            $($(#[$doc])* $variant($options),)*
        }

        $(impl From<$options> for Classifier {
            fn from(options: $options) -> Self {
                Classifier::$variant(options)
            }
        })*

        impl Classifier {
            pub(super) fn solver(&self) -> &dyn Solver {
                match self {
                    $(Classifier::$variant(options) => options,)*
                }
            }

            pub(super) fn solver_mut(&mut self) -> &mut dyn Solver {
                match self {
                    $(Classifier::$variant(options) => options,)*
                }
            }
        }

        /// Descriptions of each solver's classifiers.
        const REGISTRY: &[&[ClassifierInfo]] = &[$($options::CLASSIFIERS,)*];

        /// Candidates of each solver for a search, by seed.
        const CANDIDATES: &[fn(u64) -> Vec<BaseEstimator>] = &[$($options::candidates,)*];
    };
}

classifiers! {
    /// Linear support vector machine.
    Svm(LinearSvm),
    /// Multi-class support vector machine of Crammer and Singer.
    CrammerSinger(CrammerSinger),
    /// Logistic regression.
    Logistic(LogisticRegression),
    /// Linear support vector machine on features times their log-count ratios.
    NbSvm(NbSvm),
    /// Ridge classifier: least squares.
    Ridge(Ridge),
    /// Averaged stochastic gradient descent.
    Sgd(Sgd),
    /// Multinomial naive Bayes.
    MultinomialNb(MultinomialNb),
    /// Complement naive Bayes.
    ComplementNb(ComplementNb),
    /// Bernoulli naive Bayes.
    BernoulliNb(BernoulliNb),
    /// Stack: several classifiers, weighted by their out-of-fold scores.
    Stack(Stack),
}

impl Default for Classifier {
    fn default() -> Self {
        Classifier::Svm(LinearSvm::default())
    }
}

/// Name and the options that differ most from case to case, for people.
impl fmt::Display for Classifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.solver().summary())
    }
}

impl Classifier {
    /// Returns the descriptions of all classifiers.
    pub fn all() -> impl Iterator<Item = &'static ClassifierInfo> {
        REGISTRY.iter().copied().flatten()
    }

    /// Returns the description of a classifier by its name.
    ///
    /// # Errors
    /// A usage error for an unknown name.
    pub fn named(name: &str) -> Result<&'static ClassifierInfo> {
        let unknown = || {
            let names: Vec<&str> = Classifier::all().map(|known| known.name).collect();
            Error::usage(format!("unknown classifier `{name}`"))
                .help(format!("one of {}", names.join(", ")))
        };
        Classifier::all()
            .find(|known| known.name == name)
            .ok_or_else(unknown)
    }

    /// Returns the candidates of all solvers for a search: those on all features first, then those
    /// on words and on characters.
    pub(crate) fn candidates(seed: u64) -> Vec<BaseEstimator> {
        let mut all: Vec<_> = CANDIDATES.iter().flat_map(|of| of(seed)).collect();
        all.sort_by_key(|candidate| candidate.features as u8);
        all
    }

    /// Checks the options.
    ///
    /// # Errors
    /// A usage error that names the option.
    pub fn verify(&self) -> Result<()> {
        self.solver().verify()
    }

    pub(crate) fn fit(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        self.verify()?;
        problem.verify()?;
        super::memory::verify(self, problem)?;
        self.solver().solve(problem)
    }

    /// Finds the weights for sparse rows; `weights` are sample weights, one a row, or 1 for all.
    ///
    /// # Errors
    /// A usage error for options out of range or for which memory does not suffice, and a data
    /// error where rows, targets and weights are not as many or there is no label.
    pub fn fit_rows(
        &self,
        rows: &SparseRows,
        targets: &Targets,
        weights: Option<&[f32]>,
        progress: &dyn Progress,
    ) -> Result<LinearModel> {
        self.fit(&Problem {
            weights,
            ..Problem::new(rows, targets, progress)
        })
    }

    /// Returns true if the solution depends on a seed, by which rows are visited or cut into folds.
    pub fn uses_seed(&self) -> bool {
        self.solver().uses_seed()
    }

    /// Returns true if the classifier can learn from word vectors beside words.
    pub fn takes_word_vectors(&self) -> bool {
        self.solver().takes_word_vectors()
    }

    /// Returns true if the features must be 0 or 1.
    pub fn takes_binary_features_only(&self) -> bool {
        self.solver().takes_binary_features_only()
    }

    /// Returns true if the weights can be corrected by further rows alone.
    pub(crate) fn takes_corrections(&self) -> bool {
        self.solver().takes_corrections()
    }

    /// Replaces the class weights, in a stack those of every estimator.
    pub fn set_class_weight(&mut self, weights: &ClassWeight) {
        self.solver_mut()
            .change_class_weights(&|own| *own = weights.clone());
    }

    /// Returns the same classifier for a head of more labels, of which the new ones weigh 1.
    pub fn widened(mut self, labels: usize) -> Classifier {
        self.solver_mut().change_class_weights(&|own| {
            if let ClassWeight::Given(weights) = own {
                weights.resize(labels.max(weights.len()), 1.0);
            }
        });
        self
    }

    /// Returns the classifier on a subset of the features.
    pub fn on(self, features: FeatureSubset) -> BaseEstimator {
        BaseEstimator {
            classifier: self,
            features,
        }
    }

    /// Returns the link from decision values to scores.
    pub fn link(&self, kind: HeadKind) -> Link {
        self.solver().link(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_begin_the_summary_of_their_classifier() {
        for (at, known) in Classifier::all().enumerate() {
            assert!(
                !Classifier::all()
                    .take(at)
                    .any(|other| other.name == known.name)
            );
            let shown = known.default_classifier().to_string();
            let word = shown.split(' ').next().unwrap_or_default();
            assert!(known.name.starts_with(word), "{} {shown}", known.name);
            assert!(std::ptr::eq(Classifier::named(known.name).unwrap(), known));
        }
    }

    #[test]
    fn a_classifier_takes_corrections_as_its_description_says() {
        for known in Classifier::all() {
            let classifier = known.default_classifier();
            assert_eq!(
                classifier.takes_corrections(),
                known.corrections.is_some(),
                "{}",
                known.name
            );
        }
    }
}
