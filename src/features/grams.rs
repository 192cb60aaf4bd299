//! The n-grams of a tokenised text and their 64-bit keys.
//!
//! A word's key is XXH3-64 of its normalised bytes under the seed; an n-gram's key is folded from
//! the keys of its words by [`mix`], so that no n-gram is ever spelled out to be looked up. A
//! character n-gram's key is XXH3-64 of its bytes, folded into [`CHARACTERS`], so that the word
//! `der` and the characters `der` differ. (Another seed would not do: on three bytes and fewer
//! the seed is hardly mixed in, and `was` under one is `war` under another.) These rules are part
//! of the model format.
//!
//! Two terms share a key with probability 2⁻⁶⁴ a pair. The fit does not depend on keys, and it
//! refuses a vocabulary in which two terms share one; a term that the vocabulary does not hold can
//! be taken for a known one with probability (known terms) · 2⁻⁶⁴, and then counts as that term.

use super::options::{NGrams, TfIdfOptions};
use crate::text::Tokens;
use std::ops::Range;
use twox_hash::XxHash3_64;

/// Stands before every character n-gram, as a word that no text holds.
const CHARACTERS: u64 = 0x6368_6172_6163_7465;

/// The key of a word.
#[inline]
pub(super) fn word_key(seed: u64, word: &[u8]) -> u64 {
    XxHash3_64::oneshot_with_seed(seed, word)
}

/// The key of characters inside a word.
#[inline]
pub(super) fn characters_key(seed: u64, characters: &[u8]) -> u64 {
    mix(CHARACTERS, word_key(seed, characters))
}

/// Folds the key of one more word into the key of the words before it.
#[inline]
pub(super) fn mix(before: u64, word: u64) -> u64 {
    let mixed = (before.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 32)
}

/// Calls `each` with the key of every word n-gram of `tokens`, whose own keys are `key`, and the
/// tokens that it spans. `sequence` is memory to be reused, and holds the number and key of every
/// token in sequence afterwards.
#[inline]
pub(super) fn words(
    tokens: &Tokens,
    range: NGrams,
    mut key: impl FnMut(usize) -> u64,
    sequence: &mut Vec<(u32, u64)>,
    mut each: impl FnMut(u64, Range<u32>),
) {
    sequence.clear();
    for index in 0..tokens.len() {
        let at = index as u32;
        if !tokens.beside(index) {
            sequence.push((at, key(index)));
        } else if range.min == 1 {
            each(key(index), at..at + 1);
        }
    }
    for first in 0..sequence.len() {
        let (start, mut key) = sequence[first];
        if range.min == 1 {
            each(key, start..start + 1);
        }
        for (length, &(last, next)) in (2..=range.max).zip(&sequence[first + 1..]) {
            key = mix(key, next);
            if length >= range.min {
                each(key, start..last + 1);
            }
        }
    }
}

/// Calls `each` with every character n-gram of a word, which `padded` encloses in blanks. A word of
/// at most `n` padded characters is one n-gram, and has no longer ones.
pub(super) fn characters(word: &str, range: NGrams, padded: &mut Padded, mut each: impl FnMut(&[u8])) {
    padded.fill(word);
    let boundaries = &padded.boundaries;
    let characters = boundaries.len() - 1;
    for length in usize::from(range.min)..=usize::from(range.max) {
        let length = length.min(characters);
        for start in 0..=characters - length {
            each(&padded.bytes.as_bytes()[boundaries[start] as usize..boundaries[start + length] as usize]);
        }
        if length == characters {
            break;
        }
    }
}

/// A word with a blank on each side, and where its characters begin.
#[derive(Debug, Clone, Default)]
pub(super) struct Padded {
    bytes: String,
    boundaries: Vec<u32>,
}

impl Padded {
    fn fill(&mut self, word: &str) {
        self.bytes.clear();
        self.bytes.extend([" ", word, " "]);
        self.boundaries.clear();
        self.boundaries.extend(self.bytes.char_indices().map(|(at, _)| at as u32));
        self.boundaries.push(self.bytes.len() as u32);
    }
}

impl TfIdfOptions {
    /// Whether single words are features.
    pub(super) fn has_unigrams(&self) -> bool {
        self.word_ngrams.is_some_and(|range| range.min == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, TokenOptions, Tokenizer};

    fn tokens(text: &str) -> Tokens {
        let mut tokens = Tokens::default();
        let options = TokenOptions { language: Language::English, stem: false, ..TokenOptions::default() };
        Tokenizer::new(options).tokenize(text, &mut tokens);
        tokens
    }

    /// The key of words with blanks between.
    fn term_key(term: &str) -> u64 {
        term.split(' ').map(|word| word_key(0, word.as_bytes())).reduce(mix).unwrap()
    }

    fn spelled(text: &str, range: NGrams) -> Vec<String> {
        let (tokens, mut found) = (tokens(text), Vec::new());
        let own = |index: usize| word_key(0, tokens.bytes(index));
        words(&tokens, range, own, &mut Vec::new(), |key, span| {
            let parts = span.clone().filter(|&at| span.len() == 1 || !tokens.beside(at as usize));
            let parts: Vec<&str> = parts.map(|at| tokens.word(at as usize)).collect();
            let term = parts.join(" ");
            assert_eq!(key, term_key(&term));
            found.push(term);
        });
        found
    }

    #[test]
    fn words_come_in_all_lengths() {
        assert_eq!(spelled("a b c", NGrams::new(1, 3)), ["a", "a b", "a b c", "b", "b c", "c"]);
        assert_eq!(spelled("a b c", NGrams::new(2, 2)), ["a b", "b c"]);
    }

    #[test]
    fn the_whole_of_a_hyphenated_word_is_in_no_longer_n_gram() {
        let all = ["u-boat", "the", "the u", "u", "u boat", "boat", "boat sank", "sank"];
        assert_eq!(spelled("the U-boat sank", NGrams::new(1, 2)), all);
        assert_eq!(spelled("the U-boat", NGrams::new(2, 2)), ["the u", "u boat"]);
    }

    #[test]
    fn short_words_and_characters_have_keys_of_their_own() {
        let range = NGrams::new(1, 3);
        let (tokens, mut terms) = (tokens("was war saw raw a b c as ar"), std::collections::HashMap::new());
        let mut seen = |key: u64, term: String| assert_eq!(terms.entry(key).or_insert(term.clone()), &term);
        for token in tokens.iter() {
            seen(word_key(0, token.word.as_bytes()), format!("w{}", token.word));
            characters(token.word, range, &mut Padded::default(), |gram| {
                seen(characters_key(0, gram), format!("c{}", String::from_utf8_lossy(gram)));
            });
        }
    }

    #[test]
    fn characters_stay_inside_words() {
        let mut found = Vec::new();
        for word in ["ab", "é"] {
            characters(word, NGrams::new(3, 4), &mut Padded::default(), |gram| {
                found.push(String::from_utf8(gram.to_vec()).unwrap());
            });
        }
        assert_eq!(found, [" ab", "ab ", " ab ", " é "]);
    }
}
