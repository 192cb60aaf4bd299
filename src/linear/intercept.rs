//! What becomes of the bias of each label.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Whether labels have a bias, and whether the penalty counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intercept {
    /// A bias that costs nothing, as in scikit-learn's `LogisticRegression`.
    Free,
    /// The weight of a feature that is 1 in every row, as in LIBLINEAR's `-B 1`.
    #[default]
    Regularised,
    /// Every bias is 0.
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
