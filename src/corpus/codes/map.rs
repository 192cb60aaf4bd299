//! A map from codes to labels, and the way from a code to the broader ones.

use std::collections::HashMap;

/// Codes with their broader codes and their labels.
///
/// Codes are known by their numbers in the order of the map.
#[derive(Debug, Clone)]
pub struct CodeMap {
    pub(super) name: String,
    /// The names of all columns.
    pub(super) columns: Vec<String>,
    pub(super) entries: Vec<CodeEntry>,
    pub(super) places: HashMap<String, usize>,
    /// True where a code of digits belongs to the code without its last digit.
    pub(super) digits: bool,
    /// The length of the longest code of digits.
    pub(super) longest: usize,
}

/// One code.
#[derive(Debug, Clone)]
pub(super) struct CodeEntry {
    pub code: String,
    /// The number of the next broader code.
    pub parent: Option<usize>,
    /// By column, the labels; `None` where the map has no answer.
    pub labels: Vec<Option<Vec<String>>>,
}

/// Result of looking up a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lookup {
    /// The map lists it under this number.
    Listed(usize),
    /// The map lists no more than this broader code.
    RolledUp(usize),
    Unknown,
}

impl CodeMap {
    /// Returns the name of the map in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the number of codes.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Tells whether there is no code.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the numbers of all codes.
    pub fn all(&self) -> impl Iterator<Item = usize> + use<> {
        0..self.entries.len()
    }

    /// Returns a code by its number.
    ///
    /// # Panics
    /// If the number is not less than [`len`](Self::len).
    pub fn code(&self, number: usize) -> &str {
        &self.entries[number].code
    }

    /// Returns the names of the columns that hold labels: all but `code`, `name`, `parent` and
    /// `description`.
    pub fn label_columns(&self) -> impl Iterator<Item = &str> {
        let other = |name: &&str| !["code", "name", "parent", "description"].contains(name);
        self.columns.iter().map(String::as_str).filter(other)
    }

    /// Returns the number of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|own| own == name)
    }

    /// Returns the number of a code as it stands in a corpus. What stands before the number of a
    /// code of digits, such as `medtop:` or an address up to its last slash, is passed over.
    pub fn find(&self, code: &str) -> Option<usize> {
        self.places
            .get(code)
            .or_else(|| self.places.get(bare_number(code)?))
            .copied()
    }

    /// Looks for a code, whose parts are a code and what stands in further columns, such as a mode.
    pub(super) fn look_up(&self, parts: &[&str], roll_up: bool) -> Lookup {
        if let Some(number) = self.find(&parts.join("-")) {
            return Lookup::Listed(number);
        }
        match self.broader_of_unlisted(parts) {
            Some(number) if roll_up => Lookup::RolledUp(number),
            _ => Lookup::Unknown,
        }
    }

    /// Returns the next broader code of one that is not listed: without its last parts, then
    /// without its last digits.
    fn broader_of_unlisted(&self, parts: &[&str]) -> Option<usize> {
        let shorter = (1..parts.len())
            .rev()
            .find_map(|end| self.find(&parts[..end].join("-")));
        shorter.or_else(|| self.prefix(parts.first()?))
    }

    /// Returns the longest code of digits that is listed and begins a code of digits, where digits
    /// are the hierarchy. A number longer than all codes is a date or count rather than a code.
    pub(super) fn prefix(&self, code: &str) -> Option<usize> {
        let number = bare_number(code).unwrap_or(code);
        if !self.digits || !is_number(number) || number.len() > self.longest {
            return None;
        }
        (1..number.len())
            .rev()
            .find_map(|end| self.places.get(&number[..end]))
            .copied()
    }

    /// Returns a code and the broader ones, up to its root, by their numbers.
    ///
    /// # Panics
    /// If the number is not less than [`len`](Self::len).
    pub fn ancestors(&self, number: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(number), |&number| self.entries[number].parent)
    }

    /// Returns the broader code of a level, from 1 for roots; the code itself where it is as broad.
    ///
    /// # Panics
    /// If the number is not less than [`len`](Self::len).
    pub fn at_level(&self, number: usize, level: usize) -> usize {
        let depth = self.ancestors(number).count();
        self.ancestors(number)
            .nth(depth.saturating_sub(level.max(1)))
            .unwrap_or(number)
    }

    /// Returns the labels of a code in a column, or else those of the next broader code that has
    /// some; `None` where none has, and an empty list where the map says that no label holds.
    ///
    /// # Panics
    /// If a number is not that of a code or a column.
    pub fn labels(&self, number: usize, column: usize) -> Option<&[String]> {
        self.ancestors(number)
            .find_map(|number| self.own_labels(number, column))
    }

    /// Returns the labels that stand with the code itself.
    pub(super) fn own_labels(&self, number: usize, column: usize) -> Option<&[String]> {
        self.entries[number].labels[column].as_deref()
    }

    /// Tells whether a column holds sets of labels rather than one label a code.
    pub(super) fn holds_sets(&self, column: usize) -> bool {
        let labels = self
            .entries
            .iter()
            .filter_map(|entry| entry.labels[column].as_ref());
        labels.into_iter().any(|labels| labels.len() != 1)
    }
}

pub(super) fn is_number(code: &str) -> bool {
    !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the number behind the last colon or slash.
fn bare_number(code: &str) -> Option<&str> {
    code.rsplit_once([':', '/'])
        .map(|(_, number)| number)
        .filter(|number| is_number(number))
}
