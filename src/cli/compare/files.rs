//! Systems whose predictions are in files.

use super::Judge;
use crate::cli::args::CompareArgs;
use crate::cli::plan::{self, Source};
use crate::cli::progress::Bar;
use standpoint::corpus::{Column, LabelSource};
use standpoint::evaluate::{AnswerColumns, AnswerFile, SplitReport, System, baseline};
use standpoint::{Error, Result};
use std::collections::BTreeSet;
use std::path::Path;

pub fn compare(args: &CompareArgs, truth: &str, judge: &Judge, bar: &'static Bar) -> Result<SplitReport> {
    verify(args)?;
    let id = Column(args.read.id.clone().unwrap_or_else(|| "id".to_string()));
    let columns =
        AnswerColumns { id, heads: args.labels.heads()?, probabilities: args.systems.probabilities };
    if columns.heads.is_empty() {
        return Err(Error::usage("there is nothing to compare")
            .help("name the label column with --label or --labels"));
    }
    let read = |name: &str| {
        let Source { inputs, options } =
            plan::source(vec![name.to_string()], &args.read, args.read.no_header, bar)?;
        AnswerFile::read(inputs, options, &columns, bar)
    };
    let truth = read(truth)?;
    let files: Vec<AnswerFile> = args.inputs.iter().map(|name| read(name)).collect::<Result<_>>()?;
    files.iter().try_for_each(|file| file.verify_ids(&truth))?;
    let names = names(&args.inputs);
    let mut reports = Vec::new();
    for (at, head) in columns.heads.iter().enumerate() {
        let labels = labels(&truth, &files, at, &head.source);
        let system = |(file, name): (&AnswerFile, &String)| {
            let predictions = file.beside(&truth, at, head, &labels)?;
            Ok(System { name: name.clone(), predictions, costs: None })
        };
        let systems: Vec<System> = files.iter().zip(&names).map(system).collect::<Result<_>>()?;
        let shares = baseline::shares(&systems[0].predictions)?;
        reports.push(judge.head(&head.name, &systems, &shares, &args.judging.against)?);
    }
    Ok(SplitReport {
        split: "files".to_string(),
        description: format!(
            "predictions of {} files; baselines know the label shares of the truth",
            files.len()
        ),
        learnt: 0.0,
        heads: reports,
        gaps: Vec::new(),
    })
}

/// What has no meaning for files of predictions must not be ignored.
fn verify(args: &CompareArgs) -> Result<()> {
    let given = [
        ("--text", args.read.text.is_some()),
        ("--where", !args.read.filters.is_empty()),
        ("--skip-bad", args.read.skip_bad.is_some()),
        ("--group", args.intervals.group.is_some()),
        ("--weight", args.labels.weight.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((flag, _)) => {
            Err(Error::usage(format!("{flag} is not for predictions in files, which --truth asks for")))
        }
        None => Ok(()),
    }
}

/// The labels of the columns, or all that stand in a file.
fn labels(truth: &AnswerFile, files: &[AnswerFile], head: usize, source: &LabelSource) -> Vec<String> {
    match source {
        LabelSource::Flags(flags) => flags.iter().map(|(label, _)| label.clone()).collect(),
        LabelSource::Column(_) => {
            let all: BTreeSet<String> =
                std::iter::once(truth).chain(files).flat_map(|file| file.labels(head)).collect();
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
        name.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or(&name).to_string()
    };
    let names: Vec<String> = paths.iter().map(short).collect();
    let distinct: BTreeSet<&String> = names.iter().collect();
    if distinct.len() == names.len() { names } else { paths.to_vec() }
}
