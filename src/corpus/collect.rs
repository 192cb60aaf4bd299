//! A whole corpus in memory: texts in one arena, answers as numbers.

use super::alike::{label_form, note_look_alikes};
use super::find::{Input, names_of};
use super::format::ReadOptions;
use super::missing::{MissingCells, MissingTally};
use super::reader::{RawRecord, Reader};
use super::record::{Record, id_value};
use super::rejects::{RejectTally, Rejects};
use super::schema::{
    ColumnMapping, Document, HeadColumns, HeadLabels, LabelSource, RowOutcome, Schema,
};
use super::targets::{HeadKind, Targets};
use crate::progress::Progress;
use crate::text::Texts;
use crate::words::counted;
use crate::{Error, Result};
use rayon::prelude::*;
use std::collections::HashMap;
use std::hash::Hasher;
use twox_hash::XxHash3_64;

/// Labelled texts.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// One id a document.
    pub ids: Texts,
    /// Whether each id is an integer of JSON, and written as one; empty where none is.
    pub integer_ids: Vec<bool>,
    /// One text a document.
    pub texts: Texts,
    /// The answers.
    pub heads: Vec<Head>,
    /// Sample weights, if any differs from 1.
    pub weights: Option<Vec<f32>>,
    /// The columns this came from, if it was read from files.
    pub schema: Option<Schema>,
    /// XXH3-64 of all texts, labels and weights in order.
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
    /// A corpus to be filled by hand.
    pub fn builder() -> CorpusBuilder {
        CorpusBuilder::default()
    }

    /// The number of documents.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is no document.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The documents at `indices`, in that order; labels keep their numbers.
    ///
    /// # Panics
    /// If an index is not less than [`len`](Self::len).
    pub fn select(&self, indices: &[usize]) -> Corpus {
        let texts = |of: &Texts| -> Texts { indices.iter().map(|&at| of.get(at)).collect() };
        let head = |head: &Head| Head {
            targets: head.targets.select(indices),
            ..head.clone()
        };
        let (ids, texts) = (texts(&self.ids), texts(&self.texts));
        let heads: Vec<Head> = self.heads.iter().map(head).collect();
        let weights = self
            .weights
            .as_ref()
            .map(|weights| indices.iter().map(|&at| weights[at]).collect());
        let hash = hash(&texts, &heads, weights.as_deref());
        let integer_ids = match self.integer_ids.as_slice() {
            [] => Vec::new(),
            all => indices.iter().map(|&at| all[at]).collect(),
        };
        Corpus {
            ids,
            integer_ids,
            texts,
            heads,
            weights,
            schema: self.schema.clone(),
            hash,
        }
    }

    /// The id of a document as JSON: an integer where it was one, and otherwise a text.
    ///
    /// # Panics
    /// If `document` is not less than [`len`](Self::len).
    pub fn id_value(&self, document: usize) -> serde_json::Value {
        id_value(
            self.ids.get(document),
            self.integer_ids.get(document).is_some_and(|is| *is),
        )
    }

    /// Reads all rows of `inputs`.
    ///
    /// `known` gives, by head, labels that keep their numbers, as evaluation needs; labels not
    /// among them come after. Rows that are broken go to `rejects`, if there is one.
    ///
    /// # Errors
    /// For the first broken row without `rejects`, for a column that no row has, for a corpus
    /// without rows, and where an input cannot be read.
    pub fn read(
        inputs: Vec<Input>,
        options: ReadOptions,
        mapping: &ColumnMapping,
        known: &[Vec<String>],
        rejects: Option<&mut Rejects>,
        progress: &dyn Progress,
    ) -> Result<Corpus> {
        Self::read_each(
            inputs,
            options,
            mapping,
            known,
            rejects,
            progress,
            &|_, _| Ok(()),
            &mut Vec::new(),
        )
    }

    /// [`read`](Self::read), and what `of_row` makes of each row that becomes a document.
    #[expect(
        clippy::too_many_arguments,
        reason = "those of `read`, and where its rows go"
    )]
    pub(super) fn read_each<T: Send>(
        inputs: Vec<Input>,
        options: ReadOptions,
        mapping: &ColumnMapping,
        known: &[Vec<String>],
        mut rejects: Option<&mut Rejects>,
        progress: &dyn Progress,
        of_row: &(dyn Fn(&RawRecord, &Record) -> Result<T> + Sync),
        kept: &mut Vec<T>,
    ) -> Result<Corpus> {
        let names = names_of(&inputs);
        let mut builder = CorpusBuilder::of_schema(&mapping.schema, known);
        let mut reader = Reader::new(inputs, options, progress);
        progress.stage("reading", 0);
        let outcome = |raw: &RawRecord| {
            let record = raw.decode()?;
            let extracted = mapping
                .mapping(&record)
                .map_err(|e| e.at(&record.location))?;
            let row = of_row(raw, &record).map_err(|e| e.at(&record.location))?;
            Ok((extracted, row))
        };
        loop {
            let batch = reader.next_batch(BATCH_ROWS, BATCH_BYTES)?;
            if batch.is_empty() {
                break;
            }
            let outcomes: Vec<Result<(RowOutcome, T)>> = batch.par_iter().map(outcome).collect();
            for (raw, outcome) in batch.iter().zip(outcomes) {
                let before = builder.texts.len();
                let (extracted, row) =
                    outcome.map_or_else(|e| (Err(e), None), |(e, row)| (Ok(e), Some(row)));
                builder.take(raw, extracted, rejects.as_deref_mut())?;
                kept.extend(row.filter(|_| builder.texts.len() > before));
            }
            progress.advance(batch.len() as u64);
        }
        builder.notes(mapping, progress);
        let corpus = builder.finish().map_err(|e| e.at(&names))?;
        Ok(Corpus {
            schema: Some(mapping.schema.clone()),
            ..corpus
        })
    }
}

pub(super) const BATCH_ROWS: usize = 4096;
pub(super) const BATCH_BYTES: usize = 8 << 20;

/// Collects documents into a [`Corpus`].
#[derive(Debug, Default)]
pub struct CorpusBuilder {
    ids: Texts,
    integer_ids: Vec<bool>,
    texts: Texts,
    heads: Vec<HeadBuilder>,
    weights: Vec<f32>,
    rows: u64,
    unlabelled: u64,
    weightless: u64,
    broken: RejectTally,
    /// A document that was given several labels of an exclusive head.
    several: Option<String>,
    seen: Vec<bool>,
    columns: Vec<String>,
    text_columns: usize,
    tally: MissingTally,
}

impl CorpusBuilder {
    pub(super) fn of_schema(schema: &Schema, known: &[Vec<String>]) -> Self {
        let mut builder = CorpusBuilder {
            text_columns: schema.text.len(),
            ..CorpusBuilder::default()
        };
        builder.columns = schema.text.iter().map(ToString::to_string).collect();
        for (index, head) in schema.heads.iter().enumerate() {
            builder.columns.extend(head.columns());
            let known = known.get(index).map_or(&[][..], Vec::as_slice);
            builder.heads.push(HeadBuilder::new(head, known));
        }
        builder.seen = vec![false; builder.columns.len()];
        builder
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
                self.several.get_or_insert_with(|| id.to_string());
            }
            head.push(match (head.kind, labels.first()) {
                (HeadKind::Independent, _) => HeadLabels::Set(owned(labels)),
                (HeadKind::Exclusive, Some(label)) => HeadLabels::One(label.to_string()),
                (HeadKind::Exclusive, None) => HeadLabels::Unknown,
            });
        }
        self.push(id, text, 1.0);
    }

    fn push(&mut self, id: &str, text: &str, weight: f32) {
        self.ids.push(id);
        self.texts.push(text);
        self.weights.push(weight);
    }

    pub(super) fn take(
        &mut self,
        raw: &RawRecord,
        outcome: Result<RowOutcome>,
        rejects: Option<&mut Rejects>,
    ) -> Result<()> {
        self.rows += 1;
        match (outcome, rejects) {
            (Ok(RowOutcome::Document(document)), _) => self.add(*document),
            (Ok(RowOutcome::Filtered), _) => {}
            (Ok(RowOutcome::Unlabelled(missing)), _) => {
                self.tally.missing(&missing, self.texts.len());
                self.unlabelled += 1;
            }
            (Err(error), rejects) => Rejects::take(rejects, raw, error, &mut self.broken)?,
        }
        Ok(())
    }

    fn add(&mut self, document: Document) {
        if document.weight == 0.0 {
            self.weightless += 1;
            return;
        }
        self.seen
            .iter_mut()
            .zip(&document.seen)
            .for_each(|(seen, now)| *seen |= now);
        self.tally.missing(&document.missing, self.texts.len());
        self.tally.answers(&document.answers);
        self.integer_ids.push(document.integer_id);
        self.push(&document.id, &document.text, document.weight);
        self.heads
            .iter_mut()
            .zip(document.answers)
            .for_each(|(head, answer)| head.push(answer));
    }

    pub(super) fn notes(&self, mapping: &ColumnMapping, progress: &dyn Progress) {
        if self.unlabelled > 0 {
            let heads: Vec<&str> = mapping
                .schema
                .heads
                .iter()
                .map(|head| head.name.as_str())
                .collect();
            let (left, rows) = (self.unlabelled, self.rows);
            progress.note(&format!(
                "left out {left} of {} without an answer to {}",
                counted(rows, "row"),
                heads.join(" or ")
            ));
        }
        if self.weightless > 0 {
            progress.note(&format!(
                "left out {} of {}, of weight 0",
                self.weightless,
                counted(self.rows, "row")
            ));
        }
        self.tally.notes(&mapping.schema.heads, progress);
        self.heads
            .iter()
            .for_each(|head| note_look_alikes(&head.name, &head.labels, progress));
    }

    /// The cells that were taken as missing.
    pub(super) fn missing(&self, schema: &Schema) -> Vec<MissingCells> {
        self.tally.cells(&schema.heads)
    }

    /// The corpus.
    ///
    /// # Errors
    /// A data error if there is no document, or a column that no row had.
    pub fn finish(self) -> Result<Corpus> {
        self.verify()?;
        let heads: Vec<Head> = self.heads.iter().map(HeadBuilder::head).collect();
        let weighted = self.weights.iter().any(|&weight| weight != 1.0);
        let weights = weighted.then_some(self.weights);
        let hash = hash(&self.texts, &heads, weights.as_deref());
        let integer_ids = integers(self.integer_ids);
        Ok(Corpus {
            ids: self.ids,
            integer_ids,
            texts: self.texts,
            heads,
            weights,
            schema: None,
            hash,
        })
    }

    /// What was added since the last part; labels that are known keep their numbers.
    pub(super) fn part(&mut self) -> Corpus {
        let heads: Vec<Head> = self.heads.iter().map(HeadBuilder::head).collect();
        self.heads.iter_mut().for_each(|head| head.answers.clear());
        let (ids, texts) = (
            std::mem::take(&mut self.ids),
            std::mem::take(&mut self.texts),
        );
        let weights = std::mem::take(&mut self.weights);
        let weights = weights
            .iter()
            .any(|&weight| weight != 1.0)
            .then_some(weights);
        let hash = hash(&texts, &heads, weights.as_deref());
        let integer_ids = integers(std::mem::take(&mut self.integer_ids));
        Corpus {
            ids,
            integer_ids,
            texts,
            heads,
            weights,
            schema: None,
            hash,
        }
    }

    fn verify(&self) -> Result<()> {
        if let Some(id) = &self.several {
            return Err(Error::data(format!(
                "document `{id}` has several labels of an exclusive head"
            )));
        }
        self.heads.iter().try_for_each(HeadBuilder::verify)?;
        self.verify_seen(self.texts.len())
    }

    /// Whether there were `documents`, and in them all columns.
    pub(super) fn verify_seen(&self, documents: usize) -> Result<()> {
        if documents == 0 {
            self.broken.verify(self.rows)?;
            return Err(match self.rows {
                0 => Error::data("there is no row").help(
                    "the input is empty, holds a header only, or --where leaves nothing of it",
                ),
                rows => Error::data(format!("none of the {rows} rows is left"))
                    .help("check --where, --unlabelled and --weight"),
            });
        }
        match self.seen.iter().position(|seen| !seen) {
            Some(at) if at >= self.text_columns || self.text_columns > 1 => {
                let column = &self.columns[at];
                Err(Error::data(format!(
                    "none of {documents} rows has the column `{column}`"
                ))
                .help("check the spelling"))
            }
            _ => Ok(()),
        }
    }
}

/// Nothing where no id is an integer.
fn integers(of: Vec<bool>) -> Vec<bool> {
    if of.contains(&true) { of } else { Vec::new() }
}

impl HeadColumns {
    fn columns(&self) -> Vec<String> {
        match &self.source {
            LabelSource::Column(column) => vec![column.to_string()],
            LabelSource::Flags(flags) => {
                flags.iter().map(|(_, column)| column.to_string()).collect()
            }
        }
    }
}

/// Answers to an independent head take a byte for each document and label.
const MAX_CELLS: usize = 1 << 31;

/// Collects the answers to one head under numbers in the order of first sight.
#[derive(Debug)]
struct HeadBuilder {
    name: String,
    kind: HeadKind,
    /// How many labels were known before; they keep their numbers.
    known: usize,
    labels: Vec<String>,
    numbers: HashMap<String, u32>,
    /// The label of each flag column.
    flags: Vec<u32>,
    answers: Vec<Numbered>,
}

#[derive(Debug)]
enum Numbered {
    Unknown,
    One(u32),
    Set(Box<[u32]>),
    Flags(Box<[Option<bool>]>),
}

impl HeadBuilder {
    fn new(head: &HeadColumns, known: &[String]) -> Self {
        let mut builder = HeadBuilder {
            name: head.name.clone(),
            kind: head.kind,
            known: 0,
            labels: Vec::new(),
            numbers: HashMap::new(),
            flags: Vec::new(),
            answers: Vec::new(),
        };
        // Labels of an old model stay as it has them, and are found by their normal form.
        for (number, label) in known.iter().enumerate() {
            builder.labels.push(label.clone());
            builder
                .numbers
                .entry(label_form(label).into_owned())
                .or_insert(number as u32);
        }
        builder.known = builder.labels.len();
        if let LabelSource::Flags(flags) = &head.source {
            builder.flags = flags
                .iter()
                .map(|(label, _)| builder.number(label.clone()))
                .collect();
        }
        builder
    }

    fn verify(&self) -> Result<()> {
        let (labels, documents) = (self.labels.len(), self.answers.len());
        if self.kind == HeadKind::Independent && labels.saturating_mul(documents) > MAX_CELLS {
            return Err(Error::data(format!(
                "head `{}` has {labels} labels over {documents} documents, which is too much",
                self.name
            ))
            .help("check that the column holds labels; leave out rare ones"));
        }
        Ok(())
    }

    fn number(&mut self, label: String) -> u32 {
        let label = label_form(&label).into_owned();
        if let Some(&number) = self.numbers.get(&label) {
            return number;
        }
        let number = self.labels.len() as u32;
        self.labels.push(label.clone());
        self.numbers.insert(label, number);
        number
    }

    fn push(&mut self, answer: HeadLabels) {
        let numbered = match answer {
            HeadLabels::Unknown => Numbered::Unknown,
            HeadLabels::One(label) => Numbered::One(self.number(label)),
            HeadLabels::Set(labels) => {
                Numbered::Set(labels.into_iter().map(|label| self.number(label)).collect())
            }
            HeadLabels::Flags(cells) => Numbered::Flags(cells.into()),
        };
        self.answers.push(numbered);
    }

    /// Sorts the labels that were not known before, and renumbers.
    fn head(&self) -> Head {
        let mut order: Vec<usize> = (0..self.labels.len()).collect();
        order[self.known..].sort_by(|&a, &b| self.labels[a].cmp(&self.labels[b]));
        let mut place = vec![0; order.len()];
        order
            .iter()
            .enumerate()
            .for_each(|(new, &old)| place[old] = new);
        let labels: Vec<String> = order.iter().map(|&old| self.labels[old].clone()).collect();
        let targets = match self.kind {
            HeadKind::Exclusive => self.exclusive(&place),
            HeadKind::Independent => self.independent(&place),
        };
        Head {
            name: self.name.clone(),
            labels,
            targets,
        }
    }

    fn exclusive(&self, place: &[usize]) -> Targets {
        let of = |answer: &Numbered| match answer {
            Numbered::One(label) => Some(place[*label as usize] as u32),
            _ => None,
        };
        Targets::Exclusive {
            labels: place.len(),
            of: self.answers.iter().map(of).collect(),
        }
    }

    fn independent(&self, place: &[usize]) -> Targets {
        let labels = place.len();
        let mut cells = vec![None; labels * self.answers.len()];
        for (row, answer) in cells.chunks_exact_mut(labels.max(1)).zip(&self.answers) {
            match answer {
                Numbered::Unknown | Numbered::One(_) => {}
                Numbered::Set(holds) => {
                    row.fill(Some(false));
                    holds
                        .iter()
                        .for_each(|&label| row[place[label as usize]] = Some(true));
                }
                Numbered::Flags(flags) => {
                    self.flags
                        .iter()
                        .zip(flags)
                        .for_each(|(&label, &cell)| row[place[label as usize]] = cell);
                }
            }
        }
        Targets::Independent { labels, cells }
    }
}

/// Every part is preceded by its length, so that no two corpora give the same bytes.
fn hash(texts: &Texts, heads: &[Head], weights: Option<&[f32]>) -> u64 {
    let mut hash = XxHash3_64::with_seed(0);
    let mut part = |bytes: &[u8]| {
        hash.write(&(bytes.len() as u64).to_le_bytes());
        hash.write(bytes);
    };
    texts.iter().for_each(|text| part(text.as_bytes()));
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

#[cfg(test)]
mod tests {
    use super::*;

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
