//! Logistic regression on a given matrix, and the objective that its weights reach.

use rayon::prelude::*;
use standpoint::features::SparseRows;
use standpoint::linear::{LinearModel, Weights};
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
    let width = parsed.iter().filter_map(|row| row.1.last()).max().map_or(0, |&last| last as usize + 1);
    let mut rows = SparseRows::new(width);
    parsed.iter().for_each(|(_, columns, values)| rows.push(columns, values));
    Ok((rows, parsed.into_iter().map(|row| row.0).collect()))
}

/// `½‖W‖² + C Σ −ln softmax(W·x + b)[y]`
pub fn objective(model: &LinearModel, rows: &SparseRows, labels: &[usize], c: f64) -> f64 {
    let (Weights::Dense(weights) | Weights::Sparse { values: weights, .. }) = model.weights();
    let squares: f64 = weights.iter().map(|&weight| f64::from(weight) * f64::from(weight)).sum();
    let loss = |decisions: &mut Vec<f64>, row: usize| {
        model.decide(rows.row(row), decisions);
        let greatest = decisions.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = decisions.iter().map(|d| (d - greatest).exp()).sum();
        greatest + sum.ln() - decisions[labels[row]]
    };
    let losses: f64 = (0..rows.rows()).into_par_iter().map_init(Vec::new, loss).sum();
    0.5 * squares + c * losses
}
