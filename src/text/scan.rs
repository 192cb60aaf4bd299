//! The scanner: one pass over the bytes of a text.
//!
//! A word is a run of alphanumeric characters (Unicode's `Alphabetic` and `N*`) and the combining
//! marks that follow them. An apostrophe between letters belongs to the word and becomes `'`;
//! soft hyphens and zero-width joiners inside a word are dropped; digit groups and decimals are
//! joined by the rules of the language. Words are lower-cased, brought into NFC where a combining
//! mark occurs, and folded by the language.

use super::{Language, Rules};
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Cuts texts into tokens by the rules of one language.
#[derive(Debug, Clone, Copy)]
pub struct Tokenizer {
    language: Language,
}

/// The tokens of one text. Clear and refill it instead of making a new one.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    words: String,
    marks: Vec<Mark>,
    scratch: String,
}

/// Offsets into `words` and into the text.
#[derive(Debug, Clone, Copy)]
struct Mark {
    word_end: usize,
    start: usize,
    end: usize,
}

/// One token of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// The normalised word.
    pub word: &'a str,
    /// Where it stood: byte offsets into the original text, at character boundaries.
    pub span: Range<usize>,
}

impl Tokens {
    /// The number of tokens.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Whether the text held no token.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// The tokens in text order.
    pub fn iter(&self) -> impl Iterator<Item = Token<'_>> {
        (0..self.len()).map(|index| Token { word: self.word(index), span: self.span(index) })
    }

    /// The word of token `index`, which must be less than [`len`](Self::len).
    pub fn word(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.marks[index - 1].word_end };
        &self.words[start..self.marks[index].word_end]
    }

    /// Where token `index` stood in the text, in bytes.
    pub fn span(&self, index: usize) -> Range<usize> {
        let mark = self.marks[index];
        mark.start..mark.end
    }

    fn clear(&mut self) {
        self.words.clear();
        self.marks.clear();
    }
}

impl Tokenizer {
    /// A tokeniser by the rules of `language`.
    pub fn new(language: Language) -> Self {
        Tokenizer { language }
    }

    /// Replaces `tokens` by the tokens of `text`.
    pub fn tokenize(&self, text: &str, tokens: &mut Tokens) {
        tokens.clear();
        let mut scan = Scan {
            text,
            bytes: text.as_bytes(),
            rules: self.language.rules(text),
            at: 0,
            plain: true,
            marked: false,
        };
        while scan.next_start() {
            scan.word(tokens);
        }
    }
}

/// Unicode counts it as a letter, but it is written for an apostrophe and begins no word.
const MODIFIER_APOSTROPHE: char = 'ʼ';

struct Scan<'t> {
    text: &'t str,
    bytes: &'t [u8],
    rules: &'static Rules,
    at: usize,
    /// The word so far is ASCII.
    plain: bool,
    /// The word so far holds a combining mark.
    marked: bool,
}

impl Scan<'_> {
    /// Moves to the next character that begins a word; false at the end of the text.
    fn next_start(&mut self) -> bool {
        while let Some(&byte) = self.bytes.get(self.at) {
            if byte.is_ascii() {
                if byte.is_ascii_alphanumeric() {
                    return true;
                }
                self.at += 1;
            } else {
                let character = self.character();
                if character.is_alphanumeric() && character != MODIFIER_APOSTROPHE {
                    return true;
                }
                self.at += character.len_utf8();
            }
        }
        false
    }

    /// Takes one word; the scan stands at its first character.
    fn word(&mut self, tokens: &mut Tokens) {
        let (start, from) = (self.at, tokens.words.len());
        (self.plain, self.marked) = (true, false);
        loop {
            self.ascii_run(&mut tokens.words);
            if !self.joiner(&mut tokens.words) {
                break;
            }
        }
        let mut end = self.at;
        if !self.plain {
            self.normalise(from, tokens);
        }
        end -= self.cut_clitic(from, end, &mut tokens.words);
        tokens.marks.push(Mark { word_end: tokens.words.len(), start, end });
    }

    fn ascii_run(&mut self, words: &mut String) {
        let run = self.bytes[self.at..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        let from = words.len();
        words.push_str(&self.text[self.at..self.at + run]);
        words[from..].make_ascii_lowercase();
        self.at += run;
    }

    /// Takes one character that is not a plain letter or digit but belongs to the word.
    fn joiner(&mut self, words: &mut String) -> bool {
        match self.bytes.get(self.at) {
            None => false,
            Some(b'\'') => self.apostrophe(1, words),
            Some(&byte) if byte.is_ascii() => self.digits(byte, words),
            Some(_) => self.beyond_ascii(words),
        }
    }

    fn apostrophe(&mut self, width: usize, words: &mut String) -> bool {
        let before = words.chars().next_back().is_some_and(|c| c.is_alphabetic() || is_combining_mark(c));
        let after = self.text[self.at + width..].chars().next().is_some_and(char::is_alphabetic);
        if before && after {
            words.push('\'');
            self.at += width;
        }
        before && after
    }

    fn digits(&mut self, separator: u8, words: &mut String) -> bool {
        let before = self.at > 0 && self.bytes[self.at - 1].is_ascii_digit();
        let after = self.bytes[self.at + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
        let group = Some(separator) == self.rules.digit_group && after == 3;
        let decimal = Some(separator) == self.rules.decimal && after > 0;
        if !before || !(group || decimal) {
            return false;
        }
        if decimal {
            words.push('.');
        }
        self.at += 1;
        true
    }

    fn beyond_ascii(&mut self, words: &mut String) -> bool {
        let character = self.character();
        match character {
            '’' | MODIFIER_APOSTROPHE => return self.apostrophe(character.len_utf8(), words),
            '\u{ad}' | '\u{200c}' | '\u{200d}' => return self.invisible(character.len_utf8()),
            _ if is_combining_mark(character) => self.marked = true,
            _ if !character.is_alphanumeric() => return false,
            _ => {}
        }
        self.plain = false;
        words.extend(character.to_lowercase());
        self.at += character.len_utf8();
        true
    }

    /// A soft hyphen or a joiner inside a word: dropped, unless the word ends there.
    fn invisible(&mut self, width: usize) -> bool {
        let inside = self.text[self.at + width..].chars().next().is_some_and(char::is_alphanumeric);
        if inside {
            self.at += width;
        }
        inside
    }

    fn character(&self) -> char {
        self.text[self.at..].chars().next().unwrap_or('\0')
    }

    /// Lower-casing can itself make a combining mark (`İ`), so marks are looked for afterwards.
    fn normalise(&self, from: usize, tokens: &mut Tokens) {
        tokens.scratch.clear();
        let word = &tokens.words[from..];
        if self.marked || word.contains('\u{307}') {
            word.nfc().for_each(|c| self.fold(c, &mut tokens.scratch));
        } else {
            word.chars().for_each(|c| self.fold(c, &mut tokens.scratch));
        }
        tokens.words.truncate(from);
        tokens.words.push_str(&tokens.scratch);
    }

    fn fold(&self, character: char, out: &mut String) {
        match if character.is_ascii() { None } else { (self.rules.fold)(character) } {
            Some(spelling) => out.push_str(spelling),
            None => out.push(character),
        }
    }

    /// Cuts a clitic off the word that begins at `from`; returns its width in the text.
    fn cut_clitic(&self, from: usize, end: usize, words: &mut String) -> usize {
        let word = &words[from..];
        let clitic = self.rules.clitics.iter().find(|c| word.len() > c.len() && word.ends_with(**c));
        let Some(clitic) = clitic else { return 0 };
        words.truncate(words.len() - clitic.len());
        let tail = self.text[..end].char_indices().rev().nth(clitic.chars().count() - 1);
        tail.map_or(0, |(at, _)| end - at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(language: Language, text: &str) -> Vec<String> {
        let mut tokens = Tokens::default();
        Tokenizer::new(language).tokenize(text, &mut tokens);
        for token in tokens.iter() {
            assert!(text.is_char_boundary(token.span.start) && text.is_char_boundary(token.span.end));
        }
        tokens.iter().map(|t| t.word.to_string()).collect()
    }

    #[test]
    fn umlauts_and_their_transcriptions_are_one_word() {
        for text in ["Flüchtlinge", "FLUECHTLINGE", "Flu\u{308}chtlinge", "Flücht\u{ad}linge"] {
            assert_eq!(words(Language::German, text), ["fluechtlinge"], "{text}");
        }
        assert_eq!(words(Language::German, "Straße STRASSE STRAẞE"), ["strasse"; 3]);
    }

    #[test]
    fn numbers_are_joined_by_the_language() {
        assert_eq!(words(Language::German, "1.200,5 am 12.05.2024"), ["1200.5", "am", "12", "05", "2024"]);
        assert_eq!(words(Language::English, "1,200.5 and 1,2"), ["1200.5", "and", "1", "2"]);
        assert_eq!(words(Language::Neutral, "1,200.5 1\u{0}200"), ["1", "200", "5", "1", "200"]);
    }

    #[test]
    fn negations_and_contractions_survive() {
        assert_eq!(
            words(Language::English, "Don’t say the army's not 'winning'"),
            ["don't", "say", "the", "army", "not", "winning"]
        );
        assert_eq!(words(Language::German, "Putin’s Nein gegen Kiew"), ["putin", "nein", "gegen", "kiew"]);
    }

    #[test]
    fn composed_and_decomposed_words_are_the_same() {
        assert_eq!(words(Language::English, "cafe\u{301}'s café's"), ["café", "café"]);
    }

    #[test]
    fn umlauts_are_folded_whatever_the_language_is_taken_for() {
        for (_, language) in Language::NAMES {
            assert_eq!(words(language, "Grüne Zölle"), words(language, "Gruene Zoelle"), "{language}");
        }
    }

    #[test]
    fn a_clitic_is_no_part_of_the_span() {
        let mut tokens = Tokens::default();
        Tokenizer::new(Language::English).tokenize("Iran’s", &mut tokens);
        assert_eq!(tokens.span(0), 0..4);
    }

    #[test]
    fn an_apostrophe_that_is_a_letter_ends_the_scan_like_any_other() {
        assert_eq!(words(Language::English, "ʼ ʼa bʼ governmentʼs donʼt"), ["a", "b", "government", "don't"]);
    }

    /// Each character alone, before, after and between letters.
    #[test]
    fn every_character_is_passed() {
        let mut tokens = Tokens::default();
        for character in '\0'..=char::MAX {
            let text = format!("{character} {character}a{character}b{character}");
            for language in [Language::German, Language::English, Language::Neutral] {
                Tokenizer::new(language).tokenize(&text, &mut tokens);
                assert!((1..=6).contains(&tokens.len()), "{character:?}");
                assert!(
                    tokens.iter().all(|token| !token.word.is_empty() && !token.span.is_empty()),
                    "{character:?}"
                );
            }
        }
    }

    #[test]
    fn odd_characters_do_not_disturb() {
        assert_eq!(
            words(Language::English, "a\u{0}b\u{2028}c İstanbul \u{301}x"),
            ["a", "b", "c", "i\u{307}stanbul", "x"]
        );
        assert!(words(Language::English, "—…🙂\u{ad}").is_empty());
    }
}
