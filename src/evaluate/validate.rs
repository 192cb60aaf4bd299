//! Checks of labels, weights and lengths that every measurement makes.

use super::{EvaluateError, MAX_WEIGHT};
use std::collections::HashSet;

/// Document weights that were checked: one per document, each from 0 to [`MAX_WEIGHT`].
pub(super) struct Weights<'a>(Option<&'a [f64]>);

impl<'a> Weights<'a> {
    pub(super) fn new(weights: Option<&'a [f64]>, documents: usize) -> Result<Self, EvaluateError> {
        let given = weights.unwrap_or_default();
        if weights.is_some() {
            check_length("weights", given.len(), documents)?;
        }
        match given
            .iter()
            .position(|weight| !(0.0..=MAX_WEIGHT).contains(weight))
        {
            Some(row) => Err(EvaluateError::InvalidWeight {
                row,
                weight: given[row],
            }),
            None => Ok(Weights(weights)),
        }
    }

    pub(super) fn of(&self, row: usize) -> f64 {
        self.0.map_or(1.0, |weights| weights[row])
    }
}

pub(super) fn ratio(numerator: f64, denominator: f64) -> f64 {
    if denominator > 0.0 {
        numerator / denominator
    } else {
        0.0
    }
}

pub(super) fn check_labels(labels: &[String]) -> Result<(), EvaluateError> {
    if labels.is_empty() {
        return Err(EvaluateError::NoLabels);
    }
    let mut seen = HashSet::with_capacity(labels.len());
    match labels.iter().find(|label| !seen.insert(label.as_str())) {
        Some(label) => Err(EvaluateError::DuplicateLabel {
            label: label.clone(),
        }),
        None => Ok(()),
    }
}

pub(super) fn check_length(
    what: &'static str,
    found: usize,
    expected: usize,
) -> Result<(), EvaluateError> {
    if found == expected {
        Ok(())
    } else {
        Err(EvaluateError::LengthMismatch {
            what,
            expected,
            found,
        })
    }
}

pub(super) fn check_indices(
    what: &'static str,
    indices: &[u32],
    labels: usize,
) -> Result<(), EvaluateError> {
    match indices.iter().position(|&index| index as usize >= labels) {
        Some(row) => Err(EvaluateError::LabelOutOfRange {
            what,
            row,
            index: indices[row],
            labels,
        }),
        None => Ok(()),
    }
}

pub(super) fn check_whole_documents(cells: usize, labels: usize) -> Result<(), EvaluateError> {
    if cells.is_multiple_of(labels) {
        Ok(())
    } else {
        Err(EvaluateError::PartialDocument { cells, labels })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(labels: &[&str]) -> Vec<String> {
        labels.iter().map(|label| label.to_string()).collect()
    }

    #[test]
    fn labels_must_be_given_once_each() {
        assert_eq!(check_labels(&[]), Err(EvaluateError::NoLabels));
        assert_eq!(check_labels(&names(&["a", "b"])), Ok(()));
        let twice = EvaluateError::DuplicateLabel {
            label: "a".to_string(),
        };
        assert_eq!(check_labels(&names(&["a", "b", "a"])), Err(twice));
    }

    #[test]
    fn weights_must_be_numbers_in_range_and_as_many_as_documents() {
        for weight in [-1.0, f64::NAN, f64::INFINITY, 1e101] {
            let error = Weights::new(Some(&[1.0, weight]), 2).err();
            assert!(
                matches!(error, Some(EvaluateError::InvalidWeight { row: 1, .. })),
                "{weight}: {error:?}"
            );
        }
        let short = EvaluateError::LengthMismatch {
            what: "weights",
            expected: 2,
            found: 1,
        };
        assert_eq!(Weights::new(Some(&[1.0]), 2).err(), Some(short));
        assert!(Weights::new(Some(&[0.0, MAX_WEIGHT]), 2).is_ok());
        assert!(Weights::new(None, 2).is_ok());
    }
}
