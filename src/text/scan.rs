//! The scanner: words of plain letters, which nearly all are, in a few instructions each.
//!
//! ASCII letters are read by the bits of `byte_classes.rs`, and two-byte characters by the table of
//! `two_byte.rs`. At anything else the word is begun again by `word.rs`, which knows all the rules.

use super::Tokens;
use super::byte_classes::ByteClasses;
use super::spelling::is_digit;
use super::two_byte::{TwoByteClass, TwoByteTable};
use super::word::Cursor;

/// A text that is being scanned.
pub(super) struct Scanner<'t> {
    pub cursor: Cursor<'t>,
    bytes: &'t [u8],
    table: &'static TwoByteTable,
}

/// Effect of a two-byte character on the word before it.
enum Next {
    Letter,
    End,
    Ambiguous,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(cursor: Cursor<'t>) -> Self {
        Scanner {
            bytes: cursor.text.as_bytes(),
            table: TwoByteTable::of(cursor.umlauts),
            cursor,
        }
    }

    /// Reads the words of a scanned text.
    pub(super) fn words(&mut self, classes: &ByteClasses, tokens: &mut Tokens) {
        let (mut runs, mut exceptions) = (classes.runs(), classes.exceptions());
        loop {
            // Runs that end before the next exception are words. A word before a keycap ends within
            // a run; the rest of the run has the exception at its end.
            let next = exceptions.first().copied().unwrap_or(u32::MAX);
            let plain = runs.iter().position(|&[_, end]| end >= next);
            let (words, rest) = runs.split_at(plain.unwrap_or(runs.len()));
            tokens.push_plain(words);
            let Some(&place) = exceptions.first() else {
                return;
            };
            let start = rest.first().map_or(place, |&[start, _]| start.min(place));
            self.cursor.at = self.cursor.at.max(start as usize);
            self.exception(classes, tokens);
            let at = self.cursor.at;
            let read = |&[_, end]: &[u32; 2]| end as usize <= at;
            runs = &rest[rest.iter().take_while(|run| read(run)).count()..];
            let passed = |&&place: &&u32| place as usize <= at;
            exceptions = &exceptions[exceptions.iter().take_while(passed).count()..];
        }
    }

    /// Reads words character by character, until one ends before an ASCII character.
    fn exception(&mut self, classes: &ByteClasses, tokens: &mut Tokens) {
        loop {
            self.word(classes, tokens);
            if !classes.is_non_ascii(self.cursor.at) {
                return;
            }
        }
    }

    /// Reads the next emoji, or the next word, if there is one, and those that are joined to it.
    fn word(&mut self, classes: &ByteClasses, tokens: &mut Tokens) {
        self.step_back();
        if self.cursor.next_start()
            && !self.cursor.emoji(tokens)
            && !self.plain_word(classes, tokens)
        {
            self.cursor.words(tokens);
        }
    }

    /// Returns to the `#` or `*` of a keycap, which are no letters, so that the search for one
    /// stops behind them.
    #[inline]
    fn step_back(&mut self) {
        let (before, rest) = self.bytes.split_at(self.cursor.at);
        let marks = matches!(rest, [0xef, 0xb8, 0x8f, ..] | [0xe2, 0x83, 0xa3, ..]);
        if marks && matches!(before, [.., b'#' | b'*']) {
            self.cursor.at -= 1;
        }
    }

    /// Reads the word that begins here and returns true if it has plain letters only; otherwise
    /// reads nothing.
    #[inline]
    fn plain_word(&mut self, classes: &ByteClasses, tokens: &mut Tokens) -> bool {
        let (start, from) = (self.cursor.at, tokens.used());
        let mut at = start;
        loop {
            let end = classes.run_end(at);
            tokens.push_lower(at, end);
            at = end;
            match self.bytes.get(at) {
                None => break,
                Some(&lead @ 0xc2..=0xdf) => match self.two_byte(lead, at, tokens) {
                    Next::Letter => at += 2,
                    Next::End => break,
                    Next::Ambiguous => return give_up(from, tokens),
                },
                Some(_) if self.ends_word(start, at) => break,
                Some(_) => return give_up(from, tokens),
            }
        }
        self.cursor.at = at;
        tokens.finish(start, at, false);
        true
    }

    #[inline]
    fn two_byte(&self, lead: u8, at: usize, tokens: &mut Tokens) -> Next {
        let second = self.bytes.get(at + 1).copied().unwrap_or(0x80);
        match self.table.class(lead, second) {
            TwoByteClass::Letter(spelled, length) => {
                tokens.push_run(*spelled, *length as usize);
                Next::Letter
            }
            TwoByteClass::Other if !self.digit_before(at) => Next::End,
            _ => Next::Ambiguous,
        }
    }

    /// Returns true if the character at `at`, which is no plain letter, ends the word from `start`
    /// on by any rule.
    #[inline]
    fn ends_word(&self, start: usize, at: usize) -> bool {
        let next = self.bytes.get(at + 1).copied().unwrap_or(b' ');
        match self.bytes[at] {
            // Only digits or single letters, of two bytes at most, are joined by these.
            b'.' if at > start + 2 && !self.digit_before(at) => true,
            b',' if !self.digit_before(at) => true,
            // A blank may part `l'` from its noun.
            b'\'' if next == b' ' => false,
            b'\'' | b'.' | b',' | b'-' => next.is_ascii() && !next.is_ascii_alphanumeric(),
            byte if byte.is_ascii() => true,
            _ => false,
        }
    }

    fn digit_before(&self, at: usize) -> bool {
        self.cursor.text[..at].ends_with(is_digit)
    }
}

/// Removes what has been written of a word.
fn give_up(from: usize, tokens: &mut Tokens) -> bool {
    tokens.truncate(from);
    false
}
