//! Limits of document frequency.

use super::super::options::TfIdfOptions;

/// Range of the document frequencies of terms.
pub(super) struct DfLimits {
    pub min: u64,
    pub max: f64,
}

impl DfLimits {
    /// Returns the limits of `options` for a corpus of `documents`.
    pub(super) fn new(options: &TfIdfOptions, documents: usize) -> Self {
        let min = options.min_df.of(documents).ceil() as u64;
        DfLimits {
            min: min.max(1),
            max: options.max_df.of(documents),
        }
    }

    pub(super) fn contain(&self, df: u32) -> bool {
        u64::from(df) >= self.min && f64::from(df) <= self.max
    }
}
