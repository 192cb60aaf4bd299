//! The linfa side of every classifier: unchecked and checked parameters, and `Fit`.

use super::dense::{BinaryModel, sparse};
use super::solver::Solver;
use super::{
    BernoulliNb, Classifier, ComplementNb, CrammerSinger, LinearModel, LinearSvm,
    LogisticRegression, MultinomialNb, NbSvm, Problem, Ridge, Sgd, SgdModel, Stack,
};
use crate::corpus::Targets;
use crate::features::SparseRows;
use crate::io::Silent;
use crate::{Error, Result};
use linfa::dataset::{AsTargets, CountedTargets};
use linfa::traits::{Fit, FitWith, PredictInplace};
use linfa::{DatasetBase, Float, ParamGuard};
use ndarray::{Array1, Array2, ArrayBase, ArrayView1, Data, Ix2};
use rayon::prelude::*;

/// Fits on a linfa data set; its weights, if it has any, are the sample weights.
fn fit<T>(
    classifier: Classifier,
    dataset: &DatasetBase<SparseRows, T>,
    targets: &Targets,
) -> Result<LinearModel> {
    let weights = dataset.weights().filter(|weights| !weights.is_empty());
    classifier.fit(&Problem {
        weights,
        ..Problem::new(&dataset.records, targets, &Silent)
    })
}

/// Greatest number of labels: every label takes memory, even one that no row has.
const MAX_LABELS: usize = 1 << 24;

fn exclusive(labels: &Array1<usize>) -> Result<Targets> {
    let count = labels
        .iter()
        .max()
        .map_or(0, |&most| most.saturating_add(1));
    if count > MAX_LABELS {
        return Err(
            Error::data(format!("label number {} is out of range", count - 1))
                .help("number labels from 0"),
        );
    }
    let of = labels.iter().map(|&label| Some(label as u32)).collect();
    Ok(Targets::Exclusive { labels: count, of })
}

fn independent(cells: &Array2<Option<bool>>) -> Targets {
    Targets::Independent {
        labels: cells.ncols(),
        cells: cells.iter().copied().collect(),
    }
}

fn binary(holds: &Array1<bool>) -> Targets {
    Targets::Independent {
        labels: 1,
        cells: holds.iter().map(|&holds| Some(holds)).collect(),
    }
}

/// Returns the same rows, without their targets.
fn with_sparse<F: Float, D: Data<Elem = F>, T>(
    dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
) -> DatasetBase<SparseRows, ()> {
    DatasetBase::new(sparse(&dataset.records), ()).with_weights(dataset.weights.clone())
}

/// Targets as linfa's `cross_validate` passes them.
fn viewed(labels: &ArrayView1<'_, usize>) -> Result<Targets> {
    exclusive(&labels.to_owned())
}

/// Targets as linfa's `one_vs_all` passes them.
fn counted(holds: &CountedTargets<bool, Array1<bool>>) -> Result<Targets> {
    Ok(binary(&holds.as_targets().to_owned()))
}

macro_rules! on_matrices {
    ([$($life:lifetime)?] $valid:ident, $targets:ty, $object:ident, $read:expr, $make:expr) => {
        impl<$($life,)? F: Float, D: Data<Elem = F>> Fit<ArrayBase<D, Ix2>, $targets, Error> for $valid {
            type Object = $object;

            fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, $targets>) -> Result<$object> {
                let read: fn(&$targets) -> Result<Targets> = $read;
                let targets = read(&dataset.targets)?;
                fit(self.0.clone().into(), &with_sparse(dataset), &targets).map($make)
            }
        }
    };
}

macro_rules! estimator {
    ($options:ident, $params:ident, $valid:ident) => {
        #[doc = concat!("Unchecked parameters of [`", stringify!($options), "`]; `fit` checks them first.")]
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $params($valid);

        #[doc = concat!("[`", stringify!($options), "`] with parameters that have been checked.")]
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $valid($options);

        impl From<$options> for $params {
            fn from(options: $options) -> Self {
                $params($valid(options))
            }
        }

        impl ParamGuard for $params {
            type Checked = $valid;
            type Error = Error;

            fn check_ref(&self) -> Result<&$valid> {
                self.0.0.verify()?;
                Ok(&self.0)
            }

            fn check(self) -> Result<$valid> {
                self.0.0.verify()?;
                Ok(self.0)
            }
        }

        impl Fit<SparseRows, Array1<usize>, Error> for $valid {
            type Object = LinearModel;

            fn fit(&self, dataset: &DatasetBase<SparseRows, Array1<usize>>) -> Result<LinearModel> {
                fit(self.0.clone().into(), dataset, &exclusive(&dataset.targets)?)
            }
        }

        impl Fit<SparseRows, Array2<Option<bool>>, Error> for $valid {
            type Object = LinearModel;

            fn fit(&self, dataset: &DatasetBase<SparseRows, Array2<Option<bool>>>) -> Result<LinearModel> {
                fit(self.0.clone().into(), dataset, &independent(&dataset.targets))
            }
        }

        impl Fit<SparseRows, Array1<bool>, Error> for $valid {
            type Object = BinaryModel;

            fn fit(&self, dataset: &DatasetBase<SparseRows, Array1<bool>>) -> Result<BinaryModel> {
                fit(self.0.clone().into(), dataset, &binary(&dataset.targets)).map(BinaryModel)
            }
        }

        on_matrices!([] $valid, Array1<usize>, LinearModel, exclusive, std::convert::identity);
        on_matrices!(['t] $valid, ArrayView1<'t, usize>, LinearModel, viewed, std::convert::identity);
        on_matrices!([] $valid, Array1<bool>, BinaryModel, |holds| Ok(binary(holds)), BinaryModel);
        on_matrices!([] $valid, CountedTargets<bool, Array1<bool>>, BinaryModel, counted, BinaryModel);
    };
}

estimator!(LinearSvm, LinearSvmParams, LinearSvmValidParams);
estimator!(CrammerSinger, CrammerSingerParams, CrammerSingerValidParams);
estimator!(NbSvm, NbSvmParams, NbSvmValidParams);
estimator!(
    LogisticRegression,
    LogisticRegressionParams,
    LogisticRegressionValidParams
);
estimator!(MultinomialNb, MultinomialNbParams, MultinomialNbValidParams);
estimator!(ComplementNb, ComplementNbParams, ComplementNbValidParams);
estimator!(BernoulliNb, BernoulliNbParams, BernoulliNbValidParams);
estimator!(Ridge, RidgeParams, RidgeValidParams);
estimator!(Sgd, SgdParams, SgdValidParams);
estimator!(Stack, StackParams, StackValidParams);

fn learn_batch<T>(
    options: &Sgd,
    model: Option<SgdModel>,
    batch: &DatasetBase<SparseRows, T>,
    targets: &Targets,
) -> Result<SgdModel> {
    let weights = batch.weights().filter(|weights| !weights.is_empty());
    let problem = Problem {
        weights,
        ..Problem::new(&batch.records, targets, &Silent)
    };
    SgdModel::learn(model, options, &problem)
}

/// Goes on with a model, or begins with none; `epochs` does not count, each batch is visited once.
impl<'a> FitWith<'a, SparseRows, Array1<usize>, Error> for SgdValidParams {
    type ObjectIn = Option<SgdModel>;
    type ObjectOut = SgdModel;

    fn fit_with(
        &self,
        model: Option<SgdModel>,
        batch: &'a DatasetBase<SparseRows, Array1<usize>>,
    ) -> Result<SgdModel> {
        learn_batch(&self.0, model, batch, &exclusive(&batch.targets)?)
    }
}

/// As with exclusive labels; every batch has a column for each label.
impl<'a> FitWith<'a, SparseRows, Array2<Option<bool>>, Error> for SgdValidParams {
    type ObjectIn = Option<SgdModel>;
    type ObjectOut = SgdModel;

    fn fit_with(
        &self,
        model: Option<SgdModel>,
        batch: &'a DatasetBase<SparseRows, Array2<Option<bool>>>,
    ) -> Result<SgdModel> {
        learn_batch(&self.0, model, batch, &independent(&batch.targets))
    }
}

impl LinearModel {
    fn decide_all<T: Send>(&self, rows: &SparseRows, pick: impl Fn(&[f64]) -> T + Sync) -> Vec<T> {
        let run = |decisions: &mut Vec<f64>, row: usize| {
            self.decide(rows.row(row), decisions);
            pick(decisions)
        };
        (0..rows.rows())
            .into_par_iter()
            .map_init(Vec::new, run)
            .collect()
    }
}

/// Label numbers, for exclusive heads.
impl PredictInplace<SparseRows, Array1<usize>> for LinearModel {
    fn predict_inplace(&self, rows: &SparseRows, labels: &mut Array1<usize>) {
        *labels = Array1::from_vec(self.decide_all(rows, Self::best));
    }

    fn default_target(&self, rows: &SparseRows) -> Array1<usize> {
        Array1::zeros(rows.rows())
    }
}

/// Rows by labels, for independent heads: a label holds where its decision value is above 0.
impl PredictInplace<SparseRows, Array2<bool>> for LinearModel {
    fn predict_inplace(&self, rows: &SparseRows, holds: &mut Array2<bool>) {
        let decided = self.decide_all(rows, |decisions| {
            decisions.iter().map(|&d| d > 0.0).collect::<Vec<_>>()
        });
        for (mut row, decided) in holds.rows_mut().into_iter().zip(decided) {
            row.assign(&Array1::from_vec(decided));
        }
    }

    fn default_target(&self, rows: &SparseRows) -> Array2<bool> {
        Array2::from_elem((rows.rows(), self.labels()), false)
    }
}
