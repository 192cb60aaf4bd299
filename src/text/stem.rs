//! Stems, and the cache of them: a word is stemmed when it is met for the first time.

use super::english_stems;
use super::interner::Interner;
use super::languages::Rules;
use super::spelling::spell;
use super::tokens::Tokens;
use super::{StopWords, TokenOptions, Umlauts};
use crate::math::hash::Keys;
use snowball_stemmers_rs::{Algorithm, Stemmer};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

/// Words in bytes above which nothing is stemmed: stemmers take the square of the length, and no
/// language has words that long.
pub(super) const MAX_STEMMED_BYTES: usize = 80;
/// Words of a language above which its cache begins anew with the next text; a few megabytes.
const MAX_CACHED_WORDS: usize = 1 << 16;

impl Rules {
    /// Returns the stem of a word that is spelled as tokens are; the word itself in a language
    /// without stemmer.
    pub fn stem<'w>(&self, word: &'w str) -> Cow<'w, str> {
        let Some(algorithm) = self.stemmer.filter(|_| word.len() <= MAX_STEMMED_BYTES) else {
            return Cow::Borrowed(word);
        };
        let stem = match algorithm {
            Algorithm::English => english_stems::stem(word),
            _ => None,
        };
        match stem.unwrap_or_else(|| Stemmer::create(algorithm).stem(word)) {
            // A stem of nothing is no stem.
            stem if stem.is_empty() => Cow::Borrowed(word),
            stem => stem,
        }
    }
}

/// Values of the stems of words, by language and word; each word is stemmed once.
#[derive(Debug, Clone)]
pub(crate) struct StemCache<V> {
    keys: Keys,
    languages: Vec<LanguageStems<V>>,
}

/// Values of the stems of the words of one language.
#[derive(Debug, Clone)]
pub(crate) struct LanguageStems<V> {
    rules: &'static Rules,
    keys: Keys,
    words: Interner<V>,
}

impl<V> Default for StemCache<V> {
    fn default() -> Self {
        StemCache {
            keys: Keys::secret(),
            languages: Vec::new(),
        }
    }
}

impl<V> StemCache<V> {
    /// Returns the stems of the language with `rules`, ready for the next text.
    pub(crate) fn language(&mut self, rules: &'static Rules) -> &mut LanguageStems<V> {
        let known = self
            .languages
            .iter()
            .position(|language| std::ptr::eq(language.rules, rules));
        let at = known.unwrap_or_else(|| {
            self.languages.push(LanguageStems {
                rules,
                keys: self.keys,
                words: Interner::default(),
            });
            self.languages.len() - 1
        });
        let language = &mut self.languages[at];
        if language.words.len() > MAX_CACHED_WORDS {
            language.words = Interner::default();
        }
        language
    }
}

impl<V> LanguageStems<V> {
    /// Returns the value of the stem of a token's word, which `value` makes of a new stem.
    #[inline]
    pub(crate) fn of_token(
        &mut self,
        tokens: &Tokens,
        index: usize,
        value: impl FnOnce(&str) -> V,
    ) -> &V {
        let rules = self.rules;
        let new = || value(&rules.stem(tokens.word(index)));
        let number = self.words.of_token(tokens, index, self.keys, new);
        self.words.value(number)
    }
}

/// Stop words of a language, spelled as tokens are.
type SpelledStopWords = HashMap<(&'static str, Umlauts), HashSet<String>>;

thread_local! {
    static STEMS: RefCell<StemCache<Box<str>>> = RefCell::default();
    static STOP_WORDS: RefCell<SpelledStopWords> = RefCell::default();
}

/// Leaves out stop words and replaces the others by their stem, as `options` ask.
pub(super) fn filter(rules: &'static Rules, options: &TokenOptions, tokens: &mut Tokens) {
    if options.stop_words == StopWords::Drop && !rules.stop_words.is_empty() {
        drop_stop_words(rules, options.umlauts, tokens);
    }
    if options.stem && rules.stemmer.is_some() {
        STEMS.with_borrow_mut(|cache| {
            let stems = cache.language(rules);
            tokens.rewrite(|tokens, index, out| {
                out.push_str(stems.of_token(tokens, index, |stem| stem.into()));
            });
        });
    }
}

fn drop_stop_words(rules: &'static Rules, umlauts: Umlauts, tokens: &mut Tokens) {
    let spelled = || {
        let words = rules.stop_words.iter();
        words.map(|word| spell(word, umlauts)).collect()
    };
    STOP_WORDS.with_borrow_mut(|all| {
        let stop_words: &HashSet<String> = all.entry((rules.code, umlauts)).or_insert_with(spelled);
        tokens.rewrite(|tokens, index, out| {
            let word = tokens.word(index);
            if !stop_words.contains(word) {
                out.push_str(word);
            }
        });
    });
}
