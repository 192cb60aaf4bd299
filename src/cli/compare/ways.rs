//! Models that are trained here, under one or several ways of parting the corpus.

use super::Judge;
use super::material::{Material, Said, read};
use super::models::{Recipe, recipes};
use crate::cli::args::CompareArgs;
use crate::cli::parts::{Plan, place_undated};
use crate::cli::progress::Bar;
use standpoint::corpus::{ColumnName, Corpus, Groups, PartShares};
use standpoint::evaluate::{Costs, Gap, SplitReport, System};
use standpoint::model::HeadPredictions;
use standpoint::output::Transaction;
use standpoint::progress::Progress;
use standpoint::report::counted;
use standpoint::report::page::Fact;
use standpoint::{Error, Result};
use std::collections::HashSet;

/// Documents to learn from and to judge by, and how they were parted.
pub struct Way {
    split: &'static str,
    description: String,
    pub rounds: Vec<(Vec<usize>, Vec<usize>)>,
}

pub fn compare(
    args: &CompareArgs,
    judge: &Judge,
    outputs: &mut Transaction,
    bar: &'static Bar,
) -> Result<(Vec<SplitReport>, Vec<Fact>)> {
    let recipes = recipes(args)?;
    let material = read(args, outputs, bar)?;
    let ways = ways(args, &material, bar)?;
    let groups = material.groups(args);
    let all: usize = ways
        .iter()
        .map(|way| way.rounds.len() * recipes.len())
        .sum();
    bar.stage("training", all as u64);
    let said: Vec<Said> = ways
        .iter()
        .map(|way| material.say(way, &recipes, groups.as_deref(), bar))
        .collect::<Result<_>>()?;
    bar.stage("resampling", 0);
    let report = |(way, own): (&Way, &Said)| report(args, judge, &recipes, way, own, &said[0]);
    let splits = ways.iter().zip(&said).map(report).collect::<Result<_>>()?;
    Ok((splits, origin(&material, &recipes)))
}

/// What a report says of the data.
fn origin(material: &Material, recipes: &[Recipe]) -> Vec<Fact> {
    let hash = |corpus: &Corpus| format!("{:016x} ({} documents)", corpus.hash, corpus.len());
    let mut facts = vec![Fact::new("Hash of the corpus", hash(&material.corpus))];
    facts.extend(
        material
            .test
            .iter()
            .map(|(test, _)| Fact::new("Hash of the test corpus", hash(test))),
    );
    facts.extend(recipes.iter().filter_map(Recipe::options));
    facts
}

fn ways(args: &CompareArgs, material: &Material, bar: &Bar) -> Result<Vec<Way>> {
    let corpus = &material.corpus;
    if let Some((test, _)) = &material.test {
        let learnt: HashSet<&str> = (0..corpus.len()).map(|at| corpus.texts.get(at)).collect();
        let copies = (0..test.len())
            .filter(|&at| learnt.contains(test.texts.get(at)))
            .count();
        if copies > 0 {
            let all = test.len();
            bar.note(&format!(
                "{copies} of {all} test texts are training texts, which flatters; see `check`"
            ));
        }
        let description = format!(
            "{} learnt, {} tested",
            counted(corpus.len(), "row"),
            counted(test.len(), "row")
        );
        let rounds = vec![((0..corpus.len()).collect(), (0..test.len()).collect())];
        return Ok(vec![Way {
            split: "test",
            description,
            rounds,
        }]);
    }
    let (folds, seed) = (args.ways.folds.unwrap_or(5), args.features.seed);
    if folds < 2 || corpus.len() < folds as usize {
        return Err(Error::usage(format!(
            "{} cannot be cut into {folds} folds",
            counted(corpus.len(), "row")
        )));
    }
    let mut ways = vec![by_chance("random", folds, seed, &[], material)?];
    if let Some(source) = &args.ways.source {
        let rows = material.column(source);
        let count = Groups::of_values(&rows.columns[0]).count;
        ways.push(by_chance(
            "source",
            folds.min(count),
            seed,
            &[ColumnName(source.clone())],
            material,
        )?);
    }
    if let Some(date) = &args.ways.date {
        ways.push(by_time(args, folds, date, material)?);
    }
    Ok(ways)
}

fn by_chance(
    split: &'static str,
    folds: u32,
    seed: u64,
    groups: &[ColumnName],
    material: &Material,
) -> Result<Way> {
    let plan = Plan::Chance {
        shares: PartShares::folds(folds)?,
        groups: groups.to_vec(),
        seed,
    };
    let rows = groups
        .first()
        .map(|column| material.column(&column.0))
        .unwrap_or_default();
    let (parted, _) = plan.split(&material.corpus, &rows, None)?;
    parted.verify()?;
    let description = match groups.first() {
        None => format!("{folds} stratified folds"),
        Some(column) => format!("{folds} folds that keep each `{column}` together"),
    };
    let cut = parted.folds();
    Ok(Way {
        split,
        description,
        rounds: (0..folds).map(|fold| cut.of(fold)).collect(),
    })
}

fn by_time(args: &CompareArgs, folds: u32, date: &str, material: &Material) -> Result<Way> {
    let column = ColumnName(date.to_string());
    let names = || vec!["train".to_string(), "test".to_string()];
    let plan = match &args.ways.before {
        Some(before) => {
            let cut = before
                .parse()
                .map_err(|e: Error| Error::usage(format!("--before: {}", e.message())))?;
            Plan::Cuts {
                cuts: vec![cut],
                names: names(),
                date: column,
            }
        }
        None => {
            let test = 1.0 / f64::from(folds);
            let shares = format!("train={},test={test}", 1.0 - test).parse()?;
            Plan::Shares {
                shares,
                date: column,
            }
        }
    };
    let rows = material.column(date);
    let (mut parted, undated) = plan.split(&material.corpus, &rows, None)?;
    place_undated(
        &mut parted,
        &undated,
        args.ways.undated.as_deref().unwrap_or("error"),
        &rows,
        &plan,
    )?;
    parted.verify()?;
    let (learn, judge) = (parted.documents(0), parted.documents(1));
    let description = format!(
        "{} older rows learnt, {} newer rows tested",
        learn.len(),
        judge.len()
    );
    Ok(Way {
        split: "time",
        description,
        rounds: vec![(learn, judge)],
    })
}

fn report(
    args: &CompareArgs,
    judge: &Judge,
    recipes: &[Recipe],
    way: &Way,
    own: &Said,
    random: &Said,
) -> Result<SplitReport> {
    let (mut heads, mut gaps) = (Vec::new(), Vec::new());
    for (at, HeadPredictions { name, .. }) in own.models[0].0.iter().enumerate() {
        let system = |(recipe, (said, costs)): (&Recipe, &(Vec<HeadPredictions>, Costs))| System {
            name: recipe.name.clone(),
            predictions: said[at].predictions.clone(),
            costs: Some(*costs),
        };
        let systems: Vec<System> = recipes.iter().zip(&own.models).map(system).collect();
        heads.push(judge.head(name, &systems, &own.shares[at], &args.judging.against)?);
        if matches!(way.split, "source" | "time") {
            gaps.extend(gaps_of(judge, recipes, at, own, random)?);
        }
    }
    let learnt = way
        .rounds
        .iter()
        .map(|(learn, _)| learn.len())
        .sum::<usize>() as f64;
    let (split, description) = (way.split.to_string(), way.description.clone());
    Ok(SplitReport {
        split,
        description,
        learnt: learnt / way.rounds.len() as f64,
        heads,
        gaps,
    })
}

/// How much worse each model is at a head than under the random split.
fn gaps_of(
    judge: &Judge,
    recipes: &[Recipe],
    head: usize,
    own: &Said,
    random: &Said,
) -> Result<Vec<Gap>> {
    let mut gaps = Vec::new();
    for ((recipe, (here, _)), (other, _)) in recipes.iter().zip(&own.models).zip(&random.models) {
        let here = &here[head];
        let other = other[head].of_documents(&here.documents);
        let both = [&here.predictions, &other.predictions];
        gaps.extend(Gap::new(
            &here.name,
            &recipe.name,
            judge.metric,
            both,
            &judge.bootstrap,
        )?);
    }
    Ok(gaps)
}
