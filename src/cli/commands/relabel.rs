//! `standpoint relabel`

use crate::cli::args::{CodeArgs, RelabelArgs};
use crate::cli::console::{Console, print_json};
use crate::cli::plan::lists::{self, Item};
use crate::cli::plan::{self, Source};
use crate::cli::progress::TerminalProgress;
use standpoint::corpus::{
    CodeMap, ColumnName, HeadColumns, HeadKind, LabelFormat, LabelSource, NewColumn, Relabel,
    RowReader, Unlisted, relabel,
};
use standpoint::io::Progress;
use standpoint::io::{Transaction, check_target};
use standpoint::report::terminal;
use standpoint::{Error, Result};
use std::io::Write;
use std::path::Path;

pub fn run(args: RelabelArgs, console: Console) -> Result<()> {
    let map = map(&args.codes.map)?;
    let how = how(&args, &map)?;
    check_target(&args.target.output, args.target.force)?;
    let bar = TerminalProgress::leak(true);
    let Source { inputs, options } =
        plan::source(args.inputs, &args.read, args.read.no_header, bar)?;
    let mut outputs = Transaction::default();
    let mut rejects = args.read.rejects(&mut outputs)?;
    let mut out = outputs.open(&args.target.output, args.target.force)?;
    let mut write = |line: &str| {
        let written = out
            .write_all(line.as_bytes())
            .and_then(|()| out.write_all(b"\n"));
        written.map_err(|e| Error::io("write", e).at(args.target.output.display()))
    };
    let rows = RowReader::new(inputs, options);
    let rows = rows.rejects(rejects.as_mut()).progress(bar);
    let done = relabel(rows, &map, &how, &mut write)?;
    args.read.report_rejects(rejects, bar)?;
    outputs.commit()?;
    bar.clear();
    bar.note(&format!("wrote {}", args.target.output.display()));
    match console.wants_json(args.shape) {
        true => print_json(&done),
        false => console.show(&terminal::relabelled(console.style(), &done)),
    }
}

/// Reads the map of a name that is built in, or a file.
fn map(name: &str) -> Result<CodeMap> {
    let path = Path::new(name);
    if CodeMap::built_in_names().any(|known| known == name) || !path.exists() {
        return CodeMap::built_in(name);
    }
    CodeMap::read(&plan::text_file(path)?, name)
}

fn how(args: &RelabelArgs, map: &CodeMap) -> Result<Relabel> {
    let codes = lists::names("--label", &args.codes.label)?;
    Ok(Relabel {
        format: args
            .format
            .over(&LabelFormat::default(), &[head_of_codes(&codes)])?,
        codes: codes.into_iter().map(ColumnName).collect(),
        targets: targets(&args.codes, map)?,
        filters: args.read.filters()?,
        level: args.codes.level.map(usize::from),
        exact: args.codes.exact,
        unlisted: match (args.codes.strict, args.codes.skip_unknown) {
            (true, _) => Unlisted::Refuse,
            (_, true) => Unlisted::Skip,
            _ => Unlisted::Keep,
        },
    })
}

/// Returns the codes as labels, several of which may stand in a cell.
fn head_of_codes(codes: &[String]) -> HeadColumns {
    let column = ColumnName(codes.first().cloned().unwrap_or_default());
    HeadColumns {
        name: "codes".to_string(),
        kind: HeadKind::Independent,
        source: LabelSource::Column(column),
    }
}

/// Returns the columns that rows get, each of which has a name of its own.
fn targets(args: &CodeArgs, map: &CodeMap) -> Result<Vec<NewColumn>> {
    let named = args.to.iter().map(|spec| {
        let item = lists::item("--to", spec)?;
        let (name, column) = item.split_first('=').unwrap_or((item.clone(), item));
        target(map, &name, &column.text())
    });
    let targets: Vec<NewColumn> = named.collect::<Result<_>>()?;
    if let Some((_, twice)) = targets
        .iter()
        .enumerate()
        .find(|(at, own)| targets[..*at].iter().any(|other| other.name == own.name))
    {
        return Err(Error::usage(format!("--to names `{}` twice", twice.name))
            .help("give each column a name of its own: --to NAME=COLUMN"));
    }
    match targets.is_empty() {
        false => Ok(targets),
        true => all_targets(map),
    }
}

fn target(map: &CodeMap, name: &Item, column: &str) -> Result<NewColumn> {
    let found = map.column(column).ok_or_else(|| {
        let labels: Vec<&str> = map.label_columns().collect();
        Error::usage(format!("the map {} has no column `{column}`", map.name()))
            .help(format!("its columns of labels are {}", labels.join(", ")))
    })?;
    match name.text().is_empty() {
        true => {
            Err(Error::usage("--to names a column without a name").help("write --to NAME=COLUMN"))
        }
        false => Ok(NewColumn {
            name: name.text(),
            column: found,
        }),
    }
}

fn all_targets(map: &CodeMap) -> Result<Vec<NewColumn>> {
    let target = |name: &str| {
        Some(NewColumn {
            name: name.to_string(),
            column: map.column(name)?,
        })
    };
    let targets: Vec<NewColumn> = map.label_columns().filter_map(target).collect();
    match targets.is_empty() {
        false => Ok(targets),
        true => Err(
            Error::usage(format!("the map {} has no column of labels", map.name()))
                .help("name a column with --to, such as --to code with --level 1"),
        ),
    }
}
