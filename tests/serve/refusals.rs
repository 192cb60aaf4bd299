//! Requests that are broken, too large, too slow or half closed: each gets its problem, and the
//! service goes on.

use super::client::{JSON, LINES, Reply, Service, head};
use serde_json::Value;
use std::io::Write;

const ROW: &str = r#"{"id":1,"text":"Talks resumed"}"#;

#[test]
fn malformed_bodies_are_refused() {
    let service = Service::start(&[]);
    for route in ["/v1/score", "/v1/explain"] {
        for (body, status) in [
            (&b"["[..], 400),
            (b"[1,]", 400),
            (b"{\"text\":\"a\"} x", 422),
            (b"", 422),
            (b"null", 422),
            (b"{\"text\":\"\xff\"}", 400),
            (b"[\"a\"]", 422),
        ] {
            service.post(route, JSON, body).problem(status);
        }
        service
            .post(&format!("{route}?depth=3"), JSON, ROW)
            .problem(400);
        service
            .post(&format!("{route}?top=x"), JSON, ROW)
            .problem(400);
    }
    service.score(ROW);
}

#[test]
fn other_types_are_refused() {
    let service = Service::start(&[]);
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin-1",
    ] {
        service.post("/v1/score", kind, ROW).problem(415);
    }
    service
        .send("POST", "/v1/score", &[], ROW.as_bytes())
        .problem(415);
    let gzip = [("Content-Type", JSON), ("Content-Encoding", "gzip")];
    service
        .send("POST", "/v1/score", &gzip, ROW.as_bytes())
        .problem(415);
}

#[test]
fn unknown_routes_and_methods_are_refused() {
    let service = Service::start(&[]);
    for path in [
        "/v1",
        "/v1/score/",
        "/desk/",
        "/desk/main.rs",
        "/desk/..%2fpages.rs",
        "/v2/score",
        "/../etc/passwd",
        "/docs/page.html",
    ] {
        service.get(path).problem(404);
    }
    let reply = service.get("/v1/score");
    assert_eq!(reply.header("allow"), Some("POST"));
    reply.problem(405);
    for path in [
        "/v1/models",
        "/healthz",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/docs",
    ] {
        service.send("DELETE", path, &[], b"").problem(405);
        assert_eq!(service.send("HEAD", path, &[], b"").status, 200, "{path}");
    }
    service.send("OPTIONS", "/v1/score", &[], b"").problem(405);
}

#[test]
fn bodies_rows_and_numbers_above_their_limits_are_refused() {
    let service = Service::start(&["--max-body", "2k", "--max-row", "1k", "--max-rows", "3"]);
    let long = format!("{{\"text\":\"{}\"}}", "a".repeat(1200));
    let longer = format!("{{\"text\":\"{}\"}}", "a".repeat(300_000));
    for route in ["/v1/score", "/v1/explain"] {
        service.post(route, JSON, &long).problem(413);
        service.post(route, JSON, &longer).problem(413);
        service
            .post(route, JSON, format!("[{ROW},{long}]"))
            .problem(413);
        service
            .post(route, JSON, format!("[{0},{0},{0},{0}]", ROW))
            .problem(413);
        service
            .post(route, JSON, format!("[{0},{0},{0}]", ROW))
            .ok();
        let lines = service
            .post(route, LINES, format!("{ROW}\n").repeat(5))
            .ok();
        let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
        assert_eq!(lines.lines().count(), 4);
        assert_eq!(
            (&last["line"], &last["error"]["status"]),
            (&4.into(), &413.into())
        );
    }
    // A length that is only stated is refused before the body comes.
    let stated = head(
        "POST",
        "/v1/score",
        &[("Content-Type", JSON)],
        Some(1 << 40),
    );
    service.raw(stated.as_bytes()).problem(413);
}

/// Sends some bytes and nothing more, and reads the answer.
fn slowly(service: &Service, bytes: &str) -> Reply {
    let mut stream = service.connect();
    stream.write_all(bytes.as_bytes()).unwrap();
    Reply::read(&mut stream)
}

#[test]
fn slow_clients_are_left() {
    let service = &Service::start(&["--timeout", "1s"]);
    std::thread::scope(|scope| {
        for route in ["/v1/score", "/v1/explain"] {
            let head = |kind| head("POST", route, &[("Content-Type", kind)], Some(100));
            let whole = format!("{}{{\"te", head(JSON));
            scope.spawn(move || slowly(service, &whole).problem(408));
            let lines = format!("{}{ROW}\n{{\"te", head(LINES));
            scope.spawn(move || {
                let answer = slowly(service, &lines).ok();
                let last: Value = serde_json::from_str(answer.lines().last().unwrap()).unwrap();
                assert_eq!(answer.lines().count(), 2);
                assert_eq!(last["error"]["status"], 408);
            });
        }
        // A head that does not end gets no answer.
        for path in ["/v1/score", "/v1/models", "/healthz", "/docs"] {
            let head = format!("GET {path} HTTP/1.1\r\nHo");
            scope.spawn(move || assert_eq!(slowly(service, &head).status, 0));
        }
    });
    service.score(ROW);
}

#[test]
fn clients_that_do_not_read_give_their_places_back() {
    let service = Service::start(&["--timeout", "1s", "--concurrency", "1", "--queue", "0"]);
    // The answers are longer than what the system holds for a client that does not read.
    const ROWS: usize = 10_000;
    let array = format!("[{}]", vec![ROW; ROWS].join(","));
    for (kind, body) in [(JSON, array), (LINES, format!("{ROW}\n").repeat(ROWS))] {
        let mut stream = service.connect();
        let head = head(
            "POST",
            "/v1/explain",
            &[("Content-Type", kind)],
            Some(body.len()),
        );
        let _ = stream.write_all(&[head.as_bytes(), body.as_bytes()].concat());
        while service.post("/v1/score", JSON, ROW).status == 503 {
            std::thread::yield_now();
        }
        drop(stream);
    }
    service.score(ROW);
}

#[test]
fn half_closed_connections_are_answered() {
    let service = Service::start(&[]);
    let with = |kind: &str, length: usize, body: &str| {
        let head = head("POST", "/v1/score", &[("Content-Type", kind)], Some(length));
        service.raw(format!("{head}{body}").as_bytes())
    };
    assert_eq!(with(JSON, ROW.len(), ROW).ok(), service.score(ROW));
    assert_eq!(with(LINES, ROW.len(), ROW).ok(), service.score(ROW));
    with(JSON, ROW.len() + 1, ROW).problem(400);
    let answer = with(LINES, ROW.len() + 9, &format!("{ROW}\n")).ok();
    let last: Value = serde_json::from_str(answer.lines().last().unwrap()).unwrap();
    assert_eq!(
        (answer.lines().count(), &last["error"]["status"]),
        (2, &400.into())
    );
    for path in [
        "/v1/models",
        "/healthz",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/docs",
    ] {
        let head = head("GET", path, &[], Some(0));
        service.raw(head.as_bytes()).ok();
    }
    assert_eq!(service.raw(b"nonsense\r\n\r\n").status, 400);
    assert_eq!(service.raw(b"").status, 0);
    service.score(ROW);
}
