//! Two systems on the same documents.
//!
//! [`compare`] draws documents once for both systems, so what is hard for both cancels out.
//!
//! **Difference.** δ is the first system's metric less the second's. Its interval is made of those of both systems and of the
//! correlation of their metrics in resamples (Zou & Donner 2008), and is as wide as the variance of
//! δ asks for.
//!
//! **Paired bootstrap test.** The two-sided p-value is (1 + #{|δ* − δ| ≥ |δ|}) / (1 + resamples), δ*
//! being the difference in a resample: how often chance alone, which scatters δ* around δ, makes a
//! difference as large as the one seen. It is the test of Berg-Kirkpatrick, Burkett & Klein (2012,
//! *An empirical investigation of statistical significance in NLP*, EMNLP), who count δ* > 2 δ,
//! made two-sided, with one added so that it is never 0 (Davison & Hinkley 1997, section 4.2).
//!
//! **McNemar's exact test** ([`McNemar`]) looks only at documents that one system has right and the
//! other wrong.
//!
//! **What could have been found.** Test sets in this field are often too small for the differences that
//! are claimed (Card et al. 2020, *With little power comes great responsibility*, EMNLP).
//! `detectable` is the smallest true difference that a two-sided test at level 0.05 finds with
//! probability 0.8: (z₀.₉₇₅ + z₀.₈) × the bootstrap's standard error of δ (Bloom 1995, *Minimum
//! detectable effects*, Evaluation Review 19(5)), and for shares of right answers Connor's formula,
//! see [`McNemar`].
//!
//! **Many tests** are corrected by [`holm`].

mod difference;
mod holm;
mod intervals;
mod mcnemar;
mod moments;
mod pair;

pub use difference::Difference;
pub use holm::holm;
pub use mcnemar::{McNemar, POWER, TEST_LEVEL};

use crate::evaluate::metrics::metric::Metric;
use crate::evaluate::resample::bootstrap::Bootstrap;
use crate::evaluate::{EvaluateError, Outcomes, Predictions};
use mcnemar::mcnemar;
use pair::SystemPair;
use serde::Serialize;

/// Differences between two systems on the same documents.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// The names of the labels.
    pub labels: Vec<String>,
    /// The number of documents that count.
    pub documents: usize,
    /// Every metric that both systems have, of the head and then of the labels.
    pub differences: Vec<Difference>,
    /// McNemar's test of the head, then of each label.
    pub mcnemar: Vec<McNemar>,
}

impl Comparison {
    /// The difference in a metric of the head (`None`) or of a label, where both systems have it.
    pub fn get(&self, metric: Metric, label: Option<usize>) -> Option<&Difference> {
        let first = self
            .differences
            .partition_point(|difference| difference.label < label);
        let same = self.differences[first..]
            .iter()
            .take_while(|difference| difference.label == label);
        same.into_iter()
            .find(|difference| difference.metric == metric)
    }
}

/// Compares two systems that answered the same documents: in metrics that are defined for both.
///
/// # Errors
/// Those of [`Predictions::check`] for either; labels, truth, weights or groups that are not the
/// same in both.
pub fn compare(
    first: &Predictions,
    second: &Predictions,
    bootstrap: &Bootstrap,
) -> Result<Comparison, EvaluateError> {
    bootstrap.check()?;
    let rows = first.check()?;
    second.check()?;
    check_same_test(first, second)?;
    let pair = SystemPair::new([first, second], &rows);
    let tallies = pair.resample(bootstrap);
    let intervals = pair.intervals(&tallies, &rows, bootstrap);
    let mut differences: Vec<Difference> = (0..pair.places.len())
        .filter_map(|at| pair.difference(at, &tallies[at], intervals[at], bootstrap))
        .collect();
    // A stable sort: the metrics of each label keep their order.
    differences.sort_by_key(|difference| difference.label);
    Ok(Comparison {
        labels: first.labels.clone(),
        documents: rows.len(),
        differences,
        mcnemar: mcnemar(first, second, &rows),
    })
}

fn check_same_test(first: &Predictions, second: &Predictions) -> Result<(), EvaluateError> {
    if first.labels != second.labels {
        return Err(EvaluateError::DifferentTests { what: "labels" });
    }
    let same = match (&first.outcomes, &second.outcomes) {
        (Outcomes::Exclusive { truth: a, .. }, Outcomes::Exclusive { truth: b, .. }) => a == b,
        (Outcomes::Independent { truth: a, .. }, Outcomes::Independent { truth: b, .. }) => a == b,
        _ => false,
    };
    let differs = if !same {
        "truth"
    } else if first.weights != second.weights {
        "weights"
    } else if first.groups != second.groups {
        "groups"
    } else {
        return Ok(());
    };
    Err(EvaluateError::DifferentTests { what: differs })
}
