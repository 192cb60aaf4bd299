//! Texts as numbers of their stems, for learning from the order of words.

use super::super::options::TfIdfOptions;
use super::encode::{self, EncodedCorpus};
use super::limits::DfLimits;
use super::sequence::DOCUMENT_END;
use crate::Result;
use crate::io::Silent;
use crate::text::{LanguageSet, Texts, TokenOptions};
use std::ops::Range;

/// Texts as numbers of their stems, which are sorted by their bytes.
pub(crate) struct StemSequences(EncodedCorpus);

/// Frequencies of a stem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct StemCounts {
    /// Document frequency.
    pub df: u64,
    /// Occurrences in the sequence; standalone tokens, as the whole of a hyphenated word, have
    /// none.
    pub occurrences: u64,
}

impl StemCounts {
    pub(crate) fn add(&mut self, other: StemCounts) {
        self.df += other.df;
        self.occurrences += other.occurrences;
    }
}

impl StemSequences {
    /// Encodes texts whose languages are known.
    ///
    /// # Errors
    /// A data error for more words than have numbers.
    pub(crate) fn new(tokens: TokenOptions, languages: LanguageSet, texts: &Texts) -> Result<Self> {
        let options = TfIdfOptions {
            tokens,
            compounds: false,
            ..TfIdfOptions::default()
        };
        let limits = DfLimits {
            min: 1,
            max: f64::INFINITY,
        };
        encode::encode(&options, languages, texts, &limits, &Silent).map(StemSequences)
    }

    /// Returns the number of different stems.
    pub(crate) fn len(&self) -> usize {
        self.0.words.len()
    }

    /// Returns the bytes of a stem.
    pub(crate) fn stem(&self, number: usize) -> &[u8] {
        self.0.words.word(number as u32)
    }

    pub(crate) fn counts(&self, number: usize) -> StemCounts {
        let stats = self.0.words.stats(number as u32);
        StemCounts {
            df: stats.df.into(),
            occurrences: stats.occurrences.into(),
        }
    }

    /// Returns the number of documents.
    pub(crate) fn documents(&self) -> usize {
        self.0.documents.ends.len()
    }

    /// Returns the stems of a range of documents in their order, as their number plus one, with a 0
    /// after each document.
    pub(crate) fn of(&self, documents: Range<usize>) -> &[u32] {
        const { assert!(DOCUMENT_END == 0) };
        let end = |documents: usize| {
            documents
                .checked_sub(1)
                .map_or(0, |last| self.0.documents.ends[last])
        };
        &self.0.sequence[end(documents.start) as usize..end(documents.end) as usize]
    }
}
