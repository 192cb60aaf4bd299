//! The container of model files and of word vectors: a safetensors file with one metadata key.
//!
//! Eight bytes of length, a JSON header, tensors; numbers are little-endian. Under the key of its
//! kind the header has one JSON text: the format version, the CRC-32 of version and what follows,
//! and the contents, which hold the CRC-32 of every tensor. One key only, because the order of
//! several is not defined and equal contents have equal bytes.

use crate::io::Transaction;
use crate::io::storage::{Buffer, Bytes};
use crate::{Error, Result};
use bytemuck::Pod;
use safetensors::Dtype;
use safetensors::tensor::{Metadata, SafeTensors, TensorInfo};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

#[cfg(target_endian = "big")]
compile_error!("files are little-endian and are used in place");

/// Alignment of the tensors: the size of a line of the processor's cache.
const ALIGNMENT: usize = 64;

/// The CRC-32 of every tensor by its name.
pub(crate) type Checksums = BTreeMap<String, u32>;

/// A kind of files.
pub(crate) struct FileKind {
    /// Metadata key.
    pub key: &'static str,
    /// Noun for a file of the kind in messages.
    pub noun: &'static str,
    /// Command that writes it.
    pub writer: &'static str,
    /// Newest version that is read.
    pub format: u32,
    /// Oldest version that is read.
    pub min_format: u32,
}

#[derive(Serialize, Deserialize)]
struct Envelope<'a> {
    format: u32,
    crc32: u32,
    #[serde(borrow)]
    model: &'a RawValue,
}

/// A tensor that is to be written.
pub(crate) struct Tensor<'a> {
    pub name: String,
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    pub bytes: Cow<'a, [u8]>,
}

impl<'a> Tensor<'a> {
    pub(crate) fn new<T: Pod>(
        name: impl Into<String>,
        dtype: Dtype,
        shape: &[usize],
        numbers: &'a [T],
    ) -> Self {
        let bytes = Cow::Borrowed(bytemuck::cast_slice(numbers));
        Tensor {
            name: name.into(),
            dtype,
            shape: shape.to_vec(),
            bytes,
        }
    }

    /// Returns a tensor of numbers that are made for the file, as bytes.
    pub(crate) fn owned(
        name: impl Into<String>,
        dtype: Dtype,
        shape: &[usize],
        bytes: Vec<u8>,
    ) -> Self {
        Tensor {
            name: name.into(),
            dtype,
            shape: shape.to_vec(),
            bytes: Cow::Owned(bytes),
        }
    }
}

/// An object that is kept as a file of a [kind](FileKind).
pub(crate) trait Artifact {
    /// Kind of its files.
    const KIND: &'static FileKind;
    /// Header of its files.
    type Header: Serialize;

    /// Returns the format version of its file.
    fn format(&self) -> u32;

    /// Returns the tensors of its file, in any order.
    fn tensors(&self) -> Vec<Tensor<'_>>;

    /// Returns the header of its file, which holds the checksums of the tensors.
    fn header(&self, checksums: Checksums) -> Self::Header;

    /// Writes the file whole or not at all; with `force`, it replaces an existing one.
    fn save_artifact(&self, path: &Path, force: bool) -> Result<()> {
        let mut outputs = Transaction::default();
        self.stage_artifact(&mut outputs, path, force)?;
        outputs.commit()
    }

    /// Writes the file together with the other outputs of a transaction.
    fn stage_artifact(&self, outputs: &mut Transaction, path: &Path, force: bool) -> Result<()> {
        outputs.write(path, force, |out| self.encoded()?.write(out))
    }

    /// Returns the bytes of the file.
    fn artifact_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Writing to memory cannot fail.
        let _ = self.encoded().and_then(|file| file.write(&mut bytes));
        bytes
    }

    /// Returns the header and the tensors in the order in which they are written.
    fn encoded(&self) -> std::io::Result<Encoded<'_>> {
        let mut tensors = self.tensors();
        // Wider numbers before narrower ones, so that each tensor lies at a multiple of its width.
        tensors.sort_by(|a, b| {
            width(b.dtype)
                .cmp(&width(a.dtype))
                .then_with(|| a.name.cmp(&b.name))
        });
        let checksums = tensors
            .iter()
            .map(|tensor| (tensor.name.clone(), crc32fast::hash(&tensor.bytes)))
            .collect();
        let header = Self::KIND.header(self.format(), &self.header(checksums), &tensors)?;
        Ok(Encoded { header, tensors })
    }
}

/// Makes the public methods by which an [`Artifact`] is written.
macro_rules! save_methods {
    () => {
        /// Writes the file whole or not at all; with `force`, it replaces an existing one.
        ///
        /// # Errors
        /// A usage error for a file that exists, an I/O error where writing fails.
        pub fn save(&self, path: &Path, force: bool) -> Result<()> {
            self.save_artifact(path, force)
        }

        /// Writes the file as [`save`](Self::save) does, together with other files.
        ///
        /// # Errors
        /// As [`save`](Self::save).
        pub fn save_with(&self, outputs: &mut Transaction, path: &Path, force: bool) -> Result<()> {
            self.stage_artifact(outputs, path, force)
        }

        /// Returns the bytes of the file.
        pub fn to_bytes(&self) -> Vec<u8> {
            self.artifact_bytes()
        }
    };
}
pub(crate) use save_methods;

/// Reads a file and decodes it; errors name the file.
pub(crate) fn load<T>(path: &Path, decode: impl FnOnce(Bytes) -> Result<T>) -> Result<T> {
    load_within(path, crate::io::memory::free(), decode)
}

/// Reads a file as [`load`] does, into at most so many bytes of memory.
pub(crate) fn load_within<T>(
    path: &Path,
    most: u64,
    decode: impl FnOnce(Bytes) -> Result<T>,
) -> Result<T> {
    decode(Bytes::read_within(path, most)?).map_err(|e| e.at(path.display()))
}

/// A file that is ready to be written.
pub(crate) struct Encoded<'a> {
    header: Vec<u8>,
    /// Tensors in the order of the file.
    pub tensors: Vec<Tensor<'a>>,
}

impl Encoded<'_> {
    fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        out.write_all(&(self.header.len() as u64).to_le_bytes())?;
        out.write_all(&self.header)?;
        self.tensors
            .iter()
            .try_for_each(|tensor| out.write_all(&tensor.bytes))
    }

    /// Returns the size of the file in bytes.
    pub(crate) fn size(&self) -> u64 {
        let tensors: usize = self.tensors.iter().map(|tensor| tensor.bytes.len()).sum();
        (size_of::<u64>() + self.header.len() + tensors) as u64
    }
}

impl FileKind {
    /// Returns true for a file of this kind, whole or damaged.
    pub(crate) fn matches(&self, path: &Path) -> bool {
        if !path.is_file() {
            return false;
        }
        let mut head = vec![0; 64];
        let read = std::fs::File::open(path).and_then(|mut file| file.read(&mut head));
        head.truncate(read.unwrap_or(0));
        let expected = format!("{{\"__metadata__\":{{\"{}\":", self.key);
        head.get(8..)
            .is_some_and(|head| head.starts_with(expected.as_bytes()))
    }

    fn header(
        &self,
        format: u32,
        contents: &impl Serialize,
        tensors: &[Tensor<'_>],
    ) -> std::io::Result<Vec<u8>> {
        let model = serde_json::value::to_raw_value(contents)?;
        let envelope = Envelope {
            format,
            crc32: checksum(format, &model),
            model: &model,
        };
        let keys = HashMap::from([(self.key.to_string(), serde_json::to_string(&envelope)?)]);
        let metadata = Metadata::new(Some(keys), infos(tensors)).map_err(std::io::Error::other)?;
        let mut header = serde_json::to_vec(&metadata)?;
        let before = size_of::<u64>();
        header.resize(
            (header.len() + before).next_multiple_of(ALIGNMENT) - before,
            b' ',
        );
        Ok(header)
    }

    /// Returns the error of a file that is of this kind, but not whole.
    pub(crate) fn damaged(&self, what: impl Display) -> Error {
        Error::model(format!("the {} is damaged: {what}", self.noun)).help("copy or train it again")
    }

    /// Checks that the file's tokens are those of this program.
    pub(crate) fn verify_tokenizer(&self, of_file: u32, own: u32) -> Result<()> {
        if of_file == own {
            return Ok(());
        }
        Err(Error::model(format!(
            "the {} was trained with tokeniser {of_file}, but this program has {own}",
            self.noun
        ))
        .help("use the version of standpoint that trained it, or train it again"))
    }

    /// Returns the version and the contents of a header.
    fn contents<C: DeserializeOwned>(&self, text: &str) -> Result<(u32, C)> {
        #[derive(Deserialize)]
        struct Version {
            format: u32,
        }
        let version: Version = serde_json::from_str(text).map_err(|e| self.damaged(e))?;
        if !(self.min_format..=self.format).contains(&version.format) {
            return Err(Error::model(format!(
                "the {} has format {}, but this program reads {} to {}",
                self.noun, version.format, self.min_format, self.format
            ))
            .help(format!(
                "update standpoint, or train the {} again with this version",
                self.noun
            )));
        }
        let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|e| self.damaged(e))?;
        if let Some(key) = crate::json::repeated_key(text) {
            return Err(self.damaged(format!("the key `{key}` stands twice in its header")));
        }
        if checksum(envelope.format, envelope.model) != envelope.crc32 {
            return Err(self.damaged("the checksum of the header is wrong"));
        }
        let contents = serde_json::from_str(envelope.model.get()).map_err(|e| self.damaged(e))?;
        Ok((version.format, contents))
    }
}

fn width(dtype: Dtype) -> usize {
    dtype.bitsize() / 8
}

fn infos(tensors: &[Tensor<'_>]) -> Vec<(String, TensorInfo)> {
    let mut start = 0;
    let info = |tensor: &Tensor<'_>| {
        let data_offsets = (start, start + tensor.bytes.len());
        start = data_offsets.1;
        (
            tensor.name.clone(),
            TensorInfo {
                dtype: tensor.dtype,
                shape: tensor.shape.clone(),
                data_offsets,
            },
        )
    };
    tensors.iter().map(info).collect()
}

fn checksum(format: u32, model: &RawValue) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&format.to_le_bytes());
    hasher.update(model.get().as_bytes());
    hasher.finalize()
}

/// A file whose header has been checked.
pub(crate) struct Container {
    kind: &'static FileKind,
    format: u32,
    bytes: Arc<Bytes>,
    metadata: Metadata,
    /// Offset of the tensors.
    start: usize,
}

impl Container {
    /// Opens a file of a kind and its contents.
    ///
    /// # Errors
    /// A model error for a file of another kind or version, or whose header is damaged.
    pub(crate) fn open<C: DeserializeOwned>(
        kind: &'static FileKind,
        bytes: Arc<Bytes>,
    ) -> Result<(Self, C)> {
        let written = || format!("a {} is written by `{}`", kind.noun, kind.writer);
        let (length, metadata) = SafeTensors::read_metadata(&bytes).map_err(|_| {
            Error::model(format!("not a Standpoint {}, or cut off", kind.noun))
                .help(format!("{}; copy or train it again", written()))
        })?;
        // A parser keeps the last of two members, and what another reads may differ.
        let header = bytes.get(size_of::<u64>()..size_of::<u64>() + length);
        let header = header.and_then(|header| std::str::from_utf8(header).ok());
        if let Some(key) = header.and_then(crate::json::repeated_key) {
            return Err(kind.damaged(format!("the key `{key}` stands twice in its header")));
        }
        let envelope = metadata
            .metadata()
            .as_ref()
            .and_then(|keys| keys.get(kind.key))
            .ok_or_else(|| {
                Error::model(format!(
                    "a safetensors file, but no Standpoint {}",
                    kind.noun
                ))
                .help(written())
            })?;
        let (format, contents) = kind.contents(envelope)?;
        Ok((
            Container {
                kind,
                format,
                start: length + size_of::<u64>(),
                bytes,
                metadata,
            },
            contents,
        ))
    }

    /// Checks that every tensor is there, no other, and as it was written.
    ///
    /// # Errors
    /// A model error that names the section.
    pub(crate) fn compare_checksums(&self, checksums: &Checksums) -> Result<()> {
        let tensors = self.metadata.tensors();
        if tensors.len() != checksums.len() {
            return Err(self.kind.damaged("a section is missing or not known"));
        }
        for (name, &expected) in checksums {
            let missing = || self.kind.damaged(format!("section `{name}` is missing"));
            let (from, to) = tensors.get(name).ok_or_else(missing)?.data_offsets;
            if crc32fast::hash(&self.bytes[self.start + from..self.start + to]) != expected {
                return Err(self
                    .kind
                    .damaged(format!("the checksum of section `{name}` is wrong")));
            }
        }
        Ok(())
    }

    /// Returns the version of the file's format.
    pub(crate) fn format(&self) -> u32 {
        self.format
    }

    pub(crate) fn holds(&self, name: &str) -> bool {
        self.metadata.info(name).is_some()
    }

    /// Returns true if there is a tensor of that name and type.
    pub(crate) fn has_type(&self, name: &str, dtype: Dtype) -> bool {
        self.metadata
            .info(name)
            .is_some_and(|info| info.dtype == dtype)
    }

    /// Returns the numbers of a tensor.
    ///
    /// # Errors
    /// A model error if there is none of that name and type.
    pub(crate) fn tensor<T: Pod>(&self, name: &str, dtype: Dtype) -> Result<Buffer<T>> {
        let info = self.metadata.info(name).filter(|info| info.dtype == dtype);
        let lacking = || {
            self.kind
                .damaged(format!("there is no section `{name}` of type {dtype:?}"))
        };
        let (from, to) = info.ok_or_else(lacking)?.data_offsets;
        Buffer::view(&self.bytes, self.start + from..self.start + to)
    }
}
