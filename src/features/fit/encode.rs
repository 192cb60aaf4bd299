//! Encoding: texts become sequences of word numbers.

use super::super::options::TfIdfOptions;
use super::chunk::Chunk;
use super::limits::DfLimits;
use super::merge::merge_words;
use super::sequence::{DOCUMENT_END, DocumentIndex, PRUNED};
use super::word_table::WordTable;
use crate::io::Progress;
use crate::io::storage::in_huge_pages;
use crate::math::hash::Keys;
use crate::text::{LanguageSet, Texts};
use crate::{Error, Result};
use rayon::prelude::*;
use std::ops::{Range, RangeInclusive};

/// Share of the corpus in a chunk, so that there is work for many threads.
const CHUNKS: usize = 32;
/// Bytes of a chunk: no more than a cache can serve, and no fewer than are worth a word table.
pub(super) const CHUNK_BYTES: RangeInclusive<usize> = 1 << 16..=1 << 21;

/// A corpus as numbers of its words.
pub(super) struct EncodedCorpus {
    /// Keys of the words in their table.
    pub keys: Keys,
    pub languages: LanguageSet,
    pub words: WordTable,
    /// Words of all documents, as their number plus one, with a [`DOCUMENT_END`] after each
    /// document.
    pub sequence: Vec<u32>,
    pub documents: DocumentIndex,
    /// Standalone words and parts of compounds, as pairs of word number and document.
    pub standalone: Vec<(u32, u32)>,
    /// Linking elements of each document's language, where compounds are split.
    pub linking_elements: Vec<&'static [&'static str]>,
}

impl EncodedCorpus {
    /// Returns true if a document is in a language that compounds.
    pub(super) fn has_compounds(&self) -> bool {
        compounding(&self.linking_elements)
    }
}

fn compounding(linking_elements: &[&[&str]]) -> bool {
    linking_elements.iter().any(|elements| !elements.is_empty())
}

/// Encodes texts; words that can be in no term within `limits` are pruned.
pub(super) fn encode(
    options: &TfIdfOptions,
    languages: LanguageSet,
    texts: &Texts,
    limits: &DfLimits,
    progress: &dyn Progress,
) -> Result<EncodedCorpus> {
    let size = (texts.bytes() / CHUNKS).clamp(*CHUNK_BYTES.start(), *CHUNK_BYTES.end());
    progress.stage("counting terms", texts.len() as u64);
    let keys = Keys::secret();
    let encode_chunk = |range: Range<usize>| {
        let length = range.len();
        let chunk = Chunk::encode(options, languages, keys, texts, range);
        progress.advance(length as u64);
        chunk
    };
    let ranges = texts.chunks(size).into_par_iter();
    let chunks: Vec<Chunk> = ranges.map(encode_chunk).collect();
    let places: usize = chunks.iter().map(|chunk| chunk.sequence.len()).sum();
    if places + texts.len() >= PRUNED as usize {
        return Err(
            Error::data("the corpus has more than 4 billion words").help("train on a sample of it")
        );
    }
    // Character n-grams and parts of compounds are found in rare words, too.
    let looks_inside = options.char_ngrams.is_some()
        || chunks
            .iter()
            .any(|chunk| compounding(&chunk.linking_elements));
    let min_df = if looks_inside { 1 } else { limits.min };
    let (words, numbers) = merge_words(&chunks, min_df);
    let elements = chunks.iter().flat_map(|chunk| &chunk.linking_elements);
    Ok(EncodedCorpus {
        keys,
        languages,
        words,
        documents: document_index(&chunks),
        linking_elements: elements.copied().collect(),
        standalone: standalone(&chunks, &numbers),
        sequence: concatenate(chunks, numbers, places),
    })
}

fn document_index(chunks: &[Chunk]) -> DocumentIndex {
    let lengths = chunks.iter().flat_map(|chunk| &chunk.lengths);
    let ends = lengths.scan(0, |end, &length| {
        *end += length;
        Some(*end)
    });
    DocumentIndex::new(ends.collect())
}

/// Concatenates the sequences of the chunks in the numbers of the whole corpus.
fn concatenate(chunks: Vec<Chunk>, numbers: Vec<Vec<u32>>, places: usize) -> Vec<u32> {
    let mut sequence = in_huge_pages(vec![DOCUMENT_END; places]);
    let mut slices = Vec::new();
    let mut rest = sequence.as_mut_slice();
    for chunk in &chunks {
        let (own, others) = rest.split_at_mut(chunk.sequence.len());
        slices.push(own);
        rest = others;
    }
    chunks
        .into_par_iter()
        .zip(numbers)
        .zip(slices)
        .for_each(|((chunk, numbers), slice)| {
            let renumbered = |local: u32| match local.checked_sub(1) {
                None => DOCUMENT_END,
                Some(local) => match numbers[local as usize] {
                    0 => PRUNED,
                    number => number,
                },
            };
            for (place, &local) in slice.iter_mut().zip(&chunk.sequence) {
                *place = renumbered(local);
            }
        });
    sequence
}

/// Returns the standalone words of all chunks, as pairs of word and document of the corpus.
fn standalone(chunks: &[Chunk], numbers: &[Vec<u32>]) -> Vec<(u32, u32)> {
    let (mut standalone, mut first_document) = (Vec::new(), 0);
    for (chunk, numbers) in chunks.iter().zip(numbers) {
        for &(local, text) in &chunk.standalone {
            let word = numbers[local as usize].checked_sub(1);
            standalone.extend(word.map(|word| (word, first_document + text)));
        }
        first_document += chunk.lengths.len() as u32;
    }
    standalone
}
