//! Parts of a corpus whose words were found side by side, on several machines.
//!
//! 1. Where the language of each text is to be detected, every machine makes a
//!    [`LanguageSurvey`](crate::text::LanguageSurvey) of its texts; merged, they tell the languages
//!    of the corpus.
//! 2. Every machine makes a [`CorpusPart`] of its texts: their words, stemmed and numbered, the
//!    frequencies of which are those of the part's own word table, and beside them labels, dates,
//!    sources and what else training needs. No text is in it.
//! 3. One machine [joins](CorpusPart::join) the parts to a corpus and trains on it as on any other.
//!
//! The words of the parts are merged and numbered anew as those of chunks are when features are
//! fitted in memory, so the model is that of one machine, byte for byte, in whatever parts the
//! corpus was cut. N-grams are counted where the model is trained: the different n-grams of a part
//! take more bytes than the numbers of its words, and folds for calibration and for the choice of
//! settings count them anew.

mod file;
mod join;
mod reader;

use crate::corpus::{Corpus, Shard};
use crate::features::{TfIdfOptions, tokenized};
use crate::text::{Language, LanguageSet, TokenOptions};
use crate::wording::{Setting, wording};
use crate::{Error, Result};

/// Part of a corpus, with the words of its texts in place of the texts.
///
/// ```
/// use standpoint::corpus::HeadKind;
/// use standpoint::features::TfIdfOptions;
/// use standpoint::text::{Language, TokenOptions};
/// use standpoint::train::CorpusPart;
/// use standpoint::{Corpus, Trainer};
///
/// let texts = [("a", "talks resumed", "diplomacy"), ("b", "shelling resumed", "conflict")];
/// let corpus = |texts: &[(&str, &str, &str)]| {
///     let mut builder = Corpus::builder();
///     builder.head("topic", HeadKind::Exclusive);
///     texts.iter().for_each(|(id, text, label)| builder.document(id, text, &[&[*label]]));
///     builder.finish()
/// };
/// let english = TokenOptions::default().language(Language::English);
/// let features = TfIdfOptions::default().tokens(english).min_df("1".parse()?);
/// let part = |texts| CorpusPart::new(corpus(texts)?, &features, None, None);
/// let (first, second) = (part(&texts[..1])?, part(&texts[1..])?);
/// let joined = CorpusPart::join_by_id([second, first])?;
/// let trainer = Trainer { features, ..Trainer::default() };
/// let model = trainer.train(&joined)?;
/// assert_eq!(model.to_bytes(), trainer.train(&corpus(&texts)?)?.to_bytes());
/// # Ok::<(), standpoint::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CorpusPart {
    tokens: TokenOptions,
    compounds: bool,
    languages: LanguageSet,
    shard: Option<Shard>,
    /// The documents, whose texts are tokenised.
    corpus: Corpus,
}

impl CorpusPart {
    /// Finds the words of a part of a corpus, as `features` count them. `languages` are those of the
    /// whole corpus, which are not needed where the options name the language; `shard` is the place
    /// of the part, by which parts can be joined.
    ///
    /// # Errors
    /// A usage error for options out of range, and without languages where they are to be detected.
    pub fn new(
        corpus: Corpus,
        features: &TfIdfOptions,
        languages: Option<LanguageSet>,
        shard: Option<Shard>,
    ) -> Result<Self> {
        features.verify()?;
        let languages = match features.tokens.language {
            Language::Auto => languages.ok_or_else(unknown_languages)?,
            language => LanguageSet::of(language),
        };
        Ok(CorpusPart {
            tokens: features.tokens,
            compounds: features.compounds,
            languages,
            shard,
            corpus: Corpus {
                texts: tokenized(features, languages, &corpus.texts),
                ..corpus
            },
        })
    }

    /// Returns the number of documents.
    pub fn documents(&self) -> usize {
        self.corpus.len()
    }

    /// Returns the place of the part in its corpus, where it is known.
    pub fn shard(&self) -> Option<Shard> {
        self.shard
    }

    /// Removes the ids of the documents, where they tell no more than their places.
    pub fn without_ids(mut self) -> Self {
        self.corpus.ids = (0..self.documents()).map(|_| "").collect();
        self.corpus.integer_ids.clear();
        self
    }

    /// Returns options of features with those by which the words of the part were found.
    pub fn with_options(&self, features: TfIdfOptions) -> TfIdfOptions {
        features.tokens(self.tokens).compounds(self.compounds)
    }

    /// Checks that the words of the part were found by these options.
    ///
    /// # Errors
    /// A usage error if they were found by others.
    pub fn verify_options(&self, features: &TfIdfOptions) -> Result<()> {
        if self.with_options(features.clone()) == *features {
            return Ok(());
        }
        Err(
            Error::usage("the words of the part were found by other options of tokens")
                .help("leave these options out: they are those of the part; or make it anew"),
        )
    }
}

fn unknown_languages() -> Error {
    Error::usage("a part does not tell the languages of the whole corpus").help(wording![
        "name the language with ",
        Setting::Language,
        ", or survey all parts first"
    ])
}
