//! Turning: from the documents of each term to the terms of each document.

use super::super::count::{pack, sort_packed};
use super::super::rows::SparseRows;
use super::super::scratch::Tally;
use super::super::tfidf::TfIdf;
use super::NONE;
use super::characters::Grams;
use super::read::Read;
use super::refine::Lists;
use rayon::prelude::*;
use std::ops::Range;

/// The rows of the texts that were fitted: the columns of words, ascending, with their counts in
/// the place of values.
fn turn(lists: Lists, documents: usize, columns: usize) -> (Vec<usize>, Vec<u32>, Vec<f32>) {
    let runs = runs(documents);
    let lengths: Vec<Vec<usize>> = runs.par_iter().map(|run| lengths(&lists, run.clone())).collect();
    let ends: Vec<usize> = lengths.into_iter().flatten().scan(0, add).collect();
    let stored = ends.last().map_or(0, |&end| end);
    let (mut all_columns, mut counts) = (vec![0u32; stored], vec![0f32; stored]);
    let slices = slices(&runs, &ends, &mut all_columns, &mut counts);
    slices.into_par_iter().for_each(|(run, columns, counts)| {
        let offset = start(&ends, run.start);
        let mut next: Vec<usize> = run.clone().map(|document| start(&ends, document) - offset).collect();
        each_entry(&lists, run.clone(), |column, document, count| {
            let place = &mut next[document as usize - run.start];
            (columns[*place], counts[*place]) = (column, f32::from_bits(count));
            *place += 1;
        });
    });
    debug_assert!(all_columns.iter().all(|&column| (column as usize) < columns));
    (ends, all_columns, counts)
}

fn add(sum: &mut usize, length: usize) -> Option<usize> {
    *sum += length;
    Some(*sum)
}

fn start(ends: &[usize], row: usize) -> usize {
    if row == 0 { 0 } else { ends[row - 1] }
}

/// As many runs of documents as there are threads; what comes out does not depend on them.
fn runs(documents: usize) -> Vec<Range<usize>> {
    let runs = rayon::current_num_threads().max(1);
    (0..runs).map(|run| documents * run / runs..documents * (run + 1) / runs).collect()
}

fn lengths(lists: &Lists, run: Range<usize>) -> Vec<usize> {
    let mut lengths = vec![0; run.len()];
    each_entry(lists, run.clone(), |_, document, _| lengths[document as usize - run.start] += 1);
    lengths
}

/// A run of documents with its part of the columns and of the counts.
type Slice<'a> = (Range<usize>, &'a mut [u32], &'a mut [f32]);

fn slices<'a>(
    runs: &[Range<usize>],
    ends: &[usize],
    mut columns: &'a mut [u32],
    mut values: &'a mut [f32],
) -> Vec<Slice<'a>> {
    let mut slices = Vec::with_capacity(runs.len());
    for run in runs {
        let stored = start(ends, run.end) - start(ends, run.start);
        let (own, rest) = columns.split_at_mut(stored);
        let (own_values, rest_values) = values.split_at_mut(stored);
        (columns, values) = (rest, rest_values);
        slices.push((run.clone(), own, own_values));
    }
    slices
}

/// Calls `each` with every column, document of `run`, and count, column by column.
fn each_entry(lists: &Lists, run: Range<usize>, mut each: impl FnMut(u32, u32, u32)) {
    let (from, to) = (run.start as u32, run.end as u32);
    let documents = lists.blocks.iter().flat_map(|block| block.lists());
    for (documents, &column) in documents.zip(&lists.columns).filter(|(_, column)| **column != NONE) {
        let mut rest = documents;
        let mut next = rest.next();
        while let Some(document) = next.filter(|&document| document < to) {
            let mut count = 1;
            next = rest.next();
            while next == Some(document) {
                count += 1;
                next = rest.next();
            }
            if document >= from {
                each(column, document, count);
            }
        }
    }
}

/// The weighed rows; what they are made of is freed on the way.
pub(super) fn rows(read: Read, lists: Lists, grams: Grams, tfidf: &TfIdf) -> SparseRows {
    let (documents, words) = (read.documents.ends.len(), tfidf.vocabulary().words());
    let whole = (!grams.terms.is_empty()).then_some((read, grams));
    let (ends, mut columns, mut values) = turn(lists, documents, words);
    let Some((read, grams)) = whole else {
        let slices = slices(&runs(documents), &ends, &mut columns, &mut values);
        slices.into_par_iter().for_each(|(run, columns, values)| weigh(tfidf, &ends, run, columns, values));
        return SparseRows::from_parts(tfidf.vocabulary().len(), ends, columns, values);
    };
    let chunk = |run: Range<usize>| {
        let (mut rows, mut tally) = (SparseRows::new(tfidf.vocabulary().len()), Tally::default());
        let (mut known, mut spare, mut sort_ends) = (Vec::new(), Vec::new(), Vec::new());
        for document in run {
            let of_words = start(&ends, document)..ends[document];
            known.clear();
            known.extend(
                columns[of_words.clone()].iter().zip(&values[of_words]).map(|(&c, v)| pack(c, v.to_bits())),
            );
            let split = known.len();
            grams.tally(&read, document, &mut tally);
            let mut of_grams: Vec<u64> =
                tally.iter().map(|(gram, count)| pack(gram + words as u32, count)).collect();
            sort_packed(&mut of_grams, tfidf.vocabulary().len(), &mut spare, &mut sort_ends);
            known.append(&mut of_grams);
            tfidf.weigh_onto(&known, split, &mut rows);
        }
        rows
    };
    let chunks = 4 * rayon::current_num_threads().max(1);
    let chunks: Vec<SparseRows> = (0..chunks)
        .into_par_iter()
        .map(|at| chunk(documents * at / chunks..documents * (at + 1) / chunks))
        .collect();
    SparseRows::gather(tfidf.vocabulary().len(), chunks)
}

/// Puts values in the place of counts.
fn weigh(tfidf: &TfIdf, ends: &[usize], run: Range<usize>, columns: &[u32], values: &mut [f32]) {
    let (offset, mut counts) = (start(ends, run.start), Vec::new());
    for row in run {
        let own = start(ends, row) - offset..ends[row] - offset;
        counts.clear();
        counts.extend(
            columns[own.clone()].iter().zip(&values[own.clone()]).map(|(&c, v)| pack(c, v.to_bits())),
        );
        let mut places = values[own].iter_mut();
        tfidf.weigh_part(&counts, |value| {
            if let Some(place) = places.next() {
                *place = value;
            }
        });
    }
}
