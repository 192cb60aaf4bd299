//! Models of terms and weights that another tool found.

use crate::errors::OrRaise;
use crate::model::Model;
use crate::options::{FeatureOptions, parsed};
use crate::solver::numbers;
use crate::work::run;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use serde::Deserialize;
use standpoint::calibrate::Link;
use standpoint::corpus::HeadKind;
use standpoint::exchange::{ForeignFeatures, ForeignHead};
use standpoint::linear::Classifier;

/// Head without its weights.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    name: String,
    kind: HeadKind,
    labels: Vec<String>,
    classifier: Classifier,
    link: Link,
}

/// Makes a model of terms in the order of a tool's columns, their idf as bytes of float32, and a
/// head with its weights, labels by columns in float32, and its biases in float64.
#[pyfunction]
#[allow(clippy::too_many_arguments)]
pub fn of_weights(
    py: Python<'_>,
    names: (String, String),
    options: &str,
    terms: Vec<String>,
    are_characters: bool,
    idf: PyBackedBytes,
    head: &str,
    weights: (PyBackedBytes, PyBackedBytes),
) -> PyResult<Model> {
    let options: FeatureOptions = parsed(options).or_raise(py)?;
    let head: Head = parsed(head).or_raise(py)?;
    let (name, tool) = names;
    let model = run(py, |_| {
        let features = ForeignFeatures {
            options: options.options()?,
            terms,
            are_characters,
            idf: numbers(&idf),
        };
        let head = ForeignHead {
            name: head.name,
            kind: head.kind,
            labels: head.labels,
            classifier: head.classifier,
            link: head.link,
            weights: numbers(&weights.0),
            bias: numbers(&weights.1),
        };
        standpoint::Model::of_weights(&name, &tool, features, vec![head])
    })?;
    Ok(Model(model))
}
