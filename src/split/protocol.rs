//! Protocols of a comparison: the rounds in which some documents are learnt from and others judged.

use super::{PartShares, Split};
use crate::corpus::Targets;
use crate::dedup::Groups;
use crate::words::counted;
use crate::{Error, Result};

/// Rounds of one way of dividing documents.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Protocol {
    /// Name in results: `random`, `source`, `time` or `test`.
    pub split: &'static str,
    /// The same for people, with numbers.
    pub description: String,
    /// Rounds, one after the other.
    pub rounds: Vec<Round>,
}

/// One training and the test that follows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Round {
    /// Documents to train on, ascending.
    pub train: Vec<usize>,
    /// Documents to test on, ascending.
    pub test: Vec<usize>,
}

impl Protocol {
    /// Returns stratified folds, each of which is tested on in turn.
    ///
    /// # Errors
    /// A usage error for fewer than two folds, and for fewer documents than folds.
    pub fn random(targets: &Targets, folds: u32, seed: u64) -> Result<Self> {
        let documents = targets.documents();
        if folds < 2 || documents < folds as usize {
            let rows = counted(documents, "row");
            return Err(Error::usage(format!(
                "{rows} cannot be cut into {folds} folds"
            )));
        }
        let split = Split::stratified(targets, &PartShares::folds(folds)?, seed);
        let description = format!("{folds} stratified folds");
        Self::of_folds("random", description, &split, folds)
    }

    /// Returns at most so many folds that keep the documents of a group together; the groups are
    /// those of a column.
    ///
    /// # Errors
    /// As [`random`](Self::random), and a data error for fewer groups than two.
    pub fn by_source(
        targets: &Targets,
        groups: &Groups,
        column: &str,
        folds: u32,
        seed: u64,
    ) -> Result<Self> {
        let folds = folds.min(groups.count);
        let split = Split::grouped(targets, groups, &PartShares::folds(folds)?, seed);
        let description = format!("{folds} folds that keep each `{column}` together");
        Self::of_folds("source", description, &split, folds)
    }

    /// Returns the round of a split by time, whose first part is older than the second.
    ///
    /// # Errors
    /// A data error if a part is empty.
    pub fn by_time(split: &Split) -> Result<Self> {
        split.verify()?;
        let (train, test) = (split.documents(0), split.documents(1));
        let (older, newer) = (train.len(), test.len());
        Ok(Protocol {
            split: "time",
            description: format!("{older} older rows learnt, {newer} newer rows tested"),
            rounds: vec![Round { train, test }],
        })
    }

    /// Returns the round of a corpus of so many documents and a test corpus of so many.
    pub fn on_test(learnt: usize, tested: usize) -> Self {
        let (train, test) = (counted(learnt, "row"), counted(tested, "row"));
        Protocol {
            split: "test",
            description: format!("{train} learnt, {test} tested"),
            rounds: vec![Round {
                train: (0..learnt).collect(),
                test: (0..tested).collect(),
            }],
        }
    }

    fn of_folds(
        split: &'static str,
        description: String,
        parts: &Split,
        folds: u32,
    ) -> Result<Self> {
        parts.verify()?;
        let cut = parts.folds();
        let round = |fold| {
            let (train, test) = cut.of(fold);
            Round { train, test }
        };
        Ok(Protocol {
            split,
            description,
            rounds: (0..folds).map(round).collect(),
        })
    }

    /// Returns the number of training documents, on average over the rounds.
    pub fn mean_training_size(&self) -> f64 {
        let sizes = self.rounds.iter().map(|round| round.train.len());
        sizes.sum::<usize>() as f64 / self.rounds.len() as f64
    }

    /// Returns true for protocols whose test documents are farther from the training documents than
    /// chance makes them.
    pub fn is_harder_than_random(&self) -> bool {
        matches!(self.split, "source" | "time")
    }
}
