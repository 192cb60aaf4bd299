//! Training from an older model.

use crate::support::{Folder, Ran, exists, rows, run, run_line};
use standpoint::Model;

fn old(folder: &Folder, flags: &[&str]) -> (String, String) {
    let (corpus, model) = (folder.write("old.jsonl", rows()), folder.path("old.model"));
    let args = [
        "train", &corpus, "--label", "topic", "--labels", "stance", "--min-df", "1", "-o", &model,
    ];
    run(&[&args[..], flags].concat()).ok();
    (corpus, model)
}

/// Rows of a topic that the old model does not know.
fn new_rows(folder: &Folder) -> String {
    let row = |id, text| {
        format!(
            "{{\"id\":\"{id}\",\"text\":\"{text}\",\"topic\":\"border\",\"stance\":[\"transit\"]}}\n"
        )
    };
    let texts = [
        "the border town",
        "border town won by a guest",
        "a guest crossed the border",
    ];
    folder.write(
        "new.jsonl",
        (0..)
            .zip(texts)
            .map(|(id, text)| row(id, text))
            .collect::<String>(),
    )
}

fn renew(folder: &Folder, inputs: &[&str], from: &str, flags: &[&str]) -> Ran {
    let model = folder.path("new.model");
    let args = [
        &["train", "--from", from, "-o", &model, "--force"],
        inputs,
        flags,
    ]
    .concat();
    run(&args)
}

#[test]
fn a_model_that_went_on_from_another_is_verified_with_the_other() {
    let folder = Folder::new();
    let (corpus, from) = old(&folder, &["--classifier", "lr"]);
    let more = new_rows(&folder);
    let known = std::fs::read_to_string(&more)
        .unwrap()
        .replace("border\",", "sport\",");
    let known = known
        .replace("\"topic\"", "\"other\"")
        .replace("[\"transit\"]", "[]");
    let corrections = folder.write("corrections.jsonl", known);
    for (inputs, flags) in [
        (vec![&corpus, &more], &["--rows", "all"][..]),
        (
            vec![&corrections],
            &["--rows", "corrections", "--label", "topic=other"],
        ),
    ] {
        let inputs: Vec<&str> = inputs.into_iter().map(String::as_str).collect();
        renew(&folder, &inputs, &from, flags).ok();
        let model = folder.path("new.model");
        let data = inputs.iter().flat_map(|input| ["--data", input]);
        let data: Vec<&str> = ["verify", &model].into_iter().chain(data).collect();
        let row = &run(&[&data[..], &["--from", &from]].concat()).json()[0];
        assert_eq!(row["agrees"], true, "{row}");
        let error = run(&data).fails(2);
        let hash = Model::load(from.as_ref()).unwrap().hash().to_string();
        assert!(
            error.contains(&format!("hash {hash} with --from")),
            "{error}"
        );
        let error = run(&[&data[..], &["--from", &model]].concat()).fails(2);
        assert!(error.contains("another older model"), "{error}");
    }
    let line = format!("verify {from} --data {corpus} --from {from}");
    assert!(run_line(&line).fails(2).contains("leave --from out"));
}

#[test]
fn features_stay_and_labels_are_appended() {
    for classifier in ["svm", "sgd", "lr"] {
        let folder = Folder::new();
        let (corpus, model) = old(&folder, &["--classifier", classifier]);
        let more = new_rows(&folder);
        let ran = renew(
            &folder,
            &[&corpus, &more],
            &model,
            &["--evaluate", &more, "--evaluate", &corpus],
        );
        let report = &ran.json()[0];
        let [before, after] =
            [model, folder.path("new.model")].map(|path| Model::load(path.as_ref()).unwrap());
        assert_eq!(before.tfidf().idf()[..], after.tfidf().idf()[..]);
        assert_eq!(
            after.heads()[0].metadata().labels,
            ["conflict", "sport", "border"]
        );
        assert_eq!(
            after.heads()[1].metadata().labels,
            ["aid", "escalation", "transit"]
        );
        assert_eq!(
            after.heads()[0].metadata().classifier,
            before.heads()[0].metadata().classifier
        );
        assert_eq!(
            after.score("guest of the border town").heads[0].label(),
            Some("border"),
            "{classifier}"
        );
        let topic = &report["heads"]["topic"];
        assert_eq!(topic["before"]["labels"]["conflict"]["support"], 4);
        assert_eq!(topic["f1"]["border"]["before"], 0.0);
        assert_eq!(topic["f1"]["border"]["after"], 1.0, "{classifier} {topic}");
        assert_eq!(topic["changed_documents"], 3);
    }
}

#[test]
fn a_flag_that_contradicts_the_old_model_is_an_error() {
    let folder = Folder::new();
    let (corpus, model) = old(
        &folder,
        &["--tf", "raw", "--name", "new", "--thresholds", "fixed"],
    );
    let fails = |flags: &[&str]| renew(&folder, &[&corpus], &model, flags).fails(2);
    for flags in [
        ["--tf", "sublinear"],
        ["--min-df", "2"],
        ["--language", "de"],
        ["--word-ngrams", "1-3"],
    ] {
        assert!(
            fails(&flags).contains("contradicts the features of the old model"),
            "{flags:?}"
        );
    }
    assert!(fails(&["--C", "2"]).contains("--classifier"));
    fails(&["--stream"]);
    fails(&["--options", &folder.write("options.json", "{}")]);
    run_line(&format!(
        "train {corpus} --label topic --evaluate {corpus} -o {}",
        folder.path("x")
    ))
    .fails(2);
    assert!(!exists(&folder.path("new.model")));
    let same = [
        "--tf",
        "raw",
        "--classifier",
        "svm",
        "--C",
        "1",
        "--thresholds",
        "fixed",
    ];
    renew(&folder, &[&corpus], &model, &same).ok();
    // The same rows, features and options: the same model, but for the record of its training.
    let [old, new] =
        [model, folder.path("new.model")].map(|path| Model::load(path.as_ref()).unwrap());
    assert_eq!(old.tfidf().idf(), new.tfidf().idf());
    assert_eq!(old.heads().len(), new.heads().len());
    for (old, new) in old.heads().iter().zip(new.heads()) {
        assert_eq!(old.metadata(), new.metadata());
        let (old, new) = (old.linear(), new.linear());
        assert_eq!(old.bias(), new.bias());
        assert!((0..old.features()).all(|at| old.weights_of(at).eq(new.weights_of(at))));
    }
}

#[test]
fn logistic_regression_begins_at_the_old_weights() {
    for multi in ["multinomial", "ovr"] {
        let folder = Folder::new();
        let (corpus, model) = old(
            &folder,
            &["--classifier", "lr", "--multi-class", multi, "--C", "10"],
        );
        // The old weights are within the tolerance of the new optimum, but not those found from
        // nothing.
        let nearly = [
            "--classifier",
            "lr",
            "--multi-class",
            multi,
            "--C",
            "10.0001",
        ];
        renew(&folder, &[&corpus], &model, &nearly).ok();
        let anew = folder.path("anew.model");
        let args = [
            "train", &corpus, "--label", "topic", "--min-df", "1", "-o", &anew,
        ];
        run(&[&args[..], &nearly].concat()).ok();
        let said = |path: &str| {
            Model::load(path.as_ref())
                .unwrap()
                .score("guest of the border town")
                .heads[0]
                .decisions[0]
        };
        let (before, after, anew) = (said(&model), said(&folder.path("new.model")), said(&anew));
        assert!(
            (before - after).abs() < 1e-12 && (before - anew).abs() > 1e-9,
            "{before} {after} {anew}"
        );
    }
}

#[test]
fn thresholds_are_chosen_anew() {
    let folder = Folder::new();
    let (corpus, model) = old(&folder, &["--thresholds", "fixed"]);
    let thresholds = |flags: &[&str]| {
        renew(&folder, &[&corpus], &model, flags).ok();
        Model::load(folder.path("new.model").as_ref())
            .unwrap()
            .heads()[1]
            .metadata()
            .thresholds
            .clone()
    };
    assert_eq!(thresholds(&["--thresholds", "fixed"]), [0.0, 0.0]);
    assert_ne!(thresholds(&["--folds", "2"]), [0.0, 0.0]);
    renew(
        &folder,
        &[&corpus],
        &model,
        &["--folds", "2", "--thresholds", "fixed"],
    )
    .fails(2);
}
