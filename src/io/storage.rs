//! Numbers that live in memory, in a mapped file or in the program itself, behind one slice type.
//!
//! Beside `math/vector.rs` this is the one module with `unsafe`: the memory map and hints to the
//! processor and to the system. Casts between bytes and numbers go through `bytemuck`, which checks
//! size and alignment.

use crate::{Error, Result};
use bytemuck::Pod;
use std::fs::File;
use std::io::Read;
use std::ops::{Deref, Range};
use std::path::Path;
use std::sync::Arc;

/// Read-only bytes of a model: mapped from a file or compiled into the program.
#[derive(Debug)]
pub(crate) enum Bytes {
    /// A memory-mapped file.
    Mapped(memmap2::Mmap),
    /// Bytes of the program itself.
    Static(&'static [u8]),
    /// Bytes in memory.
    Owned(Vec<u8>),
}

impl Bytes {
    /// Reads a file into memory of its own, so that nothing that happens to the file afterwards
    /// shows. One that is larger than the memory that is free is [mapped](Self::map).
    ///
    /// # Errors
    /// An I/O error if the file cannot be opened, read or mapped, or is shortened meanwhile.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        Self::read_within(path, crate::io::memory::free())
    }

    /// Reads a file of at most so many bytes into memory; a larger one is mapped.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn read_within(path: &Path, most: u64) -> Result<Self> {
        let refused = |e| Error::io("read", e).at(path.display());
        let file = File::open(path).map_err(refused)?;
        let metadata = file.metadata().map_err(refused)?;
        if !metadata.is_file() || metadata.len() == 0 || metadata.len() > most {
            return Self::map(path);
        }
        let mut bytes = Vec::new();
        if bytes.try_reserve_exact(metadata.len() as usize).is_err() {
            return Self::map(path);
        }
        // Appending to fresh memory, which the allocator aligns for any number, saves the zeros
        // that a buffer to be overwritten would begin with.
        let mut bytes = in_huge_pages(bytes);
        file.take(metadata.len())
            .read_to_end(&mut bytes)
            .map_err(refused)?;
        match bytes.len() as u64 == metadata.len() {
            true => Ok(Bytes::Owned(bytes)),
            false => Err(refused(std::io::ErrorKind::UnexpectedEof.into())),
        }
    }

    /// Maps a file into memory; pages are read when they are first touched.
    ///
    /// A file that another program *shortens in place* while it is mapped ends this process with a
    /// bus error, as with every memory map, and one that it overwrites gives other numbers;
    /// replacing it by a rename, as this library does, is harmless.
    ///
    /// # Errors
    /// An I/O error if the file cannot be opened or mapped.
    pub(crate) fn map(path: &Path) -> Result<Self> {
        let refused = |e| Error::io("read", e).at(path.display());
        let file = File::open(path).map_err(refused)?;
        let metadata = file.metadata().map_err(refused)?;
        if metadata.is_dir() {
            return Err(Error::model("a folder is not a model file").at(path.display()));
        }
        if !metadata.is_file() || metadata.len() == 0 {
            return std::fs::read(path).map(Bytes::Owned).map_err(refused);
        }
        // SAFETY: the map is read-only and is only ever viewed as plain numbers, for which every
        // bit pattern is valid. What remains is a file changed by somebody else while it is
        // mapped: the library's own writers replace files by renaming and never change one.
        let map = unsafe { memmap2::Mmap::map(&file) };
        map.map(Bytes::Mapped).map_err(refused)
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Bytes::Mapped(map) => map,
            Bytes::Static(bytes) => bytes,
            Bytes::Owned(bytes) => bytes,
        }
    }
}

/// A slice of numbers that is owned, or a part of shared [`Bytes`]. Cheap to clone when shared.
#[derive(Debug, Clone)]
pub struct Buffer<T: Pod>(Repr<T>);

#[derive(Debug, Clone)]
enum Repr<T: Pod> {
    Owned(Vec<T>),
    Shared {
        bytes: Arc<Bytes>,
        range: Range<usize>,
    },
}

impl<T: Pod> Buffer<T> {
    /// Returns the numbers at `range` of `bytes`; copied only where their alignment demands it.
    ///
    /// # Errors
    /// A model error if the range is outside the bytes or not a whole number of elements.
    pub(crate) fn view(bytes: &Arc<Bytes>, range: Range<usize>) -> Result<Self> {
        let part = bytes
            .get(range.clone())
            .filter(|part| part.len() % size_of::<T>() == 0)
            .ok_or_else(|| {
                Error::model(format!(
                    "a section at bytes {range:?} does not fit the file"
                ))
            })?;
        Ok(Buffer(match bytemuck::try_cast_slice::<u8, T>(part) {
            Ok(_) => Repr::Shared {
                bytes: bytes.clone(),
                range,
            },
            Err(_) => Repr::Owned(bytemuck::pod_collect_to_vec(part)),
        }))
    }
}

impl<T: Pod> Deref for Buffer<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Repr::Owned(numbers) => numbers,
            Repr::Shared { bytes, range } => bytemuck::cast_slice(&bytes[range.clone()]),
        }
    }
}

impl<T: Pod> From<Vec<T>> for Buffer<T> {
    fn from(numbers: Vec<T>) -> Self {
        Buffer(Repr::Owned(numbers))
    }
}

impl<T: Pod> Default for Buffer<T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

/// Asks the processor to fetch `slice[index]`, which will soon be read; an index outside asks for
/// nothing.
#[inline(always)]
pub(crate) fn prefetch<T>(slice: &[T], index: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(wanted) = slice.get(index) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch is a hint that reads nothing the program could see and faults on no
        // address; this one is that of a living reference.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(wanted).cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (slice, index);
}

/// Returns the same vector, whose memory the system is asked to give in large pages if there is
/// much of it: otherwise the first touch of every four kilobytes costs a visit to the kernel. For
/// new vectors; what has been touched stays as it is.
pub(crate) fn in_huge_pages<T>(vector: Vec<T>) -> Vec<T> {
    #[cfg(target_os = "linux")]
    if vector.capacity() * size_of::<T>() >= 2 * LARGE_PAGE {
        let start = (vector.as_ptr() as usize).next_multiple_of(SMALL_PAGES);
        let end = (vector.as_ptr() as usize + vector.capacity() * size_of::<T>()) / SMALL_PAGES
            * SMALL_PAGES;
        // SAFETY: the hint changes no content, and the whole pages from `start` to `end` are the
        // vector's own. Where it is refused, pages stay small.
        unsafe { libc::madvise(start as *mut libc::c_void, end - start, libc::MADV_HUGEPAGE) };
    }
    vector
}

/// `count` times the same, written at once. Zeros as `vec!` gives them would be one page that all
/// read, and the first write to each of its copies would interrupt every other thread.
pub(crate) fn filled<T: Copy>(value: T, count: usize) -> Vec<T> {
    let mut vector = in_huge_pages(Vec::with_capacity(count));
    vector.resize(count, value);
    vector
}

#[cfg(target_os = "linux")]
const LARGE_PAGE: usize = 1 << 21;
/// A multiple of the page size of every system.
#[cfg(target_os = "linux")]
const SMALL_PAGES: usize = 1 << 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_agree_with_owned_numbers_at_any_alignment() {
        let mut raw = vec![0u8];
        raw.extend(bytemuck::cast_slice::<u32, u8>(&[7, 8, 9]));
        let bytes = Arc::new(Bytes::Owned(raw));
        for start in [1, 5] {
            let view = Buffer::<u32>::view(&bytes, start..13).unwrap();
            assert_eq!(view[view.len() - 1], 9);
        }
        assert!(Buffer::<u32>::view(&bytes, 1..12).is_err());
        assert!(Buffer::<u32>::view(&bytes, 9..40).is_err());
    }

    #[test]
    fn what_happens_to_a_file_that_was_read_does_not_show() {
        let path = std::env::temp_dir().join(format!("standpoint-storage-{}", std::process::id()));
        std::fs::write(&path, vec![7u8; 100_001]).unwrap();
        let (read, mapped) = (
            Bytes::read_within(&path, 100_001),
            Bytes::read_within(&path, 100_000),
        );
        assert!(matches!(mapped.unwrap(), Bytes::Mapped(_)));
        std::fs::write(&path, b"").unwrap();
        let read = read.unwrap();
        assert!(matches!(read, Bytes::Owned(_)));
        assert!(read.len() == 100_001 && read.iter().all(|&byte| byte == 7));
        std::fs::remove_file(&path).unwrap();
    }
}
