//! PageMistake answers with their reasons.

use super::cells::{number, signed};
use super::excerpt::excerpt;
use super::view::{PageMistake, ReasonTerm};
use crate::model::{Contribution, Mistake};

/// So many terms are marked in the text.
const MARKED: usize = 24;
/// So many terms are listed on each side.
const LISTED: usize = 8;

pub(super) fn wrong(mistake: &Mistake) -> PageMistake {
    let mut reasons: Vec<&Contribution> = mistake
        .reasons
        .iter()
        .filter(|r| r.contribution != 0.0)
        .collect();
    let size = |reason: &Contribution| reason.contribution.abs();
    reasons.sort_by(|a, b| {
        size(b)
            .total_cmp(&size(a))
            .then_with(|| a.term.cmp(&b.term))
    });
    let side = |of: fn(f64) -> bool| {
        let side = reasons
            .iter()
            .filter(|reason| of(reason.contribution))
            .take(LISTED);
        side.map(|reason| ReasonTerm {
            term: reason.shown.clone(),
            adds: signed(reason.contribution),
        })
        .collect()
    };
    PageMistake {
        id: mistake.id.clone(),
        summary: summary(mistake),
        margin: margin(mistake),
        excerpt: excerpt(&mistake.text, &reasons[..reasons.len().min(MARKED)]),
        for_wrong: side(|adds| adds > 0.0),
        against: side(|adds| adds < 0.0),
    }
}

fn summary(mistake: &Mistake) -> String {
    match (&mistake.predicted, &mistake.truth) {
        (Some(said), Some(truth)) => format!("predicted {said}, true {truth}"),
        (Some(said), None) => format!("predicted {said}, not true"),
        (None, truth) => format!("missed {}", truth.as_deref().unwrap_or_default()),
    }
}

fn margin(mistake: &Mistake) -> String {
    let margin = number(mistake.margin);
    match (&mistake.predicted, &mistake.truth) {
        (Some(_), Some(_)) => format!("decision values differ by {margin}"),
        (Some(_), None) => format!("score {margin} above the threshold"),
        _ => format!("score {margin} below the threshold"),
    }
}
