//! Metadata of a model and of its heads, as the model file holds them.

use super::hash_of;
use crate::background::Blend;
use crate::calibrate::{
    self, Calibration, Conformal, Link, ThresholdObjective, ThresholdSelection,
};
use crate::corpus::{HeadKind, Schema};
use crate::linear::Classifier;
use serde::{Deserialize, Serialize};

/// What a model says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// The model's name, for people.
    pub name: String,
    /// The program and version that trained it.
    pub written_by: String,
    /// The columns it was trained on, if it was trained on files.
    pub schema: Option<Schema>,
    /// How many documents it was trained on.
    pub documents: u64,
    /// XXH3-64 of texts, labels and weights, in hexadecimal.
    pub data_hash: String,
    /// The word vectors that took part in training, if any did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<BackgroundMetadata>,
    /// True where weights are rounded to eight bits, and stored so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub compact: bool,
}

/// The origin of the word vectors of a model; what was learnt on them is in the weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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

/// What a head says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeadMetadata {
    /// The head's name.
    pub name: String,
    /// One label, or any number.
    pub kind: HeadKind,
    /// The labels.
    pub labels: Vec<String>,
    /// How many training documents have each label.
    pub support: Vec<f64>,
    /// The classifier and its options.
    pub classifier: Classifier,
    /// How decision values become scores.
    pub link: Link,
    /// The score above which each label of an independent head holds.
    pub thresholds: Vec<f64>,
    /// What the thresholds were chosen for, if they were chosen.
    #[serde(rename = "goal", default, skip_serializing_if = "Option::is_none")]
    pub threshold_objective: Option<ThresholdObjective>,
    /// How the threshold of each label came about, if they were chosen.
    #[serde(rename = "choices", default, skip_serializing_if = "Vec::is_empty")]
    pub threshold_selections: Vec<ThresholdSelection>,
    /// How decision values become probabilities, if they are calibrated; these are the scores then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    /// What each answer of an exclusive head costs, by true and by predicted label; the answer is the one of the least
    /// expected cost then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub costs: Option<Vec<Vec<f64>>>,
    /// What it takes to rule out answers at a stated error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conformal: Option<Conformal>,
}

impl HeadMetadata {
    /// Whether scores are probabilities, calibrated or not.
    pub fn scores_are_probabilities(&self) -> bool {
        self.is_calibrated() || self.link.is_probability()
    }

    /// Brings thresholds from the scale of the link, on which older models keep them, to that of the scores.
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

    /// Whether scores are calibrated probabilities.
    pub fn is_calibrated(&self) -> bool {
        self.calibration.is_some()
    }

    /// Whether the parts fit each other, as they need not in a file.
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
