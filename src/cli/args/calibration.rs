//! Flags of calibration, thresholds and abstention.

use super::Forms;
use clap::ArgAction;

/// The values of `--calibrate`.
const CALIBRATIONS: &[(&str, &str)] = &[
    ("none", "Scores stay decision values"),
    ("platt", "A sigmoid of each label"),
    ("isotonic", "A rising step function of each label"),
    (
        "temperature",
        "One factor for all labels of a head of --label",
    ),
];

/// The values of `--thresholds`.
const OBJECTIVES: &[(&str, &str)] = &[
    ("max-f1", "The greatest F1"),
    (
        "recall>=R",
        "The greatest precision with a recall of at least R, such as 0.9",
    ),
    (
        "precision>=P",
        "The greatest recall with a precision of at least P",
    ),
    (
        "cost=FP,FN",
        "The least cost, a false positive costing FP and a false negative FN",
    ),
    (
        "cost=FILE",
        "For a head of --label: the answer of the least expected cost, by a table with predicted labels in its first line and a \
        true label at the beginning of every other",
    ),
    ("fixed", "A decision value of 0, a probability of 0.5"),
];

/// Calibration and thresholds of decision values; shared by `train` and `tune`.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Calibration and thresholds")]
pub struct ObjectiveArgs {
    /// Calibration, which makes probabilities of decision values, on documents that were not learnt
    /// from; HEAD=… for one head alone. Platt and isotonic, each label against the rest and divided
    /// by the sum, may change the order of the labels of a head of --label; temperature keeps it
    /// [default: platt for a head of --labels and temperature for one of --label, but none where
    /// training would take as many times longer as there are folds: for --label without --abstain,
    /// --calibration-set or costs, for --thresholds fixed, and with --stream]
    #[arg(long, value_name = "[HEAD=]METHOD", action = ArgAction::Append, value_parser = Forms(CALIBRATIONS))]
    pub calibrate: Vec<String>,
    /// Threshold above which the score of a label of --labels holds, chosen for an objective on
    /// documents that were not learnt from; HEAD=… for one head alone. An objective that cannot be
    /// reached is said, and the nearest taken [default: max-f1, with --stream fixed]
    #[arg(long, visible_alias = "threshold", value_name = "[HEAD=]OBJECTIVE", action = ArgAction::Append,
        value_parser = Forms(OBJECTIVES))]
    pub thresholds: Vec<String>,
    /// Keep what it takes to say "undecided" with --max-error in score and eval, from scores out of
    /// fold: about right, but guaranteed only with --calibration-set in train
    #[arg(long)]
    pub abstain: bool,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Calibration and thresholds")]
pub struct ThresholdArgs {
    #[command(flatten)]
    pub objectives: ObjectiveArgs,
    /// Number of folds for that; training takes as many times longer [default: 5]
    #[arg(long, value_name = "N")]
    pub folds: Option<u32>,
}
