//! Numbers as all tables write them.

pub use crate::words::counted;

/// Returns a p-value with four places: one that is a bound behind ≤, one too small as less than the
/// least.
pub(super) fn p_value(p: f64, is_bound: bool) -> String {
    match p {
        // A bound is rounded upwards, so that it still is one.
        p if is_bound && p < 1.0 => format!("≤ {:.4}", ((p * 1e4).ceil() / 1e4).min(1.0)),
        p if p < 0.0001 => "< 0.0001".to_string(),
        p => format!("{p:.4}"),
    }
}
