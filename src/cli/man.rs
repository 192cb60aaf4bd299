//! Manual pages.

use crate::cli::args::{Args, EXIT_CODES};
use clap::{Command, CommandFactory};
use standpoint::{Error, Result};

/// Returns the manual page of the program, or of one command, as roff.
pub fn page(name: Option<&str>) -> Result<String> {
    let mut program = Args::command();
    program.build();
    let command = match name {
        None => program.clone(),
        Some(name) => {
            let found = program.find_subcommand(name).cloned();
            found.ok_or_else(|| {
                let names: Vec<&str> = program.get_subcommands().map(Command::get_name).collect();
                Error::usage(format!("there is no command `{name}`"))
                    .help(format!("one of {}", names.join(", ")))
            })?
        }
    };
    render(command, &program, name).map_err(|e| Error::io("write the page", e))
}

fn render(mut command: Command, program: &Command, name: Option<&str>) -> std::io::Result<String> {
    let title = name.map_or("standpoint".to_string(), |name| {
        format!("standpoint-{name}")
    });
    let usage = command.render_usage().to_string();
    let notes = command
        .get_after_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let source = format!("standpoint {}", env!("CARGO_PKG_VERSION"));
    let man = clap_mangen::Man::new(command)
        .title(title)
        .source(source)
        .manual("User Commands");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    let mut rest = Vec::new();
    man.render_description_section(&mut rest)?;
    man.render_options_section(&mut rest)?;
    if name.is_none() {
        man.render_subcommands_section(&mut rest)?;
    }
    let page = text(page) + &synopsis(&usage) + &subsections(&text(rest));
    let (examples, others): (Vec<&str>, Vec<&str>) = notes
        .split("\n\n")
        .partition(|part| part.starts_with("Example"));
    let end = notes_of(&others)
        + &examples_of(&examples, name)
        + &exit_status()
        + &see_also(program, name);
    Ok(in_ascii(&(page + &end)))
}

/// Writes characters beyond ASCII by their numbers, as roff without a preprocessor wants them.
fn in_ascii(page: &str) -> String {
    let mut ascii = String::with_capacity(page.len());
    for character in page.chars() {
        match character.is_ascii() {
            true => ascii.push(character),
            false => ascii.push_str(&format!("\\[u{:04X}]", u32::from(character))),
        }
    }
    ascii
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

fn synopsis(usage: &str) -> String {
    let forms = usage
        .trim_start_matches("Usage:")
        .trim()
        .lines()
        .map(|line| escaped(line.trim()));
    format!(
        ".SH SYNOPSIS\n{}\n",
        forms.collect::<Vec<_>>().join("\n.br\n")
    )
}

/// Makes parts of OPTIONS of the sections that group them.
fn subsections(page: &str) -> String {
    let line = |line: &str| match line.strip_prefix(".SH ") {
        Some("DESCRIPTION" | "OPTIONS" | "SUBCOMMANDS") | None => format!("{line}\n"),
        Some(group) => format!(".SS {group}\n"),
    };
    page.lines().map(line).collect()
}

fn notes_of(parts: &[&str]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .filter(|part| !part.is_empty() && **part != EXIT_CODES)
        .map(|part| format!(".PP\n{}\n", escaped(part)))
        .collect();
    if parts.is_empty() {
        String::new()
    } else {
        format!(".SH NOTES\n{}", parts.concat())
    }
}

fn examples_of(parts: &[&str], name: Option<&str>) -> String {
    let lines = parts
        .iter()
        .flat_map(|part| part.lines().skip(1))
        .map(|line| escaped(line.trim_start()));
    let mut lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        lines = match name {
            None => vec!["standpoint score \\-\\-why article.txt".to_string()],
            Some("completions") => {
                vec!["standpoint completions bash > standpoint.bash".to_string()]
            }
            Some("man") => vec!["standpoint man train | man \\-l \\-".to_string()],
            Some(name) => vec![format!("standpoint {name} \\-\\-help")],
        };
    }
    format!(".SH EXAMPLES\n.EX\n{}\n.EE\n", lines.join("\n"))
}

/// Returns the section on exit codes, from the sentence that help shows.
fn exit_status() -> String {
    let codes = EXIT_CODES
        .trim_start_matches("Exit codes: ")
        .trim_end_matches('.')
        .replace('\n', " ");
    let code = |code: &str| {
        let (number, meaning) = code.trim().split_once(' ').unwrap_or((code, ""));
        format!(".TP\n.B {number}\n{}\n", escaped(meaning))
    };
    format!(
        ".SH EXIT STATUS\n{}",
        codes.split(',').map(code).collect::<String>()
    )
}

fn see_also(program: &Command, name: Option<&str>) -> String {
    let others = program
        .get_subcommands()
        .map(Command::get_name)
        .filter(|&other| other != "help");
    let pages = others
        .filter(|&other| Some(other) != name)
        .map(|other| format!("standpoint\\-{other}"));
    let pages: Vec<String> = name
        .map(|_| "standpoint".to_string())
        .into_iter()
        .chain(pages)
        .collect();
    let pages: Vec<String> = pages.iter().map(|page| format!(".BR {page} (1)")).collect();
    format!(".SH SEE ALSO\n{}\n", pages.join(",\n"))
}

/// Escapes what roff would take for its own.
fn escaped(text: &str) -> String {
    let line = |line: &str| {
        let line = line.replace('\\', "\\(rs").replace('-', "\\-");
        if line.starts_with(['.', '\'']) {
            format!("\\&{line}")
        } else {
            line
        }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
