//! Distances of sets of labels, and the disagreement that chance would give by them.

use super::annotation::Annotation;
use crate::math::numbering::Numbering;
use rayon::prelude::*;

/// Returns the similarities of two sets by Jaccard and MASI, which are 1 less the distances.
fn similarities(a: usize, b: usize, both: usize) -> [f64; 2] {
    let jaccard = if both == 0 {
        0.0
    } else {
        both as f64 / (a + b - both) as f64
    };
    let monotonicity = match both {
        0 => 0.0,
        _ if both == a && both == b => 1.0,
        _ if both == a.min(b) => 2.0 / 3.0,
        _ => 1.0 / 3.0,
    };
    [jaccard, jaccard * monotonicity]
}

/// Returns the number of labels that two ascending lists share.
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
const MAX_PAIRS: u64 = 1 << 21;
/// So many pairs are looked through at all.
const MAX_PAIR_VISITS: u64 = 1 << 33;

/// The whole answers to each document, as numbers of different sets of labels.
pub(in crate::evaluate) struct WholeAnswers {
    /// The sets in each document with two whole answers or more, and how often each was given.
    given: Vec<(u32, f64)>,
    /// The end of those of each document.
    ends: Vec<usize>,
    /// The observed disagreement in each document by equality, Jaccard and MASI distance.
    observed: Vec<[f64; 3]>,
    /// The number of different sets.
    sets: usize,
    /// `None` where every answer is one label, or too many pairs of sets share labels.
    similar: Option<Similar>,
    are_sets: bool,
}

/// The similarity of sets by Jaccard and MASI distance.
enum Similar {
    /// Every pair of sets with common labels, each once.
    Pairs(Vec<(u32, u32, [f64; 2])>),
    /// The similarity of each set to all others, weighted with how often they were given, and how
    /// often it was given.
    Slopes(Vec<([f64; 2], f64)>),
}

impl WholeAnswers {
    pub(in crate::evaluate) fn new(documents: &[Vec<&Annotation>]) -> Self {
        let mut numbers: Numbering<&[u32]> = Numbering::default();
        let mut sets: Vec<&[u32]> = Vec::new();
        let (mut given, mut ends, mut observed) = (Vec::new(), Vec::new(), Vec::new());
        for answers in documents {
            let whole: Vec<&Annotation> = answers
                .iter()
                .copied()
                .filter(|annotation| annotation.unknown.is_empty())
                .collect();
            let mut own: Vec<u32> = Vec::with_capacity(whole.len());
            for annotation in &whole {
                let number = numbers.number(&annotation.holds);
                if number as usize == sets.len() {
                    sets.push(&annotation.holds);
                }
                own.push(number);
            }
            own.sort_unstable();
            let counts: Vec<(u32, f64)> = own
                .chunk_by(|a, b| a == b)
                .map(|same| (same[0], same.len() as f64))
                .collect();
            observed.push(disagreement(&sets, &counts, own.len()));
            given.extend(counts.into_iter().filter(|_| own.len() > 1));
            ends.push(given.len());
        }
        let are_sets = sets.iter().any(|set| set.len() != 1);
        let mut answers = WholeAnswers {
            given,
            ends,
            observed,
            sets: sets.len(),
            similar: None,
            are_sets,
        };
        if are_sets {
            answers.similar = answers.similar(&sets);
        }
        answers
    }

    /// True if an answer is not just one label.
    pub(in crate::evaluate) fn are_sets(&self) -> bool {
        self.are_sets
    }

    fn similar(&self, sets: &[&[u32]]) -> Option<Similar> {
        let labels = sets
            .iter()
            .copied()
            .flatten()
            .max()
            .map_or(0, |&last| last as usize + 1);
        let mut of_label: Vec<Vec<u32>> = vec![Vec::new(); labels];
        for (number, set) in sets.iter().enumerate() {
            set.iter()
                .for_each(|&label| of_label[label as usize].push(number as u32));
        }
        let work: u64 = of_label.iter().map(|sets| (sets.len() as u64).pow(2)).sum();
        match work {
            _ if work / 2 <= MAX_PAIRS => Some(Similar::Pairs(pairs(sets, &of_label))),
            _ if work <= MAX_PAIR_VISITS => {
                let usual = self.totals(&vec![1.0; self.ends.len()]).0;
                Some(Similar::Slopes(slopes(sets, &of_label, &usual)))
            }
            _ => None,
        }
    }

    /// Returns the weighted number of times that each set was given, and the observed disagreement.
    fn totals(&self, weights: &[f64]) -> (Vec<f64>, [f64; 3]) {
        let (mut totals, mut seen, mut begin) = (vec![0.0; self.sets], [0.0; 3], 0);
        for ((&end, observed), &weight) in self.ends.iter().zip(&self.observed).zip(weights) {
            if weight != 0.0 {
                self.given[begin..end]
                    .iter()
                    .for_each(|&(set, count)| totals[set as usize] += weight * count);
                seen.iter_mut()
                    .zip(observed)
                    .for_each(|(seen, observed)| *seen += weight * observed);
            }
            begin = end;
        }
        (totals, seen)
    }

    /// Alpha by equality, Jaccard and MASI distance, with each document counted so often; NaN where
    /// it is not defined.
    pub(in crate::evaluate) fn alphas(&self, weights: &[f64]) -> [f64; 3] {
        let (given, seen) = self.totals(weights);
        let all: f64 = given.iter().sum();
        let different = all * all - given.iter().map(|given| given * given).sum::<f64>();
        let alpha =
            |of: usize, similar: f64| 1.0 - seen[of] / ((different - similar) / (all - 1.0));
        let [jaccard, masi] = match &self.similar {
            Some(similar) => similar.sums(&given, all),
            None => [f64::NAN; 2],
        };
        [alpha(0, 0.0), alpha(1, jaccard), alpha(2, masi)]
    }
}

impl Similar {
    /// The sums of the similarities of all ordered pairs of different sets that were given so
    /// often.
    fn sums(&self, given: &[f64], all: f64) -> [f64; 2] {
        let mut sums = [0.0; 2];
        let mut add = |factor: f64, similar: &[f64; 2]| {
            sums.iter_mut()
                .zip(similar)
                .for_each(|(sum, similar)| *sum += factor * similar);
        };
        match self {
            Similar::Pairs(pairs) => {
                pairs.iter().for_each(|(a, b, similar)| {
                    add(2.0 * given[*a as usize] * given[*b as usize], similar)
                });
            }
            // Of the answers' shares, so that the number of answers does not matter.
            Similar::Slopes(slopes) => {
                let scale = all / slopes.iter().map(|(_, usual)| usual).sum::<f64>();
                for ((slope, usual), given) in slopes.iter().zip(given) {
                    add(scale * (2.0 * given - usual * scale), slope);
                }
            }
        }
        sums
    }
}

/// The sums of distances over ordered pairs of a document's answers, divided by one less than their
/// number.
fn disagreement(sets: &[&[u32]], counts: &[(u32, f64)], answers: usize) -> [f64; 3] {
    let mut sums = [0.0; 3];
    for (at, &(a, often)) in counts.iter().enumerate() {
        for &(b, times) in &counts[..at] {
            let (a, b) = (sets[a as usize], sets[b as usize]);
            let [jaccard, masi] = similarities(a.len(), b.len(), shared(a, b));
            let pairs = 2.0 * often * times;
            let distances = [1.0, 1.0 - jaccard, 1.0 - masi];
            sums.iter_mut()
                .zip(distances)
                .for_each(|(sum, distance)| *sum += pairs * distance);
        }
    }
    sums.map(|sum| sum / (answers.max(2) - 1) as f64)
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
    for &other in sets[set]
        .iter()
        .flat_map(|&label| &of_label[label as usize])
    {
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
            sums.iter_mut()
                .zip(similar)
                .for_each(|(sum, similar)| *sum += given[other] * similar);
        });
        (sums, given[set])
    };
    (0..sets.len())
        .into_par_iter()
        .map_init(|| vec![0; sets.len()], slope)
        .collect()
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
        let set = |n: u32| Annotation {
            holds: vec![n % 5, 5 + n % 7, 12 + n % 4],
            unknown: vec![],
        };
        let all: Vec<[Annotation; 2]> = (0..600u32)
            .map(|n| [set(n % 60), set(n * 7 % 60)])
            .collect();
        let documents: Vec<Vec<&Annotation>> = all
            .iter()
            .map(|annotation| annotation.iter().collect())
            .collect();
        let exact = WholeAnswers::new(&documents);
        let Some(Similar::Pairs(pairs)) = &exact.similar else {
            panic!()
        };
        let random = |n: u64| (n.wrapping_mul(crate::math::hash::GOLDEN) >> 40) % 3;
        let (ones, drawn): (Vec<f64>, Vec<f64>) = (0..600).map(|n| (1.0, random(n) as f64)).unzip();
        let usual = exact.totals(&ones).0;
        let mut slopes: Vec<([f64; 2], f64)> =
            usual.iter().map(|&usual| ([0.0; 2], usual)).collect();
        for &(a, b, similar) in pairs {
            for (own, other) in [(a as usize, b as usize), (b as usize, a as usize)] {
                (0..2).for_each(|of| slopes[own].0[of] += usual[other] * similar[of]);
            }
        }
        let (sets, mut of_label) = (distinct(&documents), vec![Vec::new(); 16]);
        for (number, set) in sets.iter().enumerate() {
            set.iter()
                .for_each(|&label| of_label[label as usize].push(number as u32));
        }
        let made = super::slopes(&sets, &of_label, &usual);
        assert!(
            made.iter()
                .zip(&slopes)
                .all(|(a, b)| (a.0[0] - b.0[0]).abs() < 1e-9)
        );
        let sums = |similar: &Similar, weights: &[f64]| {
            let given = exact.totals(weights).0;
            similar.sums(&given, given.iter().sum())
        };
        let (similar, close) = (exact.similar.as_ref().unwrap(), Similar::Slopes(made));
        for (weights, most) in [(&ones, 1e-12), (&drawn, 0.01)] {
            let (exact, close) = (sums(similar, weights), sums(&close, weights));
            (0..2).for_each(|of| {
                assert!(
                    (close[of] / exact[of] - 1.0).abs() < most,
                    "{close:?} {exact:?}"
                )
            });
        }
    }

    /// The different answers in the order of first sight.
    fn distinct<'a>(documents: &[Vec<&'a Annotation>]) -> Vec<&'a [u32]> {
        let mut sets: Vec<&[u32]> = Vec::new();
        for annotation in documents.iter().flatten() {
            if !sets.contains(&annotation.holds.as_slice()) {
                sets.push(&annotation.holds);
            }
        }
        sets
    }
}
