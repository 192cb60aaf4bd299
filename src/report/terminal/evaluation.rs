//! Metrics of a model as tables.

use super::{
    CONFUSIONS_SHOWN, Style, WIDEST_MATRIX, cell, clean, count, header, lines, number, paint, table,
};
use crate::evaluate::{ExclusiveReport, IndependentReport, LabelReport};
use crate::model::{HeadChange, HeadEvaluation, Metrics};
use comfy_table::{Cell, CellAlignment};

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
