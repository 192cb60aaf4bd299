//! Training and search, in the steps of `standpoint train` and `standpoint tune`.

use crate::corpus::Source;
use crate::errors::OrRaise;
use crate::model::Model;
use crate::options::{TrainingOptions, parsed};
use crate::results::json;
use crate::work::{Watch, run};
use pyo3::prelude::*;
use serde::Deserialize;
use standpoint::background::{Background, Blend};
use standpoint::features::TfIdfOptions;
use standpoint::text::TokenOptions;
use standpoint::tune::{AutoPreset, SearchSpace, TrialLog, Tuner};
use standpoint::{Result, Trainer};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Word vectors that take part in training.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct BackgroundOptions {
    path: Option<PathBuf>,
    weight: Option<f64>,
    terms: Option<u32>,
}

impl BackgroundOptions {
    fn blend(&self) -> Result<Option<Blend>> {
        let Some(path) = &self.path else {
            return Ok(None);
        };
        let blend = Blend::new(Background::load(path)?);
        let weight = self.weight.unwrap_or(blend.weight);
        Ok(Some(blend.weight(weight).terms(self.terms)))
    }
}

/// Returns the options that the preset `auto` chooses: with one of them there is nothing to choose.
#[pyfunction]
pub fn preset_choices() -> Vec<&'static str> {
    AutoPreset::CHOICES.to_vec()
}

/// Trains a model, and returns with it the options of the run as JSON. With `options_file`, which
/// a search wrote, the other options but the name are not looked at. With `auto`, the preset
/// chooses n-grams and classifiers.
#[pyfunction]
pub fn train(
    py: Python<'_>,
    corpus: &Source,
    calibration_set: Option<PyRef<'_, Source>>,
    options: &str,
    background: &str,
    options_json: Option<&str>,
    auto: bool,
) -> PyResult<(Model, String)> {
    let options: TrainingOptions = parsed(options).or_raise(py)?;
    let background: BackgroundOptions = parsed(background).or_raise(py)?;
    let apart = calibration_set.as_deref();
    let (model, used) = run(py, |watch| {
        let trainer = match options_json {
            Some(json) => Trainer {
                name: options.trainer()?.name,
                ..Trainer::from_json(json)?
            },
            None => options.trainer()?,
        };
        let blend = background.blend()?;
        trained(
            corpus,
            apart,
            Trainer {
                background: blend,
                ..trainer
            },
            auto,
            watch,
        )
    })?;
    Ok((Model(model), used))
}

fn trained(
    source: &Source,
    apart: Option<&Source>,
    mut trainer: Trainer,
    auto: bool,
    watch: &Watch,
) -> Result<(standpoint::Model, String)> {
    let corpus = source.corpus(watch)?;
    let apart = apart
        .map(|set| set.with_labels_of(&corpus, watch))
        .transpose()?;
    if auto {
        trainer = AutoPreset::new(trainer).choose(&corpus, watch)?;
    }
    let model = trainer.train_calibrated(&corpus, apart.as_ref(), watch)?;
    Ok((model, json(&trainer)?))
}

/// Options of a search.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SearchOptions {
    metric: Option<String>,
    time_limit: Option<f64>,
    memory: Option<u64>,
    folds: Option<u32>,
    seed: u64,
    no_stack: bool,
    language: Option<String>,
    log: Option<PathBuf>,
}

impl SearchOptions {
    fn tuner(&self, background: Option<Blend>, weight: Option<f64>) -> Result<Tuner> {
        let base = Tuner::default();
        let mut tokens = TokenOptions::default();
        if let Some(language) = &self.language {
            tokens.language = language.parse()?;
        }
        let objective = self.metric.as_deref().map(str::parse).transpose()?;
        let weights = weight.map(|weight| vec![weight]);
        Ok(Tuner {
            objective: objective.unwrap_or(base.objective),
            space: SearchSpace::around(&TfIdfOptions::default().tokens(tokens), self.seed),
            folds: self.folds.unwrap_or(5),
            seed: self.seed,
            stack: !self.no_stack,
            time: self.time_limit.map(Duration::from_secs_f64),
            memory: self.memory,
            background,
            background_weights: weights.unwrap_or(base.background_weights.clone()),
            ..base
        })
    }
}

/// Searches features and classifiers, and trains with the best. Returns the model, the options of
/// the run, and the results of the search, these as JSON.
#[pyfunction]
pub fn tune(
    py: Python<'_>,
    corpus: &Source,
    search: &str,
    options: &str,
    background: &str,
) -> PyResult<(Model, String, String)> {
    let search: SearchOptions = parsed(search).or_raise(py)?;
    let options: TrainingOptions = parsed(options).or_raise(py)?;
    let background: BackgroundOptions = parsed(background).or_raise(py)?;
    let (model, used, found) = run(py, |watch| {
        let blend = background.blend()?;
        let tuner = search.tuner(blend, background.weight)?;
        tuned(corpus, &tuner, search.log.as_deref(), &options, watch)
    })?;
    Ok((Model(model), used, found))
}

fn tuned(
    source: &Source,
    tuner: &Tuner,
    log: Option<&Path>,
    options: &TrainingOptions,
    watch: &Watch,
) -> Result<(standpoint::Model, String, String)> {
    let corpus = source.corpus(watch)?;
    let asked = options.trainer()?;
    asked.verify(&corpus)?;
    let mut log = match log {
        Some(path) => {
            TrialLog::verify_own(path)?;
            TrialLog::open(path, tuner, &corpus)?
        }
        None => TrialLog::default(),
    };
    let found = tuner.tune(&corpus, &mut log, &|| false, watch)?;
    let chosen: Vec<_> = found
        .chosen
        .iter()
        .zip(&corpus.heads)
        .map(|(best, head)| {
            serde_json::json!({
                "head": best.head,
                "metric": tuner.objective.name(head.targets.kind()),
                "scores": best.scores,
                "estimator": best.estimator,
            })
        })
        .collect();
    let summary = serde_json::json!({
        "trials": found.trials,
        "cut_short": found.cut_short,
        "chosen": chosen,
    });
    let mut trainer = Trainer {
        name: asked.name.clone(),
        fingerprints: asked.fingerprints,
        profile: asked.profile,
        compact: asked.compact,
        card: asked.card.clone(),
        ..found.trainer
    };
    options.set_decision_rules(&mut trainer)?;
    let model = trainer.train_with(&corpus, watch)?;
    Ok((model, json(&trainer)?, json(&summary)?))
}
