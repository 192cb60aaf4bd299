//! Threshold of the greatest F1 on scores of unseen documents.

use super::sweep;

/// Returns the threshold of the greatest F1 of a label, halfway between two scores.
///
/// F1 is smoothed, `(2 tp + 1) / (2 tp + fp + fn + 1)`, which is 1 for a label that never holds and
/// is never said to: so a label with few examples, whose scores may lie anywhere, rather holds for
/// nothing than for everything (the harm is described by Lewis, Yang, Rose and Li, JMLR 5, 2004,
/// section 5, and by Lin et al., "Linear Classifier: An Often-Forgotten Baseline for Text
/// Classification", ACL 2023). `documents` are score, answer and weight; scores must be numbers.
/// Without any document it is infinite.
///
/// ```
/// use standpoint::calibrate::max_f1;
/// let threshold = max_f1(&[(0.9, true, 1.0), (0.4, true, 1.0), (0.1, false, 1.0)]);
/// assert_eq!(threshold, 0.25);
/// ```
pub fn max_f1(documents: &[(f64, bool, f64)]) -> f64 {
    let sorted = sweep::sorted(documents);
    let positive: f64 = sorted
        .iter()
        .filter(|document| document.1)
        .map(|document| document.2)
        .sum();
    let smoothed_f1 = |accepted: f64, right: f64| (2.0 * right + 1.0) / (accepted + positive + 1.0);
    let (mut accepted, mut right) = (0.0, 0.0);
    let accept = |holds: bool, weight: f64| {
        accepted += weight;
        right += if holds { weight } else { 0.0 };
        smoothed_f1(accepted, right)
    };
    sweep::best_threshold(&sorted, 1.0 / (positive + 1.0), accept, |f1, best| {
        f1 > best
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_label_that_its_scores_do_not_tell_holds_for_nothing() {
        let mut documents = vec![(0.1, true, 1.0)];
        documents.extend((1..100).map(|at| (f64::from(at), false, 1.0)));
        assert!(max_f1(&documents) > 99.0);
        assert_eq!(max_f1(&[]), f64::INFINITY);
        assert!(max_f1(&[(0.3, false, 1.0), (0.2, false, 1.0)]) > 0.3);
    }

    proptest! {
        #[test]
        fn no_other_threshold_is_better(
            documents in prop::collection::vec((-5..5i8, any::<bool>(), 0..3u8), 1..40),
        ) {
            let documents: Vec<(f64, bool, f64)> =
                documents.into_iter().map(|(s, h, w)| (f64::from(s), h, f64::from(w))).collect();
            let f1 = |threshold: f64| {
                let sum = |of: &dyn Fn(&&(f64, bool, f64)) -> bool| {
                    documents.iter().filter(of).map(|d| d.2).sum::<f64>()
                };
                let right = sum(&|d| d.1 && d.0 > threshold);
                (2.0 * right + 1.0) / (sum(&|d| d.0 > threshold) + sum(&|d| d.1) + 1.0)
            };
            let chosen = f1(max_f1(&documents));
            for tried in -6..6 {
                prop_assert!(f1(f64::from(tried) + 0.5) <= chosen + 1e-12);
            }
        }
    }
}
