//! Sparse linear classifiers: one file a solver, one result for all of them.
//!
//! Every solver takes [`SparseRows`] and [`Targets`] and gives a [`LinearModel`]: a weight for each
//! feature and label, and a bias for each label. Work is `f64`, stored weights are `f32`, and the
//! result is the same on any number of threads.
//!
//! | estimator | objective | source |
//! |---|---|---|
//! | [`LinearSvm`] | squared or plain hinge, L2, one-vs-rest | Hsieh et al. 2008 |
//! | [`CrammerSinger`] | hinge against the best other label, L2 | Keerthi et al. 2008 |
//! | [`NbSvm`] | the same on features times their log-count ratios, or powers of these | Wang and Manning 2012 |
//! | [`LogisticRegression`] | softmax or one sigmoid a label, L2 | Lin, Weng, Keerthi 2008 |
//! | | the same, L1 or elastic net | Yuan, Ho and Lin 2012 |
//! | [`Ridge`] | squares, L2, one-vs-rest | Hoerl and Kennard 1970 |
//! | [`MultinomialNb`] | smoothed term shares by label | Manning et al. 2008, ch. 13 |
//! | [`ComplementNb`] | smoothed term shares of all other labels | Rennie et al. 2003 |
//! | [`BernoulliNb`] | smoothed shares of rows that have a term | Manning et al. 2008, ch. 13 |
//! | [`Sgd`] | softmax, sigmoids or hinge, L2, by averaged AdaGrad steps | Duchi et al. 2011 |
//!
//! Each is a linfa estimator: `…Params` with `ParamGuard`, `Fit` on a data set of `SparseRows` with
//! an array of label numbers (exclusive), a matrix of `Option<bool>` (independent, `None` is
//! unknown) or an array of `bool` (one question), and `Predict` on the result. Records may also be
//! ndarray matrices, for what of linfa takes no others; docs/linfa.md says what fits where.
//!
#![cfg_attr(feature = "linfa", doc = "```")]
#![cfg_attr(not(feature = "linfa"), doc = "```ignore")]
//! use linfa::{DatasetBase, traits::{Fit, Predict}};
//! use ndarray::array;
//! use standpoint::{features::SparseRows, linear::{LinearSvm, LinearSvmParams}};
//!
//! let mut rows = SparseRows::new(2);
//! for row in [[1.0, 0.1], [0.9, 0.2], [0.1, 1.0], [0.2, 0.8]] {
//!     rows.push(&[0, 1], &row);
//! }
//! let data = DatasetBase::new(rows, array![0usize, 0, 1, 1]);
//! let params = LinearSvmParams::from(LinearSvm { c: 10.0, ..LinearSvm::default() });
//! let model = params.fit(&data)?;
//! let predicted: ndarray::Array1<usize> = model.predict(&data);
//! assert_eq!(predicted, array![0, 0, 1, 1]);
//! # Ok::<(), standpoint::Error>(())
//! ```

mod classifier;
mod columns;
mod compact;
mod corrections;
#[cfg(feature = "linfa")]
mod dense;
mod ensemble;
#[cfg(feature = "linfa")]
mod estimator;
mod gram;
mod intercept;
mod logistic;
pub(crate) mod memory;
mod model;
mod naive_bayes;
mod newton;
mod penalty;
mod proximal;
mod ridge;
mod sgd;
mod solver;
mod svm;
mod validate;
mod weights;

pub use classifier::Classifier;
#[cfg(feature = "linfa")]
pub use dense::BinaryModel;
pub use ensemble::{BaseEstimator, FeatureSubset, Stack};
#[cfg(feature = "linfa")]
pub use estimator::{
    BernoulliNbParams, BernoulliNbValidParams, ComplementNbParams, ComplementNbValidParams,
    CrammerSingerParams, CrammerSingerValidParams, LinearSvmParams, LinearSvmValidParams,
    LogisticRegressionParams, LogisticRegressionValidParams, MultinomialNbParams,
    MultinomialNbValidParams, NbSvmParams, NbSvmValidParams, RidgeParams, RidgeValidParams,
    SgdParams, SgdValidParams, StackParams, StackValidParams,
};
pub use intercept::Intercept;
pub use logistic::{LogisticRegression, MultiClass};
pub use model::LinearModel;
pub use naive_bayes::{BernoulliNb, ComplementNb, MultinomialNb};
pub use penalty::Penalty;
pub use ridge::Ridge;
pub use sgd::{Sgd, SgdLoss, SgdModel};
pub use solver::{ClassifierInfo, Parameter, Parameters};
pub use svm::{CrammerSinger, LinearSvm, NbSvm, SvmLoss};
pub(crate) use weights::DenseRows;
pub use weights::{ClassWeight, Weights};

pub(crate) use compact::{Compact, Mantissa};
pub(crate) use corrections::correct;
pub(crate) use ensemble::{FoldSplit, OutOfFoldScores, StackWeights};
pub(crate) use sgd::{DescentProgress, DescentState, LabelledRows};

use crate::corpus::Targets;
use crate::features::SparseRows;
use crate::io::Progress;
use crate::math::weights::SampleWeights;
use crate::{Error, Result};

/// Learning problem of one head: the input of every solver.
#[derive(Clone, Copy)]
pub(crate) struct Problem<'a> {
    pub rows: &'a SparseRows,
    pub targets: &'a Targets,
    /// Sample weights, one a row; `None` is 1 for all.
    pub weights: Option<&'a [f32]>,
    /// Number of the first columns that are of words; the others are of characters.
    pub words: usize,
    /// Warm start: a model of the same columns and labels, for solvers that can begin from one. It
    /// changes the time to the solution, and the solution within the solver's tolerance; gradient
    /// descent, which has none, goes on from it.
    pub start: Option<&'a LinearModel>,
    /// Out-of-fold scores of the base estimators of a stack, if they are known.
    pub out_of_fold: Option<&'a OutOfFoldScores>,
    /// Memory that the solver may take, in bytes.
    pub memory: u64,
    pub progress: &'a dyn Progress,
}

impl<'a> Problem<'a> {
    /// Returns a problem of equal sample weights, without a start, whose columns are all of words.
    pub(crate) fn new(
        rows: &'a SparseRows,
        targets: &'a Targets,
        progress: &'a dyn Progress,
    ) -> Self {
        Problem {
            rows,
            targets,
            weights: None,
            words: rows.columns(),
            start: None,
            out_of_fold: None,
            memory: crate::io::memory::free(),
            progress,
        }
    }

    fn verify(&self) -> Result<()> {
        let (rows, documents) = (self.rows.rows(), self.targets.documents());
        if rows != documents || self.weights.is_some_and(|w| w.len() != rows) {
            return Err(Error::data(format!(
                "{rows} rows, but answers for {documents}, or another number of weights"
            )));
        }
        if self
            .weights
            .is_some_and(|w| w.iter().any(|w| !w.is_finite() || *w < 0.0))
        {
            return Err(Error::data("a sample weight is negative or no number"));
        }
        if self.targets.labels() == 0 {
            return Err(Error::data("there is no label to learn"));
        }
        Ok(())
    }

    fn weight(&self, row: usize) -> f64 {
        SampleWeights::from(self.weights).of(row)
    }
}
