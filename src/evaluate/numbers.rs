//! Numbers as they are handed on: counts without a fraction, and no rounding beside 0 and 1.

use serde::{Serialize, Serializer};
use serde_json::Value;

/// Digits that a sum of weights keeps in output; further ones are rounding.
const DIGITS: i32 = 12;

/// Returns a sum of weights as a JSON number: an integer where it is whole.
pub(crate) fn count(weight: f64) -> Value {
    let weight = rounded(weight);
    if weight.fract() == 0.0 && weight.abs() < 9e15 {
        (weight as i64).into()
    } else {
        weight.into()
    }
}

/// Serializes a sum of weights as [`count`] does.
pub(crate) fn serialize_count<S: Serializer>(
    weight: &f64,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    count(*weight).serialize(serializer)
}

/// Serializes a value as [`settled`] gives it.
pub(crate) fn serialize_settled<S: Serializer>(
    value: &f64,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    settled(*value).serialize(serializer)
}

/// Serializes a number as an integer where it is whole and exact as one.
pub(crate) fn serialize_whole<S: Serializer>(
    value: &f64,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    // Above 2⁵³ not every integer is a number of this type.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        (*value as i64).serialize(serializer)
    } else {
        value.serialize(serializer)
    }
}

/// Rounds a sum of weights to twelve significant digits: 0.1 + 0.2 is 0.3.
pub(crate) fn rounded(weight: f64) -> f64 {
    let places = f64::from(DIGITS) - weight.abs().log10().ceil();
    let scale = 10f64.powf(places);
    let rounded = (weight * scale).round() / scale;
    // Very large and very small weights have no such scale.
    if (1.0..=1e15).contains(&scale) && rounded.is_finite() {
        rounded
    } else {
        weight
    }
}

/// Returns the value, or −1, 0 or 1 where it differs from them by rounding alone.
pub(crate) fn settled(value: f64) -> f64 {
    let near = value.round();
    if near.abs() <= 1.0 && (value - near).abs() <= 16.0 * f64::EPSILON {
        near + 0.0
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_counts_are_integers_and_sums_read_as_they_were_meant() {
        assert_eq!(count(3.0).to_string(), "3");
        assert_eq!(count(0.1 + 0.2).to_string(), "0.3");
        assert_eq!(count([0.1; 10].iter().sum()).to_string(), "1");
        assert_eq!(count(2.5).to_string(), "2.5");
        assert_eq!(count(0.0).to_string(), "0");
        assert_eq!(count(1e100).to_string(), "1e+100");
        assert_eq!(count(1e-200).to_string(), "1e-200");
    }

    #[test]
    fn rounding_beside_one_is_taken_away_and_nothing_else() {
        assert_eq!(settled(0.999_999_999_999_999_9), 1.0);
        assert_eq!(settled(-1.000_000_000_000_000_2), -1.0);
        assert_eq!(settled(-1e-17).to_string(), "0");
        assert_eq!(settled(0.999_999), 0.999_999);
        assert_eq!(settled(1.0 / 3.0), 1.0 / 3.0);
    }
}
