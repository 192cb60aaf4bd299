//! Prodigy: JSON lines with choices (`options` and `accept`), or one label a row (`label`), and the
//! annotator's `answer`.

use super::{ForeignAnswers, ForeignReader, Found, each_line, labels, shown};
use crate::corpus::{HeadKind, rfc3339};
use crate::{Error, Result};
use serde_json::{Map, Value};

const NOT_ACCEPTED: &str = "ignored or rejected";
/// A row with one label says nothing of the others, and a store holds whole answers.
const ONE_OF_SEVERAL: &str = "one label of several";
const NO_CHOICE: &str = "no choice where one label holds";

pub(super) fn read(
    reader: &ForeignReader,
    export: (&str, &str),
    found: &mut ForeignAnswers,
) -> Result<()> {
    let head = reader.only_head()?;
    each_line(export, |data| {
        if data.get("answer").and_then(Value::as_str) != Some("accept") {
            found.leave_out(NOT_ACCEPTED);
            return Ok(());
        }
        let labels = match (data.get("accept"), data.get("label")) {
            (Some(accepted), _) => labels(accepted)?,
            (None, Some(label)) if head.kind == HeadKind::Exclusive => labels(label)?,
            (None, Some(_)) => {
                found.leave_out(ONE_OF_SEVERAL);
                return Ok(());
            }
            (None, None) => {
                return Err(Error::data("neither `accept` nor `label`")
                    .help("export a dataset of textcat.manual or choice"));
            }
        };
        if head.kind == HeadKind::Exclusive && labels.len() != 1 {
            found.leave_out(NO_CHOICE);
            return Ok(());
        }
        found.answers.push(
            reader.answer(Found {
                data,
                head,
                labels,
                annotator: annotator(data),
                at: data
                    .get("_timestamp")
                    .and_then(Value::as_i64)
                    .and_then(rfc3339),
                note: data.get("note").and_then(shown),
            })?,
        );
        Ok(())
    })
}

fn annotator(data: &Map<String, Value>) -> Option<String> {
    ["_annotator_id", "_session_id"]
        .iter()
        .find_map(|name| data.get(*name).and_then(shown))
}
