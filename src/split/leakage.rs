//! Documents that stand in two parts and should not.

use super::assignment::Split;
use crate::dedup::Groups;
use crate::text::Texts;
use serde::Serialize;
use std::collections::HashMap;

/// Documents that belong together and are in different parts of a split.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Leakage {
    /// Ids that stand in more than one part.
    pub ids: Vec<LeakedGroup>,
    /// Groups, such as clusters of near duplicates, that have documents in more than one part.
    pub groups: Vec<LeakedGroup>,
}

/// Documents that belong together, of which some are in different parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LeakedGroup {
    /// The ids of the first document in each of the parts.
    pub ids: Vec<String>,
    /// The parts, in the same order.
    pub parts: Vec<String>,
    /// The number of documents in all parts.
    pub documents: usize,
}

impl Leakage {
    /// Tells whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.groups.is_empty()
    }
}

impl Split {
    /// Finds ids and groups that have documents in more than one part, in the order of their first
    /// documents.
    ///
    /// # Panics
    /// If there are not an id and a group for each document.
    pub fn leakage(&self, ids: &Texts, groups: Option<&Groups>) -> Leakage {
        let values: Vec<Option<&str>> = ids.iter().map(Some).collect();
        let shared = |groups: &Groups| self.shared(ids, groups);
        Leakage {
            ids: shared(&Groups::of_values(&values)),
            groups: groups.map(shared).unwrap_or_default(),
        }
    }

    fn shared(&self, ids: &Texts, groups: &Groups) -> Vec<LeakedGroup> {
        let mut found = Vec::new();
        for members in groups
            .members()
            .into_iter()
            .filter(|members| members.len() > 1)
        {
            let mut firsts: Vec<(u32, usize)> = Vec::new();
            let placed = members
                .iter()
                .filter_map(|&document| Some((self.of[document]?, document)));
            placed.clone().for_each(|(part, document)| {
                if firsts.iter().all(|(other, _)| *other != part) {
                    firsts.push((part, document));
                }
            });
            if firsts.len() > 1 {
                firsts.sort_unstable();
                found.push(LeakedGroup {
                    ids: firsts
                        .iter()
                        .map(|&(_, document)| ids.get(document).to_string())
                        .collect(),
                    parts: firsts
                        .iter()
                        .map(|&(part, _)| self.parts[part as usize].clone())
                        .collect(),
                    documents: placed.count(),
                });
            }
        }
        found
    }

    /// Leaves out of the later parts every document whose group has one in an earlier part; returns
    /// their number.
    ///
    /// # Panics
    /// If there is not a group for each document.
    pub fn without_leakage(&mut self, groups: &Groups) -> usize {
        let mut earliest: HashMap<u32, u32> = HashMap::new();
        for (part, group) in self.of.iter().zip(&groups.of) {
            let Some(part) = part else { continue };
            let first = earliest.entry(*group).or_insert(*part);
            *first = (*first).min(*part);
        }
        let later = |(part, group): &(&mut Option<u32>, &u32)| {
            part.is_some_and(|part| part > earliest[*group])
        };
        self.of
            .iter_mut()
            .zip(&groups.of)
            .filter(later)
            .map(|(part, _)| *part = None)
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(of: &[Option<u32>]) -> Split {
        Split {
            parts: vec!["train".into(), "test".into()],
            of: of.to_vec(),
        }
    }

    #[test]
    fn ids_and_groups_in_two_parts_are_found_and_left_out() {
        let ids: Texts = ["a", "b", "a", "c", "d"].into_iter().collect();
        let groups = Groups {
            of: vec![0, 1, 2, 1, 1],
            count: 3,
        };
        let mut split = split(&[Some(0), Some(1), Some(1), Some(0), None]);
        let leakage = split.leakage(&ids, Some(&groups));
        let parts = vec!["train".to_string(), "test".to_string()];
        let shared = |ids: [&str; 2]| LeakedGroup {
            ids: ids.map(String::from).to_vec(),
            parts: parts.clone(),
            documents: 2,
        };
        assert_eq!(leakage.ids, [shared(["a", "a"])]);
        assert_eq!(leakage.groups, [shared(["c", "b"])]);
        assert_eq!(split.without_leakage(&groups), 1);
        assert_eq!(split.of, [Some(0), None, Some(1), Some(0), None]);
        assert!(split.leakage(&ids, Some(&groups)).groups.is_empty());
    }
}
