//! The union of a fitted vocabulary with words that were counted elsewhere.

use super::compounds::CompoundSplitter;
use super::options::Idf;
use super::rows::SparseRows;
use super::tfidf::TfIdf;
use super::vocabulary::Vocabulary;
use super::weighting::idf;
use crate::Result;
use crate::text::Texts;
use std::collections::HashSet;

/// A word that was counted in other texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExternalWord<'w> {
    pub stem: &'w [u8],
    /// Document frequency in the other texts.
    pub df: u64,
    /// True if its language compounds words.
    pub compounding: bool,
}

impl TfIdf {
    /// Adds distinct, sorted `words`, which were counted in `documents` other texts; returns the
    /// transformer, the column of each word, and the rows of `texts`, on which this was fitted.
    ///
    /// The idf of single words is that of all texts, and that of all other terms is that of
    /// `texts`.
    pub(crate) fn with_words(
        &self,
        words: &[ExternalWord<'_>],
        documents: u64,
        texts: &Texts,
    ) -> Result<(TfIdf, Vec<u32>, SparseRows)> {
        let (vocabulary, columns) = self.vocabulary().with_words(words)?;
        let parts = self.parts().map(|parts| {
            let more = words
                .iter()
                .filter(|word| word.compounding)
                .map(|word| word.stem);
            CompoundSplitter::with(parts, more, vocabulary.keys())
        });
        let plain = vec![1.0; vocabulary.len()];
        let union = self.with_vocabulary(vocabulary, plain.into(), parts);
        let mut df = vec![0u64; union.vocabulary().len()];
        let counted = union.transform_texts(texts);
        counted
            .iter()
            .flat_map(|row| row.columns)
            .for_each(|&column| df[column as usize] += 1);
        drop(counted);
        columns
            .iter()
            .zip(words)
            .for_each(|(&column, word)| df[column as usize] += word.df);
        let formula: Idf = self.options().idf;
        let of_column = |(column, &df): (usize, &u64)| {
            let single = union.vocabulary().is_single(column);
            let all = texts.len() as u64 + if single { documents } else { 0 };
            idf(formula, all as usize, df.max(1)) as f32
        };
        let idf: Vec<f32> = df.iter().enumerate().map(of_column).collect();
        let union = union.with_weights(idf.into());
        let rows = union.transform_texts(texts);
        Ok((union, columns, rows))
    }

    /// Returns the transformer without the terms for which `keep` is false; words that are left out
    /// are no parts of compounds any more.
    pub(crate) fn retained(&self, keep: &[bool]) -> Result<TfIdf> {
        let vocabulary = self.vocabulary();
        let kept = || (0..vocabulary.len()).filter(|&column| keep[column]);
        let (mut terms, mut ends) = (Vec::new(), Vec::new());
        for column in kept() {
            terms.extend_from_slice(vocabulary.spelling(column));
            ends.push(terms.len() as u64);
        }
        let words = kept()
            .take_while(|&column| column < vocabulary.words())
            .count();
        let dropped = (0..vocabulary.words()).filter(|&column| !keep[column]);
        let dropped: HashSet<&[u8]> = dropped.map(|column| vocabulary.spelling(column)).collect();
        let small = Vocabulary::new(terms.into(), ends.into(), words)?;
        let parts = self.parts().map(|parts| {
            let own = parts
                .split(|&byte| byte == b' ')
                .filter(|word| !dropped.contains(word));
            CompoundSplitter::with(b"", own.filter(|word| !word.is_empty()), small.keys())
        });
        let idf: Vec<f32> = kept().map(|column| self.idf()[column]).collect();
        Ok(self.with_vocabulary(small, idf.into(), parts))
    }
}

impl Vocabulary {
    /// Adds words to the terms; returns their columns.
    fn with_words(&self, words: &[ExternalWord<'_>]) -> Result<(Vocabulary, Vec<u32>)> {
        let (mut terms, mut ends, mut columns) = (Vec::new(), Vec::new(), Vec::new());
        let mut common = 0;
        let mut push = |term: &[u8]| {
            terms.extend_from_slice(term);
            ends.push(terms.len() as u64);
            ends.len() as u32 - 1
        };
        let mut more = words.iter().peekable();
        for column in 0..self.words() {
            let own = self.spelling(column);
            while let Some(word) = more.next_if(|word| word.stem < own) {
                columns.push(push(word.stem));
            }
            let at = push(own);
            if more.next_if(|word| word.stem == own).is_some() {
                columns.push(at);
                common += 1;
            }
        }
        more.for_each(|word| columns.push(push(word.stem)));
        let of_words = self.words() + words.len() - common;
        for column in self.words()..self.len() {
            push(self.spelling(column));
        }
        Ok((
            Vocabulary::new(terms.into(), ends.into(), of_words)?,
            columns,
        ))
    }

    /// Returns true if the term of a column is a single word.
    fn is_single(&self, column: usize) -> bool {
        column < self.words() && !self.spelling(column).contains(&b' ')
    }
}
