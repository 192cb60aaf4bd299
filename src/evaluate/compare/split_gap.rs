//! The split gap: the difference between a metric under a harder split and under the random one.
//!
//! A random split puts articles of one source and one week into both parts, so that a model may
//! learn the source or the week in place of the topic. A split by source or time does not. The
//! *gap* is the metric under such a split less that under the random split on the very same
//! documents, so that it does not matter whether they are easy ones.

use crate::evaluate::{
    Bootstrap, ComparisonReport, Estimate, EvaluateError, Metric, Predictions, compare,
};
use serde::Serialize;

/// Systems compared under one way of parting documents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SplitReport {
    /// The name of the split: `random`, `source`, `time` or `test`.
    pub split: String,
    /// The same for people, with numbers.
    pub description: String,
    /// The number of training documents, on average over the rounds.
    #[serde(serialize_with = "crate::evaluate::numbers::serialize_whole")]
    pub learnt: f64,
    /// One a head.
    pub heads: Vec<ComparisonReport>,
    /// The split gaps of the systems; empty for the random split.
    pub gaps: Vec<SplitGap>,
}

/// One system under a harder split and under the random one, on the same documents.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SplitGap {
    /// The head.
    pub head: String,
    /// The system.
    pub system: String,
    /// The metric.
    pub metric: Metric,
    /// On how many documents.
    pub documents: usize,
    /// The metric under this split.
    pub value: f64,
    /// The metric under the random split.
    pub random: f64,
    /// This less random.
    pub difference: Estimate,
    /// The two-sided p-value of the paired bootstrap, not corrected.
    pub p: Option<f64>,
    /// True if `p` is an upper bound; see [`Difference`](crate::evaluate::Difference).
    pub p_is_bound: bool,
}

impl SplitGap {
    /// The gap of a system; `None` where the metric is not defined.
    ///
    /// # Errors
    /// As [`compare`], which the answers under both splits must suit.
    pub fn new(
        head: &str,
        system: &str,
        metric: Metric,
        [here, random]: [&Predictions; 2],
        bootstrap: &Bootstrap,
    ) -> Result<Option<SplitGap>, EvaluateError> {
        let compared = compare(here, random, bootstrap)?;
        let found = compared.get(metric, None);
        Ok(found.map(|found| SplitGap {
            head: head.to_string(),
            system: system.to_string(),
            metric,
            documents: compared.documents,
            value: found.first,
            random: found.second,
            difference: found.difference,
            p: found.p,
            p_is_bound: found.p_is_bound,
        }))
    }
}
