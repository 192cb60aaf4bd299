//! The file of word vectors.
//!
//! A safetensors container like a model file, under the metadata key `standpoint-background`. Of
//! language N it holds
//!
//! | tensor | type, shape | contents |
//! |---|---|---|
//! | `language.N.terms` | U8, bytes | all stems, one after the other, sorted |
//! | `language.N.ends` | U32, stems | end of each stem |
//! | `language.N.df` | U32, stems | document frequency of each stem |
//! | `language.N.vectors` | I8, stems × dimensions | entries of the vectors; or, if they have four bits: |
//! | `language.N.packed` | U8, entries / 2 | two entries in a byte, the first in its lower half |
//! | `language.N.scales` | F32, stems | factor of each vector's entries |

use super::options::{BackgroundOptions, MAX_DIMENSIONS, PACKED_BITS};
use super::vectors::{Background, BackgroundMetadata, LanguageVectors, QuantisedVectors};
use crate::Result;
use crate::container::{self, Artifact, Checksums, Container, FileKind, Tensor};
use crate::io::Transaction;
use crate::io::storage::{Buffer, Bytes};
use crate::text::{Language, TOKENIZER_VERSION};
use safetensors::Dtype;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;

const KIND: FileKind = FileKind {
    key: "standpoint-background",
    noun: "file of word vectors",
    writer: "standpoint background",
    format: 1,
    min_format: 1,
};

#[derive(Serialize, Deserialize)]
pub(crate) struct BackgroundHeader {
    about: BackgroundMetadata,
    tokenizer: u32,
    languages: Vec<LanguageMetadata>,
    checksums: Checksums,
}

#[derive(Serialize, Deserialize)]
struct LanguageMetadata {
    language: Language,
    documents: u64,
    dimensions: usize,
}

/// The contents of a file of word vectors, in numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct BackgroundSummary {
    /// The version of the file format.
    pub format: u32,
    /// The program and version that wrote it.
    pub written_by: String,
    /// The number of documents that it was learnt from.
    pub documents: u64,
    /// The options.
    pub options: BackgroundOptions,
    /// The languages.
    pub languages: Vec<LanguageSummary>,
    /// The file's size in bytes.
    pub file_bytes: u64,
}

/// The contents of one language, in numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LanguageSummary {
    /// The language.
    pub language: Language,
    /// The number of documents in it.
    pub documents: u64,
    /// The number of stems that have a vector.
    pub terms: usize,
    /// The number of dimensions of vectors.
    pub dimensions: usize,
}

impl Background {
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
        let (file, contents) = Container::open::<BackgroundHeader>(&KIND, Arc::new(bytes))?;
        KIND.verify_tokenizer(contents.tokenizer, TOKENIZER_VERSION)?;
        file.compare_checksums(&contents.checksums)?;
        contents
            .about
            .options
            .verify()
            .map_err(|e| KIND.damaged(e.message()))?;
        let languages = contents.languages.iter().enumerate();
        let languages = languages
            .map(|(index, about)| language(&file, index, about))
            .collect::<Result<_>>()?;
        Ok(Background::new(contents.about, languages))
    }

    /// Returns true if the file holds word vectors, whole or damaged.
    pub fn is_background(path: &Path) -> bool {
        KIND.matches(path)
    }

    /// Returns the contents of the file in numbers.
    pub fn summary(&self) -> BackgroundSummary {
        let BackgroundMetadata {
            written_by,
            options,
            documents,
        } = self.0.about.clone();
        let language = |of: &LanguageVectors| LanguageSummary {
            language: of.language,
            documents: of.documents,
            terms: of.len(),
            dimensions: of.vectors.dimensions,
        };
        let languages = self.0.languages.iter().map(language).collect();
        let file_bytes = self.encoded().map_or(0, |file| file.size());
        BackgroundSummary {
            format: KIND.format,
            written_by,
            documents,
            options,
            languages,
            file_bytes,
        }
    }
}

impl Artifact for Background {
    const KIND: &'static FileKind = &KIND;
    type Header = BackgroundHeader;

    fn format(&self) -> u32 {
        KIND.format
    }

    fn tensors(&self) -> Vec<Tensor<'_>> {
        let bits = self.0.about.options.bits;
        let languages = self.0.languages.iter().enumerate();
        languages
            .flat_map(|(index, of)| tensors(index, of, bits))
            .collect()
    }

    fn header(&self, checksums: Checksums) -> BackgroundHeader {
        let about = |of: &LanguageVectors| LanguageMetadata {
            language: of.language,
            documents: of.documents,
            dimensions: of.vectors.dimensions,
        };
        BackgroundHeader {
            about: self.0.about.clone(),
            tokenizer: TOKENIZER_VERSION,
            languages: self.0.languages.iter().map(about).collect(),
            checksums,
        }
    }
}

fn name(index: usize, part: &str) -> String {
    format!("language.{index}.{part}")
}

fn tensors(index: usize, of: &LanguageVectors, bits: u8) -> Vec<Tensor<'_>> {
    let (stems, vectors) = (of.len(), &of.vectors);
    let entries = if bits == PACKED_BITS {
        let packed = vectors.packed();
        Tensor::owned(name(index, "packed"), Dtype::U8, &[packed.len()], packed)
    } else {
        Tensor::new(
            name(index, "vectors"),
            Dtype::I8,
            &[stems, vectors.dimensions],
            &vectors.entries,
        )
    };
    vec![
        entries,
        Tensor::new(
            name(index, "terms"),
            Dtype::U8,
            &[of.terms.len()],
            &of.terms,
        ),
        Tensor::new(name(index, "ends"), Dtype::U32, &[stems], &of.ends),
        Tensor::new(name(index, "df"), Dtype::U32, &[stems], &of.df),
        Tensor::new(name(index, "scales"), Dtype::F32, &[stems], &vectors.scales),
    ]
}

fn language(file: &Container, index: usize, about: &LanguageMetadata) -> Result<LanguageVectors> {
    let scales: Buffer<f32> = file.tensor(&name(index, "scales"), Dtype::F32)?;
    let entries = if file.holds(&name(index, "packed")) {
        let packed: Buffer<u8> = file.tensor(&name(index, "packed"), Dtype::U8)?;
        let count = scales.len().saturating_mul(about.dimensions);
        if packed.len() != count.div_ceil(2) {
            return Err(KIND.damaged(format!("the vectors of language {index} are not whole")));
        }
        QuantisedVectors::unpacked(&packed, count).into()
    } else {
        file.tensor(&name(index, "vectors"), Dtype::I8)?
    };
    let of = LanguageVectors {
        language: about.language,
        documents: about.documents,
        terms: file.tensor(&name(index, "terms"), Dtype::U8)?,
        ends: file.tensor(&name(index, "ends"), Dtype::U32)?,
        df: file.tensor(&name(index, "df"), Dtype::U32)?,
        vectors: QuantisedVectors {
            dimensions: about.dimensions,
            entries,
            scales,
        },
    };
    match of.is_whole() {
        true => Ok(of),
        false => Err(KIND.damaged(format!(
            "the sections of language {index} do not fit each other"
        ))),
    }
}

impl LanguageVectors {
    /// Returns true if the parts fit each other: stems are distinct sorted texts without blanks,
    /// and no number is out of bounds.
    fn is_whole(&self) -> bool {
        let stems = self.ends.len();
        let whole = self.ends.last().map_or(0, |&end| end as usize) == self.terms.len();
        let ascending =
            self.ends.windows(2).all(|pair| pair[0] < pair[1]) && self.ends.first() != Some(&0);
        let vectors = &self.vectors;
        let cells = stems.checked_mul(vectors.dimensions);
        let fit = [self.df.len(), vectors.scales.len()] == [stems; 2]
            && cells == Some(vectors.entries.len());
        let bounded = stems > 0 && (1..=MAX_DIMENSIONS as usize).contains(&vectors.dimensions);
        let finite = vectors
            .scales
            .iter()
            .all(|scale| (0.0..=1.0).contains(scale));
        let counted = self.df.iter().all(|&df| u64::from(df) <= self.documents);
        let spelled = |at: usize| {
            let term = self.term(at);
            std::str::from_utf8(term).is_ok() && !term.contains(&b' ')
        };
        let sorted = |at: usize| at == 0 || self.term(at - 1) < self.term(at);
        self.language != Language::Auto
            && whole
            && ascending
            && fit
            && bounded
            && finite
            && counted
            && (0..stems).all(|at| spelled(at) && sorted(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::background::dense_matrix::DenseMatrix;
    use crate::background::stems::StemVocabulary;

    fn background(change: impl Fn(&mut LanguageVectors)) -> Background {
        let terms = b"peacetalkwar".to_vec();
        let chosen = StemVocabulary {
            terms,
            ends: vec![5, 9, 12],
            df: vec![2, 1, 3],
        };
        let panel = DenseMatrix {
            width: 2,
            values: vec![1.0, 0.0, 0.6, 0.8, 0.0, -1.0],
        };
        let mut of = LanguageVectors::new(
            Language::English,
            4,
            &chosen,
            QuantisedVectors::quantised(&panel, 8),
        );
        change(&mut of);
        Background::new(
            BackgroundMetadata::new(&BackgroundOptions::default(), 4),
            vec![of],
        )
    }

    /// Checksums are right here, so that only the checks of the parts can refuse.
    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let open = |background: Background| Background::from_bytes(background.to_bytes());
        open(background(|_| {})).unwrap();
        let changes: [fn(&mut LanguageVectors); 12] = [
            |of| of.ends = vec![5, 9, 13].into(),
            |of| of.ends = vec![5, 4, 12].into(),
            |of| of.ends = vec![0, 9, 12].into(),
            |of| of.ends = vec![].into(),
            |of| of.df = vec![2, 1].into(),
            |of| of.df = vec![2, 1, 5].into(),
            |of| of.terms = b"peacewarstal".to_vec().into(),
            |of| of.terms = b"peacet lkwar".to_vec().into(),
            |of| of.terms = b"peacet\xfflkwar".to_vec()[..12].to_vec().into(),
            |of| of.vectors.scales = vec![0.1, f32::NAN, 0.1].into(),
            |of| of.vectors.dimensions = 3,
            |of| of.language = Language::Auto,
        ];
        for (number, change) in changes.into_iter().enumerate() {
            assert!(open(background(change)).is_err(), "change {number}");
        }
    }
}
