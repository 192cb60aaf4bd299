//! Splits: which documents are learnt from, and which are kept for judging.
//!
//! A figure is worth as much as its test documents are strange to the training documents. Four ways to part them, in the
//! order in which they grow harder:
//!
//! - [`Split::stratified`]: by chance, with every label as frequent in each part as in all;
//! - [`Split::grouped`]: whole groups, such as sources or clusters of near duplicates, go to one part;
//! - [`Split::by_time`]: what is older goes to an earlier part;
//! - [`Split::leakage`] looks at any split for ids and near duplicates in two parts, and [`Split::without_leakage`] leaves
//!   them out of the later one.
//!
//! ```
//! use standpoint::corpus::Targets;
//! use standpoint::dedup::Groups;
//! use standpoint::split::{PartShares, Split};
//! let targets = Targets::Exclusive { labels: 2, of: [0, 1].repeat(50).into_iter().map(Some).collect() };
//! let shares: PartShares = "train=0.8,dev=0.1,test=0.1".parse()?;
//! let split = Split::stratified(&targets, &shares, 0);
//! assert_eq!(split.sizes(), [80, 10, 10]);
//!
//! let sources: Vec<Option<&str>> = (0..100).map(|row| Some(["wire", "daily", "blog"][row % 3])).collect();
//! let split = Split::grouped(&targets, &Groups::of_values(&sources), &shares, 0);
//! assert!(split.of[0] == split.of[3] && split.of[1] == split.of[4]);
//! # Ok::<(), standpoint::Error>(())
//! ```

mod folds;
mod greedy;
mod leakage;
mod shares;
mod stratified;
mod summary;
mod time;

pub use folds::Folds;
pub use leakage::{Leakage, LeakedGroup};
pub use shares::{MAX_FOLDS, PartShares};
pub use summary::{HeadParts, LabelRows, PartSize, SplitSummary};
pub use time::{Undated, cuts};

use crate::corpus::Targets;
use crate::dedup::Groups;
use crate::{Error, Result};

/// Parts and the documents in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The names of the parts.
    pub parts: Vec<String>,
    /// The part of each document by its number; `None` for a document that is left out.
    pub of: Vec<Option<u32>>,
}

impl Split {
    /// Divides documents into parts of these shares in which every label is as frequent as in all documents; the same ones for the same seed.
    ///
    /// Exclusive labels: the documents of each label in turn are shuffled and dealt out in such an order that after every
    /// single one, each part lacks or exceeds its share by less than one document (R. Tijdeman, "The chairman
    /// assignment problem", Discrete Mathematics 32, 1980). So the sizes are exact to less than one document, and so is the number of
    /// documents of a label to less than two, also where labels are rarer than parts.
    ///
    /// Independent labels: iterative stratification (Sechidis, Tsoumakas and Vlahavas, "On the Stratification of
    /// Multi-Label Data", ECML PKDD 2011): the label that the fewest remaining documents hold is dealt out first, each of its
    /// documents to the part that lacks most of it. A heap of the labels keeps the time in proportion to the answers, up to a logarithm.
    pub fn stratified(targets: &Targets, shares: &PartShares, seed: u64) -> Self {
        shares.split(stratified::stratified(targets, shares.values(), seed))
    }

    /// Divides documents into parts of about these shares that hold whole groups; the same ones for the same seed.
    ///
    /// Groups are placed from the largest to the smallest, equal ones in random order, each where it lowers most
    /// the sum over labels, and over all documents, of `(found − wanted)² / wanted`, which is Pearson's χ² of the split. With few or very
    /// unequal groups the shares cannot be met; [`SplitSummary`] tells how far they are.
    ///
    /// # Panics
    /// If there is not a group for each document.
    pub fn grouped(targets: &Targets, groups: &Groups, shares: &PartShares, seed: u64) -> Self {
        assert_eq!(targets.documents(), groups.of.len());
        shares.split(greedy::grouped(targets, groups, shares.values(), seed))
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

    /// Returns the parts as folds, each of which is held out in turn; documents that are left out are in none.
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
