//! The solver: up to 16 labels side by side, through the dual, one row after the other.

use super::nb::Ratios;
use super::order::Round;
use super::shared::Shared;
use crate::features::{Row, SparseRows};
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
    /// `1 / (2 C)` for rows of weight 1, where the label holds and where it does not.
    diagonal: [[f64; 2]; K],
    lanes: [Lane; K],
    /// What features are multiplied by, if by anything; `weights` are then those of the features themselves.
    ratios: Option<Ratios<K>>,
}

#[derive(Debug, Clone, Copy)]
struct Lane {
    done: bool,
    shrunk: bool,
    greatest: f64,
    least: f64,
    /// Rows with a gradient above this are shrunk.
    bound: f64,
}

const FRESH: Lane = Lane {
    done: false,
    shrunk: false,
    greatest: f64::NEG_INFINITY,
    least: f64::INFINITY,
    bound: f64::INFINITY,
};

impl<'a, const K: usize> Block<'a, K> {
    pub fn new(shared: &'a Shared<'a>, first: usize, lanes: usize) -> Self {
        let rows = shared.problem.rows.rows();
        let mut block = Block {
            shared,
            first,
            labels: lanes,
            weights: vec![[0.0; K]; shared.problem.rows.columns() + 1],
            alphas: vec![[0.0; K]; rows],
            signs: vec![[0; K]; rows],
            active: vec![0; rows],
            diagonal: [[0.0; 2]; K],
            lanes: [Lane { done: true, ..FRESH }; K],
            ratios: None,
        };
        for lane in 0..lanes {
            block.open(lane);
        }
        block.ratios = shared.ratios.map(|smoothing| Ratios::new(smoothing, shared.problem, &block.signs));
        block
    }

    fn open(&mut self, lane: usize) {
        let label = self.first + lane;
        let factors = self.shared.factors[label];
        self.diagonal[lane] = factors.map(|factor| 0.5 / (self.shared.options.c * factor));
        for row in 0..self.signs.len() {
            let holds = self.shared.problem.targets.holds(row, label);
            let counts =
                |holds: bool| factors[usize::from(!holds)] > 0.0 && self.shared.problem.weight(row) > 0.0;
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
        self.lanes[lane] = FRESH;
        self.wake(lane);
    }

    /// Lets a lane visit all its rows again.
    fn wake(&mut self, lane: usize) {
        self.lanes[lane].shrunk = false;
        self.lanes[lane].bound = f64::INFINITY;
        for (active, signs) in self.active.iter_mut().zip(&self.signs) {
            *active |= u16::from(signs[lane] != 0) << lane;
        }
    }

    fn finish(&mut self, lane: usize) {
        self.lanes[lane].done = true;
        self.active.iter_mut().for_each(|active| *active &= !(1 << lane));
    }

    pub fn solve(mut self) -> Vec<(LabelWeights, f64)> {
        let shared = self.shared;
        let rows = shared.problem.rows;
        let mut random = Xoshiro256PlusPlus::seed_from_u64(!shared.options.seed);
        for _ in 0..shared.options.max_rounds {
            if self.lanes.iter().all(|lane| lane.done) || rows.rows() == 0 {
                break;
            }
            for row in Round::new(rows.rows(), &mut random).rows(&shared.order) {
                if self.active[row] != 0 {
                    self.visit(row, rows);
                }
            }
            (0..K).for_each(|lane| self.judge(lane));
        }
        if let Some(open) = self.lanes.iter().position(|lane| !lane.done) {
            let (label, rounds) = (self.first + open, shared.options.max_rounds);
            let what = format!("the SVM stopped label {label} after {rounds} rounds, short of its tolerance");
            shared.problem.progress.note(&what);
        }
        self.into_labels()
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

    /// How far each lane moves along the row, if any lane moves.
    fn steps(&mut self, row: usize, decisions: &[f64; K]) -> Option<[f64; K]> {
        let (mut steps, mut moved) = ([0.0; K], false);
        let weight = self.shared.problem.weight(row);
        let mut active = self.active[row];
        while active != 0 {
            let lane = active.trailing_zeros() as usize;
            active &= active - 1;
            let sign = f64::from(self.signs[row][lane]);
            let diagonal = self.diagonal[lane][usize::from(sign < 0.0)] / weight;
            let alpha = self.alphas[row][lane];
            let gradient = sign * decisions[lane] - 1.0 + diagonal * alpha;
            let Some(projected) = self.project(row, lane, alpha, gradient) else { continue };
            if projected.abs() > 1e-12 {
                let new = (alpha - gradient / (self.norm(row, lane) + diagonal)).max(0.0);
                self.alphas[row][lane] = new;
                steps[lane] = (new - alpha) * sign;
                moved = true;
            }
        }
        moved.then_some(steps)
    }

    fn norm(&self, row: usize, lane: usize) -> f64 {
        self.ratios.as_ref().map_or(self.shared.norms[row], |ratios| ratios.norms[row][lane])
    }

    /// The projected gradient, noted for the stopping rule; `None` if the row is shrunk.
    fn project(&mut self, row: usize, lane: usize, alpha: f64, gradient: f64) -> Option<f64> {
        let state = &mut self.lanes[lane];
        if alpha == 0.0 && gradient > state.bound {
            self.active[row] &= !(1 << lane);
            state.shrunk = true;
            return None;
        }
        let projected = if alpha == 0.0 { gradient.min(0.0) } else { gradient };
        state.greatest = state.greatest.max(projected);
        state.least = state.least.min(projected);
        Some(projected)
    }

    fn step(&mut self, row: Row<'_>, steps: &[f64; K]) {
        match &self.ratios {
            None => step(&mut self.weights, row, steps),
            Some(ratios) => ratios.step(&mut self.weights, row, steps),
        }
        if let Some(bias) = self.weights.last_mut() {
            bias.iter_mut().zip(steps).for_each(|(bias, step)| *bias += step);
        }
    }

    /// After a round: is the lane done, does it need another look at all rows, or goes it on?
    fn judge(&mut self, lane: usize) {
        let state = self.lanes[lane];
        if state.done {
            return;
        }
        let narrow = state.greatest - state.least <= self.shared.options.tolerance;
        match (narrow || state.greatest == f64::NEG_INFINITY, state.shrunk) {
            (true, false) => self.finish(lane),
            (true, true) => self.wake(lane),
            (false, _) => {
                self.lanes[lane].bound = if state.greatest > 0.0 { state.greatest } else { f64::INFINITY }
            }
        }
        self.lanes[lane].greatest = f64::NEG_INFINITY;
        self.lanes[lane].least = f64::INFINITY;
    }

    fn into_labels(mut self) -> Vec<(LabelWeights, f64)> {
        if let Some(ratios) = self.ratios.take() {
            ratios.interpolate(&mut self.weights);
        }
        let (bias, weights) = self.weights.split_last().map_or(([0.0; K], &[][..]), |(b, w)| (*b, w));
        let of_lane = |lane: usize| {
            let weights = weights.iter().enumerate().map(|(f, w)| (f as u32, w[lane] as f32));
            (weights.filter(|&(_, w)| w != 0.0).collect(), bias[lane])
        };
        (0..self.labels).map(of_lane).collect()
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
