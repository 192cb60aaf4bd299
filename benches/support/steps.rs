//! The steps that are measured, each as one call that gives back what it made.
//!
//! By default texts are cut by English rules without stems and parts of compounds, because that is
//! the work that scikit-learn and fastText do, too; [`Cut::Defaults`] is what the program does
//! unasked.

use super::corpus::Labelled;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use standpoint::features::{Hashing, HashingOptions, NGrams, SparseRows, TfIdf, TfIdfOptions};
use standpoint::io::Silent;
use standpoint::text::{Language, Texts, TokenOptions, Tokenizer, Tokens};
use standpoint::{Corpus, Model, Trainer};
use std::hash::Hasher;
use std::ops::Range;
use twox_hash::XxHash3_64;

/// A choice of n-grams: what it is called, lengths in words and in characters inside words.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    pub name: &'static str,
    pub words: Option<NGrams>,
    pub characters: Option<NGrams>,
}

const CHARACTERS: Option<NGrams> = Some(NGrams::new(3, 5));

pub const CHOICES: [Choice; 4] = [
    Choice {
        name: "w1",
        words: Some(NGrams::new(1, 1)),
        characters: None,
    },
    Choice {
        name: "w12",
        words: Some(NGrams::new(1, 2)),
        characters: None,
    },
    Choice {
        name: "c35",
        words: None,
        characters: CHARACTERS,
    },
    Choice {
        name: "w12c35",
        words: Some(NGrams::new(1, 2)),
        characters: CHARACTERS,
    },
];

/// The choice of that name.
pub fn choice(name: &str) -> Option<Choice> {
    CHOICES.into_iter().find(|choice| choice.name == name)
}

/// Cutting of texts into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// English, no stems, no parts of compounds.
    Comparable,
    /// The language decided for each text, stems and parts of compounds.
    Defaults,
}

impl Choice {
    pub fn features(self, cut: Cut) -> TfIdfOptions {
        let tokens = TokenOptions::default()
            .language(Language::English)
            .stem(false);
        let plain = TfIdfOptions::default().tokens(tokens).compounds(false);
        let options = if cut == Cut::Comparable {
            plain
        } else {
            TfIdfOptions::default()
        };
        options.word_ngrams(self.words).char_ngrams(self.characters)
    }
}

/// Step that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Every word cut and its 64-bit key taken: less than that no text can be scored with.
    Bound,
    Fit,
    FitTransform,
    Transform,
    Hashing,
    /// From text to label with a trained model.
    Score,
}

impl Step {
    pub const ALL: [Step; 6] = [
        Step::Bound,
        Step::Fit,
        Step::FitTransform,
        Step::Transform,
        Step::Hashing,
        Step::Score,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Step::Bound => "bound",
            Step::Fit => "fit",
            Step::FitTransform => "fit_transform",
            Step::Transform => "transform",
            Step::Hashing => "hashing",
            Step::Score => "score",
        }
    }

    pub fn named(name: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.name() == name)
    }
}

/// The work that was done. Numbers that a step does not have are 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Words of the texts.
    pub tokens: u64,
    /// Columns of the matrix or the vocabulary.
    pub terms: u64,
    /// Values of the matrix; in scoring, the known terms of all texts.
    pub stored: u64,
    /// Texts that got their own label.
    pub hits: u64,
    /// Of everything that was made.
    pub checksum: u64,
}

/// Result of a step.
pub enum Made {
    Tally(Work),
    Fitted(Box<TfIdf>),
    Rows(SparseRows),
    Both(Box<(TfIdf, SparseRows)>),
}

impl Made {
    /// The work without a checksum, where that would take time.
    pub fn counts(&self) -> Work {
        match self {
            Made::Tally(work) => *work,
            Made::Fitted(tfidf) => fitted(tfidf),
            Made::Rows(rows) => stored(rows),
            Made::Both(both) => stored(&both.1),
        }
    }

    /// The work with a checksum of everything.
    pub fn work(&self) -> Work {
        let mut hasher = XxHash3_64::with_seed(0);
        match self {
            Made::Tally(work) => return *work,
            Made::Fitted(tfidf) => hash_terms(tfidf, &mut hasher),
            Made::Rows(rows) => hash_rows(rows, &mut hasher),
            Made::Both(both) => hash_rows(&both.1, &mut hasher),
        }
        Work {
            checksum: hasher.finish(),
            ..self.counts()
        }
    }
}

fn fitted(tfidf: &TfIdf) -> Work {
    Work {
        terms: tfidf.vocabulary().len() as u64,
        ..Work::default()
    }
}

fn stored(rows: &SparseRows) -> Work {
    Work {
        terms: rows.columns() as u64,
        stored: rows.nnz() as u64,
        ..Work::default()
    }
}

fn hash_terms(tfidf: &TfIdf, hasher: &mut XxHash3_64) {
    let vocabulary = tfidf.vocabulary();
    (0..vocabulary.len()).for_each(|column| hasher.write(vocabulary.term(column).as_bytes()));
    hasher.write(bytemuck::cast_slice(tfidf.idf()));
}

fn hash_rows(rows: &SparseRows, hasher: &mut XxHash3_64) {
    for row in rows.iter() {
        hasher.write(bytemuck::cast_slice(row.columns));
        hasher.write(bytemuck::cast_slice(row.values));
    }
}

/// A pool of `threads`, or of all there are for 0.
pub fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Every word and its key.
pub fn bound(texts: &Texts, options: &TfIdfOptions) -> Made {
    // Features stem each word of a text once, after its key is known; so cutting does not.
    let tokenizer = Tokenizer::new(options.tokens.stem(false));
    tally(texts, Tokens::default, |tokens, index| {
        tokenizer.tokenize(texts.get(index), tokens);
        keys(tokens)
    })
}

/// Returns the tally that [`bound`] must find, one character at a time.
pub fn bound_plainly(texts: &Texts, options: &TfIdfOptions) -> Made {
    let tokenizer = Tokenizer::new(options.tokens.stem(false));
    tally(texts, Tokens::default, |tokens, index| {
        tokenizer.tokenize_by_character(texts.get(index), tokens);
        keys(tokens)
    })
}

fn keys(tokens: &Tokens) -> Work {
    let key = |index| XxHash3_64::oneshot(tokens.bytes(index));
    let checksum = (0..tokens.len()).map(key).fold(0, u64::wrapping_add);
    Work {
        tokens: tokens.len() as u64,
        checksum,
        ..Work::default()
    }
}

/// The features of `texts` by a fit on them.
pub fn fit_transform(texts: &Texts, options: &TfIdfOptions) -> Made {
    let both = TfIdf::fit_transform(options, texts, &Silent);
    Made::Both(Box::new(both.unwrap_or_else(|error| panic!("{error}"))))
}

/// The vocabulary of `texts`.
pub fn fit(texts: &Texts, options: &TfIdfOptions) -> Made {
    let tfidf = TfIdf::fit(options, texts, &Silent).unwrap_or_else(|error| panic!("{error}"));
    Made::Fitted(Box::new(tfidf))
}

/// A transformer without a vocabulary, of the same words and n-grams as `options`.
pub fn hashing(options: &TfIdfOptions) -> Hashing {
    let &TfIdfOptions {
        tokens,
        word_ngrams,
        char_ngrams,
        ..
    } = options;
    Hashing::new(
        HashingOptions::default()
            .tokens(tokens)
            .word_ngrams(word_ngrams)
            .char_ngrams(char_ngrams),
    )
    .unwrap_or_else(|error| panic!("{error}"))
}

/// The label of every text, with `labels`, the numbers of the right ones, to compare them to.
pub fn score(model: &Model, texts: &Texts, labels: &[u32]) -> Made {
    tally(
        texts,
        || model.scorer(),
        |scorer, index| {
            let scores = scorer.score(texts.get(index));
            let head = &scores.heads[0];
            let best = head.best();
            Work {
                stored: scores.known_terms as u64,
                hits: u64::from(best == labels[index] as usize),
                checksum: head.decisions[best]
                    .to_bits()
                    .rotate_left(index as u32 % 64),
                ..Work::default()
            }
        },
    )
}

/// Sums over all texts; each thread has a `scratch` of its own.
fn tally<S>(
    texts: &Texts,
    scratch: impl Fn() -> S + Sync,
    each: impl Fn(&mut S, usize) -> Work + Sync,
) -> Made {
    let part = |range: Range<usize>| {
        let mut scratch = scratch();
        range
            .map(|index| each(&mut scratch, index))
            .fold(Work::default(), sum)
    };
    Made::Tally(
        parts(texts.len())
            .into_par_iter()
            .map(part)
            .reduce(Work::default, sum),
    )
}

/// One part for one thread, and eight for each of several, so that none has to wait long.
fn parts(documents: usize) -> Vec<Range<usize>> {
    let threads = rayon::current_num_threads();
    let parts = if threads == 1 { 1 } else { threads * 8 };
    (0..parts)
        .map(|part| documents * part / parts..documents * (part + 1) / parts)
        .collect()
}

fn sum(a: Work, b: Work) -> Work {
    Work {
        tokens: a.tokens + b.tokens,
        terms: 0,
        stored: a.stored + b.stored,
        hits: a.hits + b.hits,
        checksum: a.checksum.wrapping_add(b.checksum),
    }
}

/// The model of one head that the SVM finds with these features.
pub fn train(corpus: &Corpus, features: &TfIdfOptions) -> Model {
    let trainer = Trainer {
        features: features.clone(),
        ..Trainer::default()
    };
    trainer
        .train(corpus)
        .unwrap_or_else(|error| panic!("{error}"))
}

/// For each text the number of its label in the model; `u32::MAX` where the model has none such.
pub fn labels_in(model: &Model, corpus: &Labelled) -> Vec<u32> {
    let known = &model.heads()[0].metadata().labels;
    let place = |name: &String| known.iter().position(|label| label == name);
    let number = |name| place(name).map_or(u32::MAX, |at| at as u32);
    let numbers: Vec<u32> = corpus.names.iter().map(number).collect();
    corpus
        .labels
        .iter()
        .map(|&label| numbers[label as usize])
        .collect()
}

/// Everything that the steps of one choice of n-grams need.
pub struct Ready<'c> {
    pub corpus: &'c Labelled,
    pub options: TfIdfOptions,
    pub model: Model,
    hashing: Hashing,
    labels: Vec<u32>,
}

impl<'c> Ready<'c> {
    pub fn new(corpus: &'c Labelled, options: TfIdfOptions, model: Model) -> Self {
        let (hashing, labels) = (hashing(&options), labels_in(&model, corpus));
        Ready {
            corpus,
            options,
            model,
            hashing,
            labels,
        }
    }

    /// Does the step once, on the threads of the current pool.
    pub fn run(&self, step: Step) -> Made {
        let texts = &self.corpus.texts;
        match step {
            Step::Bound => bound(texts, &self.options),
            Step::Fit => fit(texts, &self.options),
            Step::FitTransform => fit_transform(texts, &self.options),
            Step::Transform => Made::Rows(self.model.tfidf().transform_texts(texts)),
            Step::Hashing => Made::Rows(self.hashing.transform_texts(texts)),
            Step::Score => score(&self.model, texts, &self.labels),
        }
    }

    /// The work of `step`, found in another way where there is one.
    pub fn expected(&self, step: Step) -> Work {
        match step {
            Step::Bound => bound_plainly(&self.corpus.texts, &self.options).work(),
            Step::Transform => self.run(Step::FitTransform).work(),
            Step::FitTransform => self.run(Step::Transform).work(),
            Step::Score => Work {
                stored: self.run(Step::Transform).work().stored,
                ..self.run(step).work()
            },
            Step::Fit => Work {
                terms: self.run(Step::Transform).work().terms,
                ..self.run(step).work()
            },
            Step::Hashing => self.run(step).work(),
        }
    }
}
