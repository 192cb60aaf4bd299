//! doccano: JSON lines with `text` and a list `label`, a file for each annotator.

use super::{ForeignAnswers, ForeignReader, Found, each_line, labels};
use crate::corpus::HeadKind;
use crate::{Error, Result};
use serde_json::Value;

/// Texts without a label cannot be told from texts that nobody has looked at.
const NO_LABEL: &str = "no label";
const SEVERAL: &str = "several labels where one holds";

pub(super) fn read(
    reader: &ForeignReader,
    export: (&str, &str),
    found: &mut ForeignAnswers,
) -> Result<()> {
    let head = reader.only_head()?;
    each_line(export, |data| {
        // Older versions write `labels`.
        let list = data.get("label").or_else(|| data.get("labels"));
        let list = list.ok_or_else(|| {
            Error::data("no field `label`").help("export text classification as JSONL")
        })?;
        let labels = labels(list)?;
        if labels.is_empty() {
            found.leave_out(NO_LABEL);
            return Ok(());
        }
        if head.kind == HeadKind::Exclusive && labels.len() > 1 {
            found.leave_out(SEVERAL);
            return Ok(());
        }
        let comments = data.get("Comments").or_else(|| data.get("comments"));
        found.answers.push(reader.answer(Found {
            data,
            head,
            labels,
            annotator: None,
            at: None,
            note: comments.and_then(joined),
        })?);
        Ok(())
    })
}

/// Returns comments as one note.
fn joined(comments: &Value) -> Option<String> {
    let texts: Vec<&str> = comments
        .as_array()?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}
