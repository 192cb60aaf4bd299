//! The table that finds a term by its key.
//!
//! The table is open addressing by lines that fill a line of the processor's cache: the lower halves
//! of up to eight keys, compared at once, and their columns + 1 (0: none). The upper half of a key
//! stands beside its column, so that all 64 bits are compared. There are `terms / 4 + 1` lines; a
//! key begins at line `scattered key · lines / 2⁶⁴` and, where all eight places are taken, goes on to the next
//! line, [`MAX_PROBES`] lines at most.

use crate::io::storage::{in_huge_pages, prefetch};
use crate::math::hash::GOLDEN;
use crate::math::vector::{Native, TAGS};

/// Reason for which a table cannot hold a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TableError {
    /// An earlier term has the same key.
    SameKey,
    /// There is no free place within [`MAX_PROBES`] lines.
    ProbeLimit,
}

/// Hash table from keys to columns.
#[derive(Clone, Copy)]
pub(super) struct Table<'v> {
    lines: &'v [Line],
    /// Upper half of the key of each entry, by the number that its line gives.
    upper: &'v [u32],
    /// Columns of the entries; `None` where the number of an entry is its column.
    columns: Option<&'v [u32]>,
}

/// A line of the table.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(64))]
struct Line {
    /// Lower halves of keys.
    tags: [u32; TAGS],
    /// Numbers of the entries plus one, 0 in empty places, which are the last.
    numbers: [u32; TAGS],
}

/// The memory of a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
    upper: Vec<u32>,
}

/// The table of the terms of one text, in memory that the next one reuses.
#[derive(Debug, Clone, Default)]
pub(super) struct SmallTable {
    lines: Lines,
    columns: Vec<u32>,
}

/// Lines after its first one that a key may be in. With random keys and half of the places taken,
/// the farthest of a billion is within twenty or so.
const MAX_PROBES: usize = 64;
/// Terms for each line: with half of the places taken, one line in twenty is full.
const TERMS_PER_LINE: usize = 4;

impl SmallTable {
    /// Replaces the table by that of `found`, keys with their columns. Of two terms with one key,
    /// which have a probability of 2⁻⁶⁴, the first is kept.
    pub(super) fn fill(&mut self, found: &[(u64, u32)]) {
        self.lines.clear(found.len());
        self.columns.clear();
        for &(key, column) in found {
            // A term that occurs again is there already, and random keys find a place.
            if self.lines.insert(key).is_ok() {
                self.columns.push(column);
            }
        }
    }

    /// Returns the table for look-ups.
    pub(super) fn table(&self) -> Table<'_> {
        Table {
            columns: Some(&self.columns),
            ..self.lines.table()
        }
    }
}

impl Table<'_> {
    /// Prefetches the line at which a look-up of `key` begins.
    #[inline]
    pub(super) fn prefetch(self, key: u64) {
        prefetch(self.lines, first_line(key, self.lines.len()));
    }

    /// Returns the column of the term with a key.
    #[inline]
    pub(super) fn column(self, key: u64) -> Option<u32> {
        let number = self.number(key)?;
        match self.columns {
            None => Some(number),
            Some(columns) => columns.get(number as usize).copied(),
        }
    }

    #[inline]
    fn number(self, key: u64) -> Option<u32> {
        let at = first_line(key, self.lines.len());
        let line = self.lines.get(at)?;
        let found = Native::equal(&line.tags, key as u32);
        // Of keys that are not there, one in 2²⁹ has a tag of the line, and few lines are full.
        if found & found.wrapping_sub(1) != 0 || line.is_full() {
            return self.farther(key, at);
        }
        line.entry(found.trailing_zeros(), key, self.upper)
    }

    /// Looks at every entry with the tag of a key, in this line and those after full ones.
    #[inline(never)]
    fn farther(self, key: u64, mut at: usize) -> Option<u32> {
        for _ in 0..=MAX_PROBES {
            let line = self.lines.get(at)?;
            let mut found = Native::equal(&line.tags, key as u32);
            while found != 0 {
                let entry = line.entry(found.trailing_zeros(), key, self.upper);
                if entry.is_some() {
                    return entry;
                }
                found &= found - 1;
            }
            if !line.is_full() {
                return None;
            }
            at = next_line(at, self.lines.len());
        }
        None
    }
}

#[cfg(test)]
impl Table<'_> {
    /// Returns the number of lines between the first one of a key and its own.
    pub(super) fn probes(self, key: u64) -> usize {
        let (first, lines) = (first_line(key, self.lines.len()), self.lines.len());
        let number = self.number(key).map_or(0, |number| number + 1);
        let holds = |&far: &usize| self.lines[(first + far) % lines].numbers.contains(&number);
        (0..lines).find(holds).unwrap_or(lines)
    }
}

impl Line {
    #[inline]
    fn is_full(&self) -> bool {
        self.numbers[TAGS - 1] != 0
    }

    /// Returns the entry in a place if its key is this one; there is none in a place after the
    /// last, and in an empty one. Without a branch, since none could be predicted.
    #[inline]
    fn entry(&self, place: u32, key: u64, upper: &[u32]) -> Option<u32> {
        let number = self.numbers[place as usize % TAGS].wrapping_sub(1);
        let of_number = upper.get(number as usize).copied();
        (of_number == Some((key >> 32) as u32) && (place as usize) < TAGS).then_some(number)
    }
}

impl Lines {
    /// Returns the table in which each key has its index as number.
    pub(super) fn of(keys: &[u64]) -> std::result::Result<Lines, TableError> {
        /// Keys ahead of the one that is inserted whose lines are prefetched: enough to hide the
        /// latency of memory.
        const AHEAD: usize = 16;
        let mut table = Lines {
            lines: in_huge_pages(vec![Line::default(); line_count(keys.len())]),
            upper: Vec::with_capacity(keys.len()),
        };
        for (number, &key) in keys.iter().enumerate() {
            if let Some(&later) = keys.get(number + AHEAD) {
                prefetch(&table.lines, first_line(later, table.lines.len()));
            }
            table.insert(key)?;
        }
        Ok(table)
    }

    /// Returns the memory of a table of so many terms in bytes.
    pub(super) fn bytes(terms: usize) -> usize {
        line_count(terms) * size_of::<Line>() + terms * size_of::<u32>()
    }

    /// Removes all entries and makes room for `expected` of them.
    fn clear(&mut self, expected: usize) {
        self.lines.clear();
        self.lines.resize(line_count(expected), Line::default());
        self.upper.clear();
    }

    /// Adds a key, whose number is that of the keys before it.
    fn insert(&mut self, key: u64) -> std::result::Result<(), TableError> {
        let mut at = first_line(key, self.lines.len());
        for _ in 0..=MAX_PROBES {
            let mut found = Native::equal(&self.lines[at].tags, key as u32);
            while found != 0 {
                let place = found.trailing_zeros();
                if self.lines[at].entry(place, key, &self.upper).is_some() {
                    return Err(TableError::SameKey);
                }
                found &= found - 1;
            }
            let line = &mut self.lines[at];
            if let Some(place) = line.numbers.iter().position(|&number| number == 0) {
                line.tags[place] = key as u32;
                line.numbers[place] = self.upper.len() as u32 + 1;
                self.upper.push((key >> 32) as u32);
                return Ok(());
            }
            at = next_line(at, self.lines.len());
        }
        Err(TableError::ProbeLimit)
    }

    /// Returns the table for look-ups.
    pub(super) fn table(&self) -> Table<'_> {
        Table {
            lines: &self.lines,
            upper: &self.upper,
            columns: None,
        }
    }
}

/// Returns the number of lines with half of the places taken.
fn line_count(terms: usize) -> usize {
    terms / TERMS_PER_LINE + 1
}

/// Returns the line at which a key begins. The product lets every bit of the key decide: the upper
/// bits alone are near-equal for like words, numbers above all, under one secret in a thousand.
#[inline]
fn first_line(key: u64, lines: usize) -> usize {
    let scattered = key.wrapping_mul(GOLDEN);
    ((u128::from(scattered) * lines as u128) >> 64) as usize
}

#[inline]
fn next_line(at: usize, lines: usize) -> usize {
    if at + 1 == lines { 0 } else { at + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_terms_with_one_key_and_crowded_lines_are_refused() {
        assert_eq!(Lines::of(&[7, 7]).unwrap_err(), TableError::SameKey);
        // Multiples of the factor's inverse modulo 2⁶⁴, by Newton's iteration, scatter to 0, 1, 2….
        let inverse = (0..6).fold(1u64, |inverse, _| {
            let product = GOLDEN.wrapping_mul(inverse);
            inverse.wrapping_mul(2u64.wrapping_sub(product))
        });
        let crowded: Vec<u64> = (0..1000).map(|n| inverse.wrapping_mul(n)).collect();
        assert_eq!(Lines::of(&crowded).unwrap_err(), TableError::ProbeLimit);
    }

    #[test]
    fn every_term_is_found_where_keys_begin_at_the_last_line() {
        let last = |&key: &u64| first_line(key, line_count(50)) == line_count(50) - 1;
        let keys: Vec<u64> = (0..).filter(last).take(50).collect();
        let lines = Lines::of(&keys).unwrap();
        let columns = keys.iter().map(|&key| lines.table().column(key));
        assert!(columns.eq((0..50).map(Some)));
        assert_eq!(lines.table().column(keys[49] + 1), None);
    }

    #[test]
    fn keys_that_differ_in_either_half_are_told_apart() {
        let keys = [0, 7, 7 << 32, 7 << 32 | 7, 8 << 32 | 7, 1 << 63];
        let lines = Lines::of(&keys).unwrap();
        let columns = keys.iter().map(|&key| lines.table().column(key));
        assert!(columns.eq((0..6).map(Some)));
        for unknown in [1, 8, 9 << 32 | 7, 7 << 32 | 8, 1 << 62, u64::MAX] {
            assert_eq!(lines.table().column(unknown), None);
        }
        assert_eq!(Lines::of(&[]).unwrap().table().column(0), None);
    }
}
