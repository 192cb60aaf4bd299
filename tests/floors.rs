//! The floors of the library: a room imports rooms below it, as `ARCHITECTURE.md` draws them.

use std::path::{Path, PathBuf};

/// Rooms from the lowest floor to the highest, as the page lists them.
const FLOORS: [&str; 26] = [
    "words",
    "setters",
    "wording",
    "error",
    "json",
    "math",
    "io",
    "container",
    "text",
    "dedup",
    "corpus",
    "split",
    "check",
    "features",
    "linear",
    "background",
    "calibrate",
    "evaluate",
    "model",
    "exchange",
    "train",
    "tune",
    "desk",
    "report",
    "serve",
    "cli",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The room of a file, and its place among the floors.
fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|room| *room == name)
}

/// The rooms that a line of code, not of comments, names after `crate::`; names in braces there are
/// types.
fn rooms(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split("//").next().unwrap_or_default();
    code.split("crate::").skip(1).map(|rest| {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        &rest[..end.unwrap_or(rest.len())]
    })
}

#[test]
fn rooms_import_rooms_below_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 200, "{} files", files.len());
    let mut upwards = Vec::new();
    for path in files {
        let inside = path.strip_prefix(&root).unwrap();
        let first = inside.components().next().unwrap().as_os_str();
        let room = first.to_str().unwrap().trim_end_matches(".rs");
        if ["lib", "main"].contains(&room) {
            continue;
        }
        let own = floor(room).unwrap_or_else(|| panic!("{room}: add it to FLOORS"));
        let text = std::fs::read_to_string(&path).unwrap();
        // Unit tests may use whatever makes their case.
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        for (number, line) in code.lines().enumerate() {
            let listed = line.split_once("crate::{").map_or("", |(_, list)| list);
            assert!(
                !listed.contains("::"),
                "{}:{}: name rooms one by one",
                inside.display(),
                number + 1
            );
            for other in rooms(line) {
                if floor(other).is_some_and(|other| other > own) {
                    upwards.push(format!("{}:{}: {other}", inside.display(), number + 1));
                }
            }
        }
    }
    assert!(upwards.is_empty(), "upwards:\n{}", upwards.join("\n"));
}
