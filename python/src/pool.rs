//! The threads of the library's work, one pool a process.
//!
//! A forked child has none of its parent's threads, so it makes a pool of its own rather than wait
//! for threads that are not there.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::{Arc, Mutex, PoisonError};

struct Pools {
    /// The process of the pool.
    process: u32,
    /// Number of threads; 0 is as many as there are processors, or `RAYON_NUM_THREADS`.
    threads: usize,
    pool: Option<Arc<ThreadPool>>,
}

static POOLS: Mutex<Pools> = Mutex::new(Pools {
    process: 0,
    threads: 0,
    pool: None,
});

/// Returns the pool of this process.
pub fn pool() -> PyResult<Arc<ThreadPool>> {
    let mut pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    let process = std::process::id();
    if pools.process != process {
        // Dropping the parent's pool would wait for its threads.
        std::mem::forget(pools.pool.take());
        pools.process = process;
    }
    if let Some(pool) = &pools.pool {
        return Ok(pool.clone());
    }
    let pool = ThreadPoolBuilder::new()
        .num_threads(pools.threads)
        .thread_name(|at| format!("standpoint-{at}"))
        .build()
        .map_err(|e| PyValueError::new_err(format!("no threads to work with: {e}")))?;
    let pool = Arc::new(pool);
    pools.pool = Some(pool.clone());
    Ok(pool)
}

/// Sets the number of threads that work uses from now on; `None` is as many as there are
/// processors. No result depends on it.
#[pyfunction]
#[pyo3(signature = (threads=None))]
pub fn set_threads(threads: Option<usize>) -> PyResult<()> {
    if threads == Some(0) {
        return Err(PyValueError::new_err(
            "threads=0, expected at least 1 or None",
        ));
    }
    let mut pools = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    pools.threads = threads.unwrap_or(0);
    if pools.process == std::process::id() {
        pools.pool = None;
    }
    Ok(())
}

/// Returns the number of threads that work uses.
#[pyfunction]
pub fn threads() -> PyResult<usize> {
    Ok(pool()?.current_num_threads())
}
