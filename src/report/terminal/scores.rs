//! Scored articles as a table.

use super::wrap::width;
use super::write::GAP;
use super::{Style, cell, header, lines_of_widths, prose, title};
use crate::calibrate::{Link, Verdict};
use crate::model::{HeadScores, PredictionSet, Scores};
use crate::report::table::Table;

/// Scored articles, a row each; `reasons` holds one cell an article, and `max_error` the share of
/// true answers that may be ruled out. Column widths depend on the terminal and the model alone, so
/// that tables of one stream stand under each other.
pub fn scores(
    style: Style,
    rows: &[(String, Scores<'_>, Option<String>)],
    with_header: bool,
    max_error: Option<f64>,
) -> String {
    let Some((_, first, reasons)) = rows.first() else {
        return String::new();
    };
    let Some(widths) = widths(style, first, reasons.is_some()) else {
        return rows
            .iter()
            .map(|(id, scores, reasons)| block(style, id, scores, reasons.as_deref(), max_error))
            .collect();
    };
    let mut table = Table::default();
    if with_header {
        let heads = first.heads.iter().map(|head| header(&head.metadata.name));
        let because = reasons.is_some().then(|| header("because"));
        table.set_columns(std::iter::once(header("id")).chain(heads).chain(because));
    }
    for (id, scores, reasons) in rows {
        let heads = scores
            .heads
            .iter()
            .map(|head| cell(&answer_at(head, max_error)));
        let id = if scores.known_terms == 0 {
            format!("{id}\n(no known word)")
        } else {
            id.clone()
        };
        table.add_row(
            std::iter::once(cell(&id))
                .chain(heads)
                .chain(reasons.as_deref().map(cell)),
        );
    }
    lines_of_widths(style, &table, &widths)
}

/// The least columns for an id and for reasons, and the most.
const ID: [usize; 2] = [15, 48];
const BECAUSE: [usize; 2] = [24, 96];
/// A score and the blank before it.
const SCORE: usize = 6;

/// Returns the widths of columns in which no label is abbreviated; none where the terminal is too
/// narrow.
fn widths(style: Style, scores: &Scores<'_>, reasons: bool) -> Option<Vec<usize>> {
    let columns = 1 + scores.heads.len() + usize::from(reasons);
    let room = style.room().checked_sub(GAP * (columns - 1))?;
    let least = ID[0] + if reasons { BECAUSE[0] } else { 0 };
    let widest = |head: &HeadScores<'_>| {
        head.metadata
            .labels
            .iter()
            .map(|label| width(label))
            .max()
            .unwrap_or(0)
    };
    [SCORE, 0].into_iter().find_map(|beside| {
        let heads = scores.heads.iter();
        let heads: Vec<usize> = heads
            .map(|head| {
                (widest(head) + beside)
                    .max(width(&head.metadata.name))
                    .max(SCORE)
            })
            .collect();
        let rest = room
            .checked_sub(heads.iter().sum())
            .filter(|&rest| rest >= least)?;
        let id = if reasons {
            (rest / 3).clamp(ID[0], ID[1])
        } else {
            rest.min(ID[1])
        };
        let because = reasons.then(|| (rest - id).min(BECAUSE[1]));
        Some(std::iter::once(id).chain(heads).chain(because).collect())
    })
}

/// One article as lines under each other.
fn block(
    style: Style,
    id: &str,
    scores: &Scores<'_>,
    reasons: Option<&str>,
    max_error: Option<f64>,
) -> String {
    let mut out = title(style, id);
    if scores.known_terms == 0 {
        out += "  (no known word)\n";
    }
    for head in &scores.heads {
        let answer = answer_at(head, max_error)
            .replace(":\n", ": ")
            .replace('\n', ", ");
        out += &prose(style, &format!("  {}: {answer}", head.metadata.name));
    }
    reasons
        .into_iter()
        .flat_map(str::lines)
        .for_each(|line| out += &prose(style, &format!("  because {line}")));
    out
}

/// The predicted labels, or those that are left at an error.
fn answer_at(head: &HeadScores<'_>, max_error: Option<f64>) -> String {
    let named = |label: usize| format!("{} {}", head.metadata.labels[label], score(head, label));
    match max_error.and_then(|max_error| head.answers(max_error)) {
        None => answer(head),
        Some(PredictionSet::Set(mut set)) if set.len() > 1 => {
            set.sort_by(|&a, &b| head.scores[b].total_cmp(&head.scores[a]));
            let labels: Vec<String> = set.into_iter().map(named).collect();
            format!("undecided:\n{}", labels.join("\n"))
        }
        Some(PredictionSet::Set(_)) => answer(head),
        Some(PredictionSet::Verdicts(verdicts)) => {
            let of = |wanted: Verdict| {
                (0..verdicts.len())
                    .filter(|&label| verdicts[label] == wanted)
                    .map(named)
                    .collect::<Vec<_>>()
            };
            let (mut lines, undecided) = (of(Verdict::Yes), of(Verdict::Undecided));
            if lines.is_empty() && undecided.is_empty() {
                return "–".to_string();
            }
            lines.extend(undecided.iter().map(|label| format!("undecided: {label}")));
            lines.join("\n")
        }
    }
}

/// The predicted labels with their scores, or a dash.
pub(super) fn answer(head: &HeadScores<'_>) -> String {
    let answers: Vec<String> = head
        .predicted()
        .iter()
        .map(|&l| format!("{} {}", head.metadata.labels[l], score(head, l)))
        .collect();
    if answers.is_empty() {
        "–".to_string()
    } else {
        answers.join("\n")
    }
}

fn score(head: &HeadScores<'_>, label: usize) -> String {
    match head.metadata.link {
        Link::Decision if !head.metadata.is_calibrated() => format!("{:+.2}", head.scores[label]),
        _ => format!("{:.2}", head.scores[label]),
    }
}
