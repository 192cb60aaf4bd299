//! Thresholds of labels for a goal, and how far they can be trusted.

use super::max_f1::{above, below, between, max_f1};
use super::{CostMatrix, LabelCosts};
use crate::split::Folds;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What thresholds are chosen for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThresholdObjective {
    /// Those of the link: a decision value of 0, a probability of 0.5; where scores are calibrated, a calibrated
    /// probability of 0.5.
    Fixed,
    /// As [`MaxF1`](Self::MaxF1) for independent heads of at least as many documents as folds, and as
    /// [`Fixed`](Self::Fixed) for all others (the default).
    #[default]
    Auto,
    /// For each label the one of the best smoothed F1 out of fold.
    MaxF1,
    /// For each label the greatest that finds this share of its documents.
    Recall(f64),
    /// For each label the least at which this share of the findings is right.
    Precision(f64),
    /// For each label the one of the least cost.
    Cost(LabelCosts),
    /// For an exclusive head: the label of the least expected cost, rather than the best.
    CostMatrix(CostMatrix),
}

impl FromStr for ThresholdObjective {
    type Err = Error;

    /// Of all but cost matrices, which lie in files.
    fn from_str(text: &str) -> Result<Self> {
        let unknown = || {
            Error::usage(format!("`{text}` is no goal of thresholds"))
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

/// How a label's threshold came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThresholdSelection {
    /// The least, the middle and the greatest of the thresholds that are chosen when one fold is left out.
    pub spread: [f64; 3],
    /// What those reach on the folds left out: F1, recall, precision, or the cost of a document.
    pub reached: f64,
    /// Whether the threshold reaches the goal on the documents that it was chosen on, where the goal is a share.
    pub met: bool,
}

impl ThresholdSelection {
    /// Of a label of which no answer is known.
    pub(crate) fn unknown(threshold: f64) -> Self {
        ThresholdSelection {
            spread: [threshold; 3],
            reached: 0.0,
            met: false,
        }
    }
}

/// Score, answer and weight of a document.
type Scored = (f64, bool, f64);

/// Chooses one label's threshold. `documents` have the number of their fold beside score, answer and weight.
pub(crate) fn select_threshold(
    goal: &ThresholdObjective,
    documents: &[(usize, Scored)],
    folds: &Folds,
) -> (f64, ThresholdSelection) {
    let all: Vec<Scored> = documents.iter().map(|document| document.1).collect();
    let threshold = threshold(goal, &all);
    let (mut chosen, mut counts) = (Vec::new(), Counts::default());
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
        let own = self::threshold(goal, &outside);
        inside.iter().for_each(|&scored| counts.add(scored, own));
        chosen.push(own);
    }
    chosen.sort_by(f64::total_cmp);
    let at = |share: usize| {
        chosen
            .get(share * chosen.len().saturating_sub(1) / 2)
            .copied()
            .unwrap_or(threshold)
    };
    let met = counts_of(&all, threshold).meets(goal);
    (
        threshold,
        ThresholdSelection {
            spread: [at(0), at(1), at(2)],
            reached: counts.value(goal),
            met,
        },
    )
}

fn threshold(goal: &ThresholdObjective, documents: &[Scored]) -> f64 {
    match goal {
        ThresholdObjective::Auto
        | ThresholdObjective::Fixed
        | ThresholdObjective::MaxF1
        | ThresholdObjective::CostMatrix(_) => max_f1(documents),
        ThresholdObjective::Recall(_)
        | ThresholdObjective::Precision(_)
        | ThresholdObjective::Cost(_) => best(goal, documents),
    }
}

/// The threshold of the greatest worth, halfway between two scores; of equal ones the greatest, but for a precision the least. Where
/// nothing is best it lies above all scores.
fn best(goal: &ThresholdObjective, documents: &[Scored]) -> f64 {
    let mut sorted = documents.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut counts = counts_of(&sorted, f64::INFINITY);
    let nothing = sorted
        .first()
        .map_or(f64::INFINITY, |document| above(document.0));
    let (mut most, mut threshold) = (counts.worth(goal), nothing);
    for (at, &(score, holds, weight)) in sorted.iter().enumerate() {
        counts.say(holds, weight);
        let next = sorted.get(at + 1).map(|document| document.0);
        let worth = counts.worth(goal);
        let more_found =
            matches!(goal, ThresholdObjective::Precision(_)) && worth == most && worth > 0.0;
        let better = worth > most || more_found;
        if better && next != Some(score) {
            (most, threshold) = (
                worth,
                next.map_or(below(score), |next| between(score, next)),
            );
        }
    }
    threshold
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    tp: f64,
    fp: f64,
    fn_: f64,
    tn: f64,
}

fn counts_of(documents: &[Scored], threshold: f64) -> Counts {
    let mut counts = Counts::default();
    documents
        .iter()
        .for_each(|&document| counts.add(document, threshold));
    counts
}

impl Counts {
    fn add(&mut self, (score, holds, weight): Scored, threshold: f64) {
        *match (score > threshold, holds) {
            (true, true) => &mut self.tp,
            (true, false) => &mut self.fp,
            (false, true) => &mut self.fn_,
            (false, false) => &mut self.tn,
        } += weight;
    }

    /// A document that was not said to hold the label is.
    fn say(&mut self, holds: bool, weight: f64) {
        if holds {
            (self.tp, self.fn_) = (self.tp + weight, self.fn_ - weight);
        } else {
            (self.fp, self.tn) = (self.fp + weight, self.tn - weight);
        }
    }

    fn value(&self, goal: &ThresholdObjective) -> f64 {
        match goal {
            ThresholdObjective::Recall(_) => share(self.tp, self.tp + self.fn_),
            ThresholdObjective::Precision(_) => share(self.tp, self.tp + self.fp),
            ThresholdObjective::Cost(costs) => {
                let cost = costs.false_positive * self.fp + costs.false_negative * self.fn_;
                share(cost, self.tp + self.fp + self.fn_ + self.tn)
            }
            _ => share(2.0 * self.tp, 2.0 * self.tp + self.fp + self.fn_),
        }
    }

    /// What is to be great: a share counts up to the goal.
    fn worth(&self, goal: &ThresholdObjective) -> f64 {
        match goal {
            ThresholdObjective::Recall(least) | ThresholdObjective::Precision(least) => {
                self.value(goal).min(*least)
            }
            ThresholdObjective::Cost(_) => -self.value(goal),
            _ => self.value(goal),
        }
    }

    fn meets(&self, goal: &ThresholdObjective) -> bool {
        match goal {
            ThresholdObjective::Recall(least) | ThresholdObjective::Precision(least) => {
                self.value(goal) >= *least
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

    fn chosen(goal: &str, documents: &[Scored]) -> (f64, ThresholdSelection) {
        let of = documents
            .iter()
            .map(|document| Some(u32::from(document.1)))
            .collect();
        let folds = Folds::stratified(&Targets::Exclusive { labels: 2, of }, 3, 0);
        let numbered: Vec<(usize, Scored)> = documents.iter().copied().enumerate().collect();
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
        let documents: Vec<Scored> = (0..60)
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
            let documents: Vec<Scored> = documents.into_iter().map(|(s, h)| (f64::from(s), h, 1.0)).collect();
            let recall = ThresholdObjective::Recall(least);
            let (threshold, choice) = chosen(&recall.to_string(), &documents);
            let any = documents.iter().any(|document| document.1);
            prop_assert_eq!(choice.met, any);
            let said = |t: f64| documents.iter().filter(|document| document.0 > t).count();
            for other in (-6..6).map(|t| f64::from(t) + 0.5).filter(|&t| said(t) < said(threshold)) {
                prop_assert!(!any || counts_of(&documents, other).value(&recall) < least);
            }
            prop_assert!(choice.spread.is_sorted());
            let precision = ThresholdObjective::Precision(least);
            let (threshold, choice) = chosen(&precision.to_string(), &documents);
            if choice.met {
                prop_assert!(counts_of(&documents, threshold).value(&precision) >= least);
            }
        }
    }
}
