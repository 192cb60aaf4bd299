//! The flags of `export`, `import` and `convert`.

use super::ReadArgs;
use clap::ValueEnum;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  standpoint export news.model -o weights.tsv\n  standpoint export news.model \
    train.jsonl --head topic -o train.svm"
)]
pub struct ExportArgs {
    /// A model, and corpora whose rows are written; without a corpus, the weights of the model are.
    /// Corpora are files, folders, quoted globs, or - for standard input
    #[arg(value_name = "INPUT")]
    pub inputs: Vec<String>,
    /// Model file, which may also stand first among the inputs [default: the built-in model]
    #[arg(short, long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// File that is written
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Format of the file [default: by its name: .svm, .mtx, .npz, .tsv, .liblinear]
    #[arg(long = "as", value_name = "FORMAT")]
    pub format_of_output: Option<ExportFormatArg>,
    /// Head whose labels stand before the rows in LIBSVM's format, or whose weights are written in
    /// LIBLINEAR's [default: the first]; labels are numbered from 1 in the order that `inspect` shows
    #[arg(long, value_name = "HEAD")]
    pub head: Option<String>,
    /// Write id and labels of each row to FILE, between tabs
    #[arg(long, value_name = "FILE")]
    pub row_names: Option<PathBuf>,
    /// Write the term of each column to FILE, a line each
    #[arg(long, value_name = "FILE")]
    pub column_names: Option<PathBuf>,
    /// Replace the files that are written if they exist
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub read: ReadArgs,
}

/// Formats of matrices and weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormatArg {
    /// Rows with their labels, for LIBSVM, LIBLINEAR and SVMlight
    Libsvm,
    /// Rows as a Matrix Market file, for R, Julia and SciPy
    Mtx,
    /// Rows for `scipy.sparse.load_npz`, or terms and weights for `numpy.load`
    Npz,
    /// Terms, idf and weights between tabs
    Tsv,
    /// Weights of one head as LIBLINEAR's model
    Liblinear,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  standpoint import train.svm.model --model news.model --head topic \
    -o new.model\n  standpoint import fasttext.bin --head topic -o new.model"
)]
pub struct ImportArgs {
    /// Model that LIBLINEAR trained on rows of `export`, or a classifier of fastText (.bin)
    #[arg(value_name = "FILE")]
    pub input: PathBuf,
    /// Model from which the rows for LIBLINEAR were exported: its features are those of the new one
    #[arg(short, long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Head whose labels the rows had [default: the first]; for a model of fastText, the name of
    /// its head [default: label]
    #[arg(long, value_name = "HEAD")]
    pub head: Option<String>,
    /// Model file that is written
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Replace the model file if it exists
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  standpoint convert rows.svm -o rows.npz --labels-to labels.txt\n  \
    standpoint convert rows.npz -o rows.svm --labels-from labels.txt"
)]
pub struct ConvertArgs {
    /// File of rows of any tool: LIBSVM, Matrix Market, or npz of scipy.sparse
    #[arg(value_name = "FILE")]
    pub input: PathBuf,
    /// File that is written
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Format of the file that is read [default: by its name: .svm, .mtx, .npz]
    #[arg(long = "from", value_name = "FORMAT")]
    pub input_format: Option<RowFormatArg>,
    /// Format of the file that is written [default: by its name: .svm, .mtx, .npz]
    #[arg(long = "as", value_name = "FORMAT")]
    pub output_format: Option<RowFormatArg>,
    /// At least this many columns; LIBSVM's format does not tell of empty ones at the end
    #[arg(long, value_name = "N")]
    pub columns: Option<u32>,
    /// Labels to write before the rows in LIBSVM's format, a line each [default: 0 for each row]
    #[arg(long, value_name = "FILE")]
    pub labels_from: Option<PathBuf>,
    /// Write the labels of rows in LIBSVM's format to FILE, a line each, several between commas
    #[arg(long, value_name = "FILE")]
    pub labels_to: Option<PathBuf>,
    /// Replace the files that are written if they exist
    #[arg(long)]
    pub force: bool,
}

/// Formats of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RowFormatArg {
    /// Rows with their labels, as of LIBSVM, LIBLINEAR and SVMlight
    Libsvm,
    /// A Matrix Market file
    Mtx,
    /// A matrix that `scipy.sparse.save_npz` wrote
    Npz,
}
