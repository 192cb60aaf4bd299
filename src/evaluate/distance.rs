//! Distances of sets of labels, and the disagreement that chance would give by them.

use super::agreement::{Counted, total};
use rayon::prelude::*;

/// A distance of two sets, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Distance {
    Jaccard,
    Masi,
}

/// What two sets share: their similarities by Jaccard and MASI, which are 1 less the distances.
fn similarities(a: usize, b: usize, both: usize) -> [f64; 2] {
    let jaccard = if both == 0 { 0.0 } else { both as f64 / (a + b - both) as f64 };
    let monotonicity = match both {
        0 => 0.0,
        _ if both == a && both == b => 1.0,
        _ if both == a.min(b) => 2.0 / 3.0,
        _ => 1.0 / 3.0,
    };
    [jaccard, jaccard * monotonicity]
}

/// How many labels two ascending lists share.
fn shared(a: &[u32], b: &[u32]) -> usize {
    let (mut a, mut b, mut both) = (a, b, 0);
    while let ([first, a_rest @ ..], [second, b_rest @ ..]) = (a, b) {
        both += usize::from(first == second);
        let ahead = first.cmp(second);
        a = if ahead.is_le() { a_rest } else { a };
        b = if ahead.is_ge() { b_rest } else { b };
    }
    both
}

/// So many pairs of sets with common labels are held and summed in every resample.
const MOST_PAIRS: u64 = 1 << 21;
/// So many pairs are looked through at all.
const MOST_WORK: u64 = 1 << 33;

/// The disagreement of documents, and the similarity of all sets with all others.
pub(super) struct SetPairs<'a> {
    counts: &'a [Counted],
    sets: usize,
    /// The observed disagreement in each document.
    observed: Vec<[f64; 2]>,
    similar: Similar,
}

enum Similar {
    /// Every pair of sets with common labels, each once.
    Pairs(Vec<(u32, u32, [f64; 2])>),
    /// The similarity of each set to all others, weighted with how often they were given, and that number.
    Slopes(Vec<([f64; 2], f64)>),
}

impl<'a> SetPairs<'a> {
    /// `counts` tells by document how often each of the sets was given; `None` where there are too many pairs.
    pub(super) fn new(sets: &[&[u32]], counts: &'a [Counted]) -> Option<Self> {
        let labels = sets.iter().copied().flatten().max().map_or(0, |&last| last as usize + 1);
        let mut of_label: Vec<Vec<u32>> = vec![Vec::new(); labels];
        for (number, set) in sets.iter().enumerate() {
            set.iter().for_each(|&label| of_label[label as usize].push(number as u32));
        }
        let work: u64 = of_label.iter().map(|sets| (sets.len() as u64).pow(2)).sum();
        if work > MOST_WORK {
            return None;
        }
        let similar = match work / 2 <= MOST_PAIRS {
            true => Similar::Pairs(pairs(sets, &of_label)),
            false => Similar::Slopes(slopes(sets, &of_label, &given(counts, sets.len(), None))),
        };
        let observed = counts.iter().map(|counts| observed(sets, counts)).collect();
        Some(SetPairs { counts, sets: sets.len(), observed, similar })
    }

    /// Alpha with each document counted so often; NaN where all answers are the same.
    pub(super) fn alpha(&self, distance: Distance, weights: &[f64]) -> f64 {
        let of = distance as usize;
        let seen: f64 =
            self.observed.iter().zip(weights).map(|(observed, weight)| observed[of] * weight).sum();
        let given = given(self.counts, self.sets, Some(weights));
        let all: f64 = given.iter().sum();
        let similar: f64 = match &self.similar {
            Similar::Pairs(pairs) => {
                let of_pair = |(a, b, similar): &(u32, u32, [f64; 2])| {
                    2.0 * given[*a as usize] * given[*b as usize] * similar[of]
                };
                pairs.iter().map(of_pair).sum()
            }
            Similar::Slopes(slopes) => {
                // Of the answers' shares, so that the number of answers does not matter.
                let usual: f64 = slopes.iter().map(|(_, usual)| usual).sum();
                let scale = all / usual;
                let change = |((slope, usual), given): (&([f64; 2], f64), &f64)| {
                    slope[of] * scale * (2.0 * given - usual * scale)
                };
                slopes.iter().zip(&given).map(change).sum()
            }
        };
        let equal: f64 = given.iter().map(|given| given * given).sum();
        1.0 - seen / ((all * all - equal - similar) / (all - 1.0))
    }
}

/// How often each set was given, to documents with two whole answers or more.
fn given(counts: &[Counted], sets: usize, weights: Option<&[f64]>) -> Vec<f64> {
    let mut given = vec![0.0; sets];
    for (document, counts) in counts.iter().enumerate().filter(|(_, counts)| total(counts) > 1) {
        let weight = weights.map_or(1.0, |weights| weights[document]);
        counts.iter().for_each(|&(set, count)| given[set as usize] += weight * count as f64);
    }
    given
}

/// The sum of distances over ordered pairs of a document's answers, each weighted by one in the other answers.
fn observed(sets: &[&[u32]], counts: &Counted) -> [f64; 2] {
    let answers = total(counts);
    let mut sums = [0.0; 2];
    for (at, &(a, often)) in counts.iter().enumerate() {
        for &(b, times) in &counts[..at] {
            let (a, b) = (sets[a as usize], sets[b as usize]);
            let similar = similarities(a.len(), b.len(), shared(a, b));
            let pairs = 2.0 * (often * times) as f64 / (answers - 1) as f64;
            sums.iter_mut().zip(similar).for_each(|(sum, similar)| *sum += pairs * (1.0 - similar));
        }
    }
    sums
}

/// Calls `act` with every other set that shares a label with a set, and how many they share.
fn neighbours(
    set: usize,
    sets: &[&[u32]],
    of_label: &[Vec<u32>],
    both: &mut [u32],
    mut act: impl FnMut(usize, u32),
) {
    let mut touched: Vec<u32> = Vec::new();
    for &other in sets[set].iter().flat_map(|&label| &of_label[label as usize]) {
        if both[other as usize] == 0 {
            touched.push(other);
        }
        both[other as usize] += 1;
    }
    for other in touched {
        let shared = std::mem::take(&mut both[other as usize]);
        if other as usize != set {
            act(other as usize, shared);
        }
    }
}

fn pairs(sets: &[&[u32]], of_label: &[Vec<u32>]) -> Vec<(u32, u32, [f64; 2])> {
    let (mut both, mut pairs) = (vec![0; sets.len()], Vec::new());
    for set in 0..sets.len() {
        neighbours(set, sets, of_label, &mut both, |other, shared| {
            if other < set {
                let similar = similarities(sets[set].len(), sets[other].len(), shared as usize);
                pairs.push((set as u32, other as u32, similar));
            }
        });
    }
    pairs
}

fn slopes(sets: &[&[u32]], of_label: &[Vec<u32>], given: &[f64]) -> Vec<([f64; 2], f64)> {
    let slope = |both: &mut Vec<u32>, set: usize| {
        let mut sums = [0.0; 2];
        neighbours(set, sets, of_label, both, |other, shared| {
            let similar = similarities(sets[set].len(), sets[other].len(), shared as usize);
            sums.iter_mut().zip(similar).for_each(|(sum, similar)| *sum += given[other] * similar);
        });
        (sums, given[set])
    };
    (0..sets.len()).into_par_iter().map_init(|| vec![0; sets.len()], slope).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_as_similar_as_what_they_share() {
        let of = |a: &[u32], b: &[u32]| similarities(a.len(), b.len(), shared(a, b));
        assert_eq!(of(&[1, 2], &[1, 2]), [1.0, 1.0]);
        assert_eq!(of(&[1, 2], &[1, 2, 3, 4]), [0.5, 0.5 * 2.0 / 3.0]);
        assert_eq!(of(&[1, 2], &[2, 3]), [1.0 / 3.0, 1.0 / 9.0]);
        assert_eq!(of(&[1], &[2]), [0.0, 0.0]);
        assert_eq!(of(&[], &[2]), [0.0, 0.0]);
    }

    #[test]
    fn the_approximation_is_exact_on_all_documents_and_close_on_resamples() {
        let sets: Vec<Vec<u32>> = (0..60u32).map(|n| vec![n % 5, 5 + n % 7, 12 + n % 4]).collect();
        let sets: Vec<&[u32]> = sets.iter().map(Vec::as_slice).collect();
        let counts: Vec<Counted> = (0..600u32)
            .map(
                |n| if n % 60 == n * 7 % 60 { vec![(n % 60, 2)] } else { vec![(n % 60, 1), (n * 7 % 60, 1)] },
            )
            .collect();
        let exact = SetPairs::new(&sets, &counts).unwrap();
        let labels = 16;
        let mut of_label: Vec<Vec<u32>> = vec![Vec::new(); labels];
        for (number, set) in sets.iter().enumerate() {
            set.iter().for_each(|&label| of_label[label as usize].push(number as u32));
        }
        let slopes = Similar::Slopes(slopes(&sets, &of_label, &given(&counts, sets.len(), None)));
        let observed = exact.observed.clone();
        let close = SetPairs { counts: &counts, sets: sets.len(), observed, similar: slopes };
        let (ones, drawn) = (vec![1.0; 600], (0..600).map(|n| f64::from(n * n % 3)).collect::<Vec<_>>());
        for distance in [Distance::Jaccard, Distance::Masi] {
            let difference =
                |weights: &[f64]| exact.alpha(distance, weights) - close.alpha(distance, weights);
            assert!(difference(&ones).abs() < 1e-9);
            assert!(difference(&drawn).abs() < 0.01, "{}", difference(&drawn));
        }
    }
}
