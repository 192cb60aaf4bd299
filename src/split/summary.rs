//! Sizes and label counts of a split.

use super::assignment::Split;
use super::leakage::Leakage;
use super::shares::PartShares;
use crate::corpus::Head;
use serde::Serialize;

/// Sizes and labels of the parts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SplitSummary {
    /// The parts in order.
    pub parts: Vec<PartSize>,
    /// The number of documents that are in no part.
    pub left_out: usize,
    /// The labels of each head by part.
    pub heads: Vec<HeadParts>,
    /// Ids and groups with documents in two parts.
    #[serde(rename = "crossing")]
    pub leakage: Leakage,
    /// True where near duplicates were looked for.
    pub near_duplicates: bool,
}

/// One part.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PartSize {
    /// Its name.
    pub name: String,
    /// The number of its documents.
    pub documents: usize,
    /// Its share of all documents that are in a part.
    pub share: f64,
    /// The share that was asked for, if one was.
    pub asked: Option<f64>,
}

/// The labels of one head.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HeadParts {
    /// The head.
    pub head: String,
    /// Its labels in order.
    pub labels: Vec<LabelRows>,
}

/// One label.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LabelRows {
    /// The label.
    pub label: String,
    /// The number of documents of each part that hold it.
    pub documents: Vec<usize>,
}

impl Split {
    /// Summarises sizes and labels of the parts, and leakage between them.
    pub fn summary(
        &self,
        heads: &[Head],
        asked: Option<&PartShares>,
        leakage: Leakage,
    ) -> SplitSummary {
        let sizes = self.sizes();
        let all: usize = sizes.iter().sum();
        let part = |(at, &documents): (usize, &usize)| PartSize {
            name: self.parts[at].clone(),
            documents,
            share: documents as f64 / all.max(1) as f64,
            asked: asked.and_then(|asked| asked.values().get(at).copied()),
        };
        SplitSummary {
            parts: sizes.iter().enumerate().map(part).collect(),
            left_out: self.of.len() - all,
            heads: heads.iter().map(|head| self.of_head(head)).collect(),
            leakage,
            near_duplicates: false,
        }
    }

    fn of_head(&self, head: &Head) -> HeadParts {
        let empty = vec![0; self.parts.len()];
        let mut labels: Vec<LabelRows> = head
            .labels
            .iter()
            .map(|label| LabelRows {
                label: label.clone(),
                documents: empty.clone(),
            })
            .collect();
        for (document, part) in self.of.iter().enumerate() {
            let Some(part) = part else { continue };
            head.targets
                .positives(document)
                .for_each(|label| labels[label].documents[*part as usize] += 1);
        }
        HeadParts {
            head: head.name.clone(),
            labels,
        }
    }
}
