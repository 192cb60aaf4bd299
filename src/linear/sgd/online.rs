//! Training that goes on batch by batch.

use super::descent::DescentState;
#[cfg(feature = "linfa")]
use super::{LabelledRows, Sgd};
use crate::linear::LinearModel;
#[cfg(feature = "linfa")]
use crate::linear::{Problem, solver::Solver};
#[cfg(feature = "linfa")]
use crate::{Error, Result};

/// A model that goes on learning, batch by batch, through linfa's `FitWith`.
///
/// Each batch is one pass over its rows: the penalty is that of all rows seen so far, and the
/// average leaves out the first batch. A batch may have labels that none before it had.
#[derive(Debug, Clone, PartialEq)]
pub struct SgdModel {
    descent: DescentState,
    rows: u64,
}

impl SgdModel {
    /// The averaged weights so far.
    pub fn linear(&self) -> LinearModel {
        self.descent.model()
    }

    /// Returns the number of rows that it has seen.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    #[cfg(feature = "linfa")]
    pub(in crate::linear) fn learn(
        model: Option<Self>,
        options: &Sgd,
        problem: &Problem<'_>,
    ) -> Result<Self> {
        options.verify()?;
        problem.verify()?;
        let Problem {
            rows,
            targets,
            weights,
            ..
        } = *problem;
        let mut model = match model {
            Some(model) => model,
            None => SgdModel {
                descent: DescentState::new(rows.columns(), targets.labels(), targets.kind())?,
                rows: 0,
            },
        };
        let descent = &model.descent;
        if descent.features() != rows.columns() || descent.kind() != targets.kind() {
            return Err(Error::data(format!(
                "the batch has {} columns, the model {}, or their heads differ in kind",
                rows.columns(),
                descent.features()
            )));
        }
        if targets.labels() > descent.labels() {
            model.descent = descent.widened(targets.labels())?;
        }
        let mut factors = options.factors(targets, weights)?;
        factors.resize(model.descent.labels(), [1.0; 2]);
        model.rows += rows.rows() as u64;
        model.descent.begin_pass();
        let targets = &targets.widened(model.descent.labels());
        model.descent.learn(
            options,
            &factors,
            model.rows,
            LabelledRows {
                rows,
                targets,
                weights,
            },
            model.rows,
        );
        model.descent.catch_up_all();
        Ok(model)
    }
}
