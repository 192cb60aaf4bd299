//! Metrics of a model as tables.

use super::write::fits;
use super::{
    CONFUSIONS_SHOWN, MAX_MATRIX_LABELS, Style, cell, count, header, lines, number, prose, strong,
    title,
};
use crate::evaluate::{
    Estimate, ExclusiveReport, IndependentReport, LabelReport, Measurement, Metric,
};
use crate::model::{Evaluated, HeadChange, Metrics};
use crate::report::numbers::counted;
use crate::report::table::{Cell, Table};

/// The metrics of all heads, with their intervals.
pub fn evaluation(style: Style, heads: &[Evaluated]) -> String {
    heads
        .iter()
        .map(|head| head_evaluation(style, head))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Returns the changes that a new model makes, for each head and label.
pub fn changes(style: Style, heads: &[HeadChange]) -> String {
    heads
        .iter()
        .map(|head| head_change(style, head))
        .collect::<Vec<_>>()
        .join("\n")
}

fn head_change(style: Style, head: &HeadChange) -> String {
    let mut table = Table::default();
    table.set_columns(["", "before", "after", "change"]);
    let labels = head
        .labels()
        .into_iter()
        .map(|(label, before, after)| (format!("F1 of {label}"), before, after));
    for (name, before, after) in head.overall().into_iter().chain(labels) {
        let change = before.map(|before| Cell::numeric(format!("{:+.3}", after - before)));
        let cells = [before.map(number), Some(number(after)), change];
        table.add_row(
            std::iter::once(cell(&name))
                .chain(cells.map(|cell| cell.unwrap_or_else(|| Cell::text("")))),
        );
    }
    let name = title(style, &format!("head {}", head.after.name));
    let have = if head.changed == 1 { "has" } else { "have" };
    let changed = counted(head.changed, "document");
    name + &prose(
        style,
        &format!("{changed} {have} another answer than before"),
    ) + &lines(style, &table)
}

fn head_evaluation(style: Style, evaluated: &Evaluated) -> String {
    let head = &evaluated.head;
    let mut out = title(style, &format!("head {}", head.name));
    if head.unanswered > 0 {
        let are = if head.unanswered == 1 { "is" } else { "are" };
        let unanswered = counted(head.unanswered, "document");
        out += &prose(
            style,
            &format!("{unanswered} without an answer {are} not counted"),
        );
    }
    out += &summary(style, evaluated);
    match &head.metrics {
        Metrics::Exclusive(report) => {
            out + &labels(style, &report.labels, evaluated) + &confusion(style, report)
        }
        Metrics::Independent(report) => {
            out + &labels(style, &report.labels, evaluated) + &tables_of_two(style, report)
        }
    }
}

/// Averages of precision and recall are for programs.
fn is_shown(metric: Metric) -> bool {
    use Metric as M;
    !matches!(
        metric,
        M::MacroPrecision
            | M::MacroRecall
            | M::MicroPrecision
            | M::MicroRecall
            | M::WeightedPrecision
            | M::WeightedRecall
    )
}

fn summary(style: Style, evaluated: &Evaluated) -> String {
    let mut table = Table::default();
    let drawn = evaluated.bootstrap.resamples > 0;
    if drawn {
        table.set_columns([
            "".to_string(),
            "value".to_string(),
            interval_title(evaluated),
        ]);
    }
    table.add_row([
        Cell::text("documents"),
        count(evaluated.measured.documents as f64),
    ]);
    if evaluated.measured.units < evaluated.measured.documents {
        table.add_row([Cell::text("groups"), count(evaluated.measured.units as f64)]);
    }
    for Measurement {
        metric, estimate, ..
    } in evaluated.measured.of(None).filter(|m| is_shown(m.metric))
    {
        let Some(estimate) = estimate else { continue };
        let row = [
            Cell::text(metric.title()),
            number(estimate.value),
            interval(estimate),
        ];
        table.add_row(row.into_iter().take(if drawn { 3 } else { 2 }));
    }
    lines(style, &table)
}

fn interval_title(evaluated: &Evaluated) -> String {
    format!(
        "{} % interval",
        (evaluated.bootstrap.level * 1000.0).round() / 10.0
    )
}

pub(super) fn interval(estimate: &Estimate) -> Cell {
    let text = estimate.interval.map_or(String::new(), |[low, high]| {
        format!("{low:.3} to {high:.3}")
    });
    Cell::numeric(text)
}

fn labels(style: Style, labels: &[LabelReport], evaluated: &Evaluated) -> String {
    let drawn = evaluated.bootstrap.resamples > 0;
    let mut table = Table::default();
    let mut names = ["label", "precision", "recall", "F1", "support"]
        .map(str::to_string)
        .to_vec();
    if drawn {
        names.insert(4, interval_title(evaluated));
    }
    table.set_columns(names);
    for (at, label) in labels.iter().enumerate() {
        let mut row = vec![cell(&label.label)];
        row.extend([label.precision, label.recall, label.f1].map(number));
        row.extend(
            evaluated
                .measured
                .get(Metric::F1, Some(at))
                .filter(|_| drawn)
                .map(|f1| interval(&f1)),
        );
        row.push(count(label.support));
        table.add_row(row);
    }
    lines(style, &table) + &ranked(style, evaluated)
}

/// Returns the metrics of labels beside precision and recall.
fn ranked(style: Style, evaluated: &Evaluated) -> String {
    let metrics = [
        (Metric::RocAuc, "ROC-AUC"),
        (Metric::AveragePrecision, "average precision"),
        (Metric::Mcc, "MCC"),
        (Metric::Brier, "Brier"),
        (Metric::Ece, "calibration error"),
    ];
    let measured = &evaluated.measured;
    let defined = |metric: Metric| {
        (0..measured.labels.len()).any(|l| measured.get(metric, Some(l)).is_some())
    };
    let metrics: Vec<(Metric, &str)> = metrics
        .into_iter()
        .filter(|(metric, _)| defined(*metric))
        .collect();
    let mut table = Table::default();
    table.set_columns(std::iter::once("label").chain(metrics.iter().map(|(_, name)| *name)));
    for (at, label) in measured.labels.iter().enumerate() {
        let value = |metric: Metric| {
            measured
                .get(metric, Some(at))
                .map_or(Cell::text(""), |f| number(f.value))
        };
        table.add_row(
            std::iter::once(cell(label)).chain(metrics.iter().map(|(metric, _)| value(*metric))),
        );
    }
    lines(style, &table)
}

fn tables_of_two(style: Style, report: &IndependentReport) -> String {
    let mut table = Table::default();
    let names = [
        "label",
        "true positive",
        "false positive",
        "false negative",
        "true negative",
    ];
    table.set_columns(names);
    for (label, [[tn, fp], [fn_, tp]]) in report.labels.iter().zip(&report.confusion) {
        table.add_row(std::iter::once(cell(&label.label)).chain([*tp, *fp, *fn_, *tn].map(count)));
    }
    lines(style, &table)
}

fn confusion(style: Style, report: &ExclusiveReport) -> String {
    if report.labels.len() > MAX_MATRIX_LABELS {
        return confusions(style, report);
    }
    let mut table = Table::default();
    let names = report.labels.iter().map(|label| header(&label.label));
    table.set_columns(std::iter::once(header("true \\ predicted")).chain(names));
    for (truth, label) in report.labels.iter().enumerate() {
        let shown = |weight: f64| {
            if weight == 0.0 {
                Cell::numeric("·")
            } else {
                count(weight)
            }
        };
        let weights = (0..report.labels.len())
            .map(|predicted| shown(report.confusion_weight(truth, predicted)));
        table.add_row(std::iter::once(strong(&label.label)).chain(weights));
    }
    if fits(style, &table) {
        lines(style, &table)
    } else {
        pairs(style, report)
    }
}

/// Every pair of a true and a predicted label with documents, where the terminal is too narrow for
/// the matrix.
fn pairs(style: Style, report: &ExclusiveReport) -> String {
    let mut table = Table::default();
    table.set_columns(["true", "predicted", "documents"]);
    let name = |label: usize| cell(&report.labels[label].label);
    for truth in 0..report.labels.len() {
        let weights = (0..report.labels.len())
            .map(|predicted| (predicted, report.confusion_weight(truth, predicted)));
        for (predicted, weight) in weights.filter(|&(_, weight)| weight > 0.0) {
            table.add_row([name(truth), name(predicted), count(weight)]);
        }
    }
    lines(style, &table)
}

/// The most frequent errors, where the whole matrix would be too wide.
fn confusions(style: Style, report: &ExclusiveReport) -> String {
    let errors = report.confusions();
    let mut table = Table::default();
    table.set_columns(["true", "predicted", "documents"]);
    for error in errors.iter().take(CONFUSIONS_SHOWN) {
        let name = |label: usize| cell(&report.labels[label].label);
        table.add_row([
            name(error.truth),
            name(error.predicted),
            count(error.weight),
        ]);
    }
    let hidden = errors.len().saturating_sub(CONFUSIONS_SHOWN);
    let more = style.hidden_rows(hidden, "rarer confusions");
    lines(style, &table) + &more
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{Bootstrap, Predictions};
    use crate::model::HeadPredictions;

    #[test]
    fn metrics_fit_a_narrow_terminal() {
        let labels = ["conflict\u{1b}[2J", "economy"]
            .map(str::to_string)
            .to_vec();
        let predictions = Predictions::exclusive(labels, vec![0, 0, 1, 1], vec![0, 1, 1, 1])
            .with_scores(vec![0.9, 0.1, 0.4, 0.6, 0.2, 0.8, 0.1, 0.9], true);
        let head = HeadPredictions {
            name: "topic".into(),
            documents: vec![0, 1, 2, 3],
            unanswered: 0,
            predictions,
        };
        let evaluated = [Evaluated::new(&head, &Bootstrap::default()).unwrap()];
        for width in [40, 60, 80, 200] {
            let table = evaluation(
                Style {
                    width,
                    color: false,
                    complete: None,
                },
                &evaluated,
            );
            assert!(
                table.contains("0.750") && !table.contains('\u{1b}'),
                "{width}: {table}"
            );
            assert!(
                table
                    .lines()
                    .all(|line| line.chars().count() <= usize::from(width)),
                "{width}: {table}"
            );
        }
    }
}
