//! Sweep over all thresholds between scores, from the greatest score downwards.

/// Score, answer and weight of a document.
pub(super) type ScoredAnswer = (f64, bool, f64);

/// Returns documents by descending score.
pub(super) fn sorted(documents: &[ScoredAnswer]) -> Vec<ScoredAnswer> {
    let mut sorted = documents.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    sorted
}

/// Returns the threshold of the greatest utility, halfway between two scores.
///
/// `none` is the utility of a threshold above all scores. `accept` moves the threshold below the
/// next document, given its answer and weight, and returns the utility then; `is_better` compares
/// that with the best so far.
pub(super) fn best_threshold(
    sorted: &[ScoredAnswer],
    none: f64,
    mut accept: impl FnMut(bool, f64) -> f64,
    is_better: impl Fn(f64, f64) -> bool,
) -> f64 {
    let above_all = sorted
        .first()
        .map_or(f64::INFINITY, |document| above(document.0));
    let (mut best, mut threshold) = (none, above_all);
    for (at, &(score, holds, weight)) in sorted.iter().enumerate() {
        let utility = accept(holds, weight);
        let next = sorted.get(at + 1).map(|document| document.0);
        // No threshold lies between equal scores.
        if is_better(utility, best) && next != Some(score) {
            let between = next.map_or(below(score), |next| between(score, next));
            (best, threshold) = (utility, between);
        }
    }
    threshold
}

/// Returns a threshold that `greater` exceeds and `less` does not, halfway if numbers are that
/// fine.
fn between(greater: f64, less: f64) -> f64 {
    let middle = 0.5 * (greater + less);
    if middle < greater { middle } else { less }
}

/// Returns a threshold a little above a score, and below 1 where the score is.
fn above(score: f64) -> f64 {
    let above = score + score.abs().max(1.0) * 1e-6;
    if score < 1.0 && above >= 1.0 {
        0.5 * (score + 1.0)
    } else {
        above
    }
}

/// Returns a threshold a little below a score, and above 0 where the score is.
fn below(score: f64) -> f64 {
    let below = score - score.abs().max(1.0) * 1e-6;
    if score > 0.0 && below <= 0.0 {
        0.5 * score
    } else {
        below
    }
}
