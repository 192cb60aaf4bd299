//! The result of relabelling as tables.

use super::{Style, cell, count, lines, prose, title};
use crate::corpus::{ColumnCounts, Relabelled};
use crate::report::table::Table;

/// The most codes that a table shows; JSON has more.
const SHOWN: usize = 20;

/// Labels of each new column, and the codes that the map does not list.
pub fn relabelled(style: Style, done: &Relabelled) -> String {
    let mut out = prose(style, &rows(done));
    for column in &done.columns {
        out += &format!(
            "\n{}{}",
            title(style, &format!("column {}", column.column)),
            labels(style, column)
        );
    }
    if !done.unknown.is_empty() {
        out += &format!(
            "\n{}{}",
            title(style, "codes that the map does not know"),
            unknown(style, done)
        );
    }
    if !done.rolled_up.is_empty() {
        out += &format!(
            "\n{}{}",
            title(style, "codes that were rolled up"),
            rolled_up(style, done)
        );
    }
    out
}

fn rows(done: &Relabelled) -> String {
    let Relabelled {
        rows,
        written,
        without_code,
        with_unknown_code,
        ..
    } = done;
    let mut out = format!("{written} of {rows} rows written");
    for (rows, what) in [
        (without_code, "without a code"),
        (with_unknown_code, "with an unknown code"),
    ] {
        if *rows > 0 {
            out += &format!(", {rows} {what}");
        }
    }
    out
}

fn labels(style: Style, column: &ColumnCounts) -> String {
    let mut table = Table::default();
    table.set_columns(["label", "rows"]);
    for (label, rows) in &column.labels {
        table.add_row([cell(label), count(*rows as f64)]);
    }
    for (rows, what) in [
        (column.none, "(none of the labels)"),
        (column.unanswered, "(no answer)"),
    ] {
        if rows > 0 {
            table.add_row([cell(what), count(rows as f64)]);
        }
    }
    lines(style, &table)
}

fn unknown(style: Style, done: &Relabelled) -> String {
    let mut table = Table::default();
    table.set_columns(["code", "rows", "first", "meant?"]);
    for code in done.unknown.iter().take(SHOWN) {
        let meant = code.meant.as_deref().unwrap_or_default();
        table.add_row([
            cell(&code.code),
            count(code.rows as f64),
            cell(&code.first),
            cell(meant),
        ]);
    }
    lines(style, &table)
        + &style.hidden_rows(done.unknown.len().saturating_sub(SHOWN), "more codes")
}

fn rolled_up(style: Style, done: &Relabelled) -> String {
    let mut table = Table::default();
    table.set_columns(["code", "to", "rows", "first"]);
    for code in done.rolled_up.iter().take(SHOWN) {
        table.add_row([
            cell(&code.code),
            cell(&code.to),
            count(code.rows as f64),
            cell(&code.first),
        ]);
    }
    lines(style, &table)
        + &style.hidden_rows(done.rolled_up.len().saturating_sub(SHOWN), "more codes")
}
