//! McNemar's exact test.

use crate::evaluate::resample::special::{binomial_half, normal_quantile, root};
use crate::evaluate::{Outcomes, Predictions};
use serde::Serialize;
use std::collections::BTreeSet;

/// The level of a test by which `detectable` is told.
pub const TEST_LEVEL: f64 = 0.05;
/// The probability of finding what is there by which `detectable` is told.
pub const POWER: f64 = 0.8;

/// McNemar's test of two systems' right answers (McNemar 1947), exact and two-sided.
///
/// Of the documents that one system alone has right, each is a fair coin if the systems are equally
/// good: p = min(1, 2 P(X ≤ min(`only_first`, `only_second`))), X being binomial with ½. Documents
/// count once, whatever their weight or group. Of a head, an answer is right if all its labels are;
/// of a label, if its yes or no is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct McNemar {
    /// The number of the label; `None` for the head.
    pub label: Option<usize>,
    /// Documents whose answer is known.
    pub documents: usize,
    /// Documents that only the first system has right.
    pub only_first: usize,
    /// Documents that only the second system has right.
    pub only_second: usize,
    /// The two-sided p-value.
    pub p: f64,
    /// The smallest true difference in the share of right answers that so many documents show with
    /// power 0.8 at level 0.05, given the share ψ on which the systems disagree: the δ with z₀.₉₇₅
    /// √ψ + z₀.₈ √(ψ − δ²) = δ √n (Connor 1987, *Sample size for testing differences in proportions
    /// for the paired-sample design*, Biometrics 43(1)). `None` where not even a difference of ψ
    /// would do.
    pub detectable: Option<f64>,
}

impl McNemar {
    /// The test of counts.
    pub fn of_counts(documents: usize, only_first: usize, only_second: usize) -> McNemar {
        let (less, all) = (only_first.min(only_second), only_first + only_second);
        let p = (2.0 * binomial_half(less, all)).min(1.0);
        let detectable = detectable_share(documents, all);
        McNemar {
            label: None,
            documents,
            only_first,
            only_second,
            p,
            detectable,
        }
    }

    /// Returns the number of documents that show a true `difference` in the share of right answers
    /// with the power and level of [`detectable`](Self::detectable), given the share ψ on which the
    /// systems disagree here: the n of the same equation. `None` where they disagree on less than
    /// `difference`, which then cannot be there.
    pub fn documents_for(&self, difference: f64) -> Option<u64> {
        let disagreement = self.only_first + self.only_second;
        let share = disagreement as f64 / self.documents.max(1) as f64;
        if !(difference > 0.0 && difference <= share) {
            return None;
        }
        let [of_level, of_power] = critical_values();
        let spread = of_level * share.sqrt() + of_power * (share - difference * difference).sqrt();
        Some((spread / difference).powi(2).ceil() as u64)
    }

    /// First less second, as shares of right answers.
    pub fn difference(&self) -> f64 {
        (self.only_first as f64 - self.only_second as f64) / self.documents.max(1) as f64
    }
}

fn detectable_share(documents: usize, discordant: usize) -> Option<f64> {
    let n = documents as f64;
    let share = discordant as f64 / n;
    let [of_level, of_power] = critical_values();
    let excess = |d: f64| {
        of_level * share.sqrt() + of_power * (share - d * d).max(0.0).sqrt() - d * n.sqrt()
    };
    (discordant > 0 && excess(share) <= 0.0).then(|| root(0.0, share, excess))
}

pub(super) fn critical_values() -> [f64; 2] {
    [1.0 - TEST_LEVEL / 2.0, POWER].map(normal_quantile)
}

/// McNemar's test of the head, then of each label. Of an exclusive head only the labels of a
/// document, true or said, are looked at.
pub(super) fn mcnemar(first: &Predictions, second: &Predictions, rows: &[usize]) -> Vec<McNemar> {
    let mut counts = vec![[0usize; 3]; first.labels.len()];
    let mut head = [0usize; 3];
    for &row in rows {
        let mut right = [true; 2];
        for label in asked(first, second, row) {
            let Some(truth) = first.truth(row, label) else {
                continue;
            };
            let of_label = [first, second].map(|system| system.predicted(row, label) == truth);
            right = [0, 1].map(|system| right[system] && of_label[system]);
            count(&mut counts[label], of_label);
        }
        count(&mut head, right);
    }
    let is_exclusive = matches!(first.outcomes, Outcomes::Exclusive { .. });
    let test = |(label, [all, a, b]): (Option<usize>, [usize; 3])| {
        // Of the labels that were not looked at, both systems are right.
        let documents = if is_exclusive { rows.len() } else { all };
        McNemar {
            label,
            ..McNemar::of_counts(documents, a, b)
        }
    };
    let labels = counts
        .into_iter()
        .enumerate()
        .map(|(label, counts)| (Some(label), counts));
    std::iter::once((None, head))
        .chain(labels)
        .map(test)
        .collect()
}

/// The labels on which two answers to a document may differ.
fn asked(first: &Predictions, second: &Predictions, row: usize) -> Vec<usize> {
    match (&first.outcomes, &second.outcomes) {
        (
            Outcomes::Exclusive {
                truth,
                predicted: a,
            },
            Outcomes::Exclusive { predicted: b, .. },
        ) => {
            let labels: BTreeSet<usize> = [truth[row], a[row], b[row]]
                .map(|label| label as usize)
                .into();
            labels.into_iter().collect()
        }
        _ => (0..first.labels.len()).collect(),
    }
}

/// Counts all documents, and those that one system alone has right.
fn count(counts: &mut [usize; 3], right: [bool; 2]) {
    counts[0] += 1;
    counts[1] += usize::from(right[0] && !right[1]);
    counts[2] += usize::from(right[1] && !right[0]);
}
