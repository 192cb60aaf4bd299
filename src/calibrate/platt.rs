//! Platt scaling: a sigmoid of the decision value.

use crate::math::links::sigmoid;
use serde::{Deserialize, Serialize};

/// `p = 1 / (1 + exp(−(slope · d + intercept)))`, the slope never negative.
///
/// Slope and intercept minimise the log loss against the smoothed targets `(N₊ + 1) / (N₊ + 2)` and
/// `1 / (N₋ + 2)`, `N` being the weight of the documents that hold the label and do not (Platt,
/// "Probabilistic Outputs for Support Vector Machines", Advances in Large Margin Classifiers,
/// 1999), by Newton's method with backtracking and in terms that neither overflow nor cancel (Lin,
/// Lin and Weng, "A Note on Platt's Probabilistic Outputs for Support Vector Machines", Machine
/// Learning 68, 2007). Where greater decision values do not speak for the label the slope is 0,
/// every document has the smoothed share of the label, and one threshold holds for all or for none.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Platt {
    /// Growth of the log odds with the decision value; 0 or more.
    pub slope: f64,
    /// The log-odds at a decision value of 0.
    pub intercept: f64,
}

const STEPS: usize = 100;

impl Platt {
    /// Fits documents given as decision value, answer and weight.
    ///
    /// ```
    /// use standpoint::calibrate::Platt;
    /// let platt = Platt::fit(&[(2.0, true, 1.0), (1.0, true, 1.0), (-1.0, false, 1.0), (0.5, false, 1.0)]);
    /// assert!(platt.probability(2.0) > 0.6 && platt.probability(-1.0) < 0.4);
    /// ```
    pub fn fit(documents: &[(f64, bool, f64)]) -> Self {
        let (yes, no) = super::weights(documents);
        let (upper, lower) = ((yes + 1.0) / (yes + 2.0), 1.0 / (no + 2.0));
        let share = (yes * upper + no * lower) / (yes + no).max(f64::MIN_POSITIVE);
        let share = if yes + no > 0.0 { share } else { 0.5 };
        let constant = Platt {
            slope: 0.0,
            intercept: (share / (1.0 - share)).ln(),
        };
        let scale = scale(documents);
        if scale == 0.0 {
            return constant;
        }
        let points: Vec<Point> = documents
            .iter()
            .map(|&(d, holds, weight)| Point {
                d: d / scale,
                target: if holds { upper } else { lower },
                weight,
            })
            .collect();
        let found = newton(&points, constant);
        let platt = Platt {
            slope: found.slope / scale,
            intercept: found.intercept,
        };
        let good = platt.slope > 0.0 && platt.slope.is_finite() && platt.intercept.is_finite();
        if good { platt } else { constant }
    }

    /// The probability that the label holds.
    pub fn probability(&self, decision: f64) -> f64 {
        sigmoid(self.slope * decision + self.intercept)
    }
}

struct Point {
    d: f64,
    target: f64,
    weight: f64,
}

/// The greatest decision value by size, in which all are expressed.
fn scale(documents: &[(f64, bool, f64)]) -> f64 {
    documents
        .iter()
        .filter(|document| document.2 > 0.0)
        .fold(0.0, |most, document| document.0.abs().max(most))
}

fn newton(points: &[Point], mut at: Platt) -> Platt {
    let mut loss = loss(points, at);
    let total: f64 = points.iter().map(|point| point.weight).sum();
    for _ in 0..STEPS {
        let (gradient, hessian) = slopes(points, at);
        if gradient.iter().all(|g| g.abs() < 1e-11 * total) {
            break;
        }
        let Some((next, lower)) = step(points, at, loss, gradient, hessian) else {
            break;
        };
        (at, loss) = (next, lower);
    }
    at
}

/// The Newton step, halved until the loss falls enough; `None` where it cannot fall any more.
fn step(
    points: &[Point],
    at: Platt,
    before: f64,
    [g1, g2]: [f64; 2],
    [h11, h21, h22]: [f64; 3],
) -> Option<(Platt, f64)> {
    let det = h11 * h22 - h21 * h21;
    let (da, db) = (-(h22 * g1 - h21 * g2) / det, -(h11 * g2 - h21 * g1) / det);
    let descent = g1 * da + g2 * db;
    let mut length = 1.0;
    while length >= 1e-10 {
        let next = Platt {
            slope: at.slope + length * da,
            intercept: at.intercept + length * db,
        };
        let after = loss(points, next);
        if after < before + 1e-4 * length * descent {
            return Some((next, after));
        }
        length /= 2.0;
    }
    None
}

fn loss(points: &[Point], at: Platt) -> f64 {
    let of = |point: &Point| {
        let f = at.slope * point.d + at.intercept;
        let wrong = if f >= 0.0 {
            (1.0 - point.target) * f
        } else {
            -point.target * f
        };
        point.weight * (wrong + (-f.abs()).exp().ln_1p())
    };
    points.iter().map(of).sum()
}

/// The gradient, and the Hessian with a ridge that keeps it definite.
fn slopes(points: &[Point], at: Platt) -> ([f64; 2], [f64; 3]) {
    let (mut g, mut h) = ([0.0; 2], [1e-12, 0.0, 1e-12]);
    for point in points {
        let p = sigmoid(at.slope * point.d + at.intercept);
        let (error, curve) = (
            point.weight * (p - point.target),
            point.weight * p * (1.0 - p),
        );
        g = [g[0] + error * point.d, g[1] + error];
        h = [
            h[0] + curve * point.d * point.d,
            h[1] + curve * point.d,
            h[2] + curve,
        ];
    }
    (g, h)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_that_do_not_tell_give_the_smoothed_share() {
        let against = [
            (1.0, false, 1.0),
            (2.0, false, 1.0),
            (-1.0, true, 1.0),
            (-2.0, true, 1.0),
        ];
        let platt = Platt::fit(&against);
        assert_eq!((platt.slope, platt.probability(3.0)), (0.0, 0.5));
        let never = Platt::fit(&[(1.0, false, 1.0), (2.0, false, 1.0)]);
        assert!(
            (never.probability(5.0) - 0.25).abs() < 1e-9,
            "{}",
            never.probability(5.0)
        );
        assert_eq!(Platt::fit(&[]).probability(1.0), 0.5);
    }

    #[test]
    fn what_is_told_apart_without_error_has_finite_odds() {
        let documents: Vec<_> = (0..50)
            .map(|at| (f64::from(at) - 24.5, at > 24, 1.0))
            .collect();
        let platt = Platt::fit(&documents);
        assert!(platt.slope > 0.0 && platt.probability(24.5) < 1.0 - 1e-6);
    }
}
