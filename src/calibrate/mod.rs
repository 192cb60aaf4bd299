//! Calibration, thresholds and conformal prediction: from decision values to probabilities,
//! predictions and "undecided".
//!
//! A [`Link`] maps a classifier's decision values to scores. Fitted on decision values of unseen
//! documents,
//!
//! - a [`Calibration`] maps them to probabilities, by [`Platt`]'s sigmoid, an [`Isotonic`] function
//!   or a [`temperature`];
//! - a [`ThresholdObjective`] selects the threshold of each label of an independent head, and a
//!   [`CostMatrix`] the label of the least expected cost of an exclusive head;
//! - [`Conformal`] prediction rules out answers at a stated error.
//!
//! ```
//! use standpoint::calibrate::{Calibration, Link, Method};
//! use standpoint::corpus::{HeadKind, Targets};
//!
//! let mut scores = [0.0, 0.0];
//! Link::Softmax.apply(&mut scores);
//! assert_eq!(scores, [0.5, 0.5]);
//! assert_eq!(Link::Logistic.threshold(), 0.5);
//!
//! let cells = vec![Some(true), Some(false), Some(true), Some(false)];
//! let targets = Targets::Independent { labels: 1, cells };
//! let decisions = [0.9, -0.8, 0.4, -0.1];
//! let calibration = Calibration::fit(Method::Platt, &decisions, &targets, None);
//! let mut scores = [0.5];
//! calibration.iter().for_each(|calibration| calibration.apply(HeadKind::Independent, &mut scores));
//! assert!(scores[0] > 0.5 && scores[0] < 1.0);
//! ```

mod calibration;
mod conformal;
mod costs;
mod isotonic;
mod max_f1;
mod platt;
mod sweep;
mod temperature;
mod thresholds;

pub use calibration::{Calibration, Method};
pub use conformal::{Conformal, Nonconformity, Origin, Verdict};
pub(crate) use costs::is_matrix;
pub use costs::{CostMatrix, LabelCosts, least_cost};
pub use isotonic::Isotonic;
pub use max_f1::max_f1;
pub use platt::Platt;
pub use temperature::temperature;
pub(crate) use thresholds::select_threshold;
pub use thresholds::{ThresholdObjective, ThresholdSelection};

pub use crate::math::links::Link;

use crate::corpus::Targets;
use crate::math::weights::SampleWeights;

/// The weight of the documents that hold a label, and of those that do not.
fn weights(documents: &[(f64, bool, f64)]) -> (f64, f64) {
    let weight = |of: bool| {
        documents
            .iter()
            .filter(|document| document.1 == of)
            .map(|document| document.2)
            .sum()
    };
    (weight(true), weight(false))
}

/// Decision value, answer and weight of the documents whose answer for `label` is known, and of
/// which the classifier had learnt the label.
fn of_label(
    decisions: &[f64],
    targets: &Targets,
    weights: Option<&[f32]>,
    label: usize,
) -> Vec<(f64, bool, f64)> {
    let weights = SampleWeights::from(weights);
    let known = (0..targets.documents()).filter_map(|document| {
        let holds = targets.holds(document, label)?;
        let decision = decisions[document * targets.labels() + label];
        (decision > f64::NEG_INFINITY).then_some((decision, holds, weights.of(document)))
    });
    known.collect()
}
