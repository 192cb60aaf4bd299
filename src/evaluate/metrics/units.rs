//! Units of resampling.

use crate::evaluate::Predictions;
use crate::math::numbering::Numbering;

/// Units of resampling: documents, or groups of them, with the weights that documents have anyhow.
pub(in crate::evaluate) struct Units {
    /// The unit of each row.
    of: Vec<u32>,
    count: usize,
    weights: Vec<f64>,
}

impl Units {
    pub(in crate::evaluate) fn new(weights: Vec<f64>, groups: Option<Vec<u32>>) -> Units {
        let mut numbers = Numbering::default();
        let of: Vec<u32> = match groups {
            None => (0..weights.len() as u32).collect(),
            Some(groups) => groups
                .into_iter()
                .map(|group| numbers.number(group))
                .collect(),
        };
        let count = of.iter().max().map_or(0, |&last| last as usize + 1);
        Units { of, count, weights }
    }

    /// Weights on the documents as they are.
    pub(in crate::evaluate) fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Returns the unit and the weight of each row.
    pub(in crate::evaluate) fn rows(&self) -> impl Iterator<Item = (u32, f64)> {
        self.of.iter().copied().zip(self.weights.iter().copied())
    }

    /// The number of the unit of a row.
    pub(in crate::evaluate) fn of(&self, row: usize) -> u32 {
        self.of[row]
    }

    /// True if every document is a unit, and all count alike.
    pub(in crate::evaluate) fn plain(&self) -> bool {
        self.count == self.weights.len()
            && self.weights.iter().all(|weight| *weight == self.weights[0])
    }

    /// The weight of each unit.
    pub(in crate::evaluate) fn sums(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.count];
        self.of
            .iter()
            .zip(&self.weights)
            .for_each(|(&unit, weight)| sums[unit as usize] += weight);
        sums
    }

    /// Rows in the order of their units.
    pub(in crate::evaluate) fn by_unit(&self) -> Vec<usize> {
        let mut rows: Vec<usize> = (0..self.of.len()).collect();
        rows.sort_by_key(|&row| self.of[row]);
        rows
    }

    /// Returns the number of units drawn in a resample.
    pub(in crate::evaluate) fn count(&self) -> usize {
        self.count
    }
}

/// Returns the units of resampling of the rows that count.
pub(in crate::evaluate) fn units(predictions: &Predictions, rows: &[usize]) -> Units {
    let weights = rows.iter().map(|&row| predictions.weight(row)).collect();
    let groups = predictions.groups.as_ref();
    Units::new(
        weights,
        groups.map(|groups| rows.iter().map(|&row| groups[row]).collect()),
    )
}
