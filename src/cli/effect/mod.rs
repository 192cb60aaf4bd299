//! Options that are given where they would have no effect: law 10 in a table.
//!
//! Every option of every command stands in [`table`] with the condition under which it has an
//! effect, and a test walks over the commands as clap knows them and looks for options that are
//! missing there. What clap can say stands with the option (`requires`, `conflicts_with`) and not
//! here. A request that is obeyed without doing anything anew, such as a value that is the default,
//! is not ignored.

#[cfg(test)]
mod cases;
mod given;
mod groups;
mod rules;
mod table;

use super::args::Command;
use super::console::Console;
use clap::ArgMatches;

use given::Given;
use groups::Effect;
use standpoint::corpus::HeadKind;
use standpoint::{Error, Model, Result};

/// The reason for which an option has no effect, and the remedy.
#[derive(Debug)]
pub struct Idle {
    why: String,
    help: String,
}

impl Idle {
    pub fn new(why: impl Into<String>, help: impl Into<String>) -> Self {
        Idle {
            why: why.into(),
            help: help.into(),
        }
    }
}

impl From<Idle> for Error {
    fn from(idle: Idle) -> Self {
        Error::usage(idle.why).help(idle.help)
    }
}

/// Refuses options without effect, as far as the command line tells.
///
/// # Errors
/// A usage error for the first such option.
pub fn verify(command: &Command, matches: &ArgMatches, console: Console) -> Result<()> {
    let Some((name, matches)) = matches.subcommand() else {
        return Ok(());
    };
    let shown = command
        .shape()
        .is_some_and(|shape| !console.wants_json(shape));
    of_given(&Given {
        command: name,
        matches,
        shown,
        old: None,
        joined: None,
    })
}

/// Refuses options of `train --from` without effect, where the old model has these heads.
///
/// # Errors
/// A usage error for the first such option.
pub fn verify_from(matches: &ArgMatches, old: &Model) -> Result<()> {
    of_given(&Given {
        command: "train",
        matches,
        shown: true,
        old: Some(old),
        joined: None,
    })
}

/// Refuses options of `fit-merge` without effect, where the parts have these heads.
///
/// # Errors
/// A usage error for the first such option.
pub fn verify_merge(matches: &ArgMatches, heads: &[(String, HeadKind)]) -> Result<()> {
    of_given(&Given {
        command: "fit-merge",
        matches,
        shown: true,
        old: None,
        joined: Some(heads),
    })
}

fn of_given(given: &Given<'_>) -> Result<()> {
    let rules = table::of(given.command).filter(|(id, _)| given.has(id));
    let idle = |(id, effect): (&'static str, Effect)| match effect {
        Effect::Only(rule) => rule(given, id),
        Effect::Always | Effect::Later(_) => None,
    };
    rules
        .filter_map(idle)
        .next()
        .map_or(Ok(()), |idle| Err(idle.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Args;
    use clap::CommandFactory;

    #[test]
    fn every_option_of_every_command_is_classified_once() {
        let mut program = Args::command();
        program.build();
        let own = |name: &str| !matches!(name, "help" | "version");
        for command in program
            .get_subcommands()
            .filter(|command| own(command.get_name()))
        {
            let name = command.get_name();
            let mut known: Vec<&str> = table::of(name).map(|(id, _)| id).collect();
            let mut all: Vec<&str> = command
                .get_arguments()
                .map(|arg| arg.get_id().as_str())
                .collect();
            all.retain(|id| own(id));
            known.sort_unstable();
            all.sort_unstable();
            assert_eq!(
                known, all,
                "`{name}`: say in src/cli/effect/table.rs when each option has an effect"
            );
        }
    }

    #[test]
    fn every_rule_has_a_case_where_it_refuses_and_one_where_it_does_not() {
        for command in Args::command().get_subcommands() {
            let name = command.get_name();
            for (id, effect) in table::of(name) {
                let tried = cases::CASES.iter().any(|(command, cases)| {
                    command.split(' ').any(|command| command == name)
                        && cases.iter().any(|(option, _, _)| cases::id(option) == id)
                });
                let ruled = matches!(effect, Effect::Only(_));
                assert!(
                    tried || !ruled,
                    "`{name}` `{id}`: add a case to src/cli/effect/cases.rs"
                );
            }
        }
    }

    #[test]
    fn options_are_refused_where_they_have_no_effect_and_only_there() {
        for (commands, cases) in cases::CASES {
            for (name, (option, idle, used)) in commands
                .split(' ')
                .flat_map(|name| cases.iter().map(move |case| (name, case)))
            {
                let said = cases::verify(name, option, idle)
                    .expect_err(&format!("{name} {option} {idle}"));
                let flag = cases::id(option)
                    .replace('_', "-")
                    .replace("filters", "where");
                assert!(
                    said.contains(&format!("--{flag}")) && said.contains("help: "),
                    "{name} {option}: {said}"
                );
                if *used == cases::NEVER {
                    continue;
                }
                cases::verify(name, option, used)
                    .unwrap_or_else(|said| panic!("{name} {option} {used}: {said}"));
            }
        }
    }
}
