//! Two-byte characters (U+0080 to U+07FF) by the part that they play in a word.

use super::Umlauts;
use super::spelling::{is_apostrophe, is_hyphen, is_invisible, is_letter, spell};
use super::tokens::SLACK;
use std::sync::LazyLock;
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::is_nfc;

/// Part that a two-byte character plays in a word.
#[derive(Clone, Copy)]
pub(super) enum TwoByteClass {
    /// A letter, with the bytes of its lower-case spelling and their number.
    Letter([u8; SLACK], u8),
    /// No part of a word, unless it stands between digits.
    Other,
    /// A character whose part depends on its neighbours.
    Ambiguous,
}

/// The classes of all two-byte characters.
pub(super) struct TwoByteTable(Vec<TwoByteClass>);

static TRANSCRIBED: LazyLock<TwoByteTable> =
    LazyLock::new(|| TwoByteTable::new(Umlauts::Transcribe));
static STRIPPED: LazyLock<TwoByteTable> = LazyLock::new(|| TwoByteTable::new(Umlauts::Strip));
static KEPT: LazyLock<TwoByteTable> = LazyLock::new(|| TwoByteTable::new(Umlauts::Keep));

impl TwoByteTable {
    const FIRST: u32 = 0x80;
    const LAST: u32 = 0x7ff;

    /// Returns the table for a treatment of umlauts, made at its first use.
    pub(super) fn of(umlauts: Umlauts) -> &'static Self {
        match umlauts {
            Umlauts::Transcribe => &TRANSCRIBED,
            Umlauts::Strip => &STRIPPED,
            Umlauts::Keep => &KEPT,
        }
    }

    fn new(umlauts: Umlauts) -> Self {
        let characters = (Self::FIRST..=Self::LAST).map(|code| char::from_u32(code).unwrap_or(' '));
        TwoByteTable(
            characters
                .map(|character| Self::classify(character, umlauts))
                .collect(),
        )
    }

    fn classify(character: char, umlauts: Umlauts) -> TwoByteClass {
        let ambiguous = is_combining_mark(character)
            || is_apostrophe(character)
            || is_hyphen(character)
            || is_invisible(character)
            || !is_nfc(character.encode_utf8(&mut [0; 4]));
        if ambiguous {
            return TwoByteClass::Ambiguous;
        }
        if !is_letter(character) {
            return TwoByteClass::Other;
        }
        let lower = if character == 'İ' {
            "i".to_string()
        } else {
            character.to_lowercase().collect()
        };
        let spelled = spell(&lower, umlauts);
        let mut bytes = [0; SLACK];
        bytes[..spelled.len()].copy_from_slice(spelled.as_bytes());
        TwoByteClass::Letter(bytes, spelled.len() as u8)
    }

    /// Returns the class of the character of these bytes.
    #[inline]
    pub(super) fn class(&self, lead: u8, second: u8) -> &TwoByteClass {
        let code = (u32::from(lead & 0x1f) << 6 | u32::from(second & 0x3f)) - Self::FIRST;
        &self.0[code as usize]
    }
}
