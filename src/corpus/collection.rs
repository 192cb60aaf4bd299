//! A whole corpus in memory: texts in one arena, labels as numbers.

use super::date::Date;
use super::reading::Reading;
use super::record::DocumentId;
use super::schema::Schema;
use super::targets::Targets;
use crate::text::Texts;
use rayon::prelude::*;
use std::hash::Hasher;
use std::sync::Arc;
use twox_hash::XxHash3_64;

/// Labelled texts.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// One id a document.
    pub ids: Texts,
    /// By document, true where the id is an integer of JSON, and written as one; empty where none
    /// is.
    pub integer_ids: Vec<bool>,
    /// One text a document.
    pub texts: Texts,
    /// The answers.
    pub heads: Vec<Head>,
    /// Sample weights, if any differs from 1.
    pub weights: Option<Vec<f32>>,
    /// By document, the date of its column `date`, where it has one that is understood; empty where
    /// none has.
    pub dates: Vec<Option<Date>>,
    /// By document, its column `source`, such as a newspaper, where it has one; empty where none has.
    pub sources: Vec<Option<Arc<str>>>,
    /// The columns this came from, if it was read from files.
    pub schema: Option<Schema>,
    /// The options of reading, if it was read from files.
    pub reading: Option<Reading>,
    /// XXH3-64 of the digests of all texts, labels and weights in order. The digest of a text is its
    /// XXH3-64.
    pub hash: u64,
}

/// One head and everybody's answers to it.
#[derive(Debug, Clone)]
pub struct Head {
    /// The head's name.
    pub name: String,
    /// The labels in the order of their numbers: sorted, unless they were known before.
    pub labels: Vec<String>,
    /// The answers by label number.
    pub targets: Targets,
}

impl Corpus {
    /// Returns the number of documents.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Tells whether there is no document.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Returns the documents at `indices`, in that order; labels keep their numbers.
    ///
    /// # Panics
    /// If an index is not less than [`len`](Self::len).
    pub fn select(&self, indices: &[usize]) -> Corpus {
        let head = |head: &Head| Head {
            targets: head.targets.select(indices),
            ..head.clone()
        };
        let (ids, texts) = (self.ids.select(indices), self.texts.select(indices));
        let heads: Vec<Head> = self.heads.iter().map(head).collect();
        let weights = self
            .weights
            .as_ref()
            .map(|weights| indices.iter().map(|&at| weights[at]).collect());
        let hash = hash(&texts, &heads, weights.as_deref());
        let integer_ids = chosen(&self.integer_ids, indices);
        Corpus {
            ids,
            integer_ids,
            texts,
            heads,
            weights,
            dates: chosen(&self.dates, indices),
            sources: chosen(&self.sources, indices),
            schema: self.schema.clone(),
            reading: self.reading.clone(),
            hash,
        }
    }

    /// Returns the labels of each head, by which another corpus gets the same numbers.
    pub fn label_names(&self) -> Vec<Vec<String>> {
        self.heads.iter().map(|head| head.labels.clone()).collect()
    }

    /// Returns the id of a document as it is written to JSON.
    ///
    /// # Panics
    /// If `document` is not less than [`len`](Self::len).
    pub fn json_id(&self, document: usize) -> DocumentId<'_> {
        DocumentId::new(
            self.ids.get(document),
            self.integer_ids.get(document).is_some_and(|is| *is),
        )
    }
}

/// Returns the values of some documents; none where no document has any.
fn chosen<T: Clone>(values: &[T], indices: &[usize]) -> Vec<T> {
    match values {
        [] => Vec::new(),
        all => indices.iter().map(|&at| all[at].clone()).collect(),
    }
}

impl Targets {
    /// Joins the targets of all heads: the only head's own, or those of several as independent
    /// labels. Without a head, there are `documents` without an answer.
    pub fn joined(heads: &[Head], documents: usize) -> Targets {
        match heads {
            _ if heads.iter().all(|head| head.labels.is_empty()) => Targets::Exclusive {
                labels: 0,
                of: vec![None; documents],
            },
            [only] => only.targets.clone(),
            several => {
                let row = |document: usize| {
                    let of_head = move |head: &'_ Head| -> Vec<Option<bool>> {
                        (0..head.labels.len())
                            .map(|label| head.targets.holds(document, label))
                            .collect()
                    };
                    several.iter().flat_map(of_head)
                };
                let labels = several.iter().map(|head| head.labels.len()).sum();
                Targets::Independent {
                    labels,
                    cells: (0..documents).flat_map(row).collect(),
                }
            }
        }
    }
}

/// Labels and answers are preceded by their length, so that no two corpora give the same bytes.
pub(super) fn hash(texts: &Texts, heads: &[Head], weights: Option<&[f32]>) -> u64 {
    let mut hash = XxHash3_64::with_seed(0);
    let mut part = |bytes: &[u8]| {
        hash.write(&(bytes.len() as u64).to_le_bytes());
        hash.write(bytes);
    };
    let digests = (0..texts.len()).into_par_iter();
    let digests: Vec<u64> = digests.map(|at| texts.document(at).digest()).collect();
    let digest_bytes: Vec<u8> = digests.into_iter().flat_map(u64::to_le_bytes).collect();
    part(&digest_bytes);
    for head in heads {
        part(head.name.as_bytes());
        head.labels.iter().for_each(|label| part(label.as_bytes()));
        part(&answer_bytes(&head.targets));
    }
    weights
        .iter()
        .copied()
        .flatten()
        .for_each(|weight| part(&weight.to_le_bytes()));
    hash.finish()
}

fn answer_bytes(targets: &Targets) -> Vec<u8> {
    match targets {
        Targets::Exclusive { of, .. } => of
            .iter()
            .flat_map(|of| of.unwrap_or(u32::MAX).to_le_bytes())
            .collect(),
        Targets::Independent { cells, .. } => {
            cells.iter().map(|cell| cell.map_or(2, u8::from)).collect()
        }
    }
}
