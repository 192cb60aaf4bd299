//! From decision values to what a reader can use: scores with a meaning, and yes or no.
//!
//! A [`Link`] says how a classifier's decision values read. Independent labels hold where their
//! score is above a threshold, which [`max_f1`] chooses on scores of documents that were not learnt from.
//!
//! ```
//! use standpoint::calibrate::Link;
//! let mut scores = [0.0, 0.0];
//! Link::Softmax.apply(&mut scores);
//! assert_eq!(scores, [0.5, 0.5]);
//! assert_eq!(Link::Logistic.threshold(), 0.5);
//! ```

mod thresholds;

pub use thresholds::{Thresholds, max_f1};

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

    /// Whether scores are probabilities, from 0 to 1.
    pub fn is_probability(self) -> bool {
        self != Link::Decision
    }
}

/// `1 / (1 + exp(−x))`, without overflow.
pub(crate) fn sigmoid(x: f64) -> f64 {
    let small = (-x.abs()).exp();
    if x >= 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) }
}

/// `exp(x) / Σ exp(x)`, without overflow.
pub(crate) fn softmax(values: &mut [f64]) {
    let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    values.iter_mut().for_each(|value| *value = (*value - greatest).exp());
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
