//! N-grams of a tokenised text and their 64-bit keys.
//!
//! A word's key is the hash of its normalised bytes (`math/hash.rs`). An n-gram's key is folded
//! from the keys of its words by [`combine`], so that no n-gram is spelled out to be looked up. A
//! character n-gram's key is that of its bytes, combined with [`CHARACTERS`], so that the word
//! `der` and the characters `der` differ.
//!
//! A fitted vocabulary has secret keys, so that nobody can prepare two terms of one key: two terms
//! share one by accident with probability 2⁻⁶⁴ a pair. The fit does not depend on keys, and a table
//! in which two terms share one is made again under others; a term that the vocabulary does not
//! hold can be taken for a known one with probability (known terms) · 2⁻⁶⁴. The page of the
//! `features` room states the public keys, which [`Hashing`](super::Hashing) has.

use super::options::{DocumentFrequency, NGrams, TfIdfOptions};
use crate::math::hash::{BLOCK, Keys, combine, last_block};
use crate::text::Tokens;
use std::ops::Range;

/// Key before every character n-gram, as of a word that no text holds: `characte` in ASCII.
const CHARACTERS: u64 = 0x6368_6172_6163_7465;

/// Returns the key of a character n-gram.
#[inline]
pub(super) fn characters_key(keys: Keys, characters: &[u8]) -> u64 {
    combine(CHARACTERS, keys.of_word(characters))
}

/// Returns the key of an n-gram that is spelled with blanks between its words.
///
/// Eight bytes are searched for a blank and hashed at once. Only the first byte that the search
/// finds is sure to be a blank (Warren 2012, "Hacker's Delight", section 6-1).
pub(super) fn term_key(keys: Keys, term: &[u8]) -> u64 {
    const BLANKS: u64 = u64::from_le_bytes([b' '; BLOCK]);
    const ONES: u64 = u64::from_le_bytes([1; BLOCK]);
    const HIGH_BITS: u64 = ONES << 7;
    let (mut before, mut hash, mut at) = (None, keys.of_blocks(std::iter::empty()), 0);
    let ended = |before: Option<u64>, hash| before.map_or(hash, |key| combine(key, hash));
    loop {
        let rest = &term[at..];
        let block = match (rest.first_chunk(), term.last_chunk::<BLOCK>()) {
            (Some(&block), _) => u64::from_le_bytes(block),
            (None, Some(&end)) if !rest.is_empty() => {
                u64::from_le_bytes(end) >> (u8::BITS as usize * (BLOCK - rest.len()))
            }
            (None, _) => last_block(rest),
        };
        let differences = block ^ BLANKS;
        let found = differences.wrapping_sub(ONES) & !differences & HIGH_BITS;
        let length = (found.trailing_zeros() / u8::BITS) as usize;
        let left = rest.len().min(BLOCK);
        if length < left {
            if length > 0 {
                let of_word = (1 << (u8::BITS as usize * length)) - 1;
                hash = keys.of_block(hash, block & of_word);
            }
            before = Some(ended(before, hash));
            hash = keys.of_blocks(std::iter::empty());
            at += length + 1;
            continue;
        }
        if left > 0 {
            hash = keys.of_block(hash, block);
        }
        at += left;
        if at == term.len() {
            return ended(before, hash);
        }
    }
}

/// The words of a text by their keys.
#[derive(Debug, Clone, Default)]
pub(super) struct KeySequence {
    /// Number and key of every token that takes part in n-grams.
    pub words: Vec<(u32, u64)>,
    /// Number and key of every standalone token.
    pub standalone: Vec<(u32, u64)>,
}

impl KeySequence {
    /// Replaces the words by those of `tokens`, which have the keys that `key` makes of their
    /// numbers and keys under `keys`.
    #[inline]
    pub(super) fn fill(
        &mut self,
        tokens: &Tokens,
        keys: Keys,
        mut key: impl FnMut(usize, u64) -> u64,
    ) {
        self.words.clear();
        self.words.reserve(tokens.len());
        self.standalone.clear();
        for (index, (standalone, of_word)) in tokens.keys(keys).enumerate() {
            let word = (index as u32, key(index, of_word));
            match standalone {
                true => self.standalone.push(word),
                false => self.words.push(word),
            }
        }
    }

    /// Calls `each` with the key of every n-gram of two words and more in `range`, and the tokens
    /// that it spans. N-grams with a word for whose place `holds` is false are left out.
    #[inline]
    pub(super) fn longer(
        &self,
        range: NGrams,
        holds: impl Fn(usize) -> bool,
        mut each: impl FnMut(u64, Range<u32>),
    ) {
        for (first, &(start, key)) in self
            .words
            .iter()
            .enumerate()
            .filter(|&(first, _)| holds(first))
        {
            let mut key = key;
            for length in 2..=usize::from(range.max) {
                let last = first + length - 1;
                let Some(&(end, next)) = self.words.get(last).filter(|_| holds(last)) else {
                    break;
                };
                key = combine(key, next);
                if length >= usize::from(range.min) {
                    each(key, start..end + 1);
                }
            }
        }
    }

    /// Calls `each` with the key of every n-gram in `range`, single words first.
    pub(super) fn all(&self, range: NGrams, mut each: impl FnMut(u64, Range<u32>)) {
        if range.min == 1 {
            self.words
                .iter()
                .chain(&self.standalone)
                .for_each(|&(at, key)| each(key, at..at + 1));
        }
        self.longer(range, |_| true, each);
    }
}

/// Calls `each` with every character n-gram of a word, which `padded` encloses in blanks. A word of
/// at most `n` padded characters is one n-gram, and has no longer ones.
pub(super) fn characters(
    word: &str,
    range: NGrams,
    padded: &mut PaddedWord,
    mut each: impl FnMut(&[u8]),
) {
    padded.fill(word);
    let boundaries = &padded.boundaries;
    let characters = boundaries.len() - 1;
    for length in usize::from(range.min)..=usize::from(range.max) {
        let length = length.min(characters);
        for start in 0..=characters - length {
            each(
                &padded.bytes.as_bytes()
                    [boundaries[start] as usize..boundaries[start + length] as usize],
            );
        }
        if length == characters {
            break;
        }
    }
}

/// A word with a blank on each side, and the starts of its characters.
#[derive(Debug, Clone, Default)]
pub(super) struct PaddedWord {
    bytes: String,
    boundaries: Vec<u32>,
}

impl PaddedWord {
    fn fill(&mut self, word: &str) {
        self.bytes.clear();
        self.bytes.extend([" ", word, " "]);
        self.boundaries.clear();
        self.boundaries
            .extend(self.bytes.char_indices().map(|(at, _)| at as u32));
        self.boundaries.push(self.bytes.len() as u32);
    }
}

impl TfIdfOptions {
    /// Returns true if every word of a selected n-gram is selected itself, since it is in as many
    /// documents.
    pub(super) fn keeps_all(&self) -> bool {
        self.max_features.is_none() && self.max_df == DocumentFrequency::Share(1.0)
    }

    /// Returns true if single words are features.
    pub(super) fn has_unigrams(&self) -> bool {
        self.word_ngrams.is_some_and(|range| range.min == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, TokenOptions, Tokenizer};
    use proptest::prelude::*;

    const PUBLIC: Keys = Keys::public(0);

    fn tokens(text: &str) -> Tokens {
        let mut tokens = Tokens::default();
        let options = TokenOptions {
            language: Language::English,
            stem: false,
            ..TokenOptions::default()
        };
        Tokenizer::new(options).tokenize(text, &mut tokens);
        tokens
    }

    fn spelled(text: &str, range: NGrams) -> Vec<String> {
        let (tokens, mut found) = (tokens(text), Vec::new());
        let mut sequence = KeySequence::default();
        sequence.fill(&tokens, PUBLIC, |_, key| key);
        sequence.all(range, |key, span| {
            let parts = span
                .clone()
                .filter(|&at| span.len() == 1 || !tokens.standalone(at as usize));
            let parts: Vec<&str> = parts.map(|at| tokens.word(at as usize)).collect();
            let term = parts.join(" ");
            assert_eq!(key, term_key(PUBLIC, term.as_bytes()));
            found.push(term);
        });
        found
    }

    #[test]
    fn the_key_of_a_token_is_that_of_its_word() {
        let tokens = tokens("a Donaudampfschifffahrtsgesellschaft achtacht ungefähr neun");
        for index in 0..tokens.len() {
            let keys = Keys::secret();
            assert_eq!(tokens.key(index, keys), keys.of_word(tokens.bytes(index)));
        }
    }

    #[test]
    fn words_come_in_all_lengths() {
        assert_eq!(
            spelled("a b c", NGrams::new(1, 3)),
            ["a", "b", "c", "a b", "a b c", "b c"]
        );
        assert_eq!(spelled("a b c", NGrams::new(2, 2)), ["a b", "b c"]);
    }

    #[test]
    fn the_whole_of_a_hyphenated_word_is_in_no_longer_n_gram() {
        let all = [
            "the",
            "u",
            "boat",
            "sank",
            "u-boat",
            "the u",
            "u boat",
            "boat sank",
        ];
        assert_eq!(spelled("the U-boat sank", NGrams::new(1, 2)), all);
        assert_eq!(
            spelled("the U-boat", NGrams::new(2, 2)),
            ["the u", "u boat"]
        );
    }

    #[test]
    fn short_words_and_characters_have_keys_of_their_own() {
        let range = NGrams::new(1, 3);
        let (tokens, mut terms) = (
            tokens("was war saw raw a b c as ar"),
            std::collections::HashMap::new(),
        );
        let mut seen =
            |key: u64, term: String| assert_eq!(terms.entry(key).or_insert(term.clone()), &term);
        for token in tokens.iter() {
            seen(
                PUBLIC.of_word(token.word.as_bytes()),
                format!("w{}", token.word),
            );
            characters(token.word, range, &mut PaddedWord::default(), |gram| {
                seen(
                    characters_key(PUBLIC, gram),
                    format!("c{}", String::from_utf8_lossy(gram)),
                );
            });
        }
    }

    proptest! {
        #[test]
        fn the_key_of_a_term_is_folded_from_those_of_its_words(term in "[ a-cäüß]{0,30}") {
            let keys = Keys::public(7);
            let words: Vec<u64> = term.split(' ').map(|word| keys.of_word(word.as_bytes())).collect();
            let expected = words[1..].iter().fold(words[0], |key, &word| combine(key, word));
            prop_assert_eq!(term_key(keys, term.as_bytes()), expected);
        }
    }

    #[test]
    fn characters_stay_inside_words() {
        let mut found = Vec::new();
        for word in ["ab", "é"] {
            characters(
                word,
                NGrams::new(3, 4),
                &mut PaddedWord::default(),
                |gram| {
                    found.push(String::from_utf8(gram.to_vec()).unwrap());
                },
            );
        }
        assert_eq!(found, [" ab", "ab ", " ab ", " é "]);
    }
}
