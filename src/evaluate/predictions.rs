//! Truth and answers of one head, from any tool.

use super::{EvaluateError, MAX_WEIGHT, Weights, check_labels, check_length};

/// Truth, predicted labels and scores of one head over the documents of a test set.
///
/// Plain data: fill the fields, or begin with [`exclusive`](Predictions::exclusive) or
/// [`independent`](Predictions::independent). Every function that takes it checks it first.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    /// The names of the labels; each once.
    pub labels: Vec<String>,
    /// Truth and predicted labels.
    pub outcomes: Outcomes,
    /// The score of every label, documents × labels, where there are scores.
    pub scores: Option<ScoreTable>,
    /// The weight of each document, from 0 to [`MAX_WEIGHT`]; 1 each where `None`.
    pub weights: Option<Vec<f64>>,
    /// The number of each document's group, such as its source. Documents of one group are no
    /// independent draws, so intervals and tests draw whole groups.
    pub groups: Option<Vec<u32>>,
}

/// Truth and predicted labels, by the kind of the head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcomes {
    /// One label a document, by number; documents of unknown truth are left out.
    Exclusive {
        /// The true label of each document.
        truth: Vec<u32>,
        /// The predicted label of each document.
        predicted: Vec<u32>,
    },
    /// Yes or no for each label: documents × labels, row by row.
    Independent {
        /// The true cells; `None` where unknown.
        truth: Vec<Option<bool>>,
        /// The predicted cells.
        predicted: Vec<bool>,
    },
}

/// Scores of every label and document: greater is surer.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ScoreTable {
    /// Documents × labels, row by row; finite.
    pub values: Vec<f64>,
    /// True of probabilities, from 0 to 1. Those of one document need not sum to 1.
    pub probabilities: bool,
}

impl Predictions {
    /// One true and one predicted label a document.
    pub fn exclusive(labels: Vec<String>, truth: Vec<u32>, predicted: Vec<u32>) -> Predictions {
        Predictions::new(labels, Outcomes::Exclusive { truth, predicted })
    }

    /// Yes, no or unknown for each document and label.
    pub fn independent(
        labels: Vec<String>,
        truth: Vec<Option<bool>>,
        predicted: Vec<bool>,
    ) -> Predictions {
        Predictions::new(labels, Outcomes::Independent { truth, predicted })
    }

    fn new(labels: Vec<String>, outcomes: Outcomes) -> Predictions {
        Predictions {
            labels,
            outcomes,
            scores: None,
            weights: None,
            groups: None,
        }
    }

    /// With scores of documents × labels.
    pub fn with_scores(mut self, values: Vec<f64>, probabilities: bool) -> Predictions {
        self.scores = Some(ScoreTable {
            values,
            probabilities,
        });
        self
    }

    /// With a weight for each document.
    pub fn with_weights(mut self, weights: Vec<f64>) -> Predictions {
        self.weights = Some(weights);
        self
    }

    /// With the number of each document's group.
    pub fn with_groups(mut self, groups: Vec<u32>) -> Predictions {
        self.groups = Some(groups);
        self
    }

    /// Returns the number of documents.
    pub fn documents(&self) -> usize {
        match &self.outcomes {
            Outcomes::Exclusive { truth, .. } => truth.len(),
            Outcomes::Independent { truth, .. } => truth.len() / self.labels.len().max(1),
        }
    }

    /// Tells if `label` is true of `row`; `None` if that is unknown.
    pub fn truth(&self, row: usize, label: usize) -> Option<bool> {
        match &self.outcomes {
            Outcomes::Exclusive { truth, .. } => Some(truth[row] as usize == label),
            Outcomes::Independent { truth, .. } => truth[row * self.labels.len() + label],
        }
    }

    /// Tells if `label` was predicted for `row`.
    pub fn predicted(&self, row: usize, label: usize) -> bool {
        match &self.outcomes {
            Outcomes::Exclusive { predicted, .. } => predicted[row] as usize == label,
            Outcomes::Independent { predicted, .. } => predicted[row * self.labels.len() + label],
        }
    }

    /// The weight of a document.
    pub fn weight(&self, row: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights[row])
    }

    /// True of a document that counts: its weight is above 0 and something is known of it.
    pub fn counts(&self, row: usize) -> bool {
        self.weight(row) > 0.0
            && (0..self.labels.len()).any(|label| self.truth(row, label).is_some())
    }

    /// Checks names, lengths and ranges, and gives the rows that count.
    ///
    /// # Errors
    /// Label names that are missing or repeated, lengths that differ, numbers without a label,
    /// weights or scores out of range, no document that counts.
    pub fn check(&self) -> Result<Vec<usize>, EvaluateError> {
        check_labels(&self.labels)?;
        self.check_answers()?;
        let documents = self.documents();
        Weights::new(self.weights.as_deref(), documents)?;
        if let Some(groups) = &self.groups {
            check_length("group numbers", groups.len(), documents)?;
        }
        if let Some(scores) = &self.scores {
            scores.check(documents, self.labels.len())?;
        }
        let rows: Vec<usize> = (0..documents).filter(|&row| self.counts(row)).collect();
        if rows.is_empty() {
            Err(EvaluateError::NoDocuments)
        } else {
            Ok(rows)
        }
    }

    fn check_answers(&self) -> Result<(), EvaluateError> {
        match &self.outcomes {
            Outcomes::Exclusive { truth, predicted } => {
                check_length("predictions", predicted.len(), truth.len())?;
                super::validate::check_indices("true", truth, self.labels.len())?;
                super::validate::check_indices("predicted", predicted, self.labels.len())
            }
            Outcomes::Independent { truth, predicted } => {
                super::validate::check_whole_documents(truth.len(), self.labels.len())?;
                check_length("predictions", predicted.len(), truth.len())
            }
        }
    }
}

impl ScoreTable {
    fn check(&self, documents: usize, labels: usize) -> Result<(), EvaluateError> {
        check_length("scores", self.values.len(), documents * labels)?;
        let range = if self.probabilities {
            0.0..=1.0
        } else {
            -MAX_WEIGHT..=MAX_WEIGHT
        };
        match self.values.iter().position(|score| !range.contains(score)) {
            None => Ok(()),
            Some(at) => Err(EvaluateError::InvalidScore {
                row: at / labels,
                label: at % labels,
                score: self.values[at],
                probability: self.probabilities,
            }),
        }
    }
}
