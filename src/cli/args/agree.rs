//! The flags of `agree`.

use super::{IntervalArgs, LabelFormatArgs, ReadArgs, ShapeArgs};
use clap::ArgAction;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  standpoint agree coded.csv --annotators anna,ben,chris\n  \
    standpoint agree coded.csv --labels anna=kill:anna_kill,arrest:anna_arrest \\\n    \
    --labels ben=kill:ben_kill,arrest:ben_arrest"
)]
pub struct AgreeArgs {
    /// Files, folders, quoted globs, or - for standard input; gzip and zstd are recognised
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,
    /// Columns with the label or labels that each annotator gave, separated by commas, a name with
    /// a comma in double quotes; empty where an annotator gave no answer, and [] where none of the
    /// labels holds. Several labels in a cell, as for --labels, are a set
    #[arg(long, value_name = "COLUMN,COLUMN…", required_unless_present_any = ["label", "labels"],
        conflicts_with_all = ["label", "labels"])]
    pub annotators: Vec<String>,
    /// Column of one annotator with exactly one label; once for each annotator
    #[arg(long, value_name = "[ANNOTATOR=]COLUMN", action = ArgAction::Append, conflicts_with = "labels")]
    pub label: Vec<String>,
    /// Column of one annotator with any number of labels, or the annotator's 0/1 columns, as for
    /// train; once for each annotator
    #[arg(long, value_name = "[ANNOTATOR=]COLUMN[,COLUMN…]", action = ArgAction::Append)]
    pub labels: Vec<String>,
    #[command(flatten)]
    pub format: LabelFormatArgs,
    #[command(flatten)]
    pub shape: ShapeArgs,
    #[command(flatten)]
    pub intervals: IntervalArgs,
    /// Replace the file of --skip-bad if it exists
    #[arg(long, requires = "skip_bad")]
    pub force: bool,
    #[command(flatten)]
    pub read: ReadArgs,
}
