//! Standard output and colours.

use crate::cli::args::{ColorArg, ShapeArgs};
use standpoint::report::terminal::{self, Style};
use standpoint::{Error, Result};
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Standard output, and the colours that were asked for.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    color: ColorArg,
}

/// The width for terminals that do not tell theirs, and for files.
const UNKNOWN_WIDTH: u16 = 80;

/// Returns the columns of the terminal behind a stream: what COLUMNS says, or else the terminal.
fn width(terminal: Option<terminal_size::Width>) -> u16 {
    let stated = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.trim().parse::<u16>().ok());
    let measured = || terminal.map(|terminal_size::Width(width)| width);
    stated
        .filter(|&width| width > 0)
        .or_else(measured)
        .filter(|&width| width > 0)
        .unwrap_or(UNKNOWN_WIDTH)
}

/// Returns the columns for standard output.
pub fn output_width() -> u16 {
    width(terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| width))
}

/// Returns the columns for notes on standard error, if they are read on a terminal.
fn note_width() -> Option<u16> {
    let terminal = std::io::stderr().is_terminal();
    terminal
        .then(|| width(terminal_size::terminal_size_of(std::io::stderr()).map(|(width, _)| width)))
}

impl Console {
    pub fn new(color: ColorArg) -> Self {
        Console { color }
    }

    /// True if results are for a program rather than for a person.
    pub fn wants_json(self, shape: ShapeArgs) -> bool {
        shape.json || (!shape.table && !std::io::stdout().is_terminal())
    }

    pub fn style(self) -> Style {
        let terminal = std::io::stdout().is_terminal();
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = match self.color {
            ColorArg::Always => true,
            ColorArg::Never => false,
            ColorArg::Auto => terminal && !plain,
        };
        Style {
            width: output_width(),
            color,
            complete: Some("--json"),
        }
    }
}

impl Console {
    /// Writes a table or report for a person.
    pub fn show(self, text: &str) -> Result<()> {
        print(terminal::shown(self.style(), text).as_bytes())
    }
}

/// Writes a note to standard error, broken between words where that is a terminal. With standard
/// error gone there is nobody left to tell.
pub fn note(message: &str) {
    let text = format!("standpoint: {message}");
    let text = note_width().map_or_else(|| text.clone(), |width| terminal::wrapped(width, &text));
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Writes a value to standard output as a line of JSON, piece by piece.
pub fn print_json(value: &impl serde::Serialize) -> Result<()> {
    print_through(|| {
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        serde_json::to_writer(&mut out, value)?;
        out.write_all(b"\n").and_then(|()| out.flush())
    })
}

/// Returns a value as a line of JSON.
pub fn line_of(value: &impl serde::Serialize) -> Result<String> {
    let line = serde_json::to_string(value).map_err(|e| Error::data(e.to_string()))?;
    Ok(line + "\n")
}

/// Writes to standard output, as it is.
pub fn print(bytes: &[u8]) -> Result<()> {
    print_through(|| std::io::stdout().lock().write_all(bytes))
}

/// Writes to standard output through `write`, and to its end.
pub fn print_through(write: impl FnOnce() -> std::io::Result<()>) -> Result<()> {
    if STARTED_CLOSED.load(Ordering::Relaxed) {
        return Err(write_error(std::io::Error::other("it is closed")));
    }
    write()
        .and_then(|()| std::io::stdout().flush())
        .map_err(write_error)
}

/// True if the program was started with standard output closed. Before `main`, the standard library
/// opens `/dev/null` in its place, which takes everything without an error.
static STARTED_CLOSED: AtomicBool = AtomicBool::new(false);

#[cfg(unix)]
#[ctor::ctor(unsafe)]
fn look_for_closed_output() {
    let closed = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err();
    STARTED_CLOSED.store(closed, Ordering::Relaxed);
}

fn write_error(error: std::io::Error) -> Error {
    let closed = error.kind() == std::io::ErrorKind::BrokenPipe;
    OUTPUT_CLOSED.fetch_or(closed, Ordering::Relaxed);
    Error::io("write to standard output", error)
}

static OUTPUT_CLOSED: AtomicBool = AtomicBool::new(false);

/// True if the reader of standard output went away, as `head` does: no failure of ours.
pub fn output_closed() -> bool {
    OUTPUT_CLOSED.load(Ordering::Relaxed)
}
