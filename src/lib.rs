//! Standpoint turns labelled news articles into TF-IDF features in parallel, trains sparse linear
//! classifiers for several questions at once, saves them as one small safe file and scores new
//! articles with an exact explanation of every decision.
//!
//! A question is a [head](corpus::HeadKind): *exclusive* (exactly one label, such as the topic) or
//! *independent* (any number of labels, such as the stance). Every classifier is linear when it
//! predicts, so one kernel scores all of them and a score is always a bias plus a sum of
//! per-term contributions.
//!
#![cfg_attr(feature = "train", doc = "```")]
#![cfg_attr(not(feature = "train"), doc = "```ignore")]
//! use standpoint::{Corpus, Model, Trainer, corpus::HeadKind};
//!
//! let mut corpus = Corpus::builder();
//! corpus.head("topic", HeadKind::Exclusive);
//! corpus.document("a", "Shelling resumed along the front overnight", &[&["conflict"]]);
//! corpus.document("b", "The striker scored twice in the final", &[&["sport"]]);
//! corpus.document("c", "Troops crossed the front and opened fire", &[&["conflict"]]);
//! corpus.document("d", "The final ended with a late goal", &[&["sport"]]);
//! let corpus: Corpus = corpus.finish()?;
//!
//! let mut trainer = Trainer::default();
//! trainer.features.min_df = standpoint::features::DocumentFrequency::Count(1);
//! let model: Model = trainer.train(&corpus)?;
//! let scores = model.score("Artillery fire along the front");
//! assert_eq!(scores.heads[0].label(), Some("conflict"));
//! # Ok::<(), standpoint::Error>(())
//! ```
//!
//! The rooms, in the order in which data flows: [`corpus`], [`text`], [`check`], [`features`],
//! [`linear`], [`calibrate`], [`train`], [`model`], [`evaluate`], [`tune`], [`report`].
//!
//! Features, all on by default: `train` ([`train`], [`tune`]), `report` ([`report`]),
//! `exchange` ([`exchange`]), `desk` ([`desk`]), `compression` (corpora in gzip and Zstandard),
//! `parquet` (corpora and scores in Parquet), `html` (articles in web pages), `linfa` (its traits,
//! ndarray and sprs), `cli` (the program) and `serve` (its service over HTTP). A program that only
//! loads models and scores needs none of them.
#![deny(missing_docs)]
// What only training or reports call is not worth an attribute at each item; a build with all
// features finds what nothing calls.
#![cfg_attr(
    not(all(feature = "train", feature = "report", feature = "exchange")),
    allow(dead_code, unused_imports)
)]
#![deny(unsafe_code)]

pub mod background;
pub mod calibrate;
pub mod check;
mod container;
pub mod corpus;
pub mod dedup;
#[cfg(feature = "desk")]
pub mod desk;
mod error;
pub mod evaluate;
#[cfg(feature = "exchange")]
pub mod exchange;
pub mod features;
pub mod io;
mod json;
pub mod linear;
mod math;
pub mod model;
#[cfg(feature = "report")]
pub mod report;
mod setters;
pub mod split;
pub mod text;
#[cfg(feature = "train")]
pub mod train;
#[cfg(feature = "train")]
pub mod tune;
mod wording;
mod words;

pub use corpus::Corpus;
pub use error::{Error, ErrorKind, Result};
pub use model::Model;
#[cfg(feature = "train")]
pub use train::Trainer;

/// The names that most programs use.
///
/// ```
/// use standpoint::prelude::*;
/// let model = Model::embedded()?;
/// assert_eq!(model.heads().len(), 2);
/// # Ok::<(), Error>(())
/// ```
pub mod prelude {
    pub use crate::corpus::{
        ColumnMapping, Corpus, CorpusReader, HeadKind, ReadOptions, Schema, find_inputs,
    };
    pub use crate::evaluate::{Bootstrap, Metric, Predictions, compare, measure};
    pub use crate::features::{DocumentFrequency, NGrams, SparseRows, TfIdf, TfIdfOptions};
    pub use crate::io::{Progress, Silent};
    pub use crate::linear::{Classifier, LinearModel, LinearSvm, LogisticRegression};
    pub use crate::model::Model;
    pub use crate::split::Folds;
    pub use crate::text::Texts;
    #[cfg(feature = "train")]
    pub use crate::train::Trainer;
    pub use crate::{Error, ErrorKind, Result};
}
pub use wording::{NamedSetting, Setting, Wording};

/// Tests the example in the README.
#[cfg(all(doctest, feature = "train"))]
#[doc = include_str!("../README.md")]
struct Readme;

/// Tests the example in the page for users of linfa.
#[cfg(all(doctest, feature = "linfa"))]
#[doc = include_str!("../docs/linfa.md")]
struct Linfa;
