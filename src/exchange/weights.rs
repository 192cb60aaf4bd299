//! Terms, idf and weights of a model as a table.

use crate::model::Model;
use std::io::{self, Write};

/// Writes a table of all terms between tabs: the term, `word`, `characters` or `bucket`, its
/// idf, and its weight for each label, in columns named `HEAD=LABEL`. The first row, of the term
/// `(bias)`, holds the biases. Terms have no tabs; character n-grams begin and end with the blanks of word ends,
/// which are written as `_`.
///
/// # Errors
/// An I/O error if writing fails.
pub fn write_weights(model: &Model, mut out: impl Write) -> io::Result<()> {
    let vocabulary = model.tfidf().vocabulary();
    write!(out, "term\tkind\tidf")?;
    for head in model.heads() {
        for label in &head.metadata().labels {
            write!(out, "\t{}={}", head.metadata().name, one_line(label))?;
        }
    }
    write!(out, "\n(bias)\t\t")?;
    let biases = model.heads().iter().flat_map(|head| head.linear().bias());
    for bias in biases {
        write!(out, "\t{bias}")?;
    }
    writeln!(out)?;
    for column in 0..vocabulary.len() {
        let term = vocabulary.term(column);
        let (term, kind) = if column < vocabulary.words() {
            (term, "word")
        } else if column < vocabulary.spelled() {
            (term.replace(' ', "_").into(), "characters")
        } else {
            (term, "bucket")
        };
        write!(out, "{term}\t{kind}\t{}", model.tfidf().idf()[column])?;
        for head in model.heads() {
            for weight in head.linear().weights_of(column) {
                write!(out, "\t{weight}")?;
            }
        }
        writeln!(out)?;
    }
    out.flush()
}

fn one_line(label: &str) -> String {
    label.replace(['\t', '\n', '\r'], " ")
}
