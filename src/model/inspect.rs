//! Summary of a model as plain data.

use super::{HeadMetadata, Metadata, Model, Profile};
use crate::calibrate::{Conformal, Nonconformity, Origin};
use crate::features::TfIdfOptions;
use crate::linear::Classifier;
use crate::text::Language;
use serde::Serialize;
use twox_hash::XxHash3_64;

/// Summary of a model file.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ModelSummary {
    /// The version of the file format.
    pub format: u32,
    /// XXH3-64 of the file's bytes, in hexadecimal.
    pub hash: String,
    /// Number of training texts that the model can recognise; none if it keeps no fingerprints.
    pub fingerprints: Option<usize>,
    /// Name, origin and columns.
    #[serde(flatten)]
    pub metadata: Metadata,
    /// Options of the features.
    pub features: TfIdfOptions,
    /// The languages among which that of a text is decided, the main one first.
    pub languages: Vec<Language>,
    /// Number of columns: of terms in the vocabulary, and of buckets of hashed n-grams.
    pub terms: usize,
    /// Number of terms that are word n-grams.
    pub word_terms: usize,
    /// Bytes of the vocabulary for each term.
    pub bytes_per_term: f64,
    /// The file's size in bytes.
    pub file_bytes: u64,
    /// The file's sections.
    pub sections: Vec<FileSection>,
    /// The heads.
    pub heads: Vec<HeadSummary>,
    /// Profile of the training data, if the model keeps one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
}

/// A section of a model file.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FileSection {
    /// The tensor's name.
    pub name: String,
    /// The type of its numbers.
    pub dtype: String,
    /// Size in each dimension.
    pub shape: Vec<usize>,
    /// Its size in bytes.
    pub bytes: usize,
}

/// A head of a model.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HeadSummary {
    /// Name, kind and options.
    #[serde(flatten)]
    pub metadata: HeadMetadata,
    /// Documents of the conformal predictor, if the head has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abstention: Option<AbstentionSummary>,
    /// Terms of greatest weight of each label.
    pub top_terms: Vec<LabelSummary>,
}

/// The documents whose nonconformity is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AbstentionSummary {
    /// Origin of the documents.
    pub origin: Origin,
    /// Number of documents of each label; for an independent one, where it holds and where not.
    pub documents: Vec<Vec<u64>>,
}

/// The terms of greatest weight for one label.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LabelSummary {
    /// The label.
    pub label: String,
    /// Terms with their weights, greatest first.
    pub terms: Vec<(String, f64)>,
}

impl Model {
    /// Returns the size in bytes of the file that the model would be written to.
    pub fn file_size(&self) -> u64 {
        self.sections().1
    }

    /// Returns the summary of the model, with the `most` strongest terms of each label.
    pub fn summary(&self, most: usize) -> ModelSummary {
        let vocabulary = self.0.tfidf.vocabulary();
        let (sections, file_bytes) = self.sections();
        ModelSummary {
            format: self.format_version(),
            hash: self.hash().to_string(),
            fingerprints: self.fingerprints().map(<[u64]>::len),
            metadata: self.0.metadata.clone(),
            features: self.0.tfidf.options().clone(),
            languages: self.0.tfidf.languages().list(),
            terms: vocabulary.len(),
            word_terms: vocabulary.words(),
            bytes_per_term: vocabulary.bytes_per_term(),
            file_bytes,
            sections,
            heads: (0..self.heads().len())
                .map(|head| self.head_summary(head, most))
                .collect(),
            profile: self.0.profile.clone(),
        }
    }

    /// XXH3-64 of the options of features and classifiers, in hexadecimal: the same for models that
    /// were trained in the same way.
    pub fn options_hash(&self) -> String {
        let classifiers: Vec<&Classifier> = self
            .heads()
            .iter()
            .map(|head| &head.metadata.classifier)
            .collect();
        let options = serde_json::json!([self.tfidf().options(), classifiers]);
        format!(
            "{:016x}",
            XxHash3_64::oneshot(options.to_string().as_bytes())
        )
    }

    fn head_summary(&self, head: usize, most: usize) -> HeadSummary {
        let head = &self.heads()[head];
        let vocabulary = self.0.tfidf.vocabulary();
        let tops = head.linear.top_features(most).into_iter();
        let summary = |(label, top): (&String, Vec<(usize, f64)>)| LabelSummary {
            label: label.clone(),
            terms: top
                .into_iter()
                .map(|(feature, weight)| (vocabulary.shown(feature), weight))
                .collect(),
        };
        let metadata = HeadMetadata {
            conformal: None,
            ..head.metadata.clone()
        };
        HeadSummary {
            abstention: head.metadata.conformal.as_ref().map(abstention),
            metadata,
            top_terms: head.metadata.labels.iter().zip(tops).map(summary).collect(),
        }
    }
}

fn abstention(conformal: &Conformal) -> AbstentionSummary {
    let no = |label: usize| conformal.no.get(label).map(|no| no.documents);
    let of = |(label, yes): (usize, &Nonconformity)| {
        std::iter::once(yes.documents).chain(no(label)).collect()
    };
    AbstentionSummary {
        origin: conformal.origin,
        documents: conformal.yes.iter().enumerate().map(of).collect(),
    }
}
