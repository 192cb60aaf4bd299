//! Documents of a corpus: all at once, batch by batch, or one by one.

use super::builder::CorpusBuilder;
use super::collection::Corpus;
use super::document_tally::DocumentTally;
use super::find::Input;
use super::format::ReadOptions;
use super::mapping::{ColumnMapping, Document, RowOutcome};
use super::reader::RawRecord;
use super::reading::Reading;
use super::record::{ColumnName, Record};
use super::rejects::Rejects;
use super::row_reader::RowReader;
use super::shard::Shard;
use crate::io::Progress;
use crate::{Error, Result};

/// Files with the columns of their documents, which can be read several times.
#[derive(Debug, Clone)]
pub struct CorpusSource {
    /// The files.
    pub inputs: Vec<Input>,
    /// Format, encoding and limits of the files.
    pub options: ReadOptions,
    /// The columns of the documents, and the rows that count.
    pub mapping: ColumnMapping,
}

impl CorpusSource {
    /// Creates a reader of all documents from the first one on.
    pub fn reader(&self) -> CorpusReader<'_> {
        CorpusReader::new(self.inputs.clone(), self.options.clone(), &self.mapping)
    }
}

/// Reads the documents of a corpus, in parallel and in their order.
///
/// ```
/// use standpoint::corpus::{ColumnMapping, CorpusReader, ReadOptions, Schema, find_inputs};
/// use standpoint::io::Silent;
/// # let folder = std::env::temp_dir().join(format!("standpoint-reader-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder).unwrap();
/// let path = folder.join("news.jsonl");
/// std::fs::write(&path, "{\"text\": \"Talks resumed\"}\n{\"text\": \"The final was late\"}\n").unwrap();
///
/// let mapping = ColumnMapping::new(Schema::new(["text"]));
/// let inputs = find_inputs(&[path.to_string_lossy().into_owned()], &Silent)?;
/// let mut lengths = Vec::new();
/// CorpusReader::new(inputs, ReadOptions::default(), &mapping).for_each(|document| {
///     lengths.push(document.text.len());
///     Ok(())
/// })?;
/// assert_eq!(lengths, [13, 18]);
/// # Ok::<(), standpoint::Error>(())
/// ```
pub struct CorpusReader<'a> {
    pub(super) rows: RowReader<'a>,
    pub(super) mapping: &'a ColumnMapping,
    known_labels: &'a [Vec<String>],
    reading: Reading,
    /// True if one share of the inputs is read, which may be empty and lack columns.
    is_share: bool,
    optional_heads: bool,
}

impl<'a> CorpusReader<'a> {
    /// Creates a reader for which a broken row is an error; nothing is opened before the first
    /// document is read.
    pub fn new(inputs: Vec<Input>, options: ReadOptions, mapping: &'a ColumnMapping) -> Self {
        CorpusReader {
            reading: Reading::new(&options, &mapping.selection),
            rows: RowReader::new(inputs, options),
            mapping,
            known_labels: &[],
            is_share: false,
            optional_heads: false,
        }
    }

    /// Reads one share of the inputs alone, which may have no document and none of some columns.
    /// Rows are counted first where shares are of rows.
    ///
    /// # Errors
    /// A usage error for standard input, whose rows cannot be counted before they are read, and
    /// where an input cannot be read while rows are counted.
    pub fn shard(mut self, shard: Shard) -> Result<Self> {
        self.rows = self.rows.shard(shard)?;
        self.is_share = true;
        Ok(self)
    }

    /// Leaves broken rows out and lists them, where there is a list.
    pub fn rejects(mut self, rejects: Option<&'a mut Rejects>) -> Self {
        self.reading.skip_broken |= rejects.is_some();
        self.rows = self.rows.rejects(rejects);
        self
    }

    /// Leaves broken rows out and does not list them, as in a second pass.
    pub fn skip_broken(mut self) -> Self {
        self.reading.skip_broken = true;
        self.rows = self.rows.skip_broken();
        self
    }

    /// Reports stages, rows and notes to `progress`.
    pub fn progress(mut self, progress: &'a dyn Progress) -> Self {
        self.rows = self.rows.progress(progress);
        self
    }

    /// Gives labels of each head their numbers, as evaluation needs; other labels come after them.
    pub fn known_labels(mut self, labels: &'a [Vec<String>]) -> Self {
        self.known_labels = labels;
        self
    }

    /// Reads all documents into memory.
    ///
    /// # Errors
    /// For the first broken row where such rows are not left out, for a column that no row has, for
    /// a corpus without documents, and where an input cannot be read.
    pub fn read(self) -> Result<Corpus> {
        let read = self.looking_at(&[]).read_with(|_, _| Ok(()));
        read.map(|(corpus, _)| corpus)
    }

    /// Hands each document to `each`, in the order of the rows.
    ///
    /// # Errors
    /// As [`read`](Self::read), and what `each` returns.
    pub fn for_each(self, each: impl FnMut(Document) -> Result<()>) -> Result<()> {
        self.looking_at(&[]).each_document(each)
    }

    fn each_document(mut self, mut each: impl FnMut(Document) -> Result<()>) -> Result<()> {
        let (mapping, mut documents) = (self.mapping, DocumentTally::new(&self.mapping.schema));
        self.rows.for_each_row(
            "reading",
            |_, record| mapping.outcome(record),
            |_, outcome| documents.admit(outcome).map_or(Ok(()), &mut each),
        )?;
        self.report(&documents);
        self.verify(&documents)
    }

    /// Looks at the columns of the mapping and at these alone. Of rows that may be listed as broken
    /// all columns are read, because they are listed as they stand in their files.
    pub(super) fn looking_at(mut self, more: &[ColumnName]) -> Self {
        if !self.reading.skip_broken {
            let mut columns = self.mapping.columns();
            columns.usual.extend_from_slice(more);
            self.rows = self.rows.columns(columns);
        }
        self
    }

    /// Takes heads whose columns no row has for unknown, as in corrections that answer other heads.
    /// It makes sense with [`Unlabelled::Mask`](super::Unlabelled::Mask).
    pub fn optional_heads(mut self, optional: bool) -> Self {
        self.optional_heads = optional;
        self
    }

    /// Reads all documents, and returns beside each the result of `of_row` for its row.
    pub(super) fn read_with<T: Send>(
        mut self,
        of_row: impl Fn(&RawRecord, &Record) -> Result<T> + Sync,
    ) -> Result<(Corpus, Vec<T>)> {
        let (mapping, documents) = (self.mapping, DocumentTally::new(&self.mapping.schema));
        let mut documents = documents.with_optional_heads(self.optional_heads);
        let mut builder = CorpusBuilder::of_schema(&mapping.schema, self.known_labels);
        let mut kept = Vec::new();
        let outcome = |raw: &RawRecord, record: &Record| -> Result<(RowOutcome, T)> {
            Ok((mapping.outcome(record)?, of_row(raw, record)?))
        };
        self.rows
            .for_each_row("reading", outcome, |_, (outcome, row)| {
                if let Some(document) = documents.admit(outcome) {
                    builder.add(document);
                    kept.push(row);
                }
                Ok(())
            })?;
        self.report(&documents);
        builder.note_look_alikes(self.rows.listener());
        let names = self.rows.names();
        builder.verify().map_err(|e| e.at(names))?;
        self.verify(&documents)?;
        let corpus = builder.finish_read().map_err(|e| e.at(names))?;
        let schema = Some(mapping.schema.clone());
        let reading = Some(self.reading);
        let corpus = Corpus {
            schema,
            reading,
            ..corpus
        };
        Ok((corpus, kept))
    }

    /// Begins to read the documents in batches, for corpora that do not fit into memory.
    pub(crate) fn batches(self) -> CorpusBatches<'a> {
        CorpusBatches {
            documents: DocumentTally::new(&self.mapping.schema),
            builder: CorpusBuilder::of_schema(&self.mapping.schema, self.known_labels),
            reader: self.looking_at(&[]),
        }
    }

    fn report(&self, documents: &DocumentTally) {
        let (rows, heads) = (self.rows.tally().rows(), &self.mapping.schema.heads);
        documents.notes(rows, heads, self.rows.listener());
    }

    fn verify(&self, documents: &DocumentTally) -> Result<()> {
        if self.is_share {
            return Ok(());
        }
        let verified = documents.verify(self.rows.tally());
        verified.map_err(|e: Error| e.at(self.rows.names()))
    }
}

/// Batches of a few thousand documents, whose boundaries depend on the inputs alone.
pub(crate) struct CorpusBatches<'a> {
    reader: CorpusReader<'a>,
    documents: DocumentTally,
    builder: CorpusBuilder,
}

impl CorpusBatches<'_> {
    /// Reads the next batch, which may have no document left; `None` at the end.
    ///
    /// # Errors
    /// As [`CorpusReader::read`].
    pub(crate) fn next(&mut self) -> Result<Option<Corpus>> {
        let (mapping, documents, builder) =
            (self.reader.mapping, &mut self.documents, &mut self.builder);
        let rows = self.reader.rows.next_batch(
            |_, record| mapping.outcome(record),
            |_, outcome| {
                documents
                    .admit(outcome)
                    .into_iter()
                    .for_each(|document| builder.add(document));
                Ok(())
            },
        )?;
        Ok((rows > 0).then(|| self.builder.part()))
    }

    /// Passes over batches that are known already.
    ///
    /// # Errors
    /// If the inputs end before, or cannot be read.
    pub(crate) fn skip(&mut self, batches: u64) -> Result<()> {
        for _ in 0..batches {
            if !self.reader.rows.skip_batch()? {
                let error = Error::data("the inputs are shorter than before");
                return Err(error.at(self.reader.rows.names()));
            }
        }
        Ok(())
    }

    /// Reports at the end which rows were left out, and refuses a corpus without documents or
    /// columns.
    ///
    /// # Errors
    /// As [`CorpusReader::read`].
    pub(crate) fn finish(&self) -> Result<()> {
        self.reader.report(&self.documents);
        self.builder.note_look_alikes(self.reader.rows.listener());
        self.reader.verify(&self.documents)
    }
}
