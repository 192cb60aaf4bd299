//! Laws of the tokeniser on arbitrary and on hostile texts.

use super::super::languages::laws::{all_options, same_both_ways};
use super::super::{Language, TokenOptions, Tokens};
use super::tests::{of, tokens, with_auto, words};
use super::*;
use proptest::prelude::*;

/// Pieces that something is special about, alone or together.
const PIECES: &[&str] = &[
    "1",
    "23",
    "200",
    "4567",
    "٣",
    "۵",
    ".",
    ",",
    "'",
    "’",
    "ʼ",
    "-",
    "‐",
    "\u{2011}",
    "\u{ad}",
    "\u{200c}",
    "\u{200d}",
    "\u{200f}",
    "\u{2060}",
    "\u{feff}",
    "\u{a0}",
    "\u{202f}",
    "٬",
    "٫",
    "\u{301}",
    "\u{307}",
    "\u{308}",
    "\u{345}",
    "\u{64b}",
    "İ",
    "I",
    "ı",
    "i",
    "ş",
    "ß",
    "ẞ",
    "ς",
    "Σ",
    "ﬁ",
    "ſ",
    "ä",
    "Ä",
    "é",
    "ё",
    "Я",
    "є",
    "\u{374}",
    "\u{1100}",
    "\u{1161}",
    "\u{640}",
    "\0",
    "\r",
    "\n",
    "\r\n",
    "\u{2028}",
    " ",
    "  ",
    "_",
    "@",
    "«",
    "“",
    "s",
    "S",
    "a",
    "B",
    "l",
    "qu",
    "dell",
    "n",
    "don",
    "x",
    "abcdefgh",
    "Abcdefg",
    "ABCDEFGHIJKLMNOPQ",
    "漢字",
    "🙂",
    "👍🏽",
    "🏽",
    "❤",
    "©",
    "®",
    "☎",
    "🇩",
    "🅰",
    "Ⓜ",
    "#",
    "*",
    "\u{fe0e}",
    "\u{fe0f}",
    "\u{20e3}",
    "1\u{20e3}",
    "🏴\u{e0067}",
    "\u{e007f}",
    "न\u{93e}",
];

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

/// On every language, and on every way to cut.
fn the_same_both_ways(text: &str) {
    for (language, options) in with_auto().flat_map(|l| all_options().map(move |o| (l, o))) {
        if !options.stem && options.stop_words == StopWords::Keep {
            same_both_ways(
                &Tokenizer::new(TokenOptions {
                    language,
                    ..options
                }),
                text,
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn fast_is_plain_on_any_text(text in "\\PC{0,60}") {
        the_same_both_ways(&text);
    }

    #[test]
    fn fast_is_plain_on_nasty_text(text in pieces()) {
        the_same_both_ways(&text);
    }

    /// Long words in few letters, so that words end everywhere within the eight bytes.
    #[test]
    fn fast_is_plain_on_long_words(text in "[a-cA-C0-2 '.,äßяİ-]{0,80}") {
        the_same_both_ways(&text);
    }

    #[test]
    fn spans_are_in_order(text in pieces()) {
        for options in with_auto().map(of) {
            let tokens = tokens(options, &text);
            let mut last = 0;
            for token in tokens.iter() {
                prop_assert!(!token.word.is_empty());
                prop_assert!(text.get(token.span.clone()).is_some_and(|spelled| !spelled.is_empty()));
                prop_assert!(token.standalone || token.span.start >= last);
                last = if token.standalone { last } else { token.span.end };
            }
        }
    }

    #[test]
    fn composition_changes_no_word(text in pieces()) {
        use unicode_normalization::UnicodeNormalization;
        // `auto` sees letters, not text.
        for language in Language::ALL {
            let apart: String = text.nfd().collect();
            let composed: String = text.nfc().collect();
            prop_assert_eq!(words(language, &apart), words(language, &composed));
        }
    }
}

/// Each character alone, before, after and between letters.
#[test]
fn every_character_is_passed() {
    let german = Tokenizer::new(of(Language::German));
    let others = [
        Language::English,
        Language::Turkish,
        Language::French,
        Language::Auto,
    ]
    .map(of);
    let mut found = Tokens::default();
    for character in '\0'..=char::MAX {
        let text =
            format!("{character} {character}a{character}b{character}1{character}200{character} x");
        same_both_ways(&german, &text);
        for tokenizer in others.map(Tokenizer::new) {
            tokenizer.tokenize(&text, &mut found);
            assert!((2..=11).contains(&found.len()), "{character:?}: {found:?}");
            assert!(
                found
                    .iter()
                    .all(|token| !token.word.is_empty() && !token.span.is_empty())
            );
        }
    }
}

/// A megabyte of each takes milliseconds; if a rule looked back at all of a word, this test would
/// not end.
#[test]
fn hostile_texts_are_read_to_their_end() {
    let pieces = [
        "a",
        "ä",
        "я",
        "a-",
        "a.",
        "a'",
        "a’",
        "l'",
        "1,",
        "1.",
        "1'",
        "1,200.",
        "a\u{ad}",
        "\u{ad}",
        "\u{301}",
        "e\u{301}",
        "a\u{200d}-",
        "İ",
        "I\u{307}",
        "漢",
        "\u{640}",
        "'",
        "-",
        ".a",
        "a's",
        "٣٫",
        "a' ",
        "ʼ",
        "👩\u{200d}",
        "🏴\u{e0067}",
        "🇩",
        "👍🏽",
        "#\u{fe0f}",
        "1\u{fe0f}\u{20e3}",
        "❤\u{fe0f}",
    ];
    let languages = [
        Language::German,
        Language::French,
        Language::Turkish,
        Language::Auto,
    ];
    for (piece, language) in pieces.iter().flat_map(|p| languages.map(|l| (p, l))) {
        let text = format!("a{}", piece.repeat((1 << 20) / piece.len()));
        let found = tokens(of(language), &text);
        assert!(
            found.iter().all(|token| token.span.end <= text.len()),
            "{piece:?} in {language}"
        );
    }
}
