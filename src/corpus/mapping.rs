//! Columns and conditions that make a document of a row.

use super::date::Date;
use super::filter::Filter;
use super::format::ColumnSelection;
use super::reader::RawRecord;
use super::record::{ColumnName, DocumentId, Record, SourceLocation, plain};
use super::schema::{HeadColumns, HeadLabels, MissingCell, RowLabels, Schema, no_column};
use crate::wording::{Setting, wording};
use crate::{Error, Result};
#[cfg(feature = "html")]
use std::borrow::Cow;

/// Treatment of a row that has no label of one of the heads.
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

/// The rows that count, and the columns beside those that a model records.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Rows must meet all of these.
    pub filters: Vec<Filter>,
    /// The row's id; default: the column `id` where there is one, and file and line elsewhere.
    pub id: Option<ColumnName>,
    /// The column of the sample weight; none: all rows weigh 1.
    pub weight: Option<ColumnName>,
    /// The treatment of rows without a label.
    pub unlabelled: Unlabelled,
}

/// One article.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Document {
    /// The row's id, or file and line where it has none.
    pub id: String,
    /// True where the id is an integer of JSON.
    pub(crate) integer_id: bool,
    /// The file and line of the row.
    pub location: SourceLocation,
    /// The text columns, joined by line breaks.
    pub text: String,
    /// The labels of each head, in the order of the schema; empty where only text was asked for.
    pub labels: Vec<HeadLabels>,
    /// The sample weight.
    pub weight: f32,
    /// The date in the column `date`, where the row has one that is understood.
    pub date: Option<Date>,
    /// The source in the column `source`, such as a newspaper, where the row names one.
    pub source: Option<String>,
    /// By column of the schema, true where the row had it: the text columns, then those of the
    /// heads.
    pub(crate) seen: Vec<bool>,
    /// The cells of label columns that were taken as missing.
    pub(crate) missing: Vec<MissingCell>,
}

impl Document {
    /// Returns the id as it is written to JSON.
    pub fn json_id(&self) -> DocumentId<'_> {
        DocumentId::new(&self.id, self.integer_id)
    }
}

/// Columns that are looked at although nobody names them.
const USUAL: [&str; 6] = [
    "id",
    "date",
    "source",
    "answer",
    "_task_hash",
    "_input_hash",
];

/// Turns rows into documents.
#[derive(Debug, Clone)]
pub struct ColumnMapping {
    /// The columns of text and labels.
    pub schema: Schema,
    /// The rows that count, and their ids and weights.
    pub selection: Selection,
    /// True where labels are read.
    pub labels: bool,
}

/// Outcome of mapping a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RowOutcome {
    /// It is a document.
    Document(Box<Document>),
    /// A filter left it out.
    Filtered,
    /// It has no answer to a head, and such rows are left out; these are its cells that were taken
    /// as missing, by the number of the head.
    Unlabelled(Vec<MissingCell>),
}

impl ColumnMapping {
    /// Creates the mapping of all rows, with the labels of the schema's heads.
    pub fn new(schema: Schema) -> Self {
        ColumnMapping {
            labels: !schema.heads.is_empty(),
            schema,
            selection: Selection::default(),
        }
    }

    /// Returns the columns that documents are made of.
    pub(crate) fn columns(&self) -> ColumnSelection {
        let (schema, selection) = (&self.schema, &self.selection);
        let heads = if self.labels { &schema.heads[..] } else { &[] };
        let named = schema
            .text
            .iter()
            .chain(heads.iter().flat_map(HeadColumns::columns));
        let named = named.chain(selection.filters.iter().map(Filter::column));
        let named = named.chain(&selection.id).chain(&selection.weight);
        ColumnSelection {
            named: named.cloned().collect(),
            usual: USUAL.map(ColumnName::from).to_vec(),
        }
    }

    /// Makes the document of a row.
    ///
    /// # Errors
    /// A data error with place and remedy where the row is broken or lacks what the schema names.
    pub(crate) fn document(&self, raw: &RawRecord) -> Result<RowOutcome> {
        let record = raw.decode()?;
        self.outcome(&record).map_err(|e| e.at(&record.location))
    }

    /// Makes a document of a record.
    pub(super) fn outcome(&self, record: &Record) -> Result<RowOutcome> {
        if !self.keeps(record)? {
            return Ok(RowOutcome::Filtered);
        }
        let (text, mut seen) = self.text(record)?;
        let RowLabels { labels, missing } = self.labels(record, &mut seen)?;
        if let Some(at) = labels
            .iter()
            .position(|labels| *labels == HeadLabels::Unknown)
        {
            match self.selection.unlabelled {
                Unlabelled::Skip => return Ok(RowOutcome::Unlabelled(missing)),
                Unlabelled::Error => {
                    return Err(self.schema.heads[at].unlabelled(record, at, &missing));
                }
                Unlabelled::Mask => {}
            }
        }
        let (id, integer_id) = self.id(record)?;
        let document = Document {
            id,
            integer_id,
            location: record.location.clone(),
            text,
            labels,
            weight: self.weight(record)?,
            date: date(record),
            source: source(record),
            seen,
            missing,
        };
        Ok(RowOutcome::Document(Box::new(document)))
    }

    /// Tells whether the row meets all filters.
    pub(super) fn keeps(&self, record: &Record) -> Result<bool> {
        for filter in &self.selection.filters {
            if !filter.keeps(record)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn labels(&self, record: &Record, seen: &mut Vec<bool>) -> Result<RowLabels> {
        match self.labels {
            true => self.schema.row_labels(record, seen),
            false => Ok(RowLabels::default()),
        }
    }

    fn text(&self, record: &Record) -> Result<(String, Vec<bool>)> {
        let (text, seen) = self.any_text(record)?;
        if text.trim().is_empty() {
            return Err(self.no_text(record, &seen));
        }
        Ok((text, seen))
    }

    /// Reads the text, which may be empty, and which of its columns the row has.
    fn any_text(&self, record: &Record) -> Result<(String, Vec<bool>)> {
        let mut parts = Vec::new();
        let mut seen = Vec::new();
        for column in &self.schema.text {
            let value = record.stored(column);
            seen.push(value.is_some());
            let Some(value) = value.filter(|value| !value.is_null()) else {
                continue;
            };
            let text = value.plain().ok_or_else(|| {
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
        // Most corpora have one text column, of which the text need not be copied again.
        let text = match parts.len() {
            1 => parts.swap_remove(0),
            _ => parts.join("\n"),
        };
        Ok((text, seen))
    }

    /// Tells whether a row's texts are decoded: a row that is a whole file is one article, of which
    /// a page is decoded already.
    fn decodes(&self, record: &Record) -> bool {
        self.schema.decode_html && record.location.line != 0
    }

    /// Makes the document of a row that may lack text and labels, and the error of which the lack
    /// of text would be; `None` for a row that a filter leaves out.
    pub(super) fn as_it_is(&self, record: &Record) -> Result<Option<(Document, Option<Error>)>> {
        if !self.keeps(record)? {
            return Ok(None);
        }
        let (text, mut seen) = self.any_text(record)?;
        let lack = text.trim().is_empty().then(|| self.no_text(record, &seen));
        let RowLabels { labels, missing } = self.labels(record, &mut seen)?;
        let (id, integer_id) = self.id(record)?;
        Ok(Some((
            Document {
                id,
                integer_id,
                location: record.location.clone(),
                text,
                labels,
                weight: 1.0,
                date: None,
                source: None,
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
            return Error::data("the file holds no text").help(wording![
                "leave it out, or use ",
                Setting::Rejects.placeholder("FILE")
            ]);
        }
        if seen.contains(&true) {
            let are = if self.schema.text.len() == 1 {
                "is"
            } else {
                "are"
            };
            return Error::data(format!("no text: {columns} {are} empty")).help(wording![
                "leave such rows out with ",
                Setting::Filters.value(format!("{}!=", self.schema.text[0])),
                ", or with ",
                Setting::Rejects.placeholder("FILE")
            ]);
        }
        Error::data(format!(
            "no text: there is no column {columns}; the row has {}",
            record.columns()
        ))
        .lack_of_column()
        .help(
            record
                .delimiter_remedy()
                .unwrap_or_else(|| wording!["name the text column with ", Setting::Text]),
        )
    }

    /// Reads the id and whether it is an integer. A column that is asked for must be there; the
    /// usual one need not.
    fn id(&self, record: &Record) -> Result<(String, bool)> {
        let by_default = ColumnName::from("id");
        let column = self.selection.id.as_ref().unwrap_or(&by_default);
        match (record.id(column)?, &self.selection.id) {
            (Some(id), _) => Ok(id),
            (None, None) => Ok((record.location.to_string(), false)),
            (None, Some(column)) if record.get(column).is_none() => Err(no_column(record, column)),
            (None, Some(column)) => Err(Error::data(format!(
                "the id in `{column}` is null, expected a text or a number"
            ))),
        }
    }

    fn weight(&self, record: &Record) -> Result<f32> {
        let Some(column) = &self.selection.weight else {
            return Ok(1.0);
        };
        let value = record
            .get(column)
            .ok_or_else(|| no_column(record, column))?;
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

/// Reads the date in the column `date`; nothing hangs on it but descriptions of the corpus, so one
/// that is not understood is none.
fn date(record: &Record) -> Option<Date> {
    let text = plain(record.get(&ColumnName::from("date"))?)?;
    text.parse().ok()
}

/// Reads the column `source`, which describes the corpus as the date does.
fn source(record: &Record) -> Option<String> {
    let text = plain(record.get(&ColumnName::from("source"))?)?;
    let name = text.trim();
    (!name.is_empty()).then(|| name.to_string())
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
