//! The scanner: one pass over the bytes of a text.
//!
//! A word is a run of alphanumeric characters (Unicode's `Alphabetic` and `N*`) and the combining
//! marks that follow them. An apostrophe between letters belongs to the word and becomes `'`, but
//! a final `'s` is cut off; invisible characters inside a word are dropped; digit groups, decimals
//! and points between single letters are joined; words are lower-cased, brought into NFC where a
//! combining mark occurs, and spelled in one way where there are several (`spelling.rs`).
//!
//! Words of plain letters, nearly all there are, are taken here: ASCII eight bytes at a time, and
//! two-byte characters by a table. At anything else the word is begun again by `word.rs`, which
//! knows all the rules. [`tokenize_plainly`](Tokenizer::tokenize_plainly) reads everything that way.

use super::spelling::{fold, is_apostrophe, is_hyphen, is_invisible};
use super::tokens::{SLACK, Tokens};
use super::word::Cursor;
use super::{StopWords, TokenOptions, Umlauts, stem};
use std::sync::LazyLock;
use unicode_normalization::char::is_combining_mark;

/// Cuts texts into tokens.
#[derive(Debug, Clone, Copy)]
pub struct Tokenizer {
    options: TokenOptions,
}

impl Tokenizer {
    /// A tokeniser by `options`.
    pub fn new(options: TokenOptions) -> Self {
        Tokenizer { options }
    }

    /// Replaces `tokens` by the tokens of `text`.
    pub fn tokenize(&self, text: &str, tokens: &mut Tokens) {
        tokens.clear(text.len());
        let mut scan = Scan::new(text, &self.options);
        while scan.next_start() {
            if !scan.plain_word(tokens) {
                scan.cursor.words(tokens);
            }
        }
        self.filter(scan.cursor, tokens);
    }

    /// The same tokens, one character at a time and about a tenth as fast; what the fast way is
    /// held against.
    pub fn tokenize_plainly(&self, text: &str, tokens: &mut Tokens) {
        tokens.clear(text.len());
        let mut cursor = Cursor::new(text, &self.options);
        while cursor.next_start() {
            cursor.words(tokens);
        }
        self.filter(cursor, tokens);
    }

    fn filter(&self, mut cursor: Cursor<'_>, tokens: &mut Tokens) {
        if self.options.stem || self.options.stop_words == StopWords::Drop {
            stem::filter(cursor.rules(), &self.options, tokens);
        }
    }
}

struct Scan<'t> {
    bytes: &'t [u8],
    cursor: Cursor<'t>,
    table: &'static TwoBytes,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str, options: &TokenOptions) -> Self {
        let table = match options.umlauts {
            Umlauts::Transcribe => &TRANSCRIBED,
            Umlauts::Strip => &STRIPPED,
            Umlauts::Keep => &KEPT,
        };
        Scan { bytes: text.as_bytes(), cursor: Cursor::new(text, options), table }
    }

    /// Moves to the next character that begins a word; false at the end of the text.
    #[inline]
    fn next_start(&mut self) -> bool {
        while let Some(&byte) = self.bytes.get(self.cursor.at) {
            if byte.is_ascii_alphanumeric() {
                return true;
            }
            if !byte.is_ascii() {
                return self.cursor.next_start();
            }
            self.cursor.at += 1;
        }
        false
    }

    /// Takes the word that begins here if it has only plain letters; takes nothing otherwise.
    #[inline]
    fn plain_word(&mut self, tokens: &mut Tokens) -> bool {
        let (start, from) = (self.cursor.at, tokens.used());
        if self.cursor.dotless {
            return false;
        }
        let mut at = start;
        loop {
            at += self.ascii_run(at, tokens);
            match self.bytes.get(at) {
                None => break,
                Some(&lead @ 0xc2..=0xdf) => match self.two_bytes(lead, at, tokens) {
                    Next::Letter => at += 2,
                    Next::End => break,
                    Next::Unclear => return give_up(from, tokens),
                },
                Some(_) if self.ends_word(at) => break,
                Some(_) => return give_up(from, tokens),
            }
        }
        self.cursor.at = at;
        tokens.finish(start, at, false);
        true
    }

    /// Copies the letters and digits from `at` on, lower-cased; returns how many there are.
    #[inline]
    fn ascii_run(&self, mut at: usize, tokens: &mut Tokens) -> usize {
        let start = at;
        loop {
            let eight = self.eight(at);
            let (lower, length) = lower_run(eight);
            tokens.push_run(lower.to_le_bytes(), length);
            at += length;
            if length < SLACK {
                return at - start;
            }
        }
    }

    /// Eight bytes, with zeros after the end of the text.
    #[inline]
    fn eight(&self, at: usize) -> u64 {
        match self.bytes.get(at..at + SLACK).and_then(|eight| eight.try_into().ok()) {
            Some(eight) => u64::from_le_bytes(eight),
            None => {
                let mut eight = [0; SLACK];
                let rest = self.bytes.get(at..).unwrap_or_default();
                eight[..rest.len()].copy_from_slice(rest);
                u64::from_le_bytes(eight)
            }
        }
    }

    #[inline]
    fn two_bytes(&self, lead: u8, at: usize, tokens: &mut Tokens) -> Next {
        let second = self.bytes.get(at + 1).copied().unwrap_or(0x80);
        match self.table.of(lead, second) {
            Entry::Letter(spelled, length) => {
                tokens.push_run(*spelled, *length as usize);
                Next::Letter
            }
            Entry::Other if !self.digit_before(at) => Next::End,
            _ => Next::Unclear,
        }
    }

    /// Whether the character at `at`, which is no plain letter, surely ends the word.
    fn ends_word(&self, at: usize) -> bool {
        let next = self.bytes.get(at + 1).copied().unwrap_or(b' ');
        match self.bytes[at] {
            b'\'' | b'.' | b',' | b'-' => next.is_ascii() && !next.is_ascii_alphanumeric(),
            byte if byte.is_ascii() => true,
            _ => false,
        }
    }

    fn digit_before(&self, at: usize) -> bool {
        at > 0 && self.bytes[at - 1].is_ascii_digit()
    }
}

fn give_up(from: usize, tokens: &mut Tokens) -> bool {
    tokens.truncate(from);
    false
}

enum Next {
    Letter,
    End,
    Unclear,
}

/// Eight bytes lower-cased, and how many of them, from the lowest on, are ASCII letters or digits.
#[inline]
fn lower_run(eight: u64) -> (u64, usize) {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const fn each(byte: u8) -> u64 {
        0x0101_0101_0101_0101 * byte as u64
    }
    // The high bit of each byte says whether it is at least `low`, for bytes below 128.
    let at_least = |bytes: u64, low: u8| bytes + each(128 - low);
    let plain = eight & !HIGH;
    let folded = plain | each(0x20);
    let letter = at_least(folded, b'a') & !at_least(folded, b'z' + 1);
    let digit = at_least(plain, b'0') & !at_least(plain, b'9' + 1);
    let upper = at_least(plain, b'A') & !at_least(plain, b'Z' + 1) & !eight & HIGH;
    let word = (letter | digit) & !eight & HIGH;
    let length = (!word & HIGH).trailing_zeros() as usize / 8;
    (eight | (upper >> 2), length.min(SLACK))
}

/// What a two-byte character (U+0080 to U+07FF) is in a word.
#[derive(Clone, Copy)]
enum Entry {
    /// A letter, with its lower-case spelling.
    Letter([u8; SLACK], u8),
    /// No part of a word, unless it stands between digits.
    Other,
    /// Something that depends on what is around it.
    Unclear,
}

struct TwoBytes(Vec<Entry>);

static TRANSCRIBED: LazyLock<TwoBytes> = LazyLock::new(|| TwoBytes::new(Umlauts::Transcribe));
static STRIPPED: LazyLock<TwoBytes> = LazyLock::new(|| TwoBytes::new(Umlauts::Strip));
static KEPT: LazyLock<TwoBytes> = LazyLock::new(|| TwoBytes::new(Umlauts::Keep));

impl TwoBytes {
    const FIRST: u32 = 0x80;
    const LAST: u32 = 0x7ff;

    fn new(umlauts: Umlauts) -> Self {
        let characters = (Self::FIRST..=Self::LAST).map(|code| char::from_u32(code).unwrap_or(' '));
        TwoBytes(characters.map(|character| Self::entry(character, umlauts)).collect())
    }

    fn entry(character: char, umlauts: Umlauts) -> Entry {
        let unclear = is_combining_mark(character)
            || is_apostrophe(character)
            || is_hyphen(character)
            || is_invisible(character)
            || character == 'İ';
        if unclear {
            return Entry::Unclear;
        }
        if !character.is_alphanumeric() {
            return Entry::Other;
        }
        let lower: String = character.to_lowercase().collect();
        let spelled: String = lower.chars().flat_map(|c| spelling(c, umlauts)).collect();
        let mut bytes = [0; SLACK];
        bytes[..spelled.len()].copy_from_slice(spelled.as_bytes());
        Entry::Letter(bytes, spelled.len() as u8)
    }

    #[inline]
    fn of(&self, lead: u8, second: u8) -> &Entry {
        let code = (u32::from(lead & 0x1f) << 6 | u32::from(second & 0x3f)) - Self::FIRST;
        &self.0[code as usize]
    }
}

fn spelling(character: char, umlauts: Umlauts) -> Vec<char> {
    fold(character, umlauts).map_or(vec![character], |spelled| spelled.chars().collect())
}
