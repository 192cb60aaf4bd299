//! Scoring: text to label scores, all heads in one pass over the text.

use super::{HeadMetadata, Model, Scorers, TakenScorer};
use crate::calibrate::least_cost;
use crate::corpus::HeadKind;
use crate::features::{DocumentFrequencies, Scratch};
use crate::linear::DenseRows;
use crate::text::TextInput;
use rayon::prelude::*;

/// Scorer of texts, which reuses its memory; one for each thread.
#[derive(Debug)]
pub struct Scorer<'m> {
    pub(super) model: &'m Model,
    /// Dense weights of every head.
    dense_rows: Vec<DenseRows<'m>>,
    pub(super) scratch: Scratch,
}

/// Scores of one text.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Scores<'m> {
    /// Scores of each head, in the model's order.
    pub heads: Vec<HeadScores<'m>>,
    /// Number of different terms of the text that the model knows; 0 leaves only the biases.
    pub known_terms: usize,
    /// Number of words of the text.
    pub words: usize,
    /// Number of these words that the model knows; `None` if its terms are not single words.
    pub known_words: Option<usize>,
}

impl Scores<'_> {
    /// Returns the share of the text's words that the model knows, from 0 to 1; `None` for a text
    /// without words, and for a model whose terms are not single words.
    pub fn known_share(&self) -> Option<f64> {
        share(self.known_words?, self.words)
    }
}

fn share(known: usize, words: usize) -> Option<f64> {
    (words > 0).then(|| known as f64 / words as f64)
}

impl Model {
    /// Scores texts on all threads, in their order.
    ///
    /// ```
    /// use standpoint::Model;
    /// let model = Model::embedded()?;
    /// let scores = model.score_texts(&["Shelling resumed at dawn", "A late goal in the final"]);
    /// assert_eq!(scores[1].heads[0].label(), Some("sport"));
    /// # Ok::<(), standpoint::Error>(())
    /// ```
    pub fn score_texts(&self, texts: &[&str]) -> Vec<Scores<'_>> {
        self.map_scores(texts, |scores| scores)
    }

    /// Scores texts on all threads and returns what `each` makes of the scores, in their order.
    pub fn map_scores<'m, T: Send>(
        &'m self,
        texts: &[&str],
        each: impl Fn(Scores<'m>) -> T + Sync,
    ) -> Vec<T> {
        let scorers = Scorers::new(self);
        let score = |scorer: &mut TakenScorer<'_, 'm>, text: &&str| each(scorer.score(text));
        let texts = texts.par_iter();
        texts.map_init(|| scorers.take(), score).collect()
    }
}

/// Scores of one text for one head.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HeadScores<'m> {
    /// Metadata of the head.
    pub metadata: &'m HeadMetadata,
    /// Decision value of each label.
    pub decisions: Vec<f64>,
    /// Score of each label: a calibrated probability where the head is calibrated, else a
    /// probability or the decision value by the head's link. Every prediction follows from these
    /// numbers.
    pub scores: Vec<f64>,
}

impl<'m> Scorer<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Self::with_scratch(model, Scratch::default())
    }

    /// Creates a scorer that uses the memory of an earlier one of this model.
    pub(super) fn with_scratch(model: &'m Model, scratch: Scratch) -> Self {
        let heads = model.heads().iter();
        Scorer {
            model,
            dense_rows: heads.map(|head| head.linear.dense_rows()).collect(),
            scratch,
        }
    }

    /// Scores one text.
    pub fn score(&mut self, text: &str) -> Scores<'m> {
        self.score_document(text.into())
    }

    /// Scores one text, or one whose words are known.
    pub(crate) fn score_document(&mut self, document: TextInput<'_>) -> Scores<'m> {
        let heads = self.model.heads();
        let dense_rows = &self.dense_rows;
        let fetch = |column: u32| {
            let heads = dense_rows.iter();
            heads.for_each(|head| head.prefetch(column as usize));
        };
        let row = self
            .model
            .0
            .tfidf
            .unsorted_row(document, &mut self.scratch, fetch);
        let score = |head: &'m super::ModelHead| {
            let mut decisions = Vec::with_capacity(head.linear.labels());
            head.linear.decide(row, &mut decisions);
            HeadScores::new(&head.metadata, decisions)
        };
        let (heads, known_terms) = (heads.iter().map(score).collect(), row.columns.len());
        let tfidf = &self.model.0.tfidf;
        Scores {
            heads,
            known_terms,
            words: self.scratch.words_of_text(),
            known_words: tfidf.known_words(&self.scratch, |_| true),
        }
    }

    /// Returns the share of the words of the text scored last that the model would know if it had
    /// not learnt from this text.
    pub(crate) fn known_share_without(&self, frequencies: &DocumentFrequencies) -> Option<f64> {
        let holds = |column| frequencies.is_held_without_one(column);
        let known = self.model.0.tfidf.known_words(&self.scratch, holds)?;
        share(known, self.scratch.words_of_text())
    }
}

impl<'m> HeadScores<'m> {
    pub(crate) fn new(metadata: &'m HeadMetadata, decisions: Vec<f64>) -> Self {
        let mut scores = decisions.clone();
        match &metadata.calibration {
            Some(calibration) => calibration.apply(metadata.kind, &mut scores),
            None => metadata.link.apply(&mut scores),
        }
        HeadScores {
            metadata,
            decisions,
            scores,
        }
    }

    /// The number of the predicted label of an exclusive head: the one of the greatest score, of
    /// equal ones that of the greatest decision value; of the least expected cost where costs are
    /// given.
    pub fn best(&self) -> usize {
        if let Some(costs) = &self.metadata.costs {
            return least_cost(&self.scores, costs);
        }
        let rank = |label: usize| (self.scores[label], self.decisions[label]);
        (1..self.scores.len()).fold(0, |best, label| {
            if rank(label) > rank(best) {
                label
            } else {
                best
            }
        })
    }

    /// Returns the predicted label of an exclusive head; `None` for an independent one.
    pub fn label(&self) -> Option<&'m str> {
        let exclusive = self.metadata.kind == HeadKind::Exclusive;
        exclusive.then(|| self.metadata.labels[self.best()].as_str())
    }

    /// Returns true if `label` is predicted: its score exceeds its threshold, or it is the best of
    /// an exclusive head.
    pub fn holds(&self, label: usize) -> bool {
        match self.metadata.kind {
            HeadKind::Exclusive => self.best() == label,
            HeadKind::Independent => self.scores[label] > self.metadata.thresholds[label],
        }
    }

    /// Returns the distance of the score of an independent label above its threshold.
    pub(super) fn above_threshold(&self, label: usize) -> f64 {
        self.scores[label] - self.metadata.thresholds[label]
    }

    /// Returns the predicted labels: one of an exclusive head, any number of an independent one.
    pub fn labels(&self) -> Vec<&'m str> {
        self.predicted()
            .into_iter()
            .map(|label| self.metadata.labels[label].as_str())
            .collect()
    }

    /// Returns the numbers of the predicted labels.
    pub fn predicted(&self) -> Vec<usize> {
        match self.metadata.kind {
            HeadKind::Exclusive => vec![self.best()],
            HeadKind::Independent => (0..self.scores.len())
                .filter(|&label| self.holds(label))
                .collect(),
        }
    }

    /// The numbers of the `most` labels of greatest score, and of all that are predicted, greatest
    /// first; equal ones in order.
    pub fn ranked(&self, most: usize) -> Vec<usize> {
        let mut labels: Vec<usize> = (0..self.scores.len()).collect();
        labels.sort_by(|&a, &b| self.scores[b].total_cmp(&self.scores[a]));
        let predicted = self.predicted();
        let mut rank = 0..;
        labels.retain(|label| {
            rank.next().is_some_and(|rank| rank < most) || predicted.contains(label)
        });
        labels
    }
}
