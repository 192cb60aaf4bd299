//! Spellings that mean the same in any language: a lower-case character may stand for others.
//!
//! Everything here holds for every text, because names cross languages and a headline is too short
//! to tell its language by. German umlauts become their transcription, and not the other way,
//! because the way back is ambiguous (`aktuell` holds no umlaut): `Flüchtlinge`, `Fluechtlinge`
//! and, with `ss` for `ß`, Swiss spelling are one word.

use super::Umlauts;

/// Returns the spelling of a lower-case character in tokens; `None` for itself.
pub(super) fn fold(character: char, umlauts: Umlauts) -> Option<&'static str> {
    match (character, umlauts) {
        ('ä', Umlauts::Transcribe) => Some("ae"),
        ('ö', Umlauts::Transcribe) => Some("oe"),
        ('ü', Umlauts::Transcribe) => Some("ue"),
        ('ß', Umlauts::Transcribe) => Some("ss"),
        ('ä', Umlauts::Strip) => Some("a"),
        ('ö', Umlauts::Strip) => Some("o"),
        ('ü', Umlauts::Strip) => Some("u"),
        ('ß', Umlauts::Strip) => Some("ss"),
        ('ς', _) => Some("σ"),
        ('ſ', _) => Some("s"),
        // Ligatures of PDFs.
        ('ﬀ', _) => Some("ff"),
        ('ﬁ', _) => Some("fi"),
        ('ﬂ', _) => Some("fl"),
        ('ﬃ', _) => Some("ffi"),
        ('ﬄ', _) => Some("ffl"),
        ('ﬅ' | 'ﬆ', _) => Some("st"),
        // Arabic: tatweel and vowel signs.
        ('\u{640}' | '\u{64b}'..='\u{652}' | '\u{670}', _) => Some(""),
        ('\u{660}'..='\u{669}', _) => Some(DIGITS[character as usize - 0x660]),
        ('\u{6f0}'..='\u{6f9}', _) => Some(DIGITS[character as usize - 0x6f0]),
        _ => None,
    }
}

/// Returns the spelling of a lower-case word in tokens.
pub(super) fn spell(word: &str, umlauts: Umlauts) -> String {
    word.chars().fold(String::new(), |mut spelled, character| {
        match fold(character, umlauts) {
            Some(spelling) => spelled.push_str(spelling),
            None => spelled.push(character),
        }
        spelled
    })
}

const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// Returns true for the digits of Europe, of Arabic, and of Persian and Urdu.
pub(super) fn is_digit(character: char) -> bool {
    matches!(character, '0'..='9' | '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}')
}

/// Returns true for the characters that words begin with.
pub(super) fn is_letter(character: char) -> bool {
    character.is_alphanumeric() && character != MODIFIER_APOSTROPHE
}

/// Returns true for invisible characters: soft hyphen, zero-width joiners, word joiner, byte-order
/// mark, marks of direction.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{200c}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
    )
}

/// Returns true for the hyphen, the typographic and the non-breaking one.
pub(super) fn is_hyphen(character: char) -> bool {
    matches!(character, '-' | '\u{2010}' | '\u{2011}')
}

/// Returns true for the straight and the typographic apostrophe and Unicode's modifier letter.
pub(super) fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '’' | MODIFIER_APOSTROPHE)
}

/// Combining dot, which makes `İ` of `I`.
pub(super) const DOT_ABOVE: char = '\u{307}';

/// Apostrophe that Unicode counts as a letter, but that begins no word.
const MODIFIER_APOSTROPHE: char = 'ʼ';
