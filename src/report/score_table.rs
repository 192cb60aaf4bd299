//! Scores as a table in Parquet.

use crate::corpus::{Document, HeadKind};
use crate::model::{HeadScores, Model, Scores};
use crate::report::json::ModelRow;
use crate::{Error, Result};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};
use std::collections::HashSet;
use std::io::Write;
use std::sync::Arc;

/// Values of a group of rows at most, which wait in memory until it is full.
const VALUES: usize = 1 << 22;
/// Rows of a group at most and, however many columns there are, at least.
const ROWS: [usize; 2] = [1 << 16, 1 << 10];

/// A table of scored articles in Parquet, a row for each: the columns `id` (a text); for each head
/// one of its name, which holds the label (null where there is none) or the list of labels, and for
/// each of its labels `HEAD.LABEL`, the score; `known_terms` and `known_share`, as in
/// [`ScoreRow`](super::json::ScoreRow). The file's metadata name the model, as JSON under
/// `standpoint.model`.
pub struct ScoreTable<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    rows: usize,
    most: usize,
    ids: Vec<ByteArray>,
    heads: Vec<HeadColumns>,
    known_terms: Vec<i64>,
    known_share: Optional<f64>,
}

/// The columns of a head.
struct HeadColumns {
    /// The places of labels: levels of definition, and in lists of repetition.
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    labels: Vec<ByteArray>,
    /// By label, the scores.
    scores: Vec<Vec<f64>>,
}

/// Values of which some are missing.
#[derive(Default)]
struct Optional<T> {
    definitions: Vec<i16>,
    values: Vec<T>,
}

impl<W: Write + Send> ScoreTable<W> {
    /// Begins the table of a model's scores.
    ///
    /// # Errors
    /// A usage error for heads and labels of which two columns would have one name, and an I/O
    /// error where it cannot be written.
    pub fn new(out: W, model: &Model) -> Result<Self> {
        let fields = fields(model)?;
        let columns = fields.len();
        let schema = Type::group_type_builder("scores").with_fields(fields);
        let schema = schema.build().map_err(failed)?;
        let of_model =
            serde_json::to_string(&ModelRow::new(model)).map_err(|e| Error::data(e.to_string()))?;
        let of_model = KeyValue::new("standpoint.model".to_string(), of_model);
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by(concat!("standpoint ", env!("CARGO_PKG_VERSION")).to_string())
            .set_key_value_metadata(Some(vec![of_model]));
        let writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties.build()));
        Ok(ScoreTable {
            writer: writer.map_err(failed)?,
            rows: 0,
            most: (VALUES / columns).clamp(ROWS[1], ROWS[0]),
            ids: Vec::new(),
            heads: model
                .heads()
                .iter()
                .map(|head| HeadColumns::new(head.metadata().labels.len()))
                .collect(),
            known_terms: Vec::new(),
            known_share: Optional::default(),
        })
    }

    /// Adds a scored article.
    ///
    /// # Errors
    /// An I/O error where the table cannot be written.
    pub fn add(&mut self, document: &Document, scores: &Scores<'_>) -> Result<()> {
        self.ids.push(document.id.as_str().into());
        for (columns, head) in self.heads.iter_mut().zip(&scores.heads) {
            columns.add(head);
        }
        self.known_terms.push(scores.known_terms as i64);
        self.known_share.add(scores.known_share());
        self.rows += 1;
        match self.rows < self.most {
            true => Ok(()),
            false => self.write_group(),
        }
    }

    /// Writes the rest of the table.
    ///
    /// # Errors
    /// An I/O error where it cannot be written.
    pub fn finish(mut self) -> Result<()> {
        if self.rows > 0 {
            self.write_group()?;
        }
        self.writer.close().map(drop).map_err(failed)
    }

    fn write_group(&mut self) -> Result<()> {
        let mut group = self.writer.next_row_group().map_err(failed)?;
        write::<ByteArrayType, W>(
            &mut group,
            &mut self.ids,
            [&mut Vec::new(), &mut Vec::new()],
        )?;
        for head in &mut self.heads {
            let levels = [&mut head.definitions, &mut head.repetitions];
            write::<ByteArrayType, W>(&mut group, &mut head.labels, levels)?;
            for scores in &mut head.scores {
                write::<DoubleType, W>(&mut group, scores, [&mut Vec::new(), &mut Vec::new()])?;
            }
        }
        write::<Int64Type, W>(
            &mut group,
            &mut self.known_terms,
            [&mut Vec::new(), &mut Vec::new()],
        )?;
        let share = &mut self.known_share;
        write::<DoubleType, W>(
            &mut group,
            &mut share.values,
            [&mut share.definitions, &mut Vec::new()],
        )?;
        group.close().map_err(failed)?;
        self.rows = 0;
        Ok(())
    }
}

/// Writes a column of a group, and empties it.
fn write<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &mut Vec<T::T>,
    levels: [&mut Vec<i16>; 2],
) -> Result<()> {
    let mut column = group
        .next_column()
        .map_err(failed)?
        .ok_or_else(|| Error::data("the table of scores has too few columns"))?;
    let [definitions, repetitions] = levels;
    let given = |levels: &Vec<i16>| !levels.is_empty();
    column
        .typed::<T>()
        .write_batch(
            values,
            given(definitions).then_some(&definitions[..]),
            given(repetitions).then_some(&repetitions[..]),
        )
        .map_err(failed)?;
    values.clear();
    definitions.clear();
    repetitions.clear();
    column.close().map_err(failed)
}

/// Makes the error of a file that cannot be written.
fn failed(error: ParquetError) -> Error {
    let error = match error {
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(own) => *own,
            Err(other) => std::io::Error::other(other),
        },
        other => std::io::Error::other(other),
    };
    Error::io("write", error)
}

impl HeadColumns {
    fn new(labels: usize) -> Self {
        HeadColumns {
            definitions: Vec::new(),
            repetitions: Vec::new(),
            labels: Vec::new(),
            scores: vec![Vec::new(); labels],
        }
    }

    fn add(&mut self, head: &HeadScores<'_>) {
        match head.metadata.kind {
            HeadKind::Exclusive => {
                let label = head.label();
                self.definitions.push(i16::from(label.is_some()));
                self.labels.extend(label.map(ByteArray::from));
            }
            HeadKind::Independent => {
                let labels = head.labels();
                if labels.is_empty() {
                    self.definitions.push(0);
                    self.repetitions.push(0);
                }
                for (at, label) in labels.into_iter().enumerate() {
                    self.labels.push(label.into());
                    self.definitions.push(1);
                    self.repetitions.push(i16::from(at > 0));
                }
            }
        }
        for (column, score) in self.scores.iter_mut().zip(&head.scores) {
            column.push(*score);
        }
    }
}

impl<T> Optional<T> {
    fn add(&mut self, value: Option<T>) {
        self.definitions.push(i16::from(value.is_some()));
        self.values.extend(value);
    }
}

/// Returns the columns of a model's scores.
fn fields(model: &Model) -> Result<Vec<TypePtr>> {
    let [optional, required] = [Repetition::OPTIONAL, Repetition::REQUIRED];
    let mut fields = vec![text("id", required)];
    for head in model.heads() {
        let head = head.metadata();
        fields.push(match head.kind {
            HeadKind::Exclusive => text(&head.name, optional),
            HeadKind::Independent => text_list(&head.name),
        });
        for label in &head.labels {
            let name = format!("{}.{label}", head.name);
            fields.push(column(&name, Physical::DOUBLE, required, None));
        }
    }
    fields.push(column("known_terms", Physical::INT64, required, None));
    fields.push(column("known_share", Physical::DOUBLE, optional, None));
    let fields: Vec<TypePtr> = fields.into_iter().collect::<Result<_>>()?;
    let mut names = HashSet::new();
    match fields.iter().find(|field| !names.insert(field.name())) {
        None => Ok(fields),
        Some(field) => {
            let message = format!("two columns of scores would be called `{}`", field.name());
            Err(Error::usage(message).help("write JSON lines, or rename the head"))
        }
    }
}

fn text(name: &str, repetition: Repetition) -> Result<TypePtr> {
    column(
        name,
        Physical::BYTE_ARRAY,
        repetition,
        Some(LogicalType::String),
    )
}

/// Returns a column of lists of texts, in the form that the format recommends.
fn text_list(name: &str) -> Result<TypePtr> {
    let element = text("element", Repetition::REQUIRED)?;
    let list = Type::group_type_builder("list")
        .with_repetition(Repetition::REPEATED)
        .with_fields(vec![element]);
    let list = Arc::new(list.build().map_err(failed)?);
    let outer = Type::group_type_builder(name)
        .with_repetition(Repetition::REQUIRED)
        .with_fields(vec![list]);
    let outer = outer.with_logical_type(Some(LogicalType::List)).build();
    outer.map(Arc::new).map_err(failed)
}

fn column(
    name: &str,
    physical: Physical,
    repetition: Repetition,
    logical: Option<LogicalType>,
) -> Result<TypePtr> {
    let column = Type::primitive_type_builder(name, physical)
        .with_repetition(repetition)
        .with_logical_type(logical)
        .build();
    column.map(Arc::new).map_err(failed)
}
