//! Files under temporary names, and their removal by a program that must end at once.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// The paths of all temporary files. Whoever holds the lock can create, rename and remove them
/// undisturbed.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A file under a temporary name, removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Unfinished(PathBuf);

/// Removes all temporary files and keeps new ones from being made: for a program that ends directly
/// afterwards, as on a signal. Renames that have begun are awaited.
pub fn remove_unfinished() {
    let paths = hold();
    paths.iter().for_each(|path| remove(path));
    std::mem::forget(paths);
}

/// Keeps the program from being ended by [`remove_unfinished`] as long as the guard lives.
pub(super) fn hold() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Unfinished {
    /// Opens a new file in `folder`, under a name that no other process or thread uses.
    pub(crate) fn create(folder: &Path) -> io::Result<(Self, File)> {
        Self::named(folder, |path| {
            OpenOptions::new().write(true).create_new(true).open(path)
        })
    }

    /// Gives the file at `old` a second, temporary name in its folder.
    pub(super) fn link(old: &Path) -> io::Result<Self> {
        Self::named(folder_of(old), |path| std::fs::hard_link(old, path)).map(|(link, ())| link)
    }

    /// The names are short, whatever the target is called: a name may have 255 bytes.
    fn named<T>(folder: &Path, make: impl Fn(&Path) -> io::Result<T>) -> io::Result<(Self, T)> {
        let mut paths = hold();
        let mut tries = 0;
        loop {
            let now = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |now| now.as_nanos());
            let path = folder.join(format!(
                ".standpoint-{:x}-{:x}.tmp",
                std::process::id(),
                now + tries
            ));
            match make(&path) {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists && tries < 100 => tries += 1,
                made => {
                    let made = made?;
                    paths.push(path.clone());
                    return Ok((Unfinished(path), made));
                }
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let mut paths = hold();
        remove(&self.0);
        paths.retain(|path| *path != self.0);
    }
}

/// Returns the folder of a path, `.` where it names none.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// A leftover temporary file does no harm, and the first error is the one to tell.
fn remove(path: &Path) {
    let _ = std::fs::remove_file(path);
}
