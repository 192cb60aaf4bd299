//! Coverage of sets of answers as a table.

use super::{Style, cell, count, lines, number, title};
use crate::evaluate::AbstentionReport;
use crate::report::table::Table;

/// Returns the coverage of the answers that are left.
pub fn abstention(style: Style, head: &str, report: &AbstentionReport) -> String {
    let name = title(
        style,
        &format!("head {head} at a greatest error of {}", report.max_error),
    );
    let mut all = Table::default();
    let estimates = [
        ("true answer among those left", report.coverage),
        ("answers left, mean", report.mean_set_size),
        ("undecided", report.undecided),
        ("wrong among the decided", report.error_decided),
        ("decided and wrong, of all", report.error),
    ];
    for (name, value) in estimates {
        all.add_row([cell(name), number(value)]);
    }
    let independent = report
        .labels
        .iter()
        .any(|label| label.coverage_no.is_some());
    let mut table = Table::default();
    let held = if independent {
        vec!["yes kept", "no kept"]
    } else {
        vec!["kept"]
    };
    let names =
        ["label"]
            .into_iter()
            .chain(held)
            .chain(["undecided", "wrong if decided", "support"]);
    table.set_columns(names);
    for label in &report.labels {
        let shares = [
            Some(label.coverage),
            label.coverage_no,
            Some(label.undecided),
            Some(label.error_decided),
        ];
        let numbers = shares.into_iter().flatten().map(number);
        table.add_row(
            std::iter::once(cell(&label.label))
                .chain(numbers)
                .chain([count(label.support)]),
        );
    }
    format!("\n{name}{}{}", lines(style, &all), lines(style, &table))
}
