//! Our SVM on all features beside linfa's own algorithms, which take dense matrices only, on as
//! many of the best features as a memory budget allows.
//!
//! ```sh
//! cargo bench --bench linfa_beside [-- CORPUS.jsonl [MEGABYTES]]
//! ```
//!
//! The corpus is JSON lines with `title`, `text` and `topic`, default `datasets/news.jsonl`; every
//! fourth row is tested. The features are chosen by χ² on the other rows.

#[path = "support/arguments.rs"]
mod arguments;

use arguments::arguments;
use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use linfa_bayes::GaussianNb;
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2};
use standpoint::features::{SparseRows, TfIdf, TfIdfOptions, best_columns, chi_squared};
use standpoint::io::Silent;
use standpoint::linear::{LinearSvmParams, LogisticRegressionParams};
use standpoint::text::Texts;
use std::collections::BTreeMap;
use std::error::Error;

/// Texts with the numbers of their labels.
#[derive(Default)]
struct Part {
    texts: Texts,
    labels: Vec<usize>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = arguments().into_iter();
    let path = arguments
        .next()
        .unwrap_or_else(|| "datasets/news.jsonl".to_string());
    let megabytes: usize = arguments
        .next()
        .map_or(Ok(4), |megabytes| megabytes.parse())?;
    let (train, test) = read(&path)?;
    let (tfidf, rows) = TfIdf::fit_transform(&TfIdfOptions::default(), &train.texts, &Silent)?;
    let tested = tfidf.transform_texts(&test.texts);
    println!(
        "{} documents to learn, {} to test, {} features",
        rows.rows(),
        tested.rows(),
        rows.columns()
    );

    let data = DatasetBase::new(rows, Array1::from_vec(train.labels));
    let svm = LinearSvmParams::default().fit(&data)?;
    let all: Array1<usize> = svm.predict(&DatasetBase::new(tested.clone(), ()));
    tell("our SVM, all features", &all, &test.labels);

    let columns = within(&data, megabytes << 20)?;
    println!(
        "\n{} features fit into {megabytes} MB as a dense matrix:",
        columns.len()
    );
    let few = DatasetBase::new(data.records.keep_columns(&columns), data.targets.clone());
    let tested = tested.keep_columns(&columns);
    let ours = [
        ("our SVM", LinearSvmParams::default().fit(&few)?),
        (
            "our logistic regression",
            LogisticRegressionParams::default().fit(&few)?,
        ),
    ];
    for (name, model) in ours {
        let predicted: Array1<usize> = model.predict(&DatasetBase::new(tested.clone(), ()));
        tell(name, &predicted, &test.labels);
    }
    beside(few, &tested, &test.labels)
}

/// linfa's own, on the same numbers.
fn beside(
    few: DatasetBase<SparseRows, Array1<usize>>,
    tested: &SparseRows,
    truth: &[usize],
) -> Result<(), Box<dyn Error>> {
    let dense = DatasetBase::new(few.records.to_dense().mapv(f64::from), few.targets);
    let tested: Array2<f64> = tested.to_dense().mapv(f64::from);
    let logistic = MultiLogisticRegression::default()
        .max_iterations(200)
        .fit(&dense)?;
    tell(
        "linfa's logistic regression",
        &logistic.predict(&tested),
        truth,
    );
    let bayes = GaussianNb::params().fit(&dense)?;
    tell(
        "linfa's Gaussian naive Bayes",
        &bayes.predict(&tested),
        truth,
    );
    Ok(())
}

/// As many of the best columns as fit into so many bytes, at eight for each number.
fn within(
    data: &DatasetBase<SparseRows, Array1<usize>>,
    bytes: usize,
) -> Result<Vec<u32>, Box<dyn Error>> {
    let classes: Vec<Option<u32>> = data
        .targets
        .iter()
        .map(|&label| Some(label as u32))
        .collect();
    let scores = chi_squared(&data.records, &classes)?;
    Ok(best_columns(
        &scores,
        bytes / 8 / data.records.rows().max(1),
    ))
}

fn tell(what: &str, predicted: &Array1<usize>, truth: &[usize]) {
    let right = predicted.iter().zip(truth).filter(|(a, b)| a == b).count();
    println!(
        "{what:32} accuracy {:.3}",
        right as f64 / truth.len() as f64
    );
}

fn read(path: &str) -> Result<(Part, Part), Box<dyn Error>> {
    let (mut train, mut test) = (Part::default(), Part::default());
    let mut numbers = BTreeMap::new();
    for (at, line) in std::fs::read_to_string(path)?.lines().enumerate() {
        let row: serde_json::Value = serde_json::from_str(line)?;
        let text = |column: &str| row[column].as_str().unwrap_or_default().to_string();
        let next = numbers.len();
        let label = *numbers.entry(text("topic")).or_insert(next);
        let part = if at % 4 == 3 { &mut test } else { &mut train };
        part.texts
            .push(&format!("{}\n{}", text("title"), text("text")));
        part.labels.push(label);
    }
    Ok((train, test))
}
