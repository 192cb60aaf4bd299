//! Accuracy of NB-SVM by the exponent of its ratios, their smoothing, and `C`, beside the SVM.
//!
//! ```sh
//! cargo bench --bench nbsvm -- CORPUS.jsonl [FOLDS]
//! ```
//!
//! The corpus is JSON lines with `text`, and `label` or a list `labels`, and perhaps `split`
//! (`train` or `test`); without it the first `FOLDS` of five stratified folds are tested (default
//! all). Each line of the result is features, classifier, the mean macro-F1 of the folds, and
//! seconds, separated by tabs. Independent labels hold above thresholds that are chosen on the other
//! half of the test rows, as in a search. All classifiers of a fold share its features, which are
//! fitted on the training rows. `docs/nbsvm.py` joins the results of several corpora.

#[path = "support/arguments.rs"]
mod arguments;

use arguments::arguments;
use rayon::prelude::*;
use standpoint::calibrate::max_f1;
use standpoint::corpus::Targets;
use standpoint::evaluate;
use standpoint::features::{NGrams, SparseRows, TfIdf, TfIdfOptions};
use standpoint::io::Silent;
use standpoint::linear::{Classifier, LinearModel, LinearSvm, NbSvm};
use standpoint::split::Folds;
use standpoint::text::Texts;
use std::collections::BTreeSet;
use std::error::Error;
use std::time::Instant;

const FOLDS: u32 = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments();
    let Some(path) = arguments.first() else {
        // `cargo bench` starts every bench.
        println!("nbsvm: cargo bench --bench nbsvm -- CORPUS.jsonl [FOLDS]");
        return Ok(());
    };
    let folds = arguments.get(1).map_or(Ok(FOLDS), |folds| folds.parse())?;
    let corpus = Corpus::read(path, folds)?;
    let classifiers = classifiers();
    for (features, options) in features() {
        let mut sums = vec![(0.0, 0.0); classifiers.len()];
        for (train, test) in &corpus.folds {
            let fold = Fold::new(&corpus, &options, train, test)?;
            for ((_, classifier), sum) in classifiers.iter().zip(&mut sums) {
                let begun = Instant::now();
                sum.0 += fold.macro_f1(classifier)? / corpus.folds.len() as f64;
                sum.1 += begun.elapsed().as_secs_f64();
            }
        }
        for ((name, _), (f1, seconds)) in classifiers.iter().zip(sums) {
            println!("{features}\t{name}\t{f1:.5}\t{seconds:.2}");
        }
    }
    Ok(())
}

fn features() -> Vec<(&'static str, TfIdfOptions)> {
    let words = TfIdfOptions::default();
    let both = words.clone().char_ngrams(Some(NGrams::new(3, 5)));
    vec![("words", words), ("words+characters", both)]
}

/// The grid: SVMs, NB-SVMs as in the paper, and tempered ones.
fn classifiers() -> Vec<(String, Classifier)> {
    let mut all = Vec::new();
    for c in [0.1, 0.2, 0.3, 1.0, 3.0] {
        let svm = LinearSvm {
            c,
            ..LinearSvm::default()
        };
        all.push((format!("svm C={c}"), svm.into()));
    }
    let exponents = [None, Some(1.0), Some(0.7), Some(0.6), Some(0.5)];
    for exponent in exponents {
        for alpha in [0.1, 0.3, 1.0] {
            for c in [0.1, 0.2, 0.3, 1.0] {
                let nbsvm = NbSvm {
                    ratio_exponent: exponent,
                    alpha,
                    c,
                    ..NbSvm::default()
                };
                let shown = exponent.map_or("none".to_string(), |p| p.to_string());
                let name = format!("nbsvm exponent={shown} alpha={alpha} C={c}");
                all.push((name, nbsvm.into()));
            }
        }
    }
    all
}

struct Corpus {
    texts: Vec<String>,
    names: Vec<String>,
    targets: Targets,
    /// Rows of training and test.
    folds: Vec<(Vec<usize>, Vec<usize>)>,
}

impl Corpus {
    fn read(path: &str, folds: u32) -> Result<Self, Box<dyn Error>> {
        let (mut texts, mut of, mut test) = (Vec::new(), Vec::new(), Vec::new());
        let mut is_exclusive = true;
        for line in std::fs::read_to_string(path)?.lines() {
            let row: serde_json::Value = serde_json::from_str(line)?;
            let text = |value: &serde_json::Value| value.as_str().map(str::to_string);
            texts.push(text(&row["text"]).ok_or("a row has no text")?);
            of.push(match row["labels"].as_array() {
                Some(labels) => labels.iter().filter_map(text).collect(),
                None => vec![text(&row["label"]).ok_or("a row has no label")?],
            });
            is_exclusive &= row["labels"].is_null();
            test.extend(row["split"].as_str().map(|split| split == "test"));
        }
        let names: BTreeSet<&String> = of.iter().flatten().collect();
        let names: Vec<String> = names.into_iter().cloned().collect();
        let targets = targets(&names, &of, is_exclusive)?;
        let rows = 0..texts.len();
        let folds = if test.len() == texts.len() {
            vec![rows.partition(|&row| !test[row])]
        } else {
            let all = Folds::stratified(&targets, FOLDS, 0);
            (0..folds.min(FOLDS)).map(|fold| all.of(fold)).collect()
        };
        Ok(Corpus {
            texts,
            names,
            targets,
            folds,
        })
    }

    fn texts(&self, rows: &[usize]) -> Texts {
        rows.iter().map(|&row| &self.texts[row]).collect()
    }
}

fn targets(
    names: &[String],
    of: &[Vec<String>],
    is_exclusive: bool,
) -> Result<Targets, Box<dyn Error>> {
    let number = |name: &String| names.binary_search(name).map_err(|_| "an unknown label");
    if is_exclusive {
        let of: Result<_, _> = of
            .iter()
            .map(|of| number(&of[0]).map(|label| Some(label as u32)))
            .collect();
        let labels = names.len();
        return Ok(Targets::Exclusive { labels, of: of? });
    }
    let cells = of
        .iter()
        .flat_map(|of| names.iter().map(|name| Some(of.contains(name))));
    Ok(Targets::Independent {
        labels: names.len(),
        cells: cells.collect(),
    })
}

/// Rows of one fold under one kind of features.
struct Fold<'c> {
    names: &'c [String],
    train: (SparseRows, Targets),
    test: (SparseRows, Targets),
}

impl<'c> Fold<'c> {
    fn new(
        corpus: &'c Corpus,
        options: &TfIdfOptions,
        train: &[usize],
        test: &[usize],
    ) -> Result<Self, Box<dyn Error>> {
        let (tfidf, rows) = TfIdf::fit_transform(options, &corpus.texts(train), &Silent)?;
        let tested = tfidf.transform_texts(&corpus.texts(test));
        Ok(Fold {
            names: &corpus.names,
            train: (rows, corpus.targets.select(train)),
            test: (tested, corpus.targets.select(test)),
        })
    }

    fn macro_f1(&self, classifier: &Classifier) -> Result<f64, Box<dyn Error>> {
        let (rows, targets) = &self.train;
        let model = classifier.fit_rows(rows, targets, None, &Silent)?;
        let (rows, truth) = &self.test;
        let decide = |row: usize| {
            let mut decisions = Vec::new();
            model.decide(rows.row(row), &mut decisions);
            decisions
        };
        let decisions: Vec<Vec<f64>> = (0..rows.rows()).into_par_iter().map(decide).collect();
        Ok(match truth {
            Targets::Exclusive { of, .. } => {
                let truth: Vec<u32> = of.iter().copied().flatten().collect();
                let best = |row: &Vec<f64>| LinearModel::best(row) as u32;
                let answers: Vec<u32> = decisions.iter().map(best).collect();
                evaluate::exclusive(self.names, &truth, &answers, None)?
                    .macro_avg
                    .f1
            }
            Targets::Independent { cells, .. } => {
                let holds = by_halves(self.names.len(), cells, &decisions);
                evaluate::independent(self.names, cells, &holds, None)?
                    .macro_avg
                    .f1
            }
        })
    }
}

/// Decides every second row by thresholds of the others.
fn by_halves(labels: usize, cells: &[Option<bool>], decisions: &[Vec<f64>]) -> Vec<bool> {
    let mut holds = vec![false; cells.len()];
    for label in 0..labels {
        for own in 0..2 {
            let of_half = |half| (half..decisions.len()).step_by(2);
            let known = |row: usize| {
                let holds = cells[row * labels + label]?;
                Some((decisions[row][label], holds, 1.0))
            };
            let others: Vec<_> = of_half(1 - own).filter_map(known).collect();
            let threshold = max_f1(&others);
            for row in of_half(own) {
                holds[row * labels + label] = decisions[row][label] > threshold;
            }
        }
    }
    holds
}
