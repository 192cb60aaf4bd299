//! Training recipe of a head, which training, warm start and training from a stream share.
//!
//! 1. [`fit_head`](Recipe::fit_head) finds the weights, and out-of-fold scores where they are
//!    needed;
//! 2. [`Recipe::train`] does so for all heads and drops background terms that none of them needs;
//! 3. [`FittedHead::finish`] rounds the weights as the model keeps them, fits the decision rule on
//!    scores of unseen documents and writes the metadata.
//!
//! A stream finds the weights batch by batch and joins at the third step.

use super::decision_rule::{CalibrationScores, CalibrationSet, DecisionRule};
use super::out_of_fold::{FoldFitter, OutOfFoldPlan};
use super::profile::UnseenHead;
use super::{Trainer, profile};
use crate::background::BlendedFeatures;
use crate::corpus::{Corpus, Head};
use crate::features::{SparseRows, TfIdf};
use crate::io::Progress;
use crate::linear::{Classifier, LinearModel, OutOfFoldScores, Problem};
use crate::model::{HeadMetadata, HeadPredictions, HeadProfile, Model, ModelHead};
use crate::{Error, Result};

/// Corpus and features on which all heads of a model are trained.
pub(super) struct Recipe<'a> {
    pub trainer: &'a Trainer,
    pub corpus: &'a Corpus,
    pub features: FeatureSource<'a>,
    /// Documents for decision rules, instead of out-of-fold scores.
    pub calibration_set: Option<CalibrationSet<'a>>,
    pub progress: &'a dyn Progress,
}

/// Origin of the features, which decides what is fitted anew without each fold.
pub(super) enum FeatureSource<'a> {
    /// Features fitted on the corpus; those of a fold are fitted without its documents.
    Fitted(&'a BlendedFeatures),
    /// Features of an older model, which stay as they are in every fold. Its weights are the start.
    Kept { old: &'a Model, rows: SparseRows },
}

/// Trained heads over their features.
pub(super) struct TrainedHeads {
    pub tfidf: TfIdf,
    pub heads: Vec<ModelHead>,
    /// The heads on unseen documents, where there are scores of any.
    pub unseen: Vec<Option<UnseenHead>>,
}

impl TrainedHeads {
    /// Takes the profiles of the heads, and their predictions for unseen documents.
    pub(super) fn take_unseen(&mut self) -> (Vec<Option<HeadProfile>>, Vec<HeadPredictions>) {
        let (mut profiles, mut predictions) = (Vec::new(), Vec::new());
        for unseen in self.unseen.drain(..) {
            let parts = unseen.map(|unseen| (unseen.profile, unseen.predictions));
            let (profile, predicted) = parts.unzip();
            profiles.push(profile);
            predictions.extend(predicted);
        }
        (profiles, predictions)
    }
}

/// Weights of a head, on their way into a model.
pub(super) struct FittedHead {
    pub classifier: Classifier,
    pub linear: LinearModel,
    /// Out-of-fold scores for the decision rule, if it takes them.
    pub out_of_fold: Option<OutOfFoldScores>,
}

impl FeatureSource<'_> {
    fn rows(&self) -> &SparseRows {
        match self {
            FeatureSource::Fitted(features) => &features.rows,
            FeatureSource::Kept { rows, .. } => rows,
        }
    }

    fn tfidf(&self) -> &TfIdf {
        match self {
            FeatureSource::Fitted(features) => &features.tfidf,
            FeatureSource::Kept { old, .. } => old.tfidf(),
        }
    }

    /// Returns the model of a head to start from, with room for new labels.
    fn start(&self, head: &Head) -> Option<LinearModel> {
        match self {
            FeatureSource::Fitted(_) => None,
            FeatureSource::Kept { old, .. } => old
                .head(&head.name)
                .map(|(_, old)| old.linear().widened(head.labels.len())),
        }
    }
}

impl Recipe<'_> {
    /// Trains all heads.
    pub(super) fn train(&self) -> Result<TrainedHeads> {
        let heads = &self.corpus.heads;
        let fitted = heads.iter().map(|head| self.fit_head(head));
        let mut fitted: Vec<FittedHead> = fitted.collect::<Result<_>>()?;
        let tfidf = self.drop_background_terms(&mut fitted)?;
        let finished = heads
            .iter()
            .zip(fitted)
            .map(|(head, fitted)| self.finish_head(head, fitted, &tfidf));
        let finished: Vec<_> = finished.collect::<Result<_>>()?;
        let (heads, unseen) = finished.into_iter().unzip();
        Ok(TrainedHeads {
            tfidf,
            heads,
            unseen,
        })
    }

    /// Fits the weights of a head, and its out-of-fold scores where a stack or the decision rule
    /// needs them.
    fn fit_head(&self, head: &Head) -> Result<FittedHead> {
        let Recipe {
            trainer, progress, ..
        } = *self;
        let classifier = trainer.classifier_of(&head.name, &head.labels);
        let mut for_decision_rule = false;
        if self.calibration_set.is_none() {
            for_decision_rule = trainer.needs_out_of_fold(head)?;
            if !for_decision_rule {
                trainer.note_fixed_thresholds(head, progress);
            }
        }
        let start = self.features.start(head);
        let problem = Problem {
            words: self.features.tfidf().vocabulary().words(),
            weights: self.corpus.weights.as_deref(),
            start: start.as_ref(),
            memory: trainer.memory(),
            ..Problem::new(self.features.rows(), &head.targets, progress)
        };
        let plan = OutOfFoldPlan::new(trainer, head, &classifier, for_decision_rule)?;
        let out_of_fold = plan
            .map(|plan| self.out_of_fold(head, &problem, plan))
            .transpose()?;
        let linear = classifier.fit(&Problem {
            out_of_fold: out_of_fold.as_ref(),
            ..problem
        })?;
        let linear = match &self.features {
            // Word vectors are sums over words, so their weights become weights of words.
            FeatureSource::Fitted(features) => features.fold(linear, trainer.memory())?,
            FeatureSource::Kept { .. } => linear,
        };
        Ok(FittedHead {
            classifier,
            linear,
            out_of_fold: out_of_fold.filter(|_| for_decision_rule),
        })
    }

    fn out_of_fold(
        &self,
        head: &Head,
        problem: &Problem<'_>,
        plan: OutOfFoldPlan,
    ) -> Result<OutOfFoldScores> {
        let OutOfFoldPlan { estimators, folds } = plan;
        match &self.features {
            FeatureSource::Fitted(_) => FoldFitter {
                features: &self.trainer.features,
                background: self.trainer.background.as_ref(),
                corpus: self.corpus,
                head,
                memory: self.trainer.memory(),
            }
            .scores(&estimators, folds, self.progress),
            FeatureSource::Kept { .. } => OutOfFoldScores::fit(&estimators, problem, folds),
        }
    }

    /// Drops the background terms that matter least to all heads, if the number of terms is
    /// limited; returns the features of the others.
    fn drop_background_terms(&self, fitted: &mut [FittedHead]) -> Result<TfIdf> {
        let limit = self
            .trainer
            .background
            .as_ref()
            .and_then(|blend| blend.terms);
        let (FeatureSource::Fitted(features), Some(limit)) = (&self.features, limit) else {
            return Ok(self.features.tfidf().clone());
        };
        let models = fitted.iter().map(|fitted| &fitted.linear);
        let Some(keep) = features.select_terms(limit, models) else {
            return Ok(features.tfidf.clone());
        };
        for head in fitted {
            head.linear = head.linear.retained(&keep);
        }
        features.tfidf.retained(&keep)
    }

    /// Fits the decision rule of a head whose weights are found, and profiles the head on the scores
    /// of unseen documents where there are any.
    fn finish_head(
        &self,
        head: &Head,
        mut fitted: FittedHead,
        tfidf: &TfIdf,
    ) -> Result<(ModelHead, Option<UnseenHead>)> {
        let trainer = self.trainer;
        // The decision rule must see the scores of the weights as the model keeps them.
        fitted.linear = trainer.rounded(fitted.linear);
        let calibration = self
            .calibration_set
            .as_ref()
            .and_then(|set| Some((set, set.head(&head.name)?)));
        let scores = match (calibration, &fitted.out_of_fold) {
            (Some((set, of)), _) => Some(CalibrationScores::of_calibration_set(
                &fitted.linear,
                tfidf,
                set,
                of,
                trainer,
            )?),
            (None, Some(scores)) => Some(CalibrationScores::out_of_fold(
                scores,
                &fitted.classifier,
                &head.targets,
                self.corpus.weights.as_deref(),
            )),
            (None, None) => None,
        };
        let link = fitted.classifier.link(head.targets.kind());
        let rule = DecisionRule::fit(trainer, head, link, scores.as_ref())?;
        let support = head.targets.support(None);
        let support = support.iter().map(|[yes, _]| *yes).collect();
        let finished = fitted.finish(&head.name, &head.labels, support, rule)?;
        let unseen = scores.filter(|_| trainer.profile);
        let unseen = unseen.map(|scores| profile::of_unseen(finished.metadata(), head, &scores));
        Ok((finished, unseen))
    }
}

impl FittedHead {
    /// Returns the head of a model; without thresholds it has those of its link.
    ///
    /// # Errors
    /// A data error if weights are not finite.
    pub(super) fn finish(
        self,
        name: &str,
        labels: &[String],
        support: Vec<f64>,
        rule: DecisionRule,
    ) -> Result<ModelHead> {
        let FittedHead {
            classifier, linear, ..
        } = self;
        if !linear.is_finite() {
            return Err(
                Error::data(format!("the weights of head `{name}` are not finite"))
                    .help("lower C, raise alpha, or look for extreme sample weights"),
            );
        }
        let kind = linear.kind();
        let link = classifier.link(kind);
        let default_thresholds = || vec![link.threshold(); labels.len()];
        let metadata = HeadMetadata {
            name: name.to_string(),
            kind,
            labels: labels.to_vec(),
            support,
            classifier,
            link,
            thresholds: rule.thresholds.unwrap_or_else(default_thresholds),
            threshold_objective: rule.threshold_objective,
            threshold_selections: rule.threshold_selections,
            calibration: rule.calibration,
            costs: rule.costs,
            conformal: rule.conformal,
        };
        Ok(ModelHead::new(metadata, linear))
    }
}
