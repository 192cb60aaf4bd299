//! Placing whole groups so that sizes and labels are near their shares.

use crate::corpus::Targets;
use crate::dedup::Groups;
use crate::math::random::shuffle;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// Returns the part of each document.
pub(super) fn grouped(targets: &Targets, groups: &Groups, shares: &[f64], seed: u64) -> Vec<u32> {
    let mut order: Vec<Unit> = groups
        .members()
        .into_iter()
        .map(|documents| Unit::new(targets, documents))
        .collect();
    shuffle(&mut order, &mut Xoshiro256PlusPlus::seed_from_u64(seed));
    order.sort_by_key(|unit| std::cmp::Reverse(unit.documents.len()));
    let mut parts: Vec<Part> = shares
        .iter()
        .map(|&share| Part::new(targets, share))
        .collect();
    let mut of = vec![0; groups.of.len()];
    for unit in &order {
        let costs = parts.iter().map(|part| part.cost(unit));
        let best = costs
            .enumerate()
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map_or(0, |(at, _)| at);
        parts[best].take(unit);
        unit.documents
            .iter()
            .for_each(|&document| of[document] = best as u32);
    }
    of
}

/// A group, and how many of its documents hold each of its labels.
struct Unit {
    documents: Vec<usize>,
    labels: Vec<(usize, f64)>,
}

impl Unit {
    fn new(targets: &Targets, documents: Vec<usize>) -> Self {
        let mut held: Vec<usize> = documents
            .iter()
            .flat_map(|&document| targets.positives(document))
            .collect();
        held.sort_unstable();
        let labels = held
            .chunk_by(|a, b| a == b)
            .map(|same| (same[0], same.len() as f64))
            .collect();
        Unit { documents, labels }
    }
}

/// The documents that a part holds and should hold: all, and by label.
struct Part {
    all: Count,
    labels: Vec<Count>,
}

#[derive(Clone, Copy)]
struct Count {
    found: f64,
    wanted: f64,
}

impl Count {
    /// Returns the change by `more` documents of `(found − wanted)² / wanted`.
    fn cost(self, more: f64) -> f64 {
        more * (more + 2.0 * (self.found - self.wanted)) / self.wanted
    }
}

impl Part {
    fn new(targets: &Targets, share: f64) -> Self {
        let wanted = |documents: f64| Count {
            found: 0.0,
            wanted: share * documents,
        };
        let labels = targets
            .support(None)
            .iter()
            .map(|[yes, _]| wanted(*yes))
            .collect();
        Part {
            all: wanted(targets.documents() as f64),
            labels,
        }
    }

    fn cost(&self, unit: &Unit) -> f64 {
        let labels = unit
            .labels
            .iter()
            .map(|&(label, more)| self.labels[label].cost(more));
        self.all.cost(unit.documents.len() as f64) + labels.sum::<f64>()
    }

    fn take(&mut self, unit: &Unit) {
        self.all.found += unit.documents.len() as f64;
        unit.labels
            .iter()
            .for_each(|&(label, more)| self.labels[label].found += more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn groups_are_whole_and_every_document_has_a_part(
            rows in prop::collection::vec((prop::option::of(0..4u32), 0..30u32), 0..200), parts in 1..5usize,
            seed in any::<u64>(),
        ) {
            let of = rows.iter().map(|row| row.0).collect();
            let values: Vec<Option<String>> = rows.iter().map(|row| Some(row.1.to_string())).collect();
            let groups = Groups::of_values(&values);
            let shares = vec![1.0 / parts as f64; parts];
            let placed = grouped(&Targets::Exclusive { labels: 4, of }, &groups, &shares, seed);
            prop_assert_eq!(placed.len(), rows.len());
            for (a, b) in groups.of.iter().zip(&placed) {
                prop_assert!((*b as usize) < parts);
                prop_assert!(groups.of.iter().zip(&placed).all(|(group, part)| group != a || part == b));
            }
        }

        #[test]
        fn small_groups_are_near_their_shares(seed in any::<u64>(), share in 0.1..0.9f64) {
            // 300 groups of 1 to 5 documents, labels in unequal shares that go with the groups.
            let group = |row: usize| row * 300 / 900;
            let of = (0..900).map(|row| Some((group(row) * 7 % 10 / 6 + row % 2) as u32)).collect();
            let targets = Targets::Exclusive { labels: 3, of };
            let values: Vec<Option<String>> = (0..900).map(|row| Some(group(row).to_string())).collect();
            let placed = grouped(&targets, &Groups::of_values(&values), &[share, 1.0 - share], seed);
            for label in 0..3 {
                let all: Vec<usize> = (0..900).filter(|&row| targets.holds(row, label) == Some(true)).collect();
                let first = all.iter().filter(|&&row| placed[row] == 0).count() as f64;
                prop_assert!((first - share * all.len() as f64).abs() < 5.0);
            }
        }
    }
}
