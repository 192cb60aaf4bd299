//! Models of fastText as models of the library.
//!
//! fastText takes the mean of the vectors of a text's words and n-grams, and a label's decision
//! value is the product of that mean with the label's vector. So a word, or a bucket of n-grams,
//! has one weight for each label, the product of both vectors, and the row of a text is the share
//! of each among all of them: counts over their sum.

use super::fasttext_file::{FastTextFile, Loss, MAGIC, damaged};
use crate::calibrate::Link;
use crate::corpus::{HeadKind, label_form};
use crate::features::{
    Buckets, DocumentFrequency, Idf, NGrams, Norm, TermFrequency, TfIdf, TfIdfOptions, Vocabulary,
};
use crate::io::memory;
use crate::io::storage::{Bytes, filled};
use crate::linear::{LinearModel, LogisticRegression, MultiClass, Weights};
use crate::model::{HeadMetadata, Metadata, Model, ModelHead};
use crate::text::{
    END_OF_LINE, Hyphens, LABEL_PREFIX, Language, LanguageSet, TokenOptions, Umlauts, WordRule,
    holds_white_space,
};
use crate::{Error, Result};
use rayon::prelude::*;
use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Weights at most, 4 GB of them.
const MAX_WEIGHTS: u64 = 1 << 30;

impl Model {
    /// Loads a classifier that fastText trained (`supervised`, a `.bin` file) as a model with one
    /// head, with fastText's decision values and, but for its rounding, its probabilities.
    ///
    /// With the loss `softmax` the head is exclusive and its scores sum to 1; with `ova` labels are
    /// independent; with `ns` the head is exclusive, and the score of a label is its sigmoid.
    /// Labels lose their prefix `__label__`. Words are cut as fastText cuts them
    /// ([`WordRule::FastText`]); n-grams of words and characters are [`Buckets`].
    ///
    /// # Errors
    /// A model error for a damaged file, and for models without such weights: those that are
    /// quantised (`.ftz`), have a hierarchical softmax or no labels, or weights of more than 4 GB or
    /// than the free memory; an I/O error where the file cannot be read.
    pub fn load_fasttext(path: &Path, name: &str, head: &str) -> Result<Model> {
        let bytes = Bytes::read(path)?;
        Self::from_fasttext(&bytes, name, head).map_err(|e| e.at(path.display()))
    }

    /// Returns the model of the bytes of a file of fastText.
    ///
    /// # Errors
    /// As [`load_fasttext`](Self::load_fasttext).
    pub fn from_fasttext(bytes: &[u8], name: &str, head: &str) -> Result<Model> {
        let file = FastTextFile::read(bytes)?;
        let labels = labels(&file)?;
        let terms = terms(&file)?;
        verify_size(terms.len() + file.buckets, labels.len())?;
        let linear = linear(&file, &terms)?;
        let written_by = format!("standpoint {} from fastText", env!("CARGO_PKG_VERSION"));
        let mut metadata = Metadata::without_corpus(name, written_by);
        metadata.documents = documents(&file);
        let head = ModelHead::new(head_metadata(&file, head, labels), linear);
        Ok(Model::new(
            metadata,
            tfidf(&file, &terms)?,
            vec![head],
            None,
        ))
    }

    /// Returns true if the file begins as one of fastText does.
    pub fn is_fasttext(path: &Path) -> bool {
        let mut first = [0; MAGIC.len()];
        let read = File::open(path).and_then(|mut file| file.read_exact(&mut first));
        read.is_ok() && first == MAGIC
    }
}

/// A word with the number of its row.
type Term<'b> = (&'b str, usize);

/// Returns the words that a text may hold, in the order of their bytes.
fn terms<'b>(file: &FastTextFile<'b>) -> Result<Vec<Term<'b>>> {
    let text = |(row, word): (usize, &&'b [u8])| Some((std::str::from_utf8(word).ok()?, row));
    let words = file.words.iter().enumerate().filter_map(text);
    let mut terms: Vec<Term<'b>> = words
        .filter(|(word, _)| !word.is_empty() && !holds_white_space(word))
        .collect();
    terms.sort_unstable();
    if let Some(pair) = terms.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(damaged(format!("the word `{}` stands twice", pair[0].0)));
    }
    match terms
        .iter()
        .find(|(word, _)| word.starts_with(LABEL_PREFIX))
    {
        None => Ok(terms),
        Some((word, _)) => Err(
            Error::model(format!("the word `{word}` begins as a label does"))
                .help("train the model with the usual prefix of labels, __label__"),
        ),
    }
}

/// Returns the labels without their prefix.
fn labels(file: &FastTextFile<'_>) -> Result<Vec<String>> {
    let text = |label: &&[u8]| std::str::from_utf8(label).map(str::to_string);
    let labels: std::result::Result<Vec<String>, _> = file.labels.iter().map(text).collect();
    let refused = |what: String| Error::model(what).help("rename the label and train again");
    let labels = labels.map_err(|_| refused("a label of the model is not in UTF-8".to_string()))?;
    let usual = labels.iter().all(|label| label.starts_with(LABEL_PREFIX));
    if !usual && file.buckets > 0 {
        return Err(Error::model(format!(
            "the model of fastText has n-grams and the label `{}`, whose prefix the file does not \
             tell, so that labels and words of a text are not told apart",
            labels[0]
        ))
        .help("train the model with the usual prefix of labels, __label__"));
    }
    let form = |label: &String| {
        let label = label
            .strip_prefix(LABEL_PREFIX)
            .filter(|_| usual)
            .unwrap_or(label);
        label_form(label).into_owned()
    };
    let labels: Vec<String> = labels.iter().map(form).collect();
    let mut seen = HashSet::new();
    match labels
        .iter()
        .find(|label| label.is_empty() || !seen.insert(*label))
    {
        None => Ok(labels),
        Some(label) if label.is_empty() => {
            Err(refused("a label of the model has no name".to_string()))
        }
        Some(label) => Err(refused(format!("the label `{label}` stands twice"))),
    }
}

/// Refuses weights that take too much memory.
fn verify_size(columns: usize, labels: usize) -> Result<()> {
    let weights = columns as u64 * labels as u64;
    let most = MAX_WEIGHTS.min(memory::free() / size_of::<f32>() as u64);
    if weights <= most {
        return Ok(());
    }
    let megabytes = |weights: u64| (weights * size_of::<f32>() as u64).div_ceil(1 << 20);
    Err(Error::model(format!(
        "{columns} words and buckets of n-grams with weights for {labels} labels take {} MB, but \
         there may be {}",
        megabytes(weights),
        megabytes(most)
    ))
    .help("train the model with fewer buckets (-bucket), words (-minCount) or labels"))
}

/// Returns the number of lines of the training data, each of which has one end.
fn documents(file: &FastTextFile<'_>) -> u64 {
    let end = file
        .words
        .iter()
        .position(|&word| word == END_OF_LINE.as_bytes());
    end.map_or(0, |row| file.word_counts[row])
}

/// Returns the weights of words and buckets: products of their vectors with those of the labels.
fn linear(file: &FastTextFile<'_>, terms: &[Term<'_>]) -> Result<LinearModel> {
    let count = file.labels.len();
    let labels: Vec<f64> = (0..count)
        .flat_map(|label| file.output.row(label))
        .collect();
    let columns = terms.len() + file.buckets;
    let row_of = |column: usize| match terms.get(column) {
        Some((_, row)) => *row,
        None => file.words.len() + column - terms.len(),
    };
    let mut dense = filled(0.0f32, columns * count);
    let fold = |vector: &mut Vec<f64>, (column, weights): (usize, &mut [f32])| {
        vector.clear();
        vector.extend(file.input.row(row_of(column)));
        let of_labels = labels.chunks_exact(file.dimensions);
        for (weight, label) in weights.iter_mut().zip(of_labels) {
            let product: f64 = vector.iter().zip(label).map(|(a, b)| a * b).sum();
            *weight = product as f32;
        }
    };
    dense
        .par_chunks_mut(count)
        .enumerate()
        .with_min_len(256)
        .for_each_init(Vec::new, fold);
    let weights = Weights::Dense(dense.into());
    let bias = vec![0.0; count];
    LinearModel::from_parts(kind(file), columns, weights, bias.into())
        .ok_or_else(|| damaged("its weights are not finite"))
}

fn kind(file: &FastTextFile<'_>) -> HeadKind {
    match file.loss {
        Loss::OneVsAll => HeadKind::Independent,
        Loss::Softmax | Loss::NegativeSampling => HeadKind::Exclusive,
    }
}

fn head_metadata(file: &FastTextFile<'_>, name: &str, labels: Vec<String>) -> HeadMetadata {
    let (link, multi_class) = match file.loss {
        Loss::Softmax => (Link::Softmax, MultiClass::Softmax),
        Loss::OneVsAll => (Link::Logistic, MultiClass::Softmax),
        Loss::NegativeSampling => (Link::Logistic, MultiClass::OneVsRest),
    };
    let classifier = LogisticRegression {
        multi_class,
        ..LogisticRegression::default()
    };
    HeadMetadata {
        name: name.to_string(),
        kind: kind(file),
        support: file
            .label_counts
            .iter()
            .map(|&count| count as f64)
            .collect(),
        thresholds: vec![link.threshold(); labels.len()],
        labels,
        classifier: classifier.into(),
        link,
        threshold_objective: None,
        threshold_selections: Vec::new(),
        calibration: None,
        costs: None,
        conformal: None,
    }
}

fn tfidf(file: &FastTextFile<'_>, terms: &[Term<'_>]) -> Result<TfIdf> {
    let options = options(file)?;
    let (mut spelled, mut ends) = (Vec::new(), Vec::with_capacity(terms.len()));
    for (word, _) in terms {
        spelled.extend_from_slice(word.as_bytes());
        ends.push(spelled.len() as u64);
    }
    let vocabulary = Vocabulary::new(spelled.into(), ends.into(), terms.len())?;
    let idf = vec![1.0; terms.len() + file.buckets];
    let languages = LanguageSet::of(Language::Neutral);
    TfIdf::from_parts(options, vocabulary, idf.into(), languages, None)
}

/// Returns the options of the features: the share of each word and bucket among all of a text.
fn options(file: &FastTextFile<'_>) -> Result<TfIdfOptions> {
    let length = |length: usize| {
        let short = u8::try_from(length).ok();
        short.filter(|&n| n <= NGrams::MAX_LENGTH).ok_or_else(|| {
            Error::model(format!("the model of fastText has n-grams of {length}")).help(format!(
                "train it with n-grams of at most {}",
                NGrams::MAX_LENGTH
            ))
        })
    };
    let range = |[shortest, longest]: [usize; 2]| -> Result<NGrams> {
        Ok(NGrams::new(length(shortest)?, length(longest)?))
    };
    let words = (file.word_ngrams > 1).then_some([2, file.word_ngrams]);
    let words = words.map(range).transpose()?;
    let characters = file.char_ngrams.map(range).transpose()?;
    let buckets = u32::try_from(file.buckets)
        .ok()
        .filter(|&buckets| buckets > 0);
    let tokens = TokenOptions::default()
        .language(Language::Neutral)
        .hyphens(Hyphens::Parts)
        .umlauts(Umlauts::Keep)
        .stem(false)
        .words(WordRule::FastText);
    Ok(TfIdfOptions::default()
        .tokens(tokens)
        .word_ngrams(Some(NGrams::new(1, 1)))
        .compounds(false)
        .min_df(DocumentFrequency::Count(1))
        .tf(TermFrequency::Raw)
        .idf(Idf::None)
        .norm(Norm::L1)
        .buckets(buckets.map(|count| Buckets::new(count, words, characters))))
}
