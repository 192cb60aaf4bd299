//! Spanish: numbers are grouped by points or narrow blanks.

use super::{Apostrophe, Rules};
use snowball_stemmers_rs::Algorithm;

pub(super) static RULES: Rules = Rules {
    code: "es",
    digit_groups: &['.', '\u{a0}', '\u{202f}'],
    decimal: Some(','),
    apostrophe: Apostrophe::Letter,
    dotless_i: false,
    stop_words: &[
        "a", "al", "como", "con", "de", "del", "e", "el", "ella", "ellas", "ellos", "en", "entre", "era",
        "es", "esta", "este", "fue", "ha", "han", "la", "las", "le", "les", "lo", "los", "me", "mi", "más",
        "o", "para", "pero", "por", "que", "se", "ser", "su", "sus", "también", "un", "una", "uno", "unos",
        "y", "ya",
    ],
    negations: &["no", "nunca", "jamás", "nadie", "nada", "ningún", "sin", "contra", "ni", "tampoco"],
    joints: &[],
    stemmer: Some(Algorithm::Spanish),
};
