//! Options of features.

use crate::setters::setters;
use crate::text::{TokenOptions, WordRule};
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A range of n-gram lengths, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct NGrams {
    /// The shortest length, at least 1.
    pub min: u8,
    /// The longest length, at least `min` and at most [`NGrams::MAX_LENGTH`].
    pub max: u8,
}

impl NGrams {
    /// Length at most: longer n-grams hardly ever occur twice.
    pub const MAX_LENGTH: u8 = 16;

    /// Returns the lengths from `min` to `max`.
    pub const fn new(min: u8, max: u8) -> Self {
        NGrams { min, max }
    }

    /// Returns the number of lengths.
    pub(super) fn lengths(self) -> usize {
        usize::from(self.max.saturating_sub(self.min)) + 1
    }
}

/// `1-2`, `1,2` or `2`.
impl FromStr for NGrams {
    type Err = Error;

    fn from_str(range: &str) -> Result<Self> {
        let (min, max) = range.split_once(['-', ',']).unwrap_or((range, range));
        match (min.trim().parse(), max.trim().parse()) {
            (Ok(min), Ok(max)) => Ok(NGrams { min, max }),
            _ => Err(
                Error::usage(format!("`{range}` is no range of n-gram lengths"))
                    .help("write it as 1-2"),
            ),
        }
    }
}

impl fmt::Display for NGrams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.min, self.max)
    }
}

/// A limit on the number of documents that hold a term.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentFrequency {
    /// A number of documents.
    Count(u64),
    /// A share of all documents, from 0 to 1.
    Share(f64),
}

impl DocumentFrequency {
    /// Returns the limit as a number of documents of a corpus of `documents`.
    pub fn of(self, documents: usize) -> f64 {
        match self {
            DocumentFrequency::Count(count) => count as f64,
            DocumentFrequency::Share(share) => share * documents as f64,
        }
    }

    fn is_valid(self) -> bool {
        match self {
            DocumentFrequency::Count(_) => true,
            DocumentFrequency::Share(share) => (0.0..=1.0).contains(&share),
        }
    }
}

/// A whole number is a count, a number with a point a share: `2`, `0.5`, `1.0`.
impl FromStr for DocumentFrequency {
    type Err = Error;

    fn from_str(limit: &str) -> Result<Self> {
        let wrong = || {
            Error::usage(format!("`{limit}` is no document frequency"))
                .help("write a number of documents as 2, a share of all documents as 0.5")
        };
        if limit.contains('.') {
            return limit
                .parse()
                .map(DocumentFrequency::Share)
                .map_err(|_| wrong());
        }
        limit
            .parse()
            .map(DocumentFrequency::Count)
            .map_err(|_| wrong())
    }
}

impl fmt::Display for DocumentFrequency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DocumentFrequency::Count(count) => write!(f, "{count}"),
            DocumentFrequency::Share(share) => write!(f, "{share:?}"),
        }
    }
}

/// Weight of the number of times that a document holds a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TermFrequency {
    /// `1 + ln(count)`.
    Sublinear,
    /// `count`.
    Raw,
    /// 1.
    Binary,
}

/// Inverse document frequency of a term that `df` of `n` documents hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Idf {
    /// `ln((1 + n) / (1 + df)) + 1`, scikit-learn's default.
    Smooth,
    /// `ln(n / df) + 1`, scikit-learn's `smooth_idf=False`.
    Plain,
    /// 1.
    None,
}

/// Norm that a row is divided by. Word and character n-grams are normed each by themselves, so that
/// the many character n-grams do not drown the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Norm {
    /// Euclidean length 1.
    L2,
    /// Sum of absolute values 1.
    L1,
    /// No norm.
    None,
}

/// Hashed n-grams of words and characters, whose columns come after those of the terms.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Buckets {
    /// Number of buckets.
    pub count: u32,
    /// Lengths of n-grams of words, 2 at least, if there are any.
    pub word_ngrams: Option<NGrams>,
    /// Lengths of n-grams of characters, if there are any.
    pub char_ngrams: Option<NGrams>,
}

impl Buckets {
    /// Returns so many buckets of n-grams of these lengths.
    pub fn new(count: u32, word_ngrams: Option<NGrams>, char_ngrams: Option<NGrams>) -> Self {
        Buckets {
            count,
            word_ngrams,
            char_ngrams,
        }
    }

    /// Checks the buckets against the other options of features.
    pub(super) fn verify(self, options: &TfIdfOptions) -> Result<()> {
        let lengths = |range: Option<NGrams>, least: u8| {
            range.is_none_or(|range| {
                least <= range.min && range.min <= range.max && range.max <= NGrams::MAX_LENGTH
            })
        };
        let any = self.word_ngrams.is_some() || self.char_ngrams.is_some();
        let fit = any && lengths(self.word_ngrams, 2) && lengths(self.char_ngrams, 1);
        if self.count == 0 || !fit {
            return Err(Error::usage(
                "the buckets of hashed n-grams are out of range",
            ));
        }
        let alone = options.char_ngrams.is_none() && options.word_ngrams == Some(NGrams::new(1, 1));
        match options.tokens.words == WordRule::FastText && alone {
            true => Ok(()),
            false => Err(Error::usage(
                "hashed n-grams stand beside single words as fastText cuts them alone",
            )),
        }
    }
}

/// Options of TF-IDF features; `TfIdfParams` are their adapter for linfa.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TfIdfOptions {
    /// Options of the tokeniser.
    pub tokens: TokenOptions,
    /// Lengths of word n-grams, if any; default 1 to 2, because stance hangs on pairs such as
    /// `not support`.
    pub word_ngrams: Option<NGrams>,
    /// Parts of compounds as features: words of the corpus of four letters and more, where single
    /// words are features and the language compounds; default true.
    pub compounds: bool,
    /// Lengths of character n-grams inside words, if any; default none. A word is padded with one
    /// blank on each side, as scikit-learn's `char_wb` does.
    pub char_ngrams: Option<NGrams>,
    /// Document frequency of a term at least; default 2.
    pub min_df: DocumentFrequency,
    /// Document frequency of a term at most; default all documents.
    pub max_df: DocumentFrequency,
    /// Number of terms at most, the most frequent ones; ties go to the term that sorts first.
    pub max_features: Option<u32>,
    /// Term frequency; default sublinear.
    pub tf: TermFrequency,
    /// Inverse document frequency; default smooth.
    pub idf: Idf,
    /// Norm of a row; default L2.
    pub norm: Norm,
    /// The exponent of the norm, from 0 to 2; default 1. A row is `tf · idf / ‖tf · idf‖ᵉ`: 1
    /// brings all rows to one length, 0 leaves them as they are, and above 1 short texts count for
    /// more than long ones, which hold a few words of every subject (a pivoted normalisation as
    /// that of Singhal, Buckley and Mitra, SIGIR 1996, with the pivot at 1).
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub norm_exponent: f64,
    /// Hashed n-grams beside the terms, if any; default none. They come from models of fastText and
    /// are not fitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buckets: Option<Buckets>,
}

fn one() -> f64 {
    1.0
}

// serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_one(exponent: &f64) -> bool {
    *exponent == 1.0
}

setters!(TfIdfOptions {
    tokens: TokenOptions,
    word_ngrams: Option<NGrams>,
    compounds: bool,
    char_ngrams: Option<NGrams>,
    min_df: DocumentFrequency,
    max_df: DocumentFrequency,
    max_features: Option<u32>,
    tf: TermFrequency,
    idf: Idf,
    norm: Norm,
    norm_exponent: f64,
    buckets: Option<Buckets>,
});

impl Default for TfIdfOptions {
    fn default() -> Self {
        TfIdfOptions {
            tokens: TokenOptions::default(),
            word_ngrams: Some(NGrams::new(1, 2)),
            compounds: true,
            char_ngrams: None,
            min_df: DocumentFrequency::Count(2),
            max_df: DocumentFrequency::Share(1.0),
            max_features: None,
            tf: TermFrequency::Sublinear,
            idf: Idf::Smooth,
            norm: Norm::L2,
            norm_exponent: 1.0,
            buckets: None,
        }
    }
}

impl TfIdfOptions {
    /// Checks the options against each other.
    ///
    /// # Errors
    /// A usage error that names the option.
    pub fn verify(&self) -> Result<()> {
        if self.word_ngrams.is_none() && self.char_ngrams.is_none() {
            return Err(Error::usage(
                "neither word nor character n-grams are asked for",
            ));
        }
        for range in self.word_ngrams.iter().chain(&self.char_ngrams) {
            if range.min == 0 || range.max < range.min || range.max > NGrams::MAX_LENGTH {
                return Err(
                    Error::usage(format!("n-gram lengths {range} are out of range")).help(format!(
                        "from 1 to {}, the shorter first",
                        NGrams::MAX_LENGTH
                    )),
                );
            }
        }
        if !self.min_df.is_valid() || !self.max_df.is_valid() {
            return Err(Error::usage(
                "a share of documents must lie between 0.0 and 1.0",
            ));
        }
        if !(0.0..=2.0).contains(&self.norm_exponent) {
            return Err(Error::usage(format!(
                "a norm exponent of {} is out of range",
                self.norm_exponent
            ))
            .help("from 0 to 2"));
        }
        if self.max_features == Some(0) {
            return Err(Error::usage("max-features must be at least 1"));
        }
        self.buckets.map_or(Ok(()), |buckets| buckets.verify(self))
    }
}
