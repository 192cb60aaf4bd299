//! `standpoint train --from`

use crate::cli::args::{RowsArg, ShapeArgs, TrainArgs};
use crate::cli::commands::eval::warn_of_learnt_documents;
use crate::cli::console::{Console, print_json};
use crate::cli::plan;
use crate::cli::progress::TerminalProgress;
use standpoint::corpus::{ColumnMapping, Corpus, CorpusSource, Unlabelled};
use standpoint::features::TfIdfOptions;
use standpoint::io::Progress;
use standpoint::io::Transaction;
use standpoint::linear::Parameter;
use standpoint::report::{json, terminal};
use standpoint::train::ClassWeights;
use standpoint::{Error, Model, Result, Trainer};

pub fn run(
    args: &TrainArgs,
    given: Trainer,
    old: &Model,
    outputs: &mut Transaction,
    bar: &'static TerminalProgress,
) -> Result<Model> {
    verify_features(args, &given.features, old.tfidf().options())?;
    let mapping = mapping(args, old)?;
    let known = old.known_labels(&mapping.schema);
    let source = plan::corpus(args.inputs.clone(), &args.read, mapping, bar)?;
    let corpus = read(args, &source, &known, outputs, bar)?;
    if holds_corrections(args, old, &corpus, bar)? {
        verify_corrections(args)?;
        return given.correct(old, &corpus, bar);
    }
    trainer(args, given, old, &corpus)?.train_from(old, &corpus, bar)
}

/// Reads the rows. Where unknown answers are allowed, rows may lack heads that no flag names: they
/// are those of the old model, and corrections answer some of them.
fn read(
    args: &TrainArgs,
    source: &CorpusSource,
    known: &[Vec<String>],
    outputs: &mut Transaction,
    bar: &'static TerminalProgress,
) -> Result<Corpus> {
    let mut rejects = args.read.rejects(outputs)?;
    let is_masked = source.mapping.selection.unlabelled == Unlabelled::Mask;
    let corpus = source
        .reader()
        .known_labels(known)
        .optional_heads(is_masked && args.labels.heads()?.is_empty())
        .rejects(rejects.as_mut())
        .progress(bar)
        .read()?;
    args.read.report_rejects(rejects, bar)?;
    Ok(corpus)
}

/// Tells if the corpus holds corrections alone: by the flag, or else by how many of the old texts
/// are among them.
fn holds_corrections(
    args: &TrainArgs,
    old: &Model,
    corpus: &Corpus,
    bar: &TerminalProgress,
) -> Result<bool> {
    if let Some(rows) = args.from.rows {
        return Ok(rows == RowsArg::Corrections);
    }
    let corrects = old.is_corrected_by(corpus).ok_or_else(|| {
        Error::usage("the old model keeps no fingerprints of its texts, by which to tell whether they are among these rows")
            .help("say --rows all if old rows and new ones are here, and --rows corrections if only new ones are")
    })?;
    if let (true, Some(share)) = (corrects, old.share_of_learnt_texts(corpus)) {
        bar.note(&format!(
            "{:.0} % of the texts that the old model learnt from are among these rows, so they are taken as corrections: weights \
             move as little as they allow, and biases, thresholds and calibration stay (--rows all learns anew from these rows alone)",
            100.0 * share
        ));
    }
    Ok(corrects)
}

/// Returns the ids of the options that are parameters of classifiers.
fn classifier_options() -> impl Iterator<Item = &'static str> {
    let parameters = Parameter::ALL.iter().map(|parameter| parameter.name());
    parameters.chain(["l1_ratio"])
}

/// Refuses flags for what corrections keep as it is.
fn verify_corrections(args: &TrainArgs) -> Result<()> {
    const KEPT: [&str; 7] = [
        "classifier",
        "class_weight",
        "calibrate",
        "thresholds",
        "abstain",
        "folds",
        "seed",
    ];
    let given = KEPT
        .into_iter()
        .chain(classifier_options())
        .find(|id| args.fit.is_given(id));
    given.map_or(Ok(()), |id| {
        let flag = id.replace('_', "-");
        Err(Error::usage(format!(
            "--{flag} has no effect on corrections: what the old model has is kept"
        ))
        .help("leave it out, or give old rows and new ones with --rows all"))
    })
}

/// Columns as the old model records them, unless flags say otherwise.
fn mapping(args: &TrainArgs, old: &Model) -> Result<ColumnMapping> {
    let mut mapping = args.read.for_model(old)?;
    mapping.labels = true;
    mapping.selection = args.labels.selection(&args.read)?;
    for head in args.labels.heads()? {
        match mapping
            .schema
            .heads
            .iter_mut()
            .find(|known| known.name == head.name)
        {
            Some(known) => *known = head,
            None => mapping.schema.heads.push(head),
        }
    }
    if mapping.schema.heads.is_empty() {
        return Err(
            Error::usage("the old model does not record its label columns")
                .help("name them with --label or --labels"),
        );
    }
    mapping.schema.format = args
        .labels
        .format
        .over(&mapping.schema.format, &mapping.schema.heads)?;
    Ok(mapping)
}

/// Every head keeps its classifier, unless flags name another.
fn trainer(args: &TrainArgs, mut given: Trainer, old: &Model, corpus: &Corpus) -> Result<Trainer> {
    let named = |id: &str| args.fit.is_given(id);
    if !named("classifier") {
        if let Some(option) = classifier_options().find(|id| named(id)) {
            let flag = option.replace('_', "-");
            return Err(Error::usage(format!(
                "--{flag} has no classifier: the old model's are kept"
            ))
            .help("name the new one with --classifier"));
        }
        given = given.with_classifiers_of(old, corpus);
    }
    if !named("class_weight") {
        given.class_weights = ClassWeights::Equal;
    }
    Ok(given)
}

/// A flag of features must say what the old model does anyhow.
fn verify_features(args: &TrainArgs, new: &TfIdfOptions, old: &TfIdfOptions) -> Result<()> {
    let same = [
        ("language", new.tokens.language == old.tokens.language),
        ("hyphens", new.tokens.hyphens == old.tokens.hyphens),
        ("umlauts", new.tokens.umlauts == old.tokens.umlauts),
        ("no_stem", new.tokens.stem == old.tokens.stem),
        ("stop_words", new.tokens.stop_words == old.tokens.stop_words),
        ("no_compounds", new.compounds == old.compounds),
        ("word_ngrams", new.word_ngrams == old.word_ngrams),
        ("char_ngrams", new.char_ngrams == old.char_ngrams),
        ("min_df", new.min_df == old.min_df),
        ("max_df", new.max_df == old.max_df),
        ("max_features", new.max_features == old.max_features),
        ("tf", new.tf == old.tf),
        ("idf", new.idf == old.idf),
        ("norm", new.norm == old.norm),
        ("norm_exponent", new.norm_exponent == old.norm_exponent),
    ];
    match same
        .iter()
        .find(|(id, same)| !same && args.fit.is_given(id))
    {
        None => Ok(()),
        Some((id, _)) => {
            let flag = id.replace('_', "-");
            Err(Error::usage(format!(
                "--{flag} contradicts the features of the old model, which are kept"
            ))
            .help("leave it out, or train anew without --from"))
        }
    }
}

/// Says on standard output what is other than before.
pub fn print_changes(
    args: &TrainArgs,
    old: &Model,
    new: &Model,
    console: Console,
    bar: &'static TerminalProgress,
) -> Result<()> {
    if args.from.evaluate.is_empty() {
        return Ok(());
    }
    let mapping = mapping(args, old)?;
    let known = new.known_labels(&mapping.schema);
    let source = plan::corpus(args.from.evaluate.clone(), &args.read, mapping, bar)?;
    let corpus = source.reader().known_labels(&known).progress(bar).read()?;
    bar.stage("scoring", 0);
    let changes = new.changes_since(old, &corpus)?;
    let learnt = new.learnt_documents(&corpus);
    bar.clear();
    warn_of_learnt_documents(learnt, corpus.len(), bar);
    if console.wants_json(ShapeArgs::default()) {
        let of_model = json::ModelRow::new(new);
        let learnt = [old.learnt_documents(&corpus), learnt];
        let row = json::ChangesRow::new(&of_model, corpus.len(), &changes, learnt);
        return print_json(&row);
    }
    console.show(&terminal::changes(console.style(), &changes))
}
