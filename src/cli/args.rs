//! The flags as clap sees them. No type of this file leaves the command line.

use clap::{ArgAction, Parser, Subcommand, ValueEnum};
use std::num::NonZeroU16;
use std::path::PathBuf;

/// Sort news articles by topic and stance, and see why.
///
/// Trains sparse linear classifiers on TF-IDF features of labelled texts, scores new articles,
/// evaluates, and explains every score exactly. A model for German and English news is built in.
#[derive(Debug, Parser)]
#[command(name = "standpoint", version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
    /// How many threads to use; the results do not depend on it [default: all cores]
    #[arg(long, global = true, value_name = "N", display_order = 900)]
    pub threads: Option<NonZeroU16>,
    /// When to use colours; NO_COLOR in the environment is respected
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", display_order = 901)]
    pub color: Color,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done, 2 wrong usage, 3 bad input data, 4 bad or incompatible model, 5 input/output
failed, 130 interrupted.";

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train a model on a labelled corpus
    Train(Box<TrainArgs>),
    /// Find the features and classifiers that suit a corpus, and train a model with them
    Tune(Box<TuneArgs>),
    /// Score articles: topic, stance, and on request the reasons
    Score(ScoreArgs),
    /// Compare a model's answers with a labelled corpus
    Eval(EvalArgs),
    /// Show which terms of an article speak for and against each label
    Explain(ExplainArgs),
    /// Show what a model holds
    Inspect(InspectArgs),
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

const INPUTS_HELP: &str = "\
Files, folders, quoted globs, or - for standard input; gzip and zstd are recognised. Folders of \
articles have the columns id, label (the first folder) and text, fastText lines labels and text";

/// How input is read; shared by all commands that read articles.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Reading")]
pub struct ReadArgs {
    /// Format of the input [default: by the file's name]
    #[arg(long, value_name = "FORMAT", value_parser = ["jsonl", "csv", "tsv", "fasttext", "text", "html"])]
    pub format: Option<String>,
    /// Character between columns: one character, or `tab` [default: comma in CSV, tab in TSV]
    #[arg(long, value_name = "CHAR")]
    pub delimiter: Option<String>,
    /// Character around columns that hold a delimiter or line break, or `none` [default: "]
    #[arg(long, value_name = "CHAR")]
    pub quote: Option<String>,
    /// CSV and TSV begin with data; columns are given by their numbers from 1 [default: as the model
    /// records, unless --text is given]
    #[arg(long)]
    pub no_header: bool,
    /// Encoding of the text, such as latin-1 (read as windows-1252) or utf-16le
    #[arg(long, value_name = "NAME", default_value = "utf-8")]
    pub encoding: String,
    /// Text column, or several separated by commas [default: as the model records, or `text`]
    #[arg(long, value_name = "COLUMNS")]
    pub text: Option<String>,
    /// Id column [default: `id` where there is one, else file and line]
    #[arg(long, value_name = "COLUMN")]
    pub id: Option<String>,
    /// Use only rows where a column has (=) or has not (!=) a value; all of several must hold
    #[arg(long = "where", value_name = "COLUMN=VALUE", action = ArgAction::Append)]
    pub filters: Vec<String>,
    /// Write broken rows with the reason to FILE and go on, rather than stop at the first
    #[arg(long, value_name = "FILE")]
    pub skip_bad: Option<PathBuf>,
}

/// Which columns hold labels; shared by training and evaluation.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Labels")]
pub struct LabelArgs {
    /// Column with exactly one label a row, as a head of that name
    #[arg(long, value_name = "[HEAD=]COLUMN", action = ArgAction::Append)]
    pub label: Vec<String>,
    /// Column with any number of labels (JSON array, or separated by |), or several 0/1 columns,
    /// each named as its label or as LABEL:COLUMN; a single 0/1 column is HEAD=LABEL:COLUMN
    #[arg(long, value_name = "[HEAD=]COLUMN[,COLUMN…]", action = ArgAction::Append)]
    pub labels: Vec<String>,
    /// Column with sample weights: rows of weight 0 are left out, 2 counts twice in the solver and in
    /// the metrics
    #[arg(long, value_name = "COLUMN")]
    pub weight: Option<String>,
    /// What to do with rows that have no label: stop, leave them out, or use them only for the
    /// heads that they do answer
    #[arg(long, value_name = "WHAT", default_value = "error")]
    pub unlabelled: UnlabelledArg,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum UnlabelledArg {
    Error,
    Skip,
    Mask,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  standpoint train news.jsonl --text title,text --label topic \
    --labels stance --where split=train -o news.model")]
pub struct TrainArgs {
    #[arg(required = true, value_name = "CORPUS", help = INPUTS_HELP)]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub from: FromArgs,
    #[command(flatten)]
    pub stream: StreamArgs,
    #[command(flatten)]
    pub labels: LabelArgs,
    #[command(flatten)]
    pub features: FeatureArgs,
    #[command(flatten)]
    pub classifier: ClassifierArgs,
    #[command(flatten)]
    pub thresholds: ThresholdArgs,
    /// Take features, classifier and thresholds from a file that `tune` wrote
    #[arg(long, value_name = "FILE",
        conflicts_with_all = ["FeatureArgs", "ClassifierArgs", "ThresholdArgs", "from", "stream"])]
    pub options: Option<PathBuf>,
    #[command(flatten)]
    pub read: ReadArgs,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Going on from an older model")]
pub struct FromArgs {
    /// Keep the features, columns, labels and classifiers of this model; lr, ridge and sgd begin from its weights.
    /// The corpus should hold old rows and new ones; thresholds are chosen anew, on them all
    #[arg(long, value_name = "MODEL", conflicts_with = "stream")]
    pub from: Option<PathBuf>,
    /// Tell what changed for the labelled rows of this file, as JSON where output is no terminal
    #[arg(long, value_name = "CORPUS", requires = "from", action = ArgAction::Append)]
    pub evaluate: Vec<String>,
    /// The flags of features and classifiers that were given, by their ids.
    #[arg(skip)]
    pub given: Vec<String>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Corpora larger than memory")]
pub struct StreamArgs {
    /// Learn from batches by sgd, and hold neither texts nor features of all rows in memory; the inputs are
    /// read once an epoch and twice before, and should be in random order; thresholds are fixed
    #[arg(long)]
    pub stream: bool,
    /// About how much memory to use: texts of a sixteenth of it are sampled for the vocabulary [default: 2G]
    #[arg(long, value_name = "SIZE", requires = "stream")]
    pub memory: Option<String>,
    /// Write to FILE what is needed to go on after an interruption, and go on from there if it exists; it is
    /// removed at the end
    #[arg(long, value_name = "FILE", requires = "stream", conflicts_with = "skip_bad")]
    pub checkpoint: Option<PathBuf>,
    /// How many batches of up to 4096 rows lie between checkpoints [default: 100]
    #[arg(long, value_name = "N", requires = "checkpoint")]
    pub checkpoint_every: Option<u64>,
}

/// Where a model is written, and what it is called.
#[derive(Debug, clap::Args)]
pub struct TargetArgs {
    /// Where to write the model
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Replace what is written if it exists
    #[arg(long)]
    pub force: bool,
    /// The model's name [default: the output file's]
    #[arg(long)]
    name: Option<String>,
}

impl TargetArgs {
    pub fn name(&self) -> String {
        let of_file = || self.output.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        self.name.clone().or_else(of_file).unwrap_or_else(|| "model".to_string())
    }
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  standpoint tune news.jsonl --label topic -o news.model --time 10m\n\n\
    Beside the model lie FILE.options.json, with which `train --options` makes the same model, and\n\
    the log FILE.trials.jsonl. Ctrl-C ends the search and keeps the best so far; the same command\n\
    goes on from the log.")]
pub struct TuneArgs {
    #[arg(required = true, value_name = "CORPUS", help = INPUTS_HELP)]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub labels: LabelArgs,
    /// What is to be great out of fold: macro-f1, micro-f1, accuracy, mean-f1
    #[arg(long, value_name = "METRIC", default_value = "macro-f1", help_heading = "Search")]
    pub metric: String,
    /// After which time no further candidate is tried: 90s, 10m, 2h [default: no limit]
    #[arg(long, value_name = "TIME", help_heading = "Search")]
    pub time: Option<String>,
    /// How much memory the features and weights of a candidate may take: 500M, 4G [default: no limit]
    #[arg(long, value_name = "SIZE", help_heading = "Search")]
    pub memory: Option<String>,
    /// Into how many folds documents are cut
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Search")]
    pub folds: u32,
    /// Seed of folds and solvers
    #[arg(long, default_value_t = 0, help_heading = "Search")]
    pub seed: u64,
    /// Do not try a stack of the best
    #[arg(long, help_heading = "Search")]
    pub no_stack: bool,
    /// Language of the texts, as for train
    #[arg(long, default_value = "auto", help_heading = "Search")]
    pub language: String,
    #[command(flatten)]
    pub read: ReadArgs,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Thresholds")]
pub struct ThresholdArgs {
    /// Above which score a label of --labels holds: the one of the best F1 for documents that were not
    /// learnt from, or fixed (0, and 0.5 for a probability) [default: max-f1, with --stream fixed]
    #[arg(long, value_name = "HOW")]
    pub thresholds: Option<ThresholdsArg>,
    /// Into how many folds documents are cut for that; training takes as many times longer [default: 5]
    #[arg(long, value_name = "N")]
    pub folds: Option<u32>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ThresholdsArg {
    MaxF1,
    Fixed,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Features")]
pub struct FeatureArgs {
    /// Language of the texts: ar, de, en, es, fr, it, pl, ru, tr, uk, und (any other), or auto: decided
    /// for each text, among the languages that make up a twentieth of the corpus
    #[arg(long, default_value = "auto")]
    pub language: String,
    /// What becomes of US-Präsident: parts, or both the parts and the whole
    #[arg(long, value_name = "WHAT", default_value = "both")]
    pub hyphens: String,
    /// What becomes of ü and ß: transcribe (ue, ss), strip (u, ss) or keep
    #[arg(long, value_name = "HOW", default_value = "transcribe")]
    pub umlauts: String,
    /// Take words as they are, rather than bring them to their stem
    #[arg(long)]
    pub no_stem: bool,
    /// Keep or drop the language's most frequent words; negations always stay
    #[arg(long, value_name = "HOW", default_value = "keep")]
    pub stop_words: String,
    /// Do not count the parts of German compounds
    #[arg(long)]
    pub no_compounds: bool,
    /// Lengths of word n-grams, or `none`
    #[arg(long, value_name = "MIN-MAX", default_value = "1-2")]
    pub word_ngrams: String,
    /// Lengths of character n-grams inside words, or `none`
    #[arg(long, value_name = "MIN-MAX", default_value = "none")]
    pub char_ngrams: String,
    /// Leave out terms in fewer documents: a number (2) or a share (0.001)
    #[arg(long, value_name = "N", default_value = "2")]
    pub min_df: String,
    /// Leave out terms in more documents: a number (1000) or a share (0.5; 1.0 leaves out none)
    #[arg(long, value_name = "N", default_value = "1.0")]
    pub max_df: String,
    /// Keep only this many terms, the most frequent
    #[arg(long, value_name = "N")]
    pub max_features: Option<u32>,
    /// Term frequency: 1 + ln(count), the count, or 1
    #[arg(long, default_value = "sublinear")]
    pub tf: TfArg,
    /// Inverse document frequency: smoothed, plain, or none
    #[arg(long, default_value = "smooth")]
    pub idf: IdfArg,
    /// Length to which each text is brought
    #[arg(long, default_value = "l2")]
    pub norm: NormArg,
    /// Seed of hashes and visiting orders
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum TfArg {
    Sublinear,
    Raw,
    Binary,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum IdfArg {
    Smooth,
    Plain,
    None,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum NormArg {
    L2,
    L1,
    None,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Classifier")]
pub struct ClassifierArgs {
    /// svm, cs (SVM of Crammer and Singer, for exactly one label a row), nbsvm (SVM on features times
    /// their log-count ratios), lr (logistic regression), ridge (least squares), sgd (lr by averaged gradient
    /// descent), sgd-hinge, nb, cnb or bnb (naive Bayes: multinomial, complement, Bernoulli), stack (several
    /// of them, weighed out of fold); HEAD=… for one head alone [default: svm, with --stream sgd]
    #[arg(long, value_name = "[HEAD=]CLASSIFIER", action = ArgAction::Append)]
    pub classifier: Vec<String>,
    /// Cost of an error for svm, cs, nbsvm, lr, sgd and sgd-hinge; greater fits the training rows more closely
    /// [default: 1]
    #[arg(short = 'C', long = "cost", value_name = "C", allow_negative_numbers = true)]
    pub cost: Option<f64>,
    /// Smoothing of nb, cnb, bnb and nbsvm, penalty of ridge [default: 1]
    #[arg(long, allow_negative_numbers = true)]
    pub alpha: Option<f64>,
    /// When svm, cs, nbsvm, lr and ridge stop [default: 0.1, but 0.001 for lr, 0.0001 for ridge]
    #[arg(long, allow_negative_numbers = true)]
    pub tolerance: Option<f64>,
    /// Passes of sgd over the corpus [default: 5]
    #[arg(long, value_name = "N")]
    pub epochs: Option<u32>,
    /// How far the first steps of sgd go [default: 1]
    #[arg(long, allow_negative_numbers = true)]
    pub rate: Option<f64>,
    /// What svm makes of a margin that is missed: its square, or itself [default: squared-hinge]
    #[arg(long, value_name = "LOSS")]
    pub loss: Option<LossArg>,
    /// Penalty of lr: l2, l1 (most weights become zero) or elastic-net (both) [default: l2]
    #[arg(long, value_name = "PENALTY")]
    pub penalty: Option<String>,
    /// Share of l1 in elastic-net, from 0 to 1
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub l1_ratio: Option<f64>,
    /// How lr asks about labels of which one holds: softmax, or ovr (each against the rest)
    /// [default: softmax]
    #[arg(long, value_name = "HOW")]
    pub multi: Option<String>,
    /// Bias of each label in svm, lr and ridge: free, regularised (the weight of a feature that is always 1)
    /// or none [default: regularised for svm, free for the others]
    #[arg(long, value_name = "HOW")]
    pub intercept: Option<String>,
    /// Share from 0 to 1 of the weights that nbsvm finds; the rest is brought to their mean length
    /// [default: 1]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub interpolation: Option<f64>,
    /// equal, balanced, or weights by label as LABEL=WEIGHT,…
    #[arg(long, value_name = "WEIGHTS", default_value = "equal")]
    pub class_weight: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum LossArg {
    SquaredHinge,
    Hinge,
}

/// Which model, and how to write.
#[derive(Debug, clap::Args)]
pub struct ModelArgs {
    /// Model file, which may also stand first among the inputs [default: the built-in model]
    #[arg(short, long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Write JSON lines, as is done without being asked when output is no terminal
    #[arg(long, conflicts_with = "table")]
    pub json: bool,
    /// Write for a person even when output is no terminal
    #[arg(long)]
    pub table: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  standpoint score article.txt --why\n  zstd -dc wire.jsonl.zst | \
    standpoint score --model news.model > scores.jsonl")]
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
    #[command(flatten)]
    pub read: ReadArgs,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  standpoint eval --model news.model news.jsonl --where split=test")]
pub struct EvalArgs {
    #[arg(required = true, value_name = "CORPUS", help = INPUTS_HELP)]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub model: ModelArgs,
    /// Evaluate only this head; may be given several times
    #[arg(long, value_name = "HEAD", action = ArgAction::Append)]
    pub head: Vec<String>,
    #[command(flatten)]
    pub labels: LabelArgs,
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
    /// Show this many terms a label in a table; JSON always holds all that are not 0
    #[arg(long, value_name = "N", default_value_t = 15)]
    pub terms: usize,
    #[command(flatten)]
    pub read: ReadArgs,
}

#[derive(Debug, clap::Args)]
pub struct InspectArgs {
    /// The model file [default: the built-in model]
    #[arg(value_name = "MODEL")]
    pub input: Option<PathBuf>,
    #[command(flatten)]
    pub model: ModelArgs,
    /// Show this many terms a label
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub terms: usize,
}
