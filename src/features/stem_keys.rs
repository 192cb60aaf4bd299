//! Keys of the words of a text: those of their stems, or of the words as they stand.
//!
//! A word is stemmed when it is met for the first time, and the key of its stem is remembered under
//! the word's own.

use super::ngram_keys::KeySequence;
use crate::math::hash::{Keys, combine};
use crate::text::{Rules, TokenOptions, Tokens};
use std::borrow::Cow;

/// Keys of stems by the words that have them: two places for each hash, the newer one first. Words
/// are told apart by 63 bits of a key that nobody knows, as terms are by 64 in a vocabulary.
#[derive(Debug, Clone)]
pub(super) struct StemKeyCache {
    keys: Keys,
    pairs: Vec<[StemKey; 2]>,
    /// Stems that have been added, of which others may have taken the place.
    added: usize,
}

/// A stem's key and the key of a word, whose lowest bit is 1; 0 for none.
#[derive(Debug, Clone, Copy, Default)]
struct StemKey {
    word: u64,
    stem: u64,
}

/// Pairs of a new cache, of the words of an article: 16 kB.
const FIRST_PAIRS: usize = 1 << 9;
/// Pairs at most: two megabytes for each thread, and nearly all words of most corpora.
const MAX_PAIRS: usize = 1 << 16;

impl Default for StemKeyCache {
    fn default() -> Self {
        StemKeyCache {
            keys: Keys::secret(),
            pairs: Vec::new(),
            added: 0,
        }
    }
}

impl StemKeyCache {
    /// Returns the key of the stem of a word with this key, which `stem` makes if it is not
    /// remembered.
    #[inline]
    fn get_or(&mut self, word: u64, stem: impl FnOnce() -> u64) -> u64 {
        let word = word | 1;
        let Some(pair) = self.pairs.get(place(word, self.pairs.len())) else {
            return self.add(word, stem());
        };
        if pair[0].word == word {
            return pair[0].stem;
        }
        if pair[1].word == word {
            return pair[1].stem;
        }
        self.add(word, stem())
    }

    #[inline(never)]
    fn add(&mut self, word: u64, stem: u64) -> u64 {
        // At a quarter of the places, three words hardly ever share a pair.
        if 2 * self.added >= self.pairs.len() && self.pairs.len() < MAX_PAIRS {
            self.grow();
        }
        self.added += 1;
        self.put(StemKey { word, stem });
        stem
    }

    fn put(&mut self, new: StemKey) {
        let at = place(new.word, self.pairs.len());
        self.pairs[at] = [new, self.pairs[at][0]];
    }

    fn grow(&mut self) {
        let pairs = vec![Default::default(); (2 * self.pairs.len()).max(FIRST_PAIRS)];
        let before = std::mem::replace(&mut self.pairs, pairs);
        self.added = 0;
        for [newer, older] in before {
            for known in [older, newer] {
                if known.word != 0 {
                    self.put(known);
                    self.added += 1;
                }
            }
        }
    }
}

/// Returns the place of a key among a power of two of pairs.
#[inline]
fn place(word: u64, pairs: usize) -> usize {
    (word >> 1) as usize & pairs.wrapping_sub(1)
}

/// Keys that the words of one text have as features.
#[derive(Clone, Copy)]
pub(super) struct StemKeys {
    keys: Keys,
    /// Rules of the text's language where words are replaced by their stem.
    rules: Option<&'static Rules>,
}

impl StemKeys {
    /// Returns the keys, made by `keys`, of the words of a text whose language has `rules`.
    pub(super) fn new(tokens: TokenOptions, rules: Option<&'static Rules>, keys: Keys) -> Self {
        StemKeys {
            keys,
            rules: rules.filter(|rules| tokens.stem && rules.stemmer.is_some()),
        }
    }

    /// Fills `sequence` with the keys of the words of `tokens`.
    pub(super) fn fill(
        self,
        tokens: &Tokens,
        cache: &mut StemKeyCache,
        sequence: &mut KeySequence,
    ) {
        let Some(rules) = self.rules else {
            return sequence.fill(tokens, self.keys, |_, key| key);
        };
        let language = cache.keys.of_word(rules.code.as_bytes());
        sequence.fill(tokens, cache.keys, |index, word| {
            let stem = || self.keys.of_word(rules.stem(tokens.word(index)).as_bytes());
            cache.get_or(combine(language, word), stem)
        });
    }

    /// Returns the word of a token as it is a feature.
    pub(super) fn word(self, tokens: &Tokens, index: usize) -> Cow<'_, str> {
        let word = tokens.word(index);
        self.rules
            .map_or(Cow::Borrowed(word), |rules| rules.stem(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The cache forgets, and never takes one word's stem for another's.
        #[test]
        fn stems_are_those_of_their_words(words in prop::collection::vec(0..5000u64, 0..6000)) {
            let mut cache = StemKeyCache::default();
            for (at, &number) in words.iter().enumerate() {
                // Many of these share a place.
                let word = number << 13;
                prop_assert_eq!(cache.get_or(word, || number), number);
                prop_assert_eq!(cache.get_or(word, || 9999), number, "at {}", at);
            }
        }
    }

    /// The sum of both keys would be 0 for each of these.
    #[test]
    fn a_word_that_is_the_code_of_its_language_has_its_own_stem() {
        use crate::text::{Language, Tokenizer};
        let (keys, mut cache) = (Keys::secret(), StemKeyCache::default());
        for (language, word) in [(Language::German, "de"), (Language::English, "en")] {
            let options = TokenOptions::default().language(language);
            let mut tokens = Tokens::default();
            Tokenizer::new(options.stem(false)).tokenize(word, &mut tokens);
            let rules = language.own_rules();
            let mut sequence = KeySequence::default();
            StemKeys::new(options, rules, keys).fill(&tokens, &mut cache, &mut sequence);
            assert_eq!(sequence.words, [(0, keys.of_word(word.as_bytes()))]);
        }
    }

    #[test]
    fn the_cache_grows_to_its_limit() {
        let mut cache = StemKeyCache::default();
        for word in 0..2 * MAX_PAIRS as u64 {
            cache.get_or(word.wrapping_mul(0x9E37_79B9_7F4A_7C15), || word);
        }
        assert_eq!(cache.pairs.len(), MAX_PAIRS);
    }
}
