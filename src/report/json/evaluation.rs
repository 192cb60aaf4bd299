//! Metrics as JSON values.

use super::whole_counts;
use crate::evaluate::{Measurement, Measurements};
use crate::model::Evaluated;
use serde_json::{Map, Value, json};

/// An evaluation: `{"model":…,"documents":…,"heads":{NAME:{"accuracy":…,"macro_f1":…,…}}}`.
///
/// Every head and every label in `"labels"` has, beside its metrics, `"intervals"` with `[low, high]` of each
/// metric, if documents were drawn. A metric that is not defined, such as ROC-AUC of a label that is never
/// true, is null.
///
/// `model` is that of [`model`](super::model).
pub fn evaluation(model: &Value, documents: usize, heads: &[Evaluated]) -> Value {
    let heads: Map<String, Value> = heads
        .iter()
        .map(|evaluated| (evaluated.head.name.clone(), head(evaluated)))
        .collect();
    let mut evaluation = json!({"model": model, "documents": documents, "heads": heads});
    whole_counts(&mut evaluation);
    evaluation
}

/// Adds to an [`evaluation`] or to [`changes`](super::changes) how many documents have texts that the model learnt from, as
/// `"learnt_documents"`; null where the model keeps no fingerprints.
pub fn add_learnt(evaluation: &mut Value, learnt: Option<usize>) {
    evaluation["learnt_documents"] = json!(learnt);
}

fn head(evaluated: &Evaluated) -> Value {
    let Evaluated {
        head,
        measured,
        bootstrap,
        reliability,
    } = evaluated;
    let mut fields = head.metrics.to_json();
    fields["unanswered_documents"] = head.unanswered.into();
    add(&mut fields, measured, None);
    for (at, label) in measured.labels.iter().enumerate() {
        add(&mut fields["labels"][label.as_str()], measured, Some(at));
    }
    if !reliability.is_empty() {
        fields["reliability"] = json!(reliability);
    }
    if bootstrap.resamples > 0 {
        fields["bootstrap"] = json!(bootstrap);
        fields["bootstrap"]["drawn"] = measured.units.into();
    }
    fields
}

/// Adds the metrics that are not there, and the intervals of all.
fn add(fields: &mut Value, measured: &Measurements, label: Option<usize>) {
    let mut intervals = Map::new();
    for Measurement {
        metric, estimate, ..
    } in measured.of(label)
    {
        if fields[metric.name()].is_null() {
            fields[metric.name()] = json!(estimate.map(|estimate| estimate.value));
        }
        if let Some(interval) = estimate.and_then(|estimate| estimate.interval) {
            intervals.insert(metric.name().to_string(), json!(interval));
        }
    }
    if !intervals.is_empty() {
        fields["intervals"] = intervals.into();
    }
}
