//! Texts in one arena.

use super::LanguageSet;
use super::tokenized::TokenizedTexts;
use crate::math::offsets;
use std::sync::OnceLock;

/// A list of texts in one arena, so that a corpus of millions costs two allocations. With the
/// feature `linfa` it implements linfa's `Records`, with one sample per text.
///
/// ```
/// use standpoint::text::Texts;
/// let texts: Texts = ["first", "second"].into_iter().collect();
/// assert_eq!(texts.get(1), "second");
/// assert_eq!(texts.len(), 2);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Texts {
    bytes: String,
    ends: Vec<usize>,
    /// Words of the texts, where there are these alone and the texts are empty.
    pub(super) tokenized: Option<Box<TokenizedTexts>>,
    /// Languages of the corpus that the texts are part of, where they are known.
    pub(super) languages: Option<LanguageSet>,
    /// Languages that were detected in the texts, so that every fold of a corpus asks once.
    pub(super) detected: OnceLock<LanguageSet>,
}

impl PartialEq for Texts {
    fn eq(&self, other: &Self) -> bool {
        let same_texts = (&self.bytes, &self.ends) == (&other.bytes, &other.ends);
        same_texts && self.tokenized == other.tokenized && self.languages == other.languages
    }
}

impl Eq for Texts {}

impl Texts {
    /// Appends a text.
    pub fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
        self.detected.take();
    }

    /// Returns the number of texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns true if there is no text.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns text `index`, which must be less than [`len`](Self::len).
    pub fn get(&self, index: usize) -> &str {
        &self.bytes[self.start(index)..self.ends[index]]
    }

    /// Returns the texts in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// Returns the size of all texts in bytes.
    pub fn bytes(&self) -> usize {
        match &self.tokenized {
            None => self.bytes.len(),
            Some(_) => (0..self.len()).map(|at| self.document(at).bytes()).sum(),
        }
    }

    /// Returns runs of texts of about `size` bytes, whose boundaries depend on the texts alone.
    pub(crate) fn chunks(&self, size: usize) -> Vec<std::ops::Range<usize>> {
        let mut chunks = Vec::new();
        let (mut from, mut bytes) = (0, 0);
        for index in 0..self.len() {
            bytes += self.document(index).bytes();
            if bytes >= size || index + 1 == self.len() {
                chunks.push(from..index + 1);
                (from, bytes) = (index + 1, 0);
            }
        }
        chunks
    }

    fn start(&self, index: usize) -> usize {
        offsets::start(&self.ends, index)
    }
}

impl<S: AsRef<str>> FromIterator<S> for Texts {
    fn from_iter<I: IntoIterator<Item = S>>(texts: I) -> Self {
        let mut all = Texts::default();
        texts.into_iter().for_each(|text| all.push(text.as_ref()));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_cover_every_text_once() {
        let texts: Texts = (0..100).map(|i| "x".repeat(i % 7)).collect();
        let covered: Vec<usize> = texts.chunks(10).into_iter().flatten().collect();
        assert_eq!(covered, (0..100).collect::<Vec<_>>());
        assert!(Texts::default().chunks(10).is_empty());
    }
}
