//! The flags of `agree`.

use super::{IntervalArgs, ReadArgs, ShapeArgs};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  standpoint agree coded.csv --annotators anna,ben,chris")]
pub struct AgreeArgs {
    /// Files, folders, quoted globs, or - for standard input; gzip and zstd are recognised
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,
    /// Columns with the label that each annotator gave, separated by commas; empty where there is none
    #[arg(long, value_name = "COLUMN,COLUMN…", required = true, value_delimiter = ',')]
    pub annotators: Vec<String>,
    #[command(flatten)]
    pub shape: ShapeArgs,
    #[command(flatten)]
    pub intervals: IntervalArgs,
    #[command(flatten)]
    pub read: ReadArgs,
}
