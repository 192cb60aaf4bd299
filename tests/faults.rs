//! Faults from outside: folders that take no file, and model files that change while they are used.

use crate::support::{Folder, NEWS, command, finish, rows, run, small_model};
use standpoint::Model;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Commands that write, each with the place of its output.
const WRITERS: [&str; 6] = [
    "train {rows} --label topic --min-df 1 -o {out}",
    "split {rows} --label topic --write {out}",
    "check {rows} --write {out}",
    "background {rows} --vocabulary 50 --dimensions 2 -o {out}",
    "eval {model} {rows} --predictions {out}",
    "quantize {model} {rows} --max-loss 100 -o {out}",
];

#[test]
fn a_place_that_takes_no_file_is_an_error_that_names_it() {
    let folder = Folder::new();
    let (model, corpus) = (small_model(&folder), folder.path("rows.jsonl"));
    // No user may write there, not even one whom no permission binds.
    for place in [format!("{corpus}/out"), "/proc/out".to_string()] {
        if place.starts_with("/proc") && !Path::new("/proc/self").exists() {
            continue;
        }
        for writer in WRITERS {
            let line = writer.replace("{rows}", &corpus).replace("{model}", &model);
            let line = line.replace("{out}", &place);
            let ran = run(&line.split(' ').collect::<Vec<_>>());
            assert!(
                matches!(ran.code, Some(2 | 5)),
                "{line}: {:?} {}",
                ran.code,
                ran.err
            );
            assert!(ran.err.contains(&place), "{line}: {}", ran.err);
        }
    }
    assert_eq!(std::fs::read_to_string(&corpus).unwrap(), rows());
}

/// `score` as a running process that is given one row after the other.
struct Scoring {
    child: Child,
    answers: BufReader<std::process::ChildStdout>,
}

impl Scoring {
    fn start(model: &str) -> Scoring {
        let mut child = command()
            .args([
                "score", "--model", model, "-", "--format", "jsonl", "--json",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Scoring { child, answers }
    }

    fn answer(&mut self, row: &str) -> String {
        writeln!(self.child.stdin.as_mut().unwrap(), "{row}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        answer
    }
}

#[test]
fn a_model_that_is_replaced_or_cut_short_while_it_scores_changes_nothing() {
    let folder = Folder::new();
    let model = small_model(&folder);
    let whole = std::fs::read(&model).unwrap();
    let row = rows().lines().next().unwrap().to_string();
    let mut scoring = Scoring::start(&model);
    let expected = scoring.answer(&row);
    assert!(expected.contains("\"topic\""), "{expected}");
    std::fs::rename(folder.write("other", "no model"), &model).unwrap();
    assert_eq!(scoring.answer(&row), expected);
    std::fs::write(&model, &whole).unwrap();
    let mut scoring = Scoring::start(&model);
    assert_eq!(scoring.answer(&row), expected);
    std::fs::write(&model, &whole[..100]).unwrap();
    assert_eq!(scoring.answer(&row), expected);
    drop(scoring.child.stdin.take());
    assert!(scoring.child.wait().unwrap().success());
}

/// Tells the child below which file to map.
const MAPPED: &str = "STANDPOINT_TEST_MAPPED_MODEL";

/// Scores with a mapped model before and after something happened to its file.
#[test]
fn child_with_a_mapped_model() {
    let Some(path) = std::env::var_os(MAPPED) else {
        return;
    };
    let model = Model::load_within(path.as_ref(), 0).unwrap();
    let decisions = || {
        model.score("Troops crossed the border").heads[0]
            .decisions
            .clone()
    };
    let before = decisions();
    println!("loaded");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    // Not all of a model is read for one text.
    assert_eq!(model.to_bytes().len() as u64, model.file_size());
    assert_eq!(decisions(), before);
}

/// Runs the child, and does something to the file of its model once that is loaded.
fn with_a_mapped_model(model: &str, harm: impl Fn()) -> std::process::ExitStatus {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "faults::child_with_a_mapped_model",
            "--nocapture",
        ])
        .env(MAPPED, model)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // The pipe stays open: the child writes to it until it ends.
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let loaded = lines
        .by_ref()
        .map_while(Result::ok)
        .any(|line| line.ends_with("loaded"));
    assert!(loaded);
    harm();
    writeln!(child.stdin.take().unwrap()).unwrap();
    child.wait().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_mapped_model_may_be_replaced_and_ends_the_process_when_it_is_cut_short() {
    use std::os::unix::process::ExitStatusExt;
    const SIGBUS: i32 = 7;
    let folder = Folder::new();
    let model = folder.path("news.model");
    run(&[
        "train",
        NEWS,
        "--text",
        "title,text",
        "--label",
        "topic",
        "-o",
        &model,
    ])
    .ok();
    let bytes = std::fs::read(&model).unwrap();
    let other = folder.write("other", "no model");
    let replaced = with_a_mapped_model(&model, || std::fs::rename(&other, &model).unwrap());
    assert!(replaced.success(), "{replaced}");
    std::fs::write(&model, &bytes).unwrap();
    let cut = with_a_mapped_model(&model, || {
        std::fs::File::options()
            .write(true)
            .open(&model)
            .unwrap()
            .set_len(100)
            .unwrap();
    });
    assert_eq!(cut.signal(), Some(SIGBUS), "{cut}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_program_says_why_it_ends_when_a_mapped_file_is_cut_short() {
    let folder = Folder::new();
    let mut scoring = Scoring::start(&small_model(&folder));
    scoring.answer(rows().lines().next().unwrap());
    let process = scoring.child.id().to_string();
    let sent = Command::new("kill").args(["-BUS", &process]).status();
    if !sent.is_ok_and(|status| status.success()) {
        println!("skipped: there is no program `kill`");
        return;
    }
    // At the end of its input the program could be done before it looks at the signal.
    let _input = scoring.child.stdin.take();
    let Scoring { child, .. } = scoring;
    let ran = finish(child.wait_with_output().unwrap());
    assert_eq!(ran.code, Some(128 + 7));
    assert!(
        ran.err.contains("a file was shortened while it was read"),
        "{}",
        ran.err
    );
}
