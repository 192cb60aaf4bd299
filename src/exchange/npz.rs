//! NumPy's `npz`: a zip archive of arrays.
//!
//! An array is the bytes `\x93NUMPY`, a version, and a text that tells type and shape, filled up so
//! that numbers begin at a multiple of 64 (NumPy Enhancement Proposal 1). Archives are not
//! compressed, so that they can be mapped, and carry no time, so that equal contents have equal
//! bytes.

use crate::features::SparseRows;
use crate::model::Model;
use std::io::{self, Write};
use zip::write::SimpleFileOptions;
use zip::write::StreamWriter;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// An archive that is being written.
struct Npz<W: Write>(ZipWriter<StreamWriter<W>>);

impl<W: Write> Npz<W> {
    fn new(out: W) -> Self {
        Npz(ZipWriter::new_stream(out))
    }

    /// Appends an array of a NumPy type, such as `<f4`.
    fn array(&mut self, name: &str, dtype: &str, shape: &[usize], bytes: &[u8]) -> io::Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .large_file(bytes.len() as u64 > u64::from(u32::MAX / 2));
        self.0.start_file(format!("{name}.npy"), options)?;
        self.0.write_all(&header(dtype, shape))?;
        self.0.write_all(bytes)
    }

    fn finish(self) -> io::Result<()> {
        self.0.finish()?.into_inner().flush()
    }
}

/// Returns the head of an array.
fn header(dtype: &str, shape: &[usize]) -> Vec<u8> {
    let sizes: String = shape.iter().map(|size| format!("{size}, ")).collect();
    let dict = format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': ({sizes}), }}");
    // Magic bytes, version and length take ten bytes; the last byte is a line feed.
    let length = (10 + dict.len() + 1).next_multiple_of(64) - 10;
    let mut header = b"\x93NUMPY\x01\x00".to_vec();
    header.extend((length as u16).to_le_bytes());
    header.extend(format!("{dict:<width$}\n", width = length - 1).bytes());
    header
}

fn bytes_of<T: bytemuck::NoUninit>(numbers: &[T]) -> &[u8] {
    bytemuck::cast_slice(numbers)
}

/// Writes rows as a matrix in compressed sparse rows, as `scipy.sparse.load_npz` reads it.
///
/// # Errors
/// An I/O error if writing fails.
pub fn write_npz(rows: &SparseRows, out: impl Write) -> io::Result<()> {
    let (mut ends, mut columns, mut values) = (vec![0i64], Vec::new(), Vec::new());
    for row in rows.iter() {
        columns.extend(row.columns.iter().map(|&column| i64::from(column)));
        values.extend_from_slice(row.values);
        ends.push(columns.len() as i64);
    }
    let mut npz = Npz::new(out);
    npz.array("indices", "<i8", &[columns.len()], bytes_of(&columns))?;
    npz.array("indptr", "<i8", &[ends.len()], bytes_of(&ends))?;
    npz.array("format", "|S3", &[], b"csr")?;
    let shape = [rows.rows() as i64, rows.columns() as i64];
    npz.array("shape", "<i8", &[2], bytes_of(&shape))?;
    npz.array("data", "<f4", &[values.len()], bytes_of(&values))?;
    npz.finish()
}

/// Writes the terms, idf and weights of a model: `terms` (texts of one width), `words` (the number
/// of terms that are n-grams of words; the others are n-grams of characters or buckets), `idf`, and
/// for each head `HEAD.labels`, `HEAD.bias` and `HEAD.weights` (terms by labels).
///
/// # Errors
/// An I/O error if writing fails.
pub fn write_weights_npz(model: &Model, out: impl Write) -> io::Result<()> {
    let vocabulary = model.tfidf().vocabulary();
    let terms = vocabulary.len();
    let mut npz = Npz::new(out);
    let spelled: Vec<_> = (0..terms).map(|column| vocabulary.term(column)).collect();
    texts(&mut npz, "terms", &spelled)?;
    let words = [vocabulary.words() as i64];
    npz.array("words", "<i8", &[], bytes_of(&words))?;
    npz.array("idf", "<f4", &[terms], bytes_of(model.tfidf().idf()))?;
    for head in model.heads() {
        let (name, linear) = (&head.metadata().name, head.linear());
        texts(&mut npz, &format!("{name}.labels"), &head.metadata().labels)?;
        let bias = linear.bias();
        npz.array(
            &format!("{name}.bias"),
            "<f8",
            &[bias.len()],
            bytes_of(bias),
        )?;
        let weights: Vec<f32> = (0..terms)
            .flat_map(|column| linear.weights_of(column))
            .collect();
        let shape = [terms, bias.len()];
        npz.array(
            &format!("{name}.weights"),
            "<f4",
            &shape,
            bytes_of(&weights),
        )?;
    }
    npz.finish()
}

/// Appends texts in UTF-32, filled up with zeros to the length of the longest, as NumPy holds them.
fn texts<W: Write>(npz: &mut Npz<W>, name: &str, texts: &[impl AsRef<str>]) -> io::Result<()> {
    let characters = |text: &str| text.chars().count();
    let width = texts.iter().map(|text| characters(text.as_ref())).max();
    let width = width.unwrap_or(0).max(1);
    let mut bytes = Vec::with_capacity(texts.len() * width * size_of::<char>());
    for text in texts {
        let text = text.as_ref();
        bytes.extend(text.chars().flat_map(|c| u32::from(c).to_le_bytes()));
        bytes.resize(
            bytes.len() + (width - characters(text)) * size_of::<char>(),
            0,
        );
    }
    npz.array(name, &format!("<U{width}"), &[texts.len()], &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_begin_at_multiples_of_64_and_bytes_are_the_same_every_time() {
        for shape in [&[][..], &[7], &[1_000_000_000, 123]] {
            assert_eq!(header("<f4", shape).len() % 64, 0);
        }
        let mut rows = SparseRows::new(3);
        rows.push(&[0, 2], &[0.5, 1.0]);
        let written = || {
            let mut out = Vec::new();
            write_npz(&rows, &mut out).unwrap();
            out
        };
        assert_eq!(written(), written());
        assert!(written().starts_with(b"PK\x03\x04"));
    }
}
