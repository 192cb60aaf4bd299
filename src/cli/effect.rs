//! Flags that are given where they would have no effect: law 10 in a table.
//!
//! What clap can say stands with the flag (`requires`, `conflicts_with`), and what hangs on the data is said where
//! that is read. Here is what hangs on other flags and on the shape of the output.

use super::args::{Command, NearArg};
use super::console::Console;
use clap::ArgMatches;
use clap::parser::ValueSource;
use standpoint::{Error, Result};

/// A flag, and where it has no effect.
struct Rule {
    flag: &'static str,
    idle: fn(&Command, Console) -> bool,
    why: &'static str,
    help: &'static str,
}

const RULES: [Rule; 7] = [
    Rule {
        flag: "top",
        idle: |command, console| matches!(command, Command::Score(args) if !console.wants_json(args.model.shape)),
        why: "--top is for JSON",
        help: "add --json",
    },
    Rule {
        flag: "seed",
        idle: |command, _| by_time(command),
        why: "--seed is for rows that are dealt out by chance, but --date and --before part them by time",
        help: "leave it out",
    },
    Rule {
        flag: "undated",
        idle: |command, _| matches!(command, Command::Split(_)) && !by_time(command),
        why: "--undated is for splits by time",
        help: "add --date COLUMN",
    },
    Rule {
        flag: "force",
        idle: |command, _| matches!(command, Command::Split(args) if args.target.output.is_none() && args.target.write.is_none()),
        why: "--force replaces files, but none is written",
        help: "name them with -o PREFIX or --write FILE",
    },
    Rule {
        flag: "unlabelled",
        idle: |command, _| matches!(command, Command::Split(args) if args.labels.label.is_empty() && args.labels.labels.is_empty()),
        why: "--unlabelled is for rows without a label, but no label column is named",
        help: "name it with --label or --labels",
    },
    Rule {
        flag: "similarity",
        idle: |command, _| matches!(command, Command::Split(args) if args.near.near_duplicates == NearArg::Ignore),
        why: "--similarity is for near duplicates, which are ignored",
        help: "leave one of them out",
    },
    Rule {
        flag: "rare",
        idle: |command, _| matches!(command, Command::Check(args) if args.label.is_empty() && args.labels.is_empty()),
        why: "--rare is for labels, but no label column is named",
        help: "name it with --label or --labels",
    },
];

fn by_time(command: &Command) -> bool {
    matches!(command, Command::Split(args) if args.parts.date.is_some() || !args.parts.before.is_empty())
}

/// Refuses flags without effect.
///
/// # Errors
/// A usage error for the first such flag.
pub fn verify(command: &Command, matches: &ArgMatches, console: Console) -> Result<()> {
    let matches = matches.subcommand().map_or(matches, |(_, matches)| matches);
    let given = |flag: &str| {
        matches.try_contains_id(flag).is_ok() && matches.value_source(flag) == Some(ValueSource::CommandLine)
    };
    match RULES.iter().find(|rule| given(rule.flag) && (rule.idle)(command, console)) {
        None => Ok(()),
        Some(rule) => Err(Error::usage(rule.why).help(rule.help)),
    }
}
