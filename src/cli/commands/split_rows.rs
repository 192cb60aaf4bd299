//! The files that `split` writes.

use crate::cli::args::{SplitArgs, SplitTargetArgs};
use crate::cli::plan::parts::SplitPlan;
use crate::cli::progress::TerminalProgress;
use serde_json::Value;
use standpoint::corpus::RetainedRows;
use standpoint::io::Progress;
use standpoint::io::{Transaction, check_target};
use standpoint::split::Split;
use standpoint::{Error, Result};
use std::path::{Path, PathBuf};

pub fn check_targets(args: &SplitTargetArgs, plan: &SplitPlan) -> Result<()> {
    let folder = args
        .output
        .as_ref()
        .filter(|prefix| prefix.as_os_str().as_encoded_bytes().ends_with(b"/"));
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder)
            .map_err(|e| Error::io("make the folder", e).at(folder.display()))?;
    }
    targets(args, plan.names())
        .iter()
        .try_for_each(|path| check_target(path, args.force))
}

/// Returns the files that would be written; none if the parts are not named rightly, which is an
/// error later.
pub fn all_targets(args: &SplitArgs) -> Vec<PathBuf> {
    SplitPlan::new(&args.parts)
        .map(|plan| targets(&args.target, plan.names()))
        .unwrap_or_default()
}

fn targets(args: &SplitTargetArgs, parts: &[String]) -> Vec<PathBuf> {
    let of_parts = |prefix: &PathBuf| parts.iter().map(|part| of_part(prefix, part)).collect();
    args.output
        .as_ref()
        .map_or_else(|| args.write.iter().cloned().collect(), of_parts)
}

/// `news` becomes `news.train.jsonl`, and a folder, or `news/`, `news/train.jsonl`.
fn of_part(prefix: &Path, part: &str) -> PathBuf {
    if prefix.is_dir() || prefix.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return prefix.join(format!("{part}.jsonl"));
    }
    let mut name = prefix.as_os_str().to_os_string();
    name.push(format!(".{part}.jsonl"));
    name.into()
}

/// Writes all files before any of them gets its name.
pub fn write(
    args: &SplitTargetArgs,
    split: &Split,
    rows: &RetainedRows,
    mut outputs: Transaction,
    bar: &TerminalProgress,
) -> Result<()> {
    if let Some(prefix) = &args.output {
        for (at, part) in split.parts.iter().enumerate() {
            let lines = split
                .documents(at as u32)
                .into_iter()
                .map(|document| rows.lines.get(document));
            write_lines(&mut outputs, &of_part(prefix, part), args.force, lines)?;
        }
    }
    if let Some(path) = &args.write {
        let lines = with_part(args, split, rows)?;
        write_lines(
            &mut outputs,
            path,
            args.force,
            lines.iter().map(String::as_str),
        )?;
    }
    let written: Vec<String> = outputs
        .targets()
        .map(|path| format!("wrote {}", path.display()))
        .collect();
    outputs.commit()?;
    written.iter().for_each(|note| bar.note(note));
    Ok(())
}

/// Folds are numbers, so that `--where fold!=3` reads as it is written.
fn with_part(args: &SplitTargetArgs, split: &Split, rows: &RetainedRows) -> Result<Vec<String>> {
    let number = |part: &String| {
        part.parse::<u32>()
            .map_or_else(|_| part.as_str().into(), Value::from)
    };
    let values: Vec<Value> = split.parts.iter().map(number).collect();
    let folds = values.iter().all(Value::is_number);
    let name = args
        .column
        .as_deref()
        .unwrap_or(if folds { "fold" } else { "split" });
    let placed = split
        .of
        .iter()
        .enumerate()
        .filter_map(|(document, part)| Some((document, (*part)? as usize)));
    placed
        .map(|(document, part)| rows.with_column(document, name, &values[part]))
        .collect()
}

fn write_lines<'a>(
    outputs: &mut Transaction,
    path: &Path,
    force: bool,
    lines: impl Iterator<Item = &'a str>,
) -> Result<()> {
    outputs.write(path, force, |out| {
        for line in lines {
            out.write_all(line.as_bytes())?;
            out.write_all(b"\n")?;
        }
        Ok(())
    })
}
