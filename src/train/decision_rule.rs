//! How the decision values of a head are read: calibration, thresholds, costs and sets of answers, all from
//! what is said of documents that were not learnt from.

use super::Trainer;
use crate::calibrate::{
    self, Calibration, Conformal, Link, Method, Origin, ThresholdObjective, ThresholdSelection,
};
use crate::corpus::{Corpus, Folds, Head, HeadKind, Targets};
use crate::features::TfIdf;
use crate::linear::{Classifier, LinearModel, OutOfFoldScores, StackWeights};
use crate::math::weights::SampleWeights;
use crate::progress::Progress;
use crate::text::Texts;
use crate::{Error, Result};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashSet;

/// What is said of documents that were not learnt from.
pub(super) struct CalibrationScores<'a> {
    /// Documents by labels.
    decisions: Vec<f64>,
    targets: Cow<'a, Targets>,
    weights: Option<&'a [f32]>,
    folds: Folds,
    origin: Origin,
}

/// What follows from it.
#[derive(Default)]
pub(super) struct DecisionRule {
    pub thresholds: Option<Vec<f64>>,
    pub goal: Option<ThresholdObjective>,
    pub choices: Vec<ThresholdSelection>,
    pub calibration: Option<Calibration>,
    pub costs: Option<Vec<Vec<f64>>>,
    pub conformal: Option<Conformal>,
}

impl<'a> CalibrationScores<'a> {
    /// Of the documents that were learnt from, each time without their own fold.
    pub(super) fn out_of_fold(
        held: &OutOfFoldScores,
        classifier: &Classifier,
        targets: &'a Targets,
        weights: Option<&'a [f32]>,
    ) -> Self {
        let targets = held.answers(targets);
        let mut decisions = match classifier {
            Classifier::Stack(stack) => mixed(held, stack.c, &targets, weights),
            _ => held
                .member(0)
                .iter()
                .map(|&decision| f64::from(decision))
                .collect(),
        };
        if targets.kind() == HeadKind::Exclusive {
            let labels = targets.labels().max(1);
            let lacking = decisions.iter_mut().enumerate();
            let lacking =
                lacking.filter(|(cell, _)| held.is_unlearnt(cell / labels, cell % labels));
            lacking.for_each(|(_, decision)| *decision = f64::NEG_INFINITY);
        }
        CalibrationScores {
            decisions,
            targets,
            weights,
            folds: held.folds.clone(),
            origin: Origin::OutOfFold,
        }
    }

    /// Of documents that were kept apart; folds are cut among them for the spread of thresholds.
    pub(super) fn kept_apart(
        linear: &LinearModel,
        tfidf: &TfIdf,
        apart: &'a CalibrationSet<'_>,
        head: &'a Head,
        trainer: &Trainer,
    ) -> Result<Self> {
        let (documents, labels) = (apart.corpus.len(), head.labels.len());
        crate::linear::memory::verify_scores("scores", 0, documents, labels, trainer.memory())?;
        let rows = tfidf.transform_texts(&apart.corpus.texts);
        let (mut decisions, mut decided) = (Vec::new(), Vec::new());
        for row in rows.iter() {
            linear.decide(row, &mut decided);
            decisions.extend_from_slice(&decided);
        }
        let weights = apart.corpus.weights.as_deref();
        let folds = Folds::stratified(&head.targets, trainer.folds, trainer.seed);
        let targets = Cow::Borrowed(&head.targets);
        Ok(CalibrationScores {
            decisions,
            targets,
            weights,
            folds,
            origin: Origin::KeptApart,
        })
    }
}

/// Documents that are kept apart for calibration.
#[derive(Clone, Copy)]
pub(super) struct CalibrationSet<'a> {
    corpus: &'a Corpus,
}

impl<'a> CalibrationSet<'a> {
    /// Checks that the documents answer the questions of `learnt`, and tells of those that are in both.
    pub(super) fn new(
        corpus: &'a Corpus,
        learnt: &Corpus,
        progress: &dyn Progress,
    ) -> Result<Self> {
        for (head, other) in learnt.heads.iter().zip(&corpus.heads) {
            if let Some(label) = other
                .labels
                .iter()
                .find(|label| !head.labels.contains(label))
            {
                return Err(Error::data(format!("the documents for calibration have a label `{label}` of head `{}` that is not learnt", head.name))
                    .help("take them from the same source as the training rows, or leave those rows out with --where"));
            }
        }
        let names = |corpus: &Corpus| -> Vec<(String, Vec<String>)> {
            corpus
                .heads
                .iter()
                .map(|head| (head.name.clone(), head.labels.clone()))
                .collect()
        };
        if names(corpus) != names(learnt) {
            return Err(Error::data(
                "the documents for calibration were not read with the heads and labels of the corpus",
            ));
        }
        let known: HashSet<&str> = learnt.texts.iter().collect();
        let twice = corpus
            .texts
            .iter()
            .filter(|text| known.contains(text))
            .count();
        if twice > 0 {
            progress.note(&format!(
                "{twice} of {} texts for calibration are training texts: what is told of errors is too good",
                corpus.len()
            ));
        }
        Ok(CalibrationSet { corpus })
    }

    pub(super) fn texts(&self) -> &'a Texts {
        &self.corpus.texts
    }

    pub(super) fn head(&self, name: &str) -> Option<&'a Head> {
        self.corpus.heads.iter().find(|head| head.name == name)
    }
}

impl Trainer {
    /// What the thresholds of a head are chosen for.
    pub(super) fn goal_of(&self, name: &str, kind: HeadKind) -> &ThresholdObjective {
        let otherwise = if kind == HeadKind::Exclusive {
            &ThresholdObjective::Fixed
        } else {
            &ThresholdObjective::MaxF1
        };
        self.asked_goal(name, kind).unwrap_or(otherwise)
    }

    /// The goal that was asked for of a head, if any that fits it was.
    fn asked_goal(&self, name: &str, kind: HeadKind) -> Option<&ThresholdObjective> {
        let matrix = |goal: &ThresholdObjective| matches!(goal, ThresholdObjective::CostMatrix(_));
        let fits = |goal: &&ThresholdObjective| matrix(goal) == (kind == HeadKind::Exclusive);
        let asked = self.goals.get(name).unwrap_or(&self.thresholds);
        Some(asked)
            .filter(|goal| **goal != ThresholdObjective::Auto)
            .filter(fits)
    }

    /// Whether documents are cut into folds for a head.
    pub fn uses_folds(&self, name: &str, kind: HeadKind) -> bool {
        let calibrated = !matches!(self.method_of(name), Method::Auto | Method::None);
        let chosen = *self.goal_of(name, kind) != ThresholdObjective::Fixed;
        self.abstain || calibrated || chosen || matches!(self.of_head(name), Classifier::Stack(_))
    }

    fn method_of(&self, name: &str) -> Method {
        self.calibrations
            .get(name)
            .copied()
            .unwrap_or(self.calibrate)
    }

    /// Whether it takes what is said out of fold to read a head. For that there must be a document for each fold; without,
    /// only what nobody asked for is given up.
    pub(super) fn wants_held(&self, head: &Head) -> Result<bool> {
        let kind = head.targets.kind();
        let goal = self.goal_of(&head.name, kind);
        let calibrated = !matches!(self.method_of(&head.name), Method::Auto | Method::None);
        let chosen = self
            .asked_goal(&head.name, kind)
            .is_some_and(|goal| *goal != ThresholdObjective::Fixed);
        let default = kind == HeadKind::Independent && *goal == ThresholdObjective::MaxF1;
        let chosen = chosen || (default && self.folds_are_asked_for);
        let needed = calibrated || self.abstain || chosen;
        let (documents, folds) = (head.targets.documents(), self.folds as usize);
        if needed && documents < folds {
            return Err(Error::data(format!(
                "{documents} documents are too few for {folds} folds, on which thresholds or calibration of head `{}` were to be found", head.name
            ))
            .help("give more documents, less --folds, or documents kept apart as --calibration-set FILE"));
        }
        Ok(needed || (*goal == ThresholdObjective::MaxF1 && documents >= folds))
    }

    /// Says that thresholds which were to be chosen by default are fixed.
    pub(super) fn tell_fixed(&self, head: &Head, progress: &dyn Progress) {
        let (kind, documents) = (head.targets.kind(), head.targets.documents());
        if *self.goal_of(&head.name, kind) == ThresholdObjective::MaxF1
            && documents < self.folds as usize
        {
            progress.note(&format!(
                "{documents} documents are too few for {} folds: the thresholds of head `{}` are fixed, and its scores are not calibrated",
                self.folds, head.name
            ));
        }
    }

    /// The options of calibration and thresholds that do not fit the heads.
    pub(super) fn verify_reading(&self, corpus: &Corpus) -> Result<()> {
        let head = |name: &String| {
            let none = || {
                Error::usage(format!(
                    "there is a calibration or goal for `{name}`, but no such head"
                ))
            };
            corpus
                .heads
                .iter()
                .find(|head| head.name == *name)
                .ok_or_else(none)
        };
        self.calibrations
            .keys()
            .try_for_each(|name| head(name).map(drop))?;
        for (name, goal) in &self.goals {
            let exclusive = head(name)?.targets.kind() == HeadKind::Exclusive;
            if exclusive != matches!(goal, ThresholdObjective::CostMatrix(_)) {
                return Err(Error::usage(format!(
                    "thresholds for `{goal}` do not fit the head `{name}`"
                ))
                .help("a head of --label takes cost=FILE; one of --labels any other goal"));
            }
        }
        let kind = |kind| corpus.heads.iter().any(|head| head.targets.kind() == kind);
        let lacking = match &self.thresholds {
            ThresholdObjective::Auto | ThresholdObjective::Fixed => None,
            ThresholdObjective::CostMatrix(_) => (!kind(HeadKind::Exclusive)).then_some("--label"),
            _ => (!kind(HeadKind::Independent)).then_some("--labels"),
        };
        if let Some(flag) = lacking {
            return Err(Error::usage(format!(
                "thresholds for `{}` are for heads of {flag}, of which there is none",
                self.thresholds
            )));
        }
        corpus
            .heads
            .iter()
            .try_for_each(|head| self.verify_costs(head))
    }

    fn verify_costs(&self, head: &Head) -> Result<()> {
        let ThresholdObjective::CostMatrix(costs) = self.goal_of(&head.name, head.targets.kind())
        else {
            return Ok(());
        };
        if self.method_of(&head.name) == Method::None {
            return Err(Error::usage(format!(
                "expected costs need calibrated probabilities, but those of head `{}` are not",
                head.name
            ))
            .help("leave --calibrate none out, or write --calibrate temperature"));
        }
        costs
            .matrix(&head.labels)
            .map(drop)
            .map_err(|e| e.at(format!("head `{}`", head.name)))
    }

    /// Reads a head on `evidence`, if there is any.
    pub(super) fn read_head(
        &self,
        head: &Head,
        link: Link,
        evidence: Option<&CalibrationScores<'_>>,
    ) -> Result<DecisionRule> {
        let Some(evidence) = evidence else {
            return Ok(DecisionRule::default());
        };
        let kind = head.targets.kind();
        let method = match self.method_of(&head.name) {
            Method::Auto if kind == HeadKind::Exclusive => Method::Temperature,
            Method::Auto => Method::Platt,
            asked => asked,
        };
        let CalibrationScores {
            decisions,
            targets,
            weights,
            origin,
            ..
        } = evidence;
        let calibration = Calibration::fit(method, decisions, targets, *weights);
        let abstains = self.abstain || *origin == Origin::KeptApart;
        let mut reading = DecisionRule {
            conformal: abstains.then(|| Conformal::fit(*origin, decisions, targets)),
            calibration,
            ..DecisionRule::default()
        };
        match self.goal_of(&head.name, kind) {
            ThresholdObjective::CostMatrix(costs) => {
                reading.costs = Some(costs.matrix(&head.labels)?)
            }
            ThresholdObjective::Fixed if kind == HeadKind::Independent => {
                reading.thresholds = reading
                    .calibration
                    .as_ref()
                    .map(|_| vec![0.5; head.labels.len()])
            }
            ThresholdObjective::Auto | ThresholdObjective::Fixed => {}
            goal => evidence.choose(goal, link, &mut reading),
        }
        Ok(reading)
    }
}

impl CalibrationScores<'_> {
    /// One threshold a label of an independent head, for scores as they are published.
    fn choose(&self, goal: &ThresholdObjective, link: Link, reading: &mut DecisionRule) {
        let labels = self.targets.labels();
        let mut scores = self.decisions.clone();
        let calibration = reading.calibration.as_ref();
        scores
            .chunks_mut(labels.max(1))
            .for_each(|of_row| match calibration {
                Some(calibration) => calibration.apply(HeadKind::Independent, of_row),
                None => link.apply(of_row),
            });
        let even = if calibration.is_some() {
            0.5
        } else {
            link.threshold()
        };
        let weights = SampleWeights::from(self.weights);
        let of_label = |label: usize| {
            let documents = (0..self.targets.documents()).filter_map(|document| {
                let holds = self.targets.holds(document, label)?;
                let weight = weights.of(document);
                Some((document, (scores[document * labels + label], holds, weight)))
            });
            let documents: Vec<_> = documents.collect();
            match documents.is_empty() {
                true => (even, ThresholdSelection::unknown(even)),
                false => calibrate::choose(goal, &documents, &self.folds),
            }
        };
        let (thresholds, choices) = (0..labels).into_par_iter().map(of_label).unzip();
        reading.thresholds = Some(thresholds);
        (reading.goal, reading.choices) = (Some(goal.clone()), choices);
    }
}

/// What a stack says of each fold when its members are weighed on the others.
pub(crate) fn mixed(
    held: &OutOfFoldScores,
    c: f64,
    targets: &Targets,
    weights: Option<&[f32]>,
) -> Vec<f64> {
    let labels = targets.labels();
    let mut all = vec![0.0; targets.documents() * labels];
    let mut decisions = Vec::new();
    for fold in 0..held.folds.count() {
        let (outside, inside) = held.folds.of(fold);
        let mixture = StackWeights::fit(&held.of(outside), targets, weights, c);
        let said = held.of(inside.clone());
        for row in inside {
            mixture.decide(&said, row, &mut decisions);
            all[row * labels..(row + 1) * labels].copy_from_slice(&decisions);
        }
    }
    all
}
