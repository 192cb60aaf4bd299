//! Tuning: a search for the features and classifiers that suit a corpus.
//!
//! Candidates are evaluated out of fold: features and weights are fitted without a fold, and the
//! fold is scored. Those that do badly on the first folds are left out of the others (successive
//! halving: Jamieson and Talwalkar, AISTATS 2016), so that most of the time goes to the best.
//! Classifiers of the same features share them, and so does a stack of the best of them.
//!
//! - an [`AutoPreset`] compares a handful of settings before a training run;
//! - a [`Tuner`] holds the options, and returns a [`TuningResult`];
//! - a [`SearchSpace`] holds the candidates;
//! - a [`Trial`] is one candidate evaluated on one fold, a line of the log, from which a search
//!   resumes.
//!
//! ```
//! use standpoint::corpus::CorpusBuilder;
//! # use standpoint::tune::{Objective, SearchSpace, Tuner};
//! let tuner = Tuner { objective: Objective::MacroF1, folds: 3, ..Tuner::default() };
//! assert!(tuner.space.features.len() > 4 && SearchSpace::default().estimators.len() > 10);
//! ```

mod auto;
mod choose;
mod folds;
mod log;
mod objective;
mod search;
mod space;
mod stacking;
mod tuner;

pub use auto::AutoPreset;
pub use log::{Trial, TrialLog};
pub use objective::Objective;
pub use space::SearchSpace;
pub use tuner::{BestCandidate, Tuner, TuningResult};
