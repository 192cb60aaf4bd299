//! Hashed n-grams of words and of characters, as fastText counts them.
//!
//! A word's hash is the FNV-1a hash of its bytes in 32 bits (Fowler, Noll and Vo), with bytes above
//! 127 extended by their sign. That of an n-gram of words begins as the first word's, extended by
//! its sign to 64 bits, and becomes `h · 116049371 + w` with that of each further word. An n-gram
//! of characters is a part of the word between `<` and `>`, hashed as a word is. The bucket is the
//! hash modulo the number of buckets; unlike a term, it may have several n-grams, none of which it
//! can name.

use super::count::{pack, unpack};
use super::options::{Buckets, NGrams};
use super::scratch::Scratch;
use super::tfidf::TfIdf;
use super::transform::scattered;
use crate::text::{END_OF_LINE, Tokens};
use std::ops::Range;

impl Buckets {
    /// Calls `each` with the bucket and the span of each n-gram, those of words first.
    pub(super) fn each(self, tokens: &Tokens, mut each: impl FnMut(u32, Range<usize>)) {
        if let Some(range) = self.word_ngrams {
            self.each_of_words(range, tokens, &mut each);
        }
        if let Some(range) = self.char_ngrams {
            self.each_of_characters(range, tokens, &mut each);
        }
    }

    fn each_of_words(
        self,
        range: NGrams,
        tokens: &Tokens,
        each: &mut impl FnMut(u32, Range<usize>),
    ) {
        const FACTOR: u64 = 116_049_371;
        let of_word = |index| hash(FIRST, tokens.bytes(index));
        let hashes: Vec<u32> = (0..tokens.len()).map(of_word).collect();
        for first in 0..hashes.len() {
            let mut key = extended(hashes[first]);
            for length in 2..=usize::from(range.max).min(hashes.len() - first) {
                let last = first + length - 1;
                key = key
                    .wrapping_mul(FACTOR)
                    .wrapping_add(extended(hashes[last]));
                if length >= usize::from(range.min) {
                    let bucket = (key % u64::from(self.count)) as u32;
                    each(bucket, tokens.span(first).start..tokens.span(last).end);
                }
            }
        }
    }

    fn each_of_characters(
        self,
        range: NGrams,
        tokens: &Tokens,
        each: &mut impl FnMut(u32, Range<usize>),
    ) {
        let mut starts = Vec::new();
        let words = (0..tokens.len()).filter(|&index| tokens.word(index) != END_OF_LINE);
        for index in words {
            let (word, place) = (tokens.word(index), tokens.span(index));
            starts.clear();
            starts.extend(word.char_indices().map(|(at, _)| at));
            starts.push(word.len());
            // Characters are numbered with the marks of the ends, which have no place in the text.
            let (characters, at) = (starts.len() + 1, |number: usize| {
                starts[number.saturating_sub(1).min(starts.len() - 1)]
            });
            for first in 0..characters {
                let mut key = FIRST;
                for length in 1..=usize::from(range.max).min(characters - first) {
                    let last = first + length - 1;
                    key = match last {
                        0 => hash(key, b"<"),
                        _ if last + 1 == characters => hash(key, b">"),
                        _ => hash(key, &word.as_bytes()[at(last)..at(last + 1)]),
                    };
                    let mark = length == 1 && (first == 0 || last + 1 == characters);
                    if length >= usize::from(range.min) && !mark {
                        let span = place.start + at(first)..place.start + at(last + 1);
                        each(key % self.count, span);
                    }
                }
            }
        }
    }
}

/// Hash of no bytes.
const FIRST: u32 = 2_166_136_261;

/// Returns the hash of the bytes behind those of `before`.
fn hash(before: u32, bytes: &[u8]) -> u32 {
    let step = |hash: u32, &byte: &u8| {
        let byte = i32::from(byte.cast_signed()).cast_unsigned();
        (hash ^ byte).wrapping_mul(16_777_619)
    };
    bytes.iter().fold(before, step)
}

/// Returns a hash of 32 bits in 64, extended by its sign.
fn extended(hash: u32) -> u64 {
    i64::from(hash.cast_signed()).cast_unsigned()
}

impl TfIdf {
    /// Appends the columns and counts of the buckets of the text in `scratch`.
    pub(super) fn count_buckets(&self, buckets: Buckets, scratch: &mut Scratch) {
        let Scratch {
            tokens,
            counter,
            known,
            ..
        } = scratch;
        let (first, secret) = (self.vocabulary.spelled() as u32, self.vocabulary.keys());
        counter.clear(tokens.len());
        buckets.each(tokens, |bucket, _| {
            counter.add(scattered(secret, u64::from(first + bucket)));
        });
        let counted = counter.iter();
        known.extend(counted.map(|(key, count)| pack(unpack(key).0, count)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::TfIdfOptions;
    use crate::text::{TokenOptions, Tokenizer, WordRule};

    fn tokens(text: &str) -> Tokens {
        let mut tokens = Tokens::default();
        let options = TokenOptions::default().words(WordRule::FastText);
        Tokenizer::new(options).tokenize(text, &mut tokens);
        tokens
    }

    #[test]
    fn hashes_are_those_of_fnv_with_signed_bytes() {
        // The published values of FNV-1a, and by hand: (offset ^ 0xffffffc3) · prime, and again.
        assert_eq!(hash(FIRST, b""), 0x811c_9dc5);
        assert_eq!(hash(FIRST, b"foobar"), 0xbf9c_f968);
        let by_hand = (FIRST ^ 0xffff_ffc3).wrapping_mul(16_777_619);
        let by_hand = (by_hand ^ 0xffff_ffa9).wrapping_mul(16_777_619);
        assert_eq!(hash(FIRST, "é".as_bytes()), by_hand);
    }

    #[test]
    fn n_grams_of_words_end_at_the_end_of_the_line() {
        let (text, mut spans) = ("to be or", Vec::new());
        let buckets = Buckets::new(1000, Some(NGrams::new(2, 3)), None);
        buckets.each(&tokens(text), |_, span| spans.push(&text[span]));
        assert_eq!(spans, ["to be", "to be or", "be or", "be or", "or"]);
    }

    #[test]
    fn n_grams_of_characters_are_those_between_the_marks_of_the_ends() {
        let (text, mut found) = ("ab é", Vec::new());
        let buckets = Buckets::new(u32::MAX, None, Some(NGrams::new(1, 3)));
        buckets.each(&tokens(text), |bucket, span| {
            found.push((bucket, &text[span]))
        });
        let of = |gram: &str, shown| (hash(FIRST, gram.as_bytes()) % u32::MAX, shown);
        let expected = [
            of("<a", "a"),
            of("<ab", "ab"),
            of("a", "a"),
            of("ab", "ab"),
            of("ab>", "ab"),
            of("b", "b"),
            of("b>", "b"),
            of("<é", "é"),
            of("<é>", "é"),
            of("é", "é"),
            of("é>", "é"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn buckets_stand_beside_single_words_of_fasttext() {
        let tokens = TokenOptions::default().words(WordRule::FastText);
        let options = TfIdfOptions::default()
            .tokens(tokens)
            .word_ngrams(Some(NGrams::new(1, 1)));
        let two = Some(NGrams::new(2, 2));
        let fits = |buckets| options.clone().buckets(Some(buckets)).verify().is_ok();
        assert!(fits(Buckets::new(5, two, None)));
        for (count, words, characters) in [
            (0, two, None),
            (5, None, None),
            (5, Some(NGrams::new(1, 2)), None),
            (5, two, Some(NGrams::new(0, 2))),
            (5, Some(NGrams::new(2, 17)), None),
        ] {
            assert!(!fits(Buckets::new(count, words, characters)));
        }
        let plain = options.tokens(TokenOptions::default());
        assert!(
            plain
                .buckets(Some(Buckets::new(5, two, None)))
                .verify()
                .is_err()
        );
    }
}
