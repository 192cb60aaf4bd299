//! Logistic regression: softmax over exclusive labels or one sigmoid for each, one sigmoid for each
//! independent label.
//!
//! Minimised, with `W` all weights and `Cᵢ` the product of `C`, the row's weight and its class
//! weight:
//!
//! ```text
//! penalty(W) + Σᵢ Cᵢ · loss(yᵢ, W·xᵢ + b)
//! penalty = ½ ‖W‖²                         L2
//!         = ρ ‖W‖₁ + (1 − ρ) ½ ‖W‖²        elastic net; ρ = 1 is L1
//! loss = −ln softmax(·)[yᵢ]                softmax
//!      = Σ_l ln(1 + exp(−y_il ·_l))        one sigmoid a label, over the labels that are known
//! ```
//!
//! by truncated [Newton](super::newton) or [proximal Newton](super::proximal) steps. The biases are
//! not penalised unless [`Intercept::Regularised`] makes them weights of a constant feature of 1.
//! The objective is that of scikit-learn's `LogisticRegression` (softmax) and of one such model
//! a label.

mod losses;

pub(super) use losses::{LabelLoss, cells};

use super::columns::Columns;
use super::memory::ProblemSize;
use super::newton::{self, Loss, NewtonOptions, SeparableLoss};
use super::proximal::{LabelGroup, SparseSolution};
use super::solver::{ClassifierInfo, Parameter, Registered, Solver, probability_link};
use super::validate::{at_least_one, positive};
use super::weights::LabelWeights;
use super::{
    BaseEstimator, ClassWeight, Classifier, FeatureSubset, Intercept, LinearModel, Penalty,
    Problem, corrections,
};
use crate::corpus::{HeadKind, Targets};
use crate::math::links::Link;
use crate::{Error, Result};
use losses::{Sigmoid, Softmax};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::str::FromStr;

/// Treatment of exclusive labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MultiClass {
    /// One softmax over all labels (the default): probabilities sum to 1.
    #[default]
    Softmax,
    /// Each label against the rest, as always for independent labels.
    OneVsRest,
}

impl FromStr for MultiClass {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "softmax" => Ok(MultiClass::Softmax),
            "ovr" => Ok(MultiClass::OneVsRest),
            _ => {
                Err(Error::usage(format!("unknown question `{name}`")).help("one of softmax, ovr"))
            }
        }
    }
}

/// Options of logistic regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogisticRegression {
    /// Inverse strength of the penalty; default 1.
    pub c: f64,
    /// Penalty of the weights; default L2.
    pub penalty: Penalty,
    /// Treatment of biases; free by default.
    pub intercept: Intercept,
    /// Treatment of exclusive labels.
    #[serde(rename = "multi")]
    pub multi_class: MultiClass,
    /// Under L2 the solver stops when the gradient's length is this share of its length at zero (of
    /// labels that are apart: this times the share of the rarer answer), with zeros after a step
    /// that is promised to lower the objective by a tenth of this share of it; default 0.001.
    pub tolerance: f64,
    /// Newton steps after which the solver stops all the same; default 100.
    pub max_steps: u32,
    /// Class weights; under softmax a row counts by its own
    /// label's weight.
    pub class_weight: ClassWeight,
}

impl Default for LogisticRegression {
    fn default() -> Self {
        LogisticRegression {
            c: 1.0,
            penalty: Penalty::L2,
            intercept: Intercept::Free,
            multi_class: MultiClass::Softmax,
            tolerance: 0.001,
            max_steps: 100,
            class_weight: ClassWeight::Equal,
        }
    }
}

impl Solver for LogisticRegression {
    fn verify(&self) -> Result<()> {
        positive("C", self.c)?;
        positive("tolerance", self.tolerance)?;
        at_least_one("max_steps", self.max_steps)?;
        self.penalty.verify()?;
        self.class_weight.verify()
    }

    fn solve(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        match self.penalty.l1_ratio() {
            None => self.solve_smooth(problem),
            Some(l1_ratio) => self.solve_proximal(problem, l1_ratio),
        }
    }

    fn link(&self, kind: HeadKind) -> Link {
        match self.multi_class {
            MultiClass::OneVsRest => Link::Logistic,
            MultiClass::Softmax => probability_link(kind),
        }
    }

    fn bytes(&self, size: ProblemSize) -> f64 {
        let ProblemSize {
            rows,
            features,
            labels,
            threads,
            ..
        } = size;
        let joint = size.exclusive && self.multi_class == MultiClass::Softmax;
        match (self.penalty.l1_ratio().is_some(), joint) {
            // Sixteen vectors of rows by labels.
            (false, true) => 128.0 * rows * labels + 4.0 * features * labels,
            (false, false) => newton::bytes_separable(size),
            (true, true) => 96.0 * rows * labels + 16.0 * features * labels,
            (true, false) => {
                threads.min(labels) * (96.0 * rows + 16.0 * features) + 16.0 * rows * labels
            }
        }
    }

    fn summary(&self) -> String {
        format!("lr C={}{}", self.c, self.class_weight)
    }

    fn change_class_weights(&mut self, change: &dyn Fn(&mut ClassWeight)) {
        change(&mut self.class_weight);
    }

    fn takes_corrections(&self) -> bool {
        self.penalty.l1_ratio().is_none()
    }

    fn correct(&self, old: &LinearModel, problem: &Problem<'_>) -> Result<Vec<f32>> {
        corrections::of_log_loss(self, old, problem)
    }
}

impl Registered for LogisticRegression {
    const CLASSIFIERS: &'static [ClassifierInfo] = &[ClassifierInfo {
        name: "lr",
        summary: "Logistic regression",
        parameters: &[
            Parameter::C,
            Parameter::Tolerance,
            Parameter::Penalty,
            Parameter::MultiClass,
            Parameter::Intercept,
        ],
        corrections: Some("L2"),
        build: |given| {
            let default = LogisticRegression::default();
            LogisticRegression {
                c: given.c.unwrap_or(default.c),
                penalty: given.penalty.unwrap_or(default.penalty),
                intercept: given.intercept.unwrap_or(default.intercept),
                multi_class: given.multi_class.unwrap_or(default.multi_class),
                tolerance: given.tolerance.unwrap_or(default.tolerance),
                ..default
            }
            .into()
        },
    }];

    fn candidates(_seed: u64) -> Vec<BaseEstimator> {
        let logistic = |c| {
            Classifier::from(LogisticRegression {
                c,
                ..LogisticRegression::default()
            })
        };
        let on_all = [1.0, 3.0, 10.0, 30.0].map(|c| logistic(c).into());
        let on_words = [3.0, 10.0].map(|c| logistic(c).on(FeatureSubset::Words));
        on_all.into_iter().chain(on_words).collect()
    }
}

impl LogisticRegression {
    fn newton_options(&self) -> NewtonOptions {
        NewtonOptions {
            tolerance: self.tolerance,
            max_steps: self.max_steps,
            intercept: self.intercept,
        }
    }

    fn solve_smooth(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        let (weights, bias) = match self.loss(problem)? {
            LabelLoss::Softmax(loss) => {
                let (weights, mut bias) = newton::minimise(problem, &loss, &self.newton_options())?;
                self.centre(&mut bias);
                (weights, bias)
            }
            LabelLoss::Sigmoid(loss) => {
                newton::minimise_separable(problem, &loss, &self.newton_options())?
            }
        };
        Ok(LinearModel::of_weights(
            problem.targets.kind(),
            problem.rows.columns(),
            weights,
            bias,
        ))
    }

    fn solve_proximal(&self, problem: &Problem<'_>, l1_ratio: f64) -> Result<LinearModel> {
        let (columns, options, labels) = (
            Columns::of(problem.rows),
            self.newton_options(),
            problem.targets.labels(),
        );
        let solve = |loss: &dyn Loss, range: Range<usize>| {
            let (columns, rows, labels) = (&columns, problem.rows.rows(), range.len());
            let group = LabelGroup {
                columns,
                rows,
                labels,
                loss,
                l1_ratio,
                options: &options,
                progress: problem.progress,
            };
            let solved = group.solve(problem.start.map(|start| part(start, range)));
            problem.progress.advance(labels as u64);
            solved
        };
        problem.progress.stage("solving", labels as u64);
        let (weights, bias) = match self.loss(problem)? {
            LabelLoss::Softmax(loss) => {
                let mut found = solve(&loss, 0..labels);
                self.centre(&mut found.bias);
                lists(labels, [found])
            }
            LabelLoss::Sigmoid(loss) => {
                let one = |label: usize| {
                    solve(
                        &loss.select_labels(label..label + 1, labels),
                        label..label + 1,
                    )
                };
                lists(
                    labels,
                    (0..labels).into_par_iter().map(one).collect::<Vec<_>>(),
                )
            }
        };
        if bias.iter().any(|bias| !bias.is_finite()) {
            return Err(
                Error::usage("the objective has no finite minimum").help("lower C or the weights")
            );
        }
        Ok(LinearModel::new(
            problem.targets.kind(),
            problem.rows.columns(),
            weights,
            bias,
        ))
    }

    /// Shifts free biases to a sum of zero: softmax does not change with a shift, so that the
    /// solution would depend on where the solver started.
    fn centre(&self, bias: &mut [f64]) {
        if self.intercept == Intercept::Free {
            let mean = bias.iter().sum::<f64>() / bias.len() as f64;
            bias.iter_mut().for_each(|bias| *bias -= mean);
        }
    }

    pub(super) fn loss<'a>(&self, problem: &Problem<'a>) -> Result<LabelLoss<'a>> {
        let support = problem.targets.support(problem.weights);
        let exclusive = matches!(problem.targets, Targets::Exclusive { .. });
        let factors = self.class_weight.factors(&support, exclusive)?;
        let cost = |row: usize| self.c * problem.weight(row);
        if let (Targets::Exclusive { of, .. }, MultiClass::Softmax) =
            (problem.targets, self.multi_class)
        {
            let cost = |(row, of): (usize, &Option<u32>)| {
                of.map_or(0.0, |of| cost(row) * factors[of as usize][0])
            };
            let costs = of.iter().enumerate().map(cost).collect();
            return Ok(LabelLoss::Softmax(Softmax { of, costs }));
        }
        let (cells, labels) = (cells(problem.targets), problem.targets.labels());
        let cost = |(cell, holds): (usize, &Option<bool>)| {
            holds.map_or(0.0, |holds| {
                cost(cell / labels) * factors[cell % labels][usize::from(!holds)]
            })
        };
        let costs = cells.iter().enumerate().map(cost).collect();
        Ok(LabelLoss::Sigmoid(Sigmoid { cells, costs }))
    }
}

/// Returns weights (labels by features) and biases of some labels.
fn part(model: &LinearModel, labels: Range<usize>) -> (Vec<f64>, Vec<f64>) {
    let mut weights = vec![0.0; labels.len() * model.features()];
    for feature in 0..model.features() {
        model
            .weights()
            .of_feature(feature, model.labels(), |label, weight| {
                if labels.contains(&label) {
                    weights[(label - labels.start) * model.features() + feature] = weight;
                }
            });
    }
    (weights, model.bias()[labels].to_vec())
}

/// Returns one list of weights a label from the solutions of groups of labels.
fn lists(
    labels: usize,
    groups: impl IntoIterator<Item = SparseSolution>,
) -> (Vec<LabelWeights>, Vec<f64>) {
    let (mut lists, mut bias) = (vec![Vec::new(); labels], Vec::with_capacity(labels));
    for group in groups {
        for (feature, label, weight) in group.weights {
            let weight = weight as f32;
            if weight != 0.0 {
                lists[bias.len() + label as usize].push((feature, weight));
            }
        }
        bias.extend(group.bias);
    }
    (lists, bias)
}
