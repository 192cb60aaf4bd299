//! Solvers on sparse matrices.

use crate::errors::OrRaise;
use crate::features::bytes_of;
use crate::options::parsed;
use crate::work::run;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;
use standpoint::corpus::{HeadKind, Targets};
use standpoint::features::SparseRows;
use standpoint::linear::{Classifier, LinearModel};
use standpoint::{Error, Result};

/// Weights of a linear model as Python takes them: labels by features in float32, biases in
/// float64, and the link from decision values to probabilities.
type Weights<'py> = (Bound<'py, PyBytes>, Bound<'py, PyBytes>, String);

/// Returns names, descriptions and parameters of the classifiers.
#[pyfunction]
pub fn classifiers() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    let parameters = |known: &standpoint::linear::ClassifierInfo| {
        known
            .parameters
            .iter()
            .map(|parameter| parameter.name())
            .collect()
    };
    Classifier::all()
        .map(|known| (known.name, known.summary, parameters(known)))
        .collect()
}

/// Fits a classifier, as JSON, to a CSR matrix: ends of rows as int64, columns as int32, values as
/// float32. `classes` are numbers of labels as int64; with two labels one vector of weights speaks
/// for the second.
#[pyfunction]
#[allow(clippy::too_many_arguments)]
pub fn fit_linear<'py>(
    py: Python<'py>,
    classifier: &str,
    matrix: (PyBackedBytes, PyBackedBytes, PyBackedBytes),
    columns: usize,
    classes: &[u8],
    labels: usize,
    sample_weight: Option<&[u8]>,
) -> PyResult<Weights<'py>> {
    let classifier: Classifier = parsed(classifier).or_raise(py)?;
    let targets = targets(&numbers::<i64>(classes), labels).or_raise(py)?;
    let weights = sample_weight.map(numbers::<f32>);
    let (indptr, indices, values) = matrix;
    let ends = numbers::<i64>(&indptr).into_iter().skip(1);
    let (model, link) = run(py, |watch| {
        let rows = SparseRows::from_compressed(
            columns,
            ends.map(|end| end as usize).collect(),
            numbers(&indices),
            numbers(&values),
        )?;
        let model = classifier.fit_rows(&rows, &targets, weights.as_deref(), watch)?;
        Ok((model, classifier.link(targets.kind())))
    })?;
    let weights = transposed(&model);
    Ok((
        PyBytes::new(py, bytes_of(&weights)),
        PyBytes::new(py, bytes_of(model.bias())),
        format!("{link:?}").to_lowercase(),
    ))
}

/// Returns the numbers that bytes hold.
pub fn numbers<T: bytemuck::Pod>(bytes: &[u8]) -> Vec<T> {
    bytemuck::pod_collect_to_vec(bytes)
}

fn targets(classes: &[i64], labels: usize) -> Result<Targets> {
    let number = |class: i64| usize::try_from(class).ok().filter(|class| *class < labels);
    if let Some(class) = classes.iter().find(|class| number(**class).is_none()) {
        return Err(Error::data(format!(
            "class {class} is not one of {labels} labels"
        )));
    }
    Ok(match labels {
        2 => Targets::Independent {
            labels: 1,
            cells: classes.iter().map(|class| Some(*class == 1)).collect(),
        },
        labels => Targets::Exclusive {
            labels,
            of: classes.iter().map(|class| Some(*class as u32)).collect(),
        },
    })
}

/// Returns the weights as labels by features.
fn transposed(model: &LinearModel) -> Vec<f32> {
    let (features, labels) = (model.features(), model.labels());
    let mut weights = vec![0.0; features * labels];
    for feature in 0..features {
        for (label, weight) in model.weights_of(feature).enumerate() {
            weights[label * features + feature] = weight;
        }
    }
    debug_assert!(model.kind() == HeadKind::Independent || labels != 2);
    weights
}
