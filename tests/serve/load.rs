//! Load: what is refused when too many ask, what is counted, and how the service ends.

use super::client::{JSON, LINES, Reply, Service, chunk, head};
use crate::support::NEWS;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

const ROW: &str = r#"{"id":1,"text":"Talks resumed"}"#;

#[test]
fn above_the_queue_requests_are_refused_and_the_others_are_right() {
    let service = Service::start(&["--concurrency", "1", "--queue", "2"]);
    let rows = std::fs::read_to_string(NEWS).unwrap();
    let array = format!("[{}]", rows.lines().collect::<Vec<_>>().join(","));
    let right = service.post("/v1/score", JSON, &array).ok();
    let replies: Vec<Reply> = std::thread::scope(|scope| {
        let ask = || service.post("/v1/score", JSON, &array);
        let asking: Vec<_> = (0..24).map(|_| scope.spawn(ask)).collect();
        asking
            .into_iter()
            .map(|asked| asked.join().unwrap())
            .collect()
    });
    let (busy, answered): (Vec<Reply>, Vec<Reply>) =
        replies.into_iter().partition(|reply| reply.status == 503);
    assert!(!busy.is_empty() && !answered.is_empty());
    assert!(answered.into_iter().all(|reply| reply.ok() == right));
    for reply in busy {
        assert_eq!(reply.header("retry-after"), Some("1"));
        reply.problem(503);
    }
    service.score(ROW);
}

#[test]
fn places_are_given_back() {
    let service = Service::start(&["--concurrency", "1", "--queue", "0"]);
    let mut stream = service.connect();
    let begun = head("POST", "/v1/score", &[("Content-Type", LINES)], None);
    stream.write_all(begun.as_bytes()).unwrap();
    // The head of the answer says that the request is admitted.
    let mut first = [0; 8];
    stream.read_exact(&mut first).unwrap();
    service.post("/v1/score", JSON, ROW).problem(503);
    service.get("/healthz").ok();
    drop(stream);
    while service.post("/v1/score", JSON, ROW).status == 503 {
        std::thread::yield_now();
    }
    service.score(ROW);
}

#[test]
fn requests_and_rows_are_counted() {
    let service = Service::start(&[]);
    service.score(ROW);
    service
        .post("/v1/score", JSON, format!("[{ROW},{ROW}]"))
        .ok();
    service
        .post("/v1/score", LINES, format!("{ROW}\n{{}}\n{ROW}\n"))
        .ok();
    service.post("/v1/explain", JSON, "{}").problem(422);
    service.get("/nothing").problem(404);
    let reply = service.get("/metrics");
    assert!(
        reply
            .header("content-type")
            .unwrap()
            .starts_with("text/plain; version=0.0.4")
    );
    let text = reply.ok();
    for line in [
        "standpoint_requests_total{route=\"/v1/score\",status=\"200\"} 3",
        "standpoint_requests_total{route=\"/v1/explain\",status=\"422\"} 1",
        "standpoint_requests_total{route=\"other\",status=\"404\"} 1",
        "standpoint_request_duration_seconds_count{route=\"/v1/score\"} 3",
        "standpoint_rows_scored_total 5",
        "standpoint_rows_broken_total 2",
        "standpoint_requests_rejected_total 0",
        "standpoint_requests_in_flight 1",
    ] {
        assert!(text.lines().any(|own| own == line), "{line}\n{text}");
    }
    assert!(
        text.contains("standpoint_model_info{model=\"default\",hash=\""),
        "{text}"
    );
}

/// A stream of which one row is answered, and what reads the rest.
#[cfg(unix)]
fn begun(service: &Service) -> (TcpStream, BufReader<TcpStream>) {
    let mut stream = service.connect();
    let begun = head("POST", "/v1/score", &[("Content-Type", LINES)], None);
    stream.write_all(begun.as_bytes()).unwrap();
    chunk(&mut stream, format!("{ROW}\n").as_bytes());
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    while !line.contains("\"heads\"") {
        assert!(answers.read_line(&mut line).unwrap() > 0);
    }
    (stream, answers)
}

#[cfg(unix)]
#[test]
fn a_request_that_runs_is_answered_before_the_end() {
    let mut service = Service::start(&[]);
    let (mut stream, mut answers) = begun(&service);
    service.signal("TERM");
    // No connection is taken any more.
    while TcpStream::connect(("127.0.0.1", service.port)).is_ok() {
        std::thread::yield_now();
    }
    chunk(&mut stream, format!("{ROW}\n").as_bytes());
    chunk(&mut stream, b"");
    let mut rest = String::new();
    answers.read_to_string(&mut rest).unwrap();
    assert!(
        rest.contains("\"heads\"") && rest.ends_with("0\r\n\r\n"),
        "{rest}"
    );
    assert_eq!(service.end().code(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_request_that_does_not_end_is_broken_off_in_time() {
    let mut service = Service::start(&["--timeout", "0.3s"]);
    let held = begun(&service);
    service.signal("TERM");
    assert_eq!(service.end().code(), Some(0));
    drop(held);
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_with_its_own_code() {
    let mut service = Service::start(&[]);
    service.score(ROW);
    service.signal("INT");
    assert_eq!(service.end().code(), Some(130));
    let mut service = Service::start(&[]);
    let held = begun(&service);
    service.signal("TERM");
    while TcpStream::connect(("127.0.0.1", service.port)).is_ok() {
        std::thread::yield_now();
    }
    service.signal("TERM");
    assert_eq!(service.end().code(), Some(128 + 15));
    drop(held);
}
