//! The next language: copy this file to `languages/<name>.rs`, fill it in, and follow "Adding
//! a language" in `docs/languages.md`. It is compiled with the tests, so that it stays right.

use super::{Apostrophe, Rules};

pub(super) static RULES: Rules = Rules {
    // The ISO 639-1 code. It is what `--language` takes and what is written into models.
    code: "xx",
    // Characters between groups of three digits. A plain blank does not belong here: `2024 100`
    // is two numbers. A hard blank (U+00A0) or a narrow one (U+202F) does where it is customary.
    digit_groups: &[',', '\u{a0}'],
    // What stands before decimals; in tokens it is always a point.
    decimals: &['.'],
    // `Letter` unless the language elides (`l'homme`) or parts endings from names (`Ankara'da`).
    apostrophe: Apostrophe::Letter,
    // True for Turkish and Azerbaijani alone.
    dotless_i: false,
    // Articles, pronouns, auxiliaries, plain prepositions, and nothing that tells for from
    // against. Lower case, as they are written, sorted by bytes. Used only where asked for.
    stop_words: &["the"],
    // Every word that negates or opposes: the laws test that none is ever lost.
    negations: &["not", "against"],
    // Letters between the parts of a compound, "" for none; empty where nothing is compounded.
    linking_elements: &[],
    // The Snowball stemmer, if there is one. Used only where asked for.
    stemmer: None,
};

#[cfg(test)]
mod tests {
    // One or two sentences with everything odd about the language, and the words that come of them.
    super::super::samples! {
        "The minister's 1,200.5 tons are not a co-operation."
            => "the minister 1200.5 tons are not a co operation",
    }
}
