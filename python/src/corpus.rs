//! Corpora: files, or rows of Python's, with the columns of texts and labels.

use crate::errors::OrRaise;
use crate::options::parsed;
use crate::work::{Watch, run};
use pyo3::prelude::*;
use serde::Deserialize;
use standpoint::corpus::{
    ColumnMapping, ColumnName, Corpus, CorpusSource, Filter, HeadColumns, Input, LabelFormat,
    LabelSource, ReadOptions, Rejects, RowsInMemory, Schema, Selection, Shard, Unlabelled,
    find_inputs, label_form,
};
use standpoint::io::{Progress, Transaction};
use standpoint::train::BatchTrainer;
use standpoint::{Error, Model, Result};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Columns of a corpus and options of reading it; those that are not given are the library's
/// defaults.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Columns {
    /// Text columns; none are those of the model, or `text`.
    text: Option<Vec<ColumnName>>,
    heads: Vec<HeadColumns>,
    id: Option<ColumnName>,
    sample_weight: Option<ColumnName>,
    filters: Vec<String>,
    unlabelled: Option<String>,
    missing: Option<Vec<String>>,
    separator: Option<String>,
    decode_html: bool,
    format: Option<String>,
    encoding: Option<String>,
    delimiter: Option<char>,
    quote: Option<char>,
    no_header: bool,
    /// File of broken rows, which are then left out.
    skip_bad: Option<PathBuf>,
}

/// Corpus that is read when it is asked for, and again for the labels of a model.
#[pyclass(frozen, module = "standpoint._standpoint")]
pub struct Source {
    source: CorpusSource,
    /// True where the text columns were named.
    names_text: bool,
    /// File of broken rows, which are then left out.
    skip_bad: Option<PathBuf>,
    corpus: Mutex<Option<Arc<Corpus>>>,
}

#[pymethods]
impl Source {
    /// Creates the source of rows, which are JSON lines.
    #[staticmethod]
    fn of_rows(py: Python<'_>, name: &str, rows: &[u8], columns: &str) -> PyResult<Source> {
        let columns: Columns = parsed(columns).or_raise(py)?;
        let input = Input::Rows(RowsInMemory::new(name, rows));
        Source::new(vec![input], &columns).or_raise(py)
    }

    /// Creates the source of files, folders and patterns.
    #[staticmethod]
    fn of_files(py: Python<'_>, names: Vec<String>, columns: &str) -> PyResult<Source> {
        let columns: Columns = parsed(columns).or_raise(py)?;
        run(py, |watch| {
            Source::new(find_inputs(&names, watch)?, &columns)
        })
    }

    /// Reads the corpus and returns its number of documents, and the names, kinds and labels of
    /// its heads with the rows of each label.
    #[allow(clippy::type_complexity)]
    fn describe(
        &self,
        py: Python<'_>,
    ) -> PyResult<(usize, Vec<(String, &'static str, Vec<(String, f64)>)>)> {
        let corpus = run(py, |watch| self.corpus(watch))?;
        let heads = corpus.heads.iter().map(|head| {
            let support = head.targets.support(None);
            let labels = head.labels.iter().cloned();
            let labels = labels.zip(support.iter().map(|[yes, _]| *yes)).collect();
            (head.name.clone(), kind_name(head.targets.kind()), labels)
        });
        Ok((corpus.len(), heads.collect()))
    }

    /// Returns the texts of the corpus.
    fn texts(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let corpus = run(py, |watch| self.corpus(watch))?;
        Ok(corpus.texts.iter().map(str::to_string).collect())
    }

    /// Returns the ids of the documents.
    fn ids(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let corpus = run(py, |watch| self.corpus(watch))?;
        Ok(corpus.ids.iter().map(str::to_string).collect())
    }
}

fn kind_name(kind: standpoint::corpus::HeadKind) -> &'static str {
    match kind {
        standpoint::corpus::HeadKind::Exclusive => "exclusive",
        standpoint::corpus::HeadKind::Independent => "independent",
    }
}

impl Source {
    fn new(inputs: Vec<Input>, columns: &Columns) -> Result<Source> {
        let mapping = ColumnMapping {
            schema: columns.schema()?,
            selection: columns.selection()?,
            labels: !columns.heads.is_empty(),
        };
        let source = CorpusSource {
            inputs,
            options: columns.read_options()?,
            mapping,
        };
        Ok(Source {
            source,
            names_text: columns.text.is_some(),
            skip_bad: columns.skip_bad.clone(),
            corpus: Mutex::default(),
        })
    }

    /// Returns the files and columns.
    pub fn source(&self) -> &CorpusSource {
        &self.source
    }

    /// Reads all documents, once.
    pub fn corpus(&self, watch: &Watch) -> Result<Arc<Corpus>> {
        let mut read = self.corpus.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(corpus) = &*read {
            return Ok(corpus.clone());
        }
        let corpus = Arc::new(self.read(&self.source, &[], watch)?);
        *read = Some(corpus.clone());
        Ok(corpus)
    }

    /// Reads the documents of a set whose labels have the numbers of another corpus.
    pub fn with_labels_of(&self, corpus: &Corpus, watch: &Watch) -> Result<Corpus> {
        self.read(&self.source, &corpus.label_names(), watch)
    }

    /// Reads the corpus again, and returns the values of one more column, `None` where a row has
    /// none.
    pub fn column(&self, name: &str, watch: &Watch) -> Result<Vec<Option<String>>> {
        let reader = self.source.reader().progress(watch as &dyn Progress);
        let reader = match self.skip_bad {
            Some(_) => reader.skip_broken(),
            None => reader,
        };
        let (_, values) = reader.read_with_column(&ColumnName::from(name))?;
        Ok(values)
    }

    /// Trains on the documents batch by batch.
    pub fn stream(&self, trainer: &BatchTrainer, watch: &Watch) -> Result<Model> {
        let mut outputs = Transaction::default();
        let mut rejects = self.rejects(&mut outputs)?;
        let model = trainer.train(&self.source, rejects.as_mut(), watch as &dyn Progress)?;
        self.report(rejects, outputs, watch)?;
        Ok(model)
    }

    /// Reads the corpus as a share of a greater one, which may have no document and none of some
    /// columns.
    pub fn share(&self, watch: &Watch) -> Result<Corpus> {
        let mut outputs = Transaction::default();
        let mut rejects = self.rejects(&mut outputs)?;
        let reader = self.source.reader().rejects(rejects.as_mut());
        let reader = reader.progress(watch as &dyn Progress);
        let corpus = reader.shard(Shard::whole())?.read()?;
        self.report(rejects, outputs, watch)?;
        Ok(corpus)
    }

    /// Writes the list of broken rows, where there is one.
    fn report(&self, rejects: Option<Rejects>, outputs: Transaction, watch: &Watch) -> Result<()> {
        if let Some(rejects) = rejects {
            let rows = rejects.finish()?;
            outputs.commit()?;
            watch.note(&format!("left out {rows} broken rows"));
        }
        Ok(())
    }

    /// Reads all documents of a source with these labels, and lists broken ones where that is
    /// asked for.
    pub fn read(
        &self,
        source: &CorpusSource,
        known: &[Vec<String>],
        watch: &Watch,
    ) -> Result<Corpus> {
        let mut outputs = Transaction::default();
        let mut rejects = self.rejects(&mut outputs)?;
        let reader = source.reader().known_labels(known);
        let reader = reader.rejects(rejects.as_mut());
        let corpus = reader.progress(watch as &dyn Progress).read()?;
        self.report(rejects, outputs, watch)?;
        Ok(corpus)
    }

    /// Returns the list of broken rows, whose file replaces an older one.
    pub fn rejects(&self, outputs: &mut Transaction) -> Result<Option<Rejects>> {
        let Some(path) = &self.skip_bad else {
            return Ok(None);
        };
        let file = outputs.open(path, true)?;
        Ok(Some(Rejects::new(Box::new(file), &path.to_string_lossy())))
    }

    /// Returns the source of texts for a model: its columns, unless others are named.
    pub fn for_model(&self, model: &Model) -> CorpusSource {
        let mut source = self.source.clone();
        source.mapping.labels = false;
        if let (false, Some(recorded)) = (self.names_text, &model.metadata().schema) {
            source.mapping.schema.text.clone_from(&recorded.text);
            source.mapping.schema.decode_html |= recorded.decode_html;
        }
        source
    }

    /// Returns the source of labelled texts for a model: its columns, unless others are named.
    pub fn for_evaluation(&self, model: &Model) -> Result<CorpusSource> {
        let mut source = self.for_model(model);
        source.mapping.labels = true;
        let schema = &mut source.mapping.schema;
        if let Some(unknown) = schema
            .heads
            .iter()
            .find(|head| model.head(&head.name).is_none())
        {
            return Err(model.no_head(&unknown.name));
        }
        if let (true, Some(recorded)) = (schema.heads.is_empty(), &model.metadata().schema) {
            schema.heads.clone_from(&recorded.heads);
            schema.format = recorded.format.clone();
        }
        match schema.heads.is_empty() {
            true => Err(Error::usage("the model does not record its label columns")
                .help("name them with `label` or `labels`")),
            false => Ok(source),
        }
    }
}

impl Columns {
    fn schema(&self) -> Result<Schema> {
        let mut format = LabelFormat::default();
        if let Some(missing) = &self.missing {
            format.missing.clone_from(missing);
        }
        if let Some(separator) = &self.separator {
            if separator.trim().is_empty() {
                return Err(
                    Error::usage("`separator` is blank").help("pass another, such as \"#\"")
                );
            }
            format.separator = separator.trim().to_string();
        }
        let text = self.text.clone();
        Ok(Schema {
            no_header: self.no_header,
            text: text.unwrap_or_else(|| vec![ColumnName::from("text")]),
            heads: self.heads.iter().map(normalised).collect(),
            decode_html: self.decode_html,
            format,
        })
    }

    fn selection(&self) -> Result<Selection> {
        let unlabelled = match self.unlabelled.as_deref() {
            None | Some("error") => Unlabelled::Error,
            Some("skip") => Unlabelled::Skip,
            Some("mask") => Unlabelled::Mask,
            Some(other) => {
                let message = format!("unlabelled={other:?} is unknown");
                return Err(Error::usage(message).help("one of error, skip, mask"));
            }
        };
        let filters = self.filters.iter().map(|filter| filter.parse::<Filter>());
        Ok(Selection {
            filters: filters.collect::<Result<_>>()?,
            id: self.id.clone(),
            weight: self.sample_weight.clone(),
            unlabelled,
        })
    }

    fn read_options(&self) -> Result<ReadOptions> {
        let byte = |name: &str, character: Option<char>| {
            let byte = |character: char| {
                u8::try_from(character)
                    .ok()
                    .filter(u8::is_ascii)
                    .ok_or_else(|| {
                        Error::usage(format!("{name}={character:?}, expected an ASCII character"))
                    })
            };
            character.map(byte).transpose()
        };
        let mut options = ReadOptions {
            format: self.format.as_deref().map(str::parse).transpose()?,
            delimiter: byte("delimiter", self.delimiter)?,
            header: !self.no_header,
            ..ReadOptions::default()
        };
        if let Some(quote) = byte("quote", self.quote)? {
            options.quote = Some(quote);
        }
        if let Some(encoding) = &self.encoding {
            options.encoding = encoding.parse()?;
        }
        Ok(options)
    }
}

/// Returns a head whose names and labels have the form of labels in corpora.
fn normalised(head: &HeadColumns) -> HeadColumns {
    let form = |name: &String| label_form(name).into_owned();
    let source = match &head.source {
        LabelSource::Flags(flags) => {
            let flag = |(label, column): &(String, ColumnName)| (form(label), column.clone());
            LabelSource::Flags(flags.iter().map(flag).collect())
        }
        column @ LabelSource::Column(_) => column.clone(),
    };
    HeadColumns {
        name: form(&head.name),
        kind: head.kind,
        source,
    }
}
