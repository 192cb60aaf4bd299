//! Sample of texts for the vocabulary.

use crate::text::Texts;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use std::collections::BinaryHeap;

/// Texts of the least random numbers, in as many bytes as there may be.
pub(super) struct Sample {
    most: u64,
    bytes: u64,
    pub offered: u64,
    random: Xoshiro256PlusPlus,
    pub taken: BinaryHeap<(u64, u64, String)>,
}

impl Sample {
    pub fn new(most: u64, seed: u64) -> Self {
        let random = Xoshiro256PlusPlus::seed_from_u64(seed);
        Sample {
            most,
            bytes: 0,
            offered: 0,
            random,
            taken: BinaryHeap::new(),
        }
    }

    pub fn offer(&mut self, text: &str) {
        let (number, at) = (self.random.next_u64(), self.offered);
        self.offered += 1;
        let full = self.bytes > self.most;
        if full
            && self
                .taken
                .peek()
                .is_some_and(|greatest| greatest.0 < number)
        {
            return;
        }
        self.bytes += text.len() as u64;
        self.taken.push((number, at, text.to_string()));
        // One may reach beyond the limit, so that what was refused once can never come back.
        while self
            .taken
            .peek()
            .is_some_and(|greatest| self.bytes - greatest.2.len() as u64 > self.most)
        {
            let left_out = self.taken.pop().map_or(0, |greatest| greatest.2.len());
            self.bytes -= left_out as u64;
        }
    }

    pub fn left_out(&self) -> u64 {
        self.offered - self.taken.len() as u64
    }

    pub fn texts(self) -> Texts {
        let mut taken: Vec<(u64, String)> = self
            .taken
            .into_iter()
            .map(|(_, at, text)| (at, text))
            .collect();
        taken.sort_unstable_by_key(|taken| taken.0);
        taken.iter().map(|(_, text)| text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_all_or_a_fair_part_in_order() {
        let texts: Vec<String> = (0..2000).map(|at| format!("text {at:05}")).collect();
        let sample = |most| {
            let mut sample = Sample::new(most, 7);
            texts.iter().for_each(|text| sample.offer(text));
            sample
        };
        assert!(sample(1 << 20).texts().iter().eq(texts.iter()));
        let half = sample(10_000).texts();
        assert_eq!(half.len(), 1001);
        assert!(half.iter().is_sorted());
        let early = half.iter().filter(|text| *text < "text 01000").count();
        assert!((430..570).contains(&early), "{early}");
    }
}
