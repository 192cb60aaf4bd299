//! The bytes of a file, read by several threads at once.

use super::fault::{broken, refused};
use super::thrift::Thrift;
use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

/// A page may be this many times as long as its compressed bytes, however long it is.
const MAX_RATIO: u64 = 256;
/// Bytes of a page's head that are read at once.
const HEAD: usize = 4096;

/// A file of which any part can be read. Threads take turns, because a file has one position.
#[derive(Clone)]
pub(super) struct Source {
    file: Arc<Mutex<File>>,
    length: u64,
    /// Bytes of a page that are too many if there are few compressed ones.
    max_page: u64,
}

impl Source {
    pub fn new(file: File, max_page: usize) -> io::Result<Self> {
        Ok(Source {
            length: file.metadata()?.len(),
            file: Arc::new(Mutex::new(file)),
            max_page: max_page as u64,
        })
    }

    /// Reads a part of the file.
    pub fn part(&self, start: u64, length: u64) -> io::Result<Vec<u8>> {
        if start
            .checked_add(length)
            .is_none_or(|end| end > self.length)
        {
            let message = format!("{length} bytes from byte {start} of {}", self.length);
            return Err(broken(format!("it refers to {message}")));
        }
        let mut bytes = vec![0; length as usize];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Refuses a page that claims to be much longer than its compressed bytes.
    fn verify_page(&self, head: &[u8]) -> io::Result<()> {
        let sizes = page_sizes(head).ok_or_else(|| broken("the head of a page is broken"))?;
        let (long, short) = (sizes.0.unsigned_abs(), sizes.1.unsigned_abs());
        if long <= self.max_page || long / MAX_RATIO <= short {
            return Ok(());
        }
        Err(refused(
            format!("a page of {short} bytes claims to be {long} decompressed"),
            "write it again with smaller pages, if it is not broken",
        ))
    }
}

/// Returns the number of bytes of a page, decompressed and as they stand in the file.
fn page_sizes(head: &[u8]) -> Option<(i64, i64)> {
    let (mut head, mut last) = (Thrift(head), 0);
    let (mut long, mut short) = (None, None);
    while long.is_none() || short.is_none() {
        let (number, kind) = head.field(last)?;
        match number {
            0 => return None,
            2 => long = Some(head.int()?),
            3 => short = Some(head.int()?),
            _ => head.skip(kind)?,
        }
        last = number;
    }
    Some((long?, short?))
}

impl Length for Source {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Source {
    type T = BufReader<Part>;

    /// Returns a reader from a place on, which is where a page begins.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        let part = Part {
            source: self.clone(),
            at: start,
        };
        let mut reader = BufReader::with_capacity(HEAD, part);
        let head = reader.fill_buf().map_err(external)?;
        self.verify_page(head).map_err(external)?;
        Ok(reader)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        self.part(start, length as u64)
            .map(Bytes::from)
            .map_err(external)
    }
}

fn external(error: io::Error) -> ParquetError {
    ParquetError::External(Box::new(error))
}

/// The file from a place on.
pub(super) struct Part {
    source: Source,
    at: u64,
}

impl Read for Part {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = self.source.length.saturating_sub(self.at);
        let length = left.min(out.len() as u64);
        let bytes = self.source.part(self.at, length)?;
        out[..bytes.len()].copy_from_slice(&bytes);
        self.at += length;
        Ok(bytes.len())
    }
}
