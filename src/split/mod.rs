//! Splits: which documents are learnt from, and which are kept for judging.
//!
//! A figure is worth as much as its test documents are strange to the training documents. Four ways
//! to part them, in the order in which they grow harder:
//!
//! - [`Split::stratified`]: by chance, with every label as frequent in each part as in all;
//! - [`Split::grouped`]: whole groups, such as sources or clusters of near duplicates, go to one
//!   part;
//! - [`Split::by_time`]: older documents go to an earlier part;
//! - [`Split::leakage`] looks at any split for ids and near duplicates in two parts, and
//!   [`Split::without_leakage`] leaves them out of the later one.
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

mod assignment;
mod folds;
mod greedy;
mod leakage;
mod protocol;
mod shares;
mod stratified;
mod summary;
mod time;

pub use assignment::Split;
pub use folds::Folds;
pub use leakage::{Leakage, LeakedGroup};
pub use protocol::{Protocol, Round};
pub use shares::PartShares;
pub use summary::{HeadParts, LabelRows, PartSize, SplitSummary};
pub use time::{Undated, cuts};
