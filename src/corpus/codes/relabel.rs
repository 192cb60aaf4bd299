//! Rows of a corpus with the labels of their codes.

use super::CodeMap;
use super::cells::Codes;
use super::map::Lookup;
use super::options::{NewColumn, Relabel, RelabelledRow, Unlisted};
use super::summary::{CodeTally, Relabelled};
use crate::corpus::reader::RawRecord;
use crate::corpus::record::Record;
use crate::corpus::row_reader::RowReader;
use crate::corpus::rows::with_members;
use crate::json::Value;
use crate::wording::{Setting, wording};
use crate::{Error, Result};

/// Writes every row of `inputs` that meets the filters as a JSON line with the columns that
/// [`Relabel`] names more.
///
/// A row has no answer in a column, which is null, where it has no code, or a code of which the map
/// tells no label: a part of its labels would say that others do not hold. Labels of several codes
/// are joined. Columns in which the map has sets are lists; in others one label is a text.
///
/// # Errors
/// For the first broken row without `rejects`; for a column that no row has and codes of which the
/// map knows none; where an input cannot be read; and what `write` returns.
pub fn relabel(
    mut rows: RowReader<'_>,
    map: &CodeMap,
    options: &Relabel,
    write: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<Relabelled> {
    let targets = options.targets.iter();
    let sets: Vec<bool> = targets
        .map(|target| map.holds_sets(target.column))
        .collect();
    let mut tally = CodeTally::new(options);
    rows.for_each_row(
        "relabelling",
        |raw, record| options.row(raw, record, map, &sets),
        |raw, row| {
            let Some(row) = row else { return Ok(()) };
            let left_out = options.unlisted == Unlisted::Skip && row.has_unknown();
            tally.add(&row, &raw.location, left_out);
            if left_out { Ok(()) } else { write(&row.line) }
        },
    )?;
    rows.tally().verify()?;
    let done = tally.finish(map, options).map_err(|e| e.at(rows.names()))?;
    let notes = done.notes(map, options);
    notes.iter().for_each(|note| rows.listener().advise(note));
    Ok(done)
}

impl Relabel {
    fn row(
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
            .help(wording![
                "correct it, or write a map that has it; without ",
                Setting::StrictCodes,
                " the row has no labels"
            ])),
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
        Some(labels) => Value::Array(labels.iter().map(|label| label.as_str().into()).collect()),
    }
}
