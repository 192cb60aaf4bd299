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
//!
//! # Tempered ratios
//!
//! With an exponent `γ` from 0 to 1, `r` is replaced by
//!
//! ```text
//! s · sign(r) · |r|ᵞ,   s² = Σᵢ cᵢ ‖xᵢ‖² / Σᵢ cᵢ ‖xᵢ∘|r|ᵞ‖²
//! ```
//!
//! with `cᵢ` the sample weights of the label's known rows. A weight `u` of a feature itself then
//! costs `½ (u / (s |r|ᵞ))²`: it has a Gaussian prior with a standard deviation of `s |r|ᵞ`. At 0
//! that is the same for all features, which is the plain SVM (the sign does nothing to an SVM; only
//! the interpolation sees it). At 1 the prior trusts naive Bayes wholly, and a feature of ratio 0
//! has no weight, though it may tell something beside others, which naive Bayes cannot know.
//! Between them the standard deviation is the geometric mean of both, weighted by `γ`. The adaptive
//! lasso (Zou, JASA 101, 2006) scales penalties by a power of a first estimate in the same way.
//!
//! The factor `s` is one number a label. It keeps the mean squared norm of rows, the trace of the
//! kernel matrix, at what it is without ratios, so that `C` means for every label, exponent and `α`
//! what it means for the SVM (SVMlight takes the inverse of that mean for its default `C`). Without
//! an exponent, ratios are as long as they are, and act as another `C` for every label: those of a
//! rare label are longest. Like the ratios, `s` ends up in `u`, so a fitted model knows nothing of
//! it.

use super::block::fetch_lanes;
use super::{LinearSvm, bytes_of_blocks};
use crate::features::{Row, SparseRows};
use crate::io::storage::filled;
use crate::linear::memory::ProblemSize;
use crate::linear::solver::{ClassifierInfo, Parameter, Registered, Solver};
use crate::linear::validate::{positive, share};
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
    /// Exponent `γ` of the ratios, from 0 (the plain SVM) to 1. Features are scaled by `s · |r|ᵞ`,
    /// where `s` keeps the mean squared norm of rows, so that `c` means the same for every label.
    /// Default none: the ratios of the paper, without `s`. [`NbSvm::tempered`] has 0.6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio_exponent: Option<f64>,
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
            ratio_exponent: None,
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
        share("interpolation", self.interpolation)?;
        if let Some(exponent) = self.ratio_exponent {
            share("ratio_exponent", exponent)?;
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
            exponent: self.ratio_exponent,
        };
        self.svm().solve_on(problem, Some(smoothing))
    }

    fn bytes(&self, size: ProblemSize) -> f64 {
        // As the SVM, and beside each weight the sums of both sides, of which one becomes the
        // ratio.
        bytes_of_blocks(size, 24.0)
    }

    fn summary(&self) -> String {
        let exponent = self.ratio_exponent.map(|p| format!(" exponent={p}"));
        let exponent = exponent.unwrap_or_default();
        format!("nbsvm C={}{exponent}{}", self.c, self.class_weight)
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
            Parameter::RatioExponent,
        ],
        corrections: Some(""),
        build: |given| {
            let default = NbSvm::default();
            NbSvm {
                c: given.c.unwrap_or(default.c),
                alpha: given.alpha.unwrap_or(default.alpha),
                interpolation: given.interpolation.unwrap_or(default.interpolation),
                ratio_exponent: given.ratio_exponent.or(default.ratio_exponent),
                tolerance: given.tolerance.unwrap_or(default.tolerance),
                seed: given.seed,
                ..default
            }
            .into()
        },
    }];

    fn candidates(seed: u64) -> Vec<BaseEstimator> {
        let tempered = NbSvm::tempered(seed);
        let all = [
            tempered.clone(),
            // Few settings of the grid in docs/accuracy.md that together are near the best on all of
            // its corpora: those of a strong prior, and ratios as they are.
            tempered.with(Some(1.0), 0.3, 1.0),
            tempered.with(Some(1.0), 0.1, 1.0),
            tempered.with(None, 0.3, 0.1),
            tempered.with(None, 1.0, 0.3),
            NbSvm {
                class_weight: ClassWeight::Balanced,
                ..tempered.clone()
            },
        ];
        let on_parts = [
            Classifier::from(NbSvm::tempered_on_words(seed)).on(FeatureSubset::Words),
            Classifier::from(tempered).on(FeatureSubset::Characters),
        ];
        let all = all.map(|options| Classifier::from(options).into());
        all.into_iter().chain(on_parts).collect()
    }
}

impl NbSvm {
    /// Returns options that are near the best on most corpora, by `docs/accuracy.md`: an exponent of
    /// 0.6, an `alpha` of 0.1 and a `c` of 0.2.
    pub fn tempered(seed: u64) -> Self {
        NbSvm {
            c: 0.2,
            alpha: 0.1,
            ratio_exponent: Some(0.6),
            seed,
            ..NbSvm::default()
        }
    }

    /// Returns the same for words alone, on which a `c` of 1 is better.
    pub fn tempered_on_words(seed: u64) -> Self {
        NbSvm {
            c: 1.0,
            ..NbSvm::tempered(seed)
        }
    }

    fn with(&self, ratio_exponent: Option<f64>, alpha: f64, c: f64) -> Self {
        NbSvm {
            c,
            alpha,
            ratio_exponent,
            ..self.clone()
        }
    }

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
    exponent: Option<f64>,
}

/// Log-count ratios of `K` labels.
pub(super) struct Ratios<const K: usize> {
    /// One a feature and label. Half the width of a weight: a step waits for them as long as for
    /// the weights, and any other prior near this one would be as good.
    of: Vec<[f32; K]>,
    /// `‖x∘r‖² + 1` of every row, by label.
    pub norms: Vec<[f64; K]>,
    interpolation: f64,
}

impl<const K: usize> Ratios<K> {
    /// Takes ratios over the rows that have a sign: 1 where the label holds, -1 where not.
    pub fn new(smoothing: RatioOptions, problem: &Problem<'_>, signs: &[[i8; K]]) -> Self {
        let mut ratios = log_ratios(smoothing.alpha, problem, signs);
        if let Some(exponent) = smoothing.exponent {
            let powers = |of_feature: &mut [f64; K]| {
                *of_feature = of_feature.map(|ratio| power(ratio, exponent))
            };
            ratios.iter_mut().for_each(powers);
        }
        let mut norms = squared_norms(&ratios, problem.rows);
        let scale = match smoothing.exponent {
            Some(_) => scale(&norms, problem, signs),
            None => [1.0; K],
        };
        for of_row in &mut norms {
            (0..K).for_each(|lane| of_row[lane] = of_row[lane] * scale[lane].powi(2) + 1.0);
        }
        let mut of = filled([0.0; K], ratios.len());
        for (of_feature, ratios) in of.iter_mut().zip(ratios) {
            (0..K).for_each(|lane| of_feature[lane] = (ratios[lane] * scale[lane]) as f32);
        }
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
                let ratio = f64::from(ratios[lane]);
                weights[lane] += value * ratio * ratio * steps[lane];
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
                let own = weights[lane] / f64::from(ratios[lane]);
                means[lane] += own.abs() / self.of.len() as f64;
            }
        }
        let share = self.interpolation;
        for (weights, ratios) in weights.iter_mut().zip(&self.of) {
            for lane in 0..K {
                let mean = means[lane] * f64::from(ratios[lane]);
                weights[lane] = share * weights[lane] + (1.0 - share) * mean;
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
    let (mut yes, mut no) = (filled([alpha; K], features), filled([alpha; K], features));
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

/// Size below which a ratio is a matter of rounding.
const ROUNDING: f64 = 1e-12;

/// Returns a ratio to a power, with its sign.
fn power(ratio: f64, exponent: f64) -> f64 {
    // Rescaled, what rounding leaves of a ratio of 0 would count as much as any other.
    match ratio.abs() {
        size if size < ROUNDING => 0.0_f64.powf(exponent),
        size => ratio.signum() * size.powf(exponent),
    }
}

/// Returns `‖x∘r‖²` of every row, by label.
fn squared_norms<const K: usize>(ratios: &[[f64; K]], rows: &SparseRows) -> Vec<[f64; K]> {
    let norm = |row: Row<'_>| {
        let mut norms = [0.0; K];
        for (feature, value) in row.iter() {
            for lane in 0..K {
                let product = value * ratios[feature][lane];
                norms[lane] += product * product;
            }
        }
        norms
    };
    rows.iter().map(norm).collect()
}

/// Returns the factors of ratios with which rows keep the mean squared norm that they have without
/// ratios; `norms` are those with ratios.
fn scale<const K: usize>(norms: &[[f64; K]], problem: &Problem<'_>, signs: &[[i8; K]]) -> [f64; K] {
    let (mut before, mut after) = ([0.0; K], [0.0; K]);
    for (index, row) in problem.rows.iter().enumerate() {
        let (weight, norm) = (problem.weight(index), row.squared_norm());
        for lane in (0..K).filter(|&lane| signs[index][lane] != 0) {
            before[lane] += weight * norm;
            after[lane] += weight * norms[index][lane];
        }
    }
    // Where all ratios are 0, there is nothing to scale.
    std::array::from_fn(|lane| match after[lane] > 0.0 {
        true => (before[lane] / after[lane]).sqrt(),
        false => 1.0,
    })
}

fn totals<const K: usize>(sums: &[[f64; K]]) -> [f64; K] {
    let mut totals = [0.0; K];
    sums.iter()
        .for_each(|sums| (0..K).for_each(|lane| totals[lane] += sums[lane]));
    totals
}
