//! German: umlauts and their transcriptions are one spelling, and so are `ß` and `ss`.
//!
//! Everything is mapped to the transcription, because the way back is ambiguous (`aktuell` holds
//! no umlaut): `Flüchtlinge` and `Fluechtlinge` both become `fluechtlinge`. The other languages do the
//! same, because names cross languages and a headline is too short to tell its language by.

use super::Rules;

pub(super) static RULES: Rules =
    Rules { code: "de", digit_group: Some(b'.'), decimal: Some(b','), clitics: &["'s"], fold };

pub(super) fn fold(character: char) -> Option<&'static str> {
    match character {
        'ä' => Some("ae"),
        'ö' => Some("oe"),
        'ü' => Some("ue"),
        'ß' => Some("ss"),
        _ => None,
    }
}
