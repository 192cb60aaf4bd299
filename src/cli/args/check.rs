//! Flags of `check`.

use super::{INPUTS_HELP, LabelFormatArgs, ReadArgs, ShapeArgs};
use clap::{ArgAction, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("written").multiple(true))]
#[command(after_help = "\
Limits are shares of documents: unreadable 0, empty 0, repeated-ids 0, tiny 0.01, giant 0.001,\n\
replacement-characters 0.001, wrong-encoding 0.001, control-characters 0.001, html 0.001,\n\
foreign-language 0.05, exact-duplicates 0.01, near-duplicates 0.05, exact-across 0,\n\
near-across 0.01, conflicting-labels 0, missing-labels none, unreadable-dates 0; and numbers: alike-labels 0,\n\
label-leaks 0, rare-labels none, unseen-labels 0. A finding\n\
above its limit ends the program with exit code 1.\n\n\
Examples:\n  standpoint check train.tsv dev.tsv --no-header --text 1 --label 2\n  \
standpoint check news.jsonl --by split --label topic --date date --write clean.jsonl")]
pub struct CheckArgs {
    #[arg(required = true, value_name = "CORPUS",
        help = format!("{INPUTS_HELP}. Each that is named is a part, such as train and test, in this order"))]
    pub inputs: Vec<String>,
    /// Column with exactly one label a row, as a head of that name
    #[arg(long, value_name = "[HEAD=]COLUMN", action = ArgAction::Append, help_heading = "Labels")]
    pub label: Vec<String>,
    /// Column with any number of labels, or several 0/1 columns, as for train
    #[arg(long, value_name = "[HEAD=]COLUMN[,COLUMN…]", action = ArgAction::Append, help_heading = "Labels")]
    pub labels: Vec<String>,
    #[command(flatten)]
    pub format: LabelFormatArgs,
    /// Column that tells parts apart, such as split, rather than files: train, dev and test in this
    /// order, then others as they come
    #[arg(long, value_name = "COLUMN")]
    pub by: Option<String>,
    /// Show shares of labels over time, by this column of dates, which are read as `split` and
    /// `compare` read them
    #[arg(long, value_name = "COLUMN")]
    pub date: Option<String>,
    /// Length of a period [default: year]
    #[arg(long, value_name = "PERIOD", requires = "date")]
    pub period: Option<PeriodArg>,
    /// Show shares of labels by source, and what the source alone tells
    #[arg(long, value_name = "COLUMN")]
    pub source: Option<String>,
    /// Change a limit, or take it away with NAME=none; the names stand below
    #[arg(long, value_name = "NAME=VALUE", action = ArgAction::Append)]
    pub limit: Vec<String>,
    /// Texts that share this much of their runs of words (Jaccard index, 0.1 to 1) are near copies
    #[arg(
        long,
        value_name = "SHARE",
        default_value_t = 0.8,
        help_heading = "What counts as what"
    )]
    pub similarity: f64,
    /// Words in a run
    #[arg(
        long,
        value_name = "WORDS",
        default_value_t = 2,
        help_heading = "What counts as what"
    )]
    pub shingle_size: usize,
    /// Texts with fewer letters and digits are tiny
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10,
        help_heading = "What counts as what"
    )]
    pub tiny: usize,
    /// Texts with more characters are giant
    #[arg(
        long,
        value_name = "N",
        default_value_t = 100_000,
        help_heading = "What counts as what"
    )]
    pub giant: usize,
    /// Labels with fewer documents are rare
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10,
        help_heading = "What counts as what"
    )]
    pub rare: u64,
    /// Number of examples of each finding
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub examples: usize,
    /// Write all rows but copies, texts without words and unreadable rows to FILE, as JSON lines.
    /// Of near copies the first stays, and those with other labels; exact copies whose labels
    /// differ go altogether. Broken encodings stay as they are
    #[arg(long, value_name = "FILE", group = "written")]
    pub write: Option<PathBuf>,
    /// Replace the files that are written if they exist
    #[arg(long, requires = "written")]
    pub force: bool,
    #[command(flatten)]
    pub shape: ShapeArgs,
    #[command(flatten)]
    pub read: ReadArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PeriodArg {
    /// Calendar years
    Year,
    /// Calendar months
    Month,
}
