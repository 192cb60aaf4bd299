//! Stores of corrections: rows that are only ever added, answers in force, exports of other tools.

use crate::support::{Folder, command, run, run_with, small_model};
use proptest::prelude::*;
use serde_json::{Value, json};
use standpoint::corpus::HeadKind;
use standpoint::desk::{AnnotationTool, ForeignHead, ForeignReader};
use standpoint::desk::{Article, CorrectionStore, NewCorrection};
use std::process::Stdio;
use std::time::Duration;

/// Two tasks as Label Studio's `JSON` has them: of two annotators, of which one cancelled the second.
fn tasks() -> String {
    let choices = |name: &str, chosen: &[&str]| json!({"type": "choices", "from_name": name, "to_name": "text", "value": {"choices": chosen}});
    let annotation = |by: Value, cancelled: bool, result: Vec<Value>| json!({"completed_by": by, "was_cancelled": cancelled, "created_at": "2024-05-01T10:00:00.5Z", "result": result});
    json!([
        {"id": 11, "data": {"text": "Artillery fire along the front", "title": "Front"}, "annotations": [
            annotation(json!({"id": 1, "email": "anna@example.org"}), false, vec![choices("topic", &["conflict"]), choices("stance", &["escalation"])]),
            annotation(json!(2), false, vec![choices("topic", &["politics"]), choices("stance", &["escalation", "military_aid"])]),
        ]},
        {"id": 12, "data": {"id": "own", "text": "The talks go on"}, "annotations": [
            annotation(json!({"id": 1, "email": "anna@example.org"}), false, vec![choices("topic", &["diplomacy"])]),
            annotation(json!(2), true, vec![choices("topic", &["sport"])]),
        ]},
    ])
    .to_string()
}

/// The rows of the export after [`tasks`] were imported.
fn exported_tasks() -> [Value; 2] {
    [
        json!({
            "id": "11", "title": "Front", "text": "Artillery fire along the front",
            "topic": "politics", "topic.anna@example.org": "conflict", "topic.2": "politics",
            "stance": ["escalation", "military_aid"], "stance.anna@example.org": ["escalation"],
            "stance.2": ["escalation", "military_aid"],
        }),
        json!({
            "id": "own", "text": "The talks go on", "topic": "diplomacy",
            "topic.anna@example.org": "diplomacy", "stance": [], "stance.anna@example.org": [],
        }),
    ]
}

fn answer(id: &str, label: &str, annotator: &str) -> NewCorrection {
    let article = Article::new(id, format!("The text of {id}"));
    NewCorrection::new(article, "topic", HeadKind::Exclusive, [label], annotator)
}

#[test]
fn tasks_of_label_studio_become_a_corpus_with_all_annotators() {
    let folder = Folder::new();
    let (store, rows) = (folder.path("desk.sqlite"), folder.path("rows.jsonl"));
    let file = folder.write("tasks.json", tasks());
    let args = ["corrections", "import", &store, "--answers", &file];
    let how = [
        "--as",
        "label-studio",
        "--label",
        "topic",
        "--labels",
        "stance",
    ];
    let ran = run(&[&args[..], &how].concat());
    assert!(
        ran.err.contains("left out 1 answer: cancelled"),
        "{}",
        ran.err
    );
    let shown = ran.json();
    assert_eq!(shown[0]["articles"], 2);
    assert_eq!(shown[0]["heads"]["topic"]["disputed"], 1);
    run(&["corrections", "export", &store, "-o", &rows]).ok();
    let found = std::fs::read_to_string(&rows).unwrap();
    let found: Vec<Value> = found
        .lines()
        .map(|row| serde_json::from_str(row).unwrap())
        .collect();
    assert_eq!(found, exported_tasks());
    run(&[
        "check", &rows, "--label", "topic", "--labels", "stance", "--json",
    ])
    .ok();
    // Of two articles, one has the answers of both, which differ.
    let annotators = "topic.anna@example.org,topic.2";
    let agreed = run(&["agree", &rows, "--annotators", annotators, "--json"]).json();
    assert_eq!(agreed[0]["documents"], 1, "{agreed:?}");
    // Standard output has the same rows.
    let printed = run(&["corrections", "export", &store]).ok();
    assert_eq!(printed, std::fs::read_to_string(&rows).unwrap());
}

#[test]
fn a_store_is_trained_on_as_a_corpus() {
    let folder = Folder::new();
    let mut store = CorrectionStore::create(folder.path("desk.sqlite")).unwrap();
    let answers: Vec<_> = (0..20)
        .map(|at| {
            let (label, words) =
                [("war", "tanks at the front"), ("peace", "talks of peace")][at % 2];
            let article = Article::new(format!("a{at}"), format!("{words} {at}"));
            NewCorrection::new(article, "topic", HeadKind::Exclusive, [label], "anna")
        })
        .collect();
    store.add(&answers).unwrap();
    drop(store);
    let (rows, model) = (folder.path("rows.jsonl"), folder.path("out.model"));
    run(&[
        "corrections",
        "export",
        &folder.path("desk.sqlite"),
        "-o",
        &rows,
    ])
    .ok();
    run(&[
        "train", &rows, "--label", "topic", "--preset", "fast", "-o", &model,
    ])
    .ok();
}

fn foreign(tool: AnnotationTool, kind: HeadKind) -> ForeignReader {
    ForeignReader::new(tool, vec![ForeignHead::new("topic", kind)])
}

#[test]
fn exports_of_doccano_and_prodigy_are_read() {
    let mut doccano = foreign(AnnotationTool::Doccano, HeadKind::Exclusive);
    let rows = concat!(
        "{\"id\": 1, \"text\": \"Shelling\", \"label\": [\"conflict\"], \"Comments\": [\"sure\"]}\n",
        "{\"id\": 2, \"text\": \"Nothing yet\", \"label\": []}\n\n",
        "{\"id\": 3, \"text\": \"Both\", \"label\": [\"conflict\", \"sport\"]}\n",
    );
    let error = doccano.read(rows, "anna.jsonl").unwrap_err();
    assert_eq!(error.location(), Some("anna.jsonl:1"));
    assert!(error.to_string().contains("no annotator"), "{error}");
    doccano.annotator = Some("anna".to_string());
    let found = doccano.read(rows, "anna.jsonl").unwrap();
    assert_eq!(found.answers.len(), 1);
    assert_eq!(found.answers[0].note.as_deref(), Some("sure"));
    assert_eq!(found.left_out.values().sum::<usize>(), 2);

    let rows = concat!(
        "{\"text\": \"Shelling\", \"options\": [{\"id\": \"a\"}], \"accept\": [\"a\"], \"answer\": \"accept\",",
        " \"_annotator_id\": \"set-ben\", \"_timestamp\": 1714559400}\n",
        "{\"text\": \"Talks\", \"label\": \"b\", \"answer\": \"accept\", \"_session_id\": \"set-ben\"}\n",
        "{\"text\": \"Rain\", \"label\": \"b\", \"answer\": \"reject\", \"_session_id\": \"set-ben\"}\n",
    );
    let prodigy = foreign(AnnotationTool::Prodigy, HeadKind::Exclusive);
    let found = prodigy.read(rows, "set.jsonl").unwrap();
    let labels: Vec<_> = found
        .answers
        .iter()
        .map(|answer| &answer.labels[0])
        .collect();
    assert_eq!(labels, ["a", "b"]);
    assert_eq!(found.answers[0].at.as_deref(), Some("2024-05-01T10:30:00Z"));
    assert_eq!(found.left_out.values().sum::<usize>(), 1);
    let independent = foreign(AnnotationTool::Prodigy, HeadKind::Independent);
    assert_eq!(
        independent.read(rows, "set.jsonl").unwrap().answers.len(),
        1
    );
}

#[test]
fn flat_tasks_of_label_studio_are_read() {
    let rows = json!([
        {"id": 1, "text": "Shelling", "topic": "conflict", "annotator": 4, "annotation_id": 9},
        {"id": 2, "text": "Both", "topic": {"choices": ["conflict", "sport"]}, "annotator": 4},
    ]);
    let reader = foreign(AnnotationTool::LabelStudio, HeadKind::Exclusive);
    let found = reader.read(&rows.to_string(), "tasks.json").unwrap();
    assert_eq!(
        (found.answers.len(), found.answers[0].annotator.as_str()),
        (1, "4")
    );
    let reader = foreign(AnnotationTool::LabelStudio, HeadKind::Independent);
    let found = reader.read(&rows.to_string(), "tasks.json").unwrap();
    assert_eq!(found.answers[1].labels, ["conflict", "sport"]);
}

#[test]
fn exports_of_another_shape_are_refused_with_a_remedy() {
    let cases = [
        (AnnotationTool::LabelStudio, "{}", "broken JSON"),
        (
            AnnotationTool::LabelStudio,
            "[{\"id\": 1}]",
            "neither `annotations`",
        ),
        (
            AnnotationTool::LabelStudio,
            "[{\"annotations\": []}]",
            "no field `data`",
        ),
        (
            AnnotationTool::Doccano,
            "{\"text\": \"a\"}",
            "no field `label`",
        ),
        (AnnotationTool::Doccano, "[1]", "no JSON object"),
        (
            AnnotationTool::Doccano,
            "{\"label\": [\"a\"]}",
            "no field `text`",
        ),
        (
            AnnotationTool::Doccano,
            "{\"text\": \"a\", \"label\": [[0, 4, \"a\"]]}",
            "is no label",
        ),
        (
            AnnotationTool::Prodigy,
            "{\"answer\": \"accept\"}",
            "neither `accept`",
        ),
        (AnnotationTool::Prodigy, "{\"answer\"", "broken JSON"),
    ];
    for (tool, export, expected) in cases {
        let mut reader = foreign(tool, HeadKind::Exclusive);
        reader.annotator = Some("anna".to_string());
        let error = reader.read(export, "file").unwrap_err();
        assert!(error.to_string().contains(expected), "{export}: {error}");
        assert!(
            error.remedy().is_some() && error.location().is_some(),
            "{export}: {error}"
        );
    }
}

#[test]
fn an_answer_that_does_not_hold_together_adds_nothing() {
    let folder = Folder::new();
    let mut store = CorrectionStore::create(folder.path("desk.sqlite")).unwrap();
    store.add(&[answer("a", "war", "anna")]).unwrap();
    let changed = |change: fn(&mut NewCorrection)| {
        let mut new = answer("b", "war", "anna");
        change(&mut new);
        new
    };
    let broken = [
        changed(|new| new.article.text = " ".to_string()),
        changed(|new| new.annotator.clear()),
        changed(|new| new.head.clear()),
        changed(|new| new.labels.clear()),
        changed(|new| new.labels.push("peace".to_string())),
        changed(|new| new.labels[0].clear()),
        changed(|new| new.at = Some("yesterday".to_string())),
        changed(|new| {
            new.scores.insert("war".to_string(), f64::NAN);
        }),
        changed(|new| new.kind = HeadKind::Independent),
    ];
    for new in broken {
        let error = store.add(&[answer("c", "war", "anna"), new]).unwrap_err();
        assert!(error.remedy().is_some(), "{error}");
        assert_eq!(store.corrections().unwrap().len(), 1, "{error}");
    }
    for (number, annotator) in [(7, "anna"), (1, "ben")] {
        assert!(store.undo(number, annotator).is_err());
    }
    let undo = store.undo(1, "anna").unwrap();
    assert!(store.undo(1, "anna").is_err());
    store.undo(undo, "anna").unwrap();
    assert!(store.corrections().unwrap()[0].in_force);
}

#[test]
fn a_page_ends_by_rows_or_by_bytes() {
    let folder = Folder::new();
    let mut store = CorrectionStore::create(folder.path("desk.sqlite")).unwrap();
    let answers: Vec<_> = (0..9)
        .map(|at| answer(&at.to_string(), "war", "anna"))
        .collect();
    store.add(&answers).unwrap();
    let numbers = |after, limit, bytes| -> Vec<i64> {
        let rows = store.corrections_after(after, limit, bytes).unwrap();
        rows.iter().map(|row| row.number).collect()
    };
    assert_eq!(numbers(2, 3, 1000), [3, 4, 5]);
    assert_eq!(numbers(7, 100, 1000), [8, 9]);
    assert_eq!(numbers(0, 100, 20), [1, 2], "texts have 13 bytes");
    assert_eq!(numbers(9, 100, 20), [0; 0]);
}

#[test]
fn one_process_at_a_time_opens_a_store() {
    let folder = Folder::new();
    let path = folder.path("desk.sqlite");
    let mut store = CorrectionStore::create(&path).unwrap();
    store.add(&[answer("a", "war", "anna")]).unwrap();
    let err = run(&["corrections", "show", &path]).fails(5);
    assert!(err.contains("another process has it open"), "{err}");
    drop(store);
    run(&["corrections", "show", &path]).ok();
}

#[test]
fn what_is_no_store_is_refused() {
    let folder = Folder::new();
    let text = folder.write(
        "a.txt",
        "no store at all, but a text that is longer than a header of SQLite is, by far",
    );
    let err = run(&["corrections", "show", &text]).fails(3);
    assert!(
        err.contains("no SQLite file") && err.contains("help:"),
        "{err}"
    );
    let none = folder.path("none.sqlite");
    run(&["corrections", "log", &none]).fails(5);
    assert!(!std::path::Path::new(&none).exists());
}

/// It was an error of the system without a remedy, of the maps of `relabel` too.
#[test]
fn a_file_in_another_encoding_is_refused_with_its_line() {
    let folder = Folder::new();
    let file = folder.write("latin.csv", b"code,stance\n190,milit\xe4risch\n");
    let rows = folder.write("rows.csv", "code,text\n190,Troops moved\n");
    let (store, out) = (folder.path("desk.sqlite"), folder.path("out.csv"));
    let import = [
        "import",
        &store,
        "--answers",
        &file,
        "--as",
        "doccano",
        "--label",
        "topic",
    ];
    let relabel = [
        "relabel", &rows, "--map", &file, "--label", "code", "-o", &out,
    ];
    for args in [[&["corrections"], &import[..]].concat(), relabel.to_vec()] {
        let err = run(&args).fails(3);
        assert!(
            err.contains("latin.csv:2: ") && err.contains("help: convert it"),
            "{err}"
        );
    }
}

#[test]
fn an_answer_that_is_refused_names_its_task_and_makes_no_store() {
    let folder = Folder::new();
    let tasks = tasks().replacen("2024-05-01T10:00:00.5Z", "yesterday", 1);
    let (file, store) = (
        folder.write("tasks.json", tasks),
        folder.path("desk.sqlite"),
    );
    let args = ["corrections", "import", &store, "--answers", &file];
    let err = run(&[&args[..], &["--as", "label-studio", "--label", "topic"]].concat()).fails(3);
    assert!(
        err.contains("tasks.json, task 1: ") && err.contains("`yesterday`"),
        "{err}"
    );
    assert_eq!(folder.files(), ["tasks.json"]);
}

/// A file that is no store was changed to another journal, and an empty one became a store.
#[test]
fn a_file_that_is_no_store_stays_as_it_is() {
    let folder = Folder::new();
    let (other, empty) = (
        folder.path("other.sqlite"),
        folder.write("empty.sqlite", ""),
    );
    let connection = rusqlite::Connection::open(&other).unwrap();
    connection
        .execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1);")
        .unwrap();
    drop(connection);
    let before = std::fs::read(&other).unwrap();
    assert!(CorrectionStore::create(&other).is_err());
    for path in [&other, &empty] {
        let err = run(&["corrections", "show", path]).fails(3);
        assert!(
            err.contains("no store of corrections") && err.contains("help:"),
            "{err}"
        );
    }
    assert!(std::fs::read(&other).unwrap() == before);
    assert!(std::fs::read(&empty).unwrap().is_empty());
}

#[test]
fn articles_without_an_id_are_exported_without_one() {
    let folder = Folder::new();
    let path = folder.path("desk.sqlite");
    let mut store = CorrectionStore::create(&path).unwrap();
    store.add(&[answer("", "war", "anna")]).unwrap();
    assert!(store.undo(1, "ben").is_err());
    let undo = store.undo(1, " anna ").unwrap();
    store.undo(undo, "anna").unwrap();
    drop(store);
    let rows = run(&["corrections", "export", &path]).json();
    assert!(
        rows[0].get("id").is_none() && rows[0]["topic"] == "war",
        "{rows:?}"
    );
}

#[test]
fn changed_bytes_of_a_store_are_rows_or_errors() {
    let folder = Folder::new();
    let path = folder.path("desk.sqlite");
    let mut store = CorrectionStore::create(&path).unwrap();
    let answers: Vec<_> = (0..40)
        .map(|at| answer(&format!("a{at}"), "war", "anna"))
        .collect();
    store.add(&answers).unwrap();
    drop(store);
    let whole = std::fs::read(&path).unwrap();
    let cuts = (0..whole.len())
        .step_by(997)
        .map(|end| whole[..end].to_vec());
    let flips = (0..whole.len()).step_by(131).map(|at| {
        let mut changed = whole.clone();
        changed[at] ^= 0x41;
        changed
    });
    let (mut read, mut refused) = (0, 0);
    for bytes in cuts.chain(flips) {
        let changed = folder.write("changed.sqlite", bytes);
        let found = CorrectionStore::open(&changed).and_then(|store| {
            store.articles(|article| article.row().map(drop))?;
            store.summary()
        });
        match found {
            Ok(_) => read += 1,
            Err(error) => {
                assert!(
                    error.remedy().is_some() || error.message().starts_with("cannot"),
                    "{error}"
                );
                refused += 1;
            }
        }
        for rest in ["changed.sqlite-wal", "changed.sqlite-shm"] {
            let _ = std::fs::remove_file(folder.path(rest));
        }
    }
    assert!(read > 0 && refused > 0, "{read} {refused}");
}

#[test]
fn a_killed_import_leaves_all_or_nothing() {
    let folder = Folder::new();
    let row = |at: usize| {
        format!("{{\"id\": {at}, \"text\": \"The text of {at}\", \"label\": [\"war\"]}}\n")
    };
    let file = folder.write("rows.jsonl", (0..4000).map(row).collect::<String>());
    let path = folder.path("desk.sqlite");
    run(&[
        "corrections",
        "import",
        &path,
        "--answers",
        &file,
        "--as",
        "doccano",
        "--label",
        "topic",
        "--annotator",
        "anna",
    ])
    .ok();
    for number in 0..12 {
        let mut child = command()
            .args([
                "corrections",
                "import",
                &path,
                "--answers",
                &file,
                "--as",
                "doccano",
            ])
            .args(["--label", "topic", "--annotator", &format!("ben{number}")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(8 * number));
        let _ = child.kill();
        child.wait().unwrap();
        let rows = CorrectionStore::open(&path)
            .unwrap()
            .corrections()
            .unwrap()
            .len();
        assert_eq!(rows % 4000, 0, "killed after {} ms", 8 * number);
    }
}

#[test]
fn corrections_of_one_head_leave_the_others_as_they_are() {
    let folder = Folder::new();
    let (old, new) = (small_model(&folder), folder.path("new.model"));
    let path = folder.path("desk.sqlite");
    let mut store = CorrectionStore::create(&path).unwrap();
    let article = Article::new("a", "The guest shelled the coach");
    let answer = NewCorrection::new(article, "topic", HeadKind::Exclusive, ["sport"], "anna");
    store.add(&[answer]).unwrap();
    drop(store);
    let export = folder.path("export.jsonl");
    run(&["corrections", "export", &path, "-o", &export]).ok();
    let train =
        |more: &[&str]| run(&[&["train", "--from", &old, &export, "-o", &new], more].concat());
    let error = train(&["--rows", "corrections"]).fails(3);
    assert!(error.contains("stance"), "{error}");
    let masked = ["--unlabelled", "mask", "--rows"];
    train(&[&masked[..], &["corrections"]].concat()).ok();
    let scored = |model: &str| {
        let row = r#"{"text": "The guest shelled the coach and the army sent tanks"}"#;
        run_with(&["score", "--model", model, "--json", "-"], row.as_bytes())
            .json()
            .remove(0)
    };
    let (before, after) = (scored(&old), scored(&new));
    assert_eq!(before["heads"]["stance"], after["heads"]["stance"]);
    assert_ne!(before["heads"]["topic"], after["heads"]["topic"]);
    // Rows that are all there is would unlearn it.
    let error = train(&[&masked[..], &["all", "--force"]].concat()).fails(3);
    assert!(error.contains("no row answers head `stance`"), "{error}");
    // A head that a flag names is asked for.
    let named = ["corrections", "--labels", "stance", "--force"];
    train(&[&masked[..], &named].concat()).fails(3);
}

/// A step of annotators: an answer, or the undo of one of the rows before it.
#[derive(Debug, Clone)]
enum Step {
    Answer {
        article: u8,
        annotator: u8,
        label: u8,
    },
    Undo {
        of: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..3u8, 0..2u8, 0..3u8).prop_map(|(article, annotator, label)| Step::Answer { article, annotator, label }),
        2 => (0..20usize).prop_map(|of| Step::Undo { of }),
    ]
}

/// Tells whether a row is in force: no row in force undoes it.
fn in_force(number: usize, undoes: &[Option<usize>]) -> bool {
    (number + 1..undoes.len())
        .all(|later| undoes[later] != Some(number) || !in_force(later, undoes))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is answered and undone, the last answer in force of each annotator counts.
    #[test]
    fn the_last_answer_in_force_counts(steps in prop::collection::vec(step(), 1..20)) {
        let folder = Folder::new();
        let path = folder.path("desk.sqlite");
        let mut store = CorrectionStore::create(&path).unwrap();
        let mut undoes: Vec<Option<usize>> = Vec::new();
        let mut answers: Vec<(u8, u8, Option<u8>)> = Vec::new();
        for step in steps {
            match step {
                Step::Answer { article, annotator, label } => {
                    let new = answer(&format!("a{article}"), &format!("l{label}"), &format!("p{annotator}"));
                    prop_assert_eq!(store.add(&[new]).unwrap(), [undoes.len() as i64 + 1]);
                    undoes.push(None);
                    answers.push((article, annotator, Some(label)));
                }
                Step::Undo { of } => {
                    let known = answers.get(of).copied();
                    let annotator = format!("p{}", known.map_or(0, |(_, annotator, _)| annotator));
                    let done = store.undo(of as i64 + 1, &annotator);
                    let possible = known.is_some() && !undoes.contains(&Some(of));
                    prop_assert_eq!(done.is_ok(), possible);
                    if let (true, Some((article, annotator, _))) = (possible, known) {
                        undoes.push(Some(of));
                        answers.push((article, annotator, None));
                    }
                }
            }
        }
        drop(store);
        let store = CorrectionStore::open(&path).unwrap();
        let rows = store.corrections().unwrap();
        for (at, row) in rows.iter().enumerate() {
            prop_assert_eq!(row.in_force, in_force(at, &undoes), "row {}", at + 1);
        }
        let mut found = std::collections::BTreeMap::new();
        store.articles(|article| {
            for (annotator, answer) in &article.heads["topic"].answers {
                found.insert((article.article.id.clone(), annotator.clone()), answer.labels[0].clone());
            }
            Ok(())
        }).unwrap();
        let mut expected = std::collections::BTreeMap::new();
        for (at, &(article, annotator, label)) in answers.iter().enumerate() {
            if let (Some(label), true) = (label, in_force(at, &undoes)) {
                expected.insert((format!("a{article}"), format!("p{annotator}")), format!("l{label}"));
            }
        }
        prop_assert_eq!(found, expected);
    }
}
