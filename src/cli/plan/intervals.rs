//! From the flags of intervals to the library's types.

use crate::cli::args::IntervalArgs;
use standpoint::dedup::Groups;
use standpoint::evaluate::Bootstrap;
use standpoint::{Error, Result};

impl IntervalArgs {
    pub fn bootstrap(&self) -> Result<Bootstrap> {
        let usual = Bootstrap::default();
        let level = self.confidence_level.unwrap_or(usual.level);
        if !(level > 0.0 && level < 1.0) {
            return Err(Error::usage(format!("--confidence-level is {level}"))
                .help("write a share between 0 and 1, such as 0.95"));
        }
        let seed = self.interval_seed.unwrap_or(usual.seed);
        Ok(Bootstrap {
            resamples: self.resamples,
            level,
            seed,
        })
    }
}

/// Numbers for groups; a row without one has a number of its own.
pub fn group_numbers(names: &[Option<String>]) -> Vec<u32> {
    Groups::of_values(names).of
}
