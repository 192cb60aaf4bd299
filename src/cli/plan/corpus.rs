//! Labelled corpora: from the flags of columns, labels and reading to documents.

use crate::cli::args::{LabelArgs, ReadArgs};
use crate::cli::plan;
use crate::cli::progress::TerminalProgress;
use standpoint::corpus::{Corpus, CorpusSource};
use standpoint::io::Transaction;
use standpoint::{Error, Result};

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
