//! The peak memory of the process, where the system tells.

use std::fs;

/// Begins to count anew (Linux; elsewhere nothing happens, and [`peak`] tells nothing).
pub fn reset() -> bool {
    fs::write("/proc/self/clear_refs", "5").is_ok()
}

/// The most memory held since [`reset`], in bytes.
pub fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim()
        .strip_suffix("kB")?
        .trim()
        .parse::<u64>()
        .ok()
        .map(|kilobytes| kilobytes * 1024)
}
