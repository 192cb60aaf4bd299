//! Merging: the words of all chunks become one sorted table.

use super::chunk::{Chunk, SHARDS};
use super::word_table::{WordStats, WordTable};
use crate::math::hash::ByKey;
use rayon::prelude::*;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};

/// The distinct words of all chunks in one shard.
struct Shard<'c> {
    words: Vec<MergedWord<'c>>,
    /// Numbers of each chunk's words among those of the shard.
    numbers: Vec<Vec<u32>>,
}

/// A word and its frequencies in all chunks.
struct MergedWord<'c> {
    keyed: KeyedWord<'c>,
    stats: WordStats,
}

/// A word that is found by its key, and compared by its spelling.
#[derive(Clone, Copy, PartialEq, Eq)]
struct KeyedWord<'c> {
    key: u64,
    word: &'c [u8],
}

impl Hash for KeyedWord<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.key);
    }
}

/// Place of a merged word, with the bytes that sort nearly all of them.
#[derive(Clone, Copy)]
struct SortEntry {
    prefix: u64,
    shard: u32,
    number: u32,
}

/// Returns the table of the words of at least `min_df` documents, and each chunk's numbers of them
/// plus one; 0 for all others.
pub(super) fn merge_words(chunks: &[Chunk], min_df: u64) -> (WordTable, Vec<Vec<u32>>) {
    let shards: Vec<Shard<'_>> = (0..SHARDS)
        .into_par_iter()
        .map(|shard| Shard::merge(chunks, shard))
        .collect();
    let order = sorted(&shards, min_df);
    let mut words = WordTable::default();
    let unranked = |shard: &Shard<'_>| vec![0; shard.words.len()];
    let mut ranks: Vec<Vec<u32>> = shards.iter().map(unranked).collect();
    for (rank, entry) in order.iter().enumerate() {
        let (shard, number) = (entry.shard as usize, entry.number as usize);
        let merged = &shards[shard].words[number];
        words.push(merged.keyed.word, merged.keyed.key, merged.stats);
        ranks[shard][number] = rank as u32 + 1;
    }
    let numbers = (0..chunks.len())
        .into_par_iter()
        .map(|chunk| renumber(chunks, &shards, &ranks, chunk))
        .collect();
    (words, numbers)
}

/// Returns the words of at least `min_df` documents in the order of their bytes.
fn sorted(shards: &[Shard<'_>], min_df: u64) -> Vec<SortEntry> {
    let mut order: Vec<SortEntry> = Vec::new();
    for (shard, merged) in shards.iter().enumerate() {
        for (number, word) in merged.words.iter().enumerate() {
            if u64::from(word.stats.df) >= min_df {
                order.push(SortEntry {
                    prefix: prefix(word.keyed.word),
                    shard: shard as u32,
                    number: number as u32,
                });
            }
        }
    }
    let word = |entry: &SortEntry| {
        shards[entry.shard as usize].words[entry.number as usize]
            .keyed
            .word
    };
    order.par_sort_unstable_by(|a, b| a.prefix.cmp(&b.prefix).then_with(|| word(a).cmp(word(b))));
    order
}

/// Returns the first eight bytes as a number that sorts as they do, so that few words are compared
/// by their spelling.
fn prefix(word: &[u8]) -> u64 {
    let mut first = [0; 8];
    let length = word.len().min(8);
    first[..length].copy_from_slice(&word[..length]);
    u64::from_be_bytes(first)
}

/// Returns the ranks of the words of a chunk.
fn renumber(chunks: &[Chunk], shards: &[Shard<'_>], ranks: &[Vec<u32>], chunk: usize) -> Vec<u32> {
    let mut renumbered = vec![0; chunks[chunk].words.len()];
    for (shard, locals) in chunks[chunk].by_shard.iter().enumerate() {
        for (&local, &number) in locals.iter().zip(&shards[shard].numbers[chunk]) {
            renumbered[local as usize] = ranks[shard][number as usize];
        }
    }
    renumbered
}

impl<'c> Shard<'c> {
    fn merge(chunks: &'c [Chunk], shard: usize) -> Self {
        let mut places: HashMap<KeyedWord<'_>, u32, ByKey> = HashMap::default();
        let mut merged = Shard {
            words: Vec::new(),
            numbers: Vec::new(),
        };
        for chunk in chunks {
            let mut numbers = Vec::with_capacity(chunk.by_shard[shard].len());
            for &local in &chunk.by_shard[shard] {
                let keyed = KeyedWord {
                    key: chunk.words.keys()[local as usize],
                    word: chunk.words.word(local),
                };
                let number = *places.entry(keyed).or_insert(merged.words.len() as u32);
                if number as usize == merged.words.len() {
                    let stats = WordStats::default();
                    merged.words.push(MergedWord { keyed, stats });
                }
                let frequencies = chunk.frequencies[local as usize];
                merged.words[number as usize].stats.add(frequencies);
                numbers.push(number);
            }
            merged.numbers.push(numbers);
        }
        merged
    }
}
