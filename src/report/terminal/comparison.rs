//! Systems beside each other, as tables.

use super::{Style, cell, header, lines, number, prose, title};
use crate::evaluate::{
    AgainstReference, ComparisonReport, Estimate, Metric, ResourceUse, SplitGap, SplitReport,
    SystemReport,
};
use crate::report::table::{Cell, Table};
use crate::report::{counted, notes, numbers};

/// The most labels that a table shows; JSON has all.
const LABELS_SHOWN: usize = 40;
/// Below which corrected p-value a label is marked.
const LEVEL: f64 = 0.05;

/// All ways of parting the corpus, each with its systems.
pub fn comparison(style: Style, splits: &[SplitReport]) -> String {
    splits
        .iter()
        .map(|split| of_split(style, split))
        .collect::<Vec<_>>()
        .join("\n")
}

fn of_split(style: Style, split: &SplitReport) -> String {
    let mut out =
        title(style, &format!("split {}", split.split)) + &prose(style, &split.description);
    for head in &split.heads {
        let judged = counted(head.documents, "document");
        out += &format!(
            "\n{}",
            title(style, &format!("head {}, {judged}", head.head))
        );
        out += &systems(style, head);
        for note in notes::never_predicted(head) {
            out += &prose(style, &note);
        }
        out += &labels(style, head);
    }
    if let Some(head) = split
        .heads
        .first()
        .filter(|head| head.systems.iter().any(|system| system.resources.is_some()))
    {
        out += &format!("\n{}", costs(style, head));
    }
    if !split.gaps.is_empty() {
        let heading = title(style, "the same documents under the random split");
        out += &format!("\n{heading}{}", gaps(style, &split.gaps));
    }
    out
}

fn systems(style: Style, report: &ComparisonReport) -> String {
    let reference = &report.systems[report.reference].name;
    let mut table = Table::default();
    let level = format!("{:.0} %", 100.0 * report.bootstrap.level);
    let names = [
        "system".to_string(),
        report.metric.title().to_string(),
        level.clone(),
        format!("less {reference}"),
        level,
        "p".to_string(),
        "McNemar p".to_string(),
        "detectable".to_string(),
    ];
    table.set_columns(names);
    for system in &report.systems {
        table.add_row(system_row(report, system));
    }
    let note = "p: paired bootstrap on the metric; McNemar: exact, on right answers; both corrected by Holm";
    lines(style, &table) + &prose(style, note)
}

fn system_row(report: &ComparisonReport, system: &SystemReport) -> Vec<Cell> {
    let name = if system.baseline {
        format!("({})", system.name)
    } else {
        system.name.clone()
    };
    let own = system.measured.get(report.metric, None);
    let mut row = vec![
        cell(&name),
        optional(own.map(|estimate| estimate.value), 3),
        interval(own),
    ];
    let Some(AgainstReference {
        comparison,
        corrected,
    }) = &system.against
    else {
        row.extend((0..5).map(|_| Cell::text("")));
        return row;
    };
    let found = comparison.get(report.metric, None);
    let test = corrected.iter().find(|test| test.label.is_none());
    row.push(found.map_or_else(|| Cell::text(""), |d| signed(d.difference.value)));
    row.push(interval(found.map(|d| d.difference)));
    row.push(p_value(
        test.and_then(|test| test.bootstrap),
        test.is_some_and(|test| test.bootstrap_is_bound),
    ));
    row.push(p_value(test.map(|test| test.mcnemar), false));
    row.push(optional(found.and_then(|d| d.detectable), 3));
    row
}

fn signed(value: f64) -> Cell {
    Cell::numeric(format!("{value:+.3}"))
}

/// With ≤ before a bound, and without a blank after it, so that it is not broken.
fn p_value(p: Option<f64>, is_bound: bool) -> Cell {
    let text = p.map_or_else(String::new, |p| {
        numbers::p_value(p, is_bound).replace(' ', "")
    });
    Cell::numeric(text)
}

fn optional(value: Option<f64>, digits: usize) -> Cell {
    let text = value.map_or_else(String::new, |value| format!("{value:.digits$}"));
    Cell::numeric(text)
}

fn interval(estimate: Option<Estimate>) -> Cell {
    let ends = estimate.and_then(|estimate| estimate.interval);
    Cell::text(ends.map_or_else(String::new, |[low, high]| format!("{low:.3} to {high:.3}")))
}

/// F1 of each label by system, marked where its answers differ from the reference's. The
/// bootstrap's p-values have a floor that their number lifts above any level where labels are many,
/// so the mark goes by the exact test.
fn labels(style: Style, report: &ComparisonReport) -> String {
    let mut table = Table::default();
    let shown = report.systems.iter().filter(|system| !system.baseline);
    let names = shown.clone().map(|system| header(&system.name));
    table.set_columns(std::iter::once(header("F1 of label")).chain(names));
    for (at, label) in report.labels.iter().enumerate().take(LABELS_SHOWN) {
        let f1 = |system: &SystemReport| {
            let value = system
                .measured
                .get(Metric::F1, Some(at))
                .map_or(0.0, |estimate| estimate.value);
            let mark = if system.differs(at, LEVEL) { "*" } else { " " };
            Cell::numeric(format!("{value:.3}{mark}"))
        };
        table.add_row(std::iter::once(cell(label)).chain(shown.clone().map(f1)));
    }
    let hidden = report.labels.len().saturating_sub(LABELS_SHOWN);
    let more = style.hidden_rows(hidden, "more labels");
    let note = "* differs from the reference: McNemar p below 0.05 after Holm's correction over labels and systems";
    lines(style, &table) + &more + &prose(style, note)
}

fn costs(style: Style, report: &ComparisonReport) -> String {
    let mut table = Table::default();
    let names = [
        "system",
        "training s",
        "documents/s",
        "MB/s",
        "p50 ms",
        "p99 ms",
        "model MB",
        "process peak MB",
    ];
    table.set_columns(names);
    for system in &report.systems {
        let Some(costs) = &system.resources else {
            continue;
        };
        table.add_row(std::iter::once(cell(&system.name)).chain(cost_cells(costs)));
    }
    lines(style, &table)
}

fn cost_cells(costs: &ResourceUse) -> [Cell; 7] {
    [
        optional(Some(costs.training_seconds), 2),
        optional(Some(costs.documents_per_second), 0),
        optional(Some(costs.megabytes_per_second), 1),
        number(costs.p50_milliseconds),
        number(costs.p99_milliseconds),
        optional(Some(costs.model_bytes / 1e6), 2),
        optional(costs.peak_bytes.map(|bytes| bytes as f64 / 1e6), 0),
    ]
}

fn gaps(style: Style, gaps: &[SplitGap]) -> String {
    let mut table = Table::default();
    table.set_columns([
        "head", "system", "metric", "here", "random", "gap", "interval", "p",
    ]);
    for gap in gaps {
        table.add_row([
            cell(&gap.head),
            cell(&gap.system),
            Cell::text(gap.metric.title()),
            number(gap.value),
            number(gap.random),
            signed(gap.difference.value),
            interval(Some(gap.difference)),
            p_value(gap.p, gap.p_is_bound),
        ]);
    }
    lines(style, &table)
}
