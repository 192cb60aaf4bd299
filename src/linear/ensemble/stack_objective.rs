//! Objective of the weights of a stack, with its derivatives.

use super::out_of_fold::EstimatorScores;
use super::stack_weights::StackWeights;
use crate::corpus::{HeadKind, Targets};
use crate::math::links::{sigmoid, softmax};
use crate::math::weights::SampleWeights;
use rayon::prelude::*;

/// Rows whose losses are summed up before they are added to those of others.
const RUN: usize = 256;

/// Penalty and losses of a stack's weights on out-of-fold scores.
pub(super) struct Objective<'a> {
    pub scores: &'a EstimatorScores<'a>,
    pub targets: &'a Targets,
    pub weights: SampleWeights<'a>,
    pub c: f64,
    /// One over the standard deviation of each estimator's decision values.
    pub scales: &'a [f64],
}

/// Value of the objective at a point, its gradient, and the blocks of its Hessian.
pub(super) struct Derivatives {
    pub value: f64,
    pub estimator_gradient: Vec<f64>,
    pub bias_gradient: Vec<f64>,
    /// Estimators by estimators.
    pub estimator_hessian: Vec<f64>,
    /// Diagonal.
    pub bias_hessian: Vec<f64>,
}

/// Decision values of the estimators for one row, over their standard deviations.
#[derive(Default)]
struct RowScores {
    labels: usize,
    /// Estimators by labels.
    scaled: Vec<f64>,
    /// Decision values of the stack, and then what is made of them: one a label.
    decisions: Vec<f64>,
}

impl RowScores {
    fn read(&mut self, objective: &Objective<'_>, row: usize) {
        self.labels = objective.scores.labels();
        self.scaled.clear();
        for (estimator, scale) in objective.scales.iter().enumerate() {
            let own = objective.scores.row(estimator, row).iter();
            self.scaled.extend(own.map(|&d| f64::from(d) * scale));
        }
    }

    /// Sums up the decision values of the stack.
    fn decide(&mut self, at: &StackWeights) {
        self.decisions.clear();
        self.decisions.extend_from_slice(&at.bias);
        let estimators = self.scaled.chunks_exact(self.labels.max(1));
        for (weight, scaled) in at.estimators.iter().zip(estimators) {
            let sums = self.decisions.iter_mut().zip(scaled);
            sums.for_each(|(sum, z)| *sum += weight * z);
        }
    }
}

impl Derivatives {
    fn zeros(estimators: usize, labels: usize) -> Self {
        Derivatives {
            value: 0.0,
            estimator_gradient: vec![0.0; estimators],
            bias_gradient: vec![0.0; labels],
            estimator_hessian: vec![0.0; estimators * estimators],
            bias_hessian: vec![0.0; labels],
        }
    }

    fn of_penalty(at: &StackWeights) -> Self {
        let estimators = at.estimators.len();
        let square = |values: &[f64]| values.iter().map(|v| v * v).sum::<f64>();
        Derivatives {
            value: 0.5 * (square(&at.estimators) + square(&at.bias)),
            estimator_gradient: at.estimators.clone(),
            bias_gradient: at.bias.clone(),
            // The identity: the second derivative of the penalty.
            estimator_hessian: (0..estimators * estimators)
                .map(|cell| f64::from(cell % (estimators + 1) == 0))
                .collect(),
            bias_hessian: vec![1.0; at.bias.len()],
        }
    }

    fn add(&mut self, other: &Derivatives) {
        self.value += other.value;
        for (own, other) in [
            (&mut self.estimator_gradient, &other.estimator_gradient),
            (&mut self.bias_gradient, &other.bias_gradient),
            (&mut self.estimator_hessian, &other.estimator_hessian),
            (&mut self.bias_hessian, &other.bias_hessian),
        ] {
            own.iter_mut()
                .zip(other)
                .for_each(|(own, other)| *own += other);
        }
    }

    /// Adds `Z diag(c) Zᵀ`, with `Z` the scaled scores of a row and `c` the curvature of its loss,
    /// one a label, which stands in place of the decision values.
    fn add_hessian(&mut self, scores: &RowScores) {
        let estimators = self.estimator_gradient.len();
        let of = |estimator: usize| &scores.scaled[estimator * scores.labels..][..scores.labels];
        for a in 0..estimators {
            for b in a..estimators {
                let products = of(a).iter().zip(of(b)).zip(&scores.decisions);
                let sum: f64 = products.map(|((x, y), curvature)| x * y * curvature).sum();
                self.estimator_hessian[a * estimators + b] += sum;
                if a != b {
                    self.estimator_hessian[b * estimators + a] += sum;
                }
            }
        }
    }
}

impl Objective<'_> {
    /// Returns value and derivatives at a point: those of the penalty and the rows' losses.
    pub fn evaluate(&self, at: &StackWeights) -> Derivatives {
        let zeros = || Derivatives::zeros(at.estimators.len(), at.bias.len());
        let of_run = |rows: &[usize]| {
            let (mut sums, mut row_scores) = (zeros(), RowScores::default());
            for &row in rows {
                row_scores.read(self, row);
                row_scores.decide(at);
                let cost = self.c * self.weights.of(row);
                match self.targets.kind() {
                    HeadKind::Exclusive => self.add_softmax(row, cost, &mut row_scores, &mut sums),
                    HeadKind::Independent => {
                        self.add_sigmoids(row, cost, &mut row_scores, &mut sums)
                    }
                }
            }
            sums
        };
        let mut sums = Derivatives::of_penalty(at);
        self.runs(of_run).iter().for_each(|run| sums.add(run));
        sums
    }

    /// Returns the value at a point, in a fraction of the time of [`evaluate`](Self::evaluate).
    pub fn value(&self, at: &StackWeights) -> f64 {
        let of_run = |rows: &[usize]| {
            let (mut value, mut row_scores) = (0.0, RowScores::default());
            for &row in rows {
                row_scores.read(self, row);
                row_scores.decide(at);
                let cost = self.c * self.weights.of(row);
                value += match self.targets.kind() {
                    HeadKind::Exclusive => self.softmax_loss(row, &mut row_scores.decisions),
                    HeadKind::Independent => self.sigmoid_loss(row, &row_scores.decisions),
                } * cost;
            }
            value
        };
        Derivatives::of_penalty(at).value + self.runs(of_run).iter().sum::<f64>()
    }

    /// Returns what a function returns for runs of rows of fixed length, so that sums over them do
    /// not depend on the number of threads.
    fn runs<T: Send>(&self, of_run: impl Fn(&[usize]) -> T + Send + Sync) -> Vec<T> {
        self.scores.rows().par_chunks(RUN).map(of_run).collect()
    }

    fn softmax_loss(&self, row: usize, decisions: &mut [f64]) -> f64 {
        let Some(truth) = self.targets.positives(row).next() else {
            return 0.0;
        };
        softmax(decisions);
        -decisions[truth].max(f64::MIN_POSITIVE).ln()
    }

    fn sigmoid_loss(&self, row: usize, decisions: &[f64]) -> f64 {
        let known = decisions
            .iter()
            .enumerate()
            .filter_map(|(label, decision)| {
                let holds = self.targets.holds(row, label)?;
                let signed = if holds { -decision } else { *decision };
                Some(signed.max(0.0) + (-signed.abs()).exp().ln_1p())
            });
        known.sum()
    }

    fn add_softmax(&self, row: usize, cost: f64, scores: &mut RowScores, sums: &mut Derivatives) {
        let Some(truth) = self.targets.positives(row).next() else {
            return;
        };
        sums.value += cost * self.softmax_loss(row, &mut scores.decisions);
        let RowScores {
            labels,
            decisions: probabilities,
            scaled,
        } = scores;
        for (estimator, scaled) in scaled.chunks_exact_mut((*labels).max(1)).enumerate() {
            let mean: f64 = probabilities.iter().zip(&*scaled).map(|(p, z)| p * z).sum();
            sums.estimator_gradient[estimator] += cost * (mean - scaled[truth]);
            scaled.iter_mut().for_each(|z| *z -= mean);
        }
        for (label, p) in probabilities.iter_mut().enumerate() {
            sums.bias_gradient[label] += cost * (*p - f64::from(label == truth));
            sums.bias_hessian[label] += cost * *p * (1.0 - *p);
            *p *= cost;
        }
        sums.add_hessian(scores);
    }

    fn add_sigmoids(&self, row: usize, cost: f64, scores: &mut RowScores, sums: &mut Derivatives) {
        sums.value += cost * self.sigmoid_loss(row, &scores.decisions);
        for label in 0..scores.labels {
            let p = sigmoid(scores.decisions[label]);
            // A label that is unknown adds nothing to any sum.
            let holds = self.targets.holds(row, label);
            let residual = holds.map_or(0.0, |holds| cost * (p - f64::from(holds)));
            let curvature = holds.map_or(0.0, |_| cost * p * (1.0 - p));
            sums.bias_gradient[label] += residual;
            sums.bias_hessian[label] += curvature;
            let of_label = scores.scaled.iter().skip(label).step_by(scores.labels);
            let gradients = sums.estimator_gradient.iter_mut();
            gradients
                .zip(of_label)
                .for_each(|(gradient, z)| *gradient += residual * z);
            scores.decisions[label] = curvature;
        }
        sums.add_hessian(scores);
    }
}
