//! The fast ways to features held against a plain one: strings in ordered maps.

use crate::support::{Folder, run};
use proptest::prelude::*;
use standpoint::Model;
use standpoint::features::{
    DocumentFrequency, Idf, NGrams, Norm, SparseRows, TermFrequency, TfIdf, TfIdfOptions,
};
use standpoint::io::Silent;
use standpoint::text::{
    Hyphens, Language, StopWords, Texts, TokenOptions, Tokenizer, Tokens, Umlauts,
};
use std::collections::{BTreeMap, BTreeSet};

/// A term: words before characters, then by spelling.
type Term = (bool, String);

/// The n-grams of one text, each as often as it occurs.
fn terms(options: &TfIdfOptions, text: &str) -> Vec<Term> {
    let mut tokens = Tokens::default();
    Tokenizer::new(options.tokens).tokenize_by_character(text, &mut tokens);
    let words: Vec<&str> = tokens
        .iter()
        .filter(|token| !token.standalone)
        .map(|token| token.word)
        .collect();
    let mut found = Vec::new();
    if let Some(range) = options.word_ngrams {
        for length in range.min..=range.max {
            found.extend(
                words
                    .windows(length.into())
                    .map(|words| (false, words.join(" "))),
            );
        }
        if range.min == 1 {
            found.extend(
                tokens
                    .iter()
                    .filter(|token| token.standalone)
                    .map(|token| (false, token.word.to_string())),
            );
        }
    }
    for word in words {
        if let Some(range) = options.char_ngrams {
            found.extend(characters(word, range).into_iter().map(|gram| (true, gram)));
        }
    }
    found
}

fn characters(word: &str, range: NGrams) -> Vec<String> {
    let padded: Vec<char> = format!(" {word} ").chars().collect();
    if padded.len() <= range.min.into() {
        return vec![padded.into_iter().collect()];
    }
    let lengths = range.min.into()..=padded.len().min(range.max.into());
    lengths
        .flat_map(|length| padded.windows(length))
        .map(|gram| gram.iter().collect())
        .collect()
}

/// The vocabulary in column order, and each text's counts by column.
fn plainly(options: &TfIdfOptions, texts: &[String]) -> (Vec<Term>, Vec<BTreeMap<u32, u32>>) {
    let all: Vec<Vec<Term>> = texts.iter().map(|text| terms(options, text)).collect();
    let mut found: BTreeMap<Term, (u32, u32)> = BTreeMap::new();
    for of_text in &all {
        of_text
            .iter()
            .for_each(|term| found.entry(term.clone()).or_default().1 += 1);
        let distinct: BTreeSet<&Term> = of_text.iter().collect();
        distinct
            .into_iter()
            .for_each(|term| found.get_mut(term).unwrap().0 += 1);
    }
    let (least, most) = (
        options.min_df.of(texts.len()),
        options.max_df.of(texts.len()),
    );
    found.retain(|_, (df, _)| (least..=most).contains(&f64::from(*df)));
    let mut order: Vec<(u32, Term)> = found
        .iter()
        .map(|(term, (_, all))| (*all, term.clone()))
        .collect();
    order.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    order.truncate(
        options
            .max_features
            .map_or(usize::MAX, |most| most as usize),
    );
    let mut columns: Vec<Term> = order.into_iter().map(|(_, term)| term).collect();
    columns.sort();
    let count = |of_text: &Vec<Term>| {
        let mut counts = BTreeMap::new();
        for column in of_text
            .iter()
            .filter_map(|term| columns.binary_search(term).ok())
        {
            *counts.entry(column as u32).or_insert(0) += 1;
        }
        counts
    };
    let counts = all.iter().map(count).collect();
    (columns, counts)
}

fn weigh(tfidf: &TfIdf, counts: &BTreeMap<u32, u32>) -> Vec<f32> {
    let weight = |(&column, &count): (&u32, &u32)| {
        (1.0 + f64::from(count).ln()) * f64::from(tfidf.idf()[column as usize])
    };
    let words = tfidf.vocabulary().words() as u32;
    let length = |from: u32, to: u32| {
        counts
            .range(from..to)
            .map(weight)
            .map(|w| w * w)
            .sum::<f64>()
            .sqrt()
    };
    let exponent = tfidf.options().norm_exponent;
    let (of_words, of_grams) = (length(0, words), length(words, u32::MAX));
    let norm = |column: u32| if column < words { of_words } else { of_grams };
    counts
        .iter()
        .map(|entry| (weight(entry) / norm(*entry.0).powf(exponent)) as f32)
        .collect()
}

fn ranges() -> impl Strategy<Value = (Option<NGrams>, Option<NGrams>)> {
    let range = (1..5u8, 0..4u8).prop_map(|(min, more)| NGrams::new(min, min + more));
    (prop::option::of(range.clone()), prop::option::of(range))
        .prop_filter("no n-grams at all", |(words, grams)| {
            words.is_some() || grams.is_some()
        })
}

fn options() -> impl Strategy<Value = TfIdfOptions> {
    let limits = (
        1..4u64,
        prop::sample::select(vec![0.4, 0.7, 1.0]),
        prop::option::of(1..40u32),
    );
    let exponent = prop::sample::select(vec![1.0, 0.0, 0.5, 1.25]);
    (ranges(), limits, any::<bool>(), exponent).prop_map(
        |((word_ngrams, char_ngrams), (least, most, max_features), stem, norm_exponent)| {
            TfIdfOptions::default()
                .tokens(
                    TokenOptions::default()
                        .language(Language::German)
                        .stem(stem),
                )
                .compounds(false)
                .word_ngrams(word_ngrams)
                .char_ngrams(char_ngrams)
                .min_df(DocumentFrequency::Count(least))
                .max_df(DocumentFrequency::Share(most))
                .max_features(max_features)
                .norm_exponent(norm_exponent)
        },
    )
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    let words = [
        "der",
        "die",
        "Straße",
        "a",
        "é",
        "3,5",
        "US-Präsident",
        "U-Boot-Fahrer",
        "war",
        "was",
        "Żółć",
        "🙂",
        "nicht",
    ];
    let text = prop::collection::vec(prop::sample::select(words.to_vec()), 0..14)
        .prop_map(|words| words.join(" "));
    prop::collection::vec(text, 1..16)
}

fn check(tfidf: &TfIdf, rows: &SparseRows, expected: &(Vec<Term>, Vec<BTreeMap<u32, u32>>)) {
    let (columns, counts) = expected;
    let vocabulary = tfidf.vocabulary();
    let found: Vec<Term> = (0..vocabulary.len())
        .map(|c| (c >= vocabulary.words(), vocabulary.term(c).into_owned()))
        .collect();
    assert_eq!(&found, columns);
    assert_eq!(rows.rows(), counts.len());
    for (row, counts) in rows.iter().zip(counts) {
        assert!(row.columns.iter().eq(counts.keys()));
        for (a, b) in row.values.iter().zip(weigh(tfidf, counts)) {
            assert!((a - b).abs() <= 1e-6 * b.abs(), "{a} {b}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn fit_and_transform_are_what_a_plain_count_gives(options in options(), texts in texts()) {
        let expected = plainly(&options, &texts);
        let list: Texts = texts.iter().collect();
        match TfIdf::fit_transform(&options, &list, &Silent) {
            Err(_) => prop_assert!(expected.0.is_empty()),
            Ok((tfidf, rows)) => {
                check(&tfidf, &rows, &expected);
                prop_assert_eq!(&tfidf.transform_texts(&list), &rows);
                let again = TfIdf::fit(&options, &list, &Silent).unwrap();
                prop_assert_eq!(again.idf().to_vec(), tfidf.idf().to_vec());
            }
        }
    }
}

fn token_options() -> impl Strategy<Value = TokenOptions> {
    use Language::{Auto, English, French, German, Turkish};
    let language = prop::sample::select(vec![Auto, German, Turkish, English, French]);
    let umlauts = prop::sample::select(vec![Umlauts::Transcribe, Umlauts::Strip, Umlauts::Keep]);
    let hyphens = prop::sample::select(vec![Hyphens::Both, Hyphens::Parts]);
    let stop_words = prop::sample::select(vec![StopWords::Keep, StopWords::Drop]);
    (language, hyphens, umlauts, any::<bool>(), stop_words).prop_map(
        |(language, hyphens, umlauts, stem, stop_words)| {
            TokenOptions::default()
                .language(language)
                .hyphens(hyphens)
                .umlauts(umlauts)
                .stem(stem)
                .stop_words(stop_words)
        },
    )
}

/// Every option there is.
fn all_options() -> impl Strategy<Value = TfIdfOptions> {
    let tf = prop::sample::select(vec![
        TermFrequency::Raw,
        TermFrequency::Sublinear,
        TermFrequency::Binary,
    ]);
    let idf = prop::sample::select(vec![Idf::Smooth, Idf::Plain, Idf::None]);
    let norm = prop::sample::select(vec![Norm::L2, Norm::L1, Norm::None]);
    (
        options(),
        token_options(),
        0..3u64,
        any::<bool>(),
        tf,
        idf,
        norm,
    )
        .prop_map(|(options, tokens, min_df, compounds, tf, idf, norm)| {
            options
                .tokens(tokens)
                .compounds(compounds)
                .tf(tf)
                .idf(idf)
                .norm(norm)
                .min_df(DocumentFrequency::Count(min_df))
        })
}

/// Texts in several languages, with all that is odd about words.
fn odd_texts() -> impl Strategy<Value = Vec<String>> {
    let words = [
        "Waffen",
        "Lieferung",
        "Waffenlieferung",
        "Waffenlieferungsstopp",
        "Stopp",
        "die",
        "und",
        "Tür",
        "Haus",
        "Haustür",
        "Häuser",
        "l'homme",
        "Ankara'da",
        "IRAK",
        "ışık",
        "the",
        "talks",
        "of",
        "1.200",
        "3,5",
        "US-Präsident",
        "Haustür-Stopp",
        "a",
        "é",
        "z.B.",
        "don't",
        "🙂",
        "Die Regierung hat am Montag neue Sanktionen beschlossen",
        "The government decided on new sanctions against them",
        "Hükümet pazartesi günü ülkeye karşı yeni yaptırımlar kararlaştırdı",
    ];
    let text = prop::collection::vec(prop::sample::select(words.to_vec()), 0..12)
        .prop_map(|words| words.join(" "));
    prop::collection::vec(text, 1..20)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_rows_of_a_fit_are_those_of_every_other_way(options in all_options(), a in odd_texts(), b in odd_texts()) {
        for texts in [a, b] {
            let list: Texts = texts.iter().collect();
            let Ok((tfidf, rows)) = TfIdf::fit_transform(&options, &list, &Silent) else { continue };
            prop_assert_eq!(&tfidf.transform_texts(&list), &rows);
            for (index, text) in texts.iter().enumerate() {
                let found: BTreeSet<u32> = tfidf.occurrences(text).iter().map(|occurrence| occurrence.column).collect();
                prop_assert!(found.iter().eq(rows.row(index).columns));
            }
        }
    }
}

fn german(compounds: bool) -> TfIdfOptions {
    let tokens = TokenOptions::default()
        .language(Language::German)
        .stem(false);
    TfIdfOptions::default()
        .tokens(tokens)
        .compounds(compounds)
        .min_df(DocumentFrequency::Count(2))
}

const COMPOUNDS: [&str; 6] = [
    "Die Waffen und die Lieferung",
    "Waffen ohne Lieferung",
    "Eine Waffenlieferung, noch eine Waffenlieferung",
    "Der Waffenlieferungsstopp",
    "Der Stopp",
    "Ein Stopp",
];

#[test]
fn parts_of_compounds_count_as_the_words_they_are() {
    let texts: Texts = COMPOUNDS.iter().collect();
    for (compounds, expected) in [(false, 2), (true, 4)] {
        let (tfidf, rows) = TfIdf::fit_transform(&german(compounds), &texts, &Silent).unwrap();
        assert_eq!(tfidf.transform_texts(&texts), rows);
        let vocabulary = tfidf.vocabulary();
        let column = (0..vocabulary.len())
            .find(|&column| vocabulary.term(column) == "lieferung")
            .unwrap();
        let holds = rows
            .iter()
            .filter(|row| row.columns.contains(&(column as u32)))
            .count();
        assert_eq!(holds, expected);
    }
}

#[test]
fn a_part_is_shown_where_its_compound_stands() {
    let texts: Texts = COMPOUNDS.iter().collect();
    let tfidf = TfIdf::fit(&german(true), &texts, &Silent).unwrap();
    let found = tfidf.occurrences("Ein Waffenlieferungsstopp");
    let of = |term| {
        found
            .iter()
            .find(|o| tfidf.vocabulary().term(o.column as usize) == term)
    };
    for part in ["waffen", "lieferung", "stopp"] {
        assert_eq!(of(part).unwrap().span, 4..25, "{found:?}");
    }
}

/// Eight rows that differ in their emoji alone.
fn thumbs() -> String {
    let row = |at: usize, thumb: &str, label: &str| {
        format!(
            "{{\"id\":\"{label}{at}\",\"text\":\"really great {thumb}\",\"mood\":\"{label}\"}}\n"
        )
    };
    (0..4)
        .flat_map(|at| [row(at, "👍", "up"), row(at, "👎", "down")])
        .collect()
}

#[test]
fn emoji_decide_where_nothing_else_does() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", thumbs());
    for (name, ngrams) in [
        ("w", &["--word-ngrams", "1-2"][..]),
        ("c", &["--word-ngrams", "none", "--char-ngrams", "3-5"]),
    ] {
        let path = folder.path(name);
        run(&[&["train", &corpus, "--label", "mood", "-o", &path], ngrams].concat()).ok();
        let model = Model::load(path.as_ref()).unwrap();
        let label = |text: &str| model.score(text).heads[0].label().map(str::to_string);
        assert_eq!(label("well 👍").as_deref(), Some("up"), "{name}");
        // However a phone writes it.
        assert_eq!(label("well👎🏿\u{fe0f}!").as_deref(), Some("down"), "{name}");
        let text = "so 👍🏽.";
        let found = model.tfidf().occurrences(text);
        assert!(!found.is_empty(), "{name}");
        assert!(
            found.iter().all(|place| &text[place.span.clone()] == "👍🏽"),
            "{name}: {found:?}"
        );
    }
}

#[test]
fn emoji_make_n_grams_and_tones_stand_beside_them() {
    let texts: Texts = ["so 👍🏽 😂😂", "so 👍 😂😂", "so 👍🏽"].into_iter().collect();
    let tokens = TokenOptions::default()
        .language(Language::English)
        .stem(false);
    let options = TfIdfOptions::default()
        .tokens(tokens)
        .min_df(DocumentFrequency::Count(1));
    let tfidf = TfIdf::fit(&options, &texts, &Silent).unwrap();
    let terms: Vec<String> = (0..tfidf.vocabulary().len())
        .map(|at| tfidf.vocabulary().term(at).into())
        .collect();
    assert_eq!(terms, ["so", "so 👍", "👍", "👍 😂", "👍🏽", "😂", "😂 😂"]);
}

#[test]
fn texts_that_differ_in_an_emoji_are_no_copies() {
    let folder = Folder::new();
    let rows: String = [
        "great 👍",
        "great 👎",
        "great 👍🏽",
        "👍",
        "❤️",
        "Great 👍!",
        "!?",
    ]
    .iter()
    .enumerate()
    .map(|(at, text)| format!("{{\"id\":\"{at}\",\"text\":\"{text}\"}}\n"))
    .collect();
    let (corpus, kept) = (folder.write("rows.jsonl", rows), folder.path("kept.jsonl"));
    let report = run(&["check", &corpus, "--write", &kept, "--json"]);
    assert!(
        report.code == Some(0) || report.code == Some(1),
        "{}",
        report.err
    );
    let ids: Vec<String> = std::fs::read_to_string(&kept)
        .unwrap()
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["id"]
                .as_str()
                .unwrap()
                .into()
        })
        .collect();
    assert_eq!(ids, ["0", "1", "2", "3", "4"]);
}

#[test]
fn a_norm_with_an_exponent_is_kept_in_the_model_and_out_of_older_programs() {
    let folder = Folder::new();
    let corpus = folder.write(
        "corpus.csv",
        "text,topic\nwar war front,war\ngoal goal cup,sport\n",
    );
    let train = |exponent: &str, name: &str| {
        let model = folder.path(name);
        let with = ["--norm-exponent", exponent, "--min-df", "1", "--no-stem"];
        run(&[
            &["train", &corpus, "-o", &model, "--label", "topic"],
            &with[..],
        ]
        .concat())
        .ok();
        Model::load(std::path::Path::new(&model)).unwrap()
    };
    let (unit, damped) = (train("1", "unit"), train("1.5", "damped"));
    let lengths = |model: &Model| {
        let texts: Texts = ["war", "war front goal cup"].into_iter().collect();
        let rows = model.tfidf().transform_texts(&texts);
        [0, 1].map(|row| rows.row(row).squared_norm())
    };
    assert!(
        lengths(&unit)
            .iter()
            .all(|length| (length - 1.0).abs() < 1e-6)
    );
    let [short, long] = lengths(&damped);
    assert!(short > long, "{short} {long}");
    // Programs that know no exponent read files up to format 3.
    for model in [&unit, &damped] {
        assert_eq!(model.summary(0).format, 5);
    }
    assert_eq!(damped.tfidf().options().norm_exponent, 1.5);
    for exponent in ["-0.1", "2.5", "NaN"] {
        let exponent = format!("--norm-exponent={exponent}");
        let model = folder.path("none");
        let ran = run(&[
            "train", &corpus, "-o", &model, "--label", "topic", &exponent,
        ]);
        assert_eq!(ran.code, Some(2), "{exponent}: {}", ran.err);
    }
}
