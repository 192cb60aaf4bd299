//! Vectorisers: TF-IDF and hashing, whose rows cross as the parts of a CSR matrix.

use crate::errors::OrRaise;
use crate::options::{FeatureOptions, HashingSettings, parsed};
use crate::texts::PythonTexts;
use crate::work::run;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes};
use standpoint::Model;
use standpoint::features::{self, SparseRows};
use standpoint::text::Texts;

/// Parts of a CSR matrix: ends of rows behind a 0, columns and values as bytes of int64, int32 and
/// float32, and the shape. Byte arrays can be written to, so that NumPy needs no copy of its own.
pub type Compressed<'py> = (
    Bound<'py, PyByteArray>,
    Bound<'py, PyByteArray>,
    Bound<'py, PyByteArray>,
    (usize, usize),
);

/// Returns the parts of a matrix.
pub fn compressed<'py>(py: Python<'py>, rows: &SparseRows) -> Compressed<'py> {
    let ends = std::iter::once(0).chain(rows.ends().iter().copied());
    let ends: Vec<i64> = ends.map(|end| end as i64).collect();
    // Columns are below 2³¹, so that they are the same as signed numbers.
    (
        PyByteArray::new(py, bytes_of(&ends)),
        PyByteArray::new(py, bytes_of(rows.indices())),
        PyByteArray::new(py, bytes_of(rows.values())),
        (rows.rows(), rows.columns()),
    )
}

/// Returns the rows that `transform` makes of texts, as the parts of a CSR matrix.
pub fn transformed<'py>(
    texts: &Bound<'py, PyAny>,
    empty_nulls: bool,
    transform: impl FnOnce(&Texts) -> SparseRows + Send,
) -> PyResult<Compressed<'py>> {
    let py = texts.py();
    let texts = PythonTexts::new(texts, empty_nulls)?;
    let rows = run(py, |_| {
        let texts: Texts = texts.slices().iter().collect();
        Ok(transform(&texts))
    })?;
    Ok(compressed(py, &rows))
}

/// Returns the bytes of numbers.
pub fn bytes_of<T: bytemuck::NoUninit>(numbers: &[T]) -> &[u8] {
    bytemuck::cast_slice(numbers)
}

/// Fitted TF-IDF features.
#[pyclass(frozen, module = "standpoint._standpoint")]
pub struct TfIdf(pub features::TfIdf);

#[pymethods]
impl TfIdf {
    /// Fits options, as JSON, to texts.
    #[staticmethod]
    fn fit(texts: &Bound<'_, PyAny>, empty_nulls: bool, options: &str) -> PyResult<TfIdf> {
        let py = texts.py();
        let options = parsed::<FeatureOptions>(options).or_raise(py)?;
        let texts = PythonTexts::new(texts, empty_nulls)?;
        let tfidf = run(py, |watch| {
            let texts: Texts = texts.slices().iter().collect();
            features::TfIdf::fit(&options.options()?, &texts, watch)
        })?;
        Ok(TfIdf(tfidf))
    }

    /// Fits as `fit` and returns the rows of the texts, too.
    #[staticmethod]
    fn fit_transform<'py>(
        texts: &Bound<'py, PyAny>,
        empty_nulls: bool,
        options: &str,
    ) -> PyResult<(TfIdf, Compressed<'py>)> {
        let py = texts.py();
        let options = parsed::<FeatureOptions>(options).or_raise(py)?;
        let texts = PythonTexts::new(texts, empty_nulls)?;
        let (tfidf, rows) = run(py, |watch| {
            let texts: Texts = texts.slices().iter().collect();
            features::TfIdf::fit_transform(&options.options()?, &texts, watch)
        })?;
        Ok((TfIdf(tfidf), compressed(py, &rows)))
    }

    fn transform<'py>(
        &self,
        texts: &Bound<'py, PyAny>,
        empty_nulls: bool,
    ) -> PyResult<Compressed<'py>> {
        transformed(texts, empty_nulls, |texts| self.0.transform_texts(texts))
    }

    /// Returns the terms in the order of their columns.
    fn terms(&self) -> Vec<String> {
        let vocabulary = self.0.vocabulary();
        let terms = (0..vocabulary.len()).map(|column| vocabulary.term(column).into_owned());
        terms.collect()
    }

    /// Returns the number of columns of words, which come before those of characters.
    fn words(&self) -> usize {
        self.0.vocabulary().words()
    }

    /// Returns the idf of every column as bytes of float32.
    fn idf<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, bytes_of(self.0.idf()))
    }

    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = run(py, |_| Ok(Model::of_features(self.0.clone()).to_bytes()))?;
        Ok(PyBytes::new(py, &bytes))
    }

    #[staticmethod]
    fn from_bytes(py: Python<'_>, bytes: &[u8]) -> PyResult<TfIdf> {
        let model = run(py, |_| Model::from_bytes(bytes))?;
        Ok(TfIdf(model.tfidf().clone()))
    }
}

/// Feature hashing.
#[pyclass(frozen, module = "standpoint._standpoint")]
pub struct Hashing(features::Hashing);

#[pymethods]
impl Hashing {
    #[new]
    fn new(py: Python<'_>, options: &str) -> PyResult<Hashing> {
        let options = parsed::<HashingSettings>(options).or_raise(py)?;
        let hashing = options.options().and_then(features::Hashing::new);
        hashing.map(Hashing).or_raise(py)
    }

    fn transform<'py>(
        &self,
        texts: &Bound<'py, PyAny>,
        empty_nulls: bool,
    ) -> PyResult<Compressed<'py>> {
        transformed(texts, empty_nulls, |texts| self.0.transform_texts(texts))
    }
}
