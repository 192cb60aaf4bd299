//! Reasons as tables and as marked text.

use super::scores::answer;
use super::wrap::width;
use super::{Style, cell, clean, header, lines, prose, strong, title};
use crate::model::Explanation;
use crate::report::counted;
use crate::report::table::{Cell, Emphasis, Table};
use std::collections::BTreeMap;
use std::ops::Range;

/// For each predicted label the terms that speak most for it.
pub fn reasons(explanation: &Explanation<'_>, most: usize) -> String {
    let mut lines = Vec::new();
    for (index, head) in explanation.heads.iter().enumerate() {
        for label in head.predicted() {
            let terms = explanation.strongest_for(index, label, most);
            let places = explanation.places(terms.iter().map(|(term, _)| *term));
            let terms: Vec<String> = terms
                .iter()
                .map(|(term, _)| explanation.shown(*term, &places))
                .collect();
            lines.push(format!(
                "{}: {}",
                head.metadata.labels[label],
                terms.join(", ")
            ));
        }
    }
    lines.join("\n")
}

/// One article, explained label by label, with the text and its terms marked.
pub fn explanation(
    style: Style,
    id: &str,
    explanation: &Explanation<'_>,
    labels: &[(usize, usize)],
    each_way: usize,
) -> String {
    let mut out = title(style, id);
    for (index, head) in explanation.heads.iter().enumerate() {
        out += &prose(
            style,
            &format!(
                "{}: {}",
                head.metadata.name,
                answer(head).replace('\n', ", ")
            ),
        );
        for &(_, label) in labels.iter().filter(|(of, _)| *of == index) {
            out += &label_reasons(style, explanation, index, label, each_way);
        }
    }
    if style.color {
        out += &format!("\n{}\n", marked(style, explanation, labels, each_way));
    }
    out
}

fn label_reasons(
    style: Style,
    explanation: &Explanation<'_>,
    head: usize,
    label: usize,
    each_way: usize,
) -> String {
    let found = explanation.strongest(head, label, each_way);
    let places = explanation.places(found.terms.iter().map(|(term, _)| *term));
    let metadata = explanation.heads[head].metadata;
    let mut table = Table::default();
    table.set_columns([
        header(format!("{} = {}", metadata.name, metadata.labels[label])),
        header("adds"),
        header("bytes"),
    ]);
    for &(term, contribution) in &found.terms {
        let (shown, places) = (explanation.shown(term, &places), listed(places.of(term)));
        table.add_row([cell(&shown), signed(contribution), Cell::text(places)]);
    }
    if found.others > 0 {
        let name = format!("({})", counted(found.others, "more term"));
        table.add_row([Cell::text(name), signed(found.rest), Cell::text("")]);
    }
    table.add_row([Cell::text("(bias)"), signed(found.bias), Cell::text("")]);
    table.add_row([
        strong("decision value"),
        signed(found.decision),
        Cell::text(""),
    ]);
    if metadata.is_calibrated() {
        let probability = format!("{:.4}", explanation.heads[head].scores[label]);
        let right = Cell::numeric(probability);
        table.add_row([strong("probability"), right, Cell::text("")]);
    }
    lines(style, &table)
}

/// So many places of a term are shown.
const PLACES: usize = 4;

fn listed(spans: impl ExactSizeIterator<Item = Range<usize>>) -> String {
    let more = spans
        .len()
        .checked_sub(PLACES + 1)
        .map(|left| format!("and {} more", left + 1));
    let shown = spans
        .take(PLACES)
        .map(|span| format!("{}–{}", span.start, span.end));
    shown.chain(more).collect::<Vec<_>>().join(" ")
}

fn signed(value: f64) -> Cell {
    let cell = Cell::numeric(format!("{value:+.4}"));
    cell.emphasis(if value < 0.0 {
        Emphasis::Bad
    } else {
        Emphasis::Good
    })
}

/// The text with the strongest terms marked: green where they speak for the answers, red where
/// against; where terms overlap, their contributions add up.
fn marked(
    style: Style,
    explanation: &Explanation<'_>,
    labels: &[(usize, usize)],
    each_way: usize,
) -> String {
    let mut changes: BTreeMap<usize, f64> = BTreeMap::new();
    for &(head, label) in labels
        .iter()
        .filter(|(head, label)| explanation.heads[*head].holds(*label))
    {
        let terms = explanation.strongest(head, label, each_way).terms;
        let places = explanation.places(terms.iter().map(|(term, _)| *term));
        for (term, contribution) in terms {
            let spans = places.of(term);
            let each = contribution / spans.len() as f64;
            for span in spans {
                *changes.entry(span.start).or_default() += each;
                *changes.entry(span.end).or_default() -= each;
            }
        }
    }
    let text = &broken(explanation.text(), style.room());
    let (mut out, mut level, mut from) = (String::new(), 0.0, 0);
    for (at, change) in changes {
        out += &shade(&text[from..at], level);
        (level, from) = (level + change, at);
    }
    out + &shade(&text[from..], 0.0)
}

/// Returns the text, as long as before, with line breaks in place of blanks where lines would leave
/// the terminal.
fn broken(text: &str, room: usize) -> String {
    let (mut out, mut used, mut blank) = (String::with_capacity(text.len()), 0, None);
    for word in text.split_inclusive([' ', '\n']) {
        let own = width(word.trim_end_matches([' ', '\n']));
        if let Some(at) = blank.filter(|_| used + own > room) {
            out.replace_range(at..=at, "\n");
            used = 0;
        }
        out += word;
        used = if word.ends_with('\n') {
            0
        } else {
            used + own + 1
        };
        blank = word.ends_with(' ').then(|| out.len() - 1);
    }
    out
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
