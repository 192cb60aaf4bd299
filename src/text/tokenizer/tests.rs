//! Examples of every rule.

use super::super::{Hyphens, Language, TokenOptions, Tokens, Umlauts};
use super::*;

pub(super) fn tokens(options: TokenOptions, text: &str) -> Tokens {
    let mut tokens = Tokens::default();
    Tokenizer::new(options).tokenize(text, &mut tokens);
    tokens
}

pub(super) fn of(language: Language) -> TokenOptions {
    TokenOptions {
        language,
        stem: false,
        ..TokenOptions::default()
    }
}

pub(super) fn words(language: Language, text: &str) -> Vec<String> {
    tokens(of(language), text)
        .iter()
        .map(|token| token.word.to_string())
        .collect()
}

pub(super) fn with_auto() -> impl Iterator<Item = Language> {
    Language::ALL.into_iter().chain([Language::Auto])
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
