//! Comparison of several ways of training on the same documents.

use crate::corpus::Source;
use crate::errors::OrRaise;
use crate::options::{TrainingOptions, parsed};
use crate::results::json;
use crate::work::{Watch, run};
use pyo3::prelude::*;
use serde::Deserialize;
use standpoint::corpus::{Corpus, Targets};
use standpoint::evaluate::{Bootstrap, ComparisonObjective, ResourceUse, SplitReport, System};
use standpoint::model::HeadPredictions;
use standpoint::report::json::ComparisonRow;
use standpoint::report::page::PageFormat;
use standpoint::report::page::comparison::{self, Comparisons};
use standpoint::split::{PartShares, Split};
use standpoint::train::CrossValidation;
use standpoint::tune::AutoPreset;
use standpoint::{Error, Model, Result, Trainer};
use std::path::Path;

/// Named way of training.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    name: String,
    /// True if the preset chooses features and classifiers.
    auto: bool,
    options: TrainingOptions,
}

/// Training and test documents of one round.
type Round = (Vec<usize>, Vec<usize>);

/// Predictions of a system for every head, and the time and memory that they took.
type Answers = (Vec<HeadPredictions>, ResourceUse);

/// Compares recipes, as JSON, by stratified folds or on the documents of `test`. Returns the row of
/// `compare --json` and the page in HTML.
#[pyfunction]
pub fn compare(
    py: Python<'_>,
    corpus: &Source,
    test: Option<PyRef<'_, Source>>,
    systems: &str,
    folds: (u32, u64),
    judged_by: (String, String),
    drawn: (usize, f64, u64),
) -> PyResult<(String, String)> {
    let recipes: Vec<Recipe> = parsed(systems).or_raise(py)?;
    let (resamples, level, seed) = drawn;
    let bootstrap = Bootstrap {
        resamples,
        level,
        seed,
    };
    let test = test.as_deref();
    run(py, |watch| {
        let (metric, reference) = judged_by;
        let objective = ComparisonObjective {
            metric: metric.parse()?,
            bootstrap,
        };
        let answers = answers(corpus, test, &recipes, folds, watch)?;
        let split = answers.report(&objective, &reference)?;
        let splits = [split];
        let row = json(&ComparisonRow { splits: &splits })?;
        let page = comparison::page(&Comparisons {
            title: "Comparison".to_string(),
            properties: Vec::new(),
            splits: &splits,
            origin: Vec::new(),
        });
        Ok((
            row,
            PageFormat::of_path(Path::new("page.html"))?.write(&page)?,
        ))
    })
}

impl Recipe {
    fn train(&self, corpus: &Corpus, watch: &Watch) -> Result<Model> {
        let trainer = Trainer {
            name: self.name.clone(),
            // Models of a comparison are not kept.
            profile: false,
            ..self.options.trainer()?
        };
        match self.auto {
            true => AutoPreset::new(trainer).choose(corpus, watch)?,
            false => trainer,
        }
        .train_with(corpus, watch)
    }

    /// Trains on all rounds and returns the answers, and the share of each label by head.
    fn answers(
        &self,
        corpus: &Corpus,
        test: Option<&Corpus>,
        rounds: &[Round],
        watch: &Watch,
    ) -> Result<(Answers, Vec<Vec<f64>>)> {
        let mut done = CrossValidation::default();
        let mut train = |corpus: &Corpus| self.train(corpus, watch);
        for (learn, judge) in rounds {
            match test {
                Some(test) => done.add(corpus, test, judge, &mut train)?,
                None => {
                    let (learnt, judged) = (corpus.select(learn), corpus.select(judge));
                    done.add(&learnt, &judged, judge, &mut train)?;
                }
            }
        }
        let shares = done.shares();
        Ok((done.finish()?, shares))
    }
}

/// Answers of every system to the same documents.
struct Compared<'a> {
    split: &'static str,
    description: String,
    /// Number of training documents, on average over the rounds.
    learnt: f64,
    systems: Vec<(&'a Recipe, Answers)>,
    /// Share of each label in the training documents, by head.
    shares: Vec<Vec<f64>>,
}

fn answers<'a>(
    source: &Source,
    test: Option<&Source>,
    recipes: &'a [Recipe],
    (folds, seed): (u32, u64),
    watch: &Watch,
) -> Result<Compared<'a>> {
    if recipes.is_empty() {
        return Err(Error::usage("there is no model to compare").help("name at least one"));
    }
    let corpus = source.corpus(watch)?;
    let test = test
        .map(|test| test.with_labels_of(&corpus, watch))
        .transpose()?;
    let (split, description, rounds) = rounds(&corpus, test.as_ref(), folds, seed)?;
    let learnt: usize = rounds.iter().map(|(learn, _)| learn.len()).sum();
    let mut compared = Compared {
        split,
        description,
        learnt: learnt as f64 / rounds.len() as f64,
        systems: Vec::new(),
        shares: Vec::new(),
    };
    for recipe in recipes {
        let answers = recipe.answers(&corpus, test.as_ref(), &rounds, watch);
        let (answers, shares) = answers.map_err(|e| e.at(format!("model `{}`", recipe.name)))?;
        compared.systems.push((recipe, answers));
        compared.shares = shares;
    }
    Ok(compared)
}

impl Compared<'_> {
    fn report(self, objective: &ComparisonObjective, reference: &str) -> Result<SplitReport> {
        let system = |at: usize| {
            move |(recipe, (heads, resources)): &(&Recipe, Answers)| System {
                name: recipe.name.clone(),
                predictions: heads[at].predictions.clone(),
                resources: Some(*resources),
            }
        };
        let heads = self.shares.iter().enumerate().map(|(at, shares)| {
            let systems: Vec<System> = self.systems.iter().map(system(at)).collect();
            let name = &self.systems[0].1.0[at].name;
            objective.compare(name, &systems, shares, reference)
        });
        Ok(SplitReport {
            heads: heads.collect::<Result<_>>()?,
            split: self.split.to_string(),
            description: self.description,
            learnt: self.learnt,
            gaps: Vec::new(),
        })
    }
}

/// Returns name and description of the split, and its rounds.
fn rounds(
    corpus: &Corpus,
    test: Option<&Corpus>,
    folds: u32,
    seed: u64,
) -> Result<(&'static str, String, Vec<Round>)> {
    let documents = corpus.len();
    if let Some(test) = test {
        let tested = test.len();
        let rounds = vec![((0..documents).collect(), (0..tested).collect())];
        return Ok((
            "test",
            format!("{documents} rows learnt, {tested} rows tested"),
            rounds,
        ));
    }
    if folds < 2 || documents < folds as usize {
        return Err(Error::usage(format!(
            "{documents} rows cannot be cut into {folds} folds"
        )));
    }
    let targets = Targets::joined(&corpus.heads, documents);
    let split = Split::stratified(&targets, &PartShares::folds(folds)?, seed);
    let cut = split.folds();
    let rounds = (0..folds).map(|fold| cut.of(fold)).collect();
    Ok(("random", format!("{folds} stratified folds"), rounds))
}
