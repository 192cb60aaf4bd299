//! Rows of a corpus with the labels of their codes.

use super::CodeMap;
use super::cells::Codes;
use super::map::Lookup;
use super::summary::{CodeTally, Relabelled};
use crate::corpus::collect::{BATCH_BYTES, BATCH_ROWS};
use crate::corpus::record::Record;
use crate::corpus::rejects::RejectTally;
use crate::corpus::rows::with_members;
use crate::corpus::{
    ColumnName, Filter, Input, LabelFormat, RawRecord, ReadOptions, Reader, Rejects, names_of,
};
use crate::progress::Progress;
use crate::{Error, Result};
use rayon::prelude::*;
use serde_json::Value;

/// Treatment of a row with a code that the map does not list, nor a broader one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unlisted {
    /// The row is written without labels (the default).
    #[default]
    Keep,
    /// The row is left out.
    Skip,
    /// The row is an error.
    Refuse,
}

/// A column that rows get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewColumn {
    /// Its name in the rows.
    pub name: String,
    /// The number of the map's column that it is made of.
    pub column: usize,
}

/// Options of relabelling.
#[derive(Debug, Clone)]
pub struct Relabel {
    /// The column of the codes, and further columns of which the values are joined to them by `-`, such as a mode.
    pub codes: Vec<ColumnName>,
    /// The columns that rows get.
    pub targets: Vec<NewColumn>,
    /// The notation of codes in cells.
    pub format: LabelFormat,
    /// Rows must meet all of these.
    pub filters: Vec<Filter>,
    /// The level to which codes are rolled up before their labels are looked up, from 1 for roots.
    pub level: Option<usize>,
    /// True where codes have their own labels only, and not those of broader codes.
    pub exact: bool,
    /// Treatment of rows with codes that the map does not know.
    pub unlisted: Unlisted,
}

/// Outcome of a row.
pub(super) struct RelabelledRow {
    /// The row as a JSON line.
    pub line: String,
    pub codes: Vec<(String, Lookup)>,
    pub has_column: bool,
    /// By target, the labels; `None` where there is no answer.
    pub labels: Vec<Option<Vec<String>>>,
}

impl RelabelledRow {
    pub fn has_unknown(&self) -> bool {
        self.codes
            .iter()
            .any(|(_, found)| *found == Lookup::Unknown)
    }
}

/// Writes every row of `inputs` that meets the filters as a JSON line with the columns that [`Relabel`] names more.
///
/// A row has no answer in a column, which is null, where it has no code, or a code of which the map tells no label: a
/// part of its labels would say that others do not hold. Labels of several codes are joined. Columns in which the map has
/// sets are lists; in others one label is a text.
///
/// # Errors
/// For the first broken row without `rejects`; for a column that no row has and codes of which the map knows none; where
/// an input cannot be read; and what `write` returns.
pub fn relabel(
    inputs: Vec<Input>,
    options: ReadOptions,
    map: &CodeMap,
    how: &Relabel,
    mut rejects: Option<&mut Rejects>,
    progress: &dyn Progress,
    write: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<Relabelled> {
    let names = names_of(&inputs);
    let sets: Vec<bool> = how
        .targets
        .iter()
        .map(|target| map.holds_sets(target.column))
        .collect();
    let mut reader = Reader::new(inputs, options, progress);
    let (mut tally, mut broken, mut all) = (CodeTally::new(how), RejectTally::default(), 0);
    progress.stage("relabelling", 0);
    loop {
        let batch = reader.next_batch(BATCH_ROWS, BATCH_BYTES)?;
        if batch.is_empty() {
            break;
        }
        let rows: Vec<Result<Option<RelabelledRow>>> = batch
            .par_iter()
            .map(|raw| how.row(raw, map, &sets))
            .collect();
        for (raw, row) in batch.iter().zip(rows) {
            match row {
                Ok(None) => {}
                Ok(Some(row)) => {
                    let left_out = how.unlisted == Unlisted::Skip && row.has_unknown();
                    tally.add(&row, &raw.location, left_out);
                    if !left_out {
                        write(&row.line)?;
                    }
                }
                Err(error) => Rejects::take(rejects.as_deref_mut(), raw, error, &mut broken)?,
            }
        }
        all += batch.len() as u64;
        progress.advance(batch.len() as u64);
    }
    broken.verify(all)?;
    let done = tally.finish(map, how).map_err(|e| e.at(&names))?;
    done.notes(map, how)
        .iter()
        .for_each(|note| progress.note(note));
    Ok(done)
}

impl Relabel {
    fn row(&self, raw: &RawRecord, map: &CodeMap, sets: &[bool]) -> Result<Option<RelabelledRow>> {
        let record = raw.decode()?;
        self.row_of(raw, &record, map, sets)
            .map_err(|e| e.at(&record.location))
    }

    fn row_of(
        &self,
        raw: &RawRecord,
        record: &Record,
        map: &CodeMap,
        sets: &[bool],
    ) -> Result<Option<RelabelledRow>> {
        for filter in &self.filters {
            if !filter.keeps(record)? {
                return Ok(None);
            }
        }
        let Codes { codes, has_column } = Codes::read(record, &self.codes, &self.format)?;
        let codes: Vec<(String, Lookup)> =
            codes.iter().map(|parts| self.look_up(map, parts)).collect();
        self.verify(map, &codes)?;
        let found: Option<Vec<usize>> = codes.iter().map(|(_, found)| found.number()).collect();
        let found = found.filter(|found| !found.is_empty());
        let labels = |target: &NewColumn| self.labels(map, found.as_deref()?, target.column);
        let labels: Vec<Option<Vec<String>>> = self.targets.iter().map(labels).collect();
        let named = self.targets.iter().zip(labels.iter().zip(sets));
        let members: Vec<(&str, Value)> = named
            .map(|(target, (labels, set))| (target.name.as_str(), value(labels.as_deref(), *set)))
            .collect();
        let line = with_members(&raw.json_line(record)?, record, &members)?;
        Ok(Some(RelabelledRow {
            line,
            codes,
            has_column,
            labels,
        }))
    }

    fn look_up(&self, map: &CodeMap, parts: &[String]) -> (String, Lookup) {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let found = map.look_up(&parts, !self.exact);
        (parts.join("-"), found)
    }

    fn verify(&self, map: &CodeMap, codes: &[(String, Lookup)]) -> Result<()> {
        let unknown = |(_, found): &&(String, Lookup)| *found == Lookup::Unknown;
        match codes
            .iter()
            .find(unknown)
            .filter(|_| self.unlisted == Unlisted::Refuse)
        {
            None => Ok(()),
            Some((code, _)) => Err(Error::data(format!(
                "the code `{code}` is not in the map {}",
                map.name()
            ))
            .help(
                "correct it, or write a map that has it; without --strict the row has no labels",
            )),
        }
    }

    /// Returns the labels of all codes together; `None` if one has no answer.
    fn labels(&self, map: &CodeMap, codes: &[usize], column: usize) -> Option<Vec<String>> {
        let mut all: Vec<String> = Vec::new();
        for &code in codes {
            let code = self.level.map_or(code, |level| map.at_level(code, level));
            let own = if self.exact {
                map.own_labels(code, column)
            } else {
                map.labels(code, column)
            };
            all.extend(own?.iter().cloned());
        }
        all.sort();
        all.dedup();
        Some(all)
    }
}

impl Lookup {
    fn number(self) -> Option<usize> {
        match self {
            Lookup::Listed(number) | Lookup::RolledUp(number) => Some(number),
            Lookup::Unknown => None,
        }
    }
}

fn value(labels: Option<&[String]>, set: bool) -> Value {
    match labels {
        None => Value::Null,
        Some([label]) if !set => Value::from(label.as_str()),
        Some(labels) => Value::from(labels),
    }
}
