//! The tokens of one text, in memory that is reused from text to text.

use super::byte_classes::{ByteClasses, MARGIN};
use crate::math::hash::{BLOCK, Keys};
use std::ops::Range;

/// The tokens of one text, in memory that the next text reuses.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    /// The text with ASCII letters in lower case, if it was scanned, and after it the normalised
    /// words that are not just a part of that.
    words: Vec<u8>,
    /// End of what has been written.
    used: usize,
    /// End of the last word that is finished.
    finished: usize,
    marks: Vec<Mark>,
    /// Memory of the scanner.
    pub(super) classes: ByteClasses,
}

/// Place of a token among the words and in the text. Lengths rather than ends, because they fit
/// into half the memory, and a long text has millions of marks.
#[derive(Debug, Clone, Copy)]
struct Mark {
    word: usize,
    start: usize,
    word_length: u32,
    /// Twice the length of the span, plus one for a standalone token.
    span_and_standalone: u32,
}

/// Bytes of a word and of its span at most. Only what was made to break programs is longer, and
/// makes no token.
const MAX_WORD_BYTES: usize = (u32::MAX / 2) as usize;

impl Mark {
    /// Returns the mark of a word of at most [`MAX_WORD_BYTES`] in words and text.
    #[inline]
    fn new(word: Range<usize>, span: Range<usize>, standalone: bool) -> Self {
        Mark {
            word: word.start,
            start: span.start,
            word_length: word.len() as u32,
            span_and_standalone: 2 * span.len() as u32 + u32::from(standalone),
        }
    }

    fn span(self) -> Range<usize> {
        self.start..self.start + (self.span_and_standalone / 2) as usize
    }

    fn standalone(self) -> bool {
        self.span_and_standalone % 2 == 1
    }

    #[inline]
    fn length(self) -> usize {
        self.word_length as usize
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

/// Bytes of a block that [`Tokens::push_run`] copies.
pub(super) const SLACK: usize = 8;
/// Bytes behind the last word at least, so that two blocks of any word can be read.
const PADDING: usize = 2 * BLOCK;

/// Bits that the first bytes of two blocks take, by their number.
const MASKS: [[u64; 2]; 2 * BLOCK + 1] = {
    let mut masks = [[0; 2]; 2 * BLOCK + 1];
    let mut length = 1;
    while length <= 2 * BLOCK {
        let mut mask = masks[length - 1];
        mask[(length - 1) / BLOCK] = mask[(length - 1) / BLOCK] << 8 | 0xff;
        masks[length] = mask;
        length += 1;
    }
    masks
};

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
        let mark = self.marks[index];
        &self.words[mark.word..mark.word + mark.length()]
    }

    /// Returns the first block of eight bytes of the word of token `index`, little-endian, filled
    /// with zeros.
    #[inline]
    pub(crate) fn first_block(&self, index: usize) -> u64 {
        let mark = self.marks[index];
        self.first_blocks(mark.word, mark.length())[0]
    }

    /// Returns the key of the word of token `index`.
    #[inline]
    pub(crate) fn key(&self, index: usize, keys: Keys) -> u64 {
        self.key_at(self.marks[index], keys)
    }

    /// Returns of each token whether it is standalone, and the key of its word.
    #[inline]
    pub(crate) fn keys(&self, keys: Keys) -> impl Iterator<Item = (bool, u64)> + '_ {
        let each = move |&mark: &Mark| (mark.standalone(), self.key_at(mark, keys));
        self.marks.iter().map(each)
    }

    #[inline]
    fn key_at(&self, mark: Mark, keys: Keys) -> u64 {
        let length = mark.length();
        let [first, second] = self.first_blocks(mark.word, length);
        if length > 2 * BLOCK {
            return self.key_of_many(mark, keys);
        }
        // Both blocks are hashed, whether there is a second one or not: no branch could be
        // predicted.
        let short = keys.of_blocks(std::iter::once(first));
        let long = keys.of_block(short, second);
        if length > BLOCK { long } else { short }
    }

    #[inline(never)]
    fn key_of_many(&self, mark: Mark, keys: Keys) -> u64 {
        keys.of_word(&self.words[mark.word..mark.word + mark.length()])
    }

    /// Returns the first two blocks of the word of `length` bytes at `at`, filled with zeros.
    #[inline]
    fn first_blocks(&self, at: usize, length: usize) -> [u64; 2] {
        let words = self.words.get(at..).and_then(|words| words.first_chunk());
        // There are always bytes behind the last word.
        let bytes: [u8; 2 * BLOCK] = words.copied().unwrap_or_default();
        let [first, second]: [u64; 2] = bytemuck::cast(bytes);
        let masks = MASKS[length.min(2 * BLOCK)];
        [
            u64::from_le(first) & masks[0],
            u64::from_le(second) & masks[1],
        ]
    }

    /// Returns the span of token `index` in bytes of the text.
    pub fn span(&self, index: usize) -> Range<usize> {
        self.marks[index].span()
    }

    /// Returns true for a standalone token.
    pub fn standalone(&self, index: usize) -> bool {
        self.marks[index].standalone()
    }

    /// Removes all tokens and reserves room for words of `room` bytes.
    pub(super) fn clear(&mut self, room: usize) {
        (self.used, self.finished) = (0, 0);
        self.marks.clear();
        self.make_room(room + room / 4);
    }

    /// Removes all tokens and classifies the bytes of a text, whose lower-case letters become the
    /// words of plain letters in place.
    pub(super) fn scan(&mut self, bytes: &[u8], classes: &mut ByteClasses) {
        let size = ByteClasses::lower_size(bytes.len());
        self.clear(size);
        classes.fill(bytes, &mut self.words);
        (self.used, self.finished) = (size, size);
    }

    fn make_room(&mut self, size: usize) {
        if self.words.len() < size + PADDING {
            self.words.resize(size + PADDING, 0);
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
        if self.used + SLACK + PADDING > self.words.len() {
            self.make_room(2 * self.words.len());
        }
        self.words[self.used..self.used + SLACK].copy_from_slice(&eight);
        self.used += length;
    }

    /// Appends the words of plain letters at these places of the scanned text.
    #[inline]
    pub(super) fn push_plain(&mut self, runs: &[[u32; 2]]) {
        let mark = |&[start, end]: &[u32; 2]| {
            let place = start as usize..end as usize;
            Mark::new(place.clone(), place, false)
        };
        self.marks.extend(runs.iter().map(mark));
    }

    /// Appends a part of the scanned text in lower case to the word that is being written.
    #[inline]
    pub(super) fn push_lower(&mut self, start: usize, end: usize) {
        let length = end - start;
        if self.used + length + MARGIN + PADDING > self.words.len() {
            self.make_room((self.used + length + MARGIN) * 2);
        }
        // A block of constant size is copied without a call.
        match length <= MARGIN {
            true => self.words.copy_within(start..start + MARGIN, self.used),
            false => self.words.copy_within(start..end, self.used),
        }
        self.used += length;
    }

    pub(super) fn push_str(&mut self, part: &str) {
        let end = self.used + part.len();
        if end + PADDING > self.words.len() {
            self.make_room(end * 2);
        }
        self.words[self.used..end].copy_from_slice(part.as_bytes());
        self.used = end;
    }

    /// Appends ASCII letters in lower case.
    pub(super) fn push_ascii_lower(&mut self, letters: &str) {
        let from = self.used;
        self.push_str(letters);
        self.words[from..self.used].make_ascii_lowercase();
    }

    pub(super) fn push_char(&mut self, character: char) {
        self.push_str(character.encode_utf8(&mut [0; 4]));
    }

    /// Ends the word, whose span is `start..end`; an empty word makes no token.
    #[inline]
    pub(super) fn finish(&mut self, start: usize, end: usize, standalone: bool) {
        let word = self.finished..self.used;
        if word.len().max(end - start) > MAX_WORD_BYTES {
            self.used = self.finished;
        } else if !word.is_empty() {
            self.marks.push(Mark::new(word, start..end, standalone));
            self.finished = self.used;
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
