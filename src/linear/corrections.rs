//! Corrections of a fitted model: its weights are the mean of a Gaussian prior.
//!
//! Minimised are, with `W₀` and `b₀` the weights and biases of the old model,
//!
//! ```text
//! ½ ‖W − W₀‖² + Σᵢ Cᵢ · loss(yᵢ, W·xᵢ + b₀)
//! ```
//!
//! over the corrections alone, with the loss and the cost of the classifier that found `W₀` (a stack
//! has the loss of logistic regression): the penalty is the distance from the old weights rather than from zero (Chelba and Acero,
//! "Adaptation of Maximum Entropy Capitalizer", EMNLP 2004; for SVMs Yang, Yan and Hauptmann,
//! "Cross-Domain Video Concept Detection Using Adaptive SVMs", ACM Multimedia 2007). Few
//! corrections move little, a correction counts as much as any row did, and terms that no
//! correction has keep their weights. Biases stay, because they depend on the shares of labels, and
//! corrections are no fair sample of those.

use super::logistic::{LabelLoss, cells};
use super::newton::{self, CellLoss, Loss, NewtonOptions, SeparableLoss};
use super::{ClassWeight, Classifier, Intercept, LinearModel, LogisticRegression, Problem};
use crate::Result;
use crate::corpus::HeadKind;
use std::ops::Range;

/// The tolerance is a tenth of that of logistic regression: corrections are few, and cheap to find.
const NEWTON_OPTIONS: NewtonOptions = NewtonOptions {
    tolerance: 1e-4,
    max_steps: 100,
    intercept: Intercept::None,
};

/// Corrects `old`, which `classifier` had found, by the rows of a problem of the same columns and
/// labels.
pub(crate) fn correct(
    classifier: &Classifier,
    old: &LinearModel,
    problem: &Problem<'_>,
) -> Result<LinearModel> {
    problem.verify()?;
    // The solver is that of logistic regression, whatever found the old weights.
    super::memory::verify(&LogisticRegression::default().into(), problem)?;
    let corrections = classifier.solver().correct(old, problem)?;
    Ok(moved(old, corrections))
}

/// Returns class weights that do not depend on the rows: balanced ones would be those of the
/// corrections.
pub(super) fn fixed(class_weight: &ClassWeight) -> ClassWeight {
    match class_weight {
        ClassWeight::Balanced => ClassWeight::Equal,
        other => other.clone(),
    }
}

/// Fits corrections under the loss of logistic regression.
pub(super) fn of_log_loss(
    options: &LogisticRegression,
    old: &LinearModel,
    problem: &Problem<'_>,
) -> Result<Vec<f32>> {
    let options = LogisticRegression {
        class_weight: fixed(&options.class_weight),
        ..options.clone()
    };
    match options.loss(problem)? {
        LabelLoss::Softmax(loss) => {
            newton::minimise(problem, &Shifted::new(loss, old, problem), &NEWTON_OPTIONS)
                .map(|found| found.0)
        }
        LabelLoss::Sigmoid(loss) => of_label_losses(loss, old, problem),
    }
}

/// Fits corrections under the squared hinge.
pub(super) fn of_squared_hinge(
    c: f64,
    class_weight: &ClassWeight,
    old: &LinearModel,
    problem: &Problem<'_>,
) -> Result<Vec<f32>> {
    let (labels, support) = (
        problem.targets.labels(),
        problem.targets.support(problem.weights),
    );
    let exclusive = problem.targets.kind() == HeadKind::Exclusive;
    let factors = fixed(class_weight).factors(&support, exclusive)?;
    let cell = |(cell, holds): (usize, &Option<bool>)| {
        let (row, label) = (cell / labels, cell % labels);
        holds.map_or((0.0, 0.0), |holds| {
            let cost = c * problem.weight(row) * factors[label][usize::from(!holds)];
            (if holds { 1.0 } else { -1.0 }, cost)
        })
    };
    let (signs, costs) = cells(problem.targets).iter().enumerate().map(cell).unzip();
    of_label_losses(SquaredHinge { signs, costs }, old, problem)
}

/// Fits corrections under a loss that is a sum over labels.
pub(super) fn of_label_losses<L: SeparableLoss>(
    loss: L,
    old: &LinearModel,
    problem: &Problem<'_>,
) -> Result<Vec<f32>> {
    let loss = Shifted::new(loss, old, problem);
    newton::minimise_separable(problem, &loss, &NEWTON_OPTIONS).map(|found| found.0)
}

/// The old weights with what was found, features by labels, added.
fn moved(old: &LinearModel, mut weights: Vec<f32>) -> LinearModel {
    let labels = old.labels();
    for feature in 0..old.features() {
        old.weights().of_feature(feature, labels, |label, weight| {
            let place = &mut weights[feature * labels + label];
            *place = (f64::from(*place) + weight) as f32;
        });
    }
    LinearModel::of_weights(old.kind(), old.features(), weights, old.bias().to_vec())
}

/// A loss of decision values that are added to those of the old model.
struct Shifted<L> {
    loss: L,
    /// Rows by labels.
    old: Vec<f64>,
}

impl<L> Shifted<L> {
    fn new(loss: L, model: &LinearModel, problem: &Problem<'_>) -> Self {
        let (mut old, mut decided) = (Vec::new(), Vec::new());
        for row in problem.rows.iter() {
            model.decide(row, &mut decided);
            old.extend_from_slice(&decided);
        }
        Shifted { loss, old }
    }

    fn sum(&self, row: usize, decisions: &[f64]) -> Vec<f64> {
        let old = &self.old[row * decisions.len()..];
        decisions
            .iter()
            .zip(old)
            .map(|(new, old)| new + old)
            .collect()
    }
}

impl<L: Loss> Loss for Shifted<L> {
    fn probabilities(&self, row: usize, decisions: &[f64], out: &mut [f64]) {
        self.loss.probabilities(row, &self.sum(row, decisions), out);
    }

    fn value(&self, row: usize, decisions: &[f64]) -> f64 {
        self.loss.value(row, &self.sum(row, decisions))
    }

    fn add_values(&self, row: usize, decisions: &[f64], out: &mut [f64]) {
        self.loss.add_values(row, &self.sum(row, decisions), out);
    }

    fn gradient(&self, row: usize, probabilities: &[f64], out: &mut [f64]) {
        self.loss.gradient(row, probabilities, out);
    }

    fn hessian_product(&self, row: usize, probabilities: &[f64], along: &mut [f64]) {
        self.loss.hessian_product(row, probabilities, along);
    }

    fn cost(&self, row: usize, label: usize, labels: usize) -> f64 {
        self.loss.cost(row, label, labels)
    }

    fn hessian_diagonal(&self, row: usize, label: usize, labels: usize, probability: f64) -> f64 {
        self.loss.hessian_diagonal(row, label, labels, probability)
    }

    fn couples_labels(&self) -> bool {
        self.loss.couples_labels()
    }

    fn is_quadratic(&self) -> bool {
        self.loss.is_quadratic()
    }
}

impl<L: SeparableLoss> SeparableLoss for Shifted<L> {
    fn select_labels(&self, range: Range<usize>, labels: usize) -> Self {
        let old = self
            .old
            .chunks_exact(labels)
            .flat_map(|row| row[range.clone()].iter().copied());
        Shifted {
            loss: self.loss.select_labels(range.clone(), labels),
            old: old.collect(),
        }
    }

    fn tolerance_factor(&self, _label: usize, _labels: usize) -> f64 {
        1.0
    }
}

/// `cost · max(0, 1 − sign · d)²` for each cell; the decision values themselves take the place of
/// probabilities.
struct SquaredHinge {
    signs: Vec<f64>,
    costs: Vec<f64>,
}

impl SquaredHinge {
    /// By how much a cell misses its margin; 0 where it does not.
    fn margin_violation(&self, cell: usize, decision: f64) -> f64 {
        (1.0 - self.signs[cell] * decision).max(0.0)
    }
}

impl CellLoss for SquaredHinge {
    fn value(&self, cell: usize, decision: f64) -> f64 {
        self.costs[cell] * self.margin_violation(cell, decision).powi(2)
    }

    fn derivative(&self, cell: usize, decision: f64) -> f64 {
        -2.0 * self.costs[cell] * self.signs[cell] * self.margin_violation(cell, decision)
    }

    fn second_derivative(&self, cell: usize, decision: f64) -> f64 {
        if self.margin_violation(cell, decision) > 0.0 {
            2.0 * self.costs[cell]
        } else {
            0.0
        }
    }

    fn cost(&self, cell: usize) -> f64 {
        self.costs[cell]
    }

    fn select_labels(&self, range: Range<usize>, labels: usize) -> Self {
        let part = |cells: &[f64]| newton::cells_of_labels(cells, range.clone(), labels);
        SquaredHinge {
            signs: part(&self.signs),
            costs: part(&self.costs),
        }
    }
}
