//! The scanner: one pass over the bytes of a text.
//!
//! A word is a run of alphanumeric characters (Unicode's `Alphabetic` and `N*`) and the combining
//! marks that follow them. An apostrophe between letters belongs to the word and becomes `'`, but
//! a final `'s` is cut off; invisible characters inside a word are dropped; digit groups, decimals
//! and points between single letters are joined; words are lower-cased, brought into NFC, and
//! spelled in one way where there are several (`spelling.rs`). An emoji is a token of its own
//! (`emoji.rs`).
//!
//! Words of plain letters, nearly all there are, are taken here: ASCII by the bits of `byte_classes.rs`, and
//! two-byte characters by a table. At anything else the word is begun again by `word.rs`, which
//! knows all the rules. [`tokenize_by_character`](Tokenizer::tokenize_by_character) reads everything that way.

use super::byte_classes::ByteClasses;
use super::languages::Rules;
use super::spelling::{is_apostrophe, is_digit, is_hyphen, is_invisible, is_letter, spell};
use super::tokens::{SLACK, Tokens};
use super::word::Cursor;
use super::{LanguageSet, StopWords, TokenOptions, Umlauts, stem};
use std::sync::LazyLock;
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::is_nfc;

/// Cuts texts into tokens.
#[derive(Debug, Clone, Copy)]
pub struct Tokenizer {
    options: TokenOptions,
    languages: LanguageSet,
    /// Those of the language, unless it is decided for each text.
    rules: Option<&'static Rules>,
}

impl Tokenizer {
    /// A tokeniser by `options`.
    pub fn new(options: TokenOptions) -> Self {
        Self::for_languages(options, LanguageSet::of(options.language))
    }

    /// A tokeniser by `options`, but for the language, which is one of `languages`.
    pub fn for_languages(options: TokenOptions, languages: LanguageSet) -> Self {
        Tokenizer {
            options,
            languages,
            rules: languages.single(),
        }
    }

    /// A tokeniser by `options`, but for the language, whose rules are given.
    pub(crate) fn with_rules(options: TokenOptions, rules: &'static Rules) -> Self {
        Tokenizer {
            options,
            languages: LanguageSet::any(),
            rules: Some(rules),
        }
    }

    /// Replaces `tokens` by the tokens of `text`.
    pub fn tokenize(&self, text: &str, tokens: &mut Tokens) {
        let mut scan = Scanner::new(text, self);
        if scan.cursor.dotless {
            return self.tokenize_by_character(text, tokens);
        }
        tokens.clear(text.len());
        let mut classes = std::mem::take(&mut tokens.classes);
        classes.fill(text.as_bytes());
        while let Some(start) = classes.next_letter(scan.cursor.at) {
            scan.cursor.at = start;
            match classes.plain_end(start) {
                Some(end) => {
                    tokens.push_plain(classes.lower(start), start, end);
                    scan.cursor.at = end;
                }
                None => scan.word(&classes, tokens),
            }
        }
        // What follows takes several times as much for a long text.
        tokens.classes = if text.len() > MAX_REUSED_BYTES {
            ByteClasses::default()
        } else {
            classes
        };
        self.filter(scan.cursor, tokens);
    }

    /// The same tokens, one character at a time and about a tenth as fast; what the fast way is
    /// held against.
    pub fn tokenize_by_character(&self, text: &str, tokens: &mut Tokens) {
        tokens.clear(text.len());
        let mut cursor = self.cursor(text);
        while cursor.next_start() {
            if !cursor.emoji(tokens) {
                cursor.words(tokens);
            }
        }
        self.filter(cursor, tokens);
    }

    fn cursor<'t>(&self, text: &'t str) -> Cursor<'t> {
        Cursor::new(text, &self.options, self.languages, self.rules)
    }

    fn filter(&self, mut cursor: Cursor<'_>, tokens: &mut Tokens) {
        if self.options.stem || self.options.stop_words == StopWords::Drop {
            stem::filter(cursor.rules(), &self.options, tokens);
        }
    }
}

/// The scanner's memory of texts of more bytes is not kept for the next one.
const MAX_REUSED_BYTES: usize = 1 << 20;

struct Scanner<'t> {
    bytes: &'t [u8],
    cursor: Cursor<'t>,
    table: &'static TwoBytes,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str, tokenizer: &Tokenizer) -> Self {
        let table = match tokenizer.options.umlauts {
            Umlauts::Transcribe => &TRANSCRIBED,
            Umlauts::Strip => &STRIPPED,
            Umlauts::Keep => &KEPT,
        };
        Scanner {
            bytes: text.as_bytes(),
            cursor: tokenizer.cursor(text),
            table,
        }
    }

    /// Takes the next emoji, or the next word, if there is one, and those that are joined to it.
    fn word(&mut self, classes: &ByteClasses, tokens: &mut Tokens) {
        self.step_back();
        if self.cursor.next_start()
            && !self.cursor.emoji(tokens)
            && !self.plain_word(classes, tokens)
        {
            self.cursor.words(tokens);
        }
    }

    /// The bits pass the `#` and the `*` of a keycap and stop behind them.
    #[inline]
    fn step_back(&mut self) {
        let (before, rest) = self.bytes.split_at(self.cursor.at);
        let marks = matches!(rest, [0xef, 0xb8, 0x8f, ..] | [0xe2, 0x83, 0xa3, ..]);
        if marks && matches!(before, [.., b'#' | b'*']) {
            self.cursor.at -= 1;
        }
    }

    /// Takes the word that begins here if it has only plain letters; takes nothing otherwise.
    #[inline]
    fn plain_word(&mut self, classes: &ByteClasses, tokens: &mut Tokens) -> bool {
        let (start, from) = (self.cursor.at, tokens.used());
        let mut at = start;
        loop {
            let end = classes.run_end(at);
            tokens.push_lower(classes.lower(at), end - at);
            at = end;
            match self.bytes.get(at) {
                None => break,
                Some(&lead @ 0xc2..=0xdf) => match self.two_bytes(lead, at, tokens) {
                    Next::Letter => at += 2,
                    Next::End => break,
                    Next::Ambiguous => return give_up(from, tokens),
                },
                Some(_) if self.ends_word(start, at) => break,
                Some(_) => return give_up(from, tokens),
            }
        }
        self.cursor.at = at;
        tokens.finish(start, at, false);
        true
    }

    #[inline]
    fn two_bytes(&self, lead: u8, at: usize, tokens: &mut Tokens) -> Next {
        let second = self.bytes.get(at + 1).copied().unwrap_or(0x80);
        match self.table.of(lead, second) {
            TwoByteClass::Letter(spelled, length) => {
                tokens.push_run(*spelled, *length as usize);
                Next::Letter
            }
            TwoByteClass::Other if !self.digit_before(at) => Next::End,
            _ => Next::Ambiguous,
        }
    }

    /// Whether the character at `at`, which is no plain letter, surely ends the word from `start` on.
    #[inline]
    fn ends_word(&self, start: usize, at: usize) -> bool {
        let next = self.bytes.get(at + 1).copied().unwrap_or(b' ');
        match self.bytes[at] {
            // Only digits or single letters, of two bytes at most, are joined by these.
            b'.' if at > start + 2 && !self.digit_before(at) => true,
            b',' if !self.digit_before(at) => true,
            // A blank may part `l'` from its noun.
            b'\'' if next == b' ' => false,
            b'\'' | b'.' | b',' | b'-' => next.is_ascii() && !next.is_ascii_alphanumeric(),
            byte if byte.is_ascii() => true,
            _ => false,
        }
    }

    fn digit_before(&self, at: usize) -> bool {
        self.cursor.text[..at].ends_with(is_digit)
    }
}

fn give_up(from: usize, tokens: &mut Tokens) -> bool {
    tokens.truncate(from);
    false
}

enum Next {
    Letter,
    End,
    Ambiguous,
}

/// What a two-byte character (U+0080 to U+07FF) is in a word.
#[derive(Clone, Copy)]
enum TwoByteClass {
    /// A letter, with its lower-case spelling.
    Letter([u8; SLACK], u8),
    /// No part of a word, unless it stands between digits.
    Other,
    /// Something that depends on what is around it.
    Ambiguous,
}

struct TwoBytes(Vec<TwoByteClass>);

static TRANSCRIBED: LazyLock<TwoBytes> = LazyLock::new(|| TwoBytes::new(Umlauts::Transcribe));
static STRIPPED: LazyLock<TwoBytes> = LazyLock::new(|| TwoBytes::new(Umlauts::Strip));
static KEPT: LazyLock<TwoBytes> = LazyLock::new(|| TwoBytes::new(Umlauts::Keep));

impl TwoBytes {
    const FIRST: u32 = 0x80;
    const LAST: u32 = 0x7ff;

    fn new(umlauts: Umlauts) -> Self {
        let characters = (Self::FIRST..=Self::LAST).map(|code| char::from_u32(code).unwrap_or(' '));
        TwoBytes(
            characters
                .map(|character| Self::entry(character, umlauts))
                .collect(),
        )
    }

    fn entry(character: char, umlauts: Umlauts) -> TwoByteClass {
        let unclear = is_combining_mark(character)
            || is_apostrophe(character)
            || is_hyphen(character)
            || is_invisible(character)
            || !is_nfc(character.encode_utf8(&mut [0; 4]));
        if unclear {
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

    #[inline]
    fn of(&self, lead: u8, second: u8) -> &TwoByteClass {
        let code = (u32::from(lead & 0x1f) << 6 | u32::from(second & 0x3f)) - Self::FIRST;
        &self.0[code as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::super::languages::laws::{all_options, same_both_ways};
    use super::super::{Hyphens, Language};
    use super::*;
    use proptest::prelude::*;

    fn tokens(options: TokenOptions, text: &str) -> Tokens {
        let mut tokens = Tokens::default();
        Tokenizer::new(options).tokenize(text, &mut tokens);
        tokens
    }

    fn of(language: Language) -> TokenOptions {
        TokenOptions {
            language,
            stem: false,
            ..TokenOptions::default()
        }
    }

    fn words(language: Language, text: &str) -> Vec<String> {
        tokens(of(language), text)
            .iter()
            .map(|token| token.word.to_string())
            .collect()
    }

    fn with_auto() -> impl Iterator<Item = Language> {
        Language::ALL.into_iter().chain([Language::Auto])
    }

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
        prop::collection::vec(prop::sample::select(PIECES), 0..24)
            .prop_map(|pieces| pieces.concat())
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
            let text = format!(
                "{character} {character}a{character}b{character}1{character}200{character} x"
            );
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

    #[test]
    fn one_word_in_all_its_spellings() {
        for language in with_auto().filter(|&language| language != Language::Turkish) {
            for text in [
                "Flüchtlinge",
                "FLUECHTLINGE",
                "Flu\u{308}chtlinge",
                "Flücht\u{ad}linge",
            ] {
                assert_eq!(
                    words(language, text),
                    ["fluechtlinge"],
                    "{text} in {language}"
                );
            }
            assert_eq!(
                words(language, "Straße STRASSE STRAẞE"),
                ["strasse"; 3],
                "{language}"
            );
            assert_eq!(
                words(language, "İstanbul istanbul"),
                ["istanbul"; 2],
                "{language}"
            );
            assert_eq!(
                words(language, "Ofﬁzier oﬀen Οδός"),
                ["offizier", "offen", "οδόσ"],
                "{language}"
            );
            assert_eq!(words(language, "٢٠٢٤ ۲۰۲۴"), ["2024"; 2], "{language}");
        }
    }

    #[test]
    fn umlauts_are_treated_as_chosen() {
        let spelled = |umlauts| {
            let options = TokenOptions {
                umlauts,
                stem: false,
                ..TokenOptions::default()
            };
            tokens(options, "Grüße ẞ")
                .iter()
                .map(|token| token.word.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(spelled(Umlauts::Transcribe), ["gruesse", "ss"]);
        assert_eq!(spelled(Umlauts::Strip), ["grusse", "ss"]);
        assert_eq!(spelled(Umlauts::Keep), ["grüße", "ß"]);
    }

    #[test]
    fn hyphens_join_parts_beside_them() {
        let text = "US-Präsident, EU-Afrika-Gipfel, 2024-25, 1,5-2,5, T‑34-Panzer und -a- b-";
        let found = tokens(of(Language::German), text);
        let list = |standalone| found.iter().filter(move |t| t.standalone == standalone);
        let wholes: Vec<_> = list(true)
            .map(|token| (token.word, &text[token.span]))
            .collect();
        assert_eq!(
            wholes,
            [
                ("us-praesident", "US-Präsident"),
                ("eu-afrika-gipfel", "EU-Afrika-Gipfel"),
                ("t-34-panzer", "T‑34-Panzer"),
            ]
        );
        let parts = TokenOptions {
            hyphens: Hyphens::Parts,
            ..of(Language::German)
        };
        assert!(
            tokens(parts, text)
                .iter()
                .map(|t| t.word.to_string())
                .eq(list(false).map(|t| t.word.to_string()))
        );
        assert_eq!(
            words(Language::English, &"a-".repeat(9))[..],
            ["a"; 9],
            "too long a chain"
        );
    }

    #[test]
    fn numbers_are_joined_by_the_language() {
        assert_eq!(
            words(Language::German, "1.200,5 am 12.05.2024"),
            ["1200.5", "am", "12", "05", "2024"]
        );
        assert_eq!(
            words(Language::English, "1,200.5 and 1,2"),
            ["1200.5", "and", "1", "2"]
        );
        assert_eq!(
            words(Language::Neutral, "1,200.5 1\u{0}200"),
            ["1", "200", "5", "1", "200"]
        );
    }

    #[test]
    fn apostrophes_join_end_or_part() {
        let english =
            "Don’t say the army's not 'winning' F-16's 1990's ʼ ʼa bʼ governmentʼs donʼt aʼʼb a''b";
        assert_eq!(
            words(Language::English, english),
            [
                "don't",
                "say",
                "the",
                "army",
                "not",
                "winning",
                "f",
                "16",
                "f-16",
                "1990",
                "a",
                "b",
                "government",
                "don't",
                "a",
                "b",
                "a",
                "b"
            ]
        );
        assert_eq!(
            words(Language::French, "l'eau l' eau 'l' eau l'"),
            ["l'", "eau", "l'", "eau", "l", "eau", "l"]
        );
        assert_eq!(
            words(Language::German, "Putin’s Nein gegen Kiew"),
            ["putin", "nein", "gegen", "kiew"]
        );
    }

    #[test]
    fn points_join_single_letters() {
        let text = "U.S. z.B. d.h. É.U. E\u{301}.U. J.K.Rowling Ende.Neu Nr.B a.b'c 1.a";
        assert_eq!(
            words(Language::English, text),
            [
                "u.s", "z.b", "d.h", "é.u", "é.u", "j.k", "rowling", "ende", "neu", "nr", "b", "a",
                "b'c", "1", "a"
            ]
        );
    }

    #[test]
    fn a_clitic_is_no_part_of_the_span() {
        for text in ["Iran’s", "Iran's", "Iranʼs", "Iran's\u{640}"] {
            assert_eq!(tokens(of(Language::English), text).span(0), 0..4, "{text}");
        }
    }

    #[test]
    fn odd_characters_do_not_disturb() {
        assert_eq!(
            words(Language::English, "a\u{0}b\u{2028}c \u{301}x"),
            ["a", "b", "c", "x"]
        );
        assert!(words(Language::English, "—…\u{ad}\u{fe0f}\u{200d}").is_empty());
        assert!(words(Language::Arabic, "ـــ").is_empty());
    }

    #[test]
    fn emoji_are_tokens() {
        for language in with_auto() {
            assert_eq!(
                words(language, "great👍 no👎!"),
                ["great", "👍", "no", "👎"],
                "{language}"
            );
            assert_eq!(
                words(language, "❤️❤ 🇩🇪🇫🇷"),
                ["❤", "❤", "🇩🇪", "🇫🇷"],
                "{language}"
            );
            assert_eq!(
                words(language, "a1️⃣2 #️⃣*⃣3"),
                ["a", "1\u{20e3}", "2", "#\u{20e3}", "*\u{20e3}", "3"]
            );
            assert_eq!(
                words(language, "5\u{fe0f} © ® x™ → ❤\u{fe0e}"),
                ["5", "x"],
                "{language}"
            );
            assert_eq!(
                words(language, "12.3\u{20e3} a-1\u{20e3}"),
                ["12", "3\u{20e3}", "a", "1\u{20e3}"]
            );
        }
        let text = "so 👩🏽‍❤️‍👨🏻👍🏿 ja";
        let found = tokens(of(Language::German), text);
        let list: Vec<_> = found
            .iter()
            .map(|t| (t.word.to_string(), t.standalone, text[t.span].to_string()))
            .collect();
        let expected = [
            ("so", false, "so"),
            ("👩‍❤‍👨", false, "👩🏽‍❤️‍👨🏻"),
            ("👩🏽‍❤‍👨🏻", true, "👩🏽‍❤️‍👨🏻"),
            ("👍", false, "👍🏿"),
            ("👍🏿", true, "👍🏿"),
            ("ja", false, "ja"),
        ];
        assert!(
            list.iter()
                .map(|(a, b, c)| (a.as_str(), *b, c.as_str()))
                .eq(expected),
            "{list:?}"
        );
    }

    #[test]
    fn stop_words_go_however_umlauts_are_spelled() {
        for umlauts in [Umlauts::Transcribe, Umlauts::Strip, Umlauts::Keep] {
            let options = TokenOptions {
                umlauts,
                stop_words: StopWords::Drop,
                ..of(Language::German)
            };
            let words: Vec<_> = tokens(options, "nicht über die Waffen")
                .iter()
                .map(|t| t.word.to_string())
                .collect();
            assert_eq!(words, ["nicht", "waffen"], "{umlauts}");
        }
    }

    #[test]
    fn stems_know_transcribed_umlauts() {
        let options = TokenOptions {
            stem: true,
            ..of(Language::German)
        };
        let found = tokens(options, "Häuser Haeuser Haus");
        assert_eq!(found.word(0), found.word(1));
        assert_eq!(found.word(0), found.word(2));
    }
}
