//! The values of one column in a group of rows, some rows at a time.

use super::columns::LeafColumn;
use super::fault::{broken, fault};
use super::pages::{Listed, VerifiedPages};
use super::scalar::{Meaning, Scalar};
use super::source::Source;
use parquet::basic::Encoding;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::DataType;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::serialized_reader::SerializedPageReader;
use std::io;
use std::sync::Arc;

/// Rows that are decoded at once.
const ROWS: usize = 256;
/// The same where each text may be as long as a page, because it repeats the one before.
const ROWS_OF_PREFIXES: usize = 8;

/// Levels of values: those of definition say how much of the way to a value is there, those of
/// repetition in which list the value goes on.
#[derive(Default)]
pub(super) struct Levels {
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
    /// The highest level of definition: there is a value.
    most: i16,
    listed: bool,
    count: usize,
    /// The places of the row, of the next value or null in it, and of the next value.
    row: usize,
    at: usize,
    value: usize,
}

impl Levels {
    fn new(most: i16, listed: bool) -> Self {
        Levels {
            most,
            listed,
            ..Levels::default()
        }
    }

    /// Returns the level of definition of the next value or null; `None` behind the last one.
    fn definition(&self) -> Option<i16> {
        match self.at < self.count {
            true if self.most > 0 => Some(self.definitions[self.at]),
            true => Some(0),
            false => None,
        }
    }

    /// Returns the level of repetition of the next value or null, which is 0 where a row begins,
    /// and behind the last one.
    fn repetition(&self) -> i16 {
        match self.at < self.count && self.listed {
            true => self.repetitions[self.at],
            false => 0,
        }
    }
}

/// A column of any type.
pub(super) trait Leaf: Send {
    /// Decodes values of the next rows.
    fn fill(&mut self, rows: usize) -> io::Result<()>;

    fn levels(&self) -> &Levels;

    fn levels_mut(&mut self) -> &mut Levels;

    /// Writes the next value, which must be there.
    fn write(&self, out: &mut Vec<u8>) -> io::Result<()>;
}

impl dyn Leaf + '_ {
    /// Returns the level of definition of the next value or null of the row.
    ///
    /// # Errors
    /// If there is none, as other columns say there must be.
    pub fn definition(&self) -> io::Result<i16> {
        let level = self.levels().definition();
        level.ok_or_else(|| broken("its columns have different numbers of values"))
    }

    /// Returns the level of repetition of the next value or null.
    pub fn repetition(&self) -> i16 {
        self.levels().repetition()
    }

    /// Moves past a value or null.
    pub fn advance(&mut self) {
        let levels = self.levels_mut();
        levels.value += usize::from(levels.definition() == Some(levels.most));
        levels.at += 1;
    }

    /// Moves to the beginning of the next row, from wherever a row was left.
    pub fn end_row(&mut self) {
        if self.levels().at == self.levels().row {
            self.advance();
        }
        while self.repetition() > 0 {
            self.advance();
        }
        let levels = self.levels_mut();
        levels.row = levels.at;
    }
}

struct TypedLeaf<T: DataType> {
    reader: ColumnReaderImpl<T>,
    values: Vec<T::T>,
    levels: Levels,
    meaning: Meaning,
    listed: Listed,
}

impl<T: DataType> Leaf for TypedLeaf<T>
where
    T::T: Scalar,
{
    fn fill(&mut self, rows: usize) -> io::Result<()> {
        let levels = &mut self.levels;
        levels.definitions.clear();
        levels.repetitions.clear();
        self.values.clear();
        self.listed.reset();
        let definitions = (levels.most > 0).then_some(&mut levels.definitions);
        let repetitions = levels.listed.then_some(&mut levels.repetitions);
        let read = self
            .reader
            .read_records(rows, definitions, repetitions, &mut self.values);
        let (found, _, count) = read.map_err(fault)?;
        (levels.count, levels.row, levels.at, levels.value) = (count, 0, 0, 0);
        match found == rows {
            true => Ok(()),
            false => Err(broken(format!("{found} values where {rows} rows are left"))),
        }
    }

    fn levels(&self) -> &Levels {
        &self.levels
    }

    fn levels_mut(&mut self) -> &mut Levels {
        &mut self.levels
    }

    fn write(&self, out: &mut Vec<u8>) -> io::Result<()> {
        let value = self.values.get(self.levels.value);
        value
            .ok_or_else(|| broken("there are fewer values than the column says"))?
            .write(&self.meaning, out)
    }
}

/// Opens a column of a group of rows; returns it, and the number of rows to decode at once.
pub(super) fn open(
    source: &Arc<Source>,
    group: &RowGroupMetaData,
    column: &LeafColumn,
) -> io::Result<(Box<dyn Leaf>, usize)> {
    let chunk = group.column(column.number);
    let description = chunk.column_descr_ptr();
    let prefixes = chunk
        .encodings()
        .any(|encoding| encoding == Encoding::DELTA_BYTE_ARRAY);
    let rows = usize::try_from(group.num_rows()).unwrap_or(0);
    let pages = SerializedPageReader::new(source.clone(), chunk, rows, None).map_err(fault)?;
    let listed = Listed::default();
    let pages = VerifiedPages::new(pages, &description, prefixes, listed.clone());
    let reader = get_column_reader(description.clone(), Box::new(pages));
    let levels = Levels::new(description.max_def_level(), description.max_rep_level() > 0);
    let typed = Opened {
        levels,
        meaning: column.meaning.clone(),
        listed,
    };
    let leaf = match reader {
        ColumnReader::BoolColumnReader(reader) => typed.leaf(reader),
        ColumnReader::Int32ColumnReader(reader) => typed.leaf(reader),
        ColumnReader::Int64ColumnReader(reader) => typed.leaf(reader),
        ColumnReader::Int96ColumnReader(reader) => typed.leaf(reader),
        ColumnReader::FloatColumnReader(reader) => typed.leaf(reader),
        ColumnReader::DoubleColumnReader(reader) => typed.leaf(reader),
        ColumnReader::ByteArrayColumnReader(reader) => typed.leaf(reader),
        ColumnReader::FixedLenByteArrayColumnReader(reader) => typed.leaf(reader),
    };
    Ok((leaf, if prefixes { ROWS_OF_PREFIXES } else { ROWS }))
}

/// A column before its type is known.
struct Opened {
    levels: Levels,
    meaning: Meaning,
    listed: Listed,
}

impl Opened {
    fn leaf<T: DataType>(self, reader: ColumnReaderImpl<T>) -> Box<dyn Leaf>
    where
        T::T: Scalar,
    {
        let Opened {
            levels,
            meaning,
            listed,
        } = self;
        Box::new(TypedLeaf {
            reader,
            values: Vec::new(),
            levels,
            meaning,
            listed,
        })
    }
}
