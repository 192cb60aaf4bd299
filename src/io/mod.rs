//! Files that are written whole or not at all.
//!
//! Bytes go to a temporary file beside the target, are synced, and take the target's name in one
//! step; an interruption leaves the old file as it was.
//!
//! ```
//! use std::io::Write;
//! # let folder = std::env::temp_dir().join(format!("standpoint-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder).unwrap();
//! let path = folder.join("out.txt");
//! standpoint::io::write_whole(&path, true, |file| file.write_all(b"done"))?;
//! assert_eq!(std::fs::read(&path).unwrap(), b"done");
//! # Ok::<(), standpoint::Error>(())
//! ```

pub(crate) mod memory;
mod progress;
#[allow(unsafe_code)]
pub(crate) mod storage;
mod target;
mod transaction;
mod unfinished;

pub use progress::{Progress, Silent};
pub use target::{check_target, resolve};
pub use transaction::{Transaction, Writer, remove_output, write_whole};
pub(crate) use unfinished::Unfinished;
pub use unfinished::remove_unfinished;

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::path::{Path, PathBuf};

    fn folder(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("standpoint-output-{name}-{}", std::process::id()));
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

    fn pair(folder: &Path, old: &str) -> [PathBuf; 2] {
        ["a", "b"].map(|name| {
            let path = folder.join(name);
            std::fs::write(&path, old).unwrap();
            path
        })
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn nothing_is_replaced_before_all_is_written() {
        let folder = folder("pair");
        let [a, b] = pair(&folder, "old");
        let mut outputs = Transaction::default();
        outputs
            .write(&a, true, |file| file.write_all(b"new"))
            .unwrap();
        assert!(
            outputs
                .write(&b, true, |_| Err(io::Error::from(
                    io::ErrorKind::StorageFull
                )))
                .is_err()
        );
        drop(outputs);
        assert_eq!(
            [&a, &b].map(|path| std::fs::read(path).unwrap()),
            [b"old", b"old"]
        );
        assert_eq!(names(&folder), ["a", "b"]);
    }

    #[test]
    fn a_name_that_cannot_be_taken_gives_the_old_files_back() {
        let folder = folder("undo");
        let [a, b] = pair(&folder, "old");
        let new = folder.join("new");
        let mut outputs = Transaction::default();
        outputs
            .write(&a, true, |file| file.write_all(b"new"))
            .unwrap();
        outputs
            .write(&new, false, |file| file.write_all(b"new"))
            .unwrap();
        outputs
            .write(&b, true, |file| file.write_all(b"new"))
            .unwrap();
        // A folder cannot be replaced by a file.
        std::fs::remove_file(&b).unwrap();
        std::fs::create_dir(&b).unwrap();
        assert_eq!(outputs.commit().unwrap_err().kind(), crate::ErrorKind::Io);
        assert_eq!(std::fs::read(&a).unwrap(), b"old");
        assert_eq!(names(&folder), ["a", "b"]);
    }

    #[test]
    fn of_two_writers_the_second_is_told_that_the_file_exists() {
        let folder = folder("two");
        let path = folder.join("model");
        let [mut first, mut second] = [Transaction::default(), Transaction::default()];
        first
            .write(&path, false, |file| file.write_all(b"first"))
            .unwrap();
        second
            .write(&path, false, |file| file.write_all(b"second"))
            .unwrap();
        first.commit().unwrap();
        let error = second.commit().unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Usage);
        let forces = error.remedy().unwrap().settings();
        assert!(
            forces
                .into_iter()
                .any(|named| named.setting() == crate::Setting::Force),
            "{error}"
        );
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
        assert_eq!(names(&folder), ["model"]);
    }

    #[test]
    fn the_longest_names_can_be_written_and_longer_ones_are_refused_first() {
        let folder = folder("long");
        for length in [226, 255] {
            write_whole(&folder.join("n".repeat(length)), false, |file| {
                file.write_all(b"x")
            })
            .unwrap();
        }
        assert!(check_target(&folder.join("n".repeat(256)), false).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_links() {
        let folder = folder("links");
        let [dangling, chained, circle] =
            ["dangling", "chained", "circle"].map(|name| folder.join(name));
        std::os::unix::fs::symlink("real", &dangling).unwrap();
        std::os::unix::fs::symlink(&dangling, &chained).unwrap();
        std::os::unix::fs::symlink("circle", &circle).unwrap();
        write_whole(&chained, false, |file| file.write_all(b"x")).unwrap();
        assert!([&dangling, &chained].iter().all(|path| path.is_symlink()));
        assert_eq!(std::fs::read(folder.join("real")).unwrap(), b"x");
        assert!(write_whole(&chained, false, |_| Ok(())).is_err());
        assert!(write_whole(&circle, true, |_| Ok(())).is_err());
        remove_output(&chained).unwrap();
        assert_eq!(names(&folder), ["chained", "circle", "dangling"]);
    }
}
