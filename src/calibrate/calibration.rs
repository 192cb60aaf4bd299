//! Calibration of one head: decision values in, probabilities out.

use super::{Isotonic, Platt, temperature};
use crate::corpus::{HeadKind, Targets};
use crate::math::links::{sigmoid, softmax};
use crate::math::weights::SampleWeights;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Calibration method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// The default: if scores of unseen documents are available anyway, [`Platt`](Self::Platt) for
    /// an independent head and [`Temperature`](Self::Temperature) for an exclusive one; else none.
    #[default]
    Auto,
    /// No calibration: scores are those of the classifier's [`Link`](super::Link).
    None,
    /// Sigmoid for each label: [`Platt`].
    Platt,
    /// Increasing step function for each label: [`Isotonic`].
    Isotonic,
    /// Temperature, for independent labels one a label: [`temperature`].
    Temperature,
}

impl FromStr for Method {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "none" => Ok(Method::None),
            "platt" => Ok(Method::Platt),
            "isotonic" => Ok(Method::Isotonic),
            "temperature" => Ok(Method::Temperature),
            _ => Err(Error::usage(format!("unknown calibration `{name}`"))
                .help("one of none, platt, isotonic, temperature")),
        }
    }
}

/// Fitted map from the decision values of a head to probabilities.
///
/// Labels of an independent head are calibrated one by one, and nothing makes their probabilities
/// sum to 1. For an exclusive head Platt's and isotonic curves are fitted to each label against the
/// rest, and divided by their sum (Zadrozny and Elkan, KDD 2002), after which another label may be
/// the most probable; a temperature leaves the order as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Calibration {
    /// One sigmoid a label.
    Platt(Vec<Platt>),
    /// One curve a label.
    Isotonic(Vec<Isotonic>),
    /// One temperature, or one a label of an independent head.
    Temperature(Vec<f64>),
}

impl Calibration {
    /// Fits decision values, documents by labels, of documents that were not learnt from. Unknown
    /// answers are left out, and so are decision values of −∞, which stand for labels that the
    /// classifier had not learnt. `None` for methods that are none.
    pub fn fit(
        method: Method,
        decisions: &[f64],
        targets: &Targets,
        weights: Option<&[f32]>,
    ) -> Option<Self> {
        let labels = 0..targets.labels();
        let points = |label| super::of_label(decisions, targets, weights, label);
        match method {
            Method::Auto | Method::None => None,
            Method::Platt => Some(Calibration::Platt(
                labels.map(|label| Platt::fit(&points(label))).collect(),
            )),
            Method::Isotonic => Some(Calibration::Isotonic(
                labels.map(|label| Isotonic::fit(&points(label))).collect(),
            )),
            Method::Temperature => Some(Calibration::Temperature(match targets {
                Targets::Exclusive { of, .. } => {
                    vec![of_softmax(decisions, of, targets.labels(), weights)]
                }
                Targets::Independent { .. } => {
                    labels.map(|label| of_sigmoid(&points(label))).collect()
                }
            })),
        }
    }

    /// Replaces the decision values of one document by probabilities.
    pub fn apply(&self, kind: HeadKind, decisions: &mut [f64]) {
        match self {
            Calibration::Temperature(of) if kind == HeadKind::Exclusive => {
                decisions.iter_mut().for_each(|d| *d /= of[0]);
                softmax(decisions);
            }
            _ => decisions
                .iter_mut()
                .enumerate()
                .for_each(|(label, d)| *d = self.probability(label, *d)),
        }
        if kind == HeadKind::Exclusive {
            let sum: f64 = decisions.iter().sum();
            let uniform = 1.0 / decisions.len() as f64;
            decisions
                .iter_mut()
                .for_each(|p| *p = if sum > 0.0 { *p / sum } else { uniform });
        }
    }

    /// Returns the probability of one label by itself.
    pub fn probability(&self, label: usize, decision: f64) -> f64 {
        match self {
            Calibration::Platt(of) => of[label].probability(decision),
            Calibration::Isotonic(of) => of[label].probability(decision),
            Calibration::Temperature(of) => sigmoid(decision / of[label.min(of.len() - 1)]),
        }
    }

    /// Returns the method's name.
    pub fn name(&self) -> &'static str {
        match self {
            Calibration::Platt(_) => "platt",
            Calibration::Isotonic(_) => "isotonic",
            Calibration::Temperature(_) => "temperature",
        }
    }

    /// Returns true for a non-decreasing calibration of `labels` labels with finite numbers.
    pub(crate) fn is_valid(&self, kind: HeadKind, labels: usize) -> bool {
        match self {
            Calibration::Platt(of) => {
                let good =
                    |p: &Platt| p.slope >= 0.0 && p.slope.is_finite() && p.intercept.is_finite();
                of.len() == labels && of.iter().all(good)
            }
            Calibration::Isotonic(of) => of.len() == labels && of.iter().all(Isotonic::is_valid),
            Calibration::Temperature(of) => {
                let expected = if kind == HeadKind::Exclusive {
                    1
                } else {
                    labels
                };
                of.len() == expected && of.iter().all(|t| *t > 0.0 && t.is_finite())
            }
        }
    }
}

fn of_softmax(
    decisions: &[f64],
    of: &[Option<u32>],
    labels: usize,
    weights: Option<&[f32]>,
) -> f64 {
    let weights = SampleWeights::from(weights);
    let (mut known, mut truth) = (Vec::new(), Vec::new());
    for (row, of) in of.iter().enumerate() {
        if let Some(of) = of {
            let row_decisions = &decisions[row * labels..(row + 1) * labels];
            // A label that was not seen gets the least decision value of the others.
            let least = row_decisions
                .iter()
                .copied()
                .filter(|d| d.is_finite())
                .fold(f64::INFINITY, f64::min);
            let least = if least.is_finite() { least } else { 0.0 };
            known.extend(
                row_decisions
                    .iter()
                    .map(|&d| if d == f64::NEG_INFINITY { least } else { d }),
            );
            truth.push((*of as usize, weights.of(row)));
        }
    }
    temperature(labels, &known, &truth)
}

/// A sigmoid is the softmax of the decision value and 0.
fn of_sigmoid(points: &[(f64, bool, f64)]) -> f64 {
    let decisions: Vec<f64> = points.iter().flat_map(|point| [0.0, point.0]).collect();
    let truth: Vec<(usize, f64)> = points
        .iter()
        .map(|point| (usize::from(point.1), point.2))
        .collect();
    temperature(2, &decisions, &truth)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fitted(method: Method, kind: HeadKind, rows: &[(Vec<f64>, u32)]) -> Calibration {
        let decisions: Vec<f64> = rows.iter().flat_map(|row| row.0.clone()).collect();
        let targets = match kind {
            HeadKind::Exclusive => Targets::Exclusive {
                labels: 3,
                of: rows.iter().map(|row| Some(row.1)).collect(),
            },
            HeadKind::Independent => Targets::Independent {
                labels: 3,
                cells: rows
                    .iter()
                    .flat_map(|row| (0..3).map(|label| Some(row.1 >= label)))
                    .collect(),
            },
        };
        Calibration::fit(method, &decisions, &targets, None).unwrap()
    }

    proptest! {
        #[test]
        fn probabilities_are_such_and_sum_to_one_only_where_one_label_holds(
            rows in prop::collection::vec((prop::collection::vec(-9.0..9.0f64, 3), 0..3u32), 1..40),
            asked in prop::collection::vec(-1e4..1e4f64, 3),
        ) {
            for method in [Method::Platt, Method::Isotonic, Method::Temperature] {
                for kind in [HeadKind::Exclusive, HeadKind::Independent] {
                    let calibration = fitted(method, kind, &rows);
                    prop_assert!(calibration.is_valid(kind, 3));
                    let mut p = asked.clone();
                    calibration.apply(kind, &mut p);
                    prop_assert!(p.iter().all(|p| (0.0..=1.0).contains(p)), "{:?}", p);
                    if kind == HeadKind::Exclusive {
                        prop_assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-9);
                    } else {
                        let mut higher: Vec<f64> = asked.iter().map(|d| d + 1.0).collect();
                        calibration.apply(kind, &mut higher);
                        prop_assert!(p.iter().zip(&higher).all(|(low, high)| low <= high));
                    }
                }
            }
        }
    }
}
