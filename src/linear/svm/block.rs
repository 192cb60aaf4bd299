//! The solver: up to 16 labels side by side, through the dual, one row after the other.

use super::nb::Ratios;
use super::order::VisitingOrder;
use super::shared::Shared;
use super::{LinearSvm, SvmLoss};
use crate::features::{Row, SparseRows};
use crate::io::storage::{filled, prefetch};
use crate::linear::Intercept;
use crate::linear::weights::LabelWeights;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// Up to `K` labels that are solved side by side; lane `k` is label `first + k`.
pub(super) struct Block<'a, const K: usize> {
    shared: &'a Shared<'a>,
    first: usize,
    labels: usize,
    /// The weights of each feature, and the biases at the end.
    weights: Vec<[f64; K]>,
    alphas: Vec<[f64; K]>,
    /// 1, -1, or 0 where unknown or of weight 0.
    signs: Vec<[i8; K]>,
    /// The lanes that still visit a row.
    active: Vec<u16>,
    /// For rows of weight 1, where the label holds and where it does not.
    dual_terms: [[DualTerm; 2]; K],
    /// Centres of the penalty of free intercepts, `b₀` in the method of multipliers.
    centres: [f64; K],
    lanes: [Lane; K],
    /// Log-count ratios by which features are multiplied, if they are; `weights` are those of the
    /// features themselves.
    ratios: Option<Ratios<K>>,
}

/// Form of the loss in the dual: it adds `diagonal · α²/2`, and `α` is at most `upper`.
#[derive(Debug, Clone, Copy)]
struct DualTerm {
    diagonal: f64,
    upper: f64,
}

impl DualTerm {
    fn new(loss: SvmLoss, cost: f64) -> Self {
        match loss {
            SvmLoss::SquaredHinge => DualTerm {
                diagonal: 0.5 / cost,
                upper: f64::INFINITY,
            },
            SvmLoss::Hinge => DualTerm {
                diagonal: 0.0,
                upper: cost,
            },
        }
    }

    fn of_weight(self, weight: f64) -> Self {
        DualTerm {
            diagonal: self.diagonal / weight,
            upper: self.upper * weight,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Lane {
    done: bool,
    shrunk: bool,
    max_gradient: f64,
    min_gradient: f64,
    /// Rows at 0 with a gradient above this are shrunk.
    ceiling: f64,
    /// Rows at their limit with a gradient below this are shrunk.
    floor: f64,
    /// Greatest difference of projected gradients at which the lane is done.
    tolerance: f64,
    /// Primal objective and duality gap, as far as rows were visited in this round.
    primal: f64,
    gap: f64,
}

const NEW_ROUND: Lane = Lane {
    done: false,
    shrunk: false,
    max_gradient: f64::NEG_INFINITY,
    min_gradient: f64::INFINITY,
    ceiling: f64::INFINITY,
    floor: f64::NEG_INFINITY,
    tolerance: 0.0,
    primal: 0.0,
    gap: 0.0,
};

impl Lane {
    /// Adds a row's part of the primal objective and of the gap; `½ ‖w‖²` is `½ Σ α y w·x`.
    fn note(&mut self, margin_violation: f64, alpha: f64, DualTerm { diagonal, upper }: DualTerm) {
        let short = margin_violation.max(0.0);
        let loss = if upper.is_finite() {
            upper * short
        } else {
            0.5 * short * short / diagonal
        };
        self.primal += loss + 0.5 * alpha * (1.0 - margin_violation);
        self.gap += loss - alpha * margin_violation + 0.5 * diagonal * alpha * alpha;
    }

    /// Returns the state of the next round, in which rows are shrunk by the gradients of this one.
    fn next(self) -> Self {
        let ceiling = if self.max_gradient > 0.0 {
            self.max_gradient
        } else {
            f64::INFINITY
        };
        let floor = if self.min_gradient < 0.0 {
            self.min_gradient
        } else {
            f64::NEG_INFINITY
        };
        Lane {
            shrunk: self.shrunk,
            ceiling,
            floor,
            tolerance: self.tolerance,
            ..NEW_ROUND
        }
    }
}

impl<'a, const K: usize> Block<'a, K> {
    pub fn new(shared: &'a Shared<'a>, first: usize, lanes: usize) -> Self {
        let rows = shared.problem.rows.rows();
        let mut block = Block {
            shared,
            first,
            labels: lanes,
            weights: filled([0.0; K], shared.problem.rows.columns() + 1),
            alphas: filled([0.0; K], rows),
            signs: vec![[0; K]; rows],
            active: vec![0; rows],
            dual_terms: [[DualTerm {
                diagonal: 0.0,
                upper: 0.0,
            }; 2]; K],
            centres: [0.0; K],
            lanes: [Lane {
                done: true,
                ..NEW_ROUND
            }; K],
            ratios: None,
        };
        for lane in 0..lanes {
            block.open(lane);
        }
        block.ratios = shared
            .ratios
            .map(|smoothing| Ratios::new(smoothing, shared.problem, &block.signs));
        block
    }

    fn open(&mut self, lane: usize) {
        let label = self.first + lane;
        let factors = self.shared.factors[label];
        self.lanes[lane].tolerance = self.shared.options.tolerance;
        let LinearSvm { c, loss, .. } = *self.shared.options;
        self.dual_terms[lane] = factors.map(|factor| DualTerm::new(loss, c * factor));
        for row in 0..self.signs.len() {
            let holds = self.shared.problem.targets.holds(row, label);
            let counts = |holds: bool| {
                factors[usize::from(!holds)] > 0.0 && self.shared.problem.weight(row) > 0.0
            };
            self.signs[row][lane] = match holds {
                Some(holds) if counts(holds) => {
                    if holds {
                        1
                    } else {
                        -1
                    }
                }
                _ => 0,
            };
        }
        self.reactivate(lane);
    }

    /// Reactivates all rows of a lane.
    fn reactivate(&mut self, lane: usize) {
        self.lanes[lane] = Lane {
            tolerance: self.lanes[lane].tolerance,
            ..NEW_ROUND
        };
        for (active, signs) in self.active.iter_mut().zip(&self.signs) {
            *active |= u16::from(signs[lane] != 0) << lane;
        }
    }

    fn finish(&mut self, lane: usize) {
        self.lanes[lane].done = true;
        self.active
            .iter_mut()
            .for_each(|active| *active &= !(1 << lane));
    }

    pub fn solve(mut self) -> Vec<(LabelWeights, f64)> {
        let shared = self.shared;
        let rows = shared.problem.rows;
        let mut random = Xoshiro256PlusPlus::seed_from_u64(!shared.options.seed);
        for _ in 0..shared.options.max_rounds {
            if self.lanes.iter().all(|lane| lane.done) || rows.rows() == 0 {
                break;
            }
            let mut order = VisitingOrder::new(rows.rows(), &mut random)
                .rows(&shared.order)
                .peekable();
            while let Some(row) = order.next() {
                order
                    .peek()
                    .into_iter()
                    .for_each(|&next| self.fetch(next, rows));
                if self.active[row] != 0 {
                    self.visit(row, rows);
                }
            }
            (0..K).for_each(|lane| self.check_convergence(lane));
        }
        if let Some(open) = self.lanes.iter().position(|lane| !lane.done) {
            let (label, rounds) = (self.first + open, shared.options.max_rounds);
            let what = format!(
                "the SVM stopped label {label} after {rounds} rounds, short of its tolerance"
            );
            shared.problem.progress.note(&what);
        }
        self.into_labels()
    }

    /// Begins to fetch the weights of the row after this one: waiting for them takes longer than
    /// counting.
    fn fetch(&self, index: usize, rows: &SparseRows) {
        if self.active[index] == 0 {
            return;
        }
        for &feature in rows.row(index).columns {
            fetch_lanes(&self.weights, feature as usize);
            self.ratios
                .iter()
                .for_each(|ratios| ratios.fetch(feature as usize));
        }
    }

    fn visit(&mut self, index: usize, rows: &SparseRows) {
        let row = rows.row(index);
        let steps = self.steps(index, &self.decide(row));
        if let Some(steps) = steps {
            self.step(row, &steps);
        }
    }

    fn decide(&self, row: Row<'_>) -> [f64; K] {
        let mut sums = self.weights[self.weights.len() - 1];
        for (feature, value) in row.iter() {
            let weights = &self.weights[feature];
            for lane in 0..K {
                sums[lane] += value * weights[lane];
            }
        }
        sums
    }

    /// Returns the step of each lane along the row, if any lane moves.
    fn steps(&mut self, row: usize, decisions: &[f64; K]) -> Option<[f64; K]> {
        let (mut steps, mut moved) = ([0.0; K], false);
        let weight = self.shared.problem.weight(row);
        let mut active = self.active[row];
        while active != 0 {
            let lane = active.trailing_zeros() as usize;
            active &= active - 1;
            let sign = f64::from(self.signs[row][lane]);
            let DualTerm { diagonal, upper } =
                self.dual_terms[lane][usize::from(sign < 0.0)].of_weight(weight);
            let alpha = self.alphas[row][lane];
            let gradient = sign * decisions[lane] - 1.0 + diagonal * alpha;
            self.lanes[lane].note(
                1.0 - sign * decisions[lane],
                alpha,
                DualTerm { diagonal, upper },
            );
            let Some(projected) = self.project(row, lane, [alpha, upper], gradient) else {
                continue;
            };
            if projected.abs() > 1e-12 {
                let new = (alpha - gradient / (self.norm(row, lane) + diagonal))
                    .max(0.0)
                    .min(upper);
                self.alphas[row][lane] = new;
                steps[lane] = (new - alpha) * sign;
                moved = true;
            }
        }
        moved.then_some(steps)
    }

    fn norm(&self, row: usize, lane: usize) -> f64 {
        self.ratios
            .as_ref()
            .map_or(self.shared.norms[row], |ratios| ratios.norms[row][lane])
    }

    /// Returns the projected gradient and notes it for the stopping rule; `None` if the row is
    /// shrunk.
    fn project(
        &mut self,
        row: usize,
        lane: usize,
        [alpha, upper]: [f64; 2],
        gradient: f64,
    ) -> Option<f64> {
        let state = &mut self.lanes[lane];
        if (alpha == 0.0 && gradient > state.ceiling) || (alpha == upper && gradient < state.floor)
        {
            self.active[row] &= !(1 << lane);
            state.shrunk = true;
            return None;
        }
        let projected = match alpha {
            0.0 => gradient.min(0.0),
            _ if alpha == upper => gradient.max(0.0),
            _ => gradient,
        };
        state.max_gradient = state.max_gradient.max(projected);
        state.min_gradient = state.min_gradient.min(projected);
        Some(projected)
    }

    fn step(&mut self, row: Row<'_>, steps: &[f64; K]) {
        match &self.ratios {
            None => step(&mut self.weights, row, steps),
            Some(ratios) => ratios.step(&mut self.weights, row, steps),
        }
        if let Some(bias) = self
            .weights
            .last_mut()
            .filter(|_| self.shared.options.intercept != Intercept::None)
        {
            bias.iter_mut()
                .zip(steps)
                .for_each(|(bias, step)| *bias += step);
        }
    }

    /// Decides after a round: the lane is done, visits all rows again, or goes on.
    fn check_convergence(&mut self, lane: usize) {
        let state = self.lanes[lane];
        if state.done {
            return;
        }
        let narrow = state.max_gradient - state.min_gradient <= state.tolerance;
        let near = state.gap <= self.shared.options.max_gap() * state.primal;
        match (
            narrow || state.max_gradient == f64::NEG_INFINITY,
            state.shrunk,
        ) {
            (true, false) if !near => {
                self.lanes[lane] = Lane {
                    tolerance: 0.5 * state.tolerance,
                    ..state.next()
                };
            }
            (true, false) if self.is_centred(lane) => self.finish(lane),
            (true, _) => self.reactivate(lane),
            (false, _) => {
                self.lanes[lane] = state.next();
            }
        }
    }

    /// Returns true if a free intercept has converged; if not, its centre moves on.
    fn is_centred(&mut self, lane: usize) -> bool {
        let (Intercept::Free, Some(bias)) =
            (self.shared.options.intercept, self.weights.last_mut())
        else {
            return true;
        };
        let moved = bias[lane] - self.centres[lane];
        if moved.abs() <= self.shared.options.tolerance {
            return true;
        }
        self.centres[lane] = bias[lane];
        bias[lane] += moved;
        false
    }

    fn into_labels(mut self) -> Vec<(LabelWeights, f64)> {
        if let Some(ratios) = self.ratios.take() {
            ratios.interpolate(&mut self.weights);
        }
        let Some((bias, weights)) = self.weights.split_last() else {
            return Vec::new();
        };
        let mut labels: Vec<_> = bias[..self.labels]
            .iter()
            .map(|&bias| (LabelWeights::new(), bias))
            .collect();
        for (feature, lanes) in weights.iter().enumerate() {
            for ((weights, _), &weight) in labels.iter_mut().zip(lanes) {
                if weight as f32 != 0.0 {
                    weights.push((feature as u32, weight as f32));
                }
            }
        }
        labels
    }
}

fn step<const K: usize>(weights: &mut [[f64; K]], row: Row<'_>, steps: &[f64; K]) {
    for (feature, value) in row.iter() {
        let weights = &mut weights[feature];
        for lane in 0..K {
            weights[lane] += value * steps[lane];
        }
    }
}

/// Begins to fetch all lanes of a feature, which lie in up to three lines of the cache.
#[inline(always)]
pub(super) fn fetch_lanes<T, const K: usize>(of_features: &[[T; K]], feature: usize) {
    if let Some(lanes) = of_features.get(feature) {
        prefetch(lanes, 0);
        prefetch(lanes, K - 1);
        if K > 8 {
            prefetch(lanes, K / 2);
        }
    }
}
