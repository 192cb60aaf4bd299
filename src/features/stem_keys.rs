//! Keys of the words of a text: those of their stems, or of the words as they stand.

use super::ngram_keys::KeySequence;
use crate::math::hash::Keys;
use crate::text::{Rules, StemCache, TokenOptions, Tokens};
use std::borrow::Cow;

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
        cache: &mut StemCache<u64>,
        sequence: &mut KeySequence,
    ) {
        let Some(rules) = self.rules else {
            return sequence.fill(tokens, |index| tokens.key(index, self.keys));
        };
        let stems = cache.language(rules);
        sequence.fill(tokens, |index| {
            *stems.of_token(tokens, index, |stem| self.keys.of_word(stem.as_bytes()))
        });
    }

    /// Returns the word of a token as it is a feature.
    pub(super) fn word(self, tokens: &Tokens, index: usize) -> Cow<'_, str> {
        let word = tokens.word(index);
        self.rules
            .map_or(Cow::Borrowed(word), |rules| rules.stem(word))
    }
}
