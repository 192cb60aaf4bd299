//! A model's answers held against a labelled corpus.

use super::{HeadScores, Model, ModelHead};
use crate::corpus::{Corpus, Head, HeadColumns, HeadKind, Schema, Targets};
use crate::evaluate::{self, ExclusiveReport, IndependentReport};
use crate::{Error, Result};
use rayon::prelude::*;

/// The metrics of one head.
#[derive(Debug, Clone, PartialEq)]
pub struct HeadEvaluation {
    /// The head's name.
    pub name: String,
    /// Documents without an answer to this head, which are not counted.
    pub unanswered: usize,
    /// The metrics over all others.
    pub metrics: Metrics,
}

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
        let labels =
            |head: &HeadColumns| self.head(&head.name).map_or(vec![], |(_, head)| head.about.labels.clone());
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
        let predicted = self.predict(corpus);
        let evaluated = corpus.heads.iter().map(|truth| {
            let (at, head) = self.head(&truth.name).ok_or_else(|| self.no_head(&truth.name))?;
            if !truth.labels.starts_with(&head.about.labels) {
                return Err(Error::data("the corpus was not read with the labels of the model"));
            }
            if truth.targets.kind() != head.about.kind {
                return Err(Error::data(format!("the model's head `{}` is of the other kind", truth.name)));
            }
            evaluate(truth, corpus, predicted.iter().map(|of_document| of_document[at].as_slice()))
                .map_err(|e| e.at(format_args!("head `{}`", truth.name)))
        });
        evaluated.collect()
    }

    /// The head of this name and its number.
    pub fn head(&self, name: &str) -> Option<(usize, &ModelHead)> {
        self.heads().iter().enumerate().find(|(_, head)| head.about.name == name)
    }

    /// The error for a head that the model does not have.
    pub fn no_head(&self, name: &str) -> Error {
        let heads: Vec<&str> = self.heads().iter().map(|head| head.about.name.as_str()).collect();
        Error::usage(format!("the model has no head `{name}`")).help(format!("it has {}", heads.join(", ")))
    }

    /// The numbers of the predicted labels, for each document and head.
    pub(super) fn predict(&self, corpus: &Corpus) -> Vec<Vec<Vec<usize>>> {
        let documents = (0..corpus.len()).into_par_iter();
        let predict = |scorer: &mut super::Scorer<'_>, document: usize| {
            scorer.score(corpus.texts.get(document)).heads.iter().map(HeadScores::predicted).collect()
        };
        documents.map_init(|| self.scorer(), predict).collect()
    }
}

fn evaluate<'a>(
    head: &Head,
    corpus: &Corpus,
    predicted: impl Iterator<Item = &'a [usize]>,
) -> Result<HeadEvaluation> {
    let labels = head.labels.len();
    let answered: Vec<usize> = (0..corpus.len())
        .filter(|&document| (0..labels).any(|label| head.targets.holds(document, label).is_some()))
        .collect();
    let predicted: Vec<&[usize]> = predicted.collect();
    let weights: Option<Vec<f64>> =
        corpus.weights.as_ref().map(|weights| answered.iter().map(|&at| f64::from(weights[at])).collect());
    let weights = weights.as_deref();
    let metrics = match &head.targets {
        Targets::Exclusive { of, .. } => {
            let truth: Vec<u32> = answered.iter().filter_map(|&at| of[at]).collect();
            let predicted: Vec<u32> = answered.iter().map(|&at| predicted[at][0] as u32).collect();
            evaluate::exclusive(&head.labels, &truth, &predicted, weights).map(Metrics::Exclusive)
        }
        Targets::Independent { cells, .. } => {
            let truth: Vec<Option<bool>> = answered
                .iter()
                .flat_map(|&at| cells[at * labels..(at + 1) * labels].iter().copied())
                .collect();
            let mut holds = vec![false; truth.len()];
            for (row, &at) in answered.iter().enumerate() {
                predicted[at].iter().for_each(|&label| holds[row * labels + label] = true);
            }
            evaluate::independent(&head.labels, &truth, &holds, weights).map(Metrics::Independent)
        }
    };
    let metrics = metrics.map_err(|e| Error::data(e.to_string()))?;
    Ok(HeadEvaluation { name: head.name.clone(), unanswered: corpus.len() - answered.len(), metrics })
}

impl Metrics {
    /// The kind of the head.
    pub fn kind(&self) -> HeadKind {
        match self {
            Metrics::Exclusive(_) => HeadKind::Exclusive,
            Metrics::Independent(_) => HeadKind::Independent,
        }
    }

    /// All metrics under their full names.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Metrics::Exclusive(report) => report.to_json(),
            Metrics::Independent(report) => report.to_json(),
        }
    }
}
