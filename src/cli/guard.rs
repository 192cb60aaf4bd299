//! Files that a command reads and writes, compared before work begins.
//!
//! No output is an input, no two outputs are one file, and what is read twice is no pipe. Files are
//! told apart by what they are, not by their names: links, `./a` and `a`, hard links, standard
//! input and output that the shell opened, and on some disks `A` and `a` are one file.

use crate::cli::args::Command;
use crate::cli::commands::split_rows;
use crate::cli::commands::tune;
use crate::cli::plan::lists;
use clap::ArgMatches;
use standpoint::corpus::{Input, find_inputs};
use standpoint::io::Silent;
use standpoint::io::resolve;
use standpoint::{Error, Result};
use std::ffi::OsString;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

/// The role of the file that a flag names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Files, folders, patterns, or `-`, which are read.
    Corpus,
    /// A file that is read.
    Read,
    /// Things separated by commas, some of which are files that are read.
    ReadAny,
    /// An objective, in which the name of a file that is read may stand behind `cost=`.
    CostMatrix,
    /// A file that is written, or the beginning of the names of several.
    Write,
}

/// The flags that name files, by their ids; a test looks for flags that are missing here.
const FLAGS: [(&str, Role); 35] = [
    ("inputs", Role::Corpus),
    ("calibration_set", Role::Corpus),
    ("evaluate", Role::Corpus),
    ("test", Role::Corpus),
    ("truth", Role::Corpus),
    ("data", Role::Corpus),
    ("base", Role::Corpus),
    ("inbox", Role::Read),
    ("input", Role::Read),
    ("part_files", Role::Read),
    ("surveys", Role::Read),
    ("store", Role::Read),
    ("answers", Role::Read),
    ("model", Role::Read),
    ("from", Role::Read),
    ("background", Role::Read),
    ("options", Role::Read),
    ("card_file", Role::Read),
    ("map", Role::Read),
    ("labels_from", Role::Read),
    ("model_files", Role::Read),
    ("token_file", Role::Read),
    ("models", Role::ReadAny),
    ("thresholds", Role::CostMatrix),
    ("output", Role::Write),
    ("write", Role::Write),
    ("predictions", Role::Write),
    ("report", Role::Write),
    ("write_card", Role::Write),
    ("replication", Role::Write),
    ("checkpoint", Role::Write),
    ("skip_bad", Role::Write),
    ("row_names", Role::Write),
    ("labels_to", Role::Write),
    ("column_names", Role::Write),
];

/// A file, and the flag that names it.
struct Named {
    flag: &'static str,
    path: PathBuf,
    identity: Identity,
}

/// Tells files apart.
#[derive(Debug, PartialEq, Eq)]
enum Identity {
    /// Device and number of a file that exists.
    #[cfg(unix)]
    Inode(u64, u64),
    /// The path without links, of a file that does not exist yet.
    Path(PathBuf),
}

/// Refuses a command that would write over what it reads or writes elsewhere, or would read a pipe
/// twice. The model of `train --from` may be replaced by the new one.
///
/// # Errors
/// A usage error that names the file.
pub fn verify(command: &Command, matches: &ArgMatches) -> Result<()> {
    let matches = matches.subcommand().map_or(matches, |(_, matches)| matches);
    verify_pipes(command, matches)?;
    let outputs = outputs(command, matches);
    for (at, output) in outputs.iter().enumerate() {
        if let Some(other) = outputs[..at].iter().find(|other| is_same(output, other)) {
            let flags = format!(
                "{} and {} name the same file",
                shown(other.flag),
                shown(output.flag)
            );
            return Err(Error::usage(flags)
                .at(output.path.display())
                .help("give each file a name of its own"));
        }
    }
    if outputs
        .iter()
        .all(|output| matches!(output.identity, Identity::Path(_)) && !output.path.exists())
    {
        return Ok(());
    }
    let inputs = inputs(matches);
    let renewed = |output: &Named, input: &Named| output.flag == "output" && input.flag == "from";
    let read = |output: &&Named| {
        inputs
            .iter()
            .any(|input| is_same(output, input) && !renewed(output, input))
    };
    match outputs.iter().find(read) {
        None => Ok(()),
        Some(output) => Err(Error::usage("the output is one of the inputs")
            .at(output.path.display())
            .help("name another file")),
    }
}

fn shown(flag: &str) -> String {
    if flag == STANDARD_OUTPUT {
        flag.to_string()
    } else {
        format!("--{}", flag.replace('_', "-"))
    }
}

const STANDARD_OUTPUT: &str = "standard output";

/// Returns the values of the flags of one role, with the flag.
fn values(matches: &ArgMatches, wanted: &[Role]) -> Vec<(&'static str, Role, OsString)> {
    let flags = FLAGS.iter().filter(|(_, role)| wanted.contains(role));
    let values =
        flags.filter_map(|(flag, role)| Some((flag, role, matches.try_get_raw(flag).ok()??)));
    values
        .flat_map(|(flag, role, raw)| raw.map(|value| (*flag, *role, value.to_os_string())))
        .collect()
}

/// All files that are written, those whose names are derived too.
fn outputs(command: &Command, matches: &ArgMatches) -> Vec<Named> {
    let mut outputs = Vec::new();
    for (flag, _, value) in values(matches, &[Role::Write]) {
        let paths = match (flag, command) {
            ("output", Command::Split(args)) => split_rows::all_targets(args),
            ("output", Command::Tune(_)) => tune::targets(Path::new(&value)).to_vec(),
            _ => vec![PathBuf::from(value)],
        };
        outputs.extend(paths.into_iter().filter_map(|path| named(flag, path)));
    }
    outputs.extend(standard_output());
    outputs
}

/// All files that are read; those that are not there are told where they are read.
fn inputs(matches: &ArgMatches) -> Vec<Named> {
    let mut inputs = Vec::new();
    for (flag, role, value) in values(
        matches,
        &[Role::Corpus, Role::Read, Role::ReadAny, Role::CostMatrix],
    ) {
        let text = value.to_string_lossy();
        let paths: Vec<PathBuf> = match role {
            Role::Corpus => {
                let found = find_inputs(&[text.into_owned()], &Silent).unwrap_or_default();
                inputs.extend(found.contains(&Input::Stdin).then(standard_input).flatten());
                let path = |input: Input| match input {
                    Input::File { path, .. } => Some(path),
                    Input::Stdin | Input::Rows(_) => None,
                };
                found.into_iter().filter_map(path).collect()
            }
            // A list that cannot be read is an error in a moment.
            Role::ReadAny => lists::names("--models", &text)
                .unwrap_or_default()
                .into_iter()
                .map(PathBuf::from)
                .collect(),
            Role::CostMatrix => text
                .split_once("cost=")
                .map(|(_, file)| file.into())
                .into_iter()
                .collect(),
            Role::Read | Role::Write => vec![PathBuf::from(value)],
        };
        inputs.extend(
            paths
                .into_iter()
                .filter(|path| path.exists())
                .filter_map(|path| named(flag, path)),
        );
    }
    inputs
}

/// Devices, such as `/dev/null`, may be named as often as one likes.
fn named(flag: &'static str, path: PathBuf) -> Option<Named> {
    let identity = match path.metadata() {
        Ok(metadata) if is_device(&metadata) => return None,
        Ok(metadata) => of_metadata(&metadata, &path)?,
        Err(_) => Identity::Path(without_links(&path)?),
    };
    Some(Named {
        flag,
        path,
        identity,
    })
}

fn without_links(path: &Path) -> Option<PathBuf> {
    let target = resolve(path).ok()?;
    let folder = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    Some(folder.canonicalize().ok()?.join(target.file_name()?))
}

#[cfg(unix)]
fn of_metadata(metadata: &Metadata, _path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    Some(Identity::Inode(metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn of_metadata(_metadata: &Metadata, path: &Path) -> Option<Identity> {
    path.canonicalize().ok().map(Identity::Path)
}

#[cfg(unix)]
fn is_device(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    metadata.file_type().is_char_device()
}

#[cfg(not(unix))]
fn is_device(_metadata: &Metadata) -> bool {
    false
}

fn is_same(a: &Named, b: &Named) -> bool {
    match (&a.identity, &b.identity) {
        (Identity::Path(a), Identity::Path(b)) => a == b || differ_in_case(a, b) && ignores_case(a),
        (a, b) => a == b,
    }
}

fn differ_in_case(a: &Path, b: &Path) -> bool {
    a.to_string_lossy().to_lowercase() == b.to_string_lossy().to_lowercase()
}

/// Tells if the disk takes the folder of a file for the same in other letters.
fn ignores_case(file: &Path) -> bool {
    let Some(folder) = file.parent() else {
        return false;
    };
    let Some(name) = folder.file_name().map(|name| name.to_string_lossy()) else {
        return false;
    };
    let others = [name.to_uppercase(), name.to_lowercase()];
    let same = |other: &String| {
        let other = folder.with_file_name(other);
        let identity = |path: &Path| of_metadata(&path.metadata().ok()?, path);
        other != folder && identity(&other).is_some_and(|found| Some(found) == identity(folder))
    };
    others.iter().any(same)
}

/// Standard output, where the shell has opened a file for it.
fn standard_output() -> Option<Named> {
    of_stream(STANDARD_OUTPUT, std::io::stdout())
}

/// The file that stands for `-`.
fn standard_input() -> Option<Named> {
    of_stream("inputs", std::io::stdin())
}

#[cfg(unix)]
fn of_stream(flag: &'static str, stream: impl std::os::fd::AsFd) -> Option<Named> {
    let file = std::fs::File::from(stream.as_fd().try_clone_to_owned().ok()?);
    let metadata = file.metadata().ok().filter(Metadata::is_file)?;
    let path = PathBuf::from(if flag == STANDARD_OUTPUT { flag } else { "-" });
    Some(Named {
        flag,
        identity: of_metadata(&metadata, &path)?,
        path,
    })
}

#[cfg(not(unix))]
fn of_stream<T>(_flag: &'static str, _stream: T) -> Option<Named> {
    None
}

/// Returns the reason for which the command reads its inputs again, if it does.
fn reads_again(command: &Command) -> Option<&'static str> {
    match command {
        Command::Check(args) if args.write.is_some() => {
            Some("--write reads the corpus a second time")
        }
        Command::Score(args) if args.shard.is_some() => Some("--shard may count the rows first"),
        Command::FitPart(args) if args.shard.is_some() => Some("--shard may count the rows first"),
        Command::Background(_) => Some("the texts are read several times"),
        Command::Train(args) if args.stream.stream => Some("a stream is read several times"),
        Command::Compare(args) if args.protocol.test_where.is_some() => {
            Some("--test-where reads the corpus a second time")
        }
        _ => None,
    }
}

/// Refuses inputs that can be read only once and are named twice, or would be read twice.
fn verify_pipes(command: &Command, matches: &ArgMatches) -> Result<()> {
    let again = reads_again(command);
    let mut pipes: Vec<Named> = Vec::new();
    let mut standard_input = false;
    for (flag, _, value) in values(matches, &[Role::Corpus]) {
        let again = again.filter(|_| flag == "inputs");
        let refused = |what: &str| {
            let why = again.unwrap_or("it is named twice");
            let error = Error::usage(format!("{why}, which {what} cannot be")).at(value.display());
            error.help("write it to a file first, compressed if need be, and name that")
        };
        if value == "-" {
            if standard_input {
                return Err(Error::usage("standard input is named twice"));
            }
            standard_input = true;
            again.map_or(Ok(()), |_| Err(refused("standard input")))?;
        }
        let path = PathBuf::from(&value);
        if !path
            .metadata()
            .is_ok_and(|found| !found.is_file() && !found.is_dir())
        {
            continue;
        }
        let Some(pipe) = named(flag, path) else {
            continue;
        };
        if again.is_some() || pipes.iter().any(|other| is_same(&pipe, other)) {
            return Err(refused("a pipe"));
        }
        pipes.push(pipe);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Args;
    use clap::CommandFactory;

    /// Names of values that are no files.
    const OTHERS: [&str; 58] = [
        "ACTION",
        "ADDRESS:PORT",
        "ALPHA",
        "BITS",
        "C",
        "CHAR",
        "COLUMN",
        "COLUMN,COLUMN…",
        "COLUMN[,COLUMN…]",
        "COLUMN=VALUE",
        "COLUMNS",
        "COMMAND",
        "DATE",
        "EXPONENT",
        "FIELD",
        "FORMAT",
        "HEAD",
        "HOW",
        "IDF",
        "K/N",
        "LABEL",
        "LANGUAGE",
        "LOSS",
        "METRIC",
        "MIN-MAX",
        "N",
        "NAME",
        "NAME=SHARE,…",
        "NAME=VALUE",
        "NORM",
        "PENALTY",
        "PERIOD",
        "POINTS",
        "PRESET",
        "RATE",
        "SEED",
        "SHARE",
        "SHELL",
        "SIZE",
        "SYSTEM",
        "TF",
        "TIME",
        "TOLERANCE",
        "TEXT",
        "VALUE,VALUE…",
        "[ANNOTATOR=]COLUMN",
        "[ANNOTATOR=]COLUMN[,COLUMN…]",
        "TOOL",
        "WEIGHT",
        "WEIGHTS",
        "WHAT",
        "WHEN",
        "WORDS",
        "[HEAD=]CLASSIFIER",
        "[HEAD=]COLUMN",
        "[HEAD=]COLUMN[,COLUMN…]",
        "[HEAD=]METHOD",
        "[NAME=]COLUMN",
    ];

    #[test]
    fn every_flag_is_known_to_name_a_file_or_something_else() {
        let path = clap::value_parser!(PathBuf).type_id();
        let mut program = Args::command();
        program.build();
        for command in program
            .get_subcommands()
            .filter(|command| command.get_name() != "help")
        {
            for flag in command
                .get_arguments()
                .filter(|flag| flag.get_action().takes_values())
            {
                let id = flag.get_id().as_str();
                let default = id.to_uppercase();
                let value = flag
                    .get_value_names()
                    .map_or(default.as_str(), |names| names[0].as_str());
                let known = FLAGS.iter().any(|(known, _)| *known == id);
                let other = OTHERS.contains(&value);
                let is_path = flag.get_value_parser().type_id() == path;
                assert!(
                    known || other && !is_path,
                    "{} {id} {value}: add it to FLAGS",
                    command.get_name()
                );
            }
        }
    }
}
