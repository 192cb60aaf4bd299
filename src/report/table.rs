//! One model of a table for all writers: terminal, HTML, Markdown and LaTeX.
//!
//! A table is plain data. Whoever fills it decides on the words and numbers; a writer decides on
//! widths, breaks, escapes and colours, and leaves out what its medium does not have, such as bars
//! outside HTML and emphasis outside the terminal.

use serde::Serialize;

/// A table; the first cell of a row names the row.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Table {
    /// The caption; not on the terminal, where titles stand above several tables.
    pub caption: String,
    /// The columns; none for rows without a header.
    pub columns: Vec<Column>,
    /// The rows, each with a cell for every column.
    pub rows: Vec<Vec<Cell>>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Column {
    /// The heading.
    pub name: String,
    /// True of a column of numbers. The terminal looks at the cells instead.
    pub numeric: bool,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[non_exhaustive]
pub struct Cell {
    /// The words or the number.
    pub text: String,
    /// The interval of the number.
    pub interval: Option<String>,
    /// The number as a bar; in HTML alone.
    pub bar: Option<Bar>,
    /// True of a number, which stands on the right; on the terminal alone.
    #[serde(skip)]
    pub numeric: bool,
    /// The emphasis; on the terminal alone.
    #[serde(skip)]
    pub emphasis: Option<Emphasis>,
}

/// The emphasis of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emphasis {
    /// A name of a row or column.
    Strong,
    /// Something good, or a term that speaks for an answer.
    Good,
    /// Something bad, or a term that speaks against an answer.
    Bad,
}

/// A bar from 0, with an interval; all from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Bar {
    /// The end of the bar.
    pub value: f64,
    /// The beginning of the interval.
    pub low: f64,
    /// The length of the interval.
    pub width: f64,
}

impl Column {
    /// A column of words.
    pub fn text(name: impl ToString) -> Column {
        Column {
            name: name.to_string(),
            numeric: false,
        }
    }

    /// A column of numbers.
    pub fn number(name: impl ToString) -> Column {
        Column {
            name: name.to_string(),
            numeric: true,
        }
    }
}

impl Cell {
    /// A cell of words.
    pub fn text(text: impl ToString) -> Cell {
        Cell {
            text: text.to_string(),
            ..Cell::default()
        }
    }

    /// A cell of a number that is written already.
    pub fn numeric(text: impl ToString) -> Cell {
        Cell {
            numeric: true,
            ..Cell::text(text)
        }
    }

    /// The cell with an emphasis.
    pub fn emphasis(self, emphasis: Emphasis) -> Cell {
        Cell {
            emphasis: Some(emphasis),
            ..self
        }
    }
}

#[cfg(feature = "cli")]
impl Table {
    /// Sets the columns of a table for the terminal by their names.
    pub(super) fn set_columns<N: ToString>(&mut self, names: impl IntoIterator<Item = N>) {
        self.columns = names.into_iter().map(Column::text).collect();
    }

    /// Adds a row.
    pub(super) fn add_row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }
}
