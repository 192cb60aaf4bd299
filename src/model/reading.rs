//! How the decision values of a head are read: calibration, thresholds, costs and sets of answers, all from
//! what is said of documents that were not learnt from.

use super::{HeadAbout, Trainer};
use crate::calibrate::{self, Calibration, Choice, Conformal, Link, Method, Origin, Thresholds};
use crate::corpus::{Corpus, Folds, Head, HeadKind, Targets};
use crate::features::TfIdf;
use crate::linear::{Classifier, Held, LinearModel, Mixture, Problem};
use crate::progress::Progress;
use crate::{Error, Result};
use std::collections::HashSet;

/// What is said of documents that were not learnt from.
pub(super) struct Evidence<'a> {
    /// Documents by labels.
    decisions: Vec<f64>,
    targets: &'a Targets,
    weights: Option<&'a [f32]>,
    folds: Folds,
    origin: Origin,
}

/// What follows from it.
#[derive(Default)]
pub(super) struct Reading {
    pub thresholds: Option<Vec<f64>>,
    pub goal: Option<Thresholds>,
    pub choices: Vec<Choice>,
    pub calibration: Option<Calibration>,
    pub costs: Option<Vec<Vec<f64>>>,
    pub conformal: Option<Conformal>,
}

impl<'a> Evidence<'a> {
    /// Of the documents that were learnt from, each time without their own fold.
    pub(super) fn out_of_fold(held: &Held, classifier: &Classifier, problem: &Problem<'a>) -> Self {
        let (targets, weights) = (problem.targets, problem.weights);
        let decisions = match classifier {
            Classifier::Stack(stack) => mixed(held, stack.c, targets, weights),
            _ => held.member(0).iter().map(|&decision| f64::from(decision)).collect(),
        };
        Evidence { decisions, targets, weights, folds: held.folds.clone(), origin: Origin::OutOfFold }
    }

    /// Of documents that were kept apart; folds are cut among them for the spread of thresholds.
    pub(super) fn kept_apart(
        linear: &LinearModel,
        tfidf: &TfIdf,
        apart: &'a Apart<'_>,
        head: &'a Head,
        trainer: &Trainer,
    ) -> Self {
        let rows = tfidf.transform_texts(&apart.corpus.texts);
        let (mut decisions, mut decided) = (Vec::new(), Vec::new());
        for row in rows.iter() {
            linear.decide(row, &mut decided);
            decisions.extend_from_slice(&decided);
        }
        let weights = apart.corpus.weights.as_deref();
        let folds = Folds::stratified(&head.targets, trainer.folds, trainer.seed);
        Evidence { decisions, targets: &head.targets, weights, folds, origin: Origin::KeptApart }
    }
}

/// Documents that are kept apart for calibration.
#[derive(Clone, Copy)]
pub(super) struct Apart<'a> {
    corpus: &'a Corpus,
}

impl<'a> Apart<'a> {
    /// Checks that the documents answer the questions of `learnt`, and tells of those that are in both.
    pub(super) fn new(corpus: &'a Corpus, learnt: &Corpus, progress: &dyn Progress) -> Result<Self> {
        for (head, other) in learnt.heads.iter().zip(&corpus.heads) {
            if let Some(label) = other.labels.iter().find(|label| !head.labels.contains(label)) {
                return Err(Error::data(format!("the documents for calibration have a label `{label}` of head `{}` that is not learnt", head.name))
                    .help("take them from the same source as the training rows, or leave those rows out with --where"));
            }
        }
        let names = |corpus: &Corpus| -> Vec<(String, Vec<String>)> {
            corpus.heads.iter().map(|head| (head.name.clone(), head.labels.clone())).collect()
        };
        if names(corpus) != names(learnt) {
            return Err(Error::data(
                "the documents for calibration were not read with the heads and labels of the corpus",
            ));
        }
        let known: HashSet<&str> = learnt.texts.iter().collect();
        let twice = corpus.texts.iter().filter(|text| known.contains(text)).count();
        if twice > 0 {
            progress.note(&format!(
                "{twice} of {} texts for calibration are training texts: what is told of errors is too good",
                corpus.len()
            ));
        }
        Ok(Apart { corpus })
    }

    pub(super) fn head(&self, name: &str) -> Option<&'a Head> {
        self.corpus.heads.iter().find(|head| head.name == name)
    }
}

impl Trainer {
    /// What the thresholds of a head are chosen for.
    pub(super) fn goal_of(&self, name: &str, kind: HeadKind) -> &Thresholds {
        let matrix = |goal: &Thresholds| matches!(goal, Thresholds::CostMatrix(_));
        let fits = |goal: &&Thresholds| matrix(goal) == (kind == HeadKind::Exclusive);
        let otherwise = if kind == HeadKind::Exclusive { &Thresholds::Fixed } else { &Thresholds::MaxF1 };
        self.goals.get(name).or(Some(&self.thresholds)).filter(fits).unwrap_or(otherwise)
    }

    fn method_of(&self, name: &str) -> Method {
        self.calibrations.get(name).copied().unwrap_or(self.calibrate)
    }

    /// Whether it takes what is said out of fold to read a head. For that there must be a document for each fold; only
    /// thresholds of the best F1 are given up without.
    pub(super) fn wants_held(&self, head: &Head) -> Result<bool> {
        let goal = self.goal_of(&head.name, head.targets.kind());
        let asked = !matches!(self.method_of(&head.name), Method::Auto | Method::None);
        let needed = asked || self.abstain || !matches!(goal, Thresholds::Fixed | Thresholds::MaxF1);
        let (documents, folds) = (head.targets.documents(), self.folds as usize);
        if needed && documents < folds {
            return Err(Error::data(format!(
                "{documents} documents are too few for {folds} folds, on which head `{}` was to be calibrated", head.name
            ))
            .help("give more documents, less --folds, or documents kept apart as --calibration FILE"));
        }
        Ok(needed || (*goal == Thresholds::MaxF1 && documents >= folds))
    }

    /// The options of calibration and thresholds that do not fit the heads.
    pub(super) fn verify_reading(&self, corpus: &Corpus) -> Result<()> {
        let head = |name: &String| {
            let none =
                || Error::usage(format!("there is a calibration or goal for `{name}`, but no such head"));
            corpus.heads.iter().find(|head| head.name == *name).ok_or_else(none)
        };
        self.calibrations.keys().try_for_each(|name| head(name).map(drop))?;
        for (name, goal) in &self.goals {
            let exclusive = head(name)?.targets.kind() == HeadKind::Exclusive;
            if exclusive != matches!(goal, Thresholds::CostMatrix(_)) {
                return Err(Error::usage(format!("thresholds for `{goal}` do not fit the head `{name}`"))
                    .help("a head of --label takes cost=FILE; one of --labels any other goal"));
            }
        }
        let kind = |kind| corpus.heads.iter().any(|head| head.targets.kind() == kind);
        let lacking = match &self.thresholds {
            Thresholds::Fixed | Thresholds::MaxF1 => None,
            Thresholds::CostMatrix(_) => (!kind(HeadKind::Exclusive)).then_some("--label"),
            _ => (!kind(HeadKind::Independent)).then_some("--labels"),
        };
        if let Some(flag) = lacking {
            return Err(Error::usage(format!(
                "thresholds for `{}` are for heads of {flag}, of which there is none",
                self.thresholds
            )));
        }
        corpus.heads.iter().try_for_each(|head| self.verify_costs(head))
    }

    fn verify_costs(&self, head: &Head) -> Result<()> {
        let Thresholds::CostMatrix(costs) = self.goal_of(&head.name, head.targets.kind()) else {
            return Ok(());
        };
        if self.method_of(&head.name) == Method::None {
            return Err(Error::usage(format!(
                "expected costs need calibrated probabilities, but those of head `{}` are not",
                head.name
            ))
            .help("leave --calibrate none out, or write --calibrate temperature"));
        }
        costs.matrix(&head.labels).map(drop).map_err(|e| e.at(format!("head `{}`", head.name)))
    }

    /// Reads a head on `evidence`, if there is any.
    pub(super) fn read_head(
        &self,
        head: &Head,
        link: Link,
        evidence: Option<&Evidence<'_>>,
    ) -> Result<Reading> {
        let Some(evidence) = evidence else { return Ok(Reading::default()) };
        let kind = head.targets.kind();
        let method = match self.method_of(&head.name) {
            Method::Auto if kind == HeadKind::Exclusive => Method::Temperature,
            Method::Auto => Method::Platt,
            asked => asked,
        };
        let Evidence { decisions, targets, weights, origin, .. } = evidence;
        let calibration = Calibration::fit(method, decisions, targets, *weights);
        let abstains = self.abstain || *origin == Origin::KeptApart;
        let mut reading = Reading {
            conformal: abstains.then(|| Conformal::fit(*origin, decisions, targets)),
            calibration,
            ..Reading::default()
        };
        match self.goal_of(&head.name, kind) {
            Thresholds::CostMatrix(costs) => reading.costs = Some(costs.matrix(&head.labels)?),
            Thresholds::Fixed if kind == HeadKind::Independent => {
                reading.thresholds = even(&reading, link, head.labels.len())
            }
            Thresholds::Fixed => {}
            goal => evidence.choose(goal, link, &mut reading),
        }
        Ok(reading)
    }
}

/// Thresholds of an even probability, where scores are calibrated.
fn even(reading: &Reading, link: Link, labels: usize) -> Option<Vec<f64>> {
    let calibration = reading.calibration.as_ref()?;
    let score = |label| {
        let mut score = [calibration.even(label)];
        link.apply(&mut score);
        score[0]
    };
    Some((0..labels).map(score).collect())
}

impl Evidence<'_> {
    /// One threshold a label, for scores as the classifier's link makes them.
    fn choose(&self, goal: &Thresholds, link: Link, reading: &mut Reading) {
        let labels = self.targets.labels();
        let mut scores = self.decisions.clone();
        scores.chunks_mut(labels.max(1)).for_each(|of_row| link.apply(of_row));
        let of_label = |label: usize| {
            let documents = (0..self.targets.documents()).filter_map(|document| {
                let holds = self.targets.holds(document, label)?;
                let weight = self.weights.map_or(1.0, |weights| f64::from(weights[document]));
                Some((document, (scores[document * labels + label], holds, weight)))
            });
            calibrate::choose(goal, &documents.collect::<Vec<_>>(), &self.folds)
        };
        let (thresholds, choices) = (0..labels).map(of_label).unzip();
        reading.thresholds = Some(thresholds);
        (reading.goal, reading.choices) = (Some(goal.clone()), choices);
    }
}

/// What a stack says of each fold when its members are weighed on the others.
pub(crate) fn mixed(held: &Held, c: f64, targets: &Targets, weights: Option<&[f32]>) -> Vec<f64> {
    let labels = targets.labels();
    let mut all = vec![0.0; targets.documents() * labels];
    let mut decisions = Vec::new();
    for fold in 0..held.folds.count() {
        let (outside, inside) = held.folds.of(fold);
        let mixture = Mixture::fit(&held.of(outside), targets, weights, c);
        let said = held.of(inside.clone());
        for row in inside {
            mixture.decide(&said, row, &mut decisions);
            all[row * labels..(row + 1) * labels].copy_from_slice(&decisions);
        }
    }
    all
}

impl HeadAbout {
    /// Whether scores are calibrated probabilities.
    pub fn is_calibrated(&self) -> bool {
        self.calibration.is_some()
    }

    /// The calibrated probability of a label by itself at a threshold of it, if scores are calibrated.
    pub fn probability_at(&self, label: usize, threshold: f64) -> Option<f64> {
        let decision = self.link.decision(threshold);
        self.calibration.as_ref().map(|calibration| calibration.probability(label, decision))
    }

    /// Whether the parts fit each other, as they need not in a file.
    pub(super) fn is_valid(&self) -> bool {
        let labels = self.labels.len();
        let exclusive = self.kind == HeadKind::Exclusive;
        let choices = self.choices.is_empty() || (self.choices.len() == labels && self.goal.is_some());
        let calibrated = self.calibration.as_ref().is_none_or(|found| found.is_valid(self.kind, labels));
        let conformal = self.conformal.as_ref().is_none_or(|found| found.is_valid(self.kind, labels));
        let costs = self.costs.as_ref();
        let costs_fit = costs
            .is_none_or(|costs| exclusive && self.is_calibrated() && calibrate::is_matrix(costs, labels));
        choices && calibrated && conformal && costs_fit
    }
}
