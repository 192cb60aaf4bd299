//! The tokeniser: texts become tokens in one pass over their bytes.
//!
//! A word is a run of alphanumeric characters (Unicode's `Alphabetic` and `N*`) and the combining
//! marks that follow them. An apostrophe between letters belongs to the word and becomes `'`, but
//! a final `'s` is cut off; invisible characters inside a word are dropped; digit groups, decimals
//! and points between single letters are joined; words are lower-cased, brought into NFC, and
//! spelled in one way where there are several (`spelling.rs`). An emoji is a token of its own
//! (`emoji.rs`).
//!
//! Words of plain letters are read by `scan.rs`, all others by `word.rs`, which knows all the rules
//! and reads everything for [`tokenize_by_character`](Tokenizer::tokenize_by_character).

use super::byte_classes::ByteClasses;
use super::languages::Rules;
use super::scan::Scanner;
use super::word::Cursor;
use super::{LanguageSet, StopWords, TokenOptions, Tokens, WordRule, fasttext, stem};

/// Bytes of a text above which the memory of the scanner is not kept for the next one.
const MAX_REUSED_BYTES: usize = 1 << 20;

/// Bytes of a text above which it is read by character: places in it are 32-bit numbers while it is
/// scanned.
const MAX_SCANNED_BYTES: usize = i32::MAX as usize;

/// A tokeniser of texts.
#[derive(Debug, Clone, Copy)]
pub struct Tokenizer {
    options: TokenOptions,
    languages: LanguageSet,
    /// Rules of the language, unless it is decided for each text.
    rules: Option<&'static Rules>,
}

impl Tokenizer {
    /// Returns a tokeniser by `options`.
    pub fn new(options: TokenOptions) -> Self {
        Self::for_languages(options, LanguageSet::of(options.language))
    }

    /// Returns a tokeniser by `options`, except that the language of a text is one of `languages`.
    pub(crate) fn for_languages(options: TokenOptions, languages: LanguageSet) -> Self {
        Tokenizer {
            options,
            languages,
            rules: languages.single(),
        }
    }

    /// Returns a tokeniser by `options`, except that the language is the one with these rules.
    pub(crate) fn with_rules(options: TokenOptions, rules: &'static Rules) -> Self {
        Tokenizer {
            options,
            languages: LanguageSet::any(),
            rules: Some(rules),
        }
    }

    /// Replaces `tokens` by the tokens of `text`.
    pub fn tokenize(&self, text: &str, tokens: &mut Tokens) {
        if self.options.words == WordRule::FastText {
            return fasttext::tokenize(text, tokens);
        }
        let mut scanner = Scanner::new(self.cursor(text));
        if scanner.cursor.dotless || text.len() > MAX_SCANNED_BYTES {
            return self.tokenize_by_character(text, tokens);
        }
        let mut classes = std::mem::take(&mut tokens.classes);
        tokens.scan(text.as_bytes(), &mut classes);
        scanner.words(&classes, tokens);
        // The stages after this one take several times as much memory for a long text.
        tokens.classes = if text.len() > MAX_REUSED_BYTES {
            ByteClasses::default()
        } else {
            classes
        };
        self.filter(scanner.cursor, tokens);
    }

    /// Replaces `tokens` by the same tokens, read one character at a time and about a tenth as
    /// fast: the reference that [`tokenize`](Self::tokenize) is tested against.
    pub fn tokenize_by_character(&self, text: &str, tokens: &mut Tokens) {
        if self.options.words == WordRule::FastText {
            return fasttext::tokenize(text, tokens);
        }
        tokens.clear(text.len());
        let mut cursor = self.cursor(text);
        while cursor.next_start() {
            if !cursor.emoji(tokens) {
                cursor.words(tokens);
            }
        }
        self.filter(cursor, tokens);
    }

    fn cursor<'t>(&self, text: &'t str) -> Cursor<'t> {
        Cursor::new(text, &self.options, self.languages, self.rules)
    }

    fn filter(&self, mut cursor: Cursor<'_>, tokens: &mut Tokens) {
        if self.options.stem || self.options.stop_words == StopWords::Drop {
            stem::filter(cursor.rules(), &self.options, tokens);
        }
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
