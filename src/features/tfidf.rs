//! The fitted transformer: texts to rows, one row to its terms.
//!
//! A value is `tf · idf`, brought to length by the norm; formulas and defaults are those of
//! scikit-learn's `TfidfVectorizer` (its user guide, section "Tf-idf term weighting").

use super::count::Counter;
use super::fit::{self, Fitted};
use super::grams::GramWalk;
use super::options::{Idf, Norm, TermFrequency, TfIdfOptions, TfIdfValidParams};
use super::rows::{Row, SparseRows};
use super::vocabulary::Vocabulary;
use crate::progress::{Progress, Silent};
use crate::storage::Buffer;
use crate::text::{Texts, Tokenizer, Tokens};
use crate::{Error, Result};
use linfa::DatasetBase;
use linfa::traits::{Fit, Transformer};
use rayon::prelude::*;
use std::ops::Range;

/// A fitted vocabulary with its idf weights.
#[derive(Debug, Clone)]
pub struct TfIdf {
    options: TfIdfOptions,
    vocabulary: Vocabulary,
    idf: Buffer<f32>,
}

/// Memory that is reused from text to text; one for each thread.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    tokens: Tokens,
    walk: GramWalk,
    counter: Counter,
    counts: Vec<(u32, u32)>,
    columns: Vec<u32>,
    values: Vec<f32>,
}

/// A known term of a text and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Occurrence {
    /// The term's column.
    pub column: u32,
    /// Byte offsets into the text, at character boundaries. A character n-gram is shown as the
    /// word that holds it.
    pub span: Range<usize>,
}

/// Texts are transformed in runs of this many bytes.
const RUN_BYTES: usize = 1 << 18;

impl TfIdf {
    /// Fits the vocabulary and its idf on `texts`.
    ///
    /// # Errors
    /// A usage error for options out of range, a data error if no term is left.
    pub fn fit(options: &TfIdfOptions, texts: &Texts, progress: &dyn Progress) -> Result<Self> {
        Ok(Self::fit_counts(options, texts, progress)?.0)
    }

    /// Fits on `texts` and transforms them, reading each text only once.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub fn fit_transform(
        options: &TfIdfOptions,
        texts: &Texts,
        progress: &dyn Progress,
    ) -> Result<(Self, SparseRows)> {
        let (tfidf, fitted) = Self::fit_counts(options, texts, progress)?;
        let runs: Vec<SparseRows> =
            fitted.counts.into_par_iter().map(|chunk| tfidf.weigh_chunk(chunk)).collect();
        let rows = tfidf.gather(runs);
        Ok((tfidf, rows))
    }

    fn fit_counts(options: &TfIdfOptions, texts: &Texts, progress: &dyn Progress) -> Result<(Self, Fitted)> {
        options.verify()?;
        let mut fitted = fit::fit(options, texts, progress)?;
        let idf: Vec<f32> = fitted.df.iter().map(|&df| idf(options.idf, texts.len(), df) as f32).collect();
        let vocabulary = std::mem::take(&mut fitted.vocabulary);
        Ok((TfIdf { options: options.clone(), vocabulary, idf: idf.into() }, fitted))
    }

    /// A transformer of a model file.
    pub(crate) fn from_parts(
        options: TfIdfOptions,
        vocabulary: Vocabulary,
        idf: Buffer<f32>,
    ) -> Result<Self> {
        options.verify().map_err(|e| Error::model(e.message()))?;
        if idf.len() != vocabulary.len() || !idf.iter().all(|idf| idf.is_finite() && *idf > 0.0) {
            return Err(Error::model("the idf weights do not fit the vocabulary"));
        }
        Ok(TfIdf { options, vocabulary, idf })
    }

    /// The options of the fit.
    pub fn options(&self) -> &TfIdfOptions {
        &self.options
    }

    /// The terms.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The idf weight of every column.
    pub fn idf(&self) -> &Buffer<f32> {
        &self.idf
    }

    /// Turns texts into rows, in parallel.
    pub fn transform_texts(&self, texts: &Texts) -> SparseRows {
        let runs = texts.chunks(RUN_BYTES);
        self.gather(runs.into_par_iter().map(|run| self.transform_run(texts, run)).collect())
    }

    fn transform_run(&self, texts: &Texts, run: Range<usize>) -> SparseRows {
        let (mut rows, mut scratch) = (SparseRows::new(self.vocabulary.len()), Scratch::default());
        for index in run {
            let row = self.row(texts.get(index), &mut scratch);
            rows.push(row.columns, row.values);
        }
        rows
    }

    fn gather(&self, runs: Vec<SparseRows>) -> SparseRows {
        let mut rows = SparseRows::new(self.vocabulary.len());
        runs.into_iter().for_each(|run| rows.append(run));
        rows
    }

    /// The row of one text, in memory that the next call reuses.
    pub fn row<'s>(&self, text: &str, scratch: &'s mut Scratch) -> Row<'s> {
        Tokenizer::new(self.options.language).tokenize(text, &mut scratch.tokens);
        scratch.counter.clear();
        scratch.walk.walk(&scratch.tokens, &self.options, |gram| scratch.counter.add(gram));
        scratch.counts.clear();
        let known = scratch.counter.entries().iter();
        scratch.counts.extend(known.filter_map(|e| Some((self.vocabulary.column(e.key)?, e.count))));
        self.weigh(scratch);
        Row { columns: &scratch.columns, values: &scratch.values }
    }

    /// Every known term of a text, at every place where it stands, in text order.
    pub fn occurrences(&self, text: &str) -> Vec<Occurrence> {
        let (mut tokens, mut found) = (Tokens::default(), Vec::new());
        Tokenizer::new(self.options.language).tokenize(text, &mut tokens);
        GramWalk::default().walk(&tokens, &self.options, |gram| {
            if let Some(column) = self.vocabulary.column(gram.key) {
                found.push(Occurrence { column, span: gram.origin.span(&tokens) });
            }
        });
        found
    }

    fn weigh_chunk(&self, chunk: fit::ChunkCounts) -> SparseRows {
        let (mut rows, mut scratch) = (SparseRows::new(self.vocabulary.len()), Scratch::default());
        for counts in chunk.texts() {
            scratch.counts.clear();
            scratch.counts.extend(counts);
            self.weigh(&mut scratch);
            rows.push(&scratch.columns, &scratch.values);
        }
        rows
    }

    /// Turns `scratch.counts` into columns and values.
    fn weigh(&self, scratch: &mut Scratch) {
        let Scratch { counts, columns, values, .. } = scratch;
        counts.sort_unstable();
        columns.clear();
        columns.extend(counts.iter().map(|&(column, _)| column));
        let weight = |&(column, count): &(u32, u32)| self.tf(count) * f64::from(self.idf[column as usize]);
        let words = columns.partition_point(|&column| (column as usize) < self.vocabulary.words());
        values.clear();
        for part in [&counts[..words], &counts[words..]] {
            let length = self.length(part.iter().map(weight));
            values.extend(part.iter().map(|entry| (weight(entry) / length) as f32));
        }
    }

    fn tf(&self, count: u32) -> f64 {
        match self.options.tf {
            TermFrequency::Sublinear => 1.0 + f64::from(count).ln(),
            TermFrequency::Raw => f64::from(count),
            TermFrequency::Binary => 1.0,
        }
    }

    fn length(&self, values: impl Iterator<Item = f64>) -> f64 {
        match self.options.norm {
            Norm::L2 => values.map(|v| v * v).sum::<f64>().sqrt(),
            Norm::L1 => values.sum(),
            Norm::None => 1.0,
        }
    }
}

fn idf(idf: Idf, documents: usize, df: u64) -> f64 {
    let (n, df) = (documents as f64, df as f64);
    match idf {
        Idf::Smooth => ((1.0 + n) / (1.0 + df)).ln() + 1.0,
        Idf::Plain => (n / df).ln() + 1.0,
        Idf::None => 1.0,
    }
}

impl<T> Fit<Texts, T, Error> for TfIdfValidParams {
    type Object = TfIdf;

    fn fit(&self, dataset: &DatasetBase<Texts, T>) -> Result<TfIdf> {
        TfIdf::fit(&self.0, &dataset.records, &Silent)
    }
}

impl Transformer<&Texts, SparseRows> for TfIdf {
    fn transform(&self, texts: &Texts) -> SparseRows {
        self.transform_texts(texts)
    }
}

impl<T> Transformer<DatasetBase<Texts, T>, DatasetBase<SparseRows, T>> for TfIdf {
    fn transform(&self, dataset: DatasetBase<Texts, T>) -> DatasetBase<SparseRows, T> {
        let DatasetBase { records, targets, weights, .. } = dataset;
        DatasetBase::new(self.transform_texts(&records), targets).with_weights(weights)
    }
}
