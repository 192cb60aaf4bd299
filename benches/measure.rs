//! Measures one step once in a process of its own and prints one JSON line; `beside_peers.py` and
//! `growth.py` beside this call it, so that memory and caches are nobody else's.
//!
//! ```sh
//! measure STEP NGRAMS THREADS SOURCE [MODEL] [--defaults] [--min-df N]
//! measure logistic - THREADS MATRIX [--cost C] [--tolerance T] [--l1-ratio R] [--ovr]
//! measure ridge - THREADS MATRIX
//! ```
//!
//! `STEP`: bound, fit, fit_transform, transform, hashing, score, latency, train, write. `NGRAMS`:
//! w1, w12, c35, w12c35. `THREADS`: 0 for all. `SOURCE`: a file of `label TAB text` lines, or
//! `generated:DOCUMENTS,WORDS,LABELS[,SEED]`. `MODEL` is read by score and latency (whatever its
//! n-grams), and written by train; write takes the beginning of three file names (`.tsv`, `.ft`,
//! `.jsonl`) in its place.
//!
//! `MATRIX` is in LIBLINEAR's format; `beside_lbfgs.py` writes one and compares the objectives that
//! are reached.
//!
//! Words are cut by English rules, without stems and parts of compounds, unless `--defaults` is
//! given. Only the step is timed; `peak_MB` is the most memory of the whole process, with its
//! texts.

#[path = "support/arguments.rs"]
mod arguments;
#[allow(dead_code, reason = "each bench uses its part")]
mod support;

use arguments::arguments;
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array1;
use serde_json::{Value, json};
use standpoint::Model;
use standpoint::features::{DocumentFrequency, TfIdfOptions};
use standpoint::linear::{
    LogisticRegression, LogisticRegressionParams, MultiClass, Penalty, RidgeParams, Weights,
};
use standpoint::text::Texts;
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;
use support::corpus::Labelled;
use support::solve;
use support::steps::{self, Choice, Cut, Made, Step, Work, choice, pool};

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const USAGE: &str =
    "measure STEP NGRAMS THREADS SOURCE [MODEL] [--defaults] [--min-df N]; see benches/README.md";

/// Step to measure, and on what.
struct Plan {
    step: String,
    choice: Choice,
    threads: usize,
    source: String,
    model: Option<String>,
    cut: Cut,
    min_df: u64,
    logistic: LogisticRegression,
}

impl Plan {
    fn new(arguments: impl Iterator<Item = String>) -> Result<Self> {
        let (mut places, mut cut, mut min_df) = (Vec::new(), Cut::Comparable, 2);
        let mut logistic = LogisticRegression::default();
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--defaults" => cut = Cut::Defaults,
                "--min-df" => min_df = arguments.next().ok_or(USAGE)?.parse()?,
                "--cost" => logistic.c = arguments.next().ok_or(USAGE)?.parse()?,
                "--tolerance" => logistic.tolerance = arguments.next().ok_or(USAGE)?.parse()?,
                "--l1-ratio" => {
                    let l1_ratio = arguments.next().ok_or(USAGE)?.parse()?;
                    logistic.penalty = Penalty::ElasticNet { l1_ratio };
                }
                "--ovr" => logistic.multi_class = MultiClass::OneVsRest,
                _ => places.push(argument),
            }
        }
        let mut places = places.into_iter();
        let mut next = || places.next().ok_or(USAGE);
        let (step, ngrams) = (next()?, next()?);
        let (threads, source) = (next()?.parse()?, next()?);
        let choice = if ngrams == "-" {
            steps::CHOICES[0]
        } else {
            choice(&ngrams).ok_or(USAGE)?
        };
        Ok(Plan {
            step,
            choice,
            threads,
            source,
            model: places.next(),
            cut,
            min_df,
            logistic,
        })
    }

    fn features(&self) -> TfIdfOptions {
        let min_df = DocumentFrequency::Count(self.min_df);
        self.choice.features(self.cut).min_df(min_df)
    }

    fn path(&self) -> Result<&Path> {
        Ok(Path::new(
            self.model.as_deref().ok_or("this step needs a MODEL")?,
        ))
    }
}

fn main() -> Result<()> {
    let arguments = arguments();
    if arguments.is_empty() {
        // `cargo bench` starts every bench.
        println!("{USAGE}");
        return Ok(());
    }
    let plan = Plan::new(arguments.into_iter())?;
    if ["logistic", "ridge"].contains(&plan.step.as_str()) {
        println!("{}", pool(plan.threads).install(|| solve(&plan))?);
        return Ok(());
    }
    let corpus = Labelled::open(&plan.source)?;
    let about = json!({
        "step": plan.step, "ngrams": plan.choice.name, "threads": plan.threads,
        "documents": corpus.texts.len(), "MB": corpus.texts.bytes() as f64 / 1e6,
    });
    let found = pool(plan.threads).install(|| run(&plan, corpus))?;
    println!("{}", join([about, found, json!({"peak_MB": peak()})]));
    Ok(())
}

fn join<const N: usize>(parts: [Value; N]) -> Value {
    let fields = parts
        .into_iter()
        .filter_map(|part| part.as_object().cloned())
        .flatten();
    Value::Object(fields.collect())
}

fn run(plan: &Plan, corpus: Labelled) -> Result<Value> {
    let options = plan.features();
    let texts = &corpus.texts;
    let megabytes = texts.bytes() as f64 / 1e6;
    match (plan.step.as_str(), Step::named(&plan.step)) {
        ("train", _) => train(plan, corpus),
        ("write", _) => write(&corpus, &plan.path()?.to_string_lossy()),
        ("latency", _) => latency(&Model::load(plan.path()?)?, texts),
        (_, Some(Step::Bound)) => timed(megabytes, || steps::bound(texts, &options)),
        (_, Some(Step::Fit)) => timed(megabytes, || steps::fit(texts, &options)),
        (_, Some(Step::FitTransform)) => timed(megabytes, || steps::fit_transform(texts, &options)),
        (_, Some(Step::Transform)) => {
            let Made::Fitted(tfidf) = steps::fit(texts, &options) else {
                unreachable!()
            };
            timed(megabytes, || Made::Rows(tfidf.transform_texts(texts)))
        }
        (_, Some(Step::Hashing)) => {
            let hashing = steps::hashing(&options);
            timed(megabytes, || Made::Rows(hashing.transform_texts(texts)))
        }
        (_, Some(Step::Score)) => {
            let model = Model::load(plan.path()?)?;
            let labels = steps::labels_in(&model, &corpus);
            timed(megabytes, || steps::score(&model, texts, &labels))
        }
        _ => Err(USAGE.into()),
    }
}

/// A short step is done again until there is enough to measure, and the mean counts.
const ENOUGH_SECONDS: f64 = 0.25;

fn timed(megabytes: f64, step: impl Fn() -> Made) -> Result<Value> {
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let (mut made, mut rounds) = (step(), 1.0);
    while start.elapsed().as_secs_f64() < ENOUGH_SECONDS {
        let before = made.counts();
        drop(made);
        (made, rounds) = (step(), rounds + 1.0);
        assert_eq!(made.counts(), before);
    }
    let (seconds, cpu) = (
        start.elapsed().as_secs_f64() / rounds,
        (cpu_seconds() - cpu) / rounds,
    );
    let Work {
        tokens,
        terms,
        stored,
        hits,
        checksum,
    } = made.work();
    Ok(json!({
        "seconds": seconds, "cpu_seconds": cpu, "MB_s": megabytes / seconds, "cpu_MB_s": megabytes / cpu,
        "rounds": rounds, "tokens": tokens, "terms": terms, "stored": stored, "hits": hits,
        "checksum": format!("{checksum:016x}"),
    }))
}

/// Features and SVM, as `Trainer` does them; the model is saved outside of the time.
fn train(plan: &Plan, corpus: Labelled) -> Result<Value> {
    let corpus = corpus.into_corpus();
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let model = steps::train(&corpus, &plan.features());
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    model.save(plan.path()?, true)?;
    let bytes = fs::metadata(plan.path()?)?.len();
    Ok(json!({
        "seconds": seconds, "cpu_seconds": cpu, "terms": model.tfidf().vocabulary().len(),
        "labels": model.heads()[0].metadata().labels.len(), "model_MB": bytes as f64 / 1e6,
    }))
}

/// Logistic regression or ridge on a given matrix.
fn solve(plan: &Plan) -> Result<Value> {
    let (rows, labels) = solve::read(&plan.source)?;
    let data = DatasetBase::new(rows, Array1::from_vec(labels.clone()));
    let options = plan.logistic.clone();
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let model = match plan.step.as_str() {
        "ridge" => RidgeParams::default().fit(&data)?,
        _ => LogisticRegressionParams::from(options.clone()).fit(&data)?,
    };
    let (seconds, cpu, peak) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu, peak());
    let reached =
        (plan.step != "ridge").then(|| solve::objective(&model, &data.records, &labels, &options));
    let (Weights::Dense(weights)
    | Weights::Sparse {
        values: weights, ..
    }) = model.weights();
    Ok(json!({
        "step": plan.step, "threads": plan.threads, "C": options.c, "seconds": seconds, "cpu_seconds": cpu,
        "objective": reached, "weights": weights.iter().filter(|&&w| w != 0.0).count(), "peak_MB": peak,
    }))
}

/// Texts of this many bytes are timed one by one.
const LENGTHS: std::ops::RangeInclusive<usize> = 2500..=3500;

fn latency(model: &Model, texts: &Texts) -> Result<Value> {
    let mut scorer = model.scorer();
    let mut known = 0;
    let mut one = |text: &str| {
        let start = Instant::now();
        known += scorer.score(text).known_terms;
        start.elapsed().as_secs_f64() * 1e6
    };
    let chosen: Vec<&str> = texts
        .iter()
        .filter(|text| LENGTHS.contains(&text.len()))
        .collect();
    if chosen.is_empty() {
        return Err("no text has from 2500 to 3500 bytes".into());
    }
    // The first round reads the model from the disk and grows the scratch.
    for text in &chosen {
        one(text);
    }
    let mut times: Vec<f64> = chosen.iter().map(|text| one(text)).collect();
    times.sort_by(f64::total_cmp);
    let quantile = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    Ok(
        json!({"texts": times.len(), "p50_us": quantile(0.5), "p99_us": quantile(0.99), "stored": known}),
    )
}

/// The corpus as the peers read it: `label TAB text`, fastText lines, JSON lines.
fn write(corpus: &Labelled, prefix: &str) -> Result<Value> {
    let create = |ending| {
        Ok::<_, std::io::Error>(BufWriter::new(File::create(format!("{prefix}.{ending}"))?))
    };
    let (mut tsv, mut fasttext, mut jsonl) = (create("tsv")?, create("ft")?, create("jsonl")?);
    for (index, text) in corpus.texts.iter().enumerate() {
        let label = corpus.label(index);
        writeln!(tsv, "{label}\t{text}")?;
        writeln!(fasttext, "__label__{label} {text}")?;
        writeln!(
            jsonl,
            "{}",
            json!({"id": index.to_string(), "label": label, "text": text})
        )?;
    }
    [tsv.flush(), fasttext.flush(), jsonl.flush()]
        .into_iter()
        .collect::<std::io::Result<()>>()?;
    Ok(json!({"written": prefix}))
}

/// The most memory that this process ever had, in MB; `null` where the system does not tell.
fn peak() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim()
        .trim_end_matches(" kB")
        .parse()
        .ok()
        .map(|kilobytes: f64| kilobytes / 1024.0)
}

/// Processor time of all threads that are alive; not a number where the system does not tell.
fn cpu_seconds() -> f64 {
    let of = |task: fs::DirEntry| {
        let stat = fs::read_to_string(task.path().join("schedstat")).ok()?;
        stat.split(' ').next()?.parse::<f64>().ok()
    };
    let tasks = fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    let nanoseconds: Option<Vec<f64>> = tasks.map(of).collect();
    nanoseconds
        .filter(|all| !all.is_empty())
        .map_or(f64::NAN, |all| all.iter().sum::<f64>() / 1e9)
}
