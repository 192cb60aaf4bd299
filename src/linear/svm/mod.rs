//! Linear support vector machine, one label against the rest.
//!
//! For each label, with `y = 1` where it holds and `-1` elsewhere, the solver minimises
//!
//! ```text
//! ½ (‖w‖² + b²) + Σᵢ Cᵢ loss(1 − yᵢ (w·xᵢ + b)),   Cᵢ = C · sample weight · class weight
//! loss(m) = max(0, m)²    squared hinge
//! loss(m) = max(0, m)     hinge
//! ```
//!
//! through its dual by coordinate descent with shrinking (Hsieh, Chang, Lin, Keerthi and
//! Sundararajan, ICML 2008; LIBLINEAR's `-s 1 -B 1`, and `-s 3 -B 1` with the hinge). It stops when
//! the greatest and the least projected gradient over all rows lie within `tolerance`, and the
//! primal objective is above the dual one by no more than `tolerance / 500` of itself (`tolerance /
//! 10` with the hinge), both as they were when the rows were visited. LIBLINEAR has the first rule
//! alone, which leaves a label with few rows further from its optimum than one with many; the
//! second is in terms of the objective.
//!
//! Without an intercept, `b` is 0. A free intercept has no `b²` in the objective, which gives the
//! dual the constraint `Σ yᵢ αᵢ = 0`. It is met by the method of multipliers (Rockafellar, SIAM J.
//! Control 12, 1974): the penalty is `(b − b₀)²`, and each time the rule above is met, `b₀` becomes
//! `b` and `b` goes on by as much as it has moved, until that is no more than `tolerance`. Since
//! all rows hold `b` in place, a few such turns are enough.
//!
//! Labels are solved in blocks of up to 16 that share every read of a row, with their weights side
//! by side. Rows are visited in an order that depends on the seed and the round alone, and a
//! label that is finished or a row that is shrunk is only masked, so a label's result does not
//! depend on the block it is in: blocks are a matter of speed.

mod block;
mod crammer_singer;
mod nb;
mod order;
mod shared;

pub use crammer_singer::CrammerSinger;
pub use nb::NbSvm;

use super::memory::{ProblemSize, SPARSE_WEIGHT_BYTES};
use super::solver::{ClassifierInfo, Parameter, Registered, Solver};
use super::validate::{at_least_one, positive};
use super::weights::LabelWeights;
use super::{
    BaseEstimator, ClassWeight, Classifier, FeatureSubset, Intercept, LinearModel, Problem,
    corrections,
};
use crate::Result;
use nb::RatioOptions;
use serde::{Deserialize, Serialize};
use shared::Shared;

/// Options of the linear SVM.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LinearSvm {
    /// Inverse strength of regularisation; greater fits the training rows more closely. Default 1.
    pub c: f64,
    /// Tolerance of the projected gradient; default 0.05. LIBLINEAR stops at 0.1, scikit-learn at
    /// 0.0001.
    pub tolerance: f64,
    /// Rounds over the rows after which the solver stops all the same; default 1000.
    pub max_rounds: u32,
    /// Class weights.
    pub class_weight: ClassWeight,
    /// Seed of the order in which rows are visited.
    pub seed: u64,
    /// Loss; default squared hinge.
    #[serde(skip_serializing_if = "is_default")]
    pub loss: SvmLoss,
    /// Treatment of biases; regularised by default.
    #[serde(skip_serializing_if = "is_default")]
    pub intercept: Intercept,
}

/// Loss of a row whose decision value violates its margin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SvmLoss {
    /// Square of the violation (the default).
    #[default]
    SquaredHinge,
    /// The violation itself: outliers count for less, and training takes more rounds.
    Hinge,
}

impl Default for LinearSvm {
    fn default() -> Self {
        LinearSvm {
            c: 1.0,
            tolerance: 0.05,
            max_rounds: 1000,
            class_weight: ClassWeight::Equal,
            seed: 0,
            loss: SvmLoss::default(),
            intercept: Intercept::Regularised,
        }
    }
}

/// Defaults are not written, so that older versions read the model.
fn is_default<T: Default + PartialEq>(option: &T) -> bool {
    *option == T::default()
}

impl Solver for LinearSvm {
    fn verify(&self) -> Result<()> {
        positive("C", self.c)?;
        positive("tolerance", self.tolerance)?;
        at_least_one("max_rounds", self.max_rounds)?;
        self.class_weight.verify()
    }

    fn solve(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        self.solve_on(problem, None)
    }

    fn bytes(&self, size: ProblemSize) -> f64 {
        // A weight a feature.
        bytes_of_blocks(size, 8.0)
    }

    fn summary(&self) -> String {
        format!("svm C={}{}", self.c, self.class_weight)
    }

    fn change_class_weights(&mut self, change: &dyn Fn(&mut ClassWeight)) {
        change(&mut self.class_weight);
    }

    fn uses_seed(&self) -> bool {
        true
    }

    fn takes_corrections(&self) -> bool {
        self.loss == SvmLoss::SquaredHinge
    }

    fn correct(&self, old: &LinearModel, problem: &Problem<'_>) -> Result<Vec<f32>> {
        corrections::of_squared_hinge(self.c, &self.class_weight, old, problem)
    }
}

impl Registered for LinearSvm {
    const CLASSIFIERS: &'static [ClassifierInfo] = &[ClassifierInfo {
        name: "svm",
        summary: "Linear SVM",
        parameters: &[
            Parameter::C,
            Parameter::Tolerance,
            Parameter::Loss,
            Parameter::Intercept,
        ],
        corrections: Some("squared hinge"),
        build: |given| {
            let default = LinearSvm::default();
            LinearSvm {
                c: given.c.unwrap_or(default.c),
                tolerance: given.tolerance.unwrap_or(default.tolerance),
                seed: given.seed,
                loss: given.loss.unwrap_or(default.loss),
                intercept: given.intercept.unwrap_or(default.intercept),
                ..default
            }
            .into()
        },
    }];

    fn candidates(seed: u64) -> Vec<BaseEstimator> {
        let svm = |c, class_weight| {
            Classifier::from(LinearSvm {
                c,
                class_weight,
                seed,
                ..LinearSvm::default()
            })
        };
        let equal = [0.03, 0.1, 0.3, 1.0, 3.0].map(|c| svm(c, ClassWeight::Equal));
        let balanced = [0.1, 0.3, 1.0].map(|c| svm(c, ClassWeight::Balanced));
        let on_words = [0.3, 1.0].map(|c| svm(c, ClassWeight::Equal).on(FeatureSubset::Words));
        let on_all = equal.into_iter().chain(balanced);
        on_all.map(BaseEstimator::from).chain(on_words).collect()
    }
}

/// Estimates the memory of blocks of labels, in bytes, with this much a feature and label.
fn bytes_of_blocks(size: ProblemSize, per_feature: f64) -> f64 {
    let ProblemSize {
        rows,
        features,
        labels,
        threads,
        ..
    } = size;
    // Sixteen labels side by side on each thread: beside the features a dual variable and a
    // sign a row.
    let side_by_side = threads.min(labels) * labels.min(16.0);
    side_by_side * (per_feature * features + 9.0 * rows) + SPARSE_WEIGHT_BYTES * features * labels
}

impl LinearSvm {
    /// The greatest gap between the primal and the dual objective, as a share of the primal one,
    /// with which a label is done. The hinge closes it far more slowly, and has no more accuracy to
    /// gain from it.
    fn max_gap(&self) -> f64 {
        match self.loss {
            SvmLoss::SquaredHinge => 0.002 * self.tolerance,
            SvmLoss::Hinge => 0.1 * self.tolerance,
        }
    }

    /// On the features as they are, or times their log-count ratios.
    fn solve_on(&self, problem: &Problem<'_>, ratios: Option<RatioOptions>) -> Result<LinearModel> {
        let labels = problem.targets.labels();
        problem.progress.stage("solving", labels as u64);
        let shared = Shared::new(self, ratios, problem)?;
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
        Ok(LinearModel::new(
            problem.targets.kind(),
            problem.rows.columns(),
            weights,
            bias,
        ))
    }
}
