//! Isotonic regression: the best probabilities that never fall as the decision value rises.

use serde::{Deserialize, Serialize};

/// Probabilities at some decision values, straight lines between them, and constant outside.
///
/// Documents of equal decision value are merged into their weighted mean; pools of adjacent
/// violators then give the least squares fit that never falls (Ayer, Brunk, Ewing, Reid and
/// Silverman, Annals of Mathematical Statistics 26, 1955; as calibration: Zadrozny and Elkan, KDD
/// 2002). Between two decision values of the fit lies a straight line, as in scikit-learn.
/// Probabilities have the values clipped to `1 / (n + 2)` and `(n + 1) / (n + 2)`, `n` being the
/// documents' weight, so that no document is impossible and the log loss is finite. Documents of
/// one step have the same probability, and so the same answer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Isotonic {
    /// Decision values, ascending.
    pub decisions: Vec<f64>,
    /// The probability at each of them, never less than at the one before.
    pub probabilities: Vec<f64>,
}

/// Documents that have one value in the fit.
struct Pool {
    sum: f64,
    weight: f64,
    first: f64,
    last: f64,
}

impl Pool {
    fn mean(&self) -> f64 {
        self.sum / self.weight
    }
}

impl Isotonic {
    /// Fits documents given as decision value, answer and weight.
    ///
    /// ```
    /// use standpoint::calibrate::Isotonic;
    /// let fit = Isotonic::fit(&[(0.0, false, 1.0), (1.0, true, 1.0), (2.0, false, 1.0), (3.0, true, 1.0)]);
    /// assert_eq!(fit.probability(1.5), 0.5);
    /// assert_eq!(fit.probability(9.0), 5.0 / 6.0);
    /// ```
    pub fn fit(documents: &[(f64, bool, f64)]) -> Self {
        let (yes, no) = super::weights(documents);
        let total = yes + no;
        let (least, most) = (1.0 / (total + 2.0), (total + 1.0) / (total + 2.0));
        let mut fit = Isotonic::default();
        for pool in pools(documents) {
            let probability = pool.mean().clamp(least, most);
            let merged =
                fit.probabilities.len() > 1 && fit.probabilities.ends_with(&[probability; 2]);
            if merged {
                fit.decisions.pop();
                fit.probabilities.pop();
            }
            let ends = if pool.first < pool.last {
                vec![pool.first, pool.last]
            } else {
                vec![pool.last]
            };
            let ends = if merged { vec![pool.last] } else { ends };
            fit.probabilities.extend(ends.iter().map(|_| probability));
            fit.decisions.extend(ends);
        }
        fit
    }

    /// The probability that the label holds; 0.5 if nothing was fitted.
    pub fn probability(&self, decision: f64) -> f64 {
        let (Some(&lowest), Some(&highest)) =
            (self.probabilities.first(), self.probabilities.last())
        else {
            return 0.5;
        };
        match self.decisions.partition_point(|&known| known <= decision) {
            0 => lowest,
            at if at == self.decisions.len() => highest,
            at => self.between(at, decision),
        }
    }

    /// On the line that ends at point `at`.
    fn between(&self, at: usize, decision: f64) -> f64 {
        let (x0, x1) = (self.decisions[at - 1], self.decisions[at]);
        let (y0, y1) = (self.probabilities[at - 1], self.probabilities[at]);
        (y0 + (decision - x0) / (x1 - x0) * (y1 - y0)).clamp(y0, y1)
    }

    pub(super) fn is_valid(&self) -> bool {
        let rising = self.decisions.windows(2).all(|pair| pair[0] < pair[1]);
        let never_falling = self.probabilities.is_sorted();
        let inside = self.probabilities.iter().all(|p| (0.0..=1.0).contains(p));
        self.decisions.iter().all(|d| d.is_finite())
            && self.decisions.len() == self.probabilities.len()
            && (rising && never_falling && inside)
    }
}

fn pools(documents: &[(f64, bool, f64)]) -> Vec<Pool> {
    let mut sorted: Vec<_> = documents
        .iter()
        .filter(|document| document.2 > 0.0)
        .collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut tied: Vec<Pool> = Vec::new();
    for &&(d, holds, weight) in &sorted {
        let sum = if holds { weight } else { 0.0 };
        match tied.last_mut().filter(|pool| pool.last == d) {
            Some(pool) => (pool.sum, pool.weight) = (pool.sum + sum, pool.weight + weight),
            None => tied.push(Pool {
                sum,
                weight,
                first: d,
                last: d,
            }),
        }
    }
    let mut pools: Vec<Pool> = Vec::new();
    for mut next in tied {
        while let Some(before) = pools.pop_if(|before| before.mean() >= next.mean()) {
            next = Pool {
                sum: before.sum + next.sum,
                weight: before.weight + next.weight,
                first: before.first,
                ..next
            };
        }
        pools.push(next);
    }
    pools
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_never_falls_and_is_the_best_of_its_kind(
            documents in prop::collection::vec((-6..6i8, any::<bool>(), 1..4u8), 1..60), shift in -3..3i8,
        ) {
            let documents: Vec<(f64, bool, f64)> =
                documents.into_iter().map(|(d, h, w)| (f64::from(d), h, f64::from(w))).collect();
            let fit = Isotonic::fit(&documents);
            prop_assert!(fit.is_valid());
            let squares = |p: &dyn Fn(f64) -> f64| {
                documents.iter().map(|&(d, h, w)| w * (p(d) - f64::from(u8::from(h))).powi(2)).sum::<f64>()
            };
            let n: f64 = documents.iter().map(|document| document.2).sum();
            let step = |d: f64| if d > f64::from(shift) { (n + 1.0) / (n + 2.0) } else { 1.0 / (n + 2.0) };
            prop_assert!(squares(&|d| fit.probability(d)) <= squares(&step) + 1e-9);
        }
    }

    #[test]
    fn a_label_that_never_holds_is_rare_and_not_impossible() {
        let fit = Isotonic::fit(&[(0.5, false, 1.0), (0.7, false, 1.0)]);
        assert_eq!(fit.probability(0.6), 0.25);
        assert_eq!(Isotonic::fit(&[]).probability(1.0), 0.5);
    }
}
