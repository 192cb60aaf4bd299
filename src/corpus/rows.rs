//! A corpus together with the rows that it was read from, for programs that write rows again.

use super::reader::RawRecord;
use super::record::{ColumnName, Record, SourceLocation, plain};
use super::{ColumnMapping, Corpus, Input, ReadOptions, Rejects};
use crate::progress::Progress;
use crate::text::Texts;
use crate::{Error, Result};
use serde_json::{Map, Value};

/// What to keep of each row beside its document.
#[derive(Debug, Clone, Default)]
pub struct Keep {
    /// Whether to keep the row as a JSON line.
    pub lines: bool,
    /// Columns of which the values are kept.
    pub columns: Vec<ColumnName>,
}

/// What was kept, by document.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// The rows as JSON lines, if that was asked for: those of JSON lines as they are, others as objects of their columns.
    pub lines: Texts,
    /// The values of each column that was asked for; `None` where it is missing, null or empty.
    pub columns: Vec<Vec<Option<String>>>,
    /// Where the rows stand.
    pub locations: Vec<SourceLocation>,
}

/// What is kept of one row.
struct Kept {
    line: String,
    values: Vec<Option<String>>,
    location: SourceLocation,
}

impl Corpus {
    /// [`read`](Self::read), and what is to be kept of the rows.
    ///
    /// # Errors
    /// As [`read`](Self::read), and a data error for a column to keep that no row has.
    pub fn read_rows(
        inputs: Vec<Input>,
        options: ReadOptions,
        mapping: &ColumnMapping,
        keep: &Keep,
        rejects: Option<&mut Rejects>,
        progress: &dyn Progress,
    ) -> Result<(Corpus, Rows)> {
        let mut kept = Vec::new();
        let of_row = |raw: &RawRecord, record: &Record| keep.of_row(raw, record);
        let corpus = Corpus::read_each(
            inputs,
            options,
            mapping,
            &[],
            rejects,
            progress,
            &of_row,
            &mut kept,
        )?;
        let rows = Rows::new(kept, keep.columns.len());
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
}

impl Corpus {
    /// [`read`](Self::read), and the values of one more column, `None` where a row has none.
    ///
    /// # Errors
    /// As [`read`](Self::read), and a data error for a column that no row has.
    pub fn read_with_column(
        inputs: Vec<Input>,
        options: ReadOptions,
        mapping: &ColumnMapping,
        known: &[Vec<String>],
        column: &ColumnName,
        rejects: Option<&mut Rejects>,
        progress: &dyn Progress,
    ) -> Result<(Corpus, Vec<Option<String>>)> {
        let mut kept = Vec::new();
        let of_row = |_: &RawRecord, record: &Record| Ok(record.get(column).and_then(value));
        let corpus = Corpus::read_each(
            inputs, options, mapping, known, rejects, progress, &of_row, &mut kept,
        )?;
        if kept.iter().all(Option::is_none) {
            let rows = corpus.len();
            return Err(Error::data(format!(
                "none of {rows} rows has a value in the column `{column}`"
            ))
            .help("check the spelling"));
        }
        Ok((corpus, kept))
    }
}

impl Keep {
    fn of_row(&self, raw: &RawRecord, record: &Record) -> Result<Kept> {
        let value = |column: &ColumnName| record.get(column).and_then(value);
        let line = if self.lines {
            raw.json_line(record)?
        } else {
            String::new()
        };
        Ok(Kept {
            line,
            values: self.columns.iter().map(value).collect(),
            location: record.location.clone(),
        })
    }
}

/// The value as a text, unless it is empty.
pub(super) fn value(value: &Value) -> Option<String> {
    let text = plain(value).unwrap_or_else(|| value.to_string());
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_string())
}

impl Rows {
    fn new(kept: Vec<Kept>, columns: usize) -> Self {
        let mut rows = Rows {
            columns: vec![Vec::with_capacity(kept.len()); columns],
            ..Rows::default()
        };
        for Kept {
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

    /// The row of a document as a JSON line with one column more.
    ///
    /// # Errors
    /// A data error if the row has a column of that name.
    pub fn with_column(&self, document: usize, name: &str, value: &Value) -> Result<String> {
        let line = self.lines.get(document);
        let object: Map<String, Value> =
            serde_json::from_str(line).map_err(|e| Error::data(e.to_string()))?;
        if object.contains_key(name) {
            return Err(
                Error::data(format!("the row has a column `{name}` already"))
                    .at(&self.locations[document])
                    .help("name another one with --column"),
            );
        }
        Ok(with_member(line, object.is_empty(), name, value))
    }
}

/// Returns a JSON object with one member more; the rest stays as it is written.
fn with_member(line: &str, is_empty: bool, name: &str, value: &Value) -> String {
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
                Error::data(format!("the row has a column `{name}` already"))
                    .help("give the new column another name with --to NAME=COLUMN"),
            );
        }
        line = with_member(&line, at == 0 && record.is_empty(), name, value);
    }
    Ok(line)
}

impl RawRecord {
    /// The row as one JSON object on a line: as it is where it is one, and otherwise an object of its columns, which
    /// are called by their numbers where they have no names.
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
        let rows = Rows {
            lines,
            columns: vec![],
            locations: vec![location.clone(), location],
        };
        let line = |at| rows.with_column(at, "split", &"test".into()).unwrap();
        assert_eq!(line(0), r#"{"a": 1.50, "b":[ ],"split":"test"}"#);
        assert_eq!(line(1), r#"{"split":"test"}"#);
        let error = rows.with_column(0, "a", &1.into()).unwrap_err().to_string();
        assert!(
            error.starts_with("f:1: the row has a column `a`"),
            "{error}"
        );
    }
}
