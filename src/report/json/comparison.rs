//! Models beside each other: systems of a comparison, and an old model beside its successor.

use super::evaluation::metrics_row;
use super::{Entries, ModelRow};
use crate::evaluate::SplitReport;
use crate::evaluate::rows::MetricsRow;
use crate::model::HeadChange;
use serde::Serialize;

/// A comparison: `{"splits":[…]}`, each a [`SplitReport`].
#[derive(Debug, Clone, Serialize)]
pub struct ComparisonRow<'a> {
    /// The protocols, each with its heads, systems and gaps.
    pub splits: &'a [SplitReport],
}

/// The changes that a new model makes:
/// `{"model":…,"documents":…,"heads":{NAME:{"changed_documents":…,
/// "f1":{LABEL:{"before":…,"after":…}},"before":{…},"after":{…}}},"learnt_documents":…,"learnt_documents_before":…}`
/// with the metrics of an evaluation before, null for a new head, and after.
#[derive(Debug, Clone, Serialize)]
pub struct ChangesRow<'a> {
    model: &'a ModelRow,
    documents: usize,
    heads: Entries<&'a str, HeadRow<'a>>,
    learnt_documents: Option<usize>,
    learnt_documents_before: Option<usize>,
}

#[derive(Debug, Clone, Serialize)]
struct HeadRow<'a> {
    changed_documents: usize,
    f1: Entries<String, F1Row>,
    before: Option<MetricsRow<'a>>,
    after: MetricsRow<'a>,
}

#[derive(Debug, Clone, Serialize)]
struct F1Row {
    before: Option<f64>,
    after: f64,
}

impl<'a> ChangesRow<'a> {
    /// The row of a new model. `learnt` are the numbers of documents whose texts the old and the
    /// new model learnt from, where they keep fingerprints.
    pub fn new(
        model: &'a ModelRow,
        documents: usize,
        heads: &'a [HeadChange],
        learnt: [Option<usize>; 2],
    ) -> ChangesRow<'a> {
        let [learnt_documents_before, learnt_documents] = learnt;
        let heads = heads.iter();
        ChangesRow {
            model,
            documents,
            heads: heads
                .map(|head| (head.after.name.as_str(), HeadRow::new(head)))
                .collect(),
            learnt_documents,
            learnt_documents_before,
        }
    }
}

impl<'a> HeadRow<'a> {
    fn new(head: &'a HeadChange) -> Self {
        let f1 = head.labels().into_iter();
        let before = head.before.as_ref();
        HeadRow {
            changed_documents: head.changed,
            f1: f1
                .map(|(label, before, after)| (label, F1Row { before, after }))
                .collect(),
            before: before.map(|before| metrics_row(&before.metrics, None)),
            after: metrics_row(&head.after.metrics, None),
        }
    }
}
