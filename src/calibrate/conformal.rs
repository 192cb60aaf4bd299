//! Sets of answers that hold the true one as often as is asked: split-conformal prediction, label
//! by label.
//!
//! An answer is the less fitting, the greater its nonconformity: `max_{k≠y} d_k − d_y` for label
//! `y` of an exclusive head, `−d` for the yes of an independent label and `d` for its no. On
//! documents that were not learnt from, the nonconformity of the true answer is noted, apart for
//! each answer (Vovk, "Conditional Validity of Inductive Conformal Predictors", Machine Learning
//! 92, 2013). The set for a new text holds every answer whose nonconformity is at most the `⌈(n +
//! 1)(1 − α)⌉`-th least of the `n` noted for it (Papadopoulos, Proedrou, Vovk and Gammerman, ECML
//! 2002), and in any case the model's own answer.
//!
//! If the noted documents were not learnt from in any way and are exchangeable with the new one,
//! then of the documents whose true answer is `y` the set lacks `y` with probability at most `α`,
//! whatever the classifier and the distribution.

use crate::corpus::{HeadKind, Targets};
use serde::{Deserialize, Serialize};

/// Origin of the documents whose nonconformity is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Documents of a calibration set: the guarantee is exact.
    KeptApart,
    /// The documents that were learnt from, each scored by a model fitted without its fold. Nothing
    /// is guaranteed without assumptions, because the model that scores new texts is another one;
    /// nearly so where fitting without a fold changes decision values little (Barber, Candès,
    /// Ramdas and Tibshirani, "Predictive Inference with the Jackknife+", Annals of Statistics 49,
    /// 2021).
    OutOfFold,
}

/// Conformal predictor of a head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Conformal {
    /// Origin of the scores.
    pub origin: Origin,
    /// Nonconformity of each label's documents; for an independent head, of those where it holds.
    pub yes: Vec<Nonconformity>,
    /// Nonconformity of the documents where each label of an independent head does not hold; else
    /// empty.
    pub no: Vec<Nonconformity>,
}

/// The greatest nonconformity scores of some documents: all of the 100 greatest, and below them
/// every one whose rank is at most 2 % greater than that of the last, so that a set is at most 2 %
/// too careful in its `α`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Nonconformity {
    /// Number of documents.
    pub documents: u64,
    /// Kept scores, greatest first, rounded up.
    scores: Vec<f32>,
}

/// Returns the ranks from the top whose scores are kept.
fn ranks(documents: u64) -> impl Iterator<Item = u64> {
    let next =
        move |rank: &u64| Some((rank + 1).max(*rank + rank / 50)).filter(|&rank| rank <= documents);
    std::iter::successors((documents > 0).then_some(1), next)
}

impl Nonconformity {
    fn new(mut scores: Vec<f64>) -> Self {
        scores.sort_by(|a, b| b.total_cmp(a));
        let documents = scores.len() as u64;
        let kept = ranks(documents)
            .map(|rank| rounded_up(scores[rank as usize - 1]))
            .collect();
        Nonconformity {
            documents,
            scores: kept,
        }
    }

    /// Returns the greatest nonconformity that an answer in the set may have; infinite for fewer
    /// than `1/α − 1` documents.
    pub fn limit(&self, max_error: f64) -> f64 {
        let rank = (max_error * (self.documents as f64 + 1.0)).floor() as u64;
        let kept = ranks(self.documents)
            .take_while(|&kept| kept <= rank)
            .count();
        kept.checked_sub(1)
            .map_or(f64::INFINITY, |last| f64::from(self.scores[last]))
    }

    fn is_valid(&self) -> bool {
        let fits = ranks(self.documents).take(self.scores.len() + 1).count() == self.scores.len();
        fits && self.scores.iter().all(|score| score.is_finite())
            && self.scores.is_sorted_by(|a, b| a >= b)
    }
}

fn rounded_up(score: f64) -> f32 {
    let near = score.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32;
    if f64::from(near) < score {
        near.next_up().min(f32::MAX)
    } else {
        near
    }
}

/// Returns the nonconformity of a label of an exclusive head.
fn margin(decisions: &[f64], label: usize) -> f64 {
    let others = decisions
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != label);
    others.fold(f64::NEG_INFINITY, |most, (_, &d)| most.max(d)) - decisions[label]
}

/// Answer to an independent label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The label holds.
    Yes,
    /// The label does not hold.
    No,
    /// Undecided: both answers are in the set.
    Undecided,
}

impl Conformal {
    /// Notes the nonconformity of documents whose decision values lie documents by labels. Every
    /// document counts once, whatever its weight.
    pub fn fit(origin: Origin, decisions: &[f64], targets: &Targets) -> Self {
        let labels = targets.labels();
        let (mut yes, mut no) = (vec![Vec::new(); labels], vec![Vec::new(); labels]);
        for (document, row) in decisions.chunks(labels.max(1)).enumerate() {
            for label in 0..labels {
                match (targets.kind(), targets.holds(document, label)) {
                    (HeadKind::Exclusive, Some(true)) => yes[label].push(margin(row, label)),
                    (HeadKind::Independent, Some(true)) => yes[label].push(-row[label]),
                    (HeadKind::Independent, Some(false)) => no[label].push(row[label]),
                    _ => {}
                }
            }
        }
        no.truncate(if targets.kind() == HeadKind::Exclusive {
            0
        } else {
            labels
        });
        let noted = |all: Vec<Vec<f64>>| all.into_iter().map(Nonconformity::new).collect();
        Conformal {
            origin,
            yes: noted(yes),
            no: noted(no),
        }
    }

    /// The labels of an exclusive head that may be true, in their order, `best` among them.
    pub fn set(&self, decisions: &[f64], best: usize, max_error: f64) -> Vec<usize> {
        let inside = |&label: &usize| {
            label == best || margin(decisions, label) <= self.yes[label].limit(max_error)
        };
        (0..decisions.len()).filter(inside).collect()
    }

    /// Returns the answer to a label of an independent head, of which the model's threshold says
    /// `holds`.
    pub fn verdict(&self, label: usize, decision: f64, holds: bool, max_error: f64) -> Verdict {
        let yes = holds || -decision <= self.yes[label].limit(max_error);
        let no = !holds || decision <= self.no[label].limit(max_error);
        match (yes, no) {
            (true, true) => Verdict::Undecided,
            (true, false) => Verdict::Yes,
            _ => Verdict::No,
        }
    }

    pub(crate) fn is_valid(&self, kind: HeadKind, labels: usize) -> bool {
        let no = if kind == HeadKind::Exclusive {
            0
        } else {
            labels
        };
        (self.yes.len(), self.no.len()) == (labels, no)
            && self.yes.iter().chain(&self.no).all(Nonconformity::is_valid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranks_are_all_of_the_greatest_and_few_of_the_rest() {
        assert_eq!(ranks(0).count(), 0);
        assert_eq!(ranks(60).count(), 60);
        assert!(ranks(1_000_000).count() < 700);
        let kept: Vec<u64> = ranks(100_000).collect();
        assert!(
            kept.windows(2)
                .all(|pair| pair[1] - pair[0] == 1 || (pair[1] as f64) <= 1.02 * pair[0] as f64)
        );
    }

    #[test]
    fn too_few_documents_exclude_nothing() {
        let few = Nonconformity::new(vec![0.3; 18]);
        assert_eq!(few.limit(0.05), f64::INFINITY);
        assert!(Nonconformity::new(vec![0.3; 19]).limit(0.05) >= 0.3);
        assert_eq!(Nonconformity::default().limit(0.5), f64::INFINITY);
    }

    proptest! {
        #[test]
        fn the_limit_is_the_exact_one_or_a_little_greater(
            scores in prop::collection::vec(-1e3..1e3f64, 1..400), max_error in 0.01..0.9f64,
        ) {
            let n = scores.len() as f64;
            let mut sorted = scores.clone();
            sorted.sort_by(f64::total_cmp);
            let rank = ((n + 1.0) * (1.0 - max_error)).ceil() as usize;
            let exact = sorted.get(rank - 1).copied().unwrap_or(f64::INFINITY);
            let higher = ((n + 1.0) * (1.0 - max_error / 1.02)).ceil() as usize;
            let careful = sorted.get(higher).copied().unwrap_or(f64::INFINITY);
            let noted = Nonconformity::new(scores);
            prop_assert!(noted.is_valid());
            let limit = noted.limit(max_error);
            prop_assert!(limit >= exact && limit <= careful.max(exact) + 1e-3 , "{exact} {limit} {careful}");
        }
    }
}
