//! Signs that a text was read in an encoding that is not its own.

/// The damage to the characters of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Damage {
    /// It holds U+FFFD, which stands where a character was lost.
    pub replaced: bool,
    /// It holds UTF-8 that was read as Latin-1 or windows-1252.
    pub misread: bool,
    /// It holds control characters other than tab and line break, or U+FFFE and U+FFFF.
    pub control: bool,
}

pub(super) fn damage(text: &str) -> Damage {
    if text
        .bytes()
        .all(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r'))
    {
        return Damage::default();
    }
    Damage {
        replaced: text.contains('\u{fffd}'),
        misread: misread(text),
        control: text.contains(|c: char| {
            c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}')
                || matches!(c, '\u{fffe}' | '\u{ffff}')
        }),
    }
}

/// A two-byte character of UTF-8 becomes a capital from Â to ß, or a letter up to ô where there are
/// more bytes, with characters after it that no word has there.
///
/// One `Ã` or `Â` before a character from U+0080 to U+00BF, one `â€`, or one `ï»¿` is enough,
/// because no language writes them. Of what windows-1252 and other leads make, which may be a
/// letter before a quotation mark, there must be two.
fn misread(text: &str) -> bool {
    let mut doubtful = 0;
    let mut before = '\0';
    for c in text.chars() {
        match (before, c) {
            ('Ã' | 'Â', '\u{80}'..='\u{bf}') | ('â', '€' | '\u{80}') | ('ï', '»') => {
                return true;
            }
            ('\u{c2}'..='\u{d4}', c) if continues(c) => doubtful += 1,
            _ => {}
        }
        before = c;
    }
    doubtful > 1
}

/// Tells whether a byte from 0x80 to 0xBF reads so in Latin-1 or windows-1252; blanks and marks
/// that follow a word in some language are left out.
fn continues(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9f}' | '\u{a1}'..='\u{aa}' | '\u{ac}'..='\u{ba}' | '\u{bc}'..='\u{bf}')
        || matches!(
            c,
            '€' | '‚'
                | 'ƒ'
                | '„'
                | '†'
                | '‡'
                | 'ˆ'
                | '‰'
                | 'Š'
                | '‹'
                | 'Œ'
                | 'Ž'
                | '˜'
                | '™'
                | 'š'
                | 'œ'
                | 'ž'
                | 'Ÿ'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latin_1(text: &str) -> String {
        text.bytes().map(char::from).collect()
    }

    fn windows_1252(text: &str) -> String {
        encoding_rs::WINDOWS_1252
            .decode_without_bom_handling(text.as_bytes())
            .0
            .into_owned()
    }

    #[test]
    fn utf_8_that_was_read_as_latin_1_is_found() {
        for text in [
            "Gespräche über Zölle",
            "l’été",
            "“Talks” fail",
            "переговоры",
            "żółw",
            "\u{feff}talks",
        ] {
            assert!(misread(&latin_1(text)), "{text}");
            assert!(
                misread(&windows_1252(text)),
                "{text}: {}",
                windows_1252(text)
            );
        }
    }

    #[test]
    fn what_is_written_so_is_not() {
        let texts = [
            "Gespräche über Zölle",
            "l’été à «Paris»",
            "À bientôt… Â",
            "São João – “NÃO”",
            "żółw",
            "ÄÖÜ „Ä“ ß",
            "переговоры",
            "naïve façade",
            "10 °C ± 1 µm",
            "«GARÇON»",
            "Â\u{2014}",
            "talks\nresumed\t",
        ];
        for text in texts {
            assert_eq!(damage(text), Damage::default(), "{text}");
        }
    }

    #[test]
    fn lost_and_control_characters_are_found() {
        assert!(
            damage("f\u{fffd}r").replaced && damage("a\u{0}b").control && damage("\u{92}s").control
        );
    }
}
