//! The command line: arguments become plans of library types, results go to standard output,
//! everything else to standard error.
//!
//! Raw flags live in [`args`] and in no other file than the command's own; [`plan`] turns those
//! that several commands share into library types.

mod agree;
mod args;
mod background;
mod check;
mod compare;
mod console;
mod effect;
mod eval;
mod explain;
mod from;
mod goals;
mod guard;
mod help;
mod inspect;
mod intervals;
mod lists;
mod man;
mod memory;
mod parts;
mod plan;
mod progress;
mod relabel;
mod remedy;
mod report;
mod score;
mod signals;
mod split;
mod split_rows;
mod threads;
mod train;
mod tune;

use args::{Args, Command};
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use standpoint::report::terminal;
use standpoint::{Error, ErrorKind, Result};
use std::process::ExitCode;

/// The code where all was done, and a check said no.
const CHECK_SAID_NO: u8 = 1;

const WRONG_USAGE: u8 = 2;

pub fn main() -> ExitCode {
    let (args, matches) = match args() {
        Ok(parsed) => parsed,
        Err(code) => return code,
    };
    match run(args, &matches) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(CHECK_SAID_NO),
        Err(_) if console::output_closed() => ExitCode::SUCCESS,
        Err(error) => report_error(&error),
    }
}

fn report_error(error: &Error) -> ExitCode {
    console::note(&terminal::error(error, remedy::flag));
    ExitCode::from(exit_code(error))
}

/// The arguments, and what was given and not filled in.
fn args() -> std::result::Result<(Args, ArgMatches), ExitCode> {
    let given: Vec<String> = std::env::args_os()
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect();
    let parsed = help::command(&given).try_get_matches();
    let parsed = parsed.and_then(|matches| Ok((Args::from_arg_matches(&matches)?, matches)));
    let (mut args, matches) =
        parsed.map_err(|error| print_clap(help::with_remedy(error, &given)))?;
    if let (Command::Train(train), Some((_, matches))) = (&mut args.command, matches.subcommand()) {
        train.from.parsed = matches.clone();
    }
    args.command.pass_force();
    Ok((args, matches))
}

/// Shows help, the version, or wrong usage.
fn print_clap(error: clap::Error) -> ExitCode {
    if error.use_stderr() {
        let _ = error.print();
        return ExitCode::from(WRONG_USAGE);
    }
    match console::print_through(|| error.print()) {
        Err(failed) if !console::output_closed() => report_error(&failed),
        _ => ExitCode::SUCCESS,
    }
}

fn exit_code(error: &Error) -> u8 {
    match error.kind() {
        ErrorKind::Usage => WRONG_USAGE,
        ErrorKind::Data => 3,
        ErrorKind::Model => 4,
        _ => 5,
    }
}

/// False where a check said no.
fn run(args: Args, matches: &ArgMatches) -> Result<bool> {
    signals::handle()?;
    threads::start(args.threads)?;
    let console = console::Console::new(args.color);
    effect::verify(&args.command, matches, console)?;
    guard::verify(&args.command, matches)?;
    match args.command {
        Command::Background(args) => background::run(args),
        Command::Train(args) => train::run(*args, console),
        Command::Tune(args) => tune::run(*args),
        Command::Check(args) => return check::run(*args, console),
        Command::Score(args) => score::run(args, console),
        Command::Eval(args) => eval::run(args, console),
        Command::Agree(args) => agree::run(args, console),
        Command::Explain(args) => explain::run(args, console),
        Command::Compare(args) => return compare::run(*args, console),
        Command::Relabel(args) => relabel::run(*args, console),
        Command::Split(args) => return split::run(*args, console),
        Command::Inspect(args) => inspect::run(args, console),
        Command::Completions { shell } => completions(shell),
        Command::Man { command } => {
            man::page(command.as_deref()).and_then(|page| console::print(page.as_bytes()))
        }
    }
    .map(|()| true)
}

fn completions(shell: clap_complete::Shell) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "standpoint", &mut script);
    console::print(&script)
}
