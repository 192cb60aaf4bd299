//! Temperature: decision values divided by one number before they become probabilities.

use crate::math::links::softmax;

/// The temperature `T` of `softmax(d / T)` for rows of `labels` decision values.
///
/// `T` minimises the log loss (Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural
/// Networks", ICML 2017), against targets that are smoothed by one document, of which each of the
/// `K` labels has its share: `1 / (K (n + 1))` for a label that is not true, `n` being the weight
/// of the rows. So `T` stays above 0 where every row is right. Where decision values say nothing of
/// the truth, `T` is so great that all labels are nearly as probable. No label has a bias of its
/// own, so the order of labels stays.
///
/// ```
/// use standpoint::calibrate::temperature;
/// let decisions = [4.0, 0.0, 0.0, 4.0, 4.0, 0.0];
/// let sure = temperature(2, &decisions, &[(0, 1.0), (1, 1.0), (0, 1.0)]);
/// let unsure = temperature(2, &decisions, &[(0, 1.0), (1, 1.0), (1, 1.0)]);
/// assert!(0.0 < sure && sure < unsure);
/// ```
///
/// `truth` holds a label and a weight for each row.
pub fn temperature(labels: usize, decisions: &[f64], truth: &[(usize, f64)]) -> f64 {
    let total: f64 = truth.iter().map(|row| row.1).sum();
    let problem = Problem {
        labels,
        decisions,
        truth,
        other: 1.0 / (labels as f64 * (total + 1.0)),
    };
    let scale = decisions.iter().fold(0.0, |most: f64, d| most.max(d.abs()));
    if scale == 0.0 || total == 0.0 {
        return 1.0;
    }
    1.0 / problem.sharpness(scale).max(1e-6 / scale)
}

struct Problem<'a> {
    labels: usize,
    decisions: &'a [f64],
    truth: &'a [(usize, f64)],
    /// The target of a label that is not the true one.
    other: f64,
}

impl Problem<'_> {
    /// `1 / T`, in which the loss is convex: Newton's method inside a bracket.
    fn sharpness(&self, scale: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0 / scale);
        if self.slopes(low).0 >= 0.0 {
            return low;
        }
        while self.slopes(high).0 < 0.0 && high < 1e6 / scale {
            (low, high) = (high, 2.0 * high);
        }
        let mut at = 0.5 * (low + high);
        for _ in 0..100 {
            let (slope, curve) = self.slopes(at);
            if slope < 0.0 {
                low = at
            } else {
                high = at
            }
            let newton = at - slope / curve;
            let next = if newton > low && newton < high {
                newton
            } else {
                0.5 * (low + high)
            };
            if (next - at).abs() <= 1e-13 * at {
                break;
            }
            at = next;
        }
        at
    }

    /// First and second derivative of the loss.
    fn slopes(&self, sharpness: f64) -> (f64, f64) {
        let (mut slope, mut curve) = (0.0, 0.0);
        for (row, &(truth, weight)) in self.decisions.chunks(self.labels).zip(self.truth) {
            let mut p: Vec<f64> = row.iter().map(|d| d * sharpness).collect();
            softmax(&mut p);
            let mean: f64 = p.iter().zip(row).map(|(p, d)| p * d).sum();
            let square: f64 = p.iter().zip(row).map(|(p, d)| p * d * d).sum();
            let sum: f64 = row.iter().sum();
            let target = self.other * sum + (1.0 - self.other * self.labels as f64) * row[truth];
            slope += weight * (mean - target);
            curve += weight * (square - mean * mean);
        }
        (slope, curve)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_above_zero_where_all_is_right_and_great_where_all_is_wrong() {
        let right = temperature(3, &[1.0, 0.0, 0.0, 0.0, 0.0, 1.0], &[(0, 1.0), (2, 1.0)]);
        assert!(right > 0.0 && right < 1.0, "{right}");
        let wrong = temperature(2, &[1.0, 0.0, 0.0, 1.0], &[(1, 1.0), (0, 1.0)]);
        assert!(wrong > 1e5 && wrong.is_finite(), "{wrong}");
        assert_eq!(temperature(2, &[0.0; 4], &[(0, 1.0), (1, 1.0)]), 1.0);
    }

    #[test]
    fn its_unit_is_that_of_the_decision_values() {
        let decisions: Vec<f64> = (0..40).map(|at| f64::from(at * 7 % 13) / 3.0).collect();
        let truth: Vec<(usize, f64)> = decisions
            .chunks(2)
            .enumerate()
            .map(|(at, row)| (usize::from((row[1] > row[0]) != (at % 5 == 0)), 1.0))
            .collect();
        let thousand: Vec<f64> = decisions.iter().map(|d| d * 1e3).collect();
        let (small, great) = (
            temperature(2, &decisions, &truth),
            temperature(2, &thousand, &truth),
        );
        assert!((great / small / 1e3 - 1.0).abs() < 1e-9, "{small} {great}");
    }
}
