//! Numbers of equal keys, and sets of numbers that are joined.

use std::collections::HashMap;
use std::hash::Hash;

/// Numbers of keys in the order of their first sight.
#[derive(Debug, Clone)]
pub(crate) struct Numbering<K>(HashMap<K, u32>);

impl<K> Default for Numbering<K> {
    fn default() -> Self {
        Numbering(HashMap::new())
    }
}

impl<K: Eq + Hash> Numbering<K> {
    /// Returns the number of a key, which is the next one for a new key.
    pub(crate) fn number(&mut self, key: K) -> u32 {
        let next = self.len();
        *self.0.entry(key).or_insert(next)
    }

    /// Returns the count of different keys.
    pub(crate) fn len(&self) -> u32 {
        self.0.len() as u32
    }
}

/// Disjoint sets of numbers (union-find); the root of each is its least member.
#[derive(Debug, Clone)]
pub(crate) struct DisjointSets(Vec<u32>);

impl DisjointSets {
    /// Creates `count` sets of one number each.
    pub(crate) fn new(count: usize) -> Self {
        DisjointSets((0..count as u32).collect())
    }

    /// Returns the least member of a number's set.
    pub(crate) fn root(&self, mut member: u32) -> u32 {
        while self.0[member as usize] != member {
            member = self.0[member as usize];
        }
        member
    }

    /// Joins the sets of two numbers.
    pub(crate) fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.shortened(a), self.shortened(b));
        self.0[a.max(b) as usize] = a.min(b);
    }

    /// Returns the root, and halves the way to it for those who come after.
    fn shortened(&mut self, mut member: u32) -> u32 {
        while self.0[member as usize] != member {
            let above = self.0[self.0[member as usize] as usize];
            self.0[member as usize] = above;
            member = above;
        }
        member
    }

    /// Returns the number of each member's set, in the order of least members, and the count of
    /// sets.
    pub(crate) fn numbered(&self) -> (Vec<u32>, u32) {
        let mut sets = Numbering::default();
        let members = 0..self.0.len() as u32;
        let of = members
            .map(|member| sets.number(self.root(member)))
            .collect();
        (of, sets.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_numbered_by_their_least_members() {
        let mut sets = DisjointSets::new(6);
        sets.join(5, 1);
        sets.join(4, 2);
        sets.join(1, 4);
        assert_eq!((sets.root(5), sets.root(2)), (1, 1));
        assert_eq!(sets.numbered(), (vec![0, 1, 1, 2, 1, 1], 3));
    }
}
