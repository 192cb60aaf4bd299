//! Flags of `split`.

use super::{Forms, INPUTS_HELP, LabelArgs, LabelFormatArgs, ReadArgs, ShapeArgs, UnlabelledArg};
use clap::{ArgAction, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  standpoint split news.jsonl --label topic -o news\n  \
    standpoint split news.jsonl --date published --before 2021-01-01 -o news\n  \
    standpoint split news.jsonl --label topic --group source --folds 5 --write folds.jsonl\n\n\
    The exit code is 1 where near duplicates are still in two parts though --near-duplicates together or drop\n\
    was asked for, and with --strict for any id or near duplicate in two parts."
)]
pub struct SplitArgs {
    #[arg(required = true, value_name = "CORPUS", help = INPUTS_HELP)]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub target: SplitTargetArgs,
    #[command(flatten)]
    pub parts: PartArgs,
    #[command(flatten)]
    pub near: NearArgs,
    /// Treatment of rows without a usable date
    #[arg(
        long,
        value_name = "WHAT",
        default_value = "error",
        value_parser = Forms(UNDATED),
        help_heading = "Parts"
    )]
    pub undated: String,
    /// End with exit code 1 if an id or near duplicates are in two parts
    #[arg(long)]
    pub strict: bool,
    #[command(flatten)]
    pub labels: SplitLabelArgs,
    #[command(flatten)]
    pub shape: ShapeArgs,
    #[command(flatten)]
    pub read: ReadArgs,
}

/// Files of the rows; without any, only the report is written.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub struct SplitTargetArgs {
    /// Write each part to a file of its own: PREFIX.train.jsonl and so on, or FOLDER/train.jsonl
    #[arg(short, long, value_name = "PREFIX")]
    pub output: Option<PathBuf>,
    /// Write all rows to one file, with the name of the part in a column more
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    pub write: Option<PathBuf>,
    /// Name of that column [default: split, with --folds fold]
    #[arg(long, value_name = "NAME", requires = "write")]
    pub column: Option<String>,
    /// Replace what is written if it exists
    #[arg(long)]
    pub force: bool,
}

/// The division of documents.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Parts")]
pub struct PartArgs {
    /// Parts and their shares of the rows [default: train=0.8,test=0.2]
    #[arg(long, value_name = "NAME=SHARE,…")]
    pub parts: Option<String>,
    /// This many parts of the same size, named by their numbers from 1
    #[arg(long, value_name = "N", conflicts_with = "parts")]
    pub folds: Option<u32>,
    /// Column of which the rows of one value stay together, such as the source; several join
    #[arg(long, value_name = "COLUMN", action = ArgAction::Append, conflicts_with_all = ["date", "before"])]
    pub group: Vec<String>,
    /// Part by time: column of the date (2021, 2021-05, 2021-05-09 or 9.5.2021, with or without a
    /// time of day), the oldest rows first [default with --before: date]
    #[arg(long, value_name = "COLUMN", conflicts_with = "folds")]
    pub date: Option<String>,
    /// Put what is older than DATE into train and the rest into test; given twice: train, dev and
    /// test
    #[arg(long, value_name = "DATE", action = ArgAction::Append, conflicts_with_all = ["folds", "parts"])]
    pub before: Vec<String>,
    /// Seed of the order in which rows are dealt out
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Near duplicates")]
pub struct NearArgs {
    /// Treatment of near duplicates
    #[arg(long, value_name = "WHAT", default_value = "report")]
    pub near_duplicates: NearArg,
    /// The least share of common pairs of words that makes texts near duplicates, from 0.1 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.8)]
    pub similarity: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NearArg {
    /// Report those in two parts
    Report,
    /// Keep them together in one part
    Together,
    /// Leave out those of a later part
    Drop,
    /// Do not look for them
    Ignore,
}

/// The values of `--undated`.
const UNDATED: &[(&str, &str)] = &[
    ("error", "Stop"),
    ("drop", "Leave them out"),
    ("PART", "Put them into this part"),
];

/// Labels whose shares are kept.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Labels")]
pub struct SplitLabelArgs {
    /// Column with exactly one label a row, of which the shares are kept in every part
    #[arg(long, value_name = "[HEAD=]COLUMN", action = ArgAction::Append)]
    pub label: Vec<String>,
    /// Column or columns with any number of labels, as for train
    #[arg(long, value_name = "[HEAD=]COLUMN[,COLUMN…]", action = ArgAction::Append)]
    pub labels: Vec<String>,
    /// Treatment of rows without a label, which `mask` parts like the others
    #[arg(long, value_name = "WHAT", default_value = "mask")]
    pub unlabelled: UnlabelledArg,
    #[command(flatten)]
    pub format: LabelFormatArgs,
}

impl SplitLabelArgs {
    pub fn plain(&self) -> LabelArgs {
        let (label, labels) = (self.label.clone(), self.labels.clone());
        LabelArgs {
            label,
            labels,
            sample_weight: None,
            unlabelled: self.unlabelled,
            format: self.format.clone(),
        }
    }
}
