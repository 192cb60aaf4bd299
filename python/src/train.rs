//! Training and search, in the steps of `standpoint train` and `standpoint tune`.

use crate::corpus::Source;
use crate::errors::OrRaise;
use crate::model::Model;
use crate::options::{FeatureOptions, TrainingOptions, parsed};
use crate::results::json;
use crate::work::{Watch, run};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;
use serde::Deserialize;
use standpoint::background::{Background, Blend};
use standpoint::features::TfIdfOptions;
use standpoint::text::{LanguageSurvey, TokenOptions};
use standpoint::train::{BatchTrainer, CorpusPart};
use standpoint::tune::{AutoPreset, SearchSpace, TrialLog, Tuner};
use standpoint::{Corpus, Error, Result, Trainer};
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
        let trainer = trainer(&options, &background, options_json)?;
        trained(corpus, apart, trainer, auto, watch)
    })?;
    Ok((Model(model), used))
}

/// Goes on from an older model: anew on all rows, or on corrections alone. `rows` is `all`,
/// `corrections`, or none for what the texts of the model tell. The model's classifiers are kept,
/// unless the options name others.
#[pyfunction]
pub fn train_from(
    py: Python<'_>,
    old: &Model,
    corpus: &Source,
    options: &str,
    names_classifier: bool,
    rows: Option<&str>,
) -> PyResult<(Model, String)> {
    let options: TrainingOptions = parsed(options).or_raise(py)?;
    let (model, used) = run(py, |watch| {
        let source = corpus.for_evaluation(&old.0)?;
        let known = old.0.known_labels(&source.mapping.schema);
        let corpus = corpus.read(&source, &known, watch)?;
        let mut trainer = options.trainer()?;
        let model = if is_corrected(&old.0, &corpus, rows)? {
            trainer.correct(&old.0, &corpus, watch)?
        } else {
            if !names_classifier {
                trainer = trainer.with_classifiers_of(&old.0, &corpus);
            }
            trainer.train_from(&old.0, &corpus, watch)?
        };
        Ok((model, json(&trainer)?))
    })?;
    Ok((Model(model), used))
}

fn is_corrected(old: &standpoint::Model, corpus: &Corpus, rows: Option<&str>) -> Result<bool> {
    match rows {
        Some("all") => Ok(false),
        Some("corrections") => Ok(true),
        Some(other) => {
            let message = format!("rows={other:?} is unknown");
            Err(Error::usage(message).help("one of all, corrections"))
        }
        None => old.is_corrected_by(corpus).ok_or_else(|| {
            Error::usage("the model keeps no fingerprints of its texts")
                .help("say whether old rows are among these with `rows`")
        }),
    }
}

/// Trains a model on batches of a corpus larger than memory, with the memory of `options` at most.
#[pyfunction]
pub fn train_stream(
    py: Python<'_>,
    corpus: &Source,
    options: &str,
    checkpoint: Option<(PathBuf, u64)>,
) -> PyResult<(Model, String)> {
    let options: TrainingOptions = parsed(options).or_raise(py)?;
    let (model, used) = run(py, |watch| {
        let mut trainer = options.stream_trainer()?;
        let memory = trainer.memory.take().unwrap_or(DEFAULT_STREAM_MEMORY);
        let batches = BatchTrainer {
            trainer,
            memory,
            checkpoint,
        };
        let model = corpus.stream(&batches, watch)?;
        Ok((model, json(&batches.trainer)?))
    })?;
    Ok((Model(model), used))
}

/// Memory of a stream where none is named, as the command line's.
const DEFAULT_STREAM_MEMORY: u64 = 2 << 30;

/// Surveys the languages of a share of a corpus; returns JSON.
#[pyfunction]
pub fn survey_languages(py: Python<'_>, share: &Source) -> PyResult<String> {
    run(py, |watch| {
        let corpus = share.share(watch)?;
        Ok(LanguageSurvey::new(&corpus.texts).to_json())
    })
}

/// Merges surveys of languages, which are JSON.
#[pyfunction]
pub fn merge_surveys(py: Python<'_>, surveys: Vec<String>) -> PyResult<String> {
    Ok(merged(&surveys).or_raise(py)?.to_json())
}

/// Finds the words of a share of a corpus, by `features` or by the options of another run; returns
/// the bytes of a part, with the ids of its documents where `ids` is true.
#[pyfunction]
pub fn fit_part<'py>(
    py: Python<'py>,
    share: &Source,
    features: &str,
    options_json: Option<&str>,
    surveys: Vec<String>,
    shard: Option<&str>,
    ids: bool,
) -> PyResult<Bound<'py, PyBytes>> {
    let features: FeatureOptions = parsed(features).or_raise(py)?;
    let bytes = run(py, |watch| {
        let shard = shard.map(str::parse).transpose()?;
        let survey = merged(&surveys)?;
        let languages = (!surveys.is_empty()).then(|| survey.languages());
        let corpus = share.share(watch)?;
        let features = match options_json {
            Some(json) => Trainer::from_json(json)?.features,
            None => features.options()?,
        };
        let part = CorpusPart::new(corpus, &features, languages, shard)?;
        let part = if ids { part } else { part.without_ids() };
        Ok(part.to_bytes())
    })?;
    Ok(PyBytes::new(py, &bytes))
}

fn merged(surveys: &[String]) -> Result<LanguageSurvey> {
    let surveys = surveys
        .iter()
        .map(|survey| LanguageSurvey::from_json(survey));
    surveys.collect()
}

/// Parts of a corpus, as bytes of their files, and the order of their documents.
#[derive(FromPyObject)]
pub struct Parts {
    #[pyo3(item)]
    parts: Vec<PyBackedBytes>,
    /// True for the order of ids, false for that of shares.
    #[pyo3(item)]
    by_id: bool,
    /// True where the options of training name some of tokens.
    #[pyo3(item)]
    names_tokens: bool,
}

impl Parts {
    /// Joins the parts, and returns the corpus with the options of its features.
    fn join(self, features: &TfIdfOptions) -> Result<(Corpus, TfIdfOptions)> {
        let mut parts = Vec::with_capacity(self.parts.len());
        let mut features = features.clone();
        for bytes in self.parts {
            let part = CorpusPart::from_bytes(bytes.to_vec())?;
            if self.names_tokens {
                part.verify_options(&features)?;
            }
            features = part.with_options(features);
            parts.push(part);
        }
        let corpus = match self.by_id {
            true => CorpusPart::join_by_id(parts)?,
            false => CorpusPart::join(parts)?,
        };
        Ok((corpus, features))
    }
}

/// Trains a model on all parts of a corpus, as [`train`] does on the whole.
#[pyfunction]
pub fn fit_merge(
    py: Python<'_>,
    parts: Parts,
    options: &str,
    background: &str,
    options_json: Option<&str>,
    auto: bool,
) -> PyResult<(Model, String)> {
    let options: TrainingOptions = parsed(options).or_raise(py)?;
    let background: BackgroundOptions = parsed(background).or_raise(py)?;
    let (model, used) = run(py, |watch| {
        let mut trainer = trainer(&options, &background, options_json)?;
        let (corpus, features) = parts.join(&trainer.features)?;
        trainer.features = features;
        if auto {
            trainer = AutoPreset::new(trainer).choose(&corpus, watch)?;
        }
        let model = trainer.train_with(&corpus, watch)?;
        Ok((model, json(&trainer)?))
    })?;
    Ok((Model(model), used))
}

/// Returns the options of a run: those of `options_json`, which a search wrote, with the name of
/// `options`, or `options` themselves.
fn trainer(
    options: &TrainingOptions,
    background: &BackgroundOptions,
    options_json: Option<&str>,
) -> Result<Trainer> {
    let trainer = match options_json {
        Some(json) => Trainer {
            name: options.trainer()?.name,
            ..Trainer::from_json(json)?
        },
        None => options.trainer()?,
    };
    Ok(Trainer {
        background: background.blend()?,
        ..trainer
    })
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
