//! Long work without the interpreter lock, which Ctrl-C ends.
//!
//! The work runs on the pool while the calling thread waits and asks Python for signals. On one,
//! the next report of progress ends the work by unwinding: the library's work owns all that it
//! changes, and writes outputs whole or not at all, so nothing is left half done.

use crate::errors::{exception, named};
use crate::pool::pool;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use standpoint::io::Progress;
use standpoint::{Result, Wording};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Time after which the calling thread asks for signals again.
const PATIENCE: Duration = Duration::from_millis(50);

/// Listener to the progress of work, which ends it when Python is interrupted.
#[derive(Default)]
pub struct Watch {
    interrupted: AtomicBool,
    notes: Mutex<Vec<String>>,
}

/// Payload of the unwinding that ends interrupted work.
struct Interrupted;

impl Watch {
    /// Returns true once Python was interrupted.
    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Ends the work if Python was interrupted.
    pub fn check(&self) {
        if self.is_interrupted() {
            // Unlike a panic, this prints nothing.
            resume_unwind(Box::new(Interrupted));
        }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut notes)
    }
}

impl Progress for Watch {
    fn stage(&self, _name: &str, _total: u64) {
        self.check();
    }

    fn advance(&self, _units: u64) {
        self.check();
    }

    fn note(&self, message: &str) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.push(message.to_string());
    }

    fn advise(&self, advice: &Wording) {
        self.note(&advice.with_names(named));
    }
}

/// Outcome of work, or the payload of its panic.
type Outcome<T> = std::thread::Result<Result<T>>;

/// Runs work on the pool without the interpreter lock, and warns of what it notes.
pub fn run<T: Send>(py: Python<'_>, work: impl FnOnce(&Watch) -> Result<T> + Send) -> PyResult<T> {
    let pool = pool()?;
    let watch = Watch::default();
    let (outcome, interrupt) = py.detach(|| {
        let (done, waiting) = sync_channel(1);
        pool.in_place_scope(|scope| {
            scope.spawn(|_| {
                let outcome = catch_unwind(AssertUnwindSafe(|| work(&watch)));
                // The receiver waits in this very scope.
                let _ = done.send(outcome);
            });
            wait(&waiting, &watch)
        })
    });
    warn(py, &watch.notes())?;
    if let Some(interrupt) = interrupt {
        return Err(interrupt);
    }
    match outcome {
        Some(Ok(result)) => result.map_err(|error| exception(py, &error)),
        Some(Err(panic)) => resume_unwind(panic),
        None => Err(PyRuntimeError::new_err("the work ended without a result")),
    }
}

/// Runs work that is over before a signal could be asked for, on the calling thread: waking another
/// one would take longer.
pub fn run_briefly<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&Watch) -> Result<T> + Send,
) -> PyResult<T> {
    let watch = Watch::default();
    let result = py.detach(|| work(&watch));
    warn(py, &watch.notes())?;
    result.map_err(|error| exception(py, &error))
}

/// Waits for the outcome, and returns with it the exception of a signal, if there was one.
fn wait<T>(waiting: &Receiver<Outcome<T>>, watch: &Watch) -> (Option<Outcome<T>>, Option<PyErr>) {
    let mut interrupt = None;
    loop {
        match waiting.recv_timeout(PATIENCE) {
            Ok(outcome) => return (Some(outcome), interrupt),
            Err(RecvTimeoutError::Disconnected) => return (None, interrupt),
            Err(RecvTimeoutError::Timeout) => {
                if let Err(signal) = Python::attach(|py| py.check_signals()) {
                    watch.interrupted.store(true, Ordering::Relaxed);
                    interrupt.get_or_insert(signal);
                }
            }
        }
    }
}

fn warn(py: Python<'_>, notes: &[String]) -> PyResult<()> {
    if notes.is_empty() {
        return Ok(());
    }
    let warn = py.import("standpoint.errors")?.getattr("warn")?;
    notes
        .iter()
        .try_for_each(|note| warn.call1((note,)).map(drop))
}
