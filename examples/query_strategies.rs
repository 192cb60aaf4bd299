//! Learning curves of the strategies by which the desk asks for labels.
//!
//! ```sh
//! cargo run --release --example query_strategies -- news.jsonl topic
//! ```
//!
//! Half of the documents are the pool, the others test. A model is trained on 40 labels at random,
//! asks for 20 more by its strategy, is trained anew on all of them, and so on up to 400; ten times
//! with other halves. Printed is the macro-F1 after 100, 200 and 400 labels, as the mean over the
//! repetitions with its interval of 95 % (Student's t), and the labels at which the random order has
//! reached what a strategy has after 200.

use standpoint::calibrate::{Method, ThresholdObjective};
use standpoint::corpus::{ColumnMapping, CorpusReader, HeadKind, ReadOptions, Schema, find_inputs};
use standpoint::desk::QueryStrategy;
use standpoint::io::Silent;
use standpoint::model::Metrics;
use standpoint::{Corpus, Error, Result, Trainer};

const REPETITIONS: u64 = 10;
const FIRST: usize = 40;
const STEP: usize = 20;
const LAST: usize = 400;
/// Documents of the pool and of the test set at most, so that the curves of large corpora take
/// minutes.
const MOST: usize = 2000;
/// Student's t for nine degrees of freedom and 95 %.
const T: f64 = 2.262;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [file, head] = &args[..] else {
        return Err(Error::usage(
            "two arguments: a corpus of JSON lines and its label column",
        ));
    };
    let corpus = read(file, head)?;
    println!("| strategy | 100 labels | 200 labels | 400 labels | labels at random for the same |");
    println!("|---|---|---|---|---|");
    let mut random = Vec::new();
    for strategy in [
        QueryStrategy::Random,
        QueryStrategy::Margin,
        QueryStrategy::Entropy,
    ] {
        let curves = (0..REPETITIONS).map(|seed| curve(&corpus, strategy, seed));
        let curves: Vec<Vec<f64>> = curves.collect::<Result<_>>()?;
        let at = |labels: usize| -> Vec<f64> {
            curves
                .iter()
                .map(|curve| curve[(labels - FIRST) / STEP])
                .collect()
        };
        let mean_at = |labels| mean_and_half_width(&at(labels)).0;
        if strategy == QueryStrategy::Random {
            random = (FIRST..=LAST).step_by(STEP).map(mean_at).collect();
        }
        let reached = random.iter().position(|&f1| f1 >= mean_at(200));
        let reached = reached.map_or(format!("over {LAST}"), |at| (FIRST + at * STEP).to_string());
        let shown = [100, 200, 400].map(|labels| {
            let (mean, half) = mean_and_half_width(&at(labels));
            format!("{mean:.3} ± {half:.3}")
        });
        println!(
            "| {} | {} | {reached} |",
            strategy.name(),
            shown.join(" | ")
        );
    }
    Ok(())
}

fn read(file: &str, head: &str) -> Result<Corpus> {
    let schema = Schema::new(["text"]).head(head, HeadKind::Exclusive);
    let mapping = ColumnMapping::new(schema);
    let inputs = find_inputs(&[file.to_string()], &Silent)?;
    CorpusReader::new(inputs, ReadOptions::default(), &mapping).read()
}

/// Returns the macro-F1 on the test half after each step.
fn curve(corpus: &Corpus, strategy: QueryStrategy, seed: u64) -> Result<Vec<f64>> {
    let order = shuffled(corpus.len(), seed);
    let (pool, test) = order.split_at(order.len() / 2);
    let pool = corpus.select(&pool[..pool.len().min(MOST)]);
    let test = corpus.select(&test[..test.len().min(MOST)]);
    // Calibration and thresholds do not change the label of an exclusive head.
    let trainer = Trainer {
        calibrate: Method::None,
        thresholds: ThresholdObjective::Fixed,
        ..Trainer::default()
    };
    let mut labelled: Vec<usize> = (0..FIRST).collect();
    let mut waiting: Vec<usize> = (FIRST..pool.len()).collect();
    let mut values = Vec::new();
    loop {
        let model = trainer.train(&pool.select(&labelled))?;
        let mut known = test.clone();
        known.heads[0] = renumbered(&test.heads[0], &model.heads()[0].metadata().labels);
        let evaluated = model.evaluate(&known)?;
        let Metrics::Exclusive(report) = &evaluated[0].metrics else {
            return Err(Error::data("the head is not exclusive"));
        };
        values.push(report.macro_avg.f1);
        if labelled.len() >= LAST {
            return Ok(values);
        }
        let texts: Vec<&str> = waiting.iter().map(|&at| pool.texts.get(at)).collect();
        let mut ranked: Vec<(f64, usize)> = model
            .score_texts(&texts)
            .iter()
            .zip(&waiting)
            .map(|(scores, &at)| (strategy.uncertainty(&scores.heads[0], at as u64), at))
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let asked: Vec<usize> = ranked.iter().take(STEP).map(|&(_, at)| at).collect();
        waiting.retain(|at| !asked.contains(at));
        labelled.extend(asked);
    }
}

/// Returns a head with the labels of a model first, in its order.
fn renumbered(head: &standpoint::corpus::Head, known: &[String]) -> standpoint::corpus::Head {
    let mut labels = known.to_vec();
    labels.extend(
        head.labels
            .iter()
            .filter(|label| !known.contains(label))
            .cloned(),
    );
    let place = |label: usize| labels.iter().position(|l| *l == head.labels[label]);
    let rows = 0..head.targets.documents();
    let of = rows.map(|row| {
        let held = (0..head.labels.len()).find(|&at| head.targets.holds(row, at) == Some(true));
        held.and_then(place).map(|place| place as u32)
    });
    standpoint::corpus::Head {
        name: head.name.clone(),
        targets: standpoint::corpus::Targets::Exclusive {
            labels: labels.len(),
            of: of.collect(),
        },
        labels,
    }
}

fn mean_and_half_width(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, T * (variance / n).sqrt())
}

/// Returns the numbers below `count` in a random order: Fisher and Yates with Knuth's linear
/// congruential generator.
fn shuffled(count: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut state = seed;
    for last in (1..count).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        order.swap(last, (state >> 33) as usize % (last + 1));
    }
    order
}
