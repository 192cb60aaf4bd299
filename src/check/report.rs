//! Findings as plain data.

use super::context::CheckContext;
use super::copies::CrossPartCopies;
use super::finding::Finding;
use super::labels::RareLabel;
use super::leaks::LabelLeak;
use super::shares::{HeadDistribution, Predictability};
use serde::Serialize;

/// Everything that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CheckReport {
    /// The number of documents.
    pub documents: usize,
    /// The parts in their order.
    pub parts: Vec<CorpusPart>,
    /// The number of words of a shingle.
    pub shingle: usize,
    /// The share of common shingles from which on texts are near duplicates.
    pub threshold: f64,
    /// All kinds of defects, found or not.
    pub findings: Vec<Finding>,
    /// Copies of an earlier part's documents in a later part, for all pairs of parts that have
    /// some.
    pub across: Vec<CrossPartCopies>,
    /// Terms that nearly decide a label.
    pub leaks: Vec<LabelLeak>,
    /// Labels with few documents.
    pub rare_labels: Vec<RareLabel>,
    /// Shares of labels over time, by head.
    pub by_date: Option<Vec<HeadDistribution>>,
    /// Shares of labels by source, by head.
    pub by_source: Option<Vec<HeadDistribution>>,
    /// By exclusive head, the accuracy of predicting labels by the source alone.
    pub predictable: Vec<Predictability>,
}

impl CheckReport {
    /// Tells whether a finding is above its limit.
    pub fn above(&self) -> bool {
        self.findings.iter().any(|finding| finding.above)
    }

    /// Returns a finding by its name.
    pub fn finding(&self, name: &str) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.name == name)
    }
}

/// A part of the corpus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CorpusPart {
    /// Its name.
    pub name: String,
    /// The number of its documents.
    pub documents: u64,
}

impl CheckContext<'_> {
    pub(super) fn part_sizes(&self) -> Vec<CorpusPart> {
        let mut sizes = vec![0; self.parts.names.len()];
        self.parts
            .of
            .iter()
            .for_each(|&part| sizes[part as usize] += 1);
        let parts = self.parts.names.iter().zip(sizes);
        parts
            .map(|(name, documents)| CorpusPart {
                name: name.clone(),
                documents,
            })
            .collect()
    }
}
