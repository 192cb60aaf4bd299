//! Postings: the documents of each term, compressed, ready to be transposed.
//!
//! Documents are cut into runs. For each run there is one stream of numbers: a term's distance to
//! the one before it in the run, and for each of the run's documents that hold it the distance to
//! the one before, times four, plus two if the term occurs there more than once, plus one if it is
//! the last; then the number of times, if more than once. Numbers have seven bits a byte, the last
//! byte below 128. So each run can be transposed by itself.

use std::ops::Range;

/// Column of a term that was not selected.
pub(super) const UNSELECTED: u32 = u32::MAX;

/// Runs of documents of the same size.
#[derive(Debug, Clone, Copy)]
pub(super) struct DocumentRuns {
    documents: usize,
    size: usize,
}

impl DocumentRuns {
    /// Returns runs that fit a cache, but no more than are worth a stream of their own.
    pub(super) fn of(documents: usize) -> Self {
        let runs = (documents / 1024).clamp(1, 64);
        DocumentRuns {
            documents,
            size: documents.div_ceil(runs).max(1),
        }
    }

    pub(super) fn len(self) -> usize {
        self.documents.div_ceil(self.size)
    }

    pub(super) fn documents(self, run: usize) -> Range<usize> {
        run * self.size..((run + 1) * self.size).min(self.documents)
    }
}

/// Postings of the terms of one block.
#[derive(Default)]
pub(super) struct PostingStreams {
    terms: u32,
    /// Bytes of each run, and the number of its last term plus one.
    runs: Vec<(Vec<u8>, u32)>,
}

impl PostingStreams {
    pub(super) fn new(runs: DocumentRuns) -> Self {
        PostingStreams {
            terms: 0,
            runs: vec![(Vec::new(), 0); runs.len()],
        }
    }

    /// Adds the next term, with its `documents` in ascending order, each once for every occurrence.
    pub(super) fn push(&mut self, documents: &[u32], runs: DocumentRuns) {
        let mut rest = documents;
        while let Some(&first) = rest.first() {
            let run = first as usize / runs.size;
            let end = runs.documents(run).end;
            let (bytes, last) = &mut self.runs[run];
            write_varint(bytes, self.terms - *last);
            *last = self.terms + 1;
            let mut before = (run * runs.size) as u32;
            let mut in_run = true;
            while in_run {
                let document = rest[0];
                let others = rest.iter().position(|&other| other != document);
                let times = others.unwrap_or(rest.len());
                rest = &rest[times..];
                in_run = rest.first().is_some_and(|&next| (next as usize) < end);
                let repeated = times > 1;
                // A run has at most a 64th of four billion documents.
                let packed = (document - before) << 2 | u32::from(repeated) << 1;
                write_varint(bytes, packed | u32::from(!in_run));
                if repeated {
                    write_varint(bytes, times as u32);
                }
                before = document;
            }
        }
        self.terms += 1;
    }

    pub(super) fn shrink(&mut self) {
        self.runs
            .iter_mut()
            .for_each(|(bytes, _)| bytes.shrink_to_fit());
    }
}

/// Postings of all terms.
#[derive(Default)]
pub(super) struct Postings {
    pub blocks: Vec<PostingStreams>,
    /// Column of each term, or [`UNSELECTED`].
    pub columns: Vec<u32>,
}

impl Postings {
    /// Calls `each` with column, document and count of every posting of a run, column by column.
    pub(super) fn each(&self, runs: DocumentRuns, run: usize, mut each: impl FnMut(u32, u32, u32)) {
        let mut columns = self.columns.as_slice();
        for block in &self.blocks {
            let (own, rest) = columns.split_at(block.terms as usize);
            columns = rest;
            let mut bytes = block.runs[run].0.as_slice();
            let mut term = 0;
            while !bytes.is_empty() {
                term += read_varint(&mut bytes);
                let column = own[term as usize];
                term += 1;
                let mut document = (run * runs.size) as u32;
                let mut is_last = false;
                while !is_last {
                    let packed = read_varint(&mut bytes);
                    document += packed >> 2;
                    let count = match packed & 2 {
                        0 => 1,
                        _ => read_varint(&mut bytes),
                    };
                    if column != UNSELECTED {
                        each(column, document, count);
                    }
                    is_last = packed & 1 == 1;
                }
            }
        }
    }
}

fn write_varint(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 128 {
        bytes.push(number as u8 | 128);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Reads the number at the front of `bytes`, which are never cut inside of one.
#[inline]
fn read_varint(bytes: &mut &[u8]) -> u32 {
    // Most numbers have one byte or two.
    match **bytes {
        [first, ref rest @ ..] if first < 128 => {
            *bytes = rest;
            u32::from(first)
        }
        [first, second, ref rest @ ..] if second < 128 => {
            *bytes = rest;
            u32::from(first & 127) | u32::from(second) << 7
        }
        _ => read_long_varint(bytes),
    }
}

#[cold]
fn read_long_varint(bytes: &mut &[u8]) -> u32 {
    let (mut number, mut shift) = (0, 0);
    while let Some((&byte, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u32::from(byte & 127) << shift;
        if byte < 128 {
            break;
        }
        shift += 7;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_put_in_comes_out_run_by_run(
            terms in prop::collection::vec(prop::collection::vec((0..5000u32, 1..4usize), 1..30), 0..20),
        ) {
            let runs = DocumentRuns::of(5000);
            let mut streams = PostingStreams::new(runs);
            let mut expected = Vec::new();
            for (column, term) in terms.iter().enumerate() {
                let mut documents: Vec<u32> =
                    term.iter().flat_map(|&(document, count)| std::iter::repeat_n(document, count)).collect();
                documents.sort_unstable();
                streams.push(&documents, runs);
                let each = documents.chunk_by(|a, b| a == b);
                expected.extend(each.map(|same| (column as u32, same[0], same.len() as u32)));
            }
            let postings = Postings { blocks: vec![streams], columns: (0..terms.len() as u32).collect() };
            let mut found = Vec::new();
            for run in 0..runs.len() {
                let documents = runs.documents(run);
                postings.each(runs, run, |column, document, count| {
                    assert!(documents.contains(&(document as usize)));
                    found.push((column, document, count));
                });
            }
            found.sort_unstable();
            prop_assert_eq!(found, expected);
        }
    }
}
