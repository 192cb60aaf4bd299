//! Scored articles as a table.

use super::{Style, cell, clean, header, lines, paint, table};
use crate::calibrate::{Link, Verdict};
use crate::model::{Answers, HeadScores, Scores};
use comfy_table::{ColumnConstraint, Width};

/// Scored articles, a row each; `reasons` holds one cell an article, and `max_error` the share of true answers that may be ruled
/// out. Column widths depend on the
/// terminal alone, so that tables of one stream stand under each other.
pub fn scores(
    style: Style,
    rows: &[(String, Scores<'_>, Option<String>)],
    with_header: bool,
    max_error: Option<f64>,
) -> String {
    let Some((_, first, reasons)) = rows.first() else { return String::new() };
    if style.width < NARROW {
        return rows
            .iter()
            .map(|(id, scores, reasons)| block(style, id, scores, reasons.as_deref(), max_error))
            .collect();
    }
    let mut table = table(style);
    let columns = 1 + first.heads.len() + usize::from(reasons.is_some());
    if with_header {
        let heads = first.heads.iter().map(|head| header(&head.about.name));
        let because = reasons.is_some().then(|| header("because"));
        table.set_header(std::iter::once(header("id")).chain(heads).chain(because));
    }
    for (id, scores, reasons) in rows {
        let heads = scores.heads.iter().map(|head| cell(&answer_at(head, max_error)));
        let id = if scores.known_terms == 0 { format!("{id}\n(no known word)") } else { id.clone() };
        table.add_row(std::iter::once(cell(&id)).chain(heads).chain(reasons.as_deref().map(cell)));
    }
    let share = 100 / (columns + usize::from(reasons.is_some())) as u16;
    let constraints = (0..columns).map(|column| match reasons {
        Some(_) if column + 1 == columns => ColumnConstraint::Absolute(Width::Percentage(2 * share)),
        _ => ColumnConstraint::Absolute(Width::Percentage(share)),
    });
    table.set_constraints(constraints);
    lines(&table)
}

/// Columns side by side would break words on a terminal of less than this.
pub(super) const NARROW: u16 = 70;

/// One article as lines under each other.
fn block(
    style: Style,
    id: &str,
    scores: &Scores<'_>,
    reasons: Option<&str>,
    max_error: Option<f64>,
) -> String {
    let mut out = format!("{}\n", paint(style, &clean(id), "1"));
    if scores.known_terms == 0 {
        out += "  (no known word)\n";
    }
    for head in &scores.heads {
        out += &format!(
            "  {}: {}\n",
            clean(&head.about.name),
            clean(&answer_at(head, max_error)).replace('\n', ", ")
        );
    }
    reasons.into_iter().flat_map(str::lines).for_each(|line| out += &format!("  because {}\n", clean(line)));
    out
}

/// The predicted labels, or those that are left at an error.
fn answer_at(head: &HeadScores<'_>, max_error: Option<f64>) -> String {
    let named = |label: usize| format!("{} {}", head.about.labels[label], score(head, label));
    match max_error.and_then(|max_error| head.answers(max_error)) {
        None => answer(head),
        Some(Answers::Set(mut set)) if set.len() > 1 => {
            set.sort_by(|&a, &b| head.scores[b].total_cmp(&head.scores[a]));
            let labels: Vec<String> = set.into_iter().map(named).collect();
            format!("undecided:\n{}", labels.join("\n"))
        }
        Some(Answers::Set(_)) => answer(head),
        Some(Answers::Verdicts(verdicts)) => {
            let of = |wanted: Verdict| {
                (0..verdicts.len()).filter(|&label| verdicts[label] == wanted).map(named).collect::<Vec<_>>()
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
    let answers: Vec<String> =
        head.predicted().iter().map(|&l| format!("{} {}", head.about.labels[l], score(head, l))).collect();
    if answers.is_empty() { "–".to_string() } else { answers.join("\n") }
}

fn score(head: &HeadScores<'_>, label: usize) -> String {
    match head.about.link {
        Link::Decision if !head.about.is_calibrated() => format!("{:+.2}", head.scores[label]),
        _ => format!("{:.2}", head.scores[label]),
    }
}
