//! Sparse rows out of NumPy's `npz`, as `scipy.sparse.save_npz` writes them: arrays in a zip, which
//! may be compressed by deflate.

use super::{MAX_INDEX, rows_of_entries, verify_rows};
use crate::features::SparseRows;
use crate::{Error, Result};
use std::io::{self, Read, Seek};
use zip::read::ZipFile;
use zip::{CompressionMethod, ZipArchive};

/// Bytes of an array at most, however well it is compressed.
const MAX_ARRAY: u64 = 4 << 30;
/// Bytes of the text before an array at most.
const MAX_HEADER: usize = 1 << 16;

/// Reads a matrix in compressed sparse rows. Columns may stand in any order; values of 64 bits are
/// rounded to 32.
///
/// # Errors
/// A data error for what is no such archive, for other kinds of matrices, for sizes that do not fit
/// each other, for an entry that stands twice and for values that are not finite.
pub fn read_npz(input: impl Read + Seek) -> Result<SparseRows> {
    let mut archive = ZipArchive::new(input).map_err(|e| broken(e.to_string()))?;
    let format = array(&mut archive, "format")?;
    let letters = format.bytes.iter().filter(|&&byte| byte != 0);
    let format: String = letters.map(|&byte| char::from(byte)).collect();
    if format != "csr" {
        return Err(Error::data(format!("the matrix is of the kind `{format}`"))
            .help("save it with `scipy.sparse.save_npz(file, matrix.tocsr())`"));
    }
    let shape = array(&mut archive, "shape")?.integers()?;
    let ends = array(&mut archive, "indptr")?.integers()?;
    let columns = array(&mut archive, "indices")?.integers()?;
    let values = array(&mut archive, "data")?.reals()?;
    let [rows, width] = shape[..] else {
        return Err(broken("the shape has not two numbers".to_string()));
    };
    let entries = values.len();
    let [rows, width] = [rows, width].map(|size| u64::try_from(size).unwrap_or(u64::MAX));
    verify_rows(rows, entries)?;
    let fits = columns.len() == entries
        && ends.len() as u64 == rows + 1
        && ends.first() == Some(&0)
        && ends.last() == Some(&(entries as i64))
        && ends.is_sorted();
    if !fits {
        return Err(broken(
            "the sizes of its arrays do not fit each other".to_string(),
        ));
    }
    let mut found = Vec::with_capacity(entries);
    for (row, ends) in (0..).zip(ends.windows(2)) {
        for at in ends[0] as usize..ends[1] as usize {
            let column = u64::try_from(columns[at]).ok();
            let column = column.filter(|&column| column < width.min(MAX_INDEX));
            let column = column
                .ok_or_else(|| broken(format!("row {} has the column {}", row + 1, columns[at])))?;
            if !values[at].is_finite() {
                let what = format!("a value of row {} is not finite in 32 bits", row + 1);
                return Err(Error::data(what));
            }
            found.push((row, column as u32, values[at]));
        }
    }
    rows_of_entries(rows, width, found)
}

fn broken(what: String) -> Error {
    Error::data(format!("no npz of sparse rows: {what}"))
        .help("write it with `scipy.sparse.save_npz`, or with `standpoint export`")
}

/// An array of NumPy.
struct Array {
    /// Type, such as `<f4`.
    dtype: String,
    bytes: Vec<u8>,
}

/// Reads an array of the archive.
fn array(archive: &mut ZipArchive<impl Read + Seek>, name: &str) -> Result<Array> {
    let refused = |e: String| broken(format!("{name}.npy: {e}"));
    let at = archive
        .index_for_name(&format!("{name}.npy"))
        .ok_or_else(|| refused("it is missing".to_string()))?;
    let file = archive
        .by_index_raw(at)
        .map_err(|e| refused(e.to_string()))?;
    let sum = file.crc32();
    let bytes = content(file).map_err(|e| refused(e.to_string()))?;
    if crc32fast::hash(&bytes) != sum {
        return Err(refused("its checksum is wrong".to_string()));
    }
    Array::parse(&bytes).ok_or_else(|| refused("it is no array".to_string()))
}

/// Returns the content of an entry, whose raw bytes may be compressed.
fn content<R: Read>(mut file: ZipFile<'_, R>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = match file.compression() {
        CompressionMethod::Stored => file.take(MAX_ARRAY + 1).read_to_end(&mut bytes)?,
        #[cfg(feature = "compression")]
        CompressionMethod::DEFLATE => flate2::read::DeflateDecoder::new(&mut file)
            .take(MAX_ARRAY + 1)
            .read_to_end(&mut bytes)?,
        other => {
            let what = format!("this build does not read the compression {other}");
            return Err(io::Error::other(what));
        }
    };
    match read as u64 > MAX_ARRAY {
        true => Err(io::Error::other("it is longer than 4 GiB")),
        false => Ok(bytes),
    }
}

impl Array {
    /// Reads the head of an array (NumPy Enhancement Proposal 1) and what follows, which must be as
    /// long as the head says.
    fn parse(bytes: &[u8]) -> Option<Array> {
        let rest = bytes.strip_prefix(b"\x93NUMPY")?;
        let ([major, _], rest) = rest.split_first_chunk::<2>()?;
        let (length, rest) = match major {
            1 => {
                let (length, rest) = rest.split_first_chunk::<2>()?;
                (usize::from(u16::from_le_bytes(*length)), rest)
            }
            _ => {
                let (length, rest) = rest.split_first_chunk::<4>()?;
                (u32::from_le_bytes(*length) as usize, rest)
            }
        };
        let (head, rest) = rest.split_at_checked(length.min(MAX_HEADER))?;
        let head = std::str::from_utf8(head).ok()?;
        let dtype = head.split_once("'descr':")?.1.trim_start();
        let dtype = dtype.strip_prefix('\'')?.split_once('\'')?.0;
        let shape = head.split_once("'shape':")?.1.trim_start();
        let shape = shape.strip_prefix('(')?.split_once(')')?.0;
        let sizes = shape
            .split(',')
            .map(str::trim)
            .filter(|size| !size.is_empty());
        let mut count = 1usize;
        for size in sizes {
            count = count.checked_mul(size.parse().ok()?)?;
        }
        let width: usize = dtype.get(2..)?.parse().ok()?;
        // Letters of UTF-32.
        let letter = if dtype.as_bytes()[1] == b'U' { 4 } else { 1 };
        let width = width.checked_mul(letter)?;
        (count.checked_mul(width)? == rest.len()).then(|| Array {
            dtype: dtype.to_string(),
            bytes: rest.to_vec(),
        })
    }

    fn integers(&self) -> Result<Vec<i64>> {
        match self.dtype.as_str() {
            "<i4" => Ok(self.each(|bytes| i64::from(i32::from_le_bytes(bytes)))),
            "<i8" => Ok(self.each(i64::from_le_bytes)),
            other => Err(broken(format!("an index has the type `{other}`"))),
        }
    }

    fn reals(&self) -> Result<Vec<f32>> {
        match self.dtype.as_str() {
            "<f4" => Ok(self.each(f32::from_le_bytes)),
            "<f8" => Ok(self.each(|bytes| f64::from_le_bytes(bytes) as f32)),
            "<i4" => Ok(self.each(|bytes| i32::from_le_bytes(bytes) as f32)),
            "<i8" => Ok(self.each(|bytes| i64::from_le_bytes(bytes) as f32)),
            "|b1" | "|u1" => Ok(self.each(|[byte]| f32::from(byte))),
            "|i1" => Ok(self.each(|[byte]| f32::from(byte as i8))),
            other => Err(broken(format!("the values have the type `{other}`"))),
        }
    }

    fn each<const N: usize, T>(&self, of: impl Fn([u8; N]) -> T) -> Vec<T> {
        let (numbers, _) = self.bytes.as_chunks::<N>();
        numbers.iter().map(|bytes| of(*bytes)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::write_npz;
    use std::io::Cursor;

    /// As `scipy.sparse.save_npz` writes it: 64-bit values, 32-bit indices that do not ascend, zip64.
    #[cfg(feature = "compression")]
    #[test]
    fn compressed_arrays_of_other_types_are_read() {
        let file = include_bytes!("../../tests/data/fuzz/matrices/compressed.npz");
        let rows = read_npz(Cursor::new(file)).unwrap();
        assert_eq!((rows.rows(), rows.columns()), (3, 3));
        assert_eq!(rows.row(0).columns, [0, 2]);
        assert_eq!(rows.row(0).values, [0.5, 2.0]);
        assert_eq!(rows.row(2).values, [-1.0]);
    }

    #[test]
    fn a_type_wider_than_any_memory_is_no_array() {
        let head = format!("{{'descr': '<U{}', 'shape': (1,), }}", usize::MAX);
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((head.len() as u16).to_le_bytes());
        bytes.extend(head.as_bytes());
        assert!(Array::parse(&bytes).is_none());
    }

    #[test]
    fn rows_are_read_as_they_were_written() {
        let mut rows = SparseRows::new(5);
        rows.push(&[0, 4], &[0.5, -1.0]);
        rows.push(&[], &[]);
        rows.push(&[2], &[3.0]);
        let mut out = Vec::new();
        write_npz(&rows, &mut out).unwrap();
        assert_eq!(read_npz(Cursor::new(&out)).unwrap(), rows);
        for at in 0..out.len() {
            let mut wrong = out.clone();
            wrong[at] ^= 0x10;
            let _ = read_npz(Cursor::new(wrong));
            assert!(read_npz(Cursor::new(&out[..at])).is_err());
        }
    }
}
