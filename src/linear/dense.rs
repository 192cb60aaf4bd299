//! Every estimator on ndarray matrices, for what of linfa takes no other records: `cross_validate`,
//! `Platt`, `MultiClassModel`, `MultiTargetModel`, `one_vs_all`.
//!
//! A matrix is turned into [`SparseRows`] first. This is for thousands of features; a corpus has
//! more.

use super::LinearModel;
use crate::features::{Row, SparseRows};
use linfa::Float;
use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2, ArrayBase, Axis, Data, Ix2};

/// The values of a matrix that are not 0.
pub(super) fn sparse<F: Float, D: Data<Elem = F>>(matrix: &ArrayBase<D, Ix2>) -> SparseRows {
    let mut rows = SparseRows::new(matrix.ncols());
    for row in matrix.axis_iter(Axis(0)) {
        let stored = (0..).zip(row).filter(|(_, value)| **value != F::zero());
        let (columns, values): (Vec<u32>, Vec<f32>) = stored
            .map(|(column, &value)| (column, <f32 as Float>::cast(value)))
            .unzip();
        rows.push(&columns, &values);
    }
    rows
}

/// A model of one question with a yes or no: what `fit` gives for targets of `bool`.
///
/// Predicts `bool`, or, where floats are asked for, decision values, which
/// [`Platt`](linfa::composing::platt_scaling::Platt) makes probabilities of.
#[derive(Debug, Clone)]
pub struct BinaryModel(pub(super) LinearModel);

impl BinaryModel {
    /// The model of one independent label.
    pub fn linear(&self) -> &LinearModel {
        &self.0
    }

    fn decisions(&self, rows: &SparseRows) -> Array1<f64> {
        let mut decisions = Vec::new();
        let decide = |row: Row<'_>| {
            self.0.decide(row, &mut decisions);
            decisions[0]
        };
        rows.iter().map(decide).collect()
    }
}

impl PredictInplace<SparseRows, Array1<bool>> for BinaryModel {
    fn predict_inplace(&self, rows: &SparseRows, holds: &mut Array1<bool>) {
        *holds = self.decisions(rows).mapv(|decision| decision > 0.0);
    }

    fn default_target(&self, rows: &SparseRows) -> Array1<bool> {
        Array1::from_elem(rows.rows(), false)
    }
}

impl<F: Float, D: Data<Elem = F>> PredictInplace<ArrayBase<D, Ix2>, Array1<bool>> for BinaryModel {
    fn predict_inplace(&self, matrix: &ArrayBase<D, Ix2>, holds: &mut Array1<bool>) {
        self.predict_inplace(&sparse(matrix), holds);
    }

    fn default_target(&self, matrix: &ArrayBase<D, Ix2>) -> Array1<bool> {
        Array1::from_elem(matrix.nrows(), false)
    }
}

macro_rules! decisions {
    ($($float:ty),*) => {
        $(impl<D: Data<Elem = $float>> PredictInplace<ArrayBase<D, Ix2>, Array1<$float>> for BinaryModel {
            fn predict_inplace(&self, matrix: &ArrayBase<D, Ix2>, decisions: &mut Array1<$float>) {
                *decisions = self.decisions(&sparse(matrix)).mapv(|decision| decision as $float);
            }

            fn default_target(&self, matrix: &ArrayBase<D, Ix2>) -> Array1<$float> {
                Array1::zeros(matrix.nrows())
            }
        })*
    };
}

decisions!(f32, f64);

impl<F: Float, D: Data<Elem = F>> PredictInplace<ArrayBase<D, Ix2>, Array1<usize>> for LinearModel {
    fn predict_inplace(&self, matrix: &ArrayBase<D, Ix2>, labels: &mut Array1<usize>) {
        self.predict_inplace(&sparse(matrix), labels);
    }

    fn default_target(&self, matrix: &ArrayBase<D, Ix2>) -> Array1<usize> {
        Array1::zeros(matrix.nrows())
    }
}

impl<F: Float, D: Data<Elem = F>> PredictInplace<ArrayBase<D, Ix2>, Array2<bool>> for LinearModel {
    fn predict_inplace(&self, matrix: &ArrayBase<D, Ix2>, holds: &mut Array2<bool>) {
        self.predict_inplace(&sparse(matrix), holds);
    }

    fn default_target(&self, matrix: &ArrayBase<D, Ix2>) -> Array2<bool> {
        Array2::from_elem((matrix.nrows(), self.labels()), false)
    }
}
