//! Numbers and the nouns they count, as all reports write them.

/// Returns a number of documents. Sums of weights may be fractions; what is off a whole number by
/// rounding alone is whole.
pub(crate) fn count(value: f64) -> String {
    let whole = value.round();
    if (value - whole).abs() <= 1e-9 * value.abs().max(1.0) {
        // No count is −0.
        return format!("{:.0}", whole + 0.0);
    }
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_whole_where_weights_are() {
        assert_eq!(
            [3.0, 0.1 + 0.2 + 0.7, 2.25, 1e15, -0.0].map(count),
            ["3", "1", "2.25", "1000000000000000", "0"]
        );
    }
}
