//! The flags of `eval`, and those of intervals.

use super::{INPUTS_HELP, LabelArgs, ModelArgs, ReadArgs};
use clap::ArgAction;
use std::path::PathBuf;

/// How intervals are made; shared by all commands that show them.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Intervals")]
pub struct IntervalArgs {
    /// How many times documents are drawn anew for the intervals; 0 for no intervals
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub resamples: usize,
    /// The share of the draws that an interval spans [default: 0.95]
    #[arg(long, value_name = "SHARE")]
    pub level: Option<f64>,
    /// Column of groups that are drawn as wholes, such as the source; rows without a value stand alone
    #[arg(long, value_name = "COLUMN")]
    pub group: Option<String>,
    /// Seed of the draws [default: 0]
    #[arg(long, value_name = "SEED")]
    pub interval_seed: Option<u64>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  standpoint eval --model news.model news.jsonl --where split=test")]
pub struct EvalArgs {
    #[arg(required = true, value_name = "CORPUS", help = INPUTS_HELP)]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub model: ModelArgs,
    /// Evaluate only this head; may be given several times
    #[arg(long, value_name = "HEAD", action = ArgAction::Append)]
    pub head: Vec<String>,
    /// Also show how often the true answer is among those that score --max-error leaves, and how many are left undecided
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub max_error: Option<f64>,
    /// Write id, truth, predicted labels and scores of each document to FILE as JSON lines
    #[arg(long, value_name = "FILE")]
    pub predictions: Option<PathBuf>,
    /// Replace the file of predictions if it exists
    #[arg(long, requires = "predictions")]
    pub force: bool,
    #[command(flatten)]
    pub intervals: IntervalArgs,
    #[command(flatten)]
    pub labels: LabelArgs,
    #[command(flatten)]
    pub read: ReadArgs,
}
