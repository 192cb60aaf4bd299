//! Layout of the weights of a linear model, and class weights.

use super::compact::{self, Compact, Mantissa};
use crate::io::storage::{Buffer, filled, prefetch};
use crate::math::offsets;
use crate::{Error, Result};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Weights of features by labels.
#[derive(Debug, Clone)]
pub enum Weights {
    /// All of them, a feature's weights side by side.
    Dense(Buffer<f32>),
    /// Those that are not zero: for feature `f`, the entries from `ends[f - 1]` to `ends[f]`.
    Sparse {
        /// End of each feature's entries.
        ends: Buffer<u64>,
        /// Label of each entry.
        labels: Buffer<u32>,
        /// Weight of each entry.
        values: Buffer<f32>,
    },
}

/// Weights of one label that are not zero, by ascending feature.
pub(super) type LabelWeights = Vec<(u32, f32)>;

/// With fewer labels, dense weights are faster to score with, unless almost all of them are zero.
const MIN_SPARSE_LABELS: usize = 64;

/// Returns true if `stored` weights that are not zero are better stored sparse.
fn suits_sparse(stored: usize, features: usize, labels: usize) -> bool {
    let all = features * labels;
    if labels >= MIN_SPARSE_LABELS {
        return stored * 4 <= all;
    }
    // Where each feature's weights end takes as much memory as a weight that is stored.
    stored * 8 <= all && (stored + features) * 4 <= all
}

impl Weights {
    /// Lays out the weights of all labels: sparse where that takes at most half the memory and,
    /// with few labels, at most an eighth of the weights are not zero.
    pub(super) fn from_label_lists(features: usize, labels: Vec<LabelWeights>) -> Self {
        let stored: usize = labels.iter().map(Vec::len).sum();
        if suits_sparse(stored, features, labels.len()) {
            Self::sparse(features, labels)
        } else {
            Self::dense(features, labels)
        }
    }

    /// Lays out weights of features by labels.
    pub(super) fn from_dense(features: usize, labels: usize, dense: Vec<f32>) -> Self {
        let stored = dense.iter().filter(|&&weight| weight != 0.0).count();
        if !suits_sparse(stored, features, labels) {
            return Weights::Dense(dense.into());
        }
        let of_label = |label: usize| {
            let all = dense.iter().skip(label).step_by(labels).enumerate();
            all.map(|(feature, &w)| (feature as u32, w))
                .filter(|&(_, w)| w != 0.0)
                .collect()
        };
        Self::sparse(features, (0..labels).map(of_label).collect())
    }

    /// Fills features in chunks, whose weights stay in the cache while one label after the other is
    /// written.
    fn dense(features: usize, labels: Vec<LabelWeights>) -> Self {
        const CHUNK_FEATURES: usize = 4096;
        let width = labels.len();
        let mut dense = filled(0.0, features * width);
        dense
            .par_chunks_mut(CHUNK_FEATURES * width.max(1))
            .enumerate()
            .for_each(|(run, dense)| {
                let first = run * CHUNK_FEATURES;
                for (label, weights) in labels.iter().enumerate() {
                    let from = weights.partition_point(|&(feature, _)| (feature as usize) < first);
                    let of_run = weights[from..]
                        .iter()
                        .take_while(|&&(f, _)| (f as usize) < first + CHUNK_FEATURES);
                    of_run.for_each(|&(f, weight)| {
                        dense[(f as usize - first) * width + label] = weight
                    });
                }
            });
        Weights::Dense(dense.into())
    }

    /// Frees each label's list as soon as it is written, so that the peak stays low.
    fn sparse(features: usize, lists: Vec<LabelWeights>) -> Self {
        let mut ends = vec![0u64; features];
        lists
            .iter()
            .flatten()
            .for_each(|&(feature, _)| ends[feature as usize] += 1);
        for feature in 1..features {
            ends[feature] += ends[feature - 1];
        }
        let stored = ends.last().map_or(0, |&end| end as usize);
        let mut next: Vec<u64> = std::iter::once(0).chain(ends.iter().copied()).collect();
        let (mut labels, mut values) = (vec![0u32; stored], vec![0f32; stored]);
        for (label, list) in lists.into_iter().enumerate() {
            for (feature, weight) in list {
                let place = &mut next[feature as usize];
                (labels[*place as usize], values[*place as usize]) = (label as u32, weight);
                *place += 1;
            }
        }
        Weights::Sparse {
            ends: ends.into(),
            labels: labels.into(),
            values: values.into(),
        }
    }

    /// Returns the weights of the features one after the other.
    fn slices(&self, labels: usize) -> Box<dyn Iterator<Item = &[f32]> + '_> {
        match self {
            Weights::Dense(dense) => Box::new(dense.chunks_exact(labels.max(1))),
            Weights::Sparse { ends, values, .. } => {
                Box::new((0..ends.len()).map(|feature| &values[offsets::range(ends, feature)]))
            }
        }
    }

    /// Returns the weights rounded to such as [`compact`](Self::compact) keeps.
    pub(super) fn rounded<N: Mantissa>(&self, labels: usize) -> Self {
        let round = |weights: &[f32]| {
            let mut weights = weights.to_vec();
            compact::round::<N>(&mut weights);
            weights
        };
        self.with_values(self.slices(labels).flat_map(round).collect())
    }

    /// Returns the weights times a factor that depends on the feature.
    pub(super) fn scaled(&self, labels: usize, factor: impl Fn(usize) -> f64) -> Self {
        let scale = |(feature, weights): (usize, &[f32])| {
            let factor = factor(feature);
            let product = move |&weight: &f32| (f64::from(weight) * factor) as f32;
            weights.iter().map(product).collect::<Vec<f32>>()
        };
        self.with_values(self.slices(labels).enumerate().flat_map(scale).collect())
    }

    /// Returns other numbers in the same places.
    fn with_values(&self, numbers: Vec<f32>) -> Self {
        match self {
            Weights::Dense(_) => Weights::Dense(numbers.into()),
            Weights::Sparse { ends, labels, .. } => Weights::Sparse {
                ends: ends.clone(),
                labels: labels.clone(),
                values: numbers.into(),
            },
        }
    }

    /// Returns the weights as whole numbers; `None` where that would change any.
    pub(crate) fn compact<N: Mantissa>(&self, labels: usize) -> Option<Compact<N>> {
        compact::compact(self.slices(labels))
    }

    /// Returns the numbers of dense weights; `None` if the parts do not fit each other.
    pub(crate) fn expanded<N: Mantissa>(
        numbers: &[N],
        exponents: &[i8],
        labels: usize,
    ) -> Option<Vec<f32>> {
        let lengths = std::iter::repeat_n(labels, exponents.len());
        compact::expanded(numbers, exponents, lengths)
    }

    /// Returns the values of sparse weights; `None` if the parts do not fit each other.
    pub(crate) fn expanded_sparse<N: Mantissa>(
        numbers: &[N],
        exponents: &[i8],
        ends: &[u64],
    ) -> Option<Vec<f32>> {
        let length = |(at, &end): (usize, &u64)| {
            let start = at.checked_sub(1).map_or(0, |before| ends[before]);
            end.checked_sub(start)
                .map_or(usize::MAX, |length| length as usize)
        };
        compact::expanded(numbers, exponents, ends.iter().enumerate().map(length))
    }

    /// Returns true if the parts fit each other, `features` and `labels`.
    pub(crate) fn fit(&self, features: usize, labels: usize) -> bool {
        match self {
            Weights::Dense(dense) => Some(dense.len()) == features.checked_mul(labels),
            Weights::Sparse {
                ends,
                labels: of,
                values,
            } => {
                ends.len() == features
                    && of.len() == values.len()
                    && ends.last().map_or(0, |&end| end) == of.len() as u64
                    && ends.windows(2).all(|w| w[0] <= w[1])
                    && of.iter().all(|&label| (label as usize) < labels)
                    && (0..features).all(|feature| {
                        of[offsets::range(ends, feature)]
                            .windows(2)
                            .all(|w| w[0] < w[1])
                    })
            }
        }
    }

    /// Returns true if every weight is a finite number.
    pub(crate) fn are_finite(&self) -> bool {
        const CHUNK: usize = 1 << 16;
        let (Weights::Dense(values) | Weights::Sparse { values, .. }) = self;
        /// Bits of the exponent, which are all ones in infinities and what is no number.
        const EXPONENT: u32 = 0x7f80_0000;
        // As bits, and without an early end inside a chunk, so that several are compared at once.
        let broken = |weight: &f32| u32::from(weight.to_bits() & EXPONENT == EXPONENT);
        let are_finite = |chunk: &[f32]| chunk.iter().fold(0, |all, w| all | broken(w)) == 0;
        values.par_chunks(CHUNK).all(are_finite)
    }

    /// Returns the dense weights for [prefetching](DenseRows::prefetch); none of sparse ones.
    pub(super) fn dense_rows(&self, labels: usize) -> DenseRows<'_> {
        let weights = match self {
            Weights::Dense(dense) => dense,
            Weights::Sparse { .. } => &[][..],
        };
        DenseRows { weights, labels }
    }

    /// Calls `each` with every label's weight for `feature`; zero weights may be left out.
    pub(crate) fn of_feature(
        &self,
        feature: usize,
        labels: usize,
        mut each: impl FnMut(usize, f64),
    ) {
        match self {
            Weights::Dense(dense) => {
                let weights = &dense[feature * labels..(feature + 1) * labels];
                weights
                    .iter()
                    .enumerate()
                    .for_each(|(label, &w)| each(label, f64::from(w)));
            }
            Weights::Sparse {
                ends,
                labels,
                values,
            } => {
                offsets::range(ends, feature)
                    .for_each(|i| each(labels[i] as usize, f64::from(values[i])));
            }
        }
    }
}

/// Dense weights of all features, a feature's weights side by side; none where weights are sparse.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DenseRows<'m> {
    weights: &'m [f32],
    labels: usize,
}

impl DenseRows<'_> {
    /// Begins to fetch the weights of `feature`, which will soon be read: the first few lines of the
    /// cache, which are all there are for up to 32 labels.
    #[inline]
    pub(crate) fn prefetch(self, feature: usize) {
        let from = feature * self.labels;
        prefetch(self.weights, from);
        if self.labels > 4 {
            prefetch(self.weights, from + self.labels / 2);
            prefetch(self.weights, from + self.labels - 1);
        }
    }
}

/// Class weights: factors of the losses of each label's rows.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClassWeight {
    /// The same for all (the default).
    #[default]
    Equal,
    /// In inverse proportion to the label's share of the rows.
    Balanced,
    /// A factor for each label, by the label's number.
    Given(Vec<f64>),
}

/// Writes a word to stand behind a classifier's other options; nothing for the default.
impl fmt::Display for ClassWeight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ClassWeight::Equal => "",
            ClassWeight::Balanced => " balanced",
            ClassWeight::Given(_) => " weighted",
        })
    }
}

impl ClassWeight {
    pub(super) fn verify(&self) -> Result<()> {
        match self {
            ClassWeight::Given(weights) if weights.iter().any(|w| !w.is_finite() || *w < 0.0) => {
                Err(Error::usage("a class weight is negative or no number"))
            }
            _ => Ok(()),
        }
    }

    /// Returns the factors of rows where each label holds and does not hold, given the
    /// [support](crate::corpus::Targets::support) of each label.
    ///
    /// Exclusive labels: as in LIBLINEAR and scikit-learn, only rows of the label itself are
    /// weighted; balanced is `n / (labels · n_label)`. Independent labels: balanced is
    /// `n / (2 · n_yes)` and `n / (2 · n_no)`.
    pub(crate) fn factors(&self, support: &[[f64; 2]], exclusive: bool) -> Result<Vec<[f64; 2]>> {
        match self {
            ClassWeight::Equal => Ok(vec![[1.0; 2]; support.len()]),
            ClassWeight::Given(weights) if weights.len() == support.len() => {
                Ok(weights.iter().map(|&weight| [weight, 1.0]).collect())
            }
            ClassWeight::Given(weights) => Err(Error::usage(format!(
                "{} class weights for {} labels",
                weights.len(),
                support.len()
            ))),
            ClassWeight::Balanced => Ok(support
                .iter()
                .map(|s| balanced(*s, support.len(), exclusive))
                .collect()),
        }
    }
}

fn balanced([yes, no]: [f64; 2], labels: usize, exclusive: bool) -> [f64; 2] {
    let share = |parts: f64, count: f64| {
        if count > 0.0 {
            (yes + no) / (parts * count)
        } else {
            1.0
        }
    };
    if exclusive {
        [share(labels as f64, yes), 1.0]
    } else {
        [share(2.0, yes), share(2.0, no)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_weight_that_is_no_finite_number_is_found_anywhere() {
        let largest = [f32::MAX, f32::MIN, -0.0, f32::MIN_POSITIVE / 2.0];
        assert!(Weights::Dense(largest.to_vec().into()).are_finite());
        for broken in [f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            for at in [0, 65_535, 65_536, 70_000] {
                let mut dense = vec![1.5; 70_001];
                dense[at] = broken;
                assert!(
                    !Weights::Dense(dense.into()).are_finite(),
                    "{broken} at {at}"
                );
            }
        }
    }

    #[test]
    fn a_few_weights_are_stored_sparse_and_hold_the_same() {
        let mut dense = vec![0.0; 40 * 10];
        for (last, sparse) in [(50, true), (51, false)] {
            (0..last).for_each(|at| dense[at * 8 % 400] = 1.0);
            dense[7] = if last > 50 { 3.0 } else { 0.0 };
            let laid_out = Weights::from_dense(40, 10, dense.clone());
            assert_eq!(matches!(laid_out, Weights::Sparse { .. }), sparse);
            let mut again = vec![0.0; 400];
            (0..40).for_each(|f| {
                laid_out.of_feature(f, 10, |label, w| again[f * 10 + label] = w as f32)
            });
            assert_eq!(again, dense);
        }
    }

    #[test]
    fn sparse_and_dense_hold_the_same() {
        let lists: Vec<LabelWeights> = vec![vec![(0, 1.0), (2, 2.0)], vec![], vec![(2, 3.0)]];
        for weights in [Weights::dense(3, lists.clone()), Weights::sparse(3, lists)] {
            assert!(weights.fit(3, 3) && weights.are_finite());
            let mut sum = [0.0; 3];
            (0..3).for_each(|f| {
                weights.of_feature(f, 3, |label, w| sum[label] += w * (f + 1) as f64)
            });
            assert_eq!(sum, [7.0, 0.0, 9.0]);
        }
    }
}
