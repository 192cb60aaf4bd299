//! `standpoint compare`

mod constants;
mod data;
mod files;
mod models;
mod protocol;
mod trained;

use crate::cli::args::{CompareArgs, JudgingArgs};
use crate::cli::commands::report;
use crate::cli::console::{Console, print_json};
use crate::cli::progress::TerminalProgress;
use standpoint::evaluate::{Bootstrap, ComparisonObjective, SplitReport};
use standpoint::io::Transaction;
use standpoint::report::{json, terminal};
use standpoint::{Error, Result};

/// Below which corrected p-value a system counts as worse.
const LEVEL: f64 = 0.05;

pub fn run(args: CompareArgs, console: Console) -> Result<bool> {
    let objective = ComparisonObjective {
        metric: args.judging.metric.into(),
        bootstrap: args.intervals.bootstrap()?,
    };
    verify_power(&args, &objective.bootstrap)?;
    args.report.verify(args.force)?;
    let bar = TerminalProgress::leak(true);
    let mut outputs = Transaction::default();
    let (splits, origin) = match &args.systems.truth {
        Some(truth) => (vec![files::compare(&args, truth, &objective, bar)?], vec![]),
        None => trained::compare(&args, &objective, &mut outputs, bar)?,
    };
    bar.clear();
    args.report.write(&mut outputs, args.force, || {
        Ok(report::comparison(&args.inputs, &splits, origin))
    })?;
    outputs.commit()?;
    print_comparison(&args.judging, &splits, console)?;
    let worse = splits
        .iter()
        .flat_map(|split| &split.heads)
        .any(|head| !head.worse(LEVEL).is_empty());
    Ok(!(args.judging.fail_if_worse && worse))
}

/// No p-value of the bootstrap is below one in so many draws, and Holm's correction multiplies the
/// least.
fn verify_power(args: &CompareArgs, bootstrap: &Bootstrap) -> Result<()> {
    let systems = match &args.systems.truth {
        Some(_) => args.inputs.len(),
        None => models::names(args)?.len(),
    };
    let least = systems.saturating_sub(1) as f64 / (bootstrap.resamples as f64 + 1.0);
    if args.judging.fail_if_worse && (bootstrap.resamples == 0 || least >= LEVEL) {
        return Err(Error::usage(format!(
            "--fail-if-worse can find nothing with --resamples {} and {systems} systems",
            bootstrap.resamples
        ))
        .help("draw more often; the default is 1000"));
    }
    Ok(())
}

fn print_comparison(args: &JudgingArgs, splits: &[SplitReport], console: Console) -> Result<()> {
    if console.wants_json(args.shape) {
        return print_json(&json::ComparisonRow { splits });
    }
    console.show(&terminal::comparison(console.style(), splits))
}
