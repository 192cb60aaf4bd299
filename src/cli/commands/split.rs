//! `standpoint split`

use crate::cli::args::{NearArg, SplitArgs};
use crate::cli::commands::split_rows;
use crate::cli::console::{Console, print};
use crate::cli::plan;
use crate::cli::plan::parts::{self, SplitPlan};
use crate::cli::progress::TerminalProgress;
use standpoint::corpus::{Corpus, RetainedColumns, RetainedRows};
use standpoint::dedup::near_duplicates;
use standpoint::dedup::{Groups, NearDuplicates};
use standpoint::io::Progress;
use standpoint::io::Transaction;
use standpoint::report::terminal;
use standpoint::split::SplitSummary;
use standpoint::{Error, Result};

pub fn run(args: SplitArgs, console: Console) -> Result<bool> {
    let plan = SplitPlan::new(&args.parts)?;
    verify(&args, &plan)?;
    split_rows::check_targets(&args.target, &plan)?;
    let bar = TerminalProgress::leak(true);
    let mut outputs = Transaction::default();
    let (corpus, rows) = read(&args, &plan, &mut outputs, bar)?;
    let near = near(&args, &corpus, bar);
    let together = near
        .as_ref()
        .filter(|_| args.near.near_duplicates == NearArg::Together);
    let (mut split, undated) = plan.split(&corpus, &rows, together)?;
    parts::place_undated(&mut split, &undated, &args.undated, &rows, &plan)?;
    if let Some(near) = near
        .as_ref()
        .filter(|_| args.near.near_duplicates == NearArg::Drop)
    {
        split.without_leakage(near);
    }
    split.verify()?;
    let leakage = split.leakage(&corpus.ids, near.as_ref());
    let near_duplicates = near.is_some();
    let summary = SplitSummary {
        near_duplicates,
        ..split.summary(&corpus.heads, plan.shares(), leakage)
    };
    bar.clear();
    split_rows::write(&args.target, &split, &rows, outputs, bar)?;
    print_summary(&args, &summary, console)?;
    Ok(!refused(&args, &summary))
}

fn verify(args: &SplitArgs, plan: &SplitPlan) -> Result<()> {
    if plan.by_time() && args.near.near_duplicates == NearArg::Together {
        return Err(
            Error::usage("a split by time cannot keep near duplicates together")
                .help("leave the later ones out with --near-duplicates drop"),
        );
    }
    if args.near.near_duplicates == NearArg::Drop && args.parts.folds.is_some() {
        return Err(
            Error::usage("folds are held out in turn, so that none is the later one")
                .help("keep near duplicates in one fold with --near-duplicates together"),
        );
    }
    match (0.1..=1.0).contains(&args.near.similarity) {
        true => Ok(()),
        false => Err(Error::usage(format!(
            "--similarity {} is not from 0.1 to 1",
            args.near.similarity
        ))),
    }
}

fn read(
    args: &SplitArgs,
    plan: &SplitPlan,
    outputs: &mut Transaction,
    bar: &'static TerminalProgress,
) -> Result<(Corpus, RetainedRows)> {
    let labels = args.labels.plain();
    let mapping = labels.mapping(&args.read)?;
    let source = plan::corpus(args.inputs.clone(), &args.read, mapping, bar)?;
    let lines = args.target.output.is_some() || args.target.write.is_some();
    let keep = RetainedColumns {
        lines,
        columns: plan.columns(),
    };
    let mut rejects = args.read.rejects(outputs)?;
    let read = source
        .reader()
        .rejects(rejects.as_mut())
        .progress(bar)
        .read_rows(&keep)?;
    args.read.report_rejects(rejects, bar)?;
    Ok(read)
}

fn near(args: &SplitArgs, corpus: &Corpus, bar: &TerminalProgress) -> Option<Groups> {
    if args.near.near_duplicates == NearArg::Ignore {
        return None;
    }
    bar.stage("looking for near duplicates", 0);
    let options = NearDuplicates {
        threshold: args.near.similarity,
        ..NearDuplicates::default()
    };
    Some(near_duplicates(&corpus.texts, &options))
}

/// Near duplicates that were to be kept out and are not, or whatever --strict forbids.
fn refused(args: &SplitArgs, summary: &SplitSummary) -> bool {
    let forbidden = matches!(args.near.near_duplicates, NearArg::Together | NearArg::Drop);
    args.strict && !summary.leakage.is_empty() || forbidden && !summary.leakage.groups.is_empty()
}

fn print_summary(args: &SplitArgs, summary: &SplitSummary, console: Console) -> Result<()> {
    if console.wants_json(args.shape) {
        let json = serde_json::to_string(summary).map_err(|e| Error::usage(e.to_string()))?;
        return print(format!("{json}\n").as_bytes());
    }
    console.show(&terminal::split(console.style(), summary))
}
