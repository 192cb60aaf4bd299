//! Options of a training run, and training in memory.

use super::decision_rule::CalibrationSet;
use super::profile::ProfileBuilder;
use super::recipe::{FeatureSource, Recipe};
use super::record::{TrainingKind, TrainingRecord};
use super::selection::{HeadSelection, Selection};
use crate::background::{Blend, BlendedFeatures};
use crate::calibrate::{Method, ThresholdObjective};
use crate::corpus::{Corpus, Head, HeadKind};
use crate::features::{Idf, Norm, TermFrequency, TfIdfOptions};
use crate::io::{Progress, Silent};
use crate::linear::{ClassWeight, Classifier, LinearModel, Weights};
use crate::model::{
    BackgroundMetadata, CardText, HeadPredictions, HeadProfile, Metadata, Model, Profile,
    fingerprints,
};
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Options of a training run. The same options and the same corpus give the same model, byte for
/// byte, on any number of threads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Trainer {
    /// Name of the model; default `unnamed`.
    pub name: String,
    /// Options of the features.
    pub features: TfIdfOptions,
    /// Classifier of all heads except those in `classifiers`.
    pub classifier: Classifier,
    /// Classifiers of single heads, by name.
    pub classifiers: BTreeMap<String, Classifier>,
    /// Class weights.
    pub class_weights: ClassWeights,
    /// Calibration method; default [`Method::Auto`].
    pub calibrate: Method,
    /// Calibration methods of single heads, by name.
    pub calibrations: BTreeMap<String, Method>,
    /// Threshold objective of all heads that it fits: a cost matrix fits exclusive heads, all
    /// others independent ones.
    pub thresholds: ThresholdObjective,
    /// Threshold objectives of single heads, by name.
    #[serde(rename = "goals")]
    pub threshold_objectives: BTreeMap<String, ThresholdObjective>,
    /// Keeps what conformal prediction needs to answer "undecided" at a stated error; with a
    /// calibration set it is kept anyway. Default false.
    pub abstain: bool,
    /// Number of folds for calibration and thresholds, at least 2; default 5.
    pub folds: u32,
    /// Makes it an error, rather than a note, if there are fewer documents than folds; default
    /// false.
    #[serde(skip)]
    pub folds_requested: bool,
    /// Seed of the folds; default 0.
    pub seed: u64,
    /// Keeps [fingerprints](Model::fingerprints) of the training texts in the model; default true.
    pub fingerprints: bool,
    /// Keeps a [profile](Model::profile) of the training data in the model; default true.
    pub profile: bool,
    /// Free text of the model card; default none.
    #[serde(skip_serializing_if = "CardText::is_empty")]
    pub card: CardText,
    /// Rounds weights to eight bits, so that the model's file is smaller; default false.
    pub compact: bool,
    /// Word vectors learnt from texts without labels, whose words the model then knows, too;
    /// default none. They contain no label, so that out-of-fold scores stay fair.
    #[serde(skip)]
    pub background: Option<Blend>,
    /// Word vectors with which a search found these options, which make sense with them alone;
    /// default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_with: Option<BackgroundMetadata>,
    /// Comparison by which [`AutoPreset`](crate::tune::AutoPreset) chose features and classifiers;
    /// default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selection: Option<Selection>,
    /// Memory that solvers and out-of-fold scores may take, in bytes; by default what the machine
    /// has free. The model does not depend on it.
    pub memory: Option<u64>,
}

/// Result of a training run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TrainingRun {
    /// Trained model.
    pub model: Model,
    /// Predictions for documents of the calibration set or, out of fold, of the corpus; of those
    /// heads for whose decision rule training made them, and none without a
    /// profile.
    pub predictions: Vec<HeadPredictions>,
}

/// Class weights of a head's labels, by name.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassWeights {
    /// Equal weights (the default).
    #[default]
    Equal,
    /// Weights in inverse proportion to each label's share.
    Balanced,
    /// A factor for each label named; 1 for all others.
    ByLabel(BTreeMap<String, f64>),
}

impl Default for Trainer {
    fn default() -> Self {
        Trainer {
            name: "unnamed".to_string(),
            features: TfIdfOptions::default(),
            classifier: Classifier::default(),
            classifiers: BTreeMap::new(),
            class_weights: ClassWeights::Equal,
            calibrate: Method::Auto,
            calibrations: BTreeMap::new(),
            thresholds: ThresholdObjective::Auto,
            threshold_objectives: BTreeMap::new(),
            abstain: false,
            folds: 5,
            folds_requested: false,
            seed: 0,
            fingerprints: true,
            profile: true,
            card: CardText::default(),
            compact: false,
            background: None,
            found_with: None,
            selection: None,
            memory: None,
        }
    }
}

impl Trainer {
    /// Reads options from JSON, as a search writes them.
    ///
    /// # Errors
    /// A usage error for other JSON, and for a key that stands twice.
    pub fn from_json(text: &str) -> Result<Trainer> {
        let wrong = |what: String| Error::usage(format!("no options of a training run: {what}"));
        let trainer = serde_json::from_str(text).map_err(|e| wrong(e.to_string()))?;
        match crate::json::repeated_key(text) {
            Some(key) => Err(wrong(format!("the key `{key}` stands twice"))),
            None => Ok(trainer),
        }
    }

    /// Trains a model on all heads of `corpus`.
    ///
    /// # Errors
    /// A usage error for options that do not fit, a data error where a head cannot be learnt.
    pub fn train(&self, corpus: &Corpus) -> Result<Model> {
        self.train_with(corpus, &Silent)
    }

    /// Trains as [`train`](Self::train) and reports `progress`.
    ///
    /// # Errors
    /// As [`train`](Self::train).
    pub fn train_with(&self, corpus: &Corpus, progress: &dyn Progress) -> Result<Model> {
        self.train_calibrated(corpus, None, progress)
    }

    /// Trains as [`train_with`](Self::train_with), with decision rules from a calibration set where
    /// there is one rather than from folds of the corpus, which takes a fraction of the time. The
    /// set must have been read with the heads and labels of the corpus.
    ///
    /// # Errors
    /// As [`train`](Self::train), and a data error for a set with other heads or labels.
    pub fn train_calibrated(
        &self,
        corpus: &Corpus,
        calibration_set: Option<&Corpus>,
        progress: &dyn Progress,
    ) -> Result<Model> {
        self.run(corpus, calibration_set, progress)
            .map(|run| run.model)
    }

    /// Trains as [`train_calibrated`](Self::train_calibrated), and returns beside the model its
    /// predictions for unseen documents, where training made any.
    ///
    /// # Errors
    /// As [`train_calibrated`](Self::train_calibrated).
    pub fn run(
        &self,
        corpus: &Corpus,
        calibration_set: Option<&Corpus>,
        progress: &dyn Progress,
    ) -> Result<TrainingRun> {
        self.verify(corpus)?;
        corpus
            .heads
            .iter()
            .try_for_each(|head| self.verify_folds(head, calibration_set.is_some()))?;
        let calibration_set = calibration_set
            .map(|set| CalibrationSet::new(set, corpus, progress))
            .transpose()?;
        let background = self.background.as_ref();
        let features = BlendedFeatures::fit(&self.features, background, &corpus.texts, progress)?;
        let recipe = Recipe {
            trainer: self,
            corpus,
            features: FeatureSource::Fitted(&features),
            calibration_set,
            progress,
        };
        let mut trained = recipe.train()?;
        let (unseen, predictions) = trained.take_unseen();
        let texts = calibration_set
            .iter()
            .map(|set| set.texts())
            .chain([&corpus.texts]);
        let fingerprints = self
            .fingerprints
            .then(|| texts.flat_map(fingerprints::of_texts).collect());
        let model = Model::new(
            self.metadata(corpus),
            trained.tfidf,
            trained.heads,
            fingerprints.map(fingerprints::sorted),
        );
        let record = TrainingRecord {
            calibration_set: calibration_set.map(|set| set.hash()),
            ..TrainingRecord::new(self, TrainingKind::Corpus, corpus.reading.clone())
        };
        let profile = self.profile(&model, corpus, unseen, true);
        Ok(TrainingRun {
            model: self.described(model, profile, &record),
            predictions,
        })
    }

    /// Profiles the corpus of a model.
    pub(super) fn profile(
        &self,
        model: &Model,
        corpus: &Corpus,
        unseen: Vec<Option<HeadProfile>>,
        held_out: bool,
    ) -> Option<Profile> {
        self.profile.then(|| {
            let mut builder = ProfileBuilder::new(model, unseen, held_out);
            builder.add(corpus);
            builder.finish()
        })
    }

    /// Returns the model with its profile, its card and the options that it was trained by.
    pub(super) fn described(
        &self,
        model: Model,
        profile: Option<Profile>,
        record: &TrainingRecord,
    ) -> Model {
        model
            .with_profile(profile)
            .with_card(self.card.clone())
            .with_training(record.to_json())
    }

    /// Returns the weights as the model keeps them: in eight bits where it is compact and they are
    /// dense.
    pub(super) fn rounded(&self, linear: LinearModel) -> LinearModel {
        if self.compact && matches!(linear.weights(), Weights::Dense(_)) {
            linear.rounded::<i8>()
        } else {
            linear
        }
    }

    /// Checks the options against a corpus before the work begins.
    ///
    /// # Errors
    /// A usage error for options that do not fit, a data error where a head cannot be learnt.
    pub fn verify(&self, corpus: &Corpus) -> Result<()> {
        self.features.verify()?;
        if self.folds < 2 {
            return Err(
                Error::usage(format!("documents cannot be cut into {} folds", self.folds))
                    .help("give 2 or more"),
            );
        }
        if corpus.heads.is_empty() {
            return Err(Error::usage("there is no head to train").help(wording![
                "name a column with ",
                Setting::ExclusiveHead,
                " or ",
                Setting::IndependentHead
            ]));
        }
        let named = |head: &str| corpus.heads.iter().any(|h| h.name == head);
        if let Some(head) = self.classifiers.keys().find(|head| !named(head)) {
            return Err(Error::usage(format!(
                "there is a classifier for `{head}`, but no such head"
            )));
        }
        for (at, head) in corpus.heads.iter().enumerate() {
            if corpus.heads[..at]
                .iter()
                .any(|other| other.name == head.name)
            {
                return Err(
                    Error::usage(format!("two heads are named `{}`", head.name)).help(wording![
                        "write ",
                        Setting::ExclusiveHead.placeholder("NAME=COLUMN")
                    ]),
                );
            }
        }
        if let ClassWeights::ByLabel(weights) = &self.class_weights {
            let known =
                |label: &String| corpus.heads.iter().any(|head| head.labels.contains(label));
            if let Some(label) = weights.keys().find(|label| !known(label)) {
                return Err(Error::usage(format!(
                    "there is a class weight for `{label}`, but no such label"
                )));
            }
        }
        self.verify_decision_rules(corpus)?;
        self.verify_binary_features()?;
        if let Some(blend) = &self.background {
            let classifier =
                |head: &Head| self.classifiers.get(&head.name).unwrap_or(&self.classifier);
            blend.verify(&self.features, corpus.heads.iter().map(classifier))?;
        }
        self.verify_background()?;
        corpus.heads.iter().try_for_each(verify_head)
    }

    /// Checks the features of Bernoulli naive Bayes, which would find out only after they are made.
    fn verify_binary_features(&self) -> Result<()> {
        let TfIdfOptions { tf, idf, norm, .. } = self.features;
        let binary = (tf, idf, norm) == (TermFrequency::Binary, Idf::None, Norm::None);
        if binary
            || !self
                .classifiers
                .values()
                .chain([&self.classifier])
                .any(Classifier::takes_binary_features_only)
        {
            return Ok(());
        }
        Err(Error::usage(
            "Bernoulli naive Bayes takes features that are there or not, not TF-IDF values",
        )
        .help(wording![
            "add ",
            Setting::Tf.value("binary"),
            " ",
            Setting::Idf.value("none"),
            " ",
            Setting::Norm.value("none")
        ]))
    }

    /// Checks that the background is the one with which a search found the options.
    fn verify_background(&self) -> Result<()> {
        let Some(found_with) = &self.found_with else {
            return Ok(());
        };
        let own = self.background.as_ref().map(BackgroundMetadata::new);
        if own.as_ref() == Some(found_with) {
            return Ok(());
        }
        let other = if own.is_some() {
            "another background or weight"
        } else {
            "a background"
        };
        Err(
            Error::usage(format!("the options were found with {other}")).help(wording![
                format!("name the background of hash {} with ", found_with.hash),
                Setting::Background
            ]),
        )
    }

    /// Refuses a background in a kind of training that cannot take one.
    pub(super) fn without_background(&self, what: &str) -> Result<()> {
        match &self.background {
            None => Ok(()),
            Some(_) => Err(Error::usage(format!("{what} cannot take a background"))
                .help("train anew in memory, or leave the background out")),
        }
    }

    /// Returns the memory that solvers may take, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        self.memory.unwrap_or_else(crate::io::memory::free)
    }

    /// Returns the classifier of a head as it was given, without class weights.
    pub fn of_head(&self, name: &str) -> &Classifier {
        self.classifiers.get(name).unwrap_or(&self.classifier)
    }

    /// Returns the classifier of a head with its class weights.
    pub(super) fn classifier_of(&self, head: &str, labels: &[String]) -> Classifier {
        self.weighted(self.of_head(head).clone(), labels)
    }

    /// Returns a classifier with the class weights of these labels.
    pub(crate) fn weighted(&self, mut classifier: Classifier, labels: &[String]) -> Classifier {
        if self.class_weights != ClassWeights::Equal {
            classifier.set_class_weight(&self.class_weight(labels));
        }
        classifier
    }

    /// Takes the chosen classifiers: one for all heads where it is the same, otherwise each its own.
    pub(crate) fn set_classifiers(&mut self, chosen: &[HeadSelection]) {
        let named = chosen.iter().filter_map(|head| {
            let setting = head.chosen()?;
            Some((head.head.clone(), setting.classifier.clone()))
        });
        self.classifiers = named.collect();
        let mut distinct = self.classifiers.values();
        if let Some(only) = distinct.next().cloned()
            && distinct.all(|other| *other == only)
        {
            self.classifier = only;
            self.classifiers.clear();
        }
    }

    fn class_weight(&self, labels: &[String]) -> ClassWeight {
        match &self.class_weights {
            ClassWeights::Equal => ClassWeight::Equal,
            ClassWeights::Balanced => ClassWeight::Balanced,
            ClassWeights::ByLabel(weights) => {
                let weight = |label: &String| weights.get(label).copied().unwrap_or(1.0);
                ClassWeight::Given(labels.iter().map(weight).collect())
            }
        }
    }

    pub(super) fn metadata(&self, corpus: &Corpus) -> Metadata {
        Metadata {
            name: self.name.clone(),
            written_by: concat!("standpoint ", env!("CARGO_PKG_VERSION")).to_string(),
            schema: corpus.schema.clone(),
            documents: corpus.len() as u64,
            data_hash: format!("{:016x}", corpus.hash),
            background: self.background.as_ref().map(BackgroundMetadata::new),
            compact: self.compact,
            quantization: None,
        }
    }
}

fn verify_head(head: &Head) -> Result<()> {
    let name = &head.name;
    let unknown = |label: &usize| {
        (0..head.targets.documents()).all(|at| head.targets.holds(at, *label).is_none())
    };
    match (head.targets.kind(), head.labels.as_slice()) {
        (_, []) => Err(Error::data(format!(
            "head `{name}` has no label in any row"
        ))),
        (HeadKind::Exclusive, [only]) => Err(Error::data(format!(
            "head `{name}` has only the label `{only}`, so there is nothing to tell apart"
        ))
        .help("give rows of at least two labels")),
        _ => (0..head.labels.len())
            .find(unknown)
            .map_or(Ok(()), |label| {
                Err(Error::data(format!(
                    "label `{}` of head `{name}` is unknown in every row",
                    head.labels[label]
                )))
            }),
    }
}
