//! From decision values to what a reader can use: scores with a meaning, yes or no, and "undecided".
//!
//! A [`Link`] says how a classifier's decision values read. On decision values of documents that were not learnt from,
//!
//! - a [`Calibration`] turns them into probabilities, by [`Platt`]'s sigmoid, an [`Isotonic`] curve or a [`temperature`];
//! - [`ThresholdObjective`] say above which score a label of an independent head holds, for a stated goal, and [`CostMatrix`] which label of an exclusive
//!   head to answer;
//! - [`Conformal`] prediction tells which answers can be ruled out at a stated error.
//!
//! ```
//! use standpoint::calibrate::{Calibration, Link, Method};
//! use standpoint::corpus::{HeadKind, Targets};
//!
//! let mut scores = [0.0, 0.0];
//! Link::Softmax.apply(&mut scores);
//! assert_eq!(scores, [0.5, 0.5]);
//! assert_eq!(Link::Logistic.threshold(), 0.5);
//!
//! let cells = vec![Some(true), Some(false), Some(true), Some(false)];
//! let targets = Targets::Independent { labels: 1, cells };
//! let decisions = [0.9, -0.8, 0.4, -0.1];
//! let calibration = Calibration::fit(Method::Platt, &decisions, &targets, None);
//! let mut scores = [0.5];
//! calibration.iter().for_each(|calibration| calibration.apply(HeadKind::Independent, &mut scores));
//! assert!(scores[0] > 0.5 && scores[0] < 1.0);
//! ```

mod calibration;
mod conformal;
mod costs;
mod isotonic;
mod max_f1;
mod platt;
mod temperature;
mod thresholds;

pub use calibration::{Calibration, Method};
pub use conformal::{Conformal, Nonconformity, Origin, Verdict};
pub(crate) use costs::is_matrix;
pub use costs::{CostMatrix, LabelCosts, least_cost};
pub use isotonic::Isotonic;
pub use max_f1::max_f1;
pub use platt::Platt;
pub use temperature::temperature;
pub(crate) use thresholds::choose;
pub use thresholds::{ThresholdObjective, ThresholdSelection};

use crate::corpus::Targets;
use serde::{Deserialize, Serialize};

/// How decision values become scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Link {
    /// As they are: any number, greater is surer. An independent label holds above 0.
    Decision,
    /// Each a probability of its own: `1 / (1 + exp(−d))`. A label holds above 0.5.
    Logistic,
    /// Probabilities that sum to 1 over the labels.
    Softmax,
}

impl Link {
    /// Turns the decision values of one document and head into scores.
    pub fn apply(self, decisions: &mut [f64]) {
        match self {
            Link::Decision => {}
            Link::Logistic => decisions.iter_mut().for_each(|d| *d = sigmoid(*d)),
            Link::Softmax => softmax(decisions),
        }
    }

    /// The score above which an independent label holds.
    pub fn threshold(self) -> f64 {
        match self {
            Link::Decision => 0.0,
            Link::Logistic | Link::Softmax => 0.5,
        }
    }

    /// The decision value of a score that is one label's own: the inverse of [`apply`](Self::apply), but for
    /// [`Softmax`](Self::Softmax), whose scores hang on all labels.
    pub(crate) fn decision(self, score: f64) -> f64 {
        match self {
            Link::Decision => score,
            Link::Logistic | Link::Softmax => {
                let score = score.clamp(0.0, 1.0);
                (score / (1.0 - score)).ln().clamp(-1e300, 1e300)
            }
        }
    }

    /// Whether scores are probabilities, from 0 to 1.
    pub fn is_probability(self) -> bool {
        self != Link::Decision
    }
}

/// The weight of the documents that hold a label, and of those that do not.
fn weights(documents: &[(f64, bool, f64)]) -> (f64, f64) {
    let weight = |of: bool| {
        documents
            .iter()
            .filter(|document| document.1 == of)
            .map(|document| document.2)
            .sum()
    };
    (weight(true), weight(false))
}

/// Decision value, answer and weight of the documents whose answer for `label` is known, and of which the classifier had
/// learnt the label.
fn of_label(
    decisions: &[f64],
    targets: &Targets,
    weights: Option<&[f32]>,
    label: usize,
) -> Vec<(f64, bool, f64)> {
    let known = (0..targets.documents()).filter_map(|document| {
        let holds = targets.holds(document, label)?;
        let weight = weights.map_or(1.0, |weights| f64::from(weights[document]));
        let decision = decisions[document * targets.labels() + label];
        (decision > f64::NEG_INFINITY).then_some((decision, holds, weight))
    });
    known.collect()
}

/// `1 / (1 + exp(−x))`, without overflow.
pub(crate) fn sigmoid(x: f64) -> f64 {
    let small = (-x.abs()).exp();
    if x >= 0.0 {
        1.0 / (1.0 + small)
    } else {
        small / (1.0 + small)
    }
}

/// `exp(x) / Σ exp(x)`, without overflow.
pub(crate) fn softmax(values: &mut [f64]) {
    let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    values
        .iter_mut()
        .for_each(|value| *value = (*value - greatest).exp());
    let sum: f64 = values.iter().sum();
    values.iter_mut().for_each(|value| *value /= sum);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_decision_value_overflows() {
        let mut values = [1e4, -1e4, 0.0];
        softmax(&mut values);
        assert_eq!(values, [1.0, 0.0, 0.0]);
        assert_eq!((sigmoid(1e4), sigmoid(-1e4), sigmoid(0.0)), (1.0, 0.0, 0.5));
    }
}
