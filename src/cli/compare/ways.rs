//! Models that are trained here, under one or several ways of parting the corpus.

use super::Judge;
use super::models::{Recipe, recipes};
use crate::cli::args::CompareArgs;
use crate::cli::intervals::group_numbers;
use crate::cli::parts::{Plan, place_undated};
use crate::cli::plan::{self, Source};
use crate::cli::progress::Bar;
use crate::cli::{memory, train};
use standpoint::corpus::{Column, Corpus, Extract, Filter, Groups, Keep, Rows, Shares};
use standpoint::evaluate::{Costs, Gap, SplitReport, System};
use standpoint::model::{HeadPredictions, Rounds};
use standpoint::progress::Progress;
use standpoint::report::page::Fact;
use standpoint::{Error, Result};

/// Documents to learn from and to judge by, and how they were parted.
struct Way {
    split: &'static str,
    description: String,
    rounds: Vec<(Vec<usize>, Vec<usize>)>,
}

/// What each model said under one way, and how frequent labels were where it learnt.
struct Said {
    models: Vec<(Vec<HeadPredictions>, Costs)>,
    shares: Vec<Vec<f64>>,
}

/// The corpus, and the columns that were asked for.
struct Material {
    corpus: Corpus,
    rows: Rows,
    columns: Vec<Column>,
    test: Option<(Corpus, Option<Vec<u32>>)>,
}

pub fn compare(
    args: &CompareArgs,
    judge: &Judge,
    bar: &'static Bar,
) -> Result<(Vec<SplitReport>, Vec<Fact>)> {
    let recipes = recipes(args)?;
    let material = read(args, bar)?;
    let ways = ways(args, &material)?;
    let groups = material.groups(args);
    let all: usize = ways.iter().map(|way| way.rounds.len() * recipes.len()).sum();
    bar.stage("training", all as u64);
    let said: Vec<Said> =
        ways.iter().map(|way| material.say(way, &recipes, groups.as_deref(), bar)).collect::<Result<_>>()?;
    bar.stage("resampling", 0);
    let report = |(way, own): (&Way, &Said)| report(args, judge, &recipes, way, own, &said[0]);
    let splits = ways.iter().zip(&said).map(report).collect::<Result<_>>()?;
    Ok((splits, origin(&material, &recipes)))
}

/// What a report says of the data.
fn origin(material: &Material, recipes: &[Recipe]) -> Vec<Fact> {
    let hash = |corpus: &Corpus| format!("{:016x} ({} documents)", corpus.hash, corpus.len());
    let mut facts = vec![Fact::new("Hash of the corpus", hash(&material.corpus))];
    facts.extend(material.test.iter().map(|(test, _)| Fact::new("Hash of the test corpus", hash(test))));
    facts.extend(recipes.iter().filter_map(Recipe::options));
    facts
}

fn read(args: &CompareArgs, bar: &'static Bar) -> Result<Material> {
    let (Source { inputs, options }, mut extract) =
        train::labelled(&args.inputs, &args.labels, &args.read, bar)?;
    let condition: Option<Filter> = args.ways.test_where.as_deref().map(str::parse).transpose()?;
    let columns: Vec<Column> = [&args.ways.source, &args.ways.date, &args.intervals.group]
        .into_iter()
        .flatten()
        .map(|name| Column(name.clone()))
        .collect();
    let held = extract.clone();
    extract.selection.filters.extend(condition.as_ref().map(Filter::negated));
    let keep = Keep { lines: false, columns: columns.clone() };
    let mut rejects = args.read.rejects()?;
    let read = Corpus::read_rows(inputs.clone(), options.clone(), &extract, &keep, rejects.as_mut(), bar);
    let (corpus, rows) = read?;
    args.read.tell_rejects(rejects, bar)?;
    let test = match condition {
        Some(condition) => {
            let mut held = held;
            held.selection.filters.push(condition);
            Some(read_test(args, Source { inputs, options }, &held, &corpus, bar)?)
        }
        None if args.ways.test.is_empty() => None,
        None => {
            let source = plan::source(args.ways.test.clone(), &args.read, args.read.no_header, bar)?;
            Some(read_test(args, source, &held, &corpus, bar)?)
        }
    };
    Ok(Material { corpus, rows, columns, test })
}

/// Broken rows were listed, or refused, when the training rows were read; test rows must be whole.
fn read_test(
    args: &CompareArgs,
    source: Source,
    extract: &Extract,
    learnt: &Corpus,
    bar: &'static Bar,
) -> Result<(Corpus, Option<Vec<u32>>)> {
    let known: Vec<Vec<String>> = learnt.heads.iter().map(|head| head.labels.clone()).collect();
    let Source { inputs, options } = source;
    let Some(group) = &args.intervals.group else {
        return Ok((Corpus::read(inputs, options, extract, &known, None, bar)?, None));
    };
    let column = Column(group.clone());
    let (corpus, values) = Corpus::read_with_column(inputs, options, extract, &known, &column, None, bar)?;
    let groups = group_numbers(&values);
    Ok((corpus, Some(groups)))
}

impl Material {
    fn column(&self, name: &str) -> Rows {
        let at = self.columns.iter().position(|column| column.0 == name).unwrap_or(0);
        let columns = vec![self.rows.columns[at].clone()];
        Rows { columns, places: self.rows.places.clone(), ..Rows::default() }
    }

    /// The groups that intervals are drawn by.
    fn groups(&self, args: &CompareArgs) -> Option<Vec<u32>> {
        match &self.test {
            Some((_, groups)) => groups.clone(),
            None => args.intervals.group.as_ref().map(|name| group_numbers(&self.column(name).columns[0])),
        }
    }

    fn say(&self, way: &Way, recipes: &[Recipe], groups: Option<&[u32]>, bar: &Bar) -> Result<Said> {
        let mut said = Said { models: Vec::new(), shares: Vec::new() };
        for recipe in recipes {
            let told = memory::reset();
            let mut rounds = Rounds::default();
            for round in &way.rounds {
                self.round(&mut rounds, round, recipe)
                    .map_err(|e| e.at(format_args!("model `{}`", recipe.name)))?;
                bar.advance(1);
            }
            said.shares = rounds.shares();
            let (mut heads, costs) = rounds.finish()?;
            if let Some(groups) = groups {
                heads.iter_mut().for_each(|head| head.group_by(groups));
            }
            let peak_bytes = if told { memory::peak() } else { None };
            said.models.push((heads, Costs { peak_bytes, ..costs }));
        }
        Ok(said)
    }

    fn round(&self, rounds: &mut Rounds, round: &(Vec<usize>, Vec<usize>), recipe: &Recipe) -> Result<()> {
        let mut train = |corpus: &Corpus| recipe.train(corpus);
        let (learn, judge) = round;
        match &self.test {
            Some((test, _)) => rounds.add(&self.corpus, test, judge, &mut train),
            None => rounds.add(&self.corpus.select(learn), &self.corpus.select(judge), judge, &mut train),
        }
    }
}

fn ways(args: &CompareArgs, material: &Material) -> Result<Vec<Way>> {
    let corpus = &material.corpus;
    if let Some((test, _)) = &material.test {
        let description = format!("{} rows learnt, {} rows tested", corpus.len(), test.len());
        let rounds = vec![((0..corpus.len()).collect(), (0..test.len()).collect())];
        return Ok(vec![Way { split: "test", description, rounds }]);
    }
    let (folds, seed) = (args.ways.folds.unwrap_or(5), args.features.seed);
    if folds < 2 || corpus.len() < folds as usize {
        return Err(Error::usage(format!("{} rows cannot be cut into {folds} folds", corpus.len())));
    }
    let mut ways = vec![by_chance("random", folds, seed, &[], material)?];
    if let Some(source) = &args.ways.source {
        let rows = material.column(source);
        let count = Groups::of_values(&rows.columns[0]).count;
        ways.push(by_chance("source", folds.min(count), seed, &[Column(source.clone())], material)?);
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
    groups: &[Column],
    material: &Material,
) -> Result<Way> {
    let plan = Plan::Chance { shares: Shares::folds(folds), groups: groups.to_vec(), seed };
    let rows = groups.first().map(|column| material.column(&column.0)).unwrap_or_default();
    let (parted, _) = plan.split(&material.corpus, &rows, None)?;
    parted.verify()?;
    let description = match groups.first() {
        None => format!("{folds} stratified folds"),
        Some(column) => format!("{folds} folds that keep each `{column}` together"),
    };
    let cut = parted.folds();
    Ok(Way { split, description, rounds: (0..folds).map(|fold| cut.of(fold)).collect() })
}

fn by_time(args: &CompareArgs, folds: u32, date: &str, material: &Material) -> Result<Way> {
    let column = Column(date.to_string());
    let names = || vec!["train".to_string(), "test".to_string()];
    let plan = match &args.ways.before {
        Some(before) => {
            let cut =
                before.parse().map_err(|e: Error| Error::usage(format!("--before: {}", e.message())))?;
            Plan::Cuts { cuts: vec![cut], names: names(), date: column }
        }
        None => {
            let test = 1.0 / f64::from(folds);
            let shares = format!("train={},test={test}", 1.0 - test).parse()?;
            Plan::Shares { shares, date: column }
        }
    };
    let rows = material.column(date);
    let (mut parted, undated) = plan.split(&material.corpus, &rows, None)?;
    place_undated(&mut parted, &undated, args.ways.undated.as_deref().unwrap_or("error"), &rows, &plan)?;
    parted.verify()?;
    let (learn, judge) = (parted.documents(0), parted.documents(1));
    let description = format!("{} older rows learnt, {} newer rows tested", learn.len(), judge.len());
    Ok(Way { split: "time", description, rounds: vec![(learn, judge)] })
}

fn report(
    args: &CompareArgs,
    judge: &Judge,
    recipes: &[Recipe],
    way: &Way,
    own: &Said,
    random: &Said,
) -> Result<SplitReport> {
    let heads = own.models[0].0.len();
    let (mut reports, mut gaps) = (Vec::new(), Vec::new());
    for head in 0..heads {
        let system = |(recipe, (said, costs)): (&Recipe, &(Vec<HeadPredictions>, Costs))| System {
            name: recipe.name.clone(),
            predictions: said[head].predictions.clone(),
            costs: Some(*costs),
        };
        let systems: Vec<System> = recipes.iter().zip(&own.models).map(system).collect();
        let name = &own.models[0].0[head].name;
        reports.push(judge.head(name, &systems, &own.shares[head], &args.judging.against)?);
        if matches!(way.split, "source" | "time") {
            for ((recipe, (said, _)), (other, _)) in recipes.iter().zip(&own.models).zip(&random.models) {
                let here = &said[head];
                let other = other[head].of_documents(&here.documents);
                let both = [&here.predictions, &other.predictions];
                gaps.extend(Gap::new(name, &recipe.name, judge.metric, both, &judge.bootstrap)?);
            }
        }
    }
    let learnt =
        way.rounds.iter().map(|(learn, _)| learn.len()).sum::<usize>() as f64 / way.rounds.len() as f64;
    Ok(SplitReport {
        split: way.split.to_string(),
        description: way.description.clone(),
        learnt,
        heads: reports,
        gaps,
    })
}
