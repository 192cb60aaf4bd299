//! Which documents must not be parted.

use crate::corpus::Groups;
use std::collections::HashMap;
use std::hash::Hash;

impl Groups {
    /// Documents of the same value are a group; one without a value is a group of its own.
    pub fn of_values<S: AsRef<str>>(values: &[Option<S>]) -> Self {
        let keys = values.iter().enumerate().map(|(at, value)| match value {
            Some(value) => Ok(value.as_ref()),
            None => Err(at),
        });
        numbered(keys)
    }

    /// The finest groups that hold every group of both whole.
    ///
    /// # Panics
    /// If they are not of the same documents.
    pub fn joined(&self, other: &Groups) -> Self {
        assert_eq!(self.of.len(), other.of.len());
        let mut above: Vec<u32> = (0..self.count).collect();
        let mut first: Vec<Option<u32>> = vec![None; other.count as usize];
        for (&own, &theirs) in self.of.iter().zip(&other.of) {
            let first = *first[theirs as usize].get_or_insert(own);
            let (a, b) = (root(&mut above, first), root(&mut above, own));
            above[a.max(b) as usize] = a.min(b);
        }
        numbered(self.of.iter().map(|&own| root(&mut above, own)))
    }

    /// The documents of each group, ascending.
    pub fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.count as usize];
        self.of
            .iter()
            .enumerate()
            .for_each(|(document, &group)| members[group as usize].push(document));
        members
    }
}

/// The least group that this one is joined with; the way to it is halved for those who come after.
fn root(above: &mut [u32], mut group: u32) -> u32 {
    while above[group as usize] != group {
        above[group as usize] = above[above[group as usize] as usize];
        group = above[group as usize];
    }
    group
}

/// Groups of equal keys, numbered in the order of their first documents.
fn numbered<K: Eq + Hash>(keys: impl Iterator<Item = K>) -> Groups {
    let mut numbers: HashMap<K, u32> = HashMap::new();
    let mut of = Vec::with_capacity(keys.size_hint().0);
    for key in keys {
        let next = numbers.len() as u32;
        of.push(*numbers.entry(key).or_insert(next));
    }
    Groups {
        of,
        count: numbers.len() as u32,
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
            let joined = numbered(a.iter()).joined(&numbered(b.iter()));
            prop_assert_eq!(numbered(joined.of.iter()), joined.clone());
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
