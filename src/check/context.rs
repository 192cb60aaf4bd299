//! Options of checking, and the corpus that is checked.

use super::limits::FindingLimits;
use crate::corpus::{Categories, RawCorpus};
use crate::dedup::{Groups, NearDuplicates, exact_duplicates, with_near};

/// Options of checking.
#[derive(Debug, Clone)]
pub struct CheckOptions {
    /// Near duplicates.
    pub near: NearDuplicates,
    /// A text with fewer letters and digits is tiny; default 10.
    pub tiny: usize,
    /// A text with more characters is giant; default 100,000.
    pub giant: usize,
    /// A label with fewer documents is rare; default 10.
    pub rare: u64,
    /// Label leaks.
    pub leaks: LabelLeakOptions,
    /// The number of examples of each finding; default 5.
    pub examples: usize,
    /// The limits above which findings are defects.
    pub limits: FindingLimits,
    /// The field of the [`RawCorpus`] that holds periods.
    pub date: Option<usize>,
    /// The field of the [`RawCorpus`] that holds sources.
    pub source: Option<usize>,
}

impl Default for CheckOptions {
    fn default() -> Self {
        CheckOptions {
            near: NearDuplicates::default(),
            tiny: 10,
            giant: 100_000,
            rare: 10,
            leaks: LabelLeakOptions::default(),
            examples: 5,
            limits: FindingLimits::default(),
            date: None,
            source: None,
        }
    }
}

/// The documents that are copies of each other.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Copies {
    /// Exact duplicates.
    pub exact: Groups,
    /// Exact and near duplicates.
    pub near: Groups,
}

impl Copies {
    /// Finds the copies among the texts of a corpus.
    pub fn find(raw_corpus: &RawCorpus, near: &NearDuplicates) -> Self {
        let texts = &raw_corpus.corpus.texts;
        let exact = exact_duplicates(texts);
        Copies {
            near: with_near(texts, &exact, near),
            exact,
        }
    }
}

/// The thresholds above which a term is a leak.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct LabelLeakOptions {
    /// The least share of the term's documents that has the label; default 0.95.
    pub precision: f64,
    /// The least factor by which the term raises the odds of the label; default 10.
    pub odds: f64,
    /// The least share of the label's documents that has the term; default 0.5.
    pub recall: f64,
    /// The least share of the term's documents in which it stands at the start, or at the end;
    /// default 0.8.
    pub edge: f64,
    /// The least number of documents with the term; default 10.
    pub support: u32,
}

impl Default for LabelLeakOptions {
    fn default() -> Self {
        LabelLeakOptions {
            precision: 0.95,
            odds: 10.0,
            recall: 0.5,
            edge: 0.8,
            support: 10,
        }
    }
}

/// The corpus that is checked, and the options.
pub(super) struct CheckContext<'a> {
    pub(super) raw_corpus: &'a RawCorpus,
    pub(super) parts: &'a Categories,
    pub(super) copies: &'a Copies,
    pub(super) options: &'a CheckOptions,
}
