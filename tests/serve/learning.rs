//! The desk over HTTP: what waits, what is learnt, and the way back.

use super::client::{JSON, Service, head, wait_until};
use crate::support::{Folder, hangup_is_ignored, run, small_model};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::time::Duration;

/// Articles about two matters, of which no two are near duplicates.
fn articles(count: usize) -> Vec<Value> {
    let subjects = [
        "artillery",
        "drones",
        "militia",
        "striker",
        "keeper",
        "coach",
    ];
    let verbs = ["shelled", "struck", "left", "reached", "praised", "blamed"];
    let places = [
        "harbour", "valley", "capital", "stadium", "border", "airfield", "bridge",
    ];
    let article = |at: usize| {
        let (subject, verb) = (subjects[at % 6], verbs[at / 6 % 6]);
        let (place, other) = (places[at / 36 % 7], places[(at / 7 + 3) % 7]);
        let text =
            format!("The {subject} {verb} the {place} while number {at} watched the {other}.");
        json!({"id": format!("a{at}"), "text": text})
    };
    (0..count).map(article).collect()
}

fn lines(articles: &[Value]) -> String {
    articles
        .iter()
        .map(|article| format!("{article}\n"))
        .collect()
}

/// A service with a store and so many articles in its inbox.
fn desk(folder: &Folder, count: usize, more: &[&str]) -> Service {
    let store = folder.path("desk.sqlite");
    let service = Service::start(&[&["--store", &store], more].concat());
    let added = service.post("/v1/queue", "application/x-ndjson", lines(&articles(count)));
    assert_eq!(added.json(), json!({"added": count, "known": 0}));
    service
}

fn queue(service: &Service, more: &str) -> Value {
    service
        .get(&format!("/v1/queue?annotator=anna{more}"))
        .json()
}

/// Answers an article of the queue.
fn answer(service: &Service, article: &Value, label: &str, annotator: &str) -> i64 {
    let body = json!({
        "id": article["id"], "text": article["text"], "reason": article["reason"],
        "head": "topic", "labels": [label], "annotator": annotator,
    });
    let added = service
        .post("/v1/corrections", JSON, body.to_string())
        .json();
    added["numbers"][0].as_i64().unwrap()
}

/// Answers the first articles of the queue with one label; returns them.
fn answer_first(service: &Service, count: usize, label: &str) -> Vec<Value> {
    let answered = |_| {
        let waiting = queue(service, "&limit=1");
        let article = waiting["articles"][0].clone();
        answer(service, &article, label, "anna");
        article
    };
    (0..count).map(answered).collect()
}

fn label_of(service: &Service, text: &Value) -> Value {
    let row: Value =
        serde_json::from_str(&service.score(&json!({"text": text}).to_string())).unwrap();
    row["heads"]["topic"]["label"].clone()
}

#[test]
fn an_answered_article_waits_no_more_and_a_known_text_comes_once() {
    let folder = Folder::new();
    let service = desk(&folder, 30, &[]);
    let again = service.post("/v1/queue", JSON, Value::from(articles(31)).to_string());
    assert_eq!(again.json(), json!({"added": 1, "known": 30}));
    let before = queue(&service, "&limit=200");
    let first = answer_first(&service, 1, "conflict").remove(0);
    let after = queue(&service, "&limit=200");
    let waiting = |queue: &Value| queue["waiting"].as_i64().unwrap();
    assert_eq!(waiting(&before) - waiting(&after), 1);
    let numbers = |queue: &Value| -> Vec<Value> {
        let articles = queue["articles"].as_array().unwrap();
        articles
            .iter()
            .map(|article| article["number"].clone())
            .collect()
    };
    assert_eq!(numbers(&before)[0], first["number"]);
    assert!(!numbers(&after).contains(&first["number"]));
    let skip = format!("/v1/queue/{}/skip", numbers(&after)[0]);
    let by_anna = r#"{"annotator": "anna", "head": "topic"}"#;
    service.post(&skip, JSON, by_anna).ok();
    assert!(!numbers(&queue(&service, "&limit=200")).contains(&numbers(&after)[0]));
    let by_ben = service.get("/v1/queue?annotator=ben&limit=200").json();
    assert!(numbers(&by_ben).contains(&numbers(&after)[0]));
    service
        .post("/v1/queue/999/skip", JSON, by_anna)
        .problem(422);
    service.get("/v1/queue?strategy=mood").problem(400);
    service.get("/v1/queue?head=mood").problem(404);
    service
        .post("/v1/queue", JSON, r#"[{"text": " "}]"#)
        .problem(422);
    service
        .post("/v1/queue", JSON, r#"[{"title": "a"}]"#)
        .problem(400);
}

#[test]
fn the_test_set_keeps_its_share_and_is_never_learnt_from() {
    let folder = Folder::new();
    let service = desk(&folder, 150, &["--test-share", "0.25"]);
    let answered = answer_first(&service, 40, "conflict");
    let random = answered
        .iter()
        .filter(|article| article["reason"] == "random");
    assert_eq!(random.clone().count(), 10);
    let made = service.post("/v1/retrain", JSON, "{}").json();
    assert_eq!(
        (&made["number"], &made["corrections"]),
        (&json!(1), &json!(30))
    );
    let evaluation = service.get("/v1/evaluation").json();
    assert_eq!(evaluation["heads"][0]["articles"], 10);
    assert_eq!(evaluation["share"], 0.25);
    // Another annotator is asked about them again, so that agreement can be measured.
    let by_ben = service.get("/v1/queue?annotator=ben&limit=200").json();
    let waiting: BTreeSet<String> = by_ben["articles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|article| article["id"].to_string())
        .collect();
    assert!(
        random
            .clone()
            .all(|article| waiting.contains(&article["id"].to_string()))
    );
    for (at, article) in random.enumerate() {
        answer(&service, article, ["conflict", "sport"][at % 2], "ben");
    }
    let agreement = service.get("/v1/agreement").json();
    let topic = &agreement["heads"][0];
    assert_eq!(
        (&topic["articles"], &topic["annotators"]),
        (&json!(10), &json!(["anna", "ben"]))
    );
    assert!(topic["alpha"].as_f64().unwrap() < 0.5);
    // Whatever a client says, an answer to the test set is one.
    let again = answered
        .iter()
        .find(|article| article["reason"] == "random")
        .unwrap();
    let mut again = again.clone();
    again["reason"] = json!("margin");
    answer(&service, &again, "sport", "cleo");
    let listed = service.get("/v1/corrections?search=cleo").json();
    assert_eq!(listed["corrections"][0]["reason"], "random");
}

#[test]
fn a_model_learns_of_corrections_and_goes_back_to_the_same_bytes() {
    let folder = Folder::new();
    let mut service = desk(&folder, 60, &["--test-share", "0"]);
    let first = service.get("/v1/models").json()["models"][0]["hash"].clone();
    let target = articles(1)[0]["text"].clone();
    assert_eq!(label_of(&service, &target), "conflict");
    let answered = answer_first(&service, 20, "culture");
    let made = service.post("/v1/retrain", JSON, "{}").json();
    assert_eq!(
        (&made["number"], &made["in_service"]),
        (&json!(1), &json!(true))
    );
    assert!(made["flipped"]["articles"].as_i64().unwrap() > 0);
    assert_eq!(label_of(&service, &answered[0]["text"]), "culture");
    // The same answers make the same model, which is not kept twice.
    let same = service.post("/v1/retrain", JSON, "{}").json();
    assert_eq!((&same["number"], &same["hash"]), (&json!(1), &made["hash"]));
    answer_first(&service, 10, "sport");
    let second = service.post("/v1/retrain", JSON, "{}").json();
    assert_eq!(second["number"], 2);
    assert_ne!(second["hash"], made["hash"]);

    let anna = r#"{"annotator": "anna"}"#;
    let back = service.post("/v1/history/1/serve", JSON, anna).json();
    assert_eq!(back["hash"], made["hash"]);
    let served = |service: &Service| service.get("/v1/models").json()["models"][0]["hash"].clone();
    assert_eq!(served(&service), made["hash"]);
    // A correction that is undone later was in force then.
    service.post("/v1/corrections/1/undo", JSON, anna).ok();
    assert_eq!(
        service.post("/v1/history/2/serve", JSON, anna).json()["hash"],
        second["hash"]
    );
    let history = service.get("/v1/history").json();
    assert_eq!(history["first"], first);
    assert_eq!(
        (
            &history["serving"],
            history["models"].as_array().unwrap().len()
        ),
        (&json!(2), 2)
    );
    service.post("/v1/history/7/serve", JSON, anna).problem(409);
    service.post("/v1/history/1/serve", JSON, "{}").problem(400);
    assert_eq!(history["service"]["annotator"], "anna");

    // The model in service is there again after a restart, and after the files were read again.
    service.signal("TERM");
    assert!(service.end().success());
    let store = folder.path("desk.sqlite");
    let service = Service::start(&["--store", &store, "--test-share", "0"]);
    assert_eq!(served(&service), second["hash"]);
    service.post("/v1/history/0/serve", JSON, anna).ok();
    assert_eq!(served(&service), first);
}

/// One empty row of an archive kept the service from starting.
#[test]
fn broken_rows_of_an_inbox_are_left_out_unless_all_are() {
    let folder = Folder::new();
    let store = folder.path("desk.sqlite");
    let mixed =
        lines(&articles(2)) + "{\"id\": \"a\", \"text\": \" \"}\n" + &lines(&articles(4)[2..]);
    let mixed = folder.write("mixed.jsonl", mixed);
    let service = Service::start(&["--store", &store, "--inbox", &mixed, "--test-share", "0"]);
    let listed = queue(&service, "")["articles"].as_array().unwrap().len();
    assert_eq!(listed, 4);
    drop(service);
    let broken = folder.write("latin1.jsonl", b"{\"text\": \"Pr\xe4sident\"}\n");
    let other = folder.path("other.sqlite");
    let listen = [
        "--listen",
        "127.0.0.1:0",
        "--inbox",
        &broken,
        "--store",
        &other,
    ];
    let error = run(&[&["serve"], &listen[..]].concat()).fails(3);
    assert!(
        error.contains("latin1.jsonl:1") && error.contains("UTF-8"),
        "{error}"
    );
}

/// The learnt model was taken for a new first one, of which no models were known.
#[test]
fn a_broken_file_that_is_read_again_leaves_the_learnt_model_and_its_history() {
    if hangup_is_ignored() {
        return;
    }
    let folder = Folder::new();
    let (model, store) = (small_model(&folder), folder.path("desk.sqlite"));
    let service = Service::start(&[&model, "--store", &store, "--test-share", "0"]);
    let body = json!({"text": "The guest left", "head": "topic", "labels": ["conflict"], "annotator": "anna"});
    service.post("/v1/corrections", JSON, body.to_string()).ok();
    let made = service.post("/v1/retrain", JSON, "{}").json();
    let whole = std::fs::read(&model).unwrap();
    let history = || service.get("/v1/history").json();
    let before = history();
    for bytes in [&whole[..whole.len() / 2], &whole[..]] {
        std::fs::write(&model, bytes).unwrap();
        service.signal("HUP");
        std::thread::sleep(Duration::from_millis(500));
        assert_eq!(history(), before);
        let served = service.get("/v1/models").json()["models"][0]["hash"].clone();
        assert_eq!(served, made["hash"]);
    }
}

#[test]
fn a_model_that_is_worse_on_the_test_set_stays_out_of_service() {
    let folder = Folder::new();
    let service = desk(&folder, 150, &["--test-share", "0.5"]);
    // What the model says of the test set is confirmed, and all else is called culture.
    for _ in 0..100 {
        let article = queue(&service, "&limit=1")["articles"][0].clone();
        let said = label_of(&service, &article["text"]);
        let label = match article["reason"].as_str().unwrap() {
            "random" => said.as_str().unwrap().to_string(),
            _ => "culture".to_string(),
        };
        answer(&service, &article, &label, "anna");
    }
    let made = service.post("/v1/retrain", JSON, "{}").json();
    assert_eq!(made["in_service"], false);
    assert!(
        made["refused"]
            .as_str()
            .unwrap()
            .contains("fell by more than chance")
    );
    assert!(made["heads"][0]["difference"].as_f64().unwrap() < -0.1);
    assert_eq!(service.get("/v1/history").json()["serving"], 0);
    let forced = service
        .post("/v1/retrain", JSON, r#"{"force": true}"#)
        .json();
    assert_eq!(
        (&forced["in_service"], &forced["hash"]),
        (&json!(true), &made["hash"])
    );
}

#[test]
fn a_training_corpus_at_hand_is_learnt_from_again() {
    let folder = Folder::new();
    let labelled: Vec<Value> = articles(120)
        .into_iter()
        .enumerate()
        .map(|(at, mut article)| {
            article["topic"] = json!(["conflict", "sport"][at % 6 / 3]);
            article
        })
        .collect();
    let corpus = folder.write("corpus.jsonl", lines(&labelled));
    let model = folder.path("own.model");
    run(&[
        "train", &corpus, "--label", "topic", "--preset", "fast", "-o", &model,
    ])
    .ok();
    let store = folder.path("own.sqlite");
    let inbox = folder.write("inbox.jsonl", lines(&articles(240)[120..]));
    let service = Service::start(&[
        &model,
        "--base",
        &corpus,
        "--store",
        &store,
        "--inbox",
        &inbox,
        "--test-share",
        "0",
    ]);
    let waiting = queue(&service, "&limit=5");
    assert!(waiting["waiting"].as_i64().unwrap() > 60);
    answer(&service, &waiting["articles"][0], "sport", "anna");
    let made = service.post("/v1/retrain", JSON, "{}").json();
    assert_eq!(
        (&made["number"], &made["corrections"]),
        (&json!(1), &json!(1))
    );
    // Its own documents are still decided as they were labelled.
    let kept = labelled.iter().take(30);
    assert!(
        kept.clone()
            .all(|row| label_of(&service, &row["text"]) == row["topic"])
    );
    let other = folder.write("other.jsonl", "{\"text\": \"a\", \"mood\": \"good\"}\n");
    run(&[
        "serve",
        &model,
        "--base",
        &other,
        "--store",
        &folder.path("c"),
        "--listen",
        "127.0.0.1:0",
    ])
    .fails(3);
}

#[test]
fn a_watched_folder_fills_the_inbox_and_listeners_are_told() {
    let folder = Folder::new();
    let inbox = folder.path("inbox");
    std::fs::create_dir(&inbox).unwrap();
    let service = Service::start(&["--store", &folder.path("desk.sqlite"), "--inbox", &inbox]);
    let mut stream = service.connect();
    let long = Some(Duration::from_secs(60));
    stream.set_read_timeout(long).unwrap();
    stream
        .write_all(head("GET", "/v1/events", &[], None).as_bytes())
        .unwrap();
    let mut events = BufReader::new(stream).lines().map_while(Result::ok);
    assert!(events.any(|line| line == ": listening"));
    assert_eq!(queue(&service, "")["waiting"], 0);
    std::fs::write(format!("{inbox}/wire.jsonl"), lines(&articles(3))).unwrap();
    std::fs::write(
        format!("{inbox}/note.txt"),
        "Talks in Geneva ended without a result.",
    )
    .unwrap();
    std::fs::write(format!("{inbox}/.hidden"), "Never mind.").unwrap();
    wait_until(|| queue(&service, "")["waiting"] == 4);
    assert!(events.any(|line| line == "event: queue"));
    let article = queue(&service, "&limit=1")["articles"][0].clone();
    let number = answer(&service, &article, "politics", "anna");
    assert!(events.any(|line| line == "event: correction"));
    let told = json!({"numbers": [number], "annotator": "anna"});
    let data = events.find_map(|line| line.strip_prefix("data: ").map(str::to_string));
    assert_eq!(serde_json::from_str::<Value>(&data.unwrap()).unwrap(), told);
}

#[test]
fn a_model_that_cannot_learn_still_takes_corrections() {
    let folder = Folder::new();
    let labelled: String = (0..20)
        .map(|at| {
            format!(
                "{{\"text\": \"word{at} {0}\", \"topic\": \"{0}\"}}\n",
                ["sun", "rain"][at % 2]
            )
        })
        .collect();
    let corpus = folder.write("corpus.jsonl", &labelled);
    let model = folder.path("nb.model");
    run(&[
        "train",
        &corpus,
        "--label",
        "topic",
        "--classifier",
        "nb",
        "-o",
        &model,
    ])
    .ok();
    let store = folder.path("desk.sqlite");
    let service = Service::start(&[&model, "--store", &store]);
    let body =
        json!({"text": "word1 sun", "head": "topic", "labels": ["rain"], "annotator": "anna"});
    service.post("/v1/corrections", JSON, body.to_string()).ok();
    let refused = service.post("/v1/retrain", JSON, "{}").problem(409);
    assert!(
        refused["detail"]
            .as_str()
            .unwrap()
            .contains("cannot go on from corrections alone")
    );
    service.get("/v1/queue").problem(409);
}
