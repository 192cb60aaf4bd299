//! External merge of sorted runs of counts, in memory and in temporary files.

use crate::io::Unfinished;
use crate::{Error, Result};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;

/// A key and its count, which can be kept in a file.
pub(super) trait MergeEntry: Sized {
    type Key: Ord + Clone;
    fn key(&self) -> Self::Key;
    fn add(&mut self, other: Self);
    fn write(&self, out: &mut dyn Write) -> std::io::Result<()>;
    fn read(from: &mut dyn Read) -> std::io::Result<Self>;
}

/// A temporary file of runs, which is removed when this is dropped.
#[derive(Debug)]
pub(super) struct SpillFile {
    file: Unfinished,
    /// Start of each run in bytes, and the number of its entries.
    runs: Vec<(u64, u64)>,
}

/// The entries of a run in their order.
pub(super) type SortedRun<'r, E> = Box<dyn Iterator<Item = Result<E>> + 'r>;

impl SpillFile {
    /// Writes runs into a file of the system's temporary folder.
    pub(super) fn write<'r, E: MergeEntry + 'r>(
        runs: impl Iterator<Item = SortedRun<'r, E>>,
    ) -> Result<Self> {
        let folder = std::env::temp_dir();
        let refused = |e| Error::io("write counts to a temporary file", e).at(folder.display());
        let (file, out) = Unfinished::create(&folder).map_err(refused)?;
        let mut spilled = SpillFile {
            file,
            runs: Vec::new(),
        };
        let mut out = BufWriter::with_capacity(1 << 20, out);
        for run in runs {
            let start = out.stream_position().map_err(refused)?;
            let mut entries = 0;
            for entry in run {
                entry?.write(&mut out).map_err(refused)?;
                entries += 1;
            }
            spilled.runs.push((start, entries));
        }
        out.flush().map_err(refused)?;
        Ok(spilled)
    }

    /// Reads one run.
    pub(super) fn run<E: MergeEntry + 'static>(&self, run: usize) -> Result<SortedRun<'static, E>> {
        let refused = |e| Error::io("read counts from a temporary file", e);
        let (start, entries) = self.runs[run];
        let mut file = File::open(self.file.path()).map_err(refused)?;
        file.seek(SeekFrom::Start(start)).map_err(refused)?;
        let mut from = BufReader::with_capacity(1 << 16, file);
        Ok(Box::new(
            (0..entries).map(move |_| E::read(&mut from).map_err(refused)),
        ))
    }
}

/// Calls `each` with the sum of every key's entries, in the order of keys.
pub(super) fn merge<E: MergeEntry>(
    mut runs: Vec<SortedRun<'_, E>>,
    mut each: impl FnMut(E) -> Result<()>,
) -> Result<()> {
    let mut heads: Vec<Option<E>> = Vec::new();
    for run in &mut runs {
        heads.push(run.next().transpose()?);
    }
    let first = heads
        .iter()
        .enumerate()
        .filter_map(|(at, head)| Some(Reverse((head.as_ref()?.key(), at))));
    let mut next: BinaryHeap<Reverse<(E::Key, usize)>> = first.collect();
    let mut sum: Option<E> = None;
    while let Some(Reverse((key, at))) = next.pop() {
        let following = runs[at].next().transpose()?;
        next.extend(following.as_ref().map(|entry| Reverse((entry.key(), at))));
        let Some(entry) = std::mem::replace(&mut heads[at], following) else {
            continue;
        };
        match sum.as_mut().filter(|sum| sum.key() == key) {
            Some(sum) => sum.add(entry),
            None => sum.replace(entry).map_or(Ok(()), &mut each)?,
        }
    }
    sum.map_or(Ok(()), each)
}

/// Returns the part of a sorted list whose keys lie in a range.
pub(super) fn between<E: MergeEntry>(run: &[E], range: Range<E::Key>) -> &[E] {
    let at = |key: &E::Key| run.partition_point(|entry| entry.key() < *key);
    &run[at(&range.start)..at(&range.end)]
}

pub(super) fn write_u64(out: &mut dyn Write, number: u64) -> std::io::Result<()> {
    out.write_all(&number.to_le_bytes())
}

pub(super) fn read_u64(from: &mut dyn Read) -> std::io::Result<u64> {
    let mut bytes = [0; 8];
    from.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}
