//! Log losses: softmax over labels that exclude each other, one sigmoid for each other label.

use crate::corpus::Targets;
use crate::linear::newton::{self, CellLoss, Loss};
use crate::math::links::{sigmoid, softmax};
use std::borrow::Cow;
use std::ops::Range;

/// Returns the answers rows by labels: yes, no or unknown.
pub(in crate::linear) fn cells(targets: &Targets) -> Cow<'_, [Option<bool>]> {
    match targets {
        Targets::Independent { cells, .. } => Cow::Borrowed(cells),
        Targets::Exclusive { labels, of } => {
            let row = |of: &Option<u32>| {
                let of = *of;
                (0..*labels).map(move |label| of.map(|of| of as usize == label))
            };
            of.iter().flat_map(row).collect()
        }
    }
}

/// Loss of the labels: one that they share, or one each.
pub(in crate::linear) enum LabelLoss<'a> {
    Softmax(Softmax<'a>),
    Sigmoid(Sigmoid<'a>),
}

/// Negative log of the probability of a row's label.
pub(in crate::linear) struct Softmax<'a> {
    pub(super) of: &'a [Option<u32>],
    pub(super) costs: Vec<f64>,
}

impl Loss for Softmax<'_> {
    fn probabilities(&self, _row: usize, decisions: &[f64], out: &mut [f64]) {
        out.copy_from_slice(decisions);
        softmax(out);
    }

    fn value(&self, row: usize, decisions: &[f64]) -> f64 {
        let Some(of) = self.of[row] else { return 0.0 };
        let greatest = decisions.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = decisions.iter().map(|d| (d - greatest).exp()).sum();
        self.costs[row] * (greatest + sum.ln() - decisions[of as usize])
    }

    fn gradient(&self, row: usize, probabilities: &[f64], out: &mut [f64]) {
        let cost = self.costs[row];
        out.iter_mut()
            .zip(probabilities)
            .for_each(|(g, p)| *g = cost * p);
        if let Some(of) = self.of[row] {
            out[of as usize] -= cost;
        }
    }

    fn hessian_product(&self, row: usize, probabilities: &[f64], along: &mut [f64]) {
        let cost = self.costs[row];
        let mean: f64 = along.iter().zip(probabilities).map(|(a, p)| a * p).sum();
        along
            .iter_mut()
            .zip(probabilities)
            .for_each(|(a, p)| *a = cost * p * (*a - mean));
    }

    fn cost(&self, row: usize, _label: usize, _labels: usize) -> f64 {
        self.costs[row]
    }
}

/// Negative log of the probability of each cell's answer.
pub(in crate::linear) struct Sigmoid<'a> {
    pub(super) cells: Cow<'a, [Option<bool>]>,
    pub(super) costs: Vec<f64>,
}

impl CellLoss for Sigmoid<'_> {
    fn probability(decision: f64) -> f64 {
        sigmoid(decision)
    }

    fn value(&self, cell: usize, decision: f64) -> f64 {
        let against = if self.cells[cell] == Some(true) {
            -decision
        } else {
            decision
        };
        self.costs[cell] * (against.max(0.0) + (-against.abs()).exp().ln_1p())
    }

    fn derivative(&self, cell: usize, probability: f64) -> f64 {
        let holds = f64::from(self.cells[cell] == Some(true));
        self.costs[cell] * (probability - holds)
    }

    fn second_derivative(&self, cell: usize, probability: f64) -> f64 {
        self.costs[cell] * probability * (1.0 - probability)
    }

    fn cost(&self, cell: usize) -> f64 {
        self.costs[cell]
    }

    fn select_labels(&self, range: Range<usize>, labels: usize) -> Self {
        let cells = newton::cells_of_labels(&self.cells, range.clone(), labels);
        Sigmoid {
            cells: cells.into(),
            costs: newton::cells_of_labels(&self.costs, range, labels),
        }
    }

    fn tolerance_factor(&self, label: usize, labels: usize) -> f64 {
        let mut costs = [0.0; 2];
        for (cell, cost) in self.costs.iter().enumerate().skip(label).step_by(labels) {
            costs[usize::from(self.cells[cell] == Some(true))] += cost;
        }
        let rarer = costs[0].min(costs[1]) / (costs[0] + costs[1]).max(f64::MIN_POSITIVE);
        // At least one row's share, so that a label without a row has a tolerance above 0.
        rarer.max(labels as f64 / self.costs.len().max(1) as f64)
    }
}
