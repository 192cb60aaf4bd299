//! Flags of `train` and `tune`.

use super::{
    ClassifierArgs, FeatureArgs, INPUTS_HELP, LabelArgs, LanguageArg, ObjectiveArgs, ReadArgs,
    ThresholdArgs,
};
use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  standpoint train news.jsonl --text title,text --label topic \
    --labels stance --where split=train -o news.model"
)]
pub struct TrainArgs {
    #[arg(required = true, value_name = "CORPUS", help = INPUTS_HELP)]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub fit: FitArgs,
    #[command(flatten)]
    pub from: FromArgs,
    #[command(flatten)]
    pub stream: StreamArgs,
    #[command(flatten)]
    pub labels: LabelArgs,
    /// Labelled rows that are kept apart: calibration and thresholds come from them rather than
    /// from folds, training takes no longer, and what --max-error says is guaranteed for rows drawn
    /// like these; --where holds for them too
    #[arg(long, value_name = "CORPUS", action = ArgAction::Append, help_heading = "Calibration and thresholds",
        conflicts_with_all = ["from", "stream", "folds"])]
    pub calibration_set: Vec<String>,
    /// Write all that it takes to repeat the training to FILE, a zip archive: options, hashes, folds,
    /// predictions of unseen rows, report, card and model; see verify
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "stream", "no_profile"])]
    pub replication: Option<PathBuf>,
    #[command(flatten)]
    pub read: ReadArgs,
}

/// Features, classifiers and decision rules of a model, and its file; shared by `train` and
/// `fit-merge`.
#[derive(Debug, clap::Args)]
pub struct FitArgs {
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub features: FeatureArgs,
    #[command(flatten)]
    pub classifier: ClassifierArgs,
    #[command(flatten)]
    pub thresholds: ThresholdArgs,
    #[command(flatten)]
    pub background: BackgroundArgs,
    /// Choice of n-grams and classifier [default: auto]; options that name either, or weights of
    /// terms, take the place of the choice, as does --stream of train
    #[arg(long, value_name = "PRESET", conflicts_with = "options")]
    pub preset: Option<PresetArg>,
    /// Take features, classifier, calibration and thresholds from a file that `tune` wrote
    #[arg(long, value_name = "FILE",
        conflicts_with_all = ["TokenArgs", "FeatureArgs", "ClassifierArgs", "ThresholdArgs", "ObjectiveArgs"])]
    pub options: Option<PathBuf>,
    /// All options as they were parsed, which tells those that were given from defaults.
    #[arg(skip)]
    pub parsed: ArgMatches,
}

impl FitArgs {
    /// True if the option of this id stands on the command line.
    pub fn is_given(&self, id: &str) -> bool {
        self.parsed.try_contains_id(id).is_ok()
            && self.parsed.value_source(id) == Some(ValueSource::CommandLine)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum PresetArg {
    /// The best of a few settings on a part of the corpus, by macro-F1 out of fold: svm and tempered
    /// nbsvm, on words and on words and characters, and for small corpora a stack of them
    Auto,
    /// svm on words, without comparing
    Fast,
}

/// Word vectors that take part in training.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Texts without labels")]
pub struct BackgroundArgs {
    /// Word vectors that `standpoint background` learnt from texts without labels; the model then
    /// knows their words, too. Not for classifiers that count words, such as naive Bayes
    #[arg(long, value_name = "FILE")]
    pub background: Option<PathBuf>,
    /// Weight of word vectors against words, whose length is 1 in each text [default: 1; tune tries
    /// 0.5, 1 and 2]
    #[arg(long, value_name = "WEIGHT", requires = "background")]
    pub background_weight: Option<f64>,
    /// Keep at most N words that are in no labelled text, those that tell most, so that the model
    /// is smaller [default: all]
    #[arg(long, value_name = "N", requires = "background")]
    pub background_terms: Option<u32>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Going on from an older model")]
pub struct FromArgs {
    /// Keep the features, columns, labels and classifiers of this model; lr, ridge and sgd begin
    /// from its weights. With old rows and new ones, all is learnt anew on them all; with new ones
    /// alone, see --rows
    #[arg(long, value_name = "MODEL",
        conflicts_with_all = ["stream", "background", "preset", "options"])]
    pub from: Option<PathBuf>,
    /// Rows of the corpus [default: corrections where less than half of the old model's texts are
    /// among them]
    #[arg(long, value_name = "WHAT", requires = "from")]
    pub rows: Option<RowsArg>,
    /// Tell what changed for the labelled rows of this file, as JSON where output is no terminal
    #[arg(long, value_name = "CORPUS", requires = "from", action = ArgAction::Append)]
    pub evaluate: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum RowsArg {
    /// Old rows and new ones: calibration and thresholds are found anew, too
    All,
    /// Corrections alone, which move the weights as little as they allow; features, biases,
    /// calibration and thresholds stay
    Corrections,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Corpora larger than memory")]
pub struct StreamArgs {
    /// Learn from batches by sgd, and hold neither texts nor features of all rows in memory; the
    /// inputs are read once an epoch, twice before and once for the profile, and should be in random
    /// order; thresholds are fixed, and scores not calibrated
    #[arg(long, conflicts_with_all = ["background", "preset", "options"])]
    pub stream: bool,
    /// About how much memory to use: 500M, 4G. With --stream, texts of a sixteenth of it are
    /// sampled for the vocabulary [default: 2G]; without, it is what solvers may take, which is
    /// checked before they begin [default: what is free]
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<String>,
    /// Write to FILE what is needed to go on after an interruption, and go on from there if it
    /// exists; it is removed at the end
    #[arg(
        long,
        value_name = "FILE",
        requires = "stream",
        conflicts_with = "skip_bad"
    )]
    pub checkpoint: Option<PathBuf>,
    /// Batches of up to 4096 rows between checkpoints [default: 100]
    #[arg(long, value_name = "N", requires = "checkpoint")]
    pub checkpoint_every: Option<u64>,
}

/// The file and the name of a model.
#[derive(Debug, clap::Args)]
pub struct TargetArgs {
    /// File of the model
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Replace what is written if it exists
    #[arg(long)]
    pub force: bool,
    /// Round weights to eight bits each, a term's against the greatest of them: the file is less
    /// than half as large
    #[arg(long)]
    pub compact: bool,
    /// Do not keep hashes of the training texts, eight bytes each, by which `eval` tells rows that
    /// were learnt from
    #[arg(long)]
    pub no_fingerprints: bool,
    /// Do not keep a profile of the training data, at most 50 kB of counts, by which evaluation and
    /// drift detection tell how new texts differ
    #[arg(long)]
    pub no_profile: bool,
    /// Intended use of the model, for its card (inspect --card)
    #[arg(long, value_name = "TEXT")]
    pub intended_use: Option<String>,
    /// Texts and questions that the model is not for, for its card
    #[arg(long, value_name = "TEXT")]
    pub known_gaps: Option<String>,
    /// Take intended use, known gaps and results on test corpora for the card from a JSON file with
    /// the keys intended_use, known_gaps and tests, as `inspect --card --json` has them
    #[arg(long, value_name = "FILE", conflicts_with_all = ["intended_use", "known_gaps"])]
    pub card_file: Option<PathBuf>,
    /// The model's name [default: the output file's]
    #[arg(long)]
    name: Option<String>,
}

impl TargetArgs {
    pub fn name(&self) -> String {
        let of_file = || {
            self.output
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
        };
        self.name
            .clone()
            .or_else(of_file)
            .unwrap_or_else(|| "model".to_string())
    }
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  standpoint tune news.jsonl --label topic -o news.model --time-limit 10m\n\n\
    Beside the model lie FILE.options.json, with which `train --options` makes the same model, and\n\
    the log FILE.trials.jsonl. Ctrl-C ends the search and keeps the best so far; the same command\n\
    goes on from the log."
)]
pub struct TuneArgs {
    #[arg(required = true, value_name = "CORPUS", help = INPUTS_HELP)]
    pub inputs: Vec<String>,
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub labels: LabelArgs,
    /// Metric out of fold that the search maximises
    #[arg(
        long,
        value_name = "METRIC",
        default_value = "macro-f1",
        help_heading = "Search"
    )]
    pub metric: SearchMetricArg,
    /// Time after which no further candidate is tried: 90s, 10m, 2h [default: no limit]
    #[arg(long, value_name = "TIME", help_heading = "Search")]
    pub time_limit: Option<String>,
    /// Memory that the features and weights of a candidate may take: 500M, 4G [default: no limit]
    #[arg(long, value_name = "SIZE", help_heading = "Search")]
    pub memory: Option<String>,
    /// Number of folds
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
    pub language: LanguageArg,
    #[command(flatten)]
    pub background: BackgroundArgs,
    #[command(flatten)]
    pub objectives: ObjectiveArgs,
    #[command(flatten)]
    pub read: ReadArgs,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum SearchMetricArg {
    /// Mean of the labels' F1
    MacroF1,
    /// F1 of the pooled counts
    MicroF1,
    /// Share of right documents
    Accuracy,
    /// Mean of macro-F1 and micro-F1
    MeanF1,
}
