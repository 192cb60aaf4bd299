//! German: umlauts and `ß` are written in two ways (see `spelling.rs`), numbers are grouped by
//! points or, in Switzerland, by apostrophes, and nouns are compounded.

use super::{Apostrophe, Rules};
use snowball_stemmers_rs::Algorithm;

pub(super) static RULES: Rules = Rules {
    code: "de",
    digit_groups: &['.', '\'', '’', '\u{a0}', '\u{202f}'],
    decimal: Some(','),
    apostrophe: Apostrophe::Letter,
    dotless_i: false,
    stop_words: &[
        "als", "am", "an", "auch", "auf", "aus", "bei", "bis", "da", "das", "dass", "dem", "den", "der",
        "des", "die", "dies", "diese", "dieser", "dieses", "durch", "ein", "eine", "einem", "einen", "einer",
        "eines", "er", "es", "hat", "hatte", "hatten", "ich", "ihm", "ihn", "ihr", "ihre", "im", "in", "ist",
        "mit", "nach", "noch", "nun", "ob", "oder", "seien", "sein", "seine", "sich", "sie", "sind", "so",
        "ueber", "um", "und", "unter", "vom", "von", "vor", "war", "waren", "was", "wenn", "werden", "wie",
        "wir", "wird", "wurde", "wurden", "zu", "zum", "zur", "zwischen",
    ],
    negations: &[
        "nicht", "nichts", "nie", "niemals", "niemand", "nein", "kein", "keine", "keinen", "keiner", "weder",
        "noch nie", "ohne", "gegen", "kaum", "wider", "außer",
    ],
    joints: &["", "s", "es", "n", "en", "er", "e"],
    stemmer: Some(Algorithm::German),
};
