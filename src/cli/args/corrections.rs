//! Flags of `corrections`.

use super::ShapeArgs;
use clap::ValueEnum;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("written").multiple(true))]
#[command(
    after_help = "Examples:\n  standpoint corrections show desk.sqlite\n  \
    standpoint corrections export desk.sqlite -o corrected.jsonl\n  \
    standpoint corrections import desk.sqlite --answers tasks.json --as label-studio --label topic\n\n\
    A row of the export is an article: id, title, text, source, date, the labels that most\n\
    annotators gave to each head (of equally many the last), and those of each annotator as\n\
    HEAD.ANNOTATOR. So `train` reads it with --label topic, and `agree` with\n\
    --annotators topic.anna,topic.ben. Undone answers are left out; the log has all."
)]
pub struct CorrectionsArgs {
    /// Action on the store
    #[arg(value_name = "ACTION")]
    pub action: CorrectionsAction,
    /// Store of corrections; import makes a new one
    #[arg(value_name = "STORE")]
    pub store: PathBuf,
    /// Export of another tool, which import reads
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    /// File of what export and log write [default: standard output]
    #[arg(short, long, value_name = "FILE", group = "written")]
    pub output: Option<PathBuf>,
    /// Replace what is written if it exists
    #[arg(long, requires = "written")]
    pub force: bool,
    /// Tool that wrote the answers
    #[arg(id = "as", long = "as", value_name = "TOOL")]
    pub tool: Option<ToolArg>,
    /// Head of which exactly one label holds; in Label Studio also the name of its choices
    #[arg(long, value_name = "HEAD")]
    pub label: Vec<String>,
    /// Head of which any number of labels hold
    #[arg(long, value_name = "HEAD")]
    pub labels: Vec<String>,
    /// Field of the text in the answers
    #[arg(long, value_name = "FIELD", default_value = "text")]
    pub text: String,
    /// Annotator of the answers that name none
    #[arg(long, value_name = "NAME")]
    pub annotator: Option<String>,
    #[command(flatten)]
    pub shape: ShapeArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CorrectionsAction {
    /// Count what the store holds
    Show,
    /// Write the answers in force, a row an article
    Export,
    /// Write every row as it was added: who, when, which model, why it was shown, what it undoes
    Log,
    /// Add the answers in the export of another tool
    Import,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ToolArg {
    /// JSON or JSON-MIN
    LabelStudio,
    /// JSON lines of text classification
    Doccano,
    /// JSON lines of db-out, with choices or one label a row
    Prodigy,
}
