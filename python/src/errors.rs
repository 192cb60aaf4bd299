//! Errors of the library as Python exceptions, in the names of Python's keyword arguments.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use standpoint::{Error, ErrorKind, NamedSetting, Setting};

/// Returns the name of the keyword argument that sets something; `None` where Python has none.
fn keyword(setting: Setting) -> Option<&'static str> {
    Some(match setting {
        Setting::Format => "format",
        Setting::Encoding => "encoding",
        Setting::Delimiter => "delimiter",
        Setting::Quote => "quote",
        Setting::MaxRow => "max_row",
        Setting::NoHeader => "header",
        Setting::Text => "text",
        Setting::ExclusiveHead => "label",
        Setting::IndependentHead => "labels",
        Setting::MissingValues => "missing",
        Setting::Id => "id",
        Setting::Weight => "sample_weight",
        Setting::Filters => "where",
        Setting::Unlabelled => "unlabelled",
        Setting::Rejects => "skip_bad",
        Setting::Force => "force",
        Setting::Language => "language",
        Setting::Hyphens => "hyphens",
        Setting::Umlauts => "umlauts",
        Setting::StopWords => "stop_words",
        Setting::NoStem => "stem",
        Setting::WordNgrams => "word_ngrams",
        Setting::Tf => "tf",
        Setting::Idf => "idf",
        Setting::Norm => "norm",
        Setting::MinDf => "min_df",
        Setting::MaxDf => "max_df",
        Setting::MaxFeatures => "max_features",
        Setting::Classifier => "classifier",
        Setting::Thresholds => "thresholds",
        Setting::Calibrate => "calibrate",
        Setting::CalibrationSet => "calibration_set",
        Setting::Folds => "folds",
        Setting::Abstain => "abstain",
        Setting::Background => "background",
        Setting::Memory => "memory",
        _ => return None,
    })
}

/// Returns a setting as a keyword argument, or by the library's name.
pub fn named(setting: &NamedSetting) -> String {
    let name = keyword(setting.setting()).unwrap_or(setting.setting().name());
    match (setting.value(), setting.placeholder()) {
        (Some(value), _) => format!("`{name}={value:?}`"),
        (None, Some(placeholder)) => format!("`{name}={placeholder}`"),
        (None, None) => format!("`{name}`"),
    }
}

/// Returns the exception for an error: a subclass of `StandpointError` by the side that has to act.
pub fn exception(py: Python<'_>, error: &Error) -> PyErr {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let kind = match error.kind() {
        ErrorKind::Usage => "usage",
        ErrorKind::Data => "data",
        ErrorKind::Model => "model",
        ErrorKind::Io => "io",
        _ => "other",
    };
    let message = error.message_with_names(named);
    let remedy = error.remedy().map(|remedy| remedy.with_names(named));
    let made = MAKE
        .import(py, "standpoint.errors", "of_library")
        .and_then(|make| make.call1((kind, message, error.location(), remedy)));
    match made {
        Ok(exception) => PyErr::from_value(exception),
        Err(failed) => failed,
    }
}

/// Results of the library for callers that hold the interpreter lock.
pub trait OrRaise<T> {
    /// Returns the value, or the exception for the error.
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for standpoint::Result<T> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| exception(py, &error))
    }
}

/// Returns the library's name of every setting beside the keyword argument that messages name.
#[pyfunction]
pub fn setting_names() -> Vec<(&'static str, Option<&'static str>)> {
    let names = |setting: &Setting| (setting.name(), keyword(*setting));
    Setting::ALL.iter().map(names).collect()
}
