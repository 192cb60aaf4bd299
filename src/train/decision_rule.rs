//! Decision rules: calibration, thresholds, costs and conformal prediction of a head, all fitted on
//! scores of documents that its weights have not seen.

use super::Trainer;
use crate::calibrate::{
    self, Calibration, Conformal, Link, Method, Origin, ThresholdObjective, ThresholdSelection,
};
use crate::corpus::{Corpus, Head, HeadKind, Targets};
use crate::features::TfIdf;
use crate::io::Progress;
use crate::linear::{Classifier, LinearModel, OutOfFoldScores, StackWeights};
use crate::math::matrix::ScoreMatrix;
use crate::math::weights::SampleWeights;
use crate::model::{HeadMetadata, HeadScores};
use crate::split::Folds;
use crate::text::Texts;
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashSet;

/// Decision values of documents that the weights have not seen, with the truth.
pub(super) struct CalibrationScores<'a> {
    /// Documents by labels; −∞ for a label that the classifier had not seen.
    decisions: ScoreMatrix,
    targets: Cow<'a, Targets>,
    weights: Option<&'a [f32]>,
    /// Folds of the documents, for the spread of thresholds.
    folds: Folds,
    origin: Origin,
}

/// Fitted way from decision values to scores and answers.
#[derive(Default)]
pub(super) struct DecisionRule {
    /// Thresholds of an independent head; `None` for those of the link.
    pub thresholds: Option<Vec<f64>>,
    pub threshold_objective: Option<ThresholdObjective>,
    pub threshold_selections: Vec<ThresholdSelection>,
    pub calibration: Option<Calibration>,
    pub costs: Option<Vec<Vec<f64>>>,
    pub conformal: Option<Conformal>,
}

impl<'a> CalibrationScores<'a> {
    /// Returns the truth, without answers that the scores cannot be compared with.
    pub(super) fn targets(&self) -> &Targets {
        &self.targets
    }

    pub(super) fn weights(&self) -> Option<&'a [f32]> {
        self.weights
    }

    pub(super) fn origin(&self) -> Origin {
        self.origin
    }

    /// Returns the scores of a head with a decision rule, as it publishes them.
    pub(super) fn scores<'m>(&self, metadata: &'m HeadMetadata) -> Vec<HeadScores<'m>> {
        let rows = 0..self.targets.documents();
        rows.map(|row| HeadScores::new(metadata, self.decisions.row(row).to_vec()))
            .collect()
    }

    /// Returns the out-of-fold scores of training documents.
    pub(super) fn out_of_fold(
        scores: &OutOfFoldScores,
        classifier: &Classifier,
        targets: &'a Targets,
        weights: Option<&'a [f32]>,
    ) -> Self {
        let targets = scores.comparable_targets(targets);
        let labels = targets.labels();
        let mut decisions = match classifier {
            Classifier::Stack(stack) => stack_decisions(scores, stack.c, &targets, weights),
            _ => {
                let decisions = scores.of_estimator(0).iter();
                ScoreMatrix::new(labels, decisions.map(|&d| f64::from(d)).collect())
            }
        };
        if targets.kind() == HeadKind::Exclusive {
            for (row, row_decisions) in decisions.rows_mut().enumerate() {
                for (label, decision) in row_decisions.iter_mut().enumerate() {
                    if scores.is_unseen(row, label) {
                        *decision = f64::NEG_INFINITY;
                    }
                }
            }
        }
        CalibrationScores {
            decisions,
            targets,
            weights,
            folds: scores.folds.clone(),
            origin: Origin::OutOfFold,
        }
    }

    /// Scores the documents of a calibration set.
    pub(super) fn of_calibration_set(
        linear: &LinearModel,
        tfidf: &TfIdf,
        set: &CalibrationSet<'a>,
        head: &'a Head,
        trainer: &Trainer,
    ) -> Result<Self> {
        let (documents, labels) = (set.corpus.len(), head.labels.len());
        crate::linear::memory::verify_scores("scores", 0, documents, labels, trainer.memory())?;
        let rows = tfidf.transform_texts(&set.corpus.texts);
        let mut decisions = ScoreMatrix::zeros(0, labels);
        let mut row_decisions = Vec::new();
        for row in rows.iter() {
            linear.decide(row, &mut row_decisions);
            decisions.push_row(&row_decisions);
        }
        Ok(CalibrationScores {
            decisions,
            targets: Cow::Borrowed(&head.targets),
            weights: set.corpus.weights.as_deref(),
            folds: Folds::stratified(&head.targets, trainer.folds, trainer.seed),
            origin: Origin::KeptApart,
        })
    }
}

/// Documents that are kept apart from training, for decision rules.
#[derive(Clone, Copy)]
pub(super) struct CalibrationSet<'a> {
    corpus: &'a Corpus,
}

impl<'a> CalibrationSet<'a> {
    /// Checks that the documents have the heads and labels of `training`, and notes how many texts
    /// are in both.
    pub(super) fn new(
        corpus: &'a Corpus,
        training: &Corpus,
        progress: &dyn Progress,
    ) -> Result<Self> {
        for (head, other) in training.heads.iter().zip(&corpus.heads) {
            if let Some(label) = other
                .labels
                .iter()
                .find(|label| !head.labels.contains(label))
            {
                return Err(Error::data(format!("the documents for calibration have a label `{label}` of head `{}` that is not learnt", head.name))
                    .help(wording!["take them from the same source as the training rows, or leave those rows out with ", Setting::Filters]));
            }
        }
        let outline = |corpus: &Corpus| -> Vec<(String, Vec<String>)> {
            corpus
                .heads
                .iter()
                .map(|head| (head.name.clone(), head.labels.clone()))
                .collect()
        };
        if outline(corpus) != outline(training) {
            return Err(Error::data(
                "the documents for calibration were not read with the heads and labels of the corpus",
            ));
        }
        let digest = |corpus: &Corpus, at: usize| corpus.texts.document(at).digest();
        let known: HashSet<u64> = (0..training.len()).map(|at| digest(training, at)).collect();
        let twice = (0..corpus.len()).filter(|&at| known.contains(&digest(corpus, at)));
        let twice = twice.count();
        if twice > 0 {
            progress.note(&format!(
                "{twice} of {} texts for calibration are training texts: what is told of errors is too good",
                corpus.len()
            ));
        }
        Ok(CalibrationSet { corpus })
    }

    /// Returns the hash of the documents, in hexadecimal.
    pub(super) fn hash(&self) -> String {
        format!("{:016x}", self.corpus.hash)
    }

    pub(super) fn texts(&self) -> &'a Texts {
        &self.corpus.texts
    }

    pub(super) fn head(&self, name: &str) -> Option<&'a Head> {
        self.corpus.heads.iter().find(|head| head.name == name)
    }
}

impl Trainer {
    /// Returns the objective of a head's thresholds.
    pub(super) fn threshold_objective(&self, name: &str, kind: HeadKind) -> &ThresholdObjective {
        let default = if kind == HeadKind::Exclusive {
            &ThresholdObjective::Fixed
        } else {
            &ThresholdObjective::MaxF1
        };
        self.requested_objective(name, kind).unwrap_or(default)
    }

    /// Returns the objective that was requested for a head, if one was that fits its kind.
    fn requested_objective(&self, name: &str, kind: HeadKind) -> Option<&ThresholdObjective> {
        let is_matrix =
            |objective: &ThresholdObjective| matches!(objective, ThresholdObjective::CostMatrix(_));
        let requested = self
            .threshold_objectives
            .get(name)
            .unwrap_or(&self.thresholds);
        let fits = is_matrix(requested) == (kind == HeadKind::Exclusive);
        (*requested != ThresholdObjective::Auto && fits).then_some(requested)
    }

    /// Returns true if documents are cut into folds for a head.
    pub fn uses_folds(&self, name: &str, kind: HeadKind) -> bool {
        let selects = *self.threshold_objective(name, kind) != ThresholdObjective::Fixed;
        self.abstain
            || self.is_calibration_requested(name)
            || selects
            || matches!(self.of_head(name), Classifier::Stack(_))
    }

    fn calibration_method(&self, name: &str) -> Method {
        self.calibrations
            .get(name)
            .copied()
            .unwrap_or(self.calibrate)
    }

    fn is_calibration_requested(&self, name: &str) -> bool {
        !matches!(self.calibration_method(name), Method::Auto | Method::None)
    }

    /// Returns true if the decision rule of a head takes out-of-fold scores. These need a document
    /// for each fold; without, only what nobody requested is given up.
    pub(super) fn needs_out_of_fold(&self, head: &Head) -> Result<bool> {
        let kind = head.targets.kind();
        let objective = self.threshold_objective(&head.name, kind);
        let selection_requested = self
            .requested_objective(&head.name, kind)
            .is_some_and(|objective| *objective != ThresholdObjective::Fixed);
        let is_default = kind == HeadKind::Independent && *objective == ThresholdObjective::MaxF1;
        let requested = self.is_calibration_requested(&head.name)
            || self.abstain
            || selection_requested
            || (is_default && self.folds_requested);
        let (documents, folds) = (head.targets.documents(), self.folds as usize);
        if requested && documents < folds {
            return Err(Error::data(format!(
                "{documents} documents are too few for {folds} folds, on which thresholds or calibration of head `{}` were to be found", head.name
            ))
            .help(wording!["give more documents, less ", Setting::Folds, ", or documents kept apart as ", Setting::CalibrationSet.placeholder("FILE")]));
        }
        let by_default = *objective == ThresholdObjective::MaxF1 && documents >= folds;
        Ok(requested || by_default)
    }

    /// Notes that thresholds which are selected by default are fixed for want of documents.
    pub(super) fn note_fixed_thresholds(&self, head: &Head, progress: &dyn Progress) {
        let (kind, documents) = (head.targets.kind(), head.targets.documents());
        let objective = self.threshold_objective(&head.name, kind);
        if *objective == ThresholdObjective::MaxF1 && documents < self.folds as usize {
            progress.note(&format!(
                "{documents} documents are too few for {} folds: the thresholds of head `{}` are fixed, and its scores are not calibrated",
                self.folds, head.name
            ));
        }
    }

    /// Checks that the options of decision rules fit the heads.
    pub(super) fn verify_decision_rules(&self, corpus: &Corpus) -> Result<()> {
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
        for (name, objective) in &self.threshold_objectives {
            let exclusive = head(name)?.targets.kind() == HeadKind::Exclusive;
            if exclusive != matches!(objective, ThresholdObjective::CostMatrix(_)) {
                return Err(Error::usage(format!(
                    "thresholds for `{objective}` do not fit the head `{name}`"
                ))
                .help(wording![
                    "a head of ",
                    Setting::ExclusiveHead,
                    " takes cost=FILE; one of ",
                    Setting::IndependentHead,
                    " any other goal"
                ]));
            }
        }
        let has = |kind| corpus.heads.iter().any(|head| head.targets.kind() == kind);
        let lacking = match &self.thresholds {
            ThresholdObjective::Auto | ThresholdObjective::Fixed => None,
            ThresholdObjective::CostMatrix(_) => {
                (!has(HeadKind::Exclusive)).then_some(Setting::ExclusiveHead)
            }
            _ => (!has(HeadKind::Independent)).then_some(Setting::IndependentHead),
        };
        if let Some(kind) = lacking {
            return Err(Error::usage(wording![
                format!("thresholds for `{}` are for heads of ", self.thresholds),
                kind,
                ", of which there is none"
            ]));
        }
        corpus
            .heads
            .iter()
            .try_for_each(|head| self.verify_costs(head))
    }

    fn verify_costs(&self, head: &Head) -> Result<()> {
        let objective = self.threshold_objective(&head.name, head.targets.kind());
        let ThresholdObjective::CostMatrix(costs) = objective else {
            return Ok(());
        };
        if self.calibration_method(&head.name) == Method::None {
            return Err(Error::usage(format!(
                "expected costs need calibrated probabilities, but those of head `{}` are not",
                head.name
            ))
            .help(wording![
                "leave ",
                Setting::Calibrate.value("none"),
                " out, or write ",
                Setting::Calibrate.value("temperature")
            ]));
        }
        costs
            .matrix(&head.labels)
            .map(drop)
            .map_err(|e| e.at(format!("head `{}`", head.name)))
    }
}

impl DecisionRule {
    /// Fits the decision rule of a head; without scores it is that of the link.
    pub(super) fn fit(
        trainer: &Trainer,
        head: &Head,
        link: Link,
        scores: Option<&CalibrationScores<'_>>,
    ) -> Result<Self> {
        let Some(scores) = scores else {
            return Ok(DecisionRule::default());
        };
        let kind = head.targets.kind();
        let method = match trainer.calibration_method(&head.name) {
            Method::Auto if kind == HeadKind::Exclusive => Method::Temperature,
            Method::Auto => Method::Platt,
            requested => requested,
        };
        let decisions = scores.decisions.values();
        let calibration = Calibration::fit(method, decisions, &scores.targets, scores.weights);
        let abstains = trainer.abstain || scores.origin == Origin::KeptApart;
        let mut rule = DecisionRule {
            conformal: abstains.then(|| Conformal::fit(scores.origin, decisions, &scores.targets)),
            calibration,
            ..DecisionRule::default()
        };
        match trainer.threshold_objective(&head.name, kind) {
            ThresholdObjective::CostMatrix(costs) => rule.costs = Some(costs.matrix(&head.labels)?),
            ThresholdObjective::Fixed if kind == HeadKind::Independent => {
                let half = || vec![0.5; head.labels.len()];
                rule.thresholds = rule.calibration.as_ref().map(|_| half());
            }
            ThresholdObjective::Auto | ThresholdObjective::Fixed => {}
            objective => rule.select_thresholds(objective, link, scores),
        }
        Ok(rule)
    }

    /// Selects the threshold of each label of an independent head, on scores as they are published:
    /// calibrated where the head is.
    fn select_thresholds(
        &mut self,
        objective: &ThresholdObjective,
        link: Link,
        of: &CalibrationScores<'_>,
    ) {
        let labels = of.targets.labels();
        let mut scores = of.decisions.clone();
        let calibration = self.calibration.as_ref();
        scores.rows_mut().for_each(|row| match calibration {
            Some(calibration) => calibration.apply(HeadKind::Independent, row),
            None => link.apply(row),
        });
        // The threshold of a label without a known answer.
        let default = if calibration.is_some() {
            0.5
        } else {
            link.threshold()
        };
        let weights = SampleWeights::from(of.weights);
        let select = |label: usize| {
            let documents = (0..of.targets.documents()).filter_map(|document| {
                let holds = of.targets.holds(document, label)?;
                let score = scores.row(document)[label];
                Some((document, (score, holds, weights.of(document))))
            });
            let documents: Vec<_> = documents.collect();
            match documents.is_empty() {
                true => (default, ThresholdSelection::unknown(default)),
                false => calibrate::select_threshold(objective, &documents, &of.folds),
            }
        };
        let (thresholds, selections) = (0..labels).into_par_iter().map(select).unzip();
        self.thresholds = Some(thresholds);
        self.threshold_objective = Some(objective.clone());
        self.threshold_selections = selections;
    }
}

/// Returns the decision values of a stack for every fold, with weights fitted on the other folds.
pub(crate) fn stack_decisions(
    scores: &OutOfFoldScores,
    c: f64,
    targets: &Targets,
    weights: Option<&[f32]>,
) -> ScoreMatrix {
    let mut decisions = ScoreMatrix::zeros(targets.documents(), targets.labels());
    let mut row_decisions = Vec::new();
    for fold in 0..scores.folds.count() {
        let (outside, inside) = scores.folds.of(fold);
        let stack = StackWeights::fit(&scores.select(outside), targets, weights, c);
        let inside_scores = scores.select(inside.clone());
        for row in inside {
            stack.decide(&inside_scores, row, &mut row_decisions);
            decisions.row_mut(row).copy_from_slice(&row_decisions);
        }
    }
    decisions
}
