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

mod descent;
mod online;
mod step;

pub(crate) use descent::{DescentProgress, DescentState, LabelledRows};
pub use online::SgdModel;

use super::memory::ProblemSize;
use super::solver::{ClassifierInfo, Parameter, Parameters, Registered, Solver, probability_link};
use super::validate::{at_least_one, positive};
use super::{ClassWeight, LinearModel, LogisticRegression, Problem, corrections};
use crate::Result;
use crate::corpus::{HeadKind, Targets};
use crate::math::links::Link;
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

const PARAMETERS: &[Parameter] = &[Parameter::C, Parameter::Epochs, Parameter::LearningRate];

impl Solver for Sgd {
    fn verify(&self) -> Result<()> {
        positive("C", self.c)?;
        positive("learning rate", self.learning_rate)?;
        at_least_one("epochs", self.epochs)?;
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

#[cfg(test)]
mod tests;
