//! The profile of the training data in a model file, and the versions of the file.

use crate::support::{Folder, HEADS, NEWS, news, run};
use standpoint::corpus::{Corpus, HeadKind};
use standpoint::model::ScoreOrigin;
use standpoint::{Model, Trainer};

/// Every sixth text of the news, as a file.
fn sample(folder: &Folder) -> String {
    let rows = std::fs::read_to_string(NEWS).unwrap();
    let kept = rows.lines().step_by(6).map(|row| format!("{row}\n"));
    folder.write("sample.jsonl", kept.collect::<String>())
}

fn train(corpus: &str, model: &str, flags: &[&str]) -> Model {
    let args = [
        &["train", corpus, "-o", model, "--name", "m"],
        &HEADS[..],
        flags,
    ]
    .concat();
    run(&args).ok();
    Model::load(model.as_ref()).unwrap()
}

#[test]
fn a_profile_counts_every_document_once() {
    let folder = Folder::new();
    let model = train(&sample(&folder), &folder.path("model"), &[]);
    let profile = model.profile().unwrap();
    assert_eq!(profile.documents, 72);
    assert!(profile.known_share_held_out);
    let counts = [
        profile.words.counts.iter().sum(),
        profile.known_terms.counts.iter().sum(),
        profile.known_share.total(),
        profile.languages.values().sum(),
    ];
    assert_eq!(counts, [72; 4]);
    let dates = profile.dates.as_ref().unwrap();
    assert_eq!(dates.periods.values().sum::<u64>() + dates.undated, 72);
    let [topic, stance] = &profile.heads[..] else {
        panic!("two heads");
    };
    assert_eq!(
        (topic.origin, stance.origin),
        (ScoreOrigin::Training, ScoreOrigin::OutOfFold)
    );
    for head in [topic, stance] {
        assert_eq!(head.documents, 72);
        assert_eq!(head.confidence.total(), 72);
        assert!(head.scores.iter().all(|scores| scores.total() == 72));
    }
    assert!((topic.label_shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    let macro_f1 = stance
        .metrics
        .iter()
        .find(|of| of.metric == "macro_f1")
        .unwrap();
    let [low, high] = macro_f1.interval.unwrap();
    assert!(low <= macro_f1.value && macro_f1.value <= high);
    assert_eq!(stance.reliability.len(), 3);
}

#[test]
fn a_profile_names_the_sources_of_a_corpus_that_has_them() {
    let folder = Folder::new();
    let news = std::fs::read_to_string(NEWS).unwrap();
    let row = |(at, row): (usize, &str)| {
        let source = [
            "",
            "\"source\": \"Globe\", ",
            "\"source\": \" \", ",
            "\"source\": 7, ",
        ][at % 4];
        format!("{{{source}{}\n", &row[1..])
    };
    let rows: String = news.lines().step_by(6).enumerate().map(row).collect();
    let corpus = folder.write("rows.jsonl", rows);
    let (path, streamed) = (folder.path("model"), folder.path("streamed"));
    let model = train(&corpus, &path, &[]);
    let sources = model.profile().unwrap().sources.as_ref().unwrap();
    assert_eq!(sources.by_frequency(), [("7", 18), ("Globe", 18)]);
    assert_eq!(
        (sources.others, sources.other_documents, sources.unnamed),
        (0, 0, 36)
    );
    let model = train(&corpus, &streamed, &["--stream"]);
    assert_eq!(model.profile().unwrap().sources.as_ref(), Some(sources));
    let card = run(&["inspect", &path, "--card"]).ok();
    assert!(
        card.contains("- Documents by source: 7 18, Globe 18, none named 36"),
        "{card}"
    );
    let shown = &run(&["inspect", &path, "--json"]).json()[0];
    assert_eq!(shown["profile"]["sources"]["documents"]["Globe"], 18);
    let without = train(&sample(&folder), &folder.path("without"), &[]);
    assert_eq!(without.profile().unwrap().sources, None);
}

#[test]
fn words_of_held_out_texts_are_known_less_than_those_of_learnt_ones() {
    let folder = Folder::new();
    let model = train(&sample(&folder), &folder.path("model"), &[]);
    let held_out = model.profile().unwrap().known_share.quantile(0.5).unwrap();
    let corpus = news();
    let median = |rows: &dyn Fn(usize) -> bool| {
        let rows = (0..corpus.len()).filter(|&at| rows(at));
        let share = |at| model.score(corpus.texts.get(at)).known_share().unwrap();
        let mut shares: Vec<f64> = rows.map(share).collect();
        shares.sort_by(f64::total_cmp);
        shares[shares.len() / 2]
    };
    let (learnt, unseen) = (median(&|at| at % 6 == 0), median(&|at| at % 6 != 0));
    assert!(held_out < learnt - 0.05, "{held_out} {learnt}");
    assert!((held_out - unseen).abs() < 0.05, "{held_out} {unseen}");
}

#[test]
fn threads_do_not_show_in_a_profile_and_it_can_be_left_out() {
    let folder = Folder::new();
    let corpus = sample(&folder);
    let bytes = |threads: &str| {
        let path = folder.path(threads);
        train(&corpus, &path, &["--threads", threads]);
        std::fs::read(path).unwrap()
    };
    let one = bytes("1");
    assert!(one == bytes("3") && one == bytes("8"));
    let without = train(&corpus, &folder.path("without"), &["--no-profile"]);
    assert!(without.profile().is_none());
    let whole = Model::load(folder.path("1").as_ref()).unwrap();
    let text = "Troops crossed the border and shelled two towns overnight.";
    let scores = |model: &Model| model.score(text).heads[0].scores.clone();
    assert_eq!(scores(&whole), scores(&without));
}

#[test]
fn a_stream_has_the_profile_of_the_corpus_in_memory() {
    let folder = Folder::new();
    let corpus = sample(&folder);
    let in_memory = ["--classifier", "sgd", "--thresholds", "fixed"];
    let whole = train(&corpus, &folder.path("whole"), &in_memory);
    let streamed = train(&corpus, &folder.path("streamed"), &["--stream"]);
    let [mut whole, mut streamed] = [whole, streamed].map(|model| model.profile().unwrap().clone());
    let shares = |profile: &standpoint::model::Profile| {
        let heads = profile.heads.iter().map(|head| head.label_shares.clone());
        heads.collect::<Vec<_>>()
    };
    assert_eq!(shares(&whole), shares(&streamed));
    // Batches give other weights, and so other scores.
    (whole.heads, streamed.heads) = (vec![], vec![]);
    assert_eq!(whole, streamed);
}

#[test]
fn a_profile_stays_below_its_limit() {
    for labels in [50, 400] {
        let mut builder = Corpus::builder();
        builder.head("topic", HeadKind::Independent);
        for document in 0..3 * labels {
            let own = format!("label{}", document % labels);
            let text = format!("word{} and word{}", document % labels, document % 7);
            builder.document(&document.to_string(), &text, &[&[&own]]);
        }
        let model = Trainer::default()
            .train(&builder.finish().unwrap())
            .unwrap();
        let sections = model.summary(0).sections;
        let profile = sections
            .iter()
            .find(|section| section.name == "profile")
            .unwrap();
        assert!(
            profile.bytes <= 50_000,
            "{labels} labels: {} bytes",
            profile.bytes
        );
    }
}

#[test]
fn a_loaded_model_is_written_in_the_present_format() {
    let folder = Folder::new();
    let old = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/models/v3-svm.standpoint"
    );
    let old = Model::load(old.as_ref()).unwrap();
    assert_eq!((old.format_version(), Model::OLDEST_FORMAT_VERSION), (3, 3));
    assert!(old.profile().is_none() && old.training_options().is_none());
    let path = folder.path("new");
    old.save(path.as_ref(), false).unwrap();
    let new = Model::load(path.as_ref()).unwrap();
    assert_eq!(new.format_version(), 5);
    assert_eq!(new.to_bytes(), std::fs::read(path).unwrap());
}

#[test]
fn the_share_of_known_words_stands_beside_the_number_of_known_terms() {
    let folder = Folder::new();
    let article = folder.write("a.txt", "Troops crossed the border, zzxqv blorft.");
    let row = &run(&["score", &article, "--json"]).json()[0];
    let share = row["known_share"].as_f64().unwrap();
    assert!(share > 0.3 && share < 0.9, "{row}");
    assert!(row["known_terms"].as_u64().unwrap() > 0);
}

#[test]
fn free_text_of_the_card_is_kept() {
    let folder = Folder::new();
    let flags = [
        "--intended-use",
        "sorting news",
        "--known-gaps",
        "no tweets",
    ];
    let model = train(&sample(&folder), &folder.path("model"), &flags);
    let card = model.card_text();
    assert_eq!(card.intended_use.as_deref(), Some("sorting news"));
    assert_eq!(card.known_gaps.as_deref(), Some("no tweets"));
}
