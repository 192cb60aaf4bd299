//! The parts of a split as tables.

use super::{Style, cell, count, header, lines, prose, title};
use crate::report::table::{Cell, Table};
use crate::split::SplitSummary;
use crate::split::{HeadParts, LeakedGroup};
use crate::words::counted;

/// The most labels and findings that a table shows; JSON has all.
const SHOWN: usize = 30;
const FINDINGS_SHOWN: usize = 5;

/// Sizes and labels of the parts, and what stands in two.
pub fn split(style: Style, summary: &SplitSummary) -> String {
    let mut out = sizes(style, summary);
    if summary.left_out > 0 {
        out += &prose(
            style,
            &format!("in no part: {}", counted(summary.left_out, "row")),
        );
    }
    for head in &summary.heads {
        let name = title(style, &format!("head {}", head.head));
        out += &format!("\n{name}{}", labels(style, summary, head));
    }
    out + "\n" + &prose(style, &findings(style, summary))
}

fn sizes(style: Style, summary: &SplitSummary) -> String {
    let mut table = Table::default();
    table.set_columns(["part", "rows", "share", "asked"]);
    for part in &summary.parts {
        let asked = part.asked.map_or_else(|| Cell::text(""), percent);
        table.add_row([
            cell(&part.name),
            count(part.documents as f64),
            percent(part.share),
            asked,
        ]);
    }
    lines(style, &table)
}

fn percent(share: f64) -> Cell {
    Cell::numeric(format!("{:.1} %", 100.0 * share))
}

/// The share of each label in each part.
fn labels(style: Style, summary: &SplitSummary, head: &HeadParts) -> String {
    let mut table = Table::default();
    let parts = summary.parts.iter().map(|part| header(&part.name));
    table.set_columns([header("label"), header("rows")].into_iter().chain(parts));
    for label in head.labels.iter().take(SHOWN) {
        let all: usize = label.documents.iter().sum();
        let shares = label.documents.iter().zip(&summary.parts);
        let shares = shares.map(|(&own, part)| percent(own as f64 / part.documents.max(1) as f64));
        table.add_row(
            [cell(&label.label), count(all as f64)]
                .into_iter()
                .chain(shares),
        );
    }
    let hidden = head.labels.len().saturating_sub(SHOWN);
    let more = style.hidden_rows(hidden, "more labels");
    lines(style, &table) + &more
}

fn findings(style: Style, summary: &SplitSummary) -> String {
    let leakage = &summary.leakage;
    let mut out = finding(style, "ids", &leakage.ids);
    out += &match summary.near_duplicates {
        true => finding(style, "groups of near duplicates", &leakage.groups),
        false => "near duplicates were not looked for\n".to_string(),
    };
    out
}

fn finding(style: Style, what: &str, found: &[LeakedGroup]) -> String {
    let rows: usize = found.iter().map(|shared| shared.documents).sum();
    let mut out = match found.len() {
        0 => return format!("no {what} in two parts\n"),
        several => format!("{several} {what} in two parts, {}:\n", counted(rows, "row")),
    };
    for shared in found.iter().take(FINDINGS_SHOWN) {
        let places = shared.ids.iter().zip(&shared.parts);
        let places: Vec<String> = places
            .map(|(id, part)| format!("{id} ({part})").replace('\n', " "))
            .collect();
        out += &format!("  {}\n", places.join(", "));
    }
    let hidden = found.len().saturating_sub(FINDINGS_SHOWN);
    if hidden > 0 {
        out += &format!("  and {}\n", style.hidden(&format!("{hidden} more")));
    }
    out
}
