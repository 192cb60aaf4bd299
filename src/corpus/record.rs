//! One row of a corpus in any format: named values, and their file and line.

use super::alike::same;
use super::stored::Stored;
use crate::json::value::serialize_number;
use crate::json::{Object, Value};
use crate::wording::{Setting, Wording, wording};
use crate::{Error, Result};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// A file and a line in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourceLocation {
    /// The file's name as it was given; `-` is standard input.
    pub file: Arc<str>,
    /// The line, from 1; 0 where the row is the whole file.
    pub line: u64,
}

impl fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.file),
            line => write!(f, "{}:{line}", self.file),
        }
    }
}

/// A column, by its name or, in CSV and TSV files, by its number from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ColumnName(pub String);

impl From<&str> for ColumnName {
    fn from(name: &str) -> Self {
        ColumnName(name.to_string())
    }
}

impl fmt::Display for ColumnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The names of a row's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names {
    names: Vec<String>,
    /// The numbers of the names in their order, where they are many.
    sorted: Vec<u32>,
    /// True where a column may be given by its number.
    numbered: bool,
    /// Two places of the same name.
    repeated: Option<(usize, usize)>,
}

impl Names {
    /// Up to this many names, looking through them all is faster.
    const FEW: usize = 16;

    /// Creates the names of an object's keys.
    pub(crate) fn of_object(names: Vec<String>) -> Self {
        Self::new(names, false)
    }

    /// Creates the names of the columns of a table with this header; none for a table without one.
    /// A column without a name is called by its number from 1, and `column` and its number where
    /// another column has that number as its name.
    pub(crate) fn of_header(cells: &[String]) -> Self {
        let named = Self::new(cells.to_vec(), true);
        let name = |(at, cell): (usize, &String)| match cell.as_str() {
            "" if named.place(&(at + 1).to_string()).is_none() => (at + 1).to_string(),
            "" => format!("column {}", at + 1),
            cell => cell.to_string(),
        };
        Self::new(cells.iter().enumerate().map(name).collect(), true)
    }

    fn new(names: Vec<String>, numbered: bool) -> Self {
        let mut sorted = Vec::new();
        if names.len() > Self::FEW {
            sorted.extend(0..names.len() as u32);
            sorted.sort_by_key(|&at| names[at as usize].as_str());
        }
        let mut all = Names {
            names,
            sorted,
            numbered,
            repeated: None,
        };
        all.repeated = all.find_repeated();
        all
    }

    /// Returns all names, in the order of the values.
    pub fn all(&self) -> &[String] {
        &self.names
    }

    /// Returns the place of the value of this name, or else of one that is the same in NFC.
    pub fn place(&self, name: &str) -> Option<usize> {
        let in_nfc = || self.names.iter().position(|own| same(own, name));
        self.exact_place(name)
            .or_else(|| if name.is_ascii() { None } else { in_nfc() })
    }

    fn exact_place(&self, name: &str) -> Option<usize> {
        if self.sorted.is_empty() {
            return self.names.iter().position(|own| own == name);
        }
        let own = |&at: &u32| self.names[at as usize].as_str();
        self.sorted
            .binary_search_by_key(&name, own)
            .ok()
            .map(|at| self.sorted[at] as usize)
    }

    /// Returns two places of the same name.
    pub fn repeated(&self) -> Option<(usize, usize)> {
        self.repeated
    }

    fn find_repeated(&self) -> Option<(usize, usize)> {
        if self.sorted.is_empty() {
            let first = |at: usize| {
                self.names[..at]
                    .iter()
                    .position(|name| *name == self.names[at])
            };
            return (1..self.names.len()).find_map(|at| Some((first(at)?, at)));
        }
        let name = |at: u32| &self.names[at as usize];
        let equal = self
            .sorted
            .windows(2)
            .find(|pair| name(pair[0]) == name(pair[1]))?;
        Some((equal[0] as usize, equal[1] as usize))
    }

    /// Returns the name of the value at a place.
    fn of(&self, at: usize) -> String {
        self.names
            .get(at)
            .cloned()
            .unwrap_or_else(|| (at + 1).to_string())
    }
}

/// Named values of one row.
#[derive(Debug, Clone)]
pub(crate) struct Record<'r> {
    /// The file and line of the row.
    pub location: SourceLocation,
    pub(super) names: Arc<Names>,
    pub(super) values: Vec<Stored<'r>>,
}

impl<'r> Record<'r> {
    /// Returns the value of a column, if the row has that column. A name goes before a number;
    /// names are compared in NFC.
    pub fn get(&self, column: &ColumnName) -> Option<&Value> {
        self.stored(column).map(Stored::get)
    }

    /// Returns the value of a column as [`get`](Self::get) does, before it is decoded.
    pub(super) fn stored(&self, column: &ColumnName) -> Option<&Stored<'r>> {
        let named = self.names.place(&column.0);
        let numbered = || {
            column
                .0
                .parse::<usize>()
                .ok()
                .filter(|_| self.names.numbered)?
                .checked_sub(1)
        };
        named.or_else(numbered).and_then(|at| self.values.get(at))
    }

    /// Returns the id in a column as a text, and whether it is an integer of JSON; `None` for null
    /// and a column that is not there.
    ///
    /// # Errors
    /// A data error for a list or an object.
    pub(crate) fn id(&self, column: &ColumnName) -> Result<Option<(String, bool)>> {
        let Some(stored) = self.stored(column).filter(|stored| !stored.is_null()) else {
            return Ok(None);
        };
        let text = stored.plain().ok_or_else(|| {
            let kind = if stored.get().is_array() {
                "a list"
            } else {
                "an object"
            };
            Error::data(format!(
                "the id in `{column}` is {kind}, expected a text or a number"
            ))
            .help(wording!["name another column with ", Setting::Id])
        })?;
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let is_integer =
            digits.bytes().all(|byte| byte.is_ascii_digit()) && stored.get().is_number();
        Ok(Some((text, is_integer)))
    }

    /// Returns the row as a JSON object; columns without a name have their numbers from 1.
    pub(crate) fn to_object(&self) -> RowObject {
        let members = self.values.iter().enumerate();
        RowObject(
            members
                .map(|(at, value)| (self.names.of(at), value.get().clone()))
                .collect(),
        )
    }

    /// Tells whether the row has no value at all.
    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Returns the columns whose names begin so, with the rest of their names.
    pub(crate) fn with_prefix<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let named = self.names.names.iter().zip(&self.values);
        named.filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.get())))
    }

    /// Returns the remedy for a column that is not there, where the row seems to have been cut by a
    /// wrong delimiter.
    pub(super) fn delimiter_remedy(&self) -> Option<Wording> {
        let whole = match (self.names.names.as_slice(), self.values.as_slice()) {
            ([], [Stored::Value(Value::String(cell))]) => cell,
            ([name], [_]) => name,
            _ => return None,
        };
        let found = [";", "\t", "|", ","].into_iter();
        let mut found = found.filter(|other| self.names.numbered && whole.contains(other));
        found.next().map(|other| {
            wording![
                "name the columns that there are, or cut them by ",
                Setting::Delimiter.value(other)
            ]
        })
    }

    /// Returns the columns the row has, for an error message.
    pub(super) fn columns(&self) -> String {
        let names = &self.names.names;
        if names.is_empty() {
            return format!("columns 1 to {}", self.values.len());
        }
        let shown: Vec<String> = names
            .iter()
            .take(20)
            .map(|name| format!("`{name}`"))
            .collect();
        let more = if names.len() > 20 { ", …" } else { "" };
        format!("columns {}{more}", shown.join(", "))
    }
}

/// Returns a value as plain text: strings as they are, numbers and truth values as written, null as
/// nothing; `None` for lists and objects.
pub(super) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// A row as a JSON object; it is displayed as one line.
#[derive(Debug, Clone, PartialEq)]
pub struct RowObject(Object);

impl RowObject {
    /// Adds a column with this text, unless the row has that column.
    pub fn add_missing(&mut self, column: &str, text: &str) {
        self.0
            .entry(column.to_string())
            .or_insert_with(|| text.into());
    }
}

impl Serialize for RowObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_map(&self.0)
    }
}

impl fmt::Display for RowObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = serde_json::to_string(self).map_err(|_| fmt::Error)?;
        f.write_str(&line)
    }
}

/// The id of a document. As JSON, it is an integer where it was one, and otherwise a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentId<'a> {
    text: Cow<'a, str>,
    is_integer: bool,
}

impl<'a> DocumentId<'a> {
    pub(super) fn new(text: &'a str, is_integer: bool) -> Self {
        DocumentId {
            text: Cow::Borrowed(text),
            is_integer,
        }
    }

    /// Returns the id as a text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns true if the id is an integer of JSON.
    pub fn is_integer(&self) -> bool {
        self.is_integer
    }

    /// Returns an id that owns its text.
    pub fn into_owned(self) -> DocumentId<'static> {
        DocumentId {
            text: Cow::Owned(self.text.into_owned()),
            is_integer: self.is_integer,
        }
    }
}

impl<'a> From<&'a str> for DocumentId<'a> {
    fn from(text: &'a str) -> Self {
        DocumentId::new(text, false)
    }
}

impl Serialize for DocumentId<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self.is_integer {
            true => serialize_number(&self.text, serializer),
            false => serializer.serialize_str(&self.text),
        }
    }
}
