//! Spanish: numbers are grouped by points or narrow blanks.

use super::{Apostrophe, Rules};
use snowball_stemmers_rs::Algorithm;
pub(super) static RULES: Rules = Rules {
    code: "es",
    digit_groups: &['.', '\u{a0}', '\u{202f}'],
    decimals: &[','],
    apostrophe: Apostrophe::Letter,
    dotless_i: false,
    stop_words: &[
        "a", "al", "como", "con", "de", "del", "e", "el", "ella", "ellas", "ellos", "en", "entre",
        "era", "es", "esta", "estas", "este", "estos", "está", "están", "fue", "ha", "han", "la",
        "las", "le", "les", "lo", "los", "me", "mi", "o", "que", "se", "ser", "su", "sus",
        "también", "un", "una", "unas", "uno", "unos", "y", "ya", "él",
    ],
    negations: &[
        "no", "nunca", "jamás", "nadie", "nada", "ningún", "ninguno", "ninguna", "sin", "contra",
        "ni", "tampoco",
    ],
    linking_elements: &[],
    stemmer: Some(Algorithm::Spanish),
};

#[cfg(test)]
mod tests {
    super::super::samples! {
        "¿Por qué NINGÚN país votó contra España? El plan franco-alemán costó 1.200,5 millones, dijo el pingüino."
            => "por qué ningún país votó contra españa el plan franco alemán costó 1200.5 millones dijo el pingueino",
    }
}
