//! Counts and their nouns in messages.

use std::fmt::Display;

/// Returns a count with its noun: `1 document`, `2 documents`.
pub fn counted<N: Copy + Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    format!(
        "{count} {noun}{}",
        if count == N::from(1) { "" } else { "s" }
    )
}
