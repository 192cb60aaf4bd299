//! Naive Bayes: multinomial and complement, on counts or TF-IDF values, and Bernoulli, on features
//! that are there or not.
//!
//! With `N_lf` the sum of feature `f` over the rows of label `l`, `N_l` its sum over features,
//! `D` the number of features and smoothing `α`:
//!
//! - *multinomial* (Manning, Raghavan and Schütze 2008, chapter 13): weight
//!   `ln((N_lf + α) / (N_l + α D))`, bias the log share of the label's rows;
//! - *complement* (Rennie, Shih, Teevan and Karger, ICML 2003, without length normalisation):
//!   weight `-ln` of the same share over the rows of all other labels, no bias;
//! - *Bernoulli* (Manning, Raghavan and Schütze 2008, section 13.3): with `n_l` the rows of label
//!   `l`, of which `n_lf` have feature `f`, and `p_lf = (n_lf + α) / (n_l + 2α)`, a row's value is
//!   the log share of the label's rows, plus `ln p_lf` for each feature that it has and `ln(1 −
//!   p_lf)` for each that it lacks. The latter over all features are part of the bias, and the
//!   weight is `ln(p_lf / (1 − p_lf))`. That is only right for rows of zeros and ones, and others
//!   are refused.
//!
//! The weights of a feature are shifted by their mean over the labels, which changes no
//! prediction and no probability and makes an explanation readable: a term speaks for a label
//! where its weight is positive. Independent labels are each a two-label problem, and the weight
//! is the difference of the two.

use super::memory::ProblemSize;
use super::solver::{ClassifierInfo, Parameter, Registered, Solver, probability_link};
use super::validate::positive;
use super::{BaseEstimator, ClassWeight, Classifier, FeatureSubset, LinearModel, Problem};
use crate::corpus::{HeadKind, Targets};
use crate::features::Row;
use crate::math::links::Link;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// Options of multinomial naive Bayes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MultinomialNb {
    /// Smoothing, added to every count; default 1 (Laplace). TF-IDF features often do better with
    /// 0.01 to 0.1.
    pub alpha: f64,
    /// Class weights.
    pub class_weight: ClassWeight,
}

/// Options of complement naive Bayes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ComplementNb {
    /// Smoothing, added to every count; default 1.
    pub alpha: f64,
    /// Class weights.
    pub class_weight: ClassWeight,
}

/// Options of Bernoulli naive Bayes, for rows of zeros and ones such as
/// [`SparseRows::binarised`](crate::features::SparseRows::binarised) gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BernoulliNb {
    /// Smoothing, added to every count; default 1.
    pub alpha: f64,
    /// Class weights.
    pub class_weight: ClassWeight,
}

impl Default for BernoulliNb {
    fn default() -> Self {
        BernoulliNb {
            alpha: 1.0,
            class_weight: ClassWeight::Equal,
        }
    }
}

impl Default for MultinomialNb {
    fn default() -> Self {
        MultinomialNb {
            alpha: 1.0,
            class_weight: ClassWeight::Equal,
        }
    }
}

impl Default for ComplementNb {
    fn default() -> Self {
        ComplementNb {
            alpha: 1.0,
            class_weight: ClassWeight::Equal,
        }
    }
}

impl Solver for MultinomialNb {
    fn verify(&self) -> Result<()> {
        positive("alpha", self.alpha)?;
        self.class_weight.verify()
    }

    fn solve(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        let counts = Counts::new(problem, &self.class_weight)?;
        let (alpha, features) = (self.alpha, counts.features);
        let exclusive = counts.exclusive;
        Ok(counts.model(counts.log_shares(), |_, sums, totals| {
            let yes = log_share(sums[0], totals[0], alpha, features);
            if exclusive {
                yes
            } else {
                yes - log_share(sums[1], totals[1], alpha, features)
            }
        }))
    }

    fn link(&self, kind: HeadKind) -> Link {
        probability_link(kind)
    }

    fn bytes(&self, size: ProblemSize) -> f64 {
        bytes(size)
    }

    fn summary(&self) -> String {
        format!("nb alpha={}{}", self.alpha, self.class_weight)
    }

    fn change_class_weights(&mut self, change: &dyn Fn(&mut ClassWeight)) {
        change(&mut self.class_weight);
    }

    fn takes_word_vectors(&self) -> bool {
        false
    }
}

impl Registered for MultinomialNb {
    const CLASSIFIERS: &'static [ClassifierInfo] = &[ClassifierInfo {
        name: "nb",
        summary: "Multinomial naive Bayes",
        parameters: &[Parameter::Alpha],
        corrections: None,
        build: |given| {
            let default = MultinomialNb::default();
            MultinomialNb {
                alpha: given.alpha.unwrap_or(default.alpha),
                ..default
            }
            .into()
        },
    }];

    fn candidates(_seed: u64) -> Vec<BaseEstimator> {
        let multinomial = |alpha| {
            Classifier::from(MultinomialNb {
                alpha,
                ..MultinomialNb::default()
            })
        };
        let on_all = [0.03, 0.1].map(|alpha| multinomial(alpha).into());
        let on_characters = multinomial(0.1).on(FeatureSubset::Characters);
        on_all.into_iter().chain([on_characters]).collect()
    }
}

impl Solver for ComplementNb {
    fn verify(&self) -> Result<()> {
        positive("alpha", self.alpha)?;
        self.class_weight.verify()
    }

    /// With two labels the complement of one is the other, so that an independent label gets the
    /// multinomial weight without the bias.
    fn solve(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        let counts = Counts::new(problem, &self.class_weight)?;
        let (alpha, features) = (self.alpha, counts.features);
        let (exclusive, labels) = (counts.exclusive, counts.rows.len());
        Ok(counts.model(vec![0.0; labels], |_, sums, totals| {
            let no = -log_share(sums[1], totals[1], alpha, features);
            if exclusive {
                no
            } else {
                no + log_share(sums[0], totals[0], alpha, features)
            }
        }))
    }

    fn link(&self, _kind: HeadKind) -> Link {
        Link::Decision
    }

    fn bytes(&self, size: ProblemSize) -> f64 {
        bytes(size)
    }

    fn summary(&self) -> String {
        format!("cnb alpha={}{}", self.alpha, self.class_weight)
    }

    fn change_class_weights(&mut self, change: &dyn Fn(&mut ClassWeight)) {
        change(&mut self.class_weight);
    }

    fn takes_word_vectors(&self) -> bool {
        false
    }
}

impl Registered for ComplementNb {
    const CLASSIFIERS: &'static [ClassifierInfo] = &[ClassifierInfo {
        name: "cnb",
        summary: "Complement naive Bayes",
        parameters: &[Parameter::Alpha],
        corrections: None,
        build: |given| {
            let default = ComplementNb::default();
            ComplementNb {
                alpha: given.alpha.unwrap_or(default.alpha),
                ..default
            }
            .into()
        },
    }];

    fn candidates(_seed: u64) -> Vec<BaseEstimator> {
        let complement = |alpha| {
            Classifier::from(ComplementNb {
                alpha,
                ..ComplementNb::default()
            })
        };
        Vec::from([0.1, 0.3, 1.0].map(|alpha| complement(alpha).on(FeatureSubset::Words)))
    }
}

impl Solver for BernoulliNb {
    fn verify(&self) -> Result<()> {
        positive("alpha", self.alpha)?;
        self.class_weight.verify()
    }

    fn solve(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        if problem
            .rows
            .iter()
            .any(|row| row.values.iter().any(|&value| value != 0.0 && value != 1.0))
        {
            return Err(Error::data(
                "Bernoulli naive Bayes takes features of 0 or 1, but there are others",
            )
            .help(wording![
                "train with ",
                Setting::Tf.value("binary"),
                " ",
                Setting::Idf.value("none"),
                " ",
                Setting::Norm.value("none")
            ]));
        }
        let counts = Counts::new(problem, &self.class_weight)?;
        let mut bias = counts.log_shares();
        counts.each_feature(|sums| {
            for (label, bias) in bias.iter_mut().enumerate() {
                *bias += self.log_absent(counts.exclusive, sums[label], counts.rows[label]);
            }
        });
        Ok(counts.model(bias, |label, sums, _| {
            self.log_odds(counts.exclusive, sums, counts.rows[label])
        }))
    }

    fn link(&self, kind: HeadKind) -> Link {
        probability_link(kind)
    }

    fn bytes(&self, size: ProblemSize) -> f64 {
        bytes(size)
    }

    fn summary(&self) -> String {
        format!("bnb alpha={}{}", self.alpha, self.class_weight)
    }

    fn change_class_weights(&mut self, change: &dyn Fn(&mut ClassWeight)) {
        change(&mut self.class_weight);
    }

    fn takes_word_vectors(&self) -> bool {
        false
    }

    fn takes_binary_features_only(&self) -> bool {
        true
    }
}

impl Registered for BernoulliNb {
    const CLASSIFIERS: &'static [ClassifierInfo] = &[ClassifierInfo {
        name: "bnb",
        summary: "Bernoulli naive Bayes",
        parameters: &[Parameter::Alpha],
        corrections: None,
        build: |given| {
            let default = BernoulliNb::default();
            BernoulliNb {
                alpha: given.alpha.unwrap_or(default.alpha),
                ..default
            }
            .into()
        },
    }];
}

impl BernoulliNb {
    /// Returns `ln(1 − p)`; for an independent label the difference of both sides.
    fn log_absent(&self, exclusive: bool, sums: [f64; 2], rows: [f64; 2]) -> f64 {
        let side = |side: usize| {
            let absent = (rows[side] - sums[side]).max(0.0);
            ((absent + self.alpha) / (rows[side] + 2.0 * self.alpha)).ln()
        };
        if exclusive {
            side(0)
        } else {
            side(0) - side(1)
        }
    }

    /// Returns `ln(p / (1 − p))`; for an independent label the difference of both sides.
    fn log_odds(&self, exclusive: bool, sums: [f64; 2], rows: [f64; 2]) -> f64 {
        let side = |side: usize| {
            let absent = (rows[side] - sums[side]).max(0.0);
            ((sums[side] + self.alpha) / (absent + self.alpha)).ln()
        };
        if exclusive {
            side(0)
        } else {
            side(0) - side(1)
        }
    }
}

/// Returns the memory of the counts, in bytes: for exclusive labels one sum of eight bytes a
/// feature and label, for independent ones two, and a weight.
fn bytes(size: ProblemSize) -> f64 {
    let ProblemSize {
        features, labels, ..
    } = size;
    let per_weight = if size.exclusive { 12.0 } else { 20.0 };
    per_weight * features * labels
}

/// Bound of log shares, which are infinite for a label without rows; `exp(700)` is still finite.
const MAX_LOG_ODDS: f64 = 700.0;

fn log_share(sum: f64, total: f64, alpha: f64, features: usize) -> f64 {
    ((sum + alpha) / (total + alpha * features as f64)).ln()
}

/// Sums of every feature by label, over the rows where the label holds and where it does not.
struct Counts {
    exclusive: bool,
    features: usize,
    /// Features by labels; of independent labels both sides, of exclusive ones the first, from
    /// which the other follows.
    sums: Vec<f64>,
    /// By label.
    totals: Vec<[f64; 2]>,
    rows: Vec<[f64; 2]>,
}

impl Counts {
    fn new(problem: &Problem<'_>, class_weight: &ClassWeight) -> Result<Self> {
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
    fn each_feature(&self, mut each: impl FnMut(&[[f64; 2]])) {
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
    fn log_shares(&self) -> Vec<f64> {
        let share = |&[yes, no]: &[f64; 2]| (yes / if self.exclusive { yes + no } else { no }).ln();
        self.rows
            .iter()
            .map(|rows| share(rows).clamp(-MAX_LOG_ODDS, MAX_LOG_ODDS))
            .collect()
    }

    /// Returns the model whose weights `weight` calculates from a label, its sums of a feature and
    /// its totals.
    fn model(
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
