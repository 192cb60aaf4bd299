//! The tokens of one text, in memory that is reused from text to text.

use super::byte_classes::{ByteClasses, MARGIN};
use crate::math::hash::{BLOCK, Keys, last_block};
use std::ops::Range;

/// The tokens of one text, in memory that the next text reuses.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    /// Normalised words one after the other; only the first `used` bytes count.
    words: Vec<u8>,
    used: usize,
    marks: Vec<Mark>,
    /// Memory of the scanner.
    pub(super) classes: ByteClasses,
}

/// End of a token among the words, and its place in the text.
#[derive(Debug, Clone, Copy)]
struct Mark {
    word_end: usize,
    start: usize,
    /// Twice the end, plus one for a standalone token. One field for both, because a long text has
    /// millions of marks.
    end_and_standalone: usize,
}

impl Mark {
    fn new(word_end: usize, span: Range<usize>, standalone: bool) -> Self {
        Mark {
            word_end,
            start: span.start,
            end_and_standalone: 2 * span.end + usize::from(standalone),
        }
    }

    fn span(self) -> Range<usize> {
        self.start..self.end_and_standalone / 2
    }

    fn standalone(self) -> bool {
        self.end_and_standalone % 2 == 1
    }
}

/// A token of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Token<'a> {
    /// The normalised word.
    pub word: &'a str,
    /// Span in bytes of the original text, at character boundaries.
    pub span: Range<usize>,
    /// Standalone token, such as the whole of `us-praesident`: it takes part in no n-gram of two
    /// words or more.
    pub standalone: bool,
}

/// Bytes that [`Tokens::push_run`] may write behind the end of a word, since it copies a block of
/// this size.
pub(super) const SLACK: usize = 8;

impl Tokens {
    /// Returns the number of tokens.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Returns true if there is no token.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// Returns the tokens in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = Token<'_>> {
        let token = |index| Token {
            word: self.word(index),
            span: self.span(index),
            standalone: self.standalone(index),
        };
        (0..self.len()).map(token)
    }

    /// Returns the word of token `index`, which must be less than [`len`](Self::len).
    pub fn word(&self, index: usize) -> &str {
        std::str::from_utf8(self.bytes(index)).unwrap_or_default()
    }

    /// Returns the bytes of [`word`](Self::word).
    pub fn bytes(&self, index: usize) -> &[u8] {
        let start = if index == 0 {
            0
        } else {
            self.marks[index - 1].word_end
        };
        &self.words[start..self.marks[index].word_end]
    }

    /// Returns the word of token `index` in blocks of eight bytes, little-endian, the last one
    /// filled with zeros.
    #[inline]
    pub(crate) fn blocks(&self, index: usize) -> impl Iterator<Item = u64> + '_ {
        let start = if index == 0 {
            0
        } else {
            self.marks[index - 1].word_end
        };
        let end = self.marks[index].word_end;
        (start..end)
            .step_by(BLOCK)
            .map(move |at| self.block(at, end - at))
    }

    /// Returns the key of the word of token `index`.
    #[inline]
    pub(crate) fn key(&self, index: usize, keys: Keys) -> u64 {
        keys.of_blocks(self.blocks(index))
    }

    /// Returns the first `length` bytes from `at` on as a number.
    #[inline]
    fn block(&self, at: usize, length: usize) -> u64 {
        match self
            .words
            .get(at..at + BLOCK)
            .and_then(|block| block.try_into().ok())
        {
            Some(block) if length < BLOCK => u64::from_le_bytes(block) & ((1 << (8 * length)) - 1),
            Some(block) => u64::from_le_bytes(block),
            None => last_block(&self.words[at..at + length.min(BLOCK)]),
        }
    }

    /// Returns the span of token `index` in bytes of the text.
    pub fn span(&self, index: usize) -> Range<usize> {
        self.marks[index].span()
    }

    /// Returns true for a standalone token.
    pub fn standalone(&self, index: usize) -> bool {
        self.marks[index].standalone()
    }

    /// Removes all tokens and reserves room for the words of a text of `text` bytes, which lower
    /// case and transcription lengthen.
    pub(super) fn clear(&mut self, text: usize) {
        self.used = 0;
        self.marks.clear();
        let room = text + text / 4 + 64;
        if self.words.len() < room {
            self.words.resize(room, 0);
        }
    }

    /// Returns the end of the word that is being written.
    pub(super) fn used(&self) -> usize {
        self.used
    }

    /// Returns the part of the word that has been written since `from`.
    pub(super) fn since(&self, from: usize) -> &str {
        std::str::from_utf8(&self.words[from..self.used]).unwrap_or_default()
    }

    /// Returns the last character since `from`, in constant time.
    pub(super) fn last(&self, from: usize) -> Option<char> {
        let word = &self.words[from..self.used];
        let begins = word.iter().rposition(|&byte| byte & 0xc0 != 0x80)?;
        std::str::from_utf8(&word[begins..]).ok()?.chars().next()
    }

    /// Removes the bytes that have been written since `to`.
    pub(super) fn truncate(&mut self, to: usize) {
        self.used = to;
    }

    /// Appends the first `length` bytes of `eight`.
    #[inline]
    pub(super) fn push_run(&mut self, eight: [u8; SLACK], length: usize) {
        if self.used + SLACK > self.words.len() {
            self.words.resize(self.words.len() * 2 + SLACK, 0);
        }
        self.words[self.used..self.used + SLACK].copy_from_slice(&eight);
        self.used += length;
    }

    /// Appends the word at `start..end` of the text, whose bytes are `lower` and [`MARGIN`] more.
    #[inline]
    pub(super) fn push_plain(&mut self, lower: &[u8], start: usize, end: usize) {
        self.push_lower(lower, end - start);
        self.marks.push(Mark::new(self.used, start..end, false));
    }

    /// Appends the first `length` bytes of `lower`, which has [`MARGIN`] more.
    #[inline]
    pub(super) fn push_lower(&mut self, lower: &[u8], length: usize) {
        if self.used + length + MARGIN > self.words.len() {
            self.words.resize((self.used + length) * 2 + MARGIN, 0);
        }
        let into = &mut self.words[self.used..];
        // A block of constant size is copied without a call.
        match length <= MARGIN {
            true => into[..MARGIN].copy_from_slice(&lower[..MARGIN]),
            false => into[..length].copy_from_slice(&lower[..length]),
        }
        self.used += length;
    }

    pub(super) fn push_str(&mut self, part: &str) {
        let end = self.used + part.len();
        if end > self.words.len() {
            self.words.resize(end * 2 + SLACK, 0);
        }
        self.words[self.used..end].copy_from_slice(part.as_bytes());
        self.used = end;
    }

    pub(super) fn push_char(&mut self, character: char) {
        self.push_str(character.encode_utf8(&mut [0; 4]));
    }

    /// Ends the word, whose span is `start..end`; an empty word makes no token.
    #[inline]
    pub(super) fn finish(&mut self, start: usize, end: usize, standalone: bool) {
        let before = self.marks.last().map_or(0, |mark| mark.word_end);
        if self.used > before {
            self.marks
                .push(Mark::new(self.used, start..end, standalone));
        }
    }

    /// Replaces each word by the one that `rewrite` appends; where it appends nothing, the token
    /// goes.
    pub(super) fn rewrite(&mut self, mut rewrite: impl FnMut(&Tokens, usize, &mut Tokens)) {
        let mut rewritten = Tokens::default();
        rewritten.clear(self.used);
        for index in 0..self.len() {
            rewrite(self, index, &mut rewritten);
            let mark = self.marks[index];
            rewritten.finish(mark.start, mark.span().end, mark.standalone());
        }
        rewritten.classes = std::mem::take(&mut self.classes);
        *self = rewritten;
    }
}
