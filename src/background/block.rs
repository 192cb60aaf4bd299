//! The block of word-vector features of a row.
//!
//! Each language has dimensions of its own. The vector of a stem of several languages is made of
//! theirs, each weighted by its share of the documents that hold the stem.

use super::vectors::{Background, LanguageVectors};
use crate::features::{ExternalWord, Row, SparseRows};
use crate::math::offsets;
use crate::text::Language;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use std::collections::BTreeMap;

/// Word vectors of the terms of a vocabulary.
pub(super) struct VectorBlock {
    background: Background,
    pub width: usize,
    /// Factor `k` of the block.
    pub scale: f64,
    /// End of each column's entries.
    ends: Vec<u32>,
    entries: Vec<StemShare>,
    /// Document frequency, in texts without labels, of each column's word, if no labelled text
    /// holds it.
    pub unlabelled: Vec<Option<u64>>,
}

/// A stem of one language, and its weight in a column.
#[derive(Debug, Clone, Copy)]
struct StemShare {
    /// Index of the language in the background.
    language: u32,
    /// First of the language's dimensions in the block.
    offset: u32,
    stem: u32,
    /// Share of the documents with this stem that are in this language.
    share: f32,
}

/// Returns the error of a background in other languages than the texts.
fn no_common_language(background: &Background, languages: &[Language]) -> Error {
    let named = |languages: &mut dyn Iterator<Item = Language>| {
        let names: Vec<String> = languages.map(|language| language.to_string()).collect();
        names.join(", ")
    };
    Error::data(format!(
        "the background is in {}, but the texts are in {}",
        named(&mut background.0.languages.iter().map(|of| of.language)),
        named(&mut languages.iter().copied())
    ))
    .help(wording![
        "learn a background from texts of the same languages, or name it with ",
        Setting::Language
    ])
}

/// The stems of some languages of a background.
pub(super) struct BackgroundStems<'b> {
    pub documents: u64,
    /// Stems of each spelling, by language and number.
    stems: BTreeMap<&'b [u8], Vec<StemShare>>,
    df: Vec<(u64, bool)>,
    width: usize,
}

impl<'b> BackgroundStems<'b> {
    pub(super) fn of(background: &'b Background, languages: &[Language]) -> Result<Self> {
        let mut words = BackgroundStems {
            documents: 0,
            stems: BTreeMap::new(),
            df: vec![],
            width: 0,
        };
        let all = background.0.languages.iter().enumerate();
        for (at, of) in all.filter(|(_, of)| languages.contains(&of.language)) {
            words.add(at, of);
        }
        if words.stems.is_empty() {
            return Err(no_common_language(background, languages));
        }
        words.complete(background);
        Ok(words)
    }

    /// Adds the stems of a language, with document frequencies in place of shares.
    fn add(&mut self, at: usize, of: &'b LanguageVectors) {
        self.documents += of.documents;
        for stem in 0..of.len() {
            let entry = StemShare {
                language: at as u32,
                offset: self.width as u32,
                stem: stem as u32,
                share: of.df[stem] as f32,
            };
            self.stems.entry(of.term(stem)).or_default().push(entry);
        }
        self.width += of.vectors.dimensions;
    }

    /// Sums up the document frequencies of each spelling, and divides them into shares.
    fn complete(&mut self, background: &Background) {
        for entries in self.stems.values_mut() {
            let compounds = |entry: &StemShare| {
                let language = background.0.languages[entry.language as usize].language;
                language
                    .own_rules()
                    .is_some_and(|rules| !rules.linking_elements.is_empty())
            };
            let compounding = entries.iter().any(compounds);
            let df = |entry: &StemShare| {
                u64::from(background.0.languages[entry.language as usize].df[entry.stem as usize])
            };
            let all: u64 = entries.iter().map(df).sum();
            entries
                .iter_mut()
                .for_each(|entry| entry.share /= all.max(1) as f32);
            self.df.push((all, compounding));
        }
    }

    pub(super) fn list(&self) -> Vec<ExternalWord<'b>> {
        let word = |(stem, &(df, compounding)): (&&'b [u8], &(u64, bool))| ExternalWord {
            stem,
            df,
            compounding,
        };
        self.stems.keys().zip(&self.df).map(word).collect()
    }
}

impl VectorBlock {
    pub(super) fn new(
        background: Background,
        words: &BackgroundStems<'_>,
        columns: &[u32],
        rows: &SparseRows,
    ) -> Self {
        let (mut ends, mut entries) = (Vec::with_capacity(rows.columns()), Vec::new());
        let mut unlabelled = vec![None; rows.columns()];
        columns
            .iter()
            .zip(&words.df)
            .for_each(|(&column, (df, _))| unlabelled[column as usize] = Some(*df));
        rows.iter()
            .flat_map(|row| row.columns)
            .for_each(|&column| unlabelled[column as usize] = None);
        let mut of_words = words.stems.values().zip(columns).peekable();
        for column in 0..rows.columns() as u32 {
            if let Some((own, _)) = of_words.next_if(|(_, at)| **at == column) {
                entries.extend_from_slice(own);
            }
            ends.push(entries.len() as u32);
        }
        VectorBlock {
            background,
            width: words.width,
            scale: 1.0,
            ends,
            entries,
            unlabelled,
        }
    }

    fn entries(&self, column: usize) -> &[StemShare] {
        &self.entries[offsets::range(&self.ends, column)]
    }

    /// Adds the block of a row.
    fn add(&self, row: Row<'_>, block: &mut [f64]) {
        for (column, value) in row.iter() {
            for entry in self.entries(column) {
                let vectors = &self.background.0.languages[entry.language as usize].vectors;
                let factor = self.scale * value * f64::from(entry.share);
                vectors.add(
                    entry.stem as usize,
                    factor,
                    &mut block[entry.offset as usize..],
                );
            }
        }
    }

    /// Returns the length of the blocks of `rows`: the root of the mean of their squares.
    pub(super) fn length(&self, rows: &SparseRows) -> f64 {
        let blocks = self.append_to(rows);
        let first = rows.columns();
        let squares = |row: Row<'_>| -> f64 {
            row.iter()
                .filter(|(column, _)| *column >= first)
                .map(|(_, value)| value * value)
                .sum()
        };
        (blocks.iter().map(squares).sum::<f64>() / rows.rows().max(1) as f64).sqrt()
    }

    /// Returns the rows with their blocks.
    pub(super) fn append_to(&self, rows: &SparseRows) -> SparseRows {
        rows.with_appended_columns(self.width, |row, block| self.add(row, block))
    }

    /// Adds to the weights of a column, by labels, the product of its vector with the weights of
    /// the block, by dimensions and labels.
    pub(super) fn fold(&self, column: usize, of_block: &[f64], weights: &mut [f64]) {
        let labels = weights.len();
        for entry in self.entries(column) {
            let vectors = &self.background.0.languages[entry.language as usize].vectors;
            let factor = self.scale * f64::from(entry.share);
            let own = of_block
                .get(entry.offset as usize * labels..)
                .unwrap_or_default();
            for (label, weight) in weights.iter_mut().enumerate() {
                let of_label = own.iter().skip(label).step_by(labels);
                *weight += factor * vectors.dot(entry.stem as usize, of_label.copied());
            }
        }
    }
}
