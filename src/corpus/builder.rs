//! Documents that become a corpus one by one.

use super::alike::note_look_alikes;
use super::collection::{Corpus, Head, hash};
use super::date::Date;
use super::document_tally::no_row;
use super::head_builder::{HeadBuilder, SEVERAL};
use super::mapping::Document;
use super::new_document::{LabelAnswer, NewDocument};
use super::schema::{HeadColumns, HeadLabels, LabelSource, Schema};
use super::targets::HeadKind;
use crate::io::Progress;
use crate::text::Texts;
use crate::{Error, Result};
use std::collections::HashSet;
use std::sync::Arc;

/// Collects documents into a [`Corpus`].
#[derive(Debug, Default)]
pub struct CorpusBuilder {
    ids: Texts,
    integer_ids: Vec<bool>,
    texts: Texts,
    heads: Vec<HeadBuilder>,
    weights: Vec<f32>,
    dates: Vec<Option<Date>>,
    sources: Vec<Option<Arc<str>>>,
    /// The sources so far, so that each is held once.
    source_names: HashSet<Arc<str>>,
    /// The first document that was added by hand and cannot be taken, with the reason.
    refused: Option<(String, &'static str)>,
}

impl Corpus {
    /// Creates a builder of a corpus that is filled by hand.
    pub fn builder() -> CorpusBuilder {
        CorpusBuilder::default()
    }
}

impl CorpusBuilder {
    /// Creates a builder for the heads of a schema; `known` labels of each keep their numbers.
    pub(crate) fn of_schema(schema: &Schema, known: &[Vec<String>]) -> Self {
        let known = |at: usize| known.get(at).map_or(&[][..], Vec::as_slice);
        let heads = schema.heads.iter().enumerate();
        CorpusBuilder {
            heads: heads
                .map(|(at, head)| HeadBuilder::new(head, known(at)))
                .collect(),
            ..CorpusBuilder::default()
        }
    }

    /// Adds a head; to be called before the first document.
    pub fn head(&mut self, name: &str, kind: HeadKind) {
        let source = LabelSource::Column(name.into());
        self.heads.push(HeadBuilder::new(
            &HeadColumns {
                name: name.to_string(),
                kind,
                source,
            },
            &[],
        ));
    }

    /// Adds a document with its labels, one list a head. An empty list is no label for an
    /// independent head, and unknown for an exclusive one, which takes at most one.
    pub fn document(&mut self, id: &str, text: &str, labels: &[&[&str]]) {
        let owned = |labels: &[&str]| labels.iter().map(|label| label.to_string()).collect();
        for (at, head) in self.heads.iter_mut().enumerate() {
            let labels: &[&str] = labels.get(at).copied().unwrap_or_default();
            if head.kind == HeadKind::Exclusive && labels.len() > 1 {
                self.refused.get_or_insert((id.to_string(), SEVERAL));
            }
            head.push(match (head.kind, labels.first()) {
                (HeadKind::Independent, _) => HeadLabels::Set(owned(labels)),
                (HeadKind::Exclusive, Some(label)) => HeadLabels::One(label.to_string()),
                (HeadKind::Exclusive, None) => HeadLabels::Unknown,
            });
        }
        self.push(&NewDocument::new(id, text, &[]));
    }

    /// Adds a document with its weight, date and source, whose answers may be unknown, label by label.
    /// Documents of weight 0 are left out. What cannot be taken is an error of
    /// [`finish`](Self::finish).
    pub fn add_document(&mut self, document: &NewDocument<'_>) {
        let NewDocument { id, weight, .. } = *document;
        if !(weight.is_finite() && weight >= 0.0) {
            self.refused.get_or_insert((id.to_string(), WEIGHT));
        }
        if weight == 0.0 {
            return;
        }
        for (at, head) in self.heads.iter_mut().enumerate() {
            let answer = document.answers.get(at);
            let answer = answer.copied().unwrap_or(LabelAnswer::Unknown);
            if let Err(reason) = head.answer(answer) {
                self.refused.get_or_insert((id.to_string(), reason));
            }
        }
        self.push(document);
    }

    /// Adds all of a document but its answers.
    fn push(&mut self, document: &NewDocument<'_>) {
        self.ids.push(document.id);
        self.texts.push(document.text);
        self.weights.push(document.weight);
        self.dates.push(document.date);
        let source = document.source.map(|name| self.source(name));
        self.sources.push(source);
    }

    fn source(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.source_names.get(name) {
            return known.clone();
        }
        let name: Arc<str> = name.into();
        self.source_names.insert(name.clone());
        name
    }

    /// Adds a document that was read.
    pub(super) fn add(&mut self, document: Document) {
        self.integer_ids.push(document.integer_id);
        self.push(&NewDocument {
            weight: document.weight,
            date: document.date,
            source: document.source.as_deref(),
            ..NewDocument::new(&document.id, &document.text, &[])
        });
        self.heads
            .iter_mut()
            .zip(document.labels)
            .for_each(|(head, labels)| head.push(labels));
    }

    /// Names labels that may be one label in several spellings.
    pub(super) fn note_look_alikes(&self, progress: &dyn Progress) {
        self.heads
            .iter()
            .for_each(|head| note_look_alikes(&head.name, &head.labels, progress));
    }

    /// Makes the corpus.
    ///
    /// # Errors
    /// A data error if there is no document, or if there are too many labels.
    pub fn finish(self) -> Result<Corpus> {
        match self.texts.is_empty() {
            true => {
                self.verify()?;
                Err(no_row())
            }
            false => self.finish_read(),
        }
    }

    /// As [`finish`](Self::finish), where the documents have been counted already.
    pub(super) fn finish_read(mut self) -> Result<Corpus> {
        self.verify()?;
        Ok(self.part())
    }

    /// Returns the documents since the last part; labels that are known keep their numbers.
    pub(super) fn part(&mut self) -> Corpus {
        let heads: Vec<Head> = self.heads.iter().map(HeadBuilder::head).collect();
        self.heads.iter_mut().for_each(|head| head.answers.clear());
        let texts = std::mem::take(&mut self.texts);
        let weights = std::mem::take(&mut self.weights);
        let is_weighted = weights.iter().any(|&weight| weight != 1.0);
        let weights = is_weighted.then_some(weights);
        let hash = hash(&texts, &heads, weights.as_deref());
        let integer_ids = std::mem::take(&mut self.integer_ids);
        let has_integers = integer_ids.contains(&true);
        self.source_names.clear();
        Corpus {
            ids: std::mem::take(&mut self.ids),
            integer_ids: if has_integers {
                integer_ids
            } else {
                Vec::new()
            },
            texts,
            heads,
            weights,
            dates: known(std::mem::take(&mut self.dates)),
            sources: known(std::mem::take(&mut self.sources)),
            schema: None,
            reading: None,
            hash,
        }
    }

    /// Refuses documents with several labels of an exclusive head, and heads with too many labels.
    pub(super) fn verify(&self) -> Result<()> {
        if let Some((id, reason)) = &self.refused {
            return Err(Error::data(format!("document `{id}` {reason}")));
        }
        self.heads.iter().try_for_each(HeadBuilder::verify)
    }
}

/// Returns what is known of each document; nothing where it is known of none.
fn known<T>(values: Vec<Option<T>>) -> Vec<Option<T>> {
    match values.iter().all(Option::is_none) {
        true => Vec::new(),
        false => values,
    }
}

/// Reason for which a document that is added by hand is refused.
const WEIGHT: &str = "has a weight that is no finite number of at least 0";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Targets;

    fn corpus(order: &[usize]) -> Corpus {
        let rows = [
            ("a", "one", "y", vec!["p", "q"]),
            ("b", "two", "x", vec![]),
            ("c", "three", "y", vec!["q"]),
        ];
        let mut builder = Corpus::builder();
        builder.head("topic", HeadKind::Exclusive);
        builder.head("stance", HeadKind::Independent);
        for &row in order {
            let (id, text, topic, stance) = &rows[row];
            builder.document(id, text, &[&[topic], stance]);
        }
        builder.finish().unwrap()
    }

    #[test]
    fn labels_are_sorted_whatever_comes_first() {
        let corpus = corpus(&[0, 1, 2]);
        assert_eq!(corpus.heads[0].labels, ["x", "y"]);
        assert_eq!(
            corpus.heads[0].targets,
            Targets::Exclusive {
                labels: 2,
                of: vec![Some(1), Some(0), Some(1)]
            }
        );
        let yes = [true, true, false, false, false, true].map(Some).to_vec();
        assert_eq!(
            corpus.heads[1].targets,
            Targets::Independent {
                labels: 2,
                cells: yes
            }
        );
    }

    #[test]
    fn documents_that_cannot_be_taken_are_named() {
        let refused = |kind, answer, weight| {
            let mut builder = Corpus::builder();
            builder.head("h", kind);
            builder.add_document(&NewDocument::new("a", "one", &[answer]).weight(weight));
            builder.add_document(&NewDocument::new(
                "b",
                "two",
                &[LabelAnswer::Labels(&["x"])],
            ));
            builder
                .finish()
                .map(|_| ())
                .map_err(|e| e.message().to_string())
        };
        let verdicts = LabelAnswer::Verdicts {
            holds: &["x"],
            fails: &[],
        };
        let (one, two) = (
            LabelAnswer::Labels(&["x"]),
            LabelAnswer::Labels(&["x", "y"]),
        );
        let exclusive = HeadKind::Exclusive;
        assert_eq!(refused(exclusive, one, 0.5), Ok(()));
        assert_eq!(refused(HeadKind::Independent, verdicts, 1.0), Ok(()));
        assert!(
            refused(exclusive, verdicts, 1.0)
                .unwrap_err()
                .contains("verdicts")
        );
        assert!(
            refused(exclusive, two, 1.0)
                .unwrap_err()
                .contains("several")
        );
        assert!(
            refused(exclusive, one, -1.0)
                .unwrap_err()
                .contains("weight")
        );
        assert!(
            refused(exclusive, one, f32::NAN)
                .unwrap_err()
                .contains("weight")
        );
    }

    #[test]
    fn the_hash_knows_texts_and_order() {
        assert_eq!(corpus(&[0, 1, 2]).hash, corpus(&[0, 1, 2]).hash);
        assert_ne!(corpus(&[0, 1, 2]).hash, corpus(&[0, 2, 1]).hash);
    }

    #[test]
    fn known_labels_keep_their_numbers() {
        let source = LabelSource::Column("topic".into());
        let head = HeadColumns {
            name: "topic".into(),
            kind: HeadKind::Exclusive,
            source,
        };
        let mut builder = HeadBuilder::new(&head, &["z".to_string(), "a".to_string()]);
        for label in ["y", "a", "b"] {
            builder.push(HeadLabels::One(label.to_string()));
        }
        assert_eq!(builder.head().labels, ["z", "a", "b", "y"]);
    }
}
