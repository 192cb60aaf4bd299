//! Answers in rows that need not be articles, such as those of annotators.

use super::alike::note_look_alikes;
use super::corpus_reader::CorpusReader;
use super::mapping::ColumnMapping;
use super::missing::MissingTally;
use super::record::{ColumnName, Record};
use super::rows::value;
use super::schema::{HeadColumns, HeadLabels, LabelSource, RowLabels};
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use std::collections::BTreeSet;

/// The labels of rows that need not have a text.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct LabelTable {
    /// By row, the labels of each head.
    pub rows: Vec<Vec<HeadLabels>>,
    /// By row, the value of one more column where one was asked for.
    pub values: Vec<Option<String>>,
}

impl CorpusReader<'_> {
    /// Reads the labels of all rows that meet the filters, whatever text they have, and the values
    /// of one more column.
    ///
    /// # Errors
    /// As [`read`](CorpusReader::read), and for a column without any value.
    pub fn label_table(self, column: Option<&ColumnName>) -> Result<LabelTable> {
        self.looking_at(column.cloned().as_slice())
            .table_of_labels(column)
    }

    fn table_of_labels(mut self, column: Option<&ColumnName>) -> Result<LabelTable> {
        let mapping = self.mapping;
        let (mut table, mut missing) = (LabelTable::default(), MissingTally::default());
        let of_row = |record: &Record| -> Result<Option<(RowLabels, Option<String>)>> {
            if !mapping.keeps(record)? {
                return Ok(None);
            }
            let labels = mapping.schema.row_labels(record, &mut Vec::new())?;
            let value = column.and_then(|column| record.get(column)).and_then(value);
            Ok(Some((labels, value)))
        };
        self.rows.for_each_row(
            "reading",
            |_, record| of_row(record),
            |_, row| {
                if let Some((labels, value)) = row {
                    missing.missing(&labels.missing, table.rows.len());
                    missing.labels(&labels.labels);
                    table.rows.push(labels.labels);
                    table.values.push(value);
                }
                Ok(())
            },
        )?;
        self.rows.tally().verify()?;
        verify(&table, mapping, column).map_err(|e| e.at(self.rows.names()))?;
        let (heads, progress) = (&mapping.schema.heads, self.rows.listener());
        missing.notes(heads, progress);
        note_look_alikes("answers", &table.labels(heads), progress);
        Ok(table)
    }
}

fn verify(rows: &LabelTable, mapping: &ColumnMapping, column: Option<&ColumnName>) -> Result<()> {
    let count = rows.rows.len();
    if count == 0 {
        return Err(
            Error::data("there is no row").help(wording!["check the file and ", Setting::Filters])
        );
    }
    let unlabelled = |at: &usize| {
        rows.rows.iter().all(|labels| {
            labels
                .get(*at)
                .is_none_or(|labels| *labels == HeadLabels::Unknown)
        })
    };
    let heads = &mapping.schema.heads;
    let of_head = (0..heads.len())
        .find(unlabelled)
        .map(|at| match &heads[at].source {
            LabelSource::Column(column) => column,
            LabelSource::Flags(flags) => &flags[0].1,
        });
    let of_column = column.filter(|_| rows.values.iter().all(Option::is_none));
    match of_head.or(of_column) {
        None => Ok(()),
        Some(column) => {
            let message = format!("none of {count} rows has a value in the column `{column}`");
            Err(Error::data(message).help("check the spelling"))
        }
    }
}

impl LabelTable {
    /// Returns all labels of the heads and in the rows, sorted.
    pub fn labels(&self, heads: &[HeadColumns]) -> Vec<String> {
        let mut labels: BTreeSet<&str> = BTreeSet::new();
        for head in heads {
            if let LabelSource::Flags(flags) = &head.source {
                labels.extend(flags.iter().map(|(label, _)| label.as_str()));
            }
        }
        for row in self.rows.iter().flatten() {
            match row {
                HeadLabels::One(label) => drop(labels.insert(label)),
                HeadLabels::Set(set) => labels.extend(set.iter().map(String::as_str)),
                HeadLabels::Unknown | HeadLabels::Flags(_) => {}
            }
        }
        labels.into_iter().map(str::to_string).collect()
    }
}
