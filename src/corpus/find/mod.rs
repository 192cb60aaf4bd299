//! Files behind the paths, patterns, folders and `-` that a user names.
//!
//! Folders and patterns follow one rule: names that begin with a dot, linked folders, broken links,
//! devices and pipes are left out unless they are named outright, and their number is noted. Files
//! come in the order of their paths. A file that is named twice is read once, with a note.

mod walk;

use crate::io::Progress;
use crate::{Error, Result};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use walk::Walk;

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
    /// Rows in memory, as JSON lines.
    Rows(RowsInMemory),
}

/// JSON lines that a program has made of its own rows. They are read as those of a file are.
///
/// ```
/// use standpoint::corpus::{ColumnMapping, CorpusReader, Input, ReadOptions, RowsInMemory, Schema};
/// let rows = RowsInMemory::new("news", *b"{\"text\": \"Talks resumed\"}\n");
/// let mapping = ColumnMapping::new(Schema::new(["text"]));
/// let reader = CorpusReader::new(vec![Input::Rows(rows)], ReadOptions::default(), &mapping);
/// assert_eq!(reader.read()?.texts.get(0), "Talks resumed");
/// # Ok::<(), standpoint::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowsInMemory {
    name: Arc<str>,
    bytes: Arc<[u8]>,
}

impl RowsInMemory {
    /// Creates an input of this name, which messages put before the number of a row.
    pub fn new(name: &str, bytes: impl Into<Arc<[u8]>>) -> Self {
        RowsInMemory {
            name: name.into(),
            bytes: bytes.into(),
        }
    }

    /// Returns the rows.
    pub(crate) fn bytes(&self) -> Arc<[u8]> {
        self.bytes.clone()
    }
}

impl Input {
    /// Returns the name used in messages.
    pub fn name(&self) -> Arc<str> {
        match self {
            Input::File { path, .. } => path.to_string_lossy().into(),
            Input::Stdin => "-".into(),
            Input::Rows(rows) => rows.name.clone(),
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

#[cfg(test)]
mod tests;
