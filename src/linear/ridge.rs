//! Ridge classifier: least squares on targets of 1 and −1.
//!
//! For each label, with `y = 1` where it holds and `-1` elsewhere, minimised is
//!
//! ```text
//! Σᵢ cᵢ (w·xᵢ + b − yᵢ)² + α ‖w‖²,   cᵢ = sample weight · class weight
//! ```
//!
//! over the rows whose answer is known, as by scikit-learn's `RidgeClassifier`; for exclusive
//! labels a row counts by its own label's class weight. All labels are solved side by side by
//! conjugate gradients in the [space of rows](super::newton), until the gradient, over weights and
//! biases of all labels, is at most `tolerance` times as long as it is at zero.

use super::logistic::cells;
use super::memory::ProblemSize;
use super::newton::{self, CellLoss, NewtonOptions};
use super::solver::{ClassifierInfo, Parameter, Registered, Solver};
use super::validate::{at_least_one, positive};
use super::{ClassWeight, Intercept, LinearModel, Problem, corrections};
use crate::Result;
use crate::corpus::Targets;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Options of the ridge classifier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ridge {
    /// Strength of the penalty; default 1.
    pub alpha: f64,
    /// Treatment of biases; free by default.
    pub intercept: Intercept,
    /// The solver stops when the gradient's length is this share of its length at zero; default
    /// 0.0001.
    pub tolerance: f64,
    /// Runs of up to 100 steps of conjugate gradients, each beginning where the one before it
    /// stopped, after which the solver stops all the same; default 100.
    pub max_steps: u32,
    /// Class weights; for exclusive labels a row counts by its own
    /// label's weight.
    pub class_weight: ClassWeight,
}

impl Default for Ridge {
    fn default() -> Self {
        Ridge {
            alpha: 1.0,
            intercept: Intercept::Free,
            tolerance: 0.0001,
            max_steps: 100,
            class_weight: ClassWeight::Equal,
        }
    }
}

impl Solver for Ridge {
    fn verify(&self) -> Result<()> {
        positive("alpha", self.alpha)?;
        positive("tolerance", self.tolerance)?;
        at_least_one("max_steps", self.max_steps)?;
        self.class_weight.verify()
    }

    fn solve(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        let (tolerance, max_steps, intercept) = (self.tolerance, self.max_steps, self.intercept);
        let loss = self.loss(problem)?;
        let (weights, bias) = newton::minimise_separable(
            problem,
            &loss,
            &NewtonOptions {
                tolerance,
                max_steps,
                intercept,
            },
        )?;
        Ok(LinearModel::of_weights(
            problem.targets.kind(),
            problem.rows.columns(),
            weights,
            bias,
        ))
    }

    fn bytes(&self, size: ProblemSize) -> f64 {
        newton::bytes_separable(size)
    }

    fn summary(&self) -> String {
        format!("ridge alpha={}{}", self.alpha, self.class_weight)
    }

    fn change_class_weights(&mut self, change: &dyn Fn(&mut ClassWeight)) {
        change(&mut self.class_weight);
    }

    fn takes_corrections(&self) -> bool {
        true
    }

    fn correct(&self, old: &LinearModel, problem: &Problem<'_>) -> Result<Vec<f32>> {
        let options = Ridge {
            class_weight: corrections::fixed(&self.class_weight),
            ..self.clone()
        };
        corrections::of_label_losses(options.loss(problem)?, old, problem)
    }
}

impl Registered for Ridge {
    const CLASSIFIERS: &'static [ClassifierInfo] = &[ClassifierInfo {
        name: "ridge",
        summary: "Least squares with an L2 penalty",
        parameters: &[Parameter::Alpha, Parameter::Tolerance, Parameter::Intercept],
        corrections: Some(""),
        build: |given| {
            let default = Ridge::default();
            Ridge {
                alpha: given.alpha.unwrap_or(default.alpha),
                intercept: given.intercept.unwrap_or(default.intercept),
                tolerance: given.tolerance.unwrap_or(default.tolerance),
                ..default
            }
            .into()
        },
    }];
}

impl Ridge {
    /// Returns the loss over `2α`, so that the penalty is `½ ‖w‖²`.
    pub(super) fn loss(&self, problem: &Problem<'_>) -> Result<Squares> {
        let (targets, labels) = (problem.targets, problem.targets.labels());
        let exclusive = matches!(targets, Targets::Exclusive { .. });
        let factors = self
            .class_weight
            .factors(&targets.support(problem.weights), exclusive)?;
        let factor = |row: usize, label: usize, holds: bool| match targets {
            Targets::Exclusive { of, .. } => of[row].map_or(0.0, |of| factors[of as usize][0]),
            Targets::Independent { .. } => factors[label][usize::from(!holds)],
        };
        let cell = |(cell, holds): (usize, &Option<bool>)| {
            let (row, label) = (cell / labels, cell % labels);
            holds.map_or((0.0, 0.0), |holds| {
                let cost = problem.weight(row) * factor(row, label, holds) / self.alpha;
                (if holds { 1.0 } else { -1.0 }, cost)
            })
        };
        let (signs, costs) = cells(targets).iter().enumerate().map(cell).unzip();
        Ok(Squares { signs, costs })
    }
}

/// `½ cost (d − sign)²` for each cell; the decision values themselves take the place of
/// probabilities.
pub(super) struct Squares {
    signs: Vec<f64>,
    costs: Vec<f64>,
}

impl CellLoss for Squares {
    const IS_QUADRATIC: bool = true;

    fn value(&self, cell: usize, decision: f64) -> f64 {
        0.5 * self.costs[cell] * (decision - self.signs[cell]).powi(2)
    }

    fn derivative(&self, cell: usize, decision: f64) -> f64 {
        self.costs[cell] * (decision - self.signs[cell])
    }

    fn second_derivative(&self, cell: usize, _decision: f64) -> f64 {
        self.costs[cell]
    }

    fn cost(&self, cell: usize) -> f64 {
        self.costs[cell]
    }

    fn select_labels(&self, range: Range<usize>, labels: usize) -> Self {
        let part = |cells: &[f64]| newton::cells_of_labels(cells, range.clone(), labels);
        Squares {
            signs: part(&self.signs),
            costs: part(&self.costs),
        }
    }
}
