//! Labelled corpora: from the flags of columns, labels and reading to documents.

use crate::cli::args::{LabelArgs, ReadArgs};
use crate::cli::plan;
use crate::cli::progress::TerminalProgress;
use standpoint::corpus::{ColumnMapping, Corpus, CorpusSource, HeadColumns};
use standpoint::io::Transaction;
use standpoint::{Error, Model, Result};

/// The labelled documents that the flags name.
pub fn read_corpus(
    inputs: &[String],
    labels: &LabelArgs,
    read: &ReadArgs,
    outputs: &mut Transaction,
    bar: &'static TerminalProgress,
) -> Result<Corpus> {
    let source = labelled(inputs, labels, read, bar)?;
    read_source(&source, &[], read, outputs, bar)
}

/// Returns the source of labelled documents: inputs and columns.
pub fn labelled(
    inputs: &[String],
    labels: &LabelArgs,
    read: &ReadArgs,
    bar: &'static TerminalProgress,
) -> Result<CorpusSource> {
    if labels.heads()?.is_empty() {
        return Err(Error::usage("there is nothing to learn")
            .help("name the label column with --label or --labels"));
    }
    plan::corpus(inputs.to_vec(), read, labels.mapping(read)?, bar)
}

/// All documents of a source, broken ones listed; labels that are known keep their places.
pub fn read_source(
    source: &CorpusSource,
    known: &[Vec<String>],
    read: &ReadArgs,
    outputs: &mut Transaction,
    bar: &'static TerminalProgress,
) -> Result<Corpus> {
    let mut rejects = read.rejects(outputs)?;
    let reader = source.reader().known_labels(known);
    let corpus = reader.rejects(rejects.as_mut()).progress(bar).read()?;
    read.report_rejects(rejects, bar)?;
    Ok(corpus)
}

/// Returns the columns of a corpus on which a model is measured: as the model records, unless flags
/// say otherwise, and of the heads in `only` if there are any.
pub fn columns_of_model(
    model: &Model,
    labels: &LabelArgs,
    read: &ReadArgs,
    only: &[String],
) -> Result<ColumnMapping> {
    let mut mapping = read.for_model(model)?;
    mapping.labels = true;
    mapping.selection = labels.selection(read)?;
    mapping.schema.heads = heads_of_model(model, &mapping.schema.heads, labels, only)?;
    mapping.schema.format = labels
        .format
        .over(&mapping.schema.format, &mapping.schema.heads)?;
    Ok(mapping)
}

/// The model's heads, from the columns that it records or that flags name instead, or those of
/// them that are asked for.
fn heads_of_model(
    model: &Model,
    recorded: &[HeadColumns],
    labels: &LabelArgs,
    only: &[String],
) -> Result<Vec<HeadColumns>> {
    let mut heads = recorded.to_vec();
    for given in labels.heads()? {
        let (_, head) = model
            .head(&given.name)
            .ok_or_else(|| model.no_head(&given.name))?;
        if head.metadata().kind != given.kind {
            let message = format!("the model's head `{}` is of the other kind", given.name);
            return Err(
                Error::usage(message).help("--label is for one label a row, --labels for several")
            );
        }
        if !only.is_empty() && !only.contains(&given.name) {
            return Err(Error::usage(format!(
                "there are columns for head `{}`, which is not evaluated",
                given.name
            )));
        }
        heads.retain(|head| head.name != given.name);
        heads.push(given);
    }
    if let Some(name) = only.iter().find(|name| model.head(name).is_none()) {
        return Err(model.no_head(name));
    }
    heads.retain(|head| only.is_empty() || only.contains(&head.name));
    if heads.is_empty() {
        return Err(Error::usage("the model does not record its label columns")
            .help("name them with --label or --labels"));
    }
    Ok(heads)
}
