//! The fitted transformer of texts to TF-IDF features.
//!
//! A value is `tf · idf`, divided by the norm; formulas and defaults are those of scikit-learn's
//! `TfidfVectorizer` (its user guide, section "Tf-idf term weighting").

use super::compounds::CompoundSplitter;
use super::options::TfIdfOptions;
use super::scratch::next_id;
use super::vocabulary::Vocabulary;
use super::weighting::{idf, tf};
use crate::io::storage::Buffer;
use crate::text::LanguageSet;
use crate::{Error, Result};

/// A fitted vocabulary with the idf of its terms.
#[derive(Debug, Clone)]
pub struct TfIdf {
    pub(super) options: TfIdfOptions,
    pub(super) vocabulary: Vocabulary,
    pub(super) idf: Buffer<f32>,
    pub(super) languages: LanguageSet,
    /// Splitter of compounds, where their parts are features.
    pub(super) parts: Option<CompoundSplitter>,
    /// Term frequencies of small counts, which save a logarithm each.
    pub(super) tf: Vec<f64>,
    /// Number of the transformer in this process, by which scratch memory knows it.
    pub(super) id: u64,
}

/// Idf at most: no formula yields more for any number of documents that fits into 64 bits.
const MAX_IDF: f32 = 100.0;
/// Counts below this have their term frequency in a table; hardly any text holds a term more often.
const TABLED_COUNTS: u32 = 64;

impl TfIdf {
    /// Returns a transformer of terms that `df` of `documents` documents hold.
    pub(super) fn new(
        options: &TfIdfOptions,
        vocabulary: Vocabulary,
        languages: LanguageSet,
        parts: Option<CompoundSplitter>,
        documents: usize,
        df: impl Iterator<Item = u64>,
    ) -> Self {
        let idf: Vec<f32> = df
            .map(|df| idf(options.idf, documents, df) as f32)
            .collect();
        Self::with_idf(options.clone(), vocabulary, idf.into(), languages, parts)
    }

    /// Returns the transformer with the idf of a corpus of `documents`, of which `df` hold each
    /// term.
    pub(crate) fn with_document_frequencies(self, documents: u64, df: &[u64]) -> Self {
        let idf: Vec<f32> = df
            .iter()
            .map(|&df| idf(self.options.idf, documents as usize, df.max(1)) as f32)
            .collect();
        TfIdf {
            idf: idf.into(),
            ..self
        }
    }

    /// Returns a transformer with the same options and languages.
    pub(super) fn with_vocabulary(
        &self,
        vocabulary: Vocabulary,
        idf: Buffer<f32>,
        parts: Option<CompoundSplitter>,
    ) -> Self {
        Self::with_idf(self.options.clone(), vocabulary, idf, self.languages, parts)
    }

    /// Returns the transformer with another idf for each term.
    pub(super) fn with_weights(self, idf: Buffer<f32>) -> Self {
        TfIdf { idf, ..self }
    }

    fn with_idf(
        options: TfIdfOptions,
        vocabulary: Vocabulary,
        idf: Buffer<f32>,
        languages: LanguageSet,
        parts: Option<CompoundSplitter>,
    ) -> Self {
        let tf = (0..TABLED_COUNTS)
            .map(|count| tf(options.tf, count))
            .collect();
        TfIdf {
            options,
            vocabulary,
            idf,
            languages,
            parts,
            tf,
            id: next_id(),
        }
    }

    /// Returns the transformer of a model file.
    pub(crate) fn from_parts(
        options: TfIdfOptions,
        vocabulary: Vocabulary,
        idf: Buffer<f32>,
        languages: LanguageSet,
        parts: Option<Buffer<u8>>,
    ) -> Result<Self> {
        options.verify().map_err(|e| Error::model(e.message()))?;
        let buckets = options.buckets.map_or(0, |buckets| buckets.count);
        let vocabulary = vocabulary.with_buckets(buckets)?;
        if idf.len() != vocabulary.len() || !idf.iter().all(|&idf| idf > 0.0 && idf <= MAX_IDF) {
            return Err(Error::model("the idf weights do not fit the vocabulary"));
        }
        if parts.is_some() && !options.compounds {
            return Err(Error::model(
                "the parts of compounds do not fit the options",
            ));
        }
        let parts = parts.map(|words| CompoundSplitter::new(words, vocabulary.keys()));
        Ok(Self::with_idf(options, vocabulary, idf, languages, parts))
    }

    /// Returns the transformer with the number of its terms as their limit, so that n-grams are
    /// looked up whose words are no terms.
    pub(crate) fn limited(self) -> Self {
        let max_features = Some(self.vocabulary.len() as u32);
        TfIdf {
            options: TfIdfOptions {
                max_features,
                ..self.options
            },
            ..self
        }
    }

    /// Returns the options of the fit.
    pub fn options(&self) -> &TfIdfOptions {
        &self.options
    }

    /// Returns the terms.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Returns the idf of every column.
    pub fn idf(&self) -> &[f32] {
        &self.idf
    }

    /// Returns the languages of the corpus, one of which each text is in.
    pub fn languages(&self) -> LanguageSet {
        self.languages
    }

    /// Returns the words that compounds are split into, with a blank after each.
    pub(crate) fn parts(&self) -> Option<&Buffer<u8>> {
        self.parts.as_ref().map(|parts| &parts.words)
    }
}
