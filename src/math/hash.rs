//! Hashes of bytes, and how they are keyed.
//!
//! A hash begins as the seed; for each eight bytes, little-endian, the last filled with zeros,
//! `h ← fold(h ⊕ block)`, where `fold` is the product with an odd factor in 128 bits, upper half ⊕
//! lower half. Most words are one block, so that this takes a third of the time of XXH3.
//!
//! Known keys let anyone compute inputs that share a hash. So tables are keyed by [`Keys::secret`],
//! drawn at random and never written down; no result depends on it. Only a hash that is itself a
//! result has [`Keys::public`].

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

/// Seed and factor of a hash.
#[derive(Clone, Copy)]
pub(crate) struct Keys {
    seed: u64,
    factor: u64,
}

/// Shows nothing of the keys.
impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

/// Bytes of a block, which is hashed as one number.
pub(crate) const BLOCK: usize = 8;

/// Odd factor without a pattern: the first 64 bits of the fraction of √3.
const FACTOR: u64 = 0xBB67_AE85_84CA_A73B;
/// Odd factor without a pattern: 2⁶⁴ over the golden ratio.
pub(crate) const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

impl Keys {
    /// Returns keys that nobody knows, different with each call: SipHash of the standard library
    /// under the random key that it gives to hash maps.
    pub(crate) fn secret() -> Self {
        let random = RandomState::new();
        Keys {
            seed: random.hash_one(0u8),
            factor: random.hash_one(1u8) | 1,
        }
    }

    /// Returns keys that anyone can compute.
    pub(crate) const fn public(seed: u64) -> Self {
        Keys {
            seed,
            factor: FACTOR,
        }
    }

    /// Returns keys as random as secret ones, the same for each number.
    #[cfg(test)]
    pub(crate) fn numbered(number: u64) -> Self {
        let random = Keys::public(number);
        Keys {
            seed: random.of_bytes(b"seed"),
            factor: random.of_bytes(b"factor") | 1,
        }
    }

    /// Returns keys under which all hashes are 0.
    #[cfg(test)]
    pub(crate) fn zero() -> Self {
        Keys { seed: 0, factor: 0 }
    }

    /// Returns the hash of blocks. Those of bytes without zeros tell the bytes apart.
    #[inline]
    pub(crate) fn of_blocks(self, blocks: impl Iterator<Item = u64>) -> u64 {
        blocks.fold(self.seed, |hash, block| self.fold(hash ^ block))
    }

    /// Returns the hash of the blocks of `hash` and one more.
    #[inline]
    pub(crate) fn of_block(self, hash: u64, block: u64) -> u64 {
        self.fold(hash ^ block)
    }

    /// Returns the hash of bytes that hold no zero, such as those of a word.
    #[inline]
    pub(crate) fn of_word(self, word: &[u8]) -> u64 {
        self.of_blocks(word.chunks(BLOCK).map(last_block))
    }

    /// Returns the hash of any bytes.
    pub(crate) fn of_bytes(self, bytes: &[u8]) -> u64 {
        self.fold(self.of_word(bytes) ^ bytes.len() as u64)
    }

    /// Returns a number that falls into any slot of a table, whatever the numbers are chosen to be.
    #[inline]
    pub(crate) fn scatter(self, number: u32) -> u32 {
        self.fold(self.seed ^ u64::from(number)) as u32
    }

    #[inline]
    fn fold(self, number: u64) -> u64 {
        let product = u128::from(number) * u128::from(self.factor);
        product as u64 ^ (product >> 64) as u64
    }
}

/// Folds a key into the key of those before it; the order counts.
///
/// The rotation keeps equal keys from cancelling each other out, and the product carries every bit
/// of them upwards.
#[inline]
pub(crate) fn fold_in(before: u64, key: u64) -> u64 {
    (before.rotate_left(23) ^ key).wrapping_mul(GOLDEN)
}

/// Folds a key into the key of those before it, as [`fold_in`] does, and mixes the upper half,
/// which is the better one, into the lower.
#[inline]
pub(crate) fn combine(before: u64, key: u64) -> u64 {
    let folded = fold_in(before, key);
    folded ^ (folded >> 32)
}

/// Returns the seed of the stream of random numbers for two counters.
pub(crate) fn stream_seed(seed: u64, first: u64, second: u64) -> u64 {
    seed ^ first.wrapping_mul(GOLDEN) ^ second.wrapping_mul(FACTOR)
}

/// Returns the seed of one of many draws: neighbouring seeds share no draw, as long as there are
/// fewer than 2³² of either.
pub(crate) fn draw_seed(seed: u64, draw: u64) -> u64 {
    seed.rotate_left(32) ^ draw
}

/// A map by 64-bit keys that are hashes already.
pub(crate) type KeyMap<V> = HashMap<u64, V, ByKey>;

/// Builds hashers that return the key itself.
pub(crate) type ByKey = BuildHasherDefault<KeyHasher>;

/// A hasher of one key, which is its own hash.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes
            .iter()
            .for_each(|&b| self.0 = (self.0 << 8) ^ u64::from(b));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// Returns up to eight bytes as a number, little-endian.
#[inline]
pub(crate) fn last_block(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |block, &byte| block << 8 | u64::from(byte))
}

#[cfg(test)]
pub(crate) mod attack {
    //! Words that share the low bits of their hash where seed and factor are known.

    use super::*;

    /// `count` words of eight letters whose hash under `Keys::public(seed)` ends in `bits` zeros.
    pub(crate) fn words(seed: u64, bits: u32, count: usize) -> Vec<String> {
        find(seed, count, |hash| hash.trailing_zeros() >= bits)
    }

    /// The same for hashes whose product with [`GOLDEN`] begins with `bits` zeros.
    pub(crate) fn words_by_product(seed: u64, bits: u32, count: usize) -> Vec<String> {
        let product = |hash: u64| hash.wrapping_mul(GOLDEN);
        find(seed, count, |hash| product(hash).leading_zeros() >= bits)
    }

    fn find(seed: u64, count: usize, wanted: impl Fn(u64) -> bool) -> Vec<String> {
        let keys = Keys::public(seed);
        let words = (0u64..)
            .map(spell)
            .filter(|word| wanted(keys.of_word(word)));
        words
            .take(count)
            .map(|word| String::from_utf8_lossy(&word).into_owned())
            .collect()
    }

    /// Eight letters that stand for a number below 26⁸.
    fn spell(mut number: u64) -> [u8; 8] {
        std::array::from_fn(|_| {
            let letter = b'a' + (number % 26) as u8;
            number /= 26;
            letter
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_hash_is_as_stated() {
        assert_eq!(Keys::public(0).of_word(b"war"), 2_145_923_028_608_134_376);
    }

    #[test]
    fn secrets_differ_and_do_not_show() {
        let (a, b) = (Keys::secret(), Keys::secret());
        assert_ne!((a.seed, a.factor), (b.seed, b.factor));
        assert_ne!(a.of_word(b"war"), b.of_word(b"war"));
        assert_eq!(format!("{a:?}"), "Keys");
    }

    #[test]
    fn zeros_at_the_end_of_bytes_count() {
        let keys = Keys::secret();
        assert_ne!(keys.of_bytes(b"\0"), keys.of_bytes(b"\0\0"));
        assert_ne!(keys.of_bytes(b""), keys.of_bytes(b"\0"));
    }

    /// Half of all bits differ, on average, between words that differ in one bit.
    #[test]
    fn hashes_of_like_words_are_unlike() {
        let words = ["war", "talks", "minister", "verteidigungsministerium"];
        for keys in [Keys::public(0), Keys::secret(), Keys::secret()] {
            let (mut bits, mut pairs) = (0, 0);
            for word in words {
                for (at, bit) in (0..word.len()).flat_map(|at| (0..7).map(move |bit| (at, bit))) {
                    let mut other = word.as_bytes().to_vec();
                    other[at] ^= 1 << bit;
                    bits += (keys.of_word(word.as_bytes()) ^ keys.of_word(&other)).count_ones();
                    pairs += 1;
                }
            }
            let mean = f64::from(bits) / f64::from(pairs);
            assert!((28.0..36.0).contains(&mean), "{mean}");
        }
    }

    #[test]
    fn no_two_of_a_million_words_share_a_hash() {
        let keys = Keys::secret();
        let word = |n: u32| keys.of_word(format!("{n:x}").as_bytes());
        let mut hashes: Vec<u64> = (0..1_000_000).map(word).collect();
        hashes.sort_unstable();
        assert!(hashes.windows(2).all(|pair| pair[0] != pair[1]));
    }

    /// Words that share the low bits of the public hash are spread evenly by a secret one.
    #[test]
    fn prepared_words_are_harmless_under_secret_keys() {
        const BITS: u32 = 10;
        let words = attack::words(0, BITS, 4000);
        let longest = |keys: Keys| {
            let mut buckets = vec![0u32; 1 << BITS];
            words
                .iter()
                .for_each(|w| buckets[keys.of_word(w.as_bytes()) as usize % (1 << BITS)] += 1);
            buckets.into_iter().max().unwrap_or(0)
        };
        assert_eq!(longest(Keys::public(0)), 4000);
        // About 4 a bucket; 30 in one is as likely as a collision of 64 bits.
        assert!((0..50).all(|_| longest(Keys::secret()) < 30));
    }
}
