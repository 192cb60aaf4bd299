//! One type for any classifier, as options files and models name it.

use super::{
    BernoulliNb, ClassWeight, ComplementNb, LinearModel, LinearSvm, LogisticRegression, MultinomialNb,
    Problem, Sgd, SgdLoss,
};
use crate::calibrate::Link;
use crate::corpus::HeadKind;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// A classifier and its options.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Classifier {
    /// Linear support vector machine.
    Svm(LinearSvm),
    /// Logistic regression.
    Logistic(LogisticRegression),
    /// Multinomial naive Bayes.
    MultinomialNb(MultinomialNb),
    /// Complement naive Bayes.
    ComplementNb(ComplementNb),
    /// Bernoulli naive Bayes.
    BernoulliNb(BernoulliNb),
    /// Averaged stochastic gradient descent.
    Sgd(Sgd),
}

impl Default for Classifier {
    fn default() -> Self {
        Classifier::Svm(LinearSvm::default())
    }
}

impl Classifier {
    /// Checks the options.
    ///
    /// # Errors
    /// A usage error that names the option.
    pub fn verify(&self) -> Result<()> {
        match self {
            Classifier::Svm(options) => options.verify(),
            Classifier::Logistic(options) => options.verify(),
            Classifier::MultinomialNb(options) => options.verify(),
            Classifier::ComplementNb(options) => options.verify(),
            Classifier::BernoulliNb(options) => options.verify(),
            Classifier::Sgd(options) => options.verify(),
        }
    }

    pub(crate) fn fit(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        self.verify()?;
        problem.verify()?;
        match self {
            Classifier::Svm(options) => options.solve(problem),
            Classifier::Logistic(options) => options.solve(problem),
            Classifier::MultinomialNb(options) => options.solve(problem),
            Classifier::ComplementNb(options) => options.solve(problem),
            Classifier::BernoulliNb(options) => options.solve(problem),
            Classifier::Sgd(options) => options.solve(problem),
        }
    }

    /// How labels are weighted against each other.
    pub fn class_weight_mut(&mut self) -> &mut ClassWeight {
        match self {
            Classifier::Svm(options) => &mut options.class_weight,
            Classifier::Logistic(options) => &mut options.class_weight,
            Classifier::MultinomialNb(options) => &mut options.class_weight,
            Classifier::ComplementNb(options) => &mut options.class_weight,
            Classifier::BernoulliNb(options) => &mut options.class_weight,
            Classifier::Sgd(options) => &mut options.class_weight,
        }
    }

    /// How this classifier's decision values read: as they are, or as probabilities.
    pub fn link(&self, kind: HeadKind) -> Link {
        match (self, kind) {
            (Classifier::Svm(_) | Classifier::ComplementNb(_), _) => Link::Decision,
            (Classifier::Sgd(Sgd { loss: SgdLoss::Hinge, .. }), _) => Link::Decision,
            (_, HeadKind::Exclusive) => Link::Softmax,
            (_, HeadKind::Independent) => Link::Logistic,
        }
    }
}

macro_rules! from_options {
    ($($options:ident => $variant:ident),*) => {
        $(impl From<$options> for Classifier {
            fn from(options: $options) -> Self {
                Classifier::$variant(options)
            }
        })*
    };
}

from_options!(LinearSvm => Svm, LogisticRegression => Logistic, MultinomialNb => MultinomialNb,
    ComplementNb => ComplementNb, BernoulliNb => BernoulliNb, Sgd => Sgd);

pub(super) fn positive(name: &str, value: f64) -> Result<()> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(Error::usage(format!("{name} is {value}, but must be a number above 0")))
}
