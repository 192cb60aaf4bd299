//! The parts of documents.

use super::folds::Folds;
use super::shares::PartShares;
use super::{greedy, stratified};
use crate::corpus::Targets;
use crate::dedup::Groups;
use crate::{Error, Result};

/// Parts and the documents in them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Split {
    /// The names of the parts.
    pub parts: Vec<String>,
    /// The part of each document by its number; `None` for a document that is left out.
    pub of: Vec<Option<u32>>,
}

impl Split {
    /// Divides documents into parts of these shares in which every label is as frequent as in all
    /// documents; the same ones for the same seed.
    ///
    /// Exclusive labels: the documents of each label in turn are shuffled and dealt out in such an
    /// order that after every single one, each part lacks or exceeds its share by less than one
    /// document (R. Tijdeman, "The chairman assignment problem", Discrete Mathematics 32, 1980). So
    /// the sizes are exact to less than one document, and so is the number of documents of a label
    /// to less than two, also where labels are rarer than parts.
    ///
    /// Independent labels: iterative stratification (Sechidis, Tsoumakas and Vlahavas, "On the
    /// Stratification of Multi-Label Data", ECML PKDD 2011): the label that the fewest remaining
    /// documents hold is dealt out first, each of its documents to the part that lacks most of it.
    /// A heap of the labels keeps the time in proportion to the answers, up to a logarithm.
    pub fn stratified(targets: &Targets, shares: &PartShares, seed: u64) -> Self {
        Self::of_shares(
            shares,
            stratified::stratified(targets, shares.values(), seed),
        )
    }

    /// Divides documents into parts of about these shares that hold whole groups; the same ones for
    /// the same seed.
    ///
    /// Groups are placed from the largest to the smallest, equal ones in random order, each where
    /// it lowers most the sum over labels, and over all documents, of `(found − wanted)² / wanted`,
    /// which is Pearson's χ² of the split. With few or very unequal groups the shares cannot be
    /// met; [`SplitSummary`](super::SplitSummary) tells how far they are.
    ///
    /// # Panics
    /// If there is not a group for each document.
    pub fn grouped(targets: &Targets, groups: &Groups, shares: &PartShares, seed: u64) -> Self {
        assert_eq!(targets.documents(), groups.of.len());
        Self::of_shares(
            shares,
            greedy::grouped(targets, groups, shares.values(), seed),
        )
    }

    fn of_shares(shares: &PartShares, of: Vec<u32>) -> Self {
        Split {
            parts: shares.names().to_vec(),
            of: of.into_iter().map(Some).collect(),
        }
    }

    /// Returns the number of documents of each part.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.parts.len()];
        self.of
            .iter()
            .flatten()
            .for_each(|&part| sizes[part as usize] += 1);
        sizes
    }

    /// Returns the documents of a part, ascending.
    pub fn documents(&self, part: u32) -> Vec<usize> {
        (0..self.of.len())
            .filter(|&document| self.of[document] == Some(part))
            .collect()
    }

    /// Returns the parts as folds, each of which is held out in turn; documents that are left out
    /// are in none.
    pub fn folds(&self) -> Folds {
        Folds::given(self.parts.len() as u32, self.of.clone())
    }

    /// Refuses a split with an empty part.
    ///
    /// # Errors
    /// A data error that names the part.
    pub fn verify(&self) -> Result<()> {
        let Some(at) = self.sizes().iter().position(|&size| size == 0) else {
            return Ok(());
        };
        Err(
            Error::data(format!("no row falls into the part `{}`", self.parts[at]))
                .help("give more rows, fewer parts, smaller groups, or another date"),
        )
    }
}
