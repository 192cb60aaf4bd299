//! Training: one pass over the corpus for the vocabulary, one solver run a head.

use super::decision_rule::{CalibrationScores, CalibrationSet, DecisionRule};

use crate::background::{Blend, BlendedFeatures};
use crate::calibrate::{Method, ThresholdObjective};
use crate::corpus::{Corpus, Head, HeadKind};
use crate::features::{Idf, Norm, TermFrequency, TfIdf, TfIdfOptions};
use crate::linear::{ClassWeight, Classifier, LinearModel, OutOfFoldScores, Problem};
use crate::model::{BackgroundMetadata, HeadMetadata, Metadata, Model, ModelHead, fingerprints};
use crate::progress::{Progress, Silent};
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Options of a training run. The same options and the same corpus give the same model, byte for
/// byte, on any number of threads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Trainer {
    /// The model's name, for people; default `unnamed`.
    pub name: String,
    /// Which features texts have.
    pub features: TfIdfOptions,
    /// The classifier of all heads but those in `classifiers`.
    pub classifier: Classifier,
    /// Classifiers of single heads, by name.
    pub classifiers: BTreeMap<String, Classifier>,
    /// How labels are weighted against each other.
    pub class_weights: ClassWeights,
    /// How decision values become probabilities; default [`Method::Auto`].
    pub calibrate: Method,
    /// The same for single heads, by name.
    pub calibrations: BTreeMap<String, Method>,
    /// What thresholds are chosen for, of all heads that the goal fits: a cost matrix is for exclusive heads, all
    /// else for independent ones.
    pub thresholds: ThresholdObjective,
    /// What thresholds of single heads are chosen for, by name.
    pub goals: BTreeMap<String, ThresholdObjective>,
    /// Whether to keep what it takes to say "undecided" at a stated error; it is kept anyway where documents are kept apart
    /// for calibration. Default false.
    pub abstain: bool,
    /// Into how many folds documents are cut for calibration and thresholds, at least 2; default 5.
    pub folds: u32,
    /// Whether it is an error, rather than a note, if there are too few documents for the folds; default false.
    #[serde(skip)]
    pub folds_are_asked_for: bool,
    /// Seed of the folds; default 0.
    pub seed: u64,
    /// Whether the model keeps [fingerprints](Model::fingerprints) of the texts that it learns from; default true.
    pub fingerprints: bool,
    /// True where weights are rounded to eight bits, so that the model's file is smaller; default false.
    pub compact: bool,
    /// Word vectors learnt from texts without labels, whose words the model then knows, too; default none. They know no label, so
    /// that scores out of fold stay fair.
    #[serde(skip)]
    pub background: Option<Blend>,
    /// The word vectors with which a search found these options, which make sense with them alone; default none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_with: Option<BackgroundMetadata>,
    /// How many bytes solvers and out-of-fold scores may take; by default what the machine has free. No model hangs on it.
    pub memory: Option<u64>,
}

/// How labels are weighted against each other, by their names.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassWeights {
    /// The same for all (the default).
    #[default]
    Equal,
    /// In inverse proportion to each label's share.
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
            goals: BTreeMap::new(),
            abstain: false,
            folds: 5,
            folds_are_asked_for: false,
            seed: 0,
            fingerprints: true,
            compact: false,
            background: None,
            found_with: None,
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

    /// [`train`](Self::train), telling `progress` how far it is.
    ///
    /// # Errors
    /// As [`train`](Self::train).
    pub fn train_with(&self, corpus: &Corpus, progress: &dyn Progress) -> Result<Model> {
        self.train_calibrated(corpus, None, progress)
    }

    /// [`train_with`](Self::train_with), where calibration, thresholds and sets of answers may come from documents that are kept
    /// apart rather than from folds of the corpus; it takes no longer then. They must have been read with the heads and labels
    /// of the corpus.
    ///
    /// # Errors
    /// As [`train`](Self::train), and a data error for documents with other heads or labels.
    pub fn train_calibrated(
        &self,
        corpus: &Corpus,
        apart: Option<&Corpus>,
        progress: &dyn Progress,
    ) -> Result<Model> {
        self.verify(corpus)?;
        corpus
            .heads
            .iter()
            .try_for_each(|head| self.verify_folds(head, apart.is_some()))?;
        let apart = apart
            .map(|apart| CalibrationSet::new(apart, corpus, progress))
            .transpose()?;
        let weights = corpus.weights.as_deref();
        let fitted = BlendedFeatures::fit(
            &self.features,
            self.background.as_ref(),
            &corpus.texts,
            progress,
        )?;
        let learn = |head: &Head| {
            let classifier = self.classifier_of(&head.name, &head.labels);
            let wanted = apart.is_none() && self.wants_held(head)?;
            if apart.is_none() && !wanted {
                self.tell_fixed(head, progress);
            }
            let held = self.held(corpus, head, &classifier, wanted, progress)?;
            let problem = Problem {
                words: fitted.tfidf.vocabulary().words(),
                weights,
                held: held.as_ref(),
                memory: self.memory(),
                ..Problem::new(&fitted.rows, &head.targets, progress)
            };
            let linear = fitted.fold(classifier.fit(&problem)?, self.memory())?;
            Ok(Learnt {
                classifier,
                linear,
                held: held.filter(|_| wanted),
            })
        };
        let mut learnt: Vec<Learnt> = corpus.heads.iter().map(learn).collect::<Result<_>>()?;
        let tfidf = self.pruned(&fitted, &mut learnt)?;
        let finish = |(head, learnt): (&Head, Learnt)| {
            let Learnt {
                classifier,
                linear,
                held,
            } = learnt;
            let linear = self.settled(linear);
            let of_head = apart
                .as_ref()
                .and_then(|apart| Some((apart, apart.head(&head.name)?)));
            let evidence = match of_head {
                Some((apart, of)) => Some(CalibrationScores::kept_apart(
                    &linear, &tfidf, apart, of, self,
                )?),
                None => held.as_ref().map(|h| {
                    CalibrationScores::out_of_fold(h, &classifier, &head.targets, weights)
                }),
            };
            self.finish_head(head, classifier, linear, evidence.as_ref())
        };
        let heads: Result<Vec<ModelHead>> = corpus.heads.iter().zip(learnt).map(finish).collect();
        let texts = apart
            .iter()
            .map(|apart| apart.texts())
            .chain([&corpus.texts]);
        let fingerprints = self
            .fingerprints
            .then(|| texts.flat_map(fingerprints::of_texts).collect());
        Ok(Model::new(
            self.metadata(corpus),
            tfidf,
            heads?,
            fingerprints.map(fingerprints::sorted),
        ))
    }

    /// Leaves out the words of the background that matter least, if so many are too many; returns the transformer of the others.
    fn pruned(&self, fitted: &BlendedFeatures, learnt: &mut [Learnt]) -> Result<TfIdf> {
        let most = self.background.as_ref().and_then(|blend| blend.terms);
        let heads = learnt.iter().map(|learnt| &learnt.linear);
        let Some(keep) = most.and_then(|most| fitted.select_terms(most, heads)) else {
            return Ok(fitted.tfidf.clone());
        };
        learnt
            .iter_mut()
            .for_each(|learnt| learnt.linear = learnt.linear.retained(&keep));
        fitted.tfidf.retained(&keep)
    }

    /// Returns the weights as the model keeps them.
    pub(super) fn settled(&self, linear: LinearModel) -> LinearModel {
        if self.compact {
            linear.rounded()
        } else {
            linear
        }
    }

    /// Checks the options against a corpus, before the work begins.
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
            return Err(Error::usage("there is no head to train")
                .help("name a column with --label or --labels"));
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
                return Err(Error::usage(format!("two heads are named `{}`", head.name))
                    .help("write --label NAME=COLUMN"));
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
        self.verify_reading(corpus)?;
        self.binary_where_asked()?;
        if let Some(blend) = &self.background {
            let classifier =
                |head: &Head| self.classifiers.get(&head.name).unwrap_or(&self.classifier);
            blend.verify(&self.features, corpus.heads.iter().map(classifier))?;
        }
        self.verify_background()?;
        corpus.heads.iter().try_for_each(learnable)
    }

    /// Bernoulli naive Bayes would only find out after the features are made.
    fn binary_where_asked(&self) -> Result<()> {
        let TfIdfOptions { tf, idf, norm, .. } = self.features;
        let binary = (tf, idf, norm) == (TermFrequency::Binary, Idf::None, Norm::None);
        let asked = |classifier: &Classifier| matches!(classifier, Classifier::BernoulliNb(_));
        if binary
            || !self
                .classifiers
                .values()
                .chain([&self.classifier])
                .any(asked)
        {
            return Ok(());
        }
        Err(Error::usage(
            "Bernoulli naive Bayes takes features that are there or not, not TF-IDF values",
        )
        .help("add --tf binary --idf none --norm none"))
    }

    /// Checks that the background is the one that the options were found with.
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
            Error::usage(format!("the options were found with {other}")).help(format!(
                "name the background of hash {} with --background",
                found_with.hash
            )),
        )
    }

    /// Refuses a background where it has no part.
    pub(super) fn without_background(&self, what: &str) -> Result<()> {
        match &self.background {
            None => Ok(()),
            Some(_) => Err(Error::usage(format!("{what} cannot take a background"))
                .help("train anew in memory, or leave the background out")),
        }
    }

    /// How many bytes solvers may take.
    pub(super) fn memory(&self) -> u64 {
        self.memory.unwrap_or_else(crate::memory::free)
    }

    /// A head whose weights are found.
    pub(super) fn finish_head(
        &self,
        head: &Head,
        classifier: Classifier,
        linear: LinearModel,
        evidence: Option<&CalibrationScores<'_>>,
    ) -> Result<ModelHead> {
        let reading = self.read_head(head, classifier.link(head.targets.kind()), evidence)?;
        let support = head
            .targets
            .support(None)
            .iter()
            .map(|support| support[0])
            .collect();
        model_head(
            &head.name,
            &head.labels,
            support,
            classifier,
            linear,
            reading,
        )
    }

    /// The classifier that was asked for for a head.
    pub fn of_head(&self, name: &str) -> &Classifier {
        self.classifiers.get(name).unwrap_or(&self.classifier)
    }

    /// The classifier of a head, with its class weights.
    pub(super) fn classifier_of(&self, head: &str, labels: &[String]) -> Classifier {
        let mut classifier = self.of_head(head).clone();
        if self.class_weights != ClassWeights::Equal {
            classifier.weigh_labels(&self.class_weight(labels));
        }
        classifier
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
        }
    }
}

/// The weights of a head, and what was said of documents out of fold if that is to be read.
struct Learnt {
    classifier: Classifier,
    linear: LinearModel,
    held: Option<OutOfFoldScores>,
}

/// A trained head, if its weights are finite; without thresholds it has those of its link.
pub(super) fn model_head(
    name: &str,
    labels: &[String],
    support: Vec<f64>,
    classifier: Classifier,
    linear: LinearModel,
    reading: DecisionRule,
) -> Result<ModelHead> {
    if !linear.is_finite() {
        return Err(
            Error::data(format!("the weights of head `{name}` are not finite"))
                .help("lower C, raise alpha, or look for extreme sample weights"),
        );
    }
    let (kind, labels) = (linear.kind(), labels.to_vec());
    let link = classifier.link(kind);
    let DecisionRule {
        thresholds,
        goal,
        choices,
        calibration,
        costs,
        conformal,
    } = reading;
    let thresholds = thresholds.unwrap_or_else(|| vec![link.threshold(); labels.len()]);
    let metadata = HeadMetadata {
        name: name.to_string(),
        kind,
        labels,
        support,
        classifier,
        link,
        thresholds,
        goal,
        choices,
        calibration,
        costs,
        conformal,
    };
    Ok(ModelHead::new(metadata, linear))
}

fn learnable(head: &Head) -> Result<()> {
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
