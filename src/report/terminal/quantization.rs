//! Size against score of quantised models as a table.

use super::{Style, cell, count, lines, prose};
use crate::report::json::{QuantizationRow, QuantizedRow};
use crate::report::table::{Cell, Table};

/// A line for the model as it is, and one for each setting.
pub fn quantization(style: Style, name: &str, report: &QuantizationRow) -> String {
    let mut table = Table::default();
    let heads = report.settings.first().map_or(&[][..], |row| &row.heads);
    let metrics = heads.iter().flat_map(|head| {
        let of_head = |metric| format!("{} {metric}", head.head).replace('_', "-");
        head.metrics.iter().map(move |lost| of_head(lost.metric))
    });
    let columns = ["bits", "terms", "MB"].map(str::to_string).into_iter();
    table.set_columns(columns.chain(metrics).chain(["loss".to_string()]));
    let before = heads.iter().flat_map(|head| &head.metrics);
    let before = before.map(|lost| share(lost.before));
    let size = [
        cell("32"),
        count(report.terms as f64),
        megabytes(report.bytes),
    ];
    table.add_row(size.into_iter().chain(before).chain([cell("")]));
    for row in &report.settings {
        table.add_row(setting(row));
    }
    let accepted = report.settings.iter().any(|row| row.within);
    let outcome = match (&report.written, accepted) {
        (Some(path), _) => format!(
            "wrote the smallest within {} points: {path}",
            report.max_loss
        ),
        (None, true) => String::new(),
        (None, false) => format!("every setting loses more than {} points", report.max_loss),
    };
    let measured = format!("model: {name}, measured on {} documents", report.documents);
    prose(style, &measured) + &lines(style, &table) + &prose(style, &outcome)
}

fn setting(row: &QuantizedRow) -> impl Iterator<Item = Cell> + '_ {
    let after = row.heads.iter().flat_map(|head| &head.metrics);
    let size = [
        cell(&row.bits.to_string()),
        count(row.terms as f64),
        megabytes(row.bytes),
    ];
    let loss = Cell::numeric(format!("{:+.2}", row.loss));
    size.into_iter()
        .chain(after.map(|lost| share(lost.after)))
        .chain([loss])
}

fn share(value: f64) -> Cell {
    Cell::numeric(format!("{value:.4}"))
}

fn megabytes(bytes: u64) -> Cell {
    Cell::numeric(format!("{:.2}", bytes as f64 / 1e6))
}
