//! Tuning: which features and which classifiers suit a corpus.
//!
//! Candidates are judged by what they say of documents that they were not fitted on: features and weights are
//! fitted without a fold, and the fold is scored. Those that do badly on the first folds are left out of the
//! others (successive halving: Jamieson and Talwalkar, AISTATS 2016), so that most of the time goes to the
//! best. Classifiers of the same features share them, and so does a stack of the best of them.
//!
//! - a [`Tuner`] holds the options, and makes a [`TuningResult`] of a corpus;
//! - a [`SearchSpace`] says what is tried;
//! - a [`Trial`] is one candidate judged on one fold, a line of the log, from which a search goes on.
//!
//! ```
//! use standpoint::corpus::CorpusBuilder;
//! # use standpoint::tune::{Objective, SearchSpace, Tuner};
//! let tuner = Tuner { objective: Objective::MacroF1, folds: 3, ..Tuner::default() };
//! assert!(tuner.space.features.len() > 4 && SearchSpace::default().estimators.len() > 10);
//! ```

mod choose;
mod log;
mod objective;
mod search;
mod space;
mod stacking;
mod tuner;

pub use log::{Trial, TrialLog};
pub use objective::Objective;
pub use space::SearchSpace;
pub use tuner::{BestCandidate, Tuner, TuningResult};
