//! The model file.
//!
//! A safetensors container: eight bytes of length, a JSON header, tensors. It was chosen because
//! readers exist in every language, no code can run from it, and it can be mapped into memory.
//! Numbers are little-endian.
//!
//! | tensor | type, shape | what |
//! |---|---|---|
//! | `vocabulary.terms` | U8, bytes | all terms, one after the other |
//! | `vocabulary.ends` | U64, terms | where each term ends, or, in a compact file: |
//! | `vocabulary.lengths` | U8, terms | how many bytes each term has, or, in a quantised file, follow: |
//! | `vocabulary.prefixes` | U8, terms | how many bytes each term shares with the one before it |
//! | `vocabulary.parts` | U8, bytes | the words among which compounds are cut, if they are, a blank after each |
//! | `idf` | F32, columns | idf of each term, and of each bucket after them |
//! | `fingerprints` | U64, texts | sorted hashes of the texts that were learnt from, if they are kept |
//! | `profile` | U8, bytes | JSON of [`Profile`], if it is kept (from version 5 on) |
//! | `card` | U8, bytes | JSON of [`CardText`], if there is any (from version 5 on) |
//! | `training` | U8, bytes | JSON of the options of training (from version 5 on) |
//! | `head.N.bias` | F64, labels | biases of head N |
//! | `head.N.weights` | F32, columns × labels | its weights, or, in a compact file: |
//! | `head.N.weights` | I8 or I16, terms × labels | whole numbers, times two to the power of: |
//! | `head.N.exponents` | I8, terms | one for each term; or, where most weights are 0: |
//! | `head.N.weights.ends` | U64, terms | where each term's entries end |
//! | `head.N.weights.labels` | U32, entries | their labels, or, in a quantised file, U16 |
//! | `head.N.weights.values` | F32, entries | their weights, or I8 or I16 with exponents |
//!
//! Everything else is the JSON text under the metadata key `standpoint`: the format version, the
//! CRC-32 of version and what follows, and under `model` the options, labels and the CRC-32 of
//! every tensor. One key only, because the order of several is not defined and equal models have
//! equal bytes.

use super::{
    CardText, HeadMetadata, Inner, Metadata, Model, ModelHead, Profile, hash_of, sections,
};
use crate::container::{self, Artifact, Checksums, Container, FileKind, Tensor};
use crate::features::{TfIdf, TfIdfOptions, Vocabulary};
use crate::io::Transaction;
use crate::io::storage::{Buffer, Bytes};
use crate::linear::LinearModel;
use crate::model::FileSection;
use crate::text::{Language, LanguageSet, TOKENIZER_VERSION, WordRule};
use crate::{Error, Result};
use safetensors::Dtype;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// Names of the sections that hold JSON.
const PROFILE: &str = "profile";
const CARD: &str = "card";
const TRAINING: &str = "training";

const KIND: FileKind = FileKind {
    key: "standpoint",
    noun: "model",
    writer: "standpoint train",
    format: Model::FORMAT_VERSION,
    min_format: Model::OLDEST_FORMAT_VERSION,
};

#[derive(Serialize, Deserialize)]
pub(crate) struct ModelHeader {
    #[serde(rename = "about")]
    metadata: Metadata,
    tokenizer: u32,
    features: TfIdfOptions,
    /// Those among which the language of a text is decided, the main one first.
    languages: Vec<Language>,
    word_terms: usize,
    heads: Vec<HeadMetadata>,
    /// True if thresholds are on the scale of the scores; those of older models are on that of the
    /// link.
    #[serde(default)]
    thresholds_of_scores: bool,
    checksums: Checksums,
}

impl Model {
    /// Newest version of the file format that this library writes and reads.
    ///
    /// | version | difference |
    /// |---|---|
    /// | 3 | the oldest that is read |
    /// | 4 | compact weights, and exponents of the norm other than 1 |
    /// | 5 | profile of the training data, options of training, text of the model card; quantised models |
    /// | 6 | words as fastText cuts them, and buckets of hashed n-grams |
    ///
    /// A model without words as fastText cuts them is written in version 5.
    pub const FORMAT_VERSION: u32 = 6;
    /// Oldest version of the file format that this library reads.
    pub const OLDEST_FORMAT_VERSION: u32 = 3;

    container::save_methods!();

    /// Loads a model file and checks all of it. It is read into memory, so that nothing that
    /// happens to the file afterwards shows; one that is larger than the memory that is free is
    /// mapped.
    ///
    /// # Errors
    /// A model error for a file that is no model, is damaged, or is of a newer format; an I/O
    /// error where it cannot be read.
    pub fn load(path: &Path) -> Result<Self> {
        container::load(path, Self::decode)
    }

    /// Loads a model as [`load`](Self::load), where `most` bytes stand for the free memory: a larger
    /// file is mapped, so that several processes share its pages. If another program shortens a
    /// mapped file in place, the process ends with the signal SIGBUS, and if it overwrites the file
    /// in place, the answers may change; a file that is replaced by a rename changes nothing.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_within(path: &Path, most: u64) -> Result<Self> {
        container::load_within(path, most, Self::decode)
    }

    /// A model out of the bytes of a model file.
    ///
    /// # Errors
    /// A model error as for [`load`](Self::load).
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self> {
        Self::decode(Bytes::Owned(bytes.into()))
    }

    fn decode(bytes: Bytes) -> Result<Self> {
        let bytes = Arc::new(bytes);
        let loader = Loader::new(bytes.clone())?;
        let format = loader.file.format();
        let model = loader.model()?;
        // The numbers of compact files are expanded, and nothing else needs their bytes.
        let compact = model.metadata().compact || model.metadata().quantization.is_some();
        Ok(model.with(|inner| {
            inner.format = format;
            match compact {
                true => inner.hash = OnceLock::from(hash_of(&bytes)),
                false => inner.file = Some(bytes),
            }
        }))
    }

    /// Returns true if the file is a Standpoint model, whole or damaged.
    pub fn is_model(path: &Path) -> bool {
        KIND.matches(path)
    }

    /// Returns the version of the file of a model of these features: the oldest that has all of
    /// them.
    pub(super) fn format_of(tfidf: &TfIdf) -> u32 {
        match tfidf.options().tokens.words {
            WordRule::Language => Model::FORMAT_VERSION - 1,
            _ => Model::FORMAT_VERSION,
        }
    }

    pub(super) fn sections(&self) -> (Vec<FileSection>, u64) {
        let Ok(file) = self.encoded() else {
            return (Vec::new(), 0);
        };
        let section = |tensor: &Tensor<'_>| FileSection {
            name: tensor.name.clone(),
            dtype: format!("{:?}", tensor.dtype),
            shape: tensor.shape.clone(),
            bytes: tensor.bytes.len(),
        };
        (file.tensors.iter().map(section).collect(), file.size())
    }

    /// Returns the version of the file that the model was loaded from; for any other model, that
    /// of the file it would be written to.
    pub fn format_version(&self) -> u32 {
        self.0.format
    }
}

impl Artifact for Model {
    const KIND: &'static FileKind = &KIND;
    type Header = ModelHeader;

    fn format(&self) -> u32 {
        Model::format_of(&self.0.tfidf)
    }

    fn tensors(&self) -> Vec<Tensor<'_>> {
        let tfidf = &self.0.tfidf;
        let vocabulary = tfidf.vocabulary();
        let terms = vocabulary.len();
        let metadata = &self.0.metadata;
        let mut tensors = sections::vocabulary(vocabulary, metadata);
        tensors.push(Tensor::new("idf", Dtype::F32, &[terms], tfidf.idf()));
        if let Some(parts) = tfidf.parts() {
            tensors.push(Tensor::new(
                "vocabulary.parts",
                Dtype::U8,
                &[parts.len()],
                parts,
            ));
        }
        if let Some(fingerprints) = self.fingerprints() {
            tensors.push(Tensor::new(
                "fingerprints",
                Dtype::U64,
                &[fingerprints.len()],
                fingerprints,
            ));
        }
        tensors.extend(self.json_sections());
        for (index, head) in self.0.heads.iter().enumerate() {
            let name = format!("head.{index}");
            tensors.extend(sections::head(&name, &head.linear, metadata));
        }
        tensors
    }

    fn header(&self, checksums: Checksums) -> ModelHeader {
        ModelHeader {
            metadata: self.0.metadata.clone(),
            tokenizer: TOKENIZER_VERSION,
            features: self.0.tfidf.options().clone(),
            languages: self.0.tfidf.languages().list(),
            word_terms: self.0.tfidf.vocabulary().words(),
            heads: self
                .0
                .heads
                .iter()
                .map(|head| head.metadata.clone())
                .collect(),
            thresholds_of_scores: true,
            checksums,
        }
    }
}

impl Model {
    /// Returns the sections that hold JSON.
    fn json_sections(&self) -> impl Iterator<Item = Tensor<'_>> {
        let Inner {
            profile,
            card,
            training,
            ..
        } = &*self.0;
        // Serialising plain structs with text keys into memory cannot fail.
        let json = |bytes: serde_json::Result<Vec<u8>>| bytes.unwrap_or_default();
        let profile = profile.as_ref().map(|of| json(serde_json::to_vec(of)));
        let card = (!card.is_empty()).then(|| json(serde_json::to_vec(card)));
        let training = training.as_ref().map(|text| text.clone().into_bytes());
        let sections = [(PROFILE, profile), (CARD, card), (TRAINING, training)];
        sections.into_iter().filter_map(|(name, bytes)| {
            let bytes = bytes?;
            Some(Tensor::owned(name, Dtype::U8, &[bytes.len()], bytes))
        })
    }
}

/// A model file whose checksums have been compared.
struct Loader {
    file: Container,
    contents: ModelHeader,
}

pub(super) fn damaged(what: impl std::fmt::Display) -> Error {
    KIND.damaged(what)
}

impl Loader {
    fn new(bytes: Arc<Bytes>) -> Result<Self> {
        let (file, contents) = Container::open::<ModelHeader>(&KIND, bytes)?;
        verify_contents(&contents)?;
        file.compare_checksums(&contents.checksums)?;
        Ok(Loader { file, contents })
    }

    fn model(self) -> Result<Model> {
        let (spelled, ends) = sections::read_terms(&self.file)?;
        let vocabulary = Vocabulary::new(spelled, ends, self.contents.word_terms)?;
        let idf = self.file.tensor("idf", Dtype::F32)?;
        let cuts = self.file.holds("vocabulary.parts");
        let parts = cuts
            .then(|| self.file.tensor("vocabulary.parts", Dtype::U8))
            .transpose()?;
        let languages = LanguageSet::from_list(&self.contents.languages)
            .ok_or_else(|| damaged("it is in no language"))?;
        let features = self.contents.features.clone();
        let tfidf = TfIdf::from_parts(features, vocabulary, idf, languages, parts)?;
        let columns = tfidf.vocabulary().len();
        let heads = self.contents.heads.iter().enumerate();
        let mut heads: Vec<ModelHead> = heads
            .map(|(index, metadata)| self.head(index, metadata, columns))
            .collect::<Result<_>>()?;
        if !self.contents.thresholds_of_scores {
            heads
                .iter_mut()
                .for_each(|head| head.metadata.thresholds_of_scores());
        }
        let kept = self.file.holds("fingerprints");
        let fingerprints = kept
            .then(|| self.file.tensor::<u64>("fingerprints", Dtype::U64))
            .transpose()?;
        if fingerprints.as_deref().is_some_and(|all| !all.is_sorted()) {
            return Err(damaged("its fingerprints are not in order"));
        }
        let profile: Option<Profile> = self.json(PROFILE)?;
        if profile
            .as_ref()
            .is_some_and(|profile| !profile.is_valid(&self.contents.heads))
        {
            return Err(damaged("its profile does not fit"));
        }
        let card: Option<CardText> = self.json(CARD)?;
        let training: Option<Box<RawValue>> = self.json(TRAINING)?;
        let model = Model::new(self.contents.metadata.clone(), tfidf, heads, fingerprints);
        Ok(model.with(|inner| {
            inner.profile = profile;
            inner.card = card.unwrap_or_default();
            inner.training = training.map(|training| training.get().to_string());
        }))
    }

    /// Reads a section of JSON, if it is there.
    fn json<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        if !self.file.holds(name) {
            return Ok(None);
        }
        let bytes: Buffer<u8> = self.file.tensor(name, Dtype::U8)?;
        let broken = |what: String| damaged(format!("section `{name}`: {what}"));
        let parsed = serde_json::from_slice(&bytes).map_err(|e| broken(e.to_string()))?;
        // A parser keeps the last of two members.
        let text = std::str::from_utf8(&bytes).ok();
        match text.and_then(crate::json::repeated_key) {
            Some(key) => Err(broken(format!("the key `{key}` stands twice"))),
            None => Ok(Some(parsed)),
        }
    }

    fn head(&self, index: usize, metadata: &HeadMetadata, columns: usize) -> Result<ModelHead> {
        let name = format!("head.{index}");
        let bias: Buffer<f64> = self.file.tensor(&format!("{name}.bias"), Dtype::F64)?;
        let weights = sections::read_weights(&self.file, &name, metadata)?;
        let labels = metadata.labels.len();
        let fits = labels > 0
            && [
                bias.len(),
                metadata.thresholds.len(),
                metadata.support.len(),
            ] == [labels; 3];
        if fits && !metadata.is_valid() {
            return Err(damaged(format!(
                "calibration or thresholds of head `{}` do not fit",
                metadata.name
            )));
        }
        let linear =
            LinearModel::from_parts(metadata.kind, columns, weights, bias).filter(|_| fits);
        let linear = linear.ok_or_else(|| {
            damaged(format!(
                "the sections of head `{}` do not fit",
                metadata.name
            ))
        })?;
        Ok(ModelHead {
            metadata: metadata.clone(),
            linear,
        })
    }
}

fn verify_contents(contents: &ModelHeader) -> Result<()> {
    KIND.verify_tokenizer(contents.tokenizer, TOKENIZER_VERSION)?;
    distinct(contents.heads.iter().map(|head| &head.name))?;
    contents
        .heads
        .iter()
        .try_for_each(|head| distinct(head.labels.iter()))
}

fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    let repeated = names.into_iter().find(|name| !seen.insert(*name));
    repeated.map_or(Ok(()), |name| {
        Err(damaged(format!("`{name}` is there twice")))
    })
}

/// Aligns the embedded file as the memory map of a file is.
#[repr(C, align(64))]
struct Aligned<B: ?Sized>(B);

static EMBEDDED: &Aligned<[u8]> = &Aligned(*include_bytes!("../../models/default.standpoint"));

pub(super) fn embedded() -> Result<Model> {
    Model::decode(Bytes::Static(&EMBEDDED.0)).map_err(|e| e.at("the embedded model"))
}
