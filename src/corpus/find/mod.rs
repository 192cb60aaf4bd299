//! Files behind the paths, patterns, folders and `-` that a user names.
//!
//! Folders and patterns follow one rule: names that begin with a dot, linked folders, broken links,
//! devices and pipes are left out unless they are named outright, and their number is noted. Files
//! come in the order of their paths. A file that is named twice is read once, with a note.

use super::format::FileFormat;
use super::sniff::SniffedFormat;
use crate::io::Progress;
use crate::words::counted;
use crate::{Error, Result};
use glob::Pattern;
use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// One thing to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File {
        /// The path of the file.
        path: PathBuf,
        /// The id of its article, if it is one: the path, or the path below the folder named.
        id: String,
        /// The first folder below the folder named: the class, in a folder per class.
        class: Option<String>,
    },
    /// Standard input.
    Stdin,
}

impl Input {
    /// Returns the name used in messages.
    pub fn name(&self) -> Arc<str> {
        match self {
            Input::File { path, .. } => path.to_string_lossy().into(),
            Input::Stdin => "-".into(),
        }
    }

    fn file(path: &Path) -> Self {
        Input::File {
            path: path.to_path_buf(),
            id: path.to_string_lossy().into_owned(),
            class: None,
        }
    }

    /// Creates the input of a file in a folder that was named.
    fn below(root: &Path, path: PathBuf) -> Self {
        let below = path.strip_prefix(root).unwrap_or(&path);
        let class = below.parent().and_then(|parent| parent.components().next());
        let class = class.map(|class| class.as_os_str().to_string_lossy().into_owned());
        Input::File {
            id: below.to_string_lossy().into_owned(),
            class,
            path,
        }
    }
}

/// Returns the inputs as messages name them all.
pub(crate) fn names_of(inputs: &[Input]) -> String {
    inputs
        .iter()
        .map(|input| input.name().to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

/// Finds the files behind names: `-` is standard input, a folder is every file in it, sorted, and
/// a name with `*`, `?` or `[` that is no file is a pattern.
///
/// # Errors
/// A data error for a pattern or folder without files, an I/O error for a file that is missing.
pub fn find_inputs(names: &[String], progress: &dyn Progress) -> Result<Vec<Input>> {
    let mut found = Found::default();
    for name in names {
        let path = Path::new(name);
        if name == "-" {
            found.inputs.push(Input::Stdin);
        } else if path.is_dir() {
            Walk::default()
                .folder_named(path, progress)?
                .into_iter()
                .for_each(|input| found.add(input));
        } else if !path.exists() && name.contains(['*', '?', '[']) {
            Walk::default()
                .pattern_named(name, progress)?
                .into_iter()
                .for_each(|input| found.add(input));
        } else {
            std::fs::metadata(path).map_err(|e| Error::io("read", e).at(name))?;
            found.add(Input::file(path));
        }
    }
    found.tell(progress);
    Ok(found.inputs)
}

/// The inputs so far, each file once.
#[derive(Default)]
struct Found {
    inputs: Vec<Input>,
    /// The files' paths without links.
    seen: HashSet<PathBuf>,
    /// The folders' paths without links.
    folders: HashMap<PathBuf, PathBuf>,
    again: Vec<PathBuf>,
    not_utf8: Vec<PathBuf>,
}

impl Found {
    fn add(&mut self, input: Input) {
        let Input::File { path, .. } = &input else {
            return self.inputs.push(input);
        };
        if let Some(whole) = self.without_links(path)
            && !self.seen.insert(whole)
        {
            return self.again.push(path.clone());
        }
        if path.to_str().is_none() {
            self.not_utf8.push(path.clone());
        }
        self.inputs.push(input);
    }

    /// Only links cost more than a look-up.
    fn without_links(&mut self, path: &Path) -> Option<PathBuf> {
        let (folder, name) = (path.parent()?, path.file_name()?);
        if path.is_symlink() {
            return path.canonicalize().ok();
        }
        if !self.folders.contains_key(folder) {
            let here = if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                folder
            };
            self.folders
                .insert(folder.to_path_buf(), here.canonicalize().ok()?);
        }
        Some(self.folders.get(folder)?.join(name))
    }

    fn tell(&self, progress: &dyn Progress) {
        if let Some(first) = self.again.first() {
            let (files, first) = (self.again.len(), first.display());
            progress.note(&format!(
                "{files} inputs are named twice and read once, the first is {first}"
            ));
        }
        if let Some(first) = self.not_utf8.first() {
            let (files, first) = (self.not_utf8.len(), first.display());
            progress.note(&format!(
                "{files} file names are not valid UTF-8; ids and messages have a replacement character \
                 there, as in {first}"
            ));
        }
    }
}

/// A search for files, by a folder or a pattern.
#[derive(Default)]
struct Walk {
    inputs: Vec<Input>,
    left_out: usize,
}

/// A part of a pattern between two separators.
enum Part {
    Outright(OsString),
    /// `hidden`: it begins with a dot, so that hidden names are meant.
    Names {
        pattern: Pattern,
        hidden: bool,
    },
    /// `**`: any number of folders.
    Folders,
}

/// The treatment of a path in a walk.
#[derive(PartialEq, Eq)]
enum PathKind {
    File,
    Folder,
    LeftOut,
}

impl PathKind {
    /// Links to folders may lead in a circle, and pipes and devices may have no end.
    fn of(path: &Path) -> Self {
        match path.metadata() {
            Ok(found) if found.is_file() => PathKind::File,
            Ok(found) if found.is_dir() && !path.is_symlink() => PathKind::Folder,
            _ => PathKind::LeftOut,
        }
    }
}

impl Walk {
    fn folder_named(mut self, root: &Path, progress: &dyn Progress) -> Result<Vec<Input>> {
        self.folder(root, root)?;
        self.finish(
            &root.to_string_lossy(),
            "the folder holds no file",
            progress,
        )
    }

    fn pattern_named(mut self, name: &str, progress: &dyn Progress) -> Result<Vec<Input>> {
        self.pattern(PathBuf::new(), &parts(name)?)?;
        let path = |input: &Input| match input {
            Input::File { path, .. } => Some(path.clone()),
            Input::Stdin => None,
        };
        // Several `**` reach a file in several ways.
        self.inputs.sort_by_cached_key(path);
        self.inputs.dedup_by_key(|input| path(input));
        self.finish(name, "no file fits this pattern", progress)
    }

    fn finish(mut self, name: &str, nothing: &str, progress: &dyn Progress) -> Result<Vec<Input>> {
        if self.left_out > 0 {
            let what = "hidden files, linked folders, broken links, pipes or devices";
            progress.note(&format!("{name}: left out {} {what}", self.left_out));
        }
        if self.inputs.is_empty() {
            return Err(Error::data(nothing).at(name));
        }
        self.leave_out_foreign(name, progress)?;
        Ok(self.inputs)
    }

    /// Leaves out files whose names do not tell a format and that hold no text, with a note.
    fn leave_out_foreign(&mut self, name: &str, progress: &dyn Progress) -> Result<()> {
        let is_foreign = |input: &Input| match input {
            Input::File { path, .. } if FileFormat::of_path(path).is_none() => {
                matches!(
                    SniffedFormat::of_file(path),
                    Some(SniffedFormat::Foreign(_))
                )
            }
            _ => false,
        };
        let found = std::mem::take(&mut self.inputs);
        let (foreign, kept): (Vec<Input>, Vec<Input>) = found.into_iter().partition(is_foreign);
        self.inputs = kept;
        if foreign.is_empty() {
            return Ok(());
        }
        let id = |input: &Input| match input {
            Input::File { id, .. } => id.clone(),
            Input::Stdin => "-".to_string(),
        };
        let more = if foreign.len() > 3 { ", …" } else { "" };
        let names = foreign
            .iter()
            .take(3)
            .map(id)
            .collect::<Vec<_>>()
            .join(", ");
        let what = format!(
            "{} without text that can be read ({names}{more})",
            counted(foreign.len(), "file")
        );
        if self.inputs.is_empty() {
            return Err(Error::data(format!("the folder holds nothing but {what}")).at(name));
        }
        progress.note(&format!("{name}: left out {what}"));
        Ok(())
    }

    /// Finds all files in a folder and below it.
    fn folder(&mut self, root: &Path, folder: &Path) -> Result<()> {
        for path in entries(folder)? {
            match PathKind::of(&path) {
                _ if is_hidden(&path) => self.left_out += 1,
                PathKind::File => self.inputs.push(Input::below(root, path)),
                PathKind::Folder => self.folder(root, &path)?,
                PathKind::LeftOut => self.left_out += 1,
            }
        }
        Ok(())
    }

    /// Finds all files that fit the rest of a pattern.
    fn pattern(&mut self, base: PathBuf, parts: &[Part]) -> Result<()> {
        match parts.split_first() {
            None => self.take(base),
            Some((Part::Outright(name), rest)) => {
                let path = base.join(name);
                if path.symlink_metadata().is_ok() {
                    self.pattern(path, rest)
                } else {
                    Ok(())
                }
            }
            Some((Part::Names { pattern, hidden }, rest)) => {
                self.names(&base, pattern, *hidden, rest)
            }
            Some((Part::Folders, [])) => self.take(base),
            Some((Part::Folders, rest)) => self.folders(base, parts, rest),
        }
    }

    fn take(&mut self, path: PathBuf) -> Result<()> {
        if path.is_dir() {
            return self.folder(&path, &path);
        }
        self.inputs.push(Input::file(&path));
        Ok(())
    }

    fn names(&mut self, base: &Path, pattern: &Pattern, hidden: bool, rest: &[Part]) -> Result<()> {
        if !here(base).is_dir() {
            return Ok(());
        }
        let fits = |path: &PathBuf| {
            pattern.matches(&path.file_name().unwrap_or_default().to_string_lossy())
        };
        for path in entries(base)?.into_iter().filter(fits) {
            match PathKind::of(&path) {
                _ if is_hidden(&path) && !hidden => self.left_out += 1,
                PathKind::LeftOut => self.left_out += 1,
                PathKind::File if !rest.is_empty() => {}
                PathKind::File | PathKind::Folder => self.pattern(path, rest)?,
            }
        }
        Ok(())
    }

    /// Here, and in every folder below.
    fn folders(&mut self, base: PathBuf, parts: &[Part], rest: &[Part]) -> Result<()> {
        if !here(&base).is_dir() {
            return Ok(());
        }
        let below = entries(&base)?;
        self.pattern(base, rest)?;
        for path in below.into_iter().filter(|path| path.is_dir()) {
            match is_hidden(&path) || PathKind::of(&path) == PathKind::LeftOut {
                true => self.left_out += 1,
                false => self.pattern(path, parts)?,
            }
        }
        Ok(())
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

/// The empty path is the folder where the program runs.
fn here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    }
}

/// Lists the entries of a folder, sorted.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let refused = |e| Error::io("read", e).at(here(folder).display());
    let entries: io::Result<Vec<_>> = std::fs::read_dir(here(folder)).map_err(refused)?.collect();
    let mut names: Vec<OsString> = entries
        .map_err(refused)?
        .into_iter()
        .map(|entry| entry.file_name())
        .collect();
    names.sort();
    Ok(names.into_iter().map(|name| folder.join(name)).collect())
}

fn parts(name: &str) -> Result<Vec<Part>> {
    let part = |part: Component<'_>| {
        let text = part.as_os_str().to_string_lossy();
        if !matches!(part, Component::Normal(_)) || !text.contains(['*', '?', '[']) {
            return Ok(Part::Outright(part.as_os_str().to_os_string()));
        }
        if text == "**" {
            return Ok(Part::Folders);
        }
        let pattern = Pattern::new(&text);
        let pattern = pattern.map_err(|e| Error::usage(format!("not a pattern: {e}")).at(name))?;
        Ok(Part::Names {
            pattern,
            hidden: text.starts_with('.'),
        })
    };
    Path::new(name).components().map(part).collect()
}

#[cfg(test)]
mod tests {
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
}
