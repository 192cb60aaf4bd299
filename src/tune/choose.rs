//! Choice of the best candidates at the end of a search.

use super::search::{Candidate, Search, mean};
use super::{BestCandidate, Tuner, TuningResult};
use crate::linear::{BaseEstimator, Classifier, FeatureSubset, Stack};
use crate::model::BackgroundMetadata;
use crate::train::Trainer;
use crate::{Error, Result};
use std::collections::BTreeMap;

impl Search<'_> {
    /// Returns the features whose best classifiers have the greatest sum of scores, among those
    /// evaluated on most folds.
    pub(super) fn choose(&self) -> Result<TuningResult> {
        let none = || {
            Error::data("the search ended before its first trial")
                .help("give it more time, or more memory")
        };
        let evaluated = if self.scores.iter().any(BTreeMap::is_empty) {
            &self.screening_scores
        } else {
            &self.scores
        };
        let single = |candidate: &Candidate| {
            !matches!(
                self.estimators[candidate.estimator].classifier,
                Classifier::Stack(_)
            )
        };
        let lengths = evaluated
            .iter()
            .flatten()
            .filter(|(candidate, _)| single(candidate));
        let folds = lengths
            .map(|(_, scores)| scores.len())
            .max()
            .ok_or_else(none)?;
        // A stack is evaluated on all folds at once: only the folds of the other candidates count.
        let compared = |scores: &Vec<f64>| mean(&scores[..folds]);
        let of_head = |scores: &BTreeMap<Candidate, Vec<f64>>, features: usize| {
            let own = scores
                .iter()
                .filter(|(c, s)| c.features == features && s.len() >= folds);
            let best = own.reduce(|best, next| {
                if compared(next.1) > compared(best.1) {
                    next
                } else {
                    best
                }
            });
            best.map(|(candidate, scores)| (*candidate, scores.clone()))
        };
        let of_features = |features: usize| -> Option<Vec<(Candidate, Vec<f64>)>> {
            evaluated
                .iter()
                .map(|scores| of_head(scores, features))
                .collect()
        };
        let all = (0..self.tuner.space.features.len()).filter_map(of_features);
        let sum =
            |best: &[(Candidate, Vec<f64>)]| best.iter().map(|(_, s)| compared(s)).sum::<f64>();
        let best = all.reduce(|best, next| if sum(&next) > sum(&best) { next } else { best });
        Ok(self.tuned(best.ok_or_else(none)?))
    }

    fn tuned(&self, best: Vec<(Candidate, Vec<f64>)>) -> TuningResult {
        let features = best[0].0.features;
        let background = self.tuner.blend(features);
        let mut trainer = Trainer {
            features: self.tuner.space.features[features].clone(),
            folds: self.tuner.folds,
            seed: self.tuner.seed,
            found_with: background.as_ref().map(BackgroundMetadata::new),
            background,
            ..Trainer::default()
        };
        let mut chosen = Vec::new();
        for (head, (candidate, scores)) in self.corpus.heads.iter().zip(best) {
            let estimator = self.estimators[candidate.estimator].clone();
            trainer.classifiers.insert(
                head.name.clone(),
                as_classifier(estimator.clone(), self.tuner),
            );
            chosen.push(BestCandidate {
                head: head.name.clone(),
                estimator,
                scores,
            });
        }
        TuningResult {
            trainer,
            chosen,
            trials: self.trials,
            cut_short: self.cut_short,
        }
    }
}

/// Returns a classifier that sees what the estimator sees: a stack of one where that is not all.
fn as_classifier(estimator: BaseEstimator, tuner: &Tuner) -> Classifier {
    match estimator.features {
        FeatureSubset::All => estimator.classifier,
        _ => Stack {
            folds: tuner.folds,
            seed: tuner.seed,
            ..Stack::new(vec![estimator])
        }
        .into(),
    }
}
