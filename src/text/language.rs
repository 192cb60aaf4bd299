//! The languages that have rules.

use serde::{Deserialize, Serialize};

/// The language whose rules cut a text into tokens.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Detected for each text (the default).
    #[default]
    Auto,
    /// Arabic.
    Arabic,
    /// English.
    English,
    /// French.
    French,
    /// German.
    German,
    /// Italian.
    Italian,
    /// No language in particular, for all others.
    Neutral,
    /// Polish.
    Polish,
    /// Russian.
    Russian,
    /// Spanish.
    Spanish,
    /// Turkish.
    Turkish,
    /// Ukrainian.
    Ukrainian,
}
