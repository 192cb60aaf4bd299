//! Places of a text at which its terms stand.

use super::ngram_keys::{KeySequence, PaddedWord};
use super::tfidf::TfIdf;
use crate::text::{StemCache, Tokens};
use std::ops::Range;

/// A known term of a text and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Occurrence {
    /// The term's column.
    pub column: u32,
    /// Byte offsets into the text, at character boundaries. A character n-gram and a part of a
    /// compound are shown as the word that holds them.
    pub span: Range<usize>,
    /// Whether the span is the term itself, and not a word that holds it.
    pub whole: bool,
}

impl TfIdf {
    /// Every known term of a text, at every place where it stands.
    pub fn occurrences(&self, text: &str) -> Vec<Occurrence> {
        let mut found = Vec::new();
        self.each_occurrence(text, |column, span, whole| {
            found.push(Occurrence {
                column,
                span,
                whole,
            })
        });
        found
    }

    /// Tells `each` the column, span and wholeness of every [`Occurrence`].
    pub(crate) fn each_occurrence(
        &self,
        text: &str,
        mut each: impl FnMut(u32, Range<usize>, bool),
    ) {
        let (mut tokens, mut padded) = (Tokens::default(), PaddedWord::default());
        let rules = self.rules(text);
        self.tokenizer(rules).tokenize(text, &mut tokens);
        let (table, stems) = (self.vocabulary.table(), self.stems(rules));
        let mut sequence = KeySequence::default();
        stems.fill(&tokens, &mut StemCache::default(), &mut sequence);
        if let Some(range) = self.options.word_ngrams {
            sequence.all(range, |key, of| {
                let span =
                    tokens.span(of.start as usize).start..tokens.span(of.end as usize - 1).end;
                if let Some(column) = table.column(key) {
                    each(column, span, true);
                }
            });
        }
        let linking_elements = self
            .compounding(rules)
            .map_or(&[][..], |rules| rules.linking_elements);
        for index in (0..tokens.len()).filter(|&index| !tokens.standalone(index)) {
            let (word, mut keys) = (stems.word(&tokens, index), Vec::new());
            if self.options.has_unigrams() {
                self.part_keys(&word, linking_elements, &mut keys);
            }
            let mut inside: Vec<u32> = keys
                .into_iter()
                .filter_map(|key| table.column(key))
                .collect();
            self.character_columns(&word, &mut padded, |column| inside.push(column));
            // However often a word holds a term, it is one place.
            inside.sort_unstable();
            inside.dedup();
            inside
                .into_iter()
                .for_each(|column| each(column, tokens.span(index), false));
        }
    }
}
