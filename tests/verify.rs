//! `standpoint verify`: whole files, and training again. Model cards.

use crate::support::{Folder, HEADS, NEWS, run, run_line};
use standpoint::Model;

/// A corpus with a part of the news, every row of which has a split, weights and more columns.
fn corpus(folder: &Folder) -> String {
    let rows = std::fs::read_to_string(NEWS).unwrap();
    let rows = rows.lines().enumerate().step_by(8).map(|(at, row)| {
        let split = if at % 24 == 16 { "test" } else { "train" };
        let weight = 1 + at % 2;
        let open = row.strip_suffix('}').unwrap();
        format!("{open}, \"split\": \"{split}\", \"weight\": {weight}}}\n")
    });
    folder.write("corpus.jsonl", rows.collect::<String>())
}

fn train(folder: &Folder, corpus: &str, flags: &[&str]) -> String {
    let model = folder.path("model");
    run(&[
        &["train", corpus, "-o", &model, "--force"],
        &HEADS[..],
        flags,
    ]
    .concat())
    .ok();
    model
}

/// Trains and verifies with flags of training, and those of what `verify` is told again.
fn trains_again_to_the_same_bytes(folder: &Folder, corpus: &str, flags: &str, told: &str) {
    let flags: Vec<&str> = flags.split(' ').collect();
    let model = train(folder, corpus, &flags);
    let line = format!("verify {model} --data {corpus} {told}");
    let row = &run_line(line.trim_end()).json()[0];
    assert_eq!(row["agrees"], true, "{flags:?}: {row}");
    assert_eq!(row["whole"], true);
}

#[test]
fn training_again_gives_the_same_bytes_whatever_the_options() {
    let folder = Folder::new();
    let corpus = corpus(&folder);
    let vectors = folder.path("words.vectors");
    run_line(&format!(
        "background {corpus} -o {vectors} --text title,text --vocabulary 200 --dimensions 4 --min-df 2"
    ))
    .ok();
    let apart = format!("--calibration-set {corpus}");
    let background = format!("--background {vectors}");
    for (flags, told) in [
        ("--where split!=test --sample-weight weight", ""),
        (
            "--classifier topic=lr --classifier nb --thresholds stance=cost=1,3 --seed 7",
            "",
        ),
        (
            "--classifier nbsvm --ratio-exponent 0.6 --alpha 0.1 -C 0.2",
            "",
        ),
        (
            "--char-ngrams 3-4 --compact --name other --intended-use test",
            "",
        ),
        ("--stream --memory 300M", ""),
        (&format!("{apart} --no-fingerprints"), &apart),
        (
            &format!("{background} --background-weight 0.5 --background-terms 20"),
            &background,
        ),
    ] {
        trains_again_to_the_same_bytes(&folder, &corpus, flags, told);
    }
}

#[test]
fn other_data_and_options_are_named_as_the_first_difference() {
    let folder = Folder::new();
    let corpus = corpus(&folder);
    let model = train(&folder, &corpus, &[]);
    let other = std::fs::read_to_string(&corpus).unwrap();
    let other = other.lines().skip(1).map(|row| format!("{row}\n"));
    let other = folder.write("other.jsonl", other.collect::<String>());
    let said = run(&["verify", &model, "--data", &other, "--json"]);
    assert_eq!(said.code, Some(1));
    let row: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(row["agrees"], false);
    assert_eq!(row["difference"]["kind"], "data");
    // The weights of another run in a file that keeps the options of the first.
    let first = Model::load(model.as_ref()).unwrap();
    assert_eq!(first.difference(&first), None);
}

#[test]
fn what_cannot_be_verified_is_said() {
    let folder = Folder::new();
    let corpus = corpus(&folder);
    let model = train(&folder, &corpus, &[]);
    assert_eq!(run(&["verify", &model]).json()[0]["whole"], true);
    assert!(run(&["verify", &model, "--table"]).ok().contains("whole"));
    let mut bytes = std::fs::read(&model).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    let damaged = folder.write("damaged", &bytes);
    assert!(run(&["verify", &damaged]).fails(4).contains("checksum"));
    let old = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/models/v3-svm.standpoint"
    );
    let error = run(&["verify", old, "--data", &corpus]).fails(2);
    assert!(error.contains("file format 3"), "{error}");
    let error = run(&[
        "verify",
        &model,
        "--data",
        &corpus,
        "--calibration-set",
        &corpus,
    ])
    .fails(2);
    assert!(error.contains("without a calibration set"), "{error}");
    let apart = train(&folder, &corpus, &["--calibration-set", &corpus]);
    let error = run(&["verify", &apart, "--data", &corpus]).fails(2);
    assert!(error.contains("--calibration-set"), "{error}");
}

#[test]
fn a_card_has_labels_metrics_and_tests_and_a_tested_model_can_be_verified() {
    let folder = Folder::new();
    let corpus = corpus(&folder);
    let flags = ["--where", "split=train", "--intended-use", "Sorting <news>"];
    let model = train(&folder, &corpus, &flags);
    let tested = folder.path("tested");
    let eval = |out: &str| {
        let args = [
            "eval",
            &model,
            &corpus,
            "--where",
            "split=test",
            "--write-card",
            out,
        ];
        run(&args).ok();
        std::fs::read(out).unwrap()
    };
    assert!(eval(&tested) == eval(&folder.path("again")));
    let card = run(&["inspect", &tested, "--card"]).ok();
    for part in [
        "# Model card: model",
        r"Sorting \<news\>",
        "| conflict |",
        "out of fold",
        "## Test on",
    ] {
        assert!(card.contains(part), "{part}: {card}");
    }
    assert!(card.contains("macro f1 | 0."), "{card}");
    let json = &run(&["inspect", &tested, "--card", "--json"]).json()[0];
    assert_eq!(json["tests"].as_array().unwrap().len(), 1);
    assert_eq!(json["tests"][0]["learnt_documents"], 0);
    assert!(json["languages"]["de"].as_u64().unwrap() > 0);
    assert_eq!(
        run(&["verify", &tested, "--data", &corpus]).json()[0]["agrees"],
        true
    );
}

#[test]
fn a_card_is_taken_from_a_file_with_its_tests() {
    let folder = Folder::new();
    let corpus = corpus(&folder);
    let model = train(&folder, &corpus, &["--intended-use", "Sorting"]);
    let tested = folder.path("tested");
    run_line(&format!(
        "eval {model} {corpus} --write-card {tested} --test-name <own>"
    ))
    .ok();
    let card = &run(&["inspect", &tested, "--card", "--json"]).json()[0];
    assert_eq!(card["tests"][0]["name"], "<own>");
    let text = serde_json::json!({"intended_use": "Sorting", "tests": card["tests"]}).to_string();
    let file = folder.write("card.json", &text);
    let again = train(&folder, &corpus, &["--card-file", &file, "--name", "model"]);
    let bytes = |path: &str| std::fs::read(path).unwrap();
    assert!(
        bytes(&again) == bytes(&tested),
        "the file says what `eval` found"
    );
    let shown = run(&["inspect", &again, "--card"]).ok();
    assert!(
        shown.contains(r"data hash `") && shown.contains(r"`: \<own\>"),
        "{shown}"
    );
    assert_eq!(
        run(&["verify", &again, "--data", &corpus]).json()[0]["agrees"],
        true
    );
    for (wrong, reason) in [
        (r#"{"intended": "x"}"#, "unknown field `intended`"),
        (r#"{"known_gaps": "x", "known_gaps": "y"}"#, "known_gaps"),
    ] {
        let file = folder.write("card.json", wrong);
        let line = format!("train {corpus} -o {model} --force --label topic --card-file {file}");
        let error = run_line(&line).fails(2);
        assert!(
            error.contains(reason) && error.contains("card.json"),
            "{error}"
        );
    }
}

#[test]
fn an_archive_of_a_run_is_repeated_with_the_same_bytes() {
    let folder = Folder::new();
    let corpus = corpus(&folder);
    let (model, zip) = (folder.path("model"), folder.path("run.zip"));
    let flags = [
        "--calibrate",
        "topic=temperature",
        "--where",
        "split!=test",
        "--force",
    ];
    let args = [
        &["train", &corpus, "-o", &model, "--replication", &zip],
        &HEADS[..],
        &flags,
    ]
    .concat();
    run(&args).ok();
    let first = std::fs::read(&zip).unwrap();
    run(&args).ok();
    assert!(
        first == std::fs::read(&zip).unwrap(),
        "the same command, the same archive"
    );
    let row = &run(&["verify", &zip, "--data", &corpus]).json()[0];
    assert_eq!(
        (&row["agrees"], &row["archive_agrees"]),
        (&true.into(), &true.into()),
        "{row}"
    );
    let text = String::from_utf8_lossy(&first);
    for part in [
        "manifest.json",
        "predictions.jsonl",
        "\"part\":\"training\"",
        "# Model card: model",
    ] {
        assert!(text.contains(part), "{part}");
    }
    assert!(text.contains("\"folds\":{\"stance\":"));
    assert!(run(&["verify", &zip, "--table"]).ok().contains("whole"));
}

#[test]
fn a_damaged_archive_is_refused() {
    let folder = Folder::new();
    let corpus = corpus(&folder);
    let (model, zip) = (folder.path("model"), folder.path("run.zip"));
    let args = ["train", &corpus, "-o", &model, "--replication", &zip];
    run(&[&args, &HEADS[..], &["--calibration-set", &corpus]].concat()).ok();
    let whole = std::fs::read(&zip).unwrap();
    let mut flipped = whole.clone();
    let label = b"\"truth\":";
    let at = flipped
        .windows(label.len())
        .position(|part| part == label)
        .unwrap();
    flipped[at + 2] ^= 1;
    for (name, bytes) in [
        ("flipped", &flipped[..]),
        ("cut", &whole[..whole.len() - 30]),
    ] {
        let path = folder.write(name, bytes);
        let error = run(&["verify", &path]).fails(4);
        assert!(
            error.contains("damaged") && error.contains("--replication"),
            "{error}"
        );
    }
    let row = &run(&[
        "verify",
        &zip,
        "--data",
        &corpus,
        "--calibration-set",
        &corpus,
    ])
    .json()[0];
    assert_eq!(row["archive_agrees"], true);
}
