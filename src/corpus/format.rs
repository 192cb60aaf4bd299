//! Formats of files, and options of reading them.

use super::alike::same;
use super::limits::Limits;
use super::record::ColumnName;
use crate::{Error, Result};
use encoding_rs::Encoding;
use std::path::Path;
use std::str::FromStr;

/// A file format. All but Parquet may be compressed with gzip or zstd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    /// One JSON object a line (`.jsonl`, `.ndjson`, `.json`).
    Jsonl,
    /// Comma-separated values with quotes, RFC 4180 (`.csv`).
    Csv,
    /// The same, tab-separated (`.tsv`, `.tab`).
    Tsv,
    /// fastText lines: `__label__a __label__b text` (`.ft`, `.fasttext`).
    FastText,
    /// A file that is one article (`.txt`, `.text`, and other texts in a folder).
    Text,
    /// A web page that is one article (`.html`, `.htm`, `.xhtml`, `.xht`, `.shtml`).
    Html,
    /// Rows stored column by column (`.parquet`, `.pq`), read with the feature `parquet`. They are
    /// read as JSON lines would be: lists are arrays, structs objects, maps lists of objects with
    /// key and value; dates and times are in ISO 8601, decimals are numbers with all their digits,
    /// numbers that are not finite are null. Bytes without a type are a text where they are UTF-8,
    /// and hexadecimal digits elsewhere. Class numbers to which Hugging Face's `datasets` has given
    /// names are those names.
    Parquet,
}

impl FileFormat {
    /// All formats by the names that options use.
    pub const NAMES: [(&'static str, FileFormat); 7] = [
        ("jsonl", FileFormat::Jsonl),
        ("csv", FileFormat::Csv),
        ("tsv", FileFormat::Tsv),
        ("fasttext", FileFormat::FastText),
        ("text", FileFormat::Text),
        ("html", FileFormat::Html),
        ("parquet", FileFormat::Parquet),
    ];

    /// Returns the name that options use.
    pub(super) fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, format)| *format == self)
            .map_or("text", |(name, _)| name)
    }

    /// Returns the format that a file's name tells, endings of compressed files set aside.
    pub fn of_path(path: &Path) -> Option<FileFormat> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let name = [".gz", ".zst"].iter().fold(name.as_str(), |name, end| {
            name.strip_suffix(end).unwrap_or(name)
        });
        match name.rsplit_once('.')?.1 {
            "jsonl" | "ndjson" | "json" => Some(FileFormat::Jsonl),
            "csv" => Some(FileFormat::Csv),
            "tsv" | "tab" => Some(FileFormat::Tsv),
            "ft" | "fasttext" => Some(FileFormat::FastText),
            "txt" | "text" => Some(FileFormat::Text),
            "parquet" | "pq" => Some(FileFormat::Parquet),
            "html" | "htm" | "xhtml" | "xht" | "shtml" => Some(FileFormat::Html),
            _ => None,
        }
    }
}

impl FromStr for FileFormat {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name);
        found
            .map(|&(_, format)| format)
            .ok_or_else(|| Error::usage(format!("unknown format `{name}`")))
    }
}

/// Options of reading files; the default reads UTF-8 and goes by the files' names.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// The format of all inputs; default: each by its name.
    pub format: Option<FileFormat>,
    /// The character between cells; default: comma in CSV, tab in TSV.
    pub delimiter: Option<u8>,
    /// The character around a cell that holds a delimiter or a line break; `None` where there is
    /// none.
    pub quote: Option<u8>,
    /// True where the first row of CSV and TSV names the columns.
    pub header: bool,
    /// The encoding of the text; anything that is not valid in it is an error. A byte-order mark
    /// goes before it, and so does what a web page declares.
    pub encoding: TextEncoding,
    /// Limits of rows and pages.
    pub limits: Limits,
    /// The columns that are looked at; default: all. Parquet files are read without the others.
    pub columns: Option<ColumnSelection>,
}

/// Columns that are looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnSelection {
    /// Columns that must be there. Of a file without one of them all columns are read, so that the
    /// message can name them.
    pub named: Vec<ColumnName>,
    /// Columns that need not be there.
    pub usual: Vec<ColumnName>,
}

impl ColumnSelection {
    /// Returns true if the column is one of them.
    pub fn has(&self, column: &str) -> bool {
        let mut all = self.named.iter().chain(&self.usual);
        all.any(|own| same(&own.0, column))
    }
}

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions {
            format: None,
            delimiter: None,
            quote: Some(b'"'),
            header: true,
            encoding: TextEncoding::default(),
            limits: Limits::default(),
            columns: None,
        }
    }
}

/// The encoding of a text, parsed from its name: `utf-8`, `latin-1`, `windows-1252`, `utf-16le` and
/// all others of the WHATWG encoding standard. Latin-1 is read as its superset windows-1252. The
/// default is UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextEncoding(pub(super) &'static Encoding);

impl Default for TextEncoding {
    fn default() -> Self {
        TextEncoding(encoding_rs::UTF_8)
    }
}

impl std::str::FromStr for TextEncoding {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let lower = name.trim().to_ascii_lowercase().replace('_', "-");
        let label = match lower.replace('-', "").as_str() {
            "latin1" => "latin1",
            "utf8sig" => "utf-8",
            "utf16" => "utf-16",
            "utf16le" => "utf-16le",
            "utf16be" => "utf-16be",
            _ => &lower,
        };
        let found = Encoding::for_label(label.as_bytes());
        let readable = |encoding: &&'static Encoding| {
            !matches!(encoding.name(), "replacement" | "x-user-defined")
        };
        found.filter(readable).map(TextEncoding).ok_or_else(|| {
            Error::usage(format!("unknown encoding `{name}`"))
                .help("for example utf-8, latin-1 or utf-16le")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_format() {
        for (name, format) in [
            ("a.jsonl.zst", Some(FileFormat::Jsonl)),
            ("b.CSV.gz", Some(FileFormat::Csv)),
            ("c.Parquet", Some(FileFormat::Parquet)),
            ("c.tar.zst", None),
            ("53068", None),
        ] {
            assert_eq!(FileFormat::of_path(Path::new(name)), format, "{name}");
        }
    }
}
