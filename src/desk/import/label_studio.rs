//! Label Studio: an array of tasks, with the annotations of each (`JSON`) or flat (`JSON-MIN`).

use super::{ForeignAnswers, ForeignHead, ForeignReader, Found, labels, no_json, shown};
use crate::corpus::HeadKind;
use crate::{Error, Result};
use serde_json::{Map, Value};

const CANCELLED: &str = "cancelled";
const NO_CHOICE: &str = "no choice where one label holds";
const SEVERAL: &str = "several choices where one label holds";

pub(super) fn read(
    reader: &ForeignReader,
    (export, name): (&str, &str),
    found: &mut ForeignAnswers,
) -> Result<()> {
    if reader.heads.is_empty() {
        return Err(Error::usage("no head is named").help("name the choices to read, as from_name"));
    }
    let tasks: Vec<Map<String, Value>> =
        serde_json::from_str(export).map_err(|e| no_json(&e).at(name))?;
    for (number, task) in tasks.iter().enumerate() {
        let read = match task.get("annotations").and_then(Value::as_array) {
            Some(annotations) => annotated(reader, task, annotations, found),
            None => flat(reader, task, found),
        };
        read.map_err(|e| e.at(format!("{name}, task {}", number + 1)))?;
    }
    Ok(())
}

/// Reads a task of `JSON`: every annotation is an answer of its annotator to every head.
fn annotated(
    reader: &ForeignReader,
    task: &Map<String, Value>,
    annotations: &[Value],
    found: &mut ForeignAnswers,
) -> Result<()> {
    let mut data = task
        .get("data")
        .and_then(Value::as_object)
        .cloned()
        .ok_or_else(|| Error::data("no field `data`").help("export it as JSON"))?;
    if let (false, Some(id)) = (data.contains_key("id"), task.get("id")) {
        data.insert("id".to_string(), id.clone());
    }
    for annotation in annotations {
        if annotation.get("was_cancelled") == Some(&Value::Bool(true)) {
            found.leave_out(CANCELLED);
            continue;
        }
        let results = annotation.get("result").and_then(Value::as_array);
        for head in &reader.heads {
            let regions = results.into_iter().flatten().filter(|region| {
                region.get("type").and_then(Value::as_str) == Some("choices")
                    && region.get("from_name").and_then(Value::as_str) == Some(&head.name)
            });
            let mut chosen = Vec::new();
            for region in regions {
                let choices = region.pointer("/value/choices").unwrap_or(&Value::Null);
                chosen.extend(labels(choices)?);
            }
            let annotator = annotation.get("completed_by").and_then(annotator_name);
            add(reader, head, &data, (chosen, annotator, annotation), found)?;
        }
    }
    Ok(())
}

/// Reads a task of `JSON-MIN`, which is one annotation.
fn flat(
    reader: &ForeignReader,
    task: &Map<String, Value>,
    found: &mut ForeignAnswers,
) -> Result<()> {
    if !task.contains_key("annotator") && !task.contains_key("annotation_id") {
        return Err(Error::data("neither `annotations` nor `annotator`")
            .help("export it as JSON or JSON-MIN"));
    }
    let annotation = Value::Object(task.clone());
    for head in &reader.heads {
        let chosen = match task.get(&head.name) {
            None => Vec::new(),
            Some(Value::Object(several)) => labels(several.get("choices").unwrap_or(&Value::Null))?,
            Some(chosen) => labels(chosen)?,
        };
        let annotator = task.get("annotator").and_then(annotator_name);
        add(reader, head, task, (chosen, annotator, &annotation), found)?;
    }
    Ok(())
}

/// Adds an answer; no choice means that no label holds, where any number may.
fn add(
    reader: &ForeignReader,
    head: &ForeignHead,
    data: &Map<String, Value>,
    (labels, annotator, annotation): (Vec<String>, Option<String>, &Value),
    found: &mut ForeignAnswers,
) -> Result<()> {
    if head.kind == HeadKind::Exclusive && labels.len() != 1 {
        found.leave_out(if labels.is_empty() {
            NO_CHOICE
        } else {
            SEVERAL
        });
        return Ok(());
    }
    let at = annotation
        .get("updated_at")
        .or_else(|| annotation.get("created_at"));
    found.answers.push(reader.answer(Found {
        data,
        head,
        labels,
        annotator,
        at: at.and_then(shown),
        note: None,
    })?);
    Ok(())
}

/// Returns the name of an annotator: an address, a name, or the number of an account.
fn annotator_name(value: &Value) -> Option<String> {
    let fields = ["email", "username", "id"];
    shown(value).or_else(|| {
        fields
            .iter()
            .find_map(|field| value.get(field).and_then(shown))
    })
}
