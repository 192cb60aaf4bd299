//! Character n-grams: found in the distinct words, counted in the documents.

use super::super::options::NGrams;
use super::super::scratch::DenseCounts;
use super::encode::EncodedCorpus;
use super::limits::DfLimits;
use super::ngrams::{self, SymbolSequence, TermStats};
use super::postings::{DocumentRuns, Postings, UNSELECTED};
use super::sequence::{DOCUMENT_END, DocumentIndex, word_at};
use crate::math::offsets;
use rayon::prelude::*;

/// Character n-grams in the order of their bytes, and those of every word.
#[derive(Default)]
pub(super) struct CharNGrams {
    pub terms: Vec<TermStats>,
    arena: Vec<u8>,
    ends: Vec<usize>,
    /// N-grams of all words, each as often as it occurs there, and the end of each word's.
    of_words: Vec<u32>,
    word_ends: Vec<usize>,
}

/// Counts of the words of a document, and of their n-grams: a word has some twenty, so it is counted
/// before they are.
#[derive(Default)]
pub(super) struct GramTally {
    words: DenseCounts,
    grams: DenseCounts,
}

impl CharNGrams {
    pub(super) fn spelling(&self, term: usize) -> &[u8] {
        &self.arena[offsets::range(&self.ends, term)]
    }

    pub(super) fn of_word(&self, word: u32) -> &[u32] {
        &self.of_words[offsets::range(&self.word_ends, word as usize)]
    }

    /// Keeps the n-grams for which `keep` is true.
    pub(super) fn retain(&mut self, keep: &[bool]) {
        let (mut arena, mut ends, mut terms, mut numbers) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (term, &kept) in keep.iter().enumerate() {
            numbers.push(if kept { terms.len() as u32 } else { UNSELECTED });
            if kept {
                arena.extend_from_slice(self.spelling(term));
                ends.push(arena.len());
                terms.push(self.terms[term]);
            }
        }
        let (mut from, mut to) = (0, 0);
        for end in &mut self.word_ends {
            for at in std::mem::replace(&mut from, *end)..*end {
                let number = numbers[self.of_words[at] as usize];
                self.of_words[to] = number;
                to += usize::from(number != UNSELECTED);
            }
            *end = to;
        }
        self.of_words.truncate(to);
        (self.arena, self.ends, self.terms) = (arena, ends, terms);
    }
}

pub(super) fn find(corpus: &EncodedCorpus, range: NGrams, limits: &DfLimits) -> CharNGrams {
    let (numbers, documents, counts) = spell_words(corpus);
    let sequence = SymbolSequence {
        numbers: &numbers,
        documents: &documents,
        standalone: &[],
        short_documents: true,
        least: 1,
    };
    // No n-gram is in more documents than its words together.
    let enough = |words: &[u32]| {
        let mut documents = words
            .iter()
            .map(|&word| u64::from(corpus.words.stats(word).df));
        let mut sum = 0;
        documents.any(|df| {
            sum += df;
            sum >= limits.min
        })
    };
    let found = ngrams::find(&sequence, &counts, range, |_| true, &enough);
    let mut grams = CharNGrams {
        terms: found.terms.clone(),
        ..CharNGrams::default()
    };
    for numbers in found.numbers() {
        let characters = numbers.iter().filter_map(|&number| char::from_u32(number));
        characters.for_each(|c| {
            grams
                .arena
                .extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes())
        });
        grams.ends.push(grams.arena.len());
    }
    grams.assign_to_words(corpus.words.len(), &found.postings);
    let keep = grams.count(corpus, limits);
    grams.retain(&keep);
    grams
}

/// Returns the words as sequences of characters plus one between blanks, their ends, and the number
/// of times that each character occurs. Standalone words are left empty.
fn spell_words(corpus: &EncodedCorpus) -> (Vec<u32>, DocumentIndex, Vec<u64>) {
    let (mut numbers, mut ends) = (Vec::new(), Vec::new());
    for word in 0..corpus.words.len() as u32 {
        if corpus.words.stats(word).occurrences > 0 {
            let spelled = std::str::from_utf8(corpus.words.word(word)).unwrap_or_default();
            let padded = std::iter::once(' ').chain(spelled.chars()).chain([' ']);
            numbers.extend(padded.map(|character| u32::from(character) + 1));
        }
        numbers.push(DOCUMENT_END);
        ends.push(numbers.len() as u32);
    }
    let mut counts = vec![0; numbers.iter().max().map_or(0, |&most| most as usize)];
    numbers
        .iter()
        .filter(|&&number| number != DOCUMENT_END)
        .for_each(|&number| counts[number as usize - 1] += 1);
    (numbers, DocumentIndex::new(ends), counts)
}

impl CharNGrams {
    fn assign_to_words(&mut self, words: usize, postings: &Postings) {
        let runs = DocumentRuns::of(words);
        let all = |each: &mut dyn FnMut(u32, u32, u32)| {
            (0..runs.len()).for_each(|run| postings.each(runs, run, &mut *each))
        };
        let mut ends = vec![0; words + 1];
        all(&mut |_, word, times| ends[word as usize + 1] += times as usize);
        (1..ends.len()).for_each(|at| ends[at] += ends[at - 1]);
        self.of_words = vec![0; ends.last().map_or(0, |&end| end)];
        all(&mut |gram, word, times| {
            let end = &mut ends[word as usize];
            self.of_words[*end..*end + times as usize].fill(gram);
            *end += times as usize;
        });
        ends.pop();
        self.word_ends = ends;
    }

    /// Counts the documents of every n-gram; returns true for those within the limits.
    fn count(&mut self, corpus: &EncodedCorpus, limits: &DfLimits) -> Vec<bool> {
        let runs = rayon::current_num_threads().max(1);
        let documents = corpus.documents.len();
        let count_run = |run: usize| {
            let mut counts = vec![(0u32, 0u32); self.terms.len()];
            let mut tally = GramTally::default();
            for document in documents * run / runs..documents * (run + 1) / runs {
                for (gram, times) in self.tally(corpus, document, &mut tally).iter() {
                    let (df, occurrences) = &mut counts[gram as usize];
                    *df += 1;
                    *occurrences = occurrences.saturating_add(times);
                }
            }
            counts
        };
        let counted: Vec<Vec<(u32, u32)>> = (0..runs).into_par_iter().map(count_run).collect();
        for (gram, term) in self.terms.iter_mut().enumerate() {
            term.df = counted.iter().map(|counts| counts[gram].0).sum();
            term.occurrences = counted
                .iter()
                .fold(0, |sum: u32, counts| sum.saturating_add(counts[gram].1));
        }
        self.terms
            .iter()
            .map(|term| limits.contain(term.df))
            .collect()
    }

    /// Returns the counts of the n-grams of one document, in `tally`.
    pub(super) fn tally<'t>(
        &self,
        corpus: &EncodedCorpus,
        document: usize,
        tally: &'t mut GramTally,
    ) -> &'t mut DenseCounts {
        let GramTally { words, grams } = tally;
        words.clear(corpus.words.len());
        let places = corpus.documents.places(document);
        places
            .filter_map(|place| word_at(&corpus.sequence, place))
            .for_each(|word| words.add(&[word], 1));
        grams.clear(self.terms.len());
        for (word, times) in words.iter() {
            grams.add(self.of_word(word), times);
        }
        grams
    }
}
