//! `standpoint eval`

use crate::cli::args::EvalArgs;
use crate::cli::commands::report::EvaluationSource;
use crate::cli::console::{Console, print_json};
use crate::cli::plan::intervals::group_numbers;
use crate::cli::plan::{self, NamedModel, corpus};
use crate::cli::progress::TerminalProgress;
use standpoint::corpus::{ColumnMapping, Corpus, label_form};
use standpoint::evaluate::{AbstentionReport, Bootstrap, MAX_SCORE_DRAWS};
use standpoint::io::Progress;
use standpoint::io::{Transaction, check_target};
use standpoint::model::{Evaluated, HeadPredictions};
use standpoint::report::counted;
use standpoint::report::json::{EvaluationRow, ModelRow};
use standpoint::report::terminal::Style;
use standpoint::report::{json, terminal};
use standpoint::{Error, Model, Result};
use std::path::Path;

pub fn run(mut args: EvalArgs, console: Console) -> Result<()> {
    let NamedModel { model, name } = plan::model(&args.model, &mut args.inputs)?;
    args.head
        .iter_mut()
        .for_each(|head| *head = label_form(head).into_owned());
    let bootstrap = verify(&args)?;
    let bar = TerminalProgress::leak(true);
    let mapping = mapping(&args, &model)?;
    let mut outputs = Transaction::default();
    let (corpus, groups) = read(&args, &model, &mapping, &mut outputs, bar)?;
    bar.stage("scoring", 0);
    let mut heads = model.predictions(&corpus)?;
    if let Some(groups) = groups {
        heads.iter_mut().for_each(|head| head.group_by(&groups));
    }
    let learnt = model.learnt_documents(&corpus);
    warn_of_unknown_labels(&model, &corpus, bar);
    warn_of_learnt_documents(learnt, corpus.len(), bar);
    warn_of_many_scores(&heads, &bootstrap, bar);
    if let Some(path) = &args.predictions {
        write_predictions(&mut outputs, path, args.force, &corpus, &heads)?;
    }
    bar.stage("resampling", 0);
    let evaluated: Vec<Evaluated> = heads
        .iter()
        .map(|head| Evaluated::new(head, &bootstrap))
        .collect::<Result<_>>()?;
    let made_of = EvaluationSource {
        model: &model,
        name: &name,
        corpus: &corpus,
        inputs: &args.inputs,
        filters: &args.read.filters,
        heads: &heads,
        evaluated: &evaluated,
        learnt,
    };
    args.report.write(&mut outputs, args.force, || {
        made_of.page(args.errors.unwrap_or(10))
    })?;
    if let Some(path) = &args.write_card {
        let tested = model.tested(args.test_name.as_deref(), &corpus, &evaluated, learnt);
        tested.save_with(&mut outputs, path, args.force)?;
    }
    outputs.commit()?;
    let sets = abstention(&args, &model, &corpus, &heads)?;
    bar.clear();
    let shown = EvaluationOutput {
        name: &name,
        documents: corpus.len(),
        learnt,
        sets: &sets,
    };
    match console.wants_json(args.model.shape) {
        true => print_json(&shown.json(&ModelRow::new(&model), &evaluated)),
        false => console.show(&shown.table(console.style(), &evaluated)),
    }
}

/// Returns the abstention of each head, where it is asked for.
fn abstention<'h>(
    args: &EvalArgs,
    model: &Model,
    corpus: &Corpus,
    heads: &'h [HeadPredictions],
) -> Result<Vec<(&'h str, AbstentionReport)>> {
    let Some(max_error) = args.max_error else {
        return Ok(Vec::new());
    };
    let names = heads.iter().map(|head| head.name.as_str());
    Ok(names.zip(model.abstention(corpus, max_error)?).collect())
}

/// Checks inputs and outputs before anything is read, and returns the parameters of intervals.
fn verify(args: &EvalArgs) -> Result<Bootstrap> {
    if args.inputs.is_empty() {
        return Err(Error::usage("there is no corpus to evaluate on")
            .help("name a labelled file after the model"));
    }
    let bootstrap = args.intervals.bootstrap()?;
    for path in args.predictions.iter().chain(&args.write_card) {
        check_target(path, args.force)?;
    }
    args.report.verify(args.force)?;
    Ok(bootstrap)
}

/// Returns the columns of the corpus: as the model records, unless flags say otherwise.
fn mapping(args: &EvalArgs, model: &Model) -> Result<ColumnMapping> {
    let mapping = corpus::columns_of_model(model, &args.labels, &args.read, &args.head)?;
    if let Some(max_error) = args.max_error {
        let heads = mapping.schema.heads.iter();
        model.verify_max_error(max_error, heads.map(|head| head.name.as_str()))?;
    }
    Ok(mapping)
}

/// Writes the predictions of every document as JSON lines.
fn write_predictions(
    outputs: &mut Transaction,
    path: &Path,
    force: bool,
    corpus: &Corpus,
    heads: &[HeadPredictions],
) -> Result<()> {
    let rows = json::predictions(corpus, heads);
    outputs.write(path, force, |file| {
        rows.into_iter().try_for_each(|row| {
            serde_json::to_writer(&mut *file, &row)?;
            writeln!(file)
        })
    })
}

/// Facts of an evaluation beside its metrics.
struct EvaluationOutput<'a> {
    name: &'a str,
    documents: usize,
    /// The number of documents that the model learnt from, where it can tell.
    learnt: Option<usize>,
    /// The abstention of each head, where it was asked for.
    sets: &'a [(&'a str, AbstentionReport)],
}

impl EvaluationOutput<'_> {
    fn json<'s>(&'s self, model: &'s ModelRow, evaluated: &'s [Evaluated]) -> EvaluationRow<'s> {
        let row = json::EvaluationRow::new(model, self.documents, evaluated, self.learnt);
        row.with_abstention(self.sets)
    }

    fn table(&self, style: Style, evaluated: &[Evaluated]) -> String {
        let sets = self.sets.iter();
        let abstention: String = sets
            .map(|(head, sets)| terminal::abstention(style, head, sets))
            .collect();
        let model = terminal::prose(style, &format!("model: {}", self.name));
        let learnt = self.learnt.filter(|&learnt| learnt > 0);
        let learnt =
            learnt.map(|learnt| terminal::prose(style, &shown_share(learnt, self.documents)));
        model + &learnt.unwrap_or_default() + &terminal::evaluation(style, evaluated) + &abstention
    }
}

/// The corpus, and the group of each document where they are asked for.
fn read(
    args: &EvalArgs,
    model: &Model,
    mapping: &ColumnMapping,
    outputs: &mut Transaction,
    bar: &'static TerminalProgress,
) -> Result<(Corpus, Option<Vec<u32>>)> {
    let source = plan::corpus(args.inputs.clone(), &args.read, mapping.clone(), bar)?;
    let known = model.known_labels(&mapping.schema);
    let mut rejects = args.read.rejects(outputs)?;
    let reader = source.reader().known_labels(&known);
    let reader = reader.rejects(rejects.as_mut()).progress(bar);
    let read = match &args.intervals.group {
        None => (reader.read()?, None),
        Some(column) => {
            let (corpus, values) = reader.read_with_column(&column.as_str().into())?;
            (corpus, Some(group_numbers(&values)))
        }
    };
    args.read.report_rejects(rejects, bar)?;
    Ok(read)
}

/// Reports the metrics that are left out because there are very many scores.
fn warn_of_many_scores(heads: &[HeadPredictions], bootstrap: &Bootstrap, bar: &TerminalProgress) {
    for HeadPredictions {
        name, predictions, ..
    } in heads
    {
        let scores = predictions
            .scores
            .as_ref()
            .map(|scores| scores.values.len());
        if scores.is_none() {
            bar.note(&format!(
                "head `{name}` has too many scores to keep; metrics of scores are left out"
            ));
        } else if scores
            .is_some_and(|scores| scores.saturating_mul(bootstrap.resamples) > MAX_SCORE_DRAWS)
        {
            bar.note(&format!(
                "head `{name}` has too many scores to draw so often; their metrics have no intervals (--resamples)"
            ));
        }
    }
}

/// Returns a sentence on the number of rows that were learnt from.
pub fn shown_share(learnt: usize, documents: usize) -> String {
    let share = 100.0 * learnt as f64 / documents.max(1) as f64;
    format!(
        "learnt from: {learnt} of {} ({share:.1} %)",
        counted(documents, "row")
    )
}

/// Metrics on rows that were learnt from say how well they are remembered.
pub fn warn_of_learnt_documents(learnt: Option<usize>, documents: usize, bar: &TerminalProgress) {
    if let Some(learnt) = learnt.filter(|&learnt| learnt > 0) {
        bar.note(&format!(
            "the model learnt from {learnt} of {} here: metrics are too good for texts that it has not seen",
            counted(documents, "row")
        ));
    }
}

/// Metrics of 0 may mean that the corpus has labels of another name.
fn warn_of_unknown_labels(model: &Model, corpus: &Corpus, bar: &TerminalProgress) {
    for head in &corpus.heads {
        let known = model
            .head(&head.name)
            .map_or(0, |(_, head)| head.metadata().labels.len());
        let support = head.targets.support(None);
        if support[..known].iter().all(|[yes, _]| *yes == 0.0)
            && support[known..].iter().any(|[yes, _]| *yes > 0.0)
        {
            bar.note(&format!(
                "the model knows none of the labels of head `{}`",
                head.name
            ));
        }
    }
}
