//! A corpus together with the rows that it was read from, for programs that write rows again.

use super::collection::Corpus;
use super::corpus_reader::CorpusReader;
use super::reader::RawRecord;
use super::record::{ColumnName, Record, SourceLocation, plain};
use crate::json::Value;
use crate::text::Texts;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use serde::Serialize;

/// The parts of each row that are kept beside its document.
#[derive(Debug, Clone, Default)]
pub struct RetainedColumns {
    /// True where the row is kept as a JSON line.
    pub lines: bool,
    /// The columns of which the values are kept.
    pub columns: Vec<ColumnName>,
}

/// The kept parts of rows, by document.
#[derive(Debug, Clone, Default)]
pub struct RetainedRows {
    /// The rows as JSON lines, if that was asked for: those of JSON lines as they are, others as
    /// objects of their columns.
    pub lines: Texts,
    /// The values of each column that was asked for; `None` where it is missing, null or empty.
    pub columns: Vec<Vec<Option<String>>>,
    /// The files and lines of the rows.
    pub locations: Vec<SourceLocation>,
}

/// The kept parts of one row.
struct RetainedRow {
    line: String,
    values: Vec<Option<String>>,
    location: SourceLocation,
}

impl CorpusReader<'_> {
    /// Reads all documents into memory, and beside them the parts of their rows that are to be
    /// kept.
    ///
    /// # Errors
    /// As [`read`](CorpusReader::read), and a data error for a column to keep that no row has.
    pub fn read_rows(self, keep: &RetainedColumns) -> Result<(Corpus, RetainedRows)> {
        let reader = match keep.lines {
            true => self,
            false => self.looking_at(&keep.columns),
        };
        let (corpus, kept) = reader.read_with(|raw, record| keep.of_row(raw, record))?;
        let rows = RetainedRows::new(kept, keep.columns.len());
        let empty = |values: &Vec<Option<String>>| values.iter().all(Option::is_none);
        match rows.columns.iter().position(empty) {
            None => Ok((corpus, rows)),
            Some(at) => Err(Error::data(format!(
                "none of {} rows has a value in the column `{}`",
                corpus.len(),
                keep.columns[at]
            ))
            .help("check the spelling")),
        }
    }

    /// Reads all documents into memory, and beside them the values of one more column, `None` where
    /// a row has none.
    ///
    /// # Errors
    /// As [`read_rows`](Self::read_rows).
    pub fn read_with_column(self, column: &ColumnName) -> Result<(Corpus, Vec<Option<String>>)> {
        let keep = RetainedColumns {
            lines: false,
            columns: vec![column.clone()],
        };
        let (corpus, mut rows) = self.read_rows(&keep)?;
        Ok((corpus, rows.columns.pop().unwrap_or_default()))
    }
}

impl RetainedColumns {
    fn of_row(&self, raw: &RawRecord, record: &Record) -> Result<RetainedRow> {
        let value = |column: &ColumnName| record.get(column).and_then(value);
        let line = if self.lines {
            raw.json_line(record)?
        } else {
            String::new()
        };
        Ok(RetainedRow {
            line,
            values: self.columns.iter().map(value).collect(),
            location: record.location.clone(),
        })
    }
}

/// Returns the value as a text, unless it is empty.
pub(super) fn value(value: &Value) -> Option<String> {
    let text = plain(value).unwrap_or_else(|| value.to_string());
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_string())
}

impl RetainedRows {
    fn new(kept: Vec<RetainedRow>, columns: usize) -> Self {
        let mut rows = RetainedRows {
            columns: vec![Vec::with_capacity(kept.len()); columns],
            ..RetainedRows::default()
        };
        for RetainedRow {
            line,
            values,
            location,
        } in kept
        {
            rows.lines.push(&line);
            rows.columns
                .iter_mut()
                .zip(values)
                .for_each(|(column, value)| column.push(value));
            rows.locations.push(location);
        }
        rows
    }

    /// Returns the row of a document as a JSON line with one column more, which holds the value as
    /// serde writes it.
    ///
    /// # Errors
    /// A data error if the row has a column of that name.
    pub fn with_column(
        &self,
        document: usize,
        name: &str,
        value: &impl Serialize,
    ) -> Result<String> {
        let line = self.lines.get(document);
        let broken = |e: serde_json::Error| Error::data(e.to_string());
        let object = Value::parse(line).map_err(broken)?;
        let value = serde_json::to_string(value).map_err(broken)?;
        if object.get(name).is_some() {
            return Err(
                Error::data(format!("the row has a column `{name}` already"))
                    .at(&self.locations[document])
                    .help(wording!["name another one with ", Setting::PartColumn]),
            );
        }
        let is_empty = object.as_object().is_none_or(|members| members.is_empty());
        Ok(with_member(line, is_empty, name, &value))
    }
}

/// Returns a JSON object with one member more, whose value is JSON; the rest stays as it is written.
fn with_member(line: &str, is_empty: bool, name: &str, value: &str) -> String {
    let open = line.trim_end().strip_suffix('}').unwrap_or(line).trim_end();
    let comma = if is_empty { "" } else { "," };
    format!("{open}{comma}{}:{value}}}", Value::from(name))
}

/// Returns the JSON line of a row with columns more.
///
/// # Errors
/// A data error if the row has a column of such a name.
pub(super) fn with_members(
    line: &str,
    record: &Record,
    members: &[(&str, Value)],
) -> Result<String> {
    let mut line = line.to_string();
    for (at, (name, value)) in members.iter().enumerate() {
        if record.get(&ColumnName::from(*name)).is_some() {
            return Err(
                Error::data(format!("the row has a column `{name}` already")).help(wording![
                    "give the new column another name with ",
                    Setting::LabelColumns.placeholder("NAME=COLUMN")
                ]),
            );
        }
        let is_empty = at == 0 && record.is_empty();
        line = with_member(&line, is_empty, name, &value.to_string());
    }
    Ok(line)
}

impl RawRecord {
    /// Returns the row as one JSON object on a line: as it is where it is one, and otherwise an
    /// object of its columns, which are called by their numbers where they have no names.
    pub(super) fn json_line(&self, record: &Record) -> Result<String> {
        if let Some(line) = self.json() {
            return Ok(line.trim().to_string());
        }
        serde_json::to_string(&record.to_object()).map_err(|e| Error::data(e.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_added_and_the_rest_stays() {
        let location = SourceLocation {
            file: "f".into(),
            line: 1,
        };
        let lines = [r#"{"a": 1.50, "b":[ ]}"#, "{}"].into_iter().collect();
        let rows = RetainedRows {
            lines,
            columns: vec![],
            locations: vec![location.clone(), location],
        };
        let line = |at| rows.with_column(at, "split", &"test").unwrap();
        assert_eq!(line(0), r#"{"a": 1.50, "b":[ ],"split":"test"}"#);
        assert_eq!(line(1), r#"{"split":"test"}"#);
        let error = rows.with_column(0, "a", &1).unwrap_err().to_string();
        assert!(
            error.starts_with("f:1: the row has a column `a`"),
            "{error}"
        );
    }
}
