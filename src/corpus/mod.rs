//! Labelled and unlabelled texts out of files.
//!
//! - an [`Input`] is a file, a file in a folder, or standard input; [`find_inputs`] finds them
//!   behind paths, globs and folders;
//! - a [`Reader`] cuts inputs into [`RawRecord`]s: JSON lines, CSV, TSV, fastText lines, plain
//!   texts and web pages, compressed or not;
//! - a [`ColumnMapping`] knows the columns ([`Schema`]) and makes a [`Document`] of a row;
//! - a [`Corpus`] is all documents in memory with their [`Targets`];
//! - a [`CodeMap`] translates codes of other code books to labels, and [`relabel`] writes a corpus with them;
//! - [`near_duplicates`] finds the texts that stand in it twice;
//! - a [`Split`] says which of them are learnt from and which are kept for judging; see [`split`].
//!
//! Nothing is skipped silently: a row that is broken or lacks what was asked for is an error that
//! names file and line, unless the caller hands in [`Rejects`] to collect such rows.
//!
//! ```
//! use standpoint::corpus::{ColumnName, Corpus, ColumnMapping, HeadColumns, HeadKind, LabelFormat, LabelSource};
//! use standpoint::corpus::{ReadOptions, Schema, Selection, find_inputs};
//! use standpoint::progress::Silent;
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
//! let corpus = Corpus::read(inputs, ReadOptions::default(), &mapping, &[], None, &Silent)?;
//! assert_eq!(corpus.ids.get(0), "a");
//! assert_eq!(corpus.heads[0].labels, ["politics"]);
//! # Ok::<(), standpoint::Error>(())
//! ```

mod alike;
#[cfg(feature = "html")]
mod article;
mod codes;
mod collect;
mod date;
mod duplicates;
mod find;
mod folds;
mod format;
mod label_table;
mod labels;
mod literal;
#[cfg(feature = "html")]
mod markup;
mod missing;
mod page_encoding;
mod parts;
mod raw_corpus;
mod reader;
mod record;
mod rejects;
mod rows;
mod schema;
mod sniff;
mod source;
pub mod split;
mod stored;
mod targets;

pub use alike::label_form;
pub(crate) use alike::{look_alikes, shown};
#[cfg(feature = "html")]
pub use article::{Article, from_html};
pub use codes::{
    CodeMap, ColumnCounts, NewColumn, Relabel, Relabelled, RolledUp, UnknownCode, Unlisted, relabel,
};
pub use collect::{Corpus, CorpusBuilder, Head};
pub use date::Date;
pub use duplicates::{Groups, NearDuplicates, exact_duplicates, near_duplicates, normal_form};
pub(crate) use duplicates::{Normal, with_near};
pub(crate) use find::names_of;
pub use find::{Input, find_inputs};
pub use folds::Folds;
pub use format::{FileFormat, MAX_ROW, ReadOptions, encoding};
pub use label_table::{LabelTable, read_label_table};
pub use labels::LabelFormat;
#[cfg(feature = "html")]
pub(crate) use markup::markup;
pub use missing::MissingCells;
pub(crate) use parts::Parts;
pub use raw_corpus::{Categories, CategoryField, RawCorpus, RefusedValue, UnreadableRow};
pub(crate) use reader::cells_of;
pub use reader::{RawRecord, Reader};
pub use record::{ColumnName, Record, SourceLocation};
pub(crate) use rejects::RejectTally;
pub use rejects::Rejects;
pub use rows::{Keep, Rows};
pub use schema::{
    ColumnMapping, Document, Filter, HeadColumns, HeadLabels, LabelSource, RowOutcome, Schema,
    Selection, Unlabelled,
};
pub use split::{Leakage, PartShares, Split, SplitSummary};
pub use targets::{HeadKind, Targets};
