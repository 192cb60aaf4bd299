//! From the flags of intervals to the library's types.

use super::args::IntervalArgs;
use standpoint::evaluate::Bootstrap;
use standpoint::{Error, Result};
use std::collections::HashMap;

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
pub fn group_numbers<'a>(names: &'a [Option<String>]) -> Vec<u32> {
    let mut numbers: HashMap<&'a str, u32> = HashMap::new();
    let mut next = 0;
    let mut fresh = || {
        next += 1;
        next - 1
    };
    let number = |name: &'a Option<String>| match name {
        Some(name) => *numbers.entry(name).or_insert_with(&mut fresh),
        None => fresh(),
    };
    names.iter().map(number).collect()
}
