//! Scratch memory that is reused from text to text, so that nothing is allocated for one.

use super::count::Counter;
use super::ngram_keys::{KeySequence, PaddedWord};
use super::stem_keys::StemKeyCache;
use super::term_table::SmallTable;
use crate::math::hash::KeyMap;
use crate::text::Tokens;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Column of a term that the vocabulary does not hold.
pub(super) const NO_COLUMN: u32 = u32::MAX;

/// Scratch memory of a transformer; one for each thread.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scratch {
    pub(super) tokens: Tokens,
    pub(super) sequence: KeySequence,
    /// Keys of n-grams of two words and more.
    pub(super) keys: Vec<u64>,
    /// Number that the counter gave to each word of the sequence.
    pub(super) numbers: Vec<u32>,
    /// Column of each number, or [`NO_COLUMN`].
    pub(super) columns_of: Vec<u32>,
    pub(super) counter: Counter,
    /// Columns and counts, packed; the first `words` are those of word n-grams.
    pub(super) known: Vec<u64>,
    pub(super) words: usize,
    pub(super) columns: Vec<u32>,
    pub(super) values: Vec<f32>,
    pub(super) weights: Vec<f64>,
    pub(super) spare: Vec<u64>,
    pub(super) ends: Vec<u32>,
    pub(super) padded: PaddedWord,
    /// Character n-grams of words, as columns after those of word n-grams.
    pub(super) grams: WordCache<u32>,
    /// Keys of the parts of compounds.
    pub(super) parts: WordCache<u64>,
    /// Hashed columns and signs of the character n-grams of words.
    pub(super) places: WordCache<u64>,
    /// Keys of the stems of words, by language and word.
    pub(super) stems: StemKeyCache,
    pub(super) tally: DenseCounts,
    /// Token of the first occurrence of each word whose characters are counted.
    pub(super) first_tokens: Vec<u32>,
    /// Table of the terms of the text, as long as there is none of all terms.
    pub(super) of_text: SmallTable,
    /// Keys of the terms of the text and their columns.
    pub(super) found: Vec<(u64, u32)>,
    /// Number of the transformer whose words are cached.
    of: u64,
}

impl Scratch {
    /// Prepares for a text; the caches of another transformer are emptied.
    pub(super) fn clear(&mut self, transformer: u64) {
        self.counter.clear(self.tokens.len());
        self.known.clear();
        self.columns_of.clear();
        if self.of != transformer {
            (self.grams, self.parts, self.places, self.stems) = Default::default();
            self.of = transformer;
        }
    }
}

/// Returns a number that no other transformer of this process has.
pub(super) fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Relaxed)
}

/// A cache of lists by the keys of words, which are secret. When it is full, all are dropped.
#[derive(Debug, Clone)]
pub(super) struct WordCache<T> {
    places: KeyMap<(u32, u32)>,
    found: Vec<T>,
}

impl<T> Default for WordCache<T> {
    fn default() -> Self {
        WordCache {
            places: KeyMap::default(),
            found: Vec::new(),
        }
    }
}

/// Words in a cache at most, and items of all their lists: a few megabytes for each thread.
const WORDS: usize = 1 << 16;
const REMEMBERED: usize = 1 << 20;

impl<T> WordCache<T> {
    /// Returns the list of `key`, which `find` appends if it is new.
    #[inline]
    pub(super) fn get_or(&mut self, key: u64, find: impl FnOnce(&mut Vec<T>)) -> &[T] {
        let (from, to) = match self.places.get(&key) {
            Some(&place) => place,
            None => self.learn(key, find),
        };
        &self.found[from as usize..to as usize]
    }

    fn learn(&mut self, key: u64, find: impl FnOnce(&mut Vec<T>)) -> (u32, u32) {
        if self.found.len() > REMEMBERED || self.places.len() >= WORDS {
            self.found.clear();
            self.places.clear();
        }
        let from = self.found.len() as u32;
        find(&mut self.found);
        let place = (from, self.found.len() as u32);
        self.places.insert(key, place);
        place
    }
}

/// Counts of small numbers in an array, in the order of their first occurrence.
#[derive(Debug, Clone, Default)]
pub(super) struct DenseCounts {
    counts: Vec<u32>,
    /// Numbers that are counted, and room for others.
    touched: Vec<u32>,
    distinct: usize,
    bits: BitSet,
}

/// Set of numbers, a bit each, and a bit for each 64 of them.
#[derive(Debug, Clone, Default)]
struct BitSet {
    bits: Vec<u64>,
    upper: Vec<u64>,
}

impl DenseCounts {
    /// Removes all counts and makes room for numbers below `size`.
    pub(super) fn clear(&mut self, size: usize) {
        for &number in &self.touched[..self.distinct] {
            self.counts[number as usize] = 0;
        }
        self.distinct = 0;
        if self.counts.len() < size {
            self.counts.resize(size, 0);
        }
    }

    /// Counts every one of `numbers` so many times more, at least once.
    #[inline]
    pub(super) fn add(&mut self, numbers: &[u32], times: u32) {
        let room = self.distinct + numbers.len();
        if self.touched.len() < room {
            self.touched.resize(2 * room, 0);
        }
        let (touched, mut distinct) = (self.touched.as_mut_slice(), self.distinct);
        for &number in numbers {
            let count = &mut self.counts[number as usize];
            // Without a branch, since none could be predicted.
            touched[distinct] = number;
            distinct += usize::from(*count == 0);
            *count += times;
        }
        self.distinct = distinct;
    }

    /// Returns the numbers and their counts.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.touched[..self.distinct]
            .iter()
            .map(|&number| (number, self.counts[number as usize]))
    }

    /// Brings the numbers into ascending order.
    pub(super) fn sort(&mut self) {
        /// Numbers that are sorted by comparison faster than by bits.
        const FEW: usize = 32;
        let touched = &mut self.touched[..self.distinct];
        match touched.len() {
            0..FEW => touched.sort_unstable(),
            _ => self.bits.sort(touched, self.counts.len()),
        }
    }
}

impl BitSet {
    /// Sorts distinct numbers below `size`.
    fn sort(&mut self, numbers: &mut [u32], size: usize) {
        let words = size.div_ceil(64);
        if self.bits.len() < words {
            self.bits.resize(words, 0);
            self.upper.resize(words.div_ceil(64), 0);
        }
        for &number in &*numbers {
            let word = number as usize / 64;
            self.bits[word] |= 1 << (number % 64);
            self.upper[word / 64] |= 1 << (word % 64);
        }
        let mut places = numbers.iter_mut();
        for (at, upper) in self.upper.iter_mut().enumerate() {
            each_bit(std::mem::take(upper), |bit| {
                let word = 64 * at + bit as usize;
                each_bit(std::mem::take(&mut self.bits[word]), |bit| {
                    if let Some(place) = places.next() {
                        *place = 64 * word as u32 + bit;
                    }
                });
            });
        }
    }
}

/// Calls `each` with the number of each bit, ascending.
#[inline]
fn each_bit(mut bits: u64, mut each: impl FnMut(u32)) {
    while bits != 0 {
        each(bits.trailing_zeros());
        bits &= bits - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::test_texts::text;
    use crate::features::{DocumentFrequency, NGrams, TfIdf, TfIdfOptions};
    use crate::io::Silent;
    use crate::text::Texts;
    use proptest::prelude::*;

    fn texts() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec(text(), 1..8)
    }

    proptest! {
        #[test]
        fn dense_counts_are_those_of_a_map(
            parts in prop::collection::vec((prop::collection::vec(0..9000u32, 0..60), 1..4u32), 0..8),
        ) {
            let mut counts = DenseCounts::default();
            for _ in 0..2 {
                counts.clear(9000);
                let mut expected: Vec<(u32, u32)> = Vec::new();
                for (numbers, times) in &parts {
                    counts.add(numbers, *times);
                    for &number in numbers {
                        match expected.iter_mut().find(|(known, _)| *known == number) {
                            Some((_, count)) => *count += times,
                            None => expected.push((number, *times)),
                        }
                    }
                }
                prop_assert_eq!(counts.iter().collect::<Vec<_>>(), expected.clone());
                counts.sort();
                expected.sort_unstable();
                prop_assert_eq!(counts.iter().collect::<Vec<_>>(), expected);
            }
        }

        /// Memory of other texts and of another vocabulary reaches into no row.
        #[test]
        fn rows_in_shared_memory_are_those_of_the_fit(a in texts(), b in texts(), characters: bool) {
            let options = TfIdfOptions::default()
                .min_df(DocumentFrequency::Count(1))
                .char_ngrams(characters.then_some(NGrams::new(2, 3)));
            let fit = |texts: &[String]| {
                let list: Texts = texts.iter().collect();
                TfIdf::fit_transform(&options, &list, &Silent)
            };
            let (Ok((first, _)), Ok((second, rows))) = (fit(&a), fit(&b)) else { return Ok(()) };
            let mut shared = Scratch::default();
            for (index, text) in b.iter().enumerate() {
                a.iter().for_each(|text| { first.row(text.as_str().into(), &mut shared); });
                let row = second.row(text.as_str().into(), &mut shared);
                prop_assert_eq!(row, rows.row(index));
            }
        }
    }
}
