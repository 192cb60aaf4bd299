//! What each language asks of the tokeniser: one file a language, each fills in one [`Rules`].
//!
//! `template.rs` is the commented beginning of the next one, and `docs/languages.md` says which
//! steps there are. The laws at the foot of this file are run on every language.

mod arabic;
mod english;
mod french;
mod german;
mod italian;
mod neutral;
mod polish;
mod russian;
mod spanish;
#[cfg(test)]
mod template;
mod turkish;
mod ukrainian;

use super::Language;
use snowball_stemmers_rs::Algorithm;

/// What one language asks of the tokeniser.
#[derive(Debug)]
pub struct Rules {
    /// ISO 639-1 code, or `und`.
    pub code: &'static str,
    /// Stand between groups of three digits and are left out: `1,200` is `1200` in English.
    pub digit_groups: &'static [char],
    /// Stands before decimals and becomes a point: `3,5` is `3.5` in German.
    pub decimal: Option<char>,
    /// What an apostrophe between two letters does.
    pub apostrophe: Apostrophe,
    /// `I` is the capital of `ı`, and `İ` that of `i`.
    pub dotless_i: bool,
    /// Frequent words that say little, for those who ask for them to be left out. Never a word of
    /// `negations`, never a word that tells for from against. Lower case, folded, sorted.
    pub stop_words: &'static [&'static str],
    /// Words that turn a sentence round and that no filter may take away, as they are written.
    pub negations: &'static [&'static str],
    /// What may stand between the parts of a compound; empty where words are not compounded.
    pub joints: &'static [&'static str],
    /// The Snowball stemmer.
    pub stemmer: Option<Algorithm>,
}

/// What an apostrophe between two letters does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apostrophe {
    /// It is a letter like any other: `don't`, `п'ять`.
    Letter,
    /// After one of these it ends the word, and belongs to it: `l'` + `homme`.
    Elision(&'static [&'static str]),
    /// It begins an ending that is left out: `Ankara'da`.
    Suffix,
}

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

    /// The rules of one language; `None` for [`Language::Auto`], which has those of each text.
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
}
