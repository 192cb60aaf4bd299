//! Documents in groups.

use crate::math::numbering::{DisjointSets, Numbering};
use std::hash::Hash;

/// Documents that belong together, such as near duplicates or those of one source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Groups {
    /// The group of each document; groups are numbered in the order of their first documents.
    pub of: Vec<u32>,
    /// The number of groups.
    pub count: u32,
}

impl Groups {
    /// Makes a group of all documents with the same key.
    pub(crate) fn of_keys<K: Eq + Hash>(keys: impl Iterator<Item = K>) -> Self {
        let mut numbers = Numbering::default();
        let of = keys.map(|key| numbers.number(key)).collect();
        Groups {
            of,
            count: numbers.len(),
        }
    }

    /// Makes a group of all documents with the same value; one without a value is a group of its
    /// own.
    pub fn of_values<S: AsRef<str>>(values: &[Option<S>]) -> Self {
        let keys = values.iter().enumerate().map(|(at, value)| match value {
            Some(value) => Ok(value.as_ref()),
            None => Err(at),
        });
        Self::of_keys(keys)
    }

    /// Makes a group of all numbers that are joined.
    pub(super) fn of_sets(sets: &DisjointSets) -> Self {
        let (of, count) = sets.numbered();
        Groups { of, count }
    }

    /// Makes the finest groups that hold every group of both whole.
    ///
    /// # Panics
    /// If they are not of the same documents.
    pub fn joined(&self, other: &Groups) -> Self {
        assert_eq!(self.of.len(), other.of.len());
        let mut sets = DisjointSets::new(self.count as usize);
        let mut first: Vec<Option<u32>> = vec![None; other.count as usize];
        for (&own, &theirs) in self.of.iter().zip(&other.of) {
            sets.join(*first[theirs as usize].get_or_insert(own), own);
        }
        Self::of_keys(self.of.iter().map(|&own| sets.root(own)))
    }

    /// Returns the documents of each group, ascending.
    pub fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.count as usize];
        for (document, &group) in self.of.iter().enumerate() {
            members[group as usize].push(document);
        }
        members
    }

    /// Returns the first document of each group.
    pub fn firsts(&self) -> Vec<u32> {
        let mut firsts = Vec::with_capacity(self.count as usize);
        for (document, &group) in self.of.iter().enumerate() {
            if group as usize == firsts.len() {
                firsts.push(document as u32);
            }
        }
        firsts
    }

    /// Returns the documents of every group that has more than one, ascending.
    pub fn several(&self) -> Vec<Vec<u32>> {
        let mut sizes = vec![0u32; self.count as usize];
        self.of.iter().for_each(|&group| sizes[group as usize] += 1);
        let mut place = vec![usize::MAX; sizes.len()];
        let mut several: Vec<Vec<u32>> = Vec::new();
        for (document, &group) in self.of.iter().enumerate() {
            let group = group as usize;
            if sizes[group] > 1 {
                if place[group] == usize::MAX {
                    place[group] = several.len();
                    several.push(Vec::with_capacity(sizes[group] as usize));
                }
                several[place[group]].push(document as u32);
            }
        }
        several
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_without_a_value_stand_alone() {
        let groups = Groups::of_values(&[Some("b"), None, Some("a"), None, Some("b")]);
        assert_eq!((groups.of, groups.count), (vec![0, 1, 2, 3, 0], 4));
    }

    proptest! {
        #[test]
        fn joined_groups_hold_both_whole_and_no_more(
            pairs in prop::collection::vec((0..12u32, 0..12u32), 0..40),
        ) {
            let (a, b): (Vec<u32>, Vec<u32>) = pairs.iter().copied().unzip();
            let joined = Groups::of_keys(a.iter()).joined(&Groups::of_keys(b.iter()));
            prop_assert_eq!(Groups::of_keys(joined.of.iter()), joined.clone());
            // Reachability by brute force.
            for start in 0..a.len() {
                let mut reached = vec![false; a.len()];
                reached[start] = true;
                loop {
                    let next: Vec<bool> = (0..a.len())
                        .map(|at| (0..a.len()).any(|by| reached[by] && (a[by] == a[at] || b[by] == b[at])))
                        .collect();
                    if next == reached { break }
                    reached = next;
                }
                let same: Vec<bool> = joined.of.iter().map(|&group| group == joined.of[start]).collect();
                prop_assert_eq!(reached, same);
            }
        }
    }
}
