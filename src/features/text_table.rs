//! The terms of one text and their columns, found by binary search in the spelled vocabulary: for
//! the few texts that are scored before the table of all terms is worth its making.

use super::ngram_keys::{characters, characters_key};
use super::scratch::Scratch;
use super::stem_keys::StemKeys;
use super::term_table::{SmallTable, Table};
use super::tfidf::TfIdf;
use crate::math::hash::combine;
use crate::text::{Rules, Tokens};

/// Character n-grams of one length in a word, about as many as it has letters.
const GRAMS_PER_WORD: usize = 6;

impl TfIdf {
    /// Returns about the number of terms of a text that are looked up.
    #[inline]
    fn lookups(&self, tokens: &Tokens) -> usize {
        let of_words = self.options.word_ngrams.map_or(0, |range| range.lengths());
        let of_characters = self.options.char_ngrams.map_or(0, |range| range.lengths());
        tokens.len() * (of_words + GRAMS_PER_WORD * of_characters)
    }

    /// Returns the table to look up the terms of the text whose tokens and keys are in `scratch`:
    /// that of all terms, or as long as there is none, `of_text` filled with those of the text.
    pub(super) fn table<'t>(
        &'t self,
        compounding: Option<&'static Rules>,
        stems: StemKeys,
        scratch: &mut Scratch,
        of_text: &'t mut SmallTable,
    ) -> Table<'t> {
        if let Some(table) = self.vocabulary.table_for(self.lookups(&scratch.tokens)) {
            return table;
        }
        self.fill_text_table(compounding, stems, scratch, of_text);
        of_text.table()
    }

    /// Fills `table` with all terms of the text whose tokens and keys are in `scratch`.
    fn fill_text_table(
        &self,
        compounding: Option<&'static Rules>,
        stems: StemKeys,
        scratch: &mut Scratch,
        table: &mut SmallTable,
    ) {
        let mut found = std::mem::take(&mut scratch.found);
        found.clear();
        self.find_word_ngrams(stems, scratch, &mut found);
        self.find_inside_words(compounding, stems, scratch, &mut found);
        table.fill(&found);
        scratch.found = found;
    }

    /// Appends the word n-grams of the text.
    fn find_word_ngrams(&self, stems: StemKeys, scratch: &Scratch, found: &mut Vec<(u64, u32)>) {
        let Some(range) = self.options.word_ngrams else {
            return;
        };
        let Scratch {
            tokens, sequence, ..
        } = scratch;
        let mut find = |key: u64, term: &str| {
            let column = self.vocabulary.search_words(term.as_bytes());
            found.extend(column.map(|column| (key, column)));
        };
        if range.min == 1 {
            for &(index, key) in &sequence.standalone {
                find(key, &stems.word(tokens, index as usize));
            }
        }
        let mut term = String::new();
        for first in 0..sequence.words.len() {
            let words = sequence.words[first..].iter().take(range.max.into());
            let mut before: Option<u64> = None;
            term.clear();
            for (length, &(index, key)) in (1..).zip(words) {
                if before.is_some() {
                    term.push(' ');
                }
                term.push_str(&stems.word(tokens, index as usize));
                let key = before.map_or(key, |before| combine(before, key));
                before = Some(key);
                if length >= range.min {
                    find(key, &term);
                }
            }
        }
    }

    /// Appends the parts of compounds and the character n-grams.
    fn find_inside_words(
        &self,
        compounding: Option<&'static Rules>,
        stems: StemKeys,
        scratch: &mut Scratch,
        found: &mut Vec<(u64, u32)>,
    ) {
        let keys = self.vocabulary.keys();
        let parts = compounding.filter(|_| self.options.has_unigrams());
        let parts = parts.and_then(|rules| Some((self.parts.as_ref()?, rules.linking_elements)));
        if parts.is_none() && self.options.char_ngrams.is_none() {
            return;
        }
        let Scratch {
            tokens,
            sequence,
            padded,
            ..
        } = scratch;
        for &(index, _) in &sequence.words {
            let word = stems.word(tokens, index as usize);
            if let Some((parts, linking_elements)) = parts {
                parts.split(&word, linking_elements, |range| {
                    let part = word[range].as_bytes();
                    let column = self.vocabulary.search_words(part);
                    found.extend(column.map(|column| (keys.of_word(part), column)));
                });
            }
            if let Some(range) = self.options.char_ngrams {
                characters(&word, range, padded, |gram| {
                    let column = self.vocabulary.search_characters(gram);
                    found.extend(column.map(|column| (characters_key(keys, gram), column)));
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::test_texts::text;
    use crate::features::{DocumentFrequency, NGrams, TfIdfOptions};
    use crate::io::Silent;
    use crate::text::Texts;
    use proptest::prelude::*;

    proptest! {
        /// Terms found by search are those that the table of all terms holds.
        #[test]
        fn searched_terms_are_those_of_the_table(
            corpus in prop::collection::vec(text(), 1..8),
            other in text(),
            words in prop::option::of((1..3u8, 0..3u8)),
            characters in prop::option::of((1..4u8, 0..3u8)),
            limit in prop::option::of(1..40u32),
        ) {
            let ngrams = |(min, more): (u8, u8)| NGrams::new(min, min + more);
            let mut options = TfIdfOptions::default()
                .min_df(DocumentFrequency::Count(1))
                .word_ngrams(words.map(ngrams))
                .char_ngrams(characters.map(ngrams));
            options.max_features = limit;
            let texts: Texts = corpus.iter().collect();
            let Ok(fitted) = TfIdf::fit(&options, &texts, &Silent) else { return Ok(()) };
            for text in corpus.iter().chain([&other]) {
                let (mut searched, mut scratch) = (Scratch::default(), Scratch::default());
                let (rules, mut of_text) = (fitted.rules(text.as_str().into()), SmallTable::default());
                let compounding = fitted.compounding(rules);
                let stems = fitted.tokenize(text.as_str().into(), rules, &mut searched);
                fitted.fill_text_table(compounding, stems, &mut searched, &mut of_text);
                fitted.count_in(of_text.table(), compounding, stems, &mut searched);
                fitted.tokenize(text.as_str().into(), rules, &mut scratch);
                let table = fitted.vocabulary.table();
                fitted.count_in(table.unwrap(), compounding, stems, &mut scratch);
                fitted.append_characters(&mut searched);
                fitted.append_characters(&mut scratch);
                prop_assert_eq!((searched.known, searched.words), (scratch.known, scratch.words));
            }
        }
    }
}
