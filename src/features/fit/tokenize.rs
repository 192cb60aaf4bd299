//! Texts as numbers of their words, from which features can be fitted elsewhere.

use super::super::options::TfIdfOptions;
use super::chunk::Chunk;
use super::encode::CHUNK_BYTES;
use super::merge::merge_words;
use super::word_table::WordTable;
use crate::math::hash::Keys;
use crate::text::{LanguageSet, TextFacts, TextInput, Texts, TokenizedTexts};
use rayon::prelude::*;
use std::cmp::Reverse;
use std::sync::Arc;

/// Finds the words of texts in these languages, as features with `options` count them: stemmed where
/// the options say so.
pub(crate) fn tokenized(options: &TfIdfOptions, languages: LanguageSet, texts: &Texts) -> Texts {
    let keys = Keys::secret();
    let ranges = texts.chunks(*CHUNK_BYTES.end()).into_par_iter();
    let chunks: Vec<Chunk> = ranges
        .map(|range| Chunk::encode(options, languages, keys, texts, range))
        .collect();
    let (table, numbers) = merge_words(&chunks, 1);
    let (words, ranks) = by_frequency(&table);
    let inputs = (0..texts.len()).into_par_iter();
    let mut tokenized = TokenizedTexts {
        words: Arc::new(words),
        tokens: Vec::new(),
        facts: inputs.map(|at| facts(texts.document(at))).collect(),
        ends: Vec::with_capacity(texts.len()),
    };
    for (chunk, numbers) in chunks.iter().zip(&numbers) {
        // A number of 0 stands for a word that was left out, and here is none.
        let ranks: Vec<u32> = numbers
            .iter()
            .map(|&number| ranks[number as usize - 1])
            .collect();
        append(&mut tokenized, chunk, &ranks);
    }
    Texts::of_tokenized(tokenized, languages)
}

/// Appends the words of the texts of a chunk, whose words have these numbers.
fn append(tokenized: &mut TokenizedTexts, chunk: &Chunk, numbers: &[u32]) {
    let (mut places, mut standalone) = (0, chunk.standalone.as_slice());
    for (text, &length) in chunk.lengths.iter().enumerate() {
        // The last place of a text is its end.
        let end = places + length as usize;
        let sequence = chunk.sequence[places..end - 1].iter();
        tokenized
            .tokens
            .extend(sequence.map(|&local| numbers[local as usize - 1]));
        let own = standalone.partition_point(|&(_, of)| of as usize <= text);
        let (own, others) = standalone.split_at(own);
        let words = own.iter().map(|&(local, _)| numbers[local as usize]);
        tokenized.tokens.extend(words);
        let facts = &mut tokenized.facts[tokenized.ends.len()];
        facts.standalone = own.len() as u32;
        tokenized.ends.push(tokenized.tokens.len());
        (places, standalone) = (end, others);
    }
}

/// Returns the facts of a text, without the number of its standalone tokens.
fn facts(input: TextInput<'_>) -> TextFacts {
    TextFacts {
        standalone: 0,
        bytes: input.bytes() as u64,
        language: input.language(),
        fingerprint: input.fingerprint(),
        digest: input.digest(),
    }
}

/// Returns the words, the more frequent first so that their numbers are small, and the rank of each.
fn by_frequency(table: &WordTable) -> (Texts, Vec<u32>) {
    let mut order: Vec<u32> = (0..table.len() as u32).collect();
    order.par_sort_by_key(|&word| {
        let stats = table.stats(word);
        Reverse((stats.occurrences, stats.df))
    });
    let mut ranks = vec![0; order.len()];
    for (rank, &word) in order.iter().enumerate() {
        ranks[word as usize] = rank as u32;
    }
    // Words are cut out of texts at the boundaries of characters.
    let word = |&word: &u32| std::str::from_utf8(table.word(word)).unwrap_or_default();
    (order.iter().map(word).collect(), ranks)
}
