//! Answers in rows that need not be articles, such as those of annotators.

use super::alike::note_look_alikes;
use super::collect::{BATCH_BYTES, BATCH_ROWS};
use super::find::names_of;
use super::missing::MissingTally;
use super::rejects::RejectTally;
use super::rows::value;
use super::schema::{ColumnMapping, HeadLabels, LabelSource};
use super::{ColumnName, Input, RawRecord, ReadOptions, Reader, Rejects};
use crate::progress::Progress;
use crate::{Error, Result};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// The answers of rows to the heads of a schema.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct LabelTable {
    /// By row, the answer to each head.
    pub answers: Vec<Vec<HeadLabels>>,
    /// By row, the value of one more column where one was asked for.
    pub values: Vec<Option<String>>,
}

/// Reads the answers of all rows that meet the filters, whatever text they have, and the values of one more column.
///
/// # Errors
/// For the first broken row without `rejects`, for a column without any value, and where an input cannot be
/// read.
pub fn read_label_table(
    inputs: Vec<Input>,
    options: ReadOptions,
    mapping: &ColumnMapping,
    column: Option<&ColumnName>,
    mut rejects: Option<&mut Rejects>,
    progress: &dyn Progress,
) -> Result<LabelTable> {
    let names = names_of(&inputs);
    let mut reader = Reader::new(inputs, options, progress);
    let (mut rows, mut tally) = (LabelTable::default(), MissingTally::default());
    let (mut all, mut broken) = (0, RejectTally::default());
    progress.stage("reading", 0);
    loop {
        let batch = reader.next_batch(BATCH_ROWS, BATCH_BYTES)?;
        if batch.is_empty() {
            break;
        }
        let read: Vec<_> = batch
            .par_iter()
            .map(|raw| row(raw, mapping, column))
            .collect();
        for (raw, row) in batch.iter().zip(read) {
            match row {
                Ok(Some((answers, missing, value))) => {
                    tally.missing(&missing, rows.answers.len());
                    tally.answers(&answers);
                    rows.answers.push(answers);
                    rows.values.push(value);
                }
                Ok(None) => {}
                Err(error) => Rejects::take(rejects.as_deref_mut(), raw, error, &mut broken)?,
            }
        }
        all += batch.len() as u64;
        progress.advance(batch.len() as u64);
    }
    broken.verify(all)?;
    verify(&rows, mapping, column).map_err(|e| e.at(&names))?;
    tally.notes(&mapping.schema.heads, progress);
    note_look_alikes("answers", &rows.labels(&mapping.schema.heads), progress);
    Ok(rows)
}

type Row = (Vec<HeadLabels>, Vec<(usize, String)>, Option<String>);

fn row(
    raw: &RawRecord,
    mapping: &ColumnMapping,
    column: Option<&ColumnName>,
) -> Result<Option<Row>> {
    let record = raw.decode()?;
    let row = || {
        if !mapping.keeps(&record)? {
            return Ok(None);
        }
        let (answers, missing) = mapping.schema.answers(&record, &mut Vec::new())?;
        let value = column.and_then(|column| record.get(column)).and_then(value);
        Ok(Some((answers, missing, value)))
    };
    row().map_err(|e: Error| e.at(&record.location))
}

fn verify(rows: &LabelTable, mapping: &ColumnMapping, column: Option<&ColumnName>) -> Result<()> {
    let count = rows.answers.len();
    if count == 0 {
        return Err(Error::data("there is no row").help("check the file and --where"));
    }
    let unanswered = |at: &usize| {
        rows.answers
            .iter()
            .all(|answers| answers.get(*at).is_none_or(|a| *a == HeadLabels::Unknown))
    };
    let heads = &mapping.schema.heads;
    let of_head = (0..heads.len())
        .find(unanswered)
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
    /// All labels of the heads and in the answers, sorted.
    pub fn labels(&self, heads: &[super::HeadColumns]) -> Vec<String> {
        let mut labels: BTreeSet<&str> = BTreeSet::new();
        for head in heads {
            if let LabelSource::Flags(flags) = &head.source {
                labels.extend(flags.iter().map(|(label, _)| label.as_str()));
            }
        }
        for answer in self.answers.iter().flatten() {
            match answer {
                HeadLabels::One(label) => drop(labels.insert(label)),
                HeadLabels::Set(set) => labels.extend(set.iter().map(String::as_str)),
                HeadLabels::Unknown | HeadLabels::Flags(_) => {}
            }
        }
        labels.into_iter().map(str::to_string).collect()
    }
}
