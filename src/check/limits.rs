//! Limits of findings.

use crate::{Error, Result};
use std::collections::BTreeMap;

/// Every limit with its default. Values are shares of documents, but numbers for those of
/// [`LIMITS_BY_NUMBER`]; `None` is no limit.
pub const DEFAULT_LIMITS: [(&str, Option<f64>); 21] = [
    ("unreadable", Some(0.0)),
    ("empty", Some(0.0)),
    ("repeated-ids", Some(0.0)),
    ("tiny", Some(0.01)),
    ("giant", Some(0.001)),
    ("replacement-characters", Some(0.001)),
    ("wrong-encoding", Some(0.001)),
    ("control-characters", Some(0.001)),
    ("html", Some(0.001)),
    ("foreign-language", Some(0.05)),
    ("exact-duplicates", Some(0.01)),
    ("near-duplicates", Some(0.05)),
    ("exact-across", Some(0.0)),
    ("near-across", Some(0.01)),
    ("conflicting-labels", Some(0.0)),
    ("missing-labels", None),
    ("unreadable-dates", Some(0.0)),
    ("alike-labels", Some(0.0)),
    ("label-leaks", Some(0.0)),
    ("rare-labels", None),
    ("unseen-labels", Some(0.0)),
];

/// The findings that are measured by the number of labels or terms.
pub const LIMITS_BY_NUMBER: [&str; 4] = [
    "alike-labels",
    "label-leaks",
    "rare-labels",
    "unseen-labels",
];

/// The limit of each finding.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingLimits(BTreeMap<&'static str, Option<f64>>);

impl Default for FindingLimits {
    fn default() -> Self {
        FindingLimits(DEFAULT_LIMITS.into_iter().collect())
    }
}

impl FindingLimits {
    /// Sets a limit by `NAME=VALUE`, where the value may be `none`.
    ///
    /// # Errors
    /// A usage error for an unknown name and for a value below 0.
    pub fn set(&mut self, limit: &str) -> Result<()> {
        let (name, value) = limit.split_once('=').unwrap_or((limit, ""));
        let known = || DEFAULT_LIMITS.map(|(name, _)| name).join(", ");
        let (name, _) = DEFAULT_LIMITS
            .into_iter()
            .find(|(known, _)| *known == name)
            .ok_or_else(|| {
                Error::usage(format!("there is no limit `{name}`"))
                    .help(format!("one of {}", known()))
            })?;
        let number = value.parse::<f64>().ok().filter(|value| *value >= 0.0);
        if number.is_none() && value != "none" {
            return Err(Error::usage(format!("the limit `{limit}` has no value of at least 0")).help(
                format!(
                    "write {name}=0.01, a share of documents or a number of labels or terms, or {name}=none"
                ),
            ));
        }
        self.0.insert(name, number);
        Ok(())
    }

    /// Returns the limit of a finding.
    pub fn of(&self, name: &str) -> Option<f64> {
        self.0.get(name).copied().flatten()
    }
}
