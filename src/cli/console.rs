//! Standard output, colours, and Ctrl-C.

use super::INTERRUPTED;
use super::args::{Color, ShapeArgs};
use standpoint::report::terminal::Style;
use standpoint::{Error, Result, output};
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

/// Writes to standard output.
pub fn print(bytes: &[u8]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(write_error)
}

pub fn write_error(error: std::io::Error) -> Error {
    let closed = error.kind() == std::io::ErrorKind::BrokenPipe;
    OUTPUT_CLOSED.fetch_or(closed, Ordering::Relaxed);
    Error::io("write to standard output", error)
}

static OUTPUT_CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether the reader of standard output went away, as `head` does: no failure of ours.
pub fn output_closed() -> bool {
    OUTPUT_CLOSED.load(Ordering::Relaxed)
}

/// Ends the program at once on Ctrl-C: an old output file is whole, a new one is not there.
pub fn on_interrupt() {
    let ended = ctrlc::set_handler(|| {
        if STOPS.swap(false, Ordering::Relaxed) {
            STOPPED.store(true, Ordering::Relaxed);
            let _ = writeln!(std::io::stderr(), "\nstandpoint: ending; once more to leave at once");
            return;
        }
        output::remove_unfinished();
        let _ = writeln!(std::io::stderr(), "\nstandpoint: interrupted");
        std::process::exit(INTERRUPTED);
    });
    // Without a handler, Ctrl-C ends the program all the same.
    drop(ended);
}

/// Whether the next Ctrl-C asks for an early end rather than ending the program.
static STOPS: AtomicBool = AtomicBool::new(false);
static STOPPED: AtomicBool = AtomicBool::new(false);

/// From now on the first Ctrl-C only makes the result true; the second ends the program.
pub fn stop_on_interrupt() -> impl Fn() -> bool + Sync {
    STOPS.store(true, Ordering::Relaxed);
    || STOPPED.load(Ordering::Relaxed)
}

/// From now on Ctrl-C ends the program.
pub fn end_on_interrupt() {
    STOPS.store(false, Ordering::Relaxed);
}
