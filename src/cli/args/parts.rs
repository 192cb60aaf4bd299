//! Flags of `fit-part` and `fit-merge`.

use super::{FitArgs, INPUTS_HELP, LabelArgs, ReadArgs, TokenArgs};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example, on two machines and then on one; --language saves the first step:\n  \
    standpoint fit-part --survey --shard 1/2 news/ --label topic -o 1.survey\n  \
    standpoint fit-part --surveys 1.survey 2.survey --shard 1/2 news/ --label topic -o 1.part\n  \
    standpoint fit-merge 1.part 2.part -o news.model"
)]
pub struct FitPartArgs {
    #[arg(required = true, value_name = "CORPUS", help = INPUTS_HELP)]
    pub inputs: Vec<String>,
    /// File of the part, or of the survey
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Replace the file if it exists
    #[arg(long)]
    pub force: bool,
    /// Share of the corpus: 3/16 is the third of sixteen shares, of files where there are at least
    /// as many, and else of rows [default: 1/1]
    #[arg(long, value_name = "K/N")]
    pub shard: Option<String>,
    /// Survey the languages of the share, and write them instead of its words
    #[arg(long, conflicts_with = "surveys")]
    pub survey: bool,
    /// Surveys of all shares, by which the language of each text is decided among those of the
    /// whole corpus; not needed where --language names it
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub surveys: Vec<PathBuf>,
    #[command(flatten)]
    pub labels: LabelArgs,
    #[command(flatten)]
    pub tokens: TokenArgs,
    /// Do not count the parts of German compounds
    #[arg(long, help_heading = "Features")]
    pub no_compounds: bool,
    #[command(flatten)]
    pub read: ReadArgs,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  standpoint fit-merge parts/*.part -o news.model\n\n\
    Options of tokens are those of the parts and need not be repeated."
)]
pub struct FitMergeArgs {
    /// Files of all parts, in any order
    #[arg(required = true, value_name = "PART")]
    pub part_files: Vec<PathBuf>,
    #[command(flatten)]
    pub fit: FitArgs,
    /// Memory that solvers may take, which is checked before they begin: 500M, 4G [default: what is
    /// free]
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<String>,
}
