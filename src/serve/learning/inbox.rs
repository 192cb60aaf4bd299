//! Files and folders from which articles come into the inbox.

use super::{Desk, Event};
use standpoint::desk::InboxFile;
use standpoint::{Error, Model, Result};
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// Reads the articles of a file, with the columns of a model.
#[derive(Clone)]
pub struct InboxReader {
    /// Files, and folders that are watched.
    pub paths: Vec<PathBuf>,
    pub read: Arc<ReadArticles>,
}

/// Reads a file with the columns of a model.
pub type ReadArticles = dyn Fn(&Path, &Model) -> Result<InboxFile> + Send + Sync;

impl fmt::Debug for InboxReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxReader")
            .field("paths", &self.paths)
            .finish_non_exhaustive()
    }
}

/// Size and time of a file, by which a new one is told.
type Stamp = (u64, Option<SystemTime>);

/// Files as they were when they were looked at last.
#[derive(Debug, Default)]
pub struct Seen {
    files: HashMap<PathBuf, (Stamp, bool)>,
}

/// Reads all files, and the files of all folders.
///
/// # Errors
/// For a file that cannot be read, and for a broken one among those that were named.
pub fn watch(desk: &Desk, reader: &InboxReader, note: fn(&str)) -> Result<Seen> {
    let mut seen = Seen::default();
    for path in &reader.paths {
        match path.is_dir() {
            true => {
                // What is there when the service begins is whole.
                for file in files(path)? {
                    seen.files.insert(file.clone(), (stamp(&file), true));
                    take(desk, reader, &file, note).unwrap_or_else(|error| skipped(note, &error));
                }
            }
            false => take(desk, reader, path, note)?,
        }
    }
    Ok(seen)
}

impl Seen {
    /// Reads files of watched folders that are new or changed, once they have stopped growing.
    pub fn look_again(&mut self, desk: &Desk, reader: &InboxReader, note: fn(&str)) {
        for folder in reader.paths.iter().filter(|path| path.is_dir()) {
            let found = files(folder).unwrap_or_else(|error| {
                skipped(note, &error);
                Vec::new()
            });
            for file in found {
                let now = stamp(&file);
                match self.files.insert(file.clone(), (now, true)) {
                    Some((before, true)) if before == now => {}
                    Some((before, false)) if before == now => {
                        take(desk, reader, &file, note)
                            .unwrap_or_else(|error| skipped(note, &error));
                    }
                    _ => {
                        self.files.insert(file, (now, false));
                    }
                }
            }
        }
    }
}

fn skipped(note: fn(&str), error: &Error) {
    note(&format!("not taken into the inbox: {error}"));
}

/// Puts the articles of a file into the inbox.
fn take(desk: &Desk, reader: &InboxReader, file: &Path, note: fn(&str)) -> Result<()> {
    let Ok(learning) = desk.learning() else {
        return Ok(());
    };
    let read = (reader.read)(file, learning.learner.first())?;
    if let Some(error) = &read.first_broken {
        let (broken, name) = (read.broken, file.display());
        note(&format!(
            "left {broken} broken rows of {name} out, the first: {error}"
        ));
    }
    let articles = read.articles;
    let mut store = desk.store();
    let added = store.receive(&articles)?.len();
    learning.catch_up(&store)?;
    if added > 0 {
        desk.events.send(&Event::Queue { added });
    }
    Ok(())
}

/// Returns the files of a folder but for hidden ones, by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let refused = |e| Error::io("read", e).at(folder.display());
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(refused)? {
        let path = entry.map_err(refused)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_file() && !name.starts_with('.') {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn stamp(file: &Path) -> Stamp {
    let found = std::fs::metadata(file);
    found.map_or((0, None), |found| (found.len(), found.modified().ok()))
}
