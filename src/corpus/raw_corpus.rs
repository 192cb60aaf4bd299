//! All rows of some inputs as they are, for looking at what is wrong with them.

use super::collect::{BATCH_BYTES, BATCH_ROWS, Corpus, CorpusBuilder};
use super::find::{Input, names_of};
use super::format::ReadOptions;
use super::missing::MissingCells;
use super::reader::{RawRecord, Reader};
use super::record::{ColumnName, SourceLocation, plain};
use super::rejects::Rejects;
use super::schema::{ColumnMapping, Document, RowOutcome};
use crate::progress::{Progress, Silent};
use crate::{Error, Result};
use rayon::prelude::*;
use std::collections::HashMap;

/// A value a row out of not too many, as the source or the month.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Categories {
    /// The values in the order of first sight; empty where a row has none.
    pub names: Vec<String>,
    /// The value of each document, by number.
    pub of: Vec<u32>,
    numbers: HashMap<String, u32>,
}

impl Categories {
    /// No documents yet, but an order of the values.
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
}

impl<S: AsRef<str>> FromIterator<S> for Categories {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        let mut all = Categories::default();
        names.into_iter().for_each(|name| all.push(name.as_ref()));
        all
    }
}

/// A column to be read beside text and labels, and what of its value counts.
#[derive(Debug, Clone)]
pub struct CategoryField {
    /// The column.
    pub column: ColumnName,
    /// The category of a value, which is empty where the row has none; `None` for a value that is not understood.
    pub category: fn(&str) -> Option<String>,
}

/// A value of a [`CategoryField`] of which no category could be made.
#[derive(Debug, Clone, PartialEq, Eq)]
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
pub struct UnreadableRow {
    /// File and line.
    pub place: String,
    /// What is wrong with it.
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

/// A row's document, its lack of text, and the values of its fields with their categories.
type Taken = (Document, Option<Error>, Vec<(String, Option<String>)>);

impl RawCorpus {
    /// Reads all rows of `inputs`; those that cannot be read go to `rejects` too, if there is one.
    ///
    /// # Errors
    /// For a column that no row has, for inputs of which no row can be read or no row has a text, and where an input
    /// cannot be read on.
    pub fn read(
        inputs: Vec<Input>,
        options: ReadOptions,
        mapping: &ColumnMapping,
        fields: &[CategoryField],
        mut rejects: Option<&mut Rejects>,
        progress: &dyn Progress,
    ) -> Result<RawCorpus> {
        let (names, mut builder) = (names_of(&inputs), Builder::new(mapping, fields));
        let mut reader = Reader::new(inputs, options, progress);
        progress.stage("reading", 0);
        loop {
            let batch = reader.next_batch(BATCH_ROWS, BATCH_BYTES)?;
            if batch.is_empty() {
                return builder
                    .finish(mapping, fields, progress)
                    .map_err(|e| e.at(&names));
            }
            let taken: Vec<_> = batch
                .par_iter()
                .map(|raw| take(raw, mapping, fields))
                .collect();
            for (raw, taken) in batch.iter().zip(taken) {
                builder.add(raw, taken, rejects.as_deref_mut())?;
            }
            progress.advance(batch.len() as u64);
        }
    }

    /// Where a document stood.
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
    pub fn again(
        &self,
        inputs: Vec<Input>,
        options: ReadOptions,
        keep: &[bool],
        mut write: impl FnMut(usize, serde_json::Map<String, serde_json::Value>) -> Result<()>,
    ) -> Result<()> {
        let mut reader = Reader::new(inputs, options, &Silent);
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

fn take(
    raw: &RawRecord,
    mapping: &ColumnMapping,
    fields: &[CategoryField],
) -> Result<Option<Taken>> {
    let record = raw.decode()?;
    let found = mapping
        .as_it_is(&record)
        .map_err(|e| e.at(&record.location))?;
    Ok(found.map(|(document, lack)| {
        let field = |field: &CategoryField| {
            let value = record
                .get(&field.column)
                .and_then(plain)
                .unwrap_or_default();
            let value = value.trim();
            (value.to_string(), (field.category)(value))
        };
        (document, lack, fields.iter().map(field).collect())
    }))
}

struct Builder {
    corpus: CorpusBuilder,
    files: Categories,
    lines: Vec<u64>,
    fields: Vec<Categories>,
    unreadable: Vec<UnreadableRow>,
    refused: Vec<RefusedValue>,
    /// Whether a row has a value of each field.
    valued: Vec<bool>,
    /// The first error, to be told if there is nothing else.
    first: Option<Error>,
    with_text: bool,
}

impl Builder {
    fn new(mapping: &ColumnMapping, fields: &[CategoryField]) -> Self {
        Builder {
            corpus: CorpusBuilder::of_schema(&mapping.schema, &[]),
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

    fn add(
        &mut self,
        raw: &RawRecord,
        taken: Result<Option<Taken>>,
        rejects: Option<&mut Rejects>,
    ) -> Result<()> {
        let (document, lack, fields) = match taken {
            Ok(None) => return Ok(()),
            Ok(Some(taken)) => taken,
            Err(error) => {
                let (place, reason) = (raw.location.to_string(), error.message().to_string());
                self.unreadable.push(UnreadableRow { place, reason });
                if let Some(rejects) = rejects {
                    rejects.add(raw, &error)?;
                }
                self.first.get_or_insert(error);
                return Ok(());
            }
        };
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
        self.corpus
            .take(raw, Ok(RowOutcome::Document(Box::new(document))), None)
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
        self.corpus.notes(mapping, progress);
        let missing = self.corpus.missing(&mapping.schema);
        let corpus = self.corpus.finish()?;
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
