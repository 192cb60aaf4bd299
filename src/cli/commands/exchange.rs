//! `standpoint export` and `standpoint import`

use crate::cli::args::{ExportArgs, ExportFormatArg, ImportArgs, ModelArgs, ShapeArgs};
use crate::cli::plan;
use crate::cli::progress::TerminalProgress;
use standpoint::corpus::{Corpus, Targets, Unlabelled, label_form};
use standpoint::exchange::{
    LiblinearModel, write_libsvm, write_matrix_market, write_npz, write_weights, write_weights_npz,
};
use standpoint::features::SparseRows;
use standpoint::io::{Progress, Transaction, check_target};
use standpoint::model::ModelHead;
use standpoint::report::counted;
use standpoint::{Error, Model, Result};
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;

pub fn export(mut args: ExportArgs) -> Result<()> {
    let of_model = ModelArgs {
        model: args.model.clone(),
        shape: ShapeArgs::default(),
    };
    let model = plan::model(&of_model, &mut args.inputs)?.model;
    let format = format(&args)?;
    let written = [
        Some(&args.output),
        args.row_names.as_ref(),
        args.column_names.as_ref(),
    ];
    for path in written.into_iter().flatten() {
        check_target(path, args.force)?;
    }
    let mut outputs = Transaction::default();
    let bar = TerminalProgress::leak(true);
    let what = match args.inputs.is_empty() {
        true => weights(&args, &model, format, &mut outputs)?,
        false => rows(&args, &model, format, &mut outputs, bar)?,
    };
    if let Some(path) = &args.column_names {
        outputs.write(path, args.force, |out| column_names(&model, out))?;
    }
    outputs.commit()?;
    bar.clear();
    bar.note(&format!("wrote {what} to {}", args.output.display()));
    Ok(())
}

/// Returns the format: as it is asked for, or by the name of the file.
fn format(args: &ExportArgs) -> Result<ExportFormatArg> {
    let end = args.output.extension().unwrap_or_default();
    let by_name = match end.to_string_lossy().to_ascii_lowercase().as_str() {
        "svm" | "libsvm" | "svmlight" => Some(ExportFormatArg::Libsvm),
        "mtx" => Some(ExportFormatArg::Mtx),
        "npz" => Some(ExportFormatArg::Npz),
        "tsv" => Some(ExportFormatArg::Tsv),
        "liblinear" => Some(ExportFormatArg::Liblinear),
        _ => None,
    };
    args.format_of_output.or(by_name).ok_or_else(|| {
        Error::usage("the name does not tell the format")
            .at(args.output.display())
            .help("pass --as libsvm, mtx, npz, tsv or liblinear")
    })
}

/// Returns the head that is asked for, or the first.
fn head<'m>(model: &'m Model, name: Option<&str>) -> Result<(usize, &'m ModelHead)> {
    let name = name.map(label_form);
    let mut heads = model.heads().iter().enumerate();
    let found = match &name {
        None => heads.next(),
        Some(name) => heads.find(|(_, head)| head.metadata().name == *name),
    };
    found.ok_or_else(|| {
        Error::usage(format!(
            "the model has no head `{}`",
            name.unwrap_or_default()
        ))
        .help("`standpoint inspect` shows its heads")
    })
}

/// Writes the weights of the model; returns their description.
fn weights(
    args: &ExportArgs,
    model: &Model,
    format: ExportFormatArg,
    outputs: &mut Transaction,
) -> Result<String> {
    let (_, of_one) = head(model, args.head.as_deref())?;
    let write = |out: &mut dyn Write| match format {
        ExportFormatArg::Npz => write_weights_npz(model, out),
        ExportFormatArg::Liblinear => LiblinearModel::of_head(of_one.linear()).write(out),
        _ => write_weights(model, out),
    };
    match format {
        ExportFormatArg::Tsv | ExportFormatArg::Npz | ExportFormatArg::Liblinear => {
            outputs.write(&args.output, args.force, write)?;
        }
        ExportFormatArg::Libsvm | ExportFormatArg::Mtx => {
            return Err(
                Error::usage("this format holds rows, but there is no corpus").help(
                    "name a corpus behind the model, or --as tsv, npz or liblinear for weights",
                ),
            );
        }
    }
    let terms = model.tfidf().vocabulary().len();
    Ok(format!("the weights of {}", counted(terms, "term")))
}

/// Writes the rows of the corpora; returns their description.
fn rows(
    args: &ExportArgs,
    model: &Model,
    format: ExportFormatArg,
    outputs: &mut Transaction,
    bar: &'static TerminalProgress,
) -> Result<String> {
    if matches!(format, ExportFormatArg::Tsv | ExportFormatArg::Liblinear) {
        return Err(
            Error::usage("this format holds weights, not the rows of a corpus")
                .help("leave the corpus out, or --as libsvm, mtx or npz"),
        );
    }
    let labelled = format == ExportFormatArg::Libsvm || args.row_names.is_some();
    let corpus = read(args, model, labelled, outputs, bar)?;
    bar.stage("features", 0);
    let rows = model.tfidf().transform_texts(&corpus.texts);
    let labels = match format {
        ExportFormatArg::Libsvm => numbers(args, model, &corpus)?,
        _ => Vec::new(),
    };
    outputs.write(&args.output, args.force, |out| match format {
        ExportFormatArg::Mtx => write_matrix_market(&rows, out),
        ExportFormatArg::Npz => write_npz(&rows, out),
        _ => write_libsvm(&rows, &labels, out),
    })?;
    if let Some(path) = &args.row_names {
        outputs.write(path, args.force, |out| row_names(&corpus, out))?;
    }
    Ok(described(&rows))
}

fn described(rows: &SparseRows) -> String {
    let columns = counted(rows.columns(), "column");
    format!("{} of {columns}", counted(rows.rows(), "row"))
}

fn read(
    args: &ExportArgs,
    model: &Model,
    labelled: bool,
    outputs: &mut Transaction,
    bar: &'static TerminalProgress,
) -> Result<Corpus> {
    let mut mapping = args.read.for_model(model)?;
    mapping.labels = labelled;
    if !labelled {
        mapping.schema.heads.clear();
    }
    mapping.selection.unlabelled = Unlabelled::Mask;
    let source = plan::corpus(args.inputs.clone(), &args.read, mapping.clone(), bar)?;
    let known = model.known_labels(&mapping.schema);
    let mut rejects = args.read.rejects(outputs)?;
    let reader = source.reader().known_labels(&known);
    let corpus = reader.rejects(rejects.as_mut()).progress(bar).read()?;
    args.read.report_rejects(rejects, bar)?;
    Ok(corpus)
}

/// Returns the numbers, from 1, of the labels of each document.
fn numbers(args: &ExportArgs, model: &Model, corpus: &Corpus) -> Result<Vec<Vec<String>>> {
    let (at, _) = head(model, args.head.as_deref())?;
    let targets: &Targets = &corpus.heads[at].targets;
    let of_document = |document: usize| {
        let holds = |label: &usize| targets.holds(document, *label) == Some(true);
        let labels = (0..targets.labels()).filter(holds);
        labels.map(|label| (label + 1).to_string()).collect()
    };
    Ok((0..corpus.len()).map(of_document).collect())
}

fn row_names(corpus: &Corpus, out: &mut dyn Write) -> std::io::Result<()> {
    let one_line = |text: &str| text.replace(['\t', '\n', '\r'], " ");
    write!(out, "id")?;
    for head in &corpus.heads {
        write!(out, "\t{}", one_line(&head.name))?;
    }
    writeln!(out)?;
    for document in 0..corpus.len() {
        write!(out, "{}", one_line(corpus.ids.get(document)))?;
        for head in &corpus.heads {
            let names = head.labels.iter().enumerate();
            let names = names.filter(|(at, _)| head.targets.holds(document, *at) == Some(true));
            let names: Vec<String> = names.map(|(_, name)| one_line(name)).collect();
            write!(out, "\t{}", names.join("|"))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn column_names(model: &Model, out: &mut dyn Write) -> std::io::Result<()> {
    let vocabulary = model.tfidf().vocabulary();
    (0..vocabulary.len()).try_for_each(|column| writeln!(out, "{}", vocabulary.term(column)))
}

pub fn import(args: ImportArgs) -> Result<()> {
    check_target(&args.output, args.force)?;
    let made = match Model::is_fasttext(&args.input) {
        true => import_fasttext(&args)?,
        false => import_liblinear(&args)?,
    };
    made.save(&args.output, args.force)?;
    let bar = TerminalProgress::leak(true);
    let vocabulary = made.tfidf().vocabulary();
    let buckets = match vocabulary.len() - vocabulary.spelled() {
        0 => String::new(),
        buckets => format!(" and {}", counted(buckets, "bucket")),
    };
    let terms = counted(vocabulary.spelled(), "term");
    bar.note(&format!(
        "wrote {} with {terms}{buckets}",
        args.output.display()
    ));
    Ok(())
}

fn import_liblinear(args: &ImportArgs) -> Result<Model> {
    let liblinear = read_liblinear(&args.input)?;
    let path = args.model.as_ref().ok_or_else(|| {
        Error::usage("LIBLINEAR's weights are those of the features of a model")
            .help("name the model from which the rows were exported with --model")
    })?;
    let model = plan::load(path)?.model;
    let (_, head) = head(&model, args.head.as_deref())?;
    model.with_liblinear(&head.metadata().name, &liblinear)
}

fn import_fasttext(args: &ImportArgs) -> Result<Model> {
    if args.model.is_some() {
        return Err(Error::usage(
            "--model has no effect: a model of fastText has features of its own",
        )
        .help("leave it out"));
    }
    let head = label_form(args.head.as_deref().unwrap_or("label"));
    let name = args.output.file_stem().unwrap_or_default();
    Model::load_fasttext(&args.input, &name.to_string_lossy(), &head)
}

fn read_liblinear(path: &Path) -> Result<LiblinearModel> {
    let file = File::open(path).map_err(|e| Error::io("read", e).at(path.display()))?;
    LiblinearModel::read(BufReader::new(file)).map_err(|e| e.at(path.display()))
}
