//! Which rules a text is cut by.

use super::{english, german, neutral};
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What one language asks of the tokeniser; each language is one file that fills this in.
#[derive(Debug)]
pub struct Rules {
    /// ISO 639-1 code, or `und`.
    pub code: &'static str,
    /// Stands between groups of three digits and is left out: `1,200` is `1200` in English.
    pub digit_group: Option<u8>,
    /// Stands before decimals and becomes a point: `3,5` is `3.5` in German.
    pub decimal: Option<u8>,
    /// Cut off the end of a word, apostrophe included: `'s`.
    pub clitics: &'static [&'static str],
    /// Another spelling of a lower-case character, for variants that mean the same.
    pub fold: fn(char) -> Option<&'static str>,
}

/// The language whose rules cut a text into tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Decided for each text by its letter statistics (the default).
    #[default]
    Auto,
    /// German: `ü` and `ue`, `ß` and `ss` are the same.
    German,
    /// English.
    English,
    /// No rules of any language, for all others.
    Neutral,
}

/// A language decision needs a few sentences, not the whole book.
const DETECTION_BYTES: usize = 400;

impl Language {
    /// All values, with the name and code each is known by.
    pub const NAMES: [(&'static str, Language); 4] = [
        ("auto", Language::Auto),
        ("de", Language::German),
        ("en", Language::English),
        ("und", Language::Neutral),
    ];

    /// The rules for one text.
    pub fn rules(self, text: &str) -> &'static Rules {
        match self {
            Language::German => &german::RULES,
            Language::English => &english::RULES,
            Language::Neutral => &neutral::RULES,
            Language::Auto => detect(text).rules(text),
        }
    }
}

fn detect(text: &str) -> Language {
    let end = text.floor_char_boundary(DETECTION_BYTES);
    match whichlang::detect_language(&text[..end]) {
        whichlang::Lang::Deu => Language::German,
        whichlang::Lang::Eng => Language::English,
        _ => Language::Neutral,
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMES.iter().find(|(_, language)| language == self);
        f.write_str(name.map_or("und", |(name, _)| name))
    }
}

impl FromStr for Language {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name);
        found.map(|&(_, language)| language).ok_or_else(|| {
            let known: Vec<&str> = Self::NAMES.iter().map(|(name, _)| *name).collect();
            Error::usage(format!("unknown language `{name}`")).help(format!("one of {}", known.join(", ")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_decides_for_each_text() {
        let german = "Die Regierung hat am Montag neue Sanktionen gegen das Land beschlossen";
        let english = "The government decided on new sanctions against the country on Monday";
        assert_eq!(Language::Auto.rules(german).code, "de");
        assert_eq!(Language::Auto.rules(english).code, "en");
        Language::Auto.rules("");
    }

    #[test]
    fn names_round_trip() {
        for (name, language) in Language::NAMES {
            assert_eq!(name.parse::<Language>().unwrap(), language);
            assert_eq!(language.to_string(), name);
        }
        assert!("klingon".parse::<Language>().is_err());
    }
}
