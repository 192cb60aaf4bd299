//! Comparison of several ways of training on the same documents.

use crate::corpus::Source;
use crate::errors::OrRaise;
use crate::options::{TrainingOptions, parsed};
use crate::results::json;
use crate::work::{Watch, run};
use pyo3::prelude::*;
use serde::Deserialize;
use standpoint::corpus::{Corpus, Date, Targets};
use standpoint::dedup::Groups;
use standpoint::evaluate::{Bootstrap, ComparisonObjective, ResourceUse, SplitReport, System};
use standpoint::model::HeadPredictions;
use standpoint::report::json::ComparisonRow;
use standpoint::report::page::PageFormat;
use standpoint::report::page::comparison::{self, Comparisons};
use standpoint::split::{Protocol, Round, Split, cuts};
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

/// Predictions of a system for every head, and the time and memory that they took.
type Answers = (Vec<HeadPredictions>, ResourceUse);

/// Protocols that are asked for beside the random one.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Protocols {
    folds: u32,
    seed: u64,
    /// Column whose values stay together.
    source: Option<String>,
    /// Column of dates, and the date from which rows are tested.
    date: Option<String>,
    before: Option<String>,
}

/// Compares recipes, as JSON, by stratified folds, and by folds of sources and by time where
/// `protocols` says so, or on the documents of `test`. Returns the row of `compare --json` and the
/// page in HTML.
#[pyfunction]
pub fn compare(
    py: Python<'_>,
    corpus: &Source,
    test: Option<PyRef<'_, Source>>,
    systems: &str,
    protocols: &str,
    judged_by: (String, String),
    drawn: (usize, f64, u64),
) -> PyResult<(String, String)> {
    let recipes: Vec<Recipe> = parsed(systems).or_raise(py)?;
    let protocols: Protocols = parsed(protocols).or_raise(py)?;
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
        let compared = answers(corpus, test, &recipes, &protocols, watch)?;
        let splits = compared.iter().map(|own| {
            let random = &compared[0];
            own.report(random, &objective, &reference)
        });
        let splits = splits.collect::<Result<Vec<_>>>()?;
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
        for Round {
            train: learn,
            test: judge,
            ..
        } in rounds
        {
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
    protocol: Protocol,
    systems: Vec<(&'a Recipe, Answers)>,
    /// Share of each label in the training documents, by head.
    shares: Vec<Vec<f64>>,
}

/// Returns the answers under each protocol, the random one first.
fn answers<'a>(
    source: &Source,
    test: Option<&Source>,
    recipes: &'a [Recipe],
    protocols: &Protocols,
    watch: &Watch,
) -> Result<Vec<Compared<'a>>> {
    if recipes.is_empty() {
        return Err(Error::usage("there is no model to compare").help("name at least one"));
    }
    let corpus = source.corpus(watch)?;
    let test = test
        .map(|test| test.with_labels_of(&corpus, watch))
        .transpose()?;
    let asked = protocols.of(source, &corpus, test.as_ref(), watch)?;
    let compared = asked.into_iter().map(|protocol| {
        let mut compared = Compared {
            protocol,
            systems: Vec::new(),
            shares: Vec::new(),
        };
        for recipe in recipes {
            let answers = recipe.answers(&corpus, test.as_ref(), &compared.protocol.rounds, watch);
            let (answers, shares) =
                answers.map_err(|e| e.at(format!("model `{}`", recipe.name)))?;
            compared.systems.push((recipe, answers));
            compared.shares = shares;
        }
        Ok(compared)
    });
    compared.collect()
}

impl Compared<'_> {
    /// Returns the report of these answers, with the gaps to those of the random protocol.
    fn report(
        &self,
        random: &Compared<'_>,
        objective: &ComparisonObjective,
        reference: &str,
    ) -> Result<SplitReport> {
        let system = |at: usize| {
            move |(recipe, (heads, resources)): &(&Recipe, Answers)| System {
                name: recipe.name.clone(),
                predictions: heads[at].predictions.clone(),
                resources: Some(*resources),
            }
        };
        let (mut heads, mut gaps) = (Vec::new(), Vec::new());
        for (at, shares) in self.shares.iter().enumerate() {
            let systems: Vec<System> = self.systems.iter().map(system(at)).collect();
            let name = &self.systems[0].1.0[at].name;
            heads.push(objective.compare(name, &systems, shares, reference)?);
            if self.protocol.is_harder_than_random() {
                for ((recipe, (here, _)), (_, (there, _))) in
                    self.systems.iter().zip(&random.systems)
                {
                    gaps.extend(here[at].gap_to(&there[at], &recipe.name, objective)?);
                }
            }
        }
        Ok(SplitReport {
            heads,
            split: self.protocol.split.to_string(),
            description: self.protocol.description.clone(),
            learnt: self.protocol.mean_training_size(),
            gaps,
        })
    }
}

impl Protocols {
    /// Returns the protocols, the random one first, or the one of `test`.
    fn of(
        &self,
        source: &Source,
        corpus: &Corpus,
        test: Option<&Corpus>,
        watch: &Watch,
    ) -> Result<Vec<Protocol>> {
        if let Some(test) = test {
            return Ok(vec![Protocol::on_test(corpus.len(), test.len())]);
        }
        let (folds, seed) = (self.folds, self.seed);
        let targets = Targets::joined(&corpus.heads, corpus.len());
        let mut protocols = vec![Protocol::random(&targets, folds, seed)?];
        if let Some(column) = &self.source {
            let groups = Groups::of_values(&source.column(column, watch)?);
            protocols.push(Protocol::by_source(&targets, &groups, column, folds, seed)?);
        }
        if let Some(column) = &self.date {
            protocols.push(self.by_time(&source.column(column, watch)?)?);
        }
        Ok(protocols)
    }

    fn by_time(&self, values: &[Option<String>]) -> Result<Protocol> {
        let date = |value: &Option<String>| -> Option<Date> { value.as_deref()?.parse().ok() };
        let dates: Vec<Option<Date>> = values.iter().map(date).collect();
        if let Some(row) = dates.iter().position(Option::is_none) {
            return Err(Error::data(format!("row {row} has no date"))
                .help("leave rows without a date out, or name another column"));
        }
        let cuts = match &self.before {
            Some(before) => vec![before.parse()?],
            None => {
                let test = 1.0 / f64::from(self.folds);
                cuts(
                    &dates,
                    &format!("train={},test={test}", 1.0 - test).parse()?,
                )
            }
        };
        let names = ["train", "test"].map(str::to_string);
        let (split, _) = Split::by_time(&dates, &cuts, &names)?;
        Protocol::by_time(&split)
    }
}
