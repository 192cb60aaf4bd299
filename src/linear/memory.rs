//! Memory of solvers, checked before anything is allocated.
//!
//! Each solver estimates what grows with rows, features and labels
//! ([`Solver::bytes`](super::solver::Solver::bytes)); the estimates were held against measured
//! peaks. Out-of-fold scores take 4 bytes a row, label and estimator, and 24 for what is made of
//! them.

use super::{Classifier, Problem};
use crate::corpus::HeadKind;
use crate::wording::{Setting, Wording, wording};
use crate::{Error, Result};

/// Size of a problem, in numbers to calculate with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProblemSize {
    pub rows: f64,
    pub features: f64,
    pub labels: f64,
    pub exclusive: bool,
    pub threads: f64,
}

impl ProblemSize {
    fn of(problem: &Problem<'_>) -> Self {
        ProblemSize {
            rows: problem.rows.rows() as f64,
            features: problem.rows.columns() as f64,
            labels: problem.targets.labels() as f64,
            exclusive: problem.targets.kind() == HeadKind::Exclusive,
            threads: rayon::current_num_threads() as f64,
        }
    }
}

/// Bytes of a weight that is not zero and of its place, in the solver and in the model: 20,000
/// labels of 20,000 rows and 40,977 terms took 11.8.
pub(super) const SPARSE_WEIGHT_BYTES: f64 = 12.0;

/// Estimates the memory that fitting a classifier takes, in bytes.
pub(crate) fn needed(classifier: &Classifier, size: ProblemSize) -> u64 {
    classifier.solver().bytes(size) as u64
}

/// Checks that a classifier takes no more memory than there is.
///
/// # Errors
/// A usage error with a remedy.
pub(super) fn verify(classifier: &Classifier, problem: &Problem<'_>) -> Result<()> {
    let size = ProblemSize::of(problem);
    let bytes = needed(classifier, size);
    if bytes <= problem.memory {
        return Ok(());
    }
    let ProblemSize {
        rows,
        features,
        labels,
        ..
    } = size;
    Err(Error::usage(format!(
        "{classifier} over {labels} labels, {features} terms and {rows} rows takes about {} of memory, but there are {}",
        shown(bytes),
        shown(problem.memory)
    ))
    .help(remedy(classifier, size, problem.memory)))
}

/// Names the sizes and the classifier that would fit.
fn remedy(classifier: &Classifier, size: ProblemSize, memory: u64) -> Wording {
    let fits = |size: ProblemSize| needed(classifier, size) <= memory;
    let features = greatest(size.features as usize, |features| {
        fits(ProblemSize {
            features: features as f64,
            ..size
        })
    });
    let labels = greatest(size.labels as usize, |labels| {
        fits(ProblemSize {
            labels: labels as f64,
            ..size
        })
    });
    let fewer = match (features, labels) {
        (0, 0) => "give fewer rows".into(),
        (0, labels) => format!("give rows of at most {labels} labels").into(),
        (features, _) => wording![
            "keep fewer terms: ",
            Setting::MaxFeatures.value(features.to_string())
        ],
    };
    let svm_fits = needed(&Classifier::default(), size) <= memory;
    let svm = if svm_fits {
        wording![
            ", use ",
            Setting::Classifier.value("svm"),
            ", which takes less"
        ]
    } else {
        Wording::default()
    };
    wording![fewer, svm, ", or allow more with ", Setting::Memory]
}

/// Returns the greatest number up to `most` that fits, by bisection; 0 if none does.
fn greatest(most: usize, fits: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = high - (high - low) / 2;
        if fits(middle) {
            low = middle
        } else {
            high = middle - 1
        }
    }
    low
}

/// Checks that scores of documents by labels take no more memory than there is.
///
/// # Errors
/// A usage error with a remedy.
pub(crate) fn verify_scores(
    what: &str,
    estimators: usize,
    rows: usize,
    labels: usize,
    memory: u64,
) -> Result<()> {
    let bytes = (rows as u64)
        .saturating_mul(labels as u64)
        .saturating_mul(4 * estimators as u64 + 24);
    if bytes <= memory {
        return Ok(());
    }
    Err(Error::usage(format!(
        "{what} of {rows} documents and {labels} labels take about {} of memory, but there are {}",
        shown(bytes),
        shown(memory)
    ))
    .help(wording![
        "train a single classifier with ",
        Setting::Thresholds.value("fixed"),
        " and without ",
        Setting::Calibrate,
        " and ",
        Setting::Abstain,
        ", or allow more with ",
        Setting::Memory
    ]))
}

fn shown(bytes: u64) -> String {
    let units = [(30, "GB"), (20, "MB"), (10, "kB")];
    let fitting = units.into_iter().find(|(shift, _)| bytes >> shift > 0);
    let (shift, unit) = fitting.unwrap_or((0, "bytes"));
    let number = bytes as f64 / f64::from(1u32 << shift);
    if number < 10.0 && shift > 0 {
        format!("{number:.1} {unit}")
    } else {
        format!("{number:.0} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear::{LogisticRegression, MultinomialNb};

    #[test]
    fn what_fits_is_the_greatest_that_does() {
        assert_eq!(greatest(100, |at| at <= 37), 37);
        assert_eq!(
            (greatest(100, |_| false), greatest(100, |_| true)),
            (0, 100)
        );
        let size = ProblemSize {
            rows: 10.0,
            features: 1000.0,
            labels: 100.0,
            exclusive: true,
            threads: 2.0,
        };
        let remedy = remedy(&MultinomialNb::default().into(), size, 600_000);
        assert!(
            remedy.to_string().contains("max_features = 500"),
            "{remedy}"
        );
        assert_eq!(
            (shown(1 << 30), shown(1500 << 20), shown(9)),
            ("1.0 GB".into(), "1.5 GB".into(), "9 bytes".into())
        );
    }

    #[test]
    fn twenty_thousand_labels_of_softmax_are_many_gigabytes() {
        let size = ProblemSize {
            rows: 20_000.0,
            features: 30_000.0,
            labels: 20_000.0,
            exclusive: true,
            threads: 2.0,
        };
        assert!(needed(&LogisticRegression::default().into(), size) > 40 << 30);
        let svm = needed(&Classifier::default(), size);
        assert!(6 << 30 < svm && svm < 8 << 30, "{svm}");
    }
}
