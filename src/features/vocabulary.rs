//! The terms of a fitted model: an arena of bytes, and a table that finds a term by its key.
//!
//! Words come first, then character n-grams, each sorted by their bytes; a term's place is its
//! column. The table is open addressing with linear probing from the key's low bits; a slot is
//! four `u32`: key low, key high, column + 1 (0: empty), and 0.

use crate::storage::Buffer;
use crate::{Error, Result};
use std::borrow::Cow;

/// A fitted vocabulary. Cheap to clone when it lies in a model file.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    pub(crate) terms: Buffer<u8>,
    pub(crate) ends: Buffer<u64>,
    pub(crate) slots: Buffer<[u32; 4]>,
    pub(crate) words: usize,
}

impl Vocabulary {
    /// Builds arena and table from terms in column order, of which the first `words` are words.
    pub(super) fn build<'a>(terms: impl ExactSizeIterator<Item = (u64, &'a [u8])>, words: usize) -> Self {
        let mut slots = vec![[0; 4]; slot_count(terms.len())];
        let (mut arena, mut ends) = (Vec::new(), Vec::with_capacity(terms.len()));
        for (column, (key, term)) in terms.enumerate() {
            arena.extend_from_slice(term);
            ends.push(arena.len() as u64);
            insert(&mut slots, key, column as u32);
        }
        Vocabulary { terms: arena.into(), ends: ends.into(), slots: slots.into(), words }
    }

    /// A vocabulary of a model file.
    ///
    /// # Errors
    /// A model error if the parts do not fit each other.
    pub(crate) fn from_parts(
        terms: Buffer<u8>,
        ends: Buffer<u64>,
        slots: Buffer<[u32; 4]>,
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

    /// The column of the term with this key.
    pub(super) fn column(&self, key: u64) -> Option<u32> {
        find(&self.slots, key)
    }

    /// The memory that one term takes, in bytes: its spelling, its end and its share of the table.
    pub fn bytes_per_term(&self) -> f64 {
        let bytes = self.terms.len() + size_of_val(&*self.ends) + size_of_val(&*self.slots);
        bytes as f64 / self.len().max(1) as f64
    }
}

/// Whether every column stands in one slot; then there are empty slots, too.
fn each_once(slots: &[[u32; 4]], columns: usize) -> bool {
    let mut seen = vec![false; columns];
    let mut used = slots.iter().filter(|slot| slot[2] != 0);
    let new = |slot: &[u32; 4]| {
        let seen = seen.get_mut(slot[2] as usize - 1);
        seen.is_some_and(|seen| !std::mem::replace(seen, true))
    };
    used.clone().count() == columns && used.all(new)
}

/// A power of two that leaves at least a third of the slots empty.
fn slot_count(terms: usize) -> usize {
    (terms + terms / 2 + 1).next_power_of_two()
}

fn insert(slots: &mut [[u32; 4]], key: u64, column: u32) {
    let mask = slots.len() - 1;
    let mut slot = key as usize & mask;
    while slots[slot][2] != 0 {
        slot = (slot + 1) & mask;
    }
    slots[slot] = [key as u32, (key >> 32) as u32, column + 1, 0];
}

/// Ends, because a table always has empty slots.
fn find(slots: &[[u32; 4]], key: u64) -> Option<u32> {
    let mask = slots.len() - 1;
    let (low, high) = (key as u32, (key >> 32) as u32);
    let mut at = key as usize & mask;
    loop {
        let slot = slots[at];
        if slot[2] == 0 {
            return None;
        }
        if slot[0] == low && slot[1] == high {
            return Some(slot[2] - 1);
        }
        at = (at + 1) & mask;
    }
}
