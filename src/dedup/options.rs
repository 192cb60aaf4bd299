//! Options of near duplicates.

/// Options of finding near duplicates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearDuplicates {
    /// The number of words of a shingle, from 1 on. The default is 2: it knows the order of words,
    /// which 1 does not, and in a headline of eight words one more at the end leaves 7 of 8
    /// shingles, where a word put between leaves 6 of 9. With 3 or more, a change of one word in a
    /// text of fewer than thirty would already be below a threshold of 0.8. A text of fewer words
    /// is one shingle.
    pub shingle: usize,
    /// The least resemblance, from 0.1 to 1 (values outside are taken as the nearest); default 0.8.
    pub threshold: f64,
    /// The greatest probability with which a pair of just that resemblance is overlooked; default
    /// 0.001. 0 compares every pair, which takes time in the square of the number of texts.
    pub miss: f64,
}

impl Default for NearDuplicates {
    fn default() -> Self {
        NearDuplicates {
            shingle: 2,
            threshold: 0.8,
            miss: 1e-3,
        }
    }
}
