//! Word vectors learnt from texts without labels, for corpora with few labels.
//!
//! [`BackgroundOptions`] learn a [`Background`] from any number of texts: the stems of each
//! language, their document frequencies, and a vector for each. Words of similar contexts have
//! similar vectors, so that a label learnt from one word extends to the others, even to words of no
//! labelled text. [`Trainer::background`](crate::Trainer::background) takes it.
//!
//! 1. *Count* (`learn.rs`, `cooccurrence.rs`). Stems that stand near each other in a text are
//!    pairs, which weigh the more the nearer they are; counts are whole numbers and add up in any
//!    order.
//! 2. *Weigh* (`ppmi.rs`). A pair is worth its positive pointwise mutual information.
//! 3. *Condense* (`svd.rs`). A truncated singular value decomposition leaves a few hundred
//!    dimensions; its rows, centred and brought to length 1, are the vectors.
//!
//! The result depends on texts and options alone, not on threads or memory. A file of it is checked
//! when it is opened.
//!
//! ```
//! use standpoint::background::BackgroundOptions;
//! use standpoint::io::Silent;
//! use standpoint::text::Texts;
//!
//! let texts: Texts = ["troops shelled the town", "the army shelled a village"].into_iter().collect();
//! let options = BackgroundOptions::default().min_df(1).dimensions(4);
//! let background = options.learn(&texts, &Silent)?;
//! assert_eq!(background.summary().documents, 2);
//! # Ok::<(), standpoint::Error>(())
//! ```

mod blend;
mod block;
mod cooccurrence;
mod dense_matrix;
mod eigen;
mod external_merge;
mod features;
mod file;
mod learn;
mod options;
mod ppmi;
mod source;
mod stems;
mod svd;
mod vectors;

pub use blend::Blend;
pub(crate) use features::BlendedFeatures;
pub use file::{BackgroundSummary, LanguageSummary};
pub use options::BackgroundOptions;
pub use vectors::Background;
