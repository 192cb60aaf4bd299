//! Targets of training and evaluation: one label, or several yes/no answers a document.

use crate::math::weights::SampleWeights;
use serde::{Deserialize, Serialize};

/// The kind of question that a head asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeadKind {
    /// Exactly one label holds, as with the topic.
    Exclusive,
    /// Each label holds or not, as with the stance.
    Independent,
}

/// The answers to one head for every document. Unknown answers are masked: they neither train
/// nor count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// The label's number, or `None` where unknown.
    Exclusive {
        /// The number of labels.
        labels: usize,
        /// One a document.
        of: Vec<Option<u32>>,
    },
    /// Yes, no or unknown for each label.
    Independent {
        /// The number of labels.
        labels: usize,
        /// Documents by labels, row by row.
        cells: Vec<Option<bool>>,
    },
}

impl Targets {
    /// Returns the number of labels.
    pub fn labels(&self) -> usize {
        match self {
            Targets::Exclusive { labels, .. } | Targets::Independent { labels, .. } => *labels,
        }
    }

    /// Returns the number of documents.
    pub fn documents(&self) -> usize {
        match self {
            Targets::Exclusive { of, .. } => of.len(),
            Targets::Independent { labels, cells } => cells.len() / (*labels).max(1),
        }
    }

    /// Returns the kind of the head.
    pub fn kind(&self) -> HeadKind {
        match self {
            Targets::Exclusive { .. } => HeadKind::Exclusive,
            Targets::Independent { .. } => HeadKind::Independent,
        }
    }

    /// Returns the labels that hold for a document, ascending.
    pub(crate) fn positives(&self, document: usize) -> impl Iterator<Item = usize> {
        let labels = match self {
            Targets::Exclusive { of, .. } => {
                of[document].map_or(0..0, |of| of as usize..of as usize + 1)
            }
            Targets::Independent { labels, .. } => 0..*labels,
        };
        labels.filter(move |&label| self.holds(document, label) == Some(true))
    }

    /// Tells whether `label` holds for `document`; `None` where unknown.
    pub fn holds(&self, document: usize, label: usize) -> Option<bool> {
        match self {
            Targets::Exclusive { of, .. } => of[document].map(|of| of as usize == label),
            Targets::Independent { labels, cells } => cells[document * labels + label],
        }
    }

    /// Returns the targets of the documents at `indices`, in that order; labels keep their numbers.
    ///
    /// # Panics
    /// If an index is not less than [`documents`](Self::documents).
    pub fn select(&self, indices: &[usize]) -> Targets {
        match self {
            Targets::Exclusive { labels, of } => Targets::Exclusive {
                labels: *labels,
                of: indices.iter().map(|&at| of[at]).collect(),
            },
            Targets::Independent { labels, cells } => {
                let row = |&at: &usize| cells[at * labels..(at + 1) * labels].iter().copied();
                Targets::Independent {
                    labels: *labels,
                    cells: indices.iter().flat_map(row).collect(),
                }
            }
        }
    }

    /// Appends the answers of other documents to the same labels.
    pub(crate) fn extend(&mut self, more: &Targets) {
        match (self, more) {
            (Targets::Exclusive { of, .. }, Targets::Exclusive { of: more, .. }) => of.extend(more),
            (Targets::Independent { cells, .. }, Targets::Independent { cells: more, .. }) => {
                cells.extend(more);
            }
            _ => debug_assert!(false, "the targets are of two kinds"),
        }
    }

    /// Makes those answers of a document unknown that are known of another document in `answers`,
    /// targets of the same labels.
    pub(crate) fn mask_answered(&mut self, document: usize, answers: &Targets, other: usize) {
        let labels = self.labels();
        match self {
            Targets::Exclusive { of, .. } => {
                if (0..labels).any(|label| answers.holds(other, label).is_some()) {
                    of[document] = None;
                }
            }
            Targets::Independent { cells, .. } => {
                for label in 0..labels {
                    if answers.holds(other, label).is_some() {
                        cells[document * labels + label] = None;
                    }
                }
            }
        }
    }

    #[cfg(feature = "linfa")]
    /// Returns the same targets among `labels` labels, of which those after the first ones never
    /// hold, or are unknown where independent.
    pub(crate) fn widened(&self, labels: usize) -> Targets {
        match self {
            Targets::Exclusive { of, .. } => Targets::Exclusive {
                labels,
                of: of.clone(),
            },
            Targets::Independent { labels: old, cells } => {
                let row = |row: &[Option<bool>]| {
                    let mut row = row.to_vec();
                    row.resize(labels, None);
                    row
                };
                Targets::Independent {
                    labels,
                    cells: cells.chunks_exact((*old).max(1)).flat_map(row).collect(),
                }
            }
        }
    }

    /// Returns the sum of weights of the documents for which each label holds and does not hold.
    pub fn support(&self, weights: Option<&[f32]>) -> Vec<[f64; 2]> {
        let weights = SampleWeights::from(weights);
        let mut support = vec![[0.0; 2]; self.labels()];
        match self {
            Targets::Exclusive { of, .. } => {
                let known = of
                    .iter()
                    .enumerate()
                    .filter_map(|(document, of)| Some((document, (*of)?)));
                known.for_each(|(document, of)| support[of as usize][0] += weights.of(document));
                let all: f64 = support.iter().map(|counts| counts[0]).sum();
                support
                    .iter_mut()
                    .for_each(|counts| counts[1] = all - counts[0]);
            }
            Targets::Independent { labels, cells } => {
                for (cell, holds) in cells.iter().enumerate() {
                    if let Some(holds) = holds {
                        support[cell % labels][usize::from(!holds)] += weights.of(cell / labels);
                    }
                }
            }
        }
        support
    }
}
