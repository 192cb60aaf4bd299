//! The free memory of the machine, as far as the system tells it.

use std::sync::OnceLock;

/// The memory of a machine that does not tell it; a usual laptop has as much.
const USUAL: u64 = 8 << 30;

/// Returns the bytes that a solver or a model may take: three quarters of what the system had
/// available when this was first asked, within the limits of the process and of its container. The
/// rest is for the model beside its weights while it is written, for other programs, and for what
/// the estimates of solvers do not count.
pub(crate) fn free() -> u64 {
    static FREE: OnceLock<u64> = OnceLock::new();
    *FREE.get_or_init(|| {
        let read = |path: &str| std::fs::read_to_string(path).ok();
        let system = read("/proc/meminfo").and_then(|text| kilobytes(&text, "MemAvailable:"));
        let limit = read("/proc/self/limits").and_then(|text| of_line(&text, "Max address space"));
        let used = read("/proc/self/status")
            .and_then(|text| kilobytes(&text, "VmSize:"))
            .unwrap_or(0);
        let container = |name: &str| {
            read(&format!("/sys/fs/cgroup/{name}"))?
                .trim()
                .parse::<u64>()
                .ok()
        };
        let inside = container("memory.max")
            .map(|most| most.saturating_sub(container("memory.current").unwrap_or(0)));
        let own = limit.map(|most| most.saturating_sub(used));
        [system, own, inside]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(USUAL)
            / 4
            * 3
    })
}

fn kilobytes(text: &str, name: &str) -> Option<u64> {
    of_line(text, name)?.checked_mul(1024)
}

/// Returns the first number behind a name at the beginning of a line.
fn of_line(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_system_are_read() {
        let text = "MemTotal: 5 kB\nMemAvailable:    123 kB\nMax address space         unlimited   unlimited\n";
        assert_eq!(kilobytes(text, "MemAvailable:"), Some(123 * 1024));
        assert_eq!(of_line(text, "Max address space"), None);
    }
}
