//! Flags of `background`.

use super::{INPUTS_HELP, ReadArgs, TokenArgs};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The inputs are read three times, and once less where --language names one language.\n\n\
Example:\n  standpoint background archive.jsonl.zst --text title,text -o news.vectors\n  \
standpoint train few.jsonl --label topic --background news.vectors -o news.model")]
pub struct LearnArgs {
    #[arg(required = true, value_name = "CORPUS", help = INPUTS_HELP)]
    pub inputs: Vec<String>,
    /// File of the word vectors
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Replace what is written if it exists
    #[arg(long)]
    pub force: bool,
    /// Number of dimensions of vectors
    #[arg(
        long,
        value_name = "N",
        default_value_t = 200,
        help_heading = "Vectors"
    )]
    pub dimensions: u32,
    /// Number of words after a word that are near it, at most 16; the nearer, the more they weigh
    #[arg(
        long,
        value_name = "WORDS",
        default_value_t = 8,
        help_heading = "Vectors"
    )]
    pub window: u32,
    /// Number of words of each language that have a vector, the most frequent
    #[arg(
        long,
        value_name = "N",
        default_value_t = 30_000,
        help_heading = "Vectors"
    )]
    pub vocabulary: u32,
    /// Words in fewer texts have no vector
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Vectors")]
    pub min_df: u64,
    /// Bits of each number of a vector: 8, or 4 for a file of half the size
    #[arg(long, value_name = "N", default_value_t = 8, help_heading = "Vectors")]
    pub bits: u8,
    /// About how much memory to use: 500M, 4G. Counts go to temporary files before they take more
    /// than half of it
    #[arg(
        long,
        value_name = "SIZE",
        default_value = "2G",
        help_heading = "Vectors"
    )]
    pub memory: String,
    /// Seed of the decomposition
    #[arg(long, default_value_t = 0, help_heading = "Vectors")]
    pub seed: u64,
    #[command(flatten)]
    pub tokens: TokenArgs,
    #[command(flatten)]
    pub read: ReadArgs,
}
