//! NB-SVM: a linear SVM on features times their naive Bayes log-count ratios.
//!
//! For each label, with `p` the sums of each feature over the rows where the label holds, `q` those
//! over the rows where it does not, both counted by sample weight and with `α` added to every one,
//!
//! ```text
//! r = ln((p / ‖p‖₁) / (q / ‖q‖₁))
//! minimise  ½ (‖w‖² + b²) + Σᵢ Cᵢ max(0, 1 − yᵢ (w·(xᵢ∘r) + b))²
//! ```
//!
//! (Wang and Manning, "Baselines and Bigrams", ACL 2012, section 2.3). The solver, its stopping
//! rule and `Cᵢ` are those of the [SVM](super). It keeps `u = w∘r`, which are weights of the
//! features themselves: the decision value is `u·x + b`, a step of size `t` along a row adds `t xⱼ
//! rⱼ²` to `uⱼ`, and a row's length is that of `x∘r`. So a fitted model is linear in the features,
//! as any other.
//!
//! The paper counts whether a term is there (`--tf binary --idf none --norm none`); TF-IDF values
//! are counted just as well.

use super::block::fetch_lanes;
use super::{LinearSvm, bytes_of_blocks};
use crate::features::Row;
use crate::linear::memory::ProblemSize;
use crate::linear::solver::{ClassifierInfo, Parameter, Registered, Solver};
use crate::linear::validate::positive;
use crate::linear::{BaseEstimator, ClassWeight, Classifier, FeatureSubset, LinearModel, Problem};
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// Options of NB-SVM.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NbSvm {
    /// Inverse strength of regularisation; greater fits the training rows more closely. Default 1.
    pub c: f64,
    /// Smoothing, added to every sum of a feature before ratios are taken, above 0; default 1.
    pub alpha: f64,
    /// From 0 to 1: the share `β` of the weights as they were found, in `β w + (1 − β) ‖w‖₁ /
    /// features`, where `w` are weights of `x∘r`. Near 0 the model is much like naive Bayes; no
    /// weight is then zero. The paper takes 0.25; the default 1 leaves weights as they are.
    pub interpolation: f64,
    /// Tolerance; default 0.05, as with the SVM.
    pub tolerance: f64,
    /// Rounds over the rows after which the solver stops all the same; default 1000.
    pub max_rounds: u32,
    /// Class weights in the loss; ratios do not depend on them.
    pub class_weight: ClassWeight,
    /// Seed of the order in which rows are visited.
    pub seed: u64,
}

impl Default for NbSvm {
    fn default() -> Self {
        let LinearSvm {
            c,
            tolerance,
            max_rounds,
            class_weight,
            seed,
            ..
        } = LinearSvm::default();
        NbSvm {
            c,
            alpha: 1.0,
            interpolation: 1.0,
            tolerance,
            max_rounds,
            class_weight,
            seed,
        }
    }
}

impl Solver for NbSvm {
    fn verify(&self) -> Result<()> {
        positive("alpha", self.alpha)?;
        if !(0.0..=1.0).contains(&self.interpolation) {
            return Err(Error::usage(format!(
                "interpolation is {}, but must be a number from 0 to 1",
                self.interpolation
            )));
        }
        self.svm().verify()
    }

    fn solve(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        if problem
            .rows
            .iter()
            .any(|row| row.values.iter().any(|&value| value < 0.0))
        {
            return Err(Error::data(
                "a feature is negative, but NB-SVM takes logarithms of sums of features",
            )
            .help("use the SVM, or features from 0 up"));
        }
        let smoothing = RatioOptions {
            alpha: self.alpha,
            interpolation: self.interpolation,
        };
        self.svm().solve_on(problem, Some(smoothing))
    }

    fn bytes(&self, size: ProblemSize) -> f64 {
        // As the SVM, and beside each weight the sums of both sides, of which one becomes the
        // ratio.
        bytes_of_blocks(size, 24.0)
    }

    fn summary(&self) -> String {
        format!("nbsvm C={}{}", self.c, self.class_weight)
    }

    fn change_class_weights(&mut self, change: &dyn Fn(&mut ClassWeight)) {
        change(&mut self.class_weight);
    }

    fn uses_seed(&self) -> bool {
        true
    }

    fn takes_word_vectors(&self) -> bool {
        false
    }

    fn takes_corrections(&self) -> bool {
        true
    }

    fn correct(&self, old: &LinearModel, problem: &Problem<'_>) -> Result<Vec<f32>> {
        self.svm().correct(old, problem)
    }
}

impl Registered for NbSvm {
    const CLASSIFIERS: &'static [ClassifierInfo] = &[ClassifierInfo {
        name: "nbsvm",
        summary: "SVM on features times their log-count ratios (NB-SVM)",
        parameters: &[
            Parameter::C,
            Parameter::Alpha,
            Parameter::Tolerance,
            Parameter::Interpolation,
        ],
        corrections: Some(""),
        build: |given| {
            let default = NbSvm::default();
            NbSvm {
                c: given.c.unwrap_or(default.c),
                alpha: given.alpha.unwrap_or(default.alpha),
                interpolation: given.interpolation.unwrap_or(default.interpolation),
                tolerance: given.tolerance.unwrap_or(default.tolerance),
                seed: given.seed,
                ..default
            }
            .into()
        },
    }];

    fn candidates(seed: u64) -> Vec<BaseEstimator> {
        let nb_svm = |alpha, c, class_weight| {
            Classifier::from(NbSvm {
                alpha,
                c,
                class_weight,
                seed,
                ..NbSvm::default()
            })
        };
        let equal = |alpha, c| nb_svm(alpha, c, ClassWeight::Equal);
        let mut all = Vec::from([0.1, 0.3, 1.0].map(|c| equal(1.0, c).into()));
        // Less smoothing suits corpora in which single words decide.
        all.extend([equal(0.3, 0.1).into(), equal(0.1, 0.3).into()]);
        all.push(nb_svm(1.0, 0.3, ClassWeight::Balanced).into());
        all.push(equal(1.0, 0.3).on(FeatureSubset::Words));
        all.push(equal(1.0, 0.3).on(FeatureSubset::Characters));
        all
    }
}

impl NbSvm {
    fn svm(&self) -> LinearSvm {
        let NbSvm {
            c,
            tolerance,
            max_rounds,
            seed,
            ..
        } = *self;
        let class_weight = self.class_weight.clone();
        LinearSvm {
            c,
            tolerance,
            max_rounds,
            class_weight,
            seed,
            ..LinearSvm::default()
        }
    }
}

/// Smoothing and use of the ratios.
#[derive(Debug, Clone, Copy)]
pub(super) struct RatioOptions {
    alpha: f64,
    interpolation: f64,
}

/// Log-count ratios of `K` labels.
pub(super) struct Ratios<const K: usize> {
    /// One a feature and label.
    of: Vec<[f64; K]>,
    /// `‖x∘r‖² + 1` of every row, by label.
    pub norms: Vec<[f64; K]>,
    interpolation: f64,
}

impl<const K: usize> Ratios<K> {
    /// Takes ratios over the rows that have a sign: 1 where the label holds, -1 where not.
    pub fn new(smoothing: RatioOptions, problem: &Problem<'_>, signs: &[[i8; K]]) -> Self {
        let of = log_ratios(smoothing.alpha, problem, signs);
        let norm = |row: Row<'_>| {
            let mut norms = [1.0; K];
            for (feature, value) in row.iter() {
                (0..K).for_each(|lane| norms[lane] += (value * of[feature][lane]).powi(2));
            }
            norms
        };
        let norms = problem.rows.iter().map(norm).collect();
        Ratios {
            of,
            norms,
            interpolation: smoothing.interpolation,
        }
    }

    pub fn fetch(&self, feature: usize) {
        fetch_lanes(&self.of, feature);
    }

    pub fn step(&self, weights: &mut [[f64; K]], row: Row<'_>, steps: &[f64; K]) {
        for (feature, value) in row.iter() {
            let (weights, ratios) = (&mut weights[feature], &self.of[feature]);
            for lane in 0..K {
                weights[lane] += value * ratios[lane] * ratios[lane] * steps[lane];
            }
        }
    }

    /// Interpolates the weights of `x∘r` with their mean length, and returns those of `x`.
    pub(crate) fn interpolate(&self, weights: &mut [[f64; K]]) {
        if self.interpolation == 1.0 {
            return;
        }
        let mut means = [0.0; K];
        for (weights, ratios) in weights.iter().zip(&self.of) {
            for lane in (0..K).filter(|&lane| ratios[lane] != 0.0) {
                means[lane] += (weights[lane] / ratios[lane]).abs() / self.of.len() as f64;
            }
        }
        let share = self.interpolation;
        for (weights, ratios) in weights.iter_mut().zip(&self.of) {
            for lane in 0..K {
                weights[lane] = share * weights[lane] + (1.0 - share) * means[lane] * ratios[lane];
            }
        }
    }
}

fn log_ratios<const K: usize>(
    alpha: f64,
    problem: &Problem<'_>,
    signs: &[[i8; K]],
) -> Vec<[f64; K]> {
    let features = problem.rows.columns();
    let (mut yes, mut no) = (vec![[alpha; K]; features], vec![[alpha; K]; features]);
    for (index, row) in problem.rows.iter().enumerate() {
        let weight = problem.weight(index);
        let holds = signs[index].map(|sign| if sign > 0 { weight } else { 0.0 });
        let fails = signs[index].map(|sign| if sign < 0 { weight } else { 0.0 });
        for (feature, value) in row.iter() {
            let (yes, no) = (&mut yes[feature], &mut no[feature]);
            for lane in 0..K {
                yes[lane] += value * holds[lane];
                no[lane] += value * fails[lane];
            }
        }
    }
    let (of_yes, of_no) = (totals(&yes), totals(&no));
    for (yes, no) in yes.iter_mut().zip(&no) {
        (0..K).for_each(|lane| {
            yes[lane] = (yes[lane] / of_yes[lane]).ln() - (no[lane] / of_no[lane]).ln()
        });
    }
    yes
}

fn totals<const K: usize>(sums: &[[f64; K]]) -> [f64; K] {
    let mut totals = [0.0; K];
    sums.iter()
        .for_each(|sums| (0..K).for_each(|lane| totals[lane] += sums[lane]));
    totals
}
