//! Linear support vector machine, squared hinge loss, one label against the rest.
//!
//! For each label, with `y = 1` where it holds and `-1` elsewhere, the solver minimises
//!
//! ```text
//! ½ (‖w‖² + b²) + Σᵢ Cᵢ max(0, 1 − yᵢ (w·xᵢ + b))²,   Cᵢ = C · sample weight · class weight
//! ```
//!
//! through its dual by coordinate descent with shrinking (Hsieh, Chang, Lin, Keerthi and
//! Sundararajan, ICML 2008; LIBLINEAR's `-s 1 -B 1`). It stops when the greatest and the least
//! projected gradient over all rows lie within `tolerance`.
//!
//! Labels are solved in blocks of up to 16 that share every read of a row, with their weights side
//! by side. Rows are visited in an order that depends on the seed and the round alone, and a
//! label that is finished or a row that is shrunk is only masked, so a label's result does not
//! depend on the block it is in: blocks are a matter of speed.

use super::classifier::positive;
use super::weights::LabelWeights;
use super::{ClassWeight, LinearModel, Problem};
use crate::corpus::HeadKind;
use crate::features::{Row, SparseRows};
use crate::{Error, Result};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Options of the linear SVM.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LinearSvm {
    /// Cost of an error; greater fits the training rows more closely. Default 1.
    pub c: f64,
    /// Where to stop; default 0.1, as in LIBLINEAR. scikit-learn goes on to 0.0001.
    pub tolerance: f64,
    /// Rounds over the rows after which the solver stops all the same; default 1000.
    pub max_rounds: u32,
    /// How labels are weighted against each other.
    pub class_weight: ClassWeight,
    /// Seed of the order in which rows are visited.
    pub seed: u64,
}

impl Default for LinearSvm {
    fn default() -> Self {
        LinearSvm { c: 1.0, tolerance: 0.1, max_rounds: 1000, class_weight: ClassWeight::Equal, seed: 0 }
    }
}

impl LinearSvm {
    pub(super) fn verify(&self) -> Result<()> {
        positive("C", self.c)?;
        positive("tolerance", self.tolerance)?;
        if self.max_rounds == 0 {
            return Err(Error::usage("max_rounds must be at least 1"));
        }
        self.class_weight.verify()
    }

    pub(super) fn solve(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        let labels = problem.targets.labels();
        problem.progress.stage("solving", labels as u64);
        let shared = Shared::new(self, problem)?;
        // Two blocks of like size keep two threads busy; wider blocks than 16 leave the cache.
        let solved: Vec<(LabelWeights, f64)> = match labels.div_ceil(2) {
            1 => shared.blocks::<2>(labels),
            2..=4 => shared.blocks::<4>(labels),
            5..=6 => shared.blocks::<6>(labels),
            7..=8 => shared.blocks::<8>(labels),
            9..=10 => shared.blocks::<10>(labels),
            11..=12 => shared.blocks::<12>(labels),
            _ => shared.blocks::<16>(labels),
        };
        let (weights, bias) = solved.into_iter().unzip();
        Ok(LinearModel::new(problem.targets.kind(), problem.rows.columns(), weights, bias))
    }
}

/// What all blocks read.
struct Shared<'a> {
    options: &'a LinearSvm,
    problem: &'a Problem<'a>,
    /// `‖x‖² + 1` of every row.
    norms: Vec<f64>,
    /// A random order of the rows.
    order: Vec<u32>,
    /// Class weights of each label: where it holds, where it does not.
    factors: Vec<[f64; 2]>,
}

impl<'a> Shared<'a> {
    fn new(options: &'a LinearSvm, problem: &'a Problem<'a>) -> Result<Self> {
        let support = problem.targets.support(problem.weights);
        let exclusive = problem.targets.kind() == HeadKind::Exclusive;
        Ok(Shared {
            options,
            problem,
            norms: problem.rows.iter().map(|row| row.squared_norm() + 1.0).collect(),
            order: shuffled(problem.rows.rows(), &mut Xoshiro256PlusPlus::seed_from_u64(options.seed)),
            factors: options.class_weight.factors(&support, exclusive)?,
        })
    }

    fn blocks<const K: usize>(&self, labels: usize) -> Vec<(LabelWeights, f64)> {
        let count = labels.div_ceil(K);
        let solve = |block: usize| {
            let (first, end) = (block * labels / count, (block + 1) * labels / count);
            let lanes = end - first;
            let solved = Block::<K>::new(self, first, lanes).solve();
            self.problem.progress.advance(lanes as u64);
            solved
        };
        (0..count).into_par_iter().flat_map_iter(solve).collect()
    }
}

fn shuffled(rows: usize, random: &mut Xoshiro256PlusPlus) -> Vec<u32> {
    let mut order: Vec<u32> = (0..rows as u32).collect();
    for last in (1..rows).rev() {
        order.swap(last, below(random, last + 1));
    }
    order
}

/// A number below `bound`; its bias of `bound / 2⁶⁴` does not matter here.
fn below(random: &mut Xoshiro256PlusPlus, bound: usize) -> usize {
    ((u128::from(random.next_u64()) * bound as u128) >> 64) as usize
}

/// The visiting order of one round: an affine walk over the shuffled rows, a permutation because
/// the step has no factor in common with their number.
struct Round {
    start: usize,
    step: usize,
}

impl Round {
    fn new(rows: usize, random: &mut Xoshiro256PlusPlus) -> Self {
        let start = below(random, rows);
        let mut step = 1 + below(random, rows);
        while gcd(step, rows) != 1 {
            step += 1;
        }
        Round { start, step: step % rows }
    }

    fn rows(self, order: &[u32]) -> impl Iterator<Item = usize> + '_ {
        let mut at = self.start;
        order.iter().map(move |_| {
            let row = order[at] as usize;
            at += self.step;
            if at >= order.len() {
                at -= order.len();
            }
            row
        })
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Up to `K` labels that are solved side by side; lane `k` is label `first + k`.
struct Block<'a, const K: usize> {
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
    fn new(shared: &'a Shared<'a>, first: usize, lanes: usize) -> Self {
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
        };
        for lane in 0..lanes {
            block.open(lane);
        }
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

    fn solve(mut self) -> Vec<(LabelWeights, f64)> {
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
                let new = (alpha - gradient / (self.shared.norms[row] + diagonal)).max(0.0);
                self.alphas[row][lane] = new;
                steps[lane] = (new - alpha) * sign;
                moved = true;
            }
        }
        moved.then_some(steps)
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
        for (feature, value) in row.iter() {
            let weights = &mut self.weights[feature];
            for lane in 0..K {
                weights[lane] += value * steps[lane];
            }
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

    fn into_labels(self) -> Vec<(LabelWeights, f64)> {
        let (bias, weights) = self.weights.split_last().map_or(([0.0; K], &[][..]), |(b, w)| (*b, w));
        let of_lane = |lane: usize| {
            let weights = weights.iter().enumerate().map(|(f, w)| (f as u32, w[lane] as f32));
            (weights.filter(|&(_, w)| w != 0.0).collect(), bias[lane])
        };
        (0..self.labels).map(of_lane).collect()
    }
}
