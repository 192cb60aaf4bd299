//! Laws that hold in every language, which each file runs on its samples.

use super::{Apostrophe, MAX_PROCLITIC_BYTES, Rules};
use crate::text::spelling::spell;
use crate::text::{Hyphens, Language, StopWords, TokenOptions, Tokenizer, Tokens, Umlauts, detect};
use unicode_normalization::UnicodeNormalization;

/// Words that tell for from against or much from little; they are what stance is made of.
const SIDES: &[(&str, &[&str])] = &[
    ("ar", &["مع", "ضد", "دون", "لكن", "ما"]),
    (
        "de",
        &["für", "gegen", "ohne", "aber", "mehr", "weniger", "noch"],
    ),
    (
        "en",
        &["for", "against", "without", "but", "more", "less", "if"],
    ),
    (
        "es",
        &["para", "por", "contra", "sin", "pero", "más", "menos"],
    ),
    ("fr", &["pour", "contre", "sans", "mais", "plus", "moins"]),
    ("it", &["per", "contro", "senza", "ma", "più", "meno"]),
    (
        "pl",
        &["za", "dla", "przeciw", "bez", "ale", "więcej", "jeszcze"],
    ),
    ("ru", &["за", "для", "против", "без", "но", "если", "ещё"]),
    ("tr", &["için", "karşı", "ama", "daha"]),
    ("uk", &["за", "для", "проти", "без", "але", "ще"]),
    ("xx", &["for", "against", "without"]),
];

/// All ways to cut a text, for which a law may have to hold.
pub fn all_options() -> impl Iterator<Item = TokenOptions> {
    let umlauts = [Umlauts::Transcribe, Umlauts::Strip, Umlauts::Keep];
    let choices = [Hyphens::Both, Hyphens::Parts]
        .into_iter()
        .flat_map(move |h| umlauts.map(|u| (h, u)));
    choices.flat_map(|(hyphens, umlauts)| {
        [(false, false), (false, true), (true, false), (true, true)].map(|(stem, drop)| {
            let stop_words = if drop {
                StopWords::Drop
            } else {
                StopWords::Keep
            };
            TokenOptions {
                language: Language::Auto,
                hyphens,
                umlauts,
                stem,
                stop_words,
                ..TokenOptions::default()
            }
        })
    })
}

fn tokens(rules: &'static Rules, options: TokenOptions, text: &str) -> Tokens {
    let mut tokens = Tokens::default();
    Tokenizer::with_rules(options, rules).tokenize(text, &mut tokens);
    tokens
}

/// The words of a text by the default options, without those that stand beside.
fn words(rules: &'static Rules, text: &str) -> Vec<String> {
    sequence(&tokens(rules, TokenOptions::default().unstemmed(), text))
}

fn sequence(tokens: &Tokens) -> Vec<String> {
    tokens
        .iter()
        .filter(|token| !token.standalone)
        .map(|token| token.word.to_string())
        .collect()
}

pub(crate) fn words_are_as_expected(rules: &'static Rules, text: &str, expected: &str) {
    assert_eq!(
        words(rules, text).join(" "),
        expected,
        "\nhelp: correct the rules of `{}`, or the words after the `=>` of its sample",
        rules.code
    );
}

pub(crate) fn spans_lie_in_the_text(rules: &'static Rules, text: &str) {
    for options in all_options() {
        let mut last = 0;
        for token in tokens(rules, options, text).iter() {
            let spelled = text.get(token.span.clone()).unwrap_or_default();
            let order = token.standalone || token.span.start >= last;
            assert!(
                !token.word.is_empty() && !spelled.is_empty() && order,
                "{token:?} stands at `{spelled}` of `{text}`\nhelp: a span is a piece of the text, not \
                 empty, cut between characters and after the one before; see `Tokens::finish`"
            );
            last = if token.standalone {
                last
            } else {
                token.span.end
            };
        }
    }
}

pub(crate) fn upper_case_changes_no_word(rules: &'static Rules, text: &str) {
    assert_eq!(
        words(rules, &upper(rules, text)),
        words(rules, text),
        "\nhelp: is `dotless_i` of `{}` right, or does a letter miss in `spelling::fold`?",
        rules.code
    );
}

fn upper(rules: &Rules, text: &str) -> String {
    match rules.dotless_i {
        true => text.replace('i', "İ").to_uppercase(),
        false => text.to_uppercase(),
    }
}

pub(crate) fn composition_changes_no_word(rules: &'static Rules, text: &str) {
    let (composed, apart): (String, String) = (text.nfc().collect(), text.nfd().collect());
    for options in all_options() {
        let spelled = |text: &str| sequence(&tokens(rules, options, text));
        assert_eq!(
            spelled(&composed),
            spelled(&apart),
            "\nhelp: a rule looks at single characters where a letter and its marks may be two; see \
             `Cursor` in word.rs"
        );
    }
}

/// Of what the scanner made of a text it makes the same again. A decimal is written by a point
/// whatever the language, so numbers are first written as the language does.
pub(crate) fn words_stay_words(rules: &'static Rules, text: &str) {
    let once = words(rules, text);
    let written: Vec<String> = once.iter().map(|word| number(rules, word)).collect();
    assert_eq!(
        words(rules, &written.join(" ")),
        once,
        "\nhelp: a word must be read as it is spelled in tokens; see `Cursor` in word.rs"
    );
}

fn number(rules: &Rules, word: &str) -> String {
    match (
        word.starts_with(|c: char| c.is_ascii_digit()),
        rules.decimals.first(),
    ) {
        (true, Some(decimal)) => word.replace('.', &decimal.to_string()),
        _ => word.to_string(),
    }
}

pub fn fast_is_plain(rules: &'static Rules, text: &str) {
    for options in all_options() {
        same_both_ways(&Tokenizer::with_rules(options, rules), text);
    }
}

pub(crate) fn same_both_ways(tokenizer: &Tokenizer, text: &str) {
    let (mut fast, mut plain) = (Tokens::default(), Tokens::default());
    tokenizer.tokenize(text, &mut fast);
    tokenizer.tokenize_by_character(text, &mut plain);
    assert!(
        fast.iter().eq(plain.iter()),
        "{tokenizer:?} on {text:?}\nfast:  {:?}\nplain: {:?}\nhelp: the fast way must give up a word \
         where a rule of word.rs may hold; see `Scanner::ends_word` and `TwoByteTable::classify`",
        fast.iter().collect::<Vec<_>>(),
        plain.iter().collect::<Vec<_>>()
    );
}

/// Of the template alone `auto` knows nothing.
pub fn auto_finds_it(rules: &'static Rules, text: &str, expected: &str) {
    if rules.code == "xx" {
        return;
    }
    let mut found = Tokens::default();
    Tokenizer::new(TokenOptions::default().unstemmed()).tokenize(text, &mut found);
    let words = sequence(&found).join(" ");
    assert_eq!(
        (detect(text).code(), words.as_str()),
        (rules.code, expected),
        "\nhelp: teach `language::detect` the language, or write a more telling sample"
    );
}

pub(crate) fn negations_survive(rules: &'static Rules) {
    for (options, negation) in
        all_options().flat_map(|o| rules.negations.iter().map(move |n| (o, n)))
    {
        for written in [
            negation.to_string(),
            upper(rules, negation),
            format!("„{negation}“ {negation}-x"),
        ] {
            let left = tokens(rules, options, &written);
            assert!(
                left.iter()
                    .any(|token| !token.standalone && token.word != "x"),
                "nothing is left of `{written}` under {options:?}\nhelp: take it out of `stop_words` of \
                 `{}`",
                rules.code
            );
        }
    }
}

pub(crate) fn stop_words_take_no_side(rules: &'static Rules) {
    let stop_words = rules.stop_words;
    let help = format!("help: see `stop_words` of `{}`", rules.code);
    assert!(
        stop_words.is_sorted_by(|a, b| a < b),
        "not sorted by bytes, or one twice\n{help}"
    );
    for &word in stop_words {
        assert_eq!(word.to_lowercase(), word, "not in lower case\n{help}");
        let side = SIDES
            .iter()
            .any(|(code, sides)| *code == rules.code && sides.contains(&word));
        assert!(!side, "`{word}` tells for from against\n{help}");
        let negates = rules
            .negations
            .iter()
            .any(|negation| words(rules, negation) == words(rules, word));
        assert!(!negates, "`{word}` is one of `negations`\n{help}");
        let found = words(
            rules,
            &format!("{word}{}", if word.ends_with('\'') { "a" } else { "" }),
        );
        assert_eq!(
            found[0],
            spell(word, Umlauts::Transcribe),
            "no token is ever spelled so\n{help}"
        );
    }
}

pub(crate) fn proclitics_are_short(rules: &'static Rules) {
    let Apostrophe::Elision(proclitics) = rules.apostrophe else {
        return;
    };
    for proclitic in proclitics {
        assert!(
            proclitic.len() <= MAX_PROCLITIC_BYTES && proclitic.to_lowercase() == *proclitic,
            "`{proclitic}'` is never found\nhelp: proclitics are in lower case; raise `MAX_PROCLITIC_BYTES` for a longer one"
        );
    }
}

/// The laws of every language; `samples! { "text" => "its words", … }` at the foot of its file.
macro_rules! samples {
    ($($text:literal => $words:literal),+ $(,)?) => {
        use super::RULES;
        use super::super::laws;

        const SAMPLES: &[(&str, &str)] = &[$(($text, $words)),+];

        #[test]
        fn words_are_as_expected() {
            SAMPLES.iter().for_each(|(text, words)| laws::words_are_as_expected(&RULES, text, words));
        }

        #[test]
        fn spans_lie_in_the_text() {
            SAMPLES.iter().for_each(|(text, _)| laws::spans_lie_in_the_text(&RULES, text));
        }

        #[test]
        fn upper_case_changes_no_word() {
            SAMPLES.iter().for_each(|(text, _)| laws::upper_case_changes_no_word(&RULES, text));
        }

        #[test]
        fn composition_changes_no_word() {
            SAMPLES.iter().for_each(|(text, _)| laws::composition_changes_no_word(&RULES, text));
        }

        #[test]
        fn words_stay_words() {
            SAMPLES.iter().for_each(|(text, _)| laws::words_stay_words(&RULES, text));
        }

        #[test]
        fn fast_is_plain() {
            SAMPLES.iter().for_each(|(text, _)| laws::fast_is_plain(&RULES, text));
        }

        #[test]
        fn auto_finds_it() {
            SAMPLES.iter().for_each(|(text, words)| laws::auto_finds_it(&RULES, text, words));
        }

        #[test]
        fn negations_survive() {
            laws::negations_survive(&RULES);
        }

        #[test]
        fn stop_words_take_no_side() {
            laws::stop_words_take_no_side(&RULES);
        }

        #[test]
        fn proclitics_are_short() {
            laws::proclitics_are_short(&RULES);
        }
    };
}
pub(super) use samples;
