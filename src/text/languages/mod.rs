//! Rules of the languages, one file each, which fills in one [`Rules`].
//!
//! `template.rs` is the commented beginning of the next one, and `docs/languages.md` describes the
//! steps. The laws of `laws.rs` run on every language.

mod arabic;
mod english;
mod french;
mod german;
mod italian;
#[cfg(test)]
pub(super) mod laws;
mod neutral;
mod polish;
mod russian;
mod spanish;
#[cfg(test)]
mod template;
mod turkish;
mod ukrainian;

#[cfg(test)]
use laws::samples;

use super::{Language, detect};
use crate::{Error, Result};
use snowball_stemmers_rs::Algorithm;
use std::fmt;
use std::str::FromStr;

/// Rules by which the words of a language are read.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rules {
    /// ISO 639-1 code, or `und`.
    pub code: &'static str,
    /// Separators of groups of three digits, which are left out: `1,200` is `1200` in English.
    pub digit_groups: &'static [char],
    /// Decimal separators, which become a point: `3,5` is `3.5` in German.
    pub decimals: &'static [char],
    /// Effect of an apostrophe between two letters.
    pub apostrophe: Apostrophe,
    /// Turkish case: `I` is the capital of `ı`, and `İ` that of `i`.
    pub dotless_i: bool,
    /// Stop words, which are left out on request: frequent words of little meaning, never a word of
    /// `negations`, never one that tells for from against. As they are written, in lower case,
    /// sorted.
    pub stop_words: &'static [&'static str],
    /// Words that negate a sentence and that no filter may remove, as they are written.
    pub negations: &'static [&'static str],
    /// Linking elements between the parts of a compound (`s` in `Arbeitsmarkt`), the empty one
    /// included; none in languages that do not compound.
    pub linking_elements: &'static [&'static str],
    /// The Snowball stemmer.
    pub(crate) stemmer: Option<Algorithm>,
}

/// Effect of an apostrophe between two letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apostrophe {
    /// A letter like any other: `don't`, `п'ять`.
    Letter,
    /// The end of the word after one of these proclitics, which have at most eight letters: `l'` +
    /// `homme`.
    Elision(&'static [&'static str]),
    /// The beginning of an ending that is left out: `Ankara'da`.
    Suffix,
}

/// Bytes of a proclitic at most.
pub(super) const MAX_PROCLITIC_BYTES: usize = 8;

impl Language {
    /// All languages that have rules.
    pub const ALL: [Language; 11] = [
        Language::Arabic,
        Language::English,
        Language::French,
        Language::German,
        Language::Italian,
        Language::Neutral,
        Language::Polish,
        Language::Russian,
        Language::Spanish,
        Language::Turkish,
        Language::Ukrainian,
    ];

    /// Returns the rules of the language; `None` for [`Language::Auto`].
    pub fn own_rules(self) -> Option<&'static Rules> {
        Some(match self {
            Language::Auto => return None,
            Language::Arabic => &arabic::RULES,
            Language::English => &english::RULES,
            Language::French => &french::RULES,
            Language::German => &german::RULES,
            Language::Italian => &italian::RULES,
            Language::Neutral => &neutral::RULES,
            Language::Polish => &polish::RULES,
            Language::Russian => &russian::RULES,
            Language::Spanish => &spanish::RULES,
            Language::Turkish => &turkish::RULES,
            Language::Ukrainian => &ukrainian::RULES,
        })
    }

    /// Returns the rules for a text.
    pub fn rules(self, text: &str) -> &'static Rules {
        match self {
            Language::Auto => detect(text).detected_rules(),
            known => known.detected_rules(),
        }
    }

    /// Returns the rules of a language that [`detect`] can answer, which is never
    /// [`Language::Auto`].
    pub(crate) fn detected_rules(self) -> &'static Rules {
        let own = self.own_rules();
        own.unwrap_or_else(|| unreachable!("detect never answers Auto"))
    }

    /// Returns the ISO 639-1 code, or `und`, or `auto`.
    pub fn code(self) -> &'static str {
        self.own_rules().map_or("auto", |rules| rules.code)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Language {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let all = std::iter::once(Language::Auto).chain(Language::ALL);
        all.clone()
            .find(|language| language.code() == name)
            .ok_or_else(|| {
                let known: Vec<&str> = all.map(Language::code).collect();
                Error::usage(format!("unknown language `{name}`"))
                    .help(format!("one of {}", known.join(", ")))
            })
    }
}

#[cfg(test)]
#[test]
fn names_round_trip() {
    for language in Language::ALL {
        assert_eq!(language.code().parse::<Language>().unwrap(), language);
    }
    assert_eq!("auto".parse::<Language>().unwrap(), Language::Auto);
    assert!("klingon".parse::<Language>().is_err());
}
