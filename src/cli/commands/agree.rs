//! `standpoint agree`

use crate::cli::args::{AgreeArgs, LabelArgs, UnlabelledArg};
use crate::cli::console::{Console, print_json};
use crate::cli::plan;
use crate::cli::plan::intervals::group_numbers;
use crate::cli::plan::lists;
use crate::cli::progress::TerminalProgress;
use standpoint::corpus::{
    ColumnMapping, ColumnName, HeadColumns, HeadLabels, LabelSource, Schema, Selection, label_form,
};
use standpoint::evaluate::{Agreement, Annotation, agreement};
use standpoint::io::Progress;
use standpoint::io::Transaction;
use standpoint::report::{json, terminal};
use standpoint::{Error, Result};
use std::collections::{BTreeSet, HashMap};

pub fn run(args: AgreeArgs, console: Console) -> Result<()> {
    let mapping = mapping(&args)?;
    let bootstrap = args.intervals.bootstrap()?;
    let bar = TerminalProgress::leak(true);
    let source = plan::corpus(args.inputs, &args.read, mapping, bar)?;
    let heads = &source.mapping.schema.heads;
    let group = args
        .intervals
        .group
        .map(|name| ColumnName::from(name.trim()));
    let mut outputs = Transaction::default();
    let mut rejects = args.read.rejects(&mut outputs)?;
    let reader = source.reader().rejects(rejects.as_mut()).progress(bar);
    let table = reader.label_table(group.as_ref())?;
    args.read.report_rejects(rejects, bar)?;
    let groups = group.map(|_| group_numbers(&table.values));
    let labels = table.labels(heads);
    let documents = annotation(&labels, heads, &table.rows);
    bar.stage("resampling", 0);
    let found = agreement(&labels, &documents, groups.as_deref(), &bootstrap).map_err(|_| {
        Error::data("no row has the answers of two annotators")
            .help("check the columns of the annotators")
    })?;
    outputs.commit()?;
    bar.clear();
    warn_of_partial_annotations(&documents, &found, bar);
    if console.wants_json(args.shape) {
        return print_json(&json::AgreementRow::new(&found));
    }
    console.show(&terminal::agreement(
        console.style(),
        &found,
        bootstrap.level,
    ))
}

impl AgreeArgs {
    /// The annotators as the heads of `train`: `--annotators` are columns that may hold several
    /// labels.
    fn plain(&self) -> Result<LabelArgs> {
        let mut labels = self.labels.clone();
        for list in &self.annotators {
            let names = lists::names("--annotators", list)?;
            labels.extend(
                names
                    .iter()
                    .map(|name| format!("\"{}\"", name.replace('"', "\"\""))),
            );
        }
        let (label, format) = (self.label.clone(), self.format.clone());
        Ok(LabelArgs {
            label,
            labels,
            sample_weight: None,
            unlabelled: UnlabelledArg::Mask,
            format,
        })
    }
}

/// Returns the columns to read: the annotators are the heads.
fn mapping(args: &AgreeArgs) -> Result<ColumnMapping> {
    let labels = args.plain()?;
    let lists = args
        .annotators
        .iter()
        .map(|list| lists::item("--annotators", list));
    let items: Vec<_> = lists.collect::<Result<Vec<_>>>()?;
    if items.iter().any(|item| {
        item.split_first('=')
            .or_else(|| item.split_first(':'))
            .is_some()
    }) {
        return Err(Error::usage("--annotators takes names of columns only").help(
            "write them as --annotators anna,ben, or give each with --label or --labels ANNOTATOR=COLUMN",
        ));
    }
    let (heads, format) = (labels.heads()?, labels.format()?);
    let names: BTreeSet<&str> = heads.iter().map(|head| head.name.as_str()).collect();
    let columns: Vec<_> = heads.iter().flat_map(columns).collect();
    let different: BTreeSet<_> = columns.iter().collect();
    if names.len() < 2 || names.len() < heads.len() || different.len() < columns.len() {
        return Err(Error::usage(
            "there must be two annotators or more, each once and with columns of their own",
        )
        .help("write them as --annotators anna,ben"));
    }
    let schema = Schema {
        no_header: args.read.no_header,
        decode_html: false,
        text: Vec::new(),
        heads,
        format,
    };
    let selection = Selection {
        filters: args.read.filters()?,
        ..Selection::default()
    };
    Ok(ColumnMapping {
        schema,
        selection,
        labels: true,
    })
}

fn columns(head: &HeadColumns) -> Vec<String> {
    let form = |column: &ColumnName| label_form(&column.0).into_owned();
    match &head.source {
        LabelSource::Column(column) => vec![form(column)],
        LabelSource::Flags(flags) => flags.iter().map(|(_, column)| form(column)).collect(),
    }
}

/// The labels of each answer by their numbers.
fn annotation(
    labels: &[String],
    heads: &[HeadColumns],
    rows: &[Vec<HeadLabels>],
) -> Vec<Vec<Option<Annotation>>> {
    let numbers: HashMap<&str, u32> = labels
        .iter()
        .enumerate()
        .map(|(at, label)| (label.as_str(), at as u32))
        .collect();
    let number = |label: &String| numbers.get(label.as_str()).copied();
    let annotation = |(head, answer): (&HeadColumns, &HeadLabels)| match (answer, &head.source) {
        (HeadLabels::Unknown, _) => None,
        (HeadLabels::One(label), _) => Some(Annotation {
            holds: number(label).into_iter().collect(),
            unknown: vec![],
        }),
        (HeadLabels::Set(set), _) => Some(sorted(set.iter().filter_map(number).collect(), vec![])),
        (HeadLabels::Flags(cells), LabelSource::Flags(flags)) => {
            let of = |wanted: Option<bool>| {
                let flags = flags.iter().zip(cells).filter(|(_, cell)| **cell == wanted);
                flags.filter_map(|((label, _), _)| number(label)).collect()
            };
            Some(sorted(of(Some(true)), of(None)))
        }
        (HeadLabels::Flags(_), LabelSource::Column(_)) => None,
    };
    rows.iter()
        .map(|answers| heads.iter().zip(answers).map(annotation).collect())
        .collect()
}

fn sorted(mut holds: Vec<u32>, mut unknown: Vec<u32>) -> Annotation {
    holds.sort_unstable();
    unknown.sort_unstable();
    Annotation { holds, unknown }
}

/// Answers that count for some labels only, and distances that took too long.
fn warn_of_partial_annotations(
    documents: &[Vec<Option<Annotation>>],
    found: &Agreement,
    bar: &TerminalProgress,
) {
    let partial = documents
        .iter()
        .flatten()
        .flatten()
        .filter(|annotation| !annotation.unknown.is_empty())
        .count();
    if partial > 0 {
        bar.note(&format!(
            "{partial} answers lack a yes or no to a label; they count for the other labels, not for alpha of all"
        ));
    }
    if found.alpha.is_some() && found.sets.is_some_and(|sets| sets.jaccard.is_none()) {
        bar.note("too many different answers share labels; there is no alpha by distance");
    }
}
