//! Word vectors out of texts without labels, for corpora with few.
//!
//! [`BackgroundOptions`] learn a [`Background`] from any number of texts: the stems of each
//! language, in how many documents they are, and a vector for each. Words that stand in like
//! contexts have like vectors, so that what is learnt of one holds for the others, be they in a
//! labelled text or not. [`Trainer::background`](crate::Trainer::background) takes it.
//!
//! 1. *Count* (`learn.rs`, `cooccurrence.rs`). Stems that stand near each other in a text are pairs, which
//!    weigh the more the nearer they are; counts are whole numbers and add up in any order.
//! 2. *Weigh* (`ppmi.rs`). A pair is worth its positive pointwise mutual information.
//! 3. *Condense* (`svd.rs`). A truncated singular value decomposition leaves a few hundred
//!    dimensions; its rows, centred and brought to length 1, are the vectors.
//!
//! The result hangs on texts and options alone, not on threads or memory. A file of it is checked
//! when it is opened.
//!
//! ```
//! use standpoint::background::BackgroundOptions;
//! use standpoint::progress::Silent;
//! use standpoint::text::Texts;
//!
//! let texts: Texts = ["troops shelled the town", "the army shelled a village"].into_iter().collect();
//! let options = BackgroundOptions { min_df: 1, dimensions: 4, ..BackgroundOptions::default() };
//! let background = options.learn(&texts, &Silent)?;
//! assert_eq!(background.summary().documents, 2);
//! # Ok::<(), standpoint::Error>(())
//! ```

mod blend;
mod blended;
mod block;
mod cooccurrence;
mod dense_matrix;
mod eigen;
mod external_merge;
mod file;
mod learn;
mod ppmi;
mod source;
mod stems;
mod svd;
mod vectors;

pub use blend::Blend;
pub(crate) use blended::BlendedFeatures;
pub use file::{BackgroundSummary, LanguageSummary};
pub use vectors::Background;

use crate::text::TokenOptions;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// Options of learning from texts without labels. The same options and the same texts give the same
/// bytes, on any number of threads and in any amount of memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackgroundOptions {
    /// The way in which texts are cut into tokens: that of the models that are trained with the
    /// result.
    pub tokens: TokenOptions,
    /// The number of dimensions of vectors; default 200.
    pub dimensions: u32,
    /// The number of words after a word that are near it, at most 16; default 8.
    pub window: u32,
    /// The number of stems of each language that have vectors, the most frequent; default 30,000.
    pub vocabulary: u32,
    /// Stems in fewer documents have none; default 5.
    pub min_df: u64,
    /// The bits of each entry of a vector, 8 or 4; default 8.
    pub bits: u8,
    /// Seed of the decomposition; default 0.
    pub seed: u64,
    /// About how many bytes to use: counts go to temporary files before they take more than half of
    /// it, and pairs that tell something may take all of it; default 2 GB.
    #[serde(skip, default = "usual_memory")]
    pub memory: u64,
}

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
        let among = |name: &str, value: u32, most: u32| match (1..=most).contains(&value) {
            true => Ok(()),
            false => Err(Error::usage(format!(
                "{name} is {value}, but must be from 1 to {most}"
            ))),
        };
        among("dimensions", self.dimensions, MAX_DIMENSIONS)?;
        among("window", self.window, cooccurrence::MAX_WINDOW)?;
        among("vocabulary", self.vocabulary, 1 << cooccurrence::STEM_BITS)?;
        if ![PACKED_BITS, 8].contains(&self.bits) {
            return Err(
                Error::usage(format!("vectors of {} bits are not known", self.bits))
                    .help("give 8 or 4"),
            );
        }
        Ok(())
    }
}

/// Entries of so many bits lie two in a byte.
const PACKED_BITS: u8 = 4;
/// The small matrices of the decomposition have the square of this many cells.
const MAX_DIMENSIONS: u32 = 2000;
