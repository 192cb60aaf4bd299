//! Thresholds of a head from what its classifier says out of fold.

use crate::calibrate::max_f1;
use crate::corpus::Targets;
use crate::linear::{Classifier, Held, Mixture, Problem};

/// One threshold a label, for scores as the classifier's link makes them.
pub(super) fn choose(held: &Held, classifier: &Classifier, problem: &Problem<'_>) -> Vec<f64> {
    let scores = scores(held, classifier, problem);
    let labels = problem.targets.labels();
    let of_label = |label: usize| {
        let documents = (0..problem.targets.documents()).filter_map(|document| {
            let holds = problem.targets.holds(document, label)?;
            let weight = problem.weights.map_or(1.0, |weights| f64::from(weights[document]));
            Some((scores[document * labels + label], holds, weight))
        });
        max_f1(&documents.collect::<Vec<_>>())
    };
    (0..labels).map(of_label).collect()
}

/// Scores out of fold, documents by labels.
fn scores(held: &Held, classifier: &Classifier, problem: &Problem<'_>) -> Vec<f64> {
    let link = classifier.link(problem.targets.kind());
    let mut scores = match classifier {
        Classifier::Stack(stack) => mixed(held, stack.c, problem.targets, problem.weights),
        _ => held.member(0).iter().map(|&decision| f64::from(decision)).collect(),
    };
    scores.chunks_mut(problem.targets.labels().max(1)).for_each(|of_row| link.apply(of_row));
    scores
}

/// What a stack says of each fold when its members are weighed on the others.
pub(crate) fn mixed(held: &Held, c: f64, targets: &Targets, weights: Option<&[f32]>) -> Vec<f64> {
    let labels = targets.labels();
    let mut all = vec![0.0; targets.documents() * labels];
    let mut decisions = Vec::new();
    for fold in 0..held.folds.count() {
        let (outside, inside) = held.folds.of(fold);
        let mixture = Mixture::fit(&held.of(outside), targets, weights, c);
        let said = held.of(inside.clone());
        for row in inside {
            mixture.decide(&said, row, &mut decisions);
            all[row * labels..(row + 1) * labels].copy_from_slice(&decisions);
        }
    }
    all
}
