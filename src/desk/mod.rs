//! Corrections: the answers of editors to the questions of a model, in a store that only grows.
//!
//! A [`CorrectionStore`] is one SQLite file. It keeps every answer as it was given: the article,
//! the head, the labels, who gave it and when, the model and its scores, and the reason for which
//! the article was shown. Nothing is changed or deleted: an undo is a row of its own that names the
//! row it undoes.
//!
//! A [`Learner`] makes models of the answers in force. Articles that wait lie in a [`Pool`], which
//! orders them by a [`QueryStrategy`] and keeps a share at random apart, on which [`test()`] measures
//! a model.
//!
//! [`CorrectionStore::articles`] gives the answers in force as rows of a canonical corpus, one an
//! article, with the columns of all annotators. [`ForeignAnswers`] are the answers in the exports
//! of Label Studio, doccano and Prodigy.

mod answers;
mod correction;
mod file;
mod history;
mod import;
mod inbox;
mod inbox_file;
mod learner;
mod pool;
mod rows;
mod store;
mod strategy;
mod summary;
mod test_set;

pub use answers::{AnnotatedArticle, Answer, HeadAnswers, RANDOM};
pub use correction::{Article, Correction, NewCorrection};
pub use history::{InService, KeptModel, NewModel};
pub use import::{AnnotationTool, ForeignAnswers, ForeignHead, ForeignReader};
pub use inbox::{InboxArticle, Skip};
pub use inbox_file::{InboxFile, read_articles};
pub use learner::{AnsweredRows, Learner};
pub use pool::{FlippedArticle, Pool, Queue, QueueRequest, QueuedArticle};
pub use store::{AnsweredText, CorrectionStore};
pub use strategy::QueryStrategy;
pub use summary::{HeadSummary, StoreSummary};
pub use test_set::{
    ConfusionMatrix, HeadAgreement, HeadTest, ModelsToTest, NamedMetric, PairedGap, RecentGap,
    agreement, gaps, test,
};
