//! Constants of the classifiers that a comparison trains by name.
//!
//! The defaults of `train` suit its own default, the SVM. At the same constants logistic regression
//! and naive Bayes are smoothed so much on rows of length 1 that a comparison would judge the
//! constants and not the classifiers; docs/accuracy.md has the figures.

use crate::cli::args::ClassifierArgs;

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
}
