//! Answers: the rows of the program, in every form.

use super::client::{JSON, LINES, Reply, Service, by_program, chunk, head};
use crate::support::{Folder, NEWS, run, small_model};
use serde_json::Value;
use std::io::{Read, Write};
use std::time::Duration;

fn news(rows: usize) -> String {
    let text = std::fs::read_to_string(NEWS).unwrap();
    text.split_inclusive('\n').take(rows).collect()
}

fn array(rows: &str) -> String {
    format!("[{}]", rows.lines().collect::<Vec<_>>().join(", "))
}

#[test]
fn an_object_has_the_bytes_of_score() {
    let service = Service::start(&[]);
    let rows = news(20);
    let answers: String = rows.lines().map(|row| service.score(row)).collect();
    assert_eq!(answers, by_program("score", &[], &rows));
}

#[test]
fn an_array_has_the_rows_of_score() {
    let service = Service::start(&[]);
    let rows = news(50);
    let answer = service
        .post("/v1/score", "application/json; charset=utf-8", array(&rows))
        .ok();
    let scored = by_program("score", &[], &rows);
    let joined = scored.trim_end().replace('\n', ",\n");
    assert_eq!(answer, format!("[{joined}]\n"));
    assert_eq!(service.post("/v1/score", JSON, " [ ] ").ok(), "[]\n");
}

#[test]
fn lines_have_the_bytes_of_score() {
    let service = Service::start(&[]);
    let rows = news(usize::MAX);
    let reply = service.post("/v1/score", LINES, &rows);
    assert_eq!(reply.header("content-type"), Some(LINES));
    assert_eq!(reply.ok(), by_program("score", &[], &rows));
    let last = rows.trim_end();
    let reply = service.post("/v1/score", "application/jsonl", last);
    assert_eq!(reply.ok(), by_program("score", &[], last));
    assert_eq!(service.post("/v1/score", LINES, "\n \r\n").ok(), "");
}

#[test]
fn explanations_have_the_bytes_of_explain() {
    let service = Service::start(&[]);
    let rows = news(6);
    let explained = by_program("explain", &[], &rows);
    assert_eq!(service.post("/v1/explain", LINES, &rows).ok(), explained);
    let first = rows.lines().next().unwrap();
    let of = |query: &str| {
        service
            .post(&format!("/v1/explain{query}"), JSON, first)
            .ok()
    };
    assert_eq!(of(""), by_program("explain", &[], first));
    assert_eq!(of("?top=2"), by_program("explain", &["--top", "2"], first));
    assert_eq!(of("?top=all"), by_program("explain", &["--all"], first));
    service
        .post("/v1/explain?top=some", JSON, first)
        .problem(400);
}

#[test]
fn parameters_do_what_options_do() {
    let folder = Folder::new();
    let corpus = folder.write("news.jsonl", news(usize::MAX));
    let model = folder.path("sure.model");
    run(&[
        "train",
        &corpus,
        "--label",
        "topic",
        "--preset",
        "fast",
        "--abstain",
        "-o",
        &model,
    ])
    .ok();
    let service = Service::start(&[&model]);
    let rows = news(8);
    for (query, flags) in [
        ("why=3", &["--why=3"][..]),
        ("top=1", &["--top", "1"]),
        ("max_error=0.1", &["--max-error", "0.1"]),
        ("why=0&top=2", &["--why=0", "--top", "2"]),
    ] {
        let answer = service
            .post(&format!("/v1/score?{query}"), LINES, &rows)
            .ok();
        let flags = [flags, &["--model", &model]].concat();
        assert_eq!(answer, by_program("score", &flags, &rows), "{query}");
    }
    service
        .post("/v1/score?max_error=2", LINES, &rows)
        .problem(400);
    let unable = Service::start(&[]).post("/v1/score?max_error=0.1", LINES, &rows);
    unable.problem(409);
}

#[test]
fn ids_and_order_of_ten_thousand_rows_are_kept_both_ways() {
    let service = Service::start(&["--max-rows", "10000"]);
    let mut stream = service.connect();
    let head = head("POST", "/v1/score", &[("Content-Type", LINES)], None);
    stream.write_all(head.as_bytes()).unwrap();
    let mut writing = stream.try_clone().unwrap();
    let writer = std::thread::spawn(move || {
        for part in 0..100 {
            let row =
                |at: usize| format!("{{\"id\":{at},\"text\":\"Talks number {at} resumed\"}}\n");
            let rows: String = (part * 100..(part + 1) * 100).map(row).collect();
            // Rows need not end where chunks do.
            let (first, second) = rows.as_bytes().split_at(rows.len() / 3);
            chunk(&mut writing, first);
            chunk(&mut writing, second);
        }
        chunk(&mut writing, b"");
    });
    let answer = Reply::read(&mut stream).ok();
    writer.join().unwrap();
    let id = |line: &str| {
        serde_json::from_str::<Value>(line).unwrap()["id"]
            .as_u64()
            .unwrap()
    };
    assert!(answer.lines().map(id).eq(0..10_000));
}

#[test]
fn a_row_is_answered_before_the_next_one_comes() {
    use std::io::{BufRead, BufReader};
    let service = Service::start(&[]);
    let mut stream = service.connect();
    let head = head("POST", "/v1/score", &[("Content-Type", LINES)], None);
    stream.write_all(head.as_bytes()).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap()).lines();
    for at in 0..3 {
        chunk(
            &mut stream,
            format!("{{\"id\":{at},\"text\":\"Talks resumed\"}}\n").as_bytes(),
        );
        let wanted = format!("{{\"id\":{at},\"heads\"");
        assert!(
            answers.any(|line| line.unwrap().starts_with(&wanted)),
            "{at}"
        );
    }
    chunk(&mut stream, b"");
}

#[test]
fn a_broken_line_is_an_error_row_in_its_place() {
    let service = Service::start(&["--max-row", "1k"]);
    let long = format!("{{\"id\":\"l\",\"text\":\"{}\"}}", "long ".repeat(300));
    let rows = format!(
        "{{\"id\":1,\"text\":\"Talks resumed\"}}\n\n{{\"id\":\"b\"}}\nnot json\n{long}\n\
         {{\"text\":\"Talks failed\"}}\n"
    );
    let answer = service.post("/v1/score", LINES, rows).ok();
    let rows: Vec<Value> = answer
        .lines()
        .map(|row| serde_json::from_str(row).unwrap())
        .collect();
    assert_eq!(rows.len(), 5);
    assert_eq!((&rows[0]["id"], &rows[4]["id"]), (&1.into(), &"-:6".into()));
    let error = |row: &Value| (row["line"].as_u64(), row["error"]["status"].as_u64());
    assert_eq!(rows[1]["id"], "b");
    assert_eq!(error(&rows[1]), (Some(3), Some(422)));
    assert!(
        rows[1]["error"]["detail"]
            .as_str()
            .unwrap()
            .starts_with("no text")
    );
    assert_eq!(
        (&rows[2]["id"], error(&rows[2])),
        (&Value::Null, (Some(4), Some(422)))
    );
    assert_eq!(
        (&rows[3]["id"], error(&rows[3])),
        (&Value::Null, (Some(5), Some(413)))
    );
}

#[test]
fn a_broken_row_refuses_an_object_or_an_array() {
    let service = Service::start(&[]);
    let rows = r#"[{"text": "Talks resumed"}, {"id": 7, "text": " "}, {"text": 5}, 6]"#;
    let problem = service.post("/v1/score", JSON, rows).problem(422);
    assert_eq!((&problem["line"], &problem["id"]), (&2.into(), &7.into()));
    let problem = service
        .post("/v1/score", JSON, r#"{"title": null}"#)
        .problem(422);
    assert_eq!(problem["line"], 1);
    assert_eq!(problem["type"], "/docs#broken-row");
}

#[test]
fn a_web_page_is_scored_as_its_file_is() {
    let folder = Folder::new();
    let service = Service::start(&[]);
    let page =
        "<title>Cup final</title><article><p>The striker scored twice &amp; won.</p></article>";
    let file = folder.write("page.html", page);
    let row = serde_json::json!({"id": file, "html": page, "text": null}).to_string();
    assert_eq!(service.score(&row), run(&["score", "--json", &file]).ok());
    let both = r#"{"html": "<p>a</p>", "text": "b"}"#;
    service.post("/v1/score", JSON, both).problem(422);
}

#[test]
fn a_model_is_named_by_its_file() {
    let folder = Folder::new();
    let small = small_model(&folder);
    let service = Service::start(&[&small]);
    let row = r#"{"id":"x","text":"The army shelled the town"}"#;
    let scored = by_program("score", &["--model", &small], row);
    assert_eq!(service.score(row), scored);
    assert_eq!(
        service.post("/v1/score?model=small", JSON, row).ok(),
        scored
    );
    let problem = service
        .post("/v1/score?model=large", JSON, row)
        .problem(404);
    assert!(problem["detail"].as_str().unwrap().contains("small"));
}

/// curl asks this way for a body of more than a megabyte, and waits for a second.
#[test]
fn a_client_that_waits_to_be_asked_for_lines_is_asked() {
    let service = Service::start(&[]);
    let row = "{\"id\":1,\"text\":\"Talks resumed\"}\n";
    let headers = [("Content-Type", LINES), ("Expect", "100-continue")];
    let mut stream = service.connect();
    let long = Some(Duration::from_secs(20));
    stream.set_read_timeout(long).unwrap();
    let request = head("POST", "/v1/score", &headers, Some(row.len()));
    stream.write_all(request.as_bytes()).unwrap();
    let mut asked = [0; 21];
    stream.read_exact(&mut asked).unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue");
    stream.write_all(row.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.contains("HTTP/1.1 200") && answer.contains("\"id\":1"),
        "{answer}"
    );
}
