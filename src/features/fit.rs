//! Fitting: one pass over the texts, in parallel, with a result that does not depend on how many
//! threads there are.
//!
//! 1. *Count.* Texts are cut into chunks of a fixed size. Each chunk gets a dictionary of its own
//!    and keeps its texts as counts of local term numbers.
//! 2. *Merge.* Keys are dealt into shards by their top bits; one shard adds up the document
//!    frequencies of its keys over all chunks, in chunk order.
//! 3. *Select and sort.* The document-frequency limits are applied, terms sorted, columns given.
//! 4. *Renumber.* Each chunk's local term numbers become columns.
//!
//! Every sum is over whole numbers, so that partial sums can be added in any order.

use super::count::Counter;
use super::grams::{GramWalk, Origin};
use super::options::TfIdfOptions;
use super::vocabulary::Vocabulary;
use crate::progress::Progress;
use crate::text::{Texts, Tokenizer, Tokens};
use crate::{Error, Result};
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;

/// Chunks are about this share of the corpus, so that there is work for many threads, but no
/// larger than a cache can serve and no smaller than is worth a dictionary of its own.
const CHUNKS: usize = 32;
const CHUNK_BYTES: std::ops::RangeInclusive<usize> = 1 << 16..=1 << 22;
const SHARDS: usize = 64;

/// What counting found: the vocabulary, and every text as counts of its columns.
pub(super) struct Fitted {
    pub vocabulary: Vocabulary,
    /// Documents that hold each column's term.
    pub df: Vec<u64>,
    pub counts: Vec<ChunkCounts>,
}

/// The texts of one chunk as (column, count) pairs, not sorted.
pub(super) struct ChunkCounts {
    ends: Vec<usize>,
    terms: Vec<u32>,
    counts: Vec<u32>,
}

impl ChunkCounts {
    /// The pairs of each text in turn.
    pub(super) fn texts(&self) -> impl Iterator<Item = impl Iterator<Item = (u32, u32)> + '_> {
        (0..self.ends.len()).map(|text| {
            let from = if text == 0 { 0 } else { self.ends[text - 1] };
            let range = from..self.ends[text];
            let known = self.terms[range.clone()].iter().zip(&self.counts[range]);
            known.map(|(&term, &count)| (term, count)).filter(|&(term, _)| term != UNKNOWN)
        })
    }
}

/// Stands for a term that was not selected.
const UNKNOWN: u32 = u32::MAX;

pub(super) fn fit(options: &TfIdfOptions, texts: &Texts, progress: &dyn Progress) -> Result<Fitted> {
    let size = (texts.bytes() / CHUNKS).clamp(*CHUNK_BYTES.start(), *CHUNK_BYTES.end());
    let chunks = texts.chunks(size);
    progress.stage("counting terms", texts.len() as u64);
    let counted: Result<Vec<Chunk>> = chunks
        .into_par_iter()
        .map(|range| {
            let length = range.len();
            let chunk = Chunk::count(options, texts, range)?;
            progress.advance(length as u64);
            Ok(chunk)
        })
        .collect();
    let counted = counted?;
    let selected = select(options, texts.len(), merge(&counted)?, &counted)?;
    let words = selected.iter().take_while(|term| term.word).count();
    let terms = selected.iter().map(|term| (term.key, counted[term.chunk as usize].term(term.local)));
    let vocabulary = Vocabulary::build(terms, words);
    let df = selected.iter().map(|term| term.df).collect();
    drop(selected);
    let counts = counted.into_par_iter().map(|chunk| chunk.renumber(&vocabulary)).collect();
    Ok(Fitted { vocabulary, df, counts })
}

/// The keys are hashes already.
#[derive(Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&b| self.0 = (self.0 << 8) ^ u64::from(b));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

type ByKey<V> = HashMap<u64, V, BuildHasherDefault<KeyHasher>>;

/// One chunk of texts with a dictionary of its own.
struct Chunk {
    local: ByKey<u32>,
    terms: Vec<LocalTerm>,
    arena: Vec<u8>,
    rows: ChunkCounts,
    /// Local terms, grouped by shard, and where each group ends.
    by_shard: Vec<u32>,
    shard_ends: Vec<usize>,
}

struct LocalTerm {
    key: u64,
    end: usize,
    df: u32,
    word: bool,
    occurrences: u64,
}

impl Chunk {
    fn count(options: &TfIdfOptions, texts: &Texts, range: Range<usize>) -> Result<Self> {
        let rows =
            ChunkCounts { ends: Vec::with_capacity(range.len()), terms: Vec::new(), counts: Vec::new() };
        let mut chunk = Chunk {
            local: ByKey::default(),
            terms: Vec::new(),
            arena: Vec::new(),
            rows,
            by_shard: Vec::new(),
            shard_ends: Vec::new(),
        };
        let tokenizer = Tokenizer::new(options.language);
        let (mut tokens, mut walk, mut counter) =
            (Tokens::default(), GramWalk::default(), Counter::default());
        let mut spelled = Vec::new();
        for index in range {
            tokenizer.tokenize(texts.get(index), &mut tokens);
            counter.clear();
            walk.walk(&tokens, options, |gram| counter.add(gram));
            for entry in counter.entries() {
                let term = chunk.number(entry.key, entry.origin, &tokens, &mut spelled)?;
                chunk.terms[term as usize].df += 1;
                chunk.terms[term as usize].occurrences += u64::from(entry.count);
                chunk.rows.terms.push(term);
                chunk.rows.counts.push(entry.count);
            }
            chunk.rows.ends.push(chunk.rows.terms.len());
        }
        chunk.deal();
        Ok(chunk)
    }

    /// The local number of a term; a new term is spelled into the arena, a known one compared.
    fn number(&mut self, key: u64, origin: Origin, tokens: &Tokens, spelled: &mut Vec<u8>) -> Result<u32> {
        let next = self.terms.len() as u32;
        let number = *self.local.entry(key).or_insert(next);
        if number == next {
            origin.spell(tokens, &mut self.arena);
            self.terms.push(LocalTerm {
                key,
                end: self.arena.len(),
                df: 0,
                word: origin.is_word(),
                occurrences: 0,
            });
            return Ok(number);
        }
        spelled.clear();
        origin.spell(tokens, spelled);
        if self.term(number) != spelled.as_slice() || self.terms[number as usize].word != origin.is_word() {
            return Err(collision(self.term(number), spelled));
        }
        Ok(number)
    }

    fn term(&self, local: u32) -> &[u8] {
        let start = if local == 0 { 0 } else { self.terms[local as usize - 1].end };
        &self.arena[start..self.terms[local as usize].end]
    }

    /// Groups the local terms by shard, keeping their order within one.
    fn deal(&mut self) {
        let mut ends = vec![0; SHARDS];
        self.terms.iter().for_each(|term| ends[shard(term.key)] += 1);
        for index in 1..SHARDS {
            ends[index] += ends[index - 1];
        }
        let mut next: Vec<usize> = std::iter::once(0).chain(ends.iter().copied()).collect();
        self.by_shard = vec![0; self.terms.len()];
        for (local, term) in self.terms.iter().enumerate() {
            let place = &mut next[shard(term.key)];
            self.by_shard[*place] = local as u32;
            *place += 1;
        }
        self.shard_ends = ends;
    }

    fn shard(&self, shard: usize) -> &[u32] {
        let from = if shard == 0 { 0 } else { self.shard_ends[shard - 1] };
        &self.by_shard[from..self.shard_ends[shard]]
    }

    fn renumber(mut self, vocabulary: &Vocabulary) -> ChunkCounts {
        let columns: Vec<u32> =
            self.terms.iter().map(|term| vocabulary.column(term.key).unwrap_or(UNKNOWN)).collect();
        self.rows.terms.iter_mut().for_each(|term| *term = columns[*term as usize]);
        self.rows
    }
}

fn shard(key: u64) -> usize {
    (key >> 58) as usize
}

fn collision(known: &[u8], new: &[u8]) -> Error {
    let (known, new) = (String::from_utf8_lossy(known), String::from_utf8_lossy(new));
    Error::data(format!("the terms `{known}` and `{new}` have the same 64-bit key"))
        .help("train with another --seed")
}

/// A term of the whole corpus; `chunk` and `local` say where it is spelled.
#[derive(Clone, Copy)]
struct Term {
    key: u64,
    df: u64,
    occurrences: u64,
    prefix: u64,
    chunk: u32,
    local: u32,
    word: bool,
}

fn merge(chunks: &[Chunk]) -> Result<Vec<Term>> {
    let shards: Result<Vec<Vec<Term>>> =
        (0..SHARDS).into_par_iter().map(|shard| merge_shard(chunks, shard)).collect();
    Ok(shards?.concat())
}

fn merge_shard(chunks: &[Chunk], shard: usize) -> Result<Vec<Term>> {
    let mut places: ByKey<u32> = ByKey::default();
    let mut merged: Vec<Term> = Vec::new();
    for (number, chunk) in chunks.iter().enumerate() {
        for &local in chunk.shard(shard) {
            let found = &chunk.terms[local as usize];
            let place = *places.entry(found.key).or_insert(merged.len() as u32) as usize;
            if place == merged.len() {
                merged.push(Term {
                    key: found.key,
                    df: 0,
                    occurrences: 0,
                    prefix: prefix(chunk.term(local)),
                    chunk: number as u32,
                    local,
                    word: found.word,
                });
            }
            let term = &mut merged[place];
            let known = chunks[term.chunk as usize].term(term.local);
            if known != chunk.term(local) || term.word != found.word {
                return Err(collision(known, chunk.term(local)));
            }
            term.df += u64::from(found.df);
            term.occurrences += found.occurrences;
        }
    }
    Ok(merged)
}

/// Applies the limits; the result is in column order.
fn select(
    options: &TfIdfOptions,
    documents: usize,
    mut terms: Vec<Term>,
    chunks: &[Chunk],
) -> Result<Vec<Term>> {
    let (least, most) = (options.min_df.of(documents), options.max_df.of(documents));
    terms.retain(|term| (least..=most).contains(&(term.df as f64)));
    if let Some(limit) = options.max_features.map(|limit| limit as usize)
        && limit < terms.len()
    {
        let order =
            |a: &Term, b: &Term| b.occurrences.cmp(&a.occurrences).then_with(|| by_column(a, b, chunks));
        terms.par_sort_unstable_by(order);
        terms.truncate(limit);
    }
    if terms.is_empty() {
        if least > most {
            return Err(Error::usage(format!("min-df is {least} documents, above max-df, which is {most}"))
                .help("a number without a point counts documents: write 1.0 for all of them"));
        }
        return Err(Error::data(format!("no term occurs in {least} to {most} of the {documents} documents"))
            .help("lower --min-df, raise --max-df, or give more text"));
    }
    if terms.len() >= UNKNOWN as usize {
        return Err(Error::data("more than 4 billion terms").help("raise --min-df or set --max-features"));
    }
    terms.par_sort_unstable_by(|a, b| by_column(a, b, chunks));
    Ok(terms)
}

/// Words before characters, then by spelling.
fn by_column(a: &Term, b: &Term, chunks: &[Chunk]) -> Ordering {
    let spelling = |term: &Term| chunks[term.chunk as usize].term(term.local);
    let kind = (!a.word, a.prefix).cmp(&(!b.word, b.prefix));
    kind.then_with(|| spelling(a).cmp(spelling(b)))
}

/// The first eight bytes as a number that sorts as they do; saves most looks at the spelling.
fn prefix(term: &[u8]) -> u64 {
    let mut first = [0; 8];
    let length = term.len().min(8);
    first[..length].copy_from_slice(&term[..length]);
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::DocumentFrequency;
    use crate::progress::Silent;

    fn terms(options: TfIdfOptions, texts: &[&str]) -> Vec<String> {
        let texts: Texts = texts.iter().collect();
        let fitted = fit(&options, &texts, &Silent).unwrap();
        (0..fitted.vocabulary.len()).map(|c| fitted.vocabulary.term(c).into_owned()).collect()
    }

    #[test]
    fn limits_select_terms() {
        let options =
            TfIdfOptions { word_ngrams: Some(crate::features::NGrams::new(1, 1)), ..TfIdfOptions::default() };
        let texts = ["b a a", "b a", "b c", "b d"];
        assert_eq!(terms(options.clone(), &texts), ["a", "b"]);
        let max_df = DocumentFrequency::Share(0.5);
        assert_eq!(terms(TfIdfOptions { max_df, ..options.clone() }, &texts), ["a"]);
        let min_df = DocumentFrequency::Count(1);
        let three = TfIdfOptions { min_df, max_features: Some(3), ..options };
        assert_eq!(terms(three, &texts), ["a", "b", "c"]);
    }

    #[test]
    fn a_shared_key_is_refused() {
        let error = collision(b"one", b"two");
        assert!(error.to_string().contains("--seed"));
    }
}
