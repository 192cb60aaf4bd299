//! Counts of what the service did, in the text format of Prometheus.

use super::rows::Answer;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper bounds of latencies, in seconds.
const BOUNDS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// All counts.
#[derive(Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<&'static str, Requests>>,
    running: AtomicU64,
    scored: AtomicU64,
    broken: AtomicU64,
    rejected: AtomicU64,
}

/// Requests of one route.
#[derive(Default)]
struct Requests {
    by_status: BTreeMap<u16, u64>,
    /// Requests up to each bound and above the last, each counted once.
    latencies: [u64; BOUNDS.len() + 1],
    seconds: f64,
}

/// A request that runs, until it is dropped.
pub struct Running<'m>(&'m AtomicU64);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Counts a request that begins, and its end.
    pub fn running(&self) -> Running<'_> {
        self.running.fetch_add(1, Ordering::Relaxed);
        Running(&self.running)
    }

    /// Counts a request by its route and status, and the time to the head of its answer.
    pub fn answered(&self, route: &'static str, status: u16, time: Duration) {
        const BUSY: u16 = 503;
        self.rejected
            .fetch_add(u64::from(status == BUSY), Ordering::Relaxed);
        let seconds = time.as_secs_f64();
        let bound = BOUNDS.iter().position(|bound| seconds <= *bound);
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let requests = requests.entry(route).or_default();
        *requests.by_status.entry(status).or_default() += 1;
        requests.latencies[bound.unwrap_or(BOUNDS.len())] += 1;
        requests.seconds += seconds;
    }

    /// Counts the rows of an answer.
    pub fn rows(&self, answer: &Answer) {
        self.count_rows(answer.scored, answer.broken);
    }

    /// Counts rows.
    pub fn count_rows(&self, scored: u64, broken: u64) {
        self.scored.fetch_add(scored, Ordering::Relaxed);
        self.broken.fetch_add(broken, Ordering::Relaxed);
    }

    /// Returns the text for a collector; models are names and hashes.
    pub fn text(&self, models: &[(String, String)]) -> String {
        let mut text = String::new();
        self.write_requests(&mut text);
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let counts = [
            (
                "rows_scored_total",
                "counter",
                "Rows that were answered.",
                of(&self.scored),
            ),
            (
                "rows_broken_total",
                "counter",
                "Rows that were no articles.",
                of(&self.broken),
            ),
            (
                "requests_rejected_total",
                "counter",
                "Requests that were refused because too many waited.",
                of(&self.rejected),
            ),
            (
                "requests_in_flight",
                "gauge",
                "Requests that run.",
                of(&self.running),
            ),
        ];
        for (name, kind, help, value) in counts {
            describe(&mut text, name, kind, help);
            let _ = writeln!(text, "standpoint_{name} {value}");
        }
        describe(
            &mut text,
            "model_info",
            "gauge",
            "Models that are served, and their hashes.",
        );
        for (name, hash) in models {
            let name = escaped(name);
            let _ = writeln!(
                text,
                "standpoint_model_info{{model=\"{name}\",hash=\"{hash}\"}} 1"
            );
        }
        text
    }

    fn write_requests(&self, text: &mut String) {
        let all = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        describe(
            text,
            "requests_total",
            "counter",
            "Requests by route and status.",
        );
        for (route, requests) in all.iter() {
            for (status, count) in &requests.by_status {
                let labels = format!("route=\"{route}\",status=\"{status}\"");
                let _ = writeln!(text, "standpoint_requests_total{{{labels}}} {count}");
            }
        }
        let help = "Time from the head of a request to that of its answer.";
        describe(text, "request_duration_seconds", "histogram", help);
        for (route, requests) in all.iter() {
            let name = "standpoint_request_duration_seconds";
            let mut total = 0;
            let bounds = BOUNDS
                .iter()
                .map(f64::to_string)
                .chain(["+Inf".to_string()]);
            for (bound, count) in bounds.zip(&requests.latencies) {
                total += count;
                let labels = format!("route=\"{route}\",le=\"{bound}\"");
                let _ = writeln!(text, "{name}_bucket{{{labels}}} {total}");
            }
            let _ = writeln!(text, "{name}_sum{{route=\"{route}\"}} {}", requests.seconds);
            let _ = writeln!(text, "{name}_count{{route=\"{route}\"}} {total}");
        }
    }
}

fn describe(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP standpoint_{name} {help}");
    let _ = writeln!(text, "# TYPE standpoint_{name} {kind}");
}

/// Returns the value of a label as the format wants it.
fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_add_up_from_bound_to_bound() {
        let metrics = Metrics::default();
        for (status, millis) in [(200, 0), (200, 3), (503, 20_000)] {
            metrics.answered("/v1/score", status, Duration::from_millis(millis));
        }
        let running = metrics.running();
        let text = metrics.text(&[("a\"b".to_string(), "0f".to_string())]);
        for line in [
            "standpoint_requests_total{route=\"/v1/score\",status=\"200\"} 2",
            "standpoint_request_duration_seconds_bucket{route=\"/v1/score\",le=\"0.0005\"} 1",
            "standpoint_request_duration_seconds_bucket{route=\"/v1/score\",le=\"0.005\"} 2",
            "standpoint_request_duration_seconds_bucket{route=\"/v1/score\",le=\"10\"} 2",
            "standpoint_request_duration_seconds_bucket{route=\"/v1/score\",le=\"+Inf\"} 3",
            "standpoint_request_duration_seconds_count{route=\"/v1/score\"} 3",
            "standpoint_requests_rejected_total 1",
            "standpoint_requests_in_flight 1",
            "standpoint_model_info{model=\"a\\\"b\",hash=\"0f\"} 1",
        ] {
            assert!(text.lines().any(|own| own == line), "{line}\n{text}");
        }
        drop(running);
        assert!(metrics.text(&[]).contains("in_flight 0"));
    }
}
