//! German: umlauts and `ß` are written in two ways (see `spelling.rs`), numbers are grouped by
//! points or, in Switzerland, by apostrophes, and nouns are compounded.

use super::{Apostrophe, Rules};
use snowball_stemmers_rs::Algorithm;
pub(super) static RULES: Rules = Rules {
    code: "de",
    digit_groups: &['.', '\'', '’', '\u{a0}', '\u{202f}'],
    decimals: &[','],
    apostrophe: Apostrophe::Letter,
    dotless_i: false,
    stop_words: &[
        "als", "am", "an", "auch", "auf", "aus", "bei", "bis", "da", "das", "dass", "dem", "den",
        "der", "des", "die", "dies", "diese", "diesem", "diesen", "dieser", "dieses", "durch",
        "ein", "eine", "einem", "einen", "einer", "eines", "er", "es", "hat", "hatte", "hatten",
        "ich", "ihm", "ihn", "ihr", "ihre", "im", "in", "ist", "mit", "nach", "nun", "ob", "oder",
        "seien", "sein", "seine", "sich", "sie", "sind", "so", "um", "und", "unter", "vom", "von",
        "vor", "war", "waren", "was", "wenn", "werden", "wie", "wir", "wird", "wurde", "wurden",
        "zu", "zum", "zur", "zwischen", "über",
    ],
    negations: &[
        "nicht", "nichts", "nie", "niemals", "niemand", "nirgends", "nein", "kein", "keine",
        "keinem", "keinen", "keiner", "keines", "weder", "noch", "noch nie", "ohne", "gegen",
        "kaum", "wider", "außer",
    ],
    linking_elements: &["", "s", "es", "n", "en", "er", "e"],
    stemmer: Some(Algorithm::German),
};

#[cfg(test)]
mod tests {
    super::super::samples! {
        "Die Flüchtlinge, FLUECHTLINGE und Flücht\u{ad}linge sind laut US-Präsident kein Thema beim EU-Afrika-Gipfel."
            => "die fluechtlinge fluechtlinge und fluechtlinge sind laut us praesident kein thema beim eu afrika gipfel",
        "„Straße“, ‚STRASSE‘, »STRAẞE« und Schweizer Strasse: 1.200,5 Euro oder 1'200 bzw. 1’200 Franken, z.B. am 12.05.2024."
            => "strasse strasse strasse und schweizer strasse 1200.5 euro oder 1200 bzw 1200 franken z.b am 12 05 2024",
        "Der Bundes\u{ad}\nrat und die Bundes\u{ad}\r\nwehr haben's nicht gegen Putins und Selenskyj's Willen beschlossen."
            => "der bundesrat und die bundeswehr haben nicht gegen putins und selenskyj willen beschlossen",
    }
}
