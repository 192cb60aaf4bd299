//! Decision values of rows that the classifier was not fitted on.

use super::stack::BaseEstimator;
use super::{LinearModel, Problem};
use crate::Result;
use crate::corpus::{Folds, HeadKind, Targets};
use crate::features::SparseRows;
use crate::math::weights::SampleWeights;
use std::borrow::Cow;

/// What several classifiers say of every row, each time fitted without the row's own fold.
#[derive(Debug, Clone)]
pub(crate) struct OutOfFoldScores {
    pub folds: Folds,
    labels: usize,
    /// For each member, rows by labels.
    decisions: Vec<Vec<f32>>,
    /// Folds by labels: whether what the label is was not learnt without the fold, though it can be learnt from all rows.
    unlearnt: Vec<bool>,
}

/// Decision values of members for rows of a fold or of all folds.
pub(crate) struct MemberScores<'h> {
    labels: usize,
    rows: Vec<usize>,
    decisions: &'h [Vec<f32>],
}

impl OutOfFoldScores {
    /// Nothing said yet of the rows of `folds`; it may take so many bytes.
    pub(crate) fn empty(
        members: usize,
        rows: usize,
        labels: usize,
        folds: Folds,
        memory: u64,
    ) -> Result<Self> {
        super::memory::verify_scores("out-of-fold scores", members, rows, labels, memory)?;
        let size = rows.saturating_mul(labels);
        let unlearnt = vec![false; folds.count() as usize * labels];
        Ok(OutOfFoldScores {
            folds,
            labels,
            decisions: vec![vec![0.0; size]; members],
            unlearnt,
        })
    }

    /// Fits `members` on the rows of each fold's complement, as they are: columns and values are
    /// those of all rows. No member begins with the problem's model, which knows all rows.
    pub(crate) fn of_rows(
        members: &[BaseEstimator],
        problem: &Problem<'_>,
        folds: Folds,
    ) -> Result<Self> {
        let rows = problem.rows.rows();
        let mut held = OutOfFoldScores::empty(
            members.len(),
            rows,
            problem.targets.labels(),
            folds.clone(),
            problem.memory,
        )?;
        for fold in 0..folds.count() {
            let (outside, inside) = folds.of(fold);
            let apart = problem.rows.select(&inside);
            let part = Problem {
                rows: &problem.rows.select(&outside),
                start: None,
                ..*problem
            };
            held.fold(fold, members, &part, &outside, &apart, &inside)?;
        }
        Ok(held)
    }

    /// Fits `members` on `outside` of a fold, whose rows are those of `problem` while its answers and weights are of
    /// all rows, and notes what they say of `apart`, the rows at `inside`.
    pub(crate) fn fold(
        &mut self,
        fold: u32,
        members: &[BaseEstimator],
        problem: &Problem<'_>,
        outside: &[usize],
        apart: &SparseRows,
        inside: &[usize],
    ) -> Result<()> {
        let unlearnt = unlearnt(problem, outside);
        self.unlearnt[fold as usize * self.labels..][..self.labels].copy_from_slice(&unlearnt);
        let exclusive = problem.targets.kind() == HeadKind::Exclusive;
        let unlearnt = if exclusive { unlearnt } else { vec![] };
        for (member, decisions) in members.iter().zip(&mut self.decisions) {
            let model = OutOfFoldScores::learn(member, problem, outside)?;
            note(
                &model,
                &member.rows(apart, problem.words),
                inside,
                &unlearnt,
                decisions,
            );
        }
        Ok(())
    }

    /// Fits a member on the rows of `problem`, whose answers and weights are those at `outside`.
    pub(crate) fn learn(
        member: &BaseEstimator,
        problem: &Problem<'_>,
        outside: &[usize],
    ) -> Result<LinearModel> {
        let targets = problem.targets.select(outside);
        let weights = SampleWeights::from(problem.weights).select(outside);
        member.fit(&Problem {
            targets: &targets,
            weights: weights.as_deref(),
            held: None,
            ..*problem
        })
    }

    /// The answers that out-of-fold decision values can be held against: those about a label that was not learnt without
    /// the row's own fold are unknown.
    pub(crate) fn answers<'t>(&self, targets: &'t Targets) -> Cow<'t, Targets> {
        if !self.unlearnt.contains(&true) {
            return Cow::Borrowed(targets);
        }
        let lacks = |row: usize, label: usize| self.is_unlearnt(row, label);
        Cow::Owned(match targets {
            Targets::Exclusive { labels, of } => {
                let known =
                    |(row, of): (usize, &Option<u32>)| of.filter(|&of| !lacks(row, of as usize));
                Targets::Exclusive {
                    labels: *labels,
                    of: of.iter().enumerate().map(known).collect(),
                }
            }
            Targets::Independent { labels, cells } => {
                let known = |(cell, holds): (usize, &Option<bool>)| {
                    holds.filter(|_| !lacks(cell / labels, cell % labels))
                };
                Targets::Independent {
                    labels: *labels,
                    cells: cells.iter().enumerate().map(known).collect(),
                }
            }
        })
    }

    /// Whether the label was not learnt without the row's own fold.
    pub(crate) fn is_unlearnt(&self, row: usize, label: usize) -> bool {
        let fold = self.folds.fold_of(row) as usize;
        self.unlearnt
            .get(fold * self.labels + label)
            .is_some_and(|unlearnt| *unlearnt)
    }

    /// What was said of all rows.
    pub(crate) fn all(&self) -> MemberScores<'_> {
        self.of((0..self.decisions.first().map_or(0, Vec::len) / self.labels.max(1)).collect())
    }

    /// What was said of some rows.
    pub(crate) fn of(&self, rows: Vec<usize>) -> MemberScores<'_> {
        MemberScores {
            labels: self.labels,
            rows,
            decisions: &self.decisions,
        }
    }

    /// What a single member said, rows by labels.
    pub(crate) fn member(&self, member: usize) -> &[f32] {
        &self.decisions[member]
    }
}

/// For each label, whether all rows hold it, or do not, and those at `outside` never do so.
fn unlearnt(problem: &Problem<'_>, outside: &[usize]) -> Vec<bool> {
    let weights = SampleWeights::from(problem.weights).select(outside);
    let learnt = problem.targets.select(outside).support(weights.as_deref());
    let sides = if problem.targets.kind() == HeadKind::Exclusive {
        0..1
    } else {
        0..2
    };
    let lacks = |(all, learnt): (&[f64; 2], &[f64; 2])| {
        sides
            .clone()
            .any(|side| all[side] > 0.0 && learnt[side] == 0.0)
    };
    problem
        .targets
        .support(problem.weights)
        .iter()
        .zip(&learnt)
        .map(lacks)
        .collect()
}

/// Notes what a model says of rows; a label that it has not learnt says no more than the least of the others.
fn note(
    model: &LinearModel,
    rows: &SparseRows,
    at: &[usize],
    unlearnt: &[bool],
    decisions: &mut [f32],
) {
    let (labels, mut decided) = (model.labels(), Vec::new());
    let lacks = |label: usize| unlearnt.get(label) == Some(&true);
    for (row, &at) in rows.iter().zip(at) {
        model.decide(row, &mut decided);
        if unlearnt.contains(&true) {
            let learnt = (0..labels)
                .filter(|&label| !lacks(label))
                .map(|label| decided[label]);
            let least = learnt.fold(f64::INFINITY, f64::min);
            let places = decided
                .iter_mut()
                .enumerate()
                .filter(|(label, _)| lacks(*label));
            places
                .for_each(|(_, decision)| *decision = if least.is_finite() { least } else { 0.0 });
        }
        let places = &mut decisions[at * labels..(at + 1) * labels];
        places
            .iter_mut()
            .zip(&decided)
            .for_each(|(place, &decision)| *place = decision as f32);
    }
}

impl MemberScores<'_> {
    pub(super) fn members(&self) -> usize {
        self.decisions.len()
    }

    pub(super) fn labels(&self) -> usize {
        self.labels
    }

    pub(super) fn rows(&self) -> &[usize] {
        &self.rows
    }

    /// What a member said of a row, label by label; the row is one of [`rows`](Self::rows).
    pub(super) fn row(&self, member: usize, row: usize) -> &[f32] {
        &self.decisions[member][row * self.labels..(row + 1) * self.labels]
    }
}
