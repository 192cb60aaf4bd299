//! Flags of `compare`.

use super::Forms;
use super::{
    BackgroundArgs, FeatureArgs, IntervalArgs, LabelArgs, ReadArgs, ReportArgs, ShapeArgs,
};
use clap::{ArgAction, ValueEnum};
use standpoint::evaluate::Metric;

/// The models that are trained where --models is not given.
pub const MODELS: &str = "nb,lr,svm,nbsvm";

/// The end of the names of models that are trained with word vectors.
pub const WITH_BACKGROUND: &str = "+background";

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("written").multiple(true))]
#[command(
    after_help = "Examples:\n  standpoint compare news.jsonl --label topic --models nb,lr,svm --source outlet --date published\n  \
    standpoint compare news.jsonl --label topic --models svm,tune --time-limit 10m --test-where split=test\n  \
    standpoint compare old.jsonl new.jsonl --truth test.jsonl --label topic --fail-if-worse"
)]
pub struct CompareArgs {
    /// A labelled corpus on which models are trained, or with --truth one file of predictions for
    /// each system
    #[arg(required = true, value_name = "INPUT")]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub systems: SystemArgs,
    #[command(flatten)]
    pub protocol: ProtocolArgs,
    #[command(flatten)]
    pub judging: JudgingArgs,
    #[command(flatten)]
    pub report: ReportArgs,
    /// Replace the files that are written if they exist
    #[arg(long, requires = "written")]
    pub force: bool,
    #[command(flatten)]
    pub intervals: IntervalArgs,
    #[command(flatten)]
    pub labels: LabelArgs,
    #[command(flatten)]
    pub features: FeatureArgs,
    #[command(flatten)]
    pub read: ReadArgs,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Systems")]
pub struct SystemArgs {
    /// Models to train: classifiers as in `train --classifier`, `auto` (the choice of `train`
    /// without options) and `tune` (a search), both in each training part anew, each also with word vectors, as svm+background, or files of options that
    /// `tune` wrote (*.json) [default: nb,lr,svm,nbsvm]. Constants suit most corpora: nb has
    /// --alpha 0.01, cnb --alpha 0.03, bnb --alpha 0.1, ridge --alpha 0.3, lr -C 30, nbsvm
    /// --ratio-exponent 0.6 --alpha 0.1, and the others have the defaults of `train`
    #[arg(long, value_name = "MODEL,…")]
    pub models: Option<String>,
    /// Time after which each search of `tune` tries no further candidate: 90s, 10m, 2h [default: no
    /// limit]
    #[arg(long, value_name = "TIME")]
    pub time_limit: Option<String>,
    #[command(flatten)]
    pub background: BackgroundArgs,
    /// The inputs are predictions of any tools, one file a system; the truth is in FILE. Rows are
    /// joined by id; a file has the label columns of the truth (and scores as an object `scores` or
    /// in columns score:LABEL), or is what `score` or `eval --predictions` wrote
    #[arg(long, value_name = "FILE",
        conflicts_with_all = ["TokenArgs", "FeatureArgs", "BackgroundArgs", "models", "time_limit", "test", "test_where", "source", "date", "before", "folds", "undated"])]
    pub truth: Option<String>,
    /// The scores in files of predictions are probabilities; files of `eval` say so themselves
    #[arg(long, requires = "truth")]
    pub probabilities: bool,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Training and test parts")]
pub struct ProtocolArgs {
    /// Test on the rows of this corpus, and train on all others
    #[arg(long, value_name = "CORPUS", action = ArgAction::Append, conflicts_with_all = ["source", "date", "before", "folds"])]
    pub test: Vec<String>,
    /// Test on the rows that have (=) or have not (!=) this value, and train on the rest
    #[arg(long, value_name = "COLUMN=VALUE", conflicts_with_all = ["test", "source", "date", "before", "folds"])]
    pub test_where: Option<String>,
    /// Number of stratified folds that rows are cut into, each of which is the test part once
    /// [default: 5]
    #[arg(long, value_name = "N")]
    pub folds: Option<u32>,
    /// Beside random folds, use folds that keep the rows of one value of this column together
    #[arg(long, value_name = "COLUMN")]
    pub source: Option<String>,
    /// Beside random folds, train on the oldest and test on the newest rows by this column
    #[arg(long, value_name = "COLUMN")]
    pub date: Option<String>,
    /// Date of that cut: older rows are learnt from [default: at the share of one fold]
    #[arg(long, value_name = "DATE", requires = "date")]
    pub before: Option<String>,
    /// Treatment of rows without a usable date in the split by time [default: error]
    #[arg(long, value_name = "WHAT", requires = "date")]
    pub undated: Option<UndatedArg>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Judging")]
pub struct JudgingArgs {
    /// Metric that systems are judged by
    #[arg(long, value_name = "METRIC", default_value = "macro-f1")]
    pub metric: MetricArg,
    /// System that the others are compared with
    #[arg(long, value_name = "SYSTEM", default_value = "first", value_parser = Forms(REFERENCES))]
    pub reference: String,
    /// End with exit code 1 if a system is worse than that with a corrected p-value of the paired
    /// bootstrap below 0.05
    #[arg(long)]
    pub fail_if_worse: bool,
    #[command(flatten)]
    pub shape: ShapeArgs,
}

/// The values of `--reference`.
const REFERENCES: &[(&str, &str)] = &[
    ("first", "The first that is named"),
    ("best", "The one with the best value of the metric"),
    ("NAME", "The one of this name"),
];

/// The treatment of rows without a usable date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UndatedArg {
    /// Stop
    Error,
    /// Leave them out
    Drop,
}

/// A metric of a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MetricArg {
    /// Mean of the labels' F1
    MacroF1,
    /// F1 of the pooled counts
    MicroF1,
    /// Mean of the labels' F1, weighted by support
    WeightedF1,
    /// Share of right documents, for heads of --label
    Accuracy,
    /// Share of documents with exactly the right labels, for heads of --labels
    SubsetAccuracy,
    /// Matthews correlation
    Mcc,
    /// Area under the ROC curve, mean over labels
    RocAuc,
    /// Average precision, mean over labels
    AveragePrecision,
    /// Log loss; less is better
    LogLoss,
    /// Brier score; less is better
    Brier,
}

impl From<MetricArg> for Metric {
    fn from(metric: MetricArg) -> Metric {
        match metric {
            MetricArg::MacroF1 => Metric::MacroF1,
            MetricArg::MicroF1 => Metric::MicroF1,
            MetricArg::WeightedF1 => Metric::WeightedF1,
            MetricArg::Accuracy => Metric::Accuracy,
            MetricArg::SubsetAccuracy => Metric::SubsetAccuracy,
            MetricArg::Mcc => Metric::Mcc,
            MetricArg::RocAuc => Metric::RocAuc,
            MetricArg::AveragePrecision => Metric::AveragePrecision,
            MetricArg::LogLoss => Metric::LogLoss,
            MetricArg::Brier => Metric::Brier,
        }
    }
}
