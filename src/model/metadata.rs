//! Metadata of a model and of its heads, as the model file holds them.

use super::{Quantization, hash_of};
use crate::background::Blend;
use crate::calibrate::{
    self, Calibration, Conformal, Link, ThresholdObjective, ThresholdSelection,
};
use crate::corpus::{HeadKind, Schema};
use crate::linear::Classifier;
use serde::{Deserialize, Serialize};

/// Metadata of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Metadata {
    /// Name of the model.
    pub name: String,
    /// Program and version that trained it.
    pub written_by: String,
    /// Columns that it was trained on, if it was trained on files.
    pub schema: Option<Schema>,
    /// Number of training documents.
    pub documents: u64,
    /// XXH3-64 of texts, labels and weights, in hexadecimal.
    pub data_hash: String,
    /// Word vectors that took part in training, if any did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<BackgroundMetadata>,
    /// True if weights are rounded to whole numbers of few bits, and stored so: eight, or those of
    /// [`quantization`](Self::quantization).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub compact: bool,
    /// Quantisation of a model that was trained without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantization: Option<Quantization>,
}

impl Metadata {
    /// Returns the metadata of a model that was trained on no corpus.
    pub(crate) fn without_corpus(name: &str, written_by: String) -> Self {
        Metadata {
            name: name.to_string(),
            written_by,
            schema: None,
            documents: 0,
            data_hash: String::new(),
            background: None,
            compact: false,
            quantization: None,
        }
    }
}

/// Origin of the word vectors of a model; their influence is in the weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BackgroundMetadata {
    /// The number of documents that they were learnt from.
    pub documents: u64,
    /// Their weight against that of the words.
    pub weight: f64,
    /// XXH3-64 of the bytes of their file, in hexadecimal.
    pub hash: String,
    /// The most of their words of no labelled text that are in the model, if that was limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<u32>,
}

impl BackgroundMetadata {
    pub(crate) fn new(blend: &Blend) -> Self {
        let hash = hash_of(&blend.background.to_bytes());
        let documents = blend.background.documents();
        BackgroundMetadata {
            documents,
            weight: blend.weight,
            hash,
            terms: blend.terms,
        }
    }
}

/// Metadata of a head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HeadMetadata {
    /// Name of the head.
    pub name: String,
    /// Kind of the head: one label, or any number.
    pub kind: HeadKind,
    /// Labels.
    pub labels: Vec<String>,
    /// Number of training documents of each label.
    pub support: Vec<f64>,
    /// Classifier and its options.
    pub classifier: Classifier,
    /// Link from decision values to scores.
    pub link: Link,
    /// Threshold of each label of an independent head: the label holds above it.
    pub thresholds: Vec<f64>,
    /// Objective of the thresholds, if they were selected.
    #[serde(rename = "goal", default, skip_serializing_if = "Option::is_none")]
    pub threshold_objective: Option<ThresholdObjective>,
    /// Reliability of each threshold, if they were selected.
    #[serde(rename = "choices", default, skip_serializing_if = "Vec::is_empty")]
    pub threshold_selections: Vec<ThresholdSelection>,
    /// Calibration from decision values to probabilities, which are the scores then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    /// Costs of an exclusive head's answers, by true and by predicted label; the label of the least
    /// expected cost is predicted then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs: Option<Vec<Vec<f64>>>,
    /// Conformal predictor, which rules out answers at a stated error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conformal: Option<Conformal>,
}

impl HeadMetadata {
    /// Returns true if scores are probabilities, calibrated or not.
    pub fn scores_are_probabilities(&self) -> bool {
        self.is_calibrated() || self.link.is_probability()
    }

    /// Converts thresholds from the scale of the link, on which older models keep them, to that of
    /// the scores.
    pub(super) fn thresholds_of_scores(&mut self) {
        let Some(calibration) = self
            .calibration
            .as_ref()
            .filter(|_| self.kind == HeadKind::Independent)
        else {
            return;
        };
        let of_score = |label: usize, threshold: f64| {
            calibration.probability(label, self.link.decision(threshold))
        };
        for (label, threshold) in self.thresholds.iter_mut().enumerate() {
            *threshold = of_score(label, *threshold);
        }
        for (label, choice) in self.threshold_selections.iter_mut().enumerate() {
            choice.spread = choice.spread.map(|threshold| of_score(label, threshold));
        }
    }

    /// Returns true if scores are calibrated probabilities.
    pub fn is_calibrated(&self) -> bool {
        self.calibration.is_some()
    }

    /// Returns true if the parts fit each other, as they need not in a file.
    pub(super) fn is_valid(&self) -> bool {
        let labels = self.labels.len();
        let exclusive = self.kind == HeadKind::Exclusive;
        let choices = self.threshold_selections.is_empty()
            || (self.threshold_selections.len() == labels && self.threshold_objective.is_some());
        let calibrated = self
            .calibration
            .as_ref()
            .is_none_or(|found| found.is_valid(self.kind, labels));
        let conformal = self
            .conformal
            .as_ref()
            .is_none_or(|found| found.is_valid(self.kind, labels));
        let costs = self.costs.as_ref();
        let costs_fit = costs.is_none_or(|costs| {
            exclusive && self.is_calibrated() && calibrate::is_matrix(costs, labels)
        });
        choices && calibrated && conformal && costs_fit
    }
}
