//! Options and result of a search.

use super::folds::RepeatedFolds;
use super::search::Search;
use super::{Objective, SearchSpace, TrialLog};
use crate::Error;
use crate::Result;
use crate::background::Blend;
use crate::corpus::{Corpus, Head};
use crate::features::TfIdfOptions;
use crate::io::Progress;
use crate::linear::BaseEstimator;
use crate::train::Trainer;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Number of documents from which on folds are drawn once.
const FEW_DOCUMENTS: usize = 1000;

/// Options of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuner {
    /// Objective; default macro-F1.
    pub objective: Objective,
    /// Candidates.
    pub space: SearchSpace,
    /// Number of folds, at least 2; default 5.
    pub folds: u32,
    /// Number of times that all documents are divided into folds, each time anew; default none,
    /// which is twice for fewer than 1,000 documents, where chance moves the scores of folds most,
    /// and otherwise once.
    pub repetitions: Option<u32>,
    /// Seed of the folds and of the solvers; default 0.
    pub seed: u64,
    /// Tries a stack of the best; default true. It needs 400 documents.
    pub stack: bool,
    /// Time after which no further trial is begun; default none.
    pub time: Option<Duration>,
    /// Memory that the features and weights of a candidate may take, in bytes; default no limit.
    pub memory: Option<u64>,
    /// Word vectors that take part in all candidates; those of the space that cannot take any are
    /// left out. Default none.
    pub background: Option<Blend>,
    /// Weights of the word vectors that are tried with all kinds of features; default 0.5, 1 and 2.
    /// Without any it is that of the background.
    pub background_weights: Vec<f64>,
}

impl Default for Tuner {
    fn default() -> Self {
        let (objective, space) = (Objective::default(), SearchSpace::default());
        let background_weights = vec![0.5, 1.0, 2.0];
        let (background, time, memory) = (None, None, None);
        Tuner {
            objective,
            space,
            folds: 5,
            repetitions: None,
            seed: 0,
            stack: true,
            time,
            memory,
            background,
            background_weights,
        }
    }
}

/// Result of a search.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TuningResult {
    /// The options that won; with them [`Trainer::train`] makes the model.
    pub trainer: Trainer,
    /// The choice for each head.
    pub chosen: Vec<BestCandidate>,
    /// Number of trials that were made or taken from the log.
    pub trials: usize,
    /// True if the search ended before it was done.
    pub cut_short: bool,
}

/// The classifier that won a head.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BestCandidate {
    /// The head.
    pub head: String,
    /// The classifier, with its part of the features where that is not all.
    pub estimator: BaseEstimator,
    /// Objective on each fold that it was evaluated on.
    pub scores: Vec<f64>,
}

impl Tuner {
    /// Searches, going on from what `log` knows, until everything is tried, the time is over or
    /// `stop` is true.
    ///
    /// # Errors
    /// A usage error for options that do not fit, a data error for a corpus that cannot be learnt,
    /// or if the search was stopped before its first trial.
    pub fn tune(
        &self,
        corpus: &Corpus,
        log: &mut TrialLog,
        stop: &(dyn Fn() -> bool + Sync),
        progress: &dyn Progress,
    ) -> Result<TuningResult> {
        let restricted = self.background.as_ref().map(|blend| self.restricted(blend));
        restricted
            .as_ref()
            .unwrap_or(self)
            .run(corpus, log, stop, progress)
    }

    /// Returns the same search among candidates that can take word vectors, each kind of features
    /// once for each weight.
    fn restricted(&self, blend: &Blend) -> Tuner {
        let mut tuner = self.clone();
        tuner
            .space
            .features
            .retain(|features| blend.suits(features));
        if tuner.background_weights.is_empty() {
            tuner.background_weights.push(blend.weight);
        }
        tuner.space.features = vec![tuner.space.features; tuner.background_weights.len()].concat();
        tuner
            .space
            .estimators
            .retain(BaseEstimator::takes_word_vectors);
        tuner.space.probes.retain(BaseEstimator::takes_word_vectors);
        tuner
    }

    /// Returns the word vectors beside a kind of features.
    pub(super) fn blend(&self, features: usize) -> Option<Blend> {
        let blend = self.background.clone()?;
        let kinds = self.space.features.len() / self.background_weights.len().max(1);
        let weight = self
            .background_weights
            .get(features / kinds.max(1))
            .copied();
        Some(Blend {
            weight: weight.unwrap_or(blend.weight),
            ..blend
        })
    }

    fn run(
        &self,
        corpus: &Corpus,
        log: &mut TrialLog,
        stop: &(dyn Fn() -> bool + Sync),
        progress: &dyn Progress,
    ) -> Result<TuningResult> {
        self.verify(corpus)?;
        let estimators = self
            .space
            .estimators
            .iter()
            .chain(&self.space.probes)
            .cloned()
            .collect();
        let repetitions = self.repetitions.unwrap_or(match corpus.len() {
            0..FEW_DOCUMENTS => 2,
            _ => 1,
        });
        let folds = |head: &Head| {
            RepeatedFolds::stratified(&head.targets, self.folds, repetitions, self.seed)
        };
        let mut search = Search {
            tuner: self,
            corpus,
            folds: corpus.heads.iter().map(folds).collect(),
            estimators,
            scores: vec![BTreeMap::new(); corpus.heads.len()],
            screening_scores: Vec::new(),
            log,
            trials: 0,
            cut_short: false,
            end: self.time.map(|time| Instant::now() + time),
            stop,
            progress,
        };
        search.run()
    }

    fn verify(&self, corpus: &Corpus) -> Result<()> {
        if self.folds < 2 || corpus.len() < 2 * self.folds as usize {
            return Err(Error::usage(format!(
                "{} documents and {} folds",
                corpus.len(),
                self.folds
            ))
            .help("give at least 2 folds of 2 documents"));
        }
        let SearchSpace {
            features,
            probes,
            estimators,
        } = &self.space;
        if features.is_empty()
            || probes.is_empty()
            || estimators.is_empty()
            || corpus.heads.is_empty()
        {
            return Err(Error::usage("there is nothing to search"));
        }
        features.iter().try_for_each(TfIdfOptions::verify)?;
        estimators
            .iter()
            .chain(probes)
            .try_for_each(|estimator| estimator.classifier.verify())?;
        Trainer {
            features: features[0].clone(),
            ..Trainer::default()
        }
        .verify(corpus)
    }
}
