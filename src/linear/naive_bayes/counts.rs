//! Sums of features by label, of which every kind of naive Bayes is made.

use crate::Result;
use crate::corpus::{HeadKind, Targets};
use crate::features::Row;
use crate::linear::{ClassWeight, LinearModel, Problem};

/// Bound of log shares, which are infinite for a label without rows; `exp(700)` is still finite.
const MAX_LOG_ODDS: f64 = 700.0;

/// Sums of every feature by label, over the rows where the label holds and where it does not.
pub(super) struct Counts {
    pub exclusive: bool,
    pub features: usize,
    /// Features by labels; of independent labels both sides, of exclusive ones the first, from
    /// which the other follows.
    sums: Vec<f64>,
    /// By label.
    totals: Vec<[f64; 2]>,
    /// Sums of sample weights by label.
    pub rows: Vec<[f64; 2]>,
}

impl Counts {
    pub fn new(problem: &Problem<'_>, class_weight: &ClassWeight) -> Result<Self> {
        let (features, labels) = (problem.rows.columns(), problem.targets.labels());
        let support = problem.targets.support(problem.weights);
        let exclusive = problem.targets.kind() == HeadKind::Exclusive;
        let factors = class_weight.factors(&support, exclusive)?;
        let rows = support
            .iter()
            .zip(&factors)
            .map(|(s, f)| [s[0] * f[0], s[1] * f[1]])
            .collect();
        let (sums, totals) = (
            vec![0.0; features * labels * sides(exclusive)],
            vec![[0.0; 2]; labels],
        );
        let mut counts = Counts {
            exclusive,
            features,
            sums,
            totals,
            rows,
        };
        counts.add(problem, &factors);
        Ok(counts)
    }

    fn add(&mut self, problem: &Problem<'_>, factors: &[[f64; 2]]) {
        problem
            .progress
            .stage("counting features", problem.rows.rows() as u64);
        for (index, row) in problem.rows.iter().enumerate() {
            problem.progress.advance(1);
            match problem.targets {
                Targets::Exclusive { of, .. } => {
                    if let Some(of) = of[index] {
                        let label = of as usize;
                        self.add_row(row, label, 0, problem.weight(index) * factors[label][0]);
                    }
                }
                Targets::Independent { .. } => {
                    for (label, factors) in factors.iter().enumerate() {
                        let Some(holds) = problem.targets.holds(index, label) else {
                            continue;
                        };
                        let side = usize::from(!holds);
                        self.add_row(row, label, side, problem.weight(index) * factors[side]);
                    }
                }
            }
        }
        if self.exclusive {
            [&mut self.totals, &mut self.rows]
                .into_iter()
                .for_each(|counts| complete(counts));
        }
    }

    fn add_row(&mut self, row: Row<'_>, label: usize, side: usize, weight: f64) {
        let (labels, sides) = (self.rows.len(), sides(self.exclusive));
        for (feature, value) in row.iter() {
            self.sums[(feature * labels + label) * sides + side] += weight * value;
            self.totals[label][side] += weight * value;
        }
    }

    /// Calls `each` with both sides of all labels, feature after feature.
    pub fn each_feature(&self, mut each: impl FnMut(&[[f64; 2]])) {
        let (mut both, sides) = (vec![[0.0; 2]; self.rows.len()], sides(self.exclusive));
        for sums in self.sums.chunks_exact(both.len() * sides) {
            both.iter_mut()
                .zip(sums.chunks_exact(sides))
                .for_each(|(both, sums)| {
                    both[..sides].copy_from_slice(sums);
                });
            if self.exclusive {
                complete(&mut both);
            }
            each(&both);
        }
    }

    /// Returns the log share of each label's rows; for independent labels their log odds.
    pub fn log_shares(&self) -> Vec<f64> {
        let share = |&[yes, no]: &[f64; 2]| (yes / if self.exclusive { yes + no } else { no }).ln();
        self.rows
            .iter()
            .map(|rows| share(rows).clamp(-MAX_LOG_ODDS, MAX_LOG_ODDS))
            .collect()
    }

    /// Returns the model whose weights `weight` calculates from a label, its sums of a feature and
    /// its totals.
    pub fn model(
        &self,
        bias: Vec<f64>,
        weight: impl Fn(usize, [f64; 2], [f64; 2]) -> f64,
    ) -> LinearModel {
        let labels = self.rows.len();
        let mut weights = Vec::with_capacity(self.features * labels);
        let mut of_feature = vec![0.0; labels];
        self.each_feature(|sums| {
            for (label, &sums) in sums.iter().enumerate() {
                of_feature[label] = weight(label, sums, self.totals[label]);
            }
            let mean = if self.exclusive {
                of_feature.iter().sum::<f64>() / labels as f64
            } else {
                0.0
            };
            weights.extend(of_feature.iter().map(|weight| (weight - mean) as f32));
        });
        let kind = if self.exclusive {
            HeadKind::Exclusive
        } else {
            HeadKind::Independent
        };
        LinearModel::of_dense_weights(kind, self.features, weights, bias)
    }
}

/// For exclusive labels, what does not belong to a label is all the rest: a row counts by its own
/// label's weight on both sides.
fn complete(counts: &mut [[f64; 2]]) {
    let all: f64 = counts.iter().map(|count| count[0]).sum();
    counts
        .iter_mut()
        .for_each(|count| count[1] = (all - count[0]).max(0.0));
}

/// Returns the number of sides of a label that are counted.
fn sides(exclusive: bool) -> usize {
    if exclusive { 1 } else { 2 }
}
