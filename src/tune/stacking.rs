//! Stack of the best candidates as one candidate more.

use super::search::{Candidate, Search};
use crate::Result;
use crate::linear::{BaseEstimator, Classifier, Stack};
use crate::math::matrix::ScoreMatrix;
use crate::train::FoldFitter;
use std::time::Instant;

/// Least number of documents: with fewer a stack is worse than its best estimator as often as not.
const MIN_STACKED: usize = 400;

impl Search<'_> {
    /// Evaluates a stack of the best of each kind on the best features, those with characters if
    /// there are any.
    pub(super) fn try_stacks(&mut self, left: &[Candidate]) -> Result<()> {
        if !self.tuner.stack || self.corpus.len() < MIN_STACKED || self.is_over() {
            return Ok(());
        }
        let mut kinds: Vec<usize> = left.iter().map(|candidate| candidate.features).collect();
        kinds.sort_by(|&a, &b| self.best_score(b).total_cmp(&self.best_score(a)));
        let with_characters =
            |features: &usize| self.tuner.space.features[*features].char_ngrams.is_some();
        let Some(&features) = kinds.iter().find(|f| with_characters(f)).or(kinds.first()) else {
            return Ok(());
        };
        self.progress
            .stage("stacking", self.corpus.heads.len() as u64);
        for head in 0..self.corpus.heads.len() {
            let estimators = self.best_of_each_kind(head, features);
            let Some(estimators) = self.affordable(head, features, estimators) else {
                continue;
            };
            let stack = Stack {
                folds: self.tuner.folds,
                seed: self.tuner.seed,
                ..Stack::new(estimators)
            };
            let estimator = self.estimators.len();
            self.estimators.push(Classifier::from(stack).into());
            self.evaluate_stack(
                head,
                Candidate {
                    features,
                    estimator,
                },
            )?;
            self.progress.advance(1);
        }
        Ok(())
    }

    /// Returns for each kind of classifier and subset of features the one that is best on the first
    /// fold.
    fn best_of_each_kind(&self, head: usize, features: usize) -> Vec<usize> {
        let mut best: Vec<(String, f64, usize)> = Vec::new();
        for (candidate, scores) in self.scores[head]
            .iter()
            .filter(|(c, _)| c.features == features)
        {
            let (kind, score) = (kind(&self.estimators[candidate.estimator]), scores[0]);
            match best.iter_mut().find(|(other, _, _)| *other == kind) {
                Some(known) if known.1 < score => (known.1, known.2) = (score, candidate.estimator),
                Some(_) => {}
                None => best.push((kind, score, candidate.estimator)),
            }
        }
        best.sort_by(|a, b| b.1.total_cmp(&a.1));
        best.into_iter()
            .map(|(_, _, estimator)| estimator)
            .collect()
    }

    /// The first of `estimators` that can be fitted on all folds before the time is over, by what
    /// the first fold took; `None` if they are not two.
    fn affordable(
        &mut self,
        head: usize,
        features: usize,
        estimators: Vec<usize>,
    ) -> Option<Vec<BaseEstimator>> {
        let documents = self.folds[head].of(0).0.len();
        let seconds = |&estimator: &usize| {
            self.log.seconds(&self.trial(
                head,
                Candidate {
                    features,
                    estimator,
                },
                0,
                documents,
            )) * f64::from(self.folds[head].total())
        };
        let left = self
            .end
            .map_or(f64::INFINITY, |end| (end - Instant::now()).as_secs_f64());
        let needed = estimators.iter().scan(0.0, |sum, estimator| {
            *sum += seconds(estimator);
            Some(*sum)
        });
        let most = needed.take_while(|&needed| needed <= left).count();
        self.cut_short |= most < estimators.len();
        (most >= 2).then(|| {
            estimators[..most]
                .iter()
                .map(|&estimator| self.estimators[estimator].clone())
                .collect()
        })
    }

    fn evaluate_stack(&mut self, head: usize, candidate: Candidate) -> Result<()> {
        let Classifier::Stack(stack) = self.estimators[candidate.estimator].classifier.clone()
        else {
            return Ok(());
        };
        let folds = self.folds[head].total();
        let known = |search: &mut Self, fold| {
            let documents = search.folds[head].of(fold).0.len();
            search.recall(head, candidate, fold, documents)
        };
        if (0..folds).all(|fold| known(self, fold)) {
            return Ok(());
        }
        self.scores[head].remove(&candidate);
        let (of_head, begun) = (&self.corpus.heads[head], Instant::now());
        let options = &self.tuner.space.features[candidate.features];
        let background = self.tuner.blend(candidate.features);
        let fitter = FoldFitter {
            features: options,
            background: background.as_ref(),
            corpus: self.corpus,
            head: of_head,
            memory: crate::io::memory::free(),
        };
        let repetitions = self.folds[head].repetitions().iter();
        let decisions: Vec<ScoreMatrix> = repetitions
            .map(|folds| fitter.stack_decisions(&stack, folds.clone(), self.progress))
            .collect::<Result<_>>()?;
        for fold in 0..folds {
            let (outside, inside) = self.folds[head].of(fold);
            let score = self.tuner.objective.evaluate(
                &of_head.labels,
                &of_head.targets.select(&inside),
                &decisions[(fold / self.tuner.folds) as usize].select(&inside),
            )?;
            let mut trial = self.trial(head, candidate, fold, outside.len());
            (trial.score, trial.seconds) = (
                Some(score),
                begun.elapsed().as_secs_f64() / f64::from(folds),
            );
            self.log.note(&trial)?;
            self.trials += 1;
            self.keep(head, candidate, trial.score);
        }
        Ok(())
    }
}

/// Members of one kind differ in numbers alone.
fn kind(estimator: &BaseEstimator) -> String {
    let shown = estimator.classifier.to_string();
    let words = shown.split(' ').filter(|word| !word.contains('='));
    format!("{:?} {}", estimator.features, words.collect::<String>())
}
