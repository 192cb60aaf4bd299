//! Agreement of annotators as a table.

use super::evaluation::interval;
use super::{Style, cell, count, lines, number, title};
use crate::evaluate::{Agreement, Estimate};
use crate::report::counted;
use crate::report::table::{Cell, Table};

/// Alpha of whole answers, of sets by their distances, and of each label; `level` is that of the
/// intervals.
pub fn agreement(style: Style, agreement: &Agreement, level: f64) -> String {
    let mut table = Table::default();
    let interval = format!("{} % interval", (level * 1000.0).round() / 10.0);
    table.set_columns(["label", "Krippendorff's alpha", &interval, "answers"]);
    let labels = agreement
        .labels
        .iter()
        .map(|label| (label.label.as_str(), label.alpha, label.answers));
    let all = [("all", agreement.alpha, agreement.answers)];
    let sets = agreement.sets.map(|sets| {
        [
            ("all, Jaccard distance", sets.jaccard),
            ("all, MASI distance", sets.masi),
        ]
        .map(|(name, alpha)| (name, alpha, agreement.answers))
    });
    for (name, alpha, answers) in all
        .into_iter()
        .chain(sets.into_iter().flatten())
        .chain(labels)
    {
        let [value, interval] = cells(alpha);
        table.add_row([cell(name), value, interval, count(answers as f64)]);
    }
    let documents = format!(
        "{} with two answers or more",
        counted(agreement.documents, "document")
    );
    title(style, &documents) + &lines(style, &table)
}

fn cells(alpha: Option<Estimate>) -> [Cell; 2] {
    match alpha {
        Some(estimate) => [number(estimate.value), interval(&estimate)],
        None => [cell("not defined"), cell("")],
    }
}
