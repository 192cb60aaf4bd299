//! Training from corpora that are read batch by batch, and checkpoints.

use crate::support::{Folder, HEADS, NEWS, command, exists, finish, run};
use standpoint::Model;
use std::time::{Duration, Instant};

fn train(inputs: &[&str], model: &str, flags: &[&str]) -> Vec<String> {
    let args = ["train", "-o", model]
        .into_iter()
        .chain(inputs.iter().copied())
        .chain(HEADS);
    args.chain(flags.iter().copied())
        .map(String::from)
        .collect()
}

fn ran(args: &[String]) -> crate::support::Ran {
    finish(command().args(args).output().unwrap())
}

/// The news several times over, so that there are several batches.
fn news(folder: &Folder) -> String {
    let rows = std::fs::read_to_string(NEWS).unwrap();
    folder.write("news.jsonl", rows.repeat(9000 / rows.lines().count() + 1))
}

#[test]
fn a_stream_has_the_features_of_the_corpus_and_nearly_its_answers() {
    let folder = Folder::new();
    let (whole, streamed) = (folder.path("whole"), folder.path("streamed"));
    ran(&train(&[NEWS], &whole, &["--classifier", "sgd"])).ok();
    ran(&train(&[NEWS], &streamed, &["--stream"])).ok();
    ran(&train(
        &[NEWS],
        &folder.path("hinge"),
        &["--stream", "--classifier", "sgd-hinge"],
    ))
    .ok();
    let [whole, streamed] = [whole, streamed].map(|path| Model::load(path.as_ref()).unwrap());
    assert_eq!(whole.tfidf().idf()[..], streamed.tfidf().idf()[..]);
    assert_eq!(whole.heads()[0].metadata(), streamed.heads()[0].metadata());
    let text = "Troops crossed the border and shelled two towns overnight.";
    assert_eq!(streamed.score(text).heads[0].label(), Some("conflict"));
    assert_eq!(whole.score(text).heads[0].label(), Some("conflict"));
}

#[test]
fn a_stream_gives_the_same_bytes_on_any_number_of_threads() {
    let folder = Folder::new();
    let corpus = news(&folder);
    let bytes = |threads: &str| {
        let model = folder.path(threads);
        ran(&train(
            &[&corpus],
            &model,
            &[
                "--stream",
                "--epochs",
                "2",
                "--name",
                "n",
                "--threads",
                threads,
            ],
        ))
        .ok();
        std::fs::read(model).unwrap()
    };
    assert!(bytes("1") == bytes("3"));
}

/// Starts training and kills it when some checkpoints are written.
fn kill_in_the_middle(args: &[String], model: &str, checkpoint: &str) {
    let mut child = command()
        .args(args)
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // The second checkpoint and later ones are from the middle of the work.
    let (began, mut written) = (Instant::now(), Vec::new());
    while written.len() < 3 && child.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < Duration::from_secs(120));
        let changed = std::fs::metadata(checkpoint)
            .and_then(|metadata| metadata.modified())
            .ok();
        if changed.is_some() && written.last() != changed.as_ref() {
            written.extend(changed);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        !exists(model) && exists(checkpoint),
        "it was done before it was killed"
    );
}

/// Asserts that a checkpoint is refused for other options and inputs, and when it is damaged.
fn refuses_other_runs(folder: &Folder, corpus: &str, args: &[String], flags: &[&str]) {
    let model = folder.path("model");
    let mut other = args.to_vec();
    other.extend(["--learning-rate".to_string(), "0.5".to_string()]);
    let error = ran(&other).fails(2);
    assert!(
        error.contains("other options") && error.contains("remove the file"),
        "{error}"
    );
    let error = ran(&train(&[NEWS], &model, flags)).fails(2);
    assert!(error.contains("other inputs"), "{error}");
    let mut broken = std::fs::read(folder.path("checkpoint")).unwrap();
    let middle = broken.len() / 2;
    broken[middle] ^= 1;
    let damaged = folder.write("damaged", broken);
    let flags_damaged = [
        "--stream",
        "--epochs",
        "2",
        "--checkpoint",
        &damaged,
        "--checkpoint-every",
        "1",
    ];
    assert!(
        ran(&train(&[corpus], &model, &flags_damaged))
            .fails(4)
            .contains("damaged")
    );
}

#[test]
fn a_killed_run_goes_on_and_ends_with_the_same_bytes() {
    let folder = Folder::new();
    let corpus = news(&folder);
    let (model, checkpoint) = (folder.path("model"), folder.path("checkpoint"));
    let flags = [
        "--stream",
        "--epochs",
        "2",
        "--checkpoint",
        &checkpoint,
        "--checkpoint-every",
        "1",
    ];
    let args = train(&[&corpus], &model, &flags);
    kill_in_the_middle(&args, &model, &checkpoint);
    refuses_other_runs(&folder, &corpus, &args, &flags);
    let resumed = ran(&args);
    assert!(
        resumed.err.contains("going on from the checkpoint"),
        "{}",
        resumed.err
    );
    resumed.ok();
    assert!(!exists(&checkpoint), "a finished run leaves none");
    let whole = folder.path("whole");
    ran(&train(
        &[&corpus],
        &whole,
        &["--stream", "--epochs", "2", "--name", "model"],
    ))
    .ok();
    assert!(std::fs::read(&model).unwrap() == std::fs::read(&whole).unwrap());
}

#[test]
fn what_a_stream_cannot_do_is_said() {
    let folder = Folder::new();
    let model = folder.path("model");
    let error = ran(&train(&["-"], &model, &["--stream"])).fails(2);
    assert!(
        error.contains("standard input cannot be") && error.contains("help: "),
        "{error}"
    );
    let error = ran(&train(
        &[NEWS],
        &model,
        &["--stream", "--classifier", "svm"],
    ))
    .fails(2);
    assert!(error.contains("--classifier sgd"), "{error}");
    let error = ran(&train(&[NEWS], &model, &["--stream", "--memory", "much"])).fails(2);
    assert!(error.contains("500M or 2G"), "{error}");
    let error = ran(&train(&[NEWS], &model, &["--stream", "--memory", "1M"])).fails(2);
    assert!(error.contains("at least 256M"), "{error}");
    let error = ran(&train(
        &[NEWS],
        &model,
        &["--stream", "--thresholds", "max-f1"],
    ))
    .fails(2);
    assert!(error.contains("--thresholds fixed"), "{error}");
    ran(&train(&[NEWS], &model, &["--stream", "--folds", "3"])).fails(2);
    let options = folder.write("options.json", "{}");
    run(&[
        "train",
        NEWS,
        "--label",
        "topic",
        "--stream",
        "--options",
        &options,
        "-o",
        &model,
    ])
    .fails(2);
    let error = ran(&train(&[NEWS], &model, &["--memory", "1k"])).fails(2);
    assert!(error.contains("of memory, but there are 1.0 kB"), "{error}");
    ran(&train(
        &[NEWS],
        &model,
        &["--classifier", "svm", "--epochs", "2"],
    ))
    .fails(2);
    assert!(
        run(&["train", "--help"])
            .ok()
            .contains("--checkpoint-every")
    );
}
