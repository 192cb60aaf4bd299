//! Losses that Newton steps minimise: of a row, of each label of a row, and of each cell.

use std::ops::Range;

/// Convex loss of the decision values of one row, multiplied by the row's cost.
pub(in crate::linear) trait Loss: Sync {
    /// Calculates what `gradient` and `hessian_product` take instead of decision values:
    /// probabilities, where the loss has such.
    fn probabilities(&self, row: usize, decisions: &[f64], out: &mut [f64]);
    fn value(&self, row: usize, decisions: &[f64]) -> f64;
    /// Adds the loss of each label; a loss that labels share goes to the first.
    fn add_values(&self, row: usize, decisions: &[f64], out: &mut [f64]) {
        out[0] += self.value(row, decisions);
    }
    fn gradient(&self, row: usize, probabilities: &[f64], out: &mut [f64]);
    /// Replaces a direction by the product of the Hessian with it.
    fn hessian_product(&self, row: usize, probabilities: &[f64], along: &mut [f64]);
    fn cost(&self, row: usize, label: usize, labels: usize) -> f64;
    /// Returns the second derivative by one label's decision value at this probability.
    fn hessian_diagonal(&self, row: usize, label: usize, labels: usize, probability: f64) -> f64 {
        self.cost(row, label, labels) * probability * (1.0 - probability)
    }
    /// Returns true if the labels are one problem rather than one each.
    fn couples_labels(&self) -> bool {
        true
    }
    /// Returns true if the loss is quadratic, so that one step solved to the end is enough.
    fn is_quadratic(&self) -> bool {
        false
    }
}

/// Loss that is a sum over labels.
pub(in crate::linear) trait SeparableLoss: Loss + Sized {
    /// Returns the loss of some of all `labels` labels.
    fn select_labels(&self, range: Range<usize>, labels: usize) -> Self;
    /// Returns the factor of the label's tolerance, from 0 to 1.
    fn tolerance_factor(&self, label: usize, labels: usize) -> f64;
}

/// Loss that is a sum over the cells of rows by labels, each of which depends on its own decision
/// value.
pub(in crate::linear) trait CellLoss: Sync + Sized {
    /// True if the loss is quadratic.
    const IS_QUADRATIC: bool = false;

    /// Returns what `derivative` and `second_derivative` take instead of the decision value; by
    /// default the decision value itself.
    fn probability(decision: f64) -> f64 {
        decision
    }
    /// Returns the cell's loss, multiplied by its cost.
    fn value(&self, cell: usize, decision: f64) -> f64;
    fn derivative(&self, cell: usize, probability: f64) -> f64;
    fn second_derivative(&self, cell: usize, probability: f64) -> f64;
    fn cost(&self, cell: usize) -> f64;
    /// Returns the loss of some of all `labels` labels.
    fn select_labels(&self, range: Range<usize>, labels: usize) -> Self;
    /// Returns the factor of the label's tolerance, from 0 to 1.
    fn tolerance_factor(&self, _label: usize, _labels: usize) -> f64 {
        1.0
    }
}

impl<T: CellLoss> Loss for T {
    fn probabilities(&self, _row: usize, decisions: &[f64], out: &mut [f64]) {
        out.iter_mut()
            .zip(decisions)
            .for_each(|(out, &decision)| *out = T::probability(decision));
    }

    fn value(&self, row: usize, decisions: &[f64]) -> f64 {
        let start = row * decisions.len();
        let cells = decisions.iter().enumerate();
        cells
            .map(|(label, &decision)| CellLoss::value(self, start + label, decision))
            .sum()
    }

    fn add_values(&self, row: usize, decisions: &[f64], out: &mut [f64]) {
        let start = row * decisions.len();
        for (label, (out, &decision)) in out.iter_mut().zip(decisions).enumerate() {
            *out += CellLoss::value(self, start + label, decision);
        }
    }

    fn gradient(&self, row: usize, probabilities: &[f64], out: &mut [f64]) {
        let start = row * out.len();
        for (label, (out, &probability)) in out.iter_mut().zip(probabilities).enumerate() {
            *out = self.derivative(start + label, probability);
        }
    }

    fn hessian_product(&self, row: usize, probabilities: &[f64], along: &mut [f64]) {
        let start = row * along.len();
        for (label, (along, &probability)) in along.iter_mut().zip(probabilities).enumerate() {
            *along *= self.second_derivative(start + label, probability);
        }
    }

    fn cost(&self, row: usize, label: usize, labels: usize) -> f64 {
        CellLoss::cost(self, row * labels + label)
    }

    fn hessian_diagonal(&self, row: usize, label: usize, labels: usize, probability: f64) -> f64 {
        self.second_derivative(row * labels + label, probability)
    }

    fn couples_labels(&self) -> bool {
        false
    }

    fn is_quadratic(&self) -> bool {
        T::IS_QUADRATIC
    }
}

impl<T: CellLoss> SeparableLoss for T {
    fn select_labels(&self, range: Range<usize>, labels: usize) -> Self {
        CellLoss::select_labels(self, range, labels)
    }

    fn tolerance_factor(&self, label: usize, labels: usize) -> f64 {
        CellLoss::tolerance_factor(self, label, labels)
    }
}

/// Returns the cells of some of all `labels` labels, row by row.
pub(in crate::linear) fn cells_of_labels<T: Clone>(
    cells: &[T],
    range: Range<usize>,
    labels: usize,
) -> Vec<T> {
    cells
        .chunks_exact(labels)
        .flat_map(|row| row[range.clone()].iter().cloned())
        .collect()
}
