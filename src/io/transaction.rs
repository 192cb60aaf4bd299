//! Several files that become visible together.

use super::target::{exists, is_special, verified, write_error};
use super::unfinished::{Unfinished, folder_of, hold};
use crate::{Error, Result};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes that are written at once: large enough that system calls cost nothing beside the disk.
const BUFFER: usize = 1 << 20;

/// Files that are written under temporary names and take their own names together, or not at all.
///
/// If one of them cannot take its name, those before it get their old contents back. A signal waits
/// until all have their names; only a crash of the machine or SIGKILL between two renames leaves
/// some files new and some old.
///
/// ```
/// use standpoint::io::Transaction;
/// # let folder = std::env::temp_dir().join(format!("standpoint-pair-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder).unwrap();
/// let [train, test] = ["train", "test"].map(|name| folder.join(name));
/// let mut outputs = Transaction::default();
/// outputs.write(&train, true, |file| file.write_all(b"most rows"))?;
/// outputs.write(&test, true, |file| file.write_all(b"the rest"))?;
/// # assert!(!train.exists());
/// outputs.commit()?;
/// assert_eq!(std::fs::read(&train).unwrap(), b"most rows");
/// # Ok::<(), standpoint::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Transaction {
    files: Vec<Staged>,
}

/// One file of a [`Transaction`].
#[derive(Debug)]
struct Staged {
    named: PathBuf,
    /// The path that the file gets, and its temporary name; `None` for devices and pipes.
    place: Option<(PathBuf, Unfinished)>,
    force: bool,
    /// `None` where the file is complete.
    writer: Option<Writer>,
}

/// The file that stands where another one will.
enum Old {
    Absent,
    Kept(Unfinished),
    /// The disk knows no hard links.
    Lost,
}

/// Writes to one file of a [`Transaction`]; clones write to the same file.
#[derive(Debug, Clone)]
pub struct Writer(Arc<Mutex<BufWriter<File>>>);

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .flush()
    }
}

impl Transaction {
    /// Opens a file that is written until [`commit`](Self::commit); with `force`, it may exist.
    /// Devices and pipes are written at once.
    ///
    /// # Errors
    /// As [`check_target`](super::check_target).
    pub fn open(&mut self, target: &Path, force: bool) -> Result<Writer> {
        let refused = |e| write_error(target, e);
        let (place, file) = if is_special(target) {
            (
                None,
                OpenOptions::new()
                    .write(true)
                    .open(target)
                    .map_err(refused)?,
            )
        } else {
            let path = verified(target, force)?;
            let (temporary, file) = Unfinished::create(folder_of(&path)).map_err(refused)?;
            if let Ok(old) = path.metadata() {
                file.set_permissions(old.permissions()).map_err(refused)?;
            }
            (Some((path, temporary)), file)
        };
        let writer = Writer(Arc::new(Mutex::new(BufWriter::with_capacity(BUFFER, file))));
        self.files.push(Staged {
            named: target.to_path_buf(),
            place,
            force,
            writer: Some(writer.clone()),
        });
        Ok(writer)
    }

    /// Writes a whole file through `fill`.
    ///
    /// # Errors
    /// As [`open`](Self::open), and an I/O error where writing fails.
    pub fn write(
        &mut self,
        target: &Path,
        force: bool,
        fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<()> {
        let mut writer = self.open(target, force)?;
        fill(&mut writer).map_err(|e| write_error(target, e))?;
        // Closed at once, because a process may have few open files.
        self.files.last_mut().map_or(Ok(()), Staged::complete)
    }

    /// Returns the files, as they were named.
    pub fn targets(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.named.as_path())
    }

    /// Completes all files and gives them their names.
    ///
    /// # Errors
    /// An I/O error where a file cannot be written or renamed, a usage error where one without
    /// `force` has appeared in the meantime; what stood there before stands there again.
    pub fn commit(mut self) -> Result<()> {
        self.files.iter_mut().try_for_each(Staged::complete)?;
        // Nothing has to be taken back after the last one.
        let last = self.files.len().saturating_sub(1);
        let old: Vec<Old> = self.files[..last].iter().map(Staged::keep_old).collect();
        let undisturbed = hold();
        let taken = self.take_names(&old);
        drop(undisturbed);
        taken?;
        let mut folders: Vec<&Path> = self.files.iter().filter_map(Staged::folder).collect();
        folders.dedup();
        folders.into_iter().for_each(sync_folder);
        Ok(())
    }

    fn take_names(&self, old: &[Old]) -> Result<()> {
        for (at, file) in self.files.iter().enumerate() {
            if let Err(error) = file.take_name() {
                let lost: Vec<String> = (0..at)
                    .rev()
                    .filter_map(|at| self.files[at].undo(&old[at]))
                    .collect();
                return Err(match lost.is_empty() {
                    true => error,
                    false => error.help(format!("written anew already: {}", lost.join(", "))),
                });
            }
        }
        Ok(())
    }
}

impl Staged {
    fn complete(&mut self) -> Result<()> {
        let Some(writer) = self.writer.take() else {
            return Ok(());
        };
        let mut writer = writer.0.lock().unwrap_or_else(PoisonError::into_inner);
        let synced = writer.flush().and_then(|()| match self.place {
            Some(_) => writer.get_ref().sync_all(),
            None => Ok(()),
        });
        synced.map_err(|e| write_error(&self.named, e))
    }

    fn folder(&self) -> Option<&Path> {
        self.place.as_ref().map(|(path, _)| folder_of(path))
    }

    /// Gives the file that will be replaced a second name.
    fn keep_old(&self) -> Old {
        match &self.place {
            Some((path, _)) if path.exists() => Unfinished::link(path).map_or(Old::Lost, Old::Kept),
            _ => Old::Absent,
        }
    }

    fn take_name(&self) -> Result<()> {
        let Some((path, temporary)) = &self.place else {
            return Ok(());
        };
        let taken = match self.force {
            true => fs::rename(temporary.path(), path),
            false => take_free_name(temporary.path(), path),
        };
        taken.map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists if !self.force => exists(&self.named),
            _ => write_error(&self.named, e),
        })
    }

    /// Restores what stood there before; returns the name where that is lost.
    fn undo(&self, old: &Old) -> Option<String> {
        let (path, _) = self.place.as_ref()?;
        let restored = match old {
            Old::Absent => fs::remove_file(path).is_ok(),
            Old::Kept(old) => fs::rename(old.path(), path).is_ok(),
            Old::Lost => false,
        };
        (!restored).then(|| self.named.display().to_string())
    }
}

/// A file that appeared in the meantime is kept. Where the disk knows no hard links, an empty file
/// reserves the name.
fn take_free_name(temporary: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(temporary, path) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => {
            File::create_new(path)?;
            fs::rename(temporary, path)
        }
        done => done,
    }
}

/// Makes renames durable; file systems that cannot sync a folder still hold the files.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Writes `target` whole through `fill`; with `force`, it may exist.
///
/// # Errors
/// As [`check_target`](super::check_target), and an I/O error when writing, syncing or renaming
/// fails; the old file is then as it was, and the temporary file is gone.
pub fn write_whole(
    target: &Path,
    force: bool,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    let mut outputs = Transaction::default();
    outputs.write(target, force, fill)?;
    outputs.commit()
}

/// Removes a file that was written as an output; a link to it stays.
///
/// # Errors
/// An I/O error where it cannot be removed.
pub fn remove_output(target: &Path) -> Result<()> {
    let removed = super::resolve(target).and_then(fs::remove_file);
    removed.map_err(|e| Error::io("remove", e).at(target.display()))
}
