//! Reasons as tables and as marked text.

use super::scores::answer;
use super::{Style, cell, clean, header, lines, paint, table};
use crate::model::Explanation;
use comfy_table::{Cell, CellAlignment, Color};
use std::collections::BTreeMap;

/// For each predicted label the terms that speak most for it.
pub fn reasons(explanation: &Explanation<'_>, most: usize) -> String {
    let mut lines = Vec::new();
    for (index, head) in explanation.heads.iter().enumerate() {
        for label in head.predicted() {
            let reasons = explanation.reasons(index, label);
            let terms: Vec<&str> = reasons.strongest_for(most).iter().map(|c| c.shown.as_str()).collect();
            lines.push(format!("{}: {}", head.about.labels[label], terms.join(", ")));
        }
    }
    lines.join("\n")
}

/// One article, explained label by label, with the text and its terms marked.
pub fn explanation(
    style: Style,
    id: &str,
    text: &str,
    explanation: &Explanation<'_>,
    labels: &[(usize, usize)],
    most: usize,
) -> String {
    let mut out = format!("{}\n", paint(style, id, "1"));
    for (index, head) in explanation.heads.iter().enumerate() {
        out += &format!("{}: {}\n", clean(&head.about.name), clean(&answer(head)).replace('\n', ", "));
        for &(_, label) in labels.iter().filter(|(of, _)| *of == index) {
            out += &label_reasons(style, explanation, index, label, most);
        }
    }
    if style.color {
        out += &format!("\n{}\n", marked(text, explanation, labels, most));
    }
    out
}

fn label_reasons(
    style: Style,
    explanation: &Explanation<'_>,
    head: usize,
    label: usize,
    most: usize,
) -> String {
    let reasons = explanation.reasons(head, label);
    let about = explanation.heads[head].about;
    let mut table = table(style);
    table.set_header([
        header(format!("{} = {}", about.name, about.labels[label])),
        header("adds"),
        header("bytes"),
    ]);
    let shown = reasons.strongest(most);
    let mut rest = reasons.decision - reasons.bias;
    for contribution in &shown {
        rest -= contribution.contribution;
        let places: Vec<String> =
            contribution.spans.iter().map(|s| format!("{}–{}", s.start, s.end)).collect();
        table.add_row([
            cell(&contribution.shown),
            signed(contribution.contribution),
            Cell::new(places.join(" ")),
        ]);
    }
    let others = reasons.contributions.iter().filter(|c| c.contribution != 0.0).count() - shown.len();
    if others > 0 {
        table.add_row([Cell::new(format!("({others} more terms)")), signed(rest), Cell::new("")]);
    }
    table.add_row([Cell::new("(bias)"), signed(reasons.bias), Cell::new("")]);
    table.add_row([header("decision value"), signed(reasons.decision), Cell::new("")]);
    if about.is_calibrated() {
        let probability = format!("{:.4}", explanation.heads[head].scores[label]);
        let right = Cell::new(probability).set_alignment(CellAlignment::Right);
        table.add_row([header("probability"), right, Cell::new("")]);
    }
    lines(&table)
}

fn signed(value: f64) -> Cell {
    let cell = Cell::new(format!("{value:+.4}")).set_alignment(CellAlignment::Right);
    cell.fg(if value < 0.0 { Color::Red } else { Color::Green })
}

/// The text with the strongest terms marked: green where they speak for the answers, red where
/// against; where terms overlap, their contributions add up.
fn marked(text: &str, explanation: &Explanation<'_>, labels: &[(usize, usize)], most: usize) -> String {
    let mut changes: BTreeMap<usize, f64> = BTreeMap::new();
    for &(head, label) in labels.iter().filter(|(head, label)| explanation.heads[*head].holds(*label)) {
        for contribution in explanation.reasons(head, label).strongest(most) {
            for span in &contribution.spans {
                let each = contribution.contribution / contribution.spans.len() as f64;
                *changes.entry(span.start).or_default() += each;
                *changes.entry(span.end).or_default() -= each;
            }
        }
    }
    let (mut out, mut level, mut from) = (String::new(), 0.0, 0);
    for (at, change) in changes {
        out += &shade(&text[from..at], level);
        (level, from) = (level + change, at);
    }
    out + &shade(&text[from..], 0.0)
}

fn shade(text: &str, level: f64) -> String {
    let text = clean(text);
    match level {
        _ if text.trim().is_empty() => text,
        l if l > 1e-9 => format!("\u{1b}[32m{text}\u{1b}[0m"),
        l if l < -1e-9 => format!("\u{1b}[31m{text}\u{1b}[0m"),
        _ => text,
    }
}
