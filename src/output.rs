//! Files that are written whole or not at all.
//!
//! Bytes go to a temporary file beside the target, are synced, and take the target's name in one
//! step; whatever interrupts that leaves the old file as it was.
//!
//! ```
//! use std::io::Write;
//! # let folder = std::env::temp_dir().join(format!("standpoint-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder).unwrap();
//! let path = folder.join("out.txt");
//! standpoint::output::write_whole(&path, true, |file| file.write_all(b"done"))?;
//! assert_eq!(std::fs::read(&path).unwrap(), b"done");
//! # Ok::<(), standpoint::Error>(())
//! ```

use crate::{Error, Result};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

/// A file under another name, until it is whole; removed if it never becomes so.
struct Unfinished(PathBuf);

/// All of them, for a program that is about to end.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Removes what is being written at this moment; for a program that ends in a signal handler.
pub fn remove_unfinished() {
    if let Ok(paths) = UNFINISHED.lock() {
        paths.iter().for_each(|path| remove(path));
    }
}

impl Unfinished {
    /// Opens a new file beside `target`, under a name that no other process or thread uses.
    fn create(target: &Path) -> io::Result<(Self, File)> {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let mut tries = 0;
        loop {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_nanos());
            let path = target.with_file_name(format!(".{name}.{}-{:x}.tmp", std::process::id(), now + tries));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists && tries < 100 => tries += 1,
                opened => {
                    let file = opened?;
                    if let Ok(mut paths) = UNFINISHED.lock() {
                        paths.push(path.clone());
                    }
                    return Ok((Unfinished(path), file));
                }
            }
        }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        remove(&self.0);
        if let Ok(mut paths) = UNFINISHED.lock() {
            paths.retain(|path| *path != self.0);
        }
    }
}

/// Refuses a target that exists, unless `force` is set, or that cannot be written, so that
/// nobody waits an hour for that answer.
///
/// # Errors
/// A usage error for an existing file, an I/O error where the folder cannot be written.
pub fn check_target(target: &Path, force: bool) -> Result<()> {
    if is_special(target) {
        return Ok(());
    }
    if target.is_dir() {
        return Err(Error::usage("the output is a folder").at(target.display()).help("name a file in it"));
    }
    if !force && target.symlink_metadata().is_ok() {
        return Err(Error::usage("the output exists already")
            .at(target.display())
            .help("pass --force to replace it, or name another file"));
    }
    Unfinished::create(target).map(drop).map_err(|e| write_error(target, e))
}

/// Writes `target` whole through `fill`; with `force`, it may exist.
///
/// # Errors
/// As [`check_target`], and an I/O error when writing, syncing or renaming fails; the old file
/// is then as it was, and the temporary file is gone.
pub fn write_whole(
    target: &Path,
    force: bool,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    if is_special(target) {
        return write_special(target, fill);
    }
    check_target(target, force)?;
    // A link stays a link: what it points to is replaced.
    let target = &target.canonicalize().unwrap_or_else(|_| target.to_path_buf());
    let refused = |e| write_error(target, e);
    let (temporary, file) = Unfinished::create(target).map_err(refused)?;
    if let Ok(old) = target.metadata() {
        file.set_permissions(old.permissions()).map_err(refused)?;
    }
    fill_and_sync(file, fill).map_err(refused)?;
    take_name(&temporary.0, target, force).map_err(refused)?;
    sync_folder(target);
    Ok(())
}

/// Without `force`, a file that appeared in the meantime is kept, where the disk knows hard links.
fn take_name(temporary: &Path, target: &Path, force: bool) -> io::Result<()> {
    if !force {
        match std::fs::hard_link(temporary, target) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => {}
            done => return done,
        }
    }
    std::fs::rename(temporary, target)
}

fn fill_and_sync(file: File, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut writer = BufWriter::with_capacity(1 << 20, file);
    fill(&mut writer)?;
    writer.into_inner().map_err(|e| e.into_error())?.sync_all()
}

fn write_error(path: &Path, error: io::Error) -> Error {
    let full = error.kind() == io::ErrorKind::StorageFull;
    let error = Error::io("write", error).at(path.display());
    if full { error.help("free some space, or name a file on another disk") } else { error }
}

/// Devices and pipes cannot be replaced by a rename.
fn is_special(target: &Path) -> bool {
    std::fs::metadata(target).is_ok_and(|m| !m.is_file() && !m.is_dir())
}

fn write_special(target: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let file = OpenOptions::new().write(true).open(target).map_err(|e| write_error(target, e))?;
    let mut writer = BufWriter::new(file);
    fill(&mut writer).and_then(|()| writer.flush()).map_err(|e| write_error(target, e))
}

/// A leftover temporary file does no harm, and the first error is the one to tell.
fn remove(path: &Path) {
    let _ = std::fs::remove_file(path);
}

/// Makes the rename itself durable; file systems that cannot sync a folder still hold the file.
fn sync_folder(target: &Path) {
    let folder = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("standpoint-output-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let folder = folder("failed");
        let path = folder.join("model");
        std::fs::write(&path, b"old").unwrap();
        let failed = write_whole(&path, true, |file| {
            file.write_all(b"half")?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        });
        assert!(failed.unwrap_err().to_string().contains("free some space"));
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn an_existing_file_is_kept_without_force() {
        let path = folder("existing").join("model");
        std::fs::write(&path, b"old").unwrap();
        let error = write_whole(&path, false, |file| file.write_all(b"new")).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Usage);
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
    }
}
