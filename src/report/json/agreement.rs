//! Agreement of annotators as JSON.

use crate::evaluate::{Agreement, Estimate};
use serde_json::{Map, Value, json};

/// `{"documents":…,"answers":…,"alpha":…,"interval":[…],"labels":{NAME:{"answers":…,"alpha":…,"interval":[…]}}}`, and where answers are sets
/// `"sets":{"jaccard":{"alpha":…,"interval":[…]},"masi":{…}}`; alpha is null where it is not defined, and then, or where nothing was drawn, there is
/// no interval.
pub fn agreement(agreement: &Agreement) -> Value {
    let labels: Map<String, Value> = agreement
        .labels
        .iter()
        .map(|label| {
            (
                label.label.clone(),
                with_alpha(json!({"answers": label.answers}), label.alpha),
            )
        })
        .collect();
    let fields = json!({"documents": agreement.documents, "answers": agreement.answers});
    let mut fields = with_alpha(fields, agreement.alpha);
    if let Some(sets) = agreement.sets {
        let [jaccard, masi] = [sets.jaccard, sets.masi].map(|alpha| with_alpha(json!({}), alpha));
        fields["sets"] = json!({"jaccard": jaccard, "masi": masi});
    }
    fields["labels"] = labels.into();
    fields
}

fn with_alpha(mut fields: Value, alpha: Option<Estimate>) -> Value {
    fields["alpha"] = json!(alpha.map(|estimate| estimate.value));
    if let Some(interval) = alpha.and_then(|estimate| estimate.interval) {
        fields["interval"] = json!(interval);
    }
    fields
}
