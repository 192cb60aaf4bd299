//! Features of texts.
//!
//! - [`TfIdf`], a vocabulary with its idf weights, is fitted by [`TfIdfOptions`] and transforms
//!   texts into
//! - [`SparseRows`], compressed sparse rows of `f32` with `u32` columns;
//! - [`Hashing`] makes such rows without a vocabulary;
//! - [`chi_squared`] finds the columns that are most associated with the labels.
//!
//! With the feature `linfa`, all of them implement linfa's traits, and `TfIdfParams` are its
//! parameters.
//!
//! Fitting reads every text once, in parallel over chunks whose boundaries depend on the texts
//! alone; columns are sorted by term, so the result is the same on any number of threads. The
//! idf comes from the fit and never from the texts that are transformed.
//!
//! Terms are looked up by 64-bit keys. A word's key begins as a seed; for each eight of its
//! normalised bytes, little-endian, the last filled with zeros, `k ← fold(k ⊕ block)`, where `fold`
//! is the product with an odd factor in 128 bits, upper half ⊕ lower half. The key of an n-gram of
//! words folds those of its words one after the other: `k ← m ⊕ (m ≫ 32)` with `m = (rotl(k, 23) ⊕
//! w) · 0x9E3779B97F4A7C15`; that of characters is their key as a word, folded so into
//! `0x6368617261637465`. A fitted or loaded vocabulary draws seed and factor at random, so that no
//! text and no model file can be prepared whose terms share keys; no result depends on them.
//! [`Hashing`] has its own seed and the factor `0xBB67AE8584CAA73B`.
//!
//! ```
//! use standpoint::features::{DocumentFrequency, TfIdf, TfIdfOptions};
//! use standpoint::io::Silent;
//! use standpoint::text::{Language, Texts, TokenOptions};
//!
//! let texts: Texts = ["talks in Geneva", "talks failed"].into_iter().collect();
//! let tokens = TokenOptions::default().language(Language::English);
//! let options = TfIdfOptions::default().tokens(tokens).min_df(DocumentFrequency::Count(1));
//! let (tfidf, rows) = TfIdf::fit_transform(&options, &texts, &Silent)?;
//! assert_eq!((rows.rows(), rows.columns()), (2, 7));
//! assert_eq!(tfidf.vocabulary().term(0), "fail");
//! # Ok::<(), standpoint::Error>(())
//! ```

mod buckets;
mod compounds;
mod count;
mod fit;
mod front_coding;
mod hashing;
mod known_words;
#[cfg(feature = "linfa")]
mod linfa_adapters;
mod ngram_keys;
mod occurrences;
mod options;
mod rows;
mod scratch;
mod select;
mod stem_keys;
mod term_table;
#[cfg(test)]
mod test_texts;
mod text_table;
mod tfidf;
mod transform;
mod union;
mod vocabulary;
mod weighting;

pub(crate) use fit::{StemCounts, StemSequences, tokenized};
pub(crate) use front_coding::FrontCoded;
pub use hashing::{Hashing, HashingOptions};
pub(crate) use known_words::DocumentFrequencies;
#[cfg(feature = "linfa")]
pub use linfa_adapters::{TfIdfParams, TfIdfValidParams};
pub use occurrences::Occurrence;
pub use options::{Buckets, DocumentFrequency, Idf, NGrams, Norm, TermFrequency, TfIdfOptions};
pub use rows::{Row, SparseRows};
pub(crate) use scratch::Scratch;
pub use select::{best_columns, chi_squared, chi_squared_multilabel};
pub use tfidf::TfIdf;
pub(crate) use union::ExternalWord;
pub use vocabulary::Vocabulary;
