//! Logistic regression on a given matrix, and the objective that its weights reach.

use rayon::prelude::*;
use standpoint::features::SparseRows;
use standpoint::linear::{LinearModel, LogisticRegression, MultiClass, Penalty, Weights};
use std::error::Error;

/// Rows and label numbers of a file of LIBLINEAR's format, whose features count from 1.
pub fn read(path: &str) -> Result<(SparseRows, Vec<usize>), Box<dyn Error + Send + Sync>> {
    let text = std::fs::read_to_string(path)?;
    let mut parsed: Vec<(usize, Vec<u32>, Vec<f32>)> = Vec::new();
    for line in text.lines() {
        let mut parts = line.split_ascii_whitespace();
        let label = parts.next().ok_or("an empty line")?.parse()?;
        let (mut columns, mut values) = (Vec::new(), Vec::new());
        for part in parts {
            let (column, value) = part.split_once(':').ok_or("no colon")?;
            columns.push(column.parse::<u32>()? - 1);
            values.push(value.parse()?);
        }
        parsed.push((label, columns, values));
    }
    let width = parsed
        .iter()
        .filter_map(|row| row.1.last())
        .max()
        .map_or(0, |&last| last as usize + 1);
    let mut rows = SparseRows::new(width);
    parsed
        .iter()
        .for_each(|(_, columns, values)| rows.push(columns, values));
    Ok((rows, parsed.into_iter().map(|row| row.0).collect()))
}

/// Returns the objective of [`LogisticRegression`], with free biases and all rows alike.
pub fn objective(
    model: &LinearModel,
    rows: &SparseRows,
    labels: &[usize],
    options: &LogisticRegression,
) -> f64 {
    let (Weights::Dense(weights)
    | Weights::Sparse {
        values: weights, ..
    }) = model.weights();
    let l1 = match options.penalty {
        Penalty::L2 => 0.0,
        Penalty::L1 => 1.0,
        Penalty::ElasticNet { l1_ratio } => l1_ratio,
    };
    let cost = |weight: f64| l1 * weight.abs() + (1.0 - l1) * 0.5 * weight * weight;
    let penalty: f64 = weights.iter().map(|&weight| cost(f64::from(weight))).sum();
    let loss = |decisions: &mut Vec<f64>, row: usize| {
        model.decide(rows.row(row), decisions);
        match options.multi_class {
            MultiClass::Softmax => softmax_loss(decisions, labels[row]),
            MultiClass::OneVsRest => sigmoid_losses(decisions, labels[row]),
        }
    };
    let losses: f64 = (0..rows.rows())
        .into_par_iter()
        .map_init(Vec::new, loss)
        .sum();
    penalty + options.c * losses
}

fn softmax_loss(decisions: &[f64], label: usize) -> f64 {
    let greatest = decisions.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = decisions.iter().map(|d| (d - greatest).exp()).sum();
    greatest + sum.ln() - decisions[label]
}

fn sigmoid_losses(decisions: &[f64], label: usize) -> f64 {
    let signed = decisions
        .iter()
        .enumerate()
        .map(|(of, &d)| if of == label { -d } else { d });
    signed.map(|d| d.max(0.0) + (-d.abs()).exp().ln_1p()).sum()
}
