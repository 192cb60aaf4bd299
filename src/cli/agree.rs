//! `standpoint agree`

use super::args::AgreeArgs;
use super::console::{Console, print};
use super::intervals::group_numbers;
use super::plan::{self, Source};
use super::progress::Bar;
use standpoint::corpus::{Column, read_columns};
use standpoint::evaluate::agreement;
use standpoint::progress::Progress;
use standpoint::report::{json, terminal};
use standpoint::{Error, Result};
use std::collections::BTreeSet;

pub fn run(args: AgreeArgs, console: Console) -> Result<()> {
    verify(&args)?;
    let bootstrap = args.intervals.bootstrap()?;
    let bar = Bar::leak(true);
    let Source { inputs, options } = plan::source(args.inputs, &args.read, args.read.no_header, bar)?;
    let columns = args.annotators.iter().chain(&args.intervals.group);
    let columns: Vec<Column> = columns.map(|name| Column::from(name.trim())).collect();
    let mut rejects = args.read.rejects()?;
    let filters = args.read.filters()?;
    let mut rows = read_columns(inputs, options, &filters, &columns, rejects.as_mut(), bar)?;
    args.read.tell_rejects(rejects, bar)?;
    let groups: Option<Vec<_>> =
        args.intervals.group.map(|_| rows.iter_mut().map(|row| row.pop().flatten()).collect());
    let groups = groups.as_deref().map(group_numbers);
    let (labels, documents) = numbered(&rows);
    bar.stage("resampling", 0);
    let found = agreement(&labels, &documents, groups.as_deref(), &bootstrap).map_err(|_| {
        Error::data("no row has the answers of two annotators").help("check the columns of --annotators")
    })?;
    bar.clear();
    if console.wants_json(args.shape) {
        return print(format!("{}\n", json::agreement(&found)).as_bytes());
    }
    print(terminal::agreement(console.style(), &found, bootstrap.level).as_bytes())
}

fn verify(args: &AgreeArgs) -> Result<()> {
    let ignored = [("--text", args.read.text.is_some()), ("--id", args.read.id.is_some())];
    if let Some((flag, _)) = ignored.iter().find(|(_, given)| *given) {
        return Err(Error::usage(format!(
            "{flag} has no meaning here: only the columns of --annotators are read"
        )));
    }
    let different: BTreeSet<&str> = args.annotators.iter().map(|name| name.trim()).collect();
    if different.len() < 2 || different.len() < args.annotators.len() || different.contains("") {
        return Err(Error::usage("--annotators must name two columns or more, each once")
            .help("write them as --annotators anna,ben"));
    }
    Ok(())
}

/// The labels in order, and their numbers in place of their names.
fn numbered(rows: &[Vec<Option<String>>]) -> (Vec<String>, Vec<Vec<Option<u32>>>) {
    let labels: BTreeSet<&String> = rows.iter().flatten().flatten().collect();
    let labels: Vec<String> = labels.into_iter().cloned().collect();
    let number = |name: &String| labels.binary_search(name).ok().map(|at| at as u32);
    let numbers = |row: &Vec<Option<String>>| row.iter().map(|name| number(name.as_ref()?)).collect();
    let rows = rows.iter().map(numbers).collect();
    (labels, rows)
}
