//! Occurrences of terms in a text.

use super::scratch::Scratch;
use super::term_table::SmallTable;
use super::tfidf::TfIdf;
use std::ops::Range;

/// An occurrence of a term in a text.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Occurrence {
    /// Column of the term.
    pub column: u32,
    /// Span in bytes of the text, at character boundaries. A character n-gram and a part of a
    /// compound have the span of the word that holds them.
    pub span: Range<usize>,
    /// True if the span is the term itself, false if it is a word that holds the term.
    pub whole: bool,
}

impl TfIdf {
    /// Returns every occurrence of a known term in a text.
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

    /// Calls `each` with column, span and wholeness of every [`Occurrence`].
    pub(crate) fn each_occurrence(
        &self,
        text: &str,
        mut each: impl FnMut(u32, Range<usize>, bool),
    ) {
        let mut scratch = Scratch::default();
        let (rules, mut of_text) = (self.rules(text.into()), SmallTable::default());
        let stems = self.tokenize(text.into(), rules, &mut scratch);
        let compounding = self.compounding(rules);
        let table = self.table(compounding, stems, &mut scratch, &mut of_text);
        let Scratch {
            tokens,
            sequence,
            mut padded,
            ..
        } = scratch;
        if let Some(range) = self.options.word_ngrams {
            sequence.all(range, |key, of| {
                let span =
                    tokens.span(of.start as usize).start..tokens.span(of.end as usize - 1).end;
                if let Some(column) = table.column(key) {
                    each(column, span, true);
                }
            });
        }
        let linking_elements = compounding.map_or(&[][..], |rules| rules.linking_elements);
        for index in (0..tokens.len()).filter(|&index| !tokens.standalone(index)) {
            let (word, mut keys) = (stems.word(&tokens, index), Vec::new());
            if self.options.has_unigrams() {
                self.part_keys(&word, linking_elements, &mut keys);
            }
            let mut inside: Vec<u32> = keys
                .into_iter()
                .filter_map(|key| table.column(key))
                .collect();
            self.character_columns(table, &word, &mut padded, |column| inside.push(column));
            // A word is one occurrence of a term, however often it holds the term.
            inside.sort_unstable();
            inside.dedup();
            inside
                .into_iter()
                .for_each(|column| each(column, tokens.span(index), false));
        }
        if let Some(buckets) = self.options.buckets {
            let first = self.vocabulary.spelled() as u32;
            buckets.each(&tokens, |bucket, span| each(first + bucket, span, true));
        }
    }
}
