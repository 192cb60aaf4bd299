//! Which stems stand near each other, and how often: whole numbers, so that no order of adding shows.
//!
//! A pair is one number: the smaller stem's in the upper half, the greater one's in the lower. Sorted runs of pairs with their
//! counts are merged as they grow, as in a log-structured merge tree (O'Neil et al., Acta Informatica 33, 1996).

use crate::features::Sequences;
use rayon::prelude::*;
use std::ops::Range;

/// A pair of stems and the sum of its weights.
pub(super) type Counted = (u64, u64);

/// Pairs are dealt out by their smaller stem, so that threads have work of their own.
const SHARDS: usize = 64;
/// Documents are read in runs of about so many words.
const RUN_WORDS: usize = 1 << 16;
/// Stands for a stem that has no vector.
pub(super) const NONE: u32 = u32::MAX;
/// A weight has so many bits of an event.
const WEIGHT_BITS: u32 = 4;
/// A stem's number has so many.
pub(super) const STEM_BITS: u32 = 28;
/// Weights from 1 to this.
pub(super) const LONGEST_WINDOW: u32 = 1 << WEIGHT_BITS;

/// Counted pairs of `stems` stems.
pub(super) struct Pairs {
    stems: usize,
    window: usize,
    shards: Vec<Shard>,
}

/// The pairs whose smaller stem is in one range.
#[derive(Default)]
struct Shard {
    runs: Vec<Vec<Counted>>,
}

impl Pairs {
    pub(super) fn new(stems: usize, window: u32) -> Self {
        let shards = (0..SHARDS).map(|_| Shard::default()).collect();
        Pairs { stems, window: window as usize, shards }
    }

    /// Counts the pairs of texts, whose stems have the numbers `known`, or [`NONE`].
    pub(super) fn add(&mut self, texts: &Sequences, known: &[u32]) {
        let window = self.window;
        let runs: Vec<Vec<Counted>> =
            runs(texts).into_par_iter().map(|run| events(texts.of(run), known, window)).collect();
        let size = self.shard_size();
        let add = |(at, shard): (usize, &mut Shard)| {
            let range = (at * size) as u64..((at + 1) * size) as u64;
            let own = runs.iter().flat_map(|run| part(run, &range)).copied().collect();
            shard.push(summed(own));
        };
        self.shards.par_iter_mut().enumerate().for_each(add);
    }

    fn shard_size(&self) -> usize {
        self.stems.div_ceil(SHARDS).max(1)
    }

    /// Calls `each` with every pair in order.
    pub(super) fn each(self, mut each: impl FnMut(u32, u32, u64)) {
        for shard in self.shards {
            let whole = shard.runs.into_iter().rev().reduce(|a, b| merged(&a, &b)).unwrap_or_default();
            whole.into_iter().for_each(|(pair, count)| each((pair >> 32) as u32, pair as u32, count));
        }
    }
}

impl Shard {
    /// A run is merged with the one before it as long as that is not twice as long.
    fn push(&mut self, mut run: Vec<Counted>) {
        while let Some(last) = self.runs.pop_if(|last| last.len() < 2 * run.len()) {
            run = merged(&last, &run);
        }
        self.runs.push(run);
    }
}

/// Documents in runs whose boundaries depend on the texts alone.
fn runs(texts: &Sequences) -> Vec<Range<usize>> {
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

/// The pairs of a run of documents: those at a distance `d` weigh `window + 1 - d`.
fn events(sequence: &[u32], known: &[u32], window: usize) -> Vec<Counted> {
    let mut events = Vec::with_capacity(sequence.len() * window);
    let mut stems = Vec::new();
    for document in sequence.split(|&number| number == 0) {
        stems.clear();
        stems.extend(document.iter().map(|&number| known[number as usize - 1]));
        for (at, &stem) in stems.iter().enumerate().filter(|(_, stem)| **stem != NONE) {
            for (distance, &other) in stems[at + 1..].iter().take(window).enumerate() {
                if other != NONE {
                    let [a, b] = [stem.min(other), stem.max(other)].map(u64::from);
                    events.push((a << STEM_BITS | b) << WEIGHT_BITS | (window - 1 - distance) as u64);
                }
            }
        }
    }
    events.sort_unstable();
    let mut counted: Vec<Counted> = Vec::new();
    for event in events {
        let (pair, weight) = (event >> WEIGHT_BITS, (event & u64::from(LONGEST_WINDOW - 1)) + 1);
        let pair = pair >> STEM_BITS << 32 | pair & ((1 << STEM_BITS) - 1);
        add(&mut counted, (pair, weight));
    }
    counted
}

fn add(counted: &mut Vec<Counted>, (pair, count): Counted) {
    match counted.last_mut().filter(|last| last.0 == pair) {
        Some(last) => last.1 += count,
        None => counted.push((pair, count)),
    }
}

/// The pairs whose smaller stem is in `range`.
fn part<'r>(run: &'r [Counted], range: &Range<u64>) -> &'r [Counted] {
    let at = |stem: u64| run.partition_point(|&(pair, _)| pair >> 32 < stem);
    &run[at(range.start)..at(range.end)]
}

fn summed(mut pairs: Vec<Counted>) -> Vec<Counted> {
    pairs.sort_unstable_by_key(|&(pair, _)| pair);
    let mut counted = Vec::new();
    pairs.into_iter().for_each(|pair| add(&mut counted, pair));
    counted
}

fn merged(a: &[Counted], b: &[Counted]) -> Vec<Counted> {
    let mut merged = Vec::with_capacity(a.len() + b.len());
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    loop {
        let next = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) if x.0 <= y.0 => a.next(),
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
