//! Logistic regression: softmax over exclusive labels, one sigmoid for each independent label.
//!
//! Minimised, with `W` all weights (the biases are not penalised) and `Cᵢ` the product of `C`, the
//! row's weight and its class weight:
//!
//! ```text
//! ½ ‖W‖² + Σᵢ Cᵢ · loss(yᵢ, W·xᵢ + b)
//! loss = −ln softmax(·)[yᵢ]            exclusive
//! loss = Σ_l ln(1 + exp(−y_il ·_l))    independent, over the labels that are known
//! ```
//!
//! by truncated Newton steps, see [`newton`](super::newton). The objective is that of
//! scikit-learn's `LogisticRegression` (softmax) and of one such model a label (independent).

use super::classifier::positive;
use super::newton::{self, Loss, Plan};
use super::{ClassWeight, Intercept, LinearModel, Problem};
use crate::corpus::Targets;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// Options of logistic regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogisticRegression {
    /// Inverse strength of the penalty; default 1.
    pub c: f64,
    /// The solver stops when the gradient's length is this share of its first length; default
    /// 0.001.
    pub tolerance: f64,
    /// Newton steps after which the solver stops all the same; default 100.
    pub max_steps: u32,
    /// How labels are weighted against each other; for exclusive labels a row counts by its own
    /// label's weight.
    pub class_weight: ClassWeight,
}

impl Default for LogisticRegression {
    fn default() -> Self {
        LogisticRegression { c: 1.0, tolerance: 0.001, max_steps: 100, class_weight: ClassWeight::Equal }
    }
}

/// A dozen arrays of rows by labels are held at once, of this many `f64`.
const MOST_CELLS: usize = 1 << 28;
/// Weights of features by labels, of four bytes, are dense.
const MOST_WEIGHTS: usize = 1 << 31;

fn verify_size(problem: &Problem<'_>) -> Result<()> {
    let (rows, features, labels) = (problem.rows.rows(), problem.rows.columns(), problem.targets.labels());
    if rows.saturating_mul(labels) <= MOST_CELLS && features.saturating_mul(labels) <= MOST_WEIGHTS {
        return Ok(());
    }
    Err(Error::usage(format!(
        "logistic regression over {labels} labels, {rows} rows and {features} features needs too much memory"
    ))
    .help("use the SVM, fewer rows, or --max-features"))
}

impl LogisticRegression {
    pub(super) fn verify(&self) -> Result<()> {
        positive("C", self.c)?;
        positive("tolerance", self.tolerance)?;
        if self.max_steps == 0 {
            return Err(Error::usage("max_steps must be at least 1"));
        }
        self.class_weight.verify()
    }

    pub(super) fn solve(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        verify_size(problem)?;
        let (tolerance, most_steps) = (self.tolerance, self.max_steps);
        let plan = Plan { tolerance, most_steps, intercept: Intercept::Free };
        let (weights, bias) = match self.loss(problem)? {
            LabelLoss::Softmax(loss) => centred(newton::minimise(problem, &loss, &plan)?),
            LabelLoss::Sigmoid(loss) => newton::minimise(problem, &loss, &plan)?,
        };
        Ok(LinearModel::of_weights(problem.targets.kind(), problem.rows.columns(), weights, bias))
    }

    fn loss<'a>(&self, problem: &Problem<'a>) -> Result<LabelLoss<'a>> {
        let support = problem.targets.support(problem.weights);
        let cost = |row: usize| self.c * problem.weight(row);
        match problem.targets {
            Targets::Exclusive { of, .. } => {
                let factors = self.class_weight.factors(&support, true)?;
                let cost = |(row, of): (usize, &Option<u32>)| {
                    of.map_or(0.0, |of| cost(row) * factors[of as usize][0])
                };
                Ok(LabelLoss::Softmax(Softmax { of, costs: of.iter().enumerate().map(cost).collect() }))
            }
            Targets::Independent { labels, cells } => {
                let factors = self.class_weight.factors(&support, false)?;
                let cost = |(cell, holds): (usize, &Option<bool>)| {
                    holds.map_or(0.0, |holds| {
                        cost(cell / labels) * factors[cell % labels][usize::from(!holds)]
                    })
                };
                Ok(LabelLoss::Sigmoid(Sigmoid { cells, costs: cells.iter().enumerate().map(cost).collect() }))
            }
        }
    }
}

/// Softmax does not tell biases from the same biases shifted; these sum to zero, wherever the solver
/// began.
fn centred((weights, mut bias): (Vec<f32>, Vec<f64>)) -> (Vec<f32>, Vec<f64>) {
    let mean = bias.iter().sum::<f64>() / bias.len() as f64;
    bias.iter_mut().for_each(|bias| *bias -= mean);
    (weights, bias)
}

enum LabelLoss<'a> {
    Softmax(Softmax<'a>),
    Sigmoid(Sigmoid<'a>),
}

struct Softmax<'a> {
    of: &'a [Option<u32>],
    costs: Vec<f64>,
}

impl Loss for Softmax<'_> {
    fn probabilities(&self, _row: usize, decisions: &[f64], out: &mut [f64]) {
        out.copy_from_slice(decisions);
        crate::calibrate::softmax(out);
    }

    fn value(&self, row: usize, decisions: &[f64]) -> f64 {
        let Some(of) = self.of[row] else { return 0.0 };
        let greatest = decisions.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = decisions.iter().map(|d| (d - greatest).exp()).sum();
        self.costs[row] * (greatest + sum.ln() - decisions[of as usize])
    }

    fn gradient(&self, row: usize, probabilities: &[f64], out: &mut [f64]) {
        let cost = self.costs[row];
        out.iter_mut().zip(probabilities).for_each(|(g, p)| *g = cost * p);
        if let Some(of) = self.of[row] {
            out[of as usize] -= cost;
        }
    }

    fn curve(&self, row: usize, probabilities: &[f64], along: &mut [f64]) {
        let cost = self.costs[row];
        let mean: f64 = along.iter().zip(probabilities).map(|(a, p)| a * p).sum();
        along.iter_mut().zip(probabilities).for_each(|(a, p)| *a = cost * p * (*a - mean));
    }

    fn cost(&self, row: usize, _label: usize, _labels: usize) -> f64 {
        self.costs[row]
    }
}

struct Sigmoid<'a> {
    cells: &'a [Option<bool>],
    costs: Vec<f64>,
}

impl Loss for Sigmoid<'_> {
    fn probabilities(&self, _row: usize, decisions: &[f64], out: &mut [f64]) {
        out.iter_mut().zip(decisions).for_each(|(p, &d)| *p = crate::calibrate::sigmoid(d));
    }

    fn value(&self, row: usize, decisions: &[f64]) -> f64 {
        let cells = row * decisions.len()..(row + 1) * decisions.len();
        let signed = self.cells[cells.clone()]
            .iter()
            .zip(decisions)
            .map(|(holds, &d)| if *holds == Some(true) { -d } else { d });
        signed.zip(&self.costs[cells]).map(|(d, cost)| cost * (d.max(0.0) + (-d.abs()).exp().ln_1p())).sum()
    }

    fn gradient(&self, row: usize, probabilities: &[f64], out: &mut [f64]) {
        let start = row * out.len();
        for (label, (g, p)) in out.iter_mut().zip(probabilities).enumerate() {
            let holds = f64::from(self.cells[start + label] == Some(true));
            *g = self.costs[start + label] * (p - holds);
        }
    }

    fn curve(&self, row: usize, probabilities: &[f64], along: &mut [f64]) {
        let start = row * along.len();
        for (label, (a, p)) in along.iter_mut().zip(probabilities).enumerate() {
            *a *= self.costs[start + label] * p * (1.0 - p);
        }
    }

    fn cost(&self, row: usize, label: usize, labels: usize) -> f64 {
        self.costs[row * labels + label]
    }
}
