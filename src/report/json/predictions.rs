//! Truth, predictions and scores of documents.

use super::Entries;
use crate::corpus::{Corpus, DocumentId};
use crate::evaluate::numbers::serialize_count;
use crate::evaluate::{Outcomes, Predictions};
use crate::model::HeadPredictions;
use serde::{Serialize, Serializer};

/// The predictions for one document:
/// `{"id":…,"heads":{NAME:{"truth":…,"label":…,"scores":{…},"probabilities":…}}}`, and for
/// independent heads `"truth":[…],"labels":[…]`, with the labels of unknown truth in
/// `"unknown":[…]` where there are any.
#[derive(Debug, Clone, Serialize)]
pub struct PredictionRow<'a> {
    id: DocumentId<'a>,
    /// The heads that the document has a label of.
    heads: Entries<&'a str, HeadRow<'a>>,
    /// The number of the group, where documents have groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<u32>,
    /// The sample weight, where documents have weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<SampleWeight>,
}

#[derive(Debug, Clone, Serialize)]
struct HeadRow<'a> {
    #[serde(flatten)]
    outcome: OutcomeRow<'a>,
    /// The labels of unknown truth.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<&'a str>,
    #[serde(flatten)]
    scores: Option<ScoresRow<'a>>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum OutcomeRow<'a> {
    Exclusive {
        truth: &'a str,
        label: &'a str,
    },
    Independent {
        truth: Vec<&'a str>,
        labels: Vec<&'a str>,
    },
}

#[derive(Debug, Clone, Serialize)]
struct ScoresRow<'a> {
    scores: Entries<&'a str, f64>,
    probabilities: bool,
}

/// A sample weight: an integer where it is whole, else with the digits that it was given with.
#[derive(Debug, Clone, Copy)]
struct SampleWeight(f32);

impl Serialize for SampleWeight {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 {
            serialize_count(&self.0.into(), serializer)
        } else {
            self.0.serialize(serializer)
        }
    }
}

/// Returns a row for each document of a corpus.
pub fn predictions<'a>(
    corpus: &'a Corpus,
    heads: &'a [HeadPredictions],
) -> impl Iterator<Item = PredictionRow<'a>> + 'a {
    let mut next = vec![0; heads.len()];
    (0..corpus.len()).map(move |document| {
        let mut row = PredictionRow {
            id: corpus.json_id(document),
            heads: Entries(Vec::new()),
            group: None,
            weight: corpus
                .weights
                .as_ref()
                .map(|weights| SampleWeight(weights[document])),
        };
        for (head, next) in heads.iter().zip(&mut next) {
            if head.documents.get(*next) == Some(&document) {
                let of_head = HeadRow::new(&head.predictions, *next);
                row.heads.0.push((head.name.as_str(), of_head));
                if let Some(groups) = &head.predictions.groups {
                    row.group = Some(groups[*next]);
                }
                *next += 1;
            }
        }
        row
    })
}

impl<'a> HeadRow<'a> {
    fn new(predictions: &'a Predictions, row: usize) -> Self {
        let width = predictions.labels.len();
        let names = |holds: &dyn Fn(usize) -> bool| -> Vec<&'a str> {
            let labels = (0..width).filter(|&label| holds(label));
            labels
                .map(|label| predictions.labels[label].as_str())
                .collect()
        };
        let outcome = match &predictions.outcomes {
            Outcomes::Exclusive { truth, predicted } => OutcomeRow::Exclusive {
                truth: &predictions.labels[truth[row] as usize],
                label: &predictions.labels[predicted[row] as usize],
            },
            Outcomes::Independent { .. } => OutcomeRow::Independent {
                truth: names(&|label| predictions.truth(row, label) == Some(true)),
                labels: names(&|label| predictions.predicted(row, label)),
            },
        };
        let scores = predictions.scores.as_ref().map(|table| {
            let values = &table.values[row * width..(row + 1) * width];
            let labels = predictions.labels.iter().map(String::as_str);
            ScoresRow {
                scores: labels.zip(values.iter().copied()).collect(),
                probabilities: table.probabilities,
            }
        });
        HeadRow {
            outcome,
            unknown: names(&|label| predictions.truth(row, label).is_none()),
            scores,
        }
    }
}
