//! The model file as `docs/model-format.md` describes it: the reader in plain Python, which was written from that page,
//! gives the labels and scores of the program.

use crate::support::Folder;
use serde_json::{Value, json};
use standpoint::text::detect;
use std::path::Path;
use std::process::{Command, Output};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Runs the reader; `None` where there is no Python.
fn read(arguments: &[&str]) -> Option<Output> {
    let script = Path::new(ROOT).join("tools/read_model.py");
    let ran = Command::new("python3").arg(script).args(arguments).output();
    let ran = ran.ok();
    if ran.is_none() {
        println!("skipped: python3 is not on the PATH");
    }
    ran
}

/// Returns the golden articles with the languages that the program takes them for.
fn articles() -> String {
    let lines =
        std::fs::read_to_string(format!("{ROOT}/tests/data/models/articles.jsonl")).unwrap();
    let with_language = |line: &str| {
        let mut row: Value = serde_json::from_str(line).unwrap();
        row["lang"] = detect(row["text"].as_str().unwrap()).code().into();
        format!("{row}\n")
    };
    lines.lines().map(with_language).collect()
}

/// Returns the labels of a head in what the reader writes.
fn labels(head: &Value) -> Value {
    let several = head.get("labels").cloned();
    several.unwrap_or_else(|| json!([head["label"]]))
}

fn verify_article(expected: &Value, found: &Value, model: &str) {
    for head in expected["heads"].as_array().unwrap() {
        let own = &found["heads"][head["head"].as_str().unwrap()];
        let context = format!("{model}, {}, {}", expected["id"], head["head"]);
        assert_eq!(labels(own), head["labels"], "{context}");
        let scores = own["scores"].as_object().unwrap().values();
        let scores: Vec<f64> = scores.map(|score| score.as_f64().unwrap()).collect();
        let of_program = head["scores"].as_array().unwrap();
        assert_eq!(scores.len(), of_program.len(), "{context}");
        for (score, of_program) in scores.iter().zip(of_program) {
            let of_program = of_program.as_f64().unwrap();
            let apart = (score - of_program).abs() / of_program.abs().max(1e-6);
            assert!(apart < 1e-6, "{context}: {score} beside {of_program}");
        }
    }
}

#[test]
fn the_reader_in_python_gives_the_labels_and_scores_of_the_program() {
    let folder = Folder::new();
    let articles = folder.write("articles.jsonl", articles());
    let entries = std::fs::read_dir(format!("{ROOT}/tests/data/models")).unwrap();
    let models = entries.map(|entry| entry.unwrap().path());
    let models: Vec<_> = models
        .filter(|path| path.extension().is_some_and(|end| end == "standpoint"))
        .collect();
    assert!(models.len() >= 8);
    for model in models {
        let name = model.display().to_string();
        let Some(ran) = read(&[&name, &articles]) else {
            return;
        };
        let error = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{name}: {error}");
        let rows = |text: &str| -> Vec<Value> {
            let lines = text.lines();
            lines
                .map(|line| serde_json::from_str(line).unwrap())
                .collect()
        };
        let found = rows(&String::from_utf8(ran.stdout).unwrap());
        let expected = rows(&std::fs::read_to_string(model.with_extension("jsonl")).unwrap());
        assert_eq!(found.len(), expected.len(), "{name}");
        for (expected, found) in expected.iter().zip(&found) {
            verify_article(expected, found, &name);
        }
    }
}

#[test]
fn the_reader_in_python_refuses_a_model_that_is_not_whole() {
    let bytes = std::fs::read(format!("{ROOT}/tests/data/models/v3-svm.standpoint")).unwrap();
    let folder = Folder::new();
    let middle = bytes.len() / 2;
    let flipped = |at: usize| {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        flipped
    };
    for (what, broken) in [
        ("empty", Vec::new()),
        ("cut", bytes[..middle].to_vec()),
        ("flipped in a section", flipped(bytes.len() - 1)),
        ("flipped in the header", flipped(200)),
        ("longer", [&bytes[..], b"x"].concat()),
    ] {
        let model = folder.write("broken.standpoint", broken);
        let Some(ran) = read(&[&model]) else {
            return;
        };
        let error = String::from_utf8_lossy(&ran.stderr);
        assert!(
            !ran.status.success() && error.contains("not a model that can be read here"),
            "{what}: {error}"
        );
    }
}
