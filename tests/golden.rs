//! Golden model files of every version of the format: later programs read them and give the same scores.

use serde_json::{Value, json};
use standpoint::Model;
use std::path::{Path, PathBuf};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/models");

/// Returns the golden models in the order of their names.
fn models() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(FOLDER).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut models: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "standpoint"))
        .collect();
    models.sort();
    models
}

/// Returns the articles as pairs of id and text.
fn articles() -> Vec<(String, String)> {
    let lines = std::fs::read_to_string(Path::new(FOLDER).join("articles.jsonl")).unwrap();
    let article = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        let of = |key: &str| row[key].as_str().unwrap().to_string();
        (of("id"), of("text"))
    };
    lines.lines().map(article).collect()
}

/// Returns everything that a model says of an article, with all digits.
fn answers(model: &Model, id: &str, text: &str) -> Value {
    let scores = model.score(text);
    let heads = scores.heads.iter().map(|head| {
        let kept = head.answers(0.2).map(|set| format!("{set:?}"));
        json!({
            "head": head.metadata.name,
            "decisions": head.decisions,
            "scores": head.scores,
            "labels": head.labels(),
            "not_ruled_out_at_0.2": kept,
        })
    });
    json!({ "id": id, "known_terms": scores.known_terms, "heads": heads.collect::<Vec<_>>() })
}

fn golden(model: &Path) -> Vec<Value> {
    let model = Model::load(model).unwrap();
    let articles = articles();
    let of = |(id, text): &(String, String)| answers(&model, id, text);
    articles.iter().map(of).collect()
}

#[test]
fn golden_models_give_the_scores_of_their_own_program() {
    let models = models();
    for version in ["v3-", "v4-", "v5-", "v6-"] {
        let of_version = |model: &&PathBuf| {
            model
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with(version))
        };
        assert!(models.iter().filter(of_version).count() >= 2, "{version}");
    }
    for model in &models {
        let expected_path = model.with_extension("jsonl");
        let found = golden(model);
        if !expected_path.exists() && std::env::var_os("UPDATE_EXPECT").is_some() {
            let lines = found.iter().map(|row| format!("{row}\n"));
            std::fs::write(&expected_path, lines.collect::<String>()).unwrap();
        }
        let expected = std::fs::read_to_string(&expected_path).unwrap();
        let expected: Vec<Value> = expected
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(expected.len(), found.len(), "{}", model.display());
        for (expected, found) in expected.iter().zip(&found) {
            assert_eq!(expected, found, "{}", model.display());
        }
    }
}
