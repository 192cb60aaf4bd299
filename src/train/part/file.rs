//! The file of a part of a corpus.
//!
//! A safetensors container like a model file, under the metadata key `standpoint-part`:
//!
//! | tensor | type, shape | contents |
//! |---|---|---|
//! | `words`, `word_ends` | U8, bytes; U64, words | distinct words, the more frequent first |
//! | `tokens` | U8, bytes | numbers of the words of all texts, each in LEB128: seven bits a byte, the lowest first |
//! | `token_counts`, `standalone` | U32, documents | number of tokens, and of those that stand at the end because they are in no n-gram |
//! | `bytes`, `digests`, `fingerprints` | U64, documents | size and hashes of each text; no text without words has a fingerprint |
//! | `languages` | U8, documents | number of the language that is detected |
//! | `ids`, `id_ends` | U8, bytes; U64, documents | ids |
//! | `integer_ids` | U8, documents or 0 | 1 for an id that is an integer of JSON |
//! | `weights` | F32, documents or 0 | sample weights |
//! | `dates` | I64, documents × 2 or 0 | first second and the one after the last; equal where there is no date |
//! | `sources` | U32, documents or 0 | number of the source plus one, 0 for none |
//! | `head.N.labels` | U32, documents | number of the label plus one, 0 where unknown; or, of an independent head: |
//! | `head.N.cells` | U8, documents × labels | 0 for no, 1 for yes, 2 for unknown |

use super::CorpusPart;
use super::reader::Reader;
use crate::Result;
use crate::container::{self, Artifact, Checksums, Container, FileKind, Tensor};
use crate::corpus::{Corpus, Date, Head, HeadKind, Reading, Schema, Targets};
use crate::io::Transaction;
use crate::io::storage::Bytes;
use crate::text::{
    Language, LanguageSet, TOKENIZER_VERSION, TextFacts, Texts, TokenOptions, TokenizedTexts,
};
use safetensors::Dtype;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

const KIND: FileKind = FileKind {
    key: "standpoint-part",
    noun: "part of a corpus",
    writer: "standpoint fit-part",
    format: 1,
    min_format: 1,
};

/// Value of a cell whose answer is not known.
pub(super) const UNKNOWN: u8 = 2;

#[derive(Serialize, Deserialize)]
pub(crate) struct PartHeader {
    tokenizer: u32,
    tokens: TokenOptions,
    compounds: bool,
    languages: Vec<Language>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shard: Option<String>,
    pub(super) documents: usize,
    pub(super) heads: Vec<PartHead>,
    pub(super) sources: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) schema: Option<Schema>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reading: Option<Reading>,
    checksums: Checksums,
}

#[derive(Serialize, Deserialize)]
pub(super) struct PartHead {
    pub name: String,
    pub kind: HeadKind,
    pub labels: Vec<String>,
}

impl CorpusPart {
    container::save_methods!();

    /// Opens a file and checks all of it.
    ///
    /// # Errors
    /// A model error for a file of another kind, a damaged one, or one of a newer format or other
    /// tokens; an I/O error where it cannot be read.
    pub fn load(path: &Path) -> Result<Self> {
        container::load(path, Self::decode)
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// A model error as for [`load`](Self::load).
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self> {
        Self::decode(Bytes::Owned(bytes.into()))
    }

    fn decode(bytes: Bytes) -> Result<Self> {
        let (file, header) = Container::open::<PartHeader>(&KIND, Arc::new(bytes))?;
        KIND.verify_tokenizer(header.tokenizer, TOKENIZER_VERSION)?;
        file.compare_checksums(&header.checksums)?;
        let reader = Reader { file, header };
        let damaged = |what: &str| KIND.damaged(format!("{what} do not fit the documents"));
        let languages = LanguageSet::from_list(&reader.header.languages)
            .ok_or_else(|| KIND.damaged("its languages are not known"))?;
        let shard = reader.header.shard.as_deref().map(str::parse);
        let shard = shard
            .transpose()
            .map_err(|e: crate::Error| KIND.damaged(e.message()))?;
        let tokenized = reader.tokenized()?.ok_or_else(|| damaged("words"))?;
        let heads = reader.heads()?.ok_or_else(|| damaged("labels"))?;
        let texts = Texts::of_tokenized(tokenized, languages);
        let corpus = reader.corpus(texts, heads)?;
        Ok(CorpusPart {
            tokens: reader.header.tokens,
            compounds: reader.header.compounds,
            languages,
            shard,
            corpus: corpus.ok_or_else(|| damaged("ids, weights, dates or sources"))?,
        })
    }
}

impl Artifact for CorpusPart {
    const KIND: &'static FileKind = &KIND;
    type Header = PartHeader;

    fn format(&self) -> u32 {
        KIND.format
    }

    fn tensors(&self) -> Vec<Tensor<'_>> {
        let mut tensors = Vec::new();
        if let Some(tokenized) = self.corpus.texts.tokenized() {
            tensors.extend(of_words(tokenized));
        }
        tensors.extend(of_corpus(&self.corpus));
        let heads = self.corpus.heads.iter().enumerate();
        tensors.extend(heads.map(|(at, head)| of_head(at, head)));
        tensors
    }

    fn header(&self, checksums: Checksums) -> PartHeader {
        let head = |head: &Head| PartHead {
            name: head.name.clone(),
            kind: head.targets.kind(),
            labels: head.labels.clone(),
        };
        PartHeader {
            tokenizer: TOKENIZER_VERSION,
            tokens: self.tokens,
            compounds: self.compounds,
            languages: self.languages.list(),
            shard: self.shard.as_ref().map(ToString::to_string),
            documents: self.corpus.len(),
            heads: self.corpus.heads.iter().map(head).collect(),
            sources: source_numbers(&self.corpus)
                .into_keys()
                .map(str::to_string)
                .collect(),
            schema: self.corpus.schema.clone(),
            reading: self.corpus.reading.clone(),
            checksums,
        }
    }
}

fn numbers<T: bytemuck::NoUninit>(name: &str, dtype: Dtype, values: Vec<T>) -> Tensor<'static> {
    let bytes = bytemuck::cast_slice(&values).to_vec();
    Tensor::owned(name, dtype, &[values.len()], bytes)
}

/// Returns a list of texts as one tensor of bytes and one of ends.
fn strings(names: [&str; 2], texts: &Texts) -> [Tensor<'static>; 2] {
    let bytes: Vec<u8> = texts.iter().flat_map(str::bytes).collect();
    let mut end = 0;
    let ends: Vec<u64> = texts
        .iter()
        .map(|text| {
            end += text.len() as u64;
            end
        })
        .collect();
    [
        numbers(names[0], Dtype::U8, bytes),
        numbers(names[1], Dtype::U64, ends),
    ]
}

fn of_words(texts: &TokenizedTexts) -> Vec<Tensor<'_>> {
    let facts = || texts.facts.iter();
    let counts = (0..texts.facts.len()).map(|at| texts.tokens(at).len() as u32);
    let language = |facts: &TextFacts| {
        let place = Language::ALL.iter().position(|&of| of == facts.language);
        place.unwrap_or_default() as u8
    };
    let mut tensors = Vec::from(strings(["words", "word_ends"], &texts.words));
    tensors.extend([
        numbers("tokens", Dtype::U8, leb128(&texts.tokens)),
        numbers("token_counts", Dtype::U32, counts.collect()),
        numbers(
            "standalone",
            Dtype::U32,
            facts().map(|of| of.standalone).collect(),
        ),
        numbers("bytes", Dtype::U64, facts().map(|of| of.bytes).collect()),
        numbers("digests", Dtype::U64, facts().map(|of| of.digest).collect()),
        numbers(
            "fingerprints",
            Dtype::U64,
            facts()
                .map(|of| of.fingerprint.unwrap_or_default())
                .collect(),
        ),
        numbers("languages", Dtype::U8, facts().map(language).collect()),
    ]);
    tensors
}

fn of_corpus(corpus: &Corpus) -> Vec<Tensor<'_>> {
    let numbers_of = source_numbers(corpus);
    let source = |source: &Option<Arc<str>>| {
        let number = source.as_deref().and_then(|name| numbers_of.get(name));
        number.map_or(0, |number| number + 1)
    };
    let date = |date: &Option<Date>| date.map_or([0, 0], |date| [date.begin, date.end]);
    let mut tensors = Vec::from(strings(["ids", "id_ends"], &corpus.ids));
    let integer_ids = corpus.integer_ids.iter().map(|&is| u8::from(is));
    tensors.extend([
        numbers("integer_ids", Dtype::U8, integer_ids.collect()),
        numbers(
            "weights",
            Dtype::F32,
            corpus.weights.clone().unwrap_or_default(),
        ),
        numbers(
            "dates",
            Dtype::I64,
            corpus.dates.iter().flat_map(date).collect(),
        ),
        numbers(
            "sources",
            Dtype::U32,
            corpus.sources.iter().map(source).collect(),
        ),
    ]);
    tensors
}

/// Returns the names of all sources, sorted and numbered.
fn source_numbers(corpus: &Corpus) -> BTreeMap<&str, u32> {
    let names = corpus.sources.iter().filter_map(Option::as_deref);
    let mut numbers: BTreeMap<&str, u32> = names.map(|name| (name, 0)).collect();
    numbers
        .values_mut()
        .zip(0..)
        .for_each(|(number, at)| *number = at);
    numbers
}

fn of_head(at: usize, head: &Head) -> Tensor<'_> {
    match &head.targets {
        Targets::Exclusive { of, .. } => {
            let labels = of.iter().map(|label| label.map_or(0, |label| label + 1));
            numbers(&format!("head.{at}.labels"), Dtype::U32, labels.collect())
        }
        Targets::Independent { cells, .. } => {
            let cells = cells.iter().map(|cell| cell.map_or(UNKNOWN, u8::from));
            numbers(&format!("head.{at}.cells"), Dtype::U8, cells.collect())
        }
    }
}

/// Returns numbers in LEB128.
fn leb128(numbers: &[u32]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(numbers.len() * 2);
    for &number in numbers {
        let mut rest = number;
        while rest >= 1 << 7 {
            bytes.push(rest as u8 | 1 << 7);
            rest >>= 7;
        }
        bytes.push(rest as u8);
    }
    bytes
}
