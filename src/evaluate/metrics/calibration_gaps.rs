//! Gaps between confidence and accuracy, of which the calibration error is the sum.

/// Gaps between confidence and accuracy in the bins of a calibration error, each with the variance
/// of its noise.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::evaluate) struct CalibrationGaps(pub(in crate::evaluate) Vec<[f64; 2]>);

/// The bins of several calibration errors of which the mean is taken.
pub(in crate::evaluate) fn pooled(
    labels: impl ExactSizeIterator<Item = CalibrationGaps>,
) -> CalibrationGaps {
    let count = labels.len() as f64;
    CalibrationGaps(
        labels
            .flat_map(|of| of.0)
            .map(|[gap, noise]| [gap / count, noise / (count * count)])
            .collect(),
    )
}
