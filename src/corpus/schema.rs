//! The columns of a corpus, and the labels in a row.

use super::labels::{LabelCell, LabelFormat, verify_accepted};
use super::record::{ColumnName, Record};
use super::targets::HeadKind;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// The columns of a corpus. A model records them, so that scoring and evaluation need not name them
/// again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// CSV and TSV begin with data, and columns are given by their numbers.
    #[serde(default)]
    pub no_header: bool,
    /// The text: these columns, joined by line breaks.
    pub text: Vec<ColumnName>,
    /// The questions that a model answers.
    pub heads: Vec<HeadColumns>,
    /// True where HTML in the texts of tables, JSON lines and fastText is decoded, as a browser
    /// shows it.
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
    /// The column or columns of the labels.
    pub source: LabelSource,
}

/// The column or columns that hold the labels of a head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LabelSource {
    /// In one column: one label, or several as a list or separated by the separator of the
    /// [`LabelFormat`].
    Column(ColumnName),
    /// In one column a label, which holds 1, 0, or nothing where unknown.
    Flags(Vec<(String, ColumnName)>),
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

/// A cell of a label column that was taken as missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MissingCell {
    /// The number of the head.
    pub head: usize,
    /// The value; empty for an empty cell and null.
    pub value: String,
}

/// The labels in a row.
#[derive(Debug, Default)]
pub(super) struct RowLabels {
    /// By head, the labels.
    pub labels: Vec<HeadLabels>,
    /// The cells that were taken as missing.
    pub missing: Vec<MissingCell>,
}

impl Schema {
    /// Creates the columns of a text, without heads.
    ///
    /// ```
    /// use standpoint::corpus::{HeadKind, Schema};
    /// let schema = Schema::new(["title", "text"]).head("topic", HeadKind::Exclusive);
    /// assert_eq!(schema.heads[0].name, "topic");
    /// ```
    pub fn new<'a>(text: impl IntoIterator<Item = &'a str>) -> Self {
        Schema {
            no_header: false,
            text: text.into_iter().map(ColumnName::from).collect(),
            heads: Vec::new(),
            decode_html: false,
            format: LabelFormat::default(),
        }
    }

    /// Adds a head whose labels are in the column of its name.
    #[must_use]
    pub fn head(mut self, column: &str, kind: HeadKind) -> Self {
        self.heads.push(HeadColumns {
            name: column.to_string(),
            kind,
            source: LabelSource::Column(ColumnName::from(column)),
        });
        self
    }

    /// Reads the labels in a row, and adds to `seen` for each column whether the row has it.
    pub(super) fn row_labels(&self, record: &Record, seen: &mut Vec<bool>) -> Result<RowLabels> {
        if !self.heads.is_empty() {
            verify_accepted(record)?;
        }
        let mut row = RowLabels {
            labels: Vec::with_capacity(self.heads.len()),
            missing: Vec::new(),
        };
        for (at, head) in self.heads.iter().enumerate() {
            let mut lost = Vec::new();
            let labels = head.labels(record, &self.format, seen, &mut lost)?;
            row.labels.push(labels);
            let cells = lost
                .into_iter()
                .map(|value| MissingCell { head: at, value });
            row.missing.extend(cells);
        }
        Ok(row)
    }
}

impl HeadColumns {
    /// Returns the columns.
    pub(super) fn columns(&self) -> Vec<&ColumnName> {
        match &self.source {
            LabelSource::Column(column) => vec![column],
            LabelSource::Flags(flags) => flags.iter().map(|(_, column)| column).collect(),
        }
    }

    /// Reads the labels in a row; a column that it lacks is an error.
    pub(crate) fn read(&self, record: &Record, format: &LabelFormat) -> Result<HeadLabels> {
        let (mut seen, mut lost) = (Vec::new(), Vec::new());
        let labels = self.labels(record, format, &mut seen, &mut lost)?;
        match seen.contains(&false) {
            true => Err(self.unlabelled(record, 0, &[])),
            false => Ok(labels),
        }
    }

    /// Reads the labels in a row, and adds to `lost` the values of cells that were taken as
    /// missing.
    fn labels(
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
            (HeadKind::Exclusive, _) => {
                Err(
                    Error::data(format!("`{column}` holds several labels, expected one")).help(
                        wording!["use ", Setting::IndependentHead, " for heads with several"],
                    ),
                )
            }
        }
    }

    /// Makes the error of a row without a label of the head, which has this number.
    pub(super) fn unlabelled(&self, record: &Record, at: usize, missing: &[MissingCell]) -> Error {
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
            return no_column(record, column);
        }
        if record.location.line == 0 {
            return Error::data("the file is one article, and has no label").help(
                wording!["a label comes from a folder for each class, named as one folder, or from a table: see ", Setting::Format],
            );
        }
        let leave_out = wording![
            "leave such rows out with ",
            Setting::Unlabelled.value("skip"),
            ", or use them for other heads with ",
            Setting::Unlabelled.value("mask")
        ];
        match missing.iter().find(|cell| cell.head == at && !cell.value.is_empty()) {
            Some(MissingCell { value, .. }) => {
                Error::data(format!("no label: `{column}` is `{value}`, which is taken as missing"))
                    .help(leave_out.then("; if it is a label, name other values with ").then(Setting::MissingValues))
            }
            None if self.kind == HeadKind::Independent => {
                Error::data(format!("no label: `{column}` is empty")).help(
                    leave_out
                        .then("; if an empty cell says that none of the labels holds, name other missing values: ")
                        .then(Setting::MissingValues.value("NA")),
                )
            }
            None => Error::data(format!("no label: `{column}` is empty")).help(leave_out),
        }
    }
}

pub(super) fn no_column(record: &Record, column: &ColumnName) -> Error {
    if record.location.line == 0 {
        return Error::data(format!(
            "there is no column `{column}`: the file is one article"
        ))
        .help(wording![
            "articles have the columns id, label (the folder of their class), title and text; say ",
            Setting::Format,
            " if the file \
             is a table"
        ]);
    }
    let error = Error::data(format!(
        "there is no column `{column}`; the row has {}",
        record.columns()
    ));
    error
        .lack_of_column()
        .help(record.delimiter_remedy().unwrap_or_else(|| {
            wording![
                "check the spelling; CSV and TSV without a header need ",
                Setting::NoHeader,
                " and column numbers"
            ]
        }))
}
