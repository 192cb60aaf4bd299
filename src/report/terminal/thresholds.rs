//! Thresholds that were chosen, and for what.

use super::clean;
use crate::calibrate::{ThresholdObjective, ThresholdSelection};
use crate::model::HeadMetadata;

/// More labels are left out, because each takes a line.
const MAX_SHOWN: usize = 12;

/// A line for each label whose threshold was chosen, those that miss their goal first where labels
/// are many; `all_at` says where labels that are left out stand.
pub fn thresholds(head: &HeadMetadata, all_at: &str) -> Vec<String> {
    let Some(goal) = &head.threshold_objective else {
        return Vec::new();
    };
    let mut labels: Vec<usize> = (0..head.threshold_selections.len()).collect();
    if labels.len() > MAX_SHOWN {
        labels.sort_by_key(|&label| head.threshold_selections[label].met);
    }
    let hidden = labels.len().saturating_sub(MAX_SHOWN);
    let mut lines: Vec<String> = labels
        .iter()
        .take(MAX_SHOWN)
        .map(|&label| line(head, goal, label))
        .collect();
    if hidden > 0 {
        lines.push(format!(
            "{}: {hidden} more thresholds; {all_at}",
            clean(&head.name)
        ));
    }
    lines
}

fn line(head: &HeadMetadata, goal: &ThresholdObjective, label: usize) -> String {
    let choice = &head.threshold_selections[label];
    let name = format!("{} = {}", clean(&head.name), clean(&head.labels[label]));
    let missed = match choice.met {
        true => String::new(),
        false => format!("; {goal} cannot be reached, so the nearest was taken"),
    };
    let (threshold, spread) = (threshold(head, label), spread(head, label));
    format!(
        "{name}: threshold {threshold} ({spread}), {}{missed}",
        reached(goal, choice)
    )
}

/// The threshold of a label, as a probability where scores are.
pub(super) fn threshold(head: &HeadMetadata, label: usize) -> String {
    shown(head, head.thresholds[label])
}

/// The least and the greatest of the thresholds without one fold.
pub(super) fn spread(head: &HeadMetadata, label: usize) -> String {
    let [least, _, greatest] = head.threshold_selections[label].spread;
    format!("{} to {}", shown(head, least), shown(head, greatest))
}

/// Returns the value reached on documents that the threshold was not chosen on.
pub(super) fn reached(goal: &ThresholdObjective, choice: &ThresholdSelection) -> String {
    let what = match goal {
        ThresholdObjective::Recall(_) => "recall",
        ThresholdObjective::Precision(_) => "precision",
        ThresholdObjective::Cost(_) => "cost of a document",
        _ => "F1",
    };
    format!("{what} {:.3}", choice.reached)
}

fn shown(head: &HeadMetadata, threshold: f64) -> String {
    if head.scores_are_probabilities() {
        format!("{threshold:.3}")
    } else {
        format!("{threshold:+.3}")
    }
}
