//! Answer and scores of a row, flat or as `score` writes them.

use super::PredictionColumns;
use crate::corpus::{ColumnName, HeadColumns, HeadKind, HeadLabels, Record, label_form};
use crate::json::Value;
use crate::{Error, Result};
use std::collections::HashMap;

/// Answer to one head.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub answer: HeadLabels,
    pub scores: Option<HashMap<String, f64>>,
    pub probabilities: bool,
}

impl Row {
    pub fn read(record: &Record, head: &HeadColumns, columns: &PredictionColumns) -> Result<Row> {
        let ours = record
            .get(&ColumnName::from("heads"))
            .and_then(|heads| heads.get(&head.name));
        let Some(ours) = ours else {
            return Row::flat(record, head, columns);
        };
        let answer = match head.kind {
            HeadKind::Exclusive => ours["label"].as_str().map_or(HeadLabels::Unknown, |label| {
                HeadLabels::One(label_form(label).into_owned())
            }),
            HeadKind::Independent => {
                ours["labels"]
                    .as_array()
                    .map_or(HeadLabels::Unknown, |labels| {
                        HeadLabels::Set(
                            labels
                                .iter()
                                .filter_map(Value::as_str)
                                .map(|label| label_form(label).into_owned())
                                .collect(),
                        )
                    })
            }
        };
        let probabilities = ours["probabilities"]
            .as_bool()
            .unwrap_or(columns.probabilities);
        Ok(Row {
            answer,
            scores: numbers(&ours["scores"])?,
            probabilities,
        })
    }

    fn flat(record: &Record, head: &HeadColumns, columns: &PredictionColumns) -> Result<Row> {
        let answer = head.read(record, &columns.format)?;
        let object = record.get(&ColumnName::from("scores"));
        let scores = match object {
            Some(scores) => numbers(
                scores
                    .get(&head.name)
                    .filter(|own| own.is_object())
                    .unwrap_or(scores),
            )?,
            None => record
                .with_prefix("score:")
                .map(|(label, value)| number(label, value))
                .collect::<Result<_>>()
                .map(|scores: HashMap<String, f64>| (!scores.is_empty()).then_some(scores))?,
        };
        Ok(Row {
            answer,
            scores,
            probabilities: columns.probabilities,
        })
    }
}

fn numbers(object: &Value) -> Result<Option<HashMap<String, f64>>> {
    let Some(object) = object.as_object() else {
        return Ok(None);
    };
    object
        .iter()
        .map(|(label, value)| number(label, value))
        .collect::<Result<_>>()
        .map(Some)
}

fn number(label: &str, value: &Value) -> Result<(String, f64)> {
    let score = match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_f64(),
    };
    let score = score.filter(|score: &f64| score.is_finite());
    let score = score.ok_or_else(|| {
        Error::data(format!(
            "the score of `{label}` is {value}, expected a number"
        ))
    })?;
    Ok((label_form(label).into_owned(), score))
}
