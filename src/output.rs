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

/// The name under which this process writes `target` until it is whole.
pub fn temporary_path(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
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
    if !force && target.exists() {
        return Err(Error::usage("the output exists already")
            .at(target.display())
            .help("pass --force to replace it, or name another file"));
    }
    let probe = temporary_path(target);
    create(&probe).map(drop)?;
    remove(&probe);
    Ok(())
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
    let temporary = temporary_path(target);
    let written = create(&temporary).and_then(|file| {
        fill_and_sync(file, fill).map_err(|e| write_error(target, e))?;
        std::fs::rename(&temporary, target).map_err(|e| write_error(target, e))
    });
    if written.is_err() {
        remove(&temporary);
    }
    written?;
    sync_folder(target);
    Ok(())
}

fn create(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    options.open(path).map_err(|e| write_error(path, e))
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
