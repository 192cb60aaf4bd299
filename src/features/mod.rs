//! From tokens to TF-IDF features.
//!
//! - [`TfIdfOptions`] says which n-grams count and how; fitted, through linfa's `Fit` on
//!   [`TfIdfParams`] or directly, it becomes
//! - [`TfIdf`], a fitted vocabulary with its idf weights, whose `Transformer` turns texts into
//! - [`SparseRows`], compressed sparse rows of `f32` with `u32` columns.
//!
//! Fitting reads every text once, in parallel over chunks whose boundaries depend on the texts
//! alone; columns are sorted by term, so the result is the same on any number of threads. The
//! idf comes from the fit and never from the texts that are transformed.
//!
//! ```
//! use linfa::traits::{Fit, Transformer};
//! use standpoint::{features::{DocumentFrequency, TfIdfOptions, TfIdfParams}, text::Texts};
//!
//! let texts: Texts = ["talks in Geneva", "talks failed"].into_iter().collect();
//! let options = TfIdfOptions { min_df: DocumentFrequency::Count(1), ..TfIdfOptions::default() };
//! let tfidf = TfIdfParams::from(options).fit(&linfa::DatasetBase::new(texts.clone(), ()))?;
//! let rows = tfidf.transform(&texts);
//! assert_eq!((rows.rows(), rows.columns()), (2, 7));
//! assert_eq!(tfidf.vocabulary().term(0), "failed");
//! # Ok::<(), standpoint::Error>(())
//! ```

mod compounds;
mod count;
mod fit;
mod grams;
mod keys;
mod options;
mod rows;
mod scratch;
mod tfidf;
mod vocabulary;

pub use options::{
    DocumentFrequency, Idf, NGrams, Norm, TermFrequency, TfIdfOptions, TfIdfParams, TfIdfValidParams,
};
pub use rows::{Row, SparseRows};
pub use scratch::Scratch;
pub use tfidf::{Occurrence, TfIdf};
pub use vocabulary::Vocabulary;
