//! The strategies by which articles are chosen for an answer.

use crate::corpus::HeadKind;
use crate::model::HeadScores;
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

/// Order in which articles are shown to be learnt from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum QueryStrategy {
    /// Smallest margin first: of an exclusive head that between the two best scores, of an
    /// independent one that of the label nearest to its threshold (Settles 2009, *Active Learning
    /// Literature Survey*, section 3.1).
    #[default]
    Margin,
    /// Greatest entropy of the scores first; they are scaled to a sum of 1 in an exclusive head.
    Entropy,
    /// Random order, the same in every process.
    Random,
}

impl QueryStrategy {
    /// All strategies.
    pub const ALL: [QueryStrategy; 3] = [
        QueryStrategy::Margin,
        QueryStrategy::Entropy,
        QueryStrategy::Random,
    ];

    /// Returns the name.
    pub fn name(self) -> &'static str {
        match self {
            QueryStrategy::Margin => "margin",
            QueryStrategy::Entropy => "entropy",
            QueryStrategy::Random => RANDOM_ORDER,
        }
    }

    /// Returns the uncertainty of a model about an article: those of greatest uncertainty are shown
    /// first. `text` is the hash of its text.
    pub fn uncertainty(self, scores: &HeadScores<'_>, text: u64) -> f64 {
        match self {
            QueryStrategy::Margin => -margin(scores),
            QueryStrategy::Entropy => entropy(scores),
            QueryStrategy::Random => unit(text, ORDER_SEED),
        }
    }
}

/// Name of the random order, whose articles are learnt from: another word than that of the test set.
const RANDOM_ORDER: &str = "shuffled";
/// Seed of the hash that shuffles articles; another one than that which draws the test set.
pub(super) const ORDER_SEED: u64 = 2;

/// Returns a number from 0 to below 1 that a hash of `text` gives.
pub(super) fn unit(text: u64, seed: u64) -> f64 {
    let hash = XxHash3_64::oneshot_with_seed(seed, &text.to_le_bytes());
    // 53 bits fill the mantissa.
    (hash >> 11) as f64 / (1u64 << 53) as f64
}

fn margin(scores: &HeadScores<'_>) -> f64 {
    let metadata = scores.metadata;
    match metadata.kind {
        HeadKind::Exclusive => {
            let ranked = scores.ranked(2);
            let value = |at: usize| ranked.get(at).map(|&label| scores.scores[label]);
            value(0)
                .zip(value(1))
                .map_or(f64::MAX, |(best, second)| best - second)
        }
        HeadKind::Independent => {
            let labels = scores.scores.iter().zip(&metadata.thresholds);
            let margins = labels.map(|(score, threshold)| (score - threshold).abs());
            margins.fold(f64::MAX, f64::min)
        }
    }
}

/// Returns the entropy in nats: of one answer in an exclusive head, the sum of those of all labels
/// in an independent one. Decision values are taken for log-odds.
fn entropy(scores: &HeadScores<'_>) -> f64 {
    let probability = |score: f64| match scores.metadata.scores_are_probabilities() {
        true => score.clamp(0.0, 1.0),
        false => 1.0 / (1.0 + (-score).exp()),
    };
    let probabilities: Vec<f64> = scores.scores.iter().map(|&s| probability(s)).collect();
    let term = |p: f64| if p > 0.0 { -p * p.ln() } else { 0.0 };
    match scores.metadata.kind {
        HeadKind::Exclusive => {
            let sum: f64 = probabilities.iter().sum();
            probabilities
                .iter()
                .map(|p| term(p / sum.max(f64::MIN_POSITIVE)))
                .sum()
        }
        HeadKind::Independent => probabilities.iter().map(|&p| term(p) + term(1.0 - p)).sum(),
    }
}
