//! Successive halving: candidates are evaluated fold by fold, and ever fewer of them.

use super::folds::RepeatedFolds;
use super::{Trial, TrialLog, Tuner, TuningResult};
use crate::Result;
use crate::corpus::Corpus;
use crate::io::Progress;
use crate::linear::{BaseEstimator, Classifier, FeatureSubset, LinearSvm};
use crate::train::FoldFeatures;
use std::collections::BTreeMap;
use std::time::Instant;

/// Greatest number of documents of the screening.
const MAX_SCREENED: usize = 20_000;
/// Kinds of features that pass the screening at least, and candidates a head after the first folds.
const MIN_KINDS: usize = 4;
const CANDIDATES_AFTER_FOLD: [usize; 2] = [16, 6];
/// Shares of the time after which no further kind of features is begun on the first folds.
const TIME_SHARES: [f64; 2] = [0.45, 0.6];
/// Number of folds after which a stack of the best is tried.
const STACK_AFTER: u32 = 2;

/// A kind of features and a classifier, by their numbers in the space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    pub features: usize,
    pub estimator: usize,
}

pub(super) struct Search<'a> {
    pub tuner: &'a Tuner,
    pub corpus: &'a Corpus,
    pub folds: Vec<RepeatedFolds>,
    /// Estimators of the space, and the probes after them.
    pub estimators: Vec<BaseEstimator>,
    /// Scores of each head's candidates by fold.
    pub scores: Vec<BTreeMap<Candidate, Vec<f64>>>,
    /// The scores of the probes, for a search that gets no further.
    pub screening_scores: Vec<BTreeMap<Candidate, Vec<f64>>>,
    pub log: &'a mut TrialLog,
    pub trials: usize,
    pub cut_short: bool,
    pub end: Option<Instant>,
    pub stop: &'a (dyn Fn() -> bool + Sync),
    pub progress: &'a dyn Progress,
}

impl Search<'_> {
    pub(super) fn run(&mut self) -> Result<TuningResult> {
        if let Some(kinds) = self.screen_features()? {
            let mut left = self.candidates(&kinds);
            let folds = self.folds.iter().map(RepeatedFolds::total).max();
            for fold in 0..folds.unwrap_or(0) {
                self.evaluate_candidates(&left, fold)?;
                left = self.best(
                    CANDIDATES_AFTER_FOLD
                        .get(fold as usize)
                        .copied()
                        .unwrap_or(left.len()),
                );
                if fold + 1 == STACK_AFTER.min(self.tuner.folds) {
                    self.try_stacks(&left)?;
                }
            }
        }
        self.choose()
    }

    /// Returns true if more than a share of the time is over, so that no further kind of features
    /// is begun.
    fn is_spent(&self, share: f64) -> bool {
        let time = self.tuner.time.zip(self.end);
        time.is_some_and(|(time, end)| Instant::now() + time.mul_f64(1.0 - share) >= end)
    }

    pub(super) fn is_over(&self) -> bool {
        (self.stop)() || self.end.is_some_and(|end| Instant::now() >= end)
    }

    /// Screens every kind of features on a part of the first fold; returns the best kinds, or
    /// `None` if the time is over.
    fn screen_features(&mut self) -> Result<Option<Vec<usize>>> {
        let kinds = self.tuner.space.features.len();
        let probes: Vec<usize> =
            (self.tuner.space.estimators.len()..self.estimators.len()).collect();
        self.progress.stage("trying features", kinds as u64);
        for features in 0..kinds {
            if self.is_over() {
                self.cut_short = true;
                return Ok(None);
            }
            self.evaluate(features, &probes, 0, MAX_SCREENED)?;
            self.progress.advance(1);
        }
        let mut order: Vec<usize> = (0..kinds).collect();
        let best_score: Vec<f64> = order
            .iter()
            .map(|&features| self.best_score(features))
            .collect();
        order.sort_by(|&a, &b| best_score[b].total_cmp(&best_score[a]).then(a.cmp(&b)));
        order.truncate(MIN_KINDS.max(kinds / 4));
        self.screening_scores =
            std::mem::replace(&mut self.scores, vec![BTreeMap::new(); self.folds.len()]);
        Ok(Some(order))
    }

    /// Returns the sum over the heads of the best score with these features.
    pub(super) fn best_score(&self, features: usize) -> f64 {
        let best_of_head = |scores: &BTreeMap<Candidate, Vec<f64>>| {
            let own = scores
                .iter()
                .filter(|(candidate, _)| candidate.features == features);
            own.map(|(_, scores)| mean(scores)).fold(0.0, f64::max)
        };
        self.scores.iter().map(best_of_head).sum()
    }

    /// Returns all classifiers on these kinds of features.
    fn candidates(&self, kinds: &[usize]) -> Vec<Candidate> {
        let mut all = Vec::new();
        for &features in kinds {
            let estimators = 0..self.tuner.space.estimators.len();
            let own = estimators.filter(|&estimator| self.is_distinct(features, estimator));
            all.extend(own.map(|estimator| Candidate {
                features,
                estimator,
            }));
        }
        all.extend(self.plain());
        let place = |features: usize| kinds.iter().position(|kind| *kind == features);
        all.sort_by_key(|candidate| (place(candidate.features), candidate.estimator));
        all.dedup();
        all
    }

    /// Evaluates candidates on a fold, one kind of features after the other, as long as there is
    /// time.
    fn evaluate_candidates(&mut self, left: &[Candidate], fold: u32) -> Result<()> {
        let share = TIME_SHARES.get(fold as usize).copied().unwrap_or(1.0);
        let kinds: Vec<&[Candidate]> = left.chunk_by(|a, b| a.features == b.features).collect();
        self.progress
            .stage("trying classifiers", kinds.len() as u64);
        for (at, of_kind) in kinds.into_iter().enumerate() {
            if self.is_over() || at > 0 && self.is_spent(share) {
                self.cut_short = true;
                return Ok(());
            }
            let estimators: Vec<usize> = of_kind
                .iter()
                .map(|candidate| candidate.estimator)
                .collect();
            self.evaluate(of_kind[0].features, &estimators, fold, usize::MAX)?;
            self.progress.advance(1);
        }
        Ok(())
    }

    /// Returns true if an estimator is another one than that which sees all features.
    fn is_distinct(&self, features: usize, estimator: usize) -> bool {
        let options = &self.tuner.space.features[features];
        let both = options.word_ngrams.is_some() && options.char_ngrams.is_some();
        both || self.estimators[estimator].features == FeatureSubset::All
    }

    /// Returns the first kind of features with the default classifier, if it is a candidate. It is
    /// evaluated on every fold, so that what wins is known to be better than it.
    fn plain(&self) -> Option<Candidate> {
        let default = LinearSvm {
            seed: self.tuner.seed,
            ..LinearSvm::default()
        };
        let default = BaseEstimator::from(Classifier::from(default));
        let estimators = &self.tuner.space.estimators;
        let estimator = estimators.iter().position(|known| *known == default)?;
        Some(Candidate {
            features: 0,
            estimator,
        })
    }

    /// Returns the `most` best candidates of each head and the plain one, all heads together,
    /// without stacks, which are evaluated on all folds at once.
    fn best(&self, most: usize) -> Vec<Candidate> {
        let single =
            |candidate: &Candidate| candidate.estimator < self.tuner.space.estimators.len();
        let head_data = |scores| ranked(scores).into_iter().filter(single).take(most);
        let mut best: Vec<Candidate> = self.scores.iter().flat_map(head_data).collect();
        best.extend(self.plain());
        best.sort_unstable();
        best.dedup();
        best
    }

    /// Judges members on one fold for every head, learning from at most `most` documents.
    fn evaluate(
        &mut self,
        features: usize,
        estimators: &[usize],
        fold: u32,
        most: usize,
    ) -> Result<()> {
        for head in 0..self.corpus.heads.len() {
            let (outside, inside) = self.folds[head].of(fold);
            let (outside, inside) = (spread(outside, most), spread(inside, most / 4));
            let unknown: Vec<usize> = estimators
                .iter()
                .copied()
                .filter(|&estimator| {
                    !self.recall(
                        head,
                        Candidate {
                            features,
                            estimator,
                        },
                        fold,
                        outside.len(),
                    )
                })
                .collect();
            if !unknown.is_empty() {
                self.evaluate_estimators(head, features, &unknown, fold, &outside, &inside)?;
            }
        }
        Ok(())
    }

    pub(super) fn trial(
        &self,
        head: usize,
        candidate: Candidate,
        fold: u32,
        documents: usize,
    ) -> Trial {
        Trial {
            head: self.corpus.heads[head].name.clone(),
            features: self.tuner.space.features[candidate.features].clone(),
            background_weight: self
                .tuner
                .blend(candidate.features)
                .map(|blend| blend.weight),
            estimator: self.estimators[candidate.estimator].clone(),
            fold,
            documents,
            score: None,
            seconds: 0.0,
        }
    }

    /// Reads a score from the log; returns false if it is not there.
    pub(super) fn recall(
        &mut self,
        head: usize,
        candidate: Candidate,
        fold: u32,
        documents: usize,
    ) -> bool {
        let known = self
            .log
            .score(&self.trial(head, candidate, fold, documents));
        if let Some(score) = known {
            self.trials += 1;
            self.keep(head, candidate, score);
        }
        known.is_some()
    }

    pub(super) fn keep(&mut self, head: usize, candidate: Candidate, score: Option<f64>) {
        if let Some(score) = score {
            self.scores[head].entry(candidate).or_default().push(score);
        }
    }

    fn evaluate_estimators(
        &mut self,
        head: usize,
        features: usize,
        estimators: &[usize],
        fold: u32,
        outside: &[usize],
        inside: &[usize],
    ) -> Result<()> {
        let options = &self.tuner.space.features[features];
        let head_data = &self.corpus.heads[head];
        let background = self.tuner.blend(features);
        let fold_features =
            FoldFeatures::fit(options, background.as_ref(), self.corpus, outside, inside)?;
        let fits = self
            .tuner
            .memory
            .is_none_or(|most| fold_features.bytes(head_data.labels.len()) <= most);
        let truth = head_data.targets.select(inside);
        let mut before = None;
        for &estimator in estimators {
            let (candidate, begun) = (
                Candidate {
                    features,
                    estimator,
                },
                Instant::now(),
            );
            let mut trial = self.trial(head, candidate, fold, outside.len());
            if fits {
                let decisions = fold_features.decide(
                    &self.estimators[estimator],
                    self.corpus,
                    head_data,
                    &mut before,
                )?;
                trial.score = Some(self.tuner.objective.evaluate(
                    &head_data.labels,
                    &truth,
                    &decisions,
                )?);
            }
            trial.seconds = begun.elapsed().as_secs_f64();
            self.log.note(&trial)?;
            self.trials += 1;
            self.keep(head, candidate, trial.score);
            if self.is_over() {
                self.cut_short = true;
                break;
            }
        }
        Ok(())
    }
}

/// Returns at most `most` of the rows, evenly spread.
fn spread(rows: Vec<usize>, most: usize) -> Vec<usize> {
    let step = rows.len().div_ceil(most.max(1)).max(1);
    rows.into_iter().step_by(step).collect()
}

pub(super) fn mean(scores: &[f64]) -> f64 {
    scores.iter().sum::<f64>() / scores.len().max(1) as f64
}

/// Sorts candidates by the number of folds that they were evaluated on, then by their score; equal
/// ones in their order.
fn ranked(scores: &BTreeMap<Candidate, Vec<f64>>) -> Vec<Candidate> {
    let mut order: Vec<(&Candidate, &Vec<f64>)> = scores.iter().collect();
    order.sort_by(|a, b| {
        b.1.len()
            .cmp(&a.1.len())
            .then(mean(b.1).total_cmp(&mean(a.1)))
            .then(a.0.cmp(b.0))
    });
    order.into_iter().map(|(candidate, _)| *candidate).collect()
}
