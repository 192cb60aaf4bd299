//! Weights as whole numbers of eight or sixteen bits: those of a feature are numbers from `-MAX` to
//! `MAX` times one power of two.
//!
//! Block floating point, a feature being a block. `MAX` is 127 or 32,767, so that the greatest
//! weight of a feature keeps six or fourteen bits and more, and none is off by more than a `MAX`-th
//! of it. A feature's weights lie within a few powers of two of each other, so that sixteen bits
//! hold them more exactly than half-precision floats (eleven bits each) do at the same size.
//! Weights that have been rounded are kept without loss, because the power is found again.

use bytemuck::Pod;

/// Whole number that stands for a weight.
pub(crate) trait Mantissa: Pod {
    /// Greatest number with a sign that has an opposite.
    const MAX: f32;
    fn from_f32(number: f32) -> Self;
    fn to_f32(self) -> f32;
}

impl Mantissa for i8 {
    const MAX: f32 = i8::MAX as f32;

    fn from_f32(number: f32) -> Self {
        number as i8
    }

    fn to_f32(self) -> f32 {
        f32::from(self)
    }
}

impl Mantissa for i16 {
    const MAX: f32 = i16::MAX as f32;

    fn from_f32(number: f32) -> Self {
        number as i16
    }

    fn to_f32(self) -> f32 {
        f32::from(self)
    }
}

/// Weights of features, one after the other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Compact<N> {
    /// The power of two of each feature.
    pub exponents: Vec<i8>,
    /// The numbers of each feature side by side.
    pub numbers: Vec<N>,
}

/// Less than these powers is 0, and `f32` holds all their multiples.
const EXPONENTS: std::ops::RangeInclusive<i32> = -100..=100;

/// Finds the least power of two of which no weight is more than `MAX` times as great.
fn exponent<N: Mantissa>(weights: &[f32]) -> i32 {
    let greatest = weights
        .iter()
        .fold(0.0f32, |greatest, weight| greatest.max(weight.abs()));
    let fits = |exponent: &i32| greatest <= N::MAX * 2f32.powi(*exponent);
    let near = (greatest / N::MAX).log2().ceil();
    let near = if near.is_finite() {
        near as i32
    } else {
        *EXPONENTS.start()
    };
    let around = (near - 1).max(*EXPONENTS.start())..=(near + 1).min(*EXPONENTS.end());
    around
        .clone()
        .find(fits)
        .unwrap_or((*around.end()).clamp(*EXPONENTS.start(), *EXPONENTS.end()))
}

/// Rounds the weights of one feature to such as can be compacted.
pub(super) fn round<N: Mantissa>(weights: &mut [f32]) {
    let power = 2f32.powi(exponent::<N>(weights));
    weights
        .iter_mut()
        .for_each(|weight| *weight = (*weight / power).round() * power);
}

/// Returns the weights of features as whole numbers; `None` where that would change any.
pub(super) fn compact<'w, N: Mantissa>(
    features: impl Iterator<Item = &'w [f32]>,
) -> Option<Compact<N>> {
    let mut compact = Compact {
        exponents: Vec::new(),
        numbers: Vec::new(),
    };
    for weights in features {
        let exponent = exponent::<N>(weights);
        for weight in weights {
            let number = weight / 2f32.powi(exponent);
            if number.round() != number || number.abs() > N::MAX {
                return None;
            }
            compact.numbers.push(N::from_f32(number));
        }
        compact.exponents.push(exponent as i8);
    }
    Some(compact)
}

/// Returns the weights of features, each of which has the numbers of the given length; `None` if
/// the parts do not fit each other.
pub(super) fn expanded<N: Mantissa>(
    numbers: &[N],
    exponents: &[i8],
    lengths: impl Iterator<Item = usize>,
) -> Option<Vec<f32>> {
    let mut weights = Vec::with_capacity(numbers.len());
    let mut lengths = lengths.fuse();
    for &exponent in exponents {
        if !EXPONENTS.contains(&i32::from(exponent)) {
            return None;
        }
        let power = 2f32.powi(exponent.into());
        let end = weights.len().checked_add(lengths.next()?)?;
        let own = numbers.get(weights.len()..end)?;
        weights.extend(own.iter().map(|number| number.to_f32() * power));
    }
    (weights.len() == numbers.len() && lengths.next().is_none()).then_some(weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_near_and_kept<N: Mantissa + std::fmt::Debug>(
        weights: &[f32],
    ) -> std::result::Result<(), TestCaseError> {
        let mut rounded = weights.to_vec();
        rounded.chunks_mut(3).for_each(round::<N>);
        for (weights, rounded) in weights.chunks(3).zip(rounded.chunks(3)) {
            let greatest = weights
                .iter()
                .fold(0.0f32, |greatest, w| greatest.max(w.abs()));
            for (weight, rounded) in weights.iter().zip(rounded) {
                prop_assert!(
                    (weight - rounded).abs() <= greatest / N::MAX,
                    "{weight} {rounded}"
                );
            }
        }
        let found = compact::<N>(rounded.chunks(3)).unwrap();
        let lengths = rounded.chunks(3).map(<[f32]>::len);
        prop_assert_eq!(
            expanded(&found.numbers, &found.exponents, lengths).unwrap(),
            rounded
        );
        Ok(())
    }

    proptest! {
        #[test]
        fn rounded_weights_are_near_and_kept_without_loss(
            weights in prop::collection::vec(prop_oneof![-3f32..3.0, -1e-6f32..1e-6, Just(0.0), -1e20f32..1e20], 12),
        ) {
            is_near_and_kept::<i8>(&weights)?;
            is_near_and_kept::<i16>(&weights)?;
        }
    }

    #[test]
    fn other_weights_and_broken_parts_are_refused() {
        assert_eq!(compact::<i8>([&[1.0f32, 0.3333][..]].into_iter()), None);
        assert_eq!(expanded(&[1i8, 2, 3], &[0], [2].into_iter()), None);
        assert_eq!(expanded(&[1i8, 2], &[0, 0], [2].into_iter()), None);
        assert_eq!(expanded(&[1i16, 2], &[127], [2].into_iter()), None);
        assert_eq!(expanded(&[1i16], &[0], [usize::MAX].into_iter()), None);
    }
}
