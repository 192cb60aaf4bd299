//! From text to tokens: lower-cased, normalised words that know where they stood.
//!
//! - [`Tokenizer`] cuts a text into words by Unicode's alphanumeric characters, the rules of its
//!   [`Language`], and what [`TokenOptions`] choose;
//! - [`Tokens`] holds the words of one text and is reused from text to text, so that nothing is
//!   allocated per token;
//! - each language is one file that fills in one [`Rules`].
//!
//! ```
//! use standpoint::text::{Language, TokenOptions, Tokenizer, Tokens};
//!
//! let text = "Flüchtlinge: 1.200 Menschen, sagt der US-Präsident";
//! let options = TokenOptions::default().language(Language::German).stem(false);
//! let mut tokens = Tokens::default();
//! Tokenizer::new(options).tokenize(text, &mut tokens);
//! let words: Vec<&str> = tokens.iter().map(|token| token.word).collect();
//! assert_eq!(words[..3], ["fluechtlinge", "1200", "menschen"]);
//! assert_eq!(words[3..], ["sagt", "der", "us", "praesident", "us-praesident"]);
//! assert_eq!(&text[tokens.span(0)], "Flüchtlinge");
//! ```

mod byte_classes;
mod detect;
mod emoji;
mod english_stems;
mod fasttext;
mod fingerprint;
mod interner;
mod language;
mod language_set;
mod languages;
mod options;
mod scan;
mod spelling;
mod stem;
mod texts;
mod tokenized;
mod tokenizer;
mod tokens;
mod two_byte;
mod word;

pub use detect::detect;
pub(crate) use emoji::{Emoji, has_tokens, may_begin};
pub(crate) use fasttext::END_OF_LINE;
#[cfg(feature = "exchange")]
pub(crate) use fasttext::{LABEL_PREFIX, holds_white_space};
pub(crate) use fingerprint::{digest, fingerprint};
pub(crate) use interner::Interner;
pub use language::Language;
pub(crate) use language_set::LanguageTally;
pub use language_set::{LanguageSet, LanguageSurvey};
pub use languages::{Apostrophe, Rules};
pub use options::{Hyphens, StopWords, TokenOptions, Umlauts, WordRule};
pub(crate) use stem::StemCache;
pub use texts::Texts;
pub(crate) use tokenized::{TextFacts, TextInput, TokenizedText, TokenizedTexts};
pub use tokenizer::Tokenizer;
pub use tokens::{Token, Tokens};

/// Goes up with every change of tokens or keys, after which an older file would name other terms
/// than it learnt.
pub(crate) const TOKENIZER_VERSION: u32 = 3;
