//! The command line: arguments become plans of library types, results go to standard output,
//! everything else to standard error.
//!
//! Three floors: [`args`] has the raw flags as clap sees them; [`plan`] turns those that several
//! commands share into library types; [`commands`] calls the library by them, a file for each
//! command. [`effect`] and [`guard`] refuse, before a command runs, options without an effect and
//! files that are read and written at once.

mod args;
mod commands;
mod console;
mod effect;
mod guard;
mod help;
mod man;
mod memory;
mod plan;
mod progress;
mod remedy;
mod score_file;
mod signals;
mod threads;

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
    if let Some((_, matches)) = matches.subcommand() {
        match &mut args.command {
            Command::Train(train) => train.fit.parsed = matches.clone(),
            Command::FitMerge(merge) => merge.fit.parsed = matches.clone(),
            _ => {}
        }
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
        Command::Background(args) => commands::background::run(args),
        Command::Train(args) => commands::train::run(*args, console),
        Command::FitPart(args) => commands::parts::fit_part(*args),
        Command::FitMerge(args) => commands::parts::fit_merge(&args),
        Command::Tune(args) => commands::tune::run(*args),
        Command::Check(args) => return commands::check::run(*args, console),
        Command::Score(args) => commands::score::run(args, console),
        #[cfg(feature = "serve")]
        Command::Serve(args) => commands::serve::run(args),
        Command::Eval(args) => commands::eval::run(args, console),
        Command::Agree(args) => commands::agree::run(args, console),
        Command::Explain(args) => commands::explain::run(args, console),
        Command::Compare(args) => return commands::compare::run(*args, console),
        Command::Relabel(args) => commands::relabel::run(*args, console),
        Command::Split(args) => return commands::split::run(*args, console),
        Command::Corrections(args) => commands::corrections::run(args, console),
        Command::Quantize(args) => return commands::quantize::run(*args, console),
        Command::Inspect(args) => commands::inspect::run(args, console),
        Command::Verify(args) => return commands::verify::run(&args, console),
        Command::Export(args) => commands::exchange::export(*args),
        Command::Import(args) => commands::exchange::import(args),
        Command::Convert(args) => commands::convert::run(&args),
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
