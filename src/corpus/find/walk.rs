//! Walks through folders, as a whole or by a pattern.

use super::Input;
use crate::corpus::format::FileFormat;
use crate::corpus::sniff::SniffedFormat;
use crate::io::Progress;
use crate::words::counted;
use crate::{Error, Result};
use glob::Pattern;
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

/// A search for files, by a folder or a pattern.
#[derive(Default)]
pub(super) struct Walk {
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
    pub fn folder_named(mut self, root: &Path, progress: &dyn Progress) -> Result<Vec<Input>> {
        self.folder(root, root)?;
        self.finish(
            &root.to_string_lossy(),
            "the folder holds no file",
            progress,
        )
    }

    pub fn pattern_named(mut self, name: &str, progress: &dyn Progress) -> Result<Vec<Input>> {
        self.pattern(PathBuf::new(), &parts(name)?)?;
        let path = |input: &Input| match input {
            Input::File { path, .. } => Some(path.clone()),
            Input::Stdin | Input::Rows(_) => None,
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
            Input::Stdin | Input::Rows(_) => input.name().to_string(),
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
