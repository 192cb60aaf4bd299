//! One type for any classifier, as options files and models name it.

use super::{
    BernoulliNb, ClassWeight, ComplementNb, CrammerSinger, LinearModel, LinearSvm,
    LogisticRegression, Multi, MultinomialNb, NbSvm, Problem, Ridge, Sgd, SgdLoss, Stack,
};
use crate::Result;
use crate::corpus::HeadKind;
use crate::math::links::Link;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A classifier and its options.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Classifier {
    /// Linear support vector machine.
    Svm(LinearSvm),
    /// Multi-class support vector machine of Crammer and Singer.
    CrammerSinger(CrammerSinger),
    /// Linear support vector machine on features times their log-count ratios.
    NbSvm(NbSvm),
    /// Logistic regression.
    Logistic(LogisticRegression),
    /// Several classifiers, weighed by what they say of rows that they have not seen.
    Stack(Stack),
    /// Multinomial naive Bayes.
    MultinomialNb(MultinomialNb),
    /// Complement naive Bayes.
    ComplementNb(ComplementNb),
    /// Bernoulli naive Bayes.
    BernoulliNb(BernoulliNb),
    /// Ridge classifier: least squares.
    Ridge(Ridge),
    /// Averaged stochastic gradient descent.
    Sgd(Sgd),
}

impl Default for Classifier {
    fn default() -> Self {
        Classifier::Svm(LinearSvm::default())
    }
}

/// The kind and the options that differ most from case to case, for people.
impl fmt::Display for Classifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Classifier::Svm(o) => write!(f, "svm C={}{}", o.c, o.class_weight),
            Classifier::CrammerSinger(o) => write!(f, "cs C={}{}", o.c, o.class_weight),
            Classifier::NbSvm(o) => write!(f, "nbsvm C={}{}", o.c, o.class_weight),
            Classifier::Logistic(o) => write!(f, "lr C={}{}", o.c, o.class_weight),
            Classifier::Ridge(o) => write!(f, "ridge alpha={}{}", o.alpha, o.class_weight),
            Classifier::Stack(o) => write!(f, "stack of {}", o.estimators.len()),
            Classifier::MultinomialNb(o) => write!(f, "nb alpha={}{}", o.alpha, o.class_weight),
            Classifier::ComplementNb(o) => write!(f, "cnb alpha={}{}", o.alpha, o.class_weight),
            Classifier::BernoulliNb(o) => write!(f, "bnb alpha={}{}", o.alpha, o.class_weight),
            Classifier::Sgd(o) => write!(f, "sgd C={}{}", o.c, o.class_weight),
        }
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
            Classifier::CrammerSinger(options) => options.verify(),
            Classifier::NbSvm(options) => options.verify(),
            Classifier::Logistic(options) => options.verify(),
            Classifier::Stack(options) => options.verify(),
            Classifier::MultinomialNb(options) => options.verify(),
            Classifier::ComplementNb(options) => options.verify(),
            Classifier::BernoulliNb(options) => options.verify(),
            Classifier::Ridge(options) => options.verify(),
            Classifier::Sgd(options) => options.verify(),
        }
    }

    pub(crate) fn fit(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        self.verify()?;
        problem.verify()?;
        super::memory::verify(self, problem)?;
        match self {
            Classifier::Svm(options) => options.solve(problem),
            Classifier::CrammerSinger(options) => options.solve(problem),
            Classifier::NbSvm(options) => options.solve(problem),
            Classifier::Logistic(options) => options.solve(problem),
            Classifier::Stack(options) => options.solve(problem),
            Classifier::MultinomialNb(options) => options.solve(problem),
            Classifier::ComplementNb(options) => options.solve(problem),
            Classifier::BernoulliNb(options) => options.solve(problem),
            Classifier::Ridge(options) => options.solve(problem),
            Classifier::Sgd(options) => options.solve(problem),
        }
    }

    /// Whether the solution hangs on a seed, by which rows are visited or cut into folds.
    pub fn uses_seed(&self) -> bool {
        match self {
            Classifier::Svm(_)
            | Classifier::CrammerSinger(_)
            | Classifier::NbSvm(_)
            | Classifier::Sgd(_)
            | Classifier::Stack(_) => true,
            Classifier::Logistic(_)
            | Classifier::Ridge(_)
            | Classifier::MultinomialNb(_)
            | Classifier::ComplementNb(_)
            | Classifier::BernoulliNb(_) => false,
        }
    }

    /// Weights labels against each other, in a stack for every member.
    pub fn weigh_labels(&mut self, weights: &ClassWeight) {
        self.each_class_weight(&|own| *own = weights.clone());
    }

    /// The same classifier for a head of more labels, of which the new ones weigh 1.
    pub fn widened(mut self, labels: usize) -> Classifier {
        self.each_class_weight(&|own| {
            if let ClassWeight::Given(weights) = own {
                weights.resize(labels.max(weights.len()), 1.0);
            }
        });
        self
    }

    fn each_class_weight(&mut self, change: &dyn Fn(&mut ClassWeight)) {
        change(match self {
            Classifier::Svm(options) => &mut options.class_weight,
            Classifier::CrammerSinger(options) => &mut options.class_weight,
            Classifier::NbSvm(options) => &mut options.class_weight,
            Classifier::Logistic(options) => &mut options.class_weight,
            Classifier::Stack(options) => {
                return options
                    .estimators
                    .iter_mut()
                    .for_each(|estimator| estimator.classifier.each_class_weight(change));
            }
            Classifier::MultinomialNb(options) => &mut options.class_weight,
            Classifier::ComplementNb(options) => &mut options.class_weight,
            Classifier::BernoulliNb(options) => &mut options.class_weight,
            Classifier::Ridge(options) => &mut options.class_weight,
            Classifier::Sgd(options) => &mut options.class_weight,
        });
    }

    /// How this classifier's decision values read: as they are, or as probabilities.
    pub fn link(&self, kind: HeadKind) -> Link {
        match (self, kind) {
            (
                Classifier::Svm(_)
                | Classifier::CrammerSinger(_)
                | Classifier::NbSvm(_)
                | Classifier::ComplementNb(_)
                | Classifier::Ridge(_)
                | Classifier::Sgd(Sgd {
                    loss: SgdLoss::Hinge,
                    ..
                }),
                _,
            ) => Link::Decision,
            (Classifier::Logistic(options), _) if options.multi == Multi::OneVsRest => {
                Link::Logistic
            }
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

from_options!(
    LinearSvm => Svm,
    CrammerSinger => CrammerSinger,
    NbSvm => NbSvm,
    Stack => Stack,
    LogisticRegression => Logistic,
    MultinomialNb => MultinomialNb,
    ComplementNb => ComplementNb,
    BernoulliNb => BernoulliNb,
    Ridge => Ridge,
    Sgd => Sgd
);
