//! The description of the service, its page, and the examples of `docs/serve.md`.

use super::client::{Reply, Service};
use crate::support::Folder;
use serde_json::Value;

const PAGE: &str = include_str!("../../docs/serve.md");

#[test]
fn the_description_lists_every_route() {
    let folder = Folder::new();
    let service = Service::start(&["--store", &folder.path("desk.sqlite")]);
    let description = service.get("/openapi.json").json();
    let paths = description["paths"].as_object().unwrap();
    let routes: Vec<String> = paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(move |method| format!("{method} {path}"))
        })
        .collect();
    for route in [
        "post /v1/score",
        "post /v1/explain",
        "get /v1/models",
        "get /v1/models/{name}",
        "put /v1/models/{name}",
        "post /v1/corrections",
        "get /v1/corrections",
        "post /v1/corrections/{number}/undo",
        "get /v1/queue",
        "post /v1/queue",
        "post /v1/queue/{number}/skip",
        "post /v1/retrain",
        "get /v1/history",
        "post /v1/history/{number}/serve",
        "get /v1/evaluation",
        "get /v1/agreement",
        "get /v1/export",
        "get /v1/events",
        "get /desk",
        "get /healthz",
        "get /readyz",
        "get /metrics",
        "get /openapi.json",
        "get /docs",
    ] {
        assert!(routes.iter().any(|own| own == route), "{route}");
    }
    // What is described is there.
    for route in &routes {
        let (method, path) = route.split_once(' ').unwrap();
        // Its answer has no end, and a test of its own.
        if path == "/v1/events" {
            continue;
        }
        let path = path.replace("{name}", "default").replace("{number}", "1");
        let path = path.replace("{file}", "main.js");
        let reply = service.send(&method.to_uppercase(), &path, &[], b"");
        assert!(
            ![404, 405, 500].contains(&reply.status),
            "{route}: {reply:?}"
        );
    }
}

#[test]
fn references_of_the_description_lead_somewhere() {
    let service = Service::start(&[]);
    let text = service.get("/openapi.json").ok();
    let description: Value = serde_json::from_str(&text).unwrap();
    let references = text.split("\"$ref\":\"").skip(1);
    let mut found = 0;
    for reference in references.map(|rest| rest.split('"').next().unwrap()) {
        let pointer = reference.trim_start_matches('#');
        assert!(description.pointer(pointer).is_some(), "{reference}");
        found += 1;
    }
    assert!(found > 10, "{found}");
    assert_eq!(description["openapi"], "3.1.0");
}

#[test]
fn the_page_loads_nothing_from_elsewhere() {
    let service = Service::start(&[]);
    for path in ["/docs", "/docs/page.js", "/docs/page.css"] {
        let reply = service.get(path);
        assert!(reply.header("content-security-policy").is_some());
        let text = reply.ok();
        assert!(
            !text.contains("http://") && !text.contains("https://"),
            "{path}"
        );
        assert!(
            !text.contains("<style") && !text.contains("onclick"),
            "{path}"
        );
    }
    let page = service.get("/docs").ok();
    assert!(page.contains("id=\"broken-row\"") && !page.contains("<!-- problems -->"));
}

/// The blocks of a language in the page, with what stands before each.
fn blocks(language: &str) -> Vec<(usize, &'static str)> {
    let open = format!("```{language}\n");
    let block = |(at, _): (usize, &str)| {
        let from = at + open.len();
        (at, &PAGE[from..from + PAGE[from..].find("```").unwrap()])
    };
    PAGE.match_indices(&open).map(block).collect()
}

/// Runs a command of the page, whose words may stand in single quotes.
fn curl(service: &Service, line: &str) -> Reply {
    let mut words: Vec<String> = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        match at % 2 {
            0 => words.extend(part.split_whitespace().map(String::from)),
            _ => words.push(part.to_string()),
        }
    }
    let after = |flags: &[&str]| {
        let at = words
            .iter()
            .position(|word| flags.contains(&word.as_str()))?;
        words.get(at + 1)
    };
    let path = words[1].strip_prefix("http://127.0.0.1:8642").unwrap();
    let header = after(&["-H"]).map(|header| header.split_once(": ").unwrap());
    let headers: Vec<(&str, &str)> = header.into_iter().collect();
    match after(&["-d", "--data-binary"]) {
        Some(body) => service.send("POST", path, &headers, body.as_bytes()),
        None => service.get(path),
    }
}

/// Asserts that an answer has everything that the page shows of it; of numbers, that they are some.
#[track_caller]
fn assert_shown(shown: &Value, answer: &Value) {
    match (shown, answer) {
        (Value::Object(shown), Value::Object(answer)) => {
            for (key, value) in shown {
                let found = answer.get(key);
                assert_shown(
                    value,
                    found.unwrap_or_else(|| panic!("{key} in {answer:?}")),
                );
            }
        }
        (Value::Array(shown), Value::Array(answer)) => {
            assert!(shown.len() <= answer.len());
            shown
                .iter()
                .zip(answer)
                .for_each(|(shown, answer)| assert_shown(shown, answer));
        }
        (Value::Number(shown), Value::Number(_)) if shown.is_f64() => {}
        _ => assert_eq!(shown, answer),
    }
}

#[test]
fn the_examples_of_the_page_answer_what_it_shows() {
    let folder = Folder::new();
    let service = Service::start(&["--store", &folder.path("desk.sqlite")]);
    let answers = blocks("json");
    let mut compared = 0;
    for (at, block) in blocks("sh") {
        for line in block.lines().filter(|line| line.starts_with("curl ")) {
            let answer = curl(&service, line).ok();
            let between = |after: usize| !PAGE[at + 3 + block.len()..after].contains("```sh");
            let shown = answers
                .iter()
                .find(|(after, _)| *after > at)
                .filter(|found| between(found.0));
            if let Some((_, shown)) = shown {
                let shown = serde_json::from_str(shown).unwrap();
                assert_shown(&shown, &serde_json::from_str(&answer).unwrap());
                compared += 1;
            }
        }
    }
    assert!(compared >= 5, "{compared}");
}

#[test]
fn limits_stand_in_the_page_and_in_the_help() {
    let help = crate::support::run(&["serve", "--help"]).ok();
    for option in [
        "--max-body",
        "--max-row",
        "--max-rows",
        "--max-model",
        "--timeout",
        "--concurrency",
        "--queue",
        "--token-file",
        "--store",
        "--host",
        "--listen",
    ] {
        assert!(help.contains(option) && PAGE.contains(option), "{option}");
    }
}
