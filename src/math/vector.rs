//! Many bytes or numbers at once: by the vector instructions that every processor of the target
//! has, or by plain arithmetic with the same results.
//!
//! Beside `io/storage.rs` this is the one module with `unsafe`.

/// Bytes of a block, one for each bit of a class.
pub(crate) const WIDTH: usize = 64;

/// The classes of the bytes of a block, the first byte lowest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ClassBits {
    /// ASCII letters and digits.
    pub plain: u64,
    /// Bytes of other characters.
    pub non_ascii: u64,
    /// Points, commas and hyphens; once the whole text is classified, bytes after which the word
    /// before them may go on: parts of other characters, apostrophes, and points, commas and
    /// hyphens before anything but a blank or another mark.
    pub ambiguous: u64,
    pub apostrophes: u64,
}

/// Tags that are compared at once.
pub(crate) const TAGS: usize = 8;

/// Bits of an ASCII letter that tell its case.
const CASE: u8 = 0x20;

#[cfg(not(target_arch = "x86_64"))]
pub(crate) use Portable as Native;
#[cfg(target_arch = "x86_64")]
pub(crate) use sse2::Sse2 as Native;

/// Arithmetic on single bytes, of which the compiler may treat several at once.
#[cfg(any(test, not(target_arch = "x86_64")))]
pub(crate) struct Portable;

#[cfg(any(test, not(target_arch = "x86_64")))]
impl Portable {
    /// Returns the classes of a block, whose bytes `lower` gets with ASCII letters in lower case.
    #[inline]
    pub(crate) fn classify(bytes: &[u8; WIDTH], lower: &mut [u8; WIDTH]) -> ClassBits {
        let [mut plain, mut non_ascii, mut marks, mut apostrophes] = [[0u8; WIDTH]; 4];
        for at in 0..WIDTH {
            let byte = bytes[at];
            let letter = (byte | CASE).wrapping_sub(b'a') < 26;
            let digit = byte.wrapping_sub(b'0') < 10;
            let upper = byte.wrapping_sub(b'A') < 26;
            lower[at] = byte | (u8::from(upper) * CASE);
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

    /// Returns a bit for each tag that equals `tag`, the first lowest.
    #[inline]
    pub(crate) fn equal(tags: &[u32; TAGS], tag: u32) -> u32 {
        let bits = (0..TAGS).map(|at| u32::from(tags[at] == tag) << at);
        bits.fold(0, |all, bit| all | bit)
    }
}

/// Packs the lowest bit of each of 64 bytes: the product gathers those of eight bytes in its upper
/// byte.
#[cfg(any(test, not(target_arch = "x86_64")))]
#[inline]
fn pack(flags: &[u8; WIDTH]) -> u64 {
    let mut packed = 0;
    for (at, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
        let gathered = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        packed |= gathered << (8 * at);
    }
    packed
}

#[cfg(target_arch = "x86_64")]
mod sse2 {
    //! Sixteen bytes an instruction. Every x86-64 processor has SSE2, so nothing is checked at run
    //! time.

    use super::{CASE, ClassBits, TAGS, WIDTH};
    use std::arch::x86_64::{
        __m128i, _mm_add_epi8, _mm_and_si128, _mm_cmpeq_epi8, _mm_cmpeq_epi32, _mm_cmplt_epi8,
        _mm_movemask_epi8, _mm_or_si128, _mm_packs_epi16, _mm_packs_epi32, _mm_set1_epi8,
        _mm_set1_epi32, _mm_setzero_si128,
    };

    pub(crate) struct Sse2;

    const LANES: usize = 16;

    impl Sse2 {
        /// Returns the classes of a block, whose bytes `lower` gets with ASCII letters in lower
        /// case.
        #[inline]
        pub(crate) fn classify(bytes: &[u8; WIDTH], lower: &mut [u8; WIDTH]) -> ClassBits {
            // SAFETY: SSE2 is a part of x86-64, and the function reads and writes through
            // references alone.
            unsafe { classify(bytes, lower) }
        }

        /// Returns a bit for each tag that equals `tag`, the first lowest.
        #[inline]
        pub(crate) fn equal(tags: &[u32; TAGS], tag: u32) -> u32 {
            // SAFETY: as above.
            unsafe { equal(tags, tag) }
        }
    }

    #[target_feature(enable = "sse2")]
    #[inline]
    fn classify(bytes: &[u8; WIDTH], lower: &mut [u8; WIDTH]) -> ClassBits {
        let lanes: &[[u8; LANES]; WIDTH / LANES] = bytemuck::cast_ref(bytes);
        let lower: &mut [[u8; LANES]; WIDTH / LANES] = bytemuck::cast_mut(lower);
        let case = _mm_set1_epi8(CASE as i8);
        let mut bits = ClassBits::default();
        for lane in 0..lanes.len() {
            let (bytes, from): (__m128i, _) = (bytemuck::cast(lanes[lane]), lane * LANES);
            let letters = within(_mm_or_si128(bytes, case), b'a', 26);
            let plain = _mm_or_si128(letters, within(bytes, b'0', 10));
            let upper = _mm_and_si128(within(bytes, b'A', 26), case);
            lower[lane] = bytemuck::cast(_mm_or_si128(bytes, upper));
            bits.plain |= mask(plain) << from;
            bits.non_ascii |= mask(bytes) << from;
            // Comma, hyphen and point are neighbours.
            bits.ambiguous |= mask(within(bytes, b',', 3)) << from;
            let apostrophe = _mm_set1_epi8(b'\'' as i8);
            bits.apostrophes |= mask(_mm_cmpeq_epi8(bytes, apostrophe)) << from;
        }
        bits
    }

    #[target_feature(enable = "sse2")]
    #[inline]
    fn equal(tags: &[u32; TAGS], tag: u32) -> u32 {
        let [first, second]: [__m128i; 2] = bytemuck::cast(*tags);
        let tag = _mm_set1_epi32(tag as i32);
        let found = [first, second].map(|four| _mm_cmpeq_epi32(four, tag));
        // Each comparison is all ones or zeros, which stay so when they are narrowed.
        let words = _mm_packs_epi32(found[0], found[1]);
        mask(_mm_packs_epi16(words, _mm_setzero_si128())) as u32
    }

    /// Returns ones for the bytes among the `count` from `first` on. Bytes are compared as signed
    /// numbers, so that the first is moved to the least of these.
    #[target_feature(enable = "sse2")]
    #[inline]
    fn within(bytes: __m128i, first: u8, count: u8) -> __m128i {
        let moved = _mm_add_epi8(bytes, _mm_set1_epi8(0x80u8.wrapping_sub(first) as i8));
        _mm_cmplt_epi8(moved, _mm_set1_epi8((0x80 + count) as i8))
    }

    /// Returns the uppermost bit of each byte, the first byte lowest.
    #[target_feature(enable = "sse2")]
    #[inline]
    fn mask(bytes: __m128i) -> u64 {
        u64::from(_mm_movemask_epi8(bytes) as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn both(block: &[u8; WIDTH]) {
        let (mut native, mut portable) = ([0; WIDTH], [0; WIDTH]);
        let classes = Native::classify(block, &mut native);
        assert_eq!(classes, Portable::classify(block, &mut portable));
        assert_eq!(native, portable);
        assert_eq!(native.to_vec(), block.to_ascii_lowercase());
    }

    #[test]
    fn every_byte_has_the_classes_of_plain_arithmetic_in_every_place() {
        for first in 0..=255u8 {
            both(&std::array::from_fn(|at| first.wrapping_add(at as u8)));
        }
    }

    proptest! {
        #[test]
        fn tags_are_those_of_plain_arithmetic(tags in prop::array::uniform8(0..4u32), tag in 0..4u32) {
            let tags = tags.map(|tag| tag.wrapping_mul(0x9e37_79b9));
            let tag = tag.wrapping_mul(0x9e37_79b9);
            prop_assert_eq!(Native::equal(&tags, tag), Portable::equal(&tags, tag));
        }

        #[test]
        fn classes_are_those_of_plain_arithmetic(block in prop::array::uniform32(any::<[u8; 2]>())) {
            both(&bytemuck::cast(block));
        }
    }
}
