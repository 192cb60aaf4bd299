//! The n-grams of a tokenised text, each with a 64-bit key.
//!
//! A word's key is XXH3-64 of its normalised bytes under the seed; an n-gram's key is folded from
//! the keys of its words by [`mix`], so that no n-gram is ever spelled out to be looked up. A
//! character n-gram's key is XXH3-64 of its bytes, folded into [`CHARACTERS`], so that the word
//! `der` and the characters `der` differ. (Another seed would not do: on three bytes and fewer
//! the seed is hardly mixed in, and `was` under one is `war` under another.) These rules are part
//! of the model format.
//!
//! Two terms share a key with probability 2⁻⁶⁴ a pair. The fit compares the terms themselves and
//! refuses such a corpus; a word that was never seen can be taken for a known one with
//! probability (known terms) · 2⁻⁶⁴.

use super::options::{NGrams, TfIdfOptions};
use crate::text::Tokens;
use std::ops::Range;
use twox_hash::XxHash3_64;

/// An n-gram where it occurs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gram {
    pub key: u64,
    pub origin: Origin,
}

/// Where an n-gram lies among the tokens of its text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    first: u32,
    last: u32,
    /// Bytes of the padded word, for character n-grams; empty for words.
    from: u32,
    to: u32,
}

impl Origin {
    pub(super) fn is_word(self) -> bool {
        self.to == 0
    }

    /// Appends the term to `out`.
    pub(super) fn spell(self, tokens: &Tokens, out: &mut Vec<u8>) {
        if self.is_word() {
            self.spell_words(tokens, out);
        } else {
            let padded = Padded(tokens.word(self.first as usize));
            out.extend((self.from..self.to).map(|at| padded.byte(at as usize)));
        }
    }

    fn spell_words(self, tokens: &Tokens, out: &mut Vec<u8>) {
        for index in self.first..=self.last {
            if index > self.first {
                out.push(b' ');
            }
            out.extend_from_slice(tokens.word(index as usize).as_bytes());
        }
    }

    /// The bytes of the text that the n-gram covers; characters stand for their whole word.
    pub(super) fn span(self, tokens: &Tokens) -> Range<usize> {
        tokens.span(self.first as usize).start..tokens.span(self.last as usize).end
    }
}

/// A word with a blank on each side.
struct Padded<'a>(&'a str);

impl Padded<'_> {
    fn byte(&self, at: usize) -> u8 {
        if at == 0 { b' ' } else { *self.0.as_bytes().get(at - 1).unwrap_or(&b' ') }
    }
}

/// Stands before every character n-gram, as a word that no text holds.
const CHARACTERS: u64 = 0x6368_6172_6163_7465;

/// Folds the key of one more word into the key of the words before it.
pub(super) fn mix(before: u64, word: u64) -> u64 {
    let mixed = (before.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 32)
}

/// Walks the n-grams of texts; holds the memory it needs from text to text.
#[derive(Debug, Clone, Default)]
pub(super) struct GramWalk {
    keys: Vec<u64>,
    padded: String,
    boundaries: Vec<u32>,
}

impl GramWalk {
    /// Calls `each` for every n-gram of `tokens`.
    pub(super) fn walk(&mut self, tokens: &Tokens, options: &TfIdfOptions, mut each: impl FnMut(Gram)) {
        if let Some(range) = options.word_ngrams {
            self.words(tokens, range, options.seed, &mut each);
        }
        if let Some(range) = options.char_ngrams {
            for index in 0..tokens.len() {
                self.characters(tokens, index, range, options.seed, &mut each);
            }
        }
    }

    fn words(&mut self, tokens: &Tokens, range: NGrams, seed: u64, each: &mut impl FnMut(Gram)) {
        self.keys.clear();
        self.keys.extend(tokens.iter().map(|t| XxHash3_64::oneshot_with_seed(seed, t.word.as_bytes())));
        for first in 0..self.keys.len() {
            let longest = (range.max as usize).min(self.keys.len() - first);
            let mut key = self.keys[first];
            for length in 1..=longest {
                let last = first + length - 1;
                if length > 1 {
                    key = mix(key, self.keys[last]);
                }
                if length >= range.min as usize {
                    each(Gram {
                        key,
                        origin: Origin { first: first as u32, last: last as u32, from: 0, to: 0 },
                    });
                }
            }
        }
    }

    /// A word of at most `n` padded characters is counted once and for no longer `n`.
    fn characters(
        &mut self,
        tokens: &Tokens,
        index: usize,
        range: NGrams,
        seed: u64,
        each: &mut impl FnMut(Gram),
    ) {
        self.pad(tokens.word(index));
        let characters = self.boundaries.len() - 1;
        for length in range.min as usize..=range.max as usize {
            let length = length.min(characters);
            for start in 0..=characters - length {
                let (from, to) = (self.boundaries[start], self.boundaries[start + length]);
                let bytes = &self.padded.as_bytes()[from as usize..to as usize];
                let key = mix(CHARACTERS, XxHash3_64::oneshot_with_seed(seed, bytes));
                let index = index as u32;
                each(Gram { key, origin: Origin { first: index, last: index, from, to } });
            }
            if length == characters {
                break;
            }
        }
    }

    fn pad(&mut self, word: &str) {
        self.padded.clear();
        self.padded.extend([" ", word, " "]);
        self.boundaries.clear();
        self.boundaries.extend(self.padded.char_indices().map(|(at, _)| at as u32));
        self.boundaries.push(self.padded.len() as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, Tokenizer};

    fn grams(text: &str, words: Option<NGrams>, chars: Option<NGrams>) -> Vec<String> {
        let mut tokens = Tokens::default();
        Tokenizer::new(Language::English).tokenize(text, &mut tokens);
        let options = TfIdfOptions { word_ngrams: words, char_ngrams: chars, ..TfIdfOptions::default() };
        let mut found = Vec::new();
        GramWalk::default().walk(&tokens, &options, |gram| {
            let mut term = Vec::new();
            gram.origin.spell(&tokens, &mut term);
            found.push(String::from_utf8(term).unwrap());
        });
        found
    }

    #[test]
    fn words_come_in_all_lengths() {
        let found = grams("a b c", Some(NGrams::new(1, 3)), None);
        assert_eq!(found, ["a", "a b", "a b c", "b", "b c", "c"]);
        assert_eq!(grams("a b c", Some(NGrams::new(2, 2)), None), ["a b", "b c"]);
    }

    #[test]
    fn short_words_and_characters_have_keys_of_their_own() {
        let mut tokens = Tokens::default();
        Tokenizer::new(Language::English).tokenize("was war saw raw a b c as ar", &mut tokens);
        let range = Some(NGrams::new(1, 3));
        let options = TfIdfOptions { word_ngrams: range, char_ngrams: range, ..TfIdfOptions::default() };
        let mut terms = std::collections::HashMap::new();
        GramWalk::default().walk(&tokens, &options, |gram| {
            let mut term = vec![u8::from(gram.origin.is_word())];
            gram.origin.spell(&tokens, &mut term);
            assert_eq!(terms.entry(gram.key).or_insert(term.clone()), &term);
        });
    }

    #[test]
    fn characters_stay_inside_words() {
        assert_eq!(grams("ab é", None, Some(NGrams::new(3, 4))), [" ab", "ab ", " ab ", " é "]);
    }
}
