//! One row of a corpus, whatever file it came from: named values and the place they stood at.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// A file and a line in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file's name as it was given; `-` is standard input.
    pub file: Arc<str>,
    /// The line, from 1; 0 where the row is the whole file.
    pub line: u64,
}

impl fmt::Display for Place {
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
pub struct Column(pub String);

impl From<&str> for Column {
    fn from(name: &str) -> Self {
        Column(name.to_string())
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The names of a row's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names {
    pub names: Vec<String>,
    /// Whether a column may be given by its number.
    pub numbered: bool,
}

/// Named values of one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Where the row stood.
    pub place: Place,
    pub(super) names: Arc<Names>,
    pub(super) values: Vec<Value>,
}

impl Record {
    /// The value of a column, if the row has that column. A name goes before a number.
    pub fn get(&self, column: &Column) -> Option<&Value> {
        let named = self.names.names.iter().position(|name| *name == column.0);
        let numbered = || column.0.parse::<usize>().ok().filter(|_| self.names.numbered)?.checked_sub(1);
        named.or_else(numbered).and_then(|at| self.values.get(at))
    }

    /// The columns whose names begin so, with the rest of their names.
    pub(crate) fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let named = self.names.names.iter().zip(&self.values);
        named.filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value)))
    }

    /// The columns the row has, for an error message.
    pub(super) fn columns(&self) -> String {
        let names = &self.names.names;
        if names.is_empty() {
            return format!("columns 1 to {}", self.values.len());
        }
        let shown: Vec<String> = names.iter().take(20).map(|name| format!("`{name}`")).collect();
        let more = if names.len() > 20 { ", …" } else { "" };
        format!("columns {}{more}", shown.join(", "))
    }
}

/// A value as plain text: strings as they are, numbers and truth values as written, null as
/// nothing; `None` for lists and objects.
pub(super) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}
