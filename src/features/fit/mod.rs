//! Fitting: one pass over the texts, in parallel, with a result that does not depend on the number
//! of threads.
//!
//! 1. *Encode* (`encode.rs`). Chunks of texts of a fixed size become sequences of numbers of their
//!    own words (`chunk.rs`). The words of all chunks are merged, sorted, and numbered anew
//!    (`merge.rs`).
//! 2. *Find n-grams* (`ngrams.rs`). The places of a word are a list; sorted by the word that
//!    follows there, it falls into the lists of two-word n-grams, and so on. A list of too few
//!    documents is dropped with all its longer n-grams. Character n-grams are found in the same way
//!    in the distinct words (`characters.rs`).
//! 3. *Transpose* (`postings.rs`, `transpose.rs`). Postings, which are lists of documents by term,
//!    become rows of terms by document.
//!
//! No n-gram is spelled, hashed or looked up on the way, and terms come out in the order of their
//! bytes. Every sum is over whole numbers, and every order is that of the texts or of the terms.

mod characters;
mod chunk;
mod compound_parts;
mod encode;
mod limits;
mod merge;
mod ngrams;
mod postings;
mod sequence;
mod stem_sequences;
mod tokenize;
mod transpose;
mod word_table;

pub(crate) use stem_sequences::{StemCounts, StemSequences};
pub(crate) use tokenize::tokenized;

use super::compounds::CompoundSplitter;
use super::options::TfIdfOptions;
use super::rows::SparseRows;
use super::tfidf::TfIdf;
use super::vocabulary::Vocabulary;
use crate::io::Progress;
use crate::text::{LanguageSet, Texts};
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use characters::CharNGrams;
use encode::EncodedCorpus;
use limits::DfLimits;
use ngrams::TermTable;
use postings::{Postings, UNSELECTED};
use word_table::WordTable;

/// A fitted transformer, and the postings that the rows of the texts are made of.
struct Fitted {
    tfidf: TfIdf,
    corpus: EncodedCorpus,
    postings: Postings,
    grams: CharNGrams,
}

impl Fitted {
    /// Returns the transformer and the rows of the texts that it was fitted on.
    fn rows(self) -> (TfIdf, SparseRows) {
        let rows = transpose::rows(self.corpus, self.postings, self.grams, &self.tfidf);
        (self.tfidf, rows)
    }
}

impl TfIdf {
    /// Fits the vocabulary and its idf on `texts`.
    ///
    /// # Errors
    /// A usage error for options out of range, a data error if no term is left.
    pub fn fit(options: &TfIdfOptions, texts: &Texts, progress: &dyn Progress) -> Result<Self> {
        options.verify()?;
        Ok(fit(options, texts, progress)?.tfidf)
    }

    /// Fits on `texts` and transforms them, in one pass over the texts.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub fn fit_transform(
        options: &TfIdfOptions,
        texts: &Texts,
        progress: &dyn Progress,
    ) -> Result<(Self, SparseRows)> {
        options.verify()?;
        Ok(fit(options, texts, progress)?.rows())
    }
}

fn fit(options: &TfIdfOptions, texts: &Texts, progress: &dyn Progress) -> Result<Fitted> {
    if options.buckets.is_some() {
        return Err(Error::usage(
            "hashed n-grams come from models of fastText and are not fitted",
        ));
    }
    let limits = DfLimits::new(options, texts.len());
    let languages = LanguageSet::of_corpus(texts, options.tokens.language);
    let mut corpus = encode::encode(options, languages, texts, &limits, progress)?;
    let parts = (options.compounds && options.has_unigrams() && corpus.has_compounds())
        .then(|| corpus.split_compounds(&limits));
    let (words, grams) = find(options, &mut corpus, &limits)?;
    let count = words.terms.len() + grams.terms.len();
    if count == 0 {
        return Err(no_term(&limits, texts.len()));
    }
    if count >= UNSELECTED as usize {
        return Err(Error::data("more than 4 billion terms").help(wording![
            "raise ",
            Setting::MinDf,
            " or set ",
            Setting::MaxFeatures
        ]));
    }
    let tfidf = transformer(options, &corpus, parts, &words, &grams)?;
    Ok(Fitted {
        tfidf,
        corpus,
        postings: words.postings,
        grams,
    })
}

fn find(
    options: &TfIdfOptions,
    corpus: &mut EncodedCorpus,
    limits: &DfLimits,
) -> Result<(TermTable, CharNGrams)> {
    let mut words = options
        .word_ngrams
        .map(|range| ngrams::word_ngrams(corpus, range, limits))
        .unwrap_or_default();
    if options.char_ngrams.is_some() && !corpus.words.fits_in_sequence() {
        return Err(
            Error::data("the different words have more than 4 billion letters")
                .help("train on a sample"),
        );
    }
    let mut grams = options
        .char_ngrams
        .map(|range| characters::find(corpus, range, limits))
        .unwrap_or_default();
    keep_most_frequent(options, &mut words, &mut grams);
    if grams.terms.is_empty() {
        corpus.sequence = Vec::new();
    }
    Ok((words, grams))
}

/// Keeps the most frequent terms up to the limit of their number; ties go to the first column.
fn keep_most_frequent(options: &TfIdfOptions, words: &mut TermTable, grams: &mut CharNGrams) {
    let Some(limit) = options.max_features.map(|limit| limit as usize) else {
        return;
    };
    let all = words.terms.iter().chain(&grams.terms);
    let mut order: Vec<(u32, usize)> = all
        .enumerate()
        .map(|(column, term)| (term.occurrences, column))
        .collect();
    if order.len() <= limit {
        return;
    }
    order.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut keep = vec![false; order.len()];
    order[..limit]
        .iter()
        .for_each(|&(_, column)| keep[column] = true);
    let (of_words, of_grams) = keep.split_at(words.terms.len());
    words.retain(of_words);
    grams.retain(of_grams);
}

fn no_term(limits: &DfLimits, documents: usize) -> Error {
    let (least, most) = (limits.min, limits.max);
    if least as f64 > most && documents as u64 >= least {
        return Error::usage(format!(
            "min-df is {least} documents, above max-df, which is {most}"
        ))
        .help("a number without a point counts documents: write 1.0 for all of them");
    }
    Error::data(format!(
        "no term occurs in {least} to {most} of the {documents} documents"
    ))
    .help(wording![
        "lower ",
        Setting::MinDf,
        ", raise ",
        Setting::MaxDf,
        ", or give more text"
    ])
}

fn transformer(
    options: &TfIdfOptions,
    corpus: &EncodedCorpus,
    parts: Option<CompoundSplitter>,
    words: &TermTable,
    grams: &CharNGrams,
) -> Result<TfIdf> {
    let vocabulary = vocabulary(&corpus.words, words, grams)?;
    let parts = parts.map(|parts| parts.under(vocabulary.keys()));
    let df = words
        .terms
        .iter()
        .chain(&grams.terms)
        .map(|term| u64::from(term.df));
    Ok(TfIdf::new(
        options,
        vocabulary,
        corpus.languages,
        parts,
        corpus.documents.len(),
        df,
    ))
}

/// Returns the vocabulary of all terms.
fn vocabulary(words: &WordTable, found: &TermTable, grams: &CharNGrams) -> Result<Vocabulary> {
    let columns = found.terms.len() + grams.terms.len();
    let (mut arena, mut ends) = (Vec::new(), Vec::with_capacity(columns));
    for of in found.numbers() {
        for (place, &word) in of.iter().enumerate() {
            arena.extend_from_slice(if place == 0 { b"" } else { b" " });
            arena.extend_from_slice(words.word(word));
        }
        ends.push(arena.len() as u64);
    }
    for term in 0..grams.terms.len() {
        arena.extend_from_slice(grams.spelling(term));
        ends.push(arena.len() as u64);
    }
    arena.shrink_to_fit();
    Vocabulary::new(arena.into(), ends.into(), found.terms.len())
}
