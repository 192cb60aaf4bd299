//! Choice among a handful of settings before a training run, the preset `auto` of the command line.
//!
//! Each setting is scored out of fold on a part of the corpus. The first one is the best single
//! setting on many corpora (`docs/accuracy.md`), so it is taken unless another is better by more
//! than half a standard error of the difference, which resamples of the scored documents give
//! ([`compare`]): on a few hundred documents the best of several settings is more often lucky than
//! better. In a large corpus words alone come first: characters gain less there, and texts take
//! four times as long to train on and to score.

mod settings;

use super::objective;
use crate::corpus::{Corpus, Head, Targets};
use crate::evaluate::{Bootstrap, Metric, Predictions, compare};
use crate::io::Progress;
use crate::linear::{BaseEstimator, OutOfFoldScores};
use crate::math::matrix::ScoreMatrix;
use crate::split::Folds;
use crate::text::LanguageSet;
use crate::train::stack_decisions;
use crate::train::{FoldFeatures, HeadSelection, ScoredSetting, Selection, Trainer};
use crate::{Error, Result};
use settings::{Kind, Setting};
use std::ops::Range;

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
/// Standard errors by which a setting has to be better than the first one. With half of one the
/// macro-F1 on test rows was as good as with one, and rare labels were found more often.
const CLEAR: f64 = 0.5;
/// The same for a setting that takes several times as long.
const CLEAR_OF_COST: f64 = 1.0;
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

/// Difference of a setting to the first one.
#[derive(Clone, Copy, Default)]
struct Gain {
    difference: f64,
    /// Infinite where it cannot be estimated.
    variance: f64,
}

impl Gain {
    /// Returns true if the setting is better by more than so many standard errors.
    fn is_clear(self, errors: f64) -> bool {
        self.difference > errors * self.variance.sqrt()
    }
}

/// Settings of a head that were scored, each compared with the first.
struct Comparison<'c> {
    head: &'c Head,
    /// Predictions of the first setting.
    first: Option<Predictions>,
    settings: Vec<ScoredSetting>,
}

impl<'c> Comparison<'c> {
    fn new(head: &'c Head) -> Self {
        Comparison {
            head,
            first: None,
            settings: Vec::new(),
        }
    }

    /// Adds the settings of a kind with the out-of-fold scores of its estimators, for the documents
    /// of `sample` that were `scored`.
    fn add(
        &mut self,
        kind: &Kind,
        scores: &OutOfFoldScores,
        (sample, scored): (&Corpus, &[usize]),
        seed: u64,
    ) -> Result<()> {
        let bootstrap = Bootstrap {
            resamples: RESAMPLES,
            seed,
            ..Bootstrap::default()
        };
        let weights = sample.weights.as_deref();
        let weights = || weights.map(|all| scored.iter().map(|&row| all[row]).collect());
        for setting in &kind.settings {
            let decisions = of_setting(setting, scores, self.head, sample, scored);
            let targets = self.head.targets.select(scored);
            let own = objective::predictions(&self.head.labels, &targets, &decisions, weights());
            let is_first = self.first.is_none();
            let first = self.first.get_or_insert_with(|| own.clone());
            let compared =
                compare(&own, first, &bootstrap).map_err(|e| Error::data(e.to_string()))?;
            let difference = compared.get(Metric::MacroF1, None);
            self.settings.push(ScoredSetting {
                word_ngrams: kind.features.word_ngrams,
                char_ngrams: kind.features.char_ngrams,
                classifier: kind.classifier(setting),
                score: difference.map_or(0.0, |difference| difference.first),
                standard_error: difference
                    .filter(|_| !is_first)
                    .and_then(|difference| difference.standard_error()),
            });
        }
        Ok(())
    }

    /// Returns the best setting among those of one kind of features: where the first setting of all
    /// is one of them, another has to be better by more than half a standard error.
    fn best(&self, places: Range<usize>) -> usize {
        let prior = places.start == 0;
        let mut best = places.start;
        for at in places.skip(1) {
            let clear = !prior || self.gain(at).is_clear(CLEAR);
            if clear && self.settings[at].score > self.settings[best].score {
                best = at;
            }
        }
        best
    }

    fn gain(&self, at: usize) -> Gain {
        if at == 0 {
            return Gain::default();
        }
        let setting = &self.settings[at];
        Gain {
            difference: setting.score - self.settings[0].score,
            variance: setting
                .standard_error
                .map_or(f64::INFINITY, |error| error * error),
        }
    }

    fn selection(self, chosen: usize) -> HeadSelection {
        HeadSelection {
            head: self.head.name.clone(),
            chosen,
            settings: self.settings,
        }
    }
}

impl AutoPreset {
    /// Options of the command line and of Python that the preset chooses, by their identifiers: a
    /// run that gives one of them leaves nothing to choose.
    pub const CHOICES: [&str; 20] = [
        "word_ngrams",
        "char_ngrams",
        "max_features",
        "tf",
        "idf",
        "norm",
        "norm_exponent",
        "classifier",
        "C",
        "alpha",
        "tol",
        "epochs",
        "learning_rate",
        "loss",
        "penalty",
        "l1_ratio",
        "multi_class",
        "intercept",
        "interpolation",
        "ratio_exponent",
    ];

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
    /// A usage error for options that do not fit and where the comparison takes more memory than
    /// there is, a data error for a corpus that cannot be learnt.
    pub fn choose(&self, corpus: &Corpus, progress: &dyn Progress) -> Result<Trainer> {
        self.trainer.verify(corpus)?;
        let bytes = corpus.texts.bytes();
        let labels = corpus.heads.iter().map(|head| head.labels.len()).sum();
        let mut kinds = settings::kinds(&self.trainer, labels, (corpus.len(), bytes));
        let settings: usize = kinds.iter().map(|kind| kind.settings.len()).sum();
        if corpus.len() < MIN_DOCUMENTS || settings < 2 {
            return Ok(self.trainer.clone());
        }
        let sample = self.sample(corpus, bytes);
        let joined = Targets::joined(&sample.heads, sample.len());
        let folds = Folds::stratified(&joined, FOLDS, self.trainer.seed);
        let scored_folds = scored_folds(&kinds, sample.len());
        progress.stage(
            "comparing settings",
            u64::from(scored_folds) * kinds.len() as u64,
        );
        let scored: Vec<usize> = (0..scored_folds)
            .flat_map(|fold| folds.of(fold).1)
            .collect();
        let mut heads: Vec<Comparison<'_>> = sample.heads.iter().map(Comparison::new).collect();
        let words_first = !kinds[0].has_characters();
        for kind in &mut kinds {
            let scored_before = heads.iter().any(|head| !head.settings.is_empty());
            if words_first && scored_before {
                // Characters take several times as long as words, so only the best classifiers on
                // words are tried on them.
                let best = heads.iter().map(|head| head.best(0..head.settings.len()));
                *kind = kind.only(&best.collect());
            }
            let of_heads = self.scored(&sample, kind, &folds, scored_folds, progress)?;
            for (head, scores) in heads.iter_mut().zip(&of_heads) {
                head.add(kind, scores, (&sample, &scored), self.trainer.seed)?;
            }
        }
        Ok(self.chosen(&kinds, heads, &sample, scored.len()))
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
        let mut sample = corpus.select(&rows);
        let language = self.trainer.features.tokens.language;
        let languages = LanguageSet::of_corpus(&corpus.texts, language);
        sample.texts = sample.texts.in_languages(languages);
        sample
    }

    /// Fits the estimators of a kind without each of the first folds, and returns their decision
    /// values for the documents of these, by head.
    fn scored(
        &self,
        sample: &Corpus,
        kind: &Kind,
        folds: &Folds,
        scored_folds: u32,
        progress: &dyn Progress,
    ) -> Result<Vec<OutOfFoldScores>> {
        let background = self.trainer.background.as_ref();
        let memory = self.trainer.memory();
        let estimators = |head: &Head| {
            let weighted = |estimator: &BaseEstimator| {
                let classifier = estimator.classifier.clone();
                let weighted = self.trainer.weighted(classifier, &head.labels);
                weighted.on(estimator.features)
            };
            kind.estimators.iter().map(weighted).collect::<Vec<_>>()
        };
        let zeros = |head: &Head| {
            let (estimators, labels) = (kind.estimators.len(), head.labels.len());
            OutOfFoldScores::zeros(estimators, sample.len(), labels, folds.clone(), memory)
        };
        let mut scores = sample.heads.iter().map(zeros).collect::<Result<Vec<_>>>()?;
        for fold in 0..scored_folds {
            let (outside, inside) = folds.of(fold);
            let features =
                FoldFeatures::fit(&kind.features, background, sample, &outside, &inside)?;
            for (head, scores) in sample.heads.iter().zip(&mut scores) {
                features.score_fold(scores, &estimators(head), fold, (sample, head), memory)?;
            }
            progress.advance(1);
        }
        Ok(scores)
    }

    /// Chooses the kind of features that is best for all heads together, and with it the classifier
    /// of each.
    fn chosen(
        &self,
        kinds: &[Kind],
        heads: Vec<Comparison<'_>>,
        sample: &Corpus,
        scored: usize,
    ) -> Trainer {
        // In a large corpus words come first, because of the time that characters take.
        let words_first = kinds.first().is_some_and(|kind| !kind.has_characters());
        let errors = if words_first { CLEAR_OF_COST } else { CLEAR };
        let mut best: Option<(f64, &Kind, Vec<usize>)> = None;
        let mut first = 0;
        for kind in kinds {
            let places = first..first + kind.settings.len();
            first = places.end;
            let of_heads: Vec<usize> = heads.iter().map(|head| head.best(places.clone())).collect();
            let gains = heads.iter().zip(&of_heads);
            let gain = gains.fold(Gain::default(), |sum, (head, &at)| {
                let own = head.gain(at);
                Gain {
                    difference: sum.difference + own.difference,
                    variance: sum.variance + own.variance,
                }
            });
            let is_first = best.is_none();
            let clear = gain.is_clear(errors);
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
        let heads = heads.into_iter().zip(of_heads);
        let heads: Vec<HeadSelection> = heads.map(|(head, at)| head.selection(at)).collect();
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

/// Returns the number of folds that are scored.
fn scored_folds(kinds: &[Kind], documents: usize) -> u32 {
    let mut settings = kinds.iter().flat_map(|kind| &kind.settings);
    if settings.any(|setting| matches!(setting, Setting::Stack(_))) {
        // The weights of a stack take the scores of all documents.
        return FOLDS;
    }
    let per_fold = (documents / FOLDS as usize).max(1);
    (ENOUGH_SCORED.div_ceil(per_fold) as u32).clamp(2, FOLDS)
}

/// Returns the decision values of a setting for the documents that were scored.
fn of_setting(
    setting: &Setting,
    scores: &OutOfFoldScores,
    head: &Head,
    sample: &Corpus,
    scored: &[usize],
) -> ScoreMatrix {
    match setting {
        Setting::Stack(stack) => {
            let targets = scores.comparable_targets(&head.targets);
            let weights = sample.weights.as_deref();
            let members = scores.of_first(stack.estimators.len());
            stack_decisions(&members, stack.c, &targets, weights).select(scored)
        }
        Setting::Estimator(at) => {
            let values = scores.of_estimator(*at).iter().map(|&value| value.into());
            ScoreMatrix::new(head.labels.len(), values.collect()).select(scored)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::settings::{LARGE, TOO_LARGE_FOR_CHARACTERS};
    use super::*;
    use crate::corpus::HeadKind;
    use crate::io::Silent;
    use crate::linear::Classifier;
    use crate::train::ClassWeights;

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

    #[test]
    fn settings_hang_on_the_size_of_the_corpus() {
        let of = |trainer: &Trainer, bytes| -> Vec<(bool, String)> {
            let kinds = settings::kinds(trainer, 9, (500, bytes));
            let named = |kind: &Kind| {
                let characters = kind.has_characters();
                let settings = kind.settings.iter().map(|setting| {
                    let classifier = kind.classifier(setting).to_string();
                    classifier.split(' ').next().unwrap().to_string()
                });
                (characters, settings.collect::<Vec<_>>().join(" "))
            };
            kinds.iter().map(named).collect()
        };
        let plain = Trainer::default();
        let both = |settings: &str| (true, settings.to_string());
        let words = |settings: &str| (false, settings.to_string());
        let three = "nbsvm svm nbsvm";
        assert_eq!(
            of(&plain, 1000),
            [both("stack nbsvm svm nbsvm"), words(three)]
        );
        assert_eq!(of(&plain, 4 << 20), [both(three), words(three)]);
        assert_eq!(of(&plain, LARGE), [words(three), both(three)]);
        assert_eq!(of(&plain, TOO_LARGE_FOR_CHARACTERS), [words(three)]);
        let weighted = Trainer {
            class_weights: ClassWeights::Balanced,
            ..Trainer::default()
        };
        assert_eq!(
            of(&weighted, 4 << 20),
            [both("nbsvm svm"), words("nbsvm svm")]
        );
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
    fn another_setting_has_to_be_better_by_half_a_standard_error() {
        let corpus = corpus(4, 2);
        let setting = |&(score, standard_error): &(f64, Option<f64>)| ScoredSetting {
            word_ngrams: None,
            char_ngrams: None,
            classifier: Classifier::default(),
            score,
            standard_error,
        };
        let head = |settings: &[(f64, Option<f64>)]| Comparison {
            settings: settings.iter().map(setting).collect(),
            ..Comparison::new(&corpus.heads[0])
        };
        let first = (0.70, None);
        let best = |other| head(&[first, other]).best(0..2);
        assert_eq!(best((0.71, Some(0.03))), 0);
        assert_eq!(best((0.72, Some(0.03))), 1);
        assert_eq!(best((0.74, None)), 0);
        // Among the settings of another kind the best one counts, which has to be better than the
        // first kind only as a whole.
        let several = head(&[
            first,
            (0.60, Some(0.1)),
            (0.65, Some(0.1)),
            (0.66, Some(0.1)),
        ]);
        assert_eq!(several.best(2..4), 3);
    }

    #[test]
    fn a_kind_keeps_the_estimators_that_are_asked_for() {
        let kinds = settings::kinds(&Trainer::default(), 9, (500, LARGE));
        let kept = kinds[1].only(&[0, 2].into());
        assert_eq!(kept.settings.len(), 2);
        assert_eq!(kept.estimators[1], kinds[1].estimators[2]);
        assert_eq!(kept.features, kinds[1].features);
    }
}
