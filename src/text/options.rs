//! How texts are cut into tokens.

use super::Language;
use crate::Error;
use crate::setters::setters;
use serde::{Deserialize, Serialize};

/// How texts are cut into tokens. `docs/languages.md` shows what each choice is worth.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenOptions {
    /// Whose rules cut the text; default: decided for each text, among the languages of the corpus
    /// where there is one.
    pub language: Language,
    /// What becomes of `US-Präsident`; default: its parts and the whole.
    pub hyphens: Hyphens,
    /// What becomes of `ü` and `ß`; default: their transcription.
    pub umlauts: Umlauts,
    /// Whether words are brought to their stem by the language's Snowball stemmer; default: they are.
    pub stem: bool,
    /// Whether the language's stop words are left out; default: not. Negations always stay.
    pub stop_words: StopWords,
}

setters!(TokenOptions {
    language: Language,
    hyphens: Hyphens,
    umlauts: Umlauts,
    stem: bool,
    stop_words: StopWords,
});

impl Default for TokenOptions {
    fn default() -> Self {
        TokenOptions {
            language: Language::Auto,
            hyphens: Hyphens::Both,
            umlauts: Umlauts::Transcribe,
            stem: true,
            stop_words: StopWords::Keep,
        }
    }
}

impl TokenOptions {
    /// The same, but for stems, which features make themselves: once a word, not once a token.
    pub(crate) fn unstemmed(self) -> Self {
        TokenOptions {
            stem: false,
            ..self
        }
    }
}

/// What becomes of words that hyphens join.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hyphens {
    /// `us`, `praesident`, and besides them `us-praesident`, which takes no part in n-grams.
    #[default]
    Both,
    /// `us` and `praesident`.
    Parts,
}

/// What becomes of German umlauts and `ß`, in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Umlauts {
    /// `ü` is `ue`, `ß` is `ss`.
    #[default]
    Transcribe,
    /// `ü` is `u`, `ß` is `ss`.
    Strip,
    /// They stay what they are.
    Keep,
}

/// What becomes of stop words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StopWords {
    /// They are words like any other.
    #[default]
    Keep,
    /// They are left out before n-grams are made.
    Drop,
}

/// Names on the command line.
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
