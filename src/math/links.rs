//! Link functions: decision values in, scores out.

use serde::{Deserialize, Serialize};

/// Link function from the decision values of a head to its scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Link {
    /// Identity: a score is the decision value, any number. An independent label holds above 0.
    Decision,
    /// Logistic function `1 / (1 + exp(−d))` of each decision value. An independent label holds
    /// above 0.5.
    Logistic,
    /// Softmax over the labels: probabilities that sum to 1.
    Softmax,
}

impl Link {
    /// Replaces the decision values of one document and head by scores.
    pub fn apply(self, decisions: &mut [f64]) {
        match self {
            Link::Decision => {}
            Link::Logistic => decisions.iter_mut().for_each(|d| *d = sigmoid(*d)),
            Link::Softmax => softmax(decisions),
        }
    }

    /// Returns the score above which an independent label holds.
    pub fn threshold(self) -> f64 {
        match self {
            Link::Decision => 0.0,
            Link::Logistic | Link::Softmax => 0.5,
        }
    }

    /// Returns the decision value of the score of one label: the inverse of
    /// [`apply`](Self::apply), except for [`Softmax`](Self::Softmax), where a score depends on all
    /// labels.
    pub(crate) fn decision(self, score: f64) -> f64 {
        match self {
            Link::Decision => score,
            Link::Logistic | Link::Softmax => {
                let score = score.clamp(0.0, 1.0);
                // Scores of 0 and 1 have infinite logits, which JSON cannot hold.
                (score / (1.0 - score)).ln().clamp(-1e300, 1e300)
            }
        }
    }

    /// Returns true where scores are probabilities, from 0 to 1.
    pub(crate) fn is_probability(self) -> bool {
        self != Link::Decision
    }
}

/// Returns `1 / (1 + exp(−x))` without overflow.
pub(crate) fn sigmoid(x: f64) -> f64 {
    let small = (-x.abs()).exp();
    if x >= 0.0 {
        1.0 / (1.0 + small)
    } else {
        small / (1.0 + small)
    }
}

/// Replaces values by `exp(x) / Σ exp(x)` without overflow.
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
