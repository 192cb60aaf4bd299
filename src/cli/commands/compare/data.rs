//! The corpus to compare on, with the columns that protocols and intervals need.

use crate::cli::args::CompareArgs;
use crate::cli::plan;
use crate::cli::plan::corpus::labelled;
use crate::cli::plan::intervals::group_numbers;
use crate::cli::progress::TerminalProgress;
use standpoint::Result;
use standpoint::corpus::{ColumnName, Corpus, CorpusSource, Filter, RetainedColumns, RetainedRows};
use standpoint::io::Transaction;

/// The corpus that systems are compared on.
pub struct ComparisonData {
    /// The documents to train on; without a test corpus, protocols divide them.
    pub corpus: Corpus,
    /// The test corpus of `--test` or `--test-where`.
    pub test: Option<TestCorpus>,
    /// The values of `columns` in every row of the corpus.
    rows: RetainedRows,
    columns: Vec<ColumnName>,
}

/// Documents to test on alone.
pub struct TestCorpus {
    pub corpus: Corpus,
    /// The number of each document's group, by the column of `--group`.
    groups: Option<Vec<u32>>,
}

/// Reads the rows of `--test`, or those of the corpus that meet the condition of `--test-where`.
fn test(
    args: &CompareArgs,
    mut corpus: CorpusSource,
    condition: Option<Filter>,
    learnt: &Corpus,
    bar: &'static TerminalProgress,
) -> Result<Option<TestCorpus>> {
    let source = match condition {
        Some(condition) => {
            corpus.mapping.selection.filters.push(condition);
            corpus
        }
        None if args.protocol.test.is_empty() => return Ok(None),
        None => plan::corpus(args.protocol.test.clone(), &args.read, corpus.mapping, bar)?,
    };
    read_test(args, source, learnt, bar).map(Some)
}

/// Broken rows were listed, or refused, when the training rows were read; test rows must be whole.
fn read_test(
    args: &CompareArgs,
    source: CorpusSource,
    learnt: &Corpus,
    bar: &'static TerminalProgress,
) -> Result<TestCorpus> {
    let known = learnt.label_names();
    let reader = source.reader().known_labels(&known).progress(bar);
    let Some(group) = &args.intervals.group else {
        return Ok(TestCorpus {
            corpus: reader.read()?,
            groups: None,
        });
    };
    let (corpus, values) = reader.read_with_column(&ColumnName(group.clone()))?;
    let groups = Some(group_numbers(&values));
    Ok(TestCorpus { corpus, groups })
}

impl ComparisonData {
    /// Reads the corpus, and the test corpus if one is named.
    pub fn read(
        args: &CompareArgs,
        outputs: &mut Transaction,
        bar: &'static TerminalProgress,
    ) -> Result<Self> {
        let mut source = labelled(&args.inputs, &args.labels, &args.read, bar)?;
        let condition: Option<Filter> = args
            .protocol
            .test_where
            .as_deref()
            .map(str::parse)
            .transpose()?;
        let columns: Vec<ColumnName> = [
            &args.protocol.source,
            &args.protocol.date,
            &args.intervals.group,
        ]
        .into_iter()
        .flatten()
        .map(|name| ColumnName(name.clone()))
        .collect();
        let all = source.clone();
        let filters = &mut source.mapping.selection.filters;
        filters.extend(condition.as_ref().map(Filter::negated));
        let keep = RetainedColumns {
            lines: false,
            columns: columns.clone(),
        };
        let mut rejects = args.read.rejects(outputs)?;
        let reader = source.reader().rejects(rejects.as_mut()).progress(bar);
        let (corpus, rows) = reader.read_rows(&keep)?;
        args.read.report_rejects(rejects, bar)?;
        let test = test(args, all, condition, &corpus, bar)?;
        Ok(Self {
            corpus,
            rows,
            columns,
            test,
        })
    }

    /// Returns the values of one column.
    pub fn column(&self, name: &str) -> RetainedRows {
        let at = self
            .columns
            .iter()
            .position(|column| column.0 == name)
            .unwrap_or(0);
        let columns = vec![self.rows.columns[at].clone()];
        RetainedRows {
            columns,
            locations: self.rows.locations.clone(),
            ..RetainedRows::default()
        }
    }

    /// Returns the group of each tested document, where intervals draw groups.
    pub fn groups(&self, args: &CompareArgs) -> Option<Vec<u32>> {
        match &self.test {
            Some(test) => test.groups.clone(),
            None => args
                .intervals
                .group
                .as_ref()
                .map(|name| group_numbers(&self.column(name).columns[0])),
        }
    }
}
