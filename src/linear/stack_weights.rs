//! The weights of the members of a stack: one a member, and one bias a label.
//!
//! The objective is that of [`stack`](super::stack). It has as many unknowns as there are members and labels, and
//! is minimised by steps along `−D⁻¹g`, where `g` is the gradient and `D` the Hessian without what
//! joins members to labels and labels to each other. A step that would make a weight negative ends at 0, a
//! weight of 0 that had better be negative stays (Bertsekas, "Projected Newton Methods", SIAM J. Control 20, 1982),
//! and a step is halved until the objective falls. It stops when what is left of the gradient is a
//! ten-thousandth of its first length.

use super::out_of_fold::MemberScores;
use crate::corpus::{HeadKind, Targets};
use crate::math::links::{sigmoid, softmax};
use crate::math::weights::SampleWeights;

/// Weights of members, to be multiplied with their decision values, and biases of labels.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StackWeights {
    pub members: Vec<f64>,
    pub bias: Vec<f64>,
}

const MOST_STEPS: usize = 500;
const MOST_HALVINGS: usize = 30;
const TOLERANCE: f64 = 1e-4;

impl StackWeights {
    pub(crate) fn fit(
        said: &MemberScores<'_>,
        targets: &Targets,
        weights: Option<&[f32]>,
        c: f64,
    ) -> Self {
        let scales: Vec<f64> = (0..said.members())
            .map(|member| 1.0 / deviation(said, member))
            .collect();
        let system = System {
            said,
            targets,
            weights: weights.into(),
            c,
            scales: &scales,
        };
        let mut point = StackWeights {
            members: vec![1.0; said.members()],
            bias: vec![0.0; said.labels()],
        };
        let mut slope = system.slope(&point);
        let enough = TOLERANCE * slope.length(&point);
        for _ in 0..MOST_STEPS {
            let next = (slope.length(&point) > enough)
                .then(|| system.step(&point, &slope))
                .flatten();
            let Some(next) = next else { break };
            point = next;
            slope = system.slope(&point);
        }
        point
            .members
            .iter_mut()
            .zip(&scales)
            .for_each(|(weight, scale)| *weight *= scale);
        point
    }

    /// What the stack says of a row of which the members said `said`.
    pub(crate) fn decide(&self, said: &MemberScores<'_>, row: usize, out: &mut Vec<f64>) {
        out.clear();
        out.extend_from_slice(&self.bias);
        for (member, weight) in self.members.iter().enumerate() {
            out.iter_mut()
                .zip(said.row(member, row))
                .for_each(|(sum, &d)| *sum += weight * f64::from(d));
        }
    }
}

/// The standard deviation of all that a member said; 1 if it always said the same.
fn deviation(said: &MemberScores<'_>, member: usize) -> f64 {
    let all = || {
        said.rows()
            .iter()
            .flat_map(|&row| said.row(member, row))
            .map(|&d| f64::from(d))
    };
    let count = (said.rows().len() * said.labels()).max(1) as f64;
    let mean = all().sum::<f64>() / count;
    let deviation = (all().map(|d| (d - mean) * (d - mean)).sum::<f64>() / count).sqrt();
    if deviation > 0.0 && deviation.is_finite() {
        deviation
    } else {
        1.0
    }
}

/// Whether a weight moves: not if it is 0 and the objective falls below 0.
fn free(weight: f64, gradient: f64) -> bool {
    weight > 0.0 || gradient < 0.0
}

struct System<'a> {
    said: &'a MemberScores<'a>,
    targets: &'a Targets,
    weights: SampleWeights<'a>,
    c: f64,
    scales: &'a [f64],
}

/// The objective at a point, its gradient, and the blocks of its Hessian.
struct Slope {
    value: f64,
    members: Vec<f64>,
    bias: Vec<f64>,
    /// Members by members.
    curve: Vec<f64>,
    curve_bias: Vec<f64>,
}

impl Slope {
    /// The length of the gradient, but for weights that are held at 0.
    fn length(&self, at: &StackWeights) -> f64 {
        let members = self
            .members
            .iter()
            .zip(&at.members)
            .filter(|&(&g, &a)| free(a, g))
            .map(|(g, _)| g);
        members.chain(&self.bias).map(|g| g * g).sum::<f64>().sqrt()
    }

    /// By how much the objective would fall to `next` if it were as steep all the way.
    fn fall(&self, at: &StackWeights, next: &StackWeights) -> f64 {
        let along = |slope: &[f64], from: &[f64], to: &[f64]| -> f64 {
            slope
                .iter()
                .zip(from.iter().zip(to))
                .map(|(g, (from, to))| g * (from - to))
                .sum()
        };
        along(&self.members, &at.members, &next.members) + along(&self.bias, &at.bias, &next.bias)
    }

    /// The step of the weights of members: those that are held at 0 do not move.
    fn of_members(&self, at: &StackWeights) -> Vec<f64> {
        let count = self.members.len();
        let free: Vec<usize> = (0..count)
            .filter(|&m| free(at.members[m], self.members[m]))
            .collect();
        let curve = free
            .iter()
            .flat_map(|&a| free.iter().map(move |&b| self.curve[a * count + b]));
        let solved = solve(
            curve.collect(),
            free.iter().map(|&m| self.members[m]).collect(),
        );
        let mut step = vec![0.0; count];
        free.iter()
            .zip(solved)
            .for_each(|(&member, moved)| step[member] = moved);
        step
    }
}

impl System<'_> {
    /// Adds the rows' parts to the objective's own, which is that of the penalty.
    fn slope(&self, at: &StackWeights) -> Slope {
        let members = at.members.len();
        let square = |values: &[f64]| values.iter().map(|v| v * v).sum::<f64>();
        let mut slope = Slope {
            value: 0.5 * (square(&at.members) + square(&at.bias)),
            members: at.members.clone(),
            bias: at.bias.clone(),
            curve: (0..members * members)
                .map(|cell| f64::from(cell % (members + 1) == 0))
                .collect(),
            curve_bias: vec![1.0; at.bias.len()],
        };
        let (mut scores, mut means) = (Vec::new(), vec![0.0; members]);
        for &row in self.said.rows() {
            let cost = self.c * self.weights.of(row);
            self.score(at, row, &mut scores);
            match self.targets.kind() {
                HeadKind::Exclusive => {
                    self.add_softmax(row, cost, &mut scores, &mut means, &mut slope)
                }
                HeadKind::Independent => self.add_sigmoids(row, cost, &scores, &mut slope),
            }
        }
        slope
    }

    fn score(&self, at: &StackWeights, row: usize, scores: &mut Vec<f64>) {
        scores.clear();
        scores.extend_from_slice(&at.bias);
        for (member, weight) in at.members.iter().enumerate() {
            let weight = weight * self.scales[member];
            let said = self.said.row(member, row);
            scores
                .iter_mut()
                .zip(said)
                .for_each(|(score, &d)| *score += weight * f64::from(d));
        }
    }

    fn z(&self, member: usize, row: usize, label: usize) -> f64 {
        f64::from(self.said.row(member, row)[label]) * self.scales[member]
    }

    fn add_softmax(
        &self,
        row: usize,
        cost: f64,
        scores: &mut [f64],
        means: &mut [f64],
        slope: &mut Slope,
    ) {
        let Some(truth) =
            (0..scores.len()).find(|&label| self.targets.holds(row, label) == Some(true))
        else {
            return;
        };
        softmax(scores);
        slope.value -= cost * scores[truth].max(f64::MIN_POSITIVE).ln();
        for (member, mean) in means.iter_mut().enumerate() {
            *mean = scores
                .iter()
                .enumerate()
                .map(|(label, p)| p * self.z(member, row, label))
                .sum();
            slope.members[member] += cost * (*mean - self.z(member, row, truth));
        }
        for (label, &p) in scores.iter().enumerate() {
            slope.bias[label] += cost * (p - f64::from(label == truth));
            slope.curve_bias[label] += cost * p * (1.0 - p);
            self.add_curve(row, label, cost * p, means, slope);
        }
    }

    fn add_sigmoids(&self, row: usize, cost: f64, scores: &[f64], slope: &mut Slope) {
        let means = vec![0.0; slope.members.len()];
        for (label, &score) in scores.iter().enumerate() {
            let Some(holds) = self.targets.holds(row, label) else {
                continue;
            };
            let signed = if holds { -score } else { score };
            slope.value += cost * (signed.max(0.0) + (-signed.abs()).exp().ln_1p());
            let p = sigmoid(score);
            let residual = cost * (p - f64::from(holds));
            slope.bias[label] += residual;
            slope.curve_bias[label] += cost * p * (1.0 - p);
            for (member, slope) in slope.members.iter_mut().enumerate() {
                *slope += residual * self.z(member, row, label);
            }
            self.add_curve(row, label, cost * p * (1.0 - p), &means, slope);
        }
    }

    fn add_curve(&self, row: usize, label: usize, cost: f64, means: &[f64], slope: &mut Slope) {
        let members = means.len();
        for a in 0..members {
            let of_a = cost * (self.z(a, row, label) - means[a]);
            for (b, mean) in means.iter().enumerate() {
                slope.curve[a * members + b] += of_a * (self.z(b, row, label) - mean);
            }
        }
    }

    /// The point after a step; `None` if none lowers the objective any more.
    fn step(&self, at: &StackWeights, slope: &Slope) -> Option<StackWeights> {
        let members = slope.of_members(at);
        let bias: Vec<f64> = slope
            .bias
            .iter()
            .zip(&slope.curve_bias)
            .map(|(g, h)| g / h)
            .collect();
        let mut share = 1.0;
        for _ in 0..MOST_HALVINGS {
            let next = StackWeights {
                members: at
                    .members
                    .iter()
                    .zip(&members)
                    .map(|(a, step)| (a - share * step).max(0.0))
                    .collect(),
                bias: at
                    .bias
                    .iter()
                    .zip(&bias)
                    .map(|(b, step)| b - share * step)
                    .collect(),
            };
            if self.slope(&next).value <= slope.value - 1e-4 * slope.fall(at, &next) {
                return Some(next);
            }
            share *= 0.5;
        }
        None
    }
}

/// Solves `A x = b` for a symmetric positive definite matrix, by Gaussian elimination.
fn solve(mut a: Vec<f64>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for pivot in 0..n {
        for row in pivot + 1..n {
            let factor = a[row * n + pivot] / a[pivot * n + pivot];
            (pivot..n).for_each(|column| a[row * n + column] -= factor * a[pivot * n + column]);
            b[row] -= factor * b[pivot];
        }
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n)
            .map(|column| a[row * n + column] * b[column])
            .sum();
        b[row] = (b[row] - known) / a[row * n + row];
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_system_is_solved() {
        let x = solve(vec![4.0, 1.0, 1.0, 3.0], vec![1.0, 2.0]);
        assert!((x[0] - 1.0 / 11.0).abs() < 1e-12 && (x[1] - 7.0 / 11.0).abs() < 1e-12);
    }
}
