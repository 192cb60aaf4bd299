//! The traits of a solver, and the description under which users know it.
//!
//! A new classifier is one file, which defines its options and implements both traits for them, and
//! one line in the list of [`classifier`](super::classifier).

use super::memory::ProblemSize;
use super::{BaseEstimator, ClassWeight, Classifier, Intercept, LinearModel};
use super::{MultiClass, Penalty, Problem, SvmLoss};
use crate::corpus::HeadKind;
use crate::math::links::Link;
use crate::{Error, Result};

/// Options of a classifier, which know how to solve a problem.
pub(crate) trait Solver {
    /// Checks the options.
    fn verify(&self) -> Result<()>;

    /// Fits a model.
    fn solve(&self, problem: &Problem<'_>) -> Result<LinearModel>;

    /// Returns the link from decision values to scores; by default scores are decision values.
    fn link(&self, _kind: HeadKind) -> Link {
        Link::Decision
    }

    /// Estimates the memory that fitting takes, in bytes.
    fn bytes(&self, size: ProblemSize) -> f64;

    /// Returns name and the options that differ most from case to case, for people.
    fn summary(&self) -> String;

    /// Calls `change` with the class weights, in a stack with those of every estimator.
    fn change_class_weights(&mut self, change: &dyn Fn(&mut ClassWeight));

    /// Returns true if the solution depends on a seed.
    fn uses_seed(&self) -> bool {
        false
    }

    /// Returns true if features may be word vectors, which have negative numbers.
    fn takes_word_vectors(&self) -> bool {
        true
    }

    /// Returns true if features must be 0 or 1.
    fn takes_binary_features_only(&self) -> bool {
        false
    }

    /// Returns true if [`correct`](Self::correct) is implemented for these options: the weights are
    /// the optimum of a smooth loss under a Gaussian prior.
    fn takes_corrections(&self) -> bool {
        false
    }

    /// Fits corrections of the weights of `old`, features by labels; see
    /// [`corrections`](super::corrections).
    fn correct(&self, _old: &LinearModel, _problem: &Problem<'_>) -> Result<Vec<f32>> {
        Err(Error::usage(format!(
            "{} cannot go on from corrections alone",
            self.summary()
        )))
    }
}

/// Returns the link of decision values that are log probabilities: softmax over exclusive labels,
/// one logistic function for each independent label.
pub(super) fn probability_link(kind: HeadKind) -> Link {
    match kind {
        HeadKind::Exclusive => Link::Softmax,
        HeadKind::Independent => Link::Logistic,
    }
}

/// Entry of a solver in the list of classifiers.
pub(crate) trait Registered: Solver {
    /// Names of the classifier; several where options make it another classifier for people.
    const CLASSIFIERS: &'static [ClassifierInfo];

    /// Returns the candidates with which a search begins.
    fn candidates(_seed: u64) -> Vec<BaseEstimator> {
        Vec::new()
    }
}

/// Description of a classifier for users: its name and parameters.
#[derive(Debug)]
#[non_exhaustive]
pub struct ClassifierInfo {
    /// Name, such as `svm`.
    pub name: &'static str,
    /// Description in a few words.
    pub summary: &'static str,
    /// Parameters that it takes.
    pub parameters: &'static [Parameter],
    /// Options under which it takes [corrections](crate::Trainer::correct): `None` if it takes
    /// none, empty if it takes them always.
    pub corrections: Option<&'static str>,
    pub(super) build: fn(&Parameters) -> Classifier,
}

/// Parameter that several classifiers share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Parameter {
    /// Inverse strength of regularisation.
    C,
    /// Smoothing of naive Bayes, penalty of ridge.
    Alpha,
    /// Tolerance at which the solver stops.
    Tolerance,
    /// Number of passes over the rows.
    Epochs,
    /// Size of the first steps.
    LearningRate,
    /// Loss of the SVM.
    Loss,
    /// Penalty of the weights.
    Penalty,
    /// Treatment of exclusive labels.
    MultiClass,
    /// Treatment of biases.
    Intercept,
    /// Share of the weights that are found, against their mean.
    Interpolation,
    /// Exponent of log-count ratios.
    RatioExponent,
}

/// Values of parameters; `None` is the classifier's default.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Parameters {
    /// Inverse strength of regularisation.
    pub c: Option<f64>,
    /// Smoothing of naive Bayes, penalty of ridge.
    pub alpha: Option<f64>,
    /// Tolerance at which the solver stops.
    pub tolerance: Option<f64>,
    /// Number of passes over the rows.
    pub epochs: Option<u32>,
    /// Size of the first steps.
    pub learning_rate: Option<f64>,
    /// Loss of the SVM.
    pub loss: Option<SvmLoss>,
    /// Penalty of the weights.
    pub penalty: Option<Penalty>,
    /// Treatment of exclusive labels.
    pub multi_class: Option<MultiClass>,
    /// Treatment of biases.
    pub intercept: Option<Intercept>,
    /// Share of the weights that are found, against their mean.
    pub interpolation: Option<f64>,
    /// Exponent of log-count ratios, with which they are rescaled.
    pub ratio_exponent: Option<f64>,
    /// Seed of solvers that visit rows by chance.
    pub seed: u64,
}

impl Parameter {
    /// All parameters.
    pub const ALL: &'static [Parameter] = &[
        Parameter::C,
        Parameter::Alpha,
        Parameter::Tolerance,
        Parameter::Epochs,
        Parameter::LearningRate,
        Parameter::Loss,
        Parameter::Penalty,
        Parameter::MultiClass,
        Parameter::Intercept,
        Parameter::Interpolation,
        Parameter::RatioExponent,
    ];

    /// Returns the names of the classifiers that take the parameter.
    pub fn classifiers(self) -> Vec<&'static str> {
        Classifier::all()
            .filter(|known| known.parameters.contains(&self))
            .map(|known| known.name)
            .collect()
    }

    /// Returns the name that scikit-learn has for the parameter, or would have.
    pub fn name(self) -> &'static str {
        match self {
            Parameter::C => "C",
            Parameter::Alpha => "alpha",
            Parameter::Tolerance => "tol",
            Parameter::Epochs => "epochs",
            Parameter::LearningRate => "learning_rate",
            Parameter::Loss => "loss",
            Parameter::Penalty => "penalty",
            Parameter::MultiClass => "multi_class",
            Parameter::Intercept => "intercept",
            Parameter::Interpolation => "interpolation",
            Parameter::RatioExponent => "ratio_exponent",
        }
    }
}

impl ClassifierInfo {
    /// Returns the classifier with these parameters; those that it does not take are ignored.
    ///
    /// # Errors
    /// A usage error for a value that is out of range.
    pub fn build(&self, parameters: &Parameters) -> Result<Classifier> {
        let classifier = (self.build)(parameters);
        classifier.verify()?;
        Ok(classifier)
    }

    /// Returns the classifier with default options.
    pub fn default_classifier(&self) -> Classifier {
        (self.build)(&Parameters::default())
    }
}
