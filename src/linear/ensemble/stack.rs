//! Stacking: a logistic model over the decision values of several classifiers (Wolpert, "Stacked
//! Generalization", Neural Networks 5, 1992; Ting and Witten, JAIR 10, 1999).
//!
//! The out-of-fold decision values of the base estimators are weighed against the truth: with
//! `z_ml` the decision value of estimator `m` for label `l` over the estimator's standard
//! deviation, the stack's decision value is
//!
//! ```text
//! s_l = Σ_m a_m · z_ml + b_l
//! ```
//!
//! with one weight an estimator, never negative (Breiman, "Stacked Regressions", Machine Learning
//! 24, 1996), and one bias a label, which minimise
//!
//! ```text
//! ½ (‖a‖² + ‖b‖²) + C · Σᵢ loss(yᵢ, s)     softmax, or one sigmoid a label
//! ```
//!
//! A weight for each estimator *and* label was no better on any corpus, and worse where labels are
//! rare. The estimators are then fitted on all rows. All of them are linear in the features, and so
//! is their weighted sum: it is one matrix of weights, which costs no more to score with than one
//! of them.

use super::{BaseEstimator, FeatureSubset, OutOfFoldScores, StackWeights};
use crate::corpus::HeadKind;
use crate::linear::corrections;
use crate::linear::memory::ProblemSize;
use crate::linear::solver::{ClassifierInfo, Registered, Solver, probability_link};
use crate::linear::validate::positive;
use crate::linear::weights::LabelWeights;
use crate::linear::{
    ClassWeight, Classifier, ComplementNb, LinearModel, LinearSvm, LogisticRegression, NbSvm,
    Problem,
};
use crate::math::links::Link;
use crate::split::Folds;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// Options of a stack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stack {
    /// Base estimators.
    #[serde(rename = "members")]
    pub estimators: Vec<BaseEstimator>,
    /// Inverse strength of the penalty on the estimators' weights; default 1.
    #[serde(default = "one")]
    pub c: f64,
    /// Number of folds for out-of-fold scores, at least 2; default 5.
    #[serde(default = "five")]
    pub folds: u32,
    /// Seed of the folds; default 0.
    #[serde(default)]
    pub seed: u64,
}

/// `C` of corrections, for rows of length 1; that of the stack is for the weights of estimators.
const CORRECTION_C: f64 = 10.0;

fn one() -> f64 {
    1.0
}

fn five() -> u32 {
    5
}

impl Default for Stack {
    fn default() -> Self {
        Stack::of_kinds(0)
    }
}

impl Stack {
    /// Returns a stack with the default options.
    pub fn new(estimators: Vec<BaseEstimator>) -> Self {
        Stack {
            estimators,
            c: one(),
            folds: five(),
            seed: 0,
        }
    }

    /// Returns the default stack: SVMs on words and on all features, logistic regression, NB-SVM
    /// and complement naive Bayes, which err on different rows.
    pub fn of_kinds(seed: u64) -> Self {
        let svm = |c| {
            Classifier::from(LinearSvm {
                c,
                seed,
                ..LinearSvm::default()
            })
        };
        let estimators = vec![
            BaseEstimator {
                classifier: svm(1.0),
                features: FeatureSubset::Words,
            },
            svm(1.0).into(),
            Classifier::from(LogisticRegression {
                c: 10.0,
                ..LogisticRegression::default()
            })
            .into(),
            Classifier::from(NbSvm {
                c: 0.3,
                seed,
                ..NbSvm::default()
            })
            .into(),
            BaseEstimator {
                classifier: ComplementNb {
                    alpha: 0.3,
                    ..ComplementNb::default()
                }
                .into(),
                features: FeatureSubset::Words,
            },
        ];
        Stack {
            seed,
            ..Stack::new(estimators)
        }
    }
}

impl Stack {
    /// Returns a stack of [tempered NB-SVMs](NbSvm::tempered) on all features, on words and on
    /// characters, and of an SVM on all features, which is near the best on small corpora by
    /// `docs/accuracy.md`.
    pub fn tempered(seed: u64) -> Self {
        let tempered = NbSvm::tempered(seed);
        let svm = LinearSvm {
            seed,
            ..LinearSvm::default()
        };
        let estimators = vec![
            Classifier::from(tempered.clone()).into(),
            Classifier::from(tempered).on(FeatureSubset::Characters),
            Classifier::from(NbSvm::tempered_on_words(seed)).on(FeatureSubset::Words),
            Classifier::from(svm).into(),
        ];
        Stack {
            seed,
            ..Stack::new(estimators)
        }
    }
}

impl Solver for Stack {
    fn verify(&self) -> Result<()> {
        positive("C of the stack", self.c)?;
        if self.estimators.is_empty() {
            return Err(
                Error::usage("a stack without members").help("give at least one classifier")
            );
        }
        if self.folds < 2 {
            return Err(
                Error::usage(format!("a stack of {} folds", self.folds)).help("give 2 or more")
            );
        }
        self.estimators
            .iter()
            .try_for_each(|estimator| match estimator.classifier {
                Classifier::Stack(_) => Err(Error::usage("a stack cannot be a member of a stack")),
                _ => estimator.classifier.verify(),
            })
    }

    fn solve(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        let fitted;
        let scores = match problem.out_of_fold {
            Some(scores) => scores,
            None => {
                let folds = Folds::stratified(problem.targets, self.folds, self.seed);
                fitted = OutOfFoldScores::fit(&self.estimators, problem, folds)?;
                &fitted
            }
        };
        let weights = StackWeights::fit(
            &scores.all_rows(),
            &scores.comparable_targets(problem.targets),
            problem.weights,
            self.c,
        );
        // The problem's start is a model of the whole stack, not of one of its estimators.
        let alone = Problem {
            start: None,
            ..*problem
        };
        let models: Result<Vec<LinearModel>> = self
            .estimators
            .iter()
            .map(|estimator| estimator.fit(&alone))
            .collect();
        Ok(weighted_sum(problem, &weights, &models?))
    }

    fn link(&self, kind: HeadKind) -> Link {
        probability_link(kind)
    }

    fn bytes(&self, size: ProblemSize) -> f64 {
        // The estimators are fitted one after the other.
        let each = self.estimators.iter();
        each.map(|estimator| estimator.classifier.solver().bytes(size))
            .fold(0.0, f64::max)
    }

    fn summary(&self) -> String {
        format!("stack of {}", self.estimators.len())
    }

    fn change_class_weights(&mut self, change: &dyn Fn(&mut ClassWeight)) {
        for estimator in &mut self.estimators {
            estimator
                .classifier
                .solver_mut()
                .change_class_weights(change);
        }
    }

    fn uses_seed(&self) -> bool {
        true
    }

    fn takes_word_vectors(&self) -> bool {
        self.estimators
            .iter()
            .all(BaseEstimator::takes_word_vectors)
    }

    fn takes_corrections(&self) -> bool {
        true
    }

    /// Fits corrections under the loss of the stack, which is that of logistic regression; its
    /// decision values are log odds, too.
    fn correct(&self, old: &LinearModel, problem: &Problem<'_>) -> Result<Vec<f32>> {
        let options = LogisticRegression {
            c: CORRECTION_C,
            ..LogisticRegression::default()
        };
        corrections::of_log_loss(&options, old, problem)
    }
}

impl Registered for Stack {
    const CLASSIFIERS: &'static [ClassifierInfo] = &[ClassifierInfo {
        name: "stack",
        summary: "Several of them, weighed out of fold",
        parameters: &[],
        corrections: Some(""),
        build: |given| Stack::of_kinds(given.seed).into(),
    }];
}

/// Returns the weighted sum of models as one model.
fn weighted_sum(
    problem: &Problem<'_>,
    weights: &StackWeights,
    models: &[LinearModel],
) -> LinearModel {
    let (features, labels) = (problem.rows.columns(), problem.targets.labels());
    let mut lists: Vec<LabelWeights> = vec![Vec::new(); labels];
    let mut sums = vec![0.0; labels];
    for feature in 0..features {
        sums.fill(0.0);
        for (model, share) in models.iter().zip(&weights.estimators) {
            model
                .weights()
                .of_feature(feature, labels, |label, weight| {
                    sums[label] += share * weight
                });
        }
        for (list, &sum) in lists.iter_mut().zip(&sums) {
            if sum != 0.0 {
                list.push((feature as u32, sum as f32));
            }
        }
    }
    let bias = |label: usize| {
        let of_estimators: f64 = models
            .iter()
            .zip(&weights.estimators)
            .map(|(model, share)| share * model.bias()[label])
            .sum();
        of_estimators + weights.bias[label]
    };
    LinearModel::new(
        problem.targets.kind(),
        features,
        lists,
        (0..labels).map(bias).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Targets;
    use crate::features::SparseRows;
    use crate::io::Silent;

    fn problem() -> (SparseRows, Targets) {
        let mut rows = SparseRows::new(4);
        let mut of = Vec::new();
        for at in 0..60u32 {
            let label = at % 3;
            let noise = (at * 7 % 10) as f32 / 20.0;
            rows.push(&[label, 3], &[1.0 - noise, noise]);
            of.push(Some(label));
        }
        (rows, Targets::Exclusive { labels: 3, of })
    }

    fn estimators() -> Vec<BaseEstimator> {
        vec![
            Classifier::from(LinearSvm::default()).into(),
            Classifier::from(LogisticRegression::default()).into(),
            BaseEstimator {
                classifier: ComplementNb::default().into(),
                features: FeatureSubset::Words,
            },
        ]
    }

    #[test]
    fn a_stack_is_the_weighted_sum_of_its_members() {
        let (rows, targets) = problem();
        let problem = Problem {
            words: 3,
            ..Problem::new(&rows, &targets, &Silent)
        };
        let stack = Stack::new(estimators());
        let model = stack.solve(&problem).unwrap();
        let scores = OutOfFoldScores::fit(
            &stack.estimators,
            &problem,
            Folds::stratified(problem.targets, 5, 0),
        )
        .unwrap();
        let weights = StackWeights::fit(&scores.all_rows(), &targets, None, 1.0);
        let parts: Vec<LinearModel> = estimators()
            .iter()
            .map(|estimator| estimator.fit(&problem).unwrap())
            .collect();
        let (mut whole, mut features) = (Vec::new(), Vec::new());
        model.decide(rows.row(7), &mut whole);
        for label in 0..3 {
            let mut sum = weights.bias[label];
            for (model, share) in parts.iter().zip(&weights.estimators) {
                model.decide(rows.row(7), &mut features);
                sum += share * features[label];
            }
            assert!((whole[label] - sum).abs() < 1e-5, "{} {sum}", whole[label]);
        }
    }

    #[test]
    fn a_member_of_words_has_no_weight_elsewhere() {
        let (rows, targets) = problem();
        let problem = Problem {
            words: 3,
            ..Problem::new(&rows, &targets, &Silent)
        };
        let model = estimators()[2]
            .fit(&Problem {
                words: 3,
                ..problem
            })
            .unwrap();
        let all = estimators()[0].fit(&problem).unwrap();
        let weight = |model: &LinearModel| {
            let mut sum = 0.0;
            model.weights().of_feature(3, 3, |_, w| sum += w.abs());
            sum
        };
        assert!(weight(&all) > 0.0);
        assert_eq!(rows.restricted_to(0..3).row(0).columns, [0]);
        assert!(weight(&model) < 1e-6);
    }

    #[test]
    fn stacks_of_nothing_or_of_stacks_are_refused() {
        assert!(Stack::new(vec![]).verify().is_err());
        let inner = Classifier::Stack(Stack::new(estimators()));
        assert!(Stack::new(vec![inner.into()]).verify().is_err());
        assert!(
            Stack {
                folds: 1,
                ..Stack::new(estimators())
            }
            .verify()
            .is_err()
        );
    }
}
