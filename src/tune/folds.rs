//! Folds of a search, which are drawn anew where a corpus is small.

use crate::corpus::Targets;
use crate::split::Folds;

/// Folds of one head, one set of them a repetition.
#[derive(Debug, Clone)]
pub(super) struct RepeatedFolds {
    repetitions: Vec<Folds>,
}

impl RepeatedFolds {
    /// Divides documents into `count` folds, `repetitions` times.
    pub fn stratified(targets: &Targets, count: u32, repetitions: u32, seed: u64) -> Self {
        let seeds = (0..u64::from(repetitions.max(1))).map(|at| seed.wrapping_add(at));
        let repetitions = seeds.map(|seed| Folds::stratified(targets, count, seed));
        RepeatedFolds {
            repetitions: repetitions.collect(),
        }
    }

    /// Returns the number of folds of all repetitions.
    pub fn total(&self) -> u32 {
        self.repetitions.iter().map(Folds::count).sum()
    }

    /// Returns the documents outside of a fold and those in it, ascending; folds are numbered
    /// through all repetitions.
    pub fn of(&self, fold: u32) -> (Vec<usize>, Vec<usize>) {
        let count = self.repetitions[0].count();
        self.repetitions[(fold / count) as usize].of(fold % count)
    }

    /// Returns the folds of each repetition.
    pub fn repetitions(&self) -> &[Folds] {
        &self.repetitions
    }
}
