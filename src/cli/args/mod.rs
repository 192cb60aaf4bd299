//! The flags as clap sees them. No type of this file leaves the command line.

mod agree;
mod background;
mod calibration;
mod check;
mod classifier;
mod compare;
mod corrections;
mod eval;
mod exchange;
mod features;
mod forms;
mod parts;
mod quantize;
mod relabel;
#[cfg(feature = "serve")]
mod serve;
mod split;
mod train;
mod verify;

pub use agree::*;
pub use background::*;
pub use calibration::*;
pub use check::*;
pub use classifier::*;
pub use compare::*;
pub use corrections::*;
pub use eval::*;
pub use exchange::*;
pub use features::*;
pub use forms::Forms;
pub use parts::*;
pub use quantize::*;
pub use relabel::*;
#[cfg(feature = "serve")]
pub use serve::*;
pub use split::*;
pub use train::*;
pub use verify::*;

use clap::{ArgAction, Parser, Subcommand, ValueEnum};
use std::num::NonZeroU16;
use std::path::PathBuf;

/// Sort news articles by topic and stance, and see why.
///
/// Trains sparse linear classifiers on TF-IDF features of labelled texts, scores new articles,
/// explains every score exactly, and compares models with honest statistics. A model for German and
/// English news is built in.
#[derive(Debug, Parser)]
#[command(name = "standpoint", version, after_help = EXIT_CODES)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
    /// Number of threads; the results do not depend on it [default: all cores]
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        value_name = "N",
        display_order = 900
    )]
    pub threads: Option<NonZeroU16>,
    /// Use of colours; NO_COLOR in the environment is respected
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        value_name = "WHEN",
        default_value = "auto",
        display_order = 901
    )]
    pub color: ColorArg,
}

pub const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 a check said no, 2 wrong usage, 3 bad input data, 4 bad or incompatible model, \
5 input/output failed, 130 interrupted.";

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ColorArg {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look for copies, leaks and broken rows in a corpus
    Check(Box<CheckArgs>),
    /// Part a corpus into train and test, or into folds
    ///
    /// Rows are drawn by chance, by group or by time.
    Split(Box<SplitArgs>),
    /// Label the rows of a corpus by their codes, such as those of CAMEO
    ///
    /// A map tells the labels of codes; those of CAMEO, PLOVER, ACLED and IPTC are built in.
    Relabel(Box<RelabelArgs>),
    /// Learn word vectors from texts without labels
    ///
    /// They help where few texts have labels: see train --background.
    Background(LearnArgs),
    /// Train a model on a labelled corpus
    Train(Box<TrainArgs>),
    /// Find the words of a share of a corpus, for fit-merge
    ///
    /// Several machines find the words of a share each, and fit-merge trains a model on all of them.
    /// A survey of the languages comes first, unless --language names the language.
    FitPart(Box<FitPartArgs>),
    /// Train a model on the parts of a corpus that fit-part wrote
    ///
    /// The model is the one that train makes of the whole corpus, byte for byte.
    FitMerge(Box<FitMergeArgs>),
    /// Find features and classifiers that suit a corpus, and train
    Tune(Box<TuneArgs>),
    /// Score articles: topic, stance, and on request the reasons
    Score(ScoreArgs),
    /// Show which terms of an article speak for and against each label
    Explain(ExplainArgs),
    /// Score and explain over HTTP
    ///
    /// The service answers on this machine alone, unless tokens are asked of clients.
    #[cfg(feature = "serve")]
    Serve(ServeArgs),
    /// Measure a model on a labelled corpus, with intervals
    Eval(EvalArgs),
    /// Compare models over the same folds, or predictions of any tools
    Compare(Box<CompareArgs>),
    /// Tell how far annotators agree: Krippendorff's alpha
    Agree(AgreeArgs),
    /// Show what a model holds
    Inspect(InspectArgs),
    /// Check that a model is whole, and that training repeats it
    ///
    /// Training again must give the same bytes.
    Verify(VerifyArgs),
    /// Make a model smaller, and measure what it loses
    Quantize(Box<QuantizeArgs>),
    /// Show, export or fill a store of corrections
    ///
    /// Answers of editors are rows that are only ever added, and become a corpus to train on.
    Corrections(CorrectionsArgs),
    /// Write rows of features, or weights, in formats of other tools
    Export(Box<ExportArgs>),
    /// Make a model of LIBLINEAR's weights, or of a model of fastText
    Import(ImportArgs),
    /// Convert rows of features between the formats of other tools
    Convert(ConvertArgs),
    /// Write a completion script for a shell to standard output
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the manual page to standard output
    Man {
        /// The page of this command rather than of the program
        command: Option<String>,
    },
}

impl Command {
    /// Lets `--force` hold for the file of broken rows, too.
    pub fn pass_force(&mut self) {
        let (read, force) = match self {
            Command::Check(args) => (&mut args.read, args.force),
            Command::Split(args) => (&mut args.read, args.target.force),
            Command::Relabel(args) => (&mut args.read, args.target.force),
            Command::Background(args) => (&mut args.read, args.force),
            Command::Train(args) => (&mut args.read, args.fit.target.force),
            Command::FitPart(args) => (&mut args.read, args.force),
            Command::Tune(args) => (&mut args.read, args.target.force),
            Command::Score(args) => (&mut args.read, args.force),
            Command::Explain(args) => (&mut args.read, args.force),
            Command::Eval(args) => (&mut args.read, args.force),
            Command::Compare(args) => (&mut args.read, args.force),
            Command::Agree(args) => (&mut args.read, args.force),
            Command::Quantize(args) => (&mut args.read, args.force),
            Command::Export(args) => (&mut args.read, args.force),
            Command::Inspect(_) | Command::Verify(_) | Command::Corrections(_) => return,
            Command::Import(_) | Command::Convert(_) | Command::FitMerge(_) => return,
            Command::Completions { .. } | Command::Man { .. } => return,
            #[cfg(feature = "serve")]
            Command::Serve(_) => return,
        };
        read.force = force;
    }
}

impl Command {
    /// For whom results are written, where the command writes some.
    pub fn shape(&self) -> Option<ShapeArgs> {
        match self {
            Command::Check(args) => Some(args.shape),
            Command::Split(args) => Some(args.shape),
            Command::Relabel(args) => Some(args.shape),
            Command::Score(args) => Some(args.model.shape),
            Command::Explain(args) => Some(args.model.shape),
            Command::Eval(args) => Some(args.model.shape),
            Command::Compare(args) => Some(args.judging.shape),
            Command::Agree(args) => Some(args.shape),
            Command::Inspect(args) => Some(args.model.shape),
            Command::Verify(args) => Some(args.shape),
            Command::Quantize(args) => Some(args.model.shape),
            Command::Corrections(args) => Some(args.shape),
            Command::Background(_) | Command::Train(_) | Command::Tune(_) => None,
            Command::FitPart(_) | Command::FitMerge(_) => None,
            Command::Export(_) | Command::Import(_) | Command::Convert(_) => None,
            Command::Completions { .. } | Command::Man { .. } => None,
            #[cfg(feature = "serve")]
            Command::Serve(_) => None,
        }
    }
}

const INPUTS_HELP: &str = "\
Files, folders, quoted globs, or - for standard input; gzip and zstd are recognised. Folders of \
articles have the columns id, label (the first folder) and text, fastText lines labels and text";

/// For whom results are written; shared by all commands that print some.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct ShapeArgs {
    /// Write JSON, as is done without being asked when output is no terminal
    #[arg(long, conflicts_with = "table")]
    pub json: bool,
    /// Write for a person even when output is no terminal
    #[arg(long)]
    pub table: bool,
}

/// Reading of inputs; shared by all commands that read articles.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Reading")]
pub struct ReadArgs {
    /// Format of the input [default: by the file's name]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<FormatArg>,
    /// Character between columns: one character, or `tab` [default: comma in CSV, tab in TSV]
    #[arg(long, value_name = "CHAR")]
    pub delimiter: Option<String>,
    /// Character around columns that hold a delimiter or line break, or `none` [default: "]
    #[arg(long, value_name = "CHAR")]
    pub quote: Option<String>,
    /// CSV and TSV begin with data; columns are given by their numbers from 1 [default: as the
    /// model records, unless --text is given]
    #[arg(long)]
    pub no_header: bool,
    /// Encoding of the text, such as latin-1 (read as windows-1252) or utf-16. A byte-order mark
    /// goes before it, and so does what a web page declares, or UTF-8 if the page is valid UTF-8
    #[arg(long, value_name = "NAME", default_value = "utf-8")]
    pub encoding: String,
    /// Decode HTML in the texts of tables, JSON lines and fastText: `&amp;` becomes `&`, `<br>` a
    /// line break, and scripts are left out [default: as the model records]
    #[arg(long)]
    pub decode_html: bool,
    /// The longest row, or article that is a file, as 64M or 1G; a longer one is an error [default:
    /// 64M]
    #[arg(long, value_name = "SIZE")]
    pub max_row: Option<String>,
    /// Text column, or several separated by commas, a name with a comma in double quotes [default:
    /// as the model records, or `text`]
    #[arg(long, value_name = "COLUMNS")]
    pub text: Option<String>,
    /// Id column [default: `id` where there is one, else file and line]
    #[arg(long, value_name = "COLUMN")]
    pub id: Option<String>,
    /// Use only rows where a column has (=) or has not (!=) a value; all of several must hold
    #[arg(long = "where", value_name = "COLUMN=VALUE", action = ArgAction::Append)]
    pub filters: Vec<String>,
    /// Write broken rows with the reason to FILE and go on, rather than stop at the first
    #[arg(long, value_name = "FILE", group = "written")]
    pub skip_bad: Option<PathBuf>,
    /// True if --force was given, which holds for the file of broken rows, too.
    #[arg(skip)]
    pub force: bool,
}

/// The columns of labels; shared by training and evaluation.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Labels")]
pub struct LabelArgs {
    /// Column with exactly one label a row, as a head of that name
    #[arg(long, value_name = "[HEAD=]COLUMN", action = ArgAction::Append)]
    pub label: Vec<String>,
    /// Column with any number of labels (a list of JSON or Python, or separated by |), or several
    /// 0/1 columns, each named as its label or as LABEL:COLUMN; a single 0/1 column is
    /// HEAD=LABEL:COLUMN. A name with a comma, colon or equals sign stands in double quotes
    #[arg(long, value_name = "[HEAD=]COLUMN[,COLUMN…]", action = ArgAction::Append)]
    pub labels: Vec<String>,
    /// Column with sample weights: rows of weight 0 are left out, 2 counts twice in the solver and
    /// in the metrics
    #[arg(long, value_name = "COLUMN")]
    pub sample_weight: Option<String>,
    /// Treatment of rows without a label
    #[arg(long, value_name = "WHAT", default_value = "error")]
    pub unlabelled: UnlabelledArg,
    #[command(flatten)]
    pub format: LabelFormatArgs,
}

/// The notation of labels in cells; shared by all commands that read labels.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Labels")]
pub struct LabelFormatArgs {
    /// Values of label columns that stand for a missing answer, separated by commas; '' is the
    /// empty cell, and where it is not among them, an empty cell of --labels says that none of the
    /// labels holds, as [] does [default: the empty cell, NA, N/A, n/a, #N/A, <NA>, NaN, nan, NaT,
    /// NULL, null, None and \N; or as the model records]
    #[arg(long, value_name = "VALUE,VALUE…", action = ArgAction::Append)]
    pub missing: Vec<String>,
    /// Text between the labels of one cell of --labels, such as # in CSV of doccano [default: |, or
    /// as the model records]
    #[arg(long, value_name = "TEXT")]
    pub separator: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum UnlabelledArg {
    /// Stop
    Error,
    /// Leave them out
    Skip,
    /// Use them only for the heads that they do answer
    Mask,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum FormatArg {
    /// JSON lines
    Jsonl,
    /// Columns between commas
    Csv,
    /// Columns between tabs
    Tsv,
    /// fastText lines
    Fasttext,
    /// Parquet
    Parquet,
    /// One article in plain text
    Text,
    /// One web page
    Html,
}

/// The model, and the form of results.
#[derive(Debug, clap::Args)]
pub struct ModelArgs {
    /// Model file, which may also stand first among the inputs [default: the built-in model]
    #[arg(short, long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    #[command(flatten)]
    pub shape: ShapeArgs,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  standpoint score article.txt --why\n  zstd -dc wire.jsonl.zst | \
    standpoint score --model news.model > scores.jsonl\n  \
    standpoint score archive/*.parquet --shard 3/16 -o scores-03.parquet"
)]
pub struct ScoreArgs {
    #[arg(value_name = "INPUT", help = INPUTS_HELP)]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub model: ModelArgs,
    /// Add the N terms that speak most for each answer
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "5", require_equals = true)]
    pub why: Option<usize>,
    /// Write the scores of the N best labels of each head only; in JSON
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,
    /// Rule out answers so that of the texts of each true answer at most this share loses it, and
    /// leave undecided where more than one answer remains; for models trained with --abstain or
    /// --calibration-set, and texts like those
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub max_error: Option<f64>,
    /// Write the scores to this file, whole or not at all, and nothing to standard output: JSON
    /// lines (.jsonl), or with a column for each head and each score Parquet (.parquet)
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["json", "table"])]
    pub output: Option<PathBuf>,
    /// Score one share of the inputs, as 3/16: whole files, in their order, where there are at
    /// least as many files as shares, and otherwise rows in theirs; all shares together are the
    /// whole, in any order
    #[arg(long, value_name = "K/N")]
    pub shard: Option<String>,
    /// Replace the files of --output and --skip-bad if they exist
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub read: ReadArgs,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  standpoint explain article.txt --label escalation")]
pub struct ExplainArgs {
    #[arg(value_name = "INPUT", help = INPUTS_HELP)]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub model: ModelArgs,
    /// Explain this label; may be given several times [default: the answers in a table, all labels
    /// in JSON]
    #[arg(long, value_name = "LABEL", action = ArgAction::Append)]
    pub label: Vec<String>,
    /// Show the N terms that speak most for a label, and the N that speak most against it; the
    /// others are counted and their sum is shown [default: 20, in a table 8]
    #[arg(long, value_name = "N", alias = "terms")]
    pub top: Option<usize>,
    /// Show all terms that add something
    #[arg(long, conflicts_with = "top")]
    pub all: bool,
    /// Replace the file of --skip-bad if it exists
    #[arg(long, requires = "skip_bad")]
    pub force: bool,
    #[command(flatten)]
    pub read: ReadArgs,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  standpoint inspect news.model --terms 20")]
pub struct InspectArgs {
    /// The model file, or a file of word vectors [default: the built-in model]
    #[arg(value_name = "MODEL")]
    pub input: Option<PathBuf>,
    #[command(flatten)]
    pub model: ModelArgs,
    /// Show this many terms a label [default: 10]
    #[arg(long, value_name = "N")]
    pub terms: Option<usize>,
    /// Write the model card, in Markdown or with --json as JSON: training data, labels, metrics of
    /// unseen documents with intervals, intended use and known gaps
    #[arg(long, conflicts_with_all = ["terms", "table"])]
    pub card: bool,
}
