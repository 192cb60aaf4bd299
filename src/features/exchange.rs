//! Sparse rows in the formats of other programs: NumPy's archives, as SciPy lays them out, and
//! Matrix Market.

use super::rows::SparseRows;
use crate::{Error, Result};
use std::io::Write;

impl SparseRows {
    /// Writes the rows as an archive that `scipy.sparse.load_npz` reads: a zip file without
    /// compression of the arrays `format`, `shape`, `data` (32-bit floats), `indices` and `indptr`
    /// (integers of 32 bits where they suffice). Equal rows have equal bytes.
    ///
    /// # Errors
    /// A usage error for a matrix of more than four gigabytes, which needs another kind of zip
    /// file; an I/O error if writing fails.
    pub fn write_npz(&self, out: impl Write) -> Result<()> {
        let most = self.columns().max(self.nnz());
        let (kind, integers): (&str, fn(u64) -> Vec<u8>) = if i32::try_from(most).is_ok() {
            ("<i4", |number| (number as u32).to_le_bytes().to_vec())
        } else {
            ("<i8", |number| number.to_le_bytes().to_vec())
        };
        let shape = [self.rows(), self.columns()].map(|size| (size as u64).to_le_bytes());
        let indices = self
            .columns
            .iter()
            .flat_map(|&column| integers(column.into()));
        let ends = self.ends.iter().map(|&end| end as u64);
        let starts = std::iter::once(0).chain(ends).flat_map(integers);
        let (rows, stored) = (self.rows() + 1, self.nnz());
        let arrays = [
            ("format.npy", npy("|S3", "()", b"csr".to_vec())),
            ("shape.npy", npy("<i8", "(2,)", shape.concat())),
            (
                "data.npy",
                npy("<f4", &format!("({stored},)"), float_bytes(&self.values)),
            ),
            (
                "indices.npy",
                npy(kind, &format!("({stored},)"), indices.collect()),
            ),
            (
                "indptr.npy",
                npy(kind, &format!("({rows},)"), starts.collect()),
            ),
        ];
        write_zip(&arrays, out)
    }

    /// Writes the rows as a Matrix Market file: `coordinate real general`, one line a value, with
    /// rows and columns from 1 (Boisvert, Pozo and Remington 1996, NISTIR 5935). R's
    /// `Matrix::readMM` and `scipy.io.mmread` read it.
    ///
    /// ```
    /// let mut rows = standpoint::features::SparseRows::new(3);
    /// rows.push(&[0, 2], &[1.0, 0.5]);
    /// let mut out = Vec::new();
    /// rows.write_matrix_market(&mut out)?;
    /// assert_eq!(out, b"%%MatrixMarket matrix coordinate real general\n1 3 2\n1 1 1\n1 3 0.5\n");
    /// # Ok::<(), standpoint::Error>(())
    /// ```
    ///
    /// # Errors
    /// An I/O error if writing fails.
    pub fn write_matrix_market(&self, mut out: impl Write) -> Result<()> {
        let mut write = || {
            writeln!(out, "%%MatrixMarket matrix coordinate real general")?;
            writeln!(out, "{} {} {}", self.rows(), self.columns(), self.nnz())?;
            for (at, row) in self.iter().enumerate() {
                for (column, value) in row.columns.iter().zip(row.values) {
                    writeln!(out, "{} {} {value}", at + 1, column + 1)?;
                }
            }
            out.flush()
        };
        write().map_err(|e| Error::io("write", e))
    }
}

fn float_bytes(numbers: &[f32]) -> Vec<u8> {
    bytemuck::cast_slice(numbers).to_vec()
}

/// Returns an array file of NumPy, version 1.0: its header ends at a multiple of 64 bytes.
fn npy(kind: &str, shape: &str, data: Vec<u8>) -> Vec<u8> {
    const BEFORE: usize = 10;
    let mut header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}");
    let length = (BEFORE + header.len() + 1).next_multiple_of(64) - BEFORE;
    header += &" ".repeat(length - header.len() - 1);
    header.push('\n');
    let magic = b"\x93NUMPY\x01\x00".as_slice();
    [
        magic,
        &(length as u16).to_le_bytes(),
        header.as_bytes(),
        &data,
    ]
    .concat()
}

/// Writes a zip file of uncompressed entries, dated at the beginning of its calendar (APPNOTE.TXT
/// of PKWARE, version 2.0 of the format).
fn write_zip(entries: &[(&str, Vec<u8>)], mut out: impl Write) -> Result<()> {
    const VERSION: u16 = 20;
    const FIRST_OF_JANUARY_1980: u16 = 1 << 5 | 1;
    let (mut directory, mut offset) = (Vec::new(), 0u32);
    let failed = |e| Error::io("write", e);
    for (name, data) in entries {
        let too_large = || Error::usage("the matrix is too large for a zip file of four gigabytes");
        let size = u32::try_from(data.len()).map_err(|_| too_large())?;
        // What local header and directory have in common: version, flags, method, time, date,
        // checksum, sizes, lengths of name and extra field.
        let mut common = Vec::new();
        for number in [VERSION, 0, 0, 0, FIRST_OF_JANUARY_1980] {
            common.extend(number.to_le_bytes());
        }
        for number in [crc32fast::hash(data), size, size] {
            common.extend(number.to_le_bytes());
        }
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0; 2]);
        let header = [b"PK\x03\x04", &common[..], name.as_bytes()].concat();
        out.write_all(&header)
            .and_then(|()| out.write_all(data))
            .map_err(failed)?;
        directory.extend([b"PK\x01\x02".as_slice(), &VERSION.to_le_bytes(), &common].concat());
        // Length of the comment, disk, internal and external attributes.
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
        let end = u64::from(offset) + (header.len() + data.len()) as u64;
        offset = u32::try_from(end).map_err(|_| too_large())?;
    }
    let count = (entries.len() as u16).to_le_bytes();
    let length = (directory.len() as u32).to_le_bytes();
    let end = [
        &[0; 4][..],
        &count,
        &count,
        &length,
        &offset.to_le_bytes(),
        &[0; 2],
    ]
    .concat();
    let tail = [&directory[..], b"PK\x05\x06", &end].concat();
    out.write_all(&tail)
        .and_then(|()| out.flush())
        .map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    fn rows() -> SparseRows {
        let mut rows = SparseRows::new(5);
        rows.push(&[0, 4], &[1.0, 0.1]);
        rows.push(&[], &[]);
        rows.push(&[2], &[-3.5]);
        rows
    }

    fn archive() -> Vec<u8> {
        let mut bytes = Vec::new();
        rows().write_npz(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn arrays_lie_in_the_archive_as_numpy_writes_them() {
        let bytes = archive();
        let at = |part: &[u8]| bytes.windows(part.len()).position(|found| found == part);
        let data = npy("<f4", "(3,)", float_bytes(&[1.0, 0.1, -3.5]));
        let starts: Vec<u8> = [0u32, 2, 2, 3]
            .iter()
            .flat_map(|n| n.to_le_bytes())
            .collect();
        assert!(at(&data).is_some() && at(&npy("<i4", "(4,)", starts)).is_some());
        assert_eq!((data.len() - 12) % 64, 0);
        assert!(data.starts_with(b"\x93NUMPY\x01\x00"));
        let end = &bytes[bytes.len() - 22..];
        assert!(end.starts_with(b"PK\x05\x06") && end[10] == 5);
        let start = u32::from_le_bytes(end[16..20].try_into().unwrap()) as usize;
        assert!(bytes[start..].starts_with(b"PK\x01\x02"));
    }

    /// Python's standard library checks the structure and every checksum of the archive.
    #[test]
    fn python_reads_the_archive_where_it_is_there() {
        const SCRIPT: &str = "import io, sys, zipfile\n\
            z = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))\n\
            assert z.testzip() is None\n\
            print(' '.join(z.namelist()))\n";
        let python = Command::new("python3")
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut python) = python else { return };
        python.stdin.take().unwrap().write_all(&archive()).unwrap();
        let output = python.wait_with_output().unwrap();
        let names = String::from_utf8(output.stdout).unwrap();
        assert_eq!(
            names.trim(),
            "format.npy shape.npy data.npy indices.npy indptr.npy"
        );
    }
}
