//! Options of the tokeniser.

use super::Language;
use crate::Error;
use crate::setters::setters;
use serde::{Deserialize, Serialize};

/// Options of the tokeniser. `docs/languages.md` measures the effect of each.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenOptions {
    /// Language of the texts; default: detected for each text, among the languages of the corpus
    /// where there is one.
    pub language: Language,
    /// Treatment of hyphenated words such as `US-Präsident`; default: their parts and the whole.
    pub hyphens: Hyphens,
    /// Treatment of `ü` and `ß`; default: transcription.
    pub umlauts: Umlauts,
    /// Replacement of words by their stem, with the language's Snowball stemmer; default true.
    pub stem: bool,
    /// Treatment of the language's stop words; default: they are kept. Negations always stay.
    pub stop_words: StopWords,
    /// Rule by which texts are cut into words; default: that of the language. The other options
    /// have no effect on words as fastText cuts them.
    #[serde(default, skip_serializing_if = "WordRule::is_default")]
    pub words: WordRule,
}

setters!(TokenOptions {
    language: Language,
    hyphens: Hyphens,
    umlauts: Umlauts,
    stem: bool,
    stop_words: StopWords,
    words: WordRule,
});

impl Default for TokenOptions {
    fn default() -> Self {
        TokenOptions {
            language: Language::Auto,
            hyphens: Hyphens::Both,
            umlauts: Umlauts::Transcribe,
            stem: true,
            stop_words: StopWords::Keep,
            words: WordRule::Language,
        }
    }
}

impl TokenOptions {
    /// Returns the options without stemming, which features do themselves: once a word, not once a
    /// token.
    pub(crate) fn unstemmed(self) -> Self {
        TokenOptions {
            stem: false,
            ..self
        }
    }
}

/// Treatment of words that hyphens join.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hyphens {
    /// `us`, `praesident`, and the standalone token `us-praesident`.
    #[default]
    Both,
    /// `us` and `praesident`.
    Parts,
}

/// Treatment of German umlauts and `ß`, in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Umlauts {
    /// `ü` is `ue`, `ß` is `ss`.
    #[default]
    Transcribe,
    /// `ü` is `u`, `ß` is `ss`.
    Strip,
    /// Umlauts stay as they are.
    Keep,
}

/// Treatment of stop words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StopWords {
    /// Stop words are words like any other.
    #[default]
    Keep,
    /// Stop words are left out before n-grams are made.
    Drop,
}

/// Rule by which texts are cut into words.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WordRule {
    /// The rules of the language, on words in lower case.
    #[default]
    Language,
    /// Words as fastText cuts them: runs of characters between white space of ASCII, as they are
    /// written, and `</s>` at the end of the text. A word that begins with `__label__` is left out.
    FastText,
}

impl WordRule {
    // serde hands over a reference.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    fn is_default(&self) -> bool {
        *self == WordRule::Language
    }
}

/// Implements the names of the values for reading and writing.
macro_rules! named {
    ($type:ident, $what:literal, $($name:literal => $variant:ident),+) => {
        impl std::str::FromStr for $type {
            type Err = Error;

            fn from_str(name: &str) -> crate::Result<Self> {
                match name {
                    $($name => Ok($type::$variant),)+
                    _ => Err(Error::usage(format!(concat!("`{}` is no way to treat ", $what), name))
                        .help(concat!("one of " $(, "`", $name, "` ")+))),
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self { $($type::$variant => $name,)+ })
            }
        }
    };
}

named!(Hyphens, "hyphens", "both" => Both, "parts" => Parts);
named!(Umlauts, "umlauts", "transcribe" => Transcribe, "strip" => Strip, "keep" => Keep);
named!(StopWords, "stop words", "keep" => Keep, "drop" => Drop);
