//! Evaluation of a model on a labelled corpus.

use super::{HeadMetadata, HeadScores, Model, ModelHead, Scorers, TakenScorer};
use crate::corpus::{Corpus, Head, HeadColumns, HeadKind, Schema, Targets};
use crate::evaluate::curves::{Binning, ReliabilityBin, reliability};
use crate::evaluate::{
    self, Bootstrap, CALIBRATION_BINS, EvaluateError, ExclusiveReport, IndependentReport,
    Measurements, Outcomes, Predictions, ScoreTable,
};
use crate::{Error, Result};
use rayon::prelude::*;

/// Metrics of one head.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct HeadEvaluation {
    /// The head's name.
    pub name: String,
    /// Number of documents without an answer to the head, which are not counted.
    pub unanswered: usize,
    /// Metrics over all others.
    pub metrics: Metrics,
}

/// Metrics of one head with their intervals.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Evaluated {
    /// Counts and metrics.
    pub head: HeadEvaluation,
    /// All metrics as figures.
    pub measured: Measurements,
    /// Bootstrap of the intervals.
    pub bootstrap: Bootstrap,
    /// The bins of the reliability diagram; none without probabilities.
    pub reliability: Vec<ReliabilityBin>,
}

impl Evaluated {
    /// Measures a model's answers to a head.
    ///
    /// # Errors
    /// A data error if nothing is labelled; an error for a level that is not between 0 and 1.
    pub fn new(head: &HeadPredictions, bootstrap: &Bootstrap) -> Result<Evaluated> {
        let failed =
            |e: EvaluateError| Error::data(e.to_string()).at(format_args!("head `{}`", head.name));
        let bins = Binning::EqualWidth(CALIBRATION_BINS);
        Ok(Evaluated {
            head: head.evaluate()?,
            measured: evaluate::measure(&head.predictions, bootstrap).map_err(failed)?,
            bootstrap: *bootstrap,
            reliability: reliability(&head.predictions, None, bins).map_err(failed)?,
        })
    }
}

/// Predictions of a model for one head beside the truth.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadPredictions {
    /// The head's name.
    pub name: String,
    /// The documents of the corpus that have an answer to the head; one a row of `predictions`.
    pub documents: Vec<usize>,
    /// Number of documents without an answer to the head, which are not counted.
    pub unanswered: usize,
    /// Truth, predicted labels and scores. A label that the model does not know has a score of 0.
    /// Of more than [`MAX_SCORES`] documents times labels there are no scores, which would fill the
    /// memory.
    pub predictions: Predictions,
}

/// Greatest number of scores of one head that are kept for metrics: half a gigabyte.
pub const MAX_SCORES: usize = 1 << 26;

/// Metrics by the kind of the head.
#[derive(Debug, Clone, PartialEq)]
pub enum Metrics {
    /// Of a head with exactly one label.
    Exclusive(ExclusiveReport),
    /// Of a head with any number of labels.
    Independent(IndependentReport),
}

impl Model {
    /// The labels of the heads of `schema`, which keep their numbers when a corpus is read for
    /// [`evaluate`](Self::evaluate).
    pub fn known_labels(&self, schema: &Schema) -> Vec<Vec<String>> {
        let labels = |head: &HeadColumns| {
            self.head(&head.name)
                .map_or(vec![], |(_, head)| head.metadata.labels.clone())
        };
        schema.heads.iter().map(labels).collect()
    }

    /// Scores every document and compares with its labels, for each head of the corpus. The
    /// corpus must have been read with [`known_labels`](Self::known_labels), so that labels have
    /// the model's numbers.
    ///
    /// # Errors
    /// A data error if the model has no such head, label numbers or the kind of a head
    /// differ, or nothing is labelled.
    pub fn evaluate(&self, corpus: &Corpus) -> Result<Vec<HeadEvaluation>> {
        self.predictions(corpus)?
            .iter()
            .map(HeadPredictions::evaluate)
            .collect()
    }

    /// Scores every document, for each head of the corpus, beside its labels, for
    /// [`evaluate::measure`] and the like. The corpus must have been read with
    /// [`known_labels`](Self::known_labels).
    ///
    /// # Errors
    /// A data error if the model has no such head, or label numbers or the kind of a head differ.
    pub fn predictions(&self, corpus: &Corpus) -> Result<Vec<HeadPredictions>> {
        let asked = corpus.heads.iter().map(|truth| {
            let (at, head) = self
                .head(&truth.name)
                .ok_or_else(|| self.no_head(&truth.name))?;
            if !truth.labels.starts_with(&head.metadata.labels) {
                return Err(Error::data(
                    "the corpus was not read with the labels of the model",
                ));
            }
            if truth.targets.kind() != head.metadata.kind {
                return Err(Error::data(format!(
                    "the model's head `{}` is of the other kind",
                    truth.name
                )));
            }
            Ok((at, head, truth))
        });
        let asked: Vec<_> = asked.collect::<Result<_>>()?;
        let heads: Vec<usize> = asked.iter().map(|(at, ..)| *at).collect();
        let predictions = self.predict_scores(corpus, &heads);
        let of_head = |(at, (_, head, truth)): (usize, &(usize, &ModelHead, &Head))| {
            let weights = corpus.weights.as_deref();
            HeadPredictions::new(head.metadata(), truth, weights, |document| {
                &predictions[document][at]
            })
        };
        Ok(asked.iter().enumerate().map(of_head).collect())
    }

    /// Returns the head of this name and its number.
    pub fn head(&self, name: &str) -> Option<(usize, &ModelHead)> {
        self.heads()
            .iter()
            .enumerate()
            .find(|(_, head)| head.metadata.name == name)
    }

    /// Returns the error for a head that the model does not have.
    pub fn no_head(&self, name: &str) -> Error {
        let heads: Vec<&str> = self
            .heads()
            .iter()
            .map(|head| head.metadata.name.as_str())
            .collect();
        Error::usage(format!("the model has no head `{name}`"))
            .help(format!("it has {}", heads.join(", ")))
    }

    /// Returns the numbers of the predicted labels, for each document and head.
    pub(super) fn predict(&self, corpus: &Corpus) -> Vec<Vec<Vec<usize>>> {
        let documents = (0..corpus.len()).into_par_iter();
        let predict = |scorer: &mut TakenScorer<'_, '_>, document: usize| {
            scorer
                .score_document(corpus.texts.document(document))
                .heads
                .iter()
                .map(HeadScores::predicted)
                .collect()
        };
        let scorers = Scorers::new(self);
        documents.map_init(|| scorers.take(), predict).collect()
    }

    /// Returns predicted labels and scores, for each document and each of `heads`.
    fn predict_scores(&self, corpus: &Corpus, heads: &[usize]) -> Vec<Vec<DocumentPrediction>> {
        let documents = (0..corpus.len()).into_par_iter();
        let keeps =
            |head: &HeadScores<'_>| corpus.len().saturating_mul(head.scores.len()) <= MAX_SCORES;
        let predict_scores = |scorer: &mut TakenScorer<'_, '_>, document: usize| {
            let scores = scorer.score_document(corpus.texts.document(document));
            let of_head = |&at: &usize| {
                let head = &scores.heads[at];
                DocumentPrediction::new(head, keeps(head))
            };
            heads.iter().map(of_head).collect()
        };
        let scorers = Scorers::new(self);
        documents
            .map_init(|| scorers.take(), predict_scores)
            .collect()
    }
}

/// Prediction of one document and head.
struct DocumentPrediction {
    predicted: Vec<usize>,
    scores: Vec<f64>,
}

impl DocumentPrediction {
    fn new(scores: &HeadScores<'_>, keeps_scores: bool) -> Self {
        DocumentPrediction {
            predicted: scores.predicted(),
            scores: match keeps_scores {
                true => scores.scores.clone(),
                false => vec![],
            },
        }
    }
}

impl HeadPredictions {
    /// Returns the predictions that follow from scores of all documents.
    pub(crate) fn of_scores(
        metadata: &HeadMetadata,
        truth: &Head,
        weights: Option<&[f32]>,
        scores: &[HeadScores<'_>],
    ) -> HeadPredictions {
        let keeps = scores.len().saturating_mul(truth.labels.len()) <= MAX_SCORES;
        let predictions: Vec<DocumentPrediction> = scores
            .iter()
            .map(|scores| DocumentPrediction::new(scores, keeps))
            .collect();
        HeadPredictions::new(metadata, truth, weights, |document| &predictions[document])
    }

    fn new<'a>(
        metadata: &HeadMetadata,
        truth: &Head,
        weights: Option<&[f32]>,
        prediction_of: impl Fn(usize) -> &'a DocumentPrediction,
    ) -> HeadPredictions {
        let labels = truth.labels.len();
        let all = truth.targets.documents();
        let documents: Vec<usize> = (0..all)
            .filter(|&document| {
                (0..labels).any(|label| truth.targets.holds(document, label).is_some())
            })
            .collect();
        let has_scores = documents
            .iter()
            .all(|&at| !prediction_of(at).scores.is_empty());
        let predictions = Predictions {
            labels: truth.labels.clone(),
            outcomes: outcomes(&truth.targets, &documents, &prediction_of),
            scores: has_scores.then(|| ScoreTable {
                values: documents
                    .iter()
                    .flat_map(|&at| padded(&prediction_of(at).scores, labels))
                    .collect(),
                probabilities: metadata.scores_are_probabilities(),
            }),
            weights: weights
                .map(|weights| documents.iter().map(|&at| f64::from(weights[at])).collect()),
            groups: None,
        };
        let unanswered = all - documents.len();
        HeadPredictions {
            name: truth.name.clone(),
            documents,
            unanswered,
            predictions,
        }
    }

    /// Sets the groups of documents, given one number for each document of the corpus.
    pub fn group_by(&mut self, groups: &[u32]) {
        self.predictions.groups = Some(self.documents.iter().map(|&at| groups[at]).collect());
    }

    /// The metrics of [`Model::evaluate`].
    ///
    /// # Errors
    /// A data error if nothing is labelled.
    pub fn evaluate(&self) -> Result<HeadEvaluation> {
        let Predictions {
            labels,
            outcomes,
            weights,
            ..
        } = &self.predictions;
        let weights = weights.as_deref();
        let metrics = match outcomes {
            Outcomes::Exclusive { truth, predicted } => {
                evaluate::exclusive(labels, truth, predicted, weights).map(Metrics::Exclusive)
            }
            Outcomes::Independent { truth, predicted } => {
                evaluate::independent(labels, truth, predicted, weights).map(Metrics::Independent)
            }
        };
        let metrics = metrics
            .map_err(|e| Error::data(e.to_string()).at(format_args!("head `{}`", self.name)))?;
        Ok(HeadEvaluation {
            name: self.name.clone(),
            unanswered: self.unanswered,
            metrics,
        })
    }
}

/// Returns scores padded with those of labels that the model does not know, which are 0.
fn padded(scores: &[f64], labels: usize) -> impl Iterator<Item = f64> {
    let unknown = std::iter::repeat_n(0.0, labels - scores.len());
    scores.iter().copied().chain(unknown)
}

fn outcomes<'a>(
    targets: &Targets,
    documents: &[usize],
    prediction_of: &impl Fn(usize) -> &'a DocumentPrediction,
) -> Outcomes {
    match targets {
        Targets::Exclusive { of, .. } => Outcomes::Exclusive {
            truth: documents.iter().filter_map(|&at| of[at]).collect(),
            predicted: documents
                .iter()
                .map(|&at| prediction_of(at).predicted[0] as u32)
                .collect(),
        },
        Targets::Independent { cells, labels } => {
            let truth = documents
                .iter()
                .flat_map(|&at| cells[at * labels..(at + 1) * labels].iter().copied());
            let mut predicted = vec![false; documents.len() * labels];
            for (row, &at) in documents.iter().enumerate() {
                prediction_of(at)
                    .predicted
                    .iter()
                    .for_each(|&label| predicted[row * labels + label] = true);
            }
            Outcomes::Independent {
                truth: truth.collect(),
                predicted,
            }
        }
    }
}

impl Metrics {
    /// Returns the kind of the head.
    pub fn kind(&self) -> HeadKind {
        match self {
            Metrics::Exclusive(_) => HeadKind::Exclusive,
            Metrics::Independent(_) => HeadKind::Independent,
        }
    }

    /// Returns all metrics under their full names.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Metrics::Exclusive(report) => report.to_json(),
            Metrics::Independent(report) => report.to_json(),
        }
    }
}
