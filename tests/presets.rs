//! `train --preset`: settings compared before training.

use crate::support::{Folder, HEADS, NEWS, Ran, run, run_line};
use standpoint::Model;
use standpoint::train::TrainingRecord;

/// Every `step`th article of the project's own news.
fn corpus(folder: &Folder, step: usize) -> String {
    let rows = std::fs::read_to_string(NEWS).unwrap();
    let rows = rows.lines().step_by(step).map(|row| format!("{row}\n"));
    folder.write("corpus.jsonl", rows.collect::<String>())
}

fn train(corpus: &str, model: &str, flags: &[&str]) -> Ran {
    let common = ["train", corpus, "-o", model, "--name", "news"];
    run(&[&common[..], &HEADS[..], flags].concat())
}

fn bytes(folder: &Folder, corpus: &str, flags: &[&str]) -> Vec<u8> {
    let model = folder.path("compared.model");
    train(corpus, &model, &[flags, &["--force"]].concat()).ok();
    std::fs::read(model).unwrap()
}

#[test]
fn auto_is_the_default_and_threads_do_not_show() {
    let folder = Folder::new();
    let corpus = corpus(&folder, 4);
    let default = bytes(&folder, &corpus, &[]);
    for flags in [["--threads", "1"], ["--threads", "2"], ["--preset", "auto"]] {
        assert!(bytes(&folder, &corpus, &flags) == default, "{flags:?}");
    }
    assert!(bytes(&folder, &corpus, &["--preset", "fast"]) != default);
}

#[test]
fn fast_is_what_the_classifier_svm_is() {
    let folder = Folder::new();
    let corpus = corpus(&folder, 4);
    let fast = bytes(&folder, &corpus, &["--preset", "fast"]);
    assert!(bytes(&folder, &corpus, &["--classifier", "svm"]) == fast);
}

#[test]
fn the_comparison_is_said_recorded_and_repeated() {
    let folder = Folder::new();
    let (corpus, model) = (corpus(&folder, 4), folder.path("news.model"));
    let said = train(&corpus, &model, &[]);
    assert!(said.err.contains(": takes "), "{}", said.err);
    let record = TrainingRecord::of(&Model::load(model.as_ref()).unwrap());
    let trainer = record.unwrap().unwrap().trainer;
    let selection = trainer.selection.as_ref().unwrap();
    assert_eq!(selection.heads.len(), 2);
    for head in &selection.heads {
        let chosen = head.chosen().unwrap();
        assert_eq!(&chosen.classifier, trainer.of_head(&head.head));
        assert_eq!(chosen.char_ngrams, trainer.features.char_ngrams);
        let first = &head.settings[0];
        let error = chosen.standard_error.unwrap_or(0.0);
        assert!(chosen.score >= first.score + 0.5 * error, "{head:?}");
    }
    let verified = run_line(&format!("verify {model} --data {corpus}")).json();
    assert_eq!(verified[0]["agrees"], true);
}

#[test]
fn too_few_documents_are_not_compared_on() {
    let folder = Folder::new();
    let corpus = corpus(&folder, 20);
    let fast = bytes(&folder, &corpus, &["--preset", "fast"]);
    assert!(bytes(&folder, &corpus, &[]) == fast);
    let asked = train(&corpus, &folder.path("a.model"), &["--preset", "auto"]);
    assert!(asked.err.contains("too few"), "{}", asked.err);
}

#[test]
fn what_options_name_is_not_chosen() {
    let folder = Folder::new();
    let corpus = corpus(&folder, 4);
    for flags in [["--char-ngrams", "3-4"], ["--C", "0.5"]] {
        let said = train(
            &corpus,
            &folder.path("named.model"),
            &[&flags[..], &["--force"]].concat(),
        );
        assert!(!said.err.contains(": takes "), "{}", said.err);
        said.ok();
    }
}

#[test]
fn the_choice_is_compared_anew_in_every_training_part() {
    let folder = Folder::new();
    let corpus = corpus(&folder, 2);
    let flags = ["--models", "auto,svm", "--folds", "2", "--json"];
    let flags = [&flags[..], &["--resamples", "0"]].concat();
    let compared = run(&[&["compare", &corpus], &HEADS[..], &flags].concat()).json();
    let systems = &compared[0]["splits"][0]["heads"][0]["systems"];
    let accuracy = |at: usize| {
        assert_eq!(systems[at]["name"], ["auto", "svm"][at]);
        systems[at]["measured"]["metrics"][0]["figure"]["value"].clone()
    };
    // Both learn from 108 articles; the preset takes characters, too.
    assert_ne!(accuracy(0), accuracy(1));
}
