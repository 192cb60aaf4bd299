//! Flags of calibration, thresholds and abstention.

use clap::ArgAction;

/// What becomes of decision values; shared by `train` and `tune`.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Calibration and thresholds")]
pub struct GoalArgs {
    /// How decision values become probabilities, on documents that were not learnt from: none, platt (a sigmoid), isotonic (a
    /// rising curve) or temperature (one number a head of --label, which keeps the order of its labels; platt and isotonic, each
    /// label against the rest and divided by the sum, need not); HEAD=… for one head alone [default: platt for a head of --labels and
    /// temperature for one of --label, but none where training would take as many times longer as there are folds: for --label
    /// without --abstain, --calibration or costs, for --thresholds fixed, and with --stream]
    #[arg(long, value_name = "[HEAD=]METHOD", action = ArgAction::Append)]
    pub calibrate: Vec<String>,
    /// Above which score a label of --labels holds, for a goal on documents that were not learnt from: max-f1, recall>=0.9,
    /// precision>=0.95, cost=FP,FN (what it costs to say it wrongly and to miss it), or fixed (a decision value of 0, a probability of
    /// 0.5); a goal that cannot be reached is said, and the nearest taken. For a head of --label cost=FILE: the answer of the least expected cost, by a table
    /// with predicted labels in its first line and a true label at the beginning of every other; HEAD=… for one head alone
    /// [default: max-f1, with --stream fixed]
    #[arg(long, visible_alias = "threshold", value_name = "[HEAD=]GOAL", action = ArgAction::Append)]
    pub thresholds: Vec<String>,
    /// Keep what it takes to say "undecided" with --max-error in score and eval, from scores out of fold: about right, but guaranteed
    /// only with --calibration in train
    #[arg(long)]
    pub abstain: bool,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Calibration and thresholds")]
pub struct ThresholdArgs {
    #[command(flatten)]
    pub goals: GoalArgs,
    /// Into how many folds documents are cut for that; training takes as many times longer [default: 5]
    #[arg(long, value_name = "N")]
    pub folds: Option<u32>,
}
