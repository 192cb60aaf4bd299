//! The labels in a cell: one, several, none, or an answer that is missing.

use super::alike::label_form;
use super::literal::{is_literal, parse};
use super::record::{ColumnName, Record};
use super::targets::HeadKind;
use crate::json::Value;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// The notation of labels in cells; the same in every format and command, and recorded in models.
///
/// ```
/// use standpoint::corpus::LabelFormat;
/// let format = LabelFormat::default();
/// assert!(format.is_missing("NA") && !format.is_missing("none"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct LabelFormat {
    /// Values that stand for a missing answer; the empty one is the empty cell. Null of JSON is
    /// always missing.
    pub missing: Vec<String>,
    /// The text between the labels of one cell; not empty.
    pub separator: String,
}

/// The empty cell, and what R, pandas, polars, spreadsheets and databases write for a missing
/// value. `none` is left out, because it is a label in many corpora.
const MISSING: [&str; 13] = [
    "", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NaT", "NULL", "null", "None", "\\N",
];

impl Default for LabelFormat {
    fn default() -> Self {
        LabelFormat {
            missing: MISSING.map(str::to_string).to_vec(),
            separator: "|".to_string(),
        }
    }
}

impl LabelFormat {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Tells whether a cell of this text has no answer.
    pub fn is_missing(&self, text: &str) -> bool {
        self.missing.iter().any(|missing| missing == text)
    }

    /// Reads the labels in a cell.
    pub(super) fn read(
        &self,
        value: &Value,
        kind: HeadKind,
        column: &ColumnName,
    ) -> Result<LabelCell> {
        match value {
            Value::Null => Ok(LabelCell::Missing(String::new())),
            Value::String(text) => self.text(text.trim(), kind, column),
            Value::Bool(_) | Value::Number(_) => self.text(&value.to_string(), kind, column),
            Value::Array(_) | Value::Object(_) => self.list(value, column, &value.to_string()),
        }
    }

    fn text(&self, text: &str, kind: HeadKind, column: &ColumnName) -> Result<LabelCell> {
        if self.is_missing(text) {
            return Ok(LabelCell::Missing(text.to_string()));
        }
        if is_literal(text) {
            let literal = parse(text).ok_or_else(|| no_labels(column, text))?;
            return self.list(&literal, column, text);
        }
        match kind {
            HeadKind::Exclusive if text.is_empty() => Ok(LabelCell::Missing(String::new())),
            HeadKind::Exclusive => Ok(LabelCell::Labels(vec![label_form(text).into_owned()])),
            HeadKind::Independent => {
                let parts = text.split(self.separator.as_str()).map(str::trim);
                let parts = parts
                    .filter(|part| !part.is_empty())
                    .map(|part| Some(part.to_string()));
                self.items(parts.collect(), column)
            }
        }
    }

    fn list(&self, value: &Value, column: &ColumnName, written: &str) -> Result<LabelCell> {
        let mut items = Vec::new();
        if collect(value, true, &mut items).is_none() {
            return Err(no_labels(column, written));
        }
        self.items(items, column)
    }

    /// Reads the labels of a list, of which `None` is null.
    fn items(&self, items: Vec<Option<String>>, column: &ColumnName) -> Result<LabelCell> {
        let is_missing = |item: &Option<String>| {
            item.as_deref()
                .is_none_or(|text| text.is_empty() || self.is_missing(text))
        };
        if let Some(at) = items.iter().position(is_missing) {
            let missing = items[at].clone().unwrap_or_default();
            if items.len() == 1 {
                return Ok(LabelCell::Missing(missing));
            }
            let missing = if missing.is_empty() {
                "nothing".to_string()
            } else {
                format!("`{missing}`")
            };
            return Err(
                Error::data(format!("`{column}` lists {missing} among labels")).help(wording![
                    "take it out; where it is a label, name the values that are missing with ",
                    Setting::MissingValues
                ]),
            );
        }
        let labels = items
            .into_iter()
            .flatten()
            .map(|label| label_form(&label).into_owned());
        let mut labels: Vec<String> = labels.collect();
        labels.sort();
        labels.dedup();
        Ok(LabelCell::Labels(labels))
    }

    /// Reads yes, no, or the value that stands for a missing answer.
    pub(super) fn flag(
        &self,
        value: &Value,
        column: &ColumnName,
    ) -> Result<std::result::Result<bool, String>> {
        let text = match value {
            Value::Null => return Ok(Err(String::new())),
            Value::String(text) => text.trim().to_string(),
            value => value.to_string(),
        };
        match text.as_str() {
            "1" | "1.0" | "true" | "True" | "TRUE" => Ok(Ok(true)),
            "0" | "0.0" | "false" | "False" | "FALSE" => Ok(Ok(false)),
            text if text.is_empty() || self.is_missing(text) => Ok(Err(text.to_string())),
            _ => Err(Error::data(format!(
                "the label column `{column}` holds {}, expected 1, 0 or nothing",
                short(&value.to_string())
            ))),
        }
    }
}

/// The answer in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LabelCell {
    /// None, because of this value.
    Missing(String),
    /// These labels, sorted and each once; none of them holds where it is empty.
    Labels(Vec<String>),
}

/// Appends the elements of a list, or the choices of an object as Label Studio writes it; `None`
/// for what is neither.
fn collect(value: &Value, outer: bool, items: &mut Vec<Option<String>>) -> Option<()> {
    match value {
        Value::Array(elements) if outer => elements
            .iter()
            .try_for_each(|element| collect(element, false, items)),
        Value::Array(_) => None,
        Value::Object(object) => match object.get("choices") {
            Some(choices) if object.len() == 1 => collect(choices, true, items),
            _ => None,
        },
        Value::Null => {
            items.push(None);
            Some(())
        }
        Value::String(text) => {
            items.push(Some(text.trim().to_string()));
            Some(())
        }
        Value::Bool(_) | Value::Number(_) => {
            items.push(Some(value.to_string()));
            Some(())
        }
    }
}

fn no_labels(column: &ColumnName, written: &str) -> Error {
    Error::data(format!("`{column}` holds {}, expected labels", short(written))).help(
        "write several labels as a JSON array such as [\"war\", \"economy\"], or separated by `|`; a label that \
        itself begins with a bracket stands in such an array",
    )
}

/// Returns the beginning of a long value.
fn short(text: &str) -> String {
    const MAX_SHOWN: usize = 80;
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

/// Refuses a row of Prodigy that was not accepted: the label that it shows is not its answer.
pub(super) fn verify_accepted(record: &Record) -> Result<()> {
    let is_task = ["_task_hash", "_input_hash"]
        .iter()
        .any(|name| record.get(&ColumnName::from(*name)).is_some());
    match record
        .get(&ColumnName::from("answer"))
        .and_then(Value::as_str)
    {
        Some(answer @ ("reject" | "ignore")) if is_task => Err(Error::data(format!(
            "the annotator's answer is `{answer}`, so the row has no label"
        ))
        .help(wording![
            "use accepted rows only: ",
            Setting::Filters.value("answer=accept")
        ])),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::value::json;
    use HeadKind::{Exclusive, Independent};

    fn read(value: &Value, kind: HeadKind) -> Result<LabelCell> {
        LabelFormat::default().read(value, kind, &ColumnName::from("stance"))
    }

    fn labels(labels: &[&str]) -> LabelCell {
        LabelCell::Labels(labels.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn several_labels_come_in_the_spellings_of_many_tools() {
        for value in [
            json!(["b", "a"]),
            json!("b|a"),
            json!("[\"a\", \"b\"]"),
            json!(" a | b|"),
            json!("['a', 'b']"),
            json!("('a', 'b', 'a')"),
            json!("{'b', 'a'}"),
            json!({"choices": ["a", "b"]}),
            json!("{\"choices\": [\"a\", \"b\"]}"),
            json!("{'choices': ['a', 'b']}"),
            json!([{"choices": ["a"]}, {"choices": "b"}]),
        ] {
            assert_eq!(
                read(&value, Independent).unwrap(),
                labels(&["a", "b"]),
                "{value}"
            );
        }
        assert_eq!(
            read(&json!("[1, 9]"), Independent).unwrap(),
            labels(&["1", "9"])
        );
        assert_eq!(
            read(&json!([1, 9]), Independent).unwrap(),
            labels(&["1", "9"])
        );
        assert_eq!(read(&json!([]), Independent).unwrap(), labels(&[]));
        assert_eq!(
            read(&json!("{\"choices\": [\"a\"]}"), Exclusive).unwrap(),
            labels(&["a"])
        );
        assert_eq!(
            read(&json!("(unknown)"), Exclusive).unwrap(),
            labels(&["(unknown)"])
        );
    }

    #[test]
    fn what_holds_no_labels_is_refused() {
        for value in [
            json!({"a": 1}),
            json!({"taxonomy": [["a"]]}),
            json!({"choices": ["a"], "rating": 3}),
            json!([["a"]]),
            json!([{"label": "a", "start_offset": 0}]),
            json!("[a, b]"),
            json!("{\"rating\": 3}"),
            json!(["a", null]),
            json!(["a", "NA"]),
            json!("a|NA"),
        ] {
            for kind in [Independent, Exclusive] {
                if kind == Exclusive && value == json!("a|NA") {
                    continue;
                }
                let error = read(&value, kind).unwrap_err().to_string();
                assert!(
                    error.contains("`stance`") && error.contains("help"),
                    "{value}: {error}"
                );
            }
        }
    }

    #[test]
    fn missing_values_are_the_same_in_cells_and_lists() {
        let missing = |value: &str| LabelCell::Missing(value.to_string());
        for kind in [Independent, Exclusive] {
            for value in [json!("NA"), json!([" NA "]), json!("['NA']")] {
                assert_eq!(read(&value, kind).unwrap(), missing("NA"), "{value}");
            }
            for value in [
                json!(null),
                json!(""),
                json!(" "),
                json!("[None]"),
                json!([null]),
            ] {
                assert_eq!(read(&value, kind).unwrap(), missing(""), "{value}");
            }
            assert_eq!(read(&json!("none"), kind).unwrap(), labels(&["none"]));
        }
        let format = LabelFormat {
            missing: vec!["NA".to_string()],
            ..LabelFormat::default()
        };
        let column = ColumnName::from("stance");
        assert_eq!(
            format.read(&json!(""), Independent, &column).unwrap(),
            labels(&[])
        );
        assert_eq!(
            format.read(&json!(""), Exclusive, &column).unwrap(),
            missing("")
        );
        assert_eq!(
            format.read(&json!("None"), Exclusive, &column).unwrap(),
            labels(&["None"])
        );
    }

    #[test]
    fn flags_are_yes_no_or_missing() {
        let (format, column) = (LabelFormat::default(), ColumnName::from("kill"));
        for (value, expected) in [
            (json!(1), Ok(true)),
            (json!("0"), Ok(false)),
            (json!("FALSE"), Ok(false)),
            (json!(""), Err(String::new())),
            (json!("NA"), Err("NA".to_string())),
            (json!(null), Err(String::new())),
        ] {
            assert_eq!(format.flag(&value, &column).unwrap(), expected, "{value}");
        }
        assert!(format.flag(&json!("maybe"), &column).is_err());
        assert!(format.flag(&json!([1]), &column).is_err());
    }
}
