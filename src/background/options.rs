//! Options of learning word vectors.

use super::cooccurrence::{MAX_WINDOW, STEM_BITS};
use crate::setters::setters;
use crate::text::TokenOptions;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// Bits of the entries that lie two in a byte.
pub(super) const PACKED_BITS: u8 = 4;
/// Dimensions at most: the decomposition has dense matrices of the square of as many cells.
pub(super) const MAX_DIMENSIONS: u32 = 2000;

/// Options of learning from texts without labels. The same options and the same texts give the same
/// bytes, on any number of threads and in any amount of memory.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackgroundOptions {
    /// Options of the tokeniser, which must be those of the models that are trained with the
    /// result.
    pub tokens: TokenOptions,
    /// The number of dimensions of vectors; default 200.
    pub dimensions: u32,
    /// The number of words after a word that are near it, at most 16; default 8.
    pub window: u32,
    /// The number of stems of each language that have vectors, the most frequent; default 30,000.
    pub vocabulary: u32,
    /// Document frequency of a stem with a vector at least; default 5.
    pub min_df: u64,
    /// The bits of each entry of a vector, 8 or 4; default 8.
    pub bits: u8,
    /// Seed of the decomposition; default 0.
    pub seed: u64,
    /// Memory to use, in bytes, about: counts go to temporary files before they take more than half
    /// of it, and informative pairs may take all of it; default 2 GB.
    #[serde(skip, default = "usual_memory")]
    pub memory: u64,
}

setters!(BackgroundOptions {
    tokens: TokenOptions,
    dimensions: u32,
    window: u32,
    vocabulary: u32,
    min_df: u64,
    bits: u8,
    seed: u64,
    memory: u64,
});

fn usual_memory() -> u64 {
    2 << 30
}

impl Default for BackgroundOptions {
    fn default() -> Self {
        BackgroundOptions {
            tokens: TokenOptions::default(),
            dimensions: 200,
            window: 8,
            vocabulary: 30_000,
            min_df: 5,
            bits: 8,
            seed: 0,
            memory: usual_memory(),
        }
    }
}

impl BackgroundOptions {
    /// Checks the options.
    ///
    /// # Errors
    /// A usage error that names the option.
    pub fn verify(&self) -> Result<()> {
        let within = |name: &str, value: u32, most: u32| match (1..=most).contains(&value) {
            true => Ok(()),
            false => Err(Error::usage(format!(
                "{name} is {value}, but must be from 1 to {most}"
            ))),
        };
        within("dimensions", self.dimensions, MAX_DIMENSIONS)?;
        within("window", self.window, MAX_WINDOW)?;
        within("vocabulary", self.vocabulary, 1 << STEM_BITS)?;
        if ![PACKED_BITS, 8].contains(&self.bits) {
            return Err(
                Error::usage(format!("vectors of {} bits are not known", self.bits))
                    .help("give 8 or 4"),
            );
        }
        Ok(())
    }
}
