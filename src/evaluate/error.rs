//! Errors of predictions that cannot be measured.

use super::MAX_WEIGHT;
use std::fmt;

/// An error in predictions that are to be measured. Rows are counted from 0.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum EvaluateError {
    /// No document is left that has a known truth and a weight above 0.
    NoDocuments,
    /// The list of label names is empty.
    NoLabels,
    /// Two labels have the same name, so that results by name would hide one of them.
    DuplicateLabel {
        /// The repeated name.
        label: String,
    },
    /// Predictions or weights are not as many as the truth calls for.
    LengthMismatch {
        /// The list that is too long or too short: `predictions` or `weights`.
        what: &'static str,
        /// The expected length.
        expected: usize,
        /// The length found.
        found: usize,
    },
    /// The cells of an independent head do not fill whole documents.
    PartialDocument {
        /// The number of cells of truth.
        cells: usize,
        /// The number of labels of each document.
        labels: usize,
    },
    /// A label index has no name.
    LabelOutOfRange {
        /// The list of the index: `true`, `predicted` or `annotated`.
        what: &'static str,
        /// The document's row.
        row: usize,
        /// The index found there.
        index: u32,
        /// The number of labels.
        labels: usize,
    },
    /// A weight is negative, not a number, or above [`MAX_WEIGHT`].
    InvalidWeight {
        /// The document's row.
        row: usize,
        /// The weight found there.
        weight: f64,
    },
    /// A score is no number, too large, or no probability where it should be one.
    InvalidScore {
        /// The document's row.
        row: usize,
        /// The label's number.
        label: usize,
        /// The score found there.
        score: f64,
        /// True if a probability was expected.
        probability: bool,
    },
    /// The level of intervals is not between 0 and 1.
    InvalidLevel {
        /// The level given.
        level: f64,
    },
    /// The frequency of a label is not from 0 to 1.
    InvalidShare {
        /// The label's number.
        label: usize,
        /// The frequency given.
        share: f64,
    },
    /// Two systems were not judged by the same test.
    DifferentTests {
        /// The part that differs: `labels`, `truth`, `weights` or `groups`.
        what: &'static str,
    },
}

impl EvaluateError {
    /// The error of one row's list as one of the whole.
    pub(super) fn in_row(self, at: usize) -> Self {
        match self {
            Self::LabelOutOfRange {
                what,
                index,
                labels,
                ..
            } => Self::LabelOutOfRange {
                what,
                row: at,
                index,
                labels,
            },
            other => other,
        }
    }

    fn message(&self) -> String {
        match self {
            Self::NoDocuments => "no document has a known truth and a weight above 0".to_string(),
            Self::NoLabels => "no labels given: name the head's labels in index order".to_string(),
            Self::DuplicateLabel { label } => format!("label {label:?} is listed twice"),
            Self::LengthMismatch {
                what,
                expected,
                found,
            } => {
                format!("lengths differ: {found} {what}, but the truth calls for {expected}")
            }
            Self::PartialDocument { cells, labels } => {
                format!("{cells} cells of truth do not fill documents of {labels} labels each")
            }
            Self::LabelOutOfRange {
                what,
                row,
                index,
                labels,
            } => {
                format!("{what} label of document {row} is index {index} of only {labels} labels")
            }
            Self::InvalidWeight { row, weight } => {
                format!("weight {weight} of document {row} is not from 0 to {MAX_WEIGHT:e}")
            }
            Self::InvalidScore {
                row,
                label,
                score,
                probability,
            } => {
                let expected = if *probability {
                    "a probability from 0 to 1"
                } else {
                    "a finite number"
                };
                format!("score {score} of document {row}, label {label}, is not {expected}")
            }
            Self::InvalidLevel { level } => {
                format!("level {level} is not between 0 and 1: 0.95 gives 95 % intervals")
            }
            Self::InvalidShare { label, share } => {
                format!("the frequency {share} of label {label} is not from 0 to 1")
            }
            Self::DifferentTests { what } => {
                format!("the systems were not judged by the same test: their {what} differ")
            }
        }
    }
}

impl fmt::Display for EvaluateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for EvaluateError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_say_where_and_what_to_do() {
        let error = EvaluateError::InvalidWeight {
            row: 3,
            weight: -1.0,
        };
        assert_eq!(
            error.to_string(),
            "weight -1 of document 3 is not from 0 to 1e100"
        );
        let error = EvaluateError::LengthMismatch {
            what: "predictions",
            expected: 10,
            found: 12,
        };
        assert_eq!(
            error.to_string(),
            "lengths differ: 12 predictions, but the truth calls for 10"
        );
    }
}
