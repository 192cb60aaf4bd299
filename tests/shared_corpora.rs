//! The main job on real corpora, where a checkout has them beside it in `../shared/data`. Without
//! them these tests pass, and say so.

use crate::support::{Folder, run, run_line};
use standpoint::corpus::{
    ColumnMapping, ColumnName, CorpusReader, ReadOptions, Schema, Selection, find_inputs,
};
use standpoint::features::{TfIdf, TfIdfOptions};
use standpoint::io::Silent;
use standpoint::text::{Language, Texts, TokenOptions, Tokenizer, Tokens};

/// The corpus, or a message that the test is skipped.
fn corpus(name: &str) -> Option<String> {
    let path = format!("{}/../shared/data/{name}", env!("CARGO_MANIFEST_DIR"));
    let found = std::path::Path::new(&path).exists();
    if !found {
        eprintln!("skipped: {name} is not there");
    }
    found.then_some(path)
}

#[test]
fn twenty_newsgroups() {
    let Some(corpus) = corpus("20news_bydate.jsonl.zst") else {
        return;
    };
    let folder = Folder::new();
    let model = folder.path("m");
    run_line(&format!(
        "train {corpus} --label topic --where split=train -o {model}"
    ))
    .ok();
    let report = &run(&["eval", "--model", &model, &corpus, "--where", "split=test"]).json()[0];
    assert_eq!(report["documents"], 7532);
    assert!(
        report["heads"]["topic"]["accuracy"].as_f64().unwrap() >= 0.85,
        "{report}"
    );
}

#[test]
fn reuters_with_several_labels_or_none() {
    let Some(corpus) = corpus("reuters21578_modapte.jsonl.zst") else {
        return;
    };
    let folder = Folder::new();
    let model = folder.path("m");
    let text = [
        "--text",
        "title,text",
        "--labels",
        "topics",
        "--word-ngrams",
        "1-1",
    ];
    run(&[
        &["train", &corpus, "--where", "split=train", "-o", &model][..],
        &text,
    ]
    .concat())
    .ok();
    let report = &run(&["eval", "--model", &model, &corpus, "--where", "split=test"]).json()[0];
    assert_eq!(
        (
            report["documents"].as_u64(),
            report["heads"]["topics"]["unanswered_documents"].as_u64()
        ),
        (Some(3299), Some(0))
    );
    assert!(
        report["heads"]["topics"]["micro_f1"].as_f64().unwrap() > 0.8,
        "{report}"
    );
}

#[test]
fn insight_crime_with_seven_columns() {
    let (Some(train), Some(dev)) = (
        corpus("insightCrime/train.tsv"),
        corpus("insightCrime/dev.tsv"),
    ) else {
        return;
    };
    let folder = Folder::new();
    let model = folder.path("m");
    let flags = [
        "--no-header",
        "--text",
        "1",
        "--labels",
        "crime=2,3,4,5,6,7,8",
        "-o",
        &model,
    ];
    run(&[&["train", &train][..], &flags].concat()).ok();
    let report = &run(&["eval", "--model", &model, &dev, "--no-header"]).json()[0];
    assert_eq!(report["documents"], 332);
    // scikit-learn's TfidfVectorizer and LinearSVC give 0.45 with the same n-grams and C.
    assert!(
        report["heads"]["crime"]["example_based_f1"]
            .as_f64()
            .unwrap()
            > 0.42,
        "{report}"
    );
    assert_eq!(
        run(&["score", "--model", &model, &dev, "--no-header"])
            .json()
            .len(),
        332
    );
}

#[test]
fn german_articles_keep_their_ids() {
    let Some(corpus) = corpus("fang_covid_third.jsonl.zst") else {
        return;
    };
    let scored = run(&["score", &corpus]).ok();
    let mut lines = scored.lines();
    assert!(lines.next().unwrap().starts_with("{\"id\":\"0.json\","));
    assert_eq!(lines.count(), 13_747);
}

/// The texts of a corpus.
fn texts(corpus: &str) -> Texts {
    let schema = Schema {
        no_header: false,
        decode_html: false,
        text: vec![ColumnName::from("text")],
        heads: vec![],
        format: Default::default(),
    };
    let mapping = ColumnMapping {
        schema,
        selection: Selection::default(),
        labels: false,
    };
    let inputs = find_inputs(&[corpus.to_string()], &Silent).unwrap();
    CorpusReader::new(inputs, ReadOptions::default(), &mapping)
        .read()
        .unwrap()
        .texts
}

#[test]
fn the_fast_way_to_tokens_and_features_is_the_plain_one() {
    for name in [
        "20news_bydate",
        "un_quadclass_en_es_ar",
        "sib200_ten_languages",
        "r8_train",
    ] {
        let Some(corpus) = corpus(&format!("{name}.jsonl.zst")) else {
            continue;
        };
        let texts = texts(&corpus);
        let tokenizer =
            Tokenizer::new(TokenOptions::default().stem(false).language(Language::Auto));
        let (mut fast, mut plain) = (Tokens::default(), Tokens::default());
        for text in texts.iter() {
            tokenizer.tokenize(text, &mut fast);
            tokenizer.tokenize_by_character(text, &mut plain);
            assert!(fast.iter().eq(plain.iter()), "{name}: {text}");
        }
        let (tfidf, rows) =
            TfIdf::fit_transform(&TfIdfOptions::default(), &texts, &Silent).unwrap();
        assert!(tfidf.transform_texts(&texts) == rows, "{name}");
    }
}
