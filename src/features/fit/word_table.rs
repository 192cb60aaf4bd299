//! The distinct words of a corpus and their frequencies.

use super::sequence::PRUNED;
use crate::math::offsets;

/// The distinct words of a corpus, sorted by their bytes.
#[derive(Default)]
pub(super) struct WordTable {
    arena: Vec<u8>,
    ends: Vec<usize>,
    keys: Vec<u64>,
    stats: Vec<WordStats>,
}

/// Frequencies of a word.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct WordStats {
    /// Document frequency, in the sequence or as a standalone word.
    pub df: u32,
    /// Occurrences in the sequence.
    pub occurrences: u32,
}

impl WordStats {
    /// Adds the frequencies in other documents.
    pub(super) fn add(&mut self, other: WordStats) {
        self.df += other.df;
        self.occurrences += other.occurrences;
    }
}

impl WordTable {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns the bytes of a word.
    pub(super) fn word(&self, word: u32) -> &[u8] {
        &self.arena[offsets::range(&self.ends, word as usize)]
    }

    /// Returns true if the characters of all words, with two blanks and an end for each, have
    /// 32-bit places.
    pub(super) fn fits_in_sequence(&self) -> bool {
        self.arena.len() + 3 * self.len() < PRUNED as usize
    }

    pub(super) fn key(&self, word: u32) -> u64 {
        self.keys[word as usize]
    }

    pub(super) fn stats(&self, word: u32) -> WordStats {
        self.stats[word as usize]
    }

    /// Appends a word, which must sort after all others.
    pub(super) fn push(&mut self, word: &[u8], key: u64, stats: WordStats) {
        self.arena.extend_from_slice(word);
        self.ends.push(self.arena.len());
        self.keys.push(key);
        self.stats.push(stats);
    }
}
