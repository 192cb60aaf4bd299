//! Emoji, as UTS #51 defines them: characters, and sequences with modifiers, joiners, keycaps,
//! pairs of regional indicators, and tags.
//!
//! A character that is shown as a picture by default is an emoji by itself; one that is shown as
//! text by default is one where the selector U+FE0F follows. Phones and platforms leave that
//! selector away, so that the pictographs from U+2600 to U+27BF and from U+1F000 on (☀, ❤, ✈) need
//! none; `©`, `®`, `™`, arrows and geometric shapes do. With the selector for text, U+FE0E, nothing
//! is an emoji, and digits, `#` and `*` are only as keycaps. Letters that are emoji (ℹ, Ⓜ, 🅰) stay
//! letters.

use unicode_properties::{EmojiStatus, UnicodeEmoji};

/// An emoji at the start of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Emoji<'t>(&'t str);

/// Emoji in a joined sequence at most. The longest sequence that is recommended for interchange
/// joins four.
const MAX_JOINED: usize = 8;
/// Tags of an emoji at most, as in UTS #51, definition ED-14a, which speaks of 32 characters.
const MAX_TAGS: usize = 30;
const JOINER: char = '\u{200d}';
const AS_TEXT: char = '\u{fe0e}';
const AS_PICTURE: char = '\u{fe0f}';
const KEYCAP: char = '\u{20e3}';
const LAST_TAG: char = '\u{e007f}';

impl<'t> Emoji<'t> {
    /// Returns the emoji at the start of `text`.
    pub(crate) fn at(text: &'t str) -> Option<Self> {
        let mut length = element(text, true)?;
        for _ in 1..MAX_JOINED {
            let joined = text[length..]
                .strip_prefix(JOINER)
                .and_then(|rest| element(rest, false));
            let Some(joined) = joined else { break };
            length += JOINER.len_utf8() + joined;
        }
        Some(Emoji(&text[..length]))
    }

    /// Returns its length in bytes.
    pub(crate) fn len(self) -> usize {
        self.0.len()
    }

    /// Returns its characters without selectors, which some write and others leave out.
    pub(crate) fn characters(self) -> impl Iterator<Item = char> {
        self.0.chars().filter(|&c| !is_selector(c))
    }

    /// Returns its characters without selectors and skin tones, except a tone that stands alone.
    pub(crate) fn without_tones(self) -> impl Iterator<Item = char> {
        self.characters()
            .enumerate()
            .filter(|&(at, c)| at == 0 || !is_tone(c))
            .map(|(_, c)| c)
    }

    /// Returns true if it has a skin tone.
    pub(crate) fn has_tone(self) -> bool {
        self.0.chars().skip(1).any(is_tone)
    }
}

/// Returns true if an emoji may begin with a character; false for nearly all characters of texts.
#[inline]
pub(crate) fn may_begin(c: char) -> bool {
    matches!(c, '0'..='9' | '#' | '*' | '©' | '®' | '‼' | '⁉' | '\u{2122}'..='\u{3299}' | '\u{1f000}'..='\u{1ffff}')
}

/// Returns true if a text holds a letter, a digit or an emoji.
pub(crate) fn has_tokens(text: &str) -> bool {
    let begins = |(at, c): (usize, char)| {
        c.is_alphanumeric() || may_begin(c) && Emoji::at(&text[at..]).is_some()
    };
    text.char_indices().any(begins)
}

/// Returns true for the invisible characters that select picture or text.
pub(super) fn is_selector(c: char) -> bool {
    matches!(c, AS_TEXT | AS_PICTURE)
}

fn is_tone(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

/// Returns the length of one emoji of a joined sequence; the `first` must be an emoji by itself.
fn element(text: &str, first: bool) -> Option<usize> {
    let c = text.chars().next().filter(|&c| may_begin(c))?;
    let rest = &text[c.len_utf8()..];
    let more = match c {
        '0'..='9' | '#' | '*' => keycap(rest)?,
        '\u{1f1e6}'..='\u{1f1ff}' => rest
            .chars()
            .next()
            .filter(|c| matches!(c, '\u{1f1e6}'..='\u{1f1ff}'))?
            .len_utf8(),
        _ if c.is_alphanumeric() || rest.starts_with(AS_TEXT) || !c.is_emoji_char() => return None,
        _ => match ending(rest) {
            0 if first && !alone(c) => return None,
            length => length,
        },
    };
    Some(c.len_utf8() + more)
}

/// Returns true if a character is an emoji without a selector.
fn alone(c: char) -> bool {
    use EmojiStatus::{
        EmojiPresentation, EmojiPresentationAndEmojiComponent,
        EmojiPresentationAndModifierAndEmojiComponent, EmojiPresentationAndModifierBase,
    };
    let picture = matches!(
        c.emoji_status(),
        EmojiPresentation
            | EmojiPresentationAndModifierBase
            | EmojiPresentationAndEmojiComponent
            | EmojiPresentationAndModifierAndEmojiComponent
    );
    picture || matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f000}'..)
}

/// Returns the length of the rest of a keycap after its digit.
fn keycap(rest: &str) -> Option<usize> {
    let selected = rest.strip_prefix(AS_PICTURE).unwrap_or(rest);
    let after = selected.strip_prefix(KEYCAP)?;
    Some(rest.len() - after.len())
}

/// Returns the length of selector, tone or tags after an emoji.
fn ending(rest: &str) -> usize {
    let selected = rest.strip_prefix(AS_PICTURE).unwrap_or(rest);
    let after = selected
        .strip_prefix(is_tone)
        .or_else(|| tags(selected))
        .unwrap_or(selected);
    rest.len() - after.len()
}

/// Returns the text after tags that end properly.
fn tags(rest: &str) -> Option<&str> {
    let is_tag = |c: &char| matches!(c, '\u{e0020}'..='\u{e007e}');
    let tags: usize = rest
        .chars()
        .take(MAX_TAGS)
        .take_while(is_tag)
        .map(char::len_utf8)
        .sum();
    rest[tags..].strip_prefix(LAST_TAG).filter(|_| tags > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> bool {
        Emoji::at(text).is_some_and(|emoji| emoji.len() == text.len())
    }

    #[test]
    fn sequences_are_one_emoji() {
        for text in [
            "😀",
            "❤",
            "❤\u{fe0f}",
            "©\u{fe0f}",
            "™\u{fe0f}",
            "👍🏽",
            "☝\u{fe0f}",
            "☝🏿",
            "🇩🇪",
            "1\u{fe0f}\u{20e3}",
            "1\u{20e3}",
            "#\u{fe0f}\u{20e3}",
            "*\u{20e3}",
            "👩🏽\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}👨🏻",
            "🤷\u{200d}♀",
            "🙂\u{200d}↔\u{fe0f}",
            "🏳\u{fe0f}\u{200d}🌈",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
            "🏽",
            "⌚",
            "〰\u{fe0f}",
        ] {
            assert!(whole(text), "{text}: {:?}", Emoji::at(text));
        }
    }

    #[test]
    fn what_is_shown_as_text_is_none() {
        for text in [
            "1",
            "#",
            "*",
            "©",
            "®",
            "™",
            "→",
            "↔",
            "▪",
            "ℹ",
            "Ⓜ",
            "🅰",
            "❤\u{fe0e}",
            "🇩",
            "a",
            "„",
            "\u{fe0f}",
            "\u{200d}",
            "",
        ] {
            assert_eq!(Emoji::at(text), None, "{text}");
        }
    }

    #[test]
    fn an_emoji_ends_where_it_is_complete() {
        for (text, length) in [
            ("👍👍", 4),
            ("🇩🇪🇫🇷", 8),
            ("🇩🇪🇫", 8),
            ("👍🏽🏽", 8),
            ("👩\u{200d}x", 4),
            ("👩\u{200d}\u{200d}👩", 4),
            ("🏴\u{e0067}\u{e0062}", 4),
            ("🏴\u{e007f}", 4),
            ("❤\u{fe0f}\u{fe0f}", 6),
        ] {
            assert_eq!(Emoji::at(text).map(Emoji::len), Some(length), "{text}");
        }
        let joined = "👩\u{200d}".repeat(1000);
        assert_eq!(Emoji::at(&joined).map(Emoji::len), Some(MAX_JOINED * 7 - 3));
        let tagged = format!("🏴{}", "\u{e0067}".repeat(1000));
        assert_eq!(Emoji::at(&tagged).map(Emoji::len), Some(4));
    }

    #[test]
    fn selectors_and_tones_can_be_left_away() {
        let couple = Emoji::at("👩🏽\u{200d}❤\u{fe0f}\u{200d}👨🏻").unwrap();
        assert!(couple.has_tone());
        assert!(couple.characters().eq("👩🏽\u{200d}❤\u{200d}👨🏻".chars()));
        assert!(couple.without_tones().eq("👩\u{200d}❤\u{200d}👨".chars()));
        let tone = Emoji::at("🏽").unwrap();
        assert!(!tone.has_tone() && tone.without_tones().eq("🏽".chars()));
    }

    #[test]
    fn every_emoji_may_begin_one() {
        let emoji = |c: &char| c.is_emoji_char() && !c.is_alphanumeric();
        for c in ('\0'..=char::MAX).filter(emoji) {
            assert!(may_begin(c), "{c:?}");
            let shown = [
                format!("{c}\u{fe0f}"),
                format!("{c}\u{20e3}"),
                format!("{c}{c}"),
            ];
            assert!(shown.iter().any(|text| Emoji::at(text).is_some()), "{c:?}");
        }
    }

    /// Other emoji are other tokens: with another version of Unicode, models get another number of
    /// the tokeniser.
    #[test]
    fn emoji_are_those_of_unicode_18() {
        assert_eq!(unicode_properties::UNICODE_VERSION, (18, 0, 0));
    }
}
