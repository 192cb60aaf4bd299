//! Truth, answers and scores of documents as JSON lines.

use crate::corpus::Corpus;
use crate::evaluate::numbers;
use crate::evaluate::{Outcomes, Predictions};
use crate::model::HeadPredictions;
use serde_json::{Map, Value, json};

/// One line a document: `{"id":…,"heads":{NAME:{"truth":…,"label":…,"scores":{…}}}}`, and for independent heads
/// `"truth":[…],"labels":[…]`, with the labels of unknown truth in `"unknown":[…]` where there are any.
///
/// `"probabilities"` says whether the scores are probabilities; `"weight"` is there where documents have
/// weights, and `"group"` where they have groups. A head that the document does not answer is left out.
pub fn predictions<'a>(
    corpus: &'a Corpus,
    heads: &'a [HeadPredictions],
) -> impl Iterator<Item = Value> + 'a {
    let mut next = vec![0; heads.len()];
    (0..corpus.len()).map(move |document| {
        let mut row = json!({"id": corpus.id_value(document), "heads": {}});
        for (head, next) in heads.iter().zip(&mut next) {
            if head.documents.get(*next) == Some(&document) {
                row["heads"][head.name.as_str()] = answer(&head.predictions, *next);
                if let Some(groups) = &head.predictions.groups {
                    row["group"] = groups[*next].into();
                }
                *next += 1;
            }
        }
        if let Some(weights) = &corpus.weights {
            // A whole weight is an integer, and a fraction keeps the digits that it was given with.
            let weight = weights[document];
            row["weight"] = if weight.fract() == 0.0 {
                numbers::count(weight.into())
            } else {
                weight.into()
            };
        }
        row
    })
}

fn answer(predictions: &Predictions, row: usize) -> Value {
    let labels = predictions.labels.len();
    let names = |holds: &dyn Fn(usize) -> bool| -> Vec<&str> {
        let held = (0..labels).filter(|&label| holds(label));
        held.map(|label| predictions.labels[label].as_str())
            .collect()
    };
    let mut fields = match &predictions.outcomes {
        Outcomes::Exclusive { truth, predicted } => json!({
            "truth": predictions.labels[truth[row] as usize],
            "label": predictions.labels[predicted[row] as usize],
        }),
        Outcomes::Independent { .. } => json!({
            "truth": names(&|label| predictions.truth(row, label) == Some(true)),
            "labels": names(&|label| predictions.predicted(row, label)),
        }),
    };
    let unknown = names(&|label| predictions.truth(row, label).is_none());
    if !unknown.is_empty() {
        fields["unknown"] = json!(unknown);
    }
    if let Some(table) = &predictions.scores {
        let values = &table.values[row * labels..(row + 1) * labels];
        let named = predictions.labels.iter().zip(values);
        fields["scores"] = named
            .map(|(name, score)| (name.clone(), json!(score)))
            .collect::<Map<_, _>>()
            .into();
        fields["probabilities"] = table.probabilities.into();
    }
    fields
}
