//! Signals: an old output file stays whole, a new one is not there.

use standpoint::{Error, Result, io};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// The exit code is this and the number of the signal.
const BY_SIGNAL: i32 = 128;
const INTERRUPT: i32 = 2;

/// Ends the program at once on Ctrl-C and whatever else asks it to end; removes temporary files
/// first.
#[cfg(unix)]
pub fn handle() -> Result<()> {
    use signal_hook::consts::{SIGBUS, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXCPU, SIGXFSZ};
    use std::sync::Arc;
    let failed = |e| Error::io("wait for signals", e);
    // The thread that reads a mapped file behind its new end waits in vain until the program ends.
    let mut asked = vec![SIGBUS, SIGINT, SIGQUIT, SIGTERM, SIGXCPU];
    if !is_ignored(SIGHUP) {
        asked.push(SIGHUP);
    }
    let mut signals = signal_hook::iterator::Signals::new(asked).map_err(failed)?;
    // A file beyond the limit is then an error of the write, which names the file.
    signal_hook::flag::register(SIGXFSZ, Arc::<AtomicBool>::default()).map_err(failed)?;
    let wait = move || signals.forever().for_each(end_by);
    std::thread::Builder::new()
        .name("signals".to_string())
        .spawn(wait)
        .map_err(failed)?;
    Ok(())
}

/// Ends the program at once on Ctrl-C; removes temporary files first.
#[cfg(not(unix))]
pub fn handle() -> Result<()> {
    let failed = |e: ctrlc::Error| Error::io("wait for signals", std::io::Error::other(e));
    ctrlc::set_handler(|| end_by(INTERRUPT)).map_err(failed)
}

/// Tells if the program was started with a signal ignored, as `nohup` does, where the system tells.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

fn end_by(signal: i32) {
    if is_handed_on(signal) {
        return;
    }
    if signal == INTERRUPT && STOPS.swap(false, Ordering::Relaxed) {
        STOPPED.store(true, Ordering::Relaxed);
        let _ = writeln!(
            std::io::stderr(),
            "\nstandpoint: ending; once more to leave at once"
        );
        return;
    }
    io::remove_unfinished();
    let _ = writeln!(std::io::stderr(), "\nstandpoint: {}", ended_by(signal));
    std::process::exit(BY_SIGNAL + signal);
}

fn ended_by(signal: i32) -> String {
    #[cfg(unix)]
    if signal == signal_hook::consts::SIGBUS {
        return "a file was shortened while it was read; replace files by a rename".to_string();
    }
    #[cfg(unix)]
    if signal != INTERRUPT {
        let name = signal_hook::low_level::signal_name(signal).unwrap_or("a signal");
        return format!("ended by {name}");
    }
    let _ = signal;
    "interrupted".to_string()
}

/// Request of a signal to a service.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(feature = "serve"),
    expect(dead_code, reason = "there is no service")
)]
pub enum Asked {
    /// Files are read again.
    Again,
    /// The service ends; true where somebody pressed Ctrl-C.
    End { interrupted: bool },
}

/// Takes what a signal asks; false where it does not, and the program ends.
type Service = Box<dyn FnMut(Asked) -> bool + Send>;

static SERVICE: Mutex<Option<Service>> = Mutex::new(None);

/// From now on SIGHUP, SIGTERM and Ctrl-C are handed to a service.
#[cfg(feature = "serve")]
pub fn hand_to(service: impl FnMut(Asked) -> bool + Send + 'static) {
    *SERVICE.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(service));
}

/// Ends the program as after Ctrl-C, once a service has ended.
#[cfg(feature = "serve")]
pub fn end_interrupted() {
    *SERVICE.lock().unwrap_or_else(PoisonError::into_inner) = None;
    end_by(INTERRUPT);
}

fn is_handed_on(signal: i32) -> bool {
    let asked = match signal {
        INTERRUPT => Asked::End { interrupted: true },
        #[cfg(unix)]
        signal_hook::consts::SIGTERM => Asked::End { interrupted: false },
        #[cfg(unix)]
        signal_hook::consts::SIGHUP => Asked::Again,
        _ => return false,
    };
    let mut service = SERVICE.lock().unwrap_or_else(PoisonError::into_inner);
    service.as_mut().is_some_and(|service| service(asked))
}

/// True if the next Ctrl-C asks for an early end rather than ending the program.
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
