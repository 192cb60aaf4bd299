//! Which columns hold what, and the document that a row gives.

use super::reader::RawRecord;
use super::record::{Column, Place, Record, plain};
use super::targets::HeadKind;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The columns of a corpus. A model records them, so that scoring and evaluation need not be told
/// again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// CSV and TSV begin with data, and columns are given by their numbers.
    #[serde(default)]
    pub no_header: bool,
    /// The text: these columns, joined by line breaks.
    pub text: Vec<Column>,
    /// What is to be learnt.
    pub heads: Vec<HeadColumns>,
}

/// The column or columns of one head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadColumns {
    /// The head's name.
    pub name: String,
    /// Exactly one label, or any number.
    pub kind: HeadKind,
    /// Where the labels stand.
    pub source: LabelSource,
}

/// Where the labels of a head stand in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LabelSource {
    /// In one column: one label, or several as a JSON array or separated by `|`.
    Column(Column),
    /// In one column a label, which holds 1, 0, or nothing where unknown.
    Flags(Vec<(String, Column)>),
}

/// What to do with a row that answers one of the heads not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unlabelled {
    /// Stop with an error (the default).
    #[default]
    Error,
    /// Leave the row out, and say how many were.
    Skip,
    /// Use the row for the heads that it does answer.
    Mask,
}

/// A condition on the rows: `column=value` or `column!=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    column: Column,
    value: String,
    equal: bool,
}

impl std::str::FromStr for Filter {
    type Err = Error;

    fn from_str(condition: &str) -> Result<Self> {
        let parts = condition.split_once('=');
        let (column, value) = parts.ok_or_else(|| {
            Error::usage(format!("`{condition}` is no condition")).help("write column=value or column!=value")
        })?;
        let (column, equal) = column.strip_suffix('!').map_or((column, true), |column| (column, false));
        Ok(Filter { column: Column(column.to_string()), value: value.to_string(), equal })
    }
}

impl Filter {
    /// The condition that just the other rows meet.
    pub fn negated(&self) -> Filter {
        Filter { equal: !self.equal, ..self.clone() }
    }

    pub(super) fn keeps(&self, record: &Record) -> Result<bool> {
        let value = record.get(&self.column).ok_or_else(|| missing(record, &self.column))?;
        let equals = |value: &Value| plain(value).is_some_and(|value| value == self.value);
        let found = match value {
            Value::Array(values) => values.iter().any(equals),
            value => equals(value),
        };
        Ok(found == self.equal)
    }
}

/// What is taken from rows, beyond what a model records.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Rows must meet all of these.
    pub filters: Vec<Filter>,
    /// The row's id; default: the column `id` where there is one, and file and line elsewhere.
    pub id: Option<Column>,
    /// The column of the sample weight; none: all rows weigh 1.
    pub weight: Option<Column>,
    /// What to do with rows without an answer.
    pub unlabelled: Unlabelled,
}

/// One article.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The row's id, or file and line where it has none.
    pub id: String,
    /// Where the row stood.
    pub place: Place,
    /// The text columns, joined by line breaks.
    pub text: String,
    /// One answer a head, in the order of the schema; empty when only text was asked for.
    pub answers: Vec<Answer>,
    /// The sample weight.
    pub weight: f32,
    /// Which columns of the schema the row had: its text columns, then those of its heads.
    pub(crate) seen: Vec<bool>,
}

/// The answer of one document to one head.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// There is none.
    Unknown,
    /// The label.
    One(String),
    /// All labels that hold.
    Set(Vec<String>),
    /// Yes, no or unknown for each flag column.
    Flags(Vec<Option<bool>>),
}

/// Turns rows into documents.
#[derive(Debug, Clone)]
pub struct Extract {
    /// Which columns hold what.
    pub schema: Schema,
    /// Which rows count, and how.
    pub selection: Selection,
    /// Whether labels are read.
    pub labels: bool,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Extracted {
    /// It is a document.
    Document(Box<Document>),
    /// A filter left it out.
    Filtered,
    /// It has no answer to a head, and such rows are left out.
    Unlabelled,
}

impl Extract {
    /// The document in a row.
    ///
    /// # Errors
    /// A data error with place and remedy where the row is broken or lacks what the schema names.
    pub fn document(&self, raw: &RawRecord) -> Result<Extracted> {
        let record = raw.decode()?;
        self.extract(&record).map_err(|e| e.at(&record.place))
    }

    pub(super) fn extract(&self, record: &Record) -> Result<Extracted> {
        for filter in &self.selection.filters {
            if !filter.keeps(record)? {
                return Ok(Extracted::Filtered);
            }
        }
        let (text, mut seen) = self.text(record)?;
        let heads = if self.labels { self.schema.heads.as_slice() } else { &[] };
        let answers: Result<Vec<Answer>> = heads.iter().map(|head| head.answer(record, &mut seen)).collect();
        let answers = answers?;
        if let Some(at) = answers.iter().position(|answer| *answer == Answer::Unknown) {
            match self.selection.unlabelled {
                Unlabelled::Skip => return Ok(Extracted::Unlabelled),
                Unlabelled::Error => return Err(heads[at].unanswered(record)),
                Unlabelled::Mask => {}
            }
        }
        let weight = self.weight(record)?;
        let document =
            Document { id: self.id(record)?, place: record.place.clone(), text, answers, weight, seen };
        Ok(Extracted::Document(Box::new(document)))
    }

    fn text(&self, record: &Record) -> Result<(String, Vec<bool>)> {
        let (text, seen) = self.any_text(record)?;
        if text.trim().is_empty() {
            return Err(self.no_text(record, &seen));
        }
        Ok((text, seen))
    }

    /// The text, which may be empty, and which of its columns the row has.
    fn any_text(&self, record: &Record) -> Result<(String, Vec<bool>)> {
        let mut parts = Vec::new();
        let mut seen = Vec::new();
        for column in &self.schema.text {
            let value = record.get(column);
            seen.push(value.is_some());
            let Some(value) = value.filter(|value| !value.is_null()) else { continue };
            let text = plain(value).ok_or_else(|| {
                Error::data(format!("the column `{column}` holds a list or an object, expected a text"))
            })?;
            parts.push(text);
        }
        parts.retain(|part| !part.is_empty());
        Ok((parts.join("\n"), seen))
    }

    /// The document in a row that may lack text and answers, and the error of which the lack of text would be; `None` for a
    /// row that a filter leaves out.
    pub(super) fn as_it_is(&self, record: &Record) -> Result<Option<(Document, Option<Error>)>> {
        for filter in &self.selection.filters {
            if !filter.keeps(record)? {
                return Ok(None);
            }
        }
        let (text, mut seen) = self.any_text(record)?;
        let lack = text.trim().is_empty().then(|| self.no_text(record, &seen));
        let answers: Result<Vec<Answer>> =
            self.schema.heads.iter().map(|head| head.answer(record, &mut seen)).collect();
        let (id, place) = (self.id(record)?, record.place.clone());
        Ok(Some((Document { id, place, text, answers: answers?, weight: 1.0, seen }, lack)))
    }

    fn no_text(&self, record: &Record, seen: &[bool]) -> Error {
        let columns: Vec<String> = self.schema.text.iter().map(|c| format!("`{c}`")).collect();
        let columns = columns.join(" and ");
        if seen.contains(&true) {
            return Error::data(format!("no text: {columns} is empty")).help(format!(
                "leave such rows out with --where '{}!=', or with --skip-bad FILE",
                self.schema.text[0]
            ));
        }
        Error::data(format!("no text: there is no column {columns}; the row has {}", record.columns()))
            .help(record.delimiter_remedy().unwrap_or_else(|| "name the text column with --text".to_string()))
    }

    /// A column that is asked for must be there; the usual one need not.
    fn id(&self, record: &Record) -> Result<String> {
        let by_default = Column::from("id");
        let column = self.selection.id.as_ref().unwrap_or(&by_default);
        let value = record.get(column).filter(|value| !value.is_null()).and_then(plain);
        match (value, &self.selection.id) {
            (Some(id), _) => Ok(id),
            (None, None) => Ok(record.place.to_string()),
            (None, Some(column)) => Err(match record.get(column) {
                None => missing(record, column),
                Some(value) => {
                    Error::data(format!("the id in `{column}` is {value}, expected a text or number"))
                }
            }),
        }
    }

    fn weight(&self, record: &Record) -> Result<f32> {
        let Some(column) = &self.selection.weight else { return Ok(1.0) };
        let value = record.get(column).ok_or_else(|| missing(record, column))?;
        let weight = plain(value).and_then(|value| value.trim().parse::<f32>().ok());
        weight.filter(|weight| weight.is_finite() && *weight >= 0.0).ok_or_else(|| {
            Error::data(format!("the weight in `{column}` is {value}, expected a number of at least 0"))
        })
    }
}

impl HeadColumns {
    /// The answer in a row; a column that it lacks is an error.
    pub(crate) fn read(&self, record: &Record) -> Result<Answer> {
        let mut seen = Vec::new();
        let answer = self.answer(record, &mut seen)?;
        if seen.contains(&false) { Err(self.unanswered(record)) } else { Ok(answer) }
    }

    fn answer(&self, record: &Record, seen: &mut Vec<bool>) -> Result<Answer> {
        match &self.source {
            LabelSource::Column(column) => {
                let value = record.get(column);
                seen.push(value.is_some());
                match (value, self.kind) {
                    (None | Some(Value::Null), _) => Ok(Answer::Unknown),
                    (Some(value), HeadKind::Exclusive) => one(value, column),
                    (Some(value), HeadKind::Independent) => set(value, column).map(Answer::Set),
                }
            }
            LabelSource::Flags(flags) => {
                let values: Vec<Option<&Value>> =
                    flags.iter().map(|(_, column)| record.get(column)).collect();
                seen.extend(values.iter().map(Option::is_some));
                let read = |((_, column), value): (&(String, Column), &Option<&Value>)| flag(*value, column);
                let cells: Result<Vec<Option<bool>>> = flags.iter().zip(&values).map(read).collect();
                let cells = cells?;
                Ok(if cells.iter().all(Option::is_none) { Answer::Unknown } else { Answer::Flags(cells) })
            }
        }
    }

    fn unanswered(&self, record: &Record) -> Error {
        let column = match &self.source {
            LabelSource::Column(column) => column,
            LabelSource::Flags(flags) => {
                &flags.iter().find(|(_, c)| record.get(c).is_none()).unwrap_or(&flags[0]).1
            }
        };
        if record.get(column).is_none() {
            return missing(record, column);
        }
        Error::data(format!("no label: `{column}` is empty")).help(
            "leave such rows out with --unlabelled skip, or use them for other heads with --unlabelled mask",
        )
    }
}

fn missing(record: &Record, column: &Column) -> Error {
    Error::data(format!("there is no column `{column}`; the row has {}", record.columns())).help(
        record.delimiter_remedy().unwrap_or_else(|| {
            "check the spelling; CSV and TSV without a header need --no-header and column numbers".to_string()
        }),
    )
}

fn one(value: &Value, column: &Column) -> Result<Answer> {
    let value = match value {
        Value::Array(values) if values.is_empty() => return Ok(Answer::Unknown),
        Value::Array(values) if values.len() == 1 => &values[0],
        value => value,
    };
    let label = plain(value).ok_or_else(|| {
        Error::data(format!("`{column}` holds several labels, expected one"))
            .help("use --labels for heads with several")
    })?;
    let label = label.trim();
    Ok(if label.is_empty() { Answer::Unknown } else { Answer::One(label.to_string()) })
}

fn set(value: &Value, column: &Column) -> Result<Vec<String>> {
    let wrong = || {
        Error::data(format!("`{column}` holds {value}, expected labels as a JSON array or separated by `|`"))
    };
    let mut labels: Vec<String> = match value {
        Value::Array(values) => values.iter().map(plain).collect::<Option<_>>().ok_or_else(wrong)?,
        Value::String(text) if text.trim_start().starts_with('[') => {
            serde_json::from_str(text).map_err(|_| wrong())?
        }
        value => plain(value).ok_or_else(wrong)?.split('|').map(str::to_string).collect(),
    };
    labels.iter_mut().for_each(|label| *label = label.trim().to_string());
    labels.retain(|label| !label.is_empty());
    labels.sort();
    labels.dedup();
    Ok(labels)
}

fn flag(value: Option<&Value>, column: &Column) -> Result<Option<bool>> {
    let Some(value) = value else { return Ok(None) };
    match plain(value).unwrap_or_default().trim() {
        "1" | "1.0" | "true" | "True" => Ok(Some(true)),
        "0" | "0.0" | "false" | "False" => Ok(Some(false)),
        "" if !value.is_array() && !value.is_object() => Ok(None),
        _ => Err(Error::data(format!("the label column `{column}` holds {value}, expected 1, 0 or nothing"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn several_labels_come_in_three_spellings() {
        let column = Column::from("stance");
        for value in [json!(["b", "a"]), json!("b|a"), json!("[\"a\", \"b\"]"), json!(" a | b|")] {
            assert_eq!(set(&value, &column).unwrap(), ["a", "b"], "{value}");
        }
        assert!(set(&json!(""), &column).unwrap().is_empty());
        assert!(set(&json!({"a": 1}), &column).is_err());
    }

    #[test]
    fn flags_are_yes_no_or_unknown() {
        let column = Column::from("kill");
        assert_eq!(flag(Some(&json!(1)), &column).unwrap(), Some(true));
        assert_eq!(flag(Some(&json!("0")), &column).unwrap(), Some(false));
        assert_eq!(flag(Some(&json!("")), &column).unwrap(), None);
        assert!(flag(Some(&json!("maybe")), &column).is_err());
        assert!(flag(Some(&json!([1])), &column).is_err());
    }

    #[test]
    fn an_exclusive_head_takes_one_label() {
        let column = Column::from("topic");
        assert_eq!(one(&json!(["a"]), &column).unwrap(), Answer::One("a".into()));
        assert_eq!(one(&json!(" "), &column).unwrap(), Answer::Unknown);
        assert!(one(&json!(["a", "b"]), &column).is_err());
    }
}
