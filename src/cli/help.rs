//! Help pages, a short one for `-h` and a long one for `--help`, and remedies for wrong usage.

use crate::cli::args::Args;
use crate::cli::console;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};
use std::path::Path;

/// Lines of help are not longer, however wide the terminal is.
const MAX_WIDTH: u16 = 100;

/// The options that the short page of each command shows, by their ids.
const SHORT: &[(&str, &[&str])] = &[
    (
        "check",
        &[
            "inputs", "text", "label", "labels", "by", "date", "source", "limit", "write", "json",
        ],
    ),
    (
        "split",
        &[
            "inputs",
            "output",
            "write",
            "force",
            "parts",
            "folds",
            "group",
            "before",
            "near_duplicates",
            "label",
        ],
    ),
    (
        "background",
        &[
            "inputs",
            "output",
            "force",
            "text",
            "filters",
            "dimensions",
            "vocabulary",
            "language",
        ],
    ),
    (
        "relabel",
        &[
            "inputs",
            "map",
            "label",
            "to",
            "output",
            "force",
            "level",
            "strict",
            "skip_unknown",
            "filters",
        ],
    ),
    (
        "train",
        &[
            "inputs", "output", "force", "label", "labels", "text", "filters", "preset", "from",
            "skip_bad",
        ],
    ),
    (
        "fit-part",
        &[
            "inputs", "output", "force", "shard", "survey", "surveys", "label", "labels", "text",
            "language",
        ],
    ),
    (
        "fit-merge",
        &[
            "part_files",
            "output",
            "force",
            "preset",
            "classifier",
            "word_ngrams",
            "char_ngrams",
            "min_df",
            "thresholds",
            "options",
        ],
    ),
    (
        "tune",
        &[
            "inputs",
            "output",
            "force",
            "label",
            "text",
            "filters",
            "metric",
            "time_limit",
            "memory",
        ],
    ),
    (
        "score",
        &[
            "inputs", "model", "json", "table", "why", "top", "output", "format", "text",
            "skip_bad",
        ],
    ),
    (
        "explain",
        &[
            "inputs", "model", "json", "table", "label", "top", "all", "format", "text", "id",
        ],
    ),
    #[cfg(feature = "serve")]
    (
        "serve",
        &[
            "model_files",
            "listen",
            "token_file",
            "store",
            "base",
            "inbox",
            "test_share",
            "host",
            "timeout",
        ],
    ),
    (
        "corrections",
        &[
            "action",
            "store",
            "answers",
            "output",
            "force",
            "as",
            "label",
            "labels",
            "annotator",
            "json",
        ],
    ),
    (
        "eval",
        &[
            "inputs",
            "model",
            "json",
            "predictions",
            "report",
            "force",
            "group",
            "label",
            "labels",
            "filters",
        ],
    ),
    (
        "compare",
        &[
            "inputs",
            "models",
            "truth",
            "test_where",
            "source",
            "metric",
            "report",
            "label",
        ],
    ),
    (
        "agree",
        &[
            "inputs",
            "annotators",
            "json",
            "resamples",
            "group",
            "format",
            "filters",
            "skip_bad",
        ],
    ),
    ("inspect", &["input", "json", "table", "terms", "card"]),
    ("verify", &["input", "json", "table", "data"]),
    (
        "quantize",
        &[
            "inputs", "model", "output", "force", "bits", "terms", "max_loss", "json", "label",
            "filters",
        ],
    ),
    (
        "export",
        &[
            "inputs",
            "model",
            "output",
            "format_of_output",
            "head",
            "row_names",
            "column_names",
            "force",
        ],
    ),
];

/// The names that other programs have for an option, and the remedy.
const ELSEWHERE: [(&[&str], &str); 12] = [
    (
        &["quiet", "silent", "q"],
        "notes go to standard error; 2>/dev/null leaves them out",
    ),
    (
        &["verbose", "v", "debug", "progress"],
        "progress is shown on a terminal, and there is no more to tell",
    ),
    (
        &["overwrite", "yes", "y", "replace"],
        "`--force` replaces files that exist",
    ),
    (
        &["jobs", "cores", "n-jobs", "workers", "j", "t"],
        "`--threads N` sets the number of threads",
    ),
    (
        &["out", "out-file", "outfile", "save"],
        "`--output FILE`, or `-o FILE`, names what is written",
    ),
    (
        &["sep", "separator", "delim", "field-separator"],
        "`--delimiter CHAR` names what stands between columns",
    ),
    (
        &["input", "file", "data", "corpus", "train"],
        "inputs are named without an option, behind the command",
    ),
    (
        &["label-column", "target", "y-column", "class", "category"],
        "`--label COLUMN` names the column of labels",
    ),
    (
        &["text-column", "text-field", "body"],
        "`--text COLUMN` names the column of texts",
    ),
    (
        &["csv", "tsv", "jsonl", "html"],
        "`--format` takes csv, tsv, jsonl, fasttext, parquet, text or html",
    ),
    (
        &["filter", "query", "select"],
        "`--where COLUMN=VALUE` takes some rows only",
    ),
    (
        &["ngrams", "ngram", "ngram-range"],
        "`--word-ngrams MIN-MAX` and `--char-ngrams MIN-MAX` set n-grams",
    ),
];

/// The names that other programs have for a command.
const COMMANDS: [(&[&str], &str); 12] = [
    (
        &["predict", "classify", "label", "tag", "run", "infer"],
        "score",
    ),
    (&["fit", "learn", "build"], "train"),
    (&["test", "evaluate", "validate", "measure"], "eval"),
    (&["lint", "clean", "dedup", "doctor"], "check"),
    (&["info", "show", "describe", "dump"], "inspect"),
    (&["reproduce", "repeat", "fsck"], "verify"),
    (&["why", "interpret"], "explain"),
    (&["search", "optimize", "optimise", "grid"], "tune"),
    (&["diff", "benchmark"], "compare"),
    (&["compress", "prune", "shrink", "quantise"], "quantize"),
    (&["map", "recode", "translate"], "relabel"),
    (&["server", "daemon", "http", "listen"], "serve"),
];

/// Returns the arguments with the page of help that is asked for, as wide as the terminal.
pub fn command(given: &[String]) -> Command {
    let width = usize::from(console::output_width().min(MAX_WIDTH));
    let brief = given.iter().any(|arg| arg == "-h");
    let mut program = Args::command().term_width(width);
    for (name, shown) in SHORT {
        program = program.mut_subcommand(name, |command| {
            let command = with_notes(command, name).term_width(width);
            if brief {
                short(command, shown)
            } else {
                command
            }
        });
    }
    program
}

/// Leaves the options of the short page, without headings, and of each what comes first.
fn short(command: Command, shown: &[&str]) -> Command {
    command.mut_args(|arg| {
        let hidden = !shown.contains(&arg.get_id().as_str());
        let text = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let values = arg.get_action().takes_values();
        arg.hide(hidden)
            .help(beginning(&text))
            .help_heading(None::<&str>)
            .hide_possible_values(values)
    })
}

/// Returns the first part of a sentence that has several, and its default.
fn beginning(text: &str) -> String {
    let first = text
        .split(". ")
        .next()
        .and_then(|text| text.split("; ").next())
        .unwrap_or(text);
    match text.rfind(" [default") {
        Some(at) if !first.contains("[default") => format!("{first}{}", &text[at..]),
        _ => first.to_string(),
    }
}

/// Adds notes for both pages: an example or all, and exit codes to the long one.
fn with_notes(command: Command, name: &str) -> Command {
    let options = command
        .get_arguments()
        .filter(|arg| !arg.is_positional())
        .count();
    let notes = command
        .get_after_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let example = notes.split("\n\n").find(|part| part.starts_with("Example"));
    let example =
        example.map(|example| example.lines().take(2).collect::<Vec<_>>().join("\n") + "\n\n");
    let more = format!(
        "`standpoint {name} --help` shows all {} options.",
        options + 2
    );
    let short = example
        .unwrap_or_default()
        .replacen("Examples:", "Example:", 1)
        + &more;
    let long = format!("{notes}\n\n{}", super::args::EXIT_CODES);
    command
        .after_help(short)
        .after_long_help(long.trim_start().to_string())
}

/// Gives an error of the argument parser a remedy that is right, in place of the name that is spelt
/// most like it.
pub fn with_remedy(mut error: clap::Error, given: &[String]) -> clap::Error {
    let text = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    let invalid = text(ContextKind::InvalidArg).unwrap_or_default();
    // What follows may be a command, but the argument is none of its own.
    let end = given
        .iter()
        .position(|word| word == &invalid || word.starts_with(&format!("{invalid}=")));
    let given = &given[..end.unwrap_or(given.len())];
    let tip = match error.kind() {
        ErrorKind::UnknownArgument => Some(remedy(&invalid, given)),
        ErrorKind::InvalidSubcommand => {
            text(ContextKind::InvalidSubcommand).map(|name| right_command(&name))
        }
        _ => None,
    };
    if let Some(tip) = tip {
        error.remove(ContextKind::SuggestedArg);
        error.remove(ContextKind::SuggestedSubcommand);
        error.remove(ContextKind::SuggestedCommand);
        error.insert(ContextKind::Usage, ContextValue::StyledStr(usage(given)));
        error.insert(
            ContextKind::Suggested,
            ContextValue::StyledStrs(vec![tip.into()]),
        );
    }
    error
}

/// Returns the usage of the command that is given.
fn usage(given: &[String]) -> clap::builder::StyledStr {
    let mut program = Args::command();
    program.build();
    let name = given
        .iter()
        .find(|word| program.find_subcommand(word).is_some());
    let command = name.and_then(|name| program.find_subcommand(name)).cloned();
    command.unwrap_or(program).render_usage()
}

/// Returns what to do about an option that a command does not have.
fn remedy(arg: &str, given: &[String]) -> String {
    let program = Args::command();
    let name = arg
        .trim_start_matches('-')
        .split('=')
        .next()
        .unwrap_or_default();
    let current = given
        .iter()
        .find_map(|word| program.find_subcommand(word))
        .unwrap_or(&program);
    let shown = match current.get_name() {
        "standpoint" => "standpoint --help".to_string(),
        command => format!("standpoint {command} --help"),
    };
    if !arg.starts_with('-') {
        return format!("`{shown}` shows what is expected");
    }
    let has = |command: &Command, name: &str| long_names(command).any(|long| long == name);
    if has(current, name) {
        return format!("write it as `--{name}`");
    }
    let others: Vec<&str> = program
        .get_subcommands()
        .filter(|other| has(other, name))
        .map(Command::get_name)
        .collect();
    let similar = long_names(current)
        .filter(|long| alike(name, long))
        .min_by_key(|long| (strsim::damerau_levenshtein(name, long), long.len()));
    let known = ELSEWHERE.iter().find(|(names, _)| names.contains(&name));
    match (similar, others.as_slice(), known) {
        (_, [], Some((_, remedy))) => (*remedy).to_string(),
        (Some(similar), [], None) => format!("did you mean `--{similar}`?"),
        (_, [], None) => format!("`{shown}` shows all options"),
        (_, others, _) if current.get_name() == "standpoint" => {
            format!(
                "`--{name}` is an option of `{}`, and stands behind the command",
                others.join("`, `")
            )
        }
        (_, others, known) => {
            let known = known.map_or_else(String::new, |(_, remedy)| format!("; {remedy}"));
            format!(
                "`--{name}` is an option of `{}`, not of `{}`{known}",
                others.join("`, `"),
                current.get_name()
            )
        }
    }
}

fn long_names(command: &Command) -> impl Iterator<Item = &str> {
    command
        .get_arguments()
        .filter_map(clap::Arg::get_long)
        .chain(["help", "threads", "color"])
}

/// Tells whether a name is likely the other, misspelt or cut short.
fn alike(name: &str, other: &str) -> bool {
    let most = if name.chars().count() < 6 { 1 } else { 2 };
    let begins =
        name.len() >= 4 && (other.starts_with(name) || name.starts_with(other) && other.len() >= 4);
    begins || strsim::damerau_levenshtein(name, other) <= most
}

/// Returns what to do about a command that there is not.
fn right_command(name: &str) -> String {
    if Path::new(name).exists() || name == "-" {
        return format!("a command comes first: `standpoint score {name}`");
    }
    let known = COMMANDS
        .iter()
        .find(|(names, _)| names.contains(&name))
        .map(|(_, command)| *command);
    let program = Args::command();
    let similar = program
        .get_subcommands()
        .map(Command::get_name)
        .find(|command| alike(name, command));
    match known.or(similar) {
        Some(command) => format!("did you mean `standpoint {command}`?"),
        None => "`standpoint --help` shows all commands".to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_of_a_short_page_is_one_of_the_command() {
        let mut program = Args::command();
        program.build();
        for (name, shown) in SHORT {
            let command = program.find_subcommand(name).unwrap();
            assert!(shown.len() <= 10, "{name}");
            for id in *shown {
                assert!(
                    command.get_arguments().any(|arg| arg.get_id() == id),
                    "{name} {id}"
                );
            }
        }
    }

    #[test]
    fn remedies_name_what_is_right() {
        let of = |arg: &str, command: &str| {
            remedy(arg, &["standpoint".to_string(), command.to_string()])
        };
        assert!(of("--quiet", "train").contains("standard error"));
        assert!(of("--labl", "train").contains("`--label`"));
        assert!(of("--models", "train").contains("an option of `compare`"));
        assert!(of("--outptu", "train").contains("`--output`"));
        assert!(of("--zzz", "train").contains("train --help"));
        assert!(of("--model", "--").contains("behind the command"));
        assert!(
            right_command("predict").contains("score") && right_command("trian").contains("train")
        );
        assert!(right_command("zzz").contains("--help"));
    }
}
