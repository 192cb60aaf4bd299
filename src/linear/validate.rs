//! Checks that the options of several solvers share.

use crate::{Error, Result};

/// Checks that an option is a positive finite number.
pub(in crate::linear) fn positive(name: &str, value: f64) -> Result<()> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(Error::usage(format!(
        "{name} is {value}, but must be a number above 0"
    )))
}

/// Checks that an option is at least 1.
pub(in crate::linear) fn at_least_one(name: &str, value: u32) -> Result<()> {
    if value >= 1 {
        return Ok(());
    }
    Err(Error::usage(format!("{name} must be at least 1")))
}

/// Checks that an option is a number from 0 to 1.
pub(in crate::linear) fn share(name: &str, value: f64) -> Result<()> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    Err(Error::usage(format!(
        "{name} is {value}, but must be a number from 0 to 1"
    )))
}
