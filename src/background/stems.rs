//! Document frequencies of stems, and the choice of the stems with a vector.

use super::external_merge::{MergeEntry, SortedRun, SpillFile, merge, read_u64, write_u64};
use crate::Result;
use crate::features::{StemCounts, StemSequences};
use crate::math::offsets;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::io::{Read, Write};

/// Counts of the stems of one language.
pub(super) struct StemCounter {
    counts: HashMap<Vec<u8>, StemCounts>,
    pub documents: u64,
    /// Bytes that the counts take, and those that they may take.
    bytes: usize,
    memory: usize,
    spilled: Vec<SpillFile>,
}

/// A stem and its counts.
struct CountedStem(Vec<u8>, StemCounts);

/// The stems of one language with a vector, sorted by their bytes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct StemVocabulary {
    pub terms: Vec<u8>,
    pub ends: Vec<u32>,
    pub df: Vec<u32>,
}

/// Bytes of a stem in the table, besides those of its spelling.
const STEM_BYTES: usize = 64;

impl MergeEntry for CountedStem {
    type Key = Vec<u8>;

    fn key(&self) -> Vec<u8> {
        self.0.clone()
    }

    fn add(&mut self, other: Self) {
        self.1.add(other.1);
    }

    fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        write_u64(out, self.0.len() as u64)?;
        out.write_all(&self.0)?;
        write_u64(out, self.1.df)?;
        write_u64(out, self.1.occurrences)
    }

    fn read(from: &mut dyn Read) -> std::io::Result<Self> {
        let mut stem = vec![0; read_u64(from)? as usize];
        from.read_exact(&mut stem)?;
        Ok(CountedStem(
            stem,
            StemCounts {
                df: read_u64(from)?,
                occurrences: read_u64(from)?,
            },
        ))
    }
}

impl StemCounter {
    pub(super) fn new(memory: u64) -> Self {
        let memory = usize::try_from(memory).unwrap_or(usize::MAX);
        StemCounter {
            counts: HashMap::new(),
            documents: 0,
            bytes: 0,
            memory,
            spilled: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, texts: &StemSequences) -> Result<()> {
        self.documents += texts.documents() as u64;
        for number in 0..texts.len() {
            let (stem, counts) = (texts.stem(number), texts.counts(number));
            match self.counts.get_mut(stem) {
                Some(all) => all.add(counts),
                None => {
                    self.bytes += stem.len() + STEM_BYTES;
                    self.counts.insert(stem.to_vec(), counts);
                }
            }
        }
        if self.bytes > self.memory {
            self.spill()
        } else {
            Ok(())
        }
    }

    fn spill(&mut self) -> Result<()> {
        let run: SortedRun<'_, CountedStem> = Box::new(self.sorted().into_iter().map(Ok));
        let spilled = SpillFile::write(std::iter::once(run))?;
        self.spilled.push(spilled);
        self.bytes = 0;
        Ok(())
    }

    /// Takes all counts out of memory, sorted by their stem.
    fn sorted(&mut self) -> Vec<CountedStem> {
        let counts = std::mem::take(&mut self.counts).into_iter();
        let mut sorted: Vec<CountedStem> = counts
            .map(|(stem, counts)| CountedStem(stem, counts))
            .collect();
        sorted.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        sorted
    }

    /// Chooses the `most` stems of the greatest document frequency, which is `least` or more; ties
    /// go to the stem that sorts first.
    pub(super) fn choose(mut self, most: usize, least: u64) -> Result<StemVocabulary> {
        let mut runs: Vec<SortedRun<'_, CountedStem>> =
            vec![Box::new(self.sorted().into_iter().map(Ok))];
        for spilled in &self.spilled {
            runs.push(spilled.run(0)?);
        }
        // The heap returns the least of the kept stems first.
        let mut kept: BinaryHeap<Reverse<(u64, Reverse<Vec<u8>>)>> = BinaryHeap::new();
        merge(runs, |CountedStem(stem, counts)| {
            if counts.df >= least && counts.occurrences > 0 {
                kept.push(Reverse((counts.df, Reverse(stem))));
                if kept.len() > most {
                    kept.pop();
                }
            }
            Ok(())
        })?;
        let mut kept: Vec<(Vec<u8>, u64)> = kept
            .into_iter()
            .map(|Reverse((df, Reverse(stem)))| (stem, df))
            .collect();
        kept.sort_unstable();
        let mut chosen = StemVocabulary::default();
        for (stem, df) in kept {
            chosen.terms.extend_from_slice(&stem);
            chosen.ends.push(chosen.terms.len() as u32);
            chosen.df.push(u32::try_from(df).unwrap_or(u32::MAX));
        }
        Ok(chosen)
    }
}

impl StemVocabulary {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    fn term(&self, at: usize) -> &[u8] {
        &self.terms[offsets::range(&self.ends, at)]
    }

    /// Returns the number of each stem of some texts among the chosen ones, or `none`.
    pub(super) fn places(&self, texts: &StemSequences, none: u32) -> Vec<u32> {
        let mut next = 0;
        let place = |stem: usize| {
            let stem = texts.stem(stem);
            while next < self.len() && self.term(next) < stem {
                next += 1;
            }
            if next < self.len() && self.term(next) == stem {
                next as u32
            } else {
                none
            }
        };
        (0..texts.len()).map(place).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, LanguageSet, Texts, TokenOptions};

    #[test]
    fn the_same_stems_are_chosen_in_memory_and_in_files() {
        let tokens = TokenOptions {
            language: Language::Neutral,
            ..TokenOptions::default()
        };
        let batches = [["b a c", "c d"], ["a c d", "b e"], ["f c", "d d d"]];
        let choose = |memory, most, least| {
            let mut stems = StemCounter::new(memory);
            for batch in batches {
                let texts: Texts = batch.into_iter().collect();
                stems
                    .add(
                        &StemSequences::new(tokens, LanguageSet::of(Language::Neutral), &texts)
                            .unwrap(),
                    )
                    .unwrap();
            }
            assert_eq!((stems.documents, stems.spilled.is_empty()), (6, memory > 0));
            stems.choose(most, least).unwrap()
        };
        for (most, least, terms, df) in [
            (9, 1, &b"abcdef"[..], &[2, 2, 4, 3, 1, 1][..]),
            (9, 3, b"cd", &[4, 3]),
            (3, 1, b"acd", &[2, 4, 3]),
        ] {
            let chosen = choose(u64::MAX, most, least);
            assert_eq!((&chosen.terms[..], &chosen.df[..]), (terms, df));
            assert_eq!(choose(0, most, least), chosen);
        }
    }
}
