//! Parts of compounds, counted in the documents of languages that compound.

use super::super::compounds::CompoundSplitter;
use super::encode::EncodedCorpus;
use super::limits::DfLimits;
use super::sequence::word_at;
use crate::math::hash::KeyMap;
use rayon::prelude::*;

impl EncodedCorpus {
    /// Adds the parts of compounds as standalone words; returns the splitter that found them.
    pub(super) fn split_compounds(&mut self, limits: &DfLimits) -> CompoundSplitter {
        let is_part = |&word: &u32| {
            let stats = self.words.stats(word);
            limits.contain(stats.df)
                && stats.occurrences > 0
                && CompoundSplitter::is_candidate(self.words.word(word))
        };
        let mut spelled = Vec::new();
        for word in (0..self.words.len() as u32).filter(is_part) {
            spelled.extend(self.words.word(word).iter().chain(b" "));
        }
        let splitter = CompoundSplitter::new(spelled.into(), self.keys);
        let mut languages: Vec<&'static [&'static str]> = self.linking_elements.clone();
        languages.retain(|linking_elements| !linking_elements.is_empty());
        languages.sort_unstable();
        languages.dedup();
        // All compounds are found before the first part is added, which is no compound itself.
        let found: Vec<Vec<(u32, u32)>> = languages
            .into_iter()
            .map(|linking_elements| self.parts_in_documents(&splitter, linking_elements))
            .collect();
        self.standalone.extend(found.into_iter().flatten());
        splitter
    }

    /// Returns the parts of the compounds at every place of the documents in languages with these
    /// linking elements, as pairs of word and document.
    fn parts_in_documents(
        &self,
        splitter: &CompoundSplitter,
        linking_elements: &[&'static str],
    ) -> Vec<(u32, u32)> {
        let parts_of = self.parts_of_words(splitter, linking_elements);
        let mut found = Vec::new();
        for document in 0..self.documents.len() {
            if self.linking_elements[document] != linking_elements {
                continue;
            }
            for place in self.documents.places(document) {
                if let Some(word) = word_at(&self.sequence, place) {
                    let parts = parts_of[word as usize].iter();
                    found.extend(parts.map(|&part| (part, document as u32)));
                }
            }
        }
        found
    }

    /// Returns the parts of every word.
    fn parts_of_words(
        &self,
        splitter: &CompoundSplitter,
        linking_elements: &[&'static str],
    ) -> Vec<Vec<u32>> {
        let words = 0..self.words.len() as u32;
        let by_key: KeyMap<u32> = words
            .clone()
            .map(|word| (self.words.key(word), word))
            .collect();
        let split = |word: u32| {
            let spelled = std::str::from_utf8(self.words.word(word)).unwrap_or_default();
            let mut parts = Vec::new();
            splitter.split(spelled, linking_elements, |range| {
                parts.extend(by_key.get(&self.keys.of_word(spelled[range].as_bytes())));
            });
            parts
        };
        words.into_par_iter().map(split).collect()
    }
}
