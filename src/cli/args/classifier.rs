//! Flags of classifiers.

use clap::{ArgAction, ValueEnum};

#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Classifier")]
pub struct ClassifierArgs {
    /// svm, cs (SVM of Crammer and Singer, for exactly one label a row), nbsvm (SVM on features times
    /// their log-count ratios), lr (logistic regression), ridge (least squares), sgd (lr by averaged gradient
    /// descent), sgd-hinge, nb, cnb or bnb (naive Bayes: multinomial, complement, Bernoulli), stack (several
    /// of them, weighed out of fold); HEAD=… for one head alone [default: svm, with --stream sgd]
    #[arg(long, value_name = "[HEAD=]CLASSIFIER", action = ArgAction::Append)]
    pub classifier: Vec<String>,
    /// Cost of an error for svm, cs, nbsvm, lr, sgd and sgd-hinge; greater fits the training rows more closely
    /// [default: 1]
    #[arg(
        short = 'C',
        long = "cost",
        value_name = "C",
        allow_negative_numbers = true
    )]
    pub cost: Option<f64>,
    /// Smoothing of nb, cnb, bnb and nbsvm, penalty of ridge [default: 1]
    #[arg(long, allow_negative_numbers = true)]
    pub alpha: Option<f64>,
    /// When svm, cs, nbsvm, lr and ridge stop [default: 0.05, but 0.001 for lr, 0.0001 for ridge]
    #[arg(long, allow_negative_numbers = true)]
    pub tolerance: Option<f64>,
    /// Passes of sgd over the corpus, at most 10000 [default: 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub epochs: Option<u32>,
    /// How far the first steps of sgd go [default: 1]
    #[arg(long, allow_negative_numbers = true)]
    pub rate: Option<f64>,
    /// What svm makes of a margin that is missed: its square, or itself [default: squared-hinge]
    #[arg(long, value_name = "LOSS")]
    pub loss: Option<LossArg>,
    /// Penalty of lr: l2, l1 (most weights become zero) or elastic-net (both) [default: l2]
    #[arg(long, value_name = "PENALTY")]
    pub penalty: Option<String>,
    /// Share of l1 in elastic-net, from 0 to 1
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub l1_ratio: Option<f64>,
    /// How lr asks about labels of which one holds: softmax, or ovr (each against the rest)
    /// [default: softmax]
    #[arg(long, value_name = "HOW")]
    pub multi: Option<String>,
    /// Bias of each label in svm, lr and ridge: free, regularised (the weight of a feature that is always 1)
    /// or none [default: regularised for svm, free for the others]
    #[arg(long, value_name = "HOW")]
    pub intercept: Option<String>,
    /// Share from 0 to 1 of the weights that nbsvm finds; the rest is brought to their mean length
    /// [default: 1]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub interpolation: Option<f64>,
    /// equal, balanced, or weights by label as LABEL=WEIGHT,…; a label with a comma or equals sign in double quotes
    #[arg(long, value_name = "WEIGHTS", default_value = "equal")]
    pub class_weight: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum LossArg {
    SquaredHinge,
    Hinge,
}
