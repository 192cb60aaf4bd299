//! Penalty: regularisation of the weights.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// Penalty of a weight, which is added to the losses of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Penalty {
    /// `½ w²` (the default): every weight is used.
    #[default]
    L2,
    /// `|w|`: most weights are zero, and the model is small.
    L1,
    /// `ρ |w| + (1 − ρ) ½ w²`: zeros, and like weights for words that come together.
    ElasticNet {
        /// ρ, from 0 to 1.
        l1_ratio: f64,
    },
}

impl Penalty {
    pub(super) fn verify(&self) -> Result<()> {
        match self {
            Penalty::ElasticNet { l1_ratio } if !(0.0..=1.0).contains(l1_ratio) => {
                Err(Error::usage(format!(
                    "the L1 ratio is {l1_ratio}, but must be from 0 to 1"
                )))
            }
            _ => Ok(()),
        }
    }

    /// Returns ρ; `None` for a penalty of squares alone.
    pub(super) fn l1_ratio(&self) -> Option<f64> {
        match self {
            Penalty::L2 => None,
            Penalty::L1 => Some(1.0),
            Penalty::ElasticNet { l1_ratio } => Some(*l1_ratio).filter(|&ratio| ratio > 0.0),
        }
    }
}
