//! The corpus to compare on, and what models say of it.

use super::models::Recipe;
use super::ways::Way;
use crate::cli::args::CompareArgs;
use crate::cli::intervals::group_numbers;
use crate::cli::plan::{self, Source};
use crate::cli::progress::Bar;
use crate::cli::{memory, train};
use standpoint::Result;
use standpoint::corpus::{ColumnMapping, ColumnName, Corpus, Filter, Keep, Rows};
use standpoint::evaluate::Costs;
use standpoint::model::{CrossValidation, HeadPredictions};
use standpoint::output::Transaction;
use standpoint::progress::Progress;

/// What each model said under one way, and how frequent labels were where it learnt.
pub struct Said {
    pub models: Vec<(Vec<HeadPredictions>, Costs)>,
    pub shares: Vec<Vec<f64>>,
}

/// The corpus, and the columns that were asked for.
pub struct Material {
    pub corpus: Corpus,
    rows: Rows,
    columns: Vec<ColumnName>,
    pub test: Option<(Corpus, Option<Vec<u32>>)>,
}

pub fn read(args: &CompareArgs, outputs: &mut Transaction, bar: &'static Bar) -> Result<Material> {
    let (Source { inputs, options }, mut mapping) =
        train::labelled(&args.inputs, &args.labels, &args.read, bar)?;
    let condition: Option<Filter> = args
        .ways
        .test_where
        .as_deref()
        .map(str::parse)
        .transpose()?;
    let columns: Vec<ColumnName> = [&args.ways.source, &args.ways.date, &args.intervals.group]
        .into_iter()
        .flatten()
        .map(|name| ColumnName(name.clone()))
        .collect();
    let held = mapping.clone();
    mapping
        .selection
        .filters
        .extend(condition.as_ref().map(Filter::negated));
    let keep = Keep {
        lines: false,
        columns: columns.clone(),
    };
    let mut rejects = args.read.rejects(outputs)?;
    let read = Corpus::read_rows(
        inputs.clone(),
        options.clone(),
        &mapping,
        &keep,
        rejects.as_mut(),
        bar,
    );
    let (corpus, rows) = read?;
    args.read.tell_rejects(rejects, bar)?;
    let source = Source { inputs, options };
    let test = test(args, source, held, condition, &corpus, bar)?;
    Ok(Material {
        corpus,
        rows,
        columns,
        test,
    })
}

/// The rows of `--test`, or those of the corpus that meet the condition of `--test-where`.
fn test(
    args: &CompareArgs,
    corpus: Source,
    mut mapping: ColumnMapping,
    condition: Option<Filter>,
    learnt: &Corpus,
    bar: &'static Bar,
) -> Result<Option<(Corpus, Option<Vec<u32>>)>> {
    let source = match condition {
        Some(condition) => {
            mapping.selection.filters.push(condition);
            corpus
        }
        None if args.ways.test.is_empty() => return Ok(None),
        None => plan::source(args.ways.test.clone(), &args.read, args.read.no_header, bar)?,
    };
    read_test(args, source, &mapping, learnt, bar).map(Some)
}

/// Broken rows were listed, or refused, when the training rows were read; test rows must be whole.
fn read_test(
    args: &CompareArgs,
    source: Source,
    mapping: &ColumnMapping,
    learnt: &Corpus,
    bar: &'static Bar,
) -> Result<(Corpus, Option<Vec<u32>>)> {
    let known: Vec<Vec<String>> = learnt
        .heads
        .iter()
        .map(|head| head.labels.clone())
        .collect();
    let Source { inputs, options } = source;
    let Some(group) = &args.intervals.group else {
        return Ok((
            Corpus::read(inputs, options, mapping, &known, None, bar)?,
            None,
        ));
    };
    let column = ColumnName(group.clone());
    let (corpus, values) =
        Corpus::read_with_column(inputs, options, mapping, &known, &column, None, bar)?;
    let groups = group_numbers(&values);
    Ok((corpus, Some(groups)))
}

impl Material {
    pub fn column(&self, name: &str) -> Rows {
        let at = self
            .columns
            .iter()
            .position(|column| column.0 == name)
            .unwrap_or(0);
        let columns = vec![self.rows.columns[at].clone()];
        Rows {
            columns,
            locations: self.rows.locations.clone(),
            ..Rows::default()
        }
    }

    /// The groups that intervals are drawn by.
    pub fn groups(&self, args: &CompareArgs) -> Option<Vec<u32>> {
        match &self.test {
            Some((_, groups)) => groups.clone(),
            None => args
                .intervals
                .group
                .as_ref()
                .map(|name| group_numbers(&self.column(name).columns[0])),
        }
    }

    pub fn say(
        &self,
        way: &Way,
        recipes: &[Recipe],
        groups: Option<&[u32]>,
        bar: &Bar,
    ) -> Result<Said> {
        let mut said = Said {
            models: Vec::new(),
            shares: Vec::new(),
        };
        for recipe in recipes {
            let told = memory::reset();
            let mut rounds = CrossValidation::default();
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
            said.models.push((
                heads,
                Costs {
                    peak_bytes,
                    ..costs
                },
            ));
        }
        Ok(said)
    }

    fn round(
        &self,
        rounds: &mut CrossValidation,
        round: &(Vec<usize>, Vec<usize>),
        recipe: &Recipe,
    ) -> Result<()> {
        let mut train = |corpus: &Corpus| recipe.train(corpus);
        let (learn, judge) = round;
        match &self.test {
            Some((test, _)) => rounds.add(&self.corpus, test, judge, &mut train),
            None => rounds.add(
                &self.corpus.select(learn),
                &self.corpus.select(judge),
                judge,
                &mut train,
            ),
        }
    }
}
