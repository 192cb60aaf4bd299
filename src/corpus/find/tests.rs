//! Files that folders and patterns name.

use super::*;
use crate::io::Silent;
use std::sync::Mutex;

#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Progress for Notes {
    fn stage(&self, _name: &str, _total: u64) {}
    fn advance(&self, _units: u64) {}
    fn note(&self, message: &str) {
        self.0.lock().unwrap().push(message.to_string());
    }
}

/// A folder of files, and their names and notes as found.
struct Tree(PathBuf);

impl Tree {
    fn new(name: &str, files: &[&str]) -> Self {
        let root =
            std::env::temp_dir().join(format!("standpoint-find-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&root);
        for file in files {
            let path = root.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        Tree(root)
    }

    fn find(&self, names: &[&str]) -> (Vec<String>, Vec<String>) {
        let names: Vec<String> = names
            .iter()
            .map(|name| self.0.join(name).to_string_lossy().into_owned())
            .collect();
        let notes = Notes::default();
        let inputs = find_inputs(&names, &notes).unwrap();
        let below = format!("{}/", self.0.display());
        let found = inputs
            .iter()
            .map(|input| input.name().replace(&below, ""))
            .collect();
        (found, notes.0.into_inner().unwrap())
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_missing_file_is_named() {
    let error = find_inputs(&["no/such.jsonl".to_string()], &Silent).unwrap_err();
    assert!(error.to_string().starts_with("no/such.jsonl: cannot read"));
}

#[cfg(unix)]
#[test]
fn patterns_and_folders_follow_one_rule() {
    let tree = Tree::new(
        "rule",
        &[
            "c/b.txt",
            "c/a.txt",
            "c/.git/x.txt",
            "c/.h.txt",
            "c/d/e.txt",
            "c/d/f/g.txt",
        ],
    );
    for (link, to) in [
        ("c/loop", ".."),
        ("c/broken.txt", "nowhere"),
        ("c/d/up.txt", ".."),
    ] {
        std::os::unix::fs::symlink(to, tree.0.join(link)).unwrap();
    }
    assert!(
        std::process::Command::new("mkfifo")
            .arg(tree.0.join("c/p.txt"))
            .status()
            .unwrap()
            .success()
    );
    let all = ["c/a.txt", "c/b.txt", "c/d/e.txt", "c/d/f/g.txt"];
    for name in [
        "c",
        "c/",
        "c/**/*.txt",
        "c/**",
        "*/**/*.txt",
        "c/**/**/*.txt",
        "c/*",
        "./c/**/?.txt",
    ] {
        let (found, notes) = tree.find(&[name]);
        let found: Vec<&str> = found
            .iter()
            .map(|name| name.trim_start_matches("./"))
            .collect();
        assert_eq!(found, all, "{name}");
        assert!(notes[0].contains("left out"), "{name}: {notes:?}");
    }
    assert_eq!(tree.find(&["c/*.txt"]).0, ["c/a.txt", "c/b.txt"]);
    assert_eq!(
        tree.find(&["c/[ab].txt"]),
        (vec!["c/a.txt".into(), "c/b.txt".into()], vec![])
    );
    assert_eq!(tree.find(&["c/.*.txt"]).0, ["c/.h.txt"]);
    // What is named outright is followed.
    assert_eq!(tree.find(&["c/loop/c/[a].txt"]).0, ["c/loop/c/a.txt"]);
}

#[cfg(unix)]
#[test]
fn a_file_that_is_named_twice_is_read_once() {
    let tree = Tree::new("twice", &["c/a.txt", "c/b.txt"]);
    std::os::unix::fs::symlink("a.txt", tree.0.join("c/z.txt")).unwrap();
    std::os::unix::fs::symlink("c", tree.0.join("link")).unwrap();
    for names in [
        &["c/b.txt", "c"][..],
        &["c", "c/a.txt", "./c/b.txt"],
        &["c", "link"],
        &["link", "c/*.txt"],
    ] {
        let (found, notes) = tree.find(names);
        assert_eq!(found.len(), 2, "{names:?}: {found:?}");
        assert!(
            notes
                .iter()
                .any(|note| note.contains("named twice and read once")),
            "{notes:?}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf_8_are_read_and_said() {
    use std::os::unix::ffi::OsStrExt;
    let tree = Tree::new("bytes", &["c/a.txt"]);
    std::fs::write(tree.0.join(std::ffi::OsStr::from_bytes(b"c/\xff.txt")), "x").unwrap();
    for name in ["c", "c/*.txt", "**/?.txt"] {
        let (found, notes) = tree.find(&[name]);
        assert_eq!(found, ["c/a.txt", "c/\u{fffd}.txt"], "{name}");
        assert!(notes[0].contains("not valid UTF-8"), "{notes:?}");
    }
}
