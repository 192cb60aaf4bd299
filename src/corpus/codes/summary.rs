//! Summary of relabelling: counts of labels, and the codes that the map does not list.

use super::map::{CodeMap, Lookup};
use super::options::{Relabel, RelabelledRow, Unlisted};
use crate::corpus::SourceLocation;
use crate::wording::{Setting, Wording, wording};
use crate::{Error, Result};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// More different codes are counted, but not named.
const MAX_NAMED: usize = 1000;

/// Rows that were given labels, and codes that have none.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Relabelled {
    /// The rows that met the filters.
    pub rows: u64,
    /// The rows that were written.
    pub written: u64,
    /// The rows without a code.
    pub without_code: u64,
    /// The rows with a code that the map does not know.
    pub with_unknown_code: u64,
    /// The labels in each new column.
    pub columns: Vec<ColumnCounts>,
    /// The codes that the map does not know, those of most rows first; at most a thousand.
    pub unknown: Vec<UnknownCode>,
    /// The codes that are not listed and took the labels of a broader one, those of most rows
    /// first; at most a thousand.
    pub rolled_up: Vec<RolledUp>,
}

/// The labels in a new column.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ColumnCounts {
    /// The name of the column.
    pub column: String,
    /// The rows that were written with each label.
    pub labels: BTreeMap<String, u64>,
    /// The rows of which no label holds.
    pub none: u64,
    /// The rows without an answer.
    pub unanswered: u64,
}

/// A code that the map does not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UnknownCode {
    /// The code.
    pub code: String,
    /// The rows that have it.
    pub rows: u64,
    /// File and line of the first.
    pub first: String,
    /// The code of the map that may be meant: with a zero before it, or in other letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meant: Option<String>,
}

/// A code that is not listed and took the labels of a broader one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RolledUp {
    /// The code.
    pub code: String,
    /// The broader code.
    pub to: String,
    /// The rows that have it.
    pub rows: u64,
    /// File and line of the first.
    pub first: String,
}

/// Codes in the order of first sight, with the broader code that each was rolled up to.
#[derive(Default)]
struct CodeCount {
    places: HashMap<String, usize>,
    codes: Vec<(String, Option<usize>, u64, String)>,
}

impl CodeCount {
    fn add(&mut self, code: &str, to: Option<usize>, place: &SourceLocation) {
        if let Some(&at) = self.places.get(code) {
            self.codes[at].2 += 1;
        } else if self.codes.len() < MAX_NAMED {
            self.places.insert(code.to_string(), self.codes.len());
            self.codes
                .push((code.to_string(), to, 1, place.to_string()));
        }
    }

    /// Returns the codes of most rows first.
    fn finish(mut self) -> Vec<(String, Option<usize>, u64, String)> {
        self.codes
            .sort_by_key(|(_, _, rows, _)| std::cmp::Reverse(*rows));
        self.codes
    }
}

/// Counts while rows are written.
pub(super) struct CodeTally {
    done: Relabelled,
    has_column: bool,
    has_known: bool,
    unknown: CodeCount,
    rolled_up: CodeCount,
}

impl CodeTally {
    pub fn new(options: &Relabel) -> Self {
        let column = |name: &String| ColumnCounts {
            column: name.clone(),
            labels: BTreeMap::new(),
            none: 0,
            unanswered: 0,
        };
        let done = Relabelled {
            rows: 0,
            written: 0,
            without_code: 0,
            with_unknown_code: 0,
            columns: options
                .targets
                .iter()
                .map(|target| column(&target.name))
                .collect(),
            unknown: Vec::new(),
            rolled_up: Vec::new(),
        };
        let (unknown, rolled_up) = (CodeCount::default(), CodeCount::default());
        CodeTally {
            done,
            has_column: false,
            has_known: false,
            unknown,
            rolled_up,
        }
    }

    pub fn add(&mut self, row: &RelabelledRow, place: &SourceLocation, left_out: bool) {
        self.done.rows += 1;
        self.has_column |= row.has_column;
        self.done.without_code += u64::from(row.codes.is_empty());
        self.done.with_unknown_code += u64::from(row.has_unknown());
        for (code, found) in &row.codes {
            self.has_known |= *found != Lookup::Unknown;
            match found {
                Lookup::Listed(_) => {}
                Lookup::RolledUp(to) => self.rolled_up.add(code, Some(*to), place),
                Lookup::Unknown => self.unknown.add(code, None, place),
            }
        }
        if !left_out {
            self.done.written += 1;
            self.done
                .columns
                .iter_mut()
                .zip(&row.labels)
                .for_each(|(column, labels)| column.add(labels));
        }
    }

    /// Returns the counts.
    ///
    /// # Errors
    /// A data error where there is no row, no row has the column, or the map knows none of the
    /// codes.
    pub fn finish(self, map: &CodeMap, options: &Relabel) -> Result<Relabelled> {
        let CodeTally {
            mut done,
            has_column,
            has_known,
            unknown,
            rolled_up,
        } = self;
        let unknown = unknown.finish().into_iter().map(|(code, _, rows, first)| {
            let meant = map.meant(&code).map(str::to_string);
            UnknownCode {
                code,
                rows,
                first,
                meant,
            }
        });
        done.unknown = unknown.collect();
        let rolled_up = rolled_up
            .finish()
            .into_iter()
            .filter_map(|(code, to, rows, first)| {
                Some(RolledUp {
                    code,
                    to: map.code(to?).to_string(),
                    rows,
                    first,
                })
            });
        done.rolled_up = rolled_up.collect();
        let column = options
            .codes
            .first()
            .map(ToString::to_string)
            .unwrap_or_default();
        let rows = done.rows;
        match (rows, has_column, has_known) {
            (0, ..) => Err(Error::data("there is no row")
                .help(wording!["check the file and ", Setting::Filters])),
            (_, false, _) => Err(Error::data(format!(
                "none of {rows} rows has the column `{column}`"
            ))
            .help(wording![
                "check the spelling; tables without a header need ",
                Setting::NoHeader,
                " and column numbers"
            ])),
            (_, true, false) => Err(done.no_code_is_known(map, &column)),
            _ => Ok(done),
        }
    }
}

impl ColumnCounts {
    fn add(&mut self, labels: &Option<Vec<String>>) {
        let Some(labels) = labels else {
            self.unanswered += 1;
            return;
        };
        self.none += u64::from(labels.is_empty());
        for label in labels {
            match self.labels.get_mut(label) {
                Some(rows) => *rows += 1,
                None => drop(self.labels.insert(label.clone(), 1)),
            }
        }
    }
}

impl CodeMap {
    /// Returns a code that may be meant by one that is not listed.
    fn meant(&self, code: &str) -> Option<&str> {
        let padded = self
            .find(&format!("0{code}"))
            .map(|number| self.code(number));
        let lower = code.to_lowercase();
        padded.or_else(|| {
            self.all()
                .map(|number| self.code(number))
                .find(|own| own.to_lowercase() == lower)
        })
    }
}

impl Relabelled {
    fn no_code_is_known(&self, map: &CodeMap, column: &str) -> Error {
        let Some(unknown) = self.unknown.first() else {
            let message = format!(
                "none of {} rows has a value in the column `{column}`",
                self.rows
            );
            return Error::data(message).help("check the spelling");
        };
        let UnknownCode { code, first, .. } = unknown;
        let message = format!(
            "the map {} knows none of the codes in `{column}`, such as `{code}` ({first})",
            map.name()
        );
        let meant = unknown
            .meant
            .as_ref()
            .map(|meant| format!("; is `{meant}` meant?"));
        Error::data(message).help(wording![
            "check ",
            Setting::CodeColumn,
            " and ",
            Setting::CodeMap,
            meant.unwrap_or_default()
        ])
    }

    /// Returns sentences about codes that the map does not list.
    pub(super) fn notes(&self, map: &CodeMap, options: &Relabel) -> Vec<Wording> {
        let mut notes = Vec::new();
        if let Some(UnknownCode { code, first, .. }) = self.unknown.first() {
            let what = if options.unlisted == Unlisted::Skip {
                "left out"
            } else {
                "written without labels"
            };
            notes.push(Wording::from(format!(
                "the map {} does not know all codes of {} of {} rows, which were {what}: such as `{code}` ({first})",
                map.name(),
                self.with_unknown_code,
                self.rows
            )));
        }
        let zero = self.unknown.iter().find(|unknown| {
            unknown
                .meant
                .as_ref()
                .is_some_and(|meant| *meant == format!("0{}", unknown.code))
        });
        if let Some(UnknownCode { code, .. }) = zero {
            notes.push(Wording::from(format!(
                "zeros before codes seem to be lost: `{code}` is listed as `0{code}`; others may be taken for a code \
                 without the zero, so read the column as text where the file was made"
            )));
        }
        if let Some(RolledUp { code, to, .. }) = self.rolled_up.first() {
            let rest = self.rolled_up.len() - 1;
            let more = if rest > 0 {
                format!(" and {rest} more")
            } else {
                String::new()
            };
            notes.push(wording![
                format!("not listed and rolled up to broader codes: `{code}` to `{to}`{more} ("),
                Setting::ExactCodes,
                " takes listed codes only)"
            ]);
        }
        notes
    }
}
