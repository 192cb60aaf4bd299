//! Flags of classifiers.

use super::Forms;
use clap::{ArgAction, ValueEnum};
use standpoint::linear::{Classifier, Parameter};
use std::sync::LazyLock;

/// Names of the classifiers with their descriptions.
static CLASSIFIERS: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    Classifier::all()
        .map(|known| (known.name, known.summary))
        .collect()
});

/// Returns the help of a parameter, in which `{}` are the classifiers that take it.
fn help(parameter: Parameter, text: &str) -> String {
    let names = parameter.classifiers();
    let names = match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => names.concat(),
    };
    text.replace("{}", &names)
}

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
    #[arg(long, value_name = "[HEAD=]CLASSIFIER", action = ArgAction::Append, value_parser = Forms(&CLASSIFIERS))]
    pub classifier: Vec<String>,
    #[arg(
        id = "C",
        help = help(Parameter::C, "Inverse strength of regularisation for {}; greater fits the training rows more closely [default: 1]"),
        short = 'C',
        long = "C",
        value_name = "C",
        allow_negative_numbers = true
    )]
    pub c: Option<f64>,
    #[arg(long, help = help(Parameter::Alpha, "Smoothing of naive Bayes, penalty of ridge; for {} [default: 1]"), allow_negative_numbers = true)]
    pub alpha: Option<f64>,
    #[arg(long, help = help(Parameter::Tolerance, "Tolerance at which {} stop [default: 0.05, but 0.001 for lr, 0.0001 for ridge]"), value_name = "TOLERANCE", allow_negative_numbers = true)]
    pub tol: Option<f64>,
    #[arg(long, help = help(Parameter::Epochs, "Passes of {} over the corpus, at most 10000 [default: 5]"), value_name = "N", value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub epochs: Option<u32>,
    #[arg(long, help = help(Parameter::LearningRate, "Size of the first steps of {} [default: 1]"), value_name = "RATE", allow_negative_numbers = true)]
    pub learning_rate: Option<f64>,
    #[arg(long, help = help(Parameter::Loss, "Loss of {} [default: squared-hinge]"), value_name = "LOSS")]
    pub loss: Option<LossArg>,
    #[arg(long, help = help(Parameter::Penalty, "Penalty of {} [default: l2]"), value_name = "PENALTY")]
    pub penalty: Option<PenaltyArg>,
    /// Share of l1 in elasticnet, from 0 to 1
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub l1_ratio: Option<f64>,
    #[arg(long, help = help(Parameter::MultiClass, "Treatment by {} of labels of which one holds [default: multinomial]"), value_name = "HOW")]
    pub multi_class: Option<MultiClassArg>,
    #[arg(long, help = help(Parameter::Intercept, "Bias of each label in {} [default: regularised for svm, free for the others]"), value_name = "HOW")]
    pub intercept: Option<InterceptArg>,
    #[arg(long, help = help(Parameter::Interpolation, "Share from 0 to 1 of the weights that {} finds; the rest is brought to their mean length [default: 1]"), value_name = "SHARE", allow_negative_numbers = true)]
    pub interpolation: Option<f64>,
    #[arg(long, help = help(Parameter::RatioExponent, "Exponent from 0 (as svm) to 1 of the log-count ratios of {}, which are then rescaled so that rows keep their mean squared norm; try 0.6 with --alpha 0.1 -C 0.2 [default: the ratios as they are]"), value_name = "EXPONENT", allow_negative_numbers = true)]
    pub ratio_exponent: Option<f64>,
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
