//! Ensembles: scores of base estimators for rows that they were not fitted on, and stacks of them.
//!
//! From the ground up: a [`BaseEstimator`] is a classifier and the features that it sees,
//! [`OutOfFoldScores`] are its decision values for rows outside of its training folds,
//! [`StackWeights`] weigh several by them, and a [`Stack`] is the weighted sum.

mod base_estimator;
mod out_of_fold;
mod stack;
mod stack_objective;
mod stack_weights;

pub use base_estimator::{BaseEstimator, FeatureSubset};
pub(crate) use out_of_fold::{FoldSplit, OutOfFoldScores};
pub use stack::Stack;
pub(crate) use stack_weights::StackWeights;
