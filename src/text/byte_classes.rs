//! Classes of the bytes of a text, a bit for each: plain letters and digits, bytes that are not
//! ASCII, and marks after which a word of plain letters may go on.
//!
//! They are made in one pass without a branch, so that the compiler can treat many bytes at once;
//! the scanner then finds both ends of nearly every word by counting zeros.

/// The classes of the bytes of a text, and the bytes with ASCII letters in lower case.
#[derive(Debug, Clone, Default)]
pub(super) struct ByteClasses {
    lower: Vec<u8>,
    blocks: Vec<ClassBits>,
}

/// The classes of 64 bytes, the first byte lowest.
#[derive(Debug, Clone, Copy, Default)]
struct ClassBits {
    /// ASCII letters and digits.
    plain: u64,
    /// Bytes of other characters.
    non_ascii: u64,
    /// Bytes after which the word before them may go on: parts of other characters, apostrophes,
    /// and points, commas and hyphens before anything but a blank or another mark.
    ambiguous: u64,
    apostrophes: u64,
}

const WIDTH: usize = 64;
/// Bytes behind the end of a text that [`ByteClasses::lower`] may be read to, so that a short word
/// is copied as one block of this size.
pub(super) const MARGIN: usize = 16;

impl ByteClasses {
    pub(super) fn fill(&mut self, bytes: &[u8]) {
        self.blocks.clear();
        let size = (bytes.len() / WIDTH + 1) * WIDTH + MARGIN;
        if self.lower.len() < size {
            self.lower.resize(size, 0);
        }
        let mut chunks = bytes.chunks_exact(WIDTH);
        for (chunk, lower) in chunks.by_ref().zip(self.lower.chunks_exact_mut(WIDTH)) {
            self.blocks.push(ClassBits::of(chunk, lower));
        }
        let rest = chunks.remainder();
        let mut last = [0; WIDTH];
        last[..rest.len()].copy_from_slice(rest);
        let from = bytes.len() - rest.len();
        self.blocks
            .push(ClassBits::of(&last, &mut self.lower[from..from + WIDTH]));
        self.keep_marks_before_letters();
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

    /// Returns the first byte from `at` on that begins or continues a character which may be a
    /// letter.
    #[inline]
    pub(super) fn next_letter(&self, at: usize) -> Option<usize> {
        self.find(at, |block| block.plain | block.non_ascii)
    }

    /// Returns the end of the word of plain letters that begins at `start`, if there is one and it
    /// surely ends there.
    #[inline]
    pub(super) fn plain_end(&self, start: usize) -> Option<usize> {
        let end = self.run_end(start);
        let ambiguous = self.blocks[end / WIDTH].ambiguous >> (end % WIDTH) & 1 == 1;
        (end > start && !ambiguous).then_some(end)
    }

    /// Returns the end of the plain letters from `at` on, of which there may be none.
    #[inline]
    pub(super) fn run_end(&self, at: usize) -> usize {
        // The last block has a byte that is no letter behind every text.
        self.find(at, |block| !block.plain).unwrap_or(at)
    }

    #[inline]
    fn find(&self, at: usize, bits: impl Fn(&ClassBits) -> u64) -> Option<usize> {
        let mut block = at / WIDTH;
        let mut found = bits(self.blocks.get(block)?) & (u64::MAX << (at % WIDTH));
        while found == 0 {
            block += 1;
            found = bits(self.blocks.get(block)?);
        }
        Some(block * WIDTH + found.trailing_zeros() as usize)
    }

    /// Returns the bytes from `start` on in lower case, with a [`MARGIN`] after the end of the
    /// text.
    #[inline]
    pub(super) fn lower(&self, start: usize) -> &[u8] {
        &self.lower[start..]
    }
}

impl ClassBits {
    /// Classifies 64 bytes; all points, commas and hyphens are ambiguous at first.
    #[inline]
    fn of(bytes: &[u8], lower: &mut [u8]) -> ClassBits {
        let [mut plain, mut non_ascii, mut marks, mut apostrophes] = [[0u8; WIDTH]; 4];
        for at in 0..WIDTH {
            let byte = bytes[at];
            let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
            let digit = byte.wrapping_sub(b'0') < 10;
            let upper = byte.wrapping_sub(b'A') < 26;
            lower[at] = byte | u8::from(upper) << 5;
            plain[at] = u8::from(letter | digit);
            non_ascii[at] = byte >> 7;
            marks[at] = u8::from((byte == b'.') | (byte == b',') | (byte == b'-'));
            apostrophes[at] = u8::from(byte == b'\'');
        }
        ClassBits {
            plain: pack(&plain),
            non_ascii: pack(&non_ascii),
            ambiguous: pack(&marks),
            apostrophes: pack(&apostrophes),
        }
    }
}

/// Packs the lowest bit of each of 64 bytes: the product gathers those of eight bytes in its upper
/// byte.
#[inline]
fn pack(flags: &[u8; WIDTH]) -> u64 {
    let mut packed = 0;
    for (at, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
        let gathered = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        packed |= gathered << (8 * at);
    }
    packed
}
