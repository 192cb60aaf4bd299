//! Trust: names, sites, tokens and roles.

use super::client::{JSON, Service};
use crate::support::{Folder, run, small_model};

const ROW: &str = r#"{"id":1,"text":"Talks resumed"}"#;
const READER: &str = "reader-0123456789abcdef";
const EDITOR: &str = "editor-0123456789abcdef";

/// A file of tokens that only its owner may read.
fn tokens(folder: &Folder) -> String {
    let path = folder.write(
        "tokens",
        format!("# of a test\nreader {READER}\neditor {EDITOR}\n"),
    );
    close(&path, 0o600);
    path
}

#[cfg(unix)]
fn close(path: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn close(_: &str, _: u32) {}

#[test]
fn a_name_that_is_not_this_machine_is_refused() {
    let service = Service::start(&["--host", "desk.example"]);
    let status = |host: &str| {
        service
            .send("GET", "/healthz", &[("Host", host)], b"")
            .status
    };
    for host in [
        "localhost",
        "127.0.0.1:1",
        "[::1]:80",
        "desk.example",
        "DESK.example:443",
    ] {
        assert_eq!(status(host), 200, "{host}");
    }
    for host in ["evil.example", "127.0.0.1.evil.example", "", "10.1.2.3"] {
        assert_eq!(status(host), 421, "{host}");
    }
}

#[test]
fn pages_of_other_sites_may_not_post() {
    let service = Service::start(&[]);
    let send = |name: &str, value: &str| {
        let headers = [("Content-Type", JSON), (name, value)];
        service.send("POST", "/v1/score", &headers, ROW.as_bytes())
    };
    send("Origin", "http://evil.example").problem(403);
    send("Origin", "null").problem(403);
    send("Sec-Fetch-Site", "cross-site").problem(403);
    let reply = send("Origin", "http://localhost");
    for name in [
        "access-control-allow-origin",
        "access-control-allow-methods",
    ] {
        assert_eq!(reply.header(name), None);
    }
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    reply.ok();
    send("Sec-Fetch-Site", "same-origin").ok();
}

#[test]
fn tokens_have_roles() {
    let folder = Folder::new();
    let (file, model) = (tokens(&folder), small_model(&folder));
    let service = Service::start(&[&model, "--token-file", &file]);
    let bytes = std::fs::read(&model).unwrap();
    let with = |token: &str, method: &str, path: &str| {
        let kind = if method == "PUT" {
            "application/octet-stream"
        } else {
            JSON
        };
        let token = format!("Bearer {token}");
        let headers = [("Content-Type", kind), ("Authorization", token.as_str())];
        let body = if method == "PUT" {
            &bytes
        } else {
            ROW.as_bytes()
        };
        service.send(method, path, &headers, body)
    };
    for (method, path) in [
        ("POST", "/v1/score"),
        ("POST", "/v1/explain"),
        ("GET", "/v1/models"),
    ] {
        for token in [READER, EDITOR] {
            with(token, method, path).ok();
        }
        let reply = with("reader-0123456789abcdeX", method, path);
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
        reply.problem(401);
        service
            .send(method, path, &[("Content-Type", JSON)], ROW.as_bytes())
            .problem(401);
    }
    service.get("/metrics").problem(401);
    with(READER, "GET", "/metrics").ok();
    with(READER, "PUT", "/v1/models/small").problem(403);
    with("", "PUT", "/v1/models/small").problem(401);
    with(EDITOR, "PUT", "/v1/models/small").ok();
    for path in ["/healthz", "/readyz", "/docs", "/openapi.json"] {
        service.get(path).ok();
    }
}

#[test]
fn without_tokens_nobody_replaces_a_model() {
    let service = Service::start(&[]);
    let headers = [("Content-Type", "application/octet-stream")];
    service
        .send("PUT", "/v1/models/default", &headers, b"")
        .problem(401);
    let token = format!("Bearer {EDITOR}");
    let headers = [headers[0], ("Authorization", token.as_str())];
    service
        .send("PUT", "/v1/models/default", &headers, b"")
        .problem(403);
}

#[test]
fn other_machines_are_served_with_tokens_alone() {
    let error = run(&["serve", "--listen", "0.0.0.0:0"]).fails(2);
    assert!(error.contains("--token-file"), "{error}");
    let error = run(&["serve", "--listen", "everywhere"]).fails(2);
    assert!(error.contains("127.0.0.1:8642"), "{error}");
}

#[test]
fn an_address_that_is_taken_is_an_error() {
    let service = Service::start(&[]);
    let address = format!("127.0.0.1:{}", service.port);
    let error = run(&["serve", "--listen", &address]).fails(5);
    assert!(error.contains(&address), "{error}");
}

#[test]
fn a_file_of_tokens_that_all_may_read_is_refused() {
    let folder = Folder::new();
    let file = tokens(&folder);
    close(&file, 0o644);
    let error = run(&["serve", "--token-file", &file]).fails(2);
    assert!(error.contains("chmod 600"), "{error}");
    let short = folder.write("short", "reader abc\n");
    close(&short, 0o600);
    let error = run(&["serve", "--token-file", &short]).fails(2);
    assert!(error.contains("line 1"), "{error}");
    run(&["serve", "--token-file", &folder.path("none")]).fails(5);
}
