//! What is trained: classifiers by name, searches, options of earlier searches.

use crate::cli::args::{ClassifierArgs, CompareArgs};
use crate::cli::lists;
use crate::cli::{train, tune};
use standpoint::corpus::Corpus;
use standpoint::features::{Idf, Norm, TermFrequency, TfIdfOptions};
use standpoint::progress::Silent;
use standpoint::report::page::Fact;
use standpoint::tune::{Log, Space, Tuner};
use standpoint::{Model, Result, Trainer};
use std::path::Path;
use std::time::Duration;

/// A way of training, and what it is called.
pub struct Recipe {
    pub name: String,
    how: How,
}

enum How {
    Train(Box<Trainer>),
    Tune(Box<Tuner>),
}

impl Recipe {
    /// The options, for a report; those that a search finds differ from one training part to the next.
    pub fn options(&self) -> Option<Fact> {
        let How::Train(trainer) = &self.how else { return None };
        Some(Fact::new(format!("Options of {}", trainer.name), serde_json::to_string(trainer).ok()?))
    }

    pub fn train(&self, corpus: &Corpus) -> Result<Model> {
        match &self.how {
            How::Train(trainer) => trainer.train(corpus),
            How::Tune(tuner) => {
                let tuned = tuner.tune(corpus, &mut Log::default(), &|| false, &Silent)?;
                tuned.trainer.train(corpus)
            }
        }
    }
}

/// The names of the models that are compared.
pub fn names(args: &CompareArgs) -> Result<Vec<String>> {
    lists::names("--models", args.systems.models.as_deref().unwrap_or(super::MODELS))
}

pub fn recipes(args: &CompareArgs) -> Result<Vec<Recipe>> {
    let features = args.features.options()?;
    let time = args.systems.time.as_deref().map(tune::time).transpose()?;
    let names = names(args)?;
    names.iter().map(|name| recipe(name, &features, time, args.features.seed)).collect()
}

fn recipe(name: &str, features: &TfIdfOptions, time: Option<Duration>, seed: u64) -> Result<Recipe> {
    let how = if name == "tune" {
        let space = Space::around(features, seed);
        How::Tune(Box::new(Tuner { space, seed, time, ..Tuner::default() }))
    } else if name.ends_with(".json") {
        How::Train(Box::new(train::options(Path::new(name))?))
    } else {
        let classifier = ClassifierArgs::default().named(name, seed)?;
        let features = if name == "bnb" { binary(features) } else { features.clone() };
        How::Train(Box::new(Trainer {
            name: name.to_string(),
            features,
            classifier,
            seed,
            ..Trainer::default()
        }))
    };
    Ok(Recipe { name: name.to_string(), how })
}

/// The features that Bernoulli naive Bayes takes: there or not.
fn binary(features: &TfIdfOptions) -> TfIdfOptions {
    TfIdfOptions { tf: TermFrequency::Binary, idf: Idf::None, norm: Norm::None, ..features.clone() }
}
