//! Choice among a handful of settings before a training run, the preset `auto` of the command line.
//!
//! Each setting is scored out of fold on a part of the corpus. The first one is the best single
//! setting on many corpora (`docs/accuracy.md`), so it is taken unless another is better by more
//! than one standard error of the difference, which resamples of the scored documents give
//! ([`compare`]): on a few hundred documents the best of several settings is more often lucky than
//! better. In a large corpus words alone come first: characters gain less there, and texts take
//! four times as long to train on and to score.

use super::objective;
use crate::corpus::{Corpus, Head, Targets};
use crate::evaluate::{Bootstrap, Metric, Predictions, compare};
use crate::features::{NGrams, TfIdfOptions};
use crate::io::Progress;
use crate::linear::{BaseEstimator, Classifier, LinearSvm, NbSvm};
use crate::math::matrix::ScoreMatrix;
use crate::split::Folds;
use crate::train::{FoldFeatures, HeadSelection, ScoredSetting, Selection, Trainer};
use crate::{Error, Result};

/// Least number of documents for a comparison: with fewer, differences of five points are within
/// one standard error.
const MIN_DOCUMENTS: usize = 100;
/// Folds of the part that is compared on, and the number of documents after which no further fold
/// is scored: the standard error of a share is then about a point.
const FOLDS: u32 = 5;
const ENOUGH_SCORED: usize = 1500;
/// Greatest number of documents, and of cells of documents by labels.
const MAX_CELLS: usize = 1 << 20;
const LEAST_SAMPLE: usize = 500;
/// The comparison of a byte of text takes about eight times as long as plain training on it, mostly
/// for character n-grams. On a sixth of the corpus it takes less than twice as long as that.
const BYTE_SHARE: usize = 6;
const LEAST_BYTES: usize = 1 << 20;
/// Bytes of text from which on words alone come first, and from which on characters are not tried:
/// their terms would take gigabytes for each sixteen labels.
const LARGE: usize = 16 << 20;
const TOO_LARGE_FOR_CHARACTERS: usize = 256 << 20;
/// Resamples give a standard error to within 5 %, which is enough to compare with.
const RESAMPLES: usize = 200;

/// Choice of n-grams and classifiers for a training run.
///
/// ```
/// use standpoint::{Trainer, tune::AutoPreset};
/// let preset = AutoPreset::new(Trainer::default());
/// assert_eq!(preset.max_documents, 4000);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AutoPreset {
    /// Options of the run. What is chosen takes the place of its n-grams and of all its
    /// classifiers.
    pub trainer: Trainer,
    /// Greatest number of documents that are compared on; default 4,000.
    pub max_documents: usize,
    /// Greatest size of their texts in bytes; default 8 MiB. It is also at most a sixth of the
    /// corpus, but never less than 1 MiB.
    pub max_bytes: usize,
}

/// A kind of features and the estimators that are tried on it.
struct Kind {
    features: TfIdfOptions,
    estimators: Vec<BaseEstimator>,
}

/// Difference of a setting to the first one.
#[derive(Clone, Copy, Default)]
struct Gain {
    difference: f64,
    /// Infinite where it cannot be estimated.
    variance: f64,
}

impl AutoPreset {
    /// Returns the choice for a run with these options.
    pub fn new(trainer: Trainer) -> Self {
        AutoPreset {
            trainer,
            max_documents: 4000,
            max_bytes: 8 << 20,
        }
    }

    /// Compares the settings on a part of `corpus` and returns the options with the chosen one,
    /// and with the comparison as [`Trainer::selection`]. Options and corpus alone decide, not the
    /// number of threads or their speed. A corpus of fewer than 100 documents is not compared on:
    /// the options are returned as they are.
    ///
    /// # Errors
    /// A usage error for options that do not fit, a data error for a corpus that cannot be learnt.
    pub fn choose(&self, corpus: &Corpus, progress: &dyn Progress) -> Result<Trainer> {
        self.trainer.verify(corpus)?;
        let bytes = corpus.texts.iter().map(str::len).sum();
        let kinds = self.kinds(bytes);
        let settings: usize = kinds.iter().map(|kind| kind.estimators.len()).sum();
        if corpus.len() < MIN_DOCUMENTS || settings < 2 {
            return Ok(self.trainer.clone());
        }
        let sample = self.sample(corpus, bytes);
        let joined = Targets::joined(&sample.heads, sample.len());
        let folds = Folds::stratified(&joined, FOLDS, self.trainer.seed);
        let per_fold = (sample.len() / FOLDS as usize).max(1);
        let scored_folds = (ENOUGH_SCORED.div_ceil(per_fold) as u32).clamp(2, FOLDS);
        progress.stage(
            "comparing settings",
            u64::from(scored_folds) * kinds.len() as u64,
        );
        let scored: Vec<usize> = (0..scored_folds)
            .flat_map(|fold| folds.of(fold).1)
            .collect();
        let mut decisions: Vec<Vec<ScoreMatrix>> = sample
            .heads
            .iter()
            .map(|head| vec![ScoreMatrix::zeros(0, head.labels.len()); settings])
            .collect();
        for fold in 0..scored_folds {
            self.score_fold(&sample, &kinds, folds.of(fold), &mut decisions, progress)?;
        }
        let heads = sample.heads.iter().zip(&decisions);
        let compared = heads
            .map(|(head, decisions)| self.compared(&sample, head, &kinds, &scored, decisions))
            .collect::<Result<Vec<_>>>()?;
        Ok(self.chosen(&kinds, compared, &sample, scored.len()))
    }

    /// Returns the settings for a corpus of so many bytes, the first of which is taken unless another
    /// is better.
    fn kinds(&self, bytes: usize) -> Vec<Kind> {
        let seed = self.trainer.seed;
        let svm = || {
            Classifier::from(LinearSvm {
                seed,
                ..LinearSvm::default()
            })
        };
        // On words alone the tempered NB-SVM is better with a greater C (docs/accuracy.md).
        let on_words = NbSvm {
            c: 1.0,
            ..NbSvm::tempered(seed)
        };
        let words = self.trainer.features.clone();
        let both = words.clone().char_ngrams(Some(NGrams::new(3, 5)));
        let kind = |features, classifiers: [Classifier; 2]| Kind {
            features,
            estimators: classifiers.map(BaseEstimator::from).to_vec(),
        };
        let both = kind(both, [NbSvm::tempered(seed).into(), svm()]);
        let words = kind(words, [on_words.into(), svm()]);
        let mut kinds = match bytes {
            0..LARGE => vec![both, words],
            LARGE..TOO_LARGE_FOR_CHARACTERS => vec![words, both],
            _ => vec![words],
        };
        if let Some(blend) = &self.trainer.background {
            kinds.retain(|kind| blend.suits(&kind.features));
            for kind in &mut kinds {
                kind.estimators.retain(BaseEstimator::takes_word_vectors);
            }
            kinds.retain(|kind| !kind.estimators.is_empty());
        }
        kinds
    }

    /// Returns documents evenly spread over the corpus, within the limits.
    fn sample(&self, corpus: &Corpus, bytes: usize) -> Corpus {
        let labels: usize = corpus.heads.iter().map(|head| head.labels.len()).sum();
        let by_cells = (MAX_CELLS / labels.max(1)).max(LEAST_SAMPLE);
        let most = self.max_documents.min(by_cells).max(1);
        let most_bytes = self.max_bytes.min((bytes / BYTE_SHARE).max(LEAST_BYTES));
        let step = corpus.len().div_ceil(most);
        let step = step.max(bytes.div_ceil(most_bytes.max(1)));
        // A part too small to compare on is worse than one that takes longer.
        let step = step.min(corpus.len() / MIN_DOCUMENTS).max(1);
        let rows: Vec<usize> = (0..corpus.len()).step_by(step).collect();
        corpus.select(&rows)
    }

    /// Fits all settings without a fold, and appends their decision values for its documents.
    fn score_fold(
        &self,
        sample: &Corpus,
        kinds: &[Kind],
        (outside, inside): (Vec<usize>, Vec<usize>),
        decisions: &mut [Vec<ScoreMatrix>],
        progress: &dyn Progress,
    ) -> Result<()> {
        let background = self.trainer.background.as_ref();
        let mut first = 0;
        for kind in kinds {
            let features =
                FoldFeatures::fit(&kind.features, background, sample, &outside, &inside)?;
            for (head, decisions) in sample.heads.iter().zip(decisions.iter_mut()) {
                for (at, estimator) in kind.estimators.iter().enumerate() {
                    let estimator = self.weighted(estimator, head);
                    let decided = features.decide(&estimator, sample, head, &mut None)?;
                    decisions[first + at].push_rows(&decided);
                }
            }
            first += kind.estimators.len();
            progress.advance(1);
        }
        Ok(())
    }

    /// Returns an estimator with the class weights of the run.
    fn weighted(&self, estimator: &BaseEstimator, head: &Head) -> BaseEstimator {
        let trainer = Trainer {
            classifier: estimator.classifier.clone(),
            classifiers: Default::default(),
            class_weights: self.trainer.class_weights.clone(),
            ..Trainer::default()
        };
        BaseEstimator {
            classifier: trainer.classifier_of(&head.name, &head.labels),
            features: estimator.features,
        }
    }

    /// Scores the settings of a head, and compares each with the first.
    fn compared(
        &self,
        sample: &Corpus,
        head: &Head,
        kinds: &[Kind],
        scored: &[usize],
        decisions: &[ScoreMatrix],
    ) -> Result<HeadSelection> {
        let weights = sample.weights.as_deref();
        let predictions = decisions.iter().map(|decisions| {
            objective::predictions(
                &head.labels,
                &head.targets.select(scored),
                decisions,
                weights.map(|weights| scored.iter().map(|&row| weights[row]).collect()),
            )
        });
        let predictions: Vec<Predictions> = predictions.collect();
        let bootstrap = Bootstrap {
            resamples: RESAMPLES,
            seed: self.trainer.seed,
            ..Bootstrap::default()
        };
        let settings = kinds.iter().flat_map(|kind| {
            let own = kind.estimators.iter();
            own.map(|estimator| (&kind.features, estimator))
        });
        let settings = settings.zip(&predictions).enumerate();
        let settings = settings.map(|(at, ((features, estimator), own))| {
            let compared = compare(own, &predictions[0], &bootstrap)
                .map_err(|e| Error::data(e.to_string()))?;
            let difference = compared.get(Metric::MacroF1, None);
            Ok(ScoredSetting {
                word_ngrams: features.word_ngrams,
                char_ngrams: features.char_ngrams,
                classifier: estimator.classifier.clone(),
                score: difference.map_or(0.0, |difference| difference.first),
                standard_error: difference
                    .filter(|_| at > 0)
                    .and_then(|difference| difference.standard_error()),
            })
        });
        Ok(HeadSelection {
            head: head.name.clone(),
            chosen: 0,
            settings: settings.collect::<Result<_>>()?,
        })
    }

    /// Chooses the kind of features that is best for all heads together, and with it the classifier
    /// of each.
    fn chosen(
        &self,
        kinds: &[Kind],
        mut heads: Vec<HeadSelection>,
        sample: &Corpus,
        scored: usize,
    ) -> Trainer {
        let mut best: Option<(f64, &Kind, Vec<usize>)> = None;
        let mut first = 0;
        for kind in kinds {
            let places = first..first + kind.estimators.len();
            first = places.end;
            let of_heads: Vec<usize> = heads
                .iter()
                .map(|head| best_setting(head, places.clone()))
                .collect();
            let gains = heads.iter().zip(&of_heads);
            let gain = gains.fold(Gain::default(), |sum, (head, &at)| {
                let own = gain(head, at);
                Gain {
                    difference: sum.difference + own.difference,
                    variance: sum.variance + own.variance,
                }
            });
            let is_first = best.is_none();
            let clear = gain.difference > gain.variance.sqrt();
            let better = best
                .as_ref()
                .is_none_or(|(least, _, _)| gain.difference > *least);
            if is_first || clear && better {
                best = Some((gain.difference, kind, of_heads));
            }
        }
        let mut trainer = self.trainer.clone();
        let Some((_, kind, of_heads)) = best else {
            return trainer;
        };
        for (head, at) in heads.iter_mut().zip(of_heads) {
            head.chosen = at;
        }
        trainer.features = kind.features.clone();
        trainer.set_classifiers(&heads);
        trainer.selection = Some(Selection {
            metric: Metric::MacroF1.name().to_string(),
            documents: sample.len(),
            scored,
            folds: FOLDS,
            seed: self.trainer.seed,
            heads,
        });
        trainer
    }
}

/// Returns the best setting of a head among those of one kind of features: where the first setting
/// of all is one of them, another has to be better by more than a standard error.
fn best_setting(head: &HeadSelection, places: std::ops::Range<usize>) -> usize {
    let prior = places.start == 0;
    let mut best = places.start;
    for at in places.skip(1) {
        let gain = gain(head, at);
        let clear = !prior || gain.difference > gain.variance.sqrt();
        if clear && head.settings[at].score > head.settings[best].score {
            best = at;
        }
    }
    best
}

fn gain(head: &HeadSelection, at: usize) -> Gain {
    if at == 0 {
        return Gain::default();
    }
    let setting = &head.settings[at];
    Gain {
        difference: setting.score - head.settings[0].score,
        variance: setting
            .standard_error
            .map_or(f64::INFINITY, |error| error * error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::HeadKind;
    use crate::io::Silent;

    fn corpus(documents: usize, words: usize) -> Corpus {
        let mut builder = Corpus::builder();
        builder.head("topic", HeadKind::Exclusive);
        for at in 0..documents {
            let (topic, other) = [("war", "front"), ("sport", "goal")][at % 2];
            let text = format!("{other} {at} ").repeat(words / 2);
            builder.document(&at.to_string(), &text, &[&[topic]]);
        }
        builder.finish().unwrap()
    }

    fn characters_first(kinds: &[Kind]) -> Vec<bool> {
        let has = |kind: &Kind| kind.features.char_ngrams.is_some();
        kinds.iter().map(has).collect()
    }

    #[test]
    fn words_come_first_in_large_corpora_and_alone_in_huge_ones() {
        let preset = AutoPreset::new(Trainer::default());
        let of = |bytes| characters_first(&preset.kinds(bytes));
        assert_eq!(of(1000), [true, false]);
        assert_eq!(of(LARGE), [false, true]);
        assert_eq!(of(TOO_LARGE_FOR_CHARACTERS), [false]);
    }

    #[test]
    fn a_sample_is_within_its_limits_and_spread() {
        let corpus = corpus(9000, 2);
        let bytes = corpus.texts.iter().map(str::len).sum();
        let preset = AutoPreset::new(Trainer::default());
        let sample = preset.sample(&corpus, bytes);
        assert_eq!(sample.len(), 3000);
        assert_eq!(sample.texts.get(1), corpus.texts.get(3));
        let small = AutoPreset {
            max_bytes: 1,
            ..preset
        };
        assert_eq!(small.sample(&corpus, bytes).len(), 100);
    }

    #[test]
    fn fewer_than_a_hundred_documents_leave_the_options_as_they_are() {
        let (preset, few) = (AutoPreset::new(Trainer::default()), corpus(99, 20));
        assert_eq!(preset.choose(&few, &Silent).unwrap(), preset.trainer);
    }

    #[test]
    fn another_setting_has_to_be_better_by_a_standard_error() {
        let setting = |score, standard_error| ScoredSetting {
            word_ngrams: None,
            char_ngrams: None,
            classifier: Classifier::default(),
            score,
            standard_error,
        };
        let head = |settings: &[(f64, Option<f64>)]| HeadSelection {
            head: "topic".to_string(),
            chosen: 0,
            settings: settings.iter().map(|(s, e)| setting(*s, *e)).collect(),
        };
        let first = (0.70, None);
        let best = |other| best_setting(&head(&[first, other]), 0..2);
        assert_eq!(best((0.72, Some(0.03))), 0);
        assert_eq!(best((0.74, Some(0.03))), 1);
        assert_eq!(best((0.74, None)), 0);
        // Among the settings of another kind the best one counts, which has to be better than the
        // first kind only as a whole.
        let several = head(&[
            first,
            (0.60, Some(0.1)),
            (0.65, Some(0.1)),
            (0.66, Some(0.1)),
        ]);
        assert_eq!(best_setting(&several, 2..4), 3);
    }
}
