//! Sample weights.

/// Sample weights of rows or documents; 1 for each where there are none.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SampleWeights<'a>(Option<&'a [f32]>);

impl<'a> From<Option<&'a [f32]>> for SampleWeights<'a> {
    fn from(weights: Option<&'a [f32]>) -> Self {
        SampleWeights(weights)
    }
}

impl SampleWeights<'_> {
    /// Returns the weight of a row.
    #[inline]
    pub(crate) fn of(self, row: usize) -> f64 {
        self.0.map_or(1.0, |weights| f64::from(weights[row]))
    }

    /// Returns the weights of some rows, in their order.
    pub(crate) fn select(self, rows: &[usize]) -> Option<Vec<f32>> {
        let select = |weights: &[f32]| rows.iter().map(|&row| weights[row]).collect();
        self.0.map(select)
    }
}
