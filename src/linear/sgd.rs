//! Averaged stochastic gradient descent with AdaGrad steps, for corpora that come in batches.
//!
//! Minimised, with `n` the number of rows, `cᵢ` a row's weight times its class weight, and the
//! biases not penalised:
//!
//! ```text
//! λ/2 ‖W‖² + 1/n Σᵢ cᵢ · loss(yᵢ, W·xᵢ + b),   λ = 1 / (C n)
//! loss = −ln softmax(·)[yᵢ], or Σ_l ln(1 + exp(−y_il ·_l))    logistic, exclusive or independent
//! loss = Σ_l max(0, 1 − y_il ·_l)                             hinge, one label against the rest
//! ```
//!
//! With the logistic loss that is `1 / (C n)` times the objective of
//! [`LogisticRegression`](super::LogisticRegression). A row with gradient `g` takes the composite
//! mirror descent step of Duchi, Hazan and Singer (JMLR 12, 2011, section 5), for each weight by
//! itself:
//!
//! ```text
//! Q ← Q + g²,   H = √(Q + δ),   w ← (H w − η g) / (H + η λ)
//! ```
//!
//! The penalty of the `k` steps in which a feature did not occur is taken when it next occurs, as a
//! flow: `w ← w exp(−k η λ / H)`, so that a row costs as much as it has values, and when it is
//! taken changes nothing. The result is the average of the weights over all steps (Polyak and
//! Juditsky, SIAM J. Control Optim. 30, 1992), along the flow, too, but not over those of the first
//! pass, where there is a second.
//!
//! There is no stopping rule: as many passes are made as `epochs` says. Each visits the rows in an
//! order of its own that depends on the seed alone, one after the other, on one thread. After 5
//! epochs the objective is usually within a few per cent of its minimum; where the last digit
//! matters, use [`LogisticRegression`](super::LogisticRegression).

use super::memory::ProblemSize;
use super::solver::{ClassifierInfo, Parameter, Parameters, Registered, Solver, probability_link};
use super::validate::positive;
use super::{ClassWeight, LinearModel, LogisticRegression, Problem, corrections};
use crate::corpus::{HeadKind, Targets};
use crate::features::{Row, SparseRows};
use crate::math::hash::stream_seed;
use crate::math::links::{Link, sigmoid, softmax};
use crate::math::random::shuffle;
use crate::math::weights::SampleWeights;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use serde::{Deserialize, Serialize};

/// Options of stochastic gradient descent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sgd {
    /// Loss; default logistic.
    pub loss: SgdLoss,
    /// Inverse strength of regularisation; default 1.
    pub c: f64,
    /// Passes over the rows; default 5.
    pub epochs: u32,
    /// Learning rate `η`, about the size of the first steps; default 1.
    #[serde(rename = "rate")]
    pub learning_rate: f64,
    /// Class weights; for exclusive labels with the logistic loss a row counts by its own label's
    /// weight.
    pub class_weight: ClassWeight,
    /// Seed of the order in which rows are visited.
    pub seed: u64,
}

/// Loss of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SgdLoss {
    /// Logistic loss: scores are probabilities.
    #[default]
    Logistic,
    /// Hinge loss, as of a linear SVM.
    Hinge,
}

impl Default for Sgd {
    fn default() -> Self {
        let class_weight = ClassWeight::Equal;
        Sgd {
            loss: SgdLoss::Logistic,
            c: 1.0,
            epochs: 5,
            learning_rate: 1.0,
            class_weight,
            seed: 0,
        }
    }
}

/// Three numbers of eight bytes are held for each; what a solver may take is
/// [checked](super::memory) before.
const MAX_WEIGHTS: usize = 1 << 32;
/// `δ`: keeps the first step of a weight from being as long for a small gradient as for a large
/// one.
const DELTA: f64 = 0.01;

const PARAMETERS: &[Parameter] = &[Parameter::C, Parameter::Epochs, Parameter::LearningRate];

impl Solver for Sgd {
    fn verify(&self) -> Result<()> {
        positive("C", self.c)?;
        positive("learning rate", self.learning_rate)?;
        if self.epochs == 0 {
            return Err(Error::usage("epochs must be at least 1"));
        }
        self.class_weight.verify()
    }

    fn solve(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        let (rows, targets) = (problem.rows, problem.targets);
        problem.progress.stage("descending", u64::from(self.epochs));
        let mut descent = DescentState::new(rows.columns(), targets.labels(), targets.kind())?;
        if let Some(start) = problem.start {
            descent.start_from(start)?;
        }
        let factors = self.factors(targets, problem.weights)?;
        for epoch in 0..self.epochs {
            descent.begin_pass();
            let part = LabelledRows {
                rows,
                targets,
                weights: problem.weights,
            };
            descent.learn(self, &factors, rows.rows() as u64, part, u64::from(epoch));
            problem.progress.advance(1);
        }
        descent.catch_up_all();
        Ok(descent.model())
    }

    fn link(&self, kind: HeadKind) -> Link {
        match self.loss {
            SgdLoss::Hinge => Link::Decision,
            SgdLoss::Logistic => probability_link(kind),
        }
    }

    fn bytes(&self, size: ProblemSize) -> f64 {
        let ProblemSize {
            features, labels, ..
        } = size;
        // Weight, sum of squared gradients and sum of weights, and the weight of the model.
        32.0 * features * labels
    }

    fn summary(&self) -> String {
        format!("sgd C={}{}", self.c, self.class_weight)
    }

    fn change_class_weights(&mut self, change: &dyn Fn(&mut ClassWeight)) {
        change(&mut self.class_weight);
    }

    fn uses_seed(&self) -> bool {
        true
    }

    fn takes_corrections(&self) -> bool {
        self.loss == SgdLoss::Logistic
    }

    fn correct(&self, old: &LinearModel, problem: &Problem<'_>) -> Result<Vec<f32>> {
        // With the logistic loss the objective is that of logistic regression.
        let options = LogisticRegression {
            c: self.c,
            class_weight: self.class_weight.clone(),
            ..LogisticRegression::default()
        };
        corrections::of_log_loss(&options, old, problem)
    }
}

impl Registered for Sgd {
    const CLASSIFIERS: &'static [ClassifierInfo] = &[
        ClassifierInfo {
            name: "sgd",
            summary: "Logistic regression by averaged stochastic gradient descent",
            parameters: PARAMETERS,
            corrections: Some("log loss"),
            build: |given| Sgd::with(SgdLoss::Logistic, given).into(),
        },
        ClassifierInfo {
            name: "sgd-hinge",
            summary: "SVM by averaged stochastic gradient descent",
            parameters: PARAMETERS,
            corrections: None,
            build: |given| Sgd::with(SgdLoss::Hinge, given).into(),
        },
    ];
}

impl Sgd {
    fn with(loss: SgdLoss, given: &Parameters) -> Self {
        let default = Sgd::default();
        Sgd {
            loss,
            c: given.c.unwrap_or(default.c),
            epochs: given.epochs.unwrap_or(default.epochs),
            learning_rate: given.learning_rate.unwrap_or(default.learning_rate),
            seed: given.seed,
            ..default
        }
    }

    fn factors(&self, targets: &Targets, weights: Option<&[f32]>) -> Result<Vec<[f64; 2]>> {
        self.class_weight.factors(
            &targets.support(weights),
            targets.kind() == HeadKind::Exclusive,
        )
    }
}

/// Labelled rows, all of them or a batch.
#[derive(Clone, Copy)]
pub(crate) struct LabelledRows<'a> {
    pub rows: &'a SparseRows,
    pub targets: &'a Targets,
    pub weights: Option<&'a [f32]>,
}

/// State of gradient descent: everything that is needed to go on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DescentState {
    kind: HeadKind,
    labels: usize,
    /// For each feature and at the end the bias: weights, sums of squared gradients, and sums of
    /// weights over the steps of the average, each by label.
    cells: Vec<f64>,
    /// Last step that is part of each feature's weights.
    last: Vec<u64>,
    pub(crate) progress: DescentProgress,
}

/// Progress of gradient descent.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct DescentProgress {
    /// Rows visited.
    pub step: u64,
    /// The step after which the average begins.
    pub average_from: u64,
    /// Passes begun.
    pub passes: u64,
    /// `η λ` of the last step.
    pub decay: f64,
}

/// Step size and penalty of one step.
#[derive(Clone, Copy)]
struct StepSize {
    rate: f64,
    /// `η λ`.
    decay: f64,
}

impl DescentState {
    pub(crate) fn new(features: usize, labels: usize, kind: HeadKind) -> Result<Self> {
        if features.saturating_mul(labels) > MAX_WEIGHTS {
            return Err(Error::usage(format!(
                "gradient descent over {labels} labels and {features} features needs too much memory"
            ))
            .help(wording!["use the SVM, whose weights are sparse, or set ", Setting::MaxFeatures]));
        }
        let (cells, last) = (
            vec![0.0; (features + 1) * labels * 3],
            vec![0; features + 1],
        );
        Ok(DescentState {
            kind,
            labels,
            cells,
            last,
            progress: DescentProgress::default(),
        })
    }

    /// Starts from the weights of a fitted model, whose labels come first among these.
    pub(crate) fn start_from(&mut self, start: &LinearModel) -> Result<()> {
        if start.features() != self.features()
            || start.labels() > self.labels
            || start.kind() != self.kind
        {
            return Err(Error::data(
                "the model to begin with has other features, labels, or another kind",
            ));
        }
        let width = 3 * self.labels;
        for feature in 0..start.features() {
            let cells = &mut self.cells[feature * width..];
            start
                .weights()
                .of_feature(feature, start.labels(), |label, weight| {
                    cells[label] = weight
                });
        }
        let bias = &mut self.cells[start.features() * width..];
        bias.iter_mut()
            .zip(start.bias().iter())
            .for_each(|(cell, &bias)| *cell = bias);
        Ok(())
    }

    /// Returns the same state with room for more labels.
    #[cfg(feature = "linfa")]
    pub(crate) fn widened(&self, labels: usize) -> Result<Self> {
        let mut wider = DescentState::new(self.features(), labels, self.kind)?;
        (wider.last, wider.progress) = (self.last.clone(), self.progress);
        let old = self.cells.chunks_exact(self.labels);
        wider
            .cells
            .chunks_exact_mut(labels)
            .zip(old)
            .for_each(|(new, old)| new[..old.len()].copy_from_slice(old));
        Ok(wider)
    }

    pub(crate) fn features(&self) -> usize {
        self.last.len() - 1
    }

    #[cfg(feature = "linfa")]
    pub(crate) fn labels(&self) -> usize {
        self.labels
    }

    pub(crate) fn kind(&self) -> HeadKind {
        self.kind
    }

    /// Returns cells and last steps, for a file.
    pub(crate) fn parts(&self) -> (&[f64], &[u64]) {
        (&self.cells, &self.last)
    }

    /// Restores a state of the same shape; returns `None` if it is damaged.
    pub(crate) fn restore(
        &mut self,
        cells: Vec<f64>,
        last: Vec<u64>,
        progress: DescentProgress,
    ) -> Option<()> {
        let fits = cells.len() == self.cells.len() && last.len() == self.last.len();
        let sound = cells.iter().all(|cell| cell.is_finite())
            && last.iter().all(|&last| last <= progress.step);
        (self.cells, self.last, self.progress) = (cells, last, progress);
        (fits && sound && progress.average_from <= progress.step).then_some(())
    }

    /// Begins a pass; with the second one, the average begins anew.
    pub(crate) fn begin_pass(&mut self) {
        if self.progress.passes == 1 {
            self.catch_up_all();
            let labels = self.labels;
            self.cells
                .chunks_exact_mut(3 * labels)
                .for_each(|cells| cells[2 * labels..].fill(0.0));
            self.progress.average_from = self.progress.step;
        }
        self.progress.passes += 1;
    }

    /// Visits every row of a part of `of` rows in an order that depends on seed, pass and `number`.
    pub(crate) fn learn(
        &mut self,
        options: &Sgd,
        factors: &[[f64; 2]],
        of: u64,
        part: LabelledRows<'_>,
        number: u64,
    ) {
        let step_size = StepSize {
            rate: options.learning_rate,
            decay: options.learning_rate / (options.c * of as f64),
        };
        if self.progress.decay != step_size.decay {
            self.catch_up_all();
            self.progress.decay = step_size.decay;
        }
        let weights = SampleWeights::from(part.weights);
        let mut gradients = vec![0.0; self.labels];
        for row in order(part.rows.rows(), options.seed, self.progress.passes, number) {
            let weight = weights.of(row);
            self.catch_up(part.rows.row(row), &mut gradients);
            gradient(options.loss, part.targets, row, factors, &mut gradients);
            gradients
                .iter_mut()
                .for_each(|gradient| *gradient *= weight);
            self.step(part.rows.row(row), step_size, &gradients);
        }
    }

    /// Applies the pending penalty to the weights of a row, and calculates its decision values.
    fn catch_up(&mut self, row: Row<'_>, decisions: &mut [f64]) {
        let (labels, bias) = (self.labels, self.features());
        let DescentProgress {
            step: now, decay, ..
        } = self.progress;
        decisions.copy_from_slice(&self.cells[bias * 3 * labels..][..labels]);
        for (feature, value) in row.iter() {
            let cells = &mut self.cells[feature * 3 * labels..][..3 * labels];
            let skipped = now - self.last[feature];
            if skipped > 0 {
                shrink(cells, labels, skipped as f64, decay);
                self.last[feature] = now;
            }
            decisions
                .iter_mut()
                .zip(&*cells)
                .for_each(|(decision, weight)| *decision += value * weight);
        }
    }

    /// Applies the pending penalty to all weights, as [`model`](Self::model) needs.
    pub(crate) fn catch_up_all(&mut self) {
        let (
            labels,
            DescentProgress {
                step: now, decay, ..
            },
        ) = (self.labels, self.progress);
        for (feature, cells) in self.cells.chunks_exact_mut(3 * labels).enumerate() {
            let skipped = now - self.last[feature];
            // A feature that has not occurred yet has no weight either, unless it began with one.
            if skipped > 0 && cells[..labels].iter().any(|&weight| weight != 0.0) {
                shrink(cells, labels, skipped as f64, decay);
            }
            self.last[feature] = now;
        }
    }

    fn step(&mut self, row: Row<'_>, step_size: StepSize, gradients: &[f64]) {
        let (labels, bias) = (self.labels, self.features());
        self.progress.step += 1;
        let free = StepSize {
            decay: 0.0,
            ..step_size
        };
        let all = row
            .iter()
            .map(|(feature, value)| (feature, value, step_size))
            .chain([(bias, 1.0, free)]);
        for (feature, value, step_size) in all {
            descend(
                &mut self.cells[feature * 3 * labels..][..3 * labels],
                value,
                step_size,
                gradients,
            );
            self.last[feature] = self.progress.step;
        }
    }

    /// Returns the model of the averaged weights, when they are [caught up](Self::catch_up_all).
    pub(crate) fn model(&self) -> LinearModel {
        let (labels, features) = (self.labels, self.features());
        let steps = (self.progress.step - self.progress.average_from) as f64;
        let average = |feature: usize, label: usize| {
            let cells = &self.cells[feature * 3 * labels..];
            if steps > 0.0 {
                cells[2 * labels + label] / steps
            } else {
                cells[label]
            }
        };
        let of_label = |label| {
            let all = (0..features).map(|feature| (feature as u32, average(feature, label) as f32));
            all.filter(|&(_, weight)| weight != 0.0).collect()
        };
        let bias = (0..labels).map(|label| average(features, label)).collect();
        LinearModel::new(
            self.kind,
            features,
            (0..labels).map(of_label).collect(),
            bias,
        )
    }
}

/// Applies the penalty of steps in which a feature did not occur.
fn shrink(cells: &mut [f64], labels: usize, skipped: f64, decay: f64) {
    let (weights, rest) = cells.split_at_mut(labels);
    let (squares, sums) = rest.split_at_mut(labels);
    for ((weight, squares), sum) in weights.iter_mut().zip(squares).zip(sums) {
        let scale = (*squares + DELTA).sqrt();
        let distance = skipped * decay / scale;
        let mean = mean_decay(distance);
        *sum += *weight * skipped * mean;
        *weight -= *weight * distance * mean;
    }
}

/// `(1 − exp(−distance)) / distance`: the mean of what is left on the way. Most ways are short,
/// where a few terms of the series are exact.
fn mean_decay(distance: f64) -> f64 {
    if distance < 1e-3 {
        return 1.0
            - distance / 2.0
                * (1.0 - distance / 3.0 * (1.0 - distance / 4.0 * (1.0 - distance / 5.0)));
    }
    -(-distance).exp_m1() / distance
}

/// Takes one step of a feature that occurs.
fn descend(cells: &mut [f64], value: f64, step_size: StepSize, gradients: &[f64]) {
    let (weights, rest) = cells.split_at_mut(gradients.len());
    let (squares, sums) = rest.split_at_mut(gradients.len());
    for (((weight, squares), sum), gradient) in
        weights.iter_mut().zip(squares).zip(sums).zip(gradients)
    {
        let gradient = gradient * value;
        *squares += gradient * gradient;
        let scale = (*squares + DELTA).sqrt();
        *weight = (scale * *weight - step_size.rate * gradient) / (scale + step_size.decay);
        *sum += *weight;
    }
}

/// Replaces decision values by the slope of the loss there; 0 for what is unknown.
fn gradient(
    loss: SgdLoss,
    targets: &Targets,
    row: usize,
    factors: &[[f64; 2]],
    values: &mut [f64],
) {
    if let (SgdLoss::Logistic, Targets::Exclusive { of, .. }) = (loss, targets) {
        let known = of[row]
            .map(|of| of as usize)
            .filter(|&of| of < values.len());
        let Some(of) = known else {
            return values.fill(0.0);
        };
        softmax(values);
        values[of] -= 1.0;
        return values.iter_mut().for_each(|value| *value *= factors[of][0]);
    }
    for (label, value) in values.iter_mut().enumerate() {
        let Some(holds) = targets.holds(row, label) else {
            *value = 0.0;
            continue;
        };
        let sign = if holds { 1.0 } else { -1.0 };
        let gradient = match loss {
            SgdLoss::Logistic => -sign * sigmoid(-sign * *value),
            SgdLoss::Hinge if sign * *value < 1.0 => -sign,
            SgdLoss::Hinge => 0.0,
        };
        *value = gradient * factors[label][usize::from(!holds)];
    }
}

/// Returns a random order of the rows of one part in one pass.
fn order(rows: usize, seed: u64, pass: u64, number: u64) -> Vec<usize> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(stream_seed(seed, pass, number));
    let mut order: Vec<usize> = (0..rows).collect();
    shuffle(&mut order, &mut random);
    order
}

/// A model that goes on learning, batch by batch, through linfa's `FitWith`.
///
/// Each batch is one pass over its rows: the penalty is that of all rows seen so far, and the
/// average leaves out the first batch. A batch may have labels that none before it had.
#[derive(Debug, Clone, PartialEq)]
pub struct SgdModel {
    descent: DescentState,
    rows: u64,
}

impl SgdModel {
    /// The averaged weights so far.
    pub fn linear(&self) -> LinearModel {
        self.descent.model()
    }

    /// Returns the number of rows that it has seen.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    #[cfg(feature = "linfa")]
    pub(super) fn learn(model: Option<Self>, options: &Sgd, problem: &Problem<'_>) -> Result<Self> {
        options.verify()?;
        problem.verify()?;
        let Problem {
            rows,
            targets,
            weights,
            ..
        } = *problem;
        let mut model = match model {
            Some(model) => model,
            None => SgdModel {
                descent: DescentState::new(rows.columns(), targets.labels(), targets.kind())?,
                rows: 0,
            },
        };
        let descent = &model.descent;
        if descent.features() != rows.columns() || descent.kind() != targets.kind() {
            return Err(Error::data(format!(
                "the batch has {} columns, the model {}, or their heads differ in kind",
                rows.columns(),
                descent.features()
            )));
        }
        if targets.labels() > descent.labels() {
            model.descent = descent.widened(targets.labels())?;
        }
        let mut factors = options.factors(targets, weights)?;
        factors.resize(model.descent.labels(), [1.0; 2]);
        model.rows += rows.rows() as u64;
        model.descent.begin_pass();
        let targets = &targets.widened(model.descent.labels());
        model.descent.learn(
            options,
            &factors,
            model.rows,
            LabelledRows {
                rows,
                targets,
                weights,
            },
            model.rows,
        );
        model.descent.catch_up_all();
        Ok(model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::Silent;

    /// Three topics, each with two words of its own among common ones.
    fn rows() -> (SparseRows, Targets) {
        let mut rows = SparseRows::new(9);
        let mut of = Vec::new();
        for at in 0..240u32 {
            let label = at % 3;
            let noise = 6 + (at / 3) % 3;
            let own = label * 2 + (at / 5) % 2;
            let other = if at % 7 == 0 { (own + 2) % 6 } else { own };
            let mut columns = vec![own, other, noise];
            columns.sort_unstable();
            columns.dedup();
            rows.push(&columns, &vec![0.7; columns.len()]);
            of.push(Some(label));
        }
        (rows, Targets::Exclusive { labels: 3, of })
    }

    /// The objective of logistic regression.
    fn objective(model: &LinearModel, rows: &SparseRows, targets: &Targets) -> f64 {
        let Targets::Exclusive { of, .. } = targets else {
            unreachable!()
        };
        let mut penalty = 0.0;
        (0..model.features()).for_each(|f| {
            model
                .weights()
                .of_feature(f, 3, |_, w| penalty += 0.5 * w * w)
        });
        let mut decisions = Vec::new();
        let loss = rows.iter().zip(of).map(|(row, of)| {
            model.decide(row, &mut decisions);
            softmax(&mut decisions);
            -decisions[of.unwrap() as usize].ln()
        });
        penalty + loss.sum::<f64>()
    }

    #[test]
    fn comes_near_the_minimum_of_logistic_regression() {
        let (rows, targets) = rows();
        let problem = Problem::new(&rows, &targets, &Silent);
        let exact = super::super::LogisticRegression {
            tolerance: 1e-8,
            ..Default::default()
        }
        .solve(&problem)
        .unwrap();
        let least = objective(&exact, &rows, &targets);
        let far = |epochs| {
            let model = Sgd {
                epochs,
                ..Sgd::default()
            }
            .solve(&problem)
            .unwrap();
            objective(&model, &rows, &targets) / least - 1.0
        };
        assert!(far(5) < 0.05 && far(100) < 0.002, "{} {}", far(5), far(100));
    }

    /// The lazy penalty, step by step.
    #[test]
    fn absent_features_shrink_as_if_each_step_were_taken() {
        let (rows, targets) = rows();
        let options = Sgd {
            c: 0.01,
            ..Sgd::default()
        };
        let mut lazy = DescentState::new(9, 3, HeadKind::Exclusive).unwrap();
        let mut eager = lazy.clone();
        let decay = options.learning_rate / (options.c * 240.0);
        let part = LabelledRows {
            rows: &rows,
            targets: &targets,
            weights: None,
        };
        lazy.learn(&options, &[[1.0; 2]; 3], 240, part, 0);
        lazy.catch_up_all();
        eager.progress.decay = decay;
        for row in order(240, 0, 0, 0) {
            eager.catch_up_all();
            let mut gradients = vec![0.0; 3];
            eager.catch_up(rows.row(row), &mut gradients);
            gradient(options.loss, &targets, row, &[[1.0; 2]; 3], &mut gradients);
            eager.step(
                rows.row(row),
                StepSize {
                    rate: options.learning_rate,
                    decay,
                },
                &gradients,
            );
        }
        eager.catch_up_all();
        for (lazy, eager) in lazy.cells.iter().zip(&eager.cells) {
            assert!(
                (lazy - eager).abs() < 1e-9 * (1.0 + eager.abs()),
                "{lazy} {eager}"
            );
        }
    }

    #[test]
    fn a_model_to_begin_with_is_where_it_begins() {
        let (rows, targets) = rows();
        let problem = Problem::new(&rows, &targets, &Silent);
        let model = Sgd::default().solve(&problem).unwrap();
        let mut descent = DescentState::new(9, 4, HeadKind::Exclusive).unwrap();
        descent.start_from(&model).unwrap();
        let (begun, mut decisions, mut of_model) = (descent.model(), Vec::new(), Vec::new());
        for row in rows.iter() {
            begun.decide(row, &mut decisions);
            model.decide(row, &mut of_model);
            assert_eq!(decisions[..3], of_model);
        }
    }
}
