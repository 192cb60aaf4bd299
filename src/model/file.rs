//! The model file.
//!
//! A safetensors container: eight bytes of length, a JSON header, tensors. It was chosen because
//! readers exist in every language, no code can run from it, and it can be mapped into memory.
//! Numbers are little-endian.
//!
//! | tensor | type, shape | what |
//! |---|---|---|
//! | `vocabulary.terms` | U8, bytes | all terms, one after the other |
//! | `vocabulary.ends` | U64, terms | where each term ends |
//! | `vocabulary.parts` | U8, bytes | the words among which compounds are cut, if they are, a blank after each |
//! | `idf` | F32, terms | idf of each term |
//! | `fingerprints` | U64, texts | sorted hashes of the texts that were learnt from, if they are kept |
//! | `head.N.bias` | F64, labels | biases of head N |
//! | `head.N.weights` | F32, terms × labels | its weights, or, where most are 0: |
//! | `head.N.weights.ends` | U64, terms | where each term's entries end |
//! | `head.N.weights.labels` | U32, entries | their labels |
//! | `head.N.weights.values` | F32, entries | their weights |
//!
//! Everything else is the JSON text under the metadata key `standpoint`: the format version, the
//! CRC-32 of version and what follows, and under `model` the options, labels and the CRC-32 of every tensor.
//! One key only, because the order of several is not defined and equal models have equal bytes.

use super::{About, HeadAbout, Model, ModelHead, hash_of};
use crate::features::{TfIdf, TfIdfOptions, Vocabulary};
use crate::linear::{LinearModel, Weights};
use crate::model::Section;
use crate::output::Transaction;
use crate::storage::{Buffer, Bytes};
use crate::text::{Language, Languages};
use crate::{Error, Result};
use bytemuck::Pod;
use safetensors::Dtype;
use safetensors::tensor::{Metadata, SafeTensors, TensorInfo};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

#[cfg(target_endian = "big")]
compile_error!("model files are little-endian and are used in place");

/// The version that this library writes, and the newest that it reads.
pub(super) const FORMAT: u32 = 3;
/// The oldest version that it reads.
const OLDEST: u32 = 3;
/// Goes up with every change of tokens or keys, after which an older model would score other terms
/// than it learnt.
const TOKENIZER: u32 = 3;
const KEY: &str = "standpoint";
/// Tensors begin at a multiple of the size of a line of the processor's cache.
const ALIGNMENT: usize = 64;

#[derive(Serialize, Deserialize)]
struct Envelope<'a> {
    format: u32,
    crc32: u32,
    #[serde(borrow)]
    model: &'a RawValue,
}

#[derive(Serialize, Deserialize)]
struct Contents {
    about: About,
    tokenizer: u32,
    features: TfIdfOptions,
    /// Those among which the language of a text is decided, the main one first.
    languages: Vec<Language>,
    word_terms: usize,
    heads: Vec<HeadAbout>,
    /// Whether thresholds are on the scale of the scores; those of older models are on that of the link.
    #[serde(default)]
    thresholds_of_scores: bool,
    checksums: BTreeMap<String, u32>,
}

/// A tensor that is to be written.
struct Tensor<'a> {
    name: String,
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: &'a [u8],
}

impl<'a> Tensor<'a> {
    fn new<T: Pod>(name: impl Into<String>, dtype: Dtype, shape: &[usize], numbers: &'a [T]) -> Self {
        Tensor { name: name.into(), dtype, shape: shape.to_vec(), bytes: bytemuck::cast_slice(numbers) }
    }
}

impl Model {
    /// Writes the model to a file, whole or not at all; with `force`, the file may exist.
    ///
    /// # Errors
    /// A usage error for a file that exists, an I/O error where writing fails.
    pub fn save(&self, path: &Path, force: bool) -> Result<()> {
        let mut outputs = Transaction::default();
        self.save_with(&mut outputs, path, force)?;
        outputs.commit()
    }

    /// [`save`](Self::save), together with other files.
    ///
    /// # Errors
    /// As [`save`](Self::save).
    pub fn save_with(&self, outputs: &mut Transaction, path: &Path, force: bool) -> Result<()> {
        outputs.write(path, force, |out| self.write(out))
    }

    /// The bytes of the model file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Writing to memory cannot fail.
        let _ = self.write(&mut bytes);
        bytes
    }

    /// Loads a model file and checks all of it. One of up to [`PRIVATE_BYTES`](crate::storage::PRIVATE_BYTES) is read into
    /// memory, so that nothing which happens to the file afterwards shows; a larger one is mapped.
    ///
    /// # Errors
    /// A model error for a file that is no model, is damaged, or is of a newer format; an I/O
    /// error where it cannot be read.
    pub fn load(path: &Path) -> Result<Self> {
        Self::from_bytes(Bytes::read(path)?).map_err(|e| e.at(path.display()))
    }

    /// A model out of the bytes of a model file.
    ///
    /// # Errors
    /// A model error as for [`load`](Self::load).
    pub fn from_bytes(bytes: Bytes) -> Result<Self> {
        let loader = Loader::new(Arc::new(bytes))?;
        let hash = hash_of(&loader.bytes);
        let model = loader.model()?;
        // It is the first, so nothing was there.
        let _ = model.0.hash.set(hash);
        Ok(model)
    }

    /// Whether the file is a Standpoint model, whole or damaged.
    pub fn is_model(path: &Path) -> bool {
        if !path.is_file() {
            return false;
        }
        let mut head = vec![0; 64];
        let read = std::fs::File::open(path).and_then(|mut file| std::io::Read::read(&mut file, &mut head));
        head.truncate(read.unwrap_or(0));
        head.get(8..).is_some_and(|head| head.starts_with(b"{\"__metadata__\":{\"standpoint\":"))
    }

    fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let tensors = self.tensors();
        let header = self.header(&tensors)?;
        out.write_all(&(header.len() as u64).to_le_bytes())?;
        out.write_all(&header)?;
        tensors.iter().try_for_each(|tensor| out.write_all(tensor.bytes))
    }

    pub(super) fn sections(&self) -> (Vec<Section>, u64) {
        let tensors = self.tensors();
        let header = self.header(&tensors).map_or(0, |header| header.len() as u64);
        let bytes: usize = tensors.iter().map(|tensor| tensor.bytes.len()).sum();
        let section = |t: Tensor<'_>| Section {
            name: t.name,
            dtype: format!("{:?}", t.dtype),
            shape: t.shape,
            bytes: t.bytes.len(),
        };
        (tensors.into_iter().map(section).collect(), header + 8 + bytes as u64)
    }

    /// Wider numbers before narrower ones, so that each tensor lies at a multiple of its width.
    fn tensors(&self) -> Vec<Tensor<'_>> {
        let tfidf = &self.0.tfidf;
        let vocabulary = tfidf.vocabulary();
        let terms = vocabulary.len();
        let mut tensors = vec![
            Tensor::new("vocabulary.terms", Dtype::U8, &[vocabulary.terms.len()], &vocabulary.terms),
            Tensor::new("vocabulary.ends", Dtype::U64, &[terms], &vocabulary.ends),
            Tensor::new("idf", Dtype::F32, &[terms], tfidf.idf()),
        ];
        if let Some(parts) = tfidf.parts() {
            tensors.push(Tensor::new("vocabulary.parts", Dtype::U8, &[parts.len()], parts));
        }
        if let Some(fingerprints) = self.fingerprints() {
            tensors.push(Tensor::new("fingerprints", Dtype::U64, &[fingerprints.len()], fingerprints));
        }
        for (index, head) in self.0.heads.iter().enumerate() {
            head_tensors(&format!("head.{index}"), &head.linear, terms, &mut tensors);
        }
        tensors.sort_by(|a, b| width(b.dtype).cmp(&width(a.dtype)).then_with(|| a.name.cmp(&b.name)));
        tensors
    }

    fn header(&self, tensors: &[Tensor<'_>]) -> std::io::Result<Vec<u8>> {
        let contents = Contents {
            about: self.0.about.clone(),
            tokenizer: TOKENIZER,
            features: self.0.tfidf.options().clone(),
            languages: self.0.tfidf.languages().list(),
            word_terms: self.0.tfidf.vocabulary().words(),
            heads: self.0.heads.iter().map(|head| head.about.clone()).collect(),
            thresholds_of_scores: true,
            checksums: tensors.iter().map(|t| (t.name.clone(), crc32fast::hash(t.bytes))).collect(),
        };
        let model = serde_json::value::to_raw_value(&contents)?;
        let envelope = Envelope { format: FORMAT, crc32: checksum(FORMAT, &model), model: &model };
        let keys = HashMap::from([(KEY.to_string(), serde_json::to_string(&envelope)?)]);
        let metadata = Metadata::new(Some(keys), infos(tensors)).map_err(std::io::Error::other)?;
        let mut header = serde_json::to_vec(&metadata)?;
        let before = size_of::<u64>();
        header.resize((header.len() + before).next_multiple_of(ALIGNMENT) - before, b' ');
        Ok(header)
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
        (tensor.name.clone(), TensorInfo { dtype: tensor.dtype, shape: tensor.shape.clone(), data_offsets })
    };
    tensors.iter().map(info).collect()
}

fn head_tensors<'a>(head: &str, linear: &'a LinearModel, terms: usize, tensors: &mut Vec<Tensor<'a>>) {
    let labels = linear.labels();
    tensors.push(Tensor::new(format!("{head}.bias"), Dtype::F64, &[labels], linear.bias()));
    match linear.weights() {
        Weights::Dense(dense) => {
            tensors.push(Tensor::new(format!("{head}.weights"), Dtype::F32, &[terms, labels], dense));
        }
        Weights::Sparse { ends, labels, values } => {
            tensors.push(Tensor::new(format!("{head}.weights.ends"), Dtype::U64, &[terms], ends));
            tensors.push(Tensor::new(format!("{head}.weights.labels"), Dtype::U32, &[labels.len()], labels));
            tensors.push(Tensor::new(format!("{head}.weights.values"), Dtype::F32, &[values.len()], values));
        }
    }
}

/// A model file whose checksums have been compared.
struct Loader {
    bytes: Arc<Bytes>,
    metadata: Metadata,
    /// Where the tensors begin.
    start: usize,
    contents: Contents,
}

fn damaged(what: impl std::fmt::Display) -> Error {
    Error::model(format!("the model is damaged: {what}")).help("copy or train it again")
}

impl Loader {
    fn new(bytes: Arc<Bytes>) -> Result<Self> {
        let (length, metadata) = SafeTensors::read_metadata(&bytes).map_err(|_| {
            Error::model("not a Standpoint model, or cut off")
                .help("models are written by `standpoint train`; copy or train it again")
        })?;
        let envelope = metadata.metadata().as_ref().and_then(|keys| keys.get(KEY)).ok_or_else(|| {
            Error::model("a safetensors file, but no Standpoint model")
                .help("models are written by `standpoint train`")
        })?;
        let contents = open_envelope(envelope)?;
        let loader = Loader { start: length + 8, bytes, contents, metadata };
        loader.compare_checksums()?;
        Ok(loader)
    }

    fn compare_checksums(&self) -> Result<()> {
        let tensors = self.metadata.tensors();
        if tensors.len() != self.contents.checksums.len() {
            return Err(damaged("a section is missing or not known"));
        }
        for (name, &expected) in &self.contents.checksums {
            let info = tensors.get(name).ok_or_else(|| damaged(format!("section `{name}` is missing")))?;
            let (from, to) = info.data_offsets;
            if crc32fast::hash(&self.bytes[self.start + from..self.start + to]) != expected {
                return Err(damaged(format!("the checksum of section `{name}` is wrong")));
            }
        }
        Ok(())
    }

    fn tensor<T: Pod>(&self, name: &str, dtype: Dtype) -> Result<Buffer<T>> {
        let info = self.metadata.info(name).filter(|info| info.dtype == dtype);
        let info = info.ok_or_else(|| damaged(format!("there is no section `{name}` of type {dtype:?}")))?;
        let (from, to) = info.data_offsets;
        Buffer::view(&self.bytes, self.start + from..self.start + to)
    }

    fn model(self) -> Result<Model> {
        let vocabulary = Vocabulary::new(
            self.tensor("vocabulary.terms", Dtype::U8)?,
            self.tensor("vocabulary.ends", Dtype::U64)?,
            self.contents.word_terms,
        )?;
        let terms = vocabulary.len();
        let idf = self.tensor("idf", Dtype::F32)?;
        let cuts = self.metadata.info("vocabulary.parts").is_some();
        let parts = cuts.then(|| self.tensor("vocabulary.parts", Dtype::U8)).transpose()?;
        let languages =
            Languages::from_list(&self.contents.languages).ok_or_else(|| damaged("it is in no language"))?;
        let features = self.contents.features.clone();
        let tfidf = TfIdf::from_parts(features, vocabulary, idf, languages, parts)?;
        let heads = self.contents.heads.iter().enumerate();
        let mut heads: Vec<ModelHead> =
            heads.map(|(index, about)| self.head(index, about, terms)).collect::<Result<_>>()?;
        if !self.contents.thresholds_of_scores {
            heads.iter_mut().for_each(|head| head.about.thresholds_of_scores());
        }
        let kept = self.metadata.info("fingerprints").is_some();
        let fingerprints = kept.then(|| self.tensor::<u64>("fingerprints", Dtype::U64)).transpose()?;
        if fingerprints.as_deref().is_some_and(|all| !all.is_sorted()) {
            return Err(damaged("its fingerprints are not in order"));
        }
        Ok(Model::new(self.contents.about.clone(), tfidf, heads, fingerprints))
    }

    fn head(&self, index: usize, about: &HeadAbout, terms: usize) -> Result<ModelHead> {
        let name = format!("head.{index}");
        let bias: Buffer<f64> = self.tensor(&format!("{name}.bias"), Dtype::F64)?;
        let weights = if self.metadata.info(&format!("{name}.weights")).is_some() {
            Weights::Dense(self.tensor(&format!("{name}.weights"), Dtype::F32)?)
        } else {
            Weights::Sparse {
                ends: self.tensor(&format!("{name}.weights.ends"), Dtype::U64)?,
                labels: self.tensor(&format!("{name}.weights.labels"), Dtype::U32)?,
                values: self.tensor(&format!("{name}.weights.values"), Dtype::F32)?,
            }
        };
        let labels = about.labels.len();
        let fits = labels > 0 && [bias.len(), about.thresholds.len(), about.support.len()] == [labels; 3];
        if fits && !about.is_valid() {
            return Err(damaged(format!("calibration or thresholds of head `{}` do not fit", about.name)));
        }
        let linear = LinearModel::from_parts(about.kind, terms, weights, bias).filter(|_| fits);
        let linear =
            linear.ok_or_else(|| damaged(format!("the sections of head `{}` do not fit", about.name)))?;
        Ok(ModelHead { about: about.clone(), linear })
    }
}

fn open_envelope(text: &str) -> Result<Contents> {
    #[derive(Deserialize)]
    struct Version {
        format: u32,
    }
    let version: Version = serde_json::from_str(text).map_err(damaged)?;
    if !(OLDEST..=FORMAT).contains(&version.format) {
        return Err(Error::model(format!(
            "the model has format {}, but this program reads {OLDEST} to {FORMAT}",
            version.format
        ))
        .help("update standpoint, or train the model again with this version"));
    }
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(damaged)?;
    if checksum(envelope.format, envelope.model) != envelope.crc32 {
        return Err(damaged("the checksum of the header is wrong"));
    }
    let contents: Contents = serde_json::from_str(envelope.model.get()).map_err(damaged)?;
    if contents.tokenizer != TOKENIZER {
        return Err(Error::model(format!(
            "the model was trained with tokeniser {}, but this program has {TOKENIZER}",
            contents.tokenizer
        ))
        .help("use the version of standpoint that trained it, or train it again"));
    }
    distinct(contents.heads.iter().map(|head| &head.name))?;
    contents.heads.iter().try_for_each(|head| distinct(head.labels.iter()))?;
    Ok(contents)
}

fn checksum(format: u32, model: &RawValue) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&format.to_le_bytes());
    hasher.update(model.get().as_bytes());
    hasher.finalize()
}

fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    let repeated = names.into_iter().find(|name| !seen.insert(*name));
    repeated.map_or(Ok(()), |name| Err(damaged(format!("`{name}` is there twice"))))
}

/// Aligns the embedded file as the memory map of a file is.
#[repr(C, align(64))]
struct Aligned<B: ?Sized>(B);

static EMBEDDED: &Aligned<[u8]> = &Aligned(*include_bytes!("../../models/default.standpoint"));

pub(super) fn embedded() -> Result<Model> {
    Model::from_bytes(Bytes::Static(&EMBEDDED.0)).map_err(|e| e.at("the embedded model"))
}
