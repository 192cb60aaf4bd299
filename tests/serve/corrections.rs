//! Corrections over HTTP: acknowledged means kept.

use super::client::{JSON, Reply, Service, head, wait_until};
use crate::support::{Folder, run};
use serde_json::{Value, json};
use standpoint::desk::CorrectionStore;
use std::collections::BTreeSet;
use std::io::Write;
use std::net::TcpStream;
use std::sync::Mutex;
use std::time::Duration;

fn answer(id: &str, label: &str) -> Value {
    json!({
        "id": id, "title": "Front", "text": format!("Artillery fire along the front, {id}"),
        "head": "topic", "labels": [label], "annotator": "anna", "reason": "margin",
    })
}

#[test]
fn an_answer_is_added_undone_listed_and_exported() {
    let folder = Folder::new();
    let path = folder.path("desk.sqlite");
    let mut service = Service::start(&["--store", &path]);
    let two = json!([answer("a", "conflict"), answer("b", "sport")]).to_string();
    let added = service.post("/v1/corrections", JSON, two).json();
    assert_eq!(added, json!({"numbers": [1, 2]}));
    let one = answer("a", "politics").to_string();
    assert_eq!(
        service.post("/v1/corrections", JSON, one).json()["numbers"],
        json!([3])
    );
    let undo = r#"{"annotator": "anna"}"#;
    assert_eq!(
        service.post("/v1/corrections/3/undo", JSON, undo).json()["numbers"],
        json!([4])
    );
    service
        .post("/v1/corrections/3/undo", JSON, undo)
        .problem(422);
    service
        .post("/v1/corrections/9/undo", JSON, undo)
        .problem(422);
    service
        .post("/v1/corrections/x/undo", JSON, undo)
        .problem(404);

    let listed = service.get("/v1/corrections?after=1&limit=2").json();
    let rows = listed["corrections"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (&rows[0]["number"], &rows[1]["in_force"]),
        (&json!(2), &json!(false))
    );
    let models = service.get("/v1/models").json();
    assert_eq!(rows[0]["model"], models["models"][0]["hash"]);
    let scored: Value = serde_json::from_str(&service.score(&answer_article("b"))).unwrap();
    for (label, score) in rows[0]["scores"].as_object().unwrap() {
        let shown = &scored["heads"]["topic"]["scores"][label];
        let difference = score.as_f64().unwrap() - shown.as_f64().unwrap();
        assert!(difference.abs() < 1e-4, "{label}: {score} {shown}");
    }
    // The store is the service's own.
    assert!(
        run(&["corrections", "show", &path])
            .fails(5)
            .contains("another process")
    );
    service.signal("TERM");
    assert!(service.end().success());
    let exported = run(&["corrections", "export", &path]).json();
    let topics: Vec<&Value> = exported.iter().map(|row| &row["topic"]).collect();
    assert_eq!(topics, ["conflict", "sport"]);
}

fn answer_article(id: &str) -> String {
    let all = answer(id, "sport");
    json!({"id": id, "title": all["title"], "text": all["text"]}).to_string()
}

/// A client whose acknowledgement was lost sends its answer again, which would take two undos.
#[test]
fn an_answer_that_is_sent_again_is_the_same_row() {
    let folder = Folder::new();
    let service = Service::start(&["--store", &folder.path("desk.sqlite")]);
    let post = |rows: Value| {
        let added = service.post("/v1/corrections", JSON, rows.to_string());
        added.json()["numbers"].clone()
    };
    assert_eq!(post(answer("a", "conflict")), json!([1]));
    assert_eq!(
        post(json!([answer("b", "sport"), answer("a", "conflict")])),
        json!([2, 1])
    );
    // Another answer in between makes it a new one, and so does an undo.
    assert_eq!(post(answer("a", "politics")), json!([3]));
    assert_eq!(post(answer("a", "conflict")), json!([4]));
    let undo = r#"{"annotator": "anna"}"#;
    service.post("/v1/corrections/4/undo", JSON, undo).ok();
    assert_eq!(post(answer("a", "politics")), json!([3]));
    assert_eq!(post(answer("a", "conflict")), json!([6]));
    let mut by_ben = answer("a", "conflict");
    by_ben["annotator"] = json!("ben");
    assert_eq!(post(by_ben), json!([7]));
}

#[test]
fn answers_that_do_not_hold_together_add_nothing() {
    let folder = Folder::new();
    let service = Service::start(&["--store", &folder.path("desk.sqlite")]);
    let changed = |name: &str, value: Value| {
        let mut row = answer("a", "conflict");
        row[name] = value;
        row
    };
    for (row, status) in [
        (changed("labels", json!(["weather"])), 422),
        (changed("labels", json!([])), 422),
        (changed("labels", json!(["sport", "conflict"])), 422),
        (changed("head", json!("mood")), 422),
        (changed("annotator", json!(" ")), 422),
        (changed("text", json!("")), 422),
        (changed("labels", json!("conflict")), 400),
        (changed("mood", json!("good")), 400),
        (json!(7), 400),
    ] {
        let both = json!([answer("b", "sport"), row]).to_string();
        let problem = service.post("/v1/corrections", JSON, both);
        assert_eq!(problem.problem(status)["line"], 2);
    }
    service.post("/v1/corrections", JSON, "[").problem(400);
    service
        .post("/v1/corrections", "text/plain", "a")
        .problem(415);
    service
        .post("/v1/corrections?mood=1", JSON, "[]")
        .problem(400);
    assert_eq!(
        service.get("/v1/corrections").json()["corrections"],
        json!([])
    );
    let without = Service::start(&[]);
    without.get("/v1/corrections").problem(404);
    without
        .post("/v1/corrections", JSON, answer("a", "sport").to_string())
        .problem(404);
}

/// Sends answers until the service is gone; returns the numbers that were acknowledged.
fn sent_until_the_end(service: &Service, acknowledged: &Mutex<BTreeSet<i64>>, client: usize) {
    for number in 0.. {
        let body = answer(&format!("{client}-{number}"), "conflict").to_string();
        let headers = [("Content-Type", JSON)];
        let request = head("POST", "/v1/corrections", &headers, Some(body.len())) + &body;
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", service.port)) else {
            return;
        };
        let _ = stream.write_all(request.as_bytes());
        let reply = Reply::read(&mut stream);
        // An answer that was cut short has acknowledged nothing.
        let added: Option<Value> = serde_json::from_str(&reply.body).ok();
        if let (200, Some(added)) = (reply.status, added) {
            let number = added["numbers"][0].as_i64().unwrap();
            assert!(
                acknowledged.lock().unwrap().insert(number),
                "{number} twice"
            );
        }
    }
}

#[test]
fn a_killed_service_keeps_every_acknowledged_answer() {
    let folder = Folder::new();
    let path = folder.path("desk.sqlite");
    let acknowledged = Mutex::new(BTreeSet::new());
    // STANDPOINT_KILLS asks for more of them, which take half a second each.
    let kills = std::env::var("STANDPOINT_KILLS").map_or(8, |kills| kills.parse().unwrap());
    for round in 0..kills {
        let mut service = Service::start(&["--store", &path]);
        let before = acknowledged.lock().unwrap().len();
        std::thread::scope(|scope| {
            for client in 0..3 {
                let (service, acknowledged) = (&service, &acknowledged);
                scope.spawn(move || sent_until_the_end(service, acknowledged, client + 3 * round));
            }
            // At least one answer is acknowledged before the kill, at another moment each round.
            wait_until(|| acknowledged.lock().unwrap().len() > before);
            std::thread::sleep(Duration::from_millis(37 * round as u64 % 150));
            service.signal("KILL");
        });
        service.end();
        let store = CorrectionStore::open(&path).unwrap();
        let kept: BTreeSet<i64> = store
            .corrections()
            .unwrap()
            .iter()
            .map(|row| row.number)
            .collect();
        assert!(
            acknowledged.lock().unwrap().is_subset(&kept),
            "round {round}"
        );
    }
}
