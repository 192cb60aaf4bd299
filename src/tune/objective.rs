//! Objective of a search, on scores of unseen documents.

use crate::calibrate::{Link, max_f1};
use crate::corpus::{HeadKind, Targets};
use crate::evaluate::{Outcomes, Predictions};
use crate::linear::LinearModel;
use crate::math::matrix::ScoreMatrix;
use crate::{Error, Result, evaluate};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Metric that a search maximises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Objective {
    /// Mean of the labels' F1 (the default).
    #[default]
    MacroF1,
    /// F1 over all answers; for exclusive labels the accuracy.
    MicroF1,
    /// Mean of macro- and micro-F1.
    MeanF1,
}

impl FromStr for Objective {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "macro-f1" => Ok(Objective::MacroF1),
            "micro-f1" | "accuracy" => Ok(Objective::MicroF1),
            "mean-f1" => Ok(Objective::MeanF1),
            _ => Err(Error::usage(format!("unknown metric `{name}`"))
                .help("one of macro-f1, micro-f1, accuracy, mean-f1")),
        }
    }
}

impl Objective {
    /// Returns the name of the metric for a head of this kind.
    pub fn name(self, kind: HeadKind) -> &'static str {
        match (self, kind) {
            (Objective::MacroF1, _) => "macro-F1",
            (Objective::MicroF1, HeadKind::Exclusive) => "accuracy",
            (Objective::MicroF1, HeadKind::Independent) => "micro-F1",
            (Objective::MeanF1, _) => "mean of macro- and micro-F1",
        }
    }

    fn combine(self, macro_f1: f64, micro_f1: f64) -> f64 {
        match self {
            Objective::MacroF1 => macro_f1,
            Objective::MicroF1 => micro_f1,
            Objective::MeanF1 => 0.5 * (macro_f1 + micro_f1),
        }
    }

    /// Evaluates the metric on some documents, whose decision values lie documents by labels.
    /// Labels of independent heads hold above thresholds that are chosen on the other half of the
    /// documents.
    pub(super) fn evaluate(
        self,
        labels: &[String],
        targets: &Targets,
        decisions: &ScoreMatrix,
    ) -> Result<f64> {
        let predictions = predictions(labels, targets, decisions, None);
        let evaluated = match &predictions.outcomes {
            Outcomes::Exclusive { truth, predicted } => {
                evaluate::exclusive(labels, truth, predicted, None)
                    .map(|report| self.combine(report.macro_avg.f1, report.accuracy))
            }
            Outcomes::Independent { truth, predicted } => {
                evaluate::independent(labels, truth, predicted, None)
                    .map(|report| self.combine(report.macro_avg.f1, report.micro_avg.f1))
            }
        };
        evaluated.map_err(|e| Error::data(e.to_string()))
    }
}

/// Returns the predictions that decision values make for some documents, without those of unknown
/// label. Labels of independent heads hold above thresholds that are chosen on the other half.
pub(super) fn predictions(
    labels: &[String],
    targets: &Targets,
    decisions: &ScoreMatrix,
    weights: Option<Vec<f32>>,
) -> Predictions {
    let names = labels.to_vec();
    let (rows, predictions): (Vec<usize>, Predictions) = match targets {
        Targets::Exclusive { of, .. } => {
            let known = of.iter().enumerate();
            let known: Vec<(usize, u32)> =
                known.filter_map(|(row, of)| Some((row, (*of)?))).collect();
            let best = |&(row, _): &(usize, u32)| LinearModel::best(decisions.row(row)) as u32;
            let predicted = known.iter().map(best).collect();
            let (rows, truth) = known.into_iter().unzip();
            (rows, Predictions::exclusive(names, truth, predicted))
        }
        Targets::Independent { cells, .. } => {
            let predicted = by_halves(labels.len(), cells, decisions.values());
            let all = (0..targets.documents()).collect();
            (
                all,
                Predictions::independent(names, cells.clone(), predicted),
            )
        }
    };
    match weights {
        Some(weights) => {
            predictions.with_weights(rows.iter().map(|&row| f64::from(weights[row])).collect())
        }
        None => predictions,
    }
}

/// Predicts the labels of every second document by thresholds of the others.
fn by_halves(labels: usize, cells: &[Option<bool>], decisions: &[f64]) -> Vec<bool> {
    let mut holds = vec![false; cells.len()];
    let half = |cell: usize| cell / labels % 2;
    for label in 0..labels {
        for own in 0..2 {
            let of_label = || (label..cells.len()).step_by(labels);
            let others = of_label().filter(|&cell| half(cell) != own);
            let known: Vec<_> = others
                .filter_map(|cell| Some((decisions[cell], cells[cell]?, 1.0)))
                .collect();
            let threshold = if known.is_empty() {
                Link::Decision.threshold()
            } else {
                max_f1(&known)
            };
            for cell in of_label().filter(|&cell| half(cell) == own) {
                holds[cell] = decisions[cell] > threshold;
            }
        }
    }
    holds
}
