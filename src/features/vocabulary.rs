//! The terms of a fitted model: an arena of bytes, and a table that finds a term by its key.
//!
//! Words come first, then character n-grams, each sorted by their bytes; a term's place is its
//! column. The table is open addressing by lines of sixteen `u32` that fill a line of the processor's
//! cache: the lower halves of up to five keys, their upper halves, their columns + 1 (0: none), and 0.
//! It has `terms / 3 + 1` lines; a key begins at line `key · lines / 2⁶⁴` and, where all five places
//! are taken, goes on to the next line.

use crate::storage::{Buffer, Line, in_large_pages, prefetch};
use crate::{Error, Result};
use std::borrow::Cow;

/// A fitted vocabulary. Cheap to clone when it lies in a model file.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    pub(crate) terms: Buffer<u8>,
    pub(crate) ends: Buffer<u64>,
    pub(crate) slots: Buffer<Line>,
    pub(crate) words: usize,
}

impl Vocabulary {
    /// Builds arena and table from spellings and keys in column order, of which the first `words`
    /// are words.
    ///
    /// # Errors
    /// A data error if two terms have the same key.
    pub(super) fn build(terms: Vec<u8>, ends: Vec<u64>, keys: &[u64], words: usize) -> Result<Self> {
        let mut slots = in_large_pages(vec![Line::default(); line_count(keys.len())]);
        let twice = keys.iter().enumerate().find_map(|(column, &key)| {
            let known = insert(&mut slots, key, column as u32)?;
            Some((known as usize, column))
        });
        let built = Vocabulary { terms: terms.into(), ends: ends.into(), slots: slots.into(), words };
        match twice {
            None => Ok(built),
            Some((a, b)) => Err(Error::data(format!(
                "the terms `{}` and `{}` have the same 64-bit key",
                built.shown(a),
                built.shown(b)
            ))
            .help("train with another --seed")),
        }
    }

    /// A vocabulary of a model file.
    ///
    /// # Errors
    /// A model error if the parts do not fit each other.
    pub(crate) fn from_parts(
        terms: Buffer<u8>,
        ends: Buffer<u64>,
        slots: Buffer<Line>,
        words: usize,
    ) -> Result<Self> {
        let columns = ends.len();
        let ascending = ends.windows(2).all(|w| w[0] <= w[1]);
        let whole = ends.last().map_or(0, |&end| end) == terms.len() as u64;
        let fits = slots.len() == line_count(columns) && words <= columns;
        let known = fits && each_once(&slots, columns);
        if !(ascending && whole && known) {
            return Err(Error::model("the sections of the vocabulary do not fit each other"));
        }
        Ok(Vocabulary { terms, ends, slots, words })
    }

    /// The number of terms, and so of columns.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no term.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many of the first columns are word n-grams; the others are character n-grams.
    pub fn words(&self) -> usize {
        self.words
    }

    /// The term of `column`, which must be less than [`len`](Self::len).
    pub fn term(&self, column: usize) -> Cow<'_, str> {
        let start = if column == 0 { 0 } else { self.ends[column - 1] };
        String::from_utf8_lossy(&self.terms[start as usize..self.ends[column] as usize])
    }

    /// The term of `column` for people: character n-grams are enclosed in `‹ ›`.
    pub fn shown(&self, column: usize) -> String {
        let term = self.term(column);
        if column < self.words { term.into_owned() } else { format!("‹{term}›") }
    }

    /// The table, for a run of look-ups.
    #[inline]
    pub(super) fn table(&self) -> Table<'_> {
        Table(&self.slots)
    }

    /// The memory that one term takes, in bytes: its spelling, its end and its share of the table.
    pub fn bytes_per_term(&self) -> f64 {
        let bytes = self.terms.len() + size_of_val(&*self.ends) + size_of_val(&*self.slots);
        bytes as f64 / self.len().max(1) as f64
    }
}

/// Finds columns by keys.
#[derive(Clone, Copy)]
pub(super) struct Table<'v>(&'v [Line]);

/// Places of a line.
const PLACES: usize = 5;

impl Table<'_> {
    /// Begins to fetch the line at which a look-up of `key` will begin.
    #[inline]
    pub(super) fn prefetch(self, key: u64) {
        prefetch(self.0, first_line(key, self.0.len()));
    }

    /// The column of the term with this key. Ends, because a table always has free places.
    #[inline]
    pub(super) fn column(self, key: u64) -> Option<u32> {
        let mut at = first_line(key, self.0.len());
        loop {
            let line = self.0.get(at)?;
            let column = column_in(line, key);
            if column != 0 {
                return Some(column - 1);
            }
            if line.0[3 * PLACES - 1] == 0 {
                return None;
            }
            at = next_line(at, self.0.len());
        }
    }
}

/// The column + 1 of a key in a line, or 0. All places are compared, which is faster than to stop.
#[inline]
fn column_in(Line(line): &Line, key: u64) -> u32 {
    let (low, high) = (key as u32, (key >> 32) as u32);
    let mut column = 0;
    for place in 0..PLACES {
        let same = line[place] == low && line[PLACES + place] == high;
        column |= if same { line[2 * PLACES + place] } else { 0 };
    }
    column
}

/// Whether every column stands in one place, where it is found by its key, and the places of a line
/// are taken in order; then there are free places, too.
fn each_once(lines: &[Line], columns: usize) -> bool {
    let mut seen = vec![false; columns];
    let places =
        || lines.iter().flat_map(|line| &line.0[2 * PLACES..3 * PLACES]).filter(|&&column| column != 0);
    let new = |&column: &u32| {
        let seen = seen.get_mut(column as usize - 1);
        seen.is_some_and(|seen| !std::mem::replace(seen, true))
    };
    let in_order = |line: &Line| line.0[2 * PLACES..3 * PLACES].windows(2).all(|w| w[0] != 0 || w[1] == 0);
    places().count() == columns
        && places().all(new)
        && lines.iter().all(in_order)
        && lines.iter().all(|line| each_found(line, lines))
}

/// Whether a look-up of every key of a line finds its own column.
fn each_found(Line(line): &Line, lines: &[Line]) -> bool {
    (0..PLACES).filter(|place| line[2 * PLACES + place] != 0).all(|place| {
        let key = u64::from(line[PLACES + place]) << 32 | u64::from(line[place]);
        Table(lines).column(key) == Some(line[2 * PLACES + place] - 1)
    })
}

/// Three places of five are taken.
fn line_count(terms: usize) -> usize {
    terms / 3 + 1
}

#[inline]
fn first_line(key: u64, lines: usize) -> usize {
    ((u128::from(key) * lines as u128) >> 64) as usize
}

#[inline]
fn next_line(at: usize, lines: usize) -> usize {
    if at + 1 == lines { 0 } else { at + 1 }
}

/// The column that already has this key, if there is one.
fn insert(lines: &mut [Line], key: u64, column: u32) -> Option<u32> {
    let mut at = first_line(key, lines.len());
    loop {
        let known = column_in(&lines[at], key);
        if known != 0 {
            return Some(known - 1);
        }
        let line = &mut lines[at].0;
        if let Some(place) = (0..PLACES).find(|place| line[2 * PLACES + place] == 0) {
            (line[place], line[PLACES + place]) = (key as u32, (key >> 32) as u32);
            line[2 * PLACES + place] = column + 1;
            return None;
        }
        at = next_line(at, lines.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_terms_with_one_key_are_refused_by_name() {
        let error = Vocabulary::build(b"alphabeta".to_vec(), vec![5, 9], &[7, 7], 2).unwrap_err();
        assert!(error.to_string().contains("`alpha` and `beta`"), "{error}");
    }

    #[test]
    fn every_term_is_found_where_keys_begin_at_the_last_line() {
        let keys: Vec<u64> = (0..50).map(|at| u64::MAX - at).collect();
        let vocabulary = Vocabulary::build(vec![b'x'; 50], (1..=50).collect(), &keys, 50).unwrap();
        let columns = keys.iter().map(|&key| vocabulary.table().column(key));
        assert!(columns.eq((0..50).map(Some)));
        assert_eq!(vocabulary.table().column(12), None);
        let Vocabulary { terms, ends, slots, words } = vocabulary;
        assert!(Vocabulary::from_parts(terms, ends, slots, words).is_ok());
    }
}
