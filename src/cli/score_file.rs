//! Files of scores.

use standpoint::io::{Transaction, Writer};
use standpoint::model::ScoredDocument;
use standpoint::report::ScoreTable;
use standpoint::{Error, Model, Result};
use std::io::Write;
use std::path::Path;

/// The format of a file of scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScoreFile {
    JsonLines,
    Parquet,
}

impl ScoreFile {
    /// Returns the format that a file's ending tells.
    pub fn of(path: &Path) -> Result<Self> {
        let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
        match ending.as_ref().and_then(|ending| ending.to_str()) {
            Some("jsonl" | "ndjson" | "json") => Ok(ScoreFile::JsonLines),
            Some("parquet" | "pq") => Ok(ScoreFile::Parquet),
            _ => Err(Error::usage("the name does not tell the format of scores")
                .at(path.display())
                .help("end it in .jsonl for JSON lines or in .parquet")),
        }
    }
}

/// A file of scores that is being written.
pub enum ScoreWriter {
    JsonLines(Writer),
    Parquet(Box<ScoreTable<Writer>>),
}

impl ScoreWriter {
    /// Opens a file that has its name once `outputs` are committed.
    pub fn open(
        path: &Path,
        force: bool,
        model: &Model,
        outputs: &mut Transaction,
    ) -> Result<Self> {
        let format = ScoreFile::of(path)?;
        let writer = outputs.open(path, force)?;
        Ok(match format {
            ScoreFile::JsonLines => ScoreWriter::JsonLines(writer),
            ScoreFile::Parquet => ScoreWriter::Parquet(Box::new(ScoreTable::new(writer, model)?)),
        })
    }

    /// Writes scored articles; `lines` makes JSON lines of them.
    pub fn write<'m>(
        &mut self,
        batch: Vec<ScoredDocument<'m>>,
        lines: impl FnOnce(Vec<ScoredDocument<'m>>) -> Result<String>,
    ) -> Result<()> {
        match self {
            ScoreWriter::JsonLines(writer) => writer
                .write_all(lines(batch)?.as_bytes())
                .map_err(|e| Error::io("write", e)),
            ScoreWriter::Parquet(table) => batch
                .iter()
                .try_for_each(|(document, scores)| table.add(document, scores)),
        }
    }

    /// Writes what comes after the last article.
    pub fn finish(self) -> Result<()> {
        match self {
            ScoreWriter::JsonLines(_) => Ok(()),
            ScoreWriter::Parquet(table) => table.finish(),
        }
    }
}
