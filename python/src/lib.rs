//! The crossing between Python and the library: objects, texts, errors and signals.
//!
//! It stands on the library's public API alone and decides nothing itself. Results cross as JSON or
//! as the bytes of arrays; `python/standpoint` makes Python objects and arrays of them.

mod arrow;
mod compare;
mod corpus;
mod errors;
mod features;
mod foreign;
mod model;
mod options;
mod pool;
mod results;
mod solver;
mod texts;
mod train;
mod work;

use pyo3::prelude::*;

/// Native half of the package `standpoint`.
#[pymodule]
mod _standpoint {
    #[pymodule_export]
    use super::compare::compare;
    #[pymodule_export]
    use super::corpus::Source;
    #[pymodule_export]
    use super::errors::setting_names;
    #[pymodule_export]
    use super::features::{Hashing, TfIdf};
    #[pymodule_export]
    use super::foreign::of_weights;
    #[pymodule_export]
    use super::model::Model;
    #[pymodule_export]
    use super::pool::{set_threads, threads};
    #[pymodule_export]
    use super::results::{check, evaluate};
    #[pymodule_export]
    use super::solver::{classifiers, fit_linear};
    #[pymodule_export]
    use super::train::{
        fit_merge, fit_part, merge_surveys, preset_choices, survey_languages, train, train_from,
        train_stream, tune,
    };
}
