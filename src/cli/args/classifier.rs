//! Flags of classifiers.

use super::Forms;
use clap::{ArgAction, ValueEnum};

/// The values of `--classifier`.
const CLASSIFIERS: &[(&str, &str)] = &[
    ("svm", "Linear SVM"),
    (
        "cs",
        "Multi-class SVM of Crammer and Singer, for exactly one label a row",
    ),
    (
        "nbsvm",
        "SVM on features times their log-count ratios (NB-SVM)",
    ),
    ("lr", "Logistic regression"),
    ("ridge", "Least squares with an L2 penalty"),
    (
        "sgd",
        "Logistic regression by averaged stochastic gradient descent",
    ),
    ("sgd-hinge", "SVM by averaged stochastic gradient descent"),
    ("nb", "Multinomial naive Bayes"),
    ("cnb", "Complement naive Bayes"),
    ("bnb", "Bernoulli naive Bayes"),
    ("stack", "Several of them, weighed out of fold"),
];

/// The values of `--class-weight`.
const CLASS_WEIGHTS: &[(&str, &str)] = &[
    ("equal", "Every label weighs 1"),
    (
        "balanced",
        "Labels weigh in inverse proportion to their frequency",
    ),
    ("LABEL=WEIGHT,…", "Weights by label, 1 for the others"),
];

#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Classifier")]
pub struct ClassifierArgs {
    /// Classifier; HEAD=… for one head alone [default: svm, with --stream sgd]
    #[arg(long, value_name = "[HEAD=]CLASSIFIER", action = ArgAction::Append, value_parser = Forms(CLASSIFIERS))]
    pub classifier: Vec<String>,
    /// Inverse strength of regularisation for svm, cs, nbsvm, lr, sgd and sgd-hinge; greater fits the training rows more closely
    /// [default: 1]
    #[arg(
        id = "C",
        short = 'C',
        long = "C",
        value_name = "C",
        allow_negative_numbers = true
    )]
    pub c: Option<f64>,
    /// Smoothing of nb, cnb, bnb and nbsvm, penalty of ridge [default: 1]
    #[arg(long, allow_negative_numbers = true)]
    pub alpha: Option<f64>,
    /// Tolerance at which svm, cs, nbsvm, lr and ridge stop [default: 0.05, but 0.001 for lr, 0.0001 for ridge]
    #[arg(long, value_name = "TOLERANCE", allow_negative_numbers = true)]
    pub tol: Option<f64>,
    /// Passes of sgd over the corpus, at most 10000 [default: 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub epochs: Option<u32>,
    /// Size of the first steps of sgd [default: 1]
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    pub learning_rate: Option<f64>,
    /// Loss of svm [default: squared-hinge]
    #[arg(long, value_name = "LOSS")]
    pub loss: Option<LossArg>,
    /// Penalty of lr [default: l2]
    #[arg(long, value_name = "PENALTY")]
    pub penalty: Option<PenaltyArg>,
    /// Share of l1 in elasticnet, from 0 to 1
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub l1_ratio: Option<f64>,
    /// Treatment by lr of labels of which one holds [default: multinomial]
    #[arg(long, value_name = "HOW")]
    pub multi_class: Option<MultiClassArg>,
    /// Bias of each label in svm, lr and ridge [default: regularised for svm, free for the others]
    #[arg(long, value_name = "HOW")]
    pub intercept: Option<InterceptArg>,
    /// Share from 0 to 1 of the weights that nbsvm finds; the rest is brought to their mean length
    /// [default: 1]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub interpolation: Option<f64>,
    /// Weights of labels; a label with a comma or equals sign stands in double quotes
    #[arg(long, value_name = "WEIGHTS", default_value = "equal", value_parser = Forms(CLASS_WEIGHTS))]
    pub class_weight: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum LossArg {
    /// The square of a missed margin
    SquaredHinge,
    /// The missed margin itself
    Hinge,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum PenaltyArg {
    /// Squared weights
    L2,
    /// Absolute weights, most of which become zero
    L1,
    /// Both, in the shares of --l1-ratio
    Elasticnet,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum MultiClassArg {
    /// One softmax over all labels
    Multinomial,
    /// Each label against the rest
    Ovr,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum InterceptArg {
    /// A bias without a penalty
    Free,
    /// The weight of a feature that is always 1
    Regularised,
    /// No bias
    None,
}
