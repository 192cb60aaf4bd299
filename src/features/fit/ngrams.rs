//! Search for n-grams: from the places of a word to the places of its n-grams.
//!
//! All n-grams that begin with the same words have their places in one list. Sorted by the word
//! that comes next at each place, the list falls into one run for each longer n-gram: the first
//! levels of a suffix array (Manber & Myers, "Suffix Arrays", SIAM J. Comput. 22, 1993), built only
//! for n-grams of enough documents, because no n-gram is in more documents than its beginning.

use super::super::options::NGrams;
use super::encode::EncodedCorpus;
use super::limits::DfLimits;
use super::postings::{DocumentRuns, PostingStreams, Postings, UNSELECTED};
use super::sequence::{DOCUMENT_END, DocumentIndex, PRUNED, word_at};
use crate::math::offsets;
use rayon::prelude::*;
use std::ops::Range;

/// A sequence of numbers that stand for words or characters, in documents that each end with
/// [`DOCUMENT_END`].
pub(super) struct SymbolSequence<'a> {
    pub numbers: &'a [u32],
    pub documents: &'a DocumentIndex,
    /// Documents of standalone words, packed behind the words, sorted.
    pub standalone: &'a [u64],
    /// True if a document of fewer numbers than the shortest n-gram is an n-gram of its own.
    pub short_documents: bool,
    /// Occurrences of two numbers in a row below which no n-gram that begins with them has enough
    /// documents.
    pub least: usize,
}

/// Terms in the order of their columns.
#[derive(Default)]
pub(super) struct TermTable {
    pub terms: Vec<TermStats>,
    /// Numbers of all terms, and the length of each term.
    numbers: Vec<u32>,
    lengths: Vec<u8>,
    pub postings: Postings,
}

/// Frequencies of a term.
#[derive(Debug, Clone, Copy)]
pub(super) struct TermStats {
    pub df: u32,
    /// Occurrences, as far as 32 bits reach.
    pub occurrences: u32,
}

/// Terms that begin with a range of numbers.
#[derive(Default)]
struct TermBlock {
    terms: Vec<TermStats>,
    numbers: Vec<u32>,
    lengths: Vec<u8>,
    documents: PostingStreams,
}

impl TermTable {
    /// Returns the numbers of each term in turn.
    pub(super) fn numbers(&self) -> impl Iterator<Item = &[u32]> {
        let mut rest = self.numbers.as_slice();
        self.lengths.iter().map(move |&length| {
            let (own, others) = rest.split_at(length.into());
            rest = others;
            own
        })
    }

    /// Keeps the terms for which `keep` is true.
    pub(super) fn retain(&mut self, keep: &[bool]) {
        let (mut numbers, mut lengths, mut terms, mut columns) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for ((own, term), &kept) in self.numbers().zip(&self.terms).zip(keep) {
            columns.push(if kept { terms.len() as u32 } else { UNSELECTED });
            if kept {
                numbers.extend_from_slice(own);
                lengths.push(own.len() as u8);
                terms.push(*term);
            }
        }
        for column in self
            .postings
            .columns
            .iter_mut()
            .filter(|column| **column != UNSELECTED)
        {
            *column = columns[*column as usize];
        }
        (self.numbers, self.lengths, self.terms) = (numbers, lengths, terms);
    }

    fn gather(mut blocks: Vec<TermBlock>) -> Self {
        let mut found = TermTable::default();
        let all = |size: fn(&TermBlock) -> usize| blocks.iter().map(size).sum();
        found.terms.reserve_exact(all(|block| block.terms.len()));
        found
            .numbers
            .reserve_exact(all(|block| block.numbers.len()));
        found
            .lengths
            .reserve_exact(all(|block| block.lengths.len()));
        for block in &mut blocks {
            found.terms.append(&mut std::mem::take(&mut block.terms));
            found
                .numbers
                .append(&mut std::mem::take(&mut block.numbers));
            found
                .lengths
                .append(&mut std::mem::take(&mut block.lengths));
        }
        found.postings.columns = (0..found.terms.len() as u32).collect();
        found.postings.blocks = blocks.into_iter().map(|block| block.documents).collect();
        found
    }
}

/// Finds the word n-grams of a corpus.
pub(super) fn word_ngrams(corpus: &EncodedCorpus, range: NGrams, limits: &DfLimits) -> TermTable {
    let mut standalone: Vec<u64> = corpus
        .standalone
        .iter()
        .map(|&(word, document)| u64::from(word) << 32 | u64::from(document))
        .collect();
    standalone.par_sort_unstable();
    let standalone: &[u64] = if range.min == 1 { &standalone } else { &[] };
    let sequence = SymbolSequence {
        numbers: &corpus.sequence,
        documents: &corpus.documents,
        standalone,
        short_documents: false,
        least: usize::try_from(limits.min).unwrap_or(usize::MAX),
    };
    let counts: Vec<u64> = (0..corpus.words.len() as u32)
        .map(|w| u64::from(corpus.words.stats(w).occurrences))
        .collect();
    let enough = |documents: &[u32]| documents.len() as u64 >= limits.min;
    find(&sequence, &counts, range, |df| limits.contain(df), &enough)
}

/// Finds all n-grams of a sequence whose first numbers occur `counts` times; `select` decides by
/// the document frequency, and n-grams whose documents are not `enough` are not extended.
pub(super) fn find(
    sequence: &SymbolSequence<'_>,
    counts: &[u64],
    range: NGrams,
    select: impl Fn(u32) -> bool + Sync,
    enough: &(impl Fn(&[u32]) -> bool + Sync),
) -> TermTable {
    let ranges = ranges(counts);
    let groups = group(sequence.numbers, counts.len(), &ranges);
    let search = |block: usize| {
        let mut search = NGramSearch::new(sequence, range, &select, enough);
        search.block(
            ranges[block].clone(),
            groups.iter().map(|group| group.of(block)),
        );
        search.block
    };
    TermTable::gather((0..ranges.len()).into_par_iter().map(search).collect())
}

/// Blocks of terms that are searched in parallel, so that uneven ones leave no thread idle for
/// long.
const BLOCKS: u64 = 64;

/// Returns ranges of numbers that occur about equally often together.
fn ranges(counts: &[u64]) -> Vec<Range<u32>> {
    let share = counts.iter().sum::<u64>() / BLOCKS + 1;
    let (mut ranges, mut from, mut sum) = (Vec::new(), 0, 0);
    for (number, count) in counts.iter().enumerate() {
        sum += count;
        if sum >= share || number + 1 == counts.len() {
            ranges.push(from..number as u32 + 1);
            (from, sum) = (number as u32 + 1, 0);
        }
    }
    ranges
}

/// Places of a part of the sequence, grouped by the block of the number at each.
struct PlaceGroups {
    places: Vec<u32>,
    ends: Vec<u32>,
}

impl PlaceGroups {
    fn of(&self, block: usize) -> &[u32] {
        &self.places[offsets::range(&self.ends, block)]
    }
}

fn group(sequence: &[u32], numbers: usize, ranges: &[Range<u32>]) -> Vec<PlaceGroups> {
    // Places of a part: its groups stay in the cache.
    const PLACES: usize = 1 << 17;
    let mut block_of = vec![0u8; numbers];
    for (block, range) in ranges.iter().enumerate() {
        block_of[range.start as usize..range.end as usize].fill(block as u8);
    }
    let block =
        |place: usize| word_at(sequence, place).map(|number| block_of[number as usize] as usize);
    let group = |part: usize| {
        let places = part * PLACES..((part + 1) * PLACES).min(sequence.len());
        let mut ends = vec![0u32; ranges.len() + 1];
        places
            .clone()
            .filter_map(block)
            .for_each(|block| ends[block + 1] += 1);
        (1..ends.len()).for_each(|at| ends[at] += ends[at - 1]);
        let mut grouped = vec![0; ends.last().map_or(0, |&end| end as usize)];
        for place in places {
            if let Some(block) = block(place) {
                grouped[ends[block] as usize] = place as u32;
                ends[block] += 1;
            }
        }
        ends.pop();
        PlaceGroups {
            places: grouped,
            ends,
        }
    };
    (0..sequence.len().div_ceil(PLACES))
        .into_par_iter()
        .map(group)
        .collect()
}

/// The search of one block of terms.
struct NGramSearch<'a, S, E> {
    sequence: &'a SymbolSequence<'a>,
    runs: DocumentRuns,
    range: NGrams,
    select: &'a S,
    enough: &'a E,
    block: TermBlock,
    /// Numbers of the n-gram so far.
    path: Vec<u32>,
    /// List of places for each length, with the next number in the upper half.
    levels: Vec<Vec<u64>>,
    /// Documents of the n-gram: each once for every occurrence, and each once.
    documents: Vec<u32>,
    distinct: Vec<u32>,
}

impl<'a, S: Fn(u32) -> bool, E: Fn(&[u32]) -> bool> NGramSearch<'a, S, E> {
    fn new(sequence: &'a SymbolSequence<'a>, range: NGrams, select: &'a S, enough: &'a E) -> Self {
        let levels = vec![Vec::new(); usize::from(range.max) + 1];
        let runs = DocumentRuns::of(sequence.documents.ends.len());
        let block = TermBlock {
            documents: PostingStreams::new(runs),
            ..TermBlock::default()
        };
        let (path, documents, distinct) = Default::default();
        NGramSearch {
            sequence,
            runs,
            range,
            select,
            enough,
            block,
            path,
            levels,
            documents,
            distinct,
        }
    }

    /// Searches the n-grams whose first number is in `range`, at these `places`, ascending.
    fn block<'p>(&mut self, range: Range<u32>, places: impl Iterator<Item = &'p [u32]> + Clone) {
        let number =
            |place: u32| (self.sequence.numbers[place as usize] - 1 - range.start) as usize;
        let mut ends = vec![0u32; range.len() + 1];
        places
            .clone()
            .flatten()
            .for_each(|&place| ends[number(place) + 1] += 1);
        (1..ends.len()).for_each(|at| ends[at] += ends[at - 1]);
        let mut sorted = vec![0u64; ends.last().map_or(0, |&end| end as usize)];
        for &place in places.flatten() {
            let end = &mut ends[number(place)];
            sorted[*end as usize] = u64::from(place);
            *end += 1;
        }
        let mut from = 0;
        for (number, &end) in range.zip(&ends) {
            self.extend(number, &sorted[from as usize..end as usize]);
            from = end;
        }
        self.block.documents.shrink();
    }

    /// Adds the n-gram that is longer by `number` and occurs at `places`, and all that begin with
    /// it.
    fn extend(&mut self, number: u32, places: &[u64]) {
        self.path.push(number);
        self.list_documents(places);
        if !self.distinct.is_empty() && (self.enough)(&self.distinct) {
            let length = self.path.len();
            if length >= usize::from(self.range.min) && (self.select)(self.distinct.len() as u32) {
                self.keep();
            }
            if length < usize::from(self.range.max) {
                self.longer(places);
            }
        }
        self.path.pop();
    }

    fn list_documents(&mut self, places: &[u64]) {
        let documents = &self.sequence.documents;
        self.documents.clear();
        self.documents
            .extend(places.iter().map(|&place| documents.of(place as u32)));
        if self.path.len() == 1 && !self.sequence.standalone.is_empty() {
            self.list_standalone();
        }
        // Without a branch, since none could be predicted.
        self.distinct.resize(self.documents.len(), 0);
        let (mut count, mut before) = (0, None);
        for &document in &self.documents {
            count += usize::from(before.is_some_and(|before| before != document));
            self.distinct[count] = document;
            before = Some(document);
        }
        self.distinct
            .truncate(count + usize::from(before.is_some()));
    }

    fn list_standalone(&mut self) {
        let number = u64::from(self.path[0]);
        let first = self
            .sequence
            .standalone
            .partition_point(|&packed| packed >> 32 < number);
        let own = self.sequence.standalone[first..]
            .iter()
            .take_while(|&&packed| packed >> 32 == number);
        let before = self.documents.len();
        self.documents.extend(own.map(|&packed| packed as u32));
        if self.documents.len() > before {
            self.documents.sort_unstable();
        }
    }

    fn keep(&mut self) {
        let term = TermStats {
            df: self.distinct.len() as u32,
            occurrences: self.documents.len() as u32,
        };
        self.block.terms.push(term);
        self.block.numbers.extend_from_slice(&self.path);
        self.block.lengths.push(self.path.len() as u8);
        self.block.documents.push(&self.documents, self.runs);
    }

    fn longer(&mut self, places: &[u64]) {
        let length = self.path.len();
        let mut next = std::mem::take(&mut self.levels[length]);
        next.clear();
        for &place in places {
            let place = u64::from(place as u32);
            match self.sequence.numbers[place as usize + length] {
                DOCUMENT_END => self.keep_short_document(place as usize),
                PRUNED => {}
                number => next.push(u64::from(number - 1) << 32 | place),
            }
        }
        next.sort_unstable();
        let runs = next.chunk_by(|a, b| a >> 32 == b >> 32);
        for run in runs.filter(|run| run.len() >= self.sequence.least) {
            self.extend((run[0] >> 32) as u32, run);
        }
        self.levels[length] = next;
    }

    /// Adds a document that ends with the n-gram so far as a whole, if it is too short for any
    /// n-gram.
    fn keep_short_document(&mut self, place: usize) {
        let whole = place == 0 || self.sequence.numbers[place - 1] == DOCUMENT_END;
        if self.sequence.short_documents && whole && self.path.len() < usize::from(self.range.min) {
            self.documents.clear();
            self.documents
                .push(self.sequence.documents.of(place as u32));
            self.distinct.clone_from(&self.documents);
            if (self.enough)(&self.distinct) {
                self.keep();
            }
        }
    }
}
