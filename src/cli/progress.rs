//! A progress bar on standard error for work of more than a second.

use crate::cli::console;
use crate::cli::remedy;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use standpoint::Wording;
use standpoint::io::Progress;
use standpoint::report::terminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const QUIET: Duration = Duration::from_secs(1);
const REDRAW: Duration = Duration::from_millis(100);

/// Shows stages as bars, one at a time, and notes as lines.
pub struct TerminalProgress {
    bar: Mutex<Option<ProgressBar>>,
    started: Instant,
    /// Milliseconds since the start at which the bar was last moved, so that many small steps
    /// cost no lock each.
    moved: AtomicU64,
    waiting: AtomicU64,
    shown: AtomicBool,
    visible: bool,
}

impl TerminalProgress {
    /// A bar for the rest of the program. `visible` is false where standard output is the same
    /// terminal and would be garbled.
    pub fn leak(visible: bool) -> &'static TerminalProgress {
        Box::leak(Box::new(TerminalProgress {
            bar: Mutex::new(None),
            started: Instant::now(),
            moved: AtomicU64::new(0),
            waiting: AtomicU64::new(0),
            shown: AtomicBool::new(false),
            visible,
        }))
    }

    /// Takes the bar off the screen.
    pub fn clear(&self) {
        if let Ok(mut bar) = self.bar.lock()
            && let Some(bar) = bar.take()
        {
            bar.finish_and_clear();
        }
    }

    fn reveal(&self, bar: &ProgressBar) {
        if self.visible
            && self.started.elapsed() > QUIET
            && !self.shown.swap(true, Ordering::Relaxed)
        {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

impl Progress for TerminalProgress {
    fn advise(&self, advice: &Wording) {
        self.note(&advice.with_names(remedy::flag));
    }

    fn stage(&self, name: &str, total: u64) {
        self.clear();
        let (shape, length) = match total {
            0 => ("{msg}: {human_pos} rows, {elapsed}", None),
            total => (
                "{msg}: {wide_bar} {human_pos}/{human_len}, {eta} left",
                Some(total),
            ),
        };
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
        bar.set_style(
            ProgressStyle::with_template(shape).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_message(name.to_string());
        self.waiting.store(0, Ordering::Relaxed);
        self.shown.store(false, Ordering::Relaxed);
        self.reveal(&bar);
        if let Ok(mut current) = self.bar.lock() {
            *current = Some(bar);
        }
    }

    fn advance(&self, units: u64) {
        self.waiting.fetch_add(units, Ordering::Relaxed);
        let now = self.started.elapsed().as_millis() as u64;
        let moved = self.moved.load(Ordering::Relaxed);
        if now < moved + REDRAW.as_millis() as u64 {
            return;
        }
        self.moved.store(now, Ordering::Relaxed);
        if let Ok(bar) = self.bar.lock()
            && let Some(bar) = &*bar
        {
            self.reveal(bar);
            bar.inc(self.waiting.swap(0, Ordering::Relaxed));
        }
    }

    fn note(&self, message: &str) {
        let message = terminal::note(message);
        let write = || console::note(&message);
        match self.bar.lock() {
            Ok(bar) => bar.as_ref().map_or_else(write, |bar| bar.suspend(write)),
            Err(_) => write(),
        }
    }
}
