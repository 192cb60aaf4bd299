//! Adapters for linfa: its traits on texts, features and their parameters, and its matrices.

use super::hashing::Hashing;
use super::options::TfIdfOptions;
use super::rows::SparseRows;
use super::tfidf::TfIdf;
use crate::io::Silent;
use crate::text::Texts;
use crate::{Error, Result};
use linfa::dataset::Records;
use linfa::traits::{Fit, Transformer};
use linfa::{DatasetBase, ParamGuard};

/// A sample is a text.
impl Records for Texts {
    type Elem = String;

    fn nsamples(&self) -> usize {
        self.len()
    }

    /// A text is one feature until it is counted.
    fn nfeatures(&self) -> usize {
        1
    }
}

impl Records for SparseRows {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.rows()
    }

    fn nfeatures(&self) -> usize {
        self.columns()
    }
}

impl SparseRows {
    /// Returns the matrix of sprs with the same values.
    pub fn to_sprs(&self) -> sprs::CsMat<f32> {
        let starts = std::iter::once(0)
            .chain(self.ends.iter().copied())
            .collect();
        let columns = self.columns.iter().map(|&c| c as usize).collect();
        sprs::CsMat::new(
            (self.rows(), self.width),
            starts,
            columns,
            self.values.clone(),
        )
    }

    /// Returns the dense matrix, of four bytes for each row and column.
    pub fn to_dense(&self) -> ndarray::Array2<f32> {
        let mut dense = ndarray::Array2::zeros((self.rows(), self.columns()));
        for (mut dense, row) in dense.rows_mut().into_iter().zip(self.iter()) {
            row.columns
                .iter()
                .zip(row.values)
                .for_each(|(&column, &value)| dense[column as usize] = value);
        }
        dense
    }
}

/// Parameters of [`TfIdf`](super::TfIdf) before linfa's check, which `fit` runs first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TfIdfParams(TfIdfValidParams);

/// Parameters of [`TfIdf`](super::TfIdf) after linfa's check.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TfIdfValidParams(pub(super) TfIdfOptions);

impl From<TfIdfOptions> for TfIdfParams {
    fn from(options: TfIdfOptions) -> Self {
        TfIdfParams(TfIdfValidParams(options))
    }
}

impl ParamGuard for TfIdfParams {
    type Checked = TfIdfValidParams;
    type Error = Error;

    fn check_ref(&self) -> Result<&TfIdfValidParams> {
        self.0.0.verify()?;
        Ok(&self.0)
    }

    fn check(self) -> Result<TfIdfValidParams> {
        self.0.0.verify()?;
        Ok(self.0)
    }
}

impl<T> Fit<Texts, T, Error> for TfIdfValidParams {
    type Object = TfIdf;

    fn fit(&self, dataset: &DatasetBase<Texts, T>) -> Result<TfIdf> {
        TfIdf::fit(&self.0, &dataset.records, &Silent)
    }
}

/// Implements linfa's transformers of texts to rows by `transform_texts`.
macro_rules! transforms_texts {
    ($transformer:ty) => {
        impl Transformer<&Texts, SparseRows> for $transformer {
            fn transform(&self, texts: &Texts) -> SparseRows {
                self.transform_texts(texts)
            }
        }

        impl<T> Transformer<DatasetBase<Texts, T>, DatasetBase<SparseRows, T>> for $transformer {
            fn transform(&self, dataset: DatasetBase<Texts, T>) -> DatasetBase<SparseRows, T> {
                let DatasetBase {
                    records,
                    targets,
                    weights,
                    ..
                } = dataset;
                DatasetBase::new(self.transform_texts(&records), targets).with_weights(weights)
            }
        }
    };
}

transforms_texts!(TfIdf);
transforms_texts!(Hashing);
