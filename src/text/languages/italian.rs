//! Italian: articles and prepositions before an apostrophe are words of their own (`l'`, `dell'`).

use super::{Apostrophe, Rules};
use snowball_stemmers_rs::Algorithm;
pub(super) static RULES: Rules = Rules {
    code: "it",
    digit_groups: &['.', '\u{a0}', '\u{202f}'],
    decimals: &[','],
    apostrophe: Apostrophe::Elision(&[
        "agl", "all", "anch", "c", "ciascun", "coll", "com", "cos", "d", "dagl", "dall", "degl",
        "dell", "dov", "gl", "l", "m", "mezz", "n", "negl", "nell", "nessun", "nient", "quand",
        "quell", "quest", "s", "sant", "senz", "sugl", "sull", "t", "tutt", "un", "v",
    ]),
    dotless_i: false,
    stop_words: &[
        "a", "ad", "agli", "ai", "al", "all'", "alla", "alle", "anche", "c'", "che", "chi", "ci",
        "con", "d'", "da", "dai", "dal", "dall'", "dalla", "degli", "dei", "del", "dell'", "della",
        "delle", "di", "e", "ed", "gli", "ha", "hanno", "i", "il", "in", "io", "l'", "la", "le",
        "lei", "lo", "loro", "lui", "mi", "nei", "nel", "nell'", "nella", "o", "s'", "si", "sono",
        "su", "sul", "sull'", "sulla", "tra", "tu", "un", "un'", "una", "uno", "è",
    ],
    negations: &[
        "non",
        "no",
        "mai",
        "nessuno",
        "nessuna",
        "niente",
        "nulla",
        "senza",
        "senz'altro",
        "contro",
        "né",
        "neanche",
        "nemmeno",
        "neppure",
    ],
    linking_elements: &[],
    stemmer: Some(Algorithm::Italian),
};

#[cfg(test)]
mod tests {
    super::super::samples! {
        "Il premier dell’Unione non c'è: l'accordo sull’energia costa 1.200,5 milioni, un po' più dell'anno scorso."
            => "il premier dell' unione non c' è l' accordo sull' energia costa 1200.5 milioni un po più dell' anno scorso",
        "Nessun'altra città ha votato contro; com’è noto, l' Italia resta 'un' paese senza armi."
            => "nessun' altra città ha votato contro com' è noto l' italia resta un paese senza armi",
    }
}
