//! The built-in model and the corpus it is made of.

use crate::support::{Folder, news, run};
use standpoint::Model;
use standpoint::corpus::HeadKind;
use std::collections::{BTreeMap, BTreeSet};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/README.md");

/// The one documented command, as it stands in `datasets/README.md`.
fn documented_command() -> Vec<String> {
    let readme = std::fs::read_to_string(README).unwrap();
    let joined = readme.replace("\\\n", " ");
    let line = joined
        .lines()
        .find(|line| line.contains("-o models/default.standpoint"))
        .unwrap();
    let words = line
        .split_whitespace()
        .skip_while(|word| *word != "--")
        .skip(1);
    words.map(str::to_string).collect()
}

#[test]
fn the_built_in_model_is_what_the_documented_command_makes() {
    let folder = Folder::new();
    let model = folder.path("default.standpoint");
    let replace = |word: String| match word.as_str() {
        "models/default.standpoint" => model.clone(),
        word if word.starts_with("datasets/") => format!("{}/{word}", env!("CARGO_MANIFEST_DIR")),
        _ => word,
    };
    let args: Vec<String> = documented_command().into_iter().map(replace).collect();
    run(&args.iter().map(String::as_str).collect::<Vec<_>>()).ok();
    let built_in = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/models/default.standpoint"
    ))
    .unwrap();
    assert!(
        std::fs::read(&model).unwrap() == built_in,
        "run the command in datasets/README.md and commit the model"
    );
}

#[test]
fn its_card_has_intended_use_known_gaps_and_tests_with_intervals() {
    let model = Model::embedded().unwrap();
    let card = model.card_text();
    assert!(
        card.intended_use
            .as_ref()
            .is_some_and(|text| text.contains("first survey"))
    );
    assert!(
        card.known_gaps
            .as_ref()
            .is_some_and(|text| text.contains("invented texts"))
    );
    let documents: Vec<u64> = card.tests.iter().map(|test| test.documents).collect();
    assert_eq!(documents, [370, 330]);
    for test in &card.tests {
        assert_eq!(test.learnt_documents, Some(0));
        assert!(test.name.as_ref().is_some_and(|name| name.contains("real")));
        for head in &test.heads {
            let macro_f1 = head
                .metrics
                .iter()
                .find(|of| of.metric == "macro_f1")
                .unwrap();
            let [low, high] = macro_f1.interval.unwrap();
            assert!(
                low < macro_f1.value && macro_f1.value < high,
                "{}",
                head.name
            );
        }
    }
}

#[test]
fn it_answers_topic_and_stance() {
    let model = Model::embedded().unwrap();
    let kinds: Vec<(&str, HeadKind)> = model
        .heads()
        .iter()
        .map(|h| (h.metadata().name.as_str(), h.metadata().kind))
        .collect();
    assert_eq!(
        kinds,
        [
            ("topic", HeadKind::Exclusive),
            ("stance", HeadKind::Independent)
        ]
    );
    for (sample, language) in [
        ("datasets/samples/de.txt", "de"),
        ("datasets/samples/en.txt", "en"),
    ] {
        let text =
            std::fs::read_to_string(format!("{}/{sample}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let scores = model.score(&text);
        assert_eq!(scores.heads[0].label(), Some("conflict"), "{language}");
        assert!(!scores.heads[1].labels().is_empty(), "{language}");
    }
}

#[test]
fn the_corpus_keeps_its_promises() {
    let corpus = news();
    assert_eq!(
        corpus.ids.iter().collect::<BTreeSet<_>>().len(),
        corpus.len()
    );
    assert_eq!(
        corpus.texts.iter().collect::<BTreeSet<_>>().len(),
        corpus.len()
    );
    assert_eq!(corpus.heads[0].labels.len(), 10);
    assert_eq!(
        corpus.heads[1].labels,
        ["diplomacy", "escalation", "military_aid"]
    );
    let mut languages: BTreeMap<&str, usize> = BTreeMap::new();
    corpus
        .ids
        .iter()
        .for_each(|id| *languages.entry(&id[..2]).or_default() += 1);
    assert!(
        languages["de"] >= 60 && languages["en"] >= 60 && languages.len() == 2,
        "{languages:?}"
    );
}

/// The dispatches, as JSON objects.
fn dispatches() -> Vec<serde_json::Value> {
    let path = |lang: &str| {
        format!(
            "{}/datasets/dispatches/{lang}.jsonl",
            env!("CARGO_MANIFEST_DIR")
        )
    };
    let texts = ["de", "en"].map(|lang| std::fs::read_to_string(path(lang)).unwrap());
    texts
        .iter()
        .flat_map(|text| text.lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn labels_of_dispatches_are_settled_and_agree() {
    let rows = dispatches();
    assert_eq!(rows.len(), 3300);
    let mut apart = BTreeMap::new();
    for row in &rows {
        let passes =
            ["topic", "stance"].map(|head| [1, 2].map(|pass| &row[format!("{head}_pass{pass}")]));
        let differ = passes.iter().any(|[first, second]| first != second);
        assert_eq!(row["settled"], differ, "{row}");
        let agreed = passes
            .iter()
            .zip(["topic", "stance"])
            .all(|([first, _], head)| row[head] == **first);
        assert!(differ || agreed, "{row}");
        let is_headline = row["form"] == "headline";
        assert!(
            is_headline == (row["text"] == "") && row["title"].is_string(),
            "{row}"
        );
        let holds = |list: &serde_json::Value, label: &str| {
            list.as_array().unwrap().iter().any(|l| l == label)
        };
        for stance in ["diplomacy", "escalation", "military_aid"] {
            let [first, second] = passes[1].map(|list| holds(list, stance));
            *apart.entry(stance).or_insert(0) += usize::from(first != second);
        }
    }
    // Agreement of 0.97 by document is about 0.9 in Krippendorff's alpha.
    assert!(
        apart.values().all(|&apart| apart * 20 < rows.len()),
        "{apart:?}"
    );
}

/// Sentences that are plainly about one thing, in words of their own.
#[test]
fn it_is_sure_of_plain_reports() {
    let model = Model::embedded().unwrap();
    for (text, topic, stances) in [
        (
            "Rebels stormed an army post near the border overnight, killing eleven soldiers, and shelled the town.",
            "conflict",
            &["escalation"][..],
        ),
        (
            "Bei schweren Gefechten zwischen Armee und Rebellen sind mindestens vierzig Menschen getötet worden. \
             Die Luftwaffe bombardierte Stellungen der Aufständischen.",
            "conflict",
            &["escalation"],
        ),
        (
            "The striker scored twice as the champions won the cup final after extra time.",
            "sport",
            &[],
        ),
        (
            "Die Notenbank hebt den Leitzins um einen halben Punkt an, die Aktienkurse fallen.",
            "economy",
            &[],
        ),
    ] {
        let scores = model.score(text);
        assert_eq!(scores.heads[0].label(), Some(topic), "{text}");
        assert_eq!(scores.heads[1].labels(), stances, "{text}");
    }
}
