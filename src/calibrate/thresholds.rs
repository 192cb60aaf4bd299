//! Threshold selection for an objective, and the spread of what is selected.

use super::max_f1::max_f1;
use super::sweep::{self, ScoredAnswer};
use super::{CostMatrix, LabelCosts};
use crate::split::Folds;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Objective of threshold selection.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThresholdObjective {
    /// Thresholds of the link: a decision value of 0, a probability of 0.5, calibrated where scores
    /// are.
    Fixed,
    /// As [`MaxF1`](Self::MaxF1) for independent heads of at least as many documents as folds, and
    /// as [`Fixed`](Self::Fixed) for all others (the default).
    #[default]
    Auto,
    /// Greatest smoothed F1 of each label out of fold.
    MaxF1,
    /// Greatest threshold with at least this recall.
    Recall(f64),
    /// Least threshold with at least this precision.
    Precision(f64),
    /// Least cost of each label.
    Cost(LabelCosts),
    /// Least expected cost among the labels of an exclusive head, instead of the greatest score.
    CostMatrix(CostMatrix),
}

impl FromStr for ThresholdObjective {
    type Err = Error;

    /// Reads any objective but cost matrices, which lie in files.
    fn from_str(text: &str) -> Result<Self> {
        let unknown = || {
            Error::usage(format!("`{text}` is no objective of thresholds"))
                .help("write max-f1, fixed, recall>=0.9, precision>=0.95, cost=FP,FN or cost=FILE")
        };
        let share = |share: &str| {
            let share = share.trim().parse::<f64>().map_err(|_| unknown())?;
            let inside = share > 0.0 && share <= 1.0;
            inside.then_some(share).ok_or_else(|| {
                Error::usage(format!(
                    "the share {share} in `{text}` is not above 0 and at most 1"
                ))
            })
        };
        match (text, text.split_once(">="), text.split_once('=')) {
            ("fixed", ..) => Ok(ThresholdObjective::Fixed),
            ("max-f1", ..) => Ok(ThresholdObjective::MaxF1),
            (_, Some(("recall", least)), _) => share(least).map(ThresholdObjective::Recall),
            (_, Some(("precision", least)), _) => share(least).map(ThresholdObjective::Precision),
            (_, _, Some(("cost", costs))) => costs.parse().map(ThresholdObjective::Cost),
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for ThresholdObjective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ThresholdObjective::Auto => write!(f, "auto"),
            ThresholdObjective::Fixed => write!(f, "fixed"),
            ThresholdObjective::MaxF1 => write!(f, "max-f1"),
            ThresholdObjective::Recall(least) => write!(f, "recall>={least}"),
            ThresholdObjective::Precision(least) => write!(f, "precision>={least}"),
            ThresholdObjective::Cost(LabelCosts {
                false_positive,
                false_negative,
            }) => {
                write!(f, "cost={false_positive},{false_negative}")
            }
            ThresholdObjective::CostMatrix(_) => write!(f, "least expected cost"),
        }
    }
}

/// Selected threshold's reliability for one label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ThresholdSelection {
    /// Least, median and greatest of the thresholds that are selected when one fold is left out.
    pub spread: [f64; 3],
    /// Value of the objective on the folds left out: F1, recall, precision, or the cost of a
    /// document.
    pub reached: f64,
    /// True if the threshold meets an objective that is a share on the documents that it was
    /// selected on.
    pub met: bool,
}

impl ThresholdSelection {
    /// Returns the selection for a label without a known answer.
    pub(crate) fn unknown(threshold: f64) -> Self {
        ThresholdSelection {
            spread: [threshold; 3],
            reached: 0.0,
            met: false,
        }
    }
}

/// Selects the threshold of one label. `documents` are the number of a document in the folds with
/// its score, answer and weight.
pub(crate) fn select_threshold(
    objective: &ThresholdObjective,
    documents: &[(usize, ScoredAnswer)],
    folds: &Folds,
) -> (f64, ThresholdSelection) {
    let all: Vec<ScoredAnswer> = documents.iter().map(|document| document.1).collect();
    let threshold = threshold(objective, &all);
    let (mut without_fold, mut held_out) = (Vec::new(), Confusion::default());
    for fold in 0..folds.count() {
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for &(document, scored) in documents {
            if folds.fold_of(document) == fold {
                inside.push(scored)
            } else {
                outside.push(scored)
            }
        }
        if outside.is_empty() {
            continue;
        }
        let own = self::threshold(objective, &outside);
        inside.iter().for_each(|&scored| held_out.add(scored, own));
        without_fold.push(own);
    }
    without_fold.sort_by(f64::total_cmp);
    // Least, median and greatest: at 0, 1 and 2 halves of the sorted thresholds.
    let at_half = |half: usize| {
        without_fold
            .get(half * without_fold.len().saturating_sub(1) / 2)
            .copied()
            .unwrap_or(threshold)
    };
    let selection = ThresholdSelection {
        spread: [at_half(0), at_half(1), at_half(2)],
        reached: held_out.value(objective),
        met: Confusion::at(&all, threshold).meets(objective),
    };
    (threshold, selection)
}

fn threshold(objective: &ThresholdObjective, documents: &[ScoredAnswer]) -> f64 {
    match objective {
        ThresholdObjective::Auto
        | ThresholdObjective::Fixed
        | ThresholdObjective::MaxF1
        | ThresholdObjective::CostMatrix(_) => max_f1(documents),
        ThresholdObjective::Recall(_)
        | ThresholdObjective::Precision(_)
        | ThresholdObjective::Cost(_) => greatest_utility(objective, documents),
    }
}

/// Returns the threshold of the greatest utility; of equal ones the greatest, but for a precision
/// the least, which finds most. Where no threshold is better than none it lies above all scores.
fn greatest_utility(objective: &ThresholdObjective, documents: &[ScoredAnswer]) -> f64 {
    let sorted = sweep::sorted(documents);
    let mut confusion = Confusion::at(&sorted, f64::INFINITY);
    let none = confusion.utility(objective);
    let finds_more = matches!(objective, ThresholdObjective::Precision(_));
    let is_better = |utility: f64, best: f64| {
        utility > best || (finds_more && utility == best && utility > 0.0)
    };
    let accept = |holds: bool, weight: f64| {
        confusion.accept(holds, weight);
        confusion.utility(objective)
    };
    sweep::best_threshold(&sorted, none, accept, is_better)
}

/// Confusion counts of one label, by weight.
#[derive(Debug, Clone, Copy, Default)]
struct Confusion {
    tp: f64,
    fp: f64,
    fn_: f64,
    tn: f64,
}

impl Confusion {
    /// Counts the documents at a threshold.
    fn at(documents: &[ScoredAnswer], threshold: f64) -> Self {
        let mut counts = Confusion::default();
        documents
            .iter()
            .for_each(|&document| counts.add(document, threshold));
        counts
    }

    fn add(&mut self, (score, holds, weight): ScoredAnswer, threshold: f64) {
        *match (score > threshold, holds) {
            (true, true) => &mut self.tp,
            (true, false) => &mut self.fp,
            (false, true) => &mut self.fn_,
            (false, false) => &mut self.tn,
        } += weight;
    }

    /// Moves a document from the rejected to the accepted ones.
    fn accept(&mut self, holds: bool, weight: f64) {
        if holds {
            (self.tp, self.fn_) = (self.tp + weight, self.fn_ - weight);
        } else {
            (self.fp, self.tn) = (self.fp + weight, self.tn - weight);
        }
    }

    /// Returns recall, precision, cost of a document or F1, as the objective says.
    fn value(&self, objective: &ThresholdObjective) -> f64 {
        match objective {
            ThresholdObjective::Recall(_) => share(self.tp, self.tp + self.fn_),
            ThresholdObjective::Precision(_) => share(self.tp, self.tp + self.fp),
            ThresholdObjective::Cost(costs) => {
                let cost = costs.false_positive * self.fp + costs.false_negative * self.fn_;
                share(cost, self.tp + self.fp + self.fn_ + self.tn)
            }
            _ => share(2.0 * self.tp, 2.0 * self.tp + self.fp + self.fn_),
        }
    }

    /// Returns the number to be maximised: a share beyond the objective's is worth no more.
    fn utility(&self, objective: &ThresholdObjective) -> f64 {
        match objective {
            ThresholdObjective::Recall(least) | ThresholdObjective::Precision(least) => {
                self.value(objective).min(*least)
            }
            ThresholdObjective::Cost(_) => -self.value(objective),
            _ => self.value(objective),
        }
    }

    fn meets(&self, objective: &ThresholdObjective) -> bool {
        match objective {
            ThresholdObjective::Recall(least) | ThresholdObjective::Precision(least) => {
                self.value(objective) >= *least
            }
            _ => true,
        }
    }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Targets;
    use proptest::prelude::*;

    fn chosen(goal: &str, documents: &[ScoredAnswer]) -> (f64, ThresholdSelection) {
        let of = documents
            .iter()
            .map(|document| Some(u32::from(document.1)))
            .collect();
        let folds = Folds::stratified(&Targets::Exclusive { labels: 2, of }, 3, 0);
        let numbered: Vec<(usize, ScoredAnswer)> = documents.iter().copied().enumerate().collect();
        select_threshold(&goal.parse().unwrap(), &numbered, &folds)
    }

    #[test]
    fn goals_are_read_and_written() {
        for goal in [
            "max-f1",
            "fixed",
            "recall>=0.9",
            "precision>=0.95",
            "cost=1,5",
        ] {
            assert_eq!(
                goal.parse::<ThresholdObjective>().unwrap().to_string(),
                goal
            );
        }
        for wrong in [
            "recall",
            "recall>=1.5",
            "recall>=x",
            "f1",
            "cost=1",
            "cost=-1,2",
            "precision>=0",
        ] {
            assert!(wrong.parse::<ThresholdObjective>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_goal_that_cannot_be_reached_is_said() {
        let documents = [
            (2.0, false, 1.0),
            (1.0, true, 1.0),
            (1.0, false, 1.0),
            (0.0, false, 1.0),
        ];
        let (threshold, choice) = chosen("precision>=0.9", &documents);
        assert!(!choice.met);
        assert_eq!(threshold, 0.5);
    }

    #[test]
    fn what_costs_more_is_avoided() {
        let documents: Vec<ScoredAnswer> = (0..60)
            .map(|at| (f64::from(at), at % 60 + at % 7 > 35, 1.0))
            .collect();
        let (careful, _) = chosen("cost=9,1", &documents);
        let (eager, _) = chosen("cost=1,9", &documents);
        assert!(eager < careful, "{eager} {careful}");
    }

    proptest! {
        #[test]
        fn a_share_is_reached_and_no_greater_threshold_finds_as_much(
            documents in prop::collection::vec((-5..5i8, any::<bool>()), 1..40), least in 0.1..1.0f64,
        ) {
            let documents: Vec<ScoredAnswer> = documents.into_iter().map(|(s, h)| (f64::from(s), h, 1.0)).collect();
            let recall = ThresholdObjective::Recall(least);
            let (threshold, choice) = chosen(&recall.to_string(), &documents);
            let any = documents.iter().any(|document| document.1);
            prop_assert_eq!(choice.met, any);
            let said = |t: f64| documents.iter().filter(|document| document.0 > t).count();
            for other in (-6..6).map(|t| f64::from(t) + 0.5).filter(|&t| said(t) < said(threshold)) {
                prop_assert!(!any || Confusion::at(&documents, other).value(&recall) < least);
            }
            prop_assert!(choice.spread.is_sorted());
            let precision = ThresholdObjective::Precision(least);
            let (threshold, choice) = chosen(&precision.to_string(), &documents);
            if choice.met {
                prop_assert!(Confusion::at(&documents, threshold).value(&precision) >= least);
            }
        }
    }
}
