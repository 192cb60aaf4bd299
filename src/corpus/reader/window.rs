//! The bytes of an input, held from the beginning of a row until the row is cut off.

use super::read_error::read_error;
use crate::corpus::Limits;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use std::io::BufRead;
use std::sync::Arc;

/// The UTF-8 byte-order mark.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A part of an input that moves forward row by row, and the number of its first line.
pub(super) struct Window {
    bytes: Box<dyn BufRead + Send>,
    name: Arc<str>,
    limits: Limits,
    held: Vec<u8>,
    start: usize,
    ended: bool,
    line: u64,
    /// CR was passed last: a LF that follows belongs to the same line end.
    after_return: bool,
}

impl Window {
    /// Creates a window on the whole of `bytes`, of which the first line has the number `line`.
    pub fn new(bytes: Box<dyn BufRead + Send>, name: Arc<str>, line: u64, limits: Limits) -> Self {
        Window {
            bytes,
            name,
            limits,
            held: Vec::new(),
            start: 0,
            ended: false,
            line,
            after_return: false,
        }
    }

    /// Returns the bytes held.
    pub fn rest(&self) -> &[u8] {
        &self.held[self.start..]
    }

    /// Tells whether there is nothing after the bytes held.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Returns the number of the line on which the bytes held begin.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Returns the name of the input.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Holds more bytes, as many as are there; at the end of the input, none.
    pub fn more(&mut self) -> Result<()> {
        self.compact();
        let ready = self
            .bytes
            .fill_buf()
            .map_err(|e| read_error(&self.name, e, &self.limits))?;
        self.held.try_reserve(ready.len()).map_err(|_| {
            Error::data("the row does not fit into memory")
                .at(&self.name)
                .help(wording!["lower ", Setting::MaxRow])
        })?;
        self.held.extend_from_slice(ready);
        let length = ready.len();
        self.bytes.consume(length);
        self.ended = length == 0;
        Ok(())
    }

    /// Forgets what was passed, seldom enough that all moves together take linear time.
    fn compact(&mut self) {
        // Memory is given back after a long row, but not after every row.
        const LARGE: usize = 1 << 20;
        if self.start * 2 < self.held.len() {
            return;
        }
        self.held.drain(..self.start);
        self.start = 0;
        if self.held.capacity() > LARGE && self.held.len() < LARGE / 4 {
            self.held.shrink_to(LARGE / 2);
        }
    }

    /// Passes bytes that hold no line end.
    pub fn pass(&mut self, length: usize) {
        self.start += length;
        self.after_return &= length == 0;
    }

    /// Passes bytes and counts their lines.
    pub(crate) fn pass_lines(&mut self, length: usize) {
        let passed = &self.held[self.start..self.start + length];
        let continued = self.after_return && passed.first() == Some(&b'\n');
        self.line += line_ends(passed) - u64::from(continued);
        self.after_return = passed
            .last()
            .map_or(self.after_return, |&last| last == b'\r');
        self.start += length;
    }

    /// Passes the line end that comes next, if one does.
    pub(crate) fn pass_line_end(&mut self) {
        if self.rest().first().is_some_and(|&byte| is_line_end(byte)) {
            self.pass_lines(1);
        }
    }

    /// Passes all bytes that are `blank` and counts their lines; returns how many of them stand on
    /// the line that comes next.
    pub(crate) fn pass_blank(&mut self, blank: impl Fn(u8) -> bool) -> Result<usize> {
        let (mut total, mut indent) = (0u64, 0);
        loop {
            let rest = self.rest();
            let length = rest
                .iter()
                .position(|&byte| !blank(byte))
                .unwrap_or(rest.len());
            let last_end = rest[..length].iter().rposition(|&byte| is_line_end(byte));
            indent = last_end.map_or(indent + length, |at| length - at - 1);
            let done = length < rest.len();
            self.pass_lines(length);
            total += length as u64;
            if done || self.ended {
                return Ok(indent);
            }
            self.verify_end(total, "of white space")?;
            self.more()?;
        }
    }

    /// Passes a byte-order mark, as joined files have it in their middle; returns whether there was
    /// one.
    pub(crate) fn pass_mark(&mut self) -> Result<bool> {
        while self.rest().len() < MARK.len() && MARK.starts_with(self.rest()) && !self.ended {
            self.more()?;
        }
        let found = self.rest().starts_with(MARK);
        if found {
            self.pass(MARK.len());
        }
        Ok(found)
    }

    /// Passes the rest of the line, however long, without holding it.
    pub(crate) fn skip_line(&mut self) -> Result<()> {
        let mut total = 0;
        loop {
            let found = memchr::memchr2(b'\n', b'\r', self.rest());
            let length = found.unwrap_or(self.rest().len());
            self.pass(length);
            if found.is_some() || self.ended {
                self.pass_line_end();
                return Ok(());
            }
            total += length as u64;
            self.verify_end(total, "without a line end")?;
            self.more()?;
        }
    }

    fn verify_end(&self, passed: u64, of: &str) -> Result<()> {
        verify_end(passed, &self.limits, of)
            .map_err(|e| e.at(format_args!("{}:{}", self.name, self.line)))
    }
}

/// Refuses an input that seems to have no end.
pub(super) fn verify_end(passed: u64, limits: &Limits, of: &str) -> Result<()> {
    if passed <= limits.passed {
        return Ok(());
    }
    Err(
        Error::data(format!("more than {} {of}", size(limits.passed))).help(wording![
            "check that the input is what its name and ",
            Setting::Format,
            " say, and that it has an end"
        ]),
    )
}

pub(super) fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// Returns the number of line ends: CR, LF and CR LF are one each.
pub(super) fn line_ends(bytes: &[u8]) -> u64 {
    let feeds = memchr::memchr_iter(b'\n', bytes).count();
    let lone = |at: usize| bytes.get(at + 1) != Some(&b'\n');
    let returns = memchr::memchr_iter(b'\r', bytes)
        .filter(|&at| lone(at))
        .count();
    (feeds + returns) as u64
}

/// Returns a number of bytes for a message: `64 MiB`.
pub(super) fn size(bytes: u64) -> String {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    match units
        .iter()
        .find(|(_, shift)| bytes >= 1 << shift && bytes.is_multiple_of(1 << shift))
    {
        Some((unit, shift)) => format!("{} {unit}", bytes >> shift),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    /// Pieces of one byte, so that every boundary falls everywhere.
    fn window(bytes: &'static [u8]) -> Window {
        let bytes = Box::new(BufReader::with_capacity(1, bytes));
        Window::new(bytes, "f".into(), 1, Limits::default())
    }

    #[test]
    fn every_kind_of_line_end_is_one() {
        assert_eq!(line_ends(b"a\nb\r\nc\rd\n\r\r\n"), 6);
        let mut window = window(b"\r\n\n\r\r\n  x\r\ny");
        assert_eq!(
            window
                .pass_blank(|byte| byte.is_ascii_whitespace())
                .unwrap(),
            2
        );
        assert_eq!((window.line(), window.rest()), (5, &b"x"[..]));
        window.skip_line().unwrap();
        window
            .pass_blank(|byte| byte.is_ascii_whitespace())
            .unwrap();
        assert_eq!((window.line(), window.rest()), (6, &b"y"[..]));
    }

    #[test]
    fn sizes_read_as_they_are_written() {
        assert_eq!(size(64 << 20), "64 MiB");
        assert_eq!(size(1000), "1000 bytes");
    }
}
