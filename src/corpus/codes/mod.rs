//! Codes of other code books, such as CAMEO's, and their translation to labels.
//!
//! - a [`CodeMap`] is a table with a row for each code: its name, the broader code above it, and
//!   its labels;
//! - [`CodeMap::built_in`] holds maps of CAMEO, PLOVER, ACLED and IPTC Media Topics;
//! - [`relabel`] writes the rows of a corpus with columns more, in which the labels of their codes
//!   stand.
//!
//! A code without labels of its own takes those of the next broader code that has some (it is
//! rolled up). No row is left out and no code is passed over in silence: [`Relabelled`] counts and
//! names the codes that the map does not know.
//!
//! ```
//! use standpoint::corpus::CodeMap;
//! let cameo = CodeMap::built_in("cameo")?;
//! let code = cameo.find("0232").expect("a code of CAMEO");
//! assert_eq!(cameo.ancestors(code).map(|code| cameo.code(code)).collect::<Vec<_>>(), ["0232", "023", "02"]);
//! let stance = cameo.column("stance").expect("a column of the map");
//! assert_eq!(cameo.labels(code, stance), Some(&["military_aid".to_string()][..]));
//! # Ok::<(), standpoint::Error>(())
//! ```

mod built_in;
mod cells;
mod map;
mod options;
mod read;
mod relabel;
mod summary;

pub use map::CodeMap;
pub use options::{NewColumn, Relabel, Unlisted};
pub use relabel::relabel;
pub use summary::{ColumnCounts, Relabelled, RolledUp, UnknownCode};
