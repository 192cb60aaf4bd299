//! Features without a vocabulary: a term's column is a part of its key.
//!
//! Nothing is fitted and nothing kept, and any new text has a row; but two terms may share a
//! column, no term can be named after its column, and there is no idf. Terms of different signs
//! cancel each other out rather than add up, so that a shared column is zero on average (Weinberger
//! et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009).
//!
//! Collisions belong to the method, and a known seed lets anyone compute words that share a column
//! and a sign with any other. A secret seed makes that a matter of trial and error; for hostile
//! texts, [`TfIdf`](super::TfIdf) tells its terms apart. Rows are made by sorting, so that the time
//! for a text does not depend on the columns of its words.

use super::count::{pack, sort_packed, unpack};
use super::ngram_keys::{characters, characters_key};
use super::options::{NGrams, Norm, TermFrequency, TfIdfOptions};
use super::rows::{Row, SparseRows};
use super::scratch::{Scratch, next_id};
use super::stem_keys::StemKeys;
use crate::math::hash::{Keys, combine};
use crate::setters::setters;
use crate::text::{Rules, Texts, TokenOptions, Tokenizer};
use crate::{Error, Result};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Options of feature hashing.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HashingOptions {
    /// Options of the tokeniser.
    pub tokens: TokenOptions,
    /// Lengths of word n-grams, if any; default 1 to 2.
    pub word_ngrams: Option<NGrams>,
    /// Lengths of character n-grams inside words, if any; default none.
    pub char_ngrams: Option<NGrams>,
    /// Number of bits of a column, from 1 to 30; default 20. There are 2 to the power of it columns
    /// for words, and as many after them for character n-grams where there are both.
    pub bits: u8,
    /// Signs of terms, by which those that share a column cancel each other out; default true.
    pub signed: bool,
    /// Term frequency; default raw, as in scikit-learn.
    pub tf: TermFrequency,
    /// Norm of a row, for words and characters each by itself; default L2.
    pub norm: Norm,
    /// Seed of the hash, which chooses the columns; default 0.
    pub seed: u64,
}

setters!(HashingOptions {
    tokens: TokenOptions,
    word_ngrams: Option<NGrams>,
    char_ngrams: Option<NGrams>,
    bits: u8,
    signed: bool,
    tf: TermFrequency,
    norm: Norm,
    seed: u64,
});

impl Default for HashingOptions {
    fn default() -> Self {
        HashingOptions {
            tokens: TokenOptions::default(),
            word_ngrams: Some(NGrams::new(1, 2)),
            char_ngrams: None,
            bits: 20,
            signed: true,
            tf: TermFrequency::Raw,
            norm: Norm::L2,
            seed: 0,
        }
    }
}

/// A transformer of texts to rows without a fit.
///
/// A term's column is the upper `bits` bits of its 64-bit key, its sign is + where the lowest bit
/// is 0 and − where it is 1. The page of [`features`](super) defines the keys. The value is the
/// term frequency of the sum of signs, divided by the norm; a sum of 0 has no entry.
///
/// ```
/// use standpoint::features::{Hashing, HashingOptions};
/// let hashing = Hashing::new(HashingOptions::default())?;
/// let rows = hashing.transform_texts(&["talks in Geneva", ""].into_iter().collect());
/// assert_eq!((rows.columns(), rows.row(0).columns.len(), rows.row(1).columns.len()), (1 << 20, 5, 0));
/// # Ok::<(), standpoint::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Hashing {
    options: HashingOptions,
    /// Number of the transformer in this process, by which scratch memory knows it.
    id: u64,
    /// Secret keys, by which words are counted before their character n-grams are.
    counting: Keys,
}

/// Bytes of the runs in which texts are transformed in parallel.
const RUN_BYTES: usize = 1 << 18;

impl Hashing {
    /// Returns a transformer by `options`.
    ///
    /// # Errors
    /// A usage error for options out of range.
    pub fn new(options: HashingOptions) -> Result<Self> {
        let HashingOptions {
            word_ngrams,
            char_ngrams,
            bits,
            ..
        } = options;
        TfIdfOptions {
            word_ngrams,
            char_ngrams,
            ..TfIdfOptions::default()
        }
        .verify()?;
        if !(1..=30).contains(&bits) {
            return Err(
                Error::usage(format!("2 to the power of {bits} columns is out of range"))
                    .help("give from 1 to 30 bits"),
            );
        }
        Ok(Hashing {
            options,
            id: next_id(),
            counting: Keys::secret(),
        })
    }

    /// Returns the number of columns.
    pub fn columns(&self) -> usize {
        let both = self.options.word_ngrams.is_some() && self.options.char_ngrams.is_some();
        (1 << self.options.bits) << u32::from(both)
    }

    /// Transforms texts into rows, in parallel.
    pub fn transform_texts(&self, texts: &Texts) -> SparseRows {
        let transform = |run: std::ops::Range<usize>| {
            let (mut rows, mut scratch) = (
                SparseRows::with_room(self.columns(), RUN_BYTES),
                Scratch::default(),
            );
            run.for_each(|index| rows.append_row(self.row(texts.get(index), &mut scratch)));
            rows
        };
        let runs = texts.chunks(RUN_BYTES);
        SparseRows::gather(
            self.columns(),
            runs.into_par_iter().map(transform).collect(),
        )
    }

    /// Returns the row of one text, in memory that the next call reuses.
    pub(crate) fn row<'s>(&self, text: &str, scratch: &'s mut Scratch) -> Row<'s> {
        let options = &self.options;
        let rules = options
            .tokens
            .stem
            .then(|| options.tokens.language.rules(text));
        let tokens = options.tokens.unstemmed();
        let tokenizer = rules.map_or_else(
            || Tokenizer::new(tokens),
            |rules| Tokenizer::with_rules(tokens, rules),
        );
        tokenizer.tokenize(text, &mut scratch.tokens);
        let stems = StemKeys::new(options.tokens, rules, self.keys());
        scratch.clear(self.id);
        scratch.columns.clear();
        scratch.values.clear();
        let Scratch {
            tokens,
            sequence,
            known,
            stems: of_words,
            ..
        } = scratch;
        stems.fill(tokens, of_words, sequence);
        if let Some(range) = options.word_ngrams {
            sequence.all(range, |key, _| known.push(self.place(key, 0)));
        }
        self.weigh(scratch);
        if let Some(range) = options.char_ngrams {
            self.characters(range, rules, stems, scratch);
            self.weigh(scratch);
        }
        Row {
            columns: &scratch.columns,
            values: &scratch.values,
        }
    }

    fn keys(&self) -> Keys {
        Keys::public(self.options.seed)
    }

    fn characters(
        &self,
        range: NGrams,
        rules: Option<&Rules>,
        stems: StemKeys,
        scratch: &mut Scratch,
    ) {
        let first = if self.options.word_ngrams.is_some() {
            1 << self.options.bits
        } else {
            0
        };
        let Scratch {
            tokens,
            counter,
            first_tokens,
            known,
            padded,
            places,
            ..
        } = scratch;
        // The stem of a word depends on the language.
        let language = rules.map_or(0, |rules| self.counting.of_word(rules.code.as_bytes()));
        first_tokens.clear();
        for (index, (standalone, key)) in tokens.keys(self.counting).enumerate() {
            if !standalone && counter.add(combine(language, key)) as usize == first_tokens.len() {
                first_tokens.push(index as u32);
            }
        }
        known.clear();
        for (&index, (key, times)) in first_tokens.iter().zip(counter.iter()) {
            let of_word = places.get_or(key, |places| {
                let word = stems.word(tokens, index as usize);
                characters(&word, range, padded, |gram| {
                    places.push(self.place(characters_key(self.keys(), gram), first));
                });
            });
            let more = u64::from(times - 1) * ONCE;
            known.extend(of_word.iter().map(|place| place + more));
        }
    }

    /// Returns the column of a key, packed with its sign, 0 or 1, and the count 1.
    #[inline]
    fn place(&self, key: u64, first: u32) -> u64 {
        let column = (key >> (64 - self.options.bits)) as u32;
        let sign = key as u32 & u32::from(self.options.signed);
        pack(first + column, ONCE as u32 | sign)
    }

    /// Appends the values of the entries of `scratch`.
    fn weigh(&self, scratch: &mut Scratch) {
        let Scratch {
            known,
            columns,
            values,
            spare,
            ends,
            ..
        } = scratch;
        sort_packed(known, self.columns(), spare, ends);
        let (from, mut length) = (values.len(), 0.0);
        for run in known.chunk_by(|a, b| a >> 32 == b >> 32) {
            let sum: i64 = run.iter().map(|&term| signed_count(term)).sum();
            if sum != 0 {
                let value = self.term_frequency(sum);
                length += if self.options.norm == Norm::L2 {
                    value * value
                } else {
                    value.abs()
                };
                columns.push(unpack(run[0]).0);
                values.push(value as f32);
            }
        }
        let length = match self.options.norm {
            Norm::L2 => length.sqrt(),
            Norm::L1 => length,
            Norm::None => 1.0,
        };
        values[from..]
            .iter_mut()
            .for_each(|value| *value = (f64::from(*value) / length) as f32);
    }

    fn term_frequency(&self, sum: i64) -> f64 {
        match self.options.tf {
            TermFrequency::Raw => sum as f64,
            TermFrequency::Sublinear => sum.signum() as f64 * (1.0 + (sum.abs() as f64).ln()),
            TermFrequency::Binary => 1.0,
        }
    }
}

/// An occurrence of a term in the lower half of its packed number, above the bit of the sign.
const ONCE: u64 = 2;

/// Returns the count of a packed term, below 0 where its sign is −.
#[inline]
fn signed_count(term: u64) -> i64 {
    let count = i64::from(unpack(term).1 >> 1);
    if term & 1 == 1 { -count } else { count }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_signs_follow_the_stated_rule() {
        let tokens = TokenOptions::default().unstemmed();
        let hashing = Hashing::new(HashingOptions {
            tokens,
            norm: Norm::None,
            seed: 5,
            ..HashingOptions::default()
        })
        .unwrap();
        let rows = hashing.transform_texts(&["war war peace"].into_iter().collect());
        let (war, peace) = (
            Keys::public(5).of_word(b"war"),
            Keys::public(5).of_word(b"peace"),
        );
        let sign = |key: u64| if key & 1 == 0 { 1.0 } else { -1.0 };
        let mut expected = [
            (war, 2.0),
            (peace, 1.0),
            (combine(war, war), 1.0),
            (combine(war, peace), 1.0),
        ]
        .map(|(key, count)| ((key >> 44) as u32, count * sign(key)));
        expected.sort_by_key(|entry| entry.0);
        let row = rows.row(0);
        assert!(
            row.columns
                .iter()
                .copied()
                .zip(row.values.iter().copied())
                .eq(expected)
        );
    }

    #[test]
    fn characters_come_after_words() {
        let range = Some(NGrams::new(3, 3));
        let both = HashingOptions {
            char_ngrams: range,
            bits: 4,
            ..HashingOptions::default()
        };
        let hashing = Hashing::new(both.clone()).unwrap();
        assert_eq!(hashing.columns(), 32);
        let rows = hashing.transform_texts(&["peace talks"].into_iter().collect());
        assert!(rows.row(0).columns.windows(2).all(|w| w[0] < w[1]));
        let alone = Hashing::new(HashingOptions {
            word_ngrams: None,
            ..both
        })
        .unwrap();
        let alone = alone.transform_texts(&["peace talks"].into_iter().collect());
        let after: Vec<u32> = rows
            .row(0)
            .columns
            .iter()
            .filter(|&&c| c >= 16)
            .map(|c| c - 16)
            .collect();
        assert_eq!(alone.row(0).columns, after);
    }

    #[test]
    fn bits_are_checked() {
        for bits in [0, 31, 64] {
            assert!(
                Hashing::new(HashingOptions {
                    bits,
                    ..HashingOptions::default()
                })
                .is_err()
            );
        }
    }
}
