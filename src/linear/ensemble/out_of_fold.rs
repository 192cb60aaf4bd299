//! Out-of-fold scores: decision values of rows from models that were fitted without their fold.

use super::BaseEstimator;
use crate::Result;
use crate::corpus::{HeadKind, Targets};
use crate::features::SparseRows;
use crate::linear::{LinearModel, Problem, memory};
use crate::math::weights::SampleWeights;
use crate::split::Folds;
use std::borrow::Cow;

/// Decision values of several base estimators for all rows, each fitted without the row's fold.
#[derive(Debug, Clone)]
pub(crate) struct OutOfFoldScores {
    pub folds: Folds,
    labels: usize,
    /// For each estimator, rows by labels.
    decisions: Vec<Vec<f32>>,
    /// Folds by labels: true where rows outside of the fold lack an answer to the label that rows
    /// inside give, so that a model fitted without the fold has not seen it.
    unseen: Vec<bool>,
}

/// Training rows outside of a fold and the rows inside, to be scored.
pub(crate) struct FoldSplit<'a> {
    pub fold: u32,
    /// Numbers of the rows outside.
    pub outside: &'a [usize],
    /// Numbers of the rows inside.
    pub inside: &'a [usize],
    /// Features of the rows inside.
    pub inside_rows: &'a SparseRows,
}

/// Out-of-fold decision values of all estimators for some rows.
pub(crate) struct EstimatorScores<'h> {
    labels: usize,
    rows: Vec<usize>,
    decisions: &'h [Vec<f32>],
}

impl OutOfFoldScores {
    /// Allocates the scores of `estimators` estimators for `rows` rows, all 0.
    ///
    /// # Errors
    /// A usage error if they take more than `memory` bytes.
    pub(crate) fn zeros(
        estimators: usize,
        rows: usize,
        labels: usize,
        folds: Folds,
        memory: u64,
    ) -> Result<Self> {
        memory::verify_scores("out-of-fold scores", estimators, rows, labels, memory)?;
        let size = rows.saturating_mul(labels);
        let unseen = vec![false; folds.count() as usize * labels];
        Ok(OutOfFoldScores {
            folds,
            labels,
            decisions: vec![vec![0.0; size]; estimators],
            unseen,
        })
    }

    /// Fits every estimator without each fold in turn, on features that stay as they are in
    /// `problem`. No estimator starts from the problem's model, which has seen all rows.
    pub(crate) fn fit(
        estimators: &[BaseEstimator],
        problem: &Problem<'_>,
        folds: Folds,
    ) -> Result<Self> {
        let mut scores = OutOfFoldScores::zeros(
            estimators.len(),
            problem.rows.rows(),
            problem.targets.labels(),
            folds.clone(),
            problem.memory,
        )?;
        for fold in 0..folds.count() {
            let (outside, inside) = folds.of(fold);
            let outside_problem = Problem {
                rows: &problem.rows.select(&outside),
                start: None,
                ..*problem
            };
            let split = FoldSplit {
                fold,
                outside: &outside,
                inside: &inside,
                inside_rows: &problem.rows.select(&inside),
            };
            scores.fit_fold(estimators, &outside_problem, &split)?;
        }
        Ok(scores)
    }

    /// Fits every estimator on the rows outside of a fold and scores those inside. The features of
    /// `problem` are of the rows outside, its targets and weights of all rows.
    pub(crate) fn fit_fold(
        &mut self,
        estimators: &[BaseEstimator],
        problem: &Problem<'_>,
        split: &FoldSplit<'_>,
    ) -> Result<()> {
        let unseen = unseen_labels(problem, split.outside);
        self.unseen[split.fold as usize * self.labels..][..self.labels].copy_from_slice(&unseen);
        let exclusive = problem.targets.kind() == HeadKind::Exclusive;
        let unseen = if exclusive { unseen } else { vec![] };
        for (estimator, decisions) in estimators.iter().zip(&mut self.decisions) {
            let model = estimator.fit_on(problem, split.outside)?;
            let rows = estimator.rows(split.inside_rows, problem.words);
            score_rows(&model, &rows, split.inside, &unseen, decisions);
        }
        Ok(())
    }

    /// Returns the targets that the scores can be compared with: unknown where the model that
    /// scored the row has not seen the label.
    pub(crate) fn comparable_targets<'t>(&self, targets: &'t Targets) -> Cow<'t, Targets> {
        if !self.unseen.contains(&true) {
            return Cow::Borrowed(targets);
        }
        let seen = |row: usize, label: usize| !self.is_unseen(row, label);
        Cow::Owned(match targets {
            Targets::Exclusive { labels, of } => {
                let known =
                    |(row, of): (usize, &Option<u32>)| of.filter(|&of| seen(row, of as usize));
                Targets::Exclusive {
                    labels: *labels,
                    of: of.iter().enumerate().map(known).collect(),
                }
            }
            Targets::Independent { labels, cells } => {
                let known = |(cell, holds): (usize, &Option<bool>)| {
                    holds.filter(|_| seen(cell / labels, cell % labels))
                };
                Targets::Independent {
                    labels: *labels,
                    cells: cells.iter().enumerate().map(known).collect(),
                }
            }
        })
    }

    /// Returns true if the model that scored the row has not seen the label.
    pub(crate) fn is_unseen(&self, row: usize, label: usize) -> bool {
        let fold = self.folds.fold_of(row) as usize;
        self.unseen
            .get(fold * self.labels + label)
            .is_some_and(|unseen| *unseen)
    }

    /// Returns the scores of the first estimators alone.
    pub(crate) fn of_first(&self, estimators: usize) -> Self {
        OutOfFoldScores {
            folds: self.folds.clone(),
            labels: self.labels,
            decisions: self.decisions[..estimators].to_vec(),
            unseen: self.unseen.clone(),
        }
    }

    /// Returns the scores of all rows.
    pub(crate) fn all_rows(&self) -> EstimatorScores<'_> {
        let rows = self.decisions.first().map_or(0, Vec::len) / self.labels.max(1);
        self.select((0..rows).collect())
    }

    /// Returns the scores of some rows.
    pub(crate) fn select(&self, rows: Vec<usize>) -> EstimatorScores<'_> {
        EstimatorScores {
            labels: self.labels,
            rows,
            decisions: &self.decisions,
        }
    }

    /// Returns the scores of one estimator, rows by labels.
    pub(crate) fn of_estimator(&self, estimator: usize) -> &[f32] {
        &self.decisions[estimator]
    }
}

/// Returns for each label whether an answer that some rows give is given by none `outside`.
fn unseen_labels(problem: &Problem<'_>, outside: &[usize]) -> Vec<bool> {
    let weights = SampleWeights::from(problem.weights).select(outside);
    let targets = problem.targets.select(outside);
    // An exclusive head always has rows without a label; only those that hold it can be missing.
    let sides = if problem.targets.kind() == HeadKind::Exclusive {
        0..1
    } else {
        0..2
    };
    let is_unseen = |(all, seen): (&[f64; 2], &[f64; 2])| {
        sides
            .clone()
            .any(|side| all[side] > 0.0 && seen[side] == 0.0)
    };
    problem
        .targets
        .support(problem.weights)
        .iter()
        .zip(&targets.support(weights.as_deref()))
        .map(is_unseen)
        .collect()
}

/// Writes the decision values of rows into their places `at`. A label that the model has not seen
/// gets the least decision value of the others, because its own means nothing.
fn score_rows(
    model: &LinearModel,
    rows: &SparseRows,
    at: &[usize],
    unseen: &[bool],
    decisions: &mut [f32],
) {
    let (labels, mut row_decisions) = (model.labels(), Vec::new());
    let is_unseen = |label: usize| unseen.get(label) == Some(&true);
    for (row, &at) in rows.iter().zip(at) {
        model.decide(row, &mut row_decisions);
        if unseen.contains(&true) {
            let seen = (0..labels)
                .filter(|&label| !is_unseen(label))
                .map(|label| row_decisions[label]);
            let least = seen.fold(f64::INFINITY, f64::min);
            let least = if least.is_finite() { least } else { 0.0 };
            for (label, decision) in row_decisions.iter_mut().enumerate() {
                if is_unseen(label) {
                    *decision = least;
                }
            }
        }
        let places = &mut decisions[at * labels..(at + 1) * labels];
        for (place, &decision) in places.iter_mut().zip(&row_decisions) {
            *place = decision as f32;
        }
    }
}

impl EstimatorScores<'_> {
    pub(super) fn estimators(&self) -> usize {
        self.decisions.len()
    }

    pub(super) fn labels(&self) -> usize {
        self.labels
    }

    pub(super) fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// Returns the decision values of an estimator for a row, which is one of [`rows`](Self::rows).
    pub(super) fn row(&self, estimator: usize, row: usize) -> &[f32] {
        &self.decisions[estimator][row * self.labels..(row + 1) * self.labels]
    }
}
