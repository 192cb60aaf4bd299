//! Dense weights in eight bits: the weights of a feature are whole numbers from -127 to 127 times
//! one power of two.
//!
//! Block floating point, a feature being a block: the greatest weight of a feature has six bits and
//! more, so that none is off by more than a 127th of it. Weights that have been rounded are kept
//! without loss, because the power is found again.

/// Weights of features by labels.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Compact {
    /// The power of two of each feature.
    pub exponents: Vec<i8>,
    /// Features by labels.
    pub numbers: Vec<i8>,
}

/// Greatest number of eight bits with a sign that has an opposite.
const MAX_MANTISSA: f32 = 127.0;
/// Less than these powers is 0, and `f32` holds all their multiples.
const EXPONENTS: std::ops::RangeInclusive<i32> = -100..=100;

/// Finds the least power of two of which no weight is more than 127 times as great.
fn exponent(weights: &[f32]) -> i32 {
    let greatest = weights
        .iter()
        .fold(0.0f32, |greatest, weight| greatest.max(weight.abs()));
    let fits = |exponent: &i32| greatest <= MAX_MANTISSA * 2f32.powi(*exponent);
    let near = (greatest / MAX_MANTISSA).log2().ceil();
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

/// Rounds the weights of features by labels to such as can be compacted.
pub(super) fn round(dense: &mut [f32], labels: usize) {
    for weights in dense.chunks_exact_mut(labels.max(1)) {
        let power = 2f32.powi(exponent(weights));
        weights
            .iter_mut()
            .for_each(|weight| *weight = (*weight / power).round() * power);
    }
}

/// Returns the weights in eight bits; `None` where that would change any.
pub(super) fn compact(dense: &[f32], labels: usize) -> Option<Compact> {
    let mut compact = Compact {
        exponents: Vec::new(),
        numbers: Vec::with_capacity(dense.len()),
    };
    for weights in dense.chunks_exact(labels.max(1)) {
        let exponent = exponent(weights);
        for weight in weights {
            let number = weight / 2f32.powi(exponent);
            if number.round() != number || number.abs() > MAX_MANTISSA {
                return None;
            }
            compact.numbers.push(number as i8);
        }
        compact.exponents.push(exponent as i8);
    }
    Some(compact)
}

/// Returns the weights of features by labels; `None` if the parts do not fit each other.
pub(super) fn expanded(numbers: &[i8], exponents: &[i8], labels: usize) -> Option<Vec<f32>> {
    let bounded = exponents
        .iter()
        .all(|&exponent| EXPONENTS.contains(&i32::from(exponent)));
    if !bounded || Some(numbers.len()) != exponents.len().checked_mul(labels) {
        return None;
    }
    let of_feature = |(numbers, &exponent): (&[i8], &i8)| {
        let power = 2f32.powi(exponent.into());
        numbers
            .iter()
            .map(move |&number| f32::from(number) * power)
            .collect::<Vec<_>>()
    };
    Some(
        numbers
            .chunks_exact(labels.max(1))
            .zip(exponents)
            .flat_map(of_feature)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rounded_weights_are_near_and_kept_without_loss(
            weights in prop::collection::vec(prop_oneof![-3f32..3.0, -1e-6f32..1e-6, Just(0.0), -1e20f32..1e20], 12),
        ) {
            let mut rounded = weights.clone();
            round(&mut rounded, 3);
            for (weights, rounded) in weights.chunks(3).zip(rounded.chunks(3)) {
                let greatest = weights.iter().fold(0.0f32, |greatest, w| greatest.max(w.abs()));
                for (weight, rounded) in weights.iter().zip(rounded) {
                    prop_assert!((weight - rounded).abs() <= greatest / 127.0, "{weight} {rounded}");
                }
            }
            let found = compact(&rounded, 3).unwrap();
            prop_assert_eq!(expanded(&found.numbers, &found.exponents, 3).unwrap(), rounded);
        }
    }

    #[test]
    fn other_weights_and_broken_parts_are_refused() {
        assert_eq!(compact(&[1.0, 0.3333], 2), None);
        assert_eq!(expanded(&[1, 2, 3], &[0], 2), None);
        assert_eq!(expanded(&[1, 2], &[127], 2), None);
    }
}
