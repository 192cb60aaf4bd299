//! `standpoint convert`

use crate::cli::args::{ConvertArgs, RowFormatArg};
use crate::cli::plan;
use crate::cli::progress::TerminalProgress;
use standpoint::exchange::{
    LibsvmRows, read_matrix_market, read_npz, write_libsvm, write_matrix_market, write_npz,
};
use standpoint::features::SparseRows;
use standpoint::io::{Progress, Transaction, check_target};
use standpoint::report::counted;
use standpoint::{Error, Result};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

pub fn run(args: &ConvertArgs) -> Result<()> {
    let from = format(&args.input, args.input_format, "--from")?;
    let to = format(&args.output, args.output_format, "--as")?;
    verify(args, from, to)?;
    let LibsvmRows { rows, labels, .. } = read(args, from)?;
    let labels = match &args.labels_from {
        Some(path) => read_labels(path, rows.rows())?,
        None => labels,
    };
    let mut outputs = Transaction::default();
    outputs.write(&args.output, args.force, |out| match to {
        RowFormatArg::Libsvm => write_libsvm(&rows, &filled(&labels), out),
        RowFormatArg::Mtx => write_matrix_market(&rows, out),
        RowFormatArg::Npz => write_npz(&rows, out),
    })?;
    if let Some(path) = &args.labels_to {
        outputs.write(path, args.force, |out| {
            labels
                .iter()
                .try_for_each(|of| writeln!(out, "{}", of.join(",")))
        })?;
    }
    outputs.commit()?;
    report(args, to, &rows, &labels);
    Ok(())
}

fn report(args: &ConvertArgs, to: RowFormatArg, rows: &SparseRows, labels: &[Vec<String>]) {
    let bar = TerminalProgress::leak(true);
    let labelled = labels.iter().any(|of| !of.is_empty());
    if labelled && to != RowFormatArg::Libsvm && args.labels_to.is_none() {
        bar.note("the labels of the rows are left out; --labels-to FILE keeps them");
    }
    let (count, columns) = (
        counted(rows.rows(), "row"),
        counted(rows.columns(), "column"),
    );
    bar.note(&format!(
        "wrote {count} of {columns} to {}",
        args.output.display()
    ));
}

/// Returns the format: as it is asked for, or by the name of the file.
fn format(path: &Path, asked: Option<RowFormatArg>, flag: &str) -> Result<RowFormatArg> {
    let end = path.extension().unwrap_or_default();
    let by_name = match end.to_string_lossy().to_ascii_lowercase().as_str() {
        "svm" | "libsvm" | "svmlight" => Some(RowFormatArg::Libsvm),
        "mtx" => Some(RowFormatArg::Mtx),
        "npz" => Some(RowFormatArg::Npz),
        _ => None,
    };
    asked.or(by_name).ok_or_else(|| {
        Error::usage("the name does not tell the format")
            .at(path.display())
            .help(format!("pass {flag} libsvm, mtx or npz"))
    })
}

/// Refuses labels where no file has room for them, and outputs that exist.
fn verify(args: &ConvertArgs, from: RowFormatArg, to: RowFormatArg) -> Result<()> {
    if args.labels_from.is_some() && to != RowFormatArg::Libsvm {
        return Err(
            Error::usage("--labels-from has no effect: only LIBSVM's format has labels")
                .help("leave it out, or write with --as libsvm"),
        );
    }
    if args.labels_to.is_some() && from != RowFormatArg::Libsvm {
        return Err(
            Error::usage("--labels-to has no effect: only LIBSVM's format has labels")
                .help("leave it out"),
        );
    }
    let mut targets = [&args.output].into_iter().chain(&args.labels_to);
    targets.try_for_each(|path| check_target(path, args.force))
}

/// Reads rows of at least the columns that are asked for, with labels where the format has some.
fn read(args: &ConvertArgs, format: RowFormatArg) -> Result<LibsvmRows> {
    let path = &args.input;
    let file = File::open(path).map_err(|e| Error::io("read", e).at(path.display()))?;
    let (file, columns) = (BufReader::new(file), args.columns.unwrap_or(0) as usize);
    let found = match format {
        RowFormatArg::Libsvm => LibsvmRows::read(file, columns),
        RowFormatArg::Mtx => read_matrix_market(file).map(|rows| LibsvmRows::of(rows, columns)),
        RowFormatArg::Npz => read_npz(file).map(|rows| LibsvmRows::of(rows, columns)),
    };
    found.map_err(|e| e.at(path.display()))
}

/// Reads the labels of so many rows, a line each.
fn read_labels(path: &Path, rows: usize) -> Result<Vec<Vec<String>>> {
    let text = plan::text_file(path)?;
    let labels: Vec<Vec<String>> = text
        .lines()
        .map(|line| {
            line.split(',')
                .map(|label| label.trim().to_string())
                .collect()
        })
        .collect();
    let wrong = |what: String| Err(Error::data(what).at(path.display()));
    let is_label = |label: &String| !label.is_empty() && !label.contains([' ', '\t', ':', '#']);
    let is_line = |of: &Vec<String>| of.concat().is_empty() || of.iter().all(is_label);
    let odd = labels.iter().position(|of| !is_line(of));
    match odd {
        Some(at) => wrong(format!("line {}: no labels for LIBSVM\'s format", at + 1)),
        None if labels.len() != rows => wrong(format!(
            "{} lines of labels for {}",
            labels.len(),
            counted(rows, "row")
        )),
        None => Ok(labels),
    }
}

/// Returns the labels with a 0 where a row has none, without which it could be a blank line.
fn filled(labels: &[Vec<String>]) -> Vec<Vec<String>> {
    let zero = || vec!["0".to_string()];
    let is_empty = |of: &Vec<String>| of.iter().all(String::is_empty);
    labels
        .iter()
        .map(|of| if is_empty(of) { zero() } else { of.clone() })
        .collect()
}
