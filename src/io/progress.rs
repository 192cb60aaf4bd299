//! Reports of progress by long work to its caller; the library itself never prints.
//!
//! ```
//! use standpoint::io::{Progress, Silent};
//! let progress: &dyn Progress = &Silent;
//! progress.stage("solving", 20);
//! progress.advance(1);
//! ```

use crate::Wording;

/// Receives the stages of a long piece of work. Calls may come from any thread.
pub trait Progress: Sync {
    /// Begins a new stage, of `total` units of work (0: unknown).
    fn stage(&self, name: &str, total: u64);
    /// Counts `units` more of the current stage as done.
    fn advance(&self, units: u64);
    /// Notes something the user should know although the work goes on.
    fn note(&self, message: &str);

    /// Notes something the user should know, with the settings that would change it.
    fn advise(&self, advice: &Wording) {
        self.note(&advice.to_string());
    }
}

/// Listens to nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _name: &str, _total: u64) {}
    fn advance(&self, _units: u64) {}
    fn note(&self, _message: &str) {}
}
