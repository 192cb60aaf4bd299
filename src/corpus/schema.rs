//! Which columns hold what, and the document that a row gives.

use super::alike::label_form;
use super::labels::{LabelCell, LabelFormat, verify_accepted};
use super::reader::RawRecord;
use super::record::{ColumnName, Record, SourceLocation, id_value, plain};
use super::targets::HeadKind;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
#[cfg(feature = "html")]
use std::borrow::Cow;

/// The columns of a corpus. A model records them, so that scoring and evaluation need not be told
/// again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// CSV and TSV begin with data, and columns are given by their numbers.
    #[serde(default)]
    pub no_header: bool,
    /// The text: these columns, joined by line breaks.
    pub text: Vec<ColumnName>,
    /// What is to be learnt.
    pub heads: Vec<HeadColumns>,
    /// Whether HTML in the texts of tables, JSON lines and fastText is decoded, as a browser shows it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub decode_html: bool,
    /// The notation of labels in cells.
    #[serde(default, skip_serializing_if = "LabelFormat::is_default")]
    pub format: LabelFormat,
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
    /// In one column: one label, or several as a list or separated by the separator of the [`LabelFormat`].
    Column(ColumnName),
    /// In one column a label, which holds 1, 0, or nothing where unknown.
    Flags(Vec<(String, ColumnName)>),
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

/// A condition on the rows: `column=value` or `column!=value`. Values are compared in their [normal form](label_form).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    column: ColumnName,
    value: String,
    equal: bool,
}

impl std::str::FromStr for Filter {
    type Err = Error;

    fn from_str(condition: &str) -> Result<Self> {
        let parts = condition.split_once('=');
        let (column, value) = parts.ok_or_else(|| {
            Error::usage(format!("`{condition}` is no condition"))
                .help("write column=value or column!=value")
        })?;
        let (column, equal) = column
            .strip_suffix('!')
            .map_or((column, true), |column| (column, false));
        Ok(Filter {
            column: ColumnName(column.to_string()),
            value: label_form(value).into_owned(),
            equal,
        })
    }
}

impl Filter {
    /// The condition that just the other rows meet.
    pub fn negated(&self) -> Filter {
        Filter {
            equal: !self.equal,
            ..self.clone()
        }
    }

    pub(super) fn keeps(&self, record: &Record) -> Result<bool> {
        let value = record
            .get(&self.column)
            .ok_or_else(|| missing(record, &self.column))?;
        let equals =
            |value: &Value| plain(value).is_some_and(|value| label_form(&value) == self.value);
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
    pub id: Option<ColumnName>,
    /// The column of the sample weight; none: all rows weigh 1.
    pub weight: Option<ColumnName>,
    /// What to do with rows without an answer.
    pub unlabelled: Unlabelled,
}

/// One article.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The row's id, or file and line where it has none.
    pub id: String,
    /// Whether the id is an integer of JSON.
    pub(crate) integer_id: bool,
    /// Where the row stood.
    pub location: SourceLocation,
    /// The text columns, joined by line breaks.
    pub text: String,
    /// One answer a head, in the order of the schema; empty when only text was asked for.
    pub answers: Vec<HeadLabels>,
    /// The sample weight.
    pub weight: f32,
    /// Which columns of the schema the row had: its text columns, then those of its heads.
    pub(crate) seen: Vec<bool>,
    /// The head and the value of each cell that was taken as missing.
    pub(crate) missing: Vec<(usize, String)>,
}

impl Document {
    /// The id as JSON: an integer where it was one, and otherwise a text.
    pub fn id_value(&self) -> Value {
        id_value(&self.id, self.integer_id)
    }
}

/// The answer of one document to one head.
#[derive(Debug, Clone, PartialEq)]
pub enum HeadLabels {
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
pub struct ColumnMapping {
    /// Which columns hold what.
    pub schema: Schema,
    /// Which rows count, and how.
    pub selection: Selection,
    /// Whether labels are read.
    pub labels: bool,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum RowOutcome {
    /// It is a document.
    Document(Box<Document>),
    /// A filter left it out.
    Filtered,
    /// It has no answer to a head, and such rows are left out; these are its cells that were taken as missing, by the number
    /// of the head.
    Unlabelled(Vec<(usize, String)>),
}

impl ColumnMapping {
    /// The document in a row.
    ///
    /// # Errors
    /// A data error with place and remedy where the row is broken or lacks what the schema names.
    pub fn document(&self, raw: &RawRecord) -> Result<RowOutcome> {
        let record = raw.decode()?;
        self.mapping(&record).map_err(|e| e.at(&record.location))
    }

    pub(super) fn mapping(&self, record: &Record) -> Result<RowOutcome> {
        if !self.keeps(record)? {
            return Ok(RowOutcome::Filtered);
        }
        let (text, mut seen) = self.text(record)?;
        let (answers, missing) = self.answers(record, &mut seen)?;
        if let Some(at) = answers
            .iter()
            .position(|answer| *answer == HeadLabels::Unknown)
        {
            match self.selection.unlabelled {
                Unlabelled::Skip => return Ok(RowOutcome::Unlabelled(missing)),
                Unlabelled::Error => {
                    return Err(self.schema.heads[at].unanswered(record, at, &missing));
                }
                Unlabelled::Mask => {}
            }
        }
        let ((id, integer_id), location, weight) = (
            self.id(record)?,
            record.location.clone(),
            self.weight(record)?,
        );
        let document = Document {
            id,
            integer_id,
            location,
            text,
            answers,
            weight,
            seen,
            missing,
        };
        Ok(RowOutcome::Document(Box::new(document)))
    }

    /// Whether the row meets all filters.
    pub(super) fn keeps(&self, record: &Record) -> Result<bool> {
        for filter in &self.selection.filters {
            if !filter.keeps(record)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The answer to each head, and the cells that were taken as missing.
    fn answers(&self, record: &Record, seen: &mut Vec<bool>) -> Result<Answers> {
        match self.labels {
            true => self.schema.answers(record, seen),
            false => Ok((Vec::new(), Vec::new())),
        }
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
            let Some(value) = value.filter(|value| !value.is_null()) else {
                continue;
            };
            let text = plain(value).ok_or_else(|| {
                Error::data(format!(
                    "the column `{column}` holds a list or an object, expected a text"
                ))
            })?;
            parts.push(if self.decodes(record) {
                decoded(text)?
            } else {
                text
            });
        }
        parts.retain(|part| !part.is_empty());
        Ok((parts.join("\n"), seen))
    }

    /// Whether a row's texts are decoded: a row that is a whole file is one article, of which a page
    /// is decoded already.
    fn decodes(&self, record: &Record) -> bool {
        self.schema.decode_html && record.location.line != 0
    }

    /// The document in a row that may lack text and answers, and the error of which the lack of text would be; `None` for a
    /// row that a filter leaves out.
    pub(super) fn as_it_is(&self, record: &Record) -> Result<Option<(Document, Option<Error>)>> {
        if !self.keeps(record)? {
            return Ok(None);
        }
        let (text, mut seen) = self.any_text(record)?;
        let lack = text.trim().is_empty().then(|| self.no_text(record, &seen));
        let (answers, missing) = self.answers(record, &mut seen)?;
        let ((id, integer_id), location) = (self.id(record)?, record.location.clone());
        Ok(Some((
            Document {
                id,
                integer_id,
                location,
                text,
                answers,
                weight: 1.0,
                seen,
                missing,
            },
            lack,
        )))
    }

    fn no_text(&self, record: &Record, seen: &[bool]) -> Error {
        let columns: Vec<String> = self.schema.text.iter().map(|c| format!("`{c}`")).collect();
        let columns = columns.join(" and ");
        if record.location.line == 0 {
            return Error::data("the file holds no text")
                .help("leave it out, or use --skip-bad FILE");
        }
        if seen.contains(&true) {
            let are = if self.schema.text.len() == 1 {
                "is"
            } else {
                "are"
            };
            return Error::data(format!("no text: {columns} {are} empty")).help(format!(
                "leave such rows out with --where '{}!=', or with --skip-bad FILE",
                self.schema.text[0]
            ));
        }
        Error::data(format!(
            "no text: there is no column {columns}; the row has {}",
            record.columns()
        ))
        .lack_of_column()
        .help(
            record
                .delimiter_remedy()
                .unwrap_or_else(|| "name the text column with --text".to_string()),
        )
    }

    /// The id and whether it is an integer. A column that is asked for must be there; the usual one need not.
    fn id(&self, record: &Record) -> Result<(String, bool)> {
        let by_default = ColumnName::from("id");
        let column = self.selection.id.as_ref().unwrap_or(&by_default);
        match (record.id(column)?, &self.selection.id) {
            (Some(id), _) => Ok(id),
            (None, None) => Ok((record.location.to_string(), false)),
            (None, Some(column)) if record.get(column).is_none() => Err(missing(record, column)),
            (None, Some(column)) => Err(Error::data(format!(
                "the id in `{column}` is null, expected a text or a number"
            ))),
        }
    }

    fn weight(&self, record: &Record) -> Result<f32> {
        let Some(column) = &self.selection.weight else {
            return Ok(1.0);
        };
        let value = record.get(column).ok_or_else(|| missing(record, column))?;
        let weight = plain(value).and_then(|value| value.trim().parse::<f32>().ok());
        weight
            .filter(|weight| weight.is_finite() && *weight >= 0.0)
            .ok_or_else(|| {
                Error::data(format!(
                    "the weight in `{column}` is {value}, expected a number of at least 0"
                ))
            })
    }
}

#[cfg(feature = "html")]
fn decoded(text: String) -> Result<String> {
    Ok(match super::markup::decode_html(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(decoded) => decoded,
    })
}

#[cfg(not(feature = "html"))]
fn decoded(_text: String) -> Result<String> {
    Err(Error::usage("this build cannot decode HTML").help("build it with the feature `html`"))
}

/// The answer to each head, and the head and value of each cell that was taken as missing.
pub(super) type Answers = (Vec<HeadLabels>, Vec<(usize, String)>);

impl Schema {
    /// The answers in a row, and for each column whether the row has it.
    pub(super) fn answers(&self, record: &Record, seen: &mut Vec<bool>) -> Result<Answers> {
        if !self.heads.is_empty() {
            verify_accepted(record)?;
        }
        let mut missing = Vec::new();
        let mut answers = Vec::with_capacity(self.heads.len());
        for (at, head) in self.heads.iter().enumerate() {
            let mut lost = Vec::new();
            answers.push(head.answer(record, &self.format, seen, &mut lost)?);
            missing.extend(lost.into_iter().map(|value| (at, value)));
        }
        Ok((answers, missing))
    }
}

impl HeadColumns {
    /// The answer in a row; a column that it lacks is an error.
    pub(crate) fn read(&self, record: &Record, format: &LabelFormat) -> Result<HeadLabels> {
        let (mut seen, mut lost) = (Vec::new(), Vec::new());
        let answer = self.answer(record, format, &mut seen, &mut lost)?;
        if seen.contains(&false) {
            Err(self.unanswered(record, 0, &[]))
        } else {
            Ok(answer)
        }
    }

    /// The answer in a row, and in `lost` the values of cells that were taken as missing.
    fn answer(
        &self,
        record: &Record,
        format: &LabelFormat,
        seen: &mut Vec<bool>,
        lost: &mut Vec<String>,
    ) -> Result<HeadLabels> {
        match &self.source {
            LabelSource::Column(column) => {
                let value = record.get(column);
                seen.push(value.is_some());
                let Some(value) = value else {
                    return Ok(HeadLabels::Unknown);
                };
                match format.read(value, self.kind, column)? {
                    LabelCell::Missing(value) => {
                        lost.push(value);
                        Ok(HeadLabels::Unknown)
                    }
                    LabelCell::Labels(labels) => self.of_labels(labels, column),
                }
            }
            LabelSource::Flags(flags) => {
                let mut cells = Vec::with_capacity(flags.len());
                for (_, column) in flags {
                    let value = record.get(column);
                    seen.push(value.is_some());
                    let cell = value.map(|value| format.flag(value, column)).transpose()?;
                    cells.push(cell.and_then(|cell| cell.map_err(|value| lost.push(value)).ok()));
                }
                Ok(if cells.iter().all(Option::is_none) {
                    HeadLabels::Unknown
                } else {
                    HeadLabels::Flags(cells)
                })
            }
        }
    }

    fn of_labels(&self, mut labels: Vec<String>, column: &ColumnName) -> Result<HeadLabels> {
        match (self.kind, labels.len()) {
            (HeadKind::Independent, _) => Ok(HeadLabels::Set(labels)),
            (HeadKind::Exclusive, 0 | 1) => {
                Ok(labels.pop().map_or(HeadLabels::Unknown, HeadLabels::One))
            }
            (HeadKind::Exclusive, _) => Err(Error::data(format!(
                "`{column}` holds several labels, expected one"
            ))
            .help("use --labels for heads with several")),
        }
    }

    /// The error of a row without an answer to the head of this number.
    fn unanswered(&self, record: &Record, at: usize, missing: &[(usize, String)]) -> Error {
        let column = match &self.source {
            LabelSource::Column(column) => column,
            LabelSource::Flags(flags) => {
                &flags
                    .iter()
                    .find(|(_, c)| record.get(c).is_none())
                    .unwrap_or(&flags[0])
                    .1
            }
        };
        if record.get(column).is_none() {
            return self::missing(record, column);
        }
        if record.location.line == 0 {
            return Error::data("the file is one article, and has no label").help(
                "a label comes from a folder for each class, named as one folder, or from a table: see --format",
            );
        }
        let leave_out = "leave such rows out with --unlabelled skip, or use them for other heads with --unlabelled mask";
        match missing.iter().find(|(head, value)| *head == at && !value.is_empty()) {
            Some((_, value)) => {
                Error::data(format!("no label: `{column}` is `{value}`, which is taken as missing"))
                    .help(format!("{leave_out}; if it is a label, name other values with --missing"))
            }
            None if self.kind == HeadKind::Independent => {
                Error::data(format!("no label: `{column}` is empty")).help(format!(
                    "{leave_out}; if an empty cell says that none of the labels holds, name other missing values: --missing NA"
                ))
            }
            None => Error::data(format!("no label: `{column}` is empty")).help(leave_out),
        }
    }
}

fn missing(record: &Record, column: &ColumnName) -> Error {
    if record.location.line == 0 {
        return Error::data(format!("there is no column `{column}`: the file is one article")).help(
            "articles have the columns id, label (the folder of their class), title and text; say --format if the file \
             is a table",
        );
    }
    let error = Error::data(format!(
        "there is no column `{column}`; the row has {}",
        record.columns()
    ));
    error
        .lack_of_column()
        .help(record.delimiter_remedy().unwrap_or_else(|| {
            "check the spelling; CSV and TSV without a header need --no-header and column numbers"
                .to_string()
        }))
}
