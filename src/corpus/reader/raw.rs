//! Rows as they stand in their files.

use super::broken::BrokenRow;
use super::cells::Dialect;
use super::page_encoding::PageEncoding;
use crate::corpus::Limits;
use crate::corpus::record::{Names, SourceLocation};
use std::sync::Arc;

/// A row as it stands in its file.
#[derive(Debug, Clone)]
pub(crate) struct RawRecord {
    /// The file and line of the row.
    pub location: SourceLocation,
    pub(super) raw: Raw,
    pub(super) limits: Arc<Limits>,
}

#[derive(Debug, Clone)]
pub(super) enum Raw {
    /// A line, and how much white space stood before it.
    Json {
        bytes: Vec<u8>,
        indent: usize,
    },
    Cells {
        bytes: Vec<u8>,
        dialect: Dialect,
        names: Arc<Names>,
        width: usize,
    },
    FastText(Vec<u8>),
    Article {
        bytes: Vec<u8>,
        /// The encoding, if it is a web page.
        page: Option<PageEncoding>,
        id: Box<str>,
        class: Option<Box<str>>,
    },
    Broken(BrokenRow),
}

impl RawRecord {
    /// Creates the row of one JSON object, which may be longer than a row of a file may be.
    pub(in crate::corpus) fn of_json(
        row: &[u8],
        location: SourceLocation,
        limits: &Arc<Limits>,
    ) -> Self {
        let raw = match row.len() > limits.row {
            true => Raw::Broken(BrokenRow::too_long(row, limits.row)),
            false => Raw::Json {
                bytes: row.to_vec(),
                indent: 0,
            },
        };
        RawRecord {
            location,
            raw,
            limits: limits.clone(),
        }
    }

    /// About how much memory the row takes, in bytes.
    pub fn size(&self) -> usize {
        match &self.raw {
            Raw::Json { bytes, .. }
            | Raw::Cells { bytes, .. }
            | Raw::FastText(bytes)
            | Raw::Article { bytes, .. } => bytes.len(),
            Raw::Broken(broken) => broken.row.len(),
        }
    }

    /// Returns the row as text, for a list of rejected rows; invalid UTF-8 is replaced.
    pub fn text(&self) -> String {
        match &self.raw {
            Raw::Json { bytes, .. }
            | Raw::Cells { bytes, .. }
            | Raw::FastText(bytes)
            | Raw::Article { bytes, .. } => String::from_utf8_lossy(bytes).into_owned(),
            Raw::Broken(broken) => broken.row.clone(),
        }
    }

    /// Returns the row itself, if it is a JSON line of UTF-8.
    pub(in crate::corpus) fn json(&self) -> Option<&str> {
        match &self.raw {
            Raw::Json { bytes, .. } => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }
}
