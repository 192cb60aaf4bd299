//! Co-occurrence counts of stems that stand near each other: whole numbers, so that the order of
//! adding does not matter.
//!
//! A pair is one number: the smaller stem in the upper half, the greater one in the lower. Sorted
//! runs of pairs with their counts are merged as they grow, as in a log-structured merge tree
//! (O'Neil et al., Acta Informatica 33, 1996); when they exceed their memory, they go to a
//! temporary file.

use super::external_merge::{
    MergeEntry, SortedRun, SpillFile, between, merge, read_u64, write_u64,
};
use crate::Result;
use crate::features::StemSequences;
use rayon::prelude::*;
use std::io::{Read, Write};
use std::ops::Range;

/// A pair of stems and the sum of its weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cooccurrence {
    stems: u64,
    count: u64,
}

/// Shards of pairs, by the smaller stem, for the threads to share.
const SHARDS: usize = 64;
/// Words of the runs of documents that are counted in parallel.
const RUN_WORDS: usize = 1 << 16;
/// Number of a stem without a vector.
pub(super) const NONE: u32 = u32::MAX;
/// Bits of the weight of an event.
const WEIGHT_BITS: u32 = 4;
/// Bits of a stem's number: two stems and a weight fill the 60 lower bits of an event.
pub(super) const STEM_BITS: u32 = 28;
/// Words of a window at most: the weights from 1 to it have all values of their bits.
pub(super) const MAX_WINDOW: u32 = 1 << WEIGHT_BITS;

/// Co-occurrence counts of `stems` stems.
pub(super) struct CooccurrenceCounts {
    stems: usize,
    window: usize,
    /// Bytes that the counts may take in memory.
    memory: u64,
    shards: Vec<Shard>,
    /// Temporary files, each with a run for each shard.
    spilled: Vec<SpillFile>,
}

/// The pairs whose smaller stem is in one range.
#[derive(Default)]
struct Shard {
    runs: Vec<Vec<Cooccurrence>>,
}

impl MergeEntry for Cooccurrence {
    type Key = u64;

    fn key(&self) -> u64 {
        self.stems
    }

    fn add(&mut self, other: Self) {
        self.count += other.count;
    }

    fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        write_u64(out, self.stems)?;
        write_u64(out, self.count)
    }

    fn read(from: &mut dyn Read) -> std::io::Result<Self> {
        Ok(Cooccurrence {
            stems: read_u64(from)?,
            count: read_u64(from)?,
        })
    }
}

impl CooccurrenceCounts {
    pub(super) fn new(stems: usize, window: u32, memory: u64) -> Self {
        let shards = (0..SHARDS).map(|_| Shard::default()).collect();
        CooccurrenceCounts {
            stems,
            window: window as usize,
            memory,
            shards,
            spilled: Vec::new(),
        }
    }

    /// Counts the pairs of texts, whose stems have the numbers `known`, or [`NONE`].
    pub(super) fn add(&mut self, texts: &StemSequences, known: &[u32]) -> Result<()> {
        let window = self.window;
        let runs: Vec<Vec<Cooccurrence>> = runs(texts)
            .into_par_iter()
            .map(|run| events(texts.of(run), known, window))
            .collect();
        let size = self.stems.div_ceil(SHARDS).max(1);
        let first = |shard: usize| ((shard * size) as u64) << 32;
        let add = |(at, shard): (usize, &mut Shard)| {
            let own = |run| between(run, first(at)..first(at + 1));
            shard.push(summed(
                runs.iter().flat_map(|run| own(run)).copied().collect(),
            ));
        };
        self.shards.par_iter_mut().enumerate().for_each(add);
        let pairs: usize = self
            .shards
            .iter()
            .map(|shard| shard.runs.iter().map(Vec::len).sum::<usize>())
            .sum();
        if (pairs * size_of::<Cooccurrence>()) as u64 > self.memory {
            self.spill()
        } else {
            Ok(())
        }
    }

    fn spill(&mut self) -> Result<()> {
        let shards = std::mem::take(&mut self.shards);
        let entries = |shard: &Shard| -> SortedRun<'static, Cooccurrence> {
            Box::new(shard.whole().into_iter().map(Ok))
        };
        self.spilled
            .push(SpillFile::write(shards.iter().map(entries))?);
        self.shards = (0..SHARDS).map(|_| Shard::default()).collect();
        Ok(())
    }

    /// Calls `each` with every pair in order and its count.
    pub(super) fn each(&self, mut each: impl FnMut(u32, u32, u64)) -> Result<()> {
        for (at, shard) in self.shards.iter().enumerate() {
            let mut runs: Vec<SortedRun<'_, Cooccurrence>> = Vec::new();
            for spilled in &self.spilled {
                runs.push(spilled.run(at)?);
            }
            for run in &shard.runs {
                runs.push(Box::new(run.iter().copied().map(Ok)));
            }
            merge(runs, |Cooccurrence { stems, count }| {
                each((stems >> 32) as u32, stems as u32, count);
                Ok(())
            })?;
        }
        Ok(())
    }
}

impl Shard {
    /// Adds a run, merged with those before it as long as they are not twice as long.
    fn push(&mut self, mut run: Vec<Cooccurrence>) {
        while let Some(last) = self.runs.pop_if(|last| last.len() < 2 * run.len()) {
            run = merged(&last, &run);
        }
        self.runs.push(run);
    }

    fn whole(&self) -> Vec<Cooccurrence> {
        self.runs
            .iter()
            .rev()
            .fold(Vec::new(), |whole, run| merged(&whole, run))
    }
}

/// Returns runs of documents whose boundaries depend on the texts alone.
fn runs(texts: &StemSequences) -> Vec<Range<usize>> {
    let (mut runs, mut from, mut words) = (Vec::new(), 0, 0);
    for document in 0..texts.documents() {
        words += texts.of(document..document + 1).len();
        if words >= RUN_WORDS || document + 1 == texts.documents() {
            runs.push(from..document + 1);
            (from, words) = (document + 1, 0);
        }
    }
    runs
}

/// Counts the pairs of a run of documents: those at a distance `d` weigh `window + 1 - d`.
fn events(sequence: &[u32], known: &[u32], window: usize) -> Vec<Cooccurrence> {
    let mut events = Vec::with_capacity(sequence.len() * window);
    let mut stems = Vec::new();
    for document in sequence.split(|&number| number == 0) {
        stems.clear();
        stems.extend(document.iter().map(|&number| known[number as usize - 1]));
        for (at, &stem) in stems.iter().enumerate().filter(|(_, stem)| **stem != NONE) {
            for (distance, &other) in stems[at + 1..].iter().take(window).enumerate() {
                if other != NONE {
                    let [a, b] = [stem.min(other), stem.max(other)].map(u64::from);
                    events
                        .push((a << STEM_BITS | b) << WEIGHT_BITS | (window - 1 - distance) as u64);
                }
            }
        }
    }
    events.sort_unstable();
    let mut counted: Vec<Cooccurrence> = Vec::new();
    for event in events {
        let (pair, count) = (
            event >> WEIGHT_BITS,
            (event & u64::from(MAX_WINDOW - 1)) + 1,
        );
        let stems = pair >> STEM_BITS << 32 | pair & ((1 << STEM_BITS) - 1);
        add(&mut counted, Cooccurrence { stems, count });
    }
    counted
}

fn add(counted: &mut Vec<Cooccurrence>, pair: Cooccurrence) {
    match counted.last_mut().filter(|last| last.stems == pair.stems) {
        Some(last) => last.count += pair.count,
        None => counted.push(pair),
    }
}

fn summed(mut pairs: Vec<Cooccurrence>) -> Vec<Cooccurrence> {
    pairs.sort_unstable_by_key(Cooccurrence::key);
    let mut counted = Vec::new();
    pairs.into_iter().for_each(|pair| add(&mut counted, pair));
    counted
}

fn merged(a: &[Cooccurrence], b: &[Cooccurrence]) -> Vec<Cooccurrence> {
    let mut merged = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    loop {
        let next = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) if x.stems <= y.stems => a.next(),
            (Some(_), None) => a.next(),
            _ => b.next(),
        };
        match next {
            Some(&pair) => add(&mut merged, pair),
            None => break,
        }
    }
    merged.shrink_to_fit();
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Language, LanguageSet, Texts, TokenOptions};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const STEMS: usize = 6;

    fn sequences(texts: &[Vec<usize>]) -> StemSequences {
        let tokens = TokenOptions {
            language: Language::Neutral,
            ..TokenOptions::default()
        };
        let text = |text: &Vec<usize>| {
            text.iter()
                .map(|w| format!("w{w}"))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let texts: Texts = texts.iter().map(text).collect();
        StemSequences::new(tokens, LanguageSet::of(Language::Neutral), &texts).unwrap()
    }

    /// Stem `w0` is not known.
    fn known(texts: &StemSequences) -> Vec<u32> {
        let number = |at: usize| {
            u32::from(texts.stem(at)[1] - b'0')
                .checked_sub(1)
                .unwrap_or(NONE)
        };
        (0..texts.len()).map(number).collect()
    }

    fn counted(pairs: &CooccurrenceCounts) -> Vec<(u32, u32, u64)> {
        let mut all = Vec::new();
        pairs.each(|a, b, count| all.push((a, b, count))).unwrap();
        all
    }

    proptest! {
        #[test]
        fn pairs_are_counted_by_distance_in_memory_and_in_files(
            batches in prop::collection::vec(
                prop::collection::vec(prop::collection::vec(0..=STEMS, 0..9), 1..4), 1..5),
            window in 1usize..5,
        ) {
            let mut expected: BTreeMap<(u32, u32), u64> = BTreeMap::new();
            for text in batches.iter().flatten() {
                for (at, &a) in text.iter().enumerate().filter(|(_, stem)| **stem > 0) {
                    for distance in (1..=window).take_while(|distance| at + distance < text.len()) {
                        let b = text[at + distance];
                        if b > 0 {
                            let pair = (a.min(b) as u32 - 1, a.max(b) as u32 - 1);
                            *expected.entry(pair).or_default() += (window + 1 - distance) as u64;
                        }
                    }
                }
            }
            let expected: Vec<_> = expected.into_iter().map(|((a, b), count)| (a, b, count)).collect();
            for memory in [0, u64::MAX] {
                let mut pairs = CooccurrenceCounts::new(STEMS, window as u32, memory);
                for batch in &batches {
                    let texts = sequences(batch);
                    pairs.add(&texts, &known(&texts)).unwrap();
                }
                prop_assert_eq!(pairs.spilled.is_empty(), memory > 0 || expected.is_empty());
                prop_assert_eq!(&counted(&pairs), &expected);
            }
        }
    }
}
