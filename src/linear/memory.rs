//! What each solver takes, and whether there is as much: checked before anything is allocated.
//!
//! Figures are of what grows with rows, features and labels, in bytes, with `n`, `d` and `k` their numbers, `w` the labels
//! that are solved side by side and `t` the threads:
//!
//! | solver | bytes |
//! |---|---|
//! | softmax | `128 n k` for 16 vectors of rows by labels, `4 d k` for the weights |
//! | one sigmoid a label, ridge | `128 n w` with `w` up to 20, `16 n k` for costs and answers, `4 d k` |
//! | the same with L1, softmax | `96 n k + 16 d k` |
//! | the same with L1, apart | `t (96 n + 16 d) + 16 n k` |
//! | SVM | `t w (8 d + 9 n)` with `w` up to 16, and `12 d k` for weights that are sparse but may not be zero anywhere |
//! | NB-SVM | `t w (24 d + 9 n) + 12 d k` |
//! | Crammer and Singer | `8 k (d + n)` |
//! | naive Bayes | `12 d k`, of independent labels `20 d k` |
//! | gradient descent | `32 d k` |
//! | stack | its greatest member |
//! | scores out of fold | `n k (4 m + 24)` for `m` members |

use super::{Classifier, Multi, Problem};
use crate::corpus::HeadKind;
use crate::wording::{Setting, Wording, wording};
use crate::{Error, Result};

/// What a solver is given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub rows: usize,
    pub features: usize,
    pub labels: usize,
    pub exclusive: bool,
    pub threads: usize,
}

impl Size {
    fn of(problem: &Problem<'_>) -> Self {
        Size {
            rows: problem.rows.rows(),
            features: problem.rows.columns(),
            labels: problem.targets.labels(),
            exclusive: problem.targets.kind() == HeadKind::Exclusive,
            threads: rayon::current_num_threads(),
        }
    }
}

/// The bytes of a weight that is not zero and of its place, in the solver and in the model: 20,000
/// labels of 20,000 rows and 40,977 terms took 11.8.
const SPARSE_WEIGHT: f64 = 12.0;

/// About how many bytes a classifier takes to be fitted.
pub(crate) fn needed(classifier: &Classifier, size: Size) -> u64 {
    let [n, d, k, t] =
        [size.rows, size.features, size.labels, size.threads].map(|count| count as f64);
    let side_by_side = |most: f64| k.min(most);
    let (sixteen, twenty) = (side_by_side(16.0), side_by_side(20.0));
    let apart = 128.0 * n * twenty + 16.0 * n * k + 4.0 * d * k;
    let bytes = match classifier {
        Classifier::Logistic(options) => {
            let joint = size.exclusive && options.multi == Multi::Softmax;
            match (options.penalty.l1_ratio().is_some(), joint) {
                (false, true) => 128.0 * n * k + 4.0 * d * k,
                (false, false) => apart,
                (true, true) => 96.0 * n * k + 16.0 * d * k,
                (true, false) => t.min(k) * (96.0 * n + 16.0 * d) + 16.0 * n * k,
            }
        }
        Classifier::Ridge(_) => apart,
        Classifier::Svm(_) => t.min(k) * sixteen * (8.0 * d + 9.0 * n) + SPARSE_WEIGHT * d * k,
        Classifier::NbSvm(_) => t.min(k) * sixteen * (24.0 * d + 9.0 * n) + SPARSE_WEIGHT * d * k,
        Classifier::CrammerSinger(_) => 8.0 * k * (d + n),
        Classifier::MultinomialNb(_) | Classifier::ComplementNb(_) | Classifier::BernoulliNb(_) => {
            if size.exclusive {
                12.0 * d * k
            } else {
                20.0 * d * k
            }
        }
        Classifier::Sgd(_) => 32.0 * d * k,
        Classifier::Stack(stack) => {
            let estimators = stack
                .estimators
                .iter()
                .map(|estimator| needed(&estimator.classifier, size));
            return estimators.max().unwrap_or(0);
        }
    };
    bytes as u64
}

/// A usage error if a classifier takes more than there is.
pub(super) fn verify(classifier: &Classifier, problem: &Problem<'_>) -> Result<()> {
    let size = Size::of(problem);
    let bytes = needed(classifier, size);
    if bytes <= problem.memory {
        return Ok(());
    }
    let Size {
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

/// What would fit.
fn remedy(classifier: &Classifier, size: Size, memory: u64) -> Wording {
    let fits = |size: Size| needed(classifier, size) <= memory;
    let features = greatest(size.features, |features| fits(Size { features, ..size }));
    let labels = greatest(size.labels, |labels| fits(Size { labels, ..size }));
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

/// The greatest number up to `most` that fits, if fewer always fit better; 0 if none does.
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

/// A usage error if scores of documents by labels take more than there is.
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
        let size = Size {
            rows: 10,
            features: 1000,
            labels: 100,
            exclusive: true,
            threads: 2,
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
        let size = Size {
            rows: 20_000,
            features: 30_000,
            labels: 20_000,
            exclusive: true,
            threads: 2,
        };
        assert!(needed(&LogisticRegression::default().into(), size) > 40 << 30);
        let svm = needed(&Classifier::default(), size);
        assert!(6 << 30 < svm && svm < 8 << 30, "{svm}");
    }
}
