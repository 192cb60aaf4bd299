//! Stems by key: a word is stemmed when it is met for the first time, and then known by its key.

use super::ngram_keys::{KeySequence, token_key};
use super::scratch::WordCache;
use crate::math::hash::Keys;
use crate::text::{Rules, TokenOptions, Tokens};
use std::borrow::Cow;

/// What the features of one text make of its words.
#[derive(Clone, Copy)]
pub(super) struct Stems {
    keys: Keys,
    /// Keys of what is remembered.
    secret: Keys,
    /// The rules of the text's language where words are brought to their stem.
    rules: Option<&'static Rules>,
}

impl Stems {
    /// The stems, keyed by `keys`, of the words of a text whose language has `rules`. Words are
    /// remembered under `secret`, because with keys that are known two words may have one.
    pub(super) fn new(
        tokens: TokenOptions,
        rules: Option<&'static Rules>,
        keys: Keys,
        secret: Keys,
    ) -> Self {
        Stems {
            keys,
            secret,
            rules: rules.filter(|rules| tokens.stem && rules.stemmer.is_some()),
        }
    }

    /// Fills `sequence` with the keys of the stems of `tokens`.
    pub(super) fn fill(
        self,
        tokens: &Tokens,
        known: &mut WordCache<u64>,
        sequence: &mut KeySequence,
    ) {
        match self.rules {
            None => sequence.fill(tokens, |index| token_key(self.keys, tokens, index)),
            Some(rules) => sequence.fill(tokens, |index| self.key(rules, tokens, index, known)),
        }
    }

    fn key(self, rules: &Rules, tokens: &Tokens, index: usize, known: &mut WordCache<u64>) -> u64 {
        let own = token_key(self.secret, tokens, index);
        let stem = || self.keys.of_word(rules.stem(tokens.word(index)).as_bytes());
        let found = known.get_or(own ^ salt(rules), |keys| keys.push(stem()));
        found.first().copied().unwrap_or_else(stem)
    }

    /// The stem of a token.
    pub(super) fn word(self, tokens: &Tokens, index: usize) -> Cow<'_, str> {
        let word = tokens.word(index);
        self.rules
            .map_or(Cow::Borrowed(word), |rules| rules.stem(word))
    }
}

/// Tells the words of one language from those of another.
pub(super) fn salt(rules: &Rules) -> u64 {
    let code = rules
        .code
        .bytes()
        .fold(0, |code, byte| code << 8 | u64::from(byte));
    u64::wrapping_mul(code, 0x9E37_79B9_7F4A_7C15)
}
