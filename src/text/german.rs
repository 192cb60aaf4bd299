//! German: umlauts and their transcriptions are one spelling, and so are `ß` and `ss`.
//!
//! Everything is mapped to the transcription, because the way back is ambiguous (`aktuell` holds
//! no umlaut): `Flüchtlinge` and `Fluechtlinge` both become `fluechtlinge`.

use super::Rules;

pub(super) static RULES: Rules =
    Rules { code: "de", digit_group: b'.', decimal: b',', clitics: &["'s"], fold };

fn fold(character: char) -> Option<&'static str> {
    match character {
        'ä' => Some("ae"),
        'ö' => Some("oe"),
        'ü' => Some("ue"),
        'ß' => Some("ss"),
        _ => None,
    }
}
