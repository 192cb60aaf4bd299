//! Targets of outputs, and the refusal of those that must not be written.

use super::unfinished::{Unfinished, folder_of};
use crate::wording::{Setting, wording};
use crate::{Error, Result};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// More links in a row than any system follows.
const MAX_LINKS: usize = 40;

/// Refuses a target that exists, unless `force` is set, or that cannot be written, before
/// an hour of work is spent on it.
///
/// # Errors
/// A usage error for an existing file, an I/O error where the folder cannot be written.
pub fn check_target(target: &Path, force: bool) -> Result<()> {
    if is_special(target) {
        return Ok(());
    }
    let target = verified(target, force)?;
    Unfinished::create(folder_of(&target))
        .map(drop)
        .map_err(|e| write_error(&target, e))
}

/// Returns the path that an output of this name is written to: links are followed, also where they
/// lead to a file that does not exist yet, so that a link stays a link.
///
/// # Errors
/// An I/O error for links in a circle, for a name that is too long, and where a folder cannot be
/// read.
pub fn resolve(target: &Path) -> io::Result<PathBuf> {
    let mut path = target.to_path_buf();
    for _ in 0..MAX_LINKS {
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_symlink() => path = folder_of(&path).join(fs::read_link(&path)?),
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => return Ok(path),
        }
    }
    Err(io::Error::other("too many links"))
}

/// Returns the path to write to, if that is no folder, and without `force` nothing that exists.
pub(super) fn verified(target: &Path, force: bool) -> Result<PathBuf> {
    let ends_in_slash = target.as_os_str().as_encoded_bytes().ends_with(b"/");
    if target.is_dir() || ends_in_slash || target.file_name().is_none() {
        return Err(Error::usage("the output is a folder")
            .at(target.display())
            .help("name a file in it"));
    }
    let path = resolve(target).map_err(|e| write_error(target, e))?;
    if !force && fs::symlink_metadata(&path).is_ok() {
        return Err(exists(target));
    }
    Ok(path)
}

pub(super) fn exists(target: &Path) -> Error {
    Error::usage("the output exists already")
        .at(target.display())
        .help(wording![
            "pass ",
            Setting::Force,
            " to replace it, or name another file"
        ])
}

pub(super) fn write_error(path: &Path, error: io::Error) -> Error {
    Error::io("write", error).at(path.display())
}

/// Tells whether the target is a device or a pipe, which no rename can replace.
pub(super) fn is_special(target: &Path) -> bool {
    fs::metadata(target).is_ok_and(|m| !m.is_file() && !m.is_dir())
}
