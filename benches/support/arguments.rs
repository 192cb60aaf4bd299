//! The arguments of a bench.

/// Returns what stands behind `--` of `cargo bench`, which adds `--bench` itself.
pub fn arguments() -> Vec<String> {
    std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect()
}
