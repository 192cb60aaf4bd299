//! `standpoint background`

use crate::cli::args::LearnArgs;
use crate::cli::plan;
use crate::cli::progress::TerminalProgress;
use standpoint::Result;
use standpoint::background::BackgroundOptions;
use standpoint::corpus::{ColumnMapping, CorpusSource, LabelFormat};
use standpoint::io::Progress;
use standpoint::io::{Transaction, check_target};

pub fn run(args: LearnArgs) -> Result<()> {
    let options = options(&args)?;
    options.verify()?;
    check_target(&args.output, args.force)?;
    let bar = TerminalProgress::leak(true);
    let source = source(&args, bar)?;
    let mut outputs = Transaction::default();
    let mut rejects = args.read.rejects(&mut outputs)?;
    let background = options.learn_files(&source, rejects.as_mut(), bar)?;
    args.read.report_rejects(rejects, bar)?;
    background.save_with(&mut outputs, &args.output, args.force)?;
    outputs.commit()?;
    bar.clear();
    let summary = background.summary();
    for language in &summary.languages {
        bar.note(&format!(
            "{}: {} words in {} dimensions, from {} texts",
            language.language, language.terms, language.dimensions, language.documents
        ));
    }
    bar.note(&format!("wrote {}", args.output.display()));
    Ok(())
}

fn options(args: &LearnArgs) -> Result<BackgroundOptions> {
    Ok(BackgroundOptions::default()
        .tokens(args.tokens.options()?)
        .dimensions(args.dimensions)
        .window(args.window)
        .vocabulary(args.vocabulary)
        .min_df(args.min_df)
        .bits(args.bits)
        .seed(args.seed)
        .memory(plan::size(&args.memory)?))
}

fn source(args: &LearnArgs, bar: &'static TerminalProgress) -> Result<CorpusSource> {
    let mapping = ColumnMapping {
        schema: args.read.schema(vec![], LabelFormat::default())?,
        selection: args.read.selection()?,
        labels: false,
    };
    plan::corpus(args.inputs.clone(), &args.read, mapping, bar)
}
