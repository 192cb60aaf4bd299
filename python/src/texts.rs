//! Columns of texts from Python, read where they lie.
#![allow(unsafe_code)]

use crate::arrow::Column;
use crate::errors::OrRaise;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyString, PyTuple};
use standpoint::Error;

/// Value in a column of texts.
pub enum Cell<'a> {
    /// A text.
    Text(&'a str),
    /// No text.
    Null,
    /// Something else.
    Wrong(Error),
}

/// Texts that Python keeps in memory, and the owner of that memory.
pub struct PythonTexts {
    /// Slices into memory of the owner.
    slices: Vec<&'static str>,
    _owner: Owner,
}

/// Keeper of the memory of texts.
#[allow(dead_code)]
enum Owner {
    Strings(Py<PyTuple>),
    Column(Box<Column>),
}

impl PythonTexts {
    /// Reads a column: anything that speaks an Arrow interface, or a sequence of `str`. Nulls are
    /// empty texts if `empty_nulls`, and else an error that names the row.
    pub fn new(texts: &Bound<'_, PyAny>, empty_nulls: bool) -> PyResult<PythonTexts> {
        match Column::of(texts)? {
            Some(column) => PythonTexts::of_column(texts.py(), column, empty_nulls),
            None => PythonTexts::of_strings(texts, empty_nulls),
        }
    }

    fn of_column(py: Python<'_>, column: Column, empty_nulls: bool) -> PyResult<PythonTexts> {
        let column = Box::new(column);
        let mut slices = Slices::new(empty_nulls);
        column.each_cell(|cell| slices.add(cell));
        Ok(PythonTexts {
            // SAFETY: the column lives as long as the slices, in a box that never moves.
            slices: unsafe { slices.finish().or_raise(py)? },
            _owner: Owner::Column(column),
        })
    }

    fn of_strings(texts: &Bound<'_, PyAny>, empty_nulls: bool) -> PyResult<PythonTexts> {
        if texts.is_instance_of::<PyString>() {
            return Err(PyTypeError::new_err(
                "texts is one str, expected a list of them\n  help: write [text]",
            ));
        }
        // A tuple of one's own: a list may change while the lock is released.
        let strings = texts
            .py()
            .import("builtins")?
            .getattr("tuple")?
            .call1((texts,))?;
        let strings = strings.cast_into::<PyTuple>()?;
        let mut slices = Slices::new(empty_nulls);
        let items: Vec<Bound<'_, PyAny>> = strings.iter().collect();
        for item in &items {
            slices.add(cell(item));
        }
        Ok(PythonTexts {
            // SAFETY: strings never change, and the tuple keeps them.
            slices: unsafe { slices.finish().or_raise(texts.py())? },
            _owner: Owner::Strings(strings.clone().unbind()),
        })
    }

    /// Returns the texts.
    pub fn slices(&self) -> &[&str] {
        &self.slices
    }
}

fn cell<'a>(item: &'a Bound<'_, PyAny>) -> Cell<'a> {
    if let Ok(text) = item.cast::<PyString>() {
        return match text.to_str() {
            Ok(text) => Cell::Text(text),
            Err(_) => Cell::Wrong(Error::data("holds half a character (a lone surrogate)")),
        };
    }
    let is_nan = item
        .cast::<PyFloat>()
        .is_ok_and(|number| number.value().is_nan());
    let kind = item
        .get_type()
        .name()
        .map_or_else(|_| "object".into(), |name| name.to_string());
    match item.is_none() || is_nan || kind == "NAType" {
        true => Cell::Null,
        false => Cell::Wrong(Error::data(format!("is of type {kind}, expected str"))),
    }
}

/// Collector of slices.
struct Slices<'a> {
    empty_nulls: bool,
    slices: Vec<&'a str>,
    failed: Option<Error>,
}

impl<'a> Slices<'a> {
    fn new(empty_nulls: bool) -> Self {
        Slices {
            empty_nulls,
            slices: Vec::new(),
            failed: None,
        }
    }

    fn add(&mut self, cell: Cell<'a>) {
        let wrong = match cell {
            Cell::Text(text) => return self.slices.push(text),
            Cell::Null if self.empty_nulls => return self.slices.push(""),
            Cell::Null => Error::data("is null, expected a text")
                .help("leave such rows out, or pass nulls=\"empty\""),
            Cell::Wrong(error) => error,
        };
        let row = self.slices.len();
        self.slices.push("");
        self.failed
            .get_or_insert_with(|| wrong.at(format!("text {row}")));
    }

    /// Returns the slices, or the first error.
    ///
    /// # Safety
    /// The owner of their memory must live as long as the result, and not move it.
    unsafe fn finish(self) -> standpoint::Result<Vec<&'static str>> {
        match self.failed {
            Some(error) => Err(error),
            // SAFETY: as the caller promises.
            None => {
                Ok(unsafe { std::mem::transmute::<Vec<&'a str>, Vec<&'static str>>(self.slices) })
            }
        }
    }
}
