//! Labelled and unlabelled texts out of files.
//!
//! - an [`Input`] is a file, a file in a folder, standard input, or rows in memory; [`find_inputs`] finds them
//!   behind paths, globs and folders;
//! - a [`RawReader`] cuts inputs into rows: JSON lines, CSV, TSV, fastText lines, Parquet, plain
//!   texts and web pages, compressed or not; a [`RowReader`] decodes them in parallel and sorts
//!   broken ones out;
//! - a [`ColumnMapping`] knows the columns ([`Schema`]) and makes a [`Document`] of a row;
//! - a [`CorpusReader`] yields the documents: as a [`Corpus`], which is all documents in memory
//!   with their [`Targets`], with the rows they come from ([`RetainedRows`]), as labels without
//!   texts ([`LabelTable`]), or with all that is wrong with them ([`RawCorpus`]);
//! - a [`CodeMap`] translates codes of other code books to labels, and [`relabel`] writes a corpus
//!   with them;
//!
//! [`dedup`](crate::dedup) finds the texts that stand in a corpus twice, and
//! [`split`](crate::split) assigns documents to training and test parts.
//!
//! Nothing is skipped silently: a row that is broken or lacks what was asked for is an error that
//! names file and line, unless the caller hands in [`Rejects`] to collect such rows.
//!
//! ```
//! use standpoint::corpus::{ColumnMapping, ColumnName, CorpusReader, HeadColumns, HeadKind, LabelFormat, LabelSource};
//! use standpoint::corpus::{ReadOptions, Schema, Selection, find_inputs};
//! use standpoint::io::Silent;
//! # let folder = std::env::temp_dir().join(format!("standpoint-corpus-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder).unwrap();
//! let path = folder.join("news.jsonl");
//! std::fs::write(&path, r#"{"id": "a", "text": "Talks resumed", "topic": "politics"}"#).unwrap();
//!
//! let topic = HeadColumns {
//!     name: "topic".into(),
//!     kind: HeadKind::Exclusive,
//!     source: LabelSource::Column(ColumnName::from("topic")),
//! };
//! let (text, format) = (vec![ColumnName::from("text")], LabelFormat::default());
//! let schema = Schema { no_header: false, decode_html: false, text, heads: vec![topic], format };
//! let mapping = ColumnMapping { schema, selection: Selection::default(), labels: true };
//! let inputs = find_inputs(&[path.to_string_lossy().into_owned()], &Silent)?;
//! let corpus = CorpusReader::new(inputs, ReadOptions::default(), &mapping).read()?;
//! assert_eq!(corpus.ids.get(0), "a");
//! assert_eq!(corpus.heads[0].labels, ["politics"]);
//! # Ok::<(), standpoint::Error>(())
//! ```

mod alike;
mod append;
#[cfg(feature = "html")]
mod article;
mod article_row;
mod builder;
mod codes;
mod collection;
mod corpus_reader;
mod date;
mod decompress;
mod document_tally;
mod filter;
mod find;
mod format;
mod head_builder;
mod label_table;
mod labels;
mod limits;
mod literal;
mod mapping;
#[cfg(feature = "html")]
mod markup;
mod missing;
mod new_document;
#[cfg(feature = "parquet")]
mod parquet;
mod raw_corpus;
mod reader;
mod reading;
mod record;
mod rejects;
mod row_reader;
mod rows;
mod schema;
mod shard;
mod sniff;
mod stored;
mod targets;

pub use alike::label_form;
pub(crate) use alike::{look_alikes, shown};
#[cfg(feature = "html")]
pub use article::{Article, from_html, from_html_within};
pub use article_row::BrokenArticle;
pub use builder::CorpusBuilder;
pub use codes::{
    CodeMap, ColumnCounts, NewColumn, Relabel, Relabelled, RolledUp, UnknownCode, Unlisted, relabel,
};
pub use collection::{Corpus, Head};
pub(crate) use corpus_reader::CorpusBatches;
pub use corpus_reader::{CorpusReader, CorpusSource};
pub use date::Date;
#[cfg(feature = "desk")]
pub(crate) use date::rfc3339;
pub use filter::Filter;
pub(crate) use find::names_of;
pub use find::{Input, RowsInMemory, find_inputs};
pub use format::{ColumnSelection, FileFormat, ReadOptions, TextEncoding};
pub use label_table::LabelTable;
pub use labels::LabelFormat;
pub use limits::Limits;
pub(crate) use mapping::RowOutcome;
pub use mapping::{ColumnMapping, Document, Selection, Unlabelled};
#[cfg(feature = "html")]
pub(crate) use markup::markup;
pub use missing::MissingCells;
pub use new_document::{LabelAnswer, NewDocument};
pub use raw_corpus::{Categories, CategoryField, RawCorpus, RefusedValue, UnreadableRow};
pub use reader::RawReader;
pub(crate) use reader::RawRecord;
pub(crate) use reader::cells_of;
pub use reading::Reading;
pub(crate) use record::Record;
pub use record::{ColumnName, DocumentId, RowObject, SourceLocation};
pub use rejects::Rejects;
pub(crate) use rejects::RowTally;
pub use row_reader::RowReader;
pub use rows::{RetainedColumns, RetainedRows};
pub use schema::{HeadColumns, HeadLabels, LabelSource, Schema};
pub use shard::Shard;
pub use targets::{HeadKind, Targets};
