//! How many documents hold each stem, and which stems get a vector.

use crate::features::{Sequences, StemCounts};
use std::collections::HashMap;

/// Counts of the stems of one language.
#[derive(Default)]
pub(super) struct Stems {
    counts: HashMap<Vec<u8>, StemCounts>,
    pub documents: u64,
}

/// The stems of one language that get a vector, sorted by their bytes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Chosen {
    pub terms: Vec<u8>,
    pub ends: Vec<u32>,
    pub df: Vec<u32>,
}

impl Stems {
    pub(super) fn add(&mut self, texts: &Sequences) {
        self.documents += texts.documents() as u64;
        for stem in 0..texts.len() {
            let counts = texts.counts(stem);
            match self.counts.get_mut(texts.stem(stem)) {
                Some(all) => all.add(counts),
                None => drop(self.counts.insert(texts.stem(stem).to_vec(), counts)),
            }
        }
    }

    /// The `most` stems in most documents, `least` and more; ties go to the stem that sorts first.
    pub(super) fn choose(self, most: usize, least: u64) -> Chosen {
        let stands = |(_, counts): &(Vec<u8>, StemCounts)| counts.df >= least && counts.occurrences > 0;
        let mut all: Vec<(Vec<u8>, StemCounts)> = self.counts.into_iter().filter(stands).collect();
        all.sort_unstable_by(|a, b| b.1.df.cmp(&a.1.df).then_with(|| a.0.cmp(&b.0)));
        all.truncate(most);
        all.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut chosen = Chosen::default();
        for (stem, counts) in all {
            chosen.terms.extend_from_slice(&stem);
            chosen.ends.push(chosen.terms.len() as u32);
            chosen.df.push(u32::try_from(counts.df).unwrap_or(u32::MAX));
        }
        chosen
    }
}

impl Chosen {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    fn term(&self, at: usize) -> &[u8] {
        let from = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.terms[from as usize..self.ends[at] as usize]
    }

    /// The place of each stem of some texts among the chosen ones, or `none`.
    pub(super) fn places(&self, texts: &Sequences, none: u32) -> Vec<u32> {
        let mut next = 0;
        let place = |stem: usize| {
            let stem = texts.stem(stem);
            while next < self.len() && self.term(next) < stem {
                next += 1;
            }
            if next < self.len() && self.term(next) == stem { next as u32 } else { none }
        };
        (0..texts.len()).map(place).collect()
    }
}
