//! Warm start and corrections: training that begins from an older model.

use super::Trainer;
use super::recipe::{FeatureSource, Recipe};
use super::record::{TrainingKind, TrainingRecord};
use crate::calibrate::Origin;
use crate::corpus::{Corpus, Head, Targets};
use crate::io::Progress;
use crate::io::storage::Buffer;
use crate::linear::{self, Classifier, ClassifierInfo, Problem};
use crate::model::{HeadMetadata, Metadata, Model, ModelHead, fingerprints};
use crate::wording::{Setting, Wording, wording};
use crate::{Error, Result};
use twox_hash::XxHash3_64;

impl Trainer {
    /// Trains on `corpus`, old rows and new ones, with the vocabulary, idf and features of `old`,
    /// whatever this trainer's are, and from its weights on where the classifier can begin from
    /// some.
    ///
    /// The corpus must have been read with [`Model::known_labels`]: the old labels keep their
    /// numbers, new ones come after them. Terms that only new rows have are not learnt. A head that
    /// `old` does not have begins from nothing. Calibration and thresholds are found as
    /// [`train`](Self::train) finds them, out of fold and from nothing, but with the features of
    /// `old` in every fold.
    ///
    /// # Errors
    /// As [`train`](Self::train), and a usage error if a head of `old` is missing in the corpus or
    /// is of the other kind.
    pub fn train_from(
        &self,
        old: &Model,
        corpus: &Corpus,
        progress: &dyn Progress,
    ) -> Result<Model> {
        let trainer = Trainer {
            features: old.tfidf().options().clone(),
            ..self.clone()
        };
        trainer.without_background("training that goes on from an older model")?;
        old.heads()
            .iter()
            .try_for_each(|head| goes_on(head, corpus))?;
        trainer.verify(corpus)?;
        corpus
            .heads
            .iter()
            .try_for_each(|head| trainer.verify_folds(head, false))?;
        if old.metadata().background.is_some() {
            progress.note(
                "the background of the old model takes no part: words that are in none of these rows lose their weight",
            );
        }
        for head in &corpus.heads {
            note_forgotten_labels(head, progress);
        }
        progress.stage("transforming", 0);
        let recipe = Recipe {
            trainer: &trainer,
            corpus,
            features: FeatureSource::Kept {
                old,
                rows: old.tfidf().transform_texts(&corpus.texts),
            },
            calibration_set: None,
            progress,
        };
        let mut trained = recipe.train()?;
        let (unseen, _) = trained.take_unseen();
        let fingerprints = trainer.fingerprints_with(old, corpus, progress);
        let model = Model::new(
            trainer.metadata(corpus),
            trained.tfidf,
            trained.heads,
            fingerprints,
        );
        let reading = corpus.reading.clone();
        let record = TrainingRecord {
            old_model: Some(old.hash().to_string()),
            ..TrainingRecord::new(&trainer, TrainingKind::WarmStart, reading)
        };
        // The idf is that of the old rows.
        let profile = trainer.profile(&model, corpus, unseen, false);
        Ok(trainer.described(model, profile, &record))
    }

    /// Returns these options with the classifiers of the heads of `old`, which have room for the
    /// labels of `corpus`.
    pub fn with_classifiers_of(mut self, old: &Model, corpus: &Corpus) -> Trainer {
        for head in old.heads().iter().map(ModelHead::metadata) {
            let labels = corpus.heads.iter().find(|new| new.name == head.name);
            let labels = labels.map_or(0, |head| head.labels.len());
            let classifier = head.classifier.clone().widened(labels);
            self.classifiers.insert(head.name.clone(), classifier);
        }
        self
    }

    /// Corrects `old` by the documents of `corpus` alone: its weights change as little as the
    /// corrections allow, which is what they would be if the weights of `old` were the mean of a
    /// Gaussian prior whose width is that of the classifier's own penalty. Features, biases,
    /// thresholds and calibration stay: corrections are no fair sample to find them on.
    ///
    /// # Errors
    /// A usage error for classifiers whose weights are not the optimum under such a prior, and for
    /// documents with other heads or labels than `old` has.
    pub fn correct(&self, old: &Model, corpus: &Corpus, progress: &dyn Progress) -> Result<Model> {
        self.without_background("a correction")?;
        corpus
            .heads
            .iter()
            .try_for_each(|head| takes_answers(old, head))?;
        progress.stage("transforming", 0);
        let rows = old.tfidf().transform_texts(&corpus.texts);
        self.corrected(old, corpus, progress, |head| {
            let name = &head.metadata().name;
            let answers = corpus.heads.iter().find(|head| head.name == *name);
            let Some(answers) = answers.filter(|answers| has_answer(&answers.targets)) else {
                return Ok(head.clone());
            };
            let problem = Problem {
                weights: corpus.weights.as_deref(),
                memory: self.memory(),
                ..Problem::new(&rows, &answers.targets, progress)
            };
            let linear = linear::correct(&head.metadata().classifier, head.linear(), &problem)?;
            let metadata = corrected_metadata(head.metadata(), &answers.targets);
            Ok(ModelHead::new(metadata, self.rounded(linear)))
        })
    }

    /// Returns the model of which `old` becomes by the answers of `corpus`, as `correct` makes its
    /// heads.
    pub(super) fn corrected(
        &self,
        old: &Model,
        corpus: &Corpus,
        progress: &dyn Progress,
        correct: impl Fn(&ModelHead) -> Result<ModelHead>,
    ) -> Result<Model> {
        let heads: Vec<ModelHead> = old.heads().iter().map(correct).collect::<Result<_>>()?;
        let metadata = Metadata {
            schema: old.metadata().schema.clone(),
            documents: old.metadata().documents + corpus.len() as u64,
            data_hash: both_hashes(&old.metadata().data_hash, corpus.hash),
            background: old.metadata().background.clone(),
            ..self.metadata(corpus)
        };
        let fingerprints = self.fingerprints_with(old, corpus, progress);
        let reading = corpus.reading.clone();
        let record = TrainingRecord {
            old_model: Some(old.hash().to_string()),
            schema: corpus
                .schema
                .clone()
                .filter(|of_rows| metadata.schema.as_ref() != Some(of_rows)),
            ..TrainingRecord::new(self, TrainingKind::Corrections, reading)
        };
        // Corrections are no fair sample, so the profile stays, too.
        let profile = old.profile().filter(|_| self.profile).cloned();
        let model = Model::new(metadata, old.tfidf().clone(), heads, fingerprints);
        Ok(self.described(model, profile, &record))
    }

    /// Returns the fingerprints of the texts of an older model and of those that were learnt since.
    fn fingerprints_with(
        &self,
        old: &Model,
        corpus: &Corpus,
        progress: &dyn Progress,
    ) -> Option<Buffer<u64>> {
        if !self.fingerprints {
            return None;
        }
        let Some(known) = old.fingerprints() else {
            progress.note(
                "the old model keeps no fingerprints of its texts, and so neither does the new one",
            );
            return None;
        };
        Some(fingerprints::sorted(
            [known, &fingerprints::of_texts(&corpus.texts)].concat(),
        ))
    }
}

/// Tells if anything is known of a head.
pub(super) fn has_answer(targets: &Targets) -> bool {
    let known = |document| (0..targets.labels()).any(|at| targets.holds(document, at).is_some());
    (0..targets.documents()).any(known)
}

/// Returns the metadata of a head after corrections with these answers.
pub(super) fn corrected_metadata(old: &HeadMetadata, answers: &Targets) -> HeadMetadata {
    let mut metadata = old.clone();
    let supported = metadata.support.iter_mut().zip(answers.support(None));
    supported.for_each(|(all, [yes, _])| *all += yes);
    if let Some(conformal) = &mut metadata.conformal {
        conformal.origin = Origin::OutOfFold;
    }
    metadata
}

/// Returns the XXH3-64 of the hashes of what was learnt before and since.
fn both_hashes(before: &str, since: u64) -> String {
    format!(
        "{:016x}",
        XxHash3_64::oneshot(format!("{before} {since:016x}").as_bytes())
    )
}

/// The remedy where corrections alone do not do.
fn all_rows() -> Wording {
    wording![
        "give the rows of the old model beside them, or train on these rows alone with ",
        Setting::WarmStartRows.value("all")
    ]
}

fn takes_answers(old: &Model, head: &Head) -> Result<()> {
    let (_, known) = old
        .head(&head.name)
        .ok_or_else(|| old.no_head(&head.name))?;
    let metadata = known.metadata();
    if head.targets.kind() != metadata.kind {
        return Err(Error::usage(format!(
            "the old model's head `{}` is of the other kind",
            metadata.name
        )));
    }
    if !head.labels.starts_with(&metadata.labels) {
        return Err(Error::data(
            "the corpus was not read with the labels of the old model",
        ));
    }
    if let Some(new) = head.labels.get(metadata.labels.len()) {
        return Err(Error::usage(format!(
            "a correction has the label `{new}` of head `{}`, which the old model does not know",
            head.name
        ))
        .help(all_rows()));
    }
    correctable(known)
}

/// Checks that a head was trained by a classifier that can go on from corrections alone.
pub(super) fn correctable(head: &ModelHead) -> Result<()> {
    let metadata = head.metadata();
    if metadata.classifier.takes_corrections() {
        return Ok(());
    }
    let message = format!(
        "head `{}` was trained by {}, which cannot go on from corrections alone",
        metadata.name, metadata.classifier
    );
    Err(Error::usage(message).help(all_rows().then(format!(
        "; {} take corrections",
        correctable_classifiers().join(", ")
    ))))
}

/// Returns the names of the classifiers that take corrections, with the options under which they
/// do.
fn correctable_classifiers() -> Vec<String> {
    let shown = |known: &ClassifierInfo| match known.corrections? {
        "" => Some(known.name.to_string()),
        options => Some(format!("{} ({options})", known.name)),
    };
    Classifier::all().filter_map(shown).collect()
}

fn goes_on(head: &ModelHead, corpus: &Corpus) -> Result<()> {
    let metadata = head.metadata();
    let Some(new) = corpus.heads.iter().find(|new| new.name == metadata.name) else {
        return Err(Error::usage(format!(
            "the old model has a head `{}`, but it is not trained",
            metadata.name
        ))
        .help(wording![
            "name its column with ",
            Setting::ExclusiveHead,
            " or ",
            Setting::IndependentHead
        ]));
    };
    if new.targets.kind() != metadata.kind {
        return Err(Error::usage(format!(
            "the old model's head `{}` is of the other kind",
            metadata.name
        )));
    }
    if !new.labels.starts_with(&metadata.labels) {
        return Err(Error::data(
            "the corpus was not read with the labels of the old model",
        ));
    }
    if !has_answer(&new.targets) {
        return Err(
            Error::data(format!("no row answers head `{}`", metadata.name)).help(wording![
                "give rows that do, or correct the other heads alone with ",
                Setting::WarmStartRows.value("corrections")
            ]),
        );
    }
    Ok(())
}

/// Notes labels without a row, which will not be predicted again.
fn note_forgotten_labels(head: &Head, progress: &dyn Progress) {
    for (label, [yes, _]) in head.labels.iter().zip(head.targets.support(None)) {
        if yes == 0.0 {
            progress.note(&format!(
                "no row has the label `{label}` of head `{}`: it is unlearnt",
                head.name
            ));
        }
    }
}
