//! The card of a model: what it is, what it was trained on and how good it was, in one piece.

use super::{
    CardText, Evaluated, HeadTestResult, MAX_PROFILED_LABELS, MeasuredMetric, Model, ModelHead,
    ScoreOrigin, SourceProfile, TestResult,
};
use crate::corpus::{Corpus, HeadKind};
use crate::evaluate::Measurements;
use serde::Serialize;
use std::collections::BTreeMap;

/// Card of a model.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ModelCard {
    /// Name of the model.
    pub name: String,
    /// Program and version that trained it.
    pub written_by: String,
    /// XXH3-64 of the file's bytes, in hexadecimal.
    pub hash: String,
    /// Number of training documents.
    pub documents: u64,
    /// XXH3-64 of texts, labels and weights of the training data, in hexadecimal.
    pub data_hash: String,
    /// Number of columns: of terms in the vocabulary, and of buckets of hashed n-grams.
    pub terms: usize,
    /// Number of training documents by language, under ISO 639 codes; empty without a profile.
    pub languages: BTreeMap<String, u64>,
    /// Sources of the training documents; none without a profile, or where no document names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sources: Option<SourceProfile>,
    /// First and last month or year of the dated training documents.
    pub dates: Option<[String; 2]>,
    /// Median share of the words of a document that the model knows.
    pub known_share: Option<f64>,
    /// The heads.
    pub heads: Vec<HeadCard>,
    /// Intended use, known gaps and results on test corpora.
    #[serde(flatten)]
    pub text: CardText,
}

/// Card of one head.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HeadCard {
    /// Name of the head.
    pub name: String,
    /// Kind of the head.
    pub kind: HeadKind,
    /// Classifier with its options.
    pub classifier: String,
    /// True if scores are calibrated probabilities.
    pub calibrated: bool,
    /// Labels with their numbers of training documents.
    pub labels: Vec<LabelCard>,
    /// Origin of the scores that were measured in training; none without a profile.
    pub origin: Option<ScoreOrigin>,
    /// Metrics on unseen documents of the training data, with 95 % intervals.
    pub metrics: Vec<MeasuredMetric>,
}

/// Label of a head.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LabelCard {
    /// The label.
    pub label: String,
    /// Number of training documents for which it holds.
    pub documents: f64,
}

/// Returns the metrics of a head, and those of labels that are profiled one by one.
fn measured(measured: &Measurements) -> Vec<MeasuredMetric> {
    let single = measured.labels.len() <= MAX_PROFILED_LABELS;
    let kept = measured
        .metrics
        .iter()
        .filter(|of| single || of.label.is_none());
    kept.filter_map(|of| {
        let label = of.label.and_then(|at| measured.labels.get(at));
        MeasuredMetric::new(of, label.map(String::as_str))
    })
    .collect()
}

impl Model {
    /// Returns the card of the model. A model of format 3 or 4 keeps no profile, so that its card
    /// lacks languages, sources, dates and metrics.
    pub fn card(&self) -> ModelCard {
        let metadata = self.metadata();
        let profile = self.profile();
        let dates = profile.and_then(|profile| profile.dates.as_ref()?.range());
        ModelCard {
            name: metadata.name.clone(),
            written_by: metadata.written_by.clone(),
            hash: self.hash().to_string(),
            documents: metadata.documents,
            data_hash: metadata.data_hash.clone(),
            terms: self.tfidf().vocabulary().len(),
            languages: profile.map_or_else(BTreeMap::new, |profile| profile.languages.clone()),
            sources: profile.and_then(|profile| profile.sources.clone()),
            dates: dates.map(|(first, last)| [first.to_string(), last.to_string()]),
            known_share: profile.and_then(|profile| profile.known_share.quantile(0.5)),
            heads: self
                .heads()
                .iter()
                .map(|head| self.head_card(head))
                .collect(),
            text: self.card_text().clone(),
        }
    }

    /// Returns the model with the results on a test corpus in its card, under the corpus's name if
    /// it has one.
    pub fn tested(
        &self,
        name: Option<&str>,
        corpus: &Corpus,
        heads: &[Evaluated],
        learnt: Option<usize>,
    ) -> Model {
        let head = |of: &Evaluated| HeadTestResult {
            name: of.head.name.clone(),
            metrics: measured(&of.measured),
        };
        let mut card = self.card_text().clone();
        card.tests.push(TestResult {
            name: name.map(str::to_string),
            data_hash: format!("{:016x}", corpus.hash),
            documents: corpus.len() as u64,
            learnt_documents: learnt.map(|learnt| learnt as u64),
            heads: heads.iter().map(head).collect(),
        });
        self.clone().with_card(card)
    }

    fn head_card(&self, head: &ModelHead) -> HeadCard {
        let metadata = head.metadata();
        let profile = self.profile().and_then(|all| all.head(&metadata.name));
        let labels = metadata.labels.iter().zip(&metadata.support);
        HeadCard {
            name: metadata.name.clone(),
            kind: metadata.kind,
            classifier: metadata.classifier.to_string(),
            calibrated: metadata.is_calibrated(),
            labels: labels
                .map(|(label, &documents)| LabelCard {
                    label: label.clone(),
                    documents,
                })
                .collect(),
            origin: profile.map(|profile| profile.origin),
            metrics: profile.map_or_else(Vec::new, |profile| profile.metrics.clone()),
        }
    }
}
