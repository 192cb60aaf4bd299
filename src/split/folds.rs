//! Cutting documents into folds in which every label is as frequent as in all of them.

use crate::corpus::Targets;
use crate::math::random::shuffle;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// Folds of like size and like shares of every label.
///
/// Exclusive labels: each label's documents are shuffled and dealt out in turn. Independent labels:
/// labels are taken from the rarest to the most frequent, and each document that holds the label
/// and has no fold yet goes to the fold that lacks most of this label (Sechidis, Tsoumakas and
/// Vlahavas, "On the Stratification of Multi-Label Data", ECML PKDD 2011, with the order of labels
/// fixed beforehand, so that time grows in proportion to the answers).
///
/// ```
/// use standpoint::corpus::Targets;
/// use standpoint::split::Folds;
/// let targets = Targets::Exclusive { labels: 2, of: vec![Some(0), Some(1), Some(0), Some(1)] };
/// let folds = Folds::stratified(&targets, 2, 0);
/// let (train, held) = folds.of(0);
/// assert_eq!((train.len(), held.len()), (2, 2));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    count: u32,
    /// The fold of each document.
    of: Vec<u32>,
}

impl Folds {
    /// Divides documents into `count` folds, at least 1; the same ones for the same seed.
    pub fn stratified(targets: &Targets, count: u32, seed: u64) -> Self {
        let count = count.max(1);
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut order: Vec<usize> = (0..targets.documents()).collect();
        shuffle(&mut order, &mut random);
        let of = match targets {
            Targets::Exclusive { labels, of } => deal(&order, *labels, of, count),
            Targets::Independent { labels, cells } => spread(&order, *labels, cells, count),
        };
        Folds { count, of }
    }

    /// Returns folds that were made elsewhere; a document without a fold is neither learnt from nor
    /// held out.
    pub(super) fn given(count: u32, of: Vec<Option<u32>>) -> Self {
        Folds {
            count,
            of: of.into_iter().map(|of| of.unwrap_or(NO_FOLD)).collect(),
        }
    }

    /// Returns the number of folds.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Returns the fold of a document.
    ///
    /// # Panics
    /// If there is no such document.
    pub fn fold_of(&self, document: usize) -> u32 {
        self.of[document]
    }

    /// Returns the documents outside of `fold`, and those in it, ascending.
    pub fn of(&self, fold: u32) -> (Vec<usize>, Vec<usize>) {
        let placed = (0..self.of.len()).filter(|&document| self.of[document] != NO_FOLD);
        placed.partition(|&document| self.of[document] != fold)
    }
}

/// Documents are dealt out label by label; documents without a label come last.
fn deal(order: &[usize], labels: usize, of: &[Option<u32>], count: u32) -> Vec<u32> {
    let mut by_label: Vec<Vec<usize>> = vec![Vec::new(); labels + 1];
    order.iter().for_each(|&document| {
        by_label[of[document].map_or(labels, |of| of as usize)].push(document)
    });
    let mut folds = vec![0; of.len()];
    for (at, document) in by_label.into_iter().flatten().enumerate() {
        folds[document] = at as u32 % count;
    }
    folds
}

/// The mark of a document in no fold.
const NO_FOLD: u32 = u32::MAX;

fn spread(order: &[usize], labels: usize, cells: &[Option<bool>], count: u32) -> Vec<u32> {
    let holding = holding(order, labels, cells);
    let mut rarest: Vec<usize> = (0..labels).collect();
    rarest.sort_by_key(|&label| (holding[label].len(), label));
    let mut folds = vec![NO_FOLD; order.len()];
    let mut held = vec![vec![0usize; labels]; count as usize];
    let mut sizes = vec![0usize; count as usize];
    let mut place = |document: usize, label: Option<usize>, folds: &mut Vec<u32>| {
        let least = (0..count as usize)
            .min_by_key(|&fold| {
                (
                    label.map_or(0, |label| held[fold][label]),
                    sizes[fold],
                    fold,
                )
            })
            .unwrap_or(0);
        folds[document] = least as u32;
        sizes[least] += 1;
        let own = &cells[document * labels..(document + 1) * labels];
        held[least]
            .iter_mut()
            .zip(own)
            .for_each(|(held, holds)| *held += usize::from(*holds == Some(true)));
    };
    for &label in &rarest {
        for &document in &holding[label] {
            if folds[document] == NO_FOLD {
                place(document, Some(label), &mut folds);
            }
        }
    }
    for &document in order {
        if folds[document] == NO_FOLD {
            place(document, None, &mut folds);
        }
    }
    folds
}

/// Returns the documents that hold each label.
fn holding(order: &[usize], labels: usize, cells: &[Option<bool>]) -> Vec<Vec<usize>> {
    let mut holding = vec![Vec::new(); labels];
    for &document in order {
        for (label, holds) in cells[document * labels..(document + 1) * labels]
            .iter()
            .enumerate()
        {
            if *holds == Some(true) {
                holding[label].push(document);
            }
        }
    }
    holding
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_document_is_held_once_and_labels_are_spread(
            of in prop::collection::vec(prop::option::of(0..4u32), 1..200), count in 1..7u32, seed in any::<u64>(),
        ) {
            let folds = Folds::stratified(&Targets::Exclusive { labels: 4, of: of.clone() }, count, seed);
            let mut held: Vec<usize> = (0..count).flat_map(|fold| folds.of(fold).1).collect();
            held.sort_unstable();
            prop_assert!(held.into_iter().eq(0..of.len()));
            for label in 0..4 {
                let share = |fold: u32| folds.of(fold).1.iter().filter(|&&at| of[at] == Some(label)).count();
                let (least, most) = ((0..count).map(share).min(), (0..count).map(share).max());
                prop_assert!(most.unwrap_or(0) - least.unwrap_or(0) <= 1);
            }
        }

        #[test]
        fn rare_labels_are_in_as_many_folds_as_they_can_be(
            cells in prop::collection::vec(prop::option::of(prop::bool::weighted(0.2)), 0..300), seed in any::<u64>(),
        ) {
            let cells = &cells[..cells.len() / 3 * 3];
            let targets = Targets::Independent { labels: 3, cells: cells.to_vec() };
            let folds = Folds::stratified(&targets, 4, seed);
            let held: usize = (0..4).map(|fold| folds.of(fold).1.len()).sum();
            prop_assert_eq!(held, cells.len() / 3);
            let rarest = (0..3).min_by_key(|label| {
                (0..cells.len() / 3).filter(|row| cells[row * 3 + label] == Some(true)).count()
            }).unwrap();
            let share = |fold: u32| {
                folds.of(fold).1.iter().filter(|&&row| cells[row * 3 + rarest] == Some(true)).count()
            };
            let (least, most) = ((0..4).map(share).min().unwrap(), (0..4).map(share).max().unwrap());
            prop_assert!(most - least <= 1);
        }
    }
}
