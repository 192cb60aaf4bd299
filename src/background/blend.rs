//! Word vectors as features beside TF-IDF, and how they fold back into one weight for every word.
//!
//! A text has the row `x` over the words of labelled and unlabelled texts together, brought to length 1, and beside it the
//! block `k · x · V`, the sum of its words' vectors, each weighted as in `x`. A classifier that learns weights `W` of the row and `U`
//! of the block decides by `x · W + k · x · V · U = x · (W + k · V · U)`: one weight for every word, exactly, and the only
//! number that hangs on the whole text is the length of `x`. For that the block is no unit vector: its factor
//! `k` is the same for all texts, chosen so that blocks of the training texts have the length asked for in the mean of squares.
//!
//! Each language has dimensions of its own. The vector of a stem that several languages have is made of theirs, each by its
//! share of the documents that hold the stem.

use super::Background;
use crate::corpus::HeadKind;
use crate::features::{Row, SparseRows, TfIdf, TfIdfOptions, Word};
use crate::linear::{Classifier, LinearModel, Member, Part};
use crate::progress::Progress;
use crate::text::{Language, Texts};
use crate::{Error, Result};
use std::collections::BTreeMap;

/// A background, and how it takes part in training.
#[derive(Debug, Clone, PartialEq)]
pub struct Blend {
    /// The word vectors.
    pub background: Background,
    /// At most so many words that are in no labelled text stay in the model, those that tell most; default: all stay.
    pub terms: Option<u32>,
    /// How long the block of word vectors is, where the words of a text have length 1; default 1.
    pub weight: f64,
}

impl Blend {
    /// A background with the default options.
    pub fn new(background: Background) -> Self {
        Blend { background, weight: 1.0, terms: None }
    }

    /// Checks the options against those of the features and the classifiers.
    ///
    /// # Errors
    /// A usage error that names what does not fit.
    pub(crate) fn verify<'c>(
        &self,
        features: &TfIdfOptions,
        mut classifiers: impl Iterator<Item = &'c Classifier>,
    ) -> Result<()> {
        if !(self.weight.is_finite() && self.weight > 0.0) {
            return Err(Error::usage(format!(
                "the weight of the background is {}, but must be a number above 0",
                self.weight
            )));
        }
        if features.word_ngrams.is_none_or(|range| range.min > 1) {
            return Err(Error::usage("a background is of single words, which are no features here")
                .help("let --word-ngrams begin with 1"));
        }
        let (own, learnt) = (features.tokens, self.background.0.about.options.tokens);
        if (crate::text::TokenOptions { language: own.language, ..learnt }) != own {
            return Err(Error::usage(
                "the background was learnt with other tokens than those of the features",
            )
            .help("give `standpoint background` the same --hyphens, --umlauts, --stop-words and --no-stem"));
        }
        match classifiers.find(|classifier| counts(classifier)) {
            None => Ok(()),
            Some(classifier) => Err(Error::usage(format!(
                "{classifier} counts words and cannot take word vectors, which have negative numbers"
            ))
            .help("use lr, svm, ridge, cs or sgd, or leave the background out")),
        }
    }
}

impl Blend {
    /// Whether features can take word vectors.
    pub(crate) fn suits(&self, features: &TfIdfOptions) -> bool {
        self.verify(features, std::iter::empty()).is_ok()
    }

    /// Whether a classifier on its part of the features can take word vectors.
    pub(crate) fn is_taken_by(member: &Member) -> bool {
        member.part == Part::All && !counts(&member.classifier)
    }
}

/// Whether a classifier takes features for counts, or tells words from other features.
fn counts(classifier: &Classifier) -> bool {
    match classifier {
        Classifier::MultinomialNb(_)
        | Classifier::ComplementNb(_)
        | Classifier::BernoulliNb(_)
        | Classifier::NbSvm(_) => true,
        Classifier::Stack(stack) => !stack.members.iter().all(Blend::is_taken_by),
        _ => false,
    }
}

/// Features fitted on some texts, with a block of word vectors or without.
pub(crate) struct Blended {
    pub tfidf: TfIdf,
    /// The rows of the texts, the block after the terms.
    pub rows: SparseRows,
    block: Option<Block>,
}

/// The vectors of the words of a vocabulary.
pub(crate) struct Block {
    background: Background,
    width: usize,
    scale: f64,
    /// Where each column's entries end.
    ends: Vec<u32>,
    entries: Vec<Entry>,
    /// In how many unlabelled documents each column's word is, if it is in no labelled one.
    unlabelled: Vec<Option<u64>>,
}

/// A stem of a column.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// The place of the language in the background.
    language: u32,
    /// The first of the language's dimensions in the block.
    offset: u32,
    stem: u32,
    /// The share of the documents with this stem that are in this language.
    share: f32,
}

impl Blended {
    /// Fits features on texts and transforms them.
    ///
    /// # Errors
    /// As [`TfIdf::fit`]; a data error if the background knows none of the languages.
    pub(crate) fn fit(
        options: &TfIdfOptions,
        blend: Option<&Blend>,
        texts: &Texts,
        progress: &dyn Progress,
    ) -> Result<Self> {
        let Some(Blend { background, weight, .. }) = blend else {
            let (tfidf, rows) = TfIdf::fit_transform(options, texts, progress)?;
            return Ok(Blended { tfidf, rows, block: None });
        };
        let own = TfIdf::fit(options, texts, progress)?;
        let words = Words::of(background, &own.languages().list())?;
        let (tfidf, columns, rows) = own.with_words(&words.list(), words.documents, texts)?;
        let mut block = Block::new(background.clone(), &words, &columns, &rows);
        block.scale = weight / block.length(&rows).max(f64::MIN_POSITIVE);
        let rows = block.beside(&rows);
        Ok(Blended { tfidf, rows, block: Some(block) })
    }

    /// The rows of other texts, the block after the terms.
    pub(crate) fn transform(&self, texts: &Texts) -> SparseRows {
        let rows = self.tfidf.transform_texts(texts);
        self.block.as_ref().map_or_else(|| rows.clone(), |block| block.beside(&rows))
    }

    /// Which terms stay where at most so many words that are in no labelled text may: those that move decisions most, by the sum
    /// of their squared weights, each label's against the mean of all, times idf squared and document frequency. None where
    /// all stay.
    pub(crate) fn most_telling<'l>(
        &self,
        most: u32,
        heads: impl Iterator<Item = &'l LinearModel>,
    ) -> Option<Vec<bool>> {
        let block = self.block.as_ref()?;
        let unlabelled = || (0..block.unlabelled.len()).filter(|&column| block.unlabelled[column].is_some());
        if unlabelled().count() <= most as usize {
            return None;
        }
        let mut worth = vec![0.0; block.unlabelled.len()];
        for head in heads {
            for column in unlabelled() {
                worth[column] += spread(head, column);
            }
        }
        let idf = self.tfidf.idf();
        let worth = |column: usize| {
            let df = block.unlabelled[column].unwrap_or(0) as f64;
            worth[column] * f64::from(idf[column]).powi(2) * df
        };
        let mut order: Vec<(f64, usize)> = unlabelled().map(|column| (worth(column), column)).collect();
        order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut keep = vec![true; block.unlabelled.len()];
        order[most as usize..].iter().for_each(|&(_, column)| keep[column] = false);
        Some(keep)
    }

    /// The same decisions from terms alone, whose weights, dense as they are, may take so many bytes.
    ///
    /// # Errors
    /// A usage error if they take more.
    pub(crate) fn fold(&self, linear: LinearModel, memory: u64) -> Result<LinearModel> {
        let Some(block) = &self.block else { return Ok(linear) };
        let (terms, labels) = (self.tfidf.vocabulary().len(), linear.labels());
        if (terms as u64).saturating_mul(labels as u64).saturating_mul(size_of::<f32>() as u64) > memory {
            return Err(Error::usage(format!(
                "weights of {terms} terms for {labels} labels do not fit into {} MB of memory",
                memory >> 20
            ))
            .help("leave the background out, keep fewer terms, or allow more with --memory"));
        }
        Ok(linear.folded(terms, |column, of_block, weights| block.fold(column, of_block, weights)))
    }
}

/// The sum of squared weights of a column; of exclusive labels only their differences matter.
fn spread(head: &LinearModel, column: usize) -> f64 {
    let labels = head.labels();
    let (mut sum, mut squares) = (0.0, 0.0);
    head.weights().of_feature(column, labels, |_, weight| {
        sum += weight;
        squares += weight * weight;
    });
    match head.kind() {
        HeadKind::Exclusive => squares - sum * sum / labels.max(1) as f64,
        HeadKind::Independent => squares,
    }
}

/// The stems of some languages of a background.
struct Words<'b> {
    documents: u64,
    /// Languages and stems by their numbers, for each spelling.
    stems: BTreeMap<&'b [u8], Vec<Entry>>,
    df: Vec<(u64, bool)>,
    width: usize,
}

impl<'b> Words<'b> {
    fn of(background: &'b Background, languages: &[Language]) -> Result<Self> {
        let mut words = Words { documents: 0, stems: BTreeMap::new(), df: vec![], width: 0 };
        let all = background.0.languages.iter().enumerate();
        for (at, of) in all.filter(|(_, of)| languages.contains(&of.language)) {
            words.documents += of.documents;
            for stem in 0..of.len() {
                let entry = Entry {
                    language: at as u32,
                    offset: words.width as u32,
                    stem: stem as u32,
                    share: of.df[stem] as f32,
                };
                words.stems.entry(of.term(stem)).or_default().push(entry);
            }
            words.width += of.vectors.dimensions;
        }
        if words.stems.is_empty() {
            let named = |languages: Vec<Language>| {
                languages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            };
            let known = named(background.0.languages.iter().map(|of| of.language).collect());
            return Err(Error::data(format!(
                "the background is in {known}, but the texts are in {}",
                named(languages.to_vec())
            ))
            .help("learn a background from texts of the same languages, or name it with --language"));
        }
        for entries in words.stems.values_mut() {
            let compounds = |entry: &Entry| {
                let language = background.0.languages[entry.language as usize].language;
                language.own_rules().is_some_and(|rules| !rules.joints.is_empty())
            };
            let compounding = entries.iter().any(compounds);
            let df = |entry: &Entry| {
                u64::from(background.0.languages[entry.language as usize].df[entry.stem as usize])
            };
            let all: u64 = entries.iter().map(df).sum();
            entries.iter_mut().for_each(|entry| entry.share /= all.max(1) as f32);
            words.df.push((all, compounding));
        }
        Ok(words)
    }

    fn list(&self) -> Vec<Word<'b>> {
        let word = |(stem, &(df, compounding)): (&&'b [u8], &(u64, bool))| Word { stem, df, compounding };
        self.stems.keys().zip(&self.df).map(word).collect()
    }
}

impl Block {
    fn new(background: Background, words: &Words<'_>, columns: &[u32], rows: &SparseRows) -> Self {
        let (mut ends, mut entries) = (Vec::with_capacity(rows.columns()), Vec::new());
        let mut unlabelled = vec![None; rows.columns()];
        columns.iter().zip(&words.df).for_each(|(&column, (df, _))| unlabelled[column as usize] = Some(*df));
        rows.iter().flat_map(|row| row.columns).for_each(|&column| unlabelled[column as usize] = None);
        let mut of_words = words.stems.values().zip(columns).peekable();
        for column in 0..rows.columns() as u32 {
            if let Some((own, _)) = of_words.next_if(|(_, at)| **at == column) {
                entries.extend_from_slice(own);
            }
            ends.push(entries.len() as u32);
        }
        Block { background, width: words.width, scale: 1.0, ends, entries, unlabelled }
    }

    fn entries(&self, column: usize) -> &[Entry] {
        let from = if column == 0 { 0 } else { self.ends[column - 1] };
        &self.entries[from as usize..self.ends[column] as usize]
    }

    /// Adds the block of a row.
    fn add(&self, row: Row<'_>, block: &mut [f64]) {
        for (column, value) in row.iter() {
            for entry in self.entries(column) {
                let vectors = &self.background.0.languages[entry.language as usize].vectors;
                let factor = self.scale * value * f64::from(entry.share);
                vectors.add(entry.stem as usize, factor, &mut block[entry.offset as usize..]);
            }
        }
    }

    /// The length of the blocks of `rows`: the root of the mean of their squares.
    fn length(&self, rows: &SparseRows) -> f64 {
        let blocks = self.beside(rows);
        let first = rows.columns();
        let squares = |row: Row<'_>| -> f64 {
            row.iter().filter(|(column, _)| *column >= first).map(|(_, value)| value * value).sum()
        };
        (blocks.iter().map(squares).sum::<f64>() / rows.rows().max(1) as f64).sqrt()
    }

    /// The rows with their blocks.
    fn beside(&self, rows: &SparseRows) -> SparseRows {
        rows.with_columns(self.width, |row, block| self.add(row, block))
    }

    /// Adds to the weights of a column, by labels, what the block's weights, dimensions by labels, come to.
    fn fold(&self, column: usize, of_block: &[f64], weights: &mut [f64]) {
        let labels = weights.len();
        for entry in self.entries(column) {
            let vectors = &self.background.0.languages[entry.language as usize].vectors;
            let factor = self.scale * f64::from(entry.share);
            let own = of_block.get(entry.offset as usize * labels..).unwrap_or_default();
            for (label, weight) in weights.iter_mut().enumerate() {
                let of_label = own.iter().skip(label).step_by(labels);
                *weight += factor * vectors.dot(entry.stem as usize, of_label.copied());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::background::BackgroundOptions;
    use crate::corpus::Targets;
    use crate::features::DocumentFrequency;
    use crate::linear::{LogisticRegression, Problem};
    use crate::progress::Silent;
    use crate::text::TokenOptions;
    use proptest::prelude::*;

    const WORDS: [&str; 14] = [
        "army",
        "troops",
        "tank",
        "border",
        "fire",
        "goal",
        "cup",
        "team",
        "match",
        "die",
        "regierung",
        "angriff",
        "tor",
        "pokal",
    ];

    fn texts(of: &[Vec<usize>]) -> Texts {
        let text = |words: &Vec<usize>| words.iter().map(|&word| WORDS[word]).collect::<Vec<_>>().join(" ");
        of.iter().map(text).collect()
    }

    fn features() -> TfIdfOptions {
        let tokens = TokenOptions { language: Language::English, ..TokenOptions::default() };
        TfIdfOptions { tokens, min_df: DocumentFrequency::Count(1), ..TfIdfOptions::default() }
    }

    proptest! {
        /// What is decided by terms and block is decided by the folded weights of terms alone.
        #[test]
        fn the_block_folds_exactly(
            unlabelled in prop::collection::vec(prop::collection::vec(0..14usize, 2..12), 4..20),
            labelled in prop::collection::vec(prop::collection::vec(0..9usize, 1..6), 3..12),
            others in prop::collection::vec(prop::collection::vec(0..14usize, 0..9), 1..9),
            weight in 0.1f64..3.0,
        ) {
            let options = BackgroundOptions {
                tokens: features().tokens,
                min_df: 1,
                dimensions: 5,
                ..BackgroundOptions::default()
            };
            let background = options.learn(&texts(&unlabelled), &Silent).unwrap();
            let blend = Blend { weight, ..Blend::new(background) };
            let fitted = Blended::fit(&features(), Some(&blend), &texts(&labelled), &Silent).unwrap();
            let of = (0..labelled.len()).map(|at| Some(at as u32 % 3)).collect();
            let targets = Targets::Exclusive { labels: 3, of };
            let classifier = Classifier::from(LogisticRegression::default());
            let whole = classifier.fit(&Problem::new(&fitted.rows, &targets, &Silent)).unwrap();
            let folded = fitted.fold(whole.clone(), u64::MAX).unwrap();
            let texts = texts(&others);
            let (rows, blocks) = (fitted.tfidf.transform_texts(&texts), fitted.transform(&texts));
            prop_assert_eq!(folded.features(), rows.columns());
            let (mut by_terms, mut by_both) = (Vec::new(), Vec::new());
            for (row, both) in rows.iter().zip(blocks.iter()) {
                folded.decide(row, &mut by_terms);
                whole.decide(both, &mut by_both);
                for (a, b) in by_terms.iter().zip(&by_both) {
                    prop_assert!((a - b).abs() < 1e-5, "{a} {b}");
                }
            }
        }
    }
}
