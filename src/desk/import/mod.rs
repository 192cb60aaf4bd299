//! Answers in the exports of other annotation tools.

mod doccano;
mod label_studio;
mod prodigy;

use super::correction::{Article, NewCorrection};
use crate::corpus::HeadKind;
use crate::{Error, Result};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// An annotation tool whose exports can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnnotationTool {
    /// Label Studio: the exports `JSON` and `JSON-MIN`.
    LabelStudio,
    /// doccano: JSON lines of text classification.
    Doccano,
    /// Prodigy: JSON lines of `db-out`, with choices or one label a row.
    Prodigy,
}

/// A head in the exports of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForeignHead {
    /// Name of the head; in Label Studio also that of the choices (`from_name`).
    pub name: String,
    /// Kind of the head.
    pub kind: HeadKind,
}

impl ForeignHead {
    /// Returns a head.
    pub fn new(name: impl Into<String>, kind: HeadKind) -> Self {
        let name = name.into();
        ForeignHead { name, kind }
    }
}

/// A reader of exports.
///
/// ```
/// use standpoint::corpus::HeadKind;
/// use standpoint::desk::{AnnotationTool, ForeignHead, ForeignReader};
/// let head = ForeignHead::new("topic", HeadKind::Exclusive);
/// let mut reader = ForeignReader::new(AnnotationTool::Doccano, vec![head]);
/// reader.annotator = Some("anna".to_string());
/// let row = r#"{"id": 7, "text": "Shelling", "label": ["conflict"]}"#;
/// let found = reader.read(row, "export.jsonl")?;
/// assert_eq!(found.answers[0].labels, ["conflict"]);
/// # Ok::<(), standpoint::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForeignReader {
    /// Tool that wrote the export.
    pub tool: AnnotationTool,
    /// Heads to read; doccano's and Prodigy's exports hold one.
    pub heads: Vec<ForeignHead>,
    /// Field of the text; default `text`.
    pub text: String,
    /// Name of the annotator where a row names none.
    pub annotator: Option<String>,
}

/// The answers of an export.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ForeignAnswers {
    /// Answers in the order of the export.
    pub answers: Vec<NewCorrection>,
    /// Number of rows or annotations without an answer that counts, by the reason.
    pub left_out: BTreeMap<&'static str, usize>,
}

/// One answer, as a tool has it.
struct Found<'v> {
    data: &'v Map<String, Value>,
    head: &'v ForeignHead,
    labels: Vec<String>,
    annotator: Option<String>,
    at: Option<String>,
    note: Option<String>,
}

impl ForeignReader {
    /// Returns a reader of the exports of a tool.
    pub fn new(tool: AnnotationTool, heads: Vec<ForeignHead>) -> Self {
        ForeignReader {
            tool,
            heads,
            text: "text".to_string(),
            annotator: None,
        }
    }

    /// Reads an export; errors name it as `name`.
    ///
    /// # Errors
    /// A usage error for no head, or several where an export holds one; a data error, with the line
    /// or task, for rows of another shape, without a text, and without an annotator.
    pub fn read(&self, export: &str, name: &str) -> Result<ForeignAnswers> {
        let mut found = ForeignAnswers::default();
        match self.tool {
            AnnotationTool::LabelStudio => label_studio::read(self, (export, name), &mut found)?,
            AnnotationTool::Doccano => doccano::read(self, (export, name), &mut found)?,
            AnnotationTool::Prodigy => prodigy::read(self, (export, name), &mut found)?,
        }
        Ok(found)
    }

    /// Returns the head of an export that holds one.
    fn only_head(&self) -> Result<&ForeignHead> {
        match self.heads.as_slice() {
            [head] => Ok(head),
            heads => Err(Error::usage(format!(
                "an export of this tool holds one head, {} given",
                heads.len()
            ))
            .help("name the head that its labels belong to")),
        }
    }

    /// Returns an answer of the store.
    fn answer(&self, found: Found<'_>) -> Result<NewCorrection> {
        let Some(text) = found.data.get(&self.text).and_then(Value::as_str) else {
            return Err(
                Error::data(format!("no field `{}` that is a text", self.text))
                    .help("name the field that holds the text"),
            );
        };
        let Some(annotator) = found.annotator.or_else(|| self.annotator.clone()) else {
            return Err(Error::data("no annotator is named").help("name the annotator of all rows"));
        };
        let field = |name: &str| found.data.get(name).and_then(shown);
        let article = Article {
            id: field("id").unwrap_or_default(),
            title: field("title"),
            text: text.to_string(),
            source: field("source"),
            date: field("date"),
        };
        let head = found.head;
        let new = NewCorrection::new(article, &head.name, head.kind, found.labels, annotator);
        let new = NewCorrection {
            at: found.at,
            note: found.note,
            ..new
        };
        new.checked()
    }
}

impl ForeignAnswers {
    fn leave_out(&mut self, why: &'static str) {
        *self.left_out.entry(why).or_default() += 1;
    }
}

/// Calls `each` with the objects of JSON lines.
fn each_line(
    (export, name): (&str, &str),
    mut each: impl FnMut(&Map<String, Value>) -> Result<()>,
) -> Result<()> {
    for (line, row) in export.lines().enumerate() {
        if row.trim().is_empty() {
            continue;
        }
        let at = |e: Error| e.at(format!("{name}:{}", line + 1));
        let value: Value = serde_json::from_str(row).map_err(|e| at(no_json(&e)))?;
        let object = value
            .as_object()
            .ok_or_else(|| at(Error::data("no JSON object").help("export JSON lines")))?;
        each(object).map_err(at)?;
    }
    Ok(())
}

fn no_json(error: &serde_json::Error) -> Error {
    Error::data(format!("broken JSON: {error}")).help("export it again, as this tool's JSON")
}

/// Returns a text or a number as a text; `None` for other values and empty texts.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => (!text.trim().is_empty()).then(|| text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Returns the labels of a list of texts.
fn labels(value: &Value) -> Result<Vec<String>> {
    let label = |value: &Value| {
        shown(value).ok_or_else(|| {
            Error::data(format!("`{value}` is no label")).help("export labels by their names")
        })
    };
    match value {
        Value::Array(list) => list.iter().map(label).collect(),
        one => Ok(vec![label(one)?]),
    }
}
