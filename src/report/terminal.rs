//! Results as tables for a person, fitted to the width of the terminal.

use crate::calibrate::Link;
use crate::evaluate::{ExclusiveReport, IndependentReport, LabelReport};
use crate::features::TfIdfOptions;
use crate::model::{
    Explanation, HeadChange, HeadEvaluation, HeadScores, HeadSummary, Metrics, Scores, Summary,
};
use crate::text::TokenOptions;
use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, LineStyle, Table,
    TableStyle, Width,
};
use std::collections::BTreeMap;

/// How wide to write, and whether in colour.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Columns of the terminal.
    pub width: u16,
    /// Whether escape sequences may be used.
    pub color: bool,
}

/// More labels than this make a confusion matrix unreadable.
const WIDEST_MATRIX: usize = 12;
const CONFUSIONS_SHOWN: usize = 15;

/// A line under the header and no other, so that rows stay close on a small screen.
const RULED: TableStyle = TableStyle::new().header_separator(LineStyle::new('─', '─', '─', '─'));

fn table(style: Style) -> Table {
    let mut table = Table::new();
    table.load_style(RULED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(style.width.max(20));
    if style.color {
        table.enforce_styling()
    } else {
        table.force_no_tty()
    };
    table
}

/// The table without blanks at the ends of lines.
fn lines(table: &Table) -> String {
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// What comes from a corpus or a model must not send control sequences to the terminal.
fn cell(text: &str) -> Cell {
    Cell::new(clean(text))
}

fn header(name: impl ToString) -> Cell {
    cell(&name.to_string()).add_attribute(Attribute::Bold)
}

fn number(value: f64) -> Cell {
    Cell::new(format!("{value:.3}")).set_alignment(CellAlignment::Right)
}

fn count(value: f64) -> Cell {
    Cell::new(value).set_alignment(CellAlignment::Right)
}

/// Scored articles, a row each; `reasons` holds one cell an article. Column widths depend on the
/// terminal alone, so that tables of one stream stand under each other.
pub fn scores(style: Style, rows: &[(String, Scores<'_>, Option<String>)], with_header: bool) -> String {
    let Some((_, first, reasons)) = rows.first() else { return String::new() };
    if style.width < NARROW {
        return rows
            .iter()
            .map(|(id, scores, reasons)| block(style, id, scores, reasons.as_deref()))
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
        let heads = scores.heads.iter().map(|head| cell(&answer(head)));
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
const NARROW: u16 = 70;

/// One article as lines under each other.
fn block(style: Style, id: &str, scores: &Scores<'_>, reasons: Option<&str>) -> String {
    let mut out = format!("{}\n", paint(style, &clean(id), "1"));
    if scores.known_terms == 0 {
        out += "  (no known word)\n";
    }
    for head in &scores.heads {
        out += &format!("  {}: {}\n", clean(&head.about.name), clean(&answer(head)).replace('\n', ", "));
    }
    reasons.into_iter().flat_map(str::lines).for_each(|line| out += &format!("  because {}\n", clean(line)));
    out
}

/// The predicted labels with their scores, or a dash.
fn answer(head: &HeadScores<'_>) -> String {
    let answers: Vec<String> =
        head.predicted().iter().map(|&l| format!("{} {}", head.about.labels[l], score(head, l))).collect();
    if answers.is_empty() { "–".to_string() } else { answers.join("\n") }
}

fn score(head: &HeadScores<'_>, label: usize) -> String {
    match head.about.link {
        Link::Decision => format!("{:+.2}", head.scores[label]),
        Link::Logistic | Link::Softmax => format!("{:.2}", head.scores[label]),
    }
}

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
    lines(&table)
}

fn signed(value: f64) -> Cell {
    let cell = Cell::new(format!("{value:+.4}")).set_alignment(CellAlignment::Right);
    cell.fg(if value < 0.0 { Color::Red } else { Color::Green })
}

fn paint(style: Style, text: &str, code: &str) -> String {
    if style.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_string() }
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

/// Articles must not send control sequences to the terminal.
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

/// The metrics of all heads.
pub fn evaluation(style: Style, heads: &[HeadEvaluation]) -> String {
    heads.iter().map(|head| head_evaluation(style, head)).collect::<Vec<_>>().join("\n")
}

/// What a new model changed, for each head and label.
pub fn changes(style: Style, heads: &[HeadChange]) -> String {
    heads.iter().map(|head| head_change(style, head)).collect::<Vec<_>>().join("\n")
}

fn head_change(style: Style, head: &HeadChange) -> String {
    let mut table = table(style);
    table.set_header(["", "before", "after", "change"].map(header));
    let labels =
        head.labels().into_iter().map(|(label, before, after)| (format!("F1 of {label}"), before, after));
    for (name, before, after) in head.overall().into_iter().chain(labels) {
        let change = before.map(|before| Cell::new(format!("{:+.3}", after - before)));
        let cells =
            [before.map(number), Some(number(after)), change.map(|c| c.set_alignment(CellAlignment::Right))];
        table.add_row(
            std::iter::once(cell(&name)).chain(cells.map(|cell| cell.unwrap_or_else(|| Cell::new("")))),
        );
    }
    let name = paint(style, &format!("head {}", clean(&head.after.name)), "1");
    format!("{name}\n{} documents have another answer than before\n{}", head.changed, lines(&table))
}

fn head_evaluation(style: Style, head: &HeadEvaluation) -> String {
    let mut out = format!("{}\n", paint(style, &format!("head {}", clean(&head.name)), "1"));
    if head.unanswered > 0 {
        out += &format!("{} documents without an answer are not counted\n", head.unanswered);
    }
    match &head.metrics {
        Metrics::Exclusive(report) => out + &exclusive(style, report),
        Metrics::Independent(report) => out + &independent(style, report),
    }
}

fn figures(style: Style, figures: &[(&str, f64)]) -> String {
    let mut table = table(style);
    for (name, value) in figures {
        let cell = if value.fract() == 0.0 && *value > 1.0 { count(*value) } else { number(*value) };
        table.add_row([Cell::new(name), cell]);
    }
    lines(&table)
}

fn exclusive(style: Style, report: &ExclusiveReport) -> String {
    let summary = [
        ("documents", report.documents as f64),
        ("accuracy", report.accuracy),
        ("macro F1", report.macro_avg.f1),
        ("micro F1", report.micro_avg.f1),
        ("weighted F1", report.weighted_avg.f1),
    ];
    figures(style, &summary) + &labels(style, &report.labels) + &confusion(style, report)
}

fn independent(style: Style, report: &IndependentReport) -> String {
    let summary = [
        ("documents", report.documents as f64),
        ("subset accuracy", report.subset_accuracy),
        ("example-based F1", report.example_f1),
        ("example-based F1, empty = 0", report.example_f1_empty_zero),
        ("Hamming loss", report.hamming_loss),
        ("macro F1", report.macro_avg.f1),
        ("micro F1", report.micro_avg.f1),
        ("weighted F1", report.weighted_avg.f1),
    ];
    figures(style, &summary) + &labels(style, &report.labels) + &tables_of_two(style, report)
}

fn labels(style: Style, labels: &[LabelReport]) -> String {
    let mut table = table(style);
    table.set_header(["label", "precision", "recall", "F1", "support"].map(header));
    for label in labels {
        let numbers = [label.precision, label.recall, label.f1].map(number);
        table.add_row(std::iter::once(cell(&label.label)).chain(numbers).chain([count(label.support)]));
    }
    lines(&table)
}

fn tables_of_two(style: Style, report: &IndependentReport) -> String {
    let mut table = table(style);
    let names = ["label", "true positive", "false positive", "false negative", "true negative"];
    table.set_header(names.map(header));
    for (label, [[tn, fp], [fn_, tp]]) in report.labels.iter().zip(&report.confusion) {
        table.add_row(std::iter::once(cell(&label.label)).chain([*tp, *fp, *fn_, *tn].map(count)));
    }
    lines(&table)
}

fn confusion(style: Style, report: &ExclusiveReport) -> String {
    if report.labels.len() > WIDEST_MATRIX {
        return confusions(style, report);
    }
    let mut table = table(style);
    let names = report.labels.iter().map(|label| header(&label.label));
    table.set_header(std::iter::once(header("true \\ predicted")).chain(names));
    for (label, row) in report.labels.iter().zip(&report.confusion) {
        table.add_row(std::iter::once(header(&label.label)).chain(row.iter().map(|&n| count(n))));
    }
    lines(&table)
}

/// The most frequent errors, where the whole matrix would be too wide.
fn confusions(style: Style, report: &ExclusiveReport) -> String {
    let mut errors: Vec<(f64, usize, usize)> = Vec::new();
    for (truth, row) in report.confusion.iter().enumerate() {
        let wrong = row.iter().enumerate().filter(|&(predicted, &n)| predicted != truth && n > 0.0);
        errors.extend(wrong.map(|(predicted, &n)| (n, truth, predicted)));
    }
    errors.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut table = table(style);
    table.set_header(["true", "predicted", "documents"].map(header));
    for &(n, truth, predicted) in errors.iter().take(CONFUSIONS_SHOWN) {
        let name = |label: usize| cell(&report.labels[label].label);
        table.add_row([name(truth), name(predicted), count(n)]);
    }
    let hidden = errors.len().saturating_sub(CONFUSIONS_SHOWN);
    let more = if hidden > 0 {
        format!("({hidden} rarer confusions; --json holds the whole matrix)\n")
    } else {
        String::new()
    };
    lines(&table) + &more
}

/// What a model holds.
pub fn summary(style: Style, summary: &Summary) -> String {
    let mut out = about(style, summary);
    for head in &summary.heads {
        out += &head_summary(style, head);
    }
    let mut sections = table(style);
    sections.set_header(["section", "type", "shape", "bytes"].map(header));
    for section in &summary.sections {
        let shape: Vec<String> = section.shape.iter().map(ToString::to_string).collect();
        let bytes = Cell::new(section.bytes).set_alignment(CellAlignment::Right);
        sections.add_row([
            Cell::new(&section.name),
            Cell::new(&section.dtype),
            Cell::new(shape.join(" × ")),
            bytes,
        ]);
    }
    out + &lines(&sections)
}

fn about(style: Style, summary: &Summary) -> String {
    let mut table = table(style);
    let features = &summary.features;
    let range =
        |range: Option<crate::features::NGrams>| range.map_or("none".to_string(), |range| range.to_string());
    let text = summary.about.schema.as_ref().map_or(String::new(), |schema| {
        schema.text.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    });
    let mut add = |name: &str, value: String| {
        table.add_row([header(name), cell(&value)]);
    };
    add("model", summary.about.name.clone());
    add("written by", format!("{} (file format {})", summary.about.written_by, summary.format));
    add(
        "trained on",
        format!("{} documents, data hash {}", summary.about.documents, summary.about.data_hash),
    );
    add("text columns", text);
    let languages: Vec<&str> = summary.languages.iter().map(|language| language.code()).collect();
    add("language", format!("{}: {}", features.tokens.language, languages.join(", ")));
    add("words", words(features));
    let (words, chars) = (range(features.word_ngrams), range(features.char_ngrams));
    add("n-grams", format!("words {words}, characters {chars}"));
    let most = features.max_features.map_or("no limit".to_string(), |most| most.to_string());
    add("limits", format!("min-df {}, max-df {}, max-features {most}", features.min_df, features.max_df));
    let weighting = format!("tf {:?}, idf {:?}, norm {:?}", features.tf, features.idf, features.norm);
    add("weighting", weighting.to_lowercase());
    let (words, chars) = (summary.word_terms, summary.terms - summary.word_terms);
    add("terms", format!("{words} words, {chars} characters; {:.1} bytes a term", summary.bytes_per_term));
    add("size", format!("{} bytes", summary.file_bytes));
    lines(&table)
}

/// What becomes of words.
fn words(features: &TfIdfOptions) -> String {
    let TokenOptions { hyphens, umlauts, stem, stop_words, .. } = features.tokens;
    let yes = |holds: bool| if holds { "yes" } else { "no" };
    let (stem, compounds) = (yes(stem), yes(features.compounds));
    format!(
        "stems {stem}, compounds {compounds}, hyphens {hyphens}, umlauts {umlauts}, stop words {stop_words}"
    )
}

fn head_summary(style: Style, head: &HeadSummary) -> String {
    let about = &head.about;
    let kind = format!("{:?}", about.kind).to_lowercase();
    let name = paint(style, &format!("head {}", clean(&about.name)), "1");
    let link = format!("{:?}", about.link).to_lowercase();
    let classifier = serde_json::to_string(&about.classifier).unwrap_or_default();
    let mut table = table(style);
    table.set_header(["label", "documents", "strongest terms"].map(header));
    for ((label, support), top) in about.labels.iter().zip(&about.support).zip(&head.top_terms) {
        let terms: Vec<&str> = top.terms.iter().map(|(term, _)| term.as_str()).collect();
        table.add_row([cell(label), count(*support), cell(&terms.join(", "))]);
    }
    let table = lines(&table);
    format!("{name}: {kind}, {} labels, scores: {link}\n{classifier}\n{table}\n", about.labels.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Model;

    fn table_of(width: u16) -> String {
        let model = Model::embedded().unwrap();
        let text = "Troops shelled the town and crossed the border.";
        let why = reasons(&model.explain(text), 3);
        scores(
            Style { width, color: false },
            &[("a\u{1b}[2Jb".to_string(), model.score(text), Some(why))],
            true,
        )
    }

    #[test]
    fn scores_fit_any_width_and_send_no_control_sequence() {
        for width in [20, 44, 69, 70, 100, 200] {
            let table = table_of(width);
            assert!(table.contains("conflict") && !table.contains('\u{1b}'), "{width}: {table}");
            assert!(
                width < NARROW || table.lines().all(|line| line.chars().count() <= width as usize),
                "{table}"
            );
        }
    }
}
