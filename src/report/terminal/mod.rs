//! Results as tables for a person, fitted to the width of the terminal.

mod abstention;
mod agreement;
mod check;
mod comparison;
#[cfg(feature = "desk")]
mod corrections;
mod evaluation;
mod explanation;
mod quantization;
mod relabelled;
mod scores;
mod split;
mod summary;
mod thresholds;
mod verification;
mod wrap;
mod write;

pub use abstention::abstention;
pub use agreement::agreement;
pub use check::check;
pub use comparison::comparison;
#[cfg(feature = "desk")]
pub use corrections::corrections;
pub use evaluation::{changes, evaluation};
pub use explanation::{explanation, reasons};
pub use quantization::quantization;
pub use relabelled::relabelled;
pub use scores::scores;
pub use split::split;
pub use summary::{background, summary};
pub use thresholds::thresholds;
pub use verification::verification;

use super::table::{Cell, Emphasis};
use crate::words::shortened;
use crate::{Error, NamedSetting};
use wrap::Cut;
use write::{lines, lines_of_widths};

/// The width of lines, and the use of colour.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Columns of the terminal; 0 for no limit.
    pub width: u16,
    /// True if escape sequences may be used.
    pub color: bool,
    /// Output that holds all rows where tables leave some out, by the name that the reader knows.
    pub complete: Option<&'static str>,
}

/// More labels than this make a confusion matrix unreadable.
const MAX_MATRIX_LABELS: usize = 12;
const CONFUSIONS_SHOWN: usize = 15;

/// Narrower terminals are written to as if they had this many columns.
const MIN_WIDTH: u16 = 20;

impl Style {
    /// Returns the columns that a line may take.
    fn room(self) -> usize {
        if self.width == 0 {
            usize::from(u16::MAX)
        } else {
            usize::from(self.width.max(MIN_WIDTH))
        }
    }

    /// Returns the sentence on rows that a table leaves out, and on the output that holds them.
    fn hidden(self, what: &str) -> String {
        match self.complete {
            Some(output) => format!("{what}; {output} holds all"),
            None => what.to_string(),
        }
    }

    /// Returns the line below a table that leaves out rows; nothing if there are none.
    fn hidden_rows(self, hidden: usize, noun: &str) -> String {
        match hidden {
            0 => String::new(),
            hidden => format!("({})\n", self.hidden(&format!("{hidden} {noun}"))),
        }
    }
}

/// Returns a heading, in lines that fit.
fn title(style: Style, text: &str) -> String {
    let lines = wrap::wrap(&clean(text), style.room(), Cut::End);
    lines
        .iter()
        .map(|line| format!("{}\n", paint(style, line, "1")))
        .collect()
}

/// Returns sentences in lines that fit.
pub fn prose(style: Style, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    wrap::wrap(&clean(text), style.room(), Cut::End)
        .iter()
        .map(|line| format!("{line}\n"))
        .collect()
}

/// Returns a note in lines of `width` columns, with paths and other long words whole.
pub fn wrapped(width: u16, text: &str) -> String {
    wrap::wrap(
        &clean(text),
        Style {
            width,
            color: false,
            complete: None,
        }
        .room(),
        Cut::Never,
    )
    .join("\n")
}

fn cell(text: &str) -> Cell {
    Cell::text(text)
}

/// Returns the heading of a column.
fn header(name: impl ToString) -> String {
    name.to_string()
}

/// Returns a cell that names a row.
fn strong(name: impl ToString) -> Cell {
    Cell::text(name).emphasis(Emphasis::Strong)
}

fn number(value: f64) -> Cell {
    Cell::numeric(format!("{value:.3}"))
}

/// Returns a number of documents, which weights may have made a fraction.
fn count(value: f64) -> Cell {
    Cell::numeric(super::count(value))
}

/// Replaces what could change more than its own place on a terminal: control characters but line
/// feeds and tabs, marks that turn the direction of what follows, other ends of lines, and
/// invisible tags.
pub fn clean(text: &str) -> String {
    text.chars()
        .map(|c| {
            if is_harmful(c) && c != '\n' && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

fn is_harmful(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let ends = matches!(c, '\u{2028}' | '\u{2029}');
    let unseen = matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    c.is_control() || turns || ends || unseen
}

/// [`clean`] for a text of one line, in which a line feed could forge a line of its own.
pub(crate) fn clean_line(text: &str) -> String {
    text.chars()
        .map(|c| if is_harmful(c) { '\u{fffd}' } else { c })
        .collect()
}

/// A whole table or report, ready for the terminal: the colours of this module stay where `style`
/// has some, and nothing harmful of a model, a corpus or a path does.
pub fn shown(style: Style, text: &str) -> String {
    if !style.color {
        return clean(text);
    }
    let mut parts = text.split("\u{1b}[");
    let mut out = clean(parts.next().unwrap_or_default());
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit() && c != ';');
        match end.filter(|&end| part[end..].starts_with('m')) {
            Some(end) => out += &format!("\u{1b}[{}{}", &part[..=end], clean(&part[end + 1..])),
            None => out += &format!("\u{fffd}[{}", clean(part)),
        }
    }
    out
}

/// A note of one line, in which long values are shortened.
pub fn note(message: &str) -> String {
    clean_line(&shortened(message.to_string()))
}

/// Returns an error as `location: message`, followed by a line with its remedy; `name` names
/// settings.
pub fn error(error: &Error, name: impl Fn(&NamedSetting) -> String) -> String {
    let location = error.location().map_or(String::new(), |location| {
        format!("{}: ", clean_line(location))
    });
    let message = clean_line(&error.message_with_names(&name));
    let help = error.remedy().map_or(String::new(), |remedy| {
        format!("\n  help: {}", clean_line(&remedy.with_names(&name)))
    });
    format!("{location}{message}{help}")
}

fn paint(style: Style, text: &str, code: &str) -> String {
    let text = clean_line(text);
    if style.color {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Model;

    fn table_of(width: u16) -> String {
        let model = Model::embedded().unwrap();
        let text = "Troops shelled the town and crossed the border.";
        let why = reasons(&model.explain(text), 3);
        scores(
            Style {
                width,
                color: false,
                complete: None,
            },
            &[("a\u{1b}[2Jb".to_string(), model.score(text), Some(why))],
            true,
            None,
        )
    }

    #[test]
    fn scores_fit_any_width_and_send_no_control_sequence() {
        for width in 20..=200 {
            let table = table_of(width);
            assert!(
                table.contains("conflict") && !table.contains('\u{1b}'),
                "{width}: {table}"
            );
            assert!(
                table
                    .lines()
                    .all(|line| wrap::width(line) <= width as usize),
                "{table}"
            );
        }
    }
}
