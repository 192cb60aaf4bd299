//! The contents of a store in numbers.

use super::store::CorrectionStore;
use crate::Result;
use crate::corpus::HeadKind;
use indexmap::IndexMap;
use serde::Serialize;

/// The contents of a store in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StoreSummary {
    /// Number of rows: answers and undos.
    pub rows: usize,
    /// Number of undos.
    pub undos: usize,
    /// Number of articles with an answer in force.
    pub articles: usize,
    /// Heads by name.
    pub heads: IndexMap<String, HeadSummary>,
    /// Number of answers in force by annotator.
    pub annotators: IndexMap<String, usize>,
}

/// The answers in force to one head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HeadSummary {
    /// Kind of the head.
    pub kind: HeadKind,
    /// Number of articles.
    pub articles: usize,
    /// Number of articles to which annotators gave different answers.
    pub disputed: usize,
    /// Number of articles by label of the majority, most frequent first.
    pub labels: IndexMap<String, usize>,
}

impl CorrectionStore {
    /// Counts what the store holds.
    ///
    /// # Errors
    /// As [`corrections`](Self::corrections).
    pub fn summary(&self) -> Result<StoreSummary> {
        let mut summary = StoreSummary::default();
        self.each_correction(|row| {
            summary.rows += 1;
            summary.undos += usize::from(row.undoes.is_some());
            Ok(())
        })?;
        self.articles(|article| {
            summary.articles += 1;
            for (name, found) in article.heads {
                for annotator in found.answers.keys() {
                    *summary.annotators.entry(annotator.clone()).or_default() += 1;
                }
                let head = summary.heads.entry(name).or_insert_with(|| HeadSummary {
                    kind: found.kind,
                    articles: 0,
                    disputed: 0,
                    labels: IndexMap::new(),
                });
                head.articles += 1;
                let majority = found.majority();
                let differs = found
                    .answers
                    .values()
                    .any(|answer| answer.labels != majority);
                head.disputed += usize::from(differs);
                for label in majority {
                    *head.labels.entry(label.clone()).or_default() += 1;
                }
            }
            Ok(())
        })?;
        for head in summary.heads.values_mut() {
            head.labels.sort_by(|a, m, b, n| n.cmp(m).then(a.cmp(b)));
        }
        Ok(summary)
    }
}
