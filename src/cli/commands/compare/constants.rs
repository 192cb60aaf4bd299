//! Constants of the classifiers that a comparison trains by name.
//!
//! The defaults of `train` suit its own default, the SVM. At the same constants logistic regression
//! and naive Bayes are smoothed so much on rows of length 1 that a comparison would judge the
//! constants and not the classifiers; docs/accuracy.md has the figures.

use crate::cli::args::ClassifierArgs;
use standpoint::linear::{ClassifierInfo, Parameter};

/// Returns the constants with which a classifier is near its own best on most corpora.
pub fn of(classifier: &str) -> ClassifierArgs {
    let mut constants = ClassifierArgs::default();
    match classifier {
        "nb" => constants.alpha = Some(0.01),
        "cnb" => constants.alpha = Some(0.03),
        "bnb" => constants.alpha = Some(0.1),
        "ridge" => constants.alpha = Some(0.3),
        "lr" => constants.c = Some(30.0),
        "nbsvm" => {
            constants.ratio_exponent = Some(0.6);
            constants.alpha = Some(0.1);
        }
        _ => {}
    }
    constants
}

/// Returns the remedy for labels that a classifier never predicts with its constants; `None` if it
/// has no C.
pub fn remedy(classifier: &ClassifierInfo) -> Option<String> {
    let name = classifier.name;
    let c = of(name).c.unwrap_or(1.0);
    classifier.parameters.contains(&Parameter::C).then(|| {
        format!(
            "its C is {c} here; `train --classifier {name} -C {}` fits rare labels more closely, \
            and `tune` searches for the best",
            10.0 * c
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use standpoint::linear::Classifier;

    #[test]
    fn constants_are_parameters_of_their_classifier() {
        for known in Classifier::all() {
            let built = of(known.name).named(known.name, 0);
            assert!(built.is_ok(), "{}: {built:?}", known.name);
        }
    }

    #[test]
    fn a_remedy_names_a_greater_c() {
        let of_name = |name| Classifier::named(name).ok().and_then(remedy);
        let lr = of_name("lr").unwrap_or_default();
        assert!(lr.contains("C is 30 ") && lr.contains("-C 300"), "{lr}");
        assert_eq!(of_name("nb"), None);
    }
}
