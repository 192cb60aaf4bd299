//! One word, character by character: every rule there is, in its plain form.
//!
//! The scanner takes words of plain letters by itself and hands all others to this file, so each
//! rule is written down once, here.

use super::Umlauts;
use super::language::may_be_turkish;
use super::languages::{Apostrophe, Rules};
use super::spelling::{MODIFIER_APOSTROPHE, fold, is_apostrophe, is_hyphen, is_invisible};
use super::tokens::Tokens;
use super::{Hyphens, Language, TokenOptions};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text that is being read, and the rules that hold for it.
pub(super) struct Cursor<'t> {
    pub text: &'t str,
    pub at: usize,
    pub umlauts: Umlauts,
    hyphens: Hyphens,
    language: Language,
    /// Decided when something depends on them; for most texts nothing does.
    rules: Option<&'static Rules>,
    /// Whether `I` is the capital of `ı`.
    pub dotless: bool,
}

/// Why a word ended.
#[derive(PartialEq, Eq)]
enum End {
    Plain,
    /// The next character is a hyphen and the one after it belongs to a word.
    Hyphen,
    /// The head of an elision; the next word begins at once.
    Elided,
}

/// Wholes of more parts than this are no words.
const LONGEST_CHAIN: usize = 8;

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str, options: &TokenOptions) -> Self {
        let mut cursor = Cursor {
            text,
            at: 0,
            umlauts: options.umlauts,
            hyphens: options.hyphens,
            language: options.language,
            rules: options.language.own_rules(),
            dotless: false,
        };
        let turkish = options.language == Language::Turkish;
        cursor.dotless = turkish || options.language == Language::Auto && cursor.is_turkish();
        cursor
    }

    fn is_turkish(&mut self) -> bool {
        may_be_turkish(self.text) && self.rules().dotless_i
    }

    pub(super) fn rules(&mut self) -> &'static Rules {
        let (language, text) = (self.language, self.text);
        self.rules.get_or_insert_with(|| language.rules(text))
    }

    /// Moves to the next character that begins a word; false at the end of the text.
    pub(super) fn next_start(&mut self) -> bool {
        let begins = |c: char| c.is_alphanumeric() && c != MODIFIER_APOSTROPHE;
        match self.text[self.at..].char_indices().find(|&(_, c)| begins(c)) {
            Some((skipped, _)) => self.at += skipped,
            None => self.at = self.text.len(),
        }
        self.at < self.text.len()
    }

    /// Takes the word that begins here, and those that are joined to it.
    pub(super) fn words(&mut self, tokens: &mut Tokens) {
        let (start, first, mut parts) = (self.at, tokens.len(), 1);
        loop {
            match self.word(tokens) {
                End::Plain => break,
                End::Hyphen => {
                    self.at += self.peek().map_or(0, char::len_utf8);
                    parts += 1;
                }
                End::Elided => return,
            }
        }
        let whole = self.hyphens == Hyphens::Both && (2..=LONGEST_CHAIN).contains(&parts);
        if whole && tokens.len() >= first + 2 {
            self.whole(start, first, tokens);
        }
    }

    /// Adds the whole of the parts from `first`, unless they are but numbers.
    fn whole(&self, start: usize, first: usize, tokens: &mut Tokens) {
        let parts = first..tokens.len();
        if parts.clone().all(|part| tokens.bytes(part).iter().all(u8::is_ascii_digit)) {
            return;
        }
        let end = tokens.span(tokens.len() - 1).end;
        let spelled: Vec<&str> = parts.map(|part| tokens.word(part)).collect();
        let spelled = spelled.join("-");
        tokens.push_str(&spelled);
        tokens.finish(start, end, true);
    }

    fn word(&mut self, tokens: &mut Tokens) -> End {
        let (start, from) = (self.at, tokens.used());
        let mut word = Word { start, from, marked: false };
        let end = loop {
            let Some(character) = self.peek() else { break End::Plain };
            if character.is_alphanumeric() && character != MODIFIER_APOSTROPHE || is_combining_mark(character)
            {
                self.letter(character, &mut word, tokens);
            } else if is_apostrophe(character) && self.apostrophe(character, tokens.since(from)) {
                match self.rule_of_apostrophe(tokens.since(from)) {
                    Joined::Letter => tokens.push_str("'"),
                    Joined::Head => {
                        tokens.push_str("'");
                        self.at += character.len_utf8();
                        break End::Elided;
                    }
                    Joined::Ending => {
                        self.end_word(&word, self.at, tokens);
                        self.skip_ending(character);
                        return End::Plain;
                    }
                }
                self.at += character.len_utf8();
            } else if !(self.invisible(character)
                || self.number(character, tokens)
                || self.abbreviation(character, &word, tokens))
            {
                let hyphen = is_hyphen(character) && self.second().is_some_and(char::is_alphanumeric);
                break if hyphen { End::Hyphen } else { End::Plain };
            }
        };
        self.end_word(&word, self.at, tokens);
        end
    }

    fn letter(&mut self, character: char, word: &mut Word, tokens: &mut Tokens) {
        word.marked |= is_combining_mark(character);
        match character {
            'I' if self.dotless => tokens.push_char('ı'),
            'İ' if self.dotless => tokens.push_char('i'),
            _ => character.to_lowercase().for_each(|lower| tokens.push_char(lower)),
        }
        self.at += character.len_utf8();
    }

    /// Whether an apostrophe here stands between letters; a digit before it makes it a separator.
    fn apostrophe(&self, apostrophe: char, word: &str) -> bool {
        let before = word.chars().next_back();
        let after = self.text[self.at + apostrophe.len_utf8()..].chars().next();
        before.is_some_and(|c| c.is_alphabetic() || is_combining_mark(c))
            && after.is_some_and(char::is_alphabetic)
    }

    /// The language is asked only where languages differ.
    fn rule_of_apostrophe(&mut self, head: &str) -> Joined {
        let elides =
            |rules: &Rules| matches!(rules.apostrophe, Apostrophe::Elision(heads) if heads.contains(&head));
        let known = self.rules.is_some();
        let matters = || self.dotless || Language::ALL.iter().filter_map(|l| l.own_rules()).any(elides);
        if !known && !matters() {
            return Joined::Letter;
        }
        match self.rules() {
            rules if elides(rules) => Joined::Head,
            rules if rules.apostrophe == Apostrophe::Suffix => Joined::Ending,
            _ => Joined::Letter,
        }
    }

    fn skip_ending(&mut self, apostrophe: char) {
        self.at += apostrophe.len_utf8();
        while let Some(letter) = self.peek().filter(|&c| c.is_alphabetic() || is_combining_mark(c)) {
            self.at += letter.len_utf8();
        }
    }

    /// An invisible character inside a word is passed, and a soft hyphen with the line break
    /// after it.
    fn invisible(&mut self, character: char) -> bool {
        if !is_invisible(character) {
            return false;
        }
        let rest = self.text[self.at..].trim_start_matches(is_invisible);
        let rest = match character {
            '\u{ad}' => rest.strip_prefix("\r\n").or(rest.strip_prefix('\n')).unwrap_or(rest),
            _ => rest,
        };
        let inside = rest.chars().next().is_some_and(|c| c.is_alphanumeric() && c != MODIFIER_APOSTROPHE);
        if inside {
            self.at = self.text.len() - rest.len();
        }
        inside
    }

    /// A separator between digits.
    fn number(&mut self, separator: char, tokens: &mut Tokens) -> bool {
        let digit = |byte: &u8| byte.is_ascii_digit();
        let rest = &self.text.as_bytes()[self.at + separator.len_utf8()..];
        if !self.text[..self.at].as_bytes().last().is_some_and(digit) || !rest.first().is_some_and(digit) {
            return false;
        }
        let rules = self.rules();
        let group =
            rules.digit_groups.contains(&separator) && rest.iter().take_while(|b| digit(b)).count() == 3;
        let decimal = rules.decimal == Some(separator);
        if !group && decimal {
            tokens.push_str(".");
        }
        if group || decimal {
            self.at += separator.len_utf8();
        }
        group || decimal
    }

    /// A point between single letters: `z.B.`, `U.S.`
    fn abbreviation(&mut self, point: char, word: &Word, tokens: &mut Tokens) -> bool {
        let mut rest = self.text[self.at + point.len_utf8()..].chars();
        let single = |part: &str| part.chars().count() == 1 && part.chars().all(char::is_alphabetic);
        let inside =
            |c: char| c.is_alphanumeric() || is_combining_mark(c) || is_invisible(c) || is_apostrophe(c);
        let joined = point == '.'
            && tokens.since(word.from).split('.').all(single)
            && rest.next().is_some_and(|c| c.is_alphabetic() && c != MODIFIER_APOSTROPHE)
            && !rest.next().is_some_and(inside);
        if joined {
            tokens.push_str(".");
            self.at += 1;
        }
        joined
    }

    fn end_word(&self, word: &Word, mut end: usize, tokens: &mut Tokens) {
        self.normalise(word, tokens);
        end -= self.cut_clitic(word.from, end, tokens);
        tokens.finish(word.start, end, false);
    }

    /// Lower-casing can itself make a combining mark (`İ`), so marks are looked for afterwards.
    fn normalise(&self, word: &Word, tokens: &mut Tokens) {
        let spelled = tokens.since(word.from);
        if spelled.is_ascii() {
            return;
        }
        let whole: String = if word.marked || spelled.contains('\u{307}') {
            spelled.nfc().collect()
        } else {
            spelled.to_string()
        };
        tokens.truncate(word.from);
        for character in whole.chars() {
            match fold(character, self.umlauts) {
                Some(spelling) => tokens.push_str(spelling),
                None => tokens.push_char(character),
            }
        }
    }

    /// Cuts the possessive `'s` off the word that begins at `from`; returns its width in the text.
    fn cut_clitic(&self, from: usize, end: usize, tokens: &mut Tokens) -> usize {
        const CLITIC: &str = "'s";
        let word = tokens.since(from);
        if word.len() <= CLITIC.len() || !word.ends_with(CLITIC) {
            return 0;
        }
        tokens.truncate(tokens.used() - CLITIC.len());
        let tail = self.text[..end].char_indices().rev().nth(1);
        tail.map_or(0, |(at, _)| end - at)
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn second(&self) -> Option<char> {
        self.text[self.at..].chars().nth(1).filter(|&c| c != MODIFIER_APOSTROPHE)
    }
}

/// The word that is being read.
struct Word {
    /// Where it begins in the text.
    start: usize,
    /// Where it begins among the words.
    from: usize,
    /// Whether it holds a combining mark.
    marked: bool,
}

enum Joined {
    Letter,
    Head,
    Ending,
}
