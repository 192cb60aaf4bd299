//! The terms of a fitted model: an arena of bytes, and a table that finds a term by its key.
//!
//! Words come first, then character n-grams, each sorted by their bytes; a term's place is its
//! column. The table is open addressing with linear probing. It has `8 · terms / 5 + 1` slots, and a key
//! begins at slot `key · slots / 2⁶⁴`; a slot is three `u32`: key low, key high, column + 1 (0: empty).

use crate::storage::{Buffer, prefetch};
use crate::{Error, Result};
use std::borrow::Cow;

/// A fitted vocabulary. Cheap to clone when it lies in a model file.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    pub(crate) terms: Buffer<u8>,
    pub(crate) ends: Buffer<u64>,
    pub(crate) slots: Buffer<[u32; 3]>,
    pub(crate) words: usize,
}

impl Vocabulary {
    /// Builds arena and table from spellings and keys in column order, of which the first `words`
    /// are words.
    ///
    /// # Errors
    /// A data error if two terms have the same key.
    pub(super) fn build(terms: Vec<u8>, ends: Vec<u64>, keys: &[u64], words: usize) -> Result<Self> {
        let mut slots = vec![[0; 3]; slot_count(keys.len())];
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
        slots: Buffer<[u32; 3]>,
        words: usize,
    ) -> Result<Self> {
        let columns = ends.len();
        let ascending = ends.windows(2).all(|w| w[0] <= w[1]);
        let whole = ends.last().map_or(0, |&end| end) == terms.len() as u64;
        let fits = slots.len() == slot_count(columns) && words <= columns;
        let known = each_once(&slots, columns);
        if !(ascending && whole && fits && known) {
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
pub(super) struct Table<'v>(&'v [[u32; 3]]);

impl Table<'_> {
    /// Begins to fetch the slot at which a look-up of `key` will begin.
    #[inline]
    pub(super) fn prefetch(self, key: u64) {
        prefetch(self.0, first_slot(key, self.0.len()));
    }

    /// The column of the term with this key. Ends, because a table always has empty slots.
    #[inline]
    pub(super) fn column(self, key: u64) -> Option<u32> {
        let (low, high) = (key as u32, (key >> 32) as u32);
        let mut at = first_slot(key, self.0.len());
        loop {
            let slot = self.0.get(at)?;
            if slot[2] == 0 {
                return None;
            }
            if slot[0] == low && slot[1] == high {
                return Some(slot[2] - 1);
            }
            at = if at + 1 == self.0.len() { 0 } else { at + 1 };
        }
    }
}

/// Whether every column stands in one slot; then there are empty slots, too.
fn each_once(slots: &[[u32; 3]], columns: usize) -> bool {
    let mut seen = vec![false; columns];
    let mut used = slots.iter().filter(|slot| slot[2] != 0);
    let new = |slot: &[u32; 3]| {
        let seen = seen.get_mut(slot[2] as usize - 1);
        seen.is_some_and(|seen| !std::mem::replace(seen, true))
    };
    used.clone().count() == columns && used.all(new)
}

/// Leaves three of eight slots empty.
fn slot_count(terms: usize) -> usize {
    terms * 8 / 5 + 1
}

#[inline]
fn first_slot(key: u64, slots: usize) -> usize {
    (u128::from(key) * slots as u128 >> 64) as usize
}

/// The column that already has this key, if there is one.
fn insert(slots: &mut [[u32; 3]], key: u64, column: u32) -> Option<u32> {
    let mut at = first_slot(key, slots.len());
    let (low, high) = (key as u32, (key >> 32) as u32);
    while slots[at][2] != 0 {
        if slots[at][..2] == [low, high] {
            return Some(slots[at][2] - 1);
        }
        at = if at + 1 == slots.len() { 0 } else { at + 1 };
    }
    slots[at] = [low, high, column + 1];
    None
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
    fn every_term_is_found_where_keys_begin_at_the_last_slot() {
        let keys: Vec<u64> = (0..50).map(|at| u64::MAX - at).collect();
        let vocabulary = Vocabulary::build(vec![b'x'; 50], (1..=50).collect(), &keys, 50).unwrap();
        let columns = keys.iter().map(|&key| vocabulary.table().column(key));
        assert!(columns.eq((0..50).map(Some)));
        assert_eq!(vocabulary.table().column(12), None);
        let Vocabulary { terms, ends, slots, words } = vocabulary;
        assert!(Vocabulary::from_parts(terms, ends, slots, words).is_ok());
    }
}
