//! Everything that can be wrong with what a user hands in: a clear error, an exit code, and the
//! old output whole.

use crate::support::{Folder, Ran, command, exists, rows, run, run_line, run_with, small_model};
use standpoint::Model;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

fn train(folder: &Folder, name: &str, content: impl AsRef<[u8]>, flags: &[&str]) -> Ran {
    let corpus = folder.write(name, content);
    let model = folder.path("model");
    let mut args = vec!["train", &corpus, "-o", &model, "--min-df", "1"];
    args.extend(flags);
    let ran = run(&args);
    assert_eq!(ran.code == Some(0), exists(&model), "{}", ran.err);
    ran
}

#[test]
fn empty_corpora() {
    let folder = Folder::new();
    let error = train(&folder, "a.jsonl", "", &["--label", "topic"]).fails(3);
    assert!(
        error.contains("a.jsonl: there is no row") && error.contains("help: "),
        "{error}"
    );
    let error = train(&folder, "b.csv", "text,topic\n", &["--label", "topic"]).fails(3);
    assert!(error.contains("there is no row"), "{error}");
}

#[test]
fn a_row_with_too_few_columns() {
    let error = train(
        &Folder::new(),
        "a.csv",
        "text,topic\none,x\ntwo\n",
        &["--label", "topic"],
    )
    .fails(3);
    assert!(
        error.contains("a.csv:3: the row has 1 columns, expected 2"),
        "{error}"
    );
    assert!(error.contains("--delimiter"), "{error}");
}

#[test]
fn an_unknown_label_column() {
    let error = train(&Folder::new(), "a.jsonl", rows(), &["--label", "subject"]).fails(3);
    assert!(
        error.contains("there is no column `subject`") && error.contains("`topic`"),
        "{error}"
    );
    let error = train(
        &Folder::new(),
        "a.jsonl",
        rows(),
        &["--label", "subject", "--unlabelled", "skip"],
    )
    .fails(3);
    assert!(error.contains("none of the 8 rows is left"), "{error}");
    let error = train(
        &Folder::new(),
        "a.jsonl",
        rows(),
        &["--label", "x=subject", "--unlabelled", "mask"],
    )
    .fails(3);
    assert!(error.contains("`subject`"), "{error}");
}

#[test]
fn a_misspelt_text_column_is_not_ignored() {
    let error = train(
        &Folder::new(),
        "a.jsonl",
        rows(),
        &["--label", "topic", "--text", "titel,text"],
    )
    .fails(3);
    assert!(
        error.contains("none of 8 rows has the column `titel`"),
        "{error}"
    );
}

#[test]
fn invalid_utf_8() {
    let error = train(
        &Folder::new(),
        "a.jsonl",
        b"{\"text\":\"Stra\xdfe\"}\n",
        &["--label", "topic"],
    )
    .fails(3);
    assert!(
        error.contains("a.jsonl:1: the text is not valid UTF-8") && error.contains("--encoding"),
        "{error}"
    );
}

#[test]
fn one_class_only() {
    let one = "{\"text\":\"a\",\"topic\":\"x\"}\n".repeat(3);
    let error = train(&Folder::new(), "a.jsonl", one, &["--label", "topic"]).fails(3);
    assert!(error.contains("only the label `x`"), "{error}");
}

#[test]
fn a_row_without_text_or_label() {
    let folder = Folder::new();
    let text = format!(
        "{}{{\"id\":\"z\",\"text\":\" \",\"topic\":\"x\"}}\n",
        rows()
    );
    let error = train(&folder, "a.jsonl", text, &["--label", "topic"]).fails(3);
    assert!(
        error.contains("a.jsonl:9: no text: `text` is empty"),
        "{error}"
    );
    let label = format!("{}{{\"text\":\"a\",\"topic\":\"\"}}\n", rows());
    let error = train(&folder, "b.jsonl", &label, &["--label", "topic"]).fails(3);
    assert!(
        error.contains("b.jsonl:9: no label: `topic` is empty") && error.contains("--unlabelled"),
        "{error}"
    );
    let note = train(
        &folder,
        "b.jsonl",
        &label,
        &["--label", "topic", "--unlabelled", "skip"],
    );
    assert!(note.err.contains("left out 1 of 9 rows"), "{}", note.err);
    note.ok();
}

#[test]
fn broken_rows_are_skipped_only_on_request_and_counted() {
    let folder = Folder::new();
    let content = format!("{}nonsense\n", rows());
    train(&folder, "a.jsonl", &content, &["--label", "topic"]).fails(3);
    let bad = folder.path("bad.jsonl");
    let ran = train(
        &folder,
        "a.jsonl",
        &content,
        &["--label", "topic", "--skip-bad", &bad],
    );
    assert!(ran.err.contains("left out 1 broken row,"), "{}", ran.err);
    let bad: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(bad).unwrap()).unwrap();
    assert_eq!(
        (bad["line"].as_u64(), bad["row"].as_str()),
        (Some(9), Some("nonsense"))
    );
}

#[test]
fn no_option_is_ignored() {
    for flags in [
        &["--label", "topic", "--ngrams", "2"][..],
        &["--label", "topic", "--classifier", "tree"],
    ] {
        train(&Folder::new(), "a.jsonl", rows(), flags).fails(2);
    }
    let error = train(
        &Folder::new(),
        "a.jsonl",
        rows(),
        &["--label", "topic", "--class-weight", "peace=2"],
    )
    .fails(2);
    assert!(error.contains("`peace`"), "{error}");
    let error = train(
        &Folder::new(),
        "a.jsonl",
        rows(),
        &["--label", "topic", "--classifier", "tone=lr"],
    )
    .fails(2);
    assert!(error.contains("`tone`"), "{error}");
    train(&Folder::new(), "a.jsonl", rows(), &[]).fails(2);
    train(
        &Folder::new(),
        "a.jsonl",
        rows(),
        &["--label", "topic", "-C", "-1"],
    )
    .fails(2);
    train(
        &Folder::new(),
        "a.jsonl",
        rows(),
        &["--label", "topic", "--word-ngrams", "3-1"],
    )
    .fails(2);
    train(
        &Folder::new(),
        "a.jsonl",
        rows(),
        &["--label", "topic", "--where", "topic"],
    )
    .fails(2);
}

#[test]
fn an_article_without_a_known_word_has_the_biases() {
    let row = &run_with(&["score", "--format", "text"], b" .... ").json()[0];
    assert_eq!(row["known_terms"], 0);
    assert!(row["heads"]["topic"]["label"].is_string());
    let table = run_with(&["score", "--format", "text", "--table"], b"...").ok();
    assert!(table.contains("no known word"), "{table}");
}

#[test]
fn odd_characters_in_an_article() {
    let ids = run_with(
        &["score"],
        "{\"id\":\"a\u{2028}b\",\"text\":\"war\\u0000 \u{2028} army\"}\n".as_bytes(),
    )
    .json();
    assert_eq!(ids[0]["id"], "a\u{2028}b");
}

#[test]
fn a_damaged_model() {
    let folder = Folder::new();
    let path = small_model(&folder);
    let whole = std::fs::read(&path).unwrap();
    let text = folder.write("a.txt", "army");
    let damaged = |name: &str, bytes: &[u8]| {
        let model = folder.write(name, bytes);
        let error = run(&["score", &text, "--model", &model]).fails(4);
        assert!(
            error.contains(&model) && error.contains("help: "),
            "{error}"
        );
        error
    };
    assert!(damaged("cut", &whole[..whole.len() - 1]).contains("cut off"));
    damaged("empty", b"");
    damaged("text", b"not a model");
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    assert!(damaged("flipped", &flipped).contains("checksum"));
    let version = b"\\\"format\\\":";
    let at = whole
        .windows(version.len())
        .position(|part| part == version)
        .unwrap()
        + version.len();
    let mut bytes = whole.clone();
    bytes[at] = b'9';
    let error = damaged("newer", &bytes);
    assert!(
        error.contains("format 9") && error.contains("update standpoint"),
        "{error}"
    );
    assert_eq!(
        run(&["inspect", &folder.path("none")])
            .fails(5)
            .matches("none")
            .count(),
        1
    );
}

#[test]
fn no_flipped_byte_goes_unnoticed() {
    let folder = Folder::new();
    let whole = std::fs::read(small_model(&folder)).unwrap();
    let step = (whole.len() / 1500).max(1);
    for at in (0..whole.len()).step_by(step).chain(0..1200) {
        for flip in [0x01, 0x20, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] ^= flip;
            let read = Model::from_bytes(bytes);
            assert!(read.is_err(), "byte {at} flipped by {flip:#x} gave a model");
        }
    }
    for length in (0..whole.len()).step_by(step) {
        assert!(Model::from_bytes(whole[..length].to_vec()).is_err());
    }
}

#[test]
fn an_output_that_exists_is_kept() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", rows());
    let model = folder.write("old", "old");
    let error = run(&["train", &corpus, "--label", "topic", "-o", &model]).fails(2);
    assert!(error.contains("--force"), "{error}");
    assert_eq!(std::fs::read(&model).unwrap(), b"old");
    run(&[
        "train", &corpus, "--label", "topic", "-o", &model, "--force",
    ])
    .ok();
    assert_ne!(std::fs::read(&model).unwrap(), b"old");
    assert_eq!(folder.files(), ["old", "rows.jsonl"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", rows());
    let error = run(&["train", &corpus, "--label", "topic", "-o", "/dev/full"]).fails(5);
    assert!(
        error.contains("No space left") && error.contains("help: "),
        "{error}"
    );
    let mut score = command();
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let score = score
        .args(["score", &corpus])
        .stdout(full)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let said = crate::support::finish(score).fails(5);
    assert!(
        said.contains("standard output") && said.contains("help: free some space"),
        "{said}"
    );
}

#[test]
fn a_folder_that_is_not_there() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", rows());
    let error = run_line(&format!(
        "train {corpus} --label topic -o {}",
        folder.path("no/model")
    ))
    .fails(5);
    assert!(error.contains("no/"), "{error}");
}

/// The corpus comes through a pipe that stays open, so that the program is certainly at work.
#[cfg(unix)]
#[test]
fn ctrl_c_leaves_the_old_model() {
    let folder = Folder::new();
    let model = folder.write("old", "old");
    let mut train = command();
    train.args([
        "train", "-", "--format", "jsonl", "--label", "topic", "--force", "-o", &model,
    ]);
    let mut child = train
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // More than a pipe holds: when it is written, the program is reading.
    stdin.write_all(rows().repeat(400).as_bytes()).unwrap();
    std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(130),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted"));
    assert_eq!(std::fs::read(&model).unwrap(), b"old");
    assert_eq!(folder.files(), ["old"]);
}

/// The system ends the program at each kilobyte that it writes: the old file stays whole, and the next run is not
/// in the way of what was left behind.
#[cfg(target_os = "linux")]
#[test]
fn a_program_killed_while_it_writes_leaves_the_old_file() {
    let folder = Folder::new();
    let (model, corpus) = (small_model(&folder), folder.write("more.jsonl", rows()));
    let old = std::fs::read(&model).unwrap();
    let (vectors, archive) = (folder.path("v"), folder.path("r.zip"));
    let train = format!("train {corpus} --label topic --char-ngrams 2-3 --force -o {model}");
    let background = format!("background {corpus} --min-df 1 --dimensions 2 -o {vectors}");
    let predictions = format!("eval {model} {corpus} --predictions {archive} --force");
    let program = command().get_program().to_string_lossy().into_owned();
    let limited = |line: &str, blocks: usize| {
        let script = format!("ulimit -c 0; ulimit -f {blocks}; exec {program} {line}");
        let mut shell = std::process::Command::new("sh");
        let ran = shell.args(["-c", &script]).output().unwrap();
        ran.status.success()
    };
    let mut killed = 0;
    for blocks in 0..12 {
        if !limited(&train, blocks) {
            killed += 1;
            assert_eq!(std::fs::read(&model).unwrap(), old, "{blocks}");
        }
        if !limited(&background, blocks) {
            assert!(!Path::new(&vectors).exists(), "{blocks}");
        }
        if !limited(&predictions, blocks) {
            assert!(!Path::new(&archive).exists(), "{blocks}");
        }
        std::fs::write(&model, &old).unwrap();
        for made in [&vectors, &archive] {
            let _ = std::fs::remove_file(made);
        }
    }
    assert!(killed > 3, "{killed}");
    run_line(&train).ok();
    assert!(Model::load(Path::new(&model)).is_ok());
    assert_eq!(
        folder
            .files()
            .iter()
            .filter(|name| name.contains("model"))
            .count(),
        1
    );
}

/// Several programs write one file at the same time: it is one of theirs, whole.
#[test]
fn writers_at_once_leave_one_whole_file() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", rows());
    let model = folder.path("m.model");
    let train = |c: &str| {
        let line = format!("train {corpus} --label topic --C {c} --name n --force -o {model}");
        command()
            .args(line.split(' '))
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    };
    let strengths = ["0.5", "1", "2", "4"];
    let children = strengths.map(train);
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    let found = std::fs::read(&model).unwrap();
    let alone = strengths.map(|c| {
        assert!(train(c).wait_with_output().unwrap().status.success());
        std::fs::read(&model).unwrap()
    });
    assert!(alone.contains(&found));
    assert_eq!(folder.files(), ["m.model", "rows.jsonl"]);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut score = command();
    score
        .args(["score", "-", "--format", "jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = score.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(rows().as_bytes()).unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    drop(out);
    // The program learns of the closed pipe by writing into it.
    while stdin.write_all(rows().as_bytes()).is_ok() {}
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn rows_are_scored_as_they_come() {
    let mut score = command();
    score
        .args(["score", "-", "--format", "jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = score.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    for row in rows().lines() {
        writeln!(stdin, "{row}").unwrap();
        let mut scored = String::new();
        out.read_line(&mut scored).unwrap();
        assert_eq!(scored[..8], row[..8]);
    }
    drop(stdin);
    let started = Instant::now();
    assert!(child.wait().unwrap().success() && started.elapsed() < Duration::from_secs(60));
}

#[test]
fn an_article_that_is_empty() {
    for input in ["", " \n"] {
        let error = run_with(&["score", "--format", "text"], input.as_bytes()).fails(3);
        assert!(error.contains("no text"), "{error}");
    }
    let none = run_with(&["score", "--format", "jsonl"], b"");
    assert!(none.err.contains("no row was scored"), "{}", none.err);
    assert!(none.ok().is_empty());
}

#[test]
fn rejected_rows_never_replace_a_file() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", rows());
    let train = [
        "train",
        &corpus,
        "--label",
        "topic",
        "-o",
        &folder.path("m"),
        "--skip-bad",
        &corpus,
    ];
    assert!(run(&train).fails(2).contains("one of the inputs"));
    assert_eq!(std::fs::read_to_string(&corpus).unwrap(), rows());
}

/// Flags of `train` of which one has no effect, or a value that is none of its own.
const REFUSED: [&str; 29] = [
    "--classifier nb -C 3",
    "--classifier svm --alpha 0.1",
    "--classifier svm --interpolation 0.5",
    "--classifier nbsvm --loss hinge",
    "--classifier cs --intercept none",
    "--classifier nbsvm --interpolation 1.5",
    "--classifier svm --ratio-exponent 0.5",
    "--classifier nbsvm --ratio-exponent 1.5",
    "--classifier nbsvm --ratio-exponent nan",
    "--classifier nb --tol 0.1",
    "--classifier ridge -C 3",
    "--penalty l1",
    "--classifier lr --penalty l3",
    "--classifier lr --penalty elasticnet",
    "--classifier lr --penalty elasticnet --l1-ratio 1.5",
    "--classifier lr --penalty l1 --l1-ratio 0.5",
    "--classifier lr --l1-ratio 0.5",
    "--classifier ridge --multi-class ovr",
    "--classifier lr --multi-class all",
    "--classifier nb --intercept none",
    "--classifier ridge --intercept some",
    "--delimiter ;",
    "--no-header",
    "--quote none",
    "--classifier nb --classifier svm",
    "--class-weight sport=1,sport=2",
    "--text text,text",
    "--text text,",
    "--min-df 5 --max-df 3",
];

#[test]
fn options_without_effect_are_refused() {
    for flags in REFUSED {
        let flags: Vec<&str> = ["--label", "topic"]
            .into_iter()
            .chain(flags.split(' '))
            .collect();
        train(&Folder::new(), "a.jsonl", rows(), &flags).fails(2);
    }
    let folder = Folder::new();
    let model = small_model(&folder);
    let corpus = folder.path("rows.jsonl");
    run(&["score", "--model", &model, &corpus, "--top", "1", "--table"]).fails(2);
    run(&[
        "eval", "--model", &model, &corpus, "--head", "stance", "--label", "topic",
    ])
    .fails(2);
    assert!(
        run(&["score", "--model", &model, &corpus, "--text", "titel,text"])
            .fails(3)
            .contains("`titel`")
    );
    run(&["score", "-", "-"]).fails(2);
}

/// The whole of a pipe is scored, though its name could be that of a model.
#[cfg(unix)]
#[test]
fn a_named_pipe_loses_nothing() {
    let folder = Folder::new();
    let pipe = folder.path("pipe");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let writer = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::write(pipe, rows()).unwrap()
    });
    let scored = run(&["score", "--format", "jsonl", &pipe]).json();
    writer.join().unwrap();
    assert_eq!(scored.len(), 8);
}

#[test]
fn an_unreachable_objective_is_no_model() {
    let error = train(
        &Folder::new(),
        "a.jsonl",
        rows(),
        &["--label", "topic", "--classifier", "lr", "-C", "1e200"],
    );
    assert!(error.fails(2).contains("lower C"));
}

#[cfg(unix)]
#[test]
fn a_replaced_file_keeps_its_link_and_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", rows());
    let real = folder.write("real", "old");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o600)).unwrap();
    let link = folder.path("link");
    std::os::unix::fs::symlink(&real, &link).unwrap();
    run(&["train", &corpus, "--label", "topic", "-o", &link]).fails(2);
    run(&["train", &corpus, "--label", "topic", "-o", &link, "--force"]).ok();
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(Model::is_model(real.as_ref()));
    assert_eq!(
        std::fs::metadata(&real).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

/// Forged tables, words and numbers with right checksums: whatever loads can score and explain.
#[test]
fn forged_models_that_load_can_score() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", rows());
    let path = folder.path("m");
    run_line(&format!(
        "train {corpus} --label topic --char-ngrams 2-4 -o {path}"
    ))
    .ok();
    let whole = std::fs::read(path).unwrap();
    let (random, mut loaded) = (std::cell::Cell::new(7u64), 0);
    for _ in 0..600 {
        let bytes = forged(&whole, &|header, data| {
            let next = || {
                let step = random.get().wrapping_mul(6_364_136_223_846_793_005);
                random.set(step.wrapping_add(1_442_695_040_888_963_407));
                (random.get() >> 33) as usize
            };
            let name = [
                "vocabulary.ends",
                "vocabulary.terms",
                "idf",
                "head.0.weights",
            ][next() % 4];
            let [from, to] =
                [0, 1].map(|at| header[name]["data_offsets"][at].as_u64().unwrap() as usize);
            let at = from + next() % ((to - from) / 4) * 4;
            let number = if next() % 2 == 0 {
                (next() % 40) as u32
            } else {
                next() as u32
            };
            data[at..at + 4].copy_from_slice(&number.to_le_bytes());
        });
        if let Ok(model) = Model::from_bytes(bytes) {
            loaded += 1;
            model.score("Die ARMY shelled the town, the striker scored a goal in the final");
            model
                .explain("the army shelled the town and sent troops to the border")
                .reasons(0, 0);
        }
    }
    assert!(loaded > 50, "only {loaded} of 600 loaded");
}

/// A model whose character n-grams are all called words, or its words character n-grams.
#[test]
fn forged_words() {
    let folder = Folder::new();
    let corpus = folder.write("rows.jsonl", rows());
    let path = folder.path("m");
    run_line(&format!(
        "train {corpus} --label topic --char-ngrams 3-4 -o {path}"
    ))
    .ok();
    let whole = std::fs::read(&path).unwrap();
    let terms = Model::load(path.as_ref())
        .unwrap()
        .tfidf()
        .vocabulary()
        .len();
    for words in [terms, 0] {
        let bytes = forged(&whole, &|header, _| {
            let text = header["__metadata__"]["standpoint"].as_str().unwrap();
            let mut envelope: serde_json::Value = serde_json::from_str(text).unwrap();
            envelope["model"]["word_terms"] = words.into();
            header["__metadata__"]["standpoint"] = envelope.to_string().into();
        });
        assert!(Model::from_bytes(bytes).is_err(), "{words}");
    }
}

/// One long word: stemmers take the square of its length, and explaining it listed every place.
#[test]
fn a_word_of_a_megabyte() {
    let folder = Folder::new();
    let long = folder.write("long.txt", "y".repeat(1 << 20));
    assert_eq!(run(&["score", &long]).json().len(), 1);
    assert_eq!(
        run(&["explain", &long, "--json", "--label", "conflict"])
            .json()
            .len(),
        1
    );
}

/// Forged models with right checksums: whatever they hold, an error and no panic.
#[test]
fn forged_models() {
    let folder = Folder::new();
    let whole = std::fs::read(small_model(&folder)).unwrap();
    let forge = |change: &dyn Fn(&mut serde_json::Value, &mut Vec<u8>)| forged(&whole, change);
    assert!(Model::from_bytes(forge(&|_, _| {})).is_ok());
    let section = |header: &serde_json::Value, name: &str| {
        [0, 1].map(|at| header[name]["data_offsets"][at].as_u64().unwrap() as usize)
    };
    for (name, bytes) in [
        ("vocabulary.ends", &[0xff; 8][..]),
        ("vocabulary.terms", &[b'z'; 3]),
        ("idf", &f32::NAN.to_le_bytes()),
        ("head.0.bias", &f64::INFINITY.to_le_bytes()),
        ("head.0.weights", &f32::NAN.to_le_bytes()),
    ] {
        let bytes = forge(&|header, data| {
            let [from, _] = section(header, name);
            data[from..from + bytes.len()].copy_from_slice(bytes);
        });
        assert!(Model::from_bytes(bytes).is_err(), "{name}");
    }
    type Change = fn(&mut serde_json::Value);
    let changes: [(&str, Change); 7] = [
        ("labels", |model| {
            model["heads"][0]["labels"] = serde_json::json!(["x", "x"])
        }),
        ("fewer labels", |model| {
            model["heads"][0]["labels"] = serde_json::json!(["x"])
        }),
        ("heads", |model| model["heads"][1]["name"] = "topic".into()),
        ("words", |model| model["word_terms"] = 1_000_000.into()),
        ("tokeniser", |model| model["tokenizer"] = 77.into()),
        ("languages", |model| {
            model["languages"] = serde_json::json!([])
        }),
        ("options", |model| {
            model["features"]["word_ngrams"] = serde_json::json!({"min": 9, "max": 1})
        }),
    ];
    for (name, change) in changes {
        let bytes = forge(&|header, _| {
            let text = header["__metadata__"]["standpoint"].as_str().unwrap();
            let mut envelope: serde_json::Value = serde_json::from_str(text).unwrap();
            change(&mut envelope["model"]);
            header["__metadata__"]["standpoint"] = envelope.to_string().into();
        });
        assert!(Model::from_bytes(bytes).is_err(), "{name}");
    }
}

/// Files whose parts contradict each other, though every checksum is right.
#[test]
fn models_whose_header_is_ambiguous_are_refused() {
    let folder = Folder::new();
    let whole = std::fs::read(small_model(&folder)).unwrap();
    let length = u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize;
    let (header, data) = whole[8..].split_at(length);
    let header = std::str::from_utf8(header).unwrap().trim_end();
    let file = |header: &str, data: &[u8]| {
        let length = (header.len() as u64).to_le_bytes();
        [&length[..], header.as_bytes(), data].concat()
    };
    assert!(Model::from_bytes(file(header, data)).is_ok());
    let twice = |key: &str, first: &str| header.replacen(key, &format!("{key}{first},{key}"), 1);
    let info = "{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}";
    let error = |bytes: Vec<u8>| Model::from_bytes(bytes).unwrap_err().to_string();
    let found = error(file(&twice("\"idf\":", info), data));
    assert!(found.contains("`idf` stands twice"), "{found}");
    let found = error(file(&twice("\\\"word_terms\\\":", "1"), data));
    assert!(found.contains("damaged"), "{found}");
    for (what, bytes) in [
        (
            "bytes behind the last section",
            file(header, &[data, b"x"].concat()),
        ),
        ("a section is cut", file(header, &data[..data.len() - 1])),
        (
            "a shape of another size",
            file(&header.replacen("\"shape\":[", "\"shape\":[2,", 1), data),
        ),
        ("a shape that overflows", {
            let shape = format!("\"shape\":[{},", u64::MAX);
            file(&header.replacen("\"shape\":[", &shape, 1), data)
        }),
        ("sections apart", {
            let place = header.rfind("\"data_offsets\":[").unwrap() + "\"data_offsets\":[".len();
            file(&format!("{}1{}", &header[..place], &header[place..]), data)
        }),
        ("a length beyond the file", {
            let mut bytes = whole.clone();
            bytes[..8].copy_from_slice(&u64::MAX.to_le_bytes());
            bytes
        }),
    ] {
        assert!(Model::from_bytes(bytes).is_err(), "{what}");
    }
}

/// Changes header and data of a model file and makes all checksums right again.
pub fn forged(whole: &[u8], change: &dyn Fn(&mut serde_json::Value, &mut Vec<u8>)) -> Vec<u8> {
    let start = 8 + u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize;
    let mut header: serde_json::Value = serde_json::from_slice(&whole[8..start]).unwrap();
    let mut data = whole[start..].to_vec();
    change(&mut header, &mut data);
    let text = header["__metadata__"]["standpoint"]
        .as_str()
        .unwrap()
        .to_string();
    let mut envelope: serde_json::Value = serde_json::from_str(&text).unwrap();
    let names: Vec<String> = envelope["model"]["checksums"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    for name in names {
        let [from, to] =
            [0, 1].map(|at| header[&name]["data_offsets"][at].as_u64().unwrap() as usize);
        envelope["model"]["checksums"][&name] = crc32fast::hash(&data[from..to]).into();
    }
    let mut checked = (envelope["format"].as_u64().unwrap() as u32)
        .to_le_bytes()
        .to_vec();
    checked.extend(envelope["model"].to_string().into_bytes());
    envelope["crc32"] = crc32fast::hash(&checked).into();
    header["__metadata__"]["standpoint"] = envelope.to_string().into();
    let mut header = serde_json::to_vec(&header).unwrap();
    header.resize(header.len().next_multiple_of(8), b' ');
    [(header.len() as u64).to_le_bytes().to_vec(), header, data].concat()
}

#[test]
fn bernoulli_naive_bayes_on_tf_idf_values() {
    let folder = Folder::new();
    let bnb = ["--label", "topic", "--classifier", "bnb"];
    let error = train(&folder, "a.jsonl", rows(), &bnb).fails(2);
    assert!(
        error.contains("--tf binary --idf none --norm none"),
        "{error}"
    );
    let binary = [
        "--tf", "binary", "--idf", "none", "--norm", "none", "--alpha", "0.5",
    ];
    train(&folder, "a.jsonl", rows(), &[&bnb[..], &binary].concat()).ok();
}

/// An article has no columns that a condition could name.
#[test]
fn an_empty_article_is_told_as_a_file() {
    let folder = Folder::new();
    let error = run(&["score", &folder.write("a.txt", "")]).fails(3);
    assert!(
        error.contains("a.txt: the file holds no text") && !error.contains("--where"),
        "{error}"
    );
    let table = folder.write("a.csv", "id,title,text\n1,,\n");
    let error = run(&["score", &table]).fails(3);
    assert!(
        error.contains("a.csv:2: no text: `title` and `text` are empty"),
        "{error}"
    );
}

#[test]
fn a_table_of_a_header_alone_is_named_with_its_columns() {
    let folder = Folder::new();
    let empty = folder.write("empty.csv", "id,text\n");
    let ran = run(&["score", &empty]);
    assert_eq!(ran.code, Some(0));
    assert!(
        ran.err
            .contains("empty.csv has a header (`id`, `text`) and no row"),
        "{}",
        ran.err
    );
    // Letters read in pairs leave one long line, which is taken for the header.
    let misread = folder.write("misread.csv", "id,text\n1,Troops crossed the border\n");
    let ran = run(&["score", &misread, "--encoding", "utf-16le"]);
    assert!(
        ran.err.contains("misread.csv has a header ("),
        "{}",
        ran.err
    );
    let full = folder.write("full.csv", "id,text\n1,Troops crossed the border\n");
    let ran = run(&["score", &full]);
    assert!(!ran.err.contains("header"), "{}", ran.err);
}
