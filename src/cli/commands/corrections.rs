//! `standpoint corrections`

use crate::cli::args::{CorrectionsAction, CorrectionsArgs, ToolArg};
use crate::cli::console::{self, Console, print_json};
use crate::cli::plan;
use crate::cli::progress::TerminalProgress;
use standpoint::corpus::HeadKind;
use standpoint::desk::{AnnotationTool, CorrectionStore, ForeignHead, ForeignReader};
use standpoint::io::{Progress, Transaction, check_target};
use standpoint::report::{counted, terminal};
use standpoint::{Error, Result};
use std::io::{self, BufWriter, Write};

pub fn run(args: CorrectionsArgs, console: Console) -> Result<()> {
    match args.action {
        CorrectionsAction::Show => show(&CorrectionStore::open(&args.store)?, &args, console),
        CorrectionsAction::Export | CorrectionsAction::Log => write(&args),
        CorrectionsAction::Import => import(&args, console),
    }
}

fn show(store: &CorrectionStore, args: &CorrectionsArgs, console: Console) -> Result<()> {
    let found = store.summary()?;
    match console.wants_json(args.shape) {
        true => print_json(&found),
        false => console.show(&terminal::corrections(console.style(), &found)),
    }
}

fn write(args: &CorrectionsArgs) -> Result<()> {
    let Some(path) = &args.output else {
        let store = CorrectionStore::open(&args.store)?;
        return print(&store, args.action);
    };
    check_target(path, args.force)?;
    let store = CorrectionStore::open(&args.store)?;
    let mut outputs = Transaction::default();
    let mut out = outputs.open(path, args.force)?;
    let mut rows = 0;
    each_line(&store, args.action, &mut |line| {
        rows += 1;
        writeln!(out, "{line}").map_err(|e| Error::io("write", e).at(path.display()))
    })?;
    outputs.commit()?;
    let bar = TerminalProgress::leak(true);
    bar.note(&format!(
        "wrote {} to {}",
        counted(rows, "row"),
        path.display()
    ));
    Ok(())
}

/// Writes lines to standard output. Its errors are told apart from those of the store, because a
/// closed pipe ends the program quietly.
fn print(store: &CorrectionStore, action: CorrectionsAction) -> Result<()> {
    let mut done = Ok(());
    console::print_through(|| {
        let mut out = BufWriter::new(io::stdout().lock());
        let mut written = Ok(());
        done = each_line(store, action, &mut |line| {
            written = writeln!(out, "{line}");
            match written {
                Ok(()) => Ok(()),
                Err(_) => Err(Error::usage("standard output takes no more")),
            }
        });
        written.and_then(|()| out.flush())
    })?;
    done
}

/// Calls `each` with the lines of an export or a log.
fn each_line(
    store: &CorrectionStore,
    action: CorrectionsAction,
    each: &mut impl FnMut(&str) -> Result<()>,
) -> Result<()> {
    let json = |e: serde_json::Error| Error::data(format!("a row cannot be written: {e}"));
    if action == CorrectionsAction::Export {
        return store
            .articles(|article| each(&serde_json::to_string(&article.row()?).map_err(json)?));
    }
    store.each_correction(|row| each(&serde_json::to_string(&row).map_err(json)?))
}

fn import(args: &CorrectionsArgs, console: Console) -> Result<()> {
    let (Some(path), Some(tool)) = (&args.answers, args.tool) else {
        return Err(Error::usage("there are no answers to import").help(
            "name the export of a tool and the tool: --answers tasks.json --as label-studio",
        ));
    };
    let of = |kind| move |name: &String| ForeignHead::new(name, kind);
    let exclusive = args.label.iter().map(of(HeadKind::Exclusive));
    let independent = args.labels.iter().map(of(HeadKind::Independent));
    let heads: Vec<ForeignHead> = exclusive.chain(independent).collect();
    if heads.is_empty() {
        return Err(Error::usage("no head is named")
            .help("name the head that the labels belong to: --label topic, or --labels stance"));
    }
    let mut reader = ForeignReader::new(
        match tool {
            ToolArg::LabelStudio => AnnotationTool::LabelStudio,
            ToolArg::Doccano => AnnotationTool::Doccano,
            ToolArg::Prodigy => AnnotationTool::Prodigy,
        },
        heads,
    );
    reader.text.clone_from(&args.text);
    reader.annotator.clone_from(&args.annotator);
    let found = reader.read(&plan::text_file(path)?, &path.to_string_lossy())?;
    let bar = TerminalProgress::leak(true);
    for (why, rows) in &found.left_out {
        bar.note(&format!("left out {}: {why}", counted(*rows, "answer")));
    }
    let mut store = CorrectionStore::create(&args.store)?;
    let added = store.add(&found.answers)?;
    bar.note(&format!(
        "added {} to {}",
        counted(added.len(), "answer"),
        args.store.display()
    ));
    show(&store, args, console)
}
