//! The fitted transformer: texts to rows, one row to its terms.
//!
//! A value is `tf · idf`, brought to length by the norm; formulas and defaults are those of
//! scikit-learn's `TfidfVectorizer` (its user guide, section "Tf-idf term weighting").

use super::compounds::CompoundSplitter;
use super::count::{pack, sort_packed, unpack};
use super::fit;
use super::ngram_keys::{KeySequence, PaddedWord, characters, characters_key};
use super::options::{Idf, NGrams, Norm, TermFrequency, TfIdfOptions, TfIdfValidParams};
use super::rows::{Row, SparseRows};
use super::scratch::{NO_COLUMN, Scratch, WordCache, next_id};
use super::stems::{Stems, salt};
use super::vocabulary::Vocabulary;
use crate::math::hash::Keys;
use crate::progress::{Progress, Silent};
use crate::storage::Buffer;
use crate::text::{LanguageSet, Rules, Texts, Tokenizer, Tokens};
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
    languages: LanguageSet,
    /// Words among which compounds are cut, if they are.
    parts: Option<CompoundSplitter>,
    /// Term frequencies of small counts.
    tf: Vec<f64>,
    /// Tells this vocabulary from every other of the process.
    id: u64,
}

/// A known term of a text and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Occurrence {
    /// The term's column.
    pub column: u32,
    /// Byte offsets into the text, at character boundaries. A character n-gram and a part of a
    /// compound are shown as the word that holds them.
    pub span: Range<usize>,
    /// Whether the span is the term itself, and not a word that holds it.
    pub whole: bool,
}

/// Texts are transformed in runs of this many bytes.
const RUN_BYTES: usize = 1 << 18;
/// No idf of any formula is greater, however many documents there are.
const MAX_IDF: f32 = 100.0;
/// Counts below this have their term frequency in a table.
const TABLED_COUNTS: u32 = 64;

impl TfIdf {
    /// Fits the vocabulary and its idf on `texts`.
    ///
    /// # Errors
    /// A usage error for options out of range, a data error if no term is left.
    pub fn fit(options: &TfIdfOptions, texts: &Texts, progress: &dyn Progress) -> Result<Self> {
        options.verify()?;
        Ok(fit::fit(options, texts, progress)?.tfidf)
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
        options.verify()?;
        Ok(fit::fit(options, texts, progress)?.rows())
    }

    /// A transformer of terms that `df` documents of `documents` hold.
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

    /// The same terms with the idf of a corpus of `documents`, of which `df` hold each.
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

    /// The same options for another vocabulary.
    pub(super) fn with_vocabulary(
        &self,
        vocabulary: Vocabulary,
        idf: Buffer<f32>,
        parts: Option<CompoundSplitter>,
    ) -> Self {
        Self::with_idf(self.options.clone(), vocabulary, idf, self.languages, parts)
    }

    /// The same terms with other idf weights.
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

    /// A transformer of a model file.
    pub(crate) fn from_parts(
        options: TfIdfOptions,
        vocabulary: Vocabulary,
        idf: Buffer<f32>,
        languages: LanguageSet,
        parts: Option<Buffer<u8>>,
    ) -> Result<Self> {
        options.verify().map_err(|e| Error::model(e.message()))?;
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

    /// The options of the fit.
    pub fn options(&self) -> &TfIdfOptions {
        &self.options
    }

    /// The terms.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The idf weight of every column.
    pub fn idf(&self) -> &[f32] {
        &self.idf
    }

    /// The languages of the corpus, among which that of each text is decided.
    pub fn languages(&self) -> LanguageSet {
        self.languages
    }

    /// The words among which compounds are cut, with a blank after each.
    pub(crate) fn parts(&self) -> Option<&Buffer<u8>> {
        self.parts.as_ref().map(|parts| &parts.words)
    }

    /// Turns texts into rows, in parallel.
    pub fn transform_texts(&self, texts: &Texts) -> SparseRows {
        let runs = texts.chunks(RUN_BYTES);
        SparseRows::gather(
            self.vocabulary.len(),
            runs.into_par_iter()
                .map(|run| self.transform_run(texts, run))
                .collect(),
        )
    }

    fn transform_run(&self, texts: &Texts, run: Range<usize>) -> SparseRows {
        let (mut rows, mut scratch) = (
            SparseRows::with_room(self.vocabulary.len(), RUN_BYTES),
            Scratch::default(),
        );
        for index in run {
            let row = self.row(texts.get(index), &mut scratch);
            rows.append_row(row);
        }
        rows
    }

    /// The row of one text, in memory that the next call reuses.
    pub fn row<'s>(&self, text: &str, scratch: &'s mut Scratch) -> Row<'s> {
        self.count(text, scratch);
        let Scratch {
            known,
            words,
            spare,
            ends,
            ..
        } = scratch;
        sort_packed(known, self.vocabulary.len(), spare, ends);
        *words =
            known.partition_point(|&entry| (unpack(entry).0 as usize) < self.vocabulary.words());
        self.weigh(scratch)
    }

    /// The values of one text as [`row`](Self::row) has them, but for rounding, in the order in which the terms
    /// first occur, words before characters; saves the sorting. `each` is told every column as soon
    /// as it is known, so that what belongs to it can be fetched.
    pub(crate) fn unsorted_row<'s>(
        &self,
        text: &str,
        scratch: &'s mut Scratch,
        each: impl FnMut(u32),
    ) -> Row<'s> {
        self.count(text, scratch);
        scratch
            .known
            .iter()
            .map(|&entry| unpack(entry).0)
            .for_each(each);
        self.weigh(scratch)
    }

    /// The rules of a text's language, decided once, where more depends on them than where words end.
    fn rules(&self, text: &str) -> Option<&'static Rules> {
        (self.options.tokens.stem || self.parts.is_some()).then(|| self.languages.rules(text))
    }

    fn tokenizer(&self, rules: Option<&'static Rules>) -> Tokenizer {
        let tokens = self.options.tokens.unstemmed();
        rules.map_or_else(
            || Tokenizer::for_languages(tokens, self.languages),
            |rules| Tokenizer::with_rules(tokens, rules),
        )
    }

    fn stems(&self, rules: Option<&'static Rules>) -> Stems {
        let keys = self.vocabulary.keys();
        Stems::new(self.options.tokens, rules, keys, keys)
    }

    /// The rules of a text in whose language words are cut into parts.
    fn compounding(&self, rules: Option<&'static Rules>) -> Option<&'static Rules> {
        rules.filter(|rules| self.parts.is_some() && !rules.linking_elements.is_empty())
    }

    /// Fills `scratch.known` with the columns of `text` and how often each occurs.
    fn count(&self, text: &str, scratch: &mut Scratch) {
        let rules = self.rules(text);
        self.tokenizer(rules).tokenize(text, &mut scratch.tokens);
        scratch.clear(self.id);
        let stems = self.stems(rules);
        stems.fill(&scratch.tokens, &mut scratch.stems, &mut scratch.sequence);
        if let Some(range) = self.options.word_ngrams {
            if range.min == 1 {
                self.count_singles(self.compounding(rules), stems, scratch);
            }
            self.count_longer(range, scratch);
        }
        scratch.words = scratch.known.len();
        if self.options.char_ngrams.is_some() {
            self.count_characters(stems, scratch);
        }
    }

    fn count_singles(&self, rules: Option<&'static Rules>, stems: Stems, scratch: &mut Scratch) {
        let table = self.vocabulary.table();
        let Scratch {
            sequence,
            counter,
            numbers,
            ..
        } = scratch;
        numbers.clear();
        for &(_, key) in &sequence.words {
            table.prefetch(key);
            numbers.push(counter.add(key));
        }
        for &(_, key) in &sequence.standalone {
            counter.add(key);
        }
        if let Some(rules) = rules {
            self.count_parts(rules, stems, scratch);
        }
        let Scratch {
            counter,
            columns_of,
            known,
            ..
        } = scratch;
        for (key, count) in counter.iter() {
            let column = table.column(key);
            columns_of.push(column.unwrap_or(NO_COLUMN));
            known.extend(column.map(|column| pack(column, count)));
        }
    }

    /// Where every word of a known n-gram is known itself, the others are not looked up.
    fn count_longer(&self, range: NGrams, scratch: &mut Scratch) {
        let (table, secret) = (self.vocabulary.table(), self.vocabulary.keys());
        let Scratch {
            sequence,
            keys,
            counter,
            numbers,
            columns_of,
            known,
            ..
        } = scratch;
        keys.clear();
        let each = |key: u64, _| {
            table.prefetch(key);
            keys.push(key);
        };
        if range.min == 1 && self.options.keeps_all() {
            sequence.longer(
                range,
                |place| columns_of[numbers[place] as usize] != NO_COLUMN,
                each,
            );
        } else {
            sequence.longer(range, |_| true, each);
        }
        // Most are unknown and few are there twice: so they are looked up first, and then counted.
        let found = self.keep_known(keys);
        counter.clear(found.len());
        for &column in found {
            counter.add(scattered(secret, column));
        }
        known.extend(
            counter
                .iter()
                .map(|(key, count)| pack(unpack(key).0, count)),
        );
    }

    /// The columns of those of `keys` that are known, written over them. Without a branch, since
    /// none could be foretold.
    fn keep_known<'k>(&self, keys: &'k mut [u64]) -> &'k [u64] {
        let (table, mut known) = (self.vocabulary.table(), 0);
        for at in 0..keys.len() {
            let column = table.column(keys[at]);
            keys[known] = u64::from(column.unwrap_or_default());
            known += usize::from(column.is_some());
        }
        &keys[..known]
    }

    /// Words are cut once and then remembered, by language, since joints differ.
    fn count_parts(&self, rules: &Rules, stems: Stems, scratch: &mut Scratch) {
        let (salt, linking_elements) = (salt(rules), rules.linking_elements);
        let Scratch {
            tokens,
            sequence,
            counter,
            parts,
            ..
        } = scratch;
        for &(index, key) in &sequence.words {
            let found = parts.get_or(key ^ salt, |keys| {
                self.part_keys(&stems.word(tokens, index as usize), linking_elements, keys)
            });
            for &part in found {
                counter.add(part);
            }
        }
    }

    fn part_keys(&self, word: &str, linking_elements: &[&str], keys: &mut Vec<u64>) {
        if let Some(parts) = &self.parts {
            let own = self.vocabulary.keys();
            parts.split(word, linking_elements, |range| {
                keys.push(own.of_word(word[range].as_bytes()))
            });
        }
    }

    fn count_characters(&self, stems: Stems, scratch: &mut Scratch) {
        let first = self.vocabulary.words();
        let Scratch {
            tokens,
            sequence,
            grams,
            padded,
            tally,
            known,
            ..
        } = scratch;
        tally.clear(self.vocabulary.len() - first);
        for &(index, key) in &sequence.words {
            let found = grams.get_or(key, |columns| {
                self.character_columns(&stems.word(tokens, index as usize), padded, |column| {
                    columns.push(column - first as u32);
                });
            });
            tally.add(found);
        }
        known.extend(
            tally
                .iter()
                .map(|(column, count)| pack(column + first as u32, count)),
        );
    }

    fn character_columns(&self, word: &str, padded: &mut PaddedWord, mut each: impl FnMut(u32)) {
        let Some(range) = self.options.char_ngrams else {
            return;
        };
        let table = self.vocabulary.table();
        characters(word, range, padded, |gram| {
            let column = table.column(characters_key(self.vocabulary.keys(), gram));
            // Only a forged table has a column of words here.
            column
                .filter(|&column| column as usize >= self.vocabulary.words())
                .into_iter()
                .for_each(&mut each);
        });
    }

    /// Every known term of a text, at every place where it stands.
    pub fn occurrences(&self, text: &str) -> Vec<Occurrence> {
        let mut found = Vec::new();
        self.each_occurrence(text, |column, span, whole| {
            found.push(Occurrence {
                column,
                span,
                whole,
            })
        });
        found
    }

    /// Tells `each` the column, span and wholeness of every [`Occurrence`].
    pub(crate) fn each_occurrence(
        &self,
        text: &str,
        mut each: impl FnMut(u32, Range<usize>, bool),
    ) {
        let (mut tokens, mut padded) = (Tokens::default(), PaddedWord::default());
        let rules = self.rules(text);
        self.tokenizer(rules).tokenize(text, &mut tokens);
        let (table, stems) = (self.vocabulary.table(), self.stems(rules));
        let mut sequence = KeySequence::default();
        stems.fill(&tokens, &mut WordCache::default(), &mut sequence);
        if let Some(range) = self.options.word_ngrams {
            sequence.all(range, |key, of| {
                let span =
                    tokens.span(of.start as usize).start..tokens.span(of.end as usize - 1).end;
                if let Some(column) = table.column(key) {
                    each(column, span, true);
                }
            });
        }
        let linking_elements = self
            .compounding(rules)
            .map_or(&[][..], |rules| rules.linking_elements);
        for index in (0..tokens.len()).filter(|&index| !tokens.standalone(index)) {
            let (word, mut keys) = (stems.word(&tokens, index), Vec::new());
            if self.options.has_unigrams() {
                self.part_keys(&word, linking_elements, &mut keys);
            }
            let mut inside: Vec<u32> = keys
                .into_iter()
                .filter_map(|key| table.column(key))
                .collect();
            self.character_columns(&word, &mut padded, |column| inside.push(column));
            // However often a word holds a term, it is one place.
            inside.sort_unstable();
            inside.dedup();
            inside
                .into_iter()
                .for_each(|column| each(column, tokens.span(index), false));
        }
    }

    /// Turns counts, of which the first `words` are of words, into columns and values.
    pub(super) fn weigh<'s>(&self, scratch: &'s mut Scratch) -> Row<'s> {
        let Scratch {
            known,
            words,
            columns,
            values,
            weights,
            ..
        } = scratch;
        columns.clear();
        columns.extend(known.iter().map(|&entry| unpack(entry).0));
        values.clear();
        for part in [&known[..*words], &known[*words..]] {
            values.extend(self.weigh_part(part, weights));
        }
        Row { columns, values }
    }

    /// Appends the row of counts, of which the first `words` are of words.
    pub(super) fn weigh_onto(&self, counts: &[u64], words: usize, rows: &mut SparseRows) {
        let mut weights = Vec::new();
        for part in [&counts[..words], &counts[words..]] {
            let values = self.weigh_part(part, &mut weights);
            part.iter()
                .zip(values)
                .for_each(|(&entry, value)| rows.push_entry(unpack(entry).0, value));
        }
        rows.end_row();
    }

    /// The values of counts that have a norm of their own; `weights` is memory for them.
    pub(super) fn weigh_part<'w>(
        &self,
        counts: &[u64],
        weights: &'w mut Vec<f64>,
    ) -> impl ExactSizeIterator<Item = f32> + use<'w> {
        let idf: &[f32] = &self.idf;
        weights.clear();
        weights.extend(counts.iter().map(|&entry| {
            let (column, count) = unpack(entry);
            self.term_frequency(count) * f64::from(idf[column as usize])
        }));
        let length = self.length(weights.iter().copied());
        weights.iter().map(move |weight| (weight / length) as f32)
    }

    #[inline]
    fn term_frequency(&self, count: u32) -> f64 {
        self.tf
            .get(count as usize)
            .copied()
            .unwrap_or_else(|| tf(self.options.tf, count))
    }

    fn length(&self, values: impl Iterator<Item = f64>) -> f64 {
        match self.options.norm {
            Norm::L2 => values.map(|v| v * v).sum::<f64>().sqrt(),
            Norm::L1 => values.sum(),
            Norm::None => 1.0,
        }
    }
}

/// A column as a key that falls into any slot of a table.
#[inline]
fn scattered(keys: Keys, column: u64) -> u64 {
    column << 32 | u64::from(keys.scatter(column as u32))
}

fn tf(tf: TermFrequency, count: u32) -> f64 {
    match tf {
        TermFrequency::Sublinear => 1.0 + f64::from(count).ln(),
        TermFrequency::Raw => f64::from(count),
        TermFrequency::Binary => 1.0,
    }
}

pub(super) fn idf(idf: Idf, documents: usize, df: u64) -> f64 {
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
        let DatasetBase {
            records,
            targets,
            weights,
            ..
        } = dataset;
        DatasetBase::new(self.transform_texts(&records), targets).with_weights(weights)
    }
}
