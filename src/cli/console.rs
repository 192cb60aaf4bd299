//! Standard output and colours.

use super::args::{Color, ShapeArgs};
use standpoint::report::terminal::{self, Style};
use standpoint::{Error, Result};
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// What is known of standard output.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    color: Color,
}

/// For a table in a pipe.
const WIDTH_WITHOUT_TERMINAL: u16 = 100;

impl Console {
    pub fn new(color: Color) -> Self {
        Console { color }
    }

    /// Whether to write for a program rather than for a person.
    pub fn wants_json(self, shape: ShapeArgs) -> bool {
        shape.json || (!shape.table && !std::io::stdout().is_terminal())
    }

    pub fn style(self) -> Style {
        let terminal = std::io::stdout().is_terminal();
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !plain,
        };
        let width = comfy_table::Table::new().width().unwrap_or(WIDTH_WITHOUT_TERMINAL);
        Style { width, color }
    }
}

impl Console {
    /// Writes a table or report for a person.
    pub fn show(self, text: &str) -> Result<()> {
        print(terminal::shown(self.style(), text).as_bytes())
    }
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
    write().and_then(|()| std::io::stdout().flush()).map_err(write_error)
}

/// Whether the program was started with standard output closed. Before `main`, the standard library opens
/// `/dev/null` in its place, which takes everything without an error.
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

/// Whether the reader of standard output went away, as `head` does: no failure of ours.
pub fn output_closed() -> bool {
    OUTPUT_CLOSED.load(Ordering::Relaxed)
}
