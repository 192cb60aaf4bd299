//! A client of a few lines over plain connections, and the program as a service.

use crate::support::{command, run_with};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

pub const JSON: &str = "application/json";
pub const LINES: &str = "application/x-ndjson";

/// A running service, ended with its test.
pub struct Service {
    child: Child,
    /// Held, so that the service can write to it.
    _stdout: BufReader<ChildStdout>,
    pub port: u16,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Service {
    pub fn start(args: &[&str]) -> Self {
        let mut command = command();
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let listening: Value = serde_json::from_str(&line).unwrap();
        let url = listening["listening"].as_str().unwrap();
        let port = url.rsplit_once(':').unwrap().1.parse().unwrap();
        Service {
            child,
            _stdout: stdout,
            port,
        }
    }

    pub fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).unwrap()
    }

    /// Sends bytes as they are, closes the half that sends, and reads to the end.
    pub fn raw(&self, request: &[u8]) -> Reply {
        let mut stream = self.connect();
        // A refused request may be cut off before it is sent.
        let _ = stream.write_all(request);
        let _ = stream.shutdown(Shutdown::Write);
        Reply::read(&mut stream)
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut stream = self.connect();
        let head = head(method, path, headers, Some(body.len()));
        let _ = stream.write_all(&[head.as_bytes(), body].concat());
        Reply::read(&mut stream)
    }

    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], b"")
    }

    pub fn post(&self, path: &str, kind: &str, body: impl AsRef<[u8]>) -> Reply {
        self.send("POST", path, &[("Content-Type", kind)], body.as_ref())
    }

    /// Answers of an object, for requests that must succeed.
    pub fn score(&self, row: &str) -> String {
        self.post("/v1/score", JSON, row).ok()
    }

    pub fn signal(&self, name: &str) {
        let line = format!("kill -{name} {}", self.child.id());
        assert!(
            Command::new("sh")
                .args(["-c", &line])
                .status()
                .unwrap()
                .success()
        );
    }

    pub fn end(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The head of a request; without a length, its body comes in chunks.
pub fn head(method: &str, path: &str, headers: &[(&str, &str)], length: Option<usize>) -> String {
    let mut head = format!("{method} {path} HTTP/1.1\r\n");
    if !headers.iter().any(|(name, _)| *name == "Host") {
        head += "Host: localhost\r\n";
    }
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    match length {
        Some(length) => head += &format!("Content-Length: {length}\r\n"),
        None => head += "Transfer-Encoding: chunked\r\n",
    }
    head + "Connection: close\r\n\r\n"
}

/// Waits until something holds; fails after a time in which it always has.
#[track_caller]
pub fn wait_until(holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it never held");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Writes one chunk of a body; an empty one ends it.
pub fn chunk(stream: &mut TcpStream, bytes: &[u8]) {
    let size = format!("{:x}\r\n", bytes.len());
    stream
        .write_all(&[size.as_bytes(), bytes, b"\r\n"].concat())
        .unwrap();
}

impl Reply {
    /// Reads an answer after which the connection is closed.
    pub fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        // A connection that is reset after its answer has answered.
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        let is_chunked = head
            .to_ascii_lowercase()
            .contains("transfer-encoding: chunked");
        Reply {
            status: status.unwrap_or(0),
            head: head.to_string(),
            body: if is_chunked {
                joined(body)
            } else {
                body.to_string()
            },
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(own, _)| own.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value)
    }

    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.status, 200, "{self:?}");
        self.body
    }

    #[track_caller]
    pub fn json(self) -> Value {
        serde_json::from_str(&self.ok()).unwrap()
    }

    /// The problem of a refusal with this status.
    #[track_caller]
    pub fn problem(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(self.header("x-content-type-options"), Some("nosniff"));
        let problem: Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(problem["status"], status);
        for member in ["type", "title", "detail"] {
            assert!(
                problem[member]
                    .as_str()
                    .is_some_and(|text| !text.is_empty())
            );
        }
        problem
    }
}

/// The bytes of chunks, up to the last that is whole.
fn joined(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        let Some(part) = rest.get(..size).filter(|part| !part.is_empty()) else {
            break;
        };
        whole += part;
        body = &rest[size + 2..];
    }
    whole
}

/// The output of `score --json` or the like for these rows on standard input.
pub fn by_program(command: &str, flags: &[&str], rows: &str) -> String {
    let args = [&[command, "--json", "--format", "jsonl"], flags].concat();
    run_with(&args, rows.as_bytes()).ok()
}
