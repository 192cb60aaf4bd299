//! Protocols that the flags ask for.

use super::data::ComparisonData;
use crate::cli::args::{CompareArgs, UndatedArg};
use crate::cli::plan::parts::{SplitPlan, place_undated};
use crate::cli::progress::TerminalProgress;
use standpoint::corpus::{ColumnName, Targets};
use standpoint::dedup::Groups;
use standpoint::io::Progress;
use standpoint::split::Protocol;
use standpoint::{Error, Result};
use std::collections::HashSet;

/// Returns the protocols that the flags ask for, the random one first.
pub fn protocols(
    args: &CompareArgs,
    data: &ComparisonData,
    bar: &TerminalProgress,
) -> Result<Vec<Protocol>> {
    let corpus = &data.corpus;
    if let Some(test) = &data.test {
        let test = &test.corpus;
        let learnt: HashSet<&str> = (0..corpus.len()).map(|at| corpus.texts.get(at)).collect();
        let copies = (0..test.len())
            .filter(|&at| learnt.contains(test.texts.get(at)))
            .count();
        if copies > 0 {
            let all = test.len();
            bar.note(&format!(
                "{copies} of {all} test texts are training texts, which flatters; see `check`"
            ));
        }
        return Ok(vec![Protocol::on_test(corpus.len(), test.len())]);
    }
    let (folds, seed) = (args.protocol.folds.unwrap_or(5), args.features.seed);
    let targets = Targets::joined(&corpus.heads, corpus.len());
    let mut protocols = vec![Protocol::random(&targets, folds, seed)?];
    if let Some(source) = &args.protocol.source {
        let groups = Groups::of_values(&data.column(source).columns[0]);
        protocols.push(Protocol::by_source(&targets, &groups, source, folds, seed)?);
    }
    if let Some(date) = &args.protocol.date {
        protocols.push(by_time(args, folds, date, data)?);
    }
    Ok(protocols)
}

fn by_time(args: &CompareArgs, folds: u32, date: &str, data: &ComparisonData) -> Result<Protocol> {
    let column = ColumnName(date.to_string());
    let names = || vec!["train".to_string(), "test".to_string()];
    let plan = match &args.protocol.before {
        Some(before) => {
            let cut = before
                .parse()
                .map_err(|e: Error| Error::usage(format!("--before: {}", e.message())))?;
            SplitPlan::Cuts {
                cuts: vec![cut],
                names: names(),
                date: column,
            }
        }
        None => {
            let test = 1.0 / f64::from(folds);
            let shares = format!("train={},test={test}", 1.0 - test).parse()?;
            SplitPlan::Shares {
                shares,
                date: column,
            }
        }
    };
    let rows = data.column(date);
    let (mut parted, undated) = plan.split(&data.corpus, &rows, None)?;
    place_undated(&mut parted, &undated, undated_treatment(args), &rows, &plan)?;
    Protocol::by_time(&parted)
}

/// Returns the treatment of rows without a usable date, by its name in `split`.
fn undated_treatment(args: &CompareArgs) -> &'static str {
    match args.protocol.undated {
        Some(UndatedArg::Drop) => "drop",
        None | Some(UndatedArg::Error) => "error",
    }
}
