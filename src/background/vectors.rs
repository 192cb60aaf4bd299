//! Learnt word vectors: stems, their document frequencies, and quantised vectors.

use super::dense_matrix::DenseMatrix;
use super::options::BackgroundOptions;
use super::stems::StemVocabulary;
use crate::io::storage::Buffer;
use crate::math::offsets;
use crate::text::Language;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Word vectors of one language or several. Clones share one memory.
#[derive(Debug, Clone)]
pub struct Background(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub about: BackgroundMetadata,
    pub languages: Vec<LanguageVectors>,
}

/// Origin of the vectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct BackgroundMetadata {
    pub written_by: String,
    pub options: BackgroundOptions,
    pub documents: u64,
}

/// The stems of one language, sorted by their bytes.
#[derive(Debug)]
pub(super) struct LanguageVectors {
    pub language: Language,
    pub documents: u64,
    pub terms: Buffer<u8>,
    pub ends: Buffer<u32>,
    pub df: Buffer<u32>,
    pub vectors: QuantisedVectors,
}

/// Vectors whose entries are whole numbers times a scale of their own.
#[derive(Debug)]
pub(super) struct QuantisedVectors {
    pub dimensions: usize,
    pub entries: Buffer<i8>,
    pub scales: Buffer<f32>,
}

/// Returns the greatest level of an entry of `bits` bits.
fn max_level(bits: u8) -> f32 {
    ((1i32 << (bits - 1)) - 1) as f32
}

impl Background {
    pub(super) fn new(about: BackgroundMetadata, languages: Vec<LanguageVectors>) -> Self {
        Background(Arc::new(Inner { about, languages }))
    }

    /// Returns the number of documents that it was learnt from.
    pub fn documents(&self) -> u64 {
        self.0.about.documents
    }
}

/// Equal backgrounds share their memory or have the same bytes.
impl PartialEq for Background {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.to_bytes() == other.to_bytes()
    }
}

impl BackgroundMetadata {
    pub(super) fn new(options: &BackgroundOptions, documents: u64) -> Self {
        let written_by = concat!("standpoint ", env!("CARGO_PKG_VERSION")).to_string();
        BackgroundMetadata {
            written_by,
            options: options.clone(),
            documents,
        }
    }
}

impl LanguageVectors {
    pub(super) fn new(
        language: Language,
        documents: u64,
        chosen: &StemVocabulary,
        vectors: QuantisedVectors,
    ) -> Self {
        let StemVocabulary { terms, ends, df } = chosen.clone();
        LanguageVectors {
            language,
            documents,
            terms: terms.into(),
            ends: ends.into(),
            df: df.into(),
            vectors,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn term(&self, at: usize) -> &[u8] {
        &self.terms[offsets::range(&self.ends, at)]
    }
}

impl QuantisedVectors {
    pub(super) fn quantised(panel: &DenseMatrix, bits: u8) -> Self {
        let (mut entries, mut scales) = (Vec::with_capacity(panel.values.len()), Vec::new());
        for row in panel.values.chunks_exact(panel.width.max(1)) {
            let greatest = row
                .iter()
                .fold(0.0f32, |greatest, entry| greatest.max(entry.abs()));
            let scale = greatest / max_level(bits);
            entries.extend(row.iter().map(|entry| {
                if scale > 0.0 {
                    (entry / scale).round() as i8
                } else {
                    0
                }
            }));
            scales.push(scale);
        }
        QuantisedVectors {
            dimensions: panel.width,
            entries: entries.into(),
            scales: scales.into(),
        }
    }

    /// Packs entries of four bits, two in a byte, the first in its lower half.
    pub(super) fn packed(&self) -> Vec<u8> {
        let half = |entry: i8| entry as u8 & 15;
        let pack = |pair: &[i8]| half(pair[0]) | half(pair.get(1).copied().unwrap_or(0)) << 4;
        self.entries.chunks(2).map(pack).collect()
    }

    /// Unpacks `entries` entries of four bits.
    pub(super) fn unpacked(bytes: &[u8], entries: usize) -> Vec<i8> {
        let signed = |half: u8| (half << 4) as i8 >> 4;
        let mut unpacked: Vec<i8> = bytes
            .iter()
            .flat_map(|&byte| [signed(byte & 15), signed(byte >> 4)])
            .collect();
        unpacked.truncate(entries);
        unpacked
    }

    /// Adds `factor` times the vector of a stem.
    pub(super) fn add(&self, stem: usize, factor: f64, sum: &mut [f64]) {
        let factor = factor * f64::from(self.scales[stem]);
        let entries = &self.entries[stem * self.dimensions..(stem + 1) * self.dimensions];
        sum.iter_mut()
            .zip(entries)
            .for_each(|(sum, &entry)| *sum += factor * f64::from(entry));
    }

    /// Returns the product of the vector of a stem with a vector of `numbers`.
    pub(super) fn dot(&self, stem: usize, numbers: impl Iterator<Item = f64>) -> f64 {
        let entries = &self.entries[stem * self.dimensions..(stem + 1) * self.dimensions];
        let sum: f64 = entries
            .iter()
            .zip(numbers)
            .map(|(&entry, number)| f64::from(entry) * number)
            .sum();
        sum * f64::from(self.scales[stem])
    }
}
