//! From text to tokens: lower-cased, normalised words that know where they stood.
//!
//! - [`Tokenizer`] cuts a text into words by Unicode's alphanumeric characters and the rules of
//!   one [`Language`];
//! - [`Tokens`] holds the words of one text and is reused from text to text, so that nothing is
//!   allocated per token;
//! - each language is one file that fills in one [`Rules`].
//!
//! ```
//! use standpoint::text::{Language, Tokenizer, Tokens};
//!
//! let text = "Flüchtlinge: 1.200 Menschen fliehen";
//! let mut tokens = Tokens::default();
//! Tokenizer::new(Language::German).tokenize(text, &mut tokens);
//! let words: Vec<&str> = tokens.iter().map(|token| token.word).collect();
//! assert_eq!(words, ["fluechtlinge", "1200", "menschen", "fliehen"]);
//! assert_eq!(&text[tokens.iter().next().unwrap().span], "Flüchtlinge");
//! ```

mod english;
mod german;
mod language;
mod neutral;
mod scan;
mod texts;

pub use language::{Language, Rules};
pub use scan::{Token, Tokenizer, Tokens};
pub use texts::Texts;
