//! Classes of the bytes of a text, a bit for each, and the words of plain letters that follow from
//! them by bit arithmetic.
//!
//! The scanner works in phases of straight code over plain slices. [`ByteClasses::fill`] makes the
//! bits and the lower-case letters, 64 bytes at a time (`math/vector.rs`), and lists the
//! runs of plain letters and, much shorter, the places where a run is not all there is to a word.

use crate::math::vector::{ClassBits, Native, WIDTH};

/// Bytes behind the end of a text that its lower-case letters may be read to, so that a short word
/// is copied as one block of this size.
pub(super) const MARGIN: usize = 16;

/// The classes of the bytes of a text, in memory that the next text reuses.
#[derive(Debug, Clone, Default)]
pub(super) struct ByteClasses {
    blocks: Vec<ClassBits>,
    /// Start and end of every run of plain letters.
    runs: Vec<[u32; 2]>,
    /// Ascending places at which the runs do not tell the words: ends of runs after which the word
    /// may go on, and first bytes that are not ASCII.
    exceptions: Vec<u32>,
}

impl ByteClasses {
    /// Returns the size of memory for the lower-case letters of `length` bytes.
    pub(super) fn lower_size(length: usize) -> usize {
        // The last block has a byte that is no letter behind every text.
        (length / WIDTH + 1) * WIDTH + MARGIN
    }

    /// Classifies the bytes of a text and writes them into `lower`, which has at least
    /// [`lower_size`](Self::lower_size) bytes, with ASCII letters in lower case.
    pub(super) fn fill(&mut self, bytes: &[u8], lower: &mut [u8]) {
        self.blocks.clear();
        let (whole, rest) = bytes.as_chunks::<WIDTH>();
        let into = lower.as_chunks_mut::<WIDTH>().0;
        let classified = whole.iter().zip(into.iter_mut());
        self.blocks
            .extend(classified.map(|(block, lower)| Native::classify(block, lower)));
        let mut last = [0; WIDTH];
        last[..rest.len()].copy_from_slice(rest);
        self.blocks
            .push(Native::classify(&last, &mut into[whole.len()]));
        self.keep_marks_before_letters();
        self.list();
    }

    /// Removes the ambiguous marks that stand before no letter; apostrophes stay.
    fn keep_marks_before_letters(&mut self) {
        let mut next = 0;
        for block in self.blocks.iter_mut().rev() {
            let letters = block.plain | block.non_ascii;
            let before_letter = letters >> 1 | next << (WIDTH - 1);
            block.ambiguous =
                block.non_ascii | block.apostrophes | (block.ambiguous & before_letter);
            next = letters & 1;
        }
    }

    /// Lists the runs of plain letters and the exceptions.
    fn list(&mut self) {
        self.runs.clear();
        self.exceptions.clear();
        let (mut plain_before, mut non_ascii_before, mut open) = (0, 0, 0);
        for (block, base) in self.blocks.iter().zip((0u32..).step_by(WIDTH)) {
            let mut starts = block.plain & !(block.plain << 1 | plain_before);
            let mut ends = !block.plain & (block.plain << 1 | plain_before);
            let foreign = block.non_ascii & !(block.non_ascii << 1 | non_ascii_before);
            let mut exceptions = ends & block.ambiguous | foreign;
            if plain_before == 1 && ends != 0 {
                self.runs.push([open, base + take_lowest(&mut ends)]);
            }
            while ends != 0 {
                let start = base + take_lowest(&mut starts);
                self.runs.push([start, base + take_lowest(&mut ends)]);
            }
            if starts != 0 {
                open = base + starts.trailing_zeros();
            }
            while exceptions != 0 {
                self.exceptions.push(base + take_lowest(&mut exceptions));
            }
            plain_before = block.plain >> (WIDTH - 1);
            non_ascii_before = block.non_ascii >> (WIDTH - 1);
        }
    }

    /// Returns start and end of every run of plain letters.
    pub(super) fn runs(&self) -> &[[u32; 2]] {
        &self.runs
    }

    /// Returns the places, ascending, at which the runs do not tell the words.
    pub(super) fn exceptions(&self) -> &[u32] {
        &self.exceptions
    }

    /// Returns true for a byte of a character that is not ASCII; the end of the text is none.
    #[inline]
    pub(super) fn is_non_ascii(&self, at: usize) -> bool {
        self.blocks[at / WIDTH].non_ascii >> (at % WIDTH) & 1 == 1
    }

    /// Returns the end of the plain letters from `at` on, of which there may be none.
    #[inline]
    pub(super) fn run_end(&self, at: usize) -> usize {
        let mut block = at / WIDTH;
        let mut found = !self.blocks[block].plain & (u64::MAX << (at % WIDTH));
        // The last block has a byte that is no letter behind every text.
        while found == 0 && block + 1 < self.blocks.len() {
            block += 1;
            found = !self.blocks[block].plain;
        }
        block * WIDTH + found.trailing_zeros() as usize
    }
}

/// Removes the lowest of the bits, of which there is one, and returns its place.
#[inline]
fn take_lowest(bits: &mut u64) -> u32 {
    let place = bits.trailing_zeros();
    *bits &= bits.wrapping_sub(1);
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_and_exceptions_are_those_of_the_bytes(text in "[a-c .'-]{0,200}|[ aä,.]{0,150}") {
            let bytes = text.as_bytes();
            let (mut classes, mut lower) = (ByteClasses::default(), Vec::new());
            lower.resize(ByteClasses::lower_size(bytes.len()), 7);
            classes.fill(bytes, &mut lower);
            let plain = |at: usize| bytes.get(at).is_some_and(|b| b.is_ascii_alphanumeric());
            let foreign = |at: usize| bytes.get(at).is_some_and(|b| !b.is_ascii());
            let places = 0..bytes.len() + 1;
            let starts = places.clone().filter(|&at| plain(at) && (at == 0 || !plain(at - 1)));
            let ends: Vec<usize> =
                places.clone().filter(|&at| at > 0 && !plain(at) && plain(at - 1)).collect();
            let runs: Vec<[u32; 2]> =
                starts.zip(&ends).map(|(start, &end)| [start as u32, end as u32]).collect();
            prop_assert_eq!(classes.runs(), &runs);
            let goes_on = |at: usize| {
                let mark = matches!(bytes.get(at), Some(b'.' | b',' | b'-'));
                foreign(at) || bytes.get(at) == Some(&b'\'')
                    || mark && (plain(at + 1) || foreign(at + 1))
            };
            let exception = |&at: &usize| {
                ends.contains(&at) && goes_on(at) || foreign(at) && (at == 0 || !foreign(at - 1))
            };
            let exceptions: Vec<u32> = places.filter(exception).map(|at| at as u32).collect();
            prop_assert_eq!(classes.exceptions(), &exceptions);
        }
    }
}
