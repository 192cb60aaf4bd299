//! Metrics of a model.

use super::{Entries, ModelRow};
use crate::evaluate::curves::ReliabilityBin;
use crate::evaluate::rows::{ExclusiveRow, IndependentRow, MeasuredRow, MetricsRow};
use crate::evaluate::{AbstentionReport, Bootstrap, Measurements};
use crate::model::{Evaluated, Metrics};
use serde::Serialize;

/// An evaluation:
/// `{"model":…,"documents":…,"heads":{NAME:{"accuracy":…,"macro_f1":…,…}},"learnt_documents":…}`.
///
/// Every head and every label in `"labels"` has, beside its metrics, `"intervals"` with `[low,
/// high]` of each metric, if documents were drawn. A metric that is not defined, such as ROC-AUC of
/// a label that is never true, is null. `"learnt_documents"` is the number of documents whose texts
/// the model learnt from, null where it keeps no fingerprints.
#[derive(Debug, Clone, Serialize)]
pub struct EvaluationRow<'a> {
    model: &'a ModelRow,
    documents: usize,
    heads: Entries<&'a str, HeadRow<'a>>,
    learnt_documents: Option<usize>,
}

/// The evaluation of one head.
#[derive(Debug, Clone, Serialize)]
struct HeadRow<'a> {
    #[serde(flatten)]
    metrics: MetricsRow<'a>,
    unanswered_documents: usize,
    #[serde(flatten)]
    measured: MeasuredRow,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    reliability: &'a [ReliabilityBin],
    #[serde(skip_serializing_if = "Option::is_none")]
    bootstrap: Option<BootstrapRow<'a>>,
    /// The coverage of sets of answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    abstention: Option<&'a AbstentionReport>,
}

/// The resamples behind intervals.
#[derive(Debug, Clone, Serialize)]
struct BootstrapRow<'a> {
    #[serde(flatten)]
    bootstrap: &'a Bootstrap,
    /// The number of documents, or groups of them, that are drawn.
    drawn: usize,
}

impl<'a> EvaluationRow<'a> {
    /// The row of an evaluation.
    pub fn new(
        model: &'a ModelRow,
        documents: usize,
        heads: &'a [Evaluated],
        learnt_documents: Option<usize>,
    ) -> EvaluationRow<'a> {
        let heads = heads.iter();
        EvaluationRow {
            model,
            documents,
            heads: heads
                .map(|evaluated| (evaluated.head.name.as_str(), HeadRow::new(evaluated)))
                .collect(),
            learnt_documents,
        }
    }

    /// Adds the coverage of the sets of answers of heads, by their names, as `"abstention"`.
    pub fn with_abstention(mut self, reports: &'a [(&str, AbstentionReport)]) -> Self {
        for (name, report) in reports {
            let row = self.heads.0.iter_mut().find(|(head, _)| head == name);
            if let Some((_, row)) = row {
                row.abstention = Some(report);
            }
        }
        self
    }
}

impl<'a> HeadRow<'a> {
    fn new(evaluated: &'a Evaluated) -> Self {
        let Evaluated {
            head,
            measured,
            bootstrap,
            reliability,
        } = evaluated;
        HeadRow {
            metrics: metrics_row(&head.metrics, Some(measured)),
            unanswered_documents: head.unanswered,
            measured: MeasuredRow::new(measured, None),
            reliability,
            bootstrap: (bootstrap.resamples > 0).then_some(BootstrapRow {
                bootstrap,
                drawn: measured.units,
            }),
            abstention: None,
        }
    }
}

/// Returns the row of metrics, with those of labels that were measured with intervals.
pub(super) fn metrics_row<'a>(
    metrics: &'a Metrics,
    measured: Option<&Measurements>,
) -> MetricsRow<'a> {
    match metrics {
        Metrics::Exclusive(report) => MetricsRow::Exclusive(ExclusiveRow::new(report, measured)),
        Metrics::Independent(report) => {
            MetricsRow::Independent(IndependentRow::new(report, measured))
        }
    }
}
