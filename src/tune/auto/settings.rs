//! Settings of the preset, by the size of the corpus.

use crate::features::{NGrams, TfIdfOptions};
use crate::linear::{BaseEstimator, ClassWeight, Classifier, LinearSvm, NbSvm, Stack};
use crate::train::{ClassWeights, Trainer};
use std::collections::BTreeSet;

/// Bytes of text up to which a stack is tried, which takes ten times as long as one of its members.
const SMALL: usize = 3 << 20;
/// Bytes of text from which on words alone come first, and from which on characters are not tried:
/// their terms would take gigabytes for each sixteen labels.
pub(super) const LARGE: usize = 16 << 20;
pub(super) const TOO_LARGE_FOR_CHARACTERS: usize = 256 << 20;
/// Number of labels above which characters are not tried: every label takes its time on all terms.
const MANY_LABELS: usize = 50;
/// Number of documents up to which a stack has five folds. With more, two are as good.
const FEW_DOCUMENTS: usize = 1000;

/// Kind of features, with the estimators that are fitted on it and the settings made of them.
pub(super) struct Kind {
    pub features: TfIdfOptions,
    /// Estimators; those of the stack come first and in its order.
    pub estimators: Vec<BaseEstimator>,
    pub settings: Vec<Setting>,
}

/// Classifier made of the estimators of a kind.
pub(super) enum Setting {
    /// The estimator of this number.
    Estimator(usize),
    /// The stack of the first estimators.
    Stack(Stack),
}

impl Kind {
    /// Returns estimators that are settings themselves.
    fn new(features: TfIdfOptions, classifiers: impl IntoIterator<Item = Classifier>) -> Self {
        let classifiers = classifiers.into_iter();
        let estimators: Vec<BaseEstimator> = classifiers.map(BaseEstimator::from).collect();
        let settings = (0..estimators.len()).map(Setting::Estimator).collect();
        Kind {
            features,
            estimators,
            settings,
        }
    }

    /// Returns a stack and, as settings of their own, those of its members that see all features and
    /// other classifiers.
    fn stacked(
        features: TfIdfOptions,
        stack: Stack,
        others: impl IntoIterator<Item = Classifier>,
    ) -> Self {
        let mut estimators = stack.estimators.clone();
        estimators.extend(others.into_iter().map(BaseEstimator::from));
        let whole = (0..estimators.len()).filter(|&at| estimators[at].sees_all());
        let singles: Vec<Setting> = whole.map(Setting::Estimator).collect();
        let settings = [Setting::Stack(stack)].into_iter().chain(singles);
        Kind {
            features,
            settings: settings.collect(),
            estimators,
        }
    }

    /// Returns the same kind with these of its estimators, which are settings themselves.
    pub fn only(&self, settings: &BTreeSet<usize>) -> Self {
        let classifiers = settings.iter().filter_map(|&at| self.estimators.get(at));
        let classifiers = classifiers.map(|estimator| estimator.classifier.clone());
        Kind::new(self.features.clone(), classifiers)
    }

    /// Returns true if the features have character n-grams.
    pub fn has_characters(&self) -> bool {
        self.features.char_ngrams.is_some()
    }

    /// Returns the classifier of a setting.
    pub fn classifier(&self, setting: &Setting) -> Classifier {
        match setting {
            Setting::Estimator(at) => self.estimators[*at].classifier.clone(),
            Setting::Stack(stack) => stack.clone().into(),
        }
    }
}

/// Returns the settings of a run for a corpus of so many labels, documents and bytes of text, the first of
/// which is taken unless another is better.
pub(super) fn kinds(
    trainer: &Trainer,
    labels: usize,
    (documents, bytes): (usize, usize),
) -> Vec<Kind> {
    let seed = trainer.seed;
    let words = trainer
        .features
        .clone()
        .word_ngrams(TfIdfOptions::default().word_ngrams)
        .char_ngrams(None);
    let both = words.clone().char_ngrams(Some(NGrams::new(3, 5)));
    let svm = || {
        Classifier::from(LinearSvm {
            seed,
            ..LinearSvm::default()
        })
    };
    if let Some(blend) = &trainer.background {
        // NB-SVM takes no word vectors, and with them characters tell little.
        let kinds = [words, both].into_iter();
        let suitable = kinds.filter(|features| blend.suits(features));
        return suitable
            .map(|features| Kind::new(features, [svm()]))
            .collect();
    }
    let tempered = NbSvm::tempered(seed);
    // Balanced classes find rare labels, of which macro-F1 makes as much as of others.
    let balanced = |options: &NbSvm| {
        (trainer.class_weights == ClassWeights::Equal).then(|| {
            Classifier::from(NbSvm {
                class_weight: ClassWeight::Balanced,
                ..options.clone()
            })
        })
    };
    let singles = |options: NbSvm| {
        let balanced = balanced(&options);
        [options.into(), svm()].into_iter().chain(balanced)
    };
    let words = Kind::new(words, singles(NbSvm::tempered_on_words(seed)));
    match bytes {
        _ if labels > MANY_LABELS => vec![words],
        0..SMALL => {
            let stack = Stack {
                folds: if documents < FEW_DOCUMENTS { 5 } else { 2 },
                ..Stack::tempered(seed)
            };
            vec![Kind::stacked(both, stack, balanced(&tempered)), words]
        }
        SMALL..LARGE => vec![Kind::new(both, singles(tempered)), words],
        LARGE..TOO_LARGE_FOR_CHARACTERS => vec![words, Kind::new(both, singles(tempered))],
        _ => vec![words],
    }
}
