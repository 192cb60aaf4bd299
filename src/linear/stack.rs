//! Stacking: a logistic model over the decision values of several classifiers (Wolpert, "Stacked
//! Generalization", Neural Networks 5, 1992; Ting and Witten, JAIR 10, 1999).
//!
//! What the members say of rows that they have not seen is weighed against the truth: with `z` the decision
//! value of a member for a label, over the member's standard deviation, the stack says
//!
//! ```text
//! s_l = Σ_m a_m · z_ml + b_l
//! ```
//!
//! with one weight a member, never negative (Breiman, "Stacked Regressions", Machine Learning 24, 1996), and one
//! bias a label, which minimise
//!
//! ```text
//! ½ (‖a‖² + ‖b‖²) + C · Σᵢ loss(yᵢ, s)     softmax, or one sigmoid a label
//! ```
//!
//! A weight for each member *and* label was no better on any corpus, and lost where labels are rare. Members are
//! then fitted on all rows. All of them are linear in the features, and so is their weighted sum: it is
//! one matrix of weights, which costs no more to score with than one member.

use super::classifier::positive;
use super::out_of_fold::OutOfFoldScores;
use super::stack_weights::StackWeights;
use super::weights::LabelWeights;
use super::{Classifier, ComplementNb, LinearModel, LinearSvm, LogisticRegression, NbSvm, Problem};
use crate::corpus::Folds;
use crate::features::SparseRows;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Options of a stack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stack {
    /// The classifiers whose decision values are weighed.
    pub members: Vec<BaseEstimator>,
    /// Inverse strength of the penalty of their weights; default 1.
    #[serde(default = "one")]
    pub c: f64,
    /// How many folds the rows are cut into, at least 2; default 5.
    #[serde(default = "five")]
    pub folds: u32,
    /// Seed of the folds; default 0.
    #[serde(default)]
    pub seed: u64,
}

fn one() -> f64 {
    1.0
}

fn five() -> u32 {
    5
}

/// A classifier and the features that it sees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseEstimator {
    /// The classifier.
    pub classifier: Classifier,
    /// The features.
    #[serde(default)]
    pub part: FeatureSubset,
}

/// Which features a member of a stack sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeatureSubset {
    /// All of them.
    #[default]
    All,
    /// Those of words.
    Words,
    /// Those of characters inside words.
    Characters,
}

impl Default for Stack {
    fn default() -> Self {
        Stack::of_kinds(0)
    }
}

impl From<Classifier> for BaseEstimator {
    fn from(classifier: Classifier) -> Self {
        BaseEstimator {
            classifier,
            part: FeatureSubset::All,
        }
    }
}

impl BaseEstimator {
    /// The columns that the member sees, as they are or without the others.
    pub(crate) fn rows<'r>(&self, rows: &'r SparseRows, words: usize) -> Cow<'r, SparseRows> {
        match self.part {
            FeatureSubset::Words if words < rows.columns() => {
                Cow::Owned(rows.restricted_to(0..words))
            }
            FeatureSubset::Characters if words > 0 => {
                Cow::Owned(rows.restricted_to(words..rows.columns()))
            }
            _ => Cow::Borrowed(rows),
        }
    }

    /// Whether a model of `other` is a good beginning: of the same kind and on the same features.
    pub(crate) fn goes_on_from(&self, other: &BaseEstimator) -> bool {
        let same =
            std::mem::discriminant(&self.classifier) == std::mem::discriminant(&other.classifier);
        same && self.part == other.part
    }

    pub(crate) fn fit(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        let rows = self.rows(problem.rows, problem.words);
        self.classifier.fit(&Problem {
            rows: &rows,
            ..*problem
        })
    }
}

impl Stack {
    /// A stack of `members` with the default options.
    pub fn new(members: Vec<BaseEstimator>) -> Self {
        Stack {
            members,
            c: one(),
            folds: five(),
            seed: 0,
        }
    }

    /// A stack of one classifier of each kind that stacks are best of: SVMs of words and of all
    /// features, logistic regression, NB-SVM, and complement naive Bayes.
    pub fn of_kinds(seed: u64) -> Self {
        let svm = |c| {
            Classifier::from(LinearSvm {
                c,
                seed,
                ..LinearSvm::default()
            })
        };
        let members = vec![
            BaseEstimator {
                classifier: svm(1.0),
                part: FeatureSubset::Words,
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
                part: FeatureSubset::Words,
            },
        ];
        Stack {
            seed,
            ..Stack::new(members)
        }
    }

    pub(super) fn verify(&self) -> Result<()> {
        positive("C of the stack", self.c)?;
        if self.members.is_empty() {
            return Err(
                Error::usage("a stack without members").help("give at least one classifier")
            );
        }
        if self.folds < 2 {
            return Err(
                Error::usage(format!("a stack of {} folds", self.folds)).help("give 2 or more")
            );
        }
        self.members
            .iter()
            .try_for_each(|member| match member.classifier {
                Classifier::Stack(_) => Err(Error::usage("a stack cannot be a member of a stack")),
                _ => member.classifier.verify(),
            })
    }

    pub(super) fn solve(&self, problem: &Problem<'_>) -> Result<LinearModel> {
        let found;
        let held = match problem.held {
            Some(held) => held,
            None => {
                let folds = Folds::stratified(problem.targets, self.folds, self.seed);
                found = OutOfFoldScores::of_rows(&self.members, problem, folds)?;
                &found
            }
        };
        let mixture = StackWeights::fit(
            &held.all(),
            &held.answers(problem.targets),
            problem.weights,
            self.c,
        );
        let models: Result<Vec<LinearModel>> = self
            .members
            .iter()
            .map(|member| {
                member.fit(&Problem {
                    start: None,
                    ..*problem
                })
            })
            .collect();
        Ok(fold_together(problem, &mixture, &models?))
    }
}

/// The weighted sum of models as one model.
fn fold_together(
    problem: &Problem<'_>,
    mixture: &StackWeights,
    models: &[LinearModel],
) -> LinearModel {
    let (features, labels) = (problem.rows.columns(), problem.targets.labels());
    let mut lists: Vec<LabelWeights> = vec![Vec::new(); labels];
    let mut sums = vec![0.0; labels];
    for feature in 0..features {
        sums.fill(0.0);
        for (model, share) in models.iter().zip(&mixture.members) {
            model
                .weights()
                .of_feature(feature, labels, |label, weight| {
                    sums[label] += share * weight
                });
        }
        let kept = lists.iter_mut().zip(&sums).filter(|(_, sum)| **sum != 0.0);
        kept.for_each(|(list, &sum)| list.push((feature as u32, sum as f32)));
    }
    let bias = |label: usize| {
        let of_members: f64 = models
            .iter()
            .zip(&mixture.members)
            .map(|(model, share)| share * model.bias()[label])
            .sum();
        of_members + mixture.bias[label]
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
    use crate::progress::Silent;

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

    fn members() -> Vec<BaseEstimator> {
        vec![
            Classifier::from(LinearSvm::default()).into(),
            Classifier::from(LogisticRegression::default()).into(),
            BaseEstimator {
                classifier: ComplementNb::default().into(),
                part: FeatureSubset::Words,
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
        let stack = Stack::new(members());
        let model = stack.solve(&problem).unwrap();
        let held = OutOfFoldScores::of_rows(
            &stack.members,
            &problem,
            Folds::stratified(problem.targets, 5, 0),
        )
        .unwrap();
        let mixture = StackWeights::fit(&held.all(), &targets, None, 1.0);
        let parts: Vec<LinearModel> = members()
            .iter()
            .map(|member| member.fit(&problem).unwrap())
            .collect();
        let (mut whole, mut part) = (Vec::new(), Vec::new());
        model.decide(rows.row(7), &mut whole);
        for label in 0..3 {
            let mut sum = mixture.bias[label];
            for (model, share) in parts.iter().zip(&mixture.members) {
                model.decide(rows.row(7), &mut part);
                sum += share * part[label];
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
        let model = members()[2]
            .fit(&Problem {
                words: 3,
                ..problem
            })
            .unwrap();
        let all = members()[0].fit(&problem).unwrap();
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
        let inner = Classifier::Stack(Stack::new(members()));
        assert!(Stack::new(vec![inner.into()]).verify().is_err());
        assert!(
            Stack {
                folds: 1,
                ..Stack::new(members())
            }
            .verify()
            .is_err()
        );
    }
}
