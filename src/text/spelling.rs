//! Spellings that mean the same, whatever the language: a character of a word, lower-cased, may
//! stand for others.
//!
//! Everything here holds for every text, because names cross languages and a headline is too short
//! to tell its language by. German umlauts become their transcription, and not the other way,
//! because the way back is ambiguous (`aktuell` holds no umlaut): `Flüchtlinge`, `Fluechtlinge`
//! and, with `ss` for `ß`, Swiss spelling are one word.

use super::Umlauts;

/// What a lower-case character is written as; `None` for itself.
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
        // Ligatures out of PDFs.
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

/// A lower-case word as it is spelled in tokens.
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

/// A digit of Europe, of Arabic, or of Persian and Urdu.
pub(super) fn is_digit(character: char) -> bool {
    matches!(character, '0'..='9' | '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}')
}

/// What a word is made of and begins with.
pub(super) fn is_letter(character: char) -> bool {
    character.is_alphanumeric() && character != MODIFIER_APOSTROPHE
}

/// Joins or steers what is around it and is not seen: soft hyphen, zero-width joiners, word
/// joiner, byte-order mark, marks of direction.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{200c}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
    )
}

/// Hyphen, typographic hyphen, hard hyphen.
pub(super) fn is_hyphen(character: char) -> bool {
    matches!(character, '-' | '\u{2010}' | '\u{2011}')
}

/// Straight, typographic, or the letter that Unicode made for it.
pub(super) fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '’' | MODIFIER_APOSTROPHE)
}

/// The dot that makes `İ` of `I`.
pub(super) const DOT_ABOVE: char = '\u{307}';

/// Unicode counts it as a letter, but it is written for an apostrophe and begins no word.
const MODIFIER_APOSTROPHE: char = 'ʼ';
