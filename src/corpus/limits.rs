//! Limits of readers, so that a hostile file ends in an error and not in the last of the memory.

use crate::setters::setters;
use crate::{Error, Result};

/// Limits of what readers take from corpora and web pages. What is above a limit is an error that
/// names it, or where the field says so is read in a simpler way.
///
/// ```
/// use standpoint::corpus::{Limits, ReadOptions};
/// let limits = Limits::default().row(1 << 20).keys(100);
/// let options = ReadOptions { limits, ..ReadOptions::default() };
/// assert_eq!(options.limits.columns, 1 << 20);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a row, or of an article that is a file, decompressed and in UTF-8; default 64 MiB,
    /// which take about ten times as much memory.
    pub row: usize,
    /// Keys of a row of JSON lines, those of objects inside it left aside; default 2²⁰: `"a":1,`
    /// takes six bytes in its file and a hundred in memory. A key may be as long as the row.
    pub keys: usize,
    /// Levels of brackets within one another in a row of JSON lines, its own among them; default
    /// and at most 127.
    pub nesting: usize,
    /// Columns of a table; default 2²⁰: an empty cell takes a byte in its file and a hundred in
    /// memory.
    pub columns: usize,
    /// Bytes of white space between rows, or of a row above its limit, that are passed over before
    /// the input counts as endless; default 16 GiB.
    pub passed: u64,
    /// Binary logarithm of the window that a Zstandard stream may look back to, which is memory;
    /// default 27 (128 MiB), from 10 to 31.
    pub window_log: u32,
    /// Elements of a web page with a place of their own in memory; text of others counts as that of
    /// the element around them. Default 2²⁰, at most 2³⁰. A page has no more than 4096, and one for
    /// each 8 bytes.
    pub elements: usize,
    /// Levels of elements within one another in a web page; deeper ones count as part of the
    /// element around them. Default 4096, at most 2³⁰.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            row: 64 << 20,
            keys: 1 << 20,
            nesting: MAX_NESTING,
            columns: 1 << 20,
            passed: 16 << 30,
            window_log: 27,
            elements: 1 << 20,
            depth: 4096,
        }
    }
}

setters!(Limits {
    row: usize,
    keys: usize,
    nesting: usize,
    columns: usize,
    passed: u64,
    window_log: u32,
    elements: usize,
    depth: usize,
});

/// Nesting that the parser of JSON takes.
const MAX_NESTING: usize = 127;
/// Elements of a page are numbered in 32 bits.
const MAX_ELEMENTS: usize = 1 << 30;

impl Limits {
    /// Checks that the limits can be kept.
    ///
    /// # Errors
    /// A usage error for a limit outside of the range that its field states.
    pub fn verify(&self) -> Result<()> {
        let limits = [
            ("nesting", self.nesting, 0, MAX_NESTING),
            ("window_log", self.window_log as usize, 10, 31),
            ("elements", self.elements, 0, MAX_ELEMENTS),
            ("depth", self.depth, 0, MAX_ELEMENTS),
        ];
        let outside = |(_, limit, least, most): &(&str, usize, usize, usize)| {
            !(*least..=*most).contains(limit)
        };
        match limits.into_iter().find(outside) {
            None => Ok(()),
            Some((name, limit, least, most)) => Err(Error::usage(format!(
                "the limit `{name}` is {limit}, which cannot be kept"
            ))
            .help(format!("give {least} to {most}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_cannot_be_kept_are_refused() {
        assert!(Limits::default().verify().is_ok());
        for limits in [
            Limits::default().nesting(128),
            Limits::default().window_log(9),
            Limits::default().window_log(32),
            Limits::default().elements(usize::MAX),
            Limits::default().depth(usize::MAX),
        ] {
            let error = limits.verify().unwrap_err().to_string();
            assert!(error.contains("cannot be kept"), "{error}");
        }
    }
}
