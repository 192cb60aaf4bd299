//! Options from Python, as JSON of keyword arguments whose values have the names of the command
//! line.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IntoDeserializer};
use standpoint::calibrate::{CostMatrix, LabelCosts, Method, ThresholdObjective};
use standpoint::corpus::label_form;
use standpoint::features::{HashingOptions, NGrams, TfIdfOptions};
use standpoint::linear::{Classifier, MultiClass, Parameters, Penalty, SvmLoss};
use standpoint::model::CardText;
use standpoint::text::TokenOptions;
use standpoint::train::ClassWeights;
use standpoint::{Error, Result, Trainer};
use std::collections::BTreeMap;
use std::str::FromStr;

/// Reads options.
///
/// # Errors
/// A usage error that names the option which is unknown or of a wrong type.
pub fn parsed<T: DeserializeOwned>(json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|e| {
        let message = e.to_string();
        let end = message.rfind(" at line").unwrap_or(message.len());
        Error::usage(format!("an option is wrong: {}", &message[..end]))
    })
}

/// Returns the value of an enum of the library by its name in JSON.
fn by_name<T: DeserializeOwned>(option: &str, name: &str) -> Result<T> {
    let name = name.replace('-', "_");
    let value: std::result::Result<T, serde::de::value::Error> =
        T::deserialize(name.as_str().into_deserializer());
    value.map_err(|e| Error::usage(format!("{option}={name:?}: {e}")))
}

/// Returns lengths of n-grams, or none.
fn ngrams(text: &str) -> Result<Option<NGrams>> {
    match text {
        "none" => Ok(None),
        text => text.parse().map(Some),
    }
}

/// Sets a field where an option is given.
fn set<T>(field: &mut T, given: Option<Result<T>>) -> Result<()> {
    if let Some(value) = given {
        *field = value?;
    }
    Ok(())
}

fn read<T: FromStr<Err = Error>>(text: Option<&String>) -> Option<Result<T>> {
    text.map(|text| text.parse())
}

/// Options of features; those that are not given are the library's defaults.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeatureOptions {
    language: Option<String>,
    hyphens: Option<String>,
    umlauts: Option<String>,
    stem: Option<bool>,
    stop_words: Option<String>,
    compounds: Option<bool>,
    word_ngrams: Option<String>,
    char_ngrams: Option<String>,
    min_df: Option<String>,
    max_df: Option<String>,
    max_features: Option<u32>,
    tf: Option<String>,
    idf: Option<String>,
    norm: Option<String>,
    norm_exponent: Option<f64>,
}

impl FeatureOptions {
    fn tokens(&self) -> Result<TokenOptions> {
        let mut tokens = TokenOptions::default();
        set(&mut tokens.language, read(self.language.as_ref()))?;
        set(&mut tokens.hyphens, read(self.hyphens.as_ref()))?;
        set(&mut tokens.umlauts, read(self.umlauts.as_ref()))?;
        set(&mut tokens.stop_words, read(self.stop_words.as_ref()))?;
        set(&mut tokens.stem, self.stem.map(Ok))?;
        Ok(tokens)
    }

    /// Returns the library's options.
    pub fn options(&self) -> Result<TfIdfOptions> {
        let mut options = TfIdfOptions::default().tokens(self.tokens()?);
        let [words, characters] = [&self.word_ngrams, &self.char_ngrams];
        set(&mut options.word_ngrams, words.as_deref().map(ngrams))?;
        set(&mut options.char_ngrams, characters.as_deref().map(ngrams))?;
        set(&mut options.compounds, self.compounds.map(Ok))?;
        set(&mut options.min_df, read(self.min_df.as_ref()))?;
        set(&mut options.max_df, read(self.max_df.as_ref()))?;
        options.max_features = self.max_features;
        let [tf, idf, norm] = [&self.tf, &self.idf, &self.norm].map(Option::as_deref);
        set(&mut options.tf, tf.map(|name| by_name("tf", name)))?;
        set(&mut options.idf, idf.map(|name| by_name("idf", name)))?;
        set(&mut options.norm, norm.map(|name| by_name("norm", name)))?;
        set(&mut options.norm_exponent, self.norm_exponent.map(Ok))?;
        options.verify()?;
        Ok(options)
    }
}

/// Options of feature hashing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HashingSettings {
    features: FeatureOptions,
    bits: u8,
    signed: bool,
    seed: u64,
}

impl HashingSettings {
    /// Returns the library's options.
    pub fn options(&self) -> Result<HashingOptions> {
        let TfIdfOptions {
            tokens,
            word_ngrams,
            char_ngrams,
            tf,
            norm,
            ..
        } = self.features.options()?;
        Ok(HashingOptions::default()
            .tokens(tokens)
            .word_ngrams(word_ngrams)
            .char_ngrams(char_ngrams)
            .bits(self.bits)
            .signed(self.signed)
            .tf(tf)
            .norm(norm)
            .seed(self.seed))
    }
}

/// Parameters of a classifier; those that are not given are its defaults.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClassifierOptions {
    #[serde(rename = "C")]
    c: Option<f64>,
    alpha: Option<f64>,
    tol: Option<f64>,
    epochs: Option<u32>,
    learning_rate: Option<f64>,
    loss: Option<String>,
    penalty: Option<String>,
    l1_ratio: Option<f64>,
    multi_class: Option<String>,
    intercept: Option<String>,
    interpolation: Option<f64>,
    ratio_exponent: Option<f64>,
}

impl ClassifierOptions {
    /// Returns the classifier of this name.
    ///
    /// # Errors
    /// A usage error for an unknown name, and for a parameter that the classifier does not take.
    pub fn named(&self, name: &str, seed: u64) -> Result<Classifier> {
        let known = Classifier::named(name)?;
        let given = self.given();
        if let Some(idle) = given.iter().find(|given| {
            let taken = known.parameters.iter().map(|parameter| parameter.name());
            !taken.chain(["l1_ratio"]).any(|taken| taken == **given)
        }) {
            return Err(
                Error::usage(format!("`{name}` does not take `{idle}`")).help("leave it out")
            );
        }
        known.build(&self.parameters(seed)?)
    }

    /// Returns the names of the parameters that are given.
    fn given(&self) -> Vec<&'static str> {
        let given = [
            ("C", self.c.is_some()),
            ("alpha", self.alpha.is_some()),
            ("tol", self.tol.is_some()),
            ("epochs", self.epochs.is_some()),
            ("learning_rate", self.learning_rate.is_some()),
            ("loss", self.loss.is_some()),
            ("penalty", self.penalty.is_some()),
            ("multi_class", self.multi_class.is_some()),
            ("intercept", self.intercept.is_some()),
            ("interpolation", self.interpolation.is_some()),
            ("ratio_exponent", self.ratio_exponent.is_some()),
        ];
        let given = given.into_iter().filter(|(_, given)| *given);
        given.map(|(name, _)| name).collect()
    }

    fn parameters(&self, seed: u64) -> Result<Parameters> {
        let mut given = Parameters::default();
        given.c = self.c;
        given.alpha = self.alpha;
        given.tolerance = self.tol;
        given.epochs = self.epochs;
        given.learning_rate = self.learning_rate;
        let loss = self.loss.as_deref();
        given.loss = loss
            .map(|name| by_name::<SvmLoss>("loss", name))
            .transpose()?;
        given.penalty = self.penalty()?;
        given.multi_class = read::<MultiClass>(self.multi_class.as_ref()).transpose()?;
        given.intercept = read(self.intercept.as_ref()).transpose()?;
        given.interpolation = self.interpolation;
        given.ratio_exponent = self.ratio_exponent;
        given.seed = seed;
        Ok(given)
    }

    fn penalty(&self) -> Result<Option<Penalty>> {
        match (self.penalty.as_deref(), self.l1_ratio) {
            (None, None) => Ok(None),
            (Some("l2"), None) => Ok(Some(Penalty::L2)),
            (Some("l1"), None) => Ok(Some(Penalty::L1)),
            (Some("elasticnet"), Some(share)) => Ok(Some(Penalty::ElasticNet { l1_ratio: share })),
            (Some("elasticnet"), None) => {
                Err(Error::usage("elasticnet needs a share of l1")
                    .help("pass l1_ratio, such as 0.5"))
            }
            (_, Some(_)) => Err(Error::usage(
                "`l1_ratio` is for penalty=\"elasticnet\" alone",
            )),
            (Some(other), None) => Err(Error::usage(format!("penalty={other:?} is unknown"))
                .help("one of l2, l1, elasticnet")),
        }
    }
}

/// Options of a training run.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainingOptions {
    name: Option<String>,
    features: FeatureOptions,
    parameters: ClassifierOptions,
    /// Classifier of all heads without one of their own.
    classifier: Option<String>,
    /// Classifiers of single heads.
    classifiers: BTreeMap<String, String>,
    class_weight: Option<ClassWeights>,
    calibrate: Option<String>,
    calibrations: BTreeMap<String, String>,
    thresholds: Option<String>,
    objectives: BTreeMap<String, String>,
    /// Costs of exclusive heads, as a table; the head without a name is every exclusive one.
    costs: BTreeMap<String, String>,
    abstain: bool,
    folds: Option<u32>,
    seed: u64,
    fingerprints: Option<bool>,
    profile: Option<bool>,
    compact: bool,
    intended_use: Option<String>,
    known_gaps: Option<String>,
    memory: Option<u64>,
}

impl TrainingOptions {
    /// Returns the options of the library, as `standpoint train` makes them of its flags.
    pub fn trainer(&self) -> Result<Trainer> {
        self.trainer_by("svm")
    }

    /// Returns the options with this classifier where none is named.
    fn trainer_by(&self, default: &str) -> Result<Trainer> {
        let classifier = |name: &str| self.parameters.named(name, self.seed);
        let base = Trainer::default();
        let mut card = CardText::default();
        card.intended_use.clone_from(&self.intended_use);
        card.known_gaps.clone_from(&self.known_gaps);
        let mut trainer = Trainer {
            name: self.name.clone().unwrap_or_else(|| "model".to_string()),
            features: self.features.options()?,
            classifier: classifier(self.classifier.as_deref().unwrap_or(default))?,
            classifiers: by_head(&self.classifiers, classifier)?,
            class_weights: self.class_weights(),
            abstain: self.abstain,
            folds: self.folds.unwrap_or(base.folds),
            folds_requested: self.folds.is_some(),
            seed: self.seed,
            fingerprints: self.fingerprints.unwrap_or(base.fingerprints),
            profile: self.profile.unwrap_or(base.profile),
            compact: self.compact,
            memory: self.memory,
            card,
            ..base
        };
        self.set_decision_rules(&mut trainer)?;
        set_folds_of_stacks(&mut trainer, self.folds);
        Ok(trainer)
    }

    /// Returns the options of a stream, which learns by gradient descent and keeps no document
    /// apart.
    pub fn stream_trainer(&self) -> Result<Trainer> {
        let mut trainer = self.trainer_by("sgd")?;
        if self.thresholds.is_none() {
            trainer.thresholds = ThresholdObjective::Fixed;
        }
        Ok(trainer)
    }

    /// Sets calibration and thresholds.
    pub fn set_decision_rules(&self, trainer: &mut Trainer) -> Result<()> {
        set(&mut trainer.calibrate, read(self.calibrate.as_ref()))?;
        trainer.calibrations = by_head(&self.calibrations, str::parse::<Method>)?;
        set(&mut trainer.thresholds, read(self.thresholds.as_ref()))?;
        trainer.threshold_objectives = by_head(&self.objectives, str::parse)?;
        for (head, table) in &self.costs {
            let objective = cost_objective(table)?;
            match head.is_empty() {
                true => trainer.thresholds = objective,
                false => {
                    let head = label_form(head).into_owned();
                    trainer.threshold_objectives.insert(head, objective);
                }
            }
        }
        trainer.abstain = self.abstain;
        Ok(())
    }

    fn class_weights(&self) -> ClassWeights {
        match &self.class_weight {
            None => ClassWeights::Equal,
            Some(ClassWeights::ByLabel(weights)) => {
                let pairs = weights.iter();
                let pairs = pairs.map(|(label, weight)| (label_form(label).into_owned(), *weight));
                ClassWeights::ByLabel(pairs.collect())
            }
            Some(other) => other.clone(),
        }
    }
}

fn cost_objective(table: &str) -> Result<ThresholdObjective> {
    match table.parse::<LabelCosts>() {
        Ok(costs) => Ok(ThresholdObjective::Cost(costs)),
        Err(_) => CostMatrix::read(table).map(ThresholdObjective::CostMatrix),
    }
}

fn by_head<T>(
    given: &BTreeMap<String, String>,
    read: impl Fn(&str) -> Result<T>,
) -> Result<BTreeMap<String, T>> {
    let pairs = given.iter();
    let pairs = pairs.map(|(head, value)| Ok((label_form(head).into_owned(), read(value)?)));
    pairs.collect()
}

/// Stacks are weighted on the same number of folds as thresholds.
fn set_folds_of_stacks(trainer: &mut Trainer, folds: Option<u32>) {
    let Some(folds) = folds else { return };
    let all = trainer.classifiers.values_mut();
    for classifier in all.chain([&mut trainer.classifier]) {
        if let Classifier::Stack(stack) = classifier {
            stack.folds = folds;
        }
    }
}
