//! Rows that cannot be cut off rightly.

use super::window::size;
use crate::Error;
use crate::wording::{Setting, Wording, wording};

/// Bytes of a row that is too long to be kept which a list of broken rows shows.
const SHOWN: usize = 200;

/// A row that is an error, found while it was read.
#[derive(Debug, Clone)]
pub(super) struct BrokenRow {
    message: String,
    help: Wording,
    /// The row, or its beginning.
    pub row: String,
    /// The rest of the row is still to be read, and may be long.
    pub unread: bool,
}

impl BrokenRow {
    pub fn new(message: impl Into<String>, help: impl Into<Wording>, row: &[u8]) -> Self {
        let row = String::from_utf8_lossy(row).into_owned();
        BrokenRow {
            message: message.into(),
            help: help.into(),
            row,
            unread: false,
        }
    }

    /// Creates the broken row of more than `limit` bytes that begins with `bytes`.
    pub(crate) fn too_long(bytes: &[u8], limit: usize) -> Self {
        Self::beyond("row", bytes, limit)
    }

    /// Creates the broken row of an article of more than `limit` bytes that begins with `bytes`.
    pub(crate) fn article_too_long(bytes: &[u8], limit: usize) -> Self {
        Self::beyond("article", bytes, limit)
    }

    fn beyond(what: &str, bytes: &[u8], limit: usize) -> Self {
        let message = format!("the {what} is longer than {}", size(limit as u64));
        let help = wording![
            "check that the input is what its name and ",
            Setting::Format,
            " say, or allow more with ",
            Setting::MaxRow.placeholder("SIZE")
        ];
        Self::unread(message, help, bytes, limit)
    }

    /// Creates a broken row of which no more is read than `limit` bytes, which `bytes` begins with.
    pub(crate) fn unread(
        message: impl Into<String>,
        help: impl Into<Wording>,
        bytes: &[u8],
        limit: usize,
    ) -> Self {
        let broken = Self::new(message, help, &bytes[..bytes.len().min(SHOWN).min(limit)]);
        BrokenRow {
            row: broken.row + "…",
            unread: true,
            ..broken
        }
    }

    pub fn error(&self) -> Error {
        Error::data(&self.message).help(self.help.clone())
    }
}
