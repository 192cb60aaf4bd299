//! Dealing out single documents so that labels are as frequent in every part as in all.

use crate::corpus::Targets;
use crate::math::random::shuffle;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Returns the part of each document.
pub(super) fn stratified(targets: &Targets, shares: &[f64], seed: u64) -> Vec<u32> {
    let mut order: Vec<usize> = (0..targets.documents()).collect();
    shuffle(&mut order, &mut Xoshiro256PlusPlus::seed_from_u64(seed));
    match targets {
        Targets::Exclusive { labels, of } => exclusive(&order, *labels, of, shares),
        Targets::Independent { labels, cells } => {
            Iterative::new(*labels, cells, shares).run(&order)
        }
    }
}

/// Documents are dealt out label by label; documents without a label come last.
fn exclusive(order: &[usize], labels: usize, of: &[Option<u32>], shares: &[f64]) -> Vec<u32> {
    let mut by_label: Vec<Vec<usize>> = vec![Vec::new(); labels + 1];
    order.iter().for_each(|&document| {
        by_label[of[document].map_or(labels, |of| of as usize)].push(document)
    });
    let mut assignment = ChairmanAssignment {
        shares,
        dealt: vec![0.0; shares.len()],
        turn: 0.0,
    };
    let mut parts = vec![0; of.len()];
    for document in by_label.into_iter().flatten() {
        parts[document] = assignment.next_part();
    }
    parts
}

/// Tijdeman's solution of the chairman assignment problem: documents are dealt out in such an order
/// that after every single one, each part lacks or exceeds its share by less than one.
struct ChairmanAssignment<'a> {
    shares: &'a [f64],
    dealt: Vec<f64>,
    turn: f64,
}

/// Tolerance of what a part is owed, because shares are sums of rounded numbers.
const ROUNDING: f64 = 1e-9;

impl ChairmanAssignment<'_> {
    /// Returns that of the parts that are owed enough which must be served soonest.
    fn next_part(&mut self) -> u32 {
        self.turn += 1.0;
        let count = self.shares.len();
        let least = 1.0 / (2.0 * count as f64 - 2.0).max(1.0);
        let owed = |part: usize| self.shares[part] * self.turn - self.dealt[part];
        let patience = |part: &usize| (1.0 - least - owed(*part)) / self.shares[*part];
        let due = (0..count).filter(|&part| owed(part) >= least - ROUNDING);
        let next = due
            .min_by(|a, b| patience(a).total_cmp(&patience(b)))
            .unwrap_or(0);
        self.dealt[next] += 1.0;
        next as u32
    }
}

/// The mark of a document that has no part yet.
const NO_PART: u32 = u32::MAX;

struct Iterative<'a> {
    labels: usize,
    cells: &'a [Option<bool>],
    parts: Vec<u32>,
    /// By part, the documents that it still wants; and by part and label, those that hold the
    /// label.
    lacks: Vec<f64>,
    lacks_of: Vec<Vec<f64>>,
    /// The number of documents of each label that have no part yet.
    left: Vec<usize>,
    heap: BinaryHeap<Reverse<(usize, usize)>>,
}

impl<'a> Iterative<'a> {
    fn new(labels: usize, cells: &'a [Option<bool>], shares: &[f64]) -> Self {
        let documents = cells.len() / labels.max(1);
        let mut left = vec![0; labels];
        let holding = cells
            .iter()
            .enumerate()
            .filter(|(_, holds)| **holds == Some(true));
        holding.for_each(|(cell, _)| left[cell % labels] += 1);
        let wanted = |share: &f64| left.iter().map(|&count| share * count as f64).collect();
        Iterative {
            labels,
            cells,
            parts: vec![NO_PART; documents],
            lacks: shares
                .iter()
                .map(|share| share * documents as f64)
                .collect(),
            lacks_of: shares.iter().map(wanted).collect(),
            heap: left
                .iter()
                .enumerate()
                .map(|(label, &count)| Reverse((count, label)))
                .collect(),
            left,
        }
    }

    fn run(mut self, order: &[usize]) -> Vec<u32> {
        let holding = self.holding(order);
        while let Some(Reverse((count, label))) = self.heap.pop() {
            // Every change of a count has put the label on the heap anew.
            if count == 0 || count != self.left[label] {
                continue;
            }
            for &document in &holding[label] {
                self.place(document, Some(label));
            }
        }
        order
            .iter()
            .for_each(|&document| self.place(document, None));
        self.parts
    }

    /// Returns the documents that hold each label.
    fn holding(&self, order: &[usize]) -> Vec<Vec<usize>> {
        let mut holding = vec![Vec::new(); self.labels];
        for &document in order {
            own(self.cells, self.labels, document).for_each(|label| holding[label].push(document));
        }
        holding
    }

    /// Gives a document that has none yet the part that lacks most of `label`, and of those most
    /// documents.
    fn place(&mut self, document: usize, label: Option<usize>) {
        if self.parts[document] != NO_PART {
            return;
        }
        let lacks = |part: usize| {
            (
                label.map_or(0.0, |label| self.lacks_of[part][label]),
                self.lacks[part],
            )
        };
        let more = |a: usize, b: usize| {
            let ((a, a_all), (b, b_all)) = (lacks(a), lacks(b));
            a.total_cmp(&b).then(a_all.total_cmp(&b_all)).is_gt()
        };
        let part =
            (1..self.lacks.len()).fold(0, |best, part| if more(part, best) { part } else { best });
        self.parts[document] = part as u32;
        self.lacks[part] -= 1.0;
        for label in own(self.cells, self.labels, document) {
            self.lacks_of[part][label] -= 1.0;
            self.left[label] -= 1;
            self.heap.push(Reverse((self.left[label], label)));
        }
    }
}

fn own(cells: &[Option<bool>], labels: usize, document: usize) -> impl Iterator<Item = usize> {
    let row = cells[document * labels..(document + 1) * labels]
        .iter()
        .enumerate();
    row.filter(|(_, holds)| **holds == Some(true))
        .map(|(label, _)| label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::{PartShares, Split};
    use proptest::prelude::*;

    fn shares() -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec(1..20u32, 1..6).prop_map(|parts| {
            let sum: u32 = parts.iter().sum();
            parts
                .into_iter()
                .map(|part| f64::from(part) / f64::from(sum))
                .collect()
        })
    }

    proptest! {
        #[test]
        fn exclusive_labels_keep_their_shares(
            of in prop::collection::vec(prop::option::of(0..4u32), 0..300), shares in shares(), seed in any::<u64>(),
        ) {
            let targets = Targets::Exclusive { labels: 4, of: of.clone() };
            let parts = stratified(&targets, &shares, seed);
            for (part, share) in shares.iter().enumerate() {
                let own: Vec<usize> = (0..of.len()).filter(|&at| parts[at] as usize == part).collect();
                prop_assert!((own.len() as f64 - share * of.len() as f64).abs() < 1.0 + 1e-6);
                for label in [None, Some(0), Some(1), Some(2), Some(3)] {
                    let all = of.iter().filter(|of| **of == label).count() as f64;
                    let found = own.iter().filter(|&&at| of[at] == label).count() as f64;
                    prop_assert!((found - share * all).abs() < 2.0);
                }
            }
        }

        #[test]
        fn the_rarest_of_independent_labels_keeps_its_shares(
            cells in prop::collection::vec(prop::option::of(prop::bool::weighted(0.2)), 0..400), shares in shares(),
            seed in any::<u64>(),
        ) {
            let rows: &[Option<bool>] = &cells[..cells.len() / 4 * 4];
            let holding = |label: usize| (0..rows.len() / 4).filter(move |row| rows[row * 4 + label] == Some(true));
            let rarest = (0..4).filter(|&l| holding(l).count() > 0).min_by_key(|&l| (holding(l).count(), l));
            let parts = stratified(&Targets::Independent { labels: 4, cells: rows.to_vec() }, &shares, seed);
            prop_assert!(parts.iter().all(|&part| (part as usize) < shares.len()));
            for (part, share) in shares.iter().enumerate() {
                let Some(label) = rarest else { continue };
                let found = holding(label).filter(|&row| parts[row] as usize == part).count() as f64;
                prop_assert!((found - share * holding(label).count() as f64).abs() < 1.0 + 1e-6);
            }
        }
    }

    #[test]
    fn labels_rarer_than_parts_do_not_all_go_to_the_largest() {
        let targets = Targets::Exclusive {
            labels: 1000,
            of: (0..1000).map(Some).collect(),
        };
        let shares: PartShares = "train=0.8,dev=0.1,test=0.1".parse().unwrap();
        assert_eq!(
            Split::stratified(&targets, &shares, 1).sizes(),
            [800, 100, 100]
        );
    }

    #[test]
    fn many_independent_labels_are_near_their_shares() {
        let labels = 50;
        // Label l is held by every (l + 2)-th document.
        let cells = (0..4000 * labels)
            .map(|cell| Some((cell / labels) % (cell % labels + 2) == 0))
            .collect();
        let targets = Targets::Independent { labels, cells };
        let parts = stratified(&targets, &[0.8, 0.2], 3);
        let test = parts.iter().filter(|&&part| part == 1).count();
        assert!((780..=820).contains(&test), "{test}");
        for label in 0..labels {
            let holding: Vec<usize> = (0..4000)
                .filter(|&at| targets.holds(at, label) == Some(true))
                .collect();
            let test = holding.iter().filter(|&&at| parts[at] == 1).count() as f64;
            assert!(
                (test / holding.len() as f64 - 0.2).abs() < 0.02,
                "{label}: {test} of {}",
                holding.len()
            );
        }
    }
}
