//! All rows of some inputs as they are, for checks of a corpus.

use super::builder::CorpusBuilder;
use super::collection::Corpus;
use super::corpus_reader::CorpusReader;
use super::document_tally::DocumentTally;
use super::find::Input;
use super::format::ReadOptions;
use super::mapping::{ColumnMapping, Document, RowOutcome};
use super::missing::MissingCells;
use super::reader::{RawReader, RawRecord};
use super::record::{ColumnName, Record, RowObject, SourceLocation, plain};
use super::rejects::RowTally;
use crate::io::{Progress, Silent};
use crate::{Error, Result};
use std::collections::HashMap;

/// A value a row out of not too many, as the source or the month.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Categories {
    /// The values in the order of first sight; empty where a row has none.
    pub names: Vec<String>,
    /// The value of each document, by number.
    pub of: Vec<u32>,
    numbers: HashMap<String, u32>,
}

impl Categories {
    /// Creates the categories of no documents, with an order of the values.
    pub fn of_names<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Self {
        let mut all: Categories = names.into_iter().collect();
        all.of.clear();
        all
    }

    /// Appends the value of the next document.
    pub fn push(&mut self, name: &str) {
        let number = self.numbers.get(name).copied().unwrap_or_else(|| {
            let number = self.names.len() as u32;
            self.names.push(name.to_string());
            self.numbers.insert(name.to_string(), number);
            number
        });
        self.of.push(number);
    }

    /// Returns the categories with parts of the usual names in their usual order, before others,
    /// which stay as they are.
    ///
    /// ```
    /// use standpoint::corpus::Categories;
    /// let parts: Categories = ["test", "a", "train"].into_iter().collect();
    /// let sorted = parts.in_usual_order();
    /// assert_eq!((sorted.names, sorted.of), (["train", "test", "a"].map(String::from).to_vec(), vec![1, 2, 0]));
    /// ```
    #[must_use]
    pub fn in_usual_order(&self) -> Categories {
        let rank = |name: &str| match name.to_lowercase().as_str() {
            "train" | "training" => 0,
            "dev" | "val" | "valid" | "validation" | "development" => 1,
            "test" | "testing" => 2,
            _ => 3,
        };
        let mut order: Vec<&String> = self.names.iter().collect();
        order.sort_by_key(|name| rank(name));
        let mut sorted = Categories::of_names(order);
        self.of
            .iter()
            .for_each(|&part| sorted.push(&self.names[part as usize]));
        sorted
    }
}

impl<S: AsRef<str>> FromIterator<S> for Categories {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        let mut all = Categories::default();
        names.into_iter().for_each(|name| all.push(name.as_ref()));
        all
    }
}

/// A column that is read beside text and labels, and the category of its value.
#[derive(Debug, Clone)]
pub struct CategoryField {
    /// The column.
    pub column: ColumnName,
    /// The category of a value, which is empty where the row has none; `None` for a value that is
    /// not understood.
    pub category: fn(&str) -> Option<String>,
}

/// A value of a [`CategoryField`] of which no category could be made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedValue {
    /// The number of the field.
    pub field: usize,
    /// The number of the document.
    pub document: usize,
    /// The value; empty where the row has none.
    pub value: String,
}

/// A row that gave no document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnreadableRow {
    /// File and line.
    pub place: String,
    /// The reason in words.
    pub reason: String,
}

/// The documents of some inputs, also those without text or answers, and where they stood.
#[derive(Debug, Clone)]
pub struct RawCorpus {
    /// One document for every row that can be read; its texts may be empty and its answers unknown.
    pub corpus: Corpus,
    /// The file of each document.
    pub files: Categories,
    /// The line of each document in its file, from 1; 0 where the document is the file.
    pub lines: Vec<u64>,
    /// The categories of each [`CategoryField`] that was asked for.
    pub fields: Vec<Categories>,
    /// Rows that cannot be read.
    pub unreadable: Vec<UnreadableRow>,
    /// Cells of label columns that were taken as missing.
    pub missing: Vec<MissingCells>,
    /// Values of fields that were not understood, by document.
    pub refused: Vec<RefusedValue>,
}

/// A document that may lack text and labels.
struct RawDocument {
    document: Document,
    /// The error that the lack of text would be.
    lack: Option<Error>,
    /// By field, the value and its category.
    fields: Vec<(String, Option<String>)>,
}

impl CorpusReader<'_> {
    /// Reads all rows as they are; those that cannot be read are counted, and listed where there is
    /// a list.
    ///
    /// # Errors
    /// For a column that no row has, for inputs of which no row can be read or no row has a text,
    /// and where an input cannot be read on.
    pub fn raw_corpus(self, fields: &[CategoryField]) -> Result<RawCorpus> {
        let columns: Vec<_> = fields.iter().map(|field| field.column.clone()).collect();
        self.looking_at(&columns).raw_corpus_of_columns(fields)
    }

    fn raw_corpus_of_columns(mut self, fields: &[CategoryField]) -> Result<RawCorpus> {
        let (mapping, progress) = (self.mapping, self.rows.listener());
        let mut builder = Builder::new(mapping, fields);
        progress.stage("reading", 0);
        loop {
            let rows = self.rows.next_outcomes(
                |_, record| raw_document(record, mapping, fields),
                |raw, outcome, tally| match outcome {
                    Ok(document) => {
                        document
                            .into_iter()
                            .for_each(|document| builder.add(raw, document));
                        Ok(())
                    }
                    Err(error) => {
                        tally.list(raw, &error)?;
                        builder.add_unreadable(raw, error);
                        Ok(())
                    }
                },
            )?;
            if rows == 0 {
                let raw_corpus = builder.finish(mapping, fields, progress);
                return raw_corpus.map_err(|e| e.at(self.rows.names()));
            }
            progress.advance(rows as u64);
        }
    }
}

impl RawCorpus {
    /// Returns the file and line of a document.
    pub fn place(&self, document: usize) -> String {
        let file = self.files.names[self.files.of[document] as usize]
            .as_str()
            .into();
        SourceLocation {
            file,
            line: self.lines[document],
        }
        .to_string()
    }

    /// Reads the inputs again, and hands on each row of a document of which `keep` holds.
    ///
    /// # Errors
    /// If the inputs have changed, where they cannot be read, and what `write` returns.
    pub fn reread(
        &self,
        inputs: Vec<Input>,
        options: ReadOptions,
        keep: &[bool],
        mut write: impl FnMut(usize, RowObject) -> Result<()>,
    ) -> Result<()> {
        let mut reader = RawReader::new(inputs, options, &Silent);
        let mut next = 0;
        while let Some(raw) = reader.next()? {
            let here = next < keep.len()
                && raw.location.line == self.lines[next]
                && *raw.location.file == self.files.names[self.files.of[next] as usize];
            if here {
                if keep[next] {
                    write(next, raw.decode()?.to_object())?;
                }
                next += 1;
            }
        }
        if next < keep.len() {
            return Err(Error::data("the inputs have changed since they were read"));
        }
        Ok(())
    }
}

fn raw_document(
    record: &Record,
    mapping: &ColumnMapping,
    fields: &[CategoryField],
) -> Result<Option<RawDocument>> {
    let field = |field: &CategoryField| {
        let value = record
            .get(&field.column)
            .and_then(plain)
            .unwrap_or_default();
        let value = value.trim();
        (value.to_string(), (field.category)(value))
    };
    let found = mapping.as_it_is(record)?;
    Ok(found.map(|(document, lack)| RawDocument {
        document,
        lack,
        fields: fields.iter().map(field).collect(),
    }))
}

struct Builder {
    corpus: CorpusBuilder,
    documents: DocumentTally,
    files: Categories,
    lines: Vec<u64>,
    fields: Vec<Categories>,
    unreadable: Vec<UnreadableRow>,
    refused: Vec<RefusedValue>,
    /// By field, true once a row has had a value.
    valued: Vec<bool>,
    /// The first error, returned if no row has a text.
    first: Option<Error>,
    with_text: bool,
}

impl Builder {
    fn new(mapping: &ColumnMapping, fields: &[CategoryField]) -> Self {
        Builder {
            corpus: CorpusBuilder::of_schema(&mapping.schema, &[]),
            documents: DocumentTally::new(&mapping.schema),
            files: Categories::default(),
            lines: Vec::new(),
            fields: vec![Categories::default(); fields.len()],
            unreadable: Vec::new(),
            refused: Vec::new(),
            valued: vec![false; fields.len()],
            first: None,
            with_text: false,
        }
    }

    fn add_unreadable(&mut self, raw: &RawRecord, error: Error) {
        self.unreadable.push(UnreadableRow {
            place: raw.location.to_string(),
            reason: error.message().to_string(),
        });
        self.first.get_or_insert(error);
    }

    fn add(&mut self, raw: &RawRecord, row: RawDocument) {
        let RawDocument {
            document,
            lack,
            fields,
        } = row;
        self.with_text |= lack.is_none();
        if let Some(lack) = lack {
            self.first.get_or_insert(lack.at(&raw.location));
        }
        self.files.push(&raw.location.file);
        self.lines.push(raw.location.line);
        for (field, (value, category)) in fields.into_iter().enumerate() {
            self.valued[field] |= !value.is_empty();
            self.fields[field].push(category.as_deref().unwrap_or_default());
            if category.is_none() {
                self.refused.push(RefusedValue {
                    field,
                    document: self.lines.len() - 1,
                    value,
                });
            }
        }
        let outcome = RowOutcome::Document(Box::new(document));
        let document = self.documents.admit(outcome);
        document
            .into_iter()
            .for_each(|document| self.corpus.add(document));
    }

    fn finish(
        self,
        mapping: &ColumnMapping,
        fields: &[CategoryField],
        progress: &dyn Progress,
    ) -> Result<RawCorpus> {
        if let (false, Some(error)) = (self.with_text, self.first) {
            return Err(error);
        }
        let heads = &mapping.schema.heads;
        self.documents.notes(0, heads, progress);
        self.corpus.note_look_alikes(progress);
        let missing = self.documents.missing(heads);
        self.corpus.verify()?;
        self.documents.verify(&RowTally::default())?;
        let corpus = self.corpus.finish_read()?;
        for (field, valued) in fields.iter().zip(&self.valued) {
            if !valued {
                let message = format!(
                    "none of {} rows has a value in the column `{}`",
                    corpus.len(),
                    field.column
                );
                return Err(
                    Error::data(message).help("check the spelling; dates are such as 2021-03-01")
                );
            }
        }
        let Builder {
            files,
            lines,
            fields,
            unreadable,
            refused,
            ..
        } = self;
        Ok(RawCorpus {
            corpus,
            files,
            lines,
            fields,
            unreadable,
            missing,
            refused,
        })
    }
}
