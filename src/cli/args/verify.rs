//! Flags of `verify`.

use super::ShapeArgs;
use clap::ArgAction;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  standpoint verify news.model\n  standpoint verify news.model --data news.jsonl\n\n\
    The exit code is 4 for a damaged file, and with --data 1 where the bytes do not agree."
)]
pub struct VerifyArgs {
    /// The model file, or an archive of train --replication
    #[arg(value_name = "MODEL")]
    pub input: PathBuf,
    #[command(flatten)]
    pub shape: ShapeArgs,
    /// Train the model again on this corpus, by the options that the file keeps, columns and
    /// conditions on rows among them, and say whether the bytes agree; may be given several times, in
    /// the order of training
    #[arg(long, value_name = "CORPUS", action = ArgAction::Append, help_heading = "Training data")]
    pub data: Vec<String>,
    /// Documents that were kept apart for calibration, if there were any
    #[arg(long, value_name = "CORPUS", action = ArgAction::Append, requires = "data", help_heading = "Training data")]
    pub calibration_set: Vec<String>,
    /// Word vectors that took part, if any did
    #[arg(
        long,
        value_name = "FILE",
        requires = "data",
        help_heading = "Training data"
    )]
    pub background: Option<PathBuf>,
    /// Older model from which training went on (train --from), if it did
    #[arg(
        long,
        value_name = "MODEL",
        requires = "data",
        help_heading = "Training data"
    )]
    pub from: Option<PathBuf>,
}
