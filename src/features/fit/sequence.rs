//! Documents as sequences of numbers, one after the other.

use crate::math::offsets;
use std::ops::Range;

/// Number after the last word of a document.
pub(super) const DOCUMENT_END: u32 = 0;
/// Number of every word that can be in no term, because too few documents hold it.
pub(super) const PRUNED: u32 = u32::MAX;

/// Returns the word at a place of a sequence, unless it is pruned or the end of a document.
#[inline]
pub(super) fn word_at(sequence: &[u32], place: usize) -> Option<u32> {
    let word = sequence[place];
    (word != DOCUMENT_END && word != PRUNED).then(|| word - 1)
}

/// Documents by the places of their sequence.
#[derive(Default)]
pub(super) struct DocumentIndex {
    /// End of each document, its [`DOCUMENT_END`] included.
    pub ends: Vec<u32>,
    /// Document of every place whose number is a multiple of [`STEP`](Self::STEP).
    coarse: Vec<u32>,
}

impl DocumentIndex {
    /// Places between two coarse entries: a look-up passes few documents from there on, and the
    /// entries of a corpus stay in the cache.
    const STEP: usize = 64;

    pub(super) fn new(ends: Vec<u32>) -> Self {
        let mut coarse = Vec::new();
        let mut document = 0;
        let places = ends.last().map_or(0, |&end| end as usize);
        for place in (0..places).step_by(Self::STEP) {
            while ends[document] as usize <= place {
                document += 1;
            }
            coarse.push(document as u32);
        }
        DocumentIndex { ends, coarse }
    }

    /// Returns the number of documents.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns the places of a document, without its end.
    pub(super) fn places(&self, document: usize) -> Range<usize> {
        let whole = offsets::range(&self.ends, document);
        whole.start..whole.end - 1
    }

    /// Returns the document of a place.
    #[inline]
    pub(super) fn of(&self, place: u32) -> u32 {
        let mut document = self.coarse[place as usize / Self::STEP];
        while self.ends[document as usize] <= place {
            document += 1;
        }
        document
    }
}
