//! Training: one pass over the corpus for the vocabulary, one solver run a head.

use super::thresholds;
use super::{About, HeadAbout, Model, ModelHead};
use crate::calibrate::Thresholds;
use crate::corpus::{Corpus, Head, HeadKind};
use crate::features::{Idf, Norm, TermFrequency, TfIdf, TfIdfOptions};
use crate::linear::{ClassWeight, Classifier, LinearModel, Problem};
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
    /// How the thresholds of independent labels are chosen.
    pub thresholds: Thresholds,
    /// Into how many folds documents are cut where thresholds are chosen, at least 2; default 5.
    pub folds: u32,
    /// Seed of the folds; default 0.
    pub seed: u64,
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
            thresholds: Thresholds::MaxF1,
            folds: 5,
            seed: 0,
        }
    }
}

impl Trainer {
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
        self.verify(corpus)?;
        let weights = corpus.weights.as_deref();
        let (tfidf, rows) = TfIdf::fit_transform(&self.features, &corpus.texts, progress)?;
        let words = tfidf.vocabulary().words();
        let train = |head: &Head| {
            let classifier = self.classifier_of(&head.name, &head.labels);
            let held = self.held(corpus, head, &classifier, progress)?;
            let problem = Problem {
                words,
                weights,
                held: held.as_ref(),
                ..Problem::new(&rows, &head.targets, progress)
            };
            self.train_head(head, classifier, &problem)
        };
        let heads: Result<Vec<ModelHead>> = corpus.heads.iter().map(train).collect();
        Ok(Model::new(self.about(corpus), tfidf, heads?))
    }

    pub(crate) fn verify(&self, corpus: &Corpus) -> Result<()> {
        self.features.verify()?;
        if self.folds < 2 {
            return Err(Error::usage(format!("documents cannot be cut into {} folds", self.folds))
                .help("give 2 or more"));
        }
        if corpus.heads.is_empty() {
            return Err(
                Error::usage("there is no head to train").help("name a column with --label or --labels")
            );
        }
        let named = |head: &str| corpus.heads.iter().any(|h| h.name == head);
        if let Some(head) = self.classifiers.keys().find(|head| !named(head)) {
            return Err(Error::usage(format!("there is a classifier for `{head}`, but no such head")));
        }
        for (at, head) in corpus.heads.iter().enumerate() {
            if corpus.heads[..at].iter().any(|other| other.name == head.name) {
                return Err(Error::usage(format!("two heads are named `{}`", head.name))
                    .help("write --label NAME=COLUMN"));
            }
        }
        if let ClassWeights::ByLabel(weights) = &self.class_weights {
            let known = |label: &String| corpus.heads.iter().any(|head| head.labels.contains(label));
            if let Some(label) = weights.keys().find(|label| !known(label)) {
                return Err(Error::usage(format!(
                    "there is a class weight for `{label}`, but no such label"
                )));
            }
        }
        self.binary_where_asked()?;
        corpus.heads.iter().try_for_each(learnable)
    }

    /// Bernoulli naive Bayes would only find out after the features are made.
    fn binary_where_asked(&self) -> Result<()> {
        let TfIdfOptions { tf, idf, norm, .. } = self.features;
        let binary = (tf, idf, norm) == (TermFrequency::Binary, Idf::None, Norm::None);
        let asked = |classifier: &Classifier| matches!(classifier, Classifier::BernoulliNb(_));
        if binary || !self.classifiers.values().chain([&self.classifier]).any(asked) {
            return Ok(());
        }
        Err(Error::usage("Bernoulli naive Bayes takes features that are there or not, not TF-IDF values")
            .help("add --tf binary --idf none --norm none"))
    }

    pub(super) fn train_head(
        &self,
        head: &Head,
        classifier: Classifier,
        problem: &Problem<'_>,
    ) -> Result<ModelHead> {
        let linear = classifier.fit(problem)?;
        let held = problem.held.filter(|_| self.chooses_thresholds(head));
        let thresholds = held.map(|held| thresholds::choose(held, &classifier, problem));
        let support = head.targets.support(None).iter().map(|support| support[0]).collect();
        model_head(&head.name, &head.labels, support, classifier, linear, thresholds)
    }

    /// The classifier of a head, with its class weights.
    pub(super) fn classifier_of(&self, head: &str, labels: &[String]) -> Classifier {
        let mut classifier = self.classifiers.get(head).unwrap_or(&self.classifier).clone();
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

    pub(super) fn about(&self, corpus: &Corpus) -> About {
        About {
            name: self.name.clone(),
            written_by: concat!("standpoint ", env!("CARGO_PKG_VERSION")).to_string(),
            schema: corpus.schema.clone(),
            documents: corpus.len() as u64,
            data_hash: format!("{:016x}", corpus.hash),
        }
    }
}

/// A trained head, if its weights are finite; without thresholds it has those of its link.
pub(super) fn model_head(
    name: &str,
    labels: &[String],
    support: Vec<f64>,
    classifier: Classifier,
    linear: LinearModel,
    thresholds: Option<Vec<f64>>,
) -> Result<ModelHead> {
    if !linear.is_finite() {
        return Err(Error::data(format!("the weights of head `{name}` are not finite"))
            .help("lower C, raise alpha, or look for extreme sample weights"));
    }
    let (kind, labels) = (linear.kind(), labels.to_vec());
    let link = classifier.link(kind);
    let thresholds = thresholds.unwrap_or_else(|| vec![link.threshold(); labels.len()]);
    let about = HeadAbout { name: name.to_string(), kind, labels, support, classifier, link, thresholds };
    Ok(ModelHead { about, linear })
}

fn learnable(head: &Head) -> Result<()> {
    let name = &head.name;
    let unknown =
        |label: &usize| (0..head.targets.documents()).all(|at| head.targets.holds(at, *label).is_none());
    match (head.targets.kind(), head.labels.as_slice()) {
        (_, []) => Err(Error::data(format!("head `{name}` has no label in any row"))),
        (HeadKind::Exclusive, [only]) => Err(Error::data(format!(
            "head `{name}` has only the label `{only}`, so there is nothing to tell apart"
        ))
        .help("give rows of at least two labels")),
        _ => (0..head.labels.len()).find(unknown).map_or(Ok(()), |label| {
            Err(Error::data(format!(
                "label `{}` of head `{name}` is unknown in every row",
                head.labels[label]
            )))
        }),
    }
}
