//! Italian: articles and prepositions before an apostrophe are words of their own (`l'`, `dell'`).

use super::{Apostrophe, Rules};
use snowball_stemmers_rs::Algorithm;

pub(super) static RULES: Rules = Rules {
    code: "it",
    digit_groups: &['.', '\u{a0}', '\u{202f}'],
    decimal: Some(','),
    apostrophe: Apostrophe::Elision(&[
        "all", "c", "coll", "d", "dall", "dell", "l", "nell", "quell", "quest", "sull", "un",
    ]),
    dotless_i: false,
    stop_words: &[
        "a", "ad", "ai", "al", "all'", "alla", "alle", "anche", "che", "chi", "ci", "con", "da", "dai",
        "dal", "dall'", "dalla", "dei", "del", "dell'", "della", "delle", "di", "e", "ed", "gli", "ha",
        "hanno", "i", "il", "in", "io", "l'", "la", "le", "lei", "lo", "loro", "lui", "ma", "mi", "nei",
        "nel", "nell'", "nella", "o", "per", "si", "sono", "su", "sul", "sull'", "tra", "tu", "un", "un'",
        "una", "uno",
    ],
    negations: &["non", "no", "mai", "nessuno", "niente", "nulla", "senza", "contro", "né"],
    joints: &[],
    stemmer: Some(Algorithm::Italian),
};
