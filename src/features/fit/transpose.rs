//! Transposition: from the documents of each term to the terms of each document.

use super::super::count::pack;
use super::super::rows::SparseRows;
use super::super::tfidf::TfIdf;
use super::characters::{CharNGrams, GramTally};
use super::encode::EncodedCorpus;
use super::postings::{DocumentRuns, Postings};
use crate::io::storage::in_huge_pages;
use crate::math::offsets;
use rayon::prelude::*;
use std::ops::Range;

/// Rows of columns of word n-grams, ascending, with the bits of their counts in place of values.
struct TransposedCounts {
    ends: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
}

/// A run of documents with its slices of the columns and of the values.
type Slice<'a> = (Range<usize>, &'a mut [u32], &'a mut [f32]);

impl TransposedCounts {
    fn new(postings: Postings, runs: DocumentRuns) -> Self {
        let lengths: Vec<Vec<usize>> = (0..runs.len())
            .into_par_iter()
            .map(|run| lengths(&postings, runs, run))
            .collect();
        let ends: Vec<usize> = lengths.into_iter().flatten().scan(0, add).collect();
        let stored = ends.last().map_or(0, |&end| end);
        let mut transposed = TransposedCounts {
            ends,
            columns: in_huge_pages(vec![0; stored]),
            values: in_huge_pages(vec![0.0; stored]),
        };
        transposed.each_run(runs, |run, ends, (documents, columns, values)| {
            let offset = offsets::start(ends, documents.start);
            let mut next: Vec<usize> = documents
                .clone()
                .map(|document| offsets::start(ends, document) - offset)
                .collect();
            postings.each(runs, run, |column, document, count| {
                let place = &mut next[document as usize - documents.start];
                (columns[*place], values[*place]) = (column, f32::from_bits(count));
                *place += 1;
            });
        });
        transposed
    }

    fn each_run(&mut self, runs: DocumentRuns, each: impl Fn(usize, &[usize], Slice<'_>) + Sync) {
        let (ends, mut columns, mut values) = (
            &self.ends,
            self.columns.as_mut_slice(),
            self.values.as_mut_slice(),
        );
        let mut slices = Vec::with_capacity(runs.len());
        for documents in (0..runs.len()).map(|run| runs.documents(run)) {
            let stored =
                offsets::start(ends, documents.end) - offsets::start(ends, documents.start);
            let (own, rest) = columns.split_at_mut(stored);
            let (own_values, rest_values) = values.split_at_mut(stored);
            (columns, values) = (rest, rest_values);
            slices.push((documents, own, own_values));
        }
        slices
            .into_par_iter()
            .enumerate()
            .for_each(|(run, slice)| each(run, ends, slice));
    }

    /// Returns the columns and counts of a row, packed.
    fn counts(&self, row: usize) -> impl Iterator<Item = u64> + '_ {
        let own = offsets::range(&self.ends, row);
        packed(&self.columns[own.clone()], &self.values[own])
    }
}

fn packed<'a>(columns: &'a [u32], counts: &'a [f32]) -> impl Iterator<Item = u64> + 'a {
    columns
        .iter()
        .zip(counts)
        .map(|(&column, count)| pack(column, count.to_bits()))
}

fn add(sum: &mut usize, length: usize) -> Option<usize> {
    *sum += length;
    Some(*sum)
}

fn lengths(postings: &Postings, runs: DocumentRuns, run: usize) -> Vec<usize> {
    let documents = runs.documents(run);
    let mut lengths = vec![0; documents.len()];
    postings.each(runs, run, |_, document, _| {
        lengths[document as usize - documents.start] += 1
    });
    lengths
}

/// Returns the weighed rows; corpus and postings are freed on the way.
pub(super) fn rows(
    corpus: EncodedCorpus,
    postings: Postings,
    grams: CharNGrams,
    tfidf: &TfIdf,
) -> SparseRows {
    let runs = DocumentRuns::of(corpus.documents.len());
    let inside = (!grams.terms.is_empty()).then_some((corpus, grams));
    let mut transposed = TransposedCounts::new(postings, runs);
    match inside {
        None => {
            transposed.each_run(runs, |_, ends, slice| weigh(tfidf, ends, slice));
            SparseRows::from_parts(
                tfidf.vocabulary().len(),
                transposed.ends,
                transposed.columns,
                transposed.values,
            )
        }
        Some((corpus, grams)) => {
            let run =
                |run: usize| with_grams(&transposed, &corpus, &grams, tfidf, runs.documents(run));
            SparseRows::gather(
                tfidf.vocabulary().len(),
                (0..runs.len()).into_par_iter().map(run).collect(),
            )
        }
    }
}

/// Returns the rows of a run of documents, word and character n-grams.
fn with_grams(
    transposed: &TransposedCounts,
    corpus: &EncodedCorpus,
    grams: &CharNGrams,
    tfidf: &TfIdf,
    documents: Range<usize>,
) -> SparseRows {
    let (width, words) = (tfidf.vocabulary().len(), tfidf.vocabulary().words() as u32);
    let (mut rows, mut tally) = (SparseRows::new(width), GramTally::default());
    let (mut of_words, mut of_grams, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    for document in documents {
        of_words.clear();
        of_words.extend(transposed.counts(document));
        let counted = grams.tally(corpus, document, &mut tally);
        counted.sort();
        of_grams.clear();
        of_grams.extend(
            counted
                .iter()
                .map(|(gram, count)| pack(gram + words, count)),
        );
        tfidf.weigh_onto([&of_words, &of_grams], &mut weights, &mut rows);
    }
    rows
}

/// Replaces counts by values.
fn weigh(tfidf: &TfIdf, ends: &[usize], (documents, columns, values): Slice<'_>) {
    let (offset, mut counts, mut weights) = (
        offsets::start(ends, documents.start),
        Vec::new(),
        Vec::new(),
    );
    for row in documents {
        let own = offsets::start(ends, row) - offset..ends[row] - offset;
        counts.clear();
        counts.extend(packed(&columns[own.clone()], &values[own.clone()]));
        let weighed = tfidf.weigh_part(&counts, &mut weights);
        values[own]
            .iter_mut()
            .zip(weighed)
            .for_each(|(place, value)| *place = value);
    }
}
