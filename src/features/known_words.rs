//! Words of a text that a vocabulary knows, and those that it would know without the text.

use super::options::Idf;
use super::scratch::{NO_COLUMN, Scratch};
use super::tfidf::TfIdf;

/// Document frequencies of the terms of a fitted corpus, as its idf tells them.
#[derive(Debug)]
pub(crate) struct DocumentFrequencies {
    /// Documents that hold each term.
    documents: Vec<f64>,
    /// Least number of documents of a term in the vocabulary.
    min_df: f64,
}

impl DocumentFrequencies {
    /// Returns the document frequencies in a corpus of `documents` documents, on which the features
    /// were fitted; `None` for features without idf.
    pub(crate) fn of(tfidf: &TfIdf, documents: u64) -> Option<Self> {
        let all = documents as f64;
        let frequency = |&idf: &f32| {
            // The inverse of ln((1 + n) / (1 + df)) + 1, and of the same without the ones.
            let ratio = (f64::from(idf) - 1.0).exp();
            match tfidf.options.idf {
                Idf::Smooth => Some(((1.0 + all) / ratio - 1.0).round()),
                Idf::Plain => Some((all / ratio).round()),
                Idf::None => None,
            }
        };
        Some(DocumentFrequencies {
            documents: tfidf.idf.iter().map(frequency).collect::<Option<_>>()?,
            min_df: tfidf.options.min_df.of(documents as usize),
        })
    }

    /// Returns the number of documents that hold a term.
    pub(crate) fn documents(&self, column: usize) -> f64 {
        self.documents[column]
    }

    /// Returns true if the vocabulary would hold a term without one of its documents. A term of
    /// fewer documents than the least number is there because of texts without labels, and stays.
    pub(crate) fn is_held_without_one(&self, column: u32) -> bool {
        let documents = self.documents[column as usize];
        documents >= self.min_df + 1.0 || documents < self.min_df
    }
}

impl TfIdf {
    /// Returns the number of words of the text transformed last that are terms for which `counts`
    /// is true; `None` if single words are no terms.
    pub(crate) fn known_words(
        &self,
        scratch: &Scratch,
        counts: impl Fn(u32) -> bool,
    ) -> Option<usize> {
        self.options.word_ngrams.filter(|range| range.min == 1)?;
        let column = |&number: &u32| scratch.columns_of[number as usize];
        let known = scratch
            .numbers
            .iter()
            .map(column)
            .filter(|&column| column != NO_COLUMN && counts(column));
        Some(known.count())
    }
}

impl Scratch {
    /// Returns the number of words of the text transformed last.
    pub(crate) fn words_of_text(&self) -> usize {
        self.sequence.words.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::TfIdfOptions;
    use crate::io::Silent;
    use crate::text::Texts;

    #[test]
    fn a_word_of_one_other_text_is_not_held_without_this_one() {
        let texts: Texts = ["alpha beta", "alpha beta", "alpha gamma"]
            .into_iter()
            .collect();
        for idf in [Idf::Smooth, Idf::Plain] {
            let options = TfIdfOptions::default().idf(idf);
            let tfidf = TfIdf::fit(&options, &texts, &Silent).unwrap();
            let frequencies = DocumentFrequencies::of(&tfidf, 3).unwrap();
            let mut scratch = Scratch::default();
            tfidf.row("alpha beta delta".into(), &mut scratch);
            assert_eq!(scratch.words_of_text(), 3);
            assert_eq!(tfidf.known_words(&scratch, |_| true), Some(2));
            let without = |column| frequencies.is_held_without_one(column);
            assert_eq!(tfidf.known_words(&scratch, without), Some(1));
        }
        let options = TfIdfOptions::default().idf(Idf::None);
        let tfidf = TfIdf::fit(&options, &texts, &Silent).unwrap();
        assert!(DocumentFrequencies::of(&tfidf, 3).is_none());
    }
}
