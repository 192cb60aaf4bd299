//! The built-in model and the corpus it is made of.

use crate::support::{Folder, NEWS, news, run};
use standpoint::Model;
use standpoint::corpus::HeadKind;
use std::collections::{BTreeMap, BTreeSet};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/README.md");

/// The one documented command, as it stands in `datasets/README.md`.
fn documented_command() -> Vec<String> {
    let readme = std::fs::read_to_string(README).unwrap();
    let joined = readme.replace("\\\n", " ");
    let line = joined.lines().find(|line| line.contains("-o models/default.standpoint")).unwrap();
    let words = line.split_whitespace().skip_while(|word| *word != "--").skip(1);
    words.map(str::to_string).collect()
}

#[test]
fn the_built_in_model_is_what_the_documented_command_makes() {
    let folder = Folder::new();
    let model = folder.path("default.standpoint");
    let replace = |word: String| match word.as_str() {
        "models/default.standpoint" => model.clone(),
        "datasets/news.jsonl" => NEWS.to_string(),
        _ => word,
    };
    let args: Vec<String> = documented_command().into_iter().map(replace).collect();
    run(&args.iter().map(String::as_str).collect::<Vec<_>>()).ok();
    let built_in = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/models/default.standpoint")).unwrap();
    assert!(
        std::fs::read(&model).unwrap() == built_in,
        "run the command in datasets/README.md and commit the model"
    );
}

#[test]
fn it_answers_topic_and_stance() {
    let model = Model::embedded().unwrap();
    let kinds: Vec<(&str, HeadKind)> =
        model.heads().iter().map(|h| (h.about().name.as_str(), h.about().kind)).collect();
    assert_eq!(kinds, [("topic", HeadKind::Exclusive), ("stance", HeadKind::Independent)]);
    for (sample, language) in [("datasets/samples/de.txt", "de"), ("datasets/samples/en.txt", "en")] {
        let text = std::fs::read_to_string(format!("{}/{sample}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let scores = model.score(&text);
        assert_eq!(scores.heads[0].label(), Some("conflict"), "{language}");
        assert!(!scores.heads[1].labels().is_empty(), "{language}");
    }
}

#[test]
fn the_corpus_keeps_its_promises() {
    let corpus = news();
    assert_eq!(corpus.ids.iter().collect::<BTreeSet<_>>().len(), corpus.len());
    assert_eq!(corpus.texts.iter().collect::<BTreeSet<_>>().len(), corpus.len());
    assert_eq!(corpus.heads[0].labels.len(), 10);
    assert_eq!(corpus.heads[1].labels, ["diplomacy", "escalation", "military_aid"]);
    let mut languages: BTreeMap<&str, usize> = BTreeMap::new();
    corpus.ids.iter().for_each(|id| *languages.entry(&id[..2]).or_default() += 1);
    assert!(languages["de"] >= 60 && languages["en"] >= 60 && languages.len() == 2, "{languages:?}");
}
