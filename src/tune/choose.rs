//! Choice of the best candidates at the end of a search.
//!
//! The candidate of the best mean has been lucky as well as good, and the more so the more
//! candidates there are. So a simpler one is taken where its mean is within one standard error of
//! the best (Breiman, Friedman, Olshen and Stone, *Classification and Regression Trees*, 1984,
//! section 3.4.3). The error is that of the difference on the same folds.

use super::search::{Candidate, Search, mean};
use super::{BestCandidate, Tuner, TuningResult};
use crate::linear::{BaseEstimator, Classifier, FeatureSubset, Stack};
use crate::model::BackgroundMetadata;
use crate::train::Trainer;
use crate::{Error, Result};
use std::collections::BTreeMap;

/// Complexity of a candidate, by the time that it takes and the terms that explain it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Complexity {
    Words,
    Characters,
    Stack,
}

impl Complexity {
    const ALL: [Complexity; 3] = [Complexity::Words, Complexity::Characters, Complexity::Stack];
}

/// The best candidate of each head with one kind of features.
struct Choice {
    of_heads: Vec<(Candidate, Vec<f64>)>,
    /// Sum of the heads' scores by fold, of the folds on which all are compared.
    by_fold: Vec<f64>,
}

impl Choice {
    /// Returns the mean over the folds.
    fn score(&self) -> f64 {
        mean(&self.by_fold)
    }
}

impl Search<'_> {
    /// Returns the features whose best classifiers have the greatest sum of scores, among those
    /// evaluated on most folds, or simpler ones that are as good within one standard error.
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
        // A stack is evaluated on all folds at once: only the folds of the other candidates count.
        let lengths = evaluated
            .iter()
            .flatten()
            .filter(|(candidate, _)| self.complexity(candidate) < Complexity::Stack);
        let folds = lengths
            .map(|(_, scores)| scores.len())
            .max()
            .ok_or_else(none)?;
        let mut choices: Vec<Choice> = Complexity::ALL
            .into_iter()
            .filter_map(|most| self.best_choice(evaluated, folds, most))
            .collect();
        let scores: Vec<&[f64]> = choices.iter().map(|choice| &choice.by_fold[..]).collect();
        let place = simplest_as_good(&scores, self.tuner.folds).ok_or_else(none)?;
        let chosen = choices.swap_remove(place);
        Ok(self.tuned(chosen.of_heads))
    }

    /// Returns the best choice among candidates of at most this complexity.
    fn best_choice(
        &self,
        evaluated: &[BTreeMap<Candidate, Vec<f64>>],
        folds: usize,
        most: Complexity,
    ) -> Option<Choice> {
        let compared = |scores: &Vec<f64>| mean(&scores[..folds]);
        let of_head = |scores: &BTreeMap<Candidate, Vec<f64>>, features: usize| {
            let own = scores.iter().filter(|(candidate, scores)| {
                candidate.features == features
                    && scores.len() >= folds
                    && self.complexity(candidate) <= most
            });
            let best = own.reduce(|best, next| {
                if compared(next.1) > compared(best.1) {
                    next
                } else {
                    best
                }
            });
            best.map(|(candidate, scores)| (*candidate, scores.clone()))
        };
        let of_features = |features: usize| -> Option<Choice> {
            let of_heads: Vec<(Candidate, Vec<f64>)> = evaluated
                .iter()
                .map(|scores| of_head(scores, features))
                .collect::<Option<_>>()?;
            let sum = |fold: usize| of_heads.iter().map(|(_, scores)| scores[fold]).sum();
            let by_fold = (0..folds).map(sum).collect();
            Some(Choice { of_heads, by_fold })
        };
        let all = (0..self.tuner.space.features.len()).filter_map(of_features);
        all.reduce(|best, next| {
            if next.score() > best.score() {
                next
            } else {
                best
            }
        })
    }

    fn complexity(&self, candidate: &Candidate) -> Complexity {
        let features = &self.tuner.space.features[candidate.features];
        match self.estimators[candidate.estimator].classifier {
            Classifier::Stack(_) => Complexity::Stack,
            _ if features.char_ngrams.is_some() => Complexity::Characters,
            _ => Complexity::Words,
        }
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

/// Returns the place of the first choice whose mean is within one standard error of the last one's,
/// by their scores on the same folds.
fn simplest_as_good(by_fold: &[&[f64]], folds: u32) -> Option<usize> {
    let best = by_fold.last()?;
    let as_good = |choice: &&[f64]| {
        let differences = best.iter().zip(*choice);
        let differences: Vec<f64> = differences.map(|(best, own)| best - own).collect();
        mean(&differences) <= standard_error(&differences, folds)
    };
    by_fold.iter().position(as_good)
}

/// Returns the standard error of the mean of differences, 0 for fewer than two, of which nothing is
/// known. Repetitions of the folds steady the mean, but they bring no further documents, so the
/// error is that of one set of `folds`.
fn standard_error(differences: &[f64], folds: u32) -> f64 {
    let count = differences.len();
    if count < 2 {
        return 0.0;
    }
    let centre = mean(differences);
    let squares = differences.iter().map(|own| (own - centre).powi(2));
    let variance = squares.sum::<f64>() / (count - 1) as f64;
    (variance / (count as f64).min(f64::from(folds))).sqrt()
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

#[cfg(test)]
mod tests {
    use super::*;

    const SIMPLE: [f64; 5] = [0.70, 0.72, 0.71, 0.69, 0.73];

    #[test]
    fn the_simpler_is_taken_within_one_standard_error_and_only_there() {
        let lucky = [0.72, 0.71, 0.73, 0.68, 0.73];
        let better = SIMPLE.map(|score| score + 0.01);
        assert_eq!(simplest_as_good(&[&SIMPLE, &lucky], 5), Some(0));
        assert_eq!(simplest_as_good(&[&SIMPLE, &better], 5), Some(1));
        assert_eq!(simplest_as_good(&[&SIMPLE], 5), Some(0));
        assert_eq!(simplest_as_good(&[], 5), None);
    }

    #[test]
    fn one_fold_tells_of_no_error() {
        assert_eq!(simplest_as_good(&[&[0.70], &[0.71]], 5), Some(1));
    }

    #[test]
    fn repetitions_of_folds_do_not_make_the_error_smaller() {
        let differences = [0.01, -0.02, 0.03, 0.00, 0.01];
        let twice = [differences, differences].concat();
        let ratio = standard_error(&twice, 5) / standard_error(&differences, 5);
        // The variance of ten is over nine, that of five over four.
        assert!((ratio - (8.0_f64 / 9.0).sqrt()).abs() < 1e-12, "{ratio}");
    }
}
