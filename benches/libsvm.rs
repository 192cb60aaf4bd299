//! Trains an SVM on a matrix in LIBSVM's format, as `benches/beside_liblinear.py` does beside
//! LIBLINEAR.
//!
//! ```sh
//! libsvm write TRAIN.tsv TEST.tsv TRAIN.svm TEST.svm
//! libsvm train SOLVER THREADS C TOLERANCE TRAIN.svm TEST.svm [LIBLINEAR_MODEL]
//! ```
//!
//! `write` makes TF-IDF features of words and pairs of words that are in two documents, from lines
//! of `label TAB text`. `train` prints one JSON line: seconds of training, primal objectives,
//! accuracy on the test rows, and, of a model that LIBLINEAR wrote (`-B 1`), the same and on how
//! many test rows both agree. `SOLVER`: svm, hinge, cs or lr (one label against the rest).
//! `TOLERANCE` may be `default`, which is that of the solver.

#[path = "support/arguments.rs"]
mod arguments;

use arguments::arguments;
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::Array1;
use serde_json::{Value, json};
use standpoint::exchange::write_libsvm;
use standpoint::features::{Row, SparseRows, TfIdf, TfIdfOptions};
use standpoint::io::Silent;
use standpoint::linear::{
    CrammerSinger, CrammerSingerParams, Intercept, LinearModel, LinearSvm, LinearSvmParams,
    LogisticRegression, LogisticRegressionParams, MultiClass, SvmLoss, Weights,
};
use standpoint::text::{Language, Texts, TokenOptions};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File};
use std::io::BufWriter;
use std::time::Instant;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Result<()> {
    let arguments = arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["write", train, test, train_out, test_out] => write([train, test], [train_out, test_out]),
        [
            "train",
            solver,
            threads,
            c,
            tolerance,
            train,
            test,
            ref liblinear @ ..,
        ] => {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads.parse()?)
                .build()?;
            let tolerance = (tolerance != "default")
                .then(|| tolerance.parse())
                .transpose()?;
            let c = c.parse()?;
            let plan = Plan {
                solver: solver.parse()?,
                c,
                tolerance,
            };
            pool.install(|| plan.run(train, test, liblinear.first().copied()))
        }
        // `cargo bench` starts every bench.
        [] => {
            println!("libsvm: run by benches/beside_liblinear.py");
            Ok(())
        }
        _ => Err("see the page of benches/libsvm.rs".into()),
    }
}

fn write(from: [&str; 2], to: [&str; 2]) -> Result<()> {
    let options = TfIdfOptions::default()
        .tokens(
            TokenOptions::default()
                .language(Language::English)
                .stem(false),
        )
        .compounds(false);
    let mut numbers = BTreeMap::new();
    let (train, labels) = read_texts(from[0], &mut numbers)?;
    let (tfidf, rows) = TfIdf::fit_transform(&options, &train, &Silent)?;
    write_libsvm(&rows, &labels, BufWriter::new(File::create(to[0])?))?;
    let (test, labels) = read_texts(from[1], &mut numbers)?;
    let rows = tfidf.transform_texts(&test);
    write_libsvm(&rows, &labels, BufWriter::new(File::create(to[1])?))?;
    Ok(())
}

/// Returns texts and the number of each one's label.
fn read_texts(
    path: &str,
    numbers: &mut BTreeMap<String, usize>,
) -> Result<(Texts, Vec<Vec<String>>)> {
    let (mut texts, mut labels) = (Texts::default(), Vec::new());
    for line in fs::read_to_string(path)?.lines() {
        let (label, text) = line.split_once('\t').ok_or("a line has no tab")?;
        let next = numbers.len();
        let number = *numbers.entry(label.to_string()).or_insert(next);
        labels.push(vec![number.to_string()]);
        texts.push(text);
    }
    Ok((texts, labels))
}

fn read_rows(path: &str, columns: usize) -> Result<(SparseRows, Vec<usize>)> {
    let (mut rows, mut labels) = (SparseRows::new(columns), Vec::new());
    for line in fs::read_to_string(path)?.lines() {
        let mut parts = line.split(' ');
        labels.push(parts.next().unwrap_or_default().parse()?);
        let (mut columns, mut values) = (Vec::new(), Vec::new());
        for part in parts {
            let (column, value) = part.split_once(':').ok_or("no colon")?;
            columns.push(column.parse::<u32>()? - 1);
            values.push(value.parse::<f32>()?);
        }
        rows.push(&columns, &values);
    }
    Ok((rows, labels))
}

fn columns_of(path: &str) -> Result<usize> {
    let text = fs::read_to_string(path)?;
    let last = |line: &str| line.rsplit(' ').next()?.split_once(':')?.0.parse().ok();
    text.lines()
        .filter_map(last)
        .max()
        .ok_or_else(|| "no columns".into())
}

#[derive(Clone, Copy)]
enum Solver {
    Rest(SvmLoss),
    CrammerSinger,
    Logistic,
}

impl std::str::FromStr for Solver {
    type Err = String;

    fn from_str(name: &str) -> std::result::Result<Self, String> {
        match name {
            "svm" => Ok(Solver::Rest(SvmLoss::SquaredHinge)),
            "hinge" => Ok(Solver::Rest(SvmLoss::Hinge)),
            "cs" => Ok(Solver::CrammerSinger),
            "lr" => Ok(Solver::Logistic),
            _ => Err(format!("no solver {name}")),
        }
    }
}

struct Plan {
    solver: Solver,
    c: f64,
    /// The solver's own if there is none.
    tolerance: Option<f64>,
}

/// Weights by feature and label, biases last.
struct Found {
    weights: Vec<f64>,
    labels: usize,
}

impl Plan {
    fn run(&self, train: &str, test: &str, liblinear: Option<&str>) -> Result<()> {
        let columns = columns_of(train)?.max(columns_of(test)?);
        let ((rows, of), (test, truth)) = (read_rows(train, columns)?, read_rows(test, columns)?);
        let data = DatasetBase::new(rows, Array1::from_vec(of));
        let (before, cpu, start) = (peak_megabytes(), cpu_seconds(), Instant::now());
        let model = self.fit(&data)?;
        let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
        let resources = json!({"seconds": seconds, "cpu_seconds": cpu, "before_MB": before, "peak_MB": peak_megabytes()});
        let (of, ours) = (data.targets.to_vec(), Found::of_model(&model));
        let mut report = json!({"resources": resources, "standpoint": self.judge(&ours, &data.records, &of, &test, &truth)});
        if let Some(path) = liblinear {
            let theirs = Found::of_liblinear(path, columns)?;
            report["liblinear"] = self.judge(&theirs, &data.records, &of, &test, &truth);
            let same = test
                .iter()
                .filter(|&row| ours.best(row) == theirs.best(row))
                .count();
            report["agreement"] = json!(same as f64 / test.rows() as f64);
        }
        println!("{report}");
        Ok(())
    }

    fn fit(&self, data: &DatasetBase<SparseRows, Array1<usize>>) -> Result<LinearModel> {
        let Plan { c, tolerance, .. } = *self;
        Ok(match self.solver {
            Solver::Rest(loss) => {
                let mut options = LinearSvm {
                    c,
                    loss,
                    ..LinearSvm::default()
                };
                options.tolerance = tolerance.unwrap_or(options.tolerance);
                LinearSvmParams::from(options).fit(data)?
            }
            Solver::CrammerSinger => {
                let mut options = CrammerSinger {
                    c,
                    ..CrammerSinger::default()
                };
                options.tolerance = tolerance.unwrap_or(options.tolerance);
                CrammerSingerParams::from(options).fit(data)?
            }
            Solver::Logistic => {
                let (intercept, multi_class) = (Intercept::Regularised, MultiClass::OneVsRest);
                let mut options = LogisticRegression {
                    c,
                    intercept,
                    multi_class,
                    ..LogisticRegression::default()
                };
                options.tolerance = tolerance.unwrap_or(options.tolerance);
                LogisticRegressionParams::from(options).fit(data)?
            }
        })
    }

    fn judge(
        &self,
        found: &Found,
        rows: &SparseRows,
        of: &[usize],
        test: &SparseRows,
        truth: &[usize],
    ) -> Value {
        let right = test
            .iter()
            .zip(truth)
            .filter(|&(row, &label)| found.best(row) == label)
            .count();
        json!({"objectives": self.objectives(found, rows, of), "accuracy": right as f64 / truth.len() as f64})
    }

    /// One a label, or one of all with Crammer and Singer.
    fn objectives(&self, found: &Found, rows: &SparseRows, of: &[usize]) -> Vec<f64> {
        let mut sums = vec![0.0; found.labels];
        for weights in found.weights.chunks_exact(found.labels) {
            sums.iter_mut()
                .zip(weights)
                .for_each(|(sum, w)| *sum += w * w / 2.0);
        }
        let mut most = 0.0;
        for (row, &of) in rows.iter().zip(of) {
            let decisions = found.decide(row);
            let margin = |label: usize| {
                if label == of {
                    decisions[of]
                } else {
                    -decisions[label]
                }
            };
            let others = (0..found.labels)
                .filter(|&label| label != of)
                .map(|label| decisions[label]);
            most +=
                self.c * (1.0 + others.fold(f64::NEG_INFINITY, f64::max) - decisions[of]).max(0.0);
            for (label, sum) in sums.iter_mut().enumerate() {
                *sum += self.c * self.loss(margin(label));
            }
        }
        match self.solver {
            Solver::CrammerSinger => {
                vec![most + found.weights.iter().map(|w| w * w / 2.0).sum::<f64>()]
            }
            Solver::Rest(_) | Solver::Logistic => sums,
        }
    }

    fn loss(&self, margin: f64) -> f64 {
        let lack = f64::max(1.0 - margin, 0.0);
        match self.solver {
            Solver::Rest(SvmLoss::Hinge) | Solver::CrammerSinger => lack,
            Solver::Rest(SvmLoss::SquaredHinge) => lack * lack,
            Solver::Logistic => f64::max(-margin, 0.0) + (-margin.abs()).exp().ln_1p(),
        }
    }
}

impl Found {
    fn of_model(model: &LinearModel) -> Self {
        let labels = model.labels();
        let mut weights = vec![0.0; model.features() * labels];
        match model.weights() {
            Weights::Dense(dense) => weights
                .iter_mut()
                .zip(dense.iter())
                .for_each(|(w, &d)| *w = f64::from(d)),
            Weights::Sparse {
                ends,
                labels: of,
                values,
            } => {
                let mut from = 0;
                for (feature, &end) in ends.iter().enumerate() {
                    (from..end as usize).for_each(|i| {
                        weights[feature * labels + of[i] as usize] = f64::from(values[i])
                    });
                    from = end as usize;
                }
            }
        }
        weights.extend(model.bias().iter());
        Found { weights, labels }
    }

    /// Puts labels in the order of their numbers.
    fn of_liblinear(path: &str, columns: usize) -> Result<Self> {
        let text = fs::read_to_string(path)?;
        let (head, body) = text.split_once("\nw\n").ok_or("no weights")?;
        let order = head
            .lines()
            .find_map(|line| line.strip_prefix("label "))
            .ok_or("no labels")?;
        let order: Vec<usize> = order
            .split_whitespace()
            .map(str::parse)
            .collect::<std::result::Result<_, _>>()?;
        let lines: Vec<&str> = body.lines().collect();
        let mut weights = vec![0.0; (columns + 1) * order.len()];
        for (at, line) in lines.iter().enumerate() {
            let feature = if at + 1 == lines.len() { columns } else { at };
            for (&label, number) in order.iter().zip(line.split_whitespace()) {
                weights[feature * order.len() + label] = number.parse()?;
            }
        }
        Ok(Found {
            weights,
            labels: order.len(),
        })
    }

    fn decide(&self, row: Row<'_>) -> Vec<f64> {
        let of = |feature: usize| &self.weights[feature * self.labels..(feature + 1) * self.labels];
        let mut decisions = of(self.weights.len() / self.labels - 1).to_vec();
        for (feature, value) in row.iter() {
            decisions
                .iter_mut()
                .zip(of(feature))
                .for_each(|(sum, w)| *sum += value * w);
        }
        decisions
    }

    fn best(&self, row: Row<'_>) -> usize {
        LinearModel::best(&self.decide(row))
    }
}

/// Of all threads of this process; not a number where there is no Linux.
fn cpu_seconds() -> f64 {
    let of = |task: fs::DirEntry| {
        let stat = fs::read_to_string(task.path().join("schedstat")).ok()?;
        stat.split(' ').next()?.parse::<f64>().ok()
    };
    let tasks = fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    tasks
        .map(of)
        .sum::<Option<f64>>()
        .map_or(f64::NAN, |nanoseconds| nanoseconds / 1e9)
}

/// The most memory of this process so far; `None` where there is no Linux.
fn peak_megabytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(peak.trim().trim_end_matches(" kB").parse::<f64>().ok()? / 1e3)
}
