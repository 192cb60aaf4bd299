//! Size against score of quantised models.

use crate::model::{HeadLoss, Model};
use serde::Serialize;

/// A model, and what it loses in several settings.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct QuantizationRow {
    /// Number of terms of the model.
    pub terms: usize,
    /// Size of its file in bytes.
    pub bytes: u64,
    /// Number of documents on which losses were measured.
    pub documents: usize,
    /// Greatest loss that is accepted, in points of a hundred.
    pub max_loss: f64,
    /// The settings.
    pub settings: Vec<QuantizedRow>,
    /// The file that was written, if one was.
    pub written: Option<String>,
}

/// A setting with the size of its model and what it loses.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct QuantizedRow {
    /// Bits of a weight.
    pub bits: u8,
    /// Number of terms.
    pub terms: usize,
    /// Size of the model file in bytes.
    pub bytes: u64,
    /// Greatest loss of any head, in points of a hundred; below 0 if all gain.
    pub loss: f64,
    /// True if the loss is accepted.
    pub within: bool,
    /// Loss of each head.
    pub heads: Vec<HeadLoss>,
}

impl QuantizationRow {
    /// Returns the row of a model without settings.
    pub fn new(model: &Model, documents: usize, max_loss: f64) -> Self {
        QuantizationRow {
            terms: model.tfidf().vocabulary().len(),
            bytes: model.file_size(),
            documents,
            max_loss,
            settings: Vec::new(),
            written: None,
        }
    }
}

impl QuantizedRow {
    /// Returns the row of a quantised model with its losses.
    pub fn new(model: &Model, heads: Vec<HeadLoss>, max_loss: f64) -> Self {
        let losses = heads.iter().map(|head| 100.0 * head.loss);
        let loss = losses.fold(f64::NEG_INFINITY, f64::max);
        let quantization = model.metadata().quantization;
        QuantizedRow {
            bits: quantization.map_or(32, |quantization| quantization.bits.into()),
            terms: model.tfidf().vocabulary().len(),
            bytes: model.file_size(),
            loss,
            within: loss <= max_loss,
            heads,
        }
    }
}
