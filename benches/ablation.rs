//! Worth of each choice of the tokeniser and of the features on one corpus.
//!
//! ```sh
//! cargo bench --bench ablation -- corpus.jsonl [REPEATS]
//! ```
//!
//! The corpus is JSON lines with `text` and `label`, and perhaps `split` (`train` or `test`);
//! without it there is stratified five-fold cross-validation, as often as asked for, each time with
//! other folds. Each line of the result is plain words with one choice changed: the macro F1 of a
//! linear SVM (C = 1), and its difference to plain words with a 95 % interval from 1,000 bootstrap
//! samples of the documents, paired. The vocabulary is fitted on the training rows of each fold.

#[path = "support/arguments.rs"]
mod arguments;

use arguments::arguments;
use linfa::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use ndarray::Array1;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use standpoint::features::{NGrams, TfIdf, TfIdfOptions};
use standpoint::io::Silent;
use standpoint::linear::{LinearSvm, LinearSvmParams};
use standpoint::text::{Hyphens, Language, StopWords, Texts, TokenOptions, Umlauts};
use std::collections::BTreeMap;
use std::error::Error;

struct Labelled {
    texts: Vec<String>,
    labels: Vec<usize>,
    names: Vec<String>,
    /// For each repeat and fold, the rows that are tested; all others are trained on.
    folds: Vec<Vec<Vec<usize>>>,
}

const FOLDS: usize = 5;
const SAMPLES: usize = 1000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments();
    let Some(path) = arguments.first() else {
        // `cargo bench` starts every bench.
        println!("ablation: cargo bench --bench ablation -- CORPUS.jsonl [REPEATS]");
        return Ok(());
    };
    let repeats = arguments.get(1).map_or(Ok(1), |repeats| repeats.parse())?;
    let corpus = read(path, repeats)?;
    println!(
        "{} documents, {} labels",
        corpus.texts.len(),
        corpus.names.len()
    );
    println!(
        "\n| features | terms | macro F1 | difference | 95 % interval |\n|---|---|---|---|---|"
    );
    let default = run(&corpus, &plain())?;
    println!(
        "| plain words, 1-2-grams | {} | {:.3} | | |",
        default.terms,
        macro_f1(&corpus, &default.predicted, None)
    );
    for (name, options) in choices() {
        let found = run(&corpus, &options)?;
        let (difference, low, high) = compare(&corpus, &default.predicted, &found.predicted);
        let f1 = macro_f1(&corpus, &found.predicted, None);
        println!(
            "| {name} | {} | {f1:.3} | {difference:+.3} | {low:+.3} to {high:+.3} |",
            found.terms
        );
    }
    Ok(())
}

/// Returns the reference of the choices: no stems and no compounds.
fn plain() -> TfIdfOptions {
    let tokens = TokenOptions::default().stem(false);
    TfIdfOptions::default().tokens(tokens).compounds(false)
}

fn choices() -> Vec<(&'static str, TfIdfOptions)> {
    let with = |change: fn(&mut TfIdfOptions)| {
        let mut options = plain();
        change(&mut options);
        options
    };
    vec![
        (
            "no rules of any language",
            with(|o| o.tokens.language = Language::Neutral),
        ),
        (
            "hyphens: parts only",
            with(|o| o.tokens.hyphens = Hyphens::Parts),
        ),
        ("umlauts kept", with(|o| o.tokens.umlauts = Umlauts::Keep)),
        (
            "umlauts stripped",
            with(|o| o.tokens.umlauts = Umlauts::Strip),
        ),
        ("compounds", with(|o| o.compounds = true)),
        ("stems", with(|o| o.tokens.stem = true)),
        (
            "stems and compounds",
            with(|o| (o.tokens.stem, o.compounds) = (true, true)),
        ),
        (
            "no stop words",
            with(|o| o.tokens.stop_words = StopWords::Drop),
        ),
        (
            "words alone (1-grams)",
            with(|o| o.word_ngrams = Some(NGrams::new(1, 1))),
        ),
        (
            "characters 3-5 besides",
            with(|o| o.char_ngrams = Some(NGrams::new(3, 5))),
        ),
        (
            "characters 3-5 and compounds",
            with(|o| (o.char_ngrams, o.compounds) = (Some(NGrams::new(3, 5)), true)),
        ),
        (
            "characters 3-5 and stems",
            with(|o| (o.char_ngrams, o.tokens.stem) = (Some(NGrams::new(3, 5)), true)),
        ),
        (
            "characters 3-5 alone",
            with(|o| (o.word_ngrams, o.char_ngrams) = (None, Some(NGrams::new(3, 5)))),
        ),
    ]
}

fn read(path: &str, repeats: u64) -> Result<Labelled, Box<dyn Error>> {
    let (mut texts, mut names, mut test) = (Vec::new(), Vec::new(), Vec::new());
    for line in std::fs::read_to_string(path)?.lines() {
        let row: serde_json::Value = serde_json::from_str(line)?;
        let column = |name: &str| row[name].as_str().map(str::to_string);
        texts.push(column("text").ok_or("a row has no text")?);
        names.push(column("label").ok_or("a row has no label")?);
        test.extend(column("split").map(|split| split == "test"));
    }
    let numbers: BTreeMap<&String, usize> = names.iter().map(|name| (name, 0)).collect();
    let numbers: BTreeMap<&String, usize> = numbers.into_keys().zip(0..).collect();
    let labels: Vec<usize> = names.iter().map(|name| numbers[name]).collect();
    let folds = if test.len() == labels.len() {
        vec![vec![(0..labels.len()).filter(|&row| test[row]).collect()]]
    } else {
        (0..repeats).map(|seed| stratified(&labels, seed)).collect()
    };
    let names = numbers.into_keys().cloned().collect();
    Ok(Labelled {
        texts,
        labels,
        names,
        folds,
    })
}

fn stratified(labels: &[usize], seed: u64) -> Vec<Vec<usize>> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut order: Vec<(usize, u64, usize)> = labels
        .iter()
        .enumerate()
        .map(|(row, &label)| (label, random.next_u64(), row))
        .collect();
    order.sort_unstable();
    let mut folds = vec![Vec::new(); FOLDS];
    order
        .iter()
        .enumerate()
        .for_each(|(place, &(.., row))| folds[place % FOLDS].push(row));
    folds
}

struct Found {
    /// The terms of the last fold.
    terms: usize,
    /// For each repeat the label of every row; rows that are never tested have none.
    predicted: Vec<Vec<Option<usize>>>,
}

fn run(corpus: &Labelled, options: &TfIdfOptions) -> Result<Found, Box<dyn Error>> {
    let mut found = Found {
        terms: 0,
        predicted: Vec::new(),
    };
    for folds in &corpus.folds {
        let mut predicted = vec![None; corpus.texts.len()];
        for test in folds {
            let mut trains = vec![true; corpus.texts.len()];
            test.iter().for_each(|&row| trains[row] = false);
            let train: Vec<usize> = (0..corpus.texts.len()).filter(|&row| trains[row]).collect();
            let texts = |rows: &[usize]| {
                rows.iter()
                    .map(|&row| &corpus.texts[row])
                    .collect::<Texts>()
            };
            let (tfidf, rows) = TfIdf::fit_transform(options, &texts(&train), &Silent)?;
            let targets: Array1<usize> = train.iter().map(|&row| corpus.labels[row]).collect();
            let svm: LinearSvmParams = LinearSvm::default().into();
            let model = svm.fit(&DatasetBase::new(rows, targets))?;
            let tested = tfidf.transform_texts(&texts(test));
            let mut labels = Array1::zeros(test.len());
            model.predict_inplace(&tested, &mut labels);
            test.iter()
                .zip(labels)
                .for_each(|(&row, label)| predicted[row] = Some(label));
            found.terms = tfidf.vocabulary().len();
        }
        found.predicted.push(predicted);
    }
    Ok(found)
}

/// Mean over the repeats; `weights` says how often each row counts.
fn macro_f1(corpus: &Labelled, predicted: &[Vec<Option<usize>>], weights: Option<&[u32]>) -> f64 {
    let of_repeat = |predicted: &Vec<Option<usize>>| {
        let mut counts = vec![[0u64; 3]; corpus.names.len()];
        for (row, label) in predicted
            .iter()
            .enumerate()
            .filter_map(|(row, label)| Some((row, (*label)?)))
        {
            let weight = weights.map_or(1, |weights| u64::from(weights[row]));
            counts[corpus.labels[row]][1] += weight;
            counts[label][2] += weight;
            counts[label][0] += if label == corpus.labels[row] {
                weight
            } else {
                0
            };
        }
        let f1 = counts.iter().filter(|[_, truth, found]| truth + found > 0);
        let f1: Vec<f64> = f1
            .map(|&[right, truth, found]| 2.0 * right as f64 / (truth + found) as f64)
            .collect();
        f1.iter().sum::<f64>() / f1.len() as f64
    };
    predicted.iter().map(of_repeat).sum::<f64>() / predicted.len() as f64
}

/// The difference of `b` to `a`, and its 95 % interval.
fn compare(
    corpus: &Labelled,
    a: &[Vec<Option<usize>>],
    b: &[Vec<Option<usize>>],
) -> (f64, f64, f64) {
    let difference =
        |weights: Option<&[u32]>| macro_f1(corpus, b, weights) - macro_f1(corpus, a, weights);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let rows = corpus.texts.len() as u64;
    let mut samples: Vec<f64> = (0..SAMPLES)
        .map(|_| {
            let mut weights = vec![0; corpus.texts.len()];
            (0..rows).for_each(|_| weights[(random.next_u64() % rows) as usize] += 1);
            difference(Some(&weights))
        })
        .collect();
    samples.sort_unstable_by(f64::total_cmp);
    (
        difference(None),
        samples[SAMPLES * 25 / 1000],
        samples[SAMPLES * 975 / 1000],
    )
}
