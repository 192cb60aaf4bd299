//! The models of a comparison: classifiers by name, searches, options of earlier searches.

use super::constants;
use crate::cli::args::{CompareArgs, MODELS, WITH_BACKGROUND};
use crate::cli::plan;
use crate::cli::plan::lists;
use crate::cli::plan::trainer::options;
use standpoint::background::Blend;
use standpoint::corpus::Corpus;
use standpoint::features::{Idf, Norm, TermFrequency, TfIdfOptions};
use standpoint::io::Silent;
use standpoint::linear::Classifier;
use standpoint::report::page::Property;
use standpoint::tune::{AutoPreset, SearchSpace, TrialLog, Tuner};
use standpoint::{Error, Model, Result, Trainer};
use std::path::Path;
use std::time::Duration;

/// A named way of training.
pub struct Recipe {
    pub name: String,
    /// The remedy for labels that its models never predict, where the constants are not the
    /// user's.
    pub remedy: Option<String>,
    procedure: Procedure,
}

enum Procedure {
    Train(Box<Trainer>),
    Auto(Box<AutoPreset>),
    Tune(Box<Tuner>),
}

impl Recipe {
    /// The options, for a report; those that a search finds differ from one training part to the
    /// next.
    pub fn options(&self) -> Option<Property> {
        let Procedure::Train(trainer) = &self.procedure else {
            return None;
        };
        Some(Property::new(
            format!("Options of {}", trainer.name),
            serde_json::to_string(trainer).ok()?,
        ))
    }

    pub fn train(&self, corpus: &Corpus) -> Result<Model> {
        match &self.procedure {
            Procedure::Train(trainer) => trainer.train(corpus),
            Procedure::Auto(preset) => preset.choose(corpus, &Silent)?.train(corpus),
            Procedure::Tune(tuner) => {
                let tuned = tuner.tune(corpus, &mut TrialLog::default(), &|| false, &Silent)?;
                tuned.trainer.train(corpus)
            }
        }
    }
}

/// The names of the models that are compared.
pub fn names(args: &CompareArgs) -> Result<Vec<String>> {
    lists::names("--models", args.systems.models.as_deref().unwrap_or(MODELS))
}

pub fn recipes(args: &CompareArgs) -> Result<Vec<Recipe>> {
    let features = args.features.options()?;
    let time = args
        .systems
        .time_limit
        .as_deref()
        .map(|text| plan::time("--time-limit", text))
        .transpose()?;
    let names = names(args)?;
    let blend = args.systems.background.blend()?;
    let of_name = |name: &String| {
        let (plain, background) = match name.strip_suffix(WITH_BACKGROUND) {
            None => (name.as_str(), None),
            Some(plain) => (
                plain,
                Some(blend.clone().ok_or_else(|| without_vectors(name))?),
            ),
        };
        let weights = args.systems.background.weights();
        recipe(
            name,
            plain,
            background.map(|blend| (blend, weights)),
            &features,
            time,
            args.features.seed,
        )
    };
    names.iter().map(of_name).collect()
}

fn without_vectors(name: &str) -> Error {
    Error::usage(format!("`{name}` takes word vectors, but there are none"))
        .help("name their file with --background")
}

fn recipe(
    name: &str,
    plain: &str,
    background: Option<(Blend, Vec<f64>)>,
    features: &TfIdfOptions,
    time: Option<Duration>,
    seed: u64,
) -> Result<Recipe> {
    let procedure = if plain == "tune" {
        let space = SearchSpace::around(features, seed);
        let (background, background_weights) =
            background.map_or((None, vec![]), |(b, w)| (Some(b), w));
        Procedure::Tune(Box::new(Tuner {
            space,
            seed,
            time,
            background,
            background_weights,
            ..Tuner::default()
        }))
    } else if plain == "auto" {
        Procedure::Auto(Box::new(AutoPreset::new(Trainer {
            name: name.to_string(),
            features: without_ngrams(features),
            seed,
            background: background.map(|(blend, _)| blend),
            profile: false,
            ..Trainer::default()
        })))
    } else if name.ends_with(".json") {
        Procedure::Train(Box::new(Trainer {
            profile: false,
            ..options(Path::new(name))?
        }))
    } else {
        let classifier = constants::of(plain).named(plain, seed)?;
        let features = if classifier.takes_binary_features_only() {
            binary(features)
        } else {
            features.clone()
        };
        Procedure::Train(Box::new(Trainer {
            name: name.to_string(),
            features,
            classifier,
            seed,
            background: background.map(|(blend, _)| blend),
            // Models of a comparison are not kept.
            profile: false,
            ..Trainer::default()
        }))
    };
    let known = Classifier::all().find(|known| known.name == plain);
    Ok(Recipe {
        name: name.to_string(),
        remedy: known.and_then(constants::remedy),
        procedure,
    })
}

/// Returns the features with the default n-grams, from which the preset chooses its own.
fn without_ngrams(features: &TfIdfOptions) -> TfIdfOptions {
    let TfIdfOptions {
        word_ngrams,
        char_ngrams,
        ..
    } = TfIdfOptions::default();
    features
        .clone()
        .word_ngrams(word_ngrams)
        .char_ngrams(char_ngrams)
}

/// The features that Bernoulli naive Bayes takes: there or not.
fn binary(features: &TfIdfOptions) -> TfIdfOptions {
    features
        .clone()
        .tf(TermFrequency::Binary)
        .idf(Idf::None)
        .norm(Norm::None)
}
