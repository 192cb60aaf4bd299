//! Intercept: treatment of the bias of each label.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Treatment of the bias of each label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intercept {
    /// Bias without a penalty, as in scikit-learn's `LogisticRegression`.
    Free,
    /// Weight of a feature that is 1 in every row, as in LIBLINEAR's `-B 1`.
    #[default]
    Regularised,
    /// No bias: it is 0.
    None,
}

impl FromStr for Intercept {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "free" => Ok(Intercept::Free),
            "regularised" => Ok(Intercept::Regularised),
            "none" => Ok(Intercept::None),
            _ => Err(Error::usage(format!("unknown intercept `{name}`"))
                .help("one of regularised, free, none")),
        }
    }
}
