//! Models: listed, replaced while requests run, read again.

use super::client::{JSON, Reply, Service, wait_until};
use crate::support::{Folder, hangup_is_ignored, rows, run, small_model};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};

const TOKEN: &str = "editor-0123456789abcdef";
const ROW: &str = r#"{"id":1,"text":"The army shelled the town"}"#;

/// A service of a small model with an editor, and another model of the same questions.
struct Desk {
    folder: Folder,
    service: Service,
    model: String,
    other: String,
}

impl Desk {
    fn new() -> Self {
        let folder = Folder::new();
        let model = small_model(&folder);
        let other = folder.path("other.model");
        let corpus = folder.write("more.jsonl", rows().repeat(2).replace("\"h\"", "\"i\""));
        run(&[
            "train",
            &corpus,
            "--label",
            "topic",
            "--classifier",
            "cnb",
            "-o",
            &other,
        ])
        .ok();
        let tokens = folder.write("tokens", format!("editor {TOKEN}\n"));
        let mut close = std::process::Command::new("chmod");
        assert!(close.args(["600", &tokens]).status().unwrap().success());
        let service = Service::start(&[&model, "--token-file", &tokens, "--max-model", "1M"]);
        Desk {
            folder,
            service,
            model,
            other,
        }
    }

    fn send(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Reply {
        let token = format!("Bearer {TOKEN}");
        let headers = [("Content-Type", kind), ("Authorization", token.as_str())];
        self.service.send(method, path, &headers, body)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Reply {
        let path = format!("/v1/models/{name}");
        self.send("PUT", &path, "application/octet-stream", bytes)
    }

    fn score(&self) -> Value {
        self.send("POST", "/v1/score", JSON, ROW.as_bytes()).json()
    }

    fn hash(&self) -> String {
        let model = self.send("GET", "/v1/models/small", JSON, b"").json();
        model["hash"].as_str().unwrap().to_string()
    }
}

fn hash_of(model: &str) -> String {
    let model = standpoint::Model::load(model.as_ref()).unwrap();
    model.hash().to_string()
}

#[test]
fn models_are_listed_with_their_questions() {
    let folder = Folder::new();
    let small = small_model(&folder);
    let second = folder.path("second.model");
    std::fs::copy(&small, &second).unwrap();
    let service = Service::start(&[&small, &second]);
    let listed = service.get("/v1/models").json();
    assert_eq!(listed["default"], "small");
    let model = &listed["models"][0];
    assert_eq!(model["hash"], hash_of(&small));
    assert_eq!(model["text"], serde_json::json!(["text"]));
    assert_eq!(
        model["heads"][0]["labels"],
        serde_json::json!(["conflict", "sport"])
    );
    assert_eq!(model["heads"][1]["thresholds"].as_array().unwrap().len(), 2);
    assert_eq!(model["card"]["documents"], 8);
    assert_eq!(service.get("/v1/models/second").json()["name"], "second");
    service.get("/v1/models/third").problem(404);
    let error = run(&["serve", &small, &small]).fails(2);
    assert!(error.contains("two models are called `small`"), "{error}");
}

#[test]
fn a_model_is_replaced_and_its_file_stays() {
    let desk = Desk::new();
    let (old, new) = (hash_of(&desk.model), hash_of(&desk.other));
    assert_eq!(desk.score()["model"]["hash"], old);
    let entry = desk
        .put("small", &std::fs::read(&desk.other).unwrap())
        .json();
    assert_eq!(entry["hash"], new);
    assert_eq!(desk.score()["model"]["hash"], new);
    assert_eq!(hash_of(&desk.model), old);
}

#[test]
fn a_broken_model_is_refused_and_the_old_one_stays() {
    let desk = Desk::new();
    let old = desk.hash();
    let mut bytes = std::fs::read(&desk.other).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    for broken in [&bytes[..], &bytes[..middle], b"", b"{}"] {
        let problem = desk.put("small", broken).problem(422);
        assert_eq!(problem["type"], "/docs#broken-model");
    }
    desk.put("small", &vec![0; 1 << 20 | 1]).problem(413);
    desk.put("large", &bytes).problem(404);
    desk.send("PUT", "/v1/models/small", JSON, &bytes)
        .problem(415);
    assert_eq!(desk.hash(), old);
    desk.score();
}

#[test]
fn no_request_is_lost_while_a_model_is_replaced() {
    let desk = Desk::new();
    let bytes = [&desk.model, &desk.other].map(|path| std::fs::read(path).unwrap());
    let hashes = [&desk.model, &desk.other].map(|path| hash_of(path));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let ask = || {
            let mut asked = 0;
            while !done.load(Ordering::Relaxed) {
                let row = desk.score();
                assert!(hashes.iter().any(|hash| row["model"]["hash"] == **hash));
                asked += 1;
            }
            asked
        };
        let asking: Vec<_> = (0..3).map(|_| scope.spawn(ask)).collect();
        for at in 0..20 {
            let entry = desk.put("small", &bytes[at % 2]).json();
            assert_eq!(entry["hash"], hashes[at % 2]);
        }
        done.store(true, Ordering::Relaxed);
        assert!(asking.into_iter().all(|asked| asked.join().unwrap() > 0));
    });
}

#[cfg(unix)]
#[test]
fn a_signal_reads_the_files_again() {
    if hangup_is_ignored() {
        return;
    }
    let desk = Desk::new();
    let kept = desk.folder.path("kept.model");
    std::fs::copy(&desk.model, &kept).unwrap();
    let (old, new) = (hash_of(&desk.model), hash_of(&desk.other));
    let read_again = |file: &str| {
        std::fs::rename(file, &desk.model).unwrap();
        desk.service.signal("HUP");
    };
    read_again(&desk.other);
    wait_until(|| desk.hash() == new);
    // A broken file leaves the model that is there, and the next one is read as ever.
    read_again(&desk.folder.write("broken", "no model"));
    assert_eq!(desk.score()["model"]["hash"], new);
    read_again(&kept);
    wait_until(|| {
        let hash = desk.hash();
        assert!([&old, &new].contains(&&hash));
        hash == old
    });
}
