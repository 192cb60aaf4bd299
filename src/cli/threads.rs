//! The number of threads.

use standpoint::{Error, Result};
use std::num::NonZeroU16;
use std::thread::available_parallelism;

/// More threads would each hold some megabytes and wait for the others.
const MAX_THREADS: usize = 512;

const VARIABLE: &str = "RAYON_NUM_THREADS";

/// Starts the threads that are asked for by the flag or, without it, the environment; else one for
/// each core.
pub fn start(flag: Option<NonZeroU16>) -> Result<()> {
    let threads = match flag {
        Some(threads) => bounded(usize::from(threads.get()), "--threads")?,
        None => by_environment()?.unwrap_or_else(|| {
            available_parallelism()
                .map_or(1, usize::from)
                .min(MAX_THREADS)
        }),
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global();
    pool.map_err(|e| {
        Error::usage(format!("cannot start {threads} threads: {e}")).help("ask for fewer")
    })
}

/// Nothing and 0 ask for no number.
fn by_environment() -> Result<Option<usize>> {
    let Some(value) = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let value = value.to_string_lossy();
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        let threads = value.parse().unwrap_or(usize::MAX);
        return bounded(threads, VARIABLE)
            .map(|threads| Some(threads).filter(|&threads| threads > 0));
    }
    Err(
        Error::usage(format!("{VARIABLE} is `{value}`, expected a number"))
            .help("unset it, or pass --threads"),
    )
}

fn bounded(threads: usize, name: &str) -> Result<usize> {
    if threads > MAX_THREADS {
        let message = format!("{name} asks for {threads} threads, but {MAX_THREADS} is the limit");
        return Err(
            Error::usage(message).help("one for each core, the default, is the most that helps")
        );
    }
    Ok(threads)
}
