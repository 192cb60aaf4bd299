//! Results as JSON values.
//!
//! Scores are written with as many digits as it takes to read the same number back.

mod abstention;
mod agreement;
mod evaluation;
mod explanation;
mod predictions;

pub use abstention::{add_abstention, add_answers};
pub use agreement::agreement;
pub use evaluation::{add_learnt, evaluation};
pub use explanation::ExplanationRow;
pub use predictions::predictions;
mod check;

pub use check::check;

use crate::corpus::HeadKind;
use crate::model::{Change, Explanation, HeadChange, HeadScores, Model, Scores, Term};
use serde_json::{Map, Value, json};

/// Writes counts as integers where they are whole, as they are without sample weights.
pub fn whole_counts(value: &mut Value) {
    const COUNTS: [&str; 9] = [
        "support",
        "predicted",
        "true_positive",
        "false_positive",
        "true_negative",
        "false_negative",
        "weight",
        "learnt",
        "confusion_matrix",
    ];
    match value {
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| match value {
            _ if COUNTS.contains(&name.as_str()) => whole(value),
            Value::Object(_) | Value::Array(_) => whole_counts(value),
            _ => {}
        }),
        Value::Array(elements) => elements.iter_mut().for_each(whole_counts),
        _ => {}
    }
}

/// Numbers anywhere in a value as integers, where they are whole and below 2⁵³.
fn whole(value: &mut Value) {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Object(fields) => fields.values_mut().for_each(whole),
        Value::Array(elements) => elements.iter_mut().for_each(whole),
        Value::Number(number) => {
            let exact = number
                .as_f64()
                .filter(|number| number.fract() == 0.0 && number.abs() < EXACT);
            if let Some(exact) = exact {
                *number = (exact as i64).into();
            }
        }
        _ => {}
    }
}

/// A model by which a result can be traced: `{"name":…,"version":…,"hash":…}`, with the program and version that trained it
/// and the XXH3-64 of its file.
pub fn model(model: &Model) -> Value {
    json!({"name": model.metadata().name, "version": model.metadata().written_by, "hash": model.hash()})
}

/// One scored article: `{"id":…,"heads":{NAME:{"label":…,"scores":{…},"probabilities":…}},"known_terms":…,"model":…}`, with
/// `"labels":[…]` in place of `"label"` for independent heads; `"probabilities"` says whether scores are probabilities, and
/// `model` is that of [`model`].
///
/// `top` keeps the scores of so many labels of each head, those of greatest score, and of all that are predicted.
pub fn score_row(id: &str, model: &Value, scores: &Scores<'_>, top: Option<usize>) -> Value {
    let heads: Map<String, Value> = scores
        .heads
        .iter()
        .map(|head| (head.metadata.name.clone(), head_scores(head, top)))
        .collect();
    json!({"id": id, "heads": heads, "known_terms": scores.known_terms, "model": model})
}

fn head_scores(head: &HeadScores<'_>, top: Option<usize>) -> Value {
    let shown = head.ranked(top.unwrap_or(usize::MAX));
    let scores: Map<String, Value> = shown
        .into_iter()
        .map(|label| {
            (
                head.metadata.labels[label].clone(),
                head.scores[label].into(),
            )
        })
        .collect();
    let mut of_head = match head.metadata.kind {
        HeadKind::Exclusive => json!({"label": head.label(), "scores": scores}),
        HeadKind::Independent => json!({"labels": head.labels(), "scores": scores}),
    };
    of_head["probabilities"] = head.metadata.scores_are_probabilities().into();
    of_head
}

/// Adds to a [`score_row`] the `most` terms that speak most strongly for each predicted label:
/// `"reasons":{LABEL:[{"term":…,"shown":…,"contribution":…}]}` in each head, `shown` being the term as
/// the text first writes it.
pub fn add_reasons(row: &mut Value, explanation: &Explanation<'_>, most: usize) {
    for (index, head) in explanation.heads.iter().enumerate() {
        let reasons: Map<String, Value> = head
            .predicted()
            .into_iter()
            .map(|label| {
                let terms = explanation.strongest_for(index, label, most);
                let places = explanation.places(terms.iter().map(|(term, _)| *term));
                let term = |(term, contribution): (Term, f64)| {
                    let shown = explanation.shown(term, &places);
                    json!({"term": explanation.name(term), "shown": shown, "contribution": contribution})
                };
                (head.metadata.labels[label].clone(), terms.into_iter().map(term).collect())
            })
            .collect();
        row["heads"][head.metadata.name.as_str()]["reasons"] = reasons.into();
    }
}

/// What a new model changed: `{"model":…,"documents":…,"heads":{NAME:{"changed_documents":…,
/// "f1":{LABEL:{"before":…,"after":…}},"before":{…},"after":{…}}}}` with the metrics of [`evaluation`] before, null for a new head, and after.
pub fn changes(model: &Value, documents: usize, heads: &[HeadChange]) -> Value {
    let head = |head: &HeadChange| {
        let before = head.before.as_ref().map(|before| before.metrics.to_json());
        let f1 =
            |(label, before, after): Change| (label, json!({"before": before, "after": after}));
        let f1: Map<String, Value> = head.labels().into_iter().map(f1).collect();
        let change = json!({
            "changed_documents": head.changed,
            "f1": f1,
            "before": before,
            "after": head.after.metrics.to_json(),
        });
        (head.after.name.clone(), change)
    };
    let heads: Map<String, Value> = heads.iter().map(head).collect();
    let mut changes = json!({"model": model, "documents": documents, "heads": heads});
    whole_counts(&mut changes);
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_integers_where_they_are_whole() {
        let mut value =
            json!({"a": {"support": 3.0, "f1": 1.0}, "confusion_matrix": {"rows": [[2.0, 0.5]]}});
        whole_counts(&mut value);
        assert_eq!(
            value.to_string(),
            r#"{"a":{"support":3,"f1":1.0},"confusion_matrix":{"rows":[[2,0.5]]}}"#
        );
    }
}
