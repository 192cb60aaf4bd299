//! Training: from a labelled corpus to a [`Model`](crate::Model).
//!
//! - a [`Trainer`] holds the options; [`Trainer::train`] fits features and heads;
//! - [`Trainer::train_from`] goes on from an older model, [`Trainer::correct`] corrects one;
//! - a [`Retrainer`] does so again and again, on answers that keep coming;
//! - a [`BatchTrainer`] learns from files that do not fit into memory;
//! - [`CrossValidation`] collects the predictions of models trained on different documents.
//!
//! Every head takes the same way: its weights are fitted, out of fold as well where calibration,
//! thresholds or a stack need scores of unseen documents, and its decision rule is chosen on those
//! scores.

mod cross_validation;
mod decision_rule;
mod out_of_fold;
mod part;
mod profile;
mod recipe;
mod record;
mod repeat;
mod retrain;
mod selection;
mod stream;
mod trainer;
mod warm_start;

pub use cross_validation::CrossValidation;
pub(crate) use decision_rule::stack_decisions;
pub(crate) use out_of_fold::{FoldFeatures, FoldFitter};
pub use part::CorpusPart;
pub use record::{TrainingKind, TrainingRecord};
pub use repeat::{Repeated, TrainingData};
pub use retrain::Retrainer;
pub use selection::{HeadSelection, ScoredSetting, Selection};
pub use stream::BatchTrainer;
pub use trainer::{ClassWeights, Trainer, TrainingRun};
