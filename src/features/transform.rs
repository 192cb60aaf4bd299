//! Transformation: a text becomes a row of counts, and then of weights.

use super::count::{pack, sort_packed, unpack};
use super::ngram_keys::{PaddedWord, characters, characters_key};
use super::options::NGrams;
use super::rows::{Row, SparseRows};
use super::scratch::{NO_COLUMN, Scratch};
use super::stem_keys::StemKeys;
use super::term_table::Table;
use super::tfidf::TfIdf;
use crate::math::hash::{Keys, combine};
use crate::text::{Rules, TextInput, Texts, Tokenizer};
use rayon::prelude::*;
use std::ops::Range;

/// Bytes of the runs in which texts are transformed in parallel.
const RUN_BYTES: usize = 1 << 18;
impl TfIdf {
    /// Transforms texts into rows, in parallel.
    pub fn transform_texts(&self, texts: &Texts) -> SparseRows {
        let runs = texts.chunks(RUN_BYTES);
        SparseRows::gather(
            self.vocabulary.len(),
            runs.into_par_iter()
                .map(|run| self.transform_run(texts, run))
                .collect(),
        )
    }

    fn transform_run(&self, texts: &Texts, run: Range<usize>) -> SparseRows {
        let (mut rows, mut scratch) = (
            SparseRows::with_room(self.vocabulary.len(), RUN_BYTES),
            Scratch::default(),
        );
        for index in run {
            let row = self.row(texts.document(index), &mut scratch);
            rows.append_row(row);
        }
        rows
    }

    /// Returns the row of one text, in memory that the next call reuses.
    pub(crate) fn row<'s>(&self, document: TextInput<'_>, scratch: &'s mut Scratch) -> Row<'s> {
        self.count(document, scratch);
        let Scratch {
            known, spare, ends, ..
        } = scratch;
        sort_packed(known, self.vocabulary.len(), spare, ends);
        scratch.tally.sort();
        self.append_characters(scratch);
        self.weigh(scratch)
    }

    /// Returns the values of [`row`](Self::row), but for rounding, in the order in which the terms
    /// first occur, words before characters; saves the sorting. `each` is called with every column
    /// as soon as it is known, so that its weights can be fetched.
    pub(crate) fn unsorted_row<'s>(
        &self,
        document: TextInput<'_>,
        scratch: &'s mut Scratch,
        each: impl FnMut(u32),
    ) -> Row<'s> {
        self.count(document, scratch);
        self.append_characters(scratch);
        scratch
            .known
            .iter()
            .map(|&entry| unpack(entry).0)
            .for_each(each);
        self.weigh(scratch)
    }

    /// Returns the rules of a text's language if more than the ends of words depends on them.
    pub(super) fn rules(&self, document: TextInput<'_>) -> Option<&'static Rules> {
        let needed = self.options.tokens.stem || self.parts.is_some();
        needed.then(|| self.languages.rules_of(document))
    }

    pub(super) fn tokenizer(&self, rules: Option<&'static Rules>) -> Tokenizer {
        let tokens = self.options.tokens.unstemmed();
        rules.map_or_else(
            || Tokenizer::for_languages(tokens, self.languages),
            |rules| Tokenizer::with_rules(tokens, rules),
        )
    }

    pub(super) fn stems(&self, rules: Option<&'static Rules>) -> StemKeys {
        StemKeys::new(self.options.tokens, rules, self.vocabulary.keys())
    }

    /// Returns the rules if the language splits compounds.
    pub(super) fn compounding(&self, rules: Option<&'static Rules>) -> Option<&'static Rules> {
        rules.filter(|rules| self.parts.is_some() && !rules.linking_elements.is_empty())
    }

    /// Fills `scratch.known` with the columns and counts of the word n-grams of a text, and
    /// `scratch.tally` with those of its character n-grams.
    fn count(&self, document: TextInput<'_>, scratch: &mut Scratch) {
        let rules = self.rules(document);
        let stems = self.tokenize(document, rules, scratch);
        let compounding = self.compounding(rules);
        let mut of_text = std::mem::take(&mut scratch.of_text);
        let table = self.table(compounding, stems, scratch, &mut of_text);
        self.count_in(table, compounding, stems, scratch);
        scratch.of_text = of_text;
    }

    /// Fills `scratch` with the tokens of a text and the keys of its words.
    pub(super) fn tokenize(
        &self,
        document: TextInput<'_>,
        rules: Option<&'static Rules>,
        scratch: &mut Scratch,
    ) -> StemKeys {
        let stems = match document {
            TextInput::Text(text) => {
                self.tokenizer(rules).tokenize(text, &mut scratch.tokens);
                self.stems(rules)
            }
            TextInput::Tokenized(words) => {
                // These are stems already.
                scratch.tokens.fill(words);
                self.stems(None)
            }
        };
        scratch.clear(self.id);
        stems.fill(&scratch.tokens, &mut scratch.stems, &mut scratch.sequence);
        stems
    }

    /// Counts the terms that `table` holds.
    pub(super) fn count_in(
        &self,
        table: Table<'_>,
        compounding: Option<&'static Rules>,
        stems: StemKeys,
        scratch: &mut Scratch,
    ) {
        if let Some(range) = self.options.word_ngrams {
            if range.min == 1 {
                self.count_singles(table, compounding, stems, scratch);
            }
            self.count_longer(table, range, scratch);
        }
        if self.options.char_ngrams.is_some() {
            self.count_characters(table, stems, scratch);
        }
        if let Some(buckets) = self.options.buckets {
            self.count_buckets(buckets, scratch);
        }
    }

    fn count_singles(
        &self,
        table: Table<'_>,
        rules: Option<&'static Rules>,
        stems: StemKeys,
        scratch: &mut Scratch,
    ) {
        let Scratch {
            sequence,
            counter,
            numbers,
            ..
        } = scratch;
        numbers.clear();
        for &(_, key) in &sequence.words {
            table.prefetch(key);
            numbers.push(counter.add(key));
        }
        for &(_, key) in &sequence.standalone {
            counter.add(key);
        }
        if let Some(rules) = rules {
            self.count_parts(rules, stems, scratch);
        }
        let Scratch {
            counter,
            columns_of,
            known,
            ..
        } = scratch;
        for (key, count) in counter.iter() {
            let column = table.column(key);
            columns_of.push(column.unwrap_or(NO_COLUMN));
            known.extend(column.map(|column| pack(column, count)));
        }
    }

    /// Counts n-grams of two words and more. If every word of a known n-gram is known itself,
    /// n-grams of unknown words are not looked up.
    fn count_longer(&self, table: Table<'_>, range: NGrams, scratch: &mut Scratch) {
        let secret = self.vocabulary.keys();
        let Scratch {
            sequence,
            keys,
            counter,
            numbers,
            columns_of,
            known,
            ..
        } = scratch;
        keys.clear();
        let each = |key: u64, _| {
            table.prefetch(key);
            keys.push(key);
        };
        if range.min == 1 && self.options.keeps_all() {
            sequence.longer(
                range,
                |place| columns_of[numbers[place] as usize] != NO_COLUMN,
                each,
            );
        } else {
            sequence.longer(range, |_| true, each);
        }
        // Most are unknown and few occur twice: so they are looked up first, and then counted.
        let found = keep_known(table, keys);
        counter.clear(found.len());
        for &column in found {
            counter.add(scattered(secret, column));
        }
        known.extend(
            counter
                .iter()
                .map(|(key, count)| pack(unpack(key).0, count)),
        );
    }

    /// Counts the parts of compounds; words are split once for each language, since linking
    /// elements differ.
    fn count_parts(&self, rules: &Rules, stems: StemKeys, scratch: &mut Scratch) {
        let language = self.vocabulary.keys().of_word(rules.code.as_bytes());
        let linking_elements = rules.linking_elements;
        let Scratch {
            tokens,
            sequence,
            counter,
            parts,
            ..
        } = scratch;
        for &(index, key) in &sequence.words {
            let found = parts.get_or(combine(language, key), |keys| {
                self.part_keys(&stems.word(tokens, index as usize), linking_elements, keys)
            });
            for &part in found {
                counter.add(part);
            }
        }
    }

    pub(super) fn part_keys(&self, word: &str, linking_elements: &[&str], keys: &mut Vec<u64>) {
        if let Some(parts) = &self.parts {
            let own = self.vocabulary.keys();
            parts.split(word, linking_elements, |range| {
                keys.push(own.of_word(word[range].as_bytes()))
            });
        }
    }

    fn count_characters(&self, table: Table<'_>, stems: StemKeys, scratch: &mut Scratch) {
        let first = self.vocabulary.words();
        let Scratch {
            tokens,
            sequence,
            counter,
            first_tokens,
            grams,
            padded,
            tally,
            ..
        } = scratch;
        // A word has some twenty n-grams, so it is counted before they are.
        counter.clear(sequence.words.len());
        first_tokens.clear();
        for &(index, key) in &sequence.words {
            if counter.add(key) as usize == first_tokens.len() {
                first_tokens.push(index);
            }
        }
        tally.clear(self.vocabulary.len() - first);
        for (&index, (key, times)) in first_tokens.iter().zip(counter.iter()) {
            let found = grams.get_or(key, |columns| {
                let word = stems.word(tokens, index as usize);
                self.character_columns(table, &word, padded, |column| {
                    columns.push(column - first as u32);
                });
            });
            tally.add(found, times);
        }
    }

    /// Appends the character n-grams of `scratch.tally`, in their order there, to the columns and
    /// counts of word n-grams.
    pub(super) fn append_characters(&self, scratch: &mut Scratch) {
        scratch.words = scratch.known.len();
        let first = self.vocabulary.words() as u32;
        if self.options.char_ngrams.is_some() {
            let counted = scratch.tally.iter();
            let counted = counted.map(|(column, count)| pack(column + first, count));
            scratch.known.extend(counted);
        }
    }

    pub(super) fn character_columns(
        &self,
        table: Table<'_>,
        word: &str,
        padded: &mut PaddedWord,
        mut each: impl FnMut(u32),
    ) {
        let Some(range) = self.options.char_ngrams else {
            return;
        };
        characters(word, range, padded, |gram| {
            let column = table.column(characters_key(self.vocabulary.keys(), gram));
            // Only a forged vocabulary has a column of words here.
            column
                .filter(|&column| column as usize >= self.vocabulary.words())
                .into_iter()
                .for_each(&mut each);
        });
    }
}

/// Replaces the keys by the columns of those that are known. Without a branch, since none could be
/// predicted.
fn keep_known<'k>(table: Table<'_>, keys: &'k mut [u64]) -> &'k [u64] {
    let mut known = 0;
    for at in 0..keys.len() {
        let column = table.column(keys[at]);
        keys[known] = u64::from(column.unwrap_or_default());
        known += usize::from(column.is_some());
    }
    &keys[..known]
}

/// Returns a key of a column that falls into any slot of a table.
#[inline]
pub(super) fn scattered(keys: Keys, column: u64) -> u64 {
    column << 32 | u64::from(keys.scatter(column as u32))
}
