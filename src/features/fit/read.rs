//! Reading: texts become sequences of word numbers.

use super::super::compounds::CompoundSplitter;
use super::super::keys::{KeyHasher, KeyMap};
use super::super::ngram_keys::token_key;
use super::super::options::TfIdfOptions;
use super::ngrams::DfLimits;
use crate::math::hash::{BLOCK, Keys, last_block};
use crate::progress::Progress;
use crate::storage::in_huge_pages;
use crate::text::{LanguageSet, Rules, Texts, Tokenizer, Tokens};
use crate::{Error, Result};
use rayon::prelude::*;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::ops::Range;

/// Chunks are about this share of the corpus, so that there is work for many threads, but no
/// larger than a cache can serve and no smaller than is worth a dictionary of its own.
const CHUNKS: usize = 32;
const CHUNK_BYTES: std::ops::RangeInclusive<usize> = 1 << 16..=1 << 21;
const SHARDS: usize = 16;
/// Hardly any text has shorter words, with what is between them.
const BYTES_PER_WORD: usize = 5;

/// Stands after the last word of a document.
pub(super) const DOCUMENT_END: u32 = 0;
/// Stands for a word that can be in no term.
pub(super) const PRUNED: u32 = u32::MAX;

/// A corpus as numbers.
pub(super) struct EncodedCorpus {
    keys: Keys,
    pub languages: LanguageSet,
    pub words: WordTable,
    /// The words of all documents, as their number plus one, with an [`DOCUMENT_END`] after each document.
    pub sequence: Vec<u32>,
    pub documents: DocumentIndex,
    /// Words that stand beside the sequence, as pairs of word number and document.
    pub standalone: Vec<(u32, u32)>,
    /// Documents in whose language words are compounded, with its joints.
    linking_elements: Vec<&'static [&'static str]>,
}

/// The distinct words of a corpus, sorted by their bytes.
#[derive(Default)]
pub(super) struct WordTable {
    arena: Vec<u8>,
    ends: Vec<usize>,
    keys: Vec<u64>,
    stats: Vec<WordStats>,
}

/// How often a word occurs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct WordStats {
    /// Documents that hold the word, beside the sequence or in it.
    pub df: u32,
    /// How often it stands in the sequence.
    pub occurrences: u32,
    /// The last document that held it, plus one, while a chunk is read.
    seen: u32,
    /// Its first block of bytes, which tells most words apart without a look at the spelling.
    first: u64,
}

impl WordTable {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn word(&self, word: u32) -> &[u8] {
        let word = word as usize;
        let start = if word == 0 { 0 } else { self.ends[word - 1] };
        &self.arena[start..self.ends[word]]
    }

    /// Whether the places of all words one after the other, blanks and ends included, have 32-bit numbers.
    pub(super) fn fit_in_sequence(&self) -> bool {
        self.arena.len() + 3 * self.len() < PRUNED as usize
    }

    pub(super) fn key(&self, word: u32) -> u64 {
        self.keys[word as usize]
    }

    pub(super) fn stats(&self, word: u32) -> WordStats {
        self.stats[word as usize]
    }

    fn push(&mut self, word: &[u8], key: u64, stats: WordStats) {
        self.arena.extend_from_slice(word);
        self.ends.push(self.arena.len());
        self.keys.push(key);
        self.stats.push(stats);
    }
}

/// Which document a place of a sequence belongs to.
#[derive(Default)]
pub(super) struct DocumentIndex {
    /// Where each document ends, its [`DOCUMENT_END`] included.
    pub ends: Vec<u32>,
    /// The document of every place whose number is a multiple of [`STEP`](Self::STEP).
    coarse: Vec<u32>,
}

impl DocumentIndex {
    const STEP: usize = 64;

    pub(super) fn new(ends: Vec<u32>) -> Self {
        let mut coarse = Vec::new();
        let mut document = 0;
        let places = ends.last().map_or(0, |&end| end as usize);
        for place in (0..places).step_by(Self::STEP) {
            while ends[document] as usize <= place {
                document += 1;
            }
            coarse.push(document as u32);
        }
        DocumentIndex { ends, coarse }
    }

    /// The places of a document, without its end.
    pub(super) fn places(&self, document: usize) -> Range<usize> {
        let from = if document == 0 {
            0
        } else {
            self.ends[document - 1] as usize
        };
        from..self.ends[document] as usize - 1
    }

    #[inline]
    pub(super) fn of(&self, place: u32) -> u32 {
        let mut document = self.coarse[place as usize / Self::STEP];
        while self.ends[document as usize] <= place {
            document += 1;
        }
        document
    }
}

/// Texts of one chunk as numbers of the chunk's own words.
#[derive(Default)]
struct Chunk {
    local: WordInterner,
    /// Number plus one, [`DOCUMENT_END`] after each text.
    sequence: Vec<u32>,
    lengths: Vec<u32>,
    /// Word and text of the chunk.
    standalone: Vec<(u32, u32)>,
    linking_elements: Vec<&'static [&'static str]>,
    by_shard: Vec<Vec<u32>>,
}

/// The words of one chunk in the order of their first occurrence.
struct WordInterner {
    words: WordTable,
    /// Upper half of the key, and number plus one; 0 is empty.
    slots: Vec<(u32, u32)>,
}

impl Default for WordInterner {
    fn default() -> Self {
        WordInterner {
            words: WordTable::default(),
            slots: vec![(0, 0); 1 << 12],
        }
    }
}

impl WordInterner {
    /// The number of the word of a token.
    #[inline]
    fn of_token(&mut self, tokens: &Tokens, index: usize, keys: Keys) -> u32 {
        let first = tokens.blocks(index).next().unwrap_or_default();
        self.number(tokens.bytes(index), first, token_key(keys, tokens, index))
    }

    fn of_word(&mut self, word: &[u8], keys: Keys) -> u32 {
        self.number(
            word,
            last_block(&word[..word.len().min(BLOCK)]),
            keys.of_word(word),
        )
    }

    /// The number of a word that begins with the block `first`, which is all of it if it is short.
    #[inline]
    fn number(&mut self, word: &[u8], first: u64, key: u64) -> u32 {
        let (mask, tag) = (self.slots.len() - 1, (key >> 32) as u32);
        let mut at = key as usize & mask;
        loop {
            let (found, number) = self.slots[at];
            if number == 0 {
                return self.insert(at, word, first, key);
            }
            let known = number - 1;
            let begins = found == tag && self.words.stats[known as usize].first == first;
            if begins && (word.len() < BLOCK || self.words.word(known) == word) {
                return known;
            }
            at = (at + 1) & mask;
        }
    }

    /// Counts a word in a document.
    #[inline]
    fn count(&mut self, number: u32, document: u32, standalone: bool) {
        let stats = &mut self.words.stats[number as usize];
        stats.df += u32::from(stats.seen != document + 1);
        stats.occurrences += u32::from(!standalone);
        stats.seen = document + 1;
    }

    fn insert(&mut self, at: usize, word: &[u8], first: u64, key: u64) -> u32 {
        let number = self.words.len() as u32;
        self.words.push(
            word,
            key,
            WordStats {
                first,
                ..WordStats::default()
            },
        );
        self.slots[at] = ((key >> 32) as u32, number + 1);
        if self.words.len() * 2 > self.slots.len() {
            self.grow();
        }
        number
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 2;
        self.slots = vec![(0, 0); size];
        for (number, &key) in self.words.keys.iter().enumerate() {
            let mut at = key as usize & (size - 1);
            while self.slots[at].1 != 0 {
                at = (at + 1) & (size - 1);
            }
            self.slots[at] = ((key >> 32) as u32, number as u32 + 1);
        }
    }
}

/// The words of one language as they stand in the texts of a chunk, each with its stem's number.
struct Stemmed {
    rules: &'static Rules,
    keys: Keys,
    own: WordInterner,
    stems: Vec<u32>,
}

impl Stemmed {
    fn new(rules: &'static Rules, keys: Keys) -> Self {
        Stemmed {
            rules,
            keys,
            own: WordInterner::default(),
            stems: Vec::new(),
        }
    }

    fn number(&mut self, tokens: &Tokens, index: usize, local: &mut WordInterner) -> u32 {
        let own = self.own.of_token(tokens, index, self.keys);
        if own as usize == self.stems.len() {
            self.stems
                .push(local.of_word(self.rules.stem(tokens.word(index)).as_bytes(), self.keys));
        }
        self.stems[own as usize]
    }
}

pub(super) fn read(
    options: &TfIdfOptions,
    languages: LanguageSet,
    texts: &Texts,
    limits: &DfLimits,
    progress: &dyn Progress,
) -> Result<EncodedCorpus> {
    let size = (texts.bytes() / CHUNKS).clamp(*CHUNK_BYTES.start(), *CHUNK_BYTES.end());
    progress.stage("counting terms", texts.len() as u64);
    let keys = Keys::secret();
    let read_chunk = |range: Range<usize>| {
        let length = range.len();
        let chunk = Chunk::read(options, languages, keys, texts, range);
        progress.advance(length as u64);
        chunk
    };
    let chunks: Vec<Chunk> = texts.chunks(size).into_par_iter().map(read_chunk).collect();
    let places: usize = chunks.iter().map(|chunk| chunk.sequence.len()).sum();
    if places + texts.len() >= PRUNED as usize {
        return Err(
            Error::data("the corpus has more than 4 billion words").help("train on a sample of it")
        );
    }
    // Character n-grams and parts of compounds are found in rare words, too.
    let compounds = chunks
        .iter()
        .flat_map(|chunk| &chunk.linking_elements)
        .any(|linking_elements| !linking_elements.is_empty());
    let inside = options.char_ngrams.is_some() || compounds;
    let least = if inside { 1 } else { limits.least };
    let (words, numbers) = merge_words(&chunks, least);
    Ok(concatenate(keys, languages, words, chunks, numbers, places))
}

impl Chunk {
    fn read(
        options: &TfIdfOptions,
        languages: LanguageSet,
        keys: Keys,
        texts: &Texts,
        range: Range<usize>,
    ) -> Self {
        let (among, mut tokens) = (
            Tokenizer::for_languages(options.tokens.unstemmed(), languages),
            Tokens::default(),
        );
        let (mut chunk, mut stemmed) = (Chunk::default(), HashMap::new());
        let asks = options.compounds || options.tokens.stem;
        let bytes: usize = range.clone().map(|index| texts.get(index).len()).sum();
        chunk.sequence.reserve(bytes / BYTES_PER_WORD);
        for (document, index) in range.enumerate() {
            let (text, document) = (texts.get(index), document as u32);
            let rules = asks.then(|| languages.rules(text));
            rules
                .map_or(among, |rules| {
                    Tokenizer::with_rules(options.tokens.unstemmed(), rules)
                })
                .tokenize(text, &mut tokens);
            match rules.filter(|rules| options.tokens.stem && rules.stemmer.is_some()) {
                None => chunk.add(&tokens, document, |local, index| {
                    local.of_token(&tokens, index, keys)
                }),
                Some(rules) => {
                    let stems = stemmed
                        .entry(rules.code)
                        .or_insert_with(|| Stemmed::new(rules, keys));
                    chunk.add(&tokens, document, |local, index| {
                        stems.number(&tokens, index, local)
                    });
                }
            }
            chunk.linking_elements.extend(
                rules
                    .filter(|_| options.compounds)
                    .map(|rules| rules.linking_elements),
            );
        }
        chunk.local.slots = Vec::new();
        chunk.partition_by_shard();
        chunk
    }

    fn add(
        &mut self,
        tokens: &Tokens,
        document: u32,
        mut number: impl FnMut(&mut WordInterner, usize) -> u32,
    ) {
        let before = self.sequence.len();
        for index in 0..tokens.len() {
            let standalone = tokens.standalone(index);
            let number = number(&mut self.local, index);
            self.local.count(number, document, standalone);
            match standalone {
                false => self.sequence.push(number + 1),
                true => self.standalone.push((number, document)),
            }
        }
        self.sequence.push(DOCUMENT_END);
        self.lengths.push((self.sequence.len() - before) as u32);
    }

    fn partition_by_shard(&mut self) {
        self.by_shard = vec![Vec::new(); SHARDS];
        for (number, &key) in self.local.words.keys.iter().enumerate() {
            self.by_shard[shard(key)].push(number as u32);
        }
    }
}

fn shard(key: u64) -> usize {
    (key >> 60) as usize
}

/// The distinct words of a shard: where each is spelled, and what it has become in every chunk.
struct Shard<'c> {
    words: Vec<(KeyedWord<'c>, WordStats)>,
    /// For each chunk, numbers within the shard of the words that it dealt to it.
    numbers: Vec<Vec<u32>>,
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

/// The words that at least `least` documents hold, sorted, and each chunk's numbers of them plus
/// one; 0 for all others.
fn merge_words(chunks: &[Chunk], least: u64) -> (WordTable, Vec<Vec<u32>>) {
    let shards: Vec<Shard<'_>> = (0..SHARDS)
        .into_par_iter()
        .map(|shard| Shard::merge(chunks, shard))
        .collect();
    let mut order: Vec<(u64, u32, u32)> = Vec::new();
    for (shard, merged) in shards.iter().enumerate() {
        let kept = merged
            .words
            .iter()
            .enumerate()
            .filter(|(_, word)| u64::from(word.1.df) >= least);
        order.extend(kept.map(|(number, word)| (prefix(word.0.word), shard as u32, number as u32)));
    }
    let word =
        |&(_, shard, number): &(u64, u32, u32)| shards[shard as usize].words[number as usize];
    order.par_sort_unstable_by(|a, b| {
        a.0.cmp(&b.0)
            .then_with(|| word(a).0.word.cmp(word(b).0.word))
    });
    let mut words = WordTable::default();
    let mut ranks: Vec<Vec<u32>> = shards
        .iter()
        .map(|shard| vec![0; shard.words.len()])
        .collect();
    for (rank, at) in order.iter().enumerate() {
        let (spelled, stats) = word(at);
        words.push(spelled.word, spelled.key, stats);
        ranks[at.1 as usize][at.2 as usize] = rank as u32 + 1;
    }
    let numbers = (0..chunks.len())
        .into_par_iter()
        .map(|chunk| renumber(chunks, &shards, &ranks, chunk))
        .collect();
    (words, numbers)
}

fn renumber(chunks: &[Chunk], shards: &[Shard<'_>], ranks: &[Vec<u32>], chunk: usize) -> Vec<u32> {
    let mut numbers = vec![0; chunks[chunk].local.words.len()];
    for (shard, dealt) in chunks[chunk].by_shard.iter().enumerate() {
        for (&local, &number) in dealt.iter().zip(&shards[shard].numbers[chunk]) {
            numbers[local as usize] = ranks[shard][number as usize];
        }
    }
    numbers
}

impl<'c> Shard<'c> {
    fn merge(chunks: &'c [Chunk], shard: usize) -> Self {
        let mut places: HashMap<KeyedWord<'_>, u32, BuildHasherDefault<KeyHasher>> =
            HashMap::default();
        let mut merged = Shard {
            words: Vec::new(),
            numbers: Vec::new(),
        };
        for chunk in chunks {
            let mut numbers = Vec::with_capacity(chunk.by_shard[shard].len());
            for &local in &chunk.by_shard[shard] {
                let words = &chunk.local.words;
                let spelled = KeyedWord {
                    key: words.key(local),
                    word: words.word(local),
                };
                let number = *places.entry(spelled).or_insert(merged.words.len() as u32);
                if number as usize == merged.words.len() {
                    merged.words.push((spelled, WordStats::default()));
                }
                let (all, own) = (&mut merged.words[number as usize].1, words.stats(local));
                all.df += own.df;
                all.occurrences += own.occurrences;
                numbers.push(number);
            }
            merged.numbers.push(numbers);
        }
        merged
    }
}

/// The first eight bytes as a number that sorts as they do; saves most looks at the spelling.
fn prefix(word: &[u8]) -> u64 {
    let mut first = [0; 8];
    let length = word.len().min(8);
    first[..length].copy_from_slice(&word[..length]);
    u64::from_be_bytes(first)
}

/// Puts the chunks' sequences one after the other, in numbers of the whole corpus.
fn concatenate(
    keys: Keys,
    languages: LanguageSet,
    words: WordTable,
    chunks: Vec<Chunk>,
    numbers: Vec<Vec<u32>>,
    places: usize,
) -> EncodedCorpus {
    let lengths = chunks.iter().flat_map(|chunk| &chunk.lengths);
    let ends = lengths.scan(0, |end, &length| {
        *end += length;
        Some(*end)
    });
    let documents = DocumentIndex::new(ends.collect());
    let linking_elements = chunks
        .iter()
        .flat_map(|chunk| chunk.linking_elements.iter().copied())
        .collect();
    let standalone = standalone(&chunks, &numbers);
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
            let whole = |local: u32| match local.checked_sub(1).map(|local| numbers[local as usize])
            {
                None => DOCUMENT_END,
                Some(0) => PRUNED,
                Some(number) => number,
            };
            slice
                .iter_mut()
                .zip(&chunk.sequence)
                .for_each(|(place, &local)| *place = whole(local));
        });
    EncodedCorpus {
        keys,
        languages,
        words,
        sequence,
        documents,
        standalone,
        linking_elements,
    }
}

fn standalone(chunks: &[Chunk], numbers: &[Vec<u32>]) -> Vec<(u32, u32)> {
    let (mut standalone, mut first) = (Vec::new(), 0);
    for (chunk, numbers) in chunks.iter().zip(numbers) {
        for &(local, document) in &chunk.standalone {
            standalone.extend(
                numbers[local as usize]
                    .checked_sub(1)
                    .map(|word| (word, first + document)),
            );
        }
        first += chunk.lengths.len() as u32;
    }
    standalone
}

impl EncodedCorpus {
    /// Sets the parts of compounds beside the sequence; returns the words among which they were cut.
    pub(super) fn split_compounds(&mut self, limits: &DfLimits) -> CompoundSplitter {
        let is_part = |&word: &u32| {
            let stats = self.words.stats(word);
            limits.contains(stats.df)
                && stats.occurrences > 0
                && CompoundSplitter::is_candidate(self.words.word(word))
        };
        let of_corpus = (0..self.words.len() as u32).filter(is_part);
        let mut spelled = Vec::new();
        of_corpus.for_each(|word| spelled.extend(self.words.word(word).iter().chain(b" ")));
        let parts = CompoundSplitter::new(spelled.into(), self.keys);
        let mut linking_elements: Vec<_> = self
            .linking_elements
            .iter()
            .filter(|linking_elements| !linking_elements.is_empty())
            .collect();
        linking_elements.sort_unstable();
        linking_elements.dedup();
        let found: Vec<_> = linking_elements
            .into_iter()
            .map(|linking_elements| self.compounds(&parts, linking_elements))
            .collect();
        found
            .into_iter()
            .for_each(|found| self.standalone.extend(found));
        parts
    }

    /// Whether any document is in a language that compounds.
    pub(super) fn has_compounds(&self) -> bool {
        self.linking_elements
            .iter()
            .any(|linking_elements| !linking_elements.is_empty())
    }

    /// The parts of every compound at every place, as words and documents.
    fn compounds(
        &self,
        parts: &CompoundSplitter,
        linking_elements: &[&'static str],
    ) -> Vec<(u32, u32)> {
        let numbers = 0..self.words.len() as u32;
        let by_key: KeyMap<u32> = numbers
            .clone()
            .map(|word| (self.words.key(word), word))
            .collect();
        let split = |word: u32| {
            let (spelled, mut of) = (
                std::str::from_utf8(self.words.word(word)).unwrap_or_default(),
                Vec::new(),
            );
            parts.split(spelled, linking_elements, |range| {
                of.extend(by_key.get(&self.keys.of_word(spelled[range].as_bytes())));
            });
            of
        };
        let of: Vec<Vec<u32>> = numbers.into_par_iter().map(split).collect();
        let mut found = Vec::new();
        for document in (0..self.documents.ends.len())
            .filter(|&document| self.linking_elements[document] == linking_elements)
        {
            let words = self
                .documents
                .places(document)
                .filter_map(|place| word_at(&self.sequence, place));
            found.extend(
                words
                    .flat_map(|word| &of[word as usize])
                    .map(|&part| (part, document as u32)),
            );
        }
        found
    }
}

/// The word at a place of a sequence, if there is one that can be in a term.
#[inline]
pub(super) fn word_at(sequence: &[u32], place: usize) -> Option<u32> {
    let word = sequence[place];
    (word != DOCUMENT_END && word != PRUNED).then(|| word - 1)
}
