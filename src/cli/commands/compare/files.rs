//! Systems whose predictions are in files.

use crate::cli::args::{CompareArgs, UnlabelledArg};
use crate::cli::plan::{self, Source};
use crate::cli::progress::TerminalProgress;
use standpoint::corpus::{ColumnName, HeadColumns, LabelSource};
use standpoint::evaluate::{
    ComparisonObjective, PredictionColumns, PredictionFile, SplitReport, System, baseline,
};
use standpoint::io::{Progress, Silent};
use standpoint::report::counted;
use standpoint::{Error, Result};
use std::collections::BTreeSet;
use std::path::Path;

pub fn compare(
    args: &CompareArgs,
    truth: &str,
    objective: &ComparisonObjective,
    bar: &'static TerminalProgress,
) -> Result<SplitReport> {
    let columns = columns(args)?;
    let all = std::iter::once(truth.to_string())
        .chain(args.inputs.iter().cloned())
        .collect();
    // Notes of what was found come with each file below.
    plan::source(all, &args.read, args.read.no_header, &Silent)?;
    let read = |name: &str| {
        let Source { inputs, options } = plan::source_of_any(name, &args.read, bar)?;
        PredictionFile::read(inputs, options, &columns, bar)
    };
    let truth = read(truth)?;
    verify_answered(args, &truth, &columns, bar)?;
    let files: Vec<PredictionFile> = args
        .inputs
        .iter()
        .map(|name| read(name))
        .collect::<Result<_>>()?;
    files.iter().try_for_each(|file| file.verify_ids(&truth))?;
    let names = names(&args.inputs);
    let mut reports = Vec::new();
    for (at, head) in columns.heads.iter().enumerate() {
        let systems = systems(&truth, &files, &names, (at, head), bar)?;
        let shares = baseline::shares(&systems[0].predictions)?;
        reports.push(objective.compare(&head.name, &systems, &shares, &args.judging.reference)?);
    }
    Ok(SplitReport {
        split: "files".to_string(),
        description: format!(
            "predictions of {}; baselines know the label shares of the truth",
            counted(files.len(), "file")
        ),
        learnt: 0.0,
        heads: reports,
        gaps: Vec::new(),
    })
}

/// Returns the columns of ids, labels and scores.
fn columns(args: &CompareArgs) -> Result<PredictionColumns> {
    let columns = PredictionColumns {
        id: ColumnName(args.read.id.clone().unwrap_or_else(|| "id".to_string())),
        id_is_optional: args.read.id.is_none(),
        heads: args.labels.heads()?,
        format: args.labels.format()?,
        probabilities: args.systems.probabilities,
    };
    if columns.heads.is_empty() {
        return Err(Error::usage("there is nothing to compare")
            .help("name the label column with --label or --labels"));
    }
    Ok(columns)
}

/// Returns the systems of all files for one head, in their order.
fn systems(
    truth: &PredictionFile,
    files: &[PredictionFile],
    names: &[String],
    (at, head): (usize, &HeadColumns),
    bar: &'static TerminalProgress,
) -> Result<Vec<System>> {
    let labels = labels(truth, files, at, &head.source);
    for file in files {
        warn_of_unshared_labels(file, truth, at, &head.name, bar)?;
    }
    for file in files {
        warn_of_missing_scores(file, at, &labels, bar);
    }
    let system = |(file, name): (&PredictionFile, &String)| {
        let predictions = file.beside(truth, at, head, &labels)?;
        Ok(System {
            name: name.clone(),
            predictions,
            resources: None,
        })
    };
    files.iter().zip(names).map(system).collect()
}

/// Rows of the truth without an answer are an error, or left out where that is asked for.
fn verify_answered(
    args: &CompareArgs,
    truth: &PredictionFile,
    columns: &PredictionColumns,
    bar: &'static TerminalProgress,
) -> Result<()> {
    for (at, head) in columns.heads.iter().enumerate() {
        let Some((count, first)) = truth.unanswered(at) else {
            continue;
        };
        let what = format!(
            "{} without an answer to `{}`, the first is `{first}`",
            counted(count, "row"),
            head.name
        );
        if matches!(args.labels.unlabelled, UnlabelledArg::Error) {
            return Err(Error::data(what)
                .at(&truth.name)
                .help("leave them out with --unlabelled skip"));
        }
        bar.note(&format!("{}: {what}; they are left out", truth.name));
    }
    Ok(())
}

/// Labels on one side only, which may be spelt in two ways.
fn warn_of_unshared_labels(
    file: &PredictionFile,
    truth: &PredictionFile,
    head: usize,
    name: &str,
    bar: &'static TerminalProgress,
) -> Result<()> {
    const SHOWN: usize = 5;
    let [of_truth, of_file] = file.verify_labels(truth, head, name)?;
    for (labels, side) in [(of_truth, "the truth"), (of_file, "the predictions")] {
        if !labels.is_empty() {
            let more = labels.len().saturating_sub(SHOWN);
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            let shown = labels
                .iter()
                .take(SHOWN)
                .map(|label| format!("`{label}`"))
                .collect::<Vec<_>>()
                .join(", ");
            bar.note(&format!(
                "{}: {name}: labels of {side} only: {shown}{more}",
                file.name
            ));
        }
    }
    Ok(())
}

fn warn_of_missing_scores(
    file: &PredictionFile,
    head: usize,
    labels: &[String],
    bar: &'static TerminalProgress,
) {
    if let Some((id, label)) = file.unscored(head, labels) {
        bar.note(&format!(
            "{}: no metrics of scores, because `{id}` has no score of `{label}`",
            file.name
        ));
    }
}

/// The labels of the columns, or all that stand in a file.
fn labels(
    truth: &PredictionFile,
    files: &[PredictionFile],
    head: usize,
    source: &LabelSource,
) -> Vec<String> {
    match source {
        LabelSource::Flags(flags) => flags.iter().map(|(label, _)| label.clone()).collect(),
        LabelSource::Column(_) => {
            let all: BTreeSet<String> = std::iter::once(truth)
                .chain(files)
                .flat_map(|file| file.labels(head))
                .collect();
            all.into_iter().collect()
        }
    }
}

/// The files' names without folders and endings, unless two would be the same.
fn names(paths: &[String]) -> Vec<String> {
    let short = |path: &String| {
        let name = Path::new(path)
            .file_name()
            .map_or_else(|| path.clone(), |name| name.to_string_lossy().into_owned());
        name.split('.')
            .next()
            .filter(|stem| !stem.is_empty())
            .unwrap_or(&name)
            .to_string()
    };
    let names: Vec<String> = paths.iter().map(short).collect();
    let distinct: BTreeSet<&String> = names.iter().collect();
    if distinct.len() == names.len() {
        names
    } else {
        paths.to_vec()
    }
}
