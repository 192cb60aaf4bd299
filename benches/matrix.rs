//! Trains on a generated sparse matrix, once in a process of its own, and prints one JSON line:
//! seconds, peak memory, the objective, and the accuracy on other rows of the same kind.
//!
//! ```sh
//! cargo bench --bench matrix -- 1000000 1000000 60 10 [svm|lr|sgd]
//! ```
//!
//! Rows, columns, values a row, labels. Columns are drawn so that few are frequent and most are
//! rare; a fifth of a row's are its label's own, and a twentieth of the labels are wrong. Rows have
//! length 1.

#[path = "support/arguments.rs"]
mod arguments;

use arguments::arguments;
use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use ndarray::Array1;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use serde_json::json;
use standpoint::features::SparseRows;
use standpoint::linear::{LinearModel, LinearSvmParams, LogisticRegressionParams, SgdParams};
use std::error::Error;
use std::time::Instant;

const USAGE: &str = "matrix ROWS COLUMNS VALUES LABELS [svm|lr|sgd]; see benches/README.md";
/// Rows that the model has not seen.
const TESTED: usize = 20_000;

type Data = DatasetBase<SparseRows, Array1<usize>>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments();
    let numbers: Vec<usize> = arguments
        .iter()
        .map_while(|argument| argument.parse().ok())
        .collect();
    let [rows, columns, values, labels] = numbers[..] else {
        println!("{USAGE}");
        return Ok(());
    };
    let solver = arguments.get(4).map_or("svm", String::as_str);
    let data = generate(rows, columns, values, labels, 0);
    let (before, start) = (peak(), Instant::now());
    let model = train(&data, solver)?;
    let seconds = start.elapsed().as_secs_f64();
    let peak = peak();
    let objective = objective(&model, &data);
    let tested = generate(TESTED, columns, values, labels, 1);
    let predicted: Array1<usize> = model.predict(&tested);
    let right = predicted
        .iter()
        .zip(&tested.targets)
        .filter(|(a, b)| a == b)
        .count();
    let found = json!({
        "solver": solver, "rows": rows, "columns": columns, "stored": data.records.nnz(), "labels": labels,
        "seconds": seconds, "matrix_MB": before, "peak_MB": peak, "squared_hinge_objective": objective,
        "accuracy": right as f64 / TESTED as f64,
    });
    println!("{found}");
    Ok(())
}

fn train(data: &Data, solver: &str) -> Result<LinearModel, Box<dyn Error>> {
    Ok(match solver {
        "svm" => LinearSvmParams::default().fit(data)?,
        "lr" => LogisticRegressionParams::default().fit(data)?,
        "sgd" => SgdParams::default().fit(data)?,
        _ => return Err(USAGE.into()),
    })
}

fn generate(rows: usize, columns: usize, values: usize, labels: usize, seed: u64) -> Data {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let (mut matrix, mut of) = (SparseRows::new(columns), Vec::with_capacity(rows));
    let mut chosen: Vec<u32> = Vec::with_capacity(values);
    for _ in 0..rows {
        let label = (uniform(&mut random) * labels as f64) as usize;
        chosen.clear();
        while chosen.len() < values.min(columns) {
            while chosen.len() < values.min(columns) {
                chosen.push(column(columns, labels, label, &mut random));
            }
            chosen.sort_unstable();
            chosen.dedup();
        }
        let size = 1.0 / (chosen.len() as f32).sqrt();
        matrix.push(&chosen, &vec![size; chosen.len()]);
        let wrong = uniform(&mut random) < 0.05;
        of.push(if wrong {
            (uniform(&mut random) * labels as f64) as usize
        } else {
            label
        });
    }
    DatasetBase::new(matrix, Array1::from_vec(of))
}

fn column(columns: usize, labels: usize, label: usize, random: &mut Xoshiro256PlusPlus) -> u32 {
    let place = uniform(random).powi(4) * columns as f64;
    let own = uniform(random) < 0.2;
    let column = if own {
        (place as usize / labels) * labels + label
    } else {
        place as usize
    };
    column.min(columns - 1) as u32
}

fn uniform(random: &mut Xoshiro256PlusPlus) -> f64 {
    (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

/// Returns the objective of the SVM with C = 1, summed over the labels.
fn objective(model: &LinearModel, data: &Data) -> f64 {
    let mut penalty: f64 = model.bias().iter().map(|bias| bias * bias).sum();
    (0..model.features()).for_each(|f| add_squares(model, f, &mut penalty));
    let mut decisions = Vec::new();
    let losses = data.records.iter().zip(&data.targets).map(|(row, &of)| {
        model.decide(row, &mut decisions);
        let loss = |(label, decision): (usize, &f64)| {
            let sign = if label == of { 1.0 } else { -1.0 };
            (1.0 - sign * decision).max(0.0).powi(2)
        };
        decisions.iter().enumerate().map(loss).sum::<f64>()
    });
    0.5 * penalty + losses.sum::<f64>()
}

fn add_squares(model: &LinearModel, feature: usize, sum: &mut f64) {
    let mut decisions = Vec::new();
    let row = standpoint::features::Row {
        columns: &[feature as u32],
        values: &[1.0],
    };
    model.decide(row, &mut decisions);
    *sum += decisions
        .iter()
        .zip(model.bias().iter())
        .map(|(d, b)| (d - b) * (d - b))
        .sum::<f64>();
}

/// The most memory that this process ever had, in MB; nothing where the system does not tell.
fn peak() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim()
        .trim_end_matches(" kB")
        .parse()
        .ok()
        .map(|kilobytes: f64| kilobytes / 1024.0)
}
