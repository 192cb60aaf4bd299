//! The flags of `eval`, and those of intervals.

use super::{INPUTS_HELP, LabelArgs, ModelArgs, ReadArgs};
use clap::ArgAction;
use std::path::PathBuf;

/// The parameters of intervals; shared by all commands that show them.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Intervals")]
pub struct IntervalArgs {
    /// Number of bootstrap resamples for the intervals; 0 for no intervals
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = resamples)]
    pub resamples: usize,
    /// Confidence level of the intervals [default: 0.95]
    #[arg(long, value_name = "SHARE")]
    pub confidence_level: Option<f64>,
    /// Column of groups that are drawn as wholes, such as the source; rows without a value stand
    /// alone
    #[arg(long, value_name = "COLUMN")]
    pub group: Option<String>,
    /// Seed of the resamples [default: 0]
    #[arg(long, value_name = "SEED")]
    pub interval_seed: Option<u64>,
}

/// A report to keep; shared by all commands that write one.
#[derive(Debug, clap::Args)]
pub struct ReportArgs {
    /// Write a report to FILE: a page with plots (.html), Markdown (.md) or LaTeX tables (.tex)
    #[arg(long, value_name = "FILE", group = "written")]
    pub report: Option<PathBuf>,
}

/// More would not fit into memory, and tell nothing new.
const MAX_RESAMPLES: usize = 1_000_000;

fn resamples(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| *number <= MAX_RESAMPLES);
    number.ok_or_else(|| format!("expected a whole number from 0 to {MAX_RESAMPLES}"))
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("written").multiple(true))]
#[command(
    after_help = "Example:\n  standpoint eval --model news.model news.jsonl --where split=test"
)]
pub struct EvalArgs {
    #[arg(required = true, value_name = "CORPUS", help = INPUTS_HELP)]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub model: ModelArgs,
    /// Evaluate only this head; may be given several times
    #[arg(long, value_name = "HEAD", action = ArgAction::Append)]
    pub head: Vec<String>,
    /// Also show how often the true answer is among those that score --max-error leaves, and how
    /// many are left undecided
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub max_error: Option<f64>,
    /// Write id, truth, predicted labels and scores of each document to FILE as JSON lines
    #[arg(long, value_name = "FILE", group = "written")]
    pub predictions: Option<PathBuf>,
    /// Write the model to FILE, with these metrics and their intervals in its card (inspect --card)
    #[arg(long, value_name = "FILE", group = "written")]
    pub write_card: Option<PathBuf>,
    /// Name of the corpus in that card
    #[arg(long, value_name = "NAME", requires = "write_card")]
    pub test_name: Option<String>,
    #[command(flatten)]
    pub report: ReportArgs,
    /// Show so many of each head's worst mistakes with their reasons in the report [default: 10]
    #[arg(long, value_name = "N", requires = "report")]
    pub errors: Option<usize>,
    /// Replace the files that are written if they exist
    #[arg(long, requires = "written")]
    pub force: bool,
    #[command(flatten)]
    pub intervals: IntervalArgs,
    #[command(flatten)]
    pub labels: LabelArgs,
    #[command(flatten)]
    pub read: ReadArgs,
}
