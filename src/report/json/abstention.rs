//! Answers at a stated error as JSON values.

use crate::calibrate::Verdict;
use crate::evaluate::AbstentionReport;
use crate::model::{HeadScores, PredictionSet, Scores};
use serde_json::{Value, json};

/// Adds to a [`score_row`](super::score_row) what is left at `max_error`: `"set":[…]` and `"undecided":true|false` in an exclusive head, and in
/// an independent one the labels that are decided as yes and as no, and those that are not: `"yes":[…],"no":[…],"undecided":[…]`.
pub fn add_answers(row: &mut Value, scores: &Scores<'_>, max_error: f64) {
    for head in &scores.heads {
        let Some(answers) = head.answers(max_error) else {
            continue;
        };
        let of_head = &mut row["heads"][head.metadata.name.as_str()];
        match answers {
            PredictionSet::Set(set) => {
                of_head["undecided"] = (set.len() > 1).into();
                of_head["set"] = names(head, set.into_iter());
            }
            PredictionSet::Verdicts(verdicts) => {
                for (name, wanted) in [
                    ("yes", Verdict::Yes),
                    ("no", Verdict::No),
                    ("undecided", Verdict::Undecided),
                ] {
                    let found = verdicts
                        .iter()
                        .enumerate()
                        .filter(|(_, verdict)| **verdict == wanted);
                    of_head[name] = names(head, found.map(|(label, _)| label));
                }
            }
        }
    }
}

fn names(head: &HeadScores<'_>, labels: impl Iterator<Item = usize>) -> Value {
    labels
        .map(|label| head.metadata.labels[label].as_str())
        .collect::<Vec<_>>()
        .into()
}

/// Adds to an [`evaluation`](super::evaluation) the coverage of each head as `"abstention"`.
pub fn add_abstention(evaluation: &mut Value, heads: &[(&str, AbstentionReport)]) {
    for (head, report) in heads {
        evaluation["heads"][*head]["abstention"] = json!(report);
    }
}
